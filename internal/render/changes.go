package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/feed"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// happened is what became of a page, in a word.
var happened = map[byte]string{'A': "new", 'D': "removed", 'R': "moved"}

// changeBlocks are the changes of the handbook, by day.
func (m *maker) changeBlocks() []Block {
	block := Block{ID: "changes", Title: "By day", Note: "What happened to which pages, newest first. What is new since your last visit is marked; this browser alone remembers when that was."}
	for _, c := range m.RecentChanges() {
		v := ChangeView{Day: c.Day, Time: c.Time, What: c.What, Href: c.URL, Roles: m.tos(c.Roles)}
		for _, p := range c.Pages {
			l := Link{Title: p.Title, Note: happened[p.Status]}
			if p.Status != 'D' || p.Address != "" {
				l.Href = m.href(p.Address)
			}
			v.Pages = append(v.Pages, l)
		}
		block.Changes = append(block.Changes, v)
	}
	blocks := []Block{block}
	if m.Shared().BaseURL != "" {
		blocks = append(blocks, m.feedLinks())
	}
	return blocks
}

// feedLinks are the feeds of what has changed of late: all, by section, by role.
func (m *maker) feedLinks() Block {
	dir := m.Shared().Reports + facet.Changes + "/"
	link := func(name, title string) Link { return Link{Href: m.href(dir + name + ".atom"), Title: title} }
	var sections, roles []Link
	for _, c := range m.RecentChanges() {
		for _, s := range c.Sections {
			if l := link("section-"+s, m.Section(handbook.Path(s)).Title); !slices.Contains(sections, l) {
				sections = append(sections, l)
			}
		}
		for _, r := range c.Roles {
			if l := link("role-"+r.Name, r.Title); !slices.Contains(roles, l) {
				roles = append(roles, l)
			}
		}
	}
	all := []Link{link("all", "Atom"), {Href: m.href(dir + "all.json"), Title: "JSON"}}
	return Block{ID: "feeds", Title: "Feeds", Note: "For a feed reader. Each is there as JSON, too.", Groups: full(LinkGroup{Label: "All changes", Links: all}, LinkGroup{Label: "Of a section", Links: sections}, LinkGroup{Label: "For a role", Links: roles})}
}

// feed is a feed of the changes that it is about.
func (m *maker) feed(file, title string, of func(facet.Changed) bool) feed.Feed {
	base := m.Shared().BaseURL
	f := feed.Feed{Title: title + " · " + m.Shared().Title, HomeURL: base, FeedURL: base + site.Encode(file)}
	if title == "" {
		f.Title = m.Shared().Title
	}
	for _, c := range m.RecentChanges() {
		if !of(c) {
			continue
		}
		at, _ := time.Parse(time.RFC3339, c.Time)
		e := feed.Entry{ID: c.URL, Title: c.What, URL: c.URL, Updated: at, Tags: c.Sections}
		var pages []string
		for _, p := range c.Pages {
			pages = append(pages, strings.TrimSuffix(p.Title+" ("+happened[p.Status]+")", " ()"))
			if p.Address != "" && (e.URL == "" || len(c.Pages) == 1) {
				e.URL = base + site.Encode(p.Address)
			}
		}
		if e.ID == "" {
			e.ID = fmt.Sprintf("%s#%s", f.FeedURL, c.Time)
		}
		e.Summary = strings.Join(pages, ", ")
		f.Entries = append(f.Entries, e)
	}
	return f
}
