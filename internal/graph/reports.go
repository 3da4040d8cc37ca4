package graph

import (
	"cmp"
	"slices"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// Owned is what somebody answers for.
type Owned struct {
	Owner Link
	Own   []Link // pages that name the owner themselves
	Folder,
	Site []Link // pages that inherit it
}

// Ownership is who answers for which pages, in the order of owners; those that
// nobody answers for come first.
func (g *Graph) Ownership() []Owned {
	by := map[string]*Owned{}
	var names []string
	for _, p := range g.site.Pages {
		o := by[p.Owner]
		if o == nil {
			o = &Owned{Owner: g.who(p.Owner)}
			by[p.Owner] = o
			names = append(names, p.Owner)
		}
		switch p.From {
		case site.OwnPage, site.Nobody:
			o.Own = append(o.Own, link(p))
		case site.Folder:
			o.Folder = append(o.Folder, link(p))
		default:
			o.Site = append(o.Site, link(p))
		}
	}
	slices.Sort(names)
	var list []Owned
	for _, n := range names {
		list = append(list, *by[n])
	}
	return list
}

// Reviewed is a page with the state of its review.
type Reviewed struct {
	Page  Link
	Owner Link
	On    string // the day of the last review; "": never
	By    Link
	Due   string // the day from which on it is due for another; "": never
}

// Review is the state of a page's review.
func (g *Graph) Review(p *site.Page) Reviewed {
	r := Reviewed{Page: link(p), Owner: g.who(p.Owner)}
	m := p.Meta.Review
	if m == nil || m.On.At.IsZero() {
		return r
	}
	r.On = m.On.String()
	r.By = g.Link(m.By, handbook.Role, handbook.Team, handbook.Person)
	if p.Every.N > 0 {
		r.Due = handbook.Day{At: p.Every.After(m.On.At)}.String()
	}
	return r
}

// Reviews are the pages with a review, those due first; and how many have none.
func (g *Graph) Reviews() (list []Reviewed, never []Link) {
	for _, p := range g.site.Pages {
		r := g.Review(p)
		switch {
		case r.On != "":
			list = append(list, r)
		case p.Kind != handbook.Plain && p.Kind != handbook.News && p.Kind != handbook.Decision:
			never = append(never, r.Page)
		}
	}
	slices.SortStableFunc(list, func(a, b Reviewed) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.Due, "9"), cmp.Or(b.Due, "9")), cmp.Compare(a.Page.Address, b.Page.Address))
	})
	return list, never
}

// Check is a decision that is to be checked.
type Check struct {
	Decision Link
	Date, On string // days
	Metric   Link
	ID       handbook.Metric
	Expect   string
	Services []string // by name; none: all
}

// Checks are the decisions that said what they would change, by the day to look.
func (g *Graph) Checks() []Check {
	var list []Check
	for _, p := range g.kinds[handbook.Decision] {
		m := p.Meta.Decision
		if m.Metric == nil || m.State == "proposed" || m.State == "superseded" {
			continue
		}
		c := Check{Decision: link(p), Date: m.Date.String(), On: m.Metric.CheckOn.String(), Metric: g.Link(m.Metric.ID, handbook.MetricPage), ID: handbook.Metric(m.Metric.ID.Value), Expect: m.Metric.Expect}
		for _, a := range m.Affects {
			if l := g.Link(a, handbook.Service, handbook.Process, handbook.Team, handbook.Policy); l.Kind == handbook.Service {
				c.Services = append(c.Services, l.Name)
			}
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b Check) int { return cmp.Compare(a.On, b.On) })
	return list
}

// RoleEntry is a role in the directory of roles.
type RoleEntry struct {
	Role    Link
	PartOf  Link
	Answers int // processes that it answers for
	Does    int // processes in which it does something
	Holders []Link
}

// Directory is every role with what it comes to, in the order of names.
func (g *Graph) Directory() []RoleEntry {
	var list []RoleEntry
	for _, p := range g.kinds[handbook.Role] {
		r := g.role(p)
		e := RoleEntry{Role: link(p), PartOf: r.PartOf, Answers: len(r.Parts[0]), Does: len(r.Parts[1]), Holders: r.Holders}
		for _, s := range r.Seats {
			e.Holders = add(e.Holders, s.In)
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b RoleEntry) int { return cmp.Compare(a.Role.Title, b.Role.Title) })
	return list
}

// Shelf is the books of one area.
type Shelf struct {
	Area  string
	Books []ShelfBook
}

// ShelfBook is a book on its shelf.
type ShelfBook struct {
	Book    Link
	Level   string
	Minutes int // of what its guide recommends; 0: not known
	Used    int // places where its ideas apply
}

// Shelves are the books by area, both in the order of names.
func (g *Graph) Shelves() []Shelf {
	var list []Shelf
	for _, p := range g.kinds[handbook.Book] {
		m := p.Meta.Book
		b := ShelfBook{Book: link(p), Level: m.Level, Minutes: int(60 * m.Hours)}
		for _, i := range m.Ideas {
			b.Used += len(i.Applies)
		}
		at := slices.IndexFunc(list, func(s Shelf) bool { return s.Area == m.Area })
		if at < 0 {
			at = len(list)
			list = append(list, Shelf{Area: m.Area})
		}
		list[at].Books = append(list[at].Books, b)
	}
	slices.SortFunc(list, func(a, b Shelf) int { return cmp.Compare(a.Area, b.Area) })
	for _, s := range list {
		slices.SortFunc(s.Books, func(a, b ShelfBook) int { return cmp.Compare(a.Book.Title, b.Book.Title) })
	}
	return list
}
