package changes

import (
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/graph"
)

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
		if p.old.Backup != p.now.Backup {
			note(difference{Owner, "backup", p.old.Backup, p.now.Backup}, p)
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
		case "backup":
			says = words("Who stands in for the owner of ", of, ": ", c.list(before, "nobody"), " → ", c.list(after, "nobody"))
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
		case old.Definition != t.Definition:
			c.add(Change{Kind: TermRedefined, Before: []string{old.Term, old.Definition}, After: []string{t.Term, t.Definition}},
				words("Term ", t.Term, ": ", old.Definition, " → ", t.Definition), nil)
		case without(also(old), also(t)) != nil || without(also(t), also(old)) != nil:
			c.add(Change{Kind: TermRedefined, Field: "aka", Before: also(old), After: also(t)}, words("Other words for ", t.Term, ": ", listed(also(old)), " → ", listed(also(t))), nil)
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

// also are the other words for a term.
func also(t graph.ExportedTerm) []string {
	return full(append(slices.Clone(t.Aka), t.AcronymOf))
}

// textOnly notes the pages whose text alone has changed.
func (c *comparison) textOnly() {
	for _, p := range c.pairs {
		if p.old != nil && p.now != nil && !c.changed[p.now] && (p.old.Hash != p.now.Hash || p.old.Summary != p.now.Summary) {
			c.add(Change{Kind: TextOnly}, words("Text of ", c.page(p)), []pair{p})
		}
	}
}
