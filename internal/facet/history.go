package facet

import (
	"slices"

	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
)

// History is when pages changed.
type History struct {
	Last   map[handbook.Path]Change // of each page whose last change is known
	Recent []ChangeSet              // newest first
}

// Change is one change of the handbook.
type Change struct {
	Time string // RFC 3339, in UTC
	Day  string // in words, in the zone of the site
	What string // what its author called it; plain text
	URL  string // of the pull request or the commit; "": unknown
}

// ChangeSet is a change with the pages that it was about.
type ChangeSet struct {
	Change
	Files []ChangedFile
}

// ChangedFile is a page that changed: A added, M changed, R renamed, D removed.
type ChangedFile struct {
	Path   handbook.Path
	Status byte
}

// Changed is a change as lists show it.
type Changed struct {
	Change
	Pages    []ChangedPage
	Sections []string // folders at the top that it is about
	Roles    []graph.Link
}

// ChangedPage is a page of a change; one that is gone has no address.
type ChangedPage struct {
	Link
	Status byte
}

// changed are the recent changes with the pages as they are called today.
func (x *Index) changed() []Changed {
	var list []Changed
	if x.in.History == nil {
		return nil
	}
	for _, set := range x.in.History.Recent {
		c := Changed{Change: set.Change}
		for _, f := range set.Files {
			top := string(f.Path)
			for dir := f.Path.Dir(); dir != "."; dir = dir.Dir() {
				top = string(dir)
			}
			page := ChangedPage{Link{Title: f.Path.Stem()}, f.Status}
			if p := x.page(f.Path); p != nil {
				page.Link = p.card.Link
				for _, r := range x.in.Graph.Concerns(p.Page) {
					if !slices.Contains(c.Roles, r) {
						c.Roles = append(c.Roles, r)
					}
				}
			} else if f.Status != 'D' {
				continue // it has another name by now: that change tells of it
			}
			c.Pages = append(c.Pages, page)
			if x.byFolder[handbook.Path(top)] != nil && top != string(f.Path) && !slices.Contains(c.Sections, top) {
				c.Sections = append(c.Sections, top)
			}
		}
		if len(c.Pages) > 0 {
			list = append(list, c)
		}
	}
	return list
}

// RecentChanges are the latest changes of the handbook, newest first.
func (r *Reader) RecentChanges() []Changed {
	r.read(ofReport, Changes)
	return *r.x.changes()
}

// changes works the list out once.
func (x *Index) changes() *[]Changed {
	return x.reports.value(Changes, func() any { list := x.changed(); return &list }).(*[]Changed)
}

// Last is the last change of a page; false where it is not known.
func (r *Reader) Last(p handbook.Path) (Change, bool) {
	r.read(ofChange, string(p))
	return r.x.last(p)
}

func (x *Index) last(p handbook.Path) (Change, bool) {
	if x.in.History == nil {
		return Change{}, false
	}
	c, ok := x.in.History.Last[p]
	return c, ok
}

func (x *Index) hashChange(p handbook.Path) pack.Hash {
	c, _ := x.last(p)
	return pack.Sum(&c)
}
