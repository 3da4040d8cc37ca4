package diagram_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diagram"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// drawing is what all drawings are.
type drawing interface {
	Wide() []byte
	Narrow() []byte
}

func samples() map[string]drawing {
	return map[string]drawing{"linear": linear(), "incident": incident(), "build": build(), "hands": hands()}
}

// both calls f for the two drawings, where there are two.
func both(d drawing, f func(name string, svg []byte)) {
	f("wide", d.Wide())
	if svg := d.Narrow(); svg != nil {
		f("narrow", svg)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, d := range samples() {
		both(d, func(size string, svg []byte) { testkit.Golden(t, name+"-"+size+".svg", append(svg, '\n')) })
	}
}

func TestFlowsAreSound(t *testing.T) {
	t.Parallel()
	words := strings.Fields("plan review deploy a the to with change implementation customer incident release acceptance-criteria responsibilities 変更をレビューする Qualitätssicherung of")
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		text := func(n int) string {
			var s []string
			for range r.IntN(n) {
				s = append(s, words[r.IntN(len(words))])
			}
			return strings.Join(s, " ")
		}
		f := &diagram.Flow{ID: "x", Title: "Any process"}
		for range r.IntN(7) {
			f.Lanes = append(f.Lanes, text(4))
		}
		n := 1 + r.IntN(40)
		for range n {
			s := diagram.Step{Label: text(9), Lane: r.IntN(8) - 1, Kind: diagram.StepKind(r.IntN(3)), Here: r.IntN(9) == 0}
			if r.IntN(3) == 0 {
				s.Note = text(6)
			}
			f.Steps = append(f.Steps, s)
		}
		for i := range n {
			if r.IntN(8) > 0 {
				f.Edges = append(f.Edges, diagram.Edge{From: i, To: i + 1})
			}
		}
		for range r.IntN(1 + n/int(1+seed%4)) {
			f.Edges = append(f.Edges, diagram.Edge{From: r.IntN(n), To: r.IntN(n+1) - 1, Label: text(5), Back: r.IntN(9) == 0})
		}
		both(f, func(size string, svg []byte) {
			what := fmt.Sprintf("%s flow of seed %d", size, seed)
			sound(t, svg, what).shared(t, what)
			if len(svg) > 40_000 {
				t.Errorf("%s: %d bytes for %d steps, want at most 40000", what, len(svg), n)
			}
		})
		if !bytes.Equal(f.Wide(), f.Wide()) || !bytes.Equal(f.Narrow(), f.Narrow()) {
			t.Errorf("seed %d: drawn twice, two results", seed)
		}
		if t.Failed() {
			return
		}
	}
}

// Of two ways through the middle of one lane, the second goes round.
func TestLinesKeepApart(t *testing.T) {
	t.Parallel()
	f := &diagram.Flow{ID: "x", Title: "Two ways", Lanes: []string{"A", "B"}, Steps: []diagram.Step{
		{Label: "one"}, {Label: "two", Lane: 1}, {Label: "three", Lane: 1}, {Label: "four"},
	}, Edges: []diagram.Edge{{From: 1, To: 2}, {From: 0, To: 2}, {From: 1, To: 3}}}
	d := sound(t, f.Wide(), "wide flow")
	d.shared(t, "wide flow")
	if len(d.lines) != 3 {
		t.Errorf("%d lines, want 3", len(d.lines))
	}
}

// A row ends where the fewest edges are cut.
func TestRowsEndBetweenMatters(t *testing.T) {
	t.Parallel()
	f := &diagram.Flow{ID: "x", Title: "Two matters"}
	for range 12 {
		f.Steps = append(f.Steps, diagram.Step{Label: "Plan"})
	}
	for i := range 11 {
		f.Edges = append(f.Edges, diagram.Edge{From: i, To: i + 1})
	}
	f.Edges = append(f.Edges, diagram.Edge{From: 8, To: 5, Back: true}, diagram.Edge{From: 7, To: 5, Back: true})
	d := read(t, f.Wide())
	if d.boxes[4].top != d.boxes[0].top || d.boxes[5].top == d.boxes[4].top {
		t.Errorf("boxes stand at %v and %v and %v, want the second row to begin with the sixth", d.boxes[0].top, d.boxes[4].top, d.boxes[5].top)
	}
}

