package graph

import (
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// maker is who makes or takes something: a process, at a step of it or as a
// whole, and the roles that do it.
type maker struct {
	page  *site.Page
	step  *handbook.Step // nil: the process as a whole
	roles []Link
	takes bool // it takes what the others make
}

// key is what two names of one artefact have in common.
func key(name string) string { return strings.Join(strings.Fields(strings.ToLower(name)), " ") }

// make finds who makes and who takes each artefact.
func (g *Graph) make() {
	g.made = map[string][]maker{}
	add := func(a handbook.Artefact, m maker) {
		if name := a.Text().Value; name != "" {
			g.made[key(name)] = append(g.made[key(name)], m)
		}
	}
	for _, p := range g.kinds[handbook.Process] {
		m := p.Meta.Process
		if len(m.Stages) > 0 {
			continue // what a whole takes and leaves, its stages take and leave
		}
		whole := g.Links(m.Raci.Responsible, handbook.Role)
		inner := map[string]bool{} // what a step takes or makes, the process does not take or make apart from it
		for i := range m.Steps {
			s := &m.Steps[i]
			roles := g.doers(m, s)
			if name := s.Input.Text().Value; name != "" {
				inner["< "+key(name)] = true
				add(s.Input, maker{page: p, step: s, roles: roles, takes: true})
			}
			if name := s.Output.Text().Value; name != "" {
				inner["> "+key(name)] = true
				add(s.Output, maker{page: p, step: s, roles: roles})
			}
		}
		for _, a := range m.Inputs {
			if !inner["< "+key(a.Text().Value)] {
				add(a, maker{page: p, roles: whole, takes: true})
			}
		}
		for _, a := range m.Outputs {
			if !inner["> "+key(a.Text().Value)] {
				add(a, maker{page: p, roles: whole})
			}
		}
	}
}

// doers are the roles that do a step: its own, else those that are responsible
// for it, else those for the process.
func (g *Graph) doers(m *handbook.ProcessMeta, s *handbook.Step) []Link {
	switch {
	case len(s.Does) > 0:
		return g.Links(s.Does, handbook.Role)
	case s.Raci != nil && len(s.Raci.Responsible) > 0:
		return g.Links(s.Raci.Responsible, handbook.Role)
	case m != nil:
		return g.Links(m.Raci.Responsible, handbook.Role)
	}
	return nil
}

// HandOff is something that goes from one role to another.
type HandOff struct {
	What     string
	From, To Link // roles
	Made     Link // the process, or its step, that makes it
	Taken    Link
}

// HandOffs are all that goes from one role to another, in the order of names.
// What a role hands to itself is none.
func (g *Graph) HandOffs() []HandOff { return g.handOffs }

func (g *Graph) handOver() []HandOff {
	var list []HandOff
	for name, all := range g.made {
		for _, from := range all {
			if from.takes {
				continue
			}
			for _, to := range all {
				if !to.takes || to.page == from.page && (to.step == nil || from.step == nil) {
					continue
				}
				for _, a := range from.roles {
					for _, b := range to.roles {
						if a.Name != b.Name {
							list = append(list, HandOff{name, a, b, from.link(), to.link()})
						}
					}
				}
			}
		}
	}
	slices.SortFunc(list, func(x, y HandOff) int {
		return strings.Compare(strings.Join([]string{x.From.Title, x.To.Title, x.What, x.Made.Address, x.Taken.Address}, "\x00"),
			strings.Join([]string{y.From.Title, y.To.Title, y.What, y.Made.Address, y.Taken.Address}, "\x00"))
	})
	return slices.CompactFunc(list, func(x, y HandOff) bool {
		return x.What == y.What && x.From == y.From && x.To == y.To && x.Made == y.Made && x.Taken == y.Taken
	})
}

func (m maker) link() Link {
	l := link(m.page)
	if m.step != nil {
		l.Title += ": " + m.step.Title
		l.Address += "#" + StepID(m.step.ID.Value)
	}
	return l
}

// Flow is what a process takes or leaves, and the processes at the other end.
type Flow struct {
	Name     string
	External bool
	Others   []Link
}

// flows are what comes into a process, or goes out of it.
func (g *Graph) flows(p *site.Page, list []handbook.Artefact, in bool) []Flow {
	var flows []Flow
	for _, a := range list {
		f := Flow{Name: a.Text().Value, External: a.External.Value != ""}
		for _, m := range g.made[key(f.Name)] {
			if m.takes != in && m.page != p && !slices.ContainsFunc(f.Others, func(l Link) bool { return l.Address == m.page.URL }) {
				f.Others = append(f.Others, link(m.page))
			}
		}
		flows = append(flows, f)
	}
	return flows
}
