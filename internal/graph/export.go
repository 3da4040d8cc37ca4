package graph

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// HandbookSchema names the form of a Handbook. A change that its readers have to
// know of changes the number.
const HandbookSchema = "rutter.handbook/1"

// Handbook is what the pages of a site say of themselves and of each other, as
// plain data for programs. Nothing in it is about single people: who they are is
// for readers of the site, and what names one is left out.
type Handbook struct {
	Schema    string         `json:"schema"`
	Title     string         `json:"title"`
	Pages     []ExportedPage `json:"pages"`     // in the order of their paths
	Relations []Relation     `json:"relations"` // in the order of the pages that they stand on
	Terms     []ExportedTerm `json:"terms"`     // in the order of their words
}

// ExportedPage is a page of a Handbook. Names of roles, topics and owners are
// those of Name.
type ExportedPage struct {
	Path      string          `json:"path"`    // of its file, below the content
	Address   string          `json:"address"` // below the site; "" of the home page
	Name      string          `json:"name"`    // by which relations lead to it: "role:qa", with folders where several go by that
	Kind      handbook.Kind   `json:"kind"`
	Title     string          `json:"title"`
	Summary   string          `json:"summary,omitempty"`
	Owner     string          `json:"owner,omitempty"`      // "team:platform", or SomePerson; "": nobody
	Backup    string          `json:"backup,omitempty"`     // the same, of who stands in for the owner
	OwnerFrom string          `json:"owner_from,omitempty"` // page, folder or site: who names the owner
	Status    string          `json:"status,omitempty"`     // as written: "" is active, and of a decision accepted
	Review    *ExportedReview `json:"review,omitempty"`
	Audience  []string        `json:"audience,omitempty"` // none: all
	Topics    []string        `json:"topics,omitempty"`
	Aliases   []string        `json:"aliases,omitempty"` // names and addresses of before
	Steps     []ExportedStep  `json:"steps,omitempty"`
	Raci      *ExportedRaci   `json:"raci,omitempty"`
	Inputs    []string        `json:"inputs,omitempty"`
	Outputs   []string        `json:"outputs,omitempty"`
	Hash      string          `json:"hash,omitempty"` // of the page's own file: two that differ, differ in their text
}

// ExportedReview is when a page was last read as a whole.
type ExportedReview struct {
	On    string `json:"on,omitempty"`    // a day
	By    string `json:"by,omitempty"`    // "role:qa", or SomePerson
	Every string `json:"every,omitempty"` // "6m"
}

// ExportedStep is a step of a process or a playbook.
type ExportedStep struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Does  []string `json:"does,omitempty"`
}

// ExportedRaci is who takes part in a process as a whole.
type ExportedRaci struct {
	Accountable []string `json:"accountable,omitempty"`
	Responsible []string `json:"responsible,omitempty"`
	Consulted   []string `json:"consulted,omitempty"`
	Informed    []string `json:"informed,omitempty"`
}

// Relation is a reference from the front matter of a page to another page.
type Relation struct {
	From    string `json:"from"`              // path of the page that it stands on
	Field   string `json:"field"`             // the key, with those around it: "raci.accountable"
	Item    int    `json:"item"`              // place in the outermost list around it, from 0; -1: there is none
	To      string `json:"to"`                // name of a page ("role:qa", "process:develop#review"), or an address elsewhere
	Part    string `json:"part,omitempty"`    // of the page, that the field is about: a step, a chapter, a control
	Planned bool   `json:"planned,omitempty"` // the page is still to be written
}

// ExportedTerm is a word of the glossary.
type ExportedTerm struct {
	Term       string   `json:"term"`
	Definition string   `json:"definition"`
	Aka        []string `json:"aka,omitempty"`
	AcronymOf  string   `json:"acronym_of,omitempty"`
	Address    string   `json:"address,omitempty"` // of the term's own page
}

// SomePerson stands where a page names a single person, or a name that no team
// has and that may be a person's.
const SomePerson = "person"

// Export is the graph as plain data. Two equal handbooks give equal data, in one
// order.
func (g *Graph) Export() *Handbook {
	h := &Handbook{Schema: HandbookSchema, Title: g.site.Title, Pages: []ExportedPage{}, Relations: []Relation{}, Terms: []ExportedTerm{}}
	e := exporter{g, map[string]int{}}
	for _, p := range g.site.Pages {
		e.named[string(p.Kind)+":"+p.Name()]++
	}
	for _, p := range g.site.Pages {
		h.Pages = append(h.Pages, e.page(p))
		h.Relations = append(h.Relations, e.relations(p)...)
	}
	slices.SortFunc(h.Pages, func(a, b ExportedPage) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortStableFunc(h.Relations, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Item, b.Item))
	})
	for _, t := range g.terms {
		h.Terms = append(h.Terms, ExportedTerm{t.Term.Value, t.Definition, t.Aka, t.AcronymOf, t.Address})
	}
	return h
}

// exporter names pages.
type exporter struct {
	g     *Graph
	named map[string]int // how many pages go by "kind:name"
}

// name is that of a page, which no other page has.
func (e *exporter) name(p *site.Page) string {
	name := string(p.Kind) + ":" + p.Name()
	if e.named[name] > 1 {
		name = string(p.Kind) + ":" + strings.TrimPrefix(place(p), "./")
	}
	return name
}

