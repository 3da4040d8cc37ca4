package diagram

import "math"

// Loop is a cycle of stages: what comes after the last is the first again. One
// that is not closed is a row.
type Loop struct {
	ID, Title, Desc string
	Stages          []Step // their lanes do not matter
	Closed          bool
}

// A ring has room for so many stages; others are drawn as a row with a way back.
const (
	leastRing = 3
	mostRing  = 10
)

// Wide draws the stages on a ring, clockwise from the top.
func (l *Loop) Wide() []byte {
	if !l.Closed || len(l.Stages) < leastRing || len(l.Stages) > mostRing {
		return l.flow().Wide()
	}
	d := &art{id: l.ID, title: l.Title, desc: l.Desc, w: wideWidth}
	n := len(l.Stages)
	labels, notes := make([]text, n), make([]text, n)
	for i, s := range l.Stages {
		labels[i], notes[i] = newText(s.Label, labelFace), newText(s.Note, noteFace)
	}
	w, h := 116.0, 0.0
	for fits := false; !fits && w < 152; w += 6 {
		fits = true
		for i := range labels {
			fits = fits && labels[i].fits(w+6-inset(l.Stages[i].Kind), 2)
		}
	}
	texts := make([]lettering, n)
	for i, s := range l.Stages {
		var high float64
		texts[i], high = letters(labels[i], notes[i], w-inset(s.Kind))
		h = max(h, high)
	}
	// High enough for an arrow between any two boxes, and for the title within.
	around := ring{cx: wideWidth / 2, rx: (wideWidth-w)/2 - 2, ry: max(h*1.7, 34*math.Ceil(float64(n)/2)+18, h*float64(n)/4.4)}
	if n <= 4 {
		around.rx = 230 // few boxes far apart would be a flat ring
	}
	around.cy = around.ry + h/2 + badge + 1
	lowest := around.at(float64(n/2)/float64(n)).y + h/2
	d.h = max(lowest, around.cy+around.ry) + 2
	ends := around.arrows(d, n, w, h)
	lines, _ := newText(l.Title, centreFace).lines(around.rx*1.05, 2)
	y := around.cy - float64(len(lines))*centreFace.step()/2 + centreFace.ascent()
	d.lines("flow-centre", around.cx, y, middle, centreFace, lines)
	for i, s := range l.Stages {
		c := around.at(float64(i) / float64(n))
		end := d.stand(s, c.x-w/2, c.y-h/2, w, h, texts[i])
		// The number stands on the corner that is farther from both arrows.
		number, free := point{}, -1.0
		for _, out := range []float64{badgeIn - w/2, w/2 - badgeIn} {
			p := point{c.x + out, c.y - h/2}
			if near := min(length(p, ends[i].first), length(p, ends[(i+n-1)%n].last)); near > free+1 {
				number, free = p, near
			}
		}
		d.number(number.x, number.y, i+1)
		d.raw(end)
	}
	return d.svg()
}

// Narrow draws the stages below each other, with the way back beside them.
func (l *Loop) Narrow() []byte { return l.flow().Narrow() }

// flow is the loop as a process without lanes.
func (l *Loop) flow() *Flow {
	f := &Flow{ID: l.ID, Title: l.Title, Desc: l.Desc, Steps: l.Stages}
	for i := range l.Stages {
		if i > 0 {
			f.Edges = append(f.Edges, Edge{From: i - 1, To: i})
		}
	}
	if n := len(l.Stages); l.Closed && n > 1 {
		f.Edges = append(f.Edges, Edge{From: n - 1, To: 0, Back: true})
	}
	return f
}

// ring is an ellipse.
type ring struct{ cx, cy, rx, ry float64 }

// at is the place after a part of the way round, clockwise from the top.
func (r ring) at(turn float64) point {
	sin, cos := math.Sincos(2 * math.Pi * turn)
	return point{r.cx + float64(r.rx*sin), r.cy - float64(r.ry*cos)}
}

// arc is where an arrow on a ring begins and ends.
type arc struct{ first, last point }

// arrows leads from each of n boxes on the ring to the next.
func (r ring) arrows(d *art, n int, w, h float64) []arc {
	var heads pen
	arcs := make([]arc, n)
	d.path("flow-edge")
	for i := range n {
		a, b := float64(i)/float64(n), float64(i+1)/float64(n)
		from, to := r.at(a), r.at(b)
		begin := cross(a, b, func(t float64) bool { return outside(r.at(t), from, w+8, h+8) })
		end := cross(b, begin, func(t float64) bool { return outside(r.at(t), to, w+6, h+6) })
		neck := r.at(cross(b, begin, func(t float64) bool { return outside(r.at(t), to, w+6+2*headLength, h+6+2*headLength) }))
		arcs[i] = arc{r.at(begin), r.at(end)}
		d.step('M', arcs[i].first.x, arcs[i].first.y)
		d.step('A', r.rx, r.ry, 0, 0, 1, neck.x, neck.y)
		heads.arrowhead(neck, arcs[i].last)
	}
	d.done()
	d.path("flow-tip")
	d.raw(string(heads.b))
	d.done()
	return arcs
}

// cross finds between in and out where something comes to hold.
func cross(in, out float64, holds func(float64) bool) float64 {
	for range 24 {
		if mid := (in + out) / 2; holds(mid) {
			out = mid
		} else {
			in = mid
		}
	}
	return out
}

// outside reports whether a point lies outside a box around a centre.
func outside(p, centre point, w, h float64) bool {
	return max(p.x-centre.x, centre.x-p.x) > w/2 || max(p.y-centre.y, centre.y-p.y) > h/2
}

// arrowhead adds a triangle with its point at to, that looks away from neck.
func (p *pen) arrowhead(neck, to point) {
	dx, dy := to.x-neck.x, to.y-neck.y
	l := math.Hypot(dx, dy)
	if l == 0 {
		return
	}
	dx, dy = dx/l, dy/l
	from := point{to.x - float64(dx*(headLength+1)), to.y - float64(dy*(headLength+1))}
	p.step('M', to.x, to.y)
	p.step('L', from.x-float64(4*dy), from.y+float64(4*dx))
	p.step('L', from.x+float64(4*dy), from.y-float64(4*dx))
	p.raw("z")
}
