package graph

import (
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// lint finds what is wrong with a page, or between pages, though each reference
// leads somewhere.
func (g *Graph) lint() {
	g.aliases()
	g.cycles()
	for _, p := range g.site.Pages {
		m := &p.Meta
		switch {
		case m.Process != nil:
			g.process(p, m.Process)
		case m.Playbook != nil:
			g.steps(p, m.Playbook.Steps, nil)
		case m.Book != nil:
			g.chapters(m.Book)
		case m.Reading != nil:
			g.items(m.Reading)
		case m.Policy != nil:
			ids := idSet{g: g, what: "control"}
			for _, c := range m.Policy.Controls {
				ids.add(c.ID)
			}
		}
	}
}

// process looks at the roles, steps and inputs of a process.
func (g *Graph) process(p *site.Page, m *handbook.ProcessMeta) {
	g.answers("the process", m.Raci)
	if len(m.Raci.Accountable) == 0 && (len(m.Steps) > 0 || len(m.Raci.Responsible) > 0) && len(m.Stages) == 0 {
		f := g.found.Warnf(diag.Pos{Path: p.Pos.Path, Line: 1, Column: 1}, diag.NoAccountable, "no role answers for %q", p.Title)
		f.Hint = "add raci: {accountable: …} with the one role that answers for it"
	}
	g.steps(p, m.Steps, m)
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.Raci != nil {
			g.answers("step \""+s.Title+"\"", *s.Raci)
		}
		if s.Process.Value == "" && len(g.doers(m, s)) == 0 {
			g.found.Warnf(s.Pos, diag.StepWithoutDoer, "nobody does the step %q", s.Title).Hint = "add does: with the role that does it, or name it in raci.responsible of the process"
		}
	}
	for _, n := range m.Expects {
		g.norm(n)
	}
	if len(m.Stages) > 0 {
		return
	}
	inputs := m.Inputs
	for i := range m.Steps {
		inputs = append(inputs[:len(inputs):len(inputs)], m.Steps[i].Input)
	}
	said := map[string]bool{}
	for _, a := range inputs {
		name := a.Name.Value
		if name == "" || said[key(name)] {
			continue
		}
		said[key(name)] = true
		makers := g.made[key(name)]
		if slices.ContainsFunc(makers, func(m maker) bool { return !m.takes }) {
			continue
		}
		f := g.found.Warnf(a.Name.Pos, diag.InputFromNobody, "input %q is made by no process", name)
		f.Hint = "add it to the outputs of another process, or write `external: " + name + "`"
		if near := diag.Nearest(key(name), g.outputs()); near != "" {
			f.Hint = "did you mean " + near + "? Else " + f.Hint
		}
	}
}

// norm looks at what a process promises.
func (g *Graph) norm(n handbook.Norm) {
	metric := handbook.Metric(n.Metric.Value)
	if !metric.Known() {
		return // reported, or a metric of which nothing is measured
	}
	if n.AtMost.Value == "" && n.AtLeast.Value == "" {
		g.found.Errorf(n.Pos, diag.FrontMatterMissing, "the promise about %s says no limit", metric).Hint = "add at_most: or at_least:"
		return
	}
	if _, _, at, err := n.Limit(); err != nil {
		g.found.Errorf(at.Pos, diag.FrontMatterValue, "of %s, expected %v, found %q", metric, err, at.Value)
	}
	if stat := n.Stat.Value; stat != "" && !slices.Contains(metric.Stats(), stat) {
		g.found.Errorf(n.Stat.Pos, diag.FrontMatterValue, "%s has no value %q", metric, stat).Hint = suggestion(stat, metric.Stats())
	}
}

