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

// comparison is a Report in the making.
type comparison struct {
	old, now *state
	rename   map[string]string // names of pages before to those of today, where they differ
	pairs    []pair            // in the order of their paths
	found    []Change
	changed  map[*graph.ExportedPage]bool // pages of either state that have changed in more than text
}

// Compare finds what is different. Where nothing is, the report has no changes.
func Compare(before, after *graph.Handbook) *Report {
	c := &comparison{rename: map[string]string{}, changed: map[*graph.ExportedPage]bool{}}
	c.old, c.now = index(before, nil), index(after, nil)
	c.match()
	c.old = c.translated(before)
	for i, p := range c.pairs {
		if p.old != nil {
			c.pairs[i].old = c.old.byPath[p.old.Path]
		}
	}
	for _, p := range c.pairs {
		c.compare(p)
	}
	c.inherited()
	c.terms(before.Terms, after.Terms)
	c.textOnly()
	return c.report()
}

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
		p.Name, p.Owner = renamed(p.Name, c.rename), renamed(p.Owner, c.rename)
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

// add notes a change of some pages, which concerns the roles among the names.
func (c *comparison) add(x Change, sentence sentence, pairs []pair, concerned ...string) {
	x.say = sentence
	for _, p := range pairs {
		x.Pages = append(x.Pages, c.shown(p))
		for _, one := range []*graph.ExportedPage{p.old, p.now} {
			if one == nil {
				continue
			}
			if x.Kind != TextOnly {
				c.changed[one] = true
			}
			concerned = append(concerned, people(one)...)
		}
	}
	for _, name := range concerned {
		if strings.HasPrefix(name, string(handbook.Role)+":") {
			name, _, _ = strings.Cut(name, "#")
			x.Roles = append(x.Roles, c.ref(name))
		}
	}
	for _, p := range pairs {
		if p.any().Kind == handbook.Reading {
			x.Paths = append(x.Paths, c.shown(p))
		}
		for _, name := range slices.Concat(c.old.paths[p.any().Name], c.now.paths[p.any().Name]) {
			x.Paths = append(x.Paths, c.ref(name))
		}
	}
	x.Roles, x.Paths = unique(x.Roles), unique(x.Paths)
	c.found = append(c.found, x)
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

// parts compares who takes part in a process as a whole.
func (c *comparison) parts(p pair) {
	var before, after graph.ExportedRaci
	if p.old.Raci != nil {
		before = *p.old.Raci
	}
	if p.now.Raci != nil {
		after = *p.now.Raci
	}
	at := c.page(p)
	c.who(Accountable, "raci.accountable", "", words("Accountable for ", at), p, before.Accountable, after.Accountable)
	c.who(Responsible, "raci.responsible", "", words("Responsible for ", at), p, before.Responsible, after.Responsible)
	c.who(Consulted, "raci.consulted", "", words("Consulted for ", at), p, before.Consulted, after.Consulted)
	c.who(Informed, "raci.informed", "", words("Informed of ", at), p, before.Informed, after.Informed)
}

// who compares two lists of names. Of one name each it says the first and the
// second, of more what came and what went.
func (c *comparison) who(kind Kind, field, part string, of sentence, p pair, before, after []string) {
	came, went := without(after, before), without(before, after)
	if len(came)+len(went) == 0 {
		return
	}
	none := "nobody"
	if kind == Reference {
		none = "none"
	}
	c.add(Change{Kind: kind, Field: field, Part: part, Before: before, After: after},
		words(of, ": ", c.difference(before, after, none)), []pair{p}, slices.Concat(came, went)...)
}

// difference puts into words how a list of names has changed.
func (c *comparison) difference(before, after []string, none string) sentence {
	if len(before) <= 1 && len(after) <= 1 {
		return words(c.list(before, none), " → ", c.list(after, none))
	}
	var says sentence
	if came := without(after, before); len(came) > 0 {
		says = words(c.list(came, none), " added")
	}
	if went := without(before, after); len(went) > 0 {
		if says != nil {
			says = words(says, "; ")
		}
		says = words(says, c.list(went, none), " removed")
	}
	return says
}

// without are the entries of a list that another does not have.
func without(list, other []string) []string {
	has := make(map[string]bool, len(other))
	for _, s := range other {
		has[s] = true
	}
	var left []string
	for _, s := range list {
		if !has[s] {
			left, has[s] = append(left, s), true
		}
	}
	return left
}

// steps compares the steps of a page: the same by their ids, else by their
// titles.
func (c *comparison) steps(p pair) {
	at := c.page(p)
	one := []pair{p}
	was := sameSteps(p)
	byID := map[string]*graph.ExportedStep{}
	for i := range p.old.Steps {
		byID[p.old.Steps[i].ID] = &p.old.Steps[i]
	}
	kept := map[string]bool{}
	var orderBefore, orderNow []string
	for _, s := range p.now.Steps {
		id, ok := was[s.ID]
		if !ok {
			c.add(Change{Kind: StepAdded, Part: s.ID, After: []string{s.Title}}, words("New step of ", at, ": ", s.Title, c.doneBy(s.Does)), one, s.Does...)
			continue
		}
		kept[id] = true
		orderNow = append(orderNow, id)
		old := byID[id]
		if old.Title != s.Title {
			c.add(Change{Kind: StepRenamed, Part: s.ID, Before: []string{old.Title}, After: []string{s.Title}}, words("Step of ", at, " renamed: ", old.Title, " → ", s.Title), one, s.Does...)
		}
		c.who(StepDoers, "steps.does", s.ID, words("Step ", s.Title, " of ", at, " is done by"), p, old.Does, s.Does)
	}
	for _, s := range p.old.Steps {
		if !kept[s.ID] {
			c.add(Change{Kind: StepRemoved, Part: s.ID, Before: []string{s.Title}}, words("Step of ", at, " removed: ", s.Title, c.doneBy(s.Does)), one, s.Does...)
		} else {
			orderBefore = append(orderBefore, s.ID)
		}
	}
	if !slices.Equal(orderBefore, orderNow) {
		titles := func(list []graph.ExportedStep) (all []string) {
			for _, s := range list {
				all = append(all, s.Title)
			}
			return all
		}
		c.add(Change{Kind: StepsReordered, Before: titles(p.old.Steps), After: titles(p.now.Steps)}, words("Steps of ", at, " in another order: ", listed(titles(p.now.Steps))), one)
	}
}

func (c *comparison) doneBy(names []string) sentence {
	if len(names) == 0 {
		return nil
	}
	return words(", done by ", c.list(names, ""))
}

// sameSteps are the ids of before of the steps that were there, by those of now.
func sameSteps(p pair) map[string]string {
	was := map[string]string{}
	taken := map[string]bool{}
	ids, titles := map[string]bool{}, map[string][]string{}
	for _, s := range p.old.Steps {
		ids[s.ID] = true
	}
	for _, s := range p.now.Steps {
		if ids[s.ID] {
			was[s.ID], taken[s.ID] = s.ID, true
		}
	}
	for _, s := range p.old.Steps {
		if !taken[s.ID] {
			titles[s.Title] = append(titles[s.Title], s.ID)
		}
	}
	for _, s := range p.now.Steps {
		if list := titles[s.Title]; was[s.ID] == "" && len(list) == 1 {
			was[s.ID] = list[0]
			delete(titles, s.Title)
		}
	}
	return was
}

// texts compares two lists of what a process needs or leaves. Case is no
// difference, as in package graph.
func (c *comparison) texts(kind Kind, of string, p pair, before, after []string) {
	lower := func(list []string) map[string]bool {
		has := map[string]bool{}
		for _, s := range list {
			has[strings.ToLower(s)] = true
		}
		return has
	}
	left := func(list []string, has map[string]bool) (out []string) {
		for _, s := range list {
			if !has[strings.ToLower(s)] {
				out = append(out, s)
			}
		}
		return out
	}
	came, went := left(after, lower(before)), left(before, lower(after))
	if len(came)+len(went) == 0 {
		return
	}
	says := words(of, c.page(p), ": ")
	if len(came) > 0 {
		says = words(says, listed(came), " added")
	}
	if len(came) > 0 && len(went) > 0 {
		says = words(says, "; ")
	}
	if len(went) > 0 {
		says = words(says, listed(went), " removed")
	}
	c.add(Change{Kind: kind, Field: string(kind), Before: before, After: after}, says, []pair{p})
}

// place is where on a page a reference stands.
type place struct{ field, part string }

// references compares what a page refers to beside what has a kind of its own.
func (c *comparison) references(p pair) {
	steps := sameSteps(p)
	gather := func(list []graph.Relation, now bool) (map[place][]string, []place) {
		all := map[place][]string{}
		var order []place
		for _, r := range list {
			switch r.Field {
			case "raci.accountable", "raci.responsible", "raci.consulted", "raci.informed", "steps.does", "steps.raci.responsible", "owner", "review.by", "audience", "topics":
				continue
			}
			at := place{r.Field, r.Part}
			if strings.HasPrefix(r.Field, "steps.") {
				if old, ok := steps[r.Part]; now && ok {
					at.part = old
				} else if now || !slices.ContainsFunc(p.now.Steps, func(s graph.ExportedStep) bool { return steps[s.ID] == r.Part }) {
					continue // the step itself is the change
				}
			}
			if all[at] == nil {
				order = append(order, at)
			}
			all[at] = append(all[at], r.To)
		}
		return all, order
	}
	before, places := gather(c.old.relations[p.old.Path], false)
	after, more := gather(c.now.relations[p.now.Path], true)
	for _, at := range more {
		if before[at] == nil {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.part, b.part)) })
	for _, at := range places {
		kind, what := reference(at, p)
		c.who(kind, at.field, at.part, words(what, " ", c.page(p)), p, before[at], after[at])
	}
}