// What an edge says comes through, and edges that lead nowhere are left out.
func TestEdges(t *testing.T) {
	t.Parallel()
	step := diagram.Step{Label: "step"}
	for _, c := range []struct {
		name  string
		edges []diagram.Edge
		lines int
		words []string
		back  bool
	}{
		{"none", nil, 0, nil, false},
		{"next", []diagram.Edge{{From: 0, To: 1}}, 1, nil, false},
		{"branch", []diagram.Edge{{From: 0, To: 1, Label: "yes"}, {From: 0, To: 2, Label: "no"}}, 2, []string{"yes", "no"}, false},
		{"back", []diagram.Edge{{From: 2, To: 0, Label: "again"}}, 1, []string{"again"}, true},
		{"to itself", []diagram.Edge{{From: 1, To: 1}}, 1, nil, true},
		{"marked as back", []diagram.Edge{{From: 0, To: 2, Back: true}}, 1, nil, true},
		{"out", []diagram.Edge{{From: 1, To: -1, Label: "elsewhere"}}, 1, []string{"elsewhere"}, false},
		{"out to nowhere", []diagram.Edge{{From: 1, To: -1}}, 1, []string{"…"}, false},
		{"two out", []diagram.Edge{{From: 1, To: -1, Label: "here"}, {From: 1, To: -1, Label: "there"}}, 2, []string{"here", "there"}, false},
		{"no such step", []diagram.Edge{{From: 0, To: 3}, {From: -1, To: 1}, {From: 3, To: -1}, {From: 0, To: -2}}, 0, nil, false},
	} {
		f := &diagram.Flow{ID: "x", Title: "Three steps", Steps: []diagram.Step{step, step, step}, Edges: c.edges}
		both(f, func(size string, svg []byte) {
			d := sound(t, svg, c.name)
			var words []string
			for _, x := range d.texts {
				if x.class == "flow-word" {
					words = append(words, x.text)
				}
			}
			slices.Sort(words)
			slices.Sort(c.words)
			if len(d.lines) != c.lines || !slices.Equal(words, c.words) {
				t.Errorf("%s, %s: %d lines and the words %q, want %d and %q", c.name, size, len(d.lines), words, c.lines, c.words)
			}
			if got := bytes.Contains(svg, []byte("flow-back")); got != c.back {
				t.Errorf("%s, %s: a line goes back: %v, want %v", c.name, size, got, c.back)
			}
		})
	}
}

