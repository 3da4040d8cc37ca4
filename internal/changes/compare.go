package changes

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// comparison is a Report in the making.
type comparison struct {
	old, now *state
	rename   map[string]string // names of pages before to those of today, where they differ
	pairs    []pair            // in the order of their paths
	found    []Change
	changed  map[*graph.ExportedPage]bool // pages that have changed in more than text, as pair.any

	concerned map[*graph.ExportedPage]*concern // by pair.any
}

// Compare finds what is different. Where nothing is, the report has no changes.
func Compare(before, after *graph.Handbook) *Report {
	c := &comparison{rename: map[string]string{}, changed: map[*graph.ExportedPage]bool{}, concerned: map[*graph.ExportedPage]*concern{}}
	c.old, c.now = index(before, nil), index(after, nil)
	c.match()
	c.old = c.translated(before)
	for i, p := range c.pairs {
		if p.old != nil {
			c.pairs[i].old = c.old.byPath[p.old.Path]
		}
	}
	if before.Title != after.Title {
		c.add(Change{Kind: PageRetitled, Before: []string{before.Title}, After: []string{after.Title}}, words("New title of the handbook: ", before.Title, " → ", after.Title), nil)
	}
	for _, p := range c.pairs {
		c.compare(p)
	}
	c.inherited()
	c.terms(before.Terms, after.Terms)
	c.textOnly()
	return c.report()
}

// add notes a change of some pages, which concerns the roles among the names.
func (c *comparison) add(x Change, sentence sentence, pairs []pair, concerned ...string) {
	x.say = sentence
	for _, p := range pairs {
		x.Pages = append(x.Pages, c.shown(p))
		c.changed[p.any()] = c.changed[p.any()] || x.Kind != TextOnly
	}
	var whom concern
	if len(pairs) == 1 {
		whom = *c.concern(pairs[0])
	} else {
		for _, p := range pairs {
			one := c.concern(p)
			whom.roles, whom.paths = append(whom.roles, one.roles...), append(whom.paths, one.paths...)
		}
		whom.roles, whom.paths = unique(whom.roles), unique(whom.paths)
	}
	x.Roles, x.Paths = whom.roles, whom.paths
	if more := c.roles(concerned, whom.has); len(more) > 0 {
		x.Roles = unique(slices.Concat(x.Roles, more))
	}
	c.found = append(c.found, x)
}

// concern is whom every change of a page concerns.
type concern struct {
	roles, paths []Page
	has          map[string]bool // names of roles
}

// concern works out once for each page whom its changes concern.
func (c *comparison) concern(p pair) *concern {
	if k := c.concerned[p.any()]; k != nil {
		return k
	}
	k := &concern{has: map[string]bool{}}
	c.concerned[p.any()] = k
	var names []string
	for _, one := range []*graph.ExportedPage{p.old, p.now} {
		if one != nil {
			names = append(names, people(one)...)
		}
	}
	for _, name := range names {
		k.has[name] = true
	}
	k.roles = unique(c.roles(names, nil))
	if p.any().Kind == handbook.Reading {
		k.paths = append(k.paths, c.shown(p))
	}
	for _, name := range slices.Concat(c.old.paths[p.any().Name], c.now.paths[p.any().Name]) {
		k.paths = append(k.paths, c.ref(name))
	}
	k.paths = unique(k.paths)
	return k
}

// roles are those among some names that are not known yet.
func (c *comparison) roles(names []string, known map[string]bool) []Page {
	var list []Page
	for _, name := range names {
		if strings.HasPrefix(name, string(handbook.Role)+":") && !known[name] {
			name, _, _ = strings.Cut(name, "#")
			list = append(list, c.ref(name))
		}
	}
	return list
}

// people are the roles that a page is about, that take part in it or that it is
// written for.
func people(p *graph.ExportedPage) []string {
	list := slices.Clone(p.Audience)
	if p.Kind == handbook.Role {
		list = append(list, p.Name)
	}
	if r := p.Raci; r != nil {
		list = slices.Concat(list, r.Accountable, r.Responsible, r.Consulted, r.Informed)
	}
	for _, s := range p.Steps {
		list = append(list, s.Does...)
	}
	return list
}

func unique(list []Page) []Page {
	slices.SortFunc(list, func(a, b Page) int { return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.Name, b.Name)) })
	return slices.Compact(list)
}

// compare compares a page with what it was.
func (c *comparison) compare(p pair) {
	one := []pair{p}
	at := c.page(p)
	switch {
	case p.old == nil:
		c.add(Change{Kind: PageAdded}, words("New: ", at, " (", kindWord(p.now.Kind), ", ", p.now.Path, ")"), one)
		return
	case p.now == nil:
		c.add(Change{Kind: PageRemoved}, words("Removed: ", at, " (", kindWord(p.old.Kind), ", ", p.old.Path, ")"), one)
		return
	}
	if p.old.Path != p.now.Path {
		c.add(Change{Kind: PageMoved, Before: []string{p.old.Path}, After: []string{p.now.Path}}, words("Moved: ", at, ", ", p.old.Path, " → ", p.now.Path), one)
	}
	if p.old.Title != p.now.Title {
		c.add(Change{Kind: PageRetitled, Before: []string{p.old.Title}, After: []string{p.now.Title}}, words("New title: ", p.old.Title, " → ", at), one)
	}
	c.parts(p)
	c.steps(p)
	c.texts(Inputs, "Inputs of ", p, p.old.Inputs, p.now.Inputs)
	c.texts(Outputs, "Outputs of ", p, p.old.Outputs, p.now.Outputs)
	c.references(p)
	if p.old.Kind != p.now.Kind {
		c.add(Change{Kind: Status, Field: "type", Before: []string{string(p.old.Kind)}, After: []string{string(p.now.Kind)}}, words("Kind of ", at, ": ", kindWord(p.old.Kind), " → ", kindWord(p.now.Kind)), one)
	}
	if before, after := status(p.old), status(p.now); before != after {
		c.add(Change{Kind: Status, Field: "status", Before: []string{before}, After: []string{after}}, words("Status of ", at, ": ", before, " → ", after), one)
	}
}

func status(p *graph.ExportedPage) string {
	if p.Status == "" && p.Kind == handbook.Decision {
		return "accepted"
	}
	return cmp.Or(p.Status, "active")
}

// rank is the place of a kind in a report.
var rank = func() map[Kind]int {
	all := map[Kind]int{}
	for _, g := range groups {
		for _, k := range g.kinds {
			all[k] = len(all)
		}
	}
	return all
}()

// report puts the changes into their order, and together whom they concern.
func (c *comparison) report() *Report {
	r := &Report{Schema: Schema, Changes: []Change{}}
	slices.SortStableFunc(c.found, func(a, b Change) int { return cmp.Compare(rank[a.Kind], rank[b.Kind]) })
	pages, roles, paths := map[Page]bool{}, map[Page]bool{}, map[Page]bool{}
	note := func(all map[Page]bool, list []Page) {
		for _, p := range list {
			all[p] = true
		}
	}
	for _, x := range c.found {
		x.Text = spoken(x.say)
		r.Changes = append(r.Changes, x)
		note(pages, x.Pages)
		note(roles, x.Roles)
		note(paths, x.Paths)
	}
	r.Affected.Pages = len(pages)
	r.Affected.Roles, r.Affected.Paths = unique(slices.Collect(maps.Keys(roles))), unique(slices.Collect(maps.Keys(paths)))
	return r
}