// inherited compares what pages may have from their folder: the same difference
// of several is one change.
func (c *comparison) inherited() {
	type difference struct {
		kind          Kind
		field         string
		before, after string // joined by line ends
	}
	found := map[difference][]pair{}
	var order []difference
	note := func(d difference, p pair) {
		if found[d] == nil {
			order = append(order, d)
		}
		found[d] = append(found[d], p)
	}
	join := func(list []string) string { return strings.Join(list, "\n") }
	for _, p := range c.pairs {
		if p.old == nil || p.now == nil {
			continue
		}
		if p.old.Owner != p.now.Owner {
			note(difference{Owner, "owner", p.old.Owner, p.now.Owner}, p)
		}
		for _, l := range []struct {
			field         string
			before, after []string
		}{{"audience", p.old.Audience, p.now.Audience}, {"topics", p.old.Topics, p.now.Topics}} {
			if len(without(l.before, l.after))+len(without(l.after, l.before)) > 0 {
				note(difference{Reference, l.field, join(l.before), join(l.after)}, p)
			}
		}
		var before, after graph.ExportedReview
		if p.old.Review != nil {
			before = *p.old.Review
		}
		if p.now.Review != nil {
			after = *p.now.Review
		}
		if before.On != after.On || before.By != after.By {
			note(difference{Review, "review", join([]string{before.On, before.By}), join([]string{after.On, after.By})}, p)
		}
		if before.Every != after.Every {
			note(difference{Review, "review.every", before.Every, after.Every}, p)
		}
	}
	split := func(s string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, "\n")
	}
	for _, d := range order {
		pairs := found[d]
		before, after := split(d.before), split(d.after)
		of := c.pages(pairs)
		x := Change{Kind: d.kind, Field: d.field, Before: before, After: after}
		var says sentence
		switch d.field {
		case "owner":
			says = words("Owner of ", of, ": ", c.list(before, "nobody"), " → ", c.list(after, "nobody"))
		case "audience":
			says = words("Readers of ", of, ": ", c.list(before, "all"), " → ", c.list(after, "all"))
		case "topics":
			says = words("Topics of ", of, ": ", c.difference(before, after, "none"))
		case "review":
			x.Before, x.After = full(before), full(after)
			says = words("Review of ", of, ": ", c.reviewed(before), " → ", c.reviewed(after))
		case "review.every":
			says = words("A review of ", of, " holds: ", every(d.before), " → ", every(d.after))
		}
		c.add(x, says, pairs, slices.Concat(before, after)...)
	}
}

