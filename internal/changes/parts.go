package changes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/graph"
)

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
	stays := map[string]bool{} // ids of steps before that are there now
	for _, id := range steps {
		stays[id] = true
	}
	gather := func(list []graph.Relation, now bool) (map[place][]string, []place) {
		all := map[place][]string{}
		var order []place
		for _, r := range list {
			switch r.Field {
			case "raci.accountable", "raci.responsible", "raci.consulted", "raci.informed", "steps.does", "steps.raci.responsible", "owner", "backup", "review.by", "audience", "topics":
				continue
			}
			at := place{r.Field, r.Part}
			if strings.HasPrefix(r.Field, "steps.") {
				if old, ok := steps[r.Part]; now && ok {
					at.part = old
				} else if now || !stays[r.Part] {
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