func (e *exporter) page(p *site.Page) ExportedPage {
	m := &p.Meta
	x := ExportedPage{
		Path: string(p.Path), Address: p.URL, Name: e.name(p), Kind: p.Kind, Title: p.Title, Summary: p.Summary,
		Owner: e.who(p.Owner, handbook.Team, handbook.Person), Backup: e.who(p.Backup, handbook.Team, handbook.Person), OwnerFrom: origins[p.From], Status: m.Status,
		Audience: e.all(located(p.Audience), handbook.Role), Topics: e.all(located(p.Topics), handbook.Topic),
	}
	if m.Decision != nil {
		x.Status = m.Decision.State
	}
	if p.Sum != (handbook.Key{}) {
		x.Hash = hex.EncodeToString(p.Sum[:])
	}
	if r := m.Review; r != nil || p.Every.N > 0 {
		x.Review = &ExportedReview{}
		if r != nil {
			x.Review.On = r.On.String()
			x.Review.By = e.who(r.By.Value, handbook.Role, handbook.Team, handbook.Person)
		}
		if p.Every.N > 0 {
			x.Review.Every = itoa(p.Every.N) + string(p.Every.Unit)
		}
	}
	for _, a := range m.Aliases {
		x.Aliases = append(x.Aliases, a.Value)
	}
	list := steps(p.Page)
	for i := range list {
		x.Steps = append(x.Steps, ExportedStep{list[i].ID.Value, list[i].Title, e.does(&list[i])})
	}
	if m.Process != nil {
		r := &m.Process.Raci
		if len(r.Accountable)+len(r.Responsible)+len(r.Consulted)+len(r.Informed) > 0 {
			x.Raci = &ExportedRaci{e.all(r.Accountable, handbook.Role), e.all(r.Responsible, handbook.Role), e.all(r.Consulted, handbook.Role), e.all(r.Informed, handbook.Role)}
		}
		for _, a := range m.Process.Inputs {
			x.Inputs = append(x.Inputs, a.Text().Value)
		}
		for _, a := range m.Process.Outputs {
			x.Outputs = append(x.Outputs, a.Text().Value)
		}
	}
	return x
}

// origins are the names of where an owner comes from.
var origins = map[site.Origin]string{site.OwnPage: "page", site.Folder: "folder", site.WholeSite: "site"}

// does are the roles that a step names itself.
func (e *exporter) does(s *handbook.Step) []string {
	list := s.Does
	if s.Raci != nil {
		list = slices.Concat(list, s.Raci.Responsible)
	}
	return e.all(list, handbook.Role)
}

func (e *exporter) all(list []handbook.Located, kinds ...handbook.Kind) []string {
	var names []string
	for _, at := range list {
		if name, _ := e.to(at.Value, kinds...); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// who is the name of somebody of some kinds, of whom people are one.
func (e *exporter) who(value string, kinds ...handbook.Kind) string {
	if value == "" {
		return ""
	}
	name, _ := e.to(value, kinds...)
	return cmp.Or(name, SomePerson)
}

// to is the name of what a reference leads to; "" where that is a person, or
// where it may be one.
func (e *exporter) to(value string, kinds ...handbook.Kind) (name string, toBeWritten bool) {
	if value == "" || isURL(value) {
		return value, false
	}
	name, toBeWritten = strings.CutPrefix(value, planned)
	if !toBeWritten {
		to, anchor, _, ok := e.g.resolve(value, kinds)
		switch {
		case ok && to.Kind == handbook.Person:
			return "", false
		case ok && to.page != nil && to.Name == to.page.Name(): // no page is about a part of a metric alone
			name = e.name(to.page)
		case ok:
			name = string(to.Kind) + ":" + to.Name
		}
		if ok {
			if anchor != "" {
				name += "#" + anchor
			}
			return name, false
		}
	}
	if kind := kindOf(name); kind != "" && kind != string(handbook.Person) {
		return name, toBeWritten
	}
	if kindOf(name) != "" || !toBeWritten && (len(kinds) == 0 || slices.Contains(kinds, handbook.Person)) {
		return "", false // nobody can tell that it is no person
	}
	if len(kinds) == 0 {
		kinds = []handbook.Kind{handbook.Plain}
	}
	return string(kinds[0]) + ":" + name, toBeWritten
}

// relations are the references of a page.
func (e *exporter) relations(p *site.Page) []Relation {
	var list []Relation
	for i := range p.Meta.Refs {
		r := &p.Meta.Refs[i]
		if to, toBeWritten := e.to(r.To.Value, r.Kinds...); to != "" {
			list = append(list, Relation{string(p.Path), r.Field, r.Item, to, partOf(p, r), toBeWritten})
		}
	}
	return list
}

// partOf is the part of its page that a reference is about; "": the whole.
func partOf(p *site.Page, r *handbook.Ref) string {
	switch list, _, _ := strings.Cut(r.Field, "."); {
	case r.Item < 0:
	case list == "steps":
		if s := steps(p.Page); r.Item < len(s) {
			return s[r.Item].ID.Value
		}
	case list == "chapters" && p.Meta.Book != nil && r.Item < len(p.Meta.Book.Chapters):
		return strconv.Itoa(p.Meta.Book.Chapters[r.Item].N)
	case list == "controls" && p.Meta.Policy != nil && r.Item < len(p.Meta.Policy.Controls):
		return p.Meta.Policy.Controls[r.Item].ID.Value
	}
	return ""
}
