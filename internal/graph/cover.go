package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// Gap is something that the handbook does not cover.
type Gap struct {
	Page Link
	What string // "takes part in no process"
	Way  string // what closes it
}

// Coverage is a question about the handbook, and the pages of which the answer
// is no. Asked is how many pages it was asked of.
type Coverage struct {
	Question string
	Code     diag.Code // "": it is no finding
	Asked    int
	Gaps     []Gap
}

// cover makes findings of the gaps that somebody should know of at once.
func (g *Graph) cover() {
	for _, c := range g.Coverage() {
		if c.Code == "" {
			continue
		}
		for _, gap := range c.Gaps {
			at := diag.Pos{Path: gap.Page.Name, Line: 1, Column: 1}
			if pos, ok := g.gapPos(gap); ok {
				at = pos
			}
			g.found.Warnf(at, c.Code, "%s %q %s", noun(gap.Page.Kind), gap.Page.Title, gap.What).Hint = gap.Way
		}
	}
}

// gapPos is where a gap is best closed.
func (g *Graph) gapPos(gap Gap) (diag.Pos, bool) {
	if gap.Page.Planned {
		if found := g.gaps[string(gap.Page.Kind)+" "+gap.Page.Name]; found != nil {
			return found.first, true
		}
	}
	for _, p := range g.kinds[gap.Page.Kind] {
		address, id, _ := strings.Cut(gap.Page.Address, "#")
		if p.URL != address {
			continue
		}
		if m := p.Meta.Policy; m != nil {
			for _, c := range m.Controls {
				if ControlID(c.ID.Value) == id {
					return c.Pos, true
				}
			}
		}
		return diag.Pos{Path: p.Pos.Path, Line: 1, Column: 1}, true
	}
	return diag.Pos{}, false
}

// Coverage asks of every page of a kind what the handbook should be able to
// answer. Kinds without pages are not asked of.
func (g *Graph) Coverage() []Coverage {
	var list []Coverage
	ask := func(kind handbook.Kind, question, what, way string, code diag.Code, covered func(*site.Page) bool) {
		c := Coverage{Question: question, Code: code}
		for _, p := range g.kinds[kind] {
			if p.Meta.Status == "archived" || p.Meta.Status == "deprecated" {
				continue
			}
			c.Asked++
			if !covered(p) {
				c.Gaps = append(c.Gaps, Gap{link(p), what, way})
			}
		}
		if c.Asked > 0 {
			list = append(list, c)
		}
	}
	has := func(p *site.Page, fields ...string) bool {
		return slices.ContainsFunc(g.in[p.N], func(e edge) bool { return slices.Contains(fields, e.ref.Field) })
	}
	if len(g.kinds[handbook.Process]) > 0 {
		ask(handbook.Role, "Does every role take part in a process?", "takes part in no process", "name it in the raci or at a step of a process, or as a part of another role", diag.RoleWithoutPart, func(p *site.Page) bool {
			return g.takesPart(p) || len(g.parts(p)) > 0 || p.Meta.Role != nil && p.Meta.Role.PartOf.Value != ""
		})
	}
	ask(handbook.Process, "Does one role answer for every process?", "has no role that answers for it", "add raci: {accountable: …}", "", func(p *site.Page) bool {
		return len(p.Meta.Process.Raci.Accountable) > 0 || len(p.Meta.Process.Stages) > 0
	})
	ask(handbook.Process, "Does every process say when it is done?", "does not say what starts it and how one sees that it is done", "add trigger: and done_when:", "", func(p *site.Page) bool {
		return p.Meta.Process.Trigger != "" && p.Meta.Process.DoneWhen != "" || len(p.Meta.Process.Stages) > 0 || len(p.Meta.Process.Steps) == 0
	})
	ask(handbook.Process, "Can we see how every process goes?", "has no metric", "add metrics: with what shows how it goes", "", func(p *site.Page) bool {
		return len(p.Meta.Process.Metrics) > 0 || len(p.Meta.Process.Stages) > 0
	})
	ask(handbook.Process, "Is there a book behind every process?", "is explained by no book", "name it in the ideas of a book", "", func(p *site.Page) bool {
		return has(p, "ideas.applies_to")
	})
	ask(handbook.Topic, "Is there a book behind every topic?", "is explained by no book", "name it in the ideas of a book", "", func(p *site.Page) bool {
		return has(p, "ideas.applies_to")
	})
	ask(handbook.Book, "Is every book applied somewhere?", "is applied nowhere", "add ideas: with applies_to:", diag.BookUnused, func(p *site.Page) bool {
		return len(p.Meta.Book.Ideas) > 0 || has(p, "books", "items.ref", "improve")
	})
	ask(handbook.Principle, "Is every principle practised somewhere?", "is practised nowhere", "add practised_in: with a process or a role", diag.PrincipleUnused, func(p *site.Page) bool {
		return len(p.Meta.Principle.Practised) > 0
	})
	list = append(list, g.controls(), g.handOvers(), g.alone(), g.plans())
	return slices.DeleteFunc(list, func(c Coverage) bool { return c.Asked == 0 })
}

