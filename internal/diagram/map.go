package diagram

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Map is who hands what to whom.
type Map struct {
	ID, Title, Desc string
	Nodes           []Node
	Arrows          []Arrow // those that name no node are left out
}

// Node is somebody who hands over or gets something.
type Node struct{ Label, Href string }

// Arrow is all that one node hands to another.
type Arrow struct {
	From, To int // nodes
	Labels   []string
}

// Wide draws the nodes on a ring and the arrows across it. Neighbours are those
// who have much to do with each other, whatever the order of the nodes. An arrow
// is the thicker the more it stands for, and lists that as a tool tip. About 14
// nodes are legible.
func (m *Map) Wide() []byte {
	n := len(m.Nodes)
	if n == 0 {
		return nil
	}
	d := &art{id: m.ID, title: m.Title, desc: m.Desc, class: "flow-map", w: wideWidth}
	const w = 116.0
	texts, h := make([]lettering, n), 0.0
	for i, node := range m.Nodes {
		lines, cut := newText(node.Label, labelFace).lines(w-14, 2)
		texts[i] = lettering{label: lines, cut: cut}
		h = max(h, texts[i].height()+14)
	}
	round := ring{cx: wideWidth / 2, rx: (wideWidth-w)/2 - 2, ry: max(120, h*float64(n)/2.5)}
	if n <= 4 {
		round.rx = 220
	}
	round.cy = round.ry + h/2 + 2
	d.h = 2 * round.cy
	places := make([]point, n)
	for at, node := range m.order() {
		places[node] = round.at(float64(at) / float64(n))
	}
	hands := make([][]Arrow, n)
	for _, a := range m.Arrows {
		if m.has(a) {
			hands[a.From] = append(hands[a.From], a)
		}
	}
	curves := fan(hands, places, round, w, h)
	for i := range hands {
		d.raw(`<g class="flow-giver">`)
		for j, a := range hands[i] {
			d.hand(m, a, curves[i][j], places, w, h)
		}
		ends := d.open("flow-step", m.Nodes[i].Href, tooltip(texts[i].cut, m.Nodes[i].Label))
		p := places[i]
		d.rect("flow-box", p.x-w/2, p.y-h/2, w, h, h/2)
		d.lines("flow-label", p.x, p.y-texts[i].height()/2+labelFace.ascent(), middle, labelFace, texts[i].label)
		d.raw(ends)
		d.raw("</g>")
	}
	return d.svg()
}

// Narrow is nil: on a phone the table of who hands what to whom, which a page has
// beside the drawing, says more than lines could.
func (m *Map) Narrow() []byte { return nil }

// has reports whether an arrow leads from one node to another.
func (m *Map) has(a Arrow) bool {
	return a.From >= 0 && a.From < len(m.Nodes) && a.To >= 0 && a.To < len(m.Nodes) && a.From != a.To
}

// order seats the nodes so that arrows are short: two change seats as long as
// that helps.
func (m *Map) order() []int {
	n := len(m.Nodes)
	seat, order := make([]int, n), make([]int, n)
	for i := range n {
		seat[i], order[i] = i, i
	}
	cost := func(node int) int {
		sum := 0
		for _, a := range m.Arrows {
			if m.has(a) && (a.From == node || a.To == node) {
				d := max(seat[a.From]-seat[a.To], seat[a.To]-seat[a.From])
				d = min(d, n-d)
				sum += d * d
			}
		}
		return sum
	}
	if n > 24 {
		return order
	}
	for better, rounds := true, 0; better && rounds < 12; rounds++ {
		better = false
		for i := range n {
			for j := i + 1; j < n; j++ {
				before := cost(i) + cost(j)
				seat[i], seat[j] = seat[j], seat[i]
				if cost(i)+cost(j) < before {
					better = true
				} else {
					seat[i], seat[j] = seat[j], seat[i]
				}
			}
		}
	}
	for node, s := range seat {
		order[s] = node
	}
	return order
}

// curve is a quadratic curve.
type curve struct{ a, c, b point }

// bow bends from a to b towards the centre, the more the farther they are apart,
// and to the right of the way back.
func bow(a, b point, r ring) curve {
	mid := point{(a.x + b.x) / 2, (a.y + b.y) / 2}
	dx, dy := b.x-a.x, b.y-a.y
	l := max(math.Hypot(dx, dy), 1)
	off := min(22, l/9)
	out := 1 - .6*min(1, l/(r.rx*1.3)) // how far from the centre the way keeps
	return curve{a, point{
		r.cx + float64((mid.x-r.cx)*out) - float64(dy/l*off),
		r.cy + float64((mid.y-r.cy)*out) + float64(dx/l*off),
	}, b}
}