// outputs are the names of all that some process makes.
func (g *Graph) outputs() []string {
	var list []string
	for name, makers := range g.made {
		if slices.ContainsFunc(makers, func(m maker) bool { return !m.takes }) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// answers reports when more than one role answers for something.
func (g *Graph) answers(what string, r handbook.Raci) {
	if len(r.Accountable) < 2 {
		return
	}
	var names []string
	for _, a := range r.Accountable {
		names = append(names, a.Value)
	}
	f := g.found.Errorf(r.Accountable[1].Pos, diag.TwoAccountable, "%s has %d accountable roles (%s)", what, len(names), strings.Join(names, ", "))
	f.Hint = "keep one and move the others to responsible or consulted: exactly one role answers"
}

// idSet finds ids that are given twice on a page.
type idSet struct {
	g     *Graph
	what  string
	first map[string]diag.Pos
}

func (s *idSet) add(id handbook.Located) {
	if id.Value == "" {
		return // reported as missing
	}
	if pos, taken := s.first[id.Value]; taken {
		f := s.g.found.Errorf(id.Pos, diag.IDTaken, "two of the %ss have the id %q", s.what, id.Value)
		f.Hint = "give one of them another id: links lead to it by this name"
		f.Related = []diag.Related{{Pos: pos, Message: "the first"}}
		return
	}
	if s.first == nil {
		s.first = map[string]diag.Pos{}
	}
	s.first[id.Value] = id.Pos
}

// steps looks at the ids of steps and at where branches lead.
func (g *Graph) steps(p *site.Page, list []handbook.Step, m *handbook.ProcessMeta) {
	ids := idSet{g: g, what: "step"}
	var names []string
	for _, s := range list {
		ids.add(s.ID)
		names = append(names, s.ID.Value)
	}
	for _, s := range list {
		for _, b := range s.Go {
			if slices.Contains(names, b.To.Value) {
				continue
			}
			if _, _, _, ok := g.resolve(b.To.Value, []handbook.Kind{handbook.Process, handbook.Playbook}); ok {
				continue
			}
			f := g.found.Errorf(b.To.Pos, diag.UnknownRef, "there is no step %q on this page, and no process of that name", b.To.Value)
			f.Hint = suggestion(b.To.Value, names)
		}
	}
}

// chapters reports chapters that do not stand in the order of the book.
func (g *Graph) chapters(b *handbook.BookMeta) {
	for i := 1; i < len(b.Chapters); i++ {
		before, c := b.Chapters[i-1], b.Chapters[i]
		if c.N <= before.N {
			f := g.found.Errorf(c.Pos, diag.OutOfOrder, "chapter %d comes after chapter %d", c.N, before.N)
			f.Hint = "list the chapters in the order of the book, each once"
		}
	}
}

// items looks at what a path consists of.
func (g *Graph) items(m *handbook.PathMeta) {
	ids := idSet{g: g, what: "phase"}
	var phases []string
	for _, ph := range m.Phases {
		ids.add(ph.ID)
		phases = append(phases, ph.ID.Value)
	}
	for _, item := range m.Items {
		if item.Ref.Value == "" && item.Text == "" && item.URL.Value == "" {
			g.found.Errorf(item.Pos, diag.FrontMatterMissing, "the item is nothing to read or to do").Hint = "add ref: with a page, url: with an address, or text: with something to do"
		}
		if item.URL.Value != "" && !isURL(item.URL.Value) {
			g.found.Errorf(item.URL.Pos, diag.FrontMatterValue, "expected an address that begins with https://, found %q", item.URL.Value)
		}
		if ph := item.Phase.Value; ph != "" && !slices.Contains(phases, ph) {
			f := g.found.Errorf(item.Phase.Pos, diag.UnknownRef, "the path has no phase %q", ph)
			f.Hint = suggestion(ph, phases)
		}
	}
}

// aliases reports old names that other pages have, or that two pages claim.
func (g *Graph) aliases() {
	type claim struct {
		page *site.Page
		pos  diag.Pos
	}
	taken := map[string]claim{}
	for _, p := range g.site.Pages {
		taken[strings.ToLower(p.URL)] = claim{page: p}
	}
	for _, p := range g.site.Pages {
		for _, a := range p.Meta.Aliases {
			address := strings.ToLower(AliasAddress(p, a.Value))
			other, ok := taken[address]
			if !ok {
				taken[address] = claim{p, a.Pos}
				continue
			}
			if other.page == p && other.pos.Line == 0 {
				g.found.Errorf(a.Pos, diag.AliasTaken, "%q is the name that the page has today", a.Value).Hint = "delete it: aliases are for names that a page had before"
				continue
			}
			f := g.found.Errorf(a.Pos, diag.AliasTaken, "%q leads to %s already", a.Value, other.page.Pos.Path)
			f.Hint = "delete it on one of the two pages"
			at := other.pos
			if at.Line == 0 {
				at = other.page.Pos
			}
			f.Related = []diag.Related{{Pos: at, Message: "the other page"}}
		}
	}
}

// AliasAddress is the address that an alias of a page stands for: a bare name
// lies beside the page, a path at the root of the site.
func AliasAddress(p *site.Page, alias string) string {
	alias = strings.TrimSuffix(strings.TrimSuffix(alias, "/"), ".md")
	if strings.Contains(alias, "/") {
		return strings.TrimPrefix(alias, "/") + "/"
	}
	if dir := p.Path.Dir(); dir != "." && !p.IsSection() {
		return string(dir) + "/" + alias + "/"
	}
	if p.IsSection() && p.Section.Parent != nil {
		return p.Section.Parent.URL + alias + "/"
	}
	return alias + "/"
}

// cycles reports processes that are, by whatever way, parts of themselves.
func (g *Graph) cycles() {
	whole := func(p *site.Page) []*site.Page {
		var list []*site.Page
		for _, e := range g.in[p.N] {
			if e.ref.Field == "stages" && e.from != nil {
				list = append(list, e.from)
			}
		}
		if m := p.Meta.Process; m.PartOf.Value != "" {
			if to, _, _, ok := g.resolve(m.PartOf.Value, []handbook.Kind{handbook.Process}); ok && !slices.Contains(list, to.page) {
				list = append(list, to.page)
			}
		}
		return list
	}
	state := map[*site.Page]int{} // 1: on the way, 2: done
	var way []*site.Page
	var visit func(p *site.Page)
	visit = func(p *site.Page) {
		state[p] = 1
		way = append(way, p)
		for _, up := range whole(p) {
			if up.Meta.Process == nil {
				continue
			}
			switch state[up] {
			case 0:
				visit(up)
			case 1:
				from := slices.Index(way, up)
				var names []string
				for _, x := range way[from:] {
					names = append(names, x.Name())
				}
				f := g.found.Errorf(g.partPos(p, up), diag.ProcessCycle, "%s is a part of itself: %s", p.Name(), strings.Join(append(names, up.Name()), " is in "))
				f.Hint = "take one of them out of part_of or stages"
			}
		}
		way = way[:len(way)-1]
		state[p] = 2
	}
	for _, p := range g.kinds[handbook.Process] {
		if state[p] == 0 && p.Meta.Process != nil {
			visit(p)
		}
	}
}

// partPos is where it is written that a process is a part of another.
func (g *Graph) partPos(p, up *site.Page) diag.Pos {
	if at := p.Meta.Process.PartOf; at.Value != "" {
		return at.Pos
	}
	for _, e := range g.in[p.N] {
		if e.ref.Field == "stages" && e.from == up {
			return e.ref.To.Pos
		}
	}
	return p.Pos
}
