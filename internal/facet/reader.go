package facet

import (
	"iter"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
)

// Reader reads facets for one file of the output.
type Reader struct {
	x    *Index
	list []Read
}

// Reader returns a Reader that has read nothing.
func (x *Index) Reader() *Reader { return &Reader{x: x} }

// Reads is what has been read, each facet once.
func (r *Reader) Reads() Reads {
	h, ok := r.x.sum(r.list)
	if !ok {
		return Reads{} // nobody can tell whether it is still the same
	}
	return Reads{h, slices.Clone(r.list)}
}

// read notes a read.
func (r *Reader) read(f Facet, key string) {
	if read := (Read{f, key}); !slices.Contains(r.list, read) {
		r.list = append(r.list, read)
	}
}

// Page is a page as it sees itself.
func (r *Reader) Page(p handbook.Path) Own {
	r.read(ofPage, string(p))
	return Own{r.x.page(p).Page}
}

// Section is the entry of a section.
func (r *Reader) Section(dir handbook.Path) *Link {
	r.read(ofSection, string(dir))
	return &r.x.byFolder[dir].card.Link
}

// Shared is what all pages show.
func (r *Reader) Shared() *Shared {
	r.read(ofSite, "")
	return &r.x.shared
}

// Look is what pictures of the site have in common. Who reads it may read the
// emblem.
func (r *Reader) Look() Look {
	r.read(ofLook, "")
	return r.x.in.Look
}

// Served is what servers are told about the files.
func (r *Reader) Served() Served {
	r.read(ofServed, "")
	return r.x.in.Served
}

// Assets are the names of what pages load.
func (r *Reader) Assets() Assets {
	r.read(ofAssets, "")
	return r.x.in.Assets
}

// Layout notes that the file is made with the templates for a kind of page.
func (r *Reader) Layout(kind string) { r.read(ofLayout, kind) }

// Crumbs leads from the home page down to a section, without or with it.
func (r *Reader) Crumbs(dir handbook.Path, with bool) []*Link {
	r.read(ofCrumbs, string(dir))
	s := r.x.byFolder[dir].Section
	if !with {
		s = s.Parent
	}
	var list []*Link
	for ; s != nil; s = s.Parent {
		list = append(list, &r.x.sections[s.N].card.Link)
	}
	slices.Reverse(list)
	return list
}

// PageNav is the sidebar of a page; PageNav of a section's own page and
// SectionNav show the section from its beginning.
func (r *Reader) PageNav(p handbook.Path) Nav {
	r.read(ofNav, string(p))
	at := r.x.page(p)
	return r.x.nav(r.x.sections[at.Page.Section.N], max(at.at, 0))
}

// SectionNav is the sidebar of the page that lists a section.
func (r *Reader) SectionNav(dir handbook.Path) Nav {
	r.read(ofNav, string(dir))
	return r.x.nav(r.x.byFolder[dir], 0)
}

func (x *Index) nav(s *section, at int) Nav {
	first, end := window(at, len(s.links))
	n := Nav{Title: &s.card.Link, Items: s.links[first:end], Before: first, After: len(s.links) - end}
	if s.Parent != nil && s.Parent.URL != "" {
		n.Up = &x.sections[s.Parent.N].card.Link
	}
	return n
}

// Beside are the entries before and after a page in its section; nil where
// there is none.
func (r *Reader) Beside(p handbook.Path) (before, after *Link) {
	r.read(ofBeside, string(p))
	at := r.x.page(p)
	links := r.x.sections[at.Page.Section.N].links
	if at.at > 0 {
		before = links[at.at-1]
	}
	if at.at >= 0 && at.at+1 < len(links) {
		after = links[at.at+1]
	}
	return before, after
}

// Children are the entries of a section.
func (r *Reader) Children(dir handbook.Path) []*Card {
	r.read(ofChildren, string(dir))
	return r.x.byFolder[dir].items
}

