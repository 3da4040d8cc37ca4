package facet

import (
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/site"
)

// reports are what pages show of the handbook as a whole: each is worked out when
// it is first asked for.
type reports struct {
	graph *graph.Graph

	lock  sync.Mutex
	done  map[string]any
	known map[string]pack.Hash
}

// The reports.
const (
	Raci      = "raci"
	HandOffs  = "hand-offs"
	Coverage  = "coverage"
	Ownership = "ownership"
	Freshness = "freshness"
	Evidence  = "evidence"
	Decisions = "decisions"
	Glossary  = "glossary"
	News      = "news"
	Changes   = "changes"
	Directory = "directory"
	Shelves   = "shelves"
	Doors     = "doors"
	Export    = "export"
)

// RaciReport is who takes part in what, by roles and by the seats of each
// organisation.
type RaciReport struct {
	Roles graph.Matrix
	Orgs  []OrgMatrix
}

// OrgMatrix is the table as an organisation lives it.
type OrgMatrix struct {
	Org    graph.Link
	Matrix graph.Matrix
}

// FreshnessReport is when pages were reviewed.
type FreshnessReport struct {
	Reviewed []graph.Reviewed
	Never    []graph.Link
}

// EvidenceReport is what shows that policies are kept.
type EvidenceReport struct {
	Controls  []graph.Control
	Services  []graph.Link
	Standards []graph.Standard
}

// value is what a report shows; nil where there is no such report.
func (r *reports) value(name string, work func() any) any {
	r.lock.Lock()
	defer r.lock.Unlock()
	if v, ok := r.done[name]; ok {
		return v
	}
	if r.done == nil {
		r.done, r.known = map[string]any{}, map[string]pack.Hash{}
	}
	v := work()
	r.done[name] = v
	if v != nil {
		r.known[name] = pack.Sum(v)
	}
	return v
}

func (r *reports) make(name string) any {
	g := r.graph
	switch name {
	case Raci:
		v := &RaciReport{Roles: g.Raci()}
		for _, p := range g.Orgs() {
			v.Orgs = append(v.Orgs, OrgMatrix{graph.Link{Title: p.Title, Address: p.URL, Kind: handbook.Org, Name: p.Name()}, g.Under(p, v.Roles)})
		}
		return v
	case HandOffs:
		list := g.HandOffs()
		return &list
	case Coverage:
		list := g.Coverage()
		return &list
	case Ownership:
		list := g.Ownership()
		return &list
	case Freshness:
		v := &FreshnessReport{}
		v.Reviewed, v.Never = g.Reviews()
		return v
	case Evidence:
		v := &EvidenceReport{Controls: g.Controls()}
		v.Services, v.Standards = g.Standards()
		return v
	case Decisions:
		list := g.Checks()
		return &list
	case Glossary:
		list := g.Terms()
		return &list
	case News:
		list := g.News()
		return &list
	case Directory:
		list := g.Directory()
		return &list
	case Shelves:
		list := g.Shelves()
		return &list
	case Doors:
		list := g.Doors()
		return &list
	case Export:
		v := g.Export()
		for i := range v.Pages {
			v.Pages[i].Hash = "" // indexes that differ in texts only share the rest: see Handbook
		}
		return v
	}
	return nil
}

// hash is that of a report; false where there is no such report.
func (r *reports) hash(name string) (pack.Hash, bool) {
	v := r.value(name, func() any { return r.make(name) })
	return r.known[name], v != nil
}

// report reads a report.
func report[T any](r *Reader, name string) *T {
	r.read(ofReport, name)
	return r.x.reports.value(name, func() any { return r.x.reports.make(name) }).(*T)
}

// What the reports show, each noted as it is read.
func (r *Reader) Raci() *RaciReport            { return report[RaciReport](r, Raci) }
func (r *Reader) HandOffs() []graph.HandOff    { return *report[[]graph.HandOff](r, HandOffs) }
func (r *Reader) Coverage() []graph.Coverage   { return *report[[]graph.Coverage](r, Coverage) }
func (r *Reader) Ownership() []graph.Owned     { return *report[[]graph.Owned](r, Ownership) }
func (r *Reader) Freshness() *FreshnessReport  { return report[FreshnessReport](r, Freshness) }
func (r *Reader) Evidence() *EvidenceReport    { return report[EvidenceReport](r, Evidence) }
func (r *Reader) Checks() []graph.Check        { return *report[[]graph.Check](r, Decisions) }
func (r *Reader) Terms() []graph.Term          { return *report[[]graph.Term](r, Glossary) }
func (r *Reader) News() []graph.Notice         { return *report[[]graph.Notice](r, News) }
func (r *Reader) Directory() []graph.RoleEntry { return *report[[]graph.RoleEntry](r, Directory) }
func (r *Reader) Doors() []graph.Door          { return *report[[]graph.Door](r, Doors) }
func (r *Reader) Shelves() []graph.Shelf       { return *report[[]graph.Shelf](r, Shelves) }

// Exports reports whether the site has a file of the given name with Handbook:
// plain folders have nothing to put into it, and a file of the author's at that
// address is kept.
func (x *Index) Exports(name string) bool {
	at := func(address string) bool { return strings.HasPrefix(strings.ToLower(address)+"/", name+"/") }
	s := x.site
	return slices.ContainsFunc(s.Pages, func(p *site.Page) bool { return p.Kind != handbook.Plain }) &&
		!slices.ContainsFunc(s.Pages, func(p *site.Page) bool { return at(p.URL) }) &&
		!slices.ContainsFunc(s.Sections, func(d *site.Section) bool { return at(d.URL) }) &&
		!slices.ContainsFunc(s.Copies, func(c site.Copy) bool { return at(c.To) })
}

// Handbook is all that the pages say of themselves and of each other.
func (r *Reader) Handbook() *graph.Handbook {
	h := *report[graph.Handbook](r, Export)
	h.Pages = slices.Clone(h.Pages)
	for i := range h.Pages {
		if p := r.x.page(handbook.Path(h.Pages[i].Path)); p.Sum != (handbook.Key{}) {
			h.Pages[i].Hash = hex.EncodeToString(p.Sum[:])
		}
	}
	return &h
}

// hashExport is the hash of Handbook; false where nobody knows whether a page is
// the same.
func (x *Index) hashExport() (pack.Hash, bool) {
	rest, _ := x.reports.hash(Export)
	sums := make([]byte, 0, len(x.pages)*len(handbook.Key{}))
	for _, p := range x.pages {
		if p.Sum == (handbook.Key{}) {
			return pack.Hash{}, false
		}
		sums = append(sums, p.Sum[:]...)
	}
	return pack.SumBytes(rest[:], sums), true
}

// Relations are what other pages say of a page.
func (r *Reader) Relations(p handbook.Path) *graph.Derived {
	r.read(ofRelations, string(p))
	return &r.x.page(p).relations
}

// Term is what the glossary says of a word; false where it says nothing.
func (r *Reader) Term(word string) (graph.Term, bool) {
	r.read(ofTerm, word)
	return r.x.in.Graph.Term(word)
}

// Practice is what the handbook says of the practice behind a metric.
func (r *Reader) Practice(id handbook.Metric) (graph.Practice, bool) {
	r.read(ofPractice, string(id))
	return r.x.in.Graph.Practice(id)
}