// reviewed says when pages were reviewed, and by whom.
func (c *comparison) reviewed(onBy []string) sentence {
	if len(onBy) < 2 || onBy[0] == "" {
		return words("never")
	}
	if onBy[1] == "" {
		return words(onBy[0])
	}
	return words(onBy[0], " by ", c.list(onBy[1:], ""))
}

// full leaves out what is empty.
func full(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
}

// terms compares the glossaries.
func (c *comparison) terms(before, after []graph.ExportedTerm) {
	key := func(t graph.ExportedTerm) string { return strings.ToLower(t.Term) }
	was, is := map[string]graph.ExportedTerm{}, map[string]bool{}
	for _, t := range before {
		was[key(t)] = t
	}
	for _, t := range after {
		if is[key(t)] {
			continue
		}
		is[key(t)] = true
		old, ok := was[key(t)]
		switch {
		case !ok:
			c.add(Change{Kind: TermAdded, After: []string{t.Term, t.Definition}}, words("New term ", t.Term, ": ", t.Definition), nil)
		case old.Definition != t.Definition || old.AcronymOf != t.AcronymOf:
			c.add(Change{Kind: TermRedefined, Before: []string{old.Term, old.Definition}, After: []string{t.Term, t.Definition}},
				words("Term ", t.Term, ": ", old.Definition, " → ", t.Definition), nil)
		case without(old.Aka, t.Aka) != nil || without(t.Aka, old.Aka) != nil:
			c.add(Change{Kind: TermRedefined, Field: "aka", Before: old.Aka, After: t.Aka}, words("Other words for ", t.Term, ": ", listed(old.Aka), " → ", listed(t.Aka)), nil)
		}
	}
	gone := map[string]bool{}
	for _, t := range before {
		if !is[key(t)] && !gone[key(t)] {
			gone[key(t)] = true
			c.add(Change{Kind: TermRemoved, Before: []string{t.Term, t.Definition}}, words("Term removed: ", t.Term), nil)
		}
	}
}

// textOnly notes the pages whose text alone has changed.
func (c *comparison) textOnly() {
	for _, p := range c.pairs {
		if p.old != nil && p.now != nil && !c.changed[p.old] && !c.changed[p.now] && (p.old.Hash != p.now.Hash || p.old.Summary != p.now.Summary) {
			c.add(Change{Kind: TextOnly}, words("Text of ", c.page(p)), []pair{p})
		}
	}
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
	pages := map[string]bool{}
	for _, x := range c.found {
		x.Text = spoken(x.say)
		r.Changes = append(r.Changes, x)
		r.Affected.Roles = append(r.Affected.Roles, x.Roles...)
		r.Affected.Paths = append(r.Affected.Paths, x.Paths...)
		for _, p := range x.Pages {
			pages[p.Name] = true
		}
	}
	r.Affected.Pages = len(pages)
	r.Affected.Roles, r.Affected.Paths = unique(r.Affected.Roles), unique(r.Affected.Paths)
	return r
}