// Backlinks are the first pages that link to a page, and how many more do.
func (r *Reader) Backlinks(p handbook.Path) (list []*Link, more int) {
	r.read(ofBacklinks, string(p))
	all := r.x.page(p).Page.Backlinks
	shown := all[:min(len(all), MaxBacklinks)]
	for _, b := range shown {
		list = append(list, &r.x.pages[b.N].card.Link)
	}
	return list, len(all) - len(shown)
}

// Entry is an entry of the tree with the entries below it.
type Entry struct {
	Link  *Link
	Items []Entry
}

// Tree is the whole site, from its root.
func (r *Reader) Tree() Entry {
	r.read(ofTree, "")
	return r.x.entry(r.x.byFolder["."])
}

func (x *Index) entry(s *section) Entry {
	e := Entry{Link: &s.card.Link, Items: make([]Entry, len(s.Items))}
	for i, item := range s.Items {
		if item.Section != nil {
			e.Items[i] = x.entry(x.sections[item.Section.N])
		} else {
			e.Items[i] = Entry{Link: s.links[i]}
		}
	}
	return e
}

// Address is where a page is.
type Address struct {
	Address string
	Changed string // when the page was last changed, RFC 3339; "": unknown
}

// Addresses are those of all pages, then those of sections without a page.
func (r *Reader) Addresses() []Address {
	r.read(ofAddresses, "")
	return r.x.addresses()
}

func (x *Index) addresses() []Address {
	list := make([]Address, 0, len(x.pages))
	for _, p := range x.pages {
		c, _ := x.last(p.Path)
		list = append(list, Address{p.URL, c.Time})
	}
	for _, s := range x.sections {
		if s.Page == nil {
			list = append(list, Address{s.URL, ""})
		}
	}
	return list
}

// Service is what can be known of a service; false where there is none.
func (r *Reader) Service(name string) (Service, bool) {
	r.read(ofService, name)
	if _, ok := r.x.services[name]; !ok {
		return Service{}, false
	}
	return r.x.service(name), true
}

// Metric is the address of the page that says what a metric means; false where
// there is none.
func (r *Reader) Metric(id handbook.Metric) (address string, ok bool) {
	r.read(ofMetric, string(id))
	n, ok := r.x.metrics[id]
	if !ok {
		return "", false
	}
	return r.x.pages[n].URL, true
}

// Services are all services, in the order of their names.
func (r *Reader) Services() []Service {
	r.read(ofServices, "")
	var list []Service
	for _, name := range slices.Sorted(maps.Keys(r.x.services)) {
		list = append(list, r.x.service(name))
	}
	return list
}

func (x *Index) service(name string) Service {
	p := x.pages[x.services[name]]
	return Service{Name: name, Address: p.URL, Title: p.card.Title}
}

// Pages are the files of all pages with their addresses, in the order of the
// files. What pages there are is no facet: a file that shows it reads Tree.
func (x *Index) Pages() iter.Seq2[handbook.Path, string] {
	return func(yield func(handbook.Path, string) bool) {
		for _, p := range x.pages {
			if !yield(p.Path, p.URL) {
				return
			}
		}
	}
}

// Bare are the folders of sections without a page, with their addresses.
func (x *Index) Bare() iter.Seq2[handbook.Path, string] {
	return func(yield func(handbook.Path, string) bool) {
		for _, s := range x.sections {
			if s.Page == nil && !yield(s.Dir, s.URL) {
				return
			}
		}
	}
}

// AllPages is the address of the list of all pages.
func (x *Index) AllPages() string { return x.shared.AllPages }

// Reports is the address of the reports on the handbook; "" where there are none.
func (x *Index) Reports() string { return x.shared.Reports }

// eachOf calls f for each element, on all processors.
func eachOf[T any](list []T, f func(T)) {
	workers := min(runtime.GOMAXPROCS(0), 1+len(list)/256)
	if workers == 1 {
		for _, v := range list {
			f(v)
		}
		return
	}
	var wg sync.WaitGroup
	size := (len(list) + workers - 1) / workers
	for part := range slices.Chunk(list, size) {
		wg.Go(func() {
			for _, v := range part {
				f(v)
			}
		})
	}
	wg.Wait()
}

// Schema changes whenever reads that were kept mean something else.
func Schema() string { return pack.Schema(Reads{}) + "4" }
