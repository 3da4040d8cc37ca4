package changes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// state is one of the two handbooks, with its pages by their names.
type state struct {
	pages     []graph.ExportedPage
	byPath    map[string]*graph.ExportedPage
	byName    map[string]*graph.ExportedPage
	relations map[string][]graph.Relation // by the path of the page that they stand on
	paths     map[string][]string         // names of reading paths, by the name of a page that they lead through
}

func index(h *graph.Handbook, rename map[string]string) *state {
	s := &state{pages: h.Pages, byPath: map[string]*graph.ExportedPage{}, byName: map[string]*graph.ExportedPage{}, relations: map[string][]graph.Relation{}, paths: map[string][]string{}}
	for i := range s.pages {
		s.byPath[s.pages[i].Path] = &s.pages[i]
		s.byName[s.pages[i].Name] = &s.pages[i]
	}
	for _, r := range h.Relations {
		r.To = renamed(r.To, rename)
		s.relations[r.From] = append(s.relations[r.From], r)
		if p := s.byPath[r.From]; p != nil && r.Field == "items.ref" && p.Kind == handbook.Reading {
			to, _, _ := strings.Cut(r.To, "#")
			s.paths[to] = append(s.paths[to], p.Name)
		}
	}
	return s
}

// renamed is a name of before as it is now.
func renamed(name string, rename map[string]string) string {
	page, part, found := strings.Cut(name, "#")
	if now, ok := rename[page]; ok {
		page = now
	}
	if found {
		return page + "#" + part
	}
	return page
}

// pair is a page before and after; nil where it was not, or is not any more.
type pair struct{ old, now *graph.ExportedPage }

// translated is the state before with the names of today, so that a page that
// has moved is no change of all that refer to it.
func (c *comparison) translated(h *graph.Handbook) *state {
	next := *h
	next.Pages = slices.Clone(h.Pages)
	all := func(list []string) []string {
		out := slices.Clone(list)
		for i := range out {
			out[i] = renamed(out[i], c.rename)
		}
		return out
	}
	for i := range next.Pages {
		p := &next.Pages[i]
		p.Name, p.Owner, p.Backup = renamed(p.Name, c.rename), renamed(p.Owner, c.rename), renamed(p.Backup, c.rename)
		p.Audience, p.Topics = all(p.Audience), all(p.Topics)
		p.Steps = slices.Clone(p.Steps)
		for j := range p.Steps {
			p.Steps[j].Does = all(p.Steps[j].Does)
		}
		if r := p.Raci; r != nil {
			p.Raci = &graph.ExportedRaci{Accountable: all(r.Accountable), Responsible: all(r.Responsible), Consulted: all(r.Consulted), Informed: all(r.Informed)}
		}
		if r := p.Review; r != nil {
			p.Review = &graph.ExportedReview{On: r.On, By: renamed(r.By, c.rename), Every: r.Every}
		}
	}
	return index(&next, c.rename)
}

// match finds for each page what it was before: the page at the same path; else
// one that is gone, whose name is an alias of it, or which has its name, its text
// or its kind and title.
func (c *comparison) match() {
	was := map[*graph.ExportedPage]*graph.ExportedPage{}
	taken := map[*graph.ExportedPage]bool{}
	var gone, fresh []*graph.ExportedPage
	for i := range c.now.pages {
		p := &c.now.pages[i]
		if old := c.old.byPath[p.Path]; old != nil {
			was[p], taken[old] = old, true
		} else {
			fresh = append(fresh, p)
		}
	}
	for i := range c.old.pages {
		if p := &c.old.pages[i]; !taken[p] {
			gone = append(gone, p)
		}
	}
	for _, keys := range []struct {
		old, now func(*graph.ExportedPage) []string
	}{
		{names, aliases},
		{name, name},
		{hash, hash},
		{label, label},
	} {
		candidates := map[string][]*graph.ExportedPage{}
		for _, p := range gone {
			for _, k := range keys.old(p) {
				candidates[k] = append(candidates[k], p)
			}
		}
		wanted := map[string]int{}
		for _, p := range fresh {
			for _, k := range keys.now(p) {
				wanted[k]++
			}
		}
		for _, p := range fresh {
			for _, k := range keys.now(p) {
				if list := candidates[k]; was[p] == nil && len(list) == 1 && wanted[k] == 1 && !taken[list[0]] {
					was[p], taken[list[0]] = list[0], true
				}
			}
		}
		gone = slices.DeleteFunc(gone, func(p *graph.ExportedPage) bool { return taken[p] })
		fresh = slices.DeleteFunc(fresh, func(p *graph.ExportedPage) bool { return was[p] != nil })
	}
	for i := range c.now.pages {
		p := &c.now.pages[i]
		c.pairs = append(c.pairs, pair{was[p], p})
		if old := was[p]; old != nil && old.Name != p.Name {
			c.rename[old.Name] = p.Name
		}
	}
	for _, p := range gone {
		c.pairs = append(c.pairs, pair{p, nil})
	}
	slices.SortStableFunc(c.pairs, func(a, b pair) int { return cmp.Compare(a.any().Path, b.any().Path) })
}

// any is the page as it is now, else as it was.
func (p pair) any() *graph.ExportedPage {
	if p.now != nil {
		return p.now
	}
	return p.old
}

// names are the ways in which an alias can be written that names a page.
func names(p *graph.ExportedPage) []string {
	place := strings.TrimSuffix(strings.TrimSuffix(p.Path, ".md"), "/_index")
	list := []string{place, strings.TrimSuffix(p.Address, "/"), place[strings.LastIndexByte(place, '/')+1:]}
	slices.Sort(list)
	return slices.Compact(list)
}

func aliases(p *graph.ExportedPage) []string {
	var list []string
	for _, a := range p.Aliases {
		if a = strings.TrimSuffix(strings.Trim(a, "/"), ".md"); a != "" && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

func name(p *graph.ExportedPage) []string { return []string{p.Name} }

func hash(p *graph.ExportedPage) []string {
	if p.Hash == "" {
		return nil
	}
	return []string{p.Hash}
}

func label(p *graph.ExportedPage) []string { return []string{string(p.Kind) + "\n" + p.Title} }
