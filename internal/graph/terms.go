package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Term is a word that the handbook explains.
type Term struct {
	handbook.TermMeta
	ID      string // on the page that lists all terms
	Address string // of the term's own page; "": it has none
	Used    int    // pages that use it
	See     []Link
}

// Names are all words for a term.
func (t *Term) Names() []string {
	names := append([]string{t.Term.Value}, t.Aka...)
	if t.AcronymOf != "" {
		names = append(names, t.AcronymOf)
	}
	return names
}

// glossary gathers the terms of the list and of the pages, in the order of their
// names.
func (g *Graph) glossary() {
	add := func(m handbook.TermMeta, address string) {
		g.terms = append(g.terms, Term{TermMeta: m, ID: "term." + slug(m.Term.Value), Address: address})
	}
	for _, m := range g.site.Terms {
		add(m, "")
	}
	for _, p := range g.kinds[handbook.Term] {
		if m := p.Meta.Term; m.Term.Value != "" && m.Definition != "" {
			add(*m, p.URL)
		}
	}
	slices.SortStableFunc(g.terms, func(a, b Term) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Term.Value), strings.ToLower(b.Term.Value)), cmp.Compare(a.Address, b.Address))
	})
	used := map[string]int{}
	for _, p := range g.site.Pages {
		for _, t := range p.Body.Terms {
			used[t]++
		}
	}
	taken := map[string]*Term{}
	for i := range g.terms {
		t := &g.terms[i]
		t.Used = used[t.Term.Value]
		if g.byWord == nil {
			g.byWord = map[string]int{}
		}
		if _, ok := g.byWord[t.Term.Value]; !ok {
			g.byWord[t.Term.Value] = i
		}
		for _, name := range t.Names() {
			other := taken[strings.ToLower(name)]
			if other != nil && other != t {
				f := g.found.Errorf(t.Term.Pos, diag.IDTaken, "%q is explained twice", name)
				f.Hint = "keep one of the two"
				f.Related = []diag.Related{{Pos: other.Term.Pos, Message: "the first"}}
			}
			taken[strings.ToLower(name)] = t
		}
	}
	for i := range g.terms {
		g.terms[i].See = g.Links(g.terms[i].TermMeta.See)
	}
}

// slug makes an id of a word.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 127:
			b.WriteRune(r)
		case b.Len() > 0:
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// Term is what the glossary says of a word; false where it says nothing.
func (g *Graph) Term(word string) (Term, bool) {
	i, ok := g.byWord[word]
	if !ok {
		return Term{}, false
	}
	return g.terms[i], true
}

// Terms are all that the glossary explains, in the order of their names.
func (g *Graph) Terms() []Term { return g.terms }
