package facet

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/site"
)

// Input is what an Index is made of besides the handbook.
type Input struct {
	Settings   Settings
	Assets     Assets
	Served     Served
	Look       Look
	Layouts    map[string]pack.Hash // by kind of page: the templates it is made with
	Deliveries map[string]pack.Hash // by name of service: all that its figures are drawn from
	Reports    []string             // names of the reports on the handbook
	History    *History             // when pages changed; nil: nobody knows
	Graph      *graph.Graph         // what the pages say of each other
}

// Index knows every facet of a site and its hash.
type Index struct {
	in       Input
	reports  *reports
	shared   Shared
	kin      *int // the same in indexes that differ in texts of pages only
	site     *site.Site
	byPath   map[handbook.Path]int // places in pages
	byFolder map[handbook.Path]*section
	pages    []*page                 // in the order of site.Pages
	sections []*section              // in the order of site.Sections
	services map[string]int          // places in pages
	metrics  map[handbook.Metric]int // the same, of the first page about each
	shares   pack.Hash
	assets   pack.Hash
	tree     pack.Hash
	places   pack.Hash // of all addresses
}

// page is a page with the hashes of its facets.
type page struct {
	*site.Page
	card                        Card
	link, full                  pack.Hash // of card.Link and of card
	own, nav, beside, backlinks pack.Hash
	relations                   graph.Derived
	related                     pack.Hash // of relations
	at                          int       // place in its section; -1 for the page of one
}

// section is a section with the hashes of its facets.
type section struct {
	*site.Section
	card                  Card
	items                 []*Card
	links                 []*Link // of items
	link, full            pack.Hash
	nav, crumbs, children pack.Hash
}

// same reports whether two inputs are the same for sites that differ in texts
// only: their pages say the same of each other.
func (in Input) same(other Input) bool {
	if in.History != other.History {
		return false
	}
	in.Graph, other.Graph, in.History, other.History = nil, nil, nil, nil
	return reflect.DeepEqual(in, other)
}

// New makes the index of a site. Hashes of what has not changed since the
// previous index are taken from there, if there is one.
func New(s *site.Site, in Input, previous *Index) *Index {
	if previous != nil && s.SameButTexts(previous.site) && in.same(previous.in) {
		return previous.with(s)
	}
	x := &Index{
		in: in, site: s, kin: new(int), reports: &reports{graph: in.Graph}, services: map[string]int{}, metrics: map[handbook.Metric]int{},
		byPath:   make(map[handbook.Path]int, len(s.Pages)),
		byFolder: make(map[handbook.Path]*section, len(s.Sections)),
		pages:    make([]*page, len(s.Pages)),
		sections: make([]*section, len(s.Sections)),
	}
	all := make([]page, len(s.Pages))
	for i, p := range s.Pages {
		all[i] = page{Page: p, at: -1}
		x.pages[i] = &all[i]
		x.byPath[p.Path] = i
	}
	for i, sec := range s.Sections {
		x.sections[i] = &section{Section: sec}
		x.byFolder[sec.Dir] = x.sections[i]
	}
	for _, p := range s.Services {
		x.services[p.Name()] = p.N
	}
	for _, p := range s.Pages {
		if about := p.Meta.MetricPage; about != nil && about.Metric() != "" {
			if _, taken := x.metrics[about.Metric()]; !taken {
				x.metrics[about.Metric()] = p.N
			}
		}
	}
	eachOf(x.pages, func(p *page) {
		p.entry(previous.page(p.Path))
		p.relations = in.Graph.Derive(p.Page)
		p.related = pack.Sum(&p.relations)
	})
	for _, sec := range x.sections {
		sec.entry()
	}
	eachOf(x.sections, x.list)
	eachOf(x.sections, func(sec *section) { x.hashSection(sec) })
	eachOf(x.pages, func(p *page) { x.hashPage(p) })
	x.share()
	x.whole()
	return x
}

// page of the previous index; nil where there is none.
func (x *Index) page(p handbook.Path) *page {
	if x == nil {
		return nil
	}
	if n, ok := x.byPath[p]; ok {
		return x.pages[n]
	}
	return nil
}

// with is the index of the same site with other texts in some of its pages.
func (x *Index) with(s *site.Site) *Index {
	next := *x
	next.site = s
	next.pages = slices.Clone(x.pages)
	for i, p := range s.Pages {
		if old := x.pages[i]; old.Page != p {
			page := *old
			page.Page = p
			page.entry(old)
			next.pages[i] = &page
		}
	}
	return &next
}

// Texts reports whether the sites of two indexes differ in the texts of pages
// only.
func (x *Index) Texts(other *Index) bool { return x.site.SameButTexts(other.site) }

// Changed are the places of the pages that are others than in another index,
// from which nothing else differs; false where more may.
func (x *Index) Changed(other *Index) ([]int, bool) {
	if x.kin != other.kin {
		return nil, false
	}
	var list []int
	for i, p := range x.pages {
		if p.Page != other.pages[i].Page {
			list = append(list, i)
		}
	}
	return list, true
}