// Rows are few and end where little is cut; they show the lanes that they use.
func TestRows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n     int
		label string
		rows  int
	}{
		{1, "Plan", 1}, {7, "Plan", 1}, {8, "Plan", 2}, {14, "Plan", 2}, {15, "Plan", 3},
		{4, "Responsibilities", 1}, {5, "Responsibilities", 2}, {40, "Plan", 6},
	} {
		f := &diagram.Flow{ID: "x", Title: "Steps", Lanes: []string{"QA", "unused"}}
		for range c.n {
			f.Steps = append(f.Steps, diagram.Step{Label: c.label})
		}
		svg := f.Wide()
		d := sound(t, svg, "wide flow")
		rows := map[float64]int{}
		for _, b := range d.boxes {
			rows[b.top]++
		}
		if len(rows) != c.rows || bytes.Count(svg, []byte("flow-lane")) != c.rows || bytes.Contains(svg, []byte("unused")) {
			t.Errorf("%d steps %q: boxes in %d rows, want %d with one lane each:\n%s", c.n, c.label, len(rows), c.rows, svg)
		}
		for _, n := range rows {
			if n > 7 {
				t.Errorf("%d steps %q: %d boxes in a row", c.n, c.label, n)
			}
		}
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, label string
		want        []string
		tip         bool
	}{
		{"short", "Plan", []string{"Plan"}, false},
		{"lines of one length", "Review the change with somebody", []string{"Review the change", "with somebody"}, false},
		{"too long", "Review the change with somebody who has not written any part of it and knows why it is made", []string{"Review the change", "with somebody", "who has not…"}, true},
		{"a long word", "Donaudampfschifffahrtsgesellschaft", []string{"Donaudampfschifff", "ahrtsgesellschaft"}, false},
		{"a hyphen", "strategy-to-operations-handover", []string{"strategy-to-", "operations-", "handover"}, false},
		{"Japanese", "変更をレビューしてから、配備する", []string{"変更をレビューし", "てから、配備する"}, false},
		{"spaces", "  a \n b\t", []string{"a b"}, false},
		{"nothing", "", nil, false},
	} {
		f := &diagram.Flow{ID: "x", Title: "One of seven", Lanes: []string{"Product manager"}}
		for range 4 {
			f.Steps = append(f.Steps, diagram.Step{Label: c.label})
		}
		svg := f.Wide()
		d := sound(t, svg, c.name)
		var got []string
		for _, x := range d.texts {
			if x.class == "flow-label" && x.in == 0 {
				got = append(got, x.text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q stands as %q, want %q", c.name, c.label, got, c.want)
		}
		if tip := bytes.Contains(svg, []byte("<title>")); tip != c.tip {
			t.Errorf("%s: a tool tip: %v, want %v", c.name, tip, c.tip)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ href, want string }{
		{"../qa/", "../qa/"}, {"#x", "#x"}, {"https://example.org/?a=1&b", "https://example.org/?a=1&b"}, {"a:b", ""}, {"./a:b", "./a:b"},
		{"mailto:qa@example.org", "mailto:qa@example.org"}, {"page_(old)/", "page_%28old%29/"}, {"", ""}, {"java\tscript:x", ""}, {"JAVASCRIPT:x", ""}, {"data:x", ""},
	} {
		f := &diagram.Flow{ID: "x", Title: "One step", Steps: []diagram.Step{{Label: "step", Href: c.href}}}
		both(f, func(size string, svg []byte) {
			if got := strings.Join(read(t, svg).links, " "); got != c.want {
				t.Errorf("%q, %s: links to %q, want %q", c.href, size, got, c.want)
			}
		})
	}
}

func TestLoopsAreSound(t *testing.T) {
	t.Parallel()
	for n := range 41 {
		for _, label := range []string{"", "Plan", "Integrate and deliver", "Donaudampfschifffahrtsgesellschaft", "変更をレビューしてから本番環境に配備する"} {
			l := &diagram.Loop{ID: "x", Title: "A cycle of stages", Closed: n%2 == 0 || n < 10}
			for i := range n {
				step := diagram.Step{Label: label, Here: i == n/2, Kind: diagram.StepKind(i % 3), Note: label}
				l.Stages = append(l.Stages, step)
			}
			for _, c := range []struct {
				name string
				drawing
			}{{"loop", l}} {
				both(c.drawing, func(size string, svg []byte) {
					if (svg == nil) != (n == 0) {
						t.Fatalf("%s of %d steps: %d bytes", c.name, n, len(svg))
					}
					if svg == nil {
						return
					}
					d := sound(t, svg, fmt.Sprintf("%s %s of %d: %q", c.name, size, n, label))
					if len(d.boxes) != n {
						t.Errorf("%s of %d steps has %d boxes", c.name, n, len(d.boxes))
					}
				})
			}
		}
	}
}

func TestMapsAreSound(t *testing.T) {
	t.Parallel()
	for n := range 15 {
		m := &diagram.Map{ID: "x", Title: "Who"}
		for i := range n {
			m.Nodes = append(m.Nodes, diagram.Node{Label: fmt.Sprintf("Representative %d of support", i)})
			for j := range n {
				if (i*7+j*3)%5 == 0 {
					m.Arrows = append(m.Arrows, diagram.Arrow{From: i, To: j, Labels: make([]string, i%6)})
				}
			}
		}
		svg := m.Wide()
		if n == 0 {
			if svg != nil {
				t.Error("a map of nobody was drawn")
			}
			continue
		}
		d := read(t, svg)
		page := box{right: d.width, bottom: d.height}
		for i, b := range d.boxes {
			if !page.holds(b) {
				t.Errorf("%d nodes: a box leaves the drawing: %+v", n, b)
			}
			for _, a := range d.boxes[:i] {
				if a.touches(b) {
					t.Errorf("%d nodes: boxes overlap: %+v %+v", n, a, b)
				}
			}
		}
		for _, x := range d.texts {
			if x.class == "flow-label" && !d.boxes[x.in].holds(x) {
				t.Errorf("%d nodes: %q leaves its box", n, x.text)
			}
		}
	}
}

// Those who hand much to each other sit side by side, and arrows run through
// nobody.
func TestMapSeats(t *testing.T) {
	t.Parallel()
	m := &diagram.Map{ID: "x", Title: "A chain"}
	chain := []int{3, 0, 6, 1, 7, 4, 2, 5}
	for i := range chain {
		m.Nodes = append(m.Nodes, diagram.Node{Label: fmt.Sprint("node ", i)})
	}
	for i, from := range chain {
		m.Arrows = append(m.Arrows, diagram.Arrow{From: from, To: chain[(i+1)%len(chain)]})
	}
	d := read(t, m.Wide())
	around := func(i int) float64 {
		b := d.boxes[i]
		return math.Atan2(((b.top+b.bottom)-d.height)/d.height, ((b.left+b.right)-d.width)/d.width)
	}
	for i, from := range chain {
		turn := math.Abs(around(from) - around(chain[(i+1)%len(chain)]))
		if turn = min(turn, 2*math.Pi-turn); turn > 1.2 {
			t.Errorf("%d and %d hand over to each other and sit %.1f apart", from, chain[(i+1)%len(chain)], turn)
		}
	}
	for name, m := range map[string]*diagram.Map{"chain": m, "hands": hands()} {
		svg := m.Wide()
		d := read(t, svg)
		curves := 0
		for _, found := range regexp.MustCompile(`class="flow-edge" d="M([\d.]+) ([\d.]+)Q([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)"`).FindAllSubmatch(svg, -1) {
			var v [6]float64
			for i := range v {
				v[i], _ = strconv.ParseFloat(string(found[i+1]), 64)
			}
			curves++
			for s := 0.0; s <= 1; s += 1. / 64 {
				x := (1-s)*(1-s)*v[0] + 2*s*(1-s)*v[2] + s*s*v[4]
				y := (1-s)*(1-s)*v[1] + 2*s*(1-s)*v[3] + s*s*v[5]
				for i, b := range d.boxes {
					if b.holds(box{left: x, right: x, top: y, bottom: y}) {
						t.Errorf("%s: an arrow from %.0f,%.0f to %.0f,%.0f runs through %s", name, v[0], v[1], v[4], v[5], m.Nodes[i].Label)
					}
				}
			}
		}
		if curves != len(m.Arrows) {
			t.Errorf("%s: %d curves for %d arrows", name, curves, len(m.Arrows))
		}
	}
}

// What comes from outside stays text, and no link runs code.
func TestRel_S_TextIsData(t *testing.T) {
	t.Parallel()
	elements := []string{"svg", "title", "desc", "g", "a", "rect", "path", "circle", "text"}
	attributes := []string{"xmlns", "class", "width", "height", "viewBox", "role", "aria-labelledby", "aria-hidden", "fill", "id", "display", "x", "y", "rx", "cx", "cy", "r", "d", "text-anchor", "href", "tabindex"}
	for _, evil := range testkit.Hostile() {
		step := diagram.Step{Label: evil, Note: evil, Href: evil, Kind: diagram.Decision}
		f := &diagram.Flow{ID: "x", Title: evil, Desc: evil, Lanes: []string{evil, evil}, Steps: []diagram.Step{step, step, {Label: evil, Lane: 1, Here: true}},
			Edges: []diagram.Edge{{From: 0, To: 1, Label: evil, Href: evil}, {From: 1, To: -1, Label: evil, Href: evil}, {From: 2, To: 0, Label: evil, Back: true}}}
		for _, d := range []drawing{
			f,
			&diagram.Loop{ID: "x", Title: evil, Desc: evil, Stages: f.Steps, Closed: true},
			&diagram.Map{ID: "x", Title: evil, Desc: evil, Nodes: []diagram.Node{{evil, evil}, {evil, evil}}, Arrows: []diagram.Arrow{{0, 1, []string{evil, evil}}}},
		} {
			both(d, func(size string, svg []byte) {
				for _, v := range testkit.Violations(svg) {
					t.Errorf("%.60q: %s", evil, v)
				}
				got := read(t, svg)
				for name := range got.names {
					if !slices.Contains(elements, name) {
						t.Errorf("%.60q became an element <%s>", evil, name)
					}
				}
				for name := range got.attrs {
					if !slices.Contains(attributes, name) {
						t.Errorf("%.60q became an attribute %s", evil, name)
					}
				}
				for _, x := range got.texts {
					if x.class == "flow-label" && x.in >= 0 && !got.boxes[x.in].holds(x) {
						t.Errorf("%.60q: %q leaves its box", evil, x.text)
					}
				}
				if len(evil) < 1000 && len(svg) > 40_000 { // titles and addresses are kept whole
					t.Errorf("%.60q: %d bytes", evil, len(svg))
				}
			})
		}
	}
}

// Two drawings on a page share no id, and what refers to one finds it.
func TestIDs(t *testing.T) {
	t.Parallel()
	for name, d := range samples() {
		var ids []string
		both(d, func(size string, svg []byte) {
			got := read(t, svg)
			ids = append(ids, got.ids...)
			for _, ref := range got.refs {
				if !slices.Contains(got.ids, ref) {
					t.Errorf("%s, %s: reference to %q, ids are %q", name, size, ref, got.ids)
				}
			}
			if len(got.refs) == 0 {
				t.Errorf("%s, %s: nothing names the drawing", name, size)
			}
		})
		slices.Sort(ids)
		if n := len(ids); len(slices.Compact(ids)) != n {
			t.Errorf("%s: ids are not unique: %q", name, ids)
		}
	}
}
