// Package graph knows what the pages of a handbook say of each other: who takes
// part in what, what comes after what, where a book applies, what proves that a
// rule is kept.
//
//	*site.Site ── New ──▶ *Graph      for facet and render
//	                └───▶ diag.List   names of nobody, roles that answer twice, what nothing covers
//
// Each fact stands once, on the page where its author lives: a process names its
// roles. The other side, what a role takes part in, is derived here and kept by
// nobody. References are found by their tags (handbook.Meta), so that a new field
// is checked, counted and exported from the day it exists.
//
// A Graph is read-only and may be shared by goroutines. What it says of a page
// is plain data (Derived), which package pack can hash.
package graph

import (
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// Link leads to a page, or names what has none.
type Link struct {
	Title   string
	Address string // of the page, with the part after # where it is about one; "": there is none
	Kind    handbook.Kind
	Name    string // by which other pages refer to it
	Planned bool   // mentioned, and not written yet
}

// Graph is a handbook whose relations are known.
type Graph struct {
	site   *site.Site
	names  map[string][]*site.Page // by the last part of each name that they go by, with those before them in the path
	terms  []Term
	byWord map[string]int // places in terms
	in     [][]edge       // what refers to a page, by its place in Site.Pages
	kinds  map[handbook.Kind][]*site.Page
	gaps   map[string]*gap // pages that are planned, by "kind name"
	made   map[string][]maker

	handOffs []HandOff
	handed   map[string][2][]HandOff // by the address of a role: what it gets, what it gives
	found    diag.List
}

// edge is a reference to a page.
type edge struct {
	from   *site.Page
	ref    *handbook.Ref
	anchor string // the part after #
}

// gap is a page that is mentioned and not written.
type gap struct {
	kind  handbook.Kind
	name  string
	first diag.Pos
	from  []*site.Page
}

// New finds out what the pages of a site say of each other. The findings are
// complete: a mistake does not hide another one.
func New(s *site.Site) (*Graph, diag.List) {
	g := &Graph{site: s, in: make([][]edge, len(s.Pages)), kinds: map[handbook.Kind][]*site.Page{}, gaps: map[string]*gap{}}
	for _, p := range s.Pages {
		if p.Kind != handbook.Plain {
			g.kinds[p.Kind] = append(g.kinds[p.Kind], p)
		}
	}
	g.name()
	g.glossary()
	g.edges()
	g.make()
	g.handOffs = g.handOver()
	g.handed = map[string][2][]HandOff{}
	for _, h := range g.handOffs {
		for i, address := range []string{h.To.Address, h.From.Address} {
			both := g.handed[address]
			if len(both[i]) < Most {
				both[i] = append(both[i], h)
				g.handed[address] = both
			}
		}
	}
	g.lint()
	g.cover()
	return g, g.found
}

// name gathers the names by which pages are referred to.
func (g *Graph) name() {
	g.names = make(map[string][]*site.Page, len(g.site.Pages))
	for _, p := range g.site.Pages {
		g.names[p.Name()] = append(g.names[p.Name()], p)
	}
	for _, p := range g.site.Pages {
		for _, a := range p.Meta.Aliases {
			name := last(strings.Trim(a.Value, "/"))
			if !slices.Contains(g.names[name], p) {
				g.names[name] = append(g.names[name], p)
			}
		}
	}
}

func last(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// place is the path of a page without its ending, or of the folder whose page it
// is: what names with folders are held against.
func place(p *site.Page) string {
	if p.IsSection() {
		return string(p.Section.Dir)
	}
	return string(p.Path.Dir()) + "/" + p.Path.Stem()
}

// named are the pages of some kinds that go by a name; no kinds: all.
func (g *Graph) named(name string, kinds []handbook.Kind) []*site.Page {
	name = strings.TrimSuffix(strings.Trim(name, "/"), ".md")
	var list []*site.Page
	for _, p := range g.names[last(name)] {
		if len(kinds) > 0 && !slices.Contains(kinds, p.Kind) {
			continue
		}
		if full := "/" + place(p); strings.HasSuffix(full, "/"+name) || slices.ContainsFunc(p.Meta.Aliases, func(a handbook.Located) bool {
			return strings.HasSuffix("/"+strings.Trim(a.Value, "/"), "/"+name)
		}) {
			list = append(list, p)
		}
	}
	// A page at the very path that is written is meant, whoever else ends alike.
	if i := slices.IndexFunc(list, func(p *site.Page) bool { return place(p) == name || "./"+name == place(p) }); i >= 0 && len(list) > 1 && strings.Contains(name, "/") {
		return list[i : i+1]
	}
	return list
}

// link leads to a page.
func link(p *site.Page) Link {
	return Link{Title: p.Title, Address: p.URL, Kind: p.Kind, Name: p.Name()}
}

// metricLabels are the names of the measured metrics, for those that have no
// page.
var metricLabels = map[handbook.Metric]string{
	handbook.DeploymentFrequency: "Deployment frequency", handbook.LeadTime: "Change lead time",
	handbook.LeadTimeCoding: "Coding time", handbook.LeadTimePickup: "Waiting for review", handbook.LeadTimeReview: "Review time", handbook.LeadTimeDeploy: "Waiting for deployment",
	handbook.ChangeFailRate: "Change fail rate", handbook.RecoveryTime: "Recovery time", handbook.ReworkRate: "Rework rate",
}

// metric leads to the page about a metric, if there is one.
func (g *Graph) metric(id string) (Link, bool) {
	m := handbook.Metric(id)
	for _, p := range g.kinds[handbook.MetricPage] {
		about := p.Meta.MetricPage
		if about != nil && (about.ID.Value == id || p.Name() == id) {
			return link(p), true
		}
	}
	if !m.Known() {
		return Link{}, false
	}
	l := Link{Title: metricLabels[m], Kind: handbook.MetricPage, Name: id}
	if whole, _, part := strings.Cut(id, "."); part {
		if page, ok := g.metric(whole); ok {
			l.Address = page.Address
		}
	}
	return l, true
}

// target is what a reference leads to.
type target struct {
	Link
	page *site.Page // nil of what has no page of its own
}

// resolve finds what a reference means. Where that is nothing, or not clear, the
// list says which pages there are to choose from; it is nil where nothing of the
// kind exists at all, so that there is nothing to hold the reference against.
func (g *Graph) resolve(value string, kinds []handbook.Kind) (to target, anchor string, choice []string, ok bool) {
	name, anchor, _ := strings.Cut(value, "#")
	if kind, rest, found := strings.Cut(name, ":"); found && (handbook.TypeOf(handbook.Kind(kind)).Kind != "" || kind == string(handbook.Person)) {
		if len(kinds) == 0 || slices.Contains(kinds, handbook.Kind(kind)) {
			name, kinds = rest, []handbook.Kind{handbook.Kind(kind)}
		}
	}
	if len(kinds) == 0 || slices.Contains(kinds, handbook.MetricPage) {
		if l, ok := g.metric(name); ok {
			return target{Link: l, page: g.page(l.Address)}, anchor, nil, true
		}
	}
	pages := g.named(name, kinds)
	for _, k := range kinds { // a field that takes several kinds means the first of them that has the name
		if of := slices.DeleteFunc(slices.Clone(pages), func(p *site.Page) bool { return p.Kind != k }); len(of) > 0 {
			pages = of
			break
		}
	}
	switch len(pages) {
	case 1:
		return target{link(pages[0]), pages[0]}, anchor, nil, true
	case 0:
	default:
		return target{}, anchor, tellApart(pages), false
	}
	if len(kinds) == 0 || slices.Contains(kinds, handbook.Person) {
		for _, p := range g.site.People {
			if p.ID.Value == name {
				return target{Link: Link{Title: p.Name, Kind: handbook.Person, Name: name}}, anchor, nil, true
			}
		}
	}
	return target{}, anchor, g.choices(kinds), false
}

// tellApart are names by which pages that go by one name can be told apart: the
// kind before it where that is enough, else the folders.
func tellApart(pages []*site.Page) []string {
	var byKind, byPlace []string
	for _, p := range pages {
		byKind = append(byKind, string(p.Kind)+":"+p.Name())
		byPlace = append(byPlace, strings.TrimPrefix(place(p), "./"))
	}
	slices.Sort(byKind)
	if len(slices.Compact(byKind)) == len(pages) {
		return byKind
	}
	return byPlace
}

// page is the page about a metric at an address; nil where there is none.
func (g *Graph) page(address string) *site.Page {
	if address == "" {
		return nil
	}
	for _, p := range g.kinds[handbook.MetricPage] {
		if p.URL == address {
			return p
		}
	}
	return nil
}

// choices are the names of all that some kinds of pages have.
func (g *Graph) choices(kinds []handbook.Kind) []string {
	var list []string
	if len(kinds) == 0 {
		for name := range g.names {
			list = append(list, name)
		}
	}
	for _, k := range kinds {
		for _, p := range g.kinds[k] {
			list = append(list, p.Name())
		}
		switch k {
		case handbook.Plain:
			continue
		case handbook.Person:
			for _, p := range g.site.People {
				list = append(list, p.ID.Value)
			}
		case handbook.MetricPage:
			for _, m := range handbook.Metrics {
				list = append(list, string(m))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// planned is the mark of a name whose page is still to be written.
const planned = "planned:"

// Link is what a value of the front matter leads to: a page, or what is written
// where there is none.
func (g *Graph) Link(at handbook.Located, kinds ...handbook.Kind) Link {
	if name, ok := strings.CutPrefix(at.Value, planned); ok {
		kind := handbook.Kind("")
		if len(kinds) > 0 {
			kind = kinds[0]
		}
		return Link{Title: g.spelled(name), Kind: kind, Name: name, Planned: true}
	}
	if isURL(at.Value) {
		return Link{Title: at.Value, Address: at.Value, Name: at.Value}
	}
	to, anchor, _, ok := g.resolve(at.Value, kinds)
	if !ok {
		return Link{Title: words(strings.TrimPrefix(at.Value, "team:")), Name: at.Value}
	}
	if anchor != "" && to.page != nil {
		to.Title = partTitle(to.page, anchor)
		to.Address += "#" + partID(to.page, anchor)
		to.Name += "#" + anchor
	}
	return to.Link
}

// Links are what several values lead to.
func (g *Graph) Links(list []handbook.Located, kinds ...handbook.Kind) []Link {
	var links []Link
	for _, at := range list {
		links = append(links, g.Link(at, kinds...))
	}
	return links
}

func isURL(s string) bool { return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") }

// words makes a title of a name: "data-engineer" is "Data engineer".
func words(name string) string {
	name = strings.ReplaceAll(name, "-", " ")
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
