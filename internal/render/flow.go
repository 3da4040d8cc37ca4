package render

import (
	"html/template"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diagram"
	"github.com/rutter-dev/rutter/internal/graph"
)

// flow shows the steps or stages of a process: drawn, and as a list that says all
// that the drawing does.
func (b *blocks) flow(p *graph.Process) {
	if len(p.Stages) > 0 {
		loop := diagram.Loop{ID: "rt-stages", Title: b.page.Title(), Desc: stagesInWords(p.Stages, p.Loop), Closed: p.Loop}
		for _, s := range p.Stages {
			loop.Stages = append(loop.Stages, diagram.Step{Label: s.Title, Href: b.to(s).Href, Kind: diagram.Sub})
		}
		b.lead(Block{ID: "stages", Title: "Stages", Drawing: drawn(loop.Wide(), loop.Narrow()), Groups: []LinkGroup{{Label: "In order", Links: b.tos(p.Stages)}}})
	}
	if len(p.Steps) == 0 {
		return
	}
	b.steps("Steps", p.Steps)
	block := &b.view.Lead[len(b.view.Lead)-1]
	if len(p.Steps) > 1 {
		f := flowOf(b.page.Title(), p.Steps, p.Loop && len(p.Stages) == 0)
		for i, s := range p.Steps {
			f.Steps[i].Href = "#" + graph.StepID(s.ID)
		}
		block.Drawing = drawn(f.Wide(), f.Narrow())
	}
}

func stagesInWords(stages []graph.Link, loop bool) string {
	var names []string
	for _, s := range stages {
		names = append(names, s.Title)
	}
	text := strings.Join(names, ", then ")
	if loop {
		text += ", and from the beginning again"
	}
	return text + "."
}

// flowOf is the drawing of steps: each goes on with the next, unless it says that
// it always goes elsewhere.
func flowOf(title string, steps []graph.Step, loop bool) *diagram.Flow {
	f := &diagram.Flow{ID: "rt-flow", Title: "Steps of " + title, Desc: "What is said here stands in the list below."}
	for i, s := range steps {
		step := diagram.Step{Label: s.Title, Lane: -1}
		if len(s.Does) > 0 {
			name := s.Does[0].Title
			if step.Lane = slices.Index(f.Lanes, name); step.Lane < 0 {
				step.Lane = len(f.Lanes)
				f.Lanes = append(f.Lanes, name)
			}
		}
		if s.When != "" {
			step.Note = "if " + s.When
		}
		if s.Page.Title != "" {
			step.Kind = diagram.Sub
		}
		always := false
		for _, g := range s.Go {
			step.Kind = diagram.Decision
			edge := diagram.Edge{From: i, To: g.To, Label: g.When, Back: g.To >= 0 && g.To <= i}
			if g.To < 0 {
				edge.Label = strings.TrimPrefix(g.When+": "+g.Page.Title, ": ")
			}
			always = always || g.When == "" || g.To == i+1
			f.Edges = append(f.Edges, edge)
		}
		switch {
		case always:
		case i+1 < len(steps):
			f.Edges = append(f.Edges, diagram.Edge{From: i, To: i + 1})
		case loop:
			f.Edges = append(f.Edges, diagram.Edge{From: i, To: 0, Back: true})
		}
		f.Steps = append(f.Steps, step)
	}
	return f
}

// mostDrawn is how many roles a map of hand-offs can hold and still be read.
const mostDrawn = 16

// handOffMap draws who hands what to whom; nil where that would show nothing, or
// too much.
func (m *maker) handOffMap(list []graph.HandOff) *DrawingView {
	d := diagram.Map{ID: "rt-hand-offs", Title: "Hand-offs between roles", Desc: "What is said here stands in the table below."}
	var names []string
	node := func(l graph.Link) int {
		i := slices.Index(names, l.Title)
		if i < 0 {
			i = len(names)
			names = append(names, l.Title)
			d.Nodes = append(d.Nodes, diagram.Node{Label: l.Title, Href: m.to(l).Href})
		}
		return i
	}
	for _, h := range list {
		from, to := node(h.From), node(h.To)
		i := slices.IndexFunc(d.Arrows, func(a diagram.Arrow) bool { return a.From == from && a.To == to })
		if i < 0 {
			i = len(d.Arrows)
			d.Arrows = append(d.Arrows, diagram.Arrow{From: from, To: to})
		}
		if !slices.Contains(d.Arrows[i].Labels, h.What) {
			d.Arrows[i].Labels = append(d.Arrows[i].Labels, h.What)
		}
	}
	if len(d.Nodes) < 3 || len(d.Nodes) > mostDrawn {
		return nil
	}
	return drawn(d.Wide(), d.Narrow())
}

// drawn is a drawing as templates get it.
func drawn(wide, narrow []byte) *DrawingView {
	return &DrawingView{template.HTML(wide), template.HTML(narrow)}
}