// entry makes the page's entry in lists, and hashes what is its own.
func (p *page) entry(old *page) {
	p.card = Card{Link{Title: p.Title, Address: p.URL, Kind: p.Kind, Path: p.Path}, p.Summary}
	if old != nil && old.card == p.card {
		p.link, p.full = old.link, old.full
	} else {
		p.link, p.full = pack.Sum(&p.card.Link), pack.Sum(&p.card)
	}
	if old != nil && old.Key == p.Key && p.Key != (handbook.Key{}) && old.card == p.card && old.Heading == p.Heading && reflect.DeepEqual(old.Standing, p.Standing) &&
		old.Section.Dir == p.Section.Dir && old.IsSection() == p.IsSection() && slices.Equal(old.Targets, p.Targets) {
		p.own = old.own
		return
	}
	p.own = pack.Sum(&struct {
		Key      handbook.Key
		Card     Card
		Heading  string
		Standing site.Standing
		Folder   handbook.Path
		Section  bool
		Targets  []site.Target
	}{p.Key, p.card, p.Heading, p.Standing, p.Section.Dir, p.IsSection(), p.Targets})
}

// entry makes the section's entry in lists.
func (s *section) entry() {
	s.card = Card{Link: Link{Title: s.Title, Address: s.URL, Section: true}}
	if s.Page != nil {
		s.card.Summary, s.card.Path = s.Page.Summary, s.Page.Path
	}
	s.link, s.full = pack.Sum(&s.card.Link), pack.Sum(&s.card)
}

// list gathers the entries of a section.
func (x *Index) list(s *section) {
	s.items = make([]*Card, len(s.Items))
	s.links = make([]*Link, len(s.Items))
	for i, item := range s.Items {
		if item.Section != nil {
			s.items[i] = &x.sections[item.Section.N].card
		} else {
			p := x.pages[item.Page.N]
			p.at = i
			s.items[i] = &p.card
		}
		s.links[i] = &s.items[i].Link
	}
}

// hashOf returns the hashes of an entry of a section.
func (x *Index) hashOf(item site.Item) (link, full *pack.Hash) {
	if item.Section != nil {
		s := x.sections[item.Section.N]
		return &s.link, &s.full
	}
	p := x.pages[item.Page.N]
	return &p.link, &p.full
}

// window is the part of n entries that a sidebar shows around one of them.
func window(at, n int) (first, end int) {
	first = min(max(at-MaxNav/2, 0), max(n-MaxNav, 0))
	return first, min(n, first+MaxNav)
}

// hashSection hashes what is read of a section, and the sidebars of its pages.
func (x *Index) hashSection(s *section) {
	var up []byte
	for a := s.Parent; a != nil; a = a.Parent {
		up = append(up, x.sections[a.N].link[:]...)
	}
	s.crumbs = pack.SumBytes(s.link[:], up)
	links := make([]byte, 0, len(s.Items)*len(pack.Hash{}))
	full := make([]byte, 0, cap(links))
	for _, item := range s.Items {
		l, f := x.hashOf(item)
		links, full = append(links, l[:]...), append(full, f[:]...)
	}
	s.children = pack.SumBytes(full)
	head := append([]byte(nil), s.link[:]...)
	if s.Parent != nil && s.Parent.URL != "" {
		head = append(head, x.sections[s.Parent.N].link[:]...)
	}
	const size = len(pack.Hash{})
	nav := func(at int) pack.Hash {
		first, end := window(at, len(s.Items))
		return pack.SumBytes(head, links[first*size:end*size], pack.Append(nil, []int{first, len(s.Items)}))
	}
	s.nav = nav(0)
	from, last := 0, s.nav
	for at, item := range s.Items {
		if first, _ := window(at, len(s.Items)); first != from {
			from, last = first, nav(at)
		}
		if item.Page == nil {
			continue
		}
		p := x.pages[item.Page.N]
		p.nav = last
		var before, after []byte
		if at > 0 {
			before = links[(at-1)*size : at*size]
		}
		if at+1 < len(s.Items) {
			after = links[(at+1)*size : (at+2)*size]
		}
		p.beside = pack.SumBytes(before, after)
	}
}

// hashPage hashes what is read of the other pages around a page.
func (x *Index) hashPage(p *page) {
	if p.at < 0 {
		p.nav = x.sections[p.Section.N].nav
		p.beside = pack.SumBytes(nil, nil)
	}
	var links []byte
	for _, b := range p.Backlinks[:min(len(p.Backlinks), MaxBacklinks)] {
		links = append(links, x.pages[b.N].link[:]...)
	}
	p.backlinks = pack.SumBytes(links, pack.Append(nil, len(p.Backlinks)))
}