// fan finds the curves of the arrows, by giver. Those of one node begin and end
// side by side, in the order in which they lead away, so that they do not cross
// at its box.
func fan(hands [][]Arrow, places []point, r ring, w, h float64) [][]curve {
	type finger struct {
		at   *point
		turn float64 // how far its way leads to one side
	}
	curves, fingers := make([][]curve, len(hands)), make([][]finger, len(places))
	across := make([]point, len(places)) // to the side, seen from the centre
	for i, p := range places {
		dx, dy := r.cx-p.x, r.cy-p.y
		l := max(math.Hypot(dx, dy), 1)
		across[i] = point{-dy / l, dx / l}
	}
	for i := range hands {
		curves[i] = make([]curve, len(hands[i]))
		for j, a := range hands[i] {
			q := bow(places[a.From], places[a.To], r)
			curves[i][j] = q
			add := func(node int, at *point) {
				dx, dy := q.c.x-at.x, q.c.y-at.y
				l := max(math.Hypot(dx, dy), 1)
				fingers[node] = append(fingers[node], finger{at, float64(dx/l*across[node].x) + float64(dy/l*across[node].y)})
			}
			add(a.From, &curves[i][j].a)
			add(a.To, &curves[i][j].b)
		}
	}
	for node, f := range fingers {
		slices.SortStableFunc(f, func(a, b finger) int { return cmp.Compare(a.turn, b.turn) })
		u := across[node]
		reach := min(.36*w/max(math.Abs(u.x), .01), .36*h/max(math.Abs(u.y), .01))
		gap := min(13, 2*reach/float64(max(len(f)-1, 1)))
		for i := range f {
			off := (float64(i) - float64(len(f)-1)/2) * gap
			f[i].at.x += float64(u.x * off)
			f[i].at.y += float64(u.y * off)
		}
	}
	return curves
}

func (q curve) at(t float64) point {
	u := 1 - t
	f := func(a, c, b float64) float64 {
		return float64(u*u*a) + float64(2*u*t*c) + float64(t*t*b)
	}
	return point{f(q.a.x, q.c.x, q.b.x), f(q.a.y, q.c.y, q.b.y)}
}

// part is the curve between two of its places.
func (q curve) part(s, t float64) curve {
	f := func(a, c, b float64) float64 {
		return float64((1-s)*(1-t)*a) + float64(((1-s)*t+s*(1-t))*c) + float64(s*t*b)
	}
	return curve{q.at(s), point{f(q.a.x, q.c.x, q.b.x), f(q.a.y, q.c.y, q.b.y)}, q.at(t)}
}

// hand draws an arrow, between boxes of a size.
func (d *art) hand(m *Map, a Arrow, q curve, places []point, w, h float64) {
	giver, taker := places[a.From], places[a.To]
	first := cross(0, .5, func(t float64) bool { return outside(q.at(t), giver, w+4, h+4) })
	last := cross(1, .5, func(t float64) bool { return outside(q.at(t), taker, w+4, h+4) })
	neck := cross(1, .5, func(t float64) bool { return outside(q.at(t), taker, w+2*headLength+2, h+2*headLength+2) })
	if neck <= first {
		neck = (first + last) / 2
	}
	p := q.part(first, neck)
	d.raw(`<g class="flow-hand flow-w` + decimal(min(max(len(a.Labels), 1), 4)) + `"><title>`)
	d.data(brief(m.Nodes[a.From].Label) + " → " + brief(m.Nodes[a.To].Label))
	if len(a.Labels) > 0 {
		d.data(": " + brief(strings.Join(a.Labels, ", ")))
	}
	d.raw("</title>")
	for _, class := range []string{"flow-edge", "flow-hit"} {
		d.path(class)
		d.step('M', p.a.x, p.a.y)
		d.step('Q', p.c.x, p.c.y, p.b.x, p.b.y)
		d.done()
	}
	d.path("flow-tip")
	d.arrowhead(q.at(neck), q.at(last))
	d.done()
	if len(a.Labels) > 1 {
		c := q.at(first + (last-first)*.3)
		d.text("flow-count", c.x, c.y+3.7, middle, decimal(len(a.Labels)))
	}
	d.raw("</g>")
}