// takesPart reports whether a role does something or is named in a process.
func (g *Graph) takesPart(p *site.Page) bool {
	return slices.ContainsFunc(g.in[p.N], func(e edge) bool {
		return e.from != nil && e.from.Kind == handbook.Process && (strings.HasPrefix(e.ref.Field, "raci.") || strings.HasPrefix(e.ref.Field, "steps."))
	})
}

// parts are the roles that are parts of a role.
func (g *Graph) parts(p *site.Page) []Link {
	var list []Link
	for _, e := range g.in[p.N] {
		if e.ref.Field == "part_of" && e.from != nil {
			list = append(list, link(e.from))
		}
	}
	return list
}

// controls asks whether what a policy asks for can be shown.
func (g *Graph) controls() Coverage {
	c := Coverage{Question: "Is there evidence for every control?", Code: diag.ControlUnproved}
	for _, p := range g.kinds[handbook.Policy] {
		for _, control := range p.Meta.Policy.Controls {
			c.Asked++
			if len(control.Evidence) == 0 {
				l := link(p)
				l.Title += ", control " + control.ID.Value
				l.Address += "#" + ControlID(control.ID.Value)
				c.Gaps = append(c.Gaps, Gap{l, "names nothing that shows it", "add evidence: with a process, a playbook, a metric or an address"})
			}
		}
	}
	return c
}

// handOvers asks whether somebody takes what is made. What is taken and made by
// nobody is a finding of its process.
func (g *Graph) handOvers() Coverage {
	c := Coverage{Question: "Does every input come from somewhere, and is every output taken?"}
	for _, name := range slices.Sorted(maps.Keys(g.made)) {
		makers := g.made[name]
		c.Asked++
		made := slices.ContainsFunc(makers, func(m maker) bool { return !m.takes })
		taken := slices.ContainsFunc(makers, func(m maker) bool { return m.takes })
		external := false
		for _, m := range makers {
			for _, list := range [][]handbook.Artefact{m.page.Meta.Process.Inputs, m.page.Meta.Process.Outputs} {
				external = external || slices.ContainsFunc(list, func(a handbook.Artefact) bool { return key(a.External.Value) == name })
			}
			if m.step != nil {
				external = external || key(m.step.Input.External.Value) == name || key(m.step.Output.External.Value) == name
			}
		}
		switch {
		case external || made && taken:
		case made:
			c.Gaps = append(c.Gaps, Gap{makers[0].link(), "leaves \"" + name + "\", which no process takes", "add it to the inputs of a process, or write it as external"})
		default:
			c.Gaps = append(c.Gaps, Gap{makers[0].link(), "takes \"" + name + "\", which no process makes", "add it to the outputs of a process, or write it as external"})
		}
	}
	return c
}

// alone asks whether each page is linked from anywhere but the list of its
// folder.
func (g *Graph) alone() Coverage {
	c := Coverage{Question: "Does another page lead to every page?"}
	if len(g.kinds) == 0 {
		return c // a folder of plain pages: its lists are enough
	}
	for _, p := range g.site.Pages {
		if p.URL == "" || p.IsSection() || p.Meta.Status == "archived" {
			continue
		}
		c.Asked++
		// What a page names shows it in turn.
		shown := slices.ContainsFunc(p.Meta.Refs, func(r handbook.Ref) bool { return r.Field != "owner" && r.Field != "backup" && r.Field != "review.by" })
		if len(p.Backlinks) == 0 && len(g.in[p.N]) == 0 && !shown {
			c.Gaps = append(c.Gaps, Gap{link(p), "is linked from no page", "link to it where its readers come from"})
		}
	}
	return c
}

// spelled is a name as people write it: as the glossary does, if it has the word.
func (g *Graph) spelled(name string) string {
	for _, t := range g.terms {
		if key(t.Term.Value) == key(strings.ReplaceAll(name, "-", " ")) {
			return t.Term.Value
		}
	}
	return words(name)
}

// plans are the pages that others mention and nobody has written.
func (g *Graph) plans() Coverage {
	c := Coverage{Question: "Does everything that is mentioned have a page?", Code: diag.PlannedPage}
	for _, name := range slices.Sorted(maps.Keys(g.gaps)) {
		gap := g.gaps[name]
		c.Asked++
		var from []string
		for _, p := range gap.from {
			if !slices.Contains(from, p.Title) {
				from = append(from, p.Title)
			}
		}
		slices.SortFunc(from, func(a, b string) int { return cmp.Compare(a, b) })
		c.Gaps = append(c.Gaps, Gap{Link{Title: g.spelled(gap.name), Kind: gap.kind, Name: gap.name, Planned: true}, "is mentioned by " + strings.Join(from, ", ") + " and has no page", "write the page, then take planned: away where it is mentioned"})
	}
	return c
}