// share makes what all pages show.
func (x *Index) share() {
	x.shared = Shared{Settings: x.in.Settings, Title: x.site.Title, AllPages: "search/"}
	taken := map[string]bool{}
	for _, p := range x.pages {
		taken[strings.ToLower(p.URL)] = true
	}
	for _, s := range x.sections {
		taken[strings.ToLower(s.URL)] = true
	}
	for taken[x.shared.AllPages] {
		x.shared.AllPages = "-" + x.shared.AllPages
	}
	if x.shared.ReportNames = x.in.Reports; len(x.in.Reports) > 0 {
		x.shared.Reports = "reports/"
		for taken[x.shared.Reports] {
			x.shared.Reports = "-" + x.shared.Reports
		}
	}
	for _, item := range x.site.Root.Items {
		if item.Section != nil && len(x.shared.Sections) < MaxSections {
			x.shared.Sections = append(x.shared.Sections, &x.sections[item.Section.N].card.Link)
		}
	}
	x.shares = pack.Sum(&x.shared)
	x.assets = pack.Sum(&x.in.Assets)
}

// whole hashes what only the lists of the whole site read.
func (x *Index) whole() {
	var tree []byte
	for _, s := range x.sections {
		tree = append(tree, s.link[:]...)
		for _, item := range s.Items {
			l, _ := x.hashOf(item)
			tree = append(tree, l[:]...)
		}
	}
	x.tree = pack.SumBytes(x.shares[:], tree)
	addresses := x.addresses()
	x.places = pack.Sum(&addresses)
}

// Fresh reports whether a file that made these reads would make the same now.
func (x *Index) Fresh(reads Reads) bool {
	if len(reads.List) == 0 {
		return false
	}
	h, ok := x.sum(reads.List)
	return ok && h == reads.Hash
}

// sum is the hash of some values together; false where one of them is not there.
func (x *Index) sum(list []Read) (pack.Hash, bool) {
	all := make([]byte, 0, 16*len(pack.Hash{})) // on the stack for as many as files read
	for _, r := range list {
		h, ok := x.hash(r.Facet, r.Key)
		if !ok {
			return pack.Hash{}, false
		}
		all = append(all, h[:]...)
	}
	return pack.SumBytes(all), true
}

// hash is that of a facet as it is now; false where there is no such thing.
func (x *Index) hash(f Facet, key string) (pack.Hash, bool) {
	switch f {
	case ofSite:
		return x.shares, true
	case ofAssets:
		return x.assets, true
	case ofServed:
		return pack.Sum(&x.in.Served), true
	case ofLook:
		return pack.Sum(&x.in.Look), true
	case ofTree:
		return x.tree, true
	case ofAddresses:
		return x.places, true
	case ofLayout:
		h, ok := x.in.Layouts[key]
		return h, ok
	case ofService:
		n, ok := x.services[key]
		if !ok {
			return pack.Hash{}, false
		}
		data := x.in.Deliveries[key]
		return pack.SumBytes([]byte(x.pages[n].URL), data[:]), true
	case ofMetric:
		if n, ok := x.metrics[handbook.Metric(key)]; ok {
			return pack.SumBytes([]byte(x.pages[n].URL)), true
		}
		return pack.SumBytes(nil), true
	case ofServices:
		var all []byte
		for _, name := range slices.Sorted(maps.Keys(x.services)) {
			s, data := x.service(name), x.in.Deliveries[name]
			all = fmt.Appendf(all, "%q %q %q %x\n", s.Name, s.Address, s.Title, data)
		}
		return pack.SumBytes(all), true
	case ofReport:
		if key == Changes {
			return pack.Sum(x.changes()), true
		}
		if key == Export {
			return x.hashExport()
		}
		return x.reports.hash(key)
	case ofChange:
		return x.hashChange(handbook.Path(key)), true
	case ofTerm:
		t, ok := x.in.Graph.Term(key)
		if !ok {
			return pack.SumBytes(nil), true
		}
		return pack.SumBytes([]byte(t.Address), []byte{0}, []byte(t.Definition)), true
	case ofPractice:
		practice, _ := x.in.Graph.Practice(handbook.Metric(key))
		return pack.Sum(&practice), true
	case ofPage, ofNav, ofBeside, ofBacklinks, ofRelations:
		if p := x.page(handbook.Path(key)); p != nil {
			switch f {
			case ofPage: // nobody knows whether a page without a key is the same
				return p.own, p.Key != (handbook.Key{})
			case ofNav:
				return p.nav, true
			case ofRelations:
				return p.related, true
			case ofBeside:
				return p.beside, true
			default:
				return p.backlinks, true
			}
		}
		if s := x.byFolder[handbook.Path(key)]; s != nil && f == ofNav {
			return s.nav, true
		}
	case ofSection, ofCrumbs, ofChildren:
		if s := x.byFolder[handbook.Path(key)]; s != nil {
			switch f {
			case ofSection:
				return s.link, true
			case ofCrumbs:
				return s.crumbs, true
			default:
				return s.children, true
			}
		}
	}
	return pack.Hash{}, false
}
