package diagram

import "slices"

// Measures of the narrow drawing.
const (
	narrowWidth = 360.0
	between     = 26.0 // from a box to the next, with an arrow
	sideStep    = 20.0 // of a line that turns aside with its label
	padLeft     = 14.0
	aside       = 8.0 // from one line beside the boxes to the next
)

// narrow is a flow on its way to the paper of a phone.
type narrow struct {
	art
	*Flow
	links   []Edge
	out     [][]Edge
	x, w    float64 // of the boxes
	y       float64 // how far the drawing reaches down
	boxes   []tall
	trunk   [][]point   // lines in the middle, to the next step and out of the process
	detours [2][]detour // left of the boxes, right of them
	words   []func()    // labels, which lie over all lines
}

// tall is where down a box stands.
type tall struct{ top, foot float64 }

// detour is an edge that passes by other steps.
type detour struct {
	edge  Edge
	track int
	from  []point // its way until it reaches its track
}

// Narrow draws the flow for a phone: one column from top to bottom, each step
// with its lane. Edges that go back run on the left, those that pass over steps
// on the right.
func (f *Flow) Narrow() []byte {
	if len(f.Steps) == 0 {
		return nil
	}
	d := &narrow{Flow: f, art: art{id: f.ID, title: f.Title, desc: f.Desc, narrow: true, w: narrowWidth}}
	d.links, d.out = f.links(), f.exits()
	d.settle()
	d.x = d.margin(0)
	d.w = narrowWidth - d.x - d.margin(1)
	d.draw()
	return d.svg()
}

// settle gives the edges that pass by steps their tracks, the shorter ones
// nearer to the boxes.
func (d *narrow) settle() {
	span := func(e Edge) (from, to int) { return min(e.From, e.To), max(e.From, e.To) }
	links := slices.Clone(d.links)
	sortStable(links, func(e Edge) int { from, to := span(e); return to - from })
	for _, e := range links {
		if e.To == e.From+1 {
			continue
		}
		side := boolean(e.To > e.From)
		t := detour{edge: e}
		from, to := span(e)
		for free := false; !free; {
			free = true
			for _, o := range d.detours[side] {
				if first, last := span(o.edge); o.track == t.track && from <= last && first <= to {
					t.track, free = t.track+1, false
				}
			}
		}
		d.detours[side] = append(d.detours[side], t)
	}
}

// margin is the room beside the boxes.
func (d *narrow) margin(side int) float64 {
	if n := d.tracks(side); n > 0 {
		return 8 + aside*float64(min(n, 8)) + headLength - 4
	}
	return 1
}

func (d *narrow) tracks(side int) int {
	n := 0
	for _, t := range d.detours[side] {
		n = max(n, t.track+1)
	}
	return n
}

// track is where across a line beside the boxes runs.
func (d *narrow) track(side, i int) float64 {
	n := d.tracks(side)
	off := headLength + 5 + float64(float64(i)*aside)
	if n > 8 {
		off = headLength + 5 + float64(float64(i)*aside*8)/float64(n)
	}
	if side == 0 {
		return d.x - off
	}
	return d.x + d.w + off
}

func (d *narrow) draw() {
	d.y = badge + 1
	for i := range d.Steps {
		d.box(i)
		d.turns(i)
		d.pills(i)
		d.next(i)
	}
	d.h = d.y + 2
	d.arrows("flow-edge", d.trunk)
	var there, back [][]point
	for side := range d.detours {
		for _, t := range d.detours[side] {
			x := d.track(side, t.track)
			in := d.flank(t.edge.To, side, -7)
			points := append(t.from, point{x, t.from[len(t.from)-1].y}, point{x, in.y}, in)
			if t.edge.back() {
				back = append(back, points)
			} else {
				there = append(there, points)
			}
		}
	}
	d.arrows("flow-edge", there)
	d.arrows("flow-edge flow-back", back)
	for _, write := range d.words {
		write()
	}
}

// middle is where across the trunk runs.
func (d *narrow) middle() float64 { return d.x + d.w/2 }

// turns begins the lines that turn aside: from the side of the box, or below it
// where they carry a label.
func (d *narrow) turns(i int) {
	const off = 22.0 // from the trunk
	foot := d.boxes[i].foot
	var used [2]int
	for side := range d.detours {
		for j := range d.detours[side] {
			t := &d.detours[side][j]
			if t.edge.From != i {
				continue
			}
			if t.edge.Label == "" {
				t.from = []point{d.flank(i, side, 7)}
				continue
			}
			used[side]++
			x, y := d.middle()-off, foot+sideStep*float64(used[side])-2
			at, align := d.x+4, start
			if side == 1 {
				x, at, align = d.middle()+off, d.x+d.w-4, end
			}
			t.from = []point{{x, foot}, {x, y}}
			e := t.edge
			d.words = append(d.words, func() { d.word(e, at, y-5, align, d.w/2-off-10, "flow-word flow-out") })
		}
	}
	d.y += sideStep * float64(max(used[0], used[1]))
}

// pills draws where a step leaves the process.
func (d *narrow) pills(i int) {
	x := d.middle() + 20
	for _, e := range d.out[i] {
		p := newPill(e, d.x+d.w-x-16)
		d.y += 8
		d.trunk = append(d.trunk, []point{{d.middle(), d.boxes[i].foot}, {d.middle(), d.y + p.h/2}, {x, d.y + p.h/2}})
		d.pill(p, x, d.y, p.w)
		d.y += p.h
	}
}

// next leads to the next step, or leaves a space before it.
func (d *narrow) next(i int) {
	if i == len(d.Steps)-1 {
		return
	}
	joined := false
	for _, e := range d.links {
		if e.From != i || e.To != i+1 {
			continue
		}
		joined = true
		if e.Label != "" {
			d.y += 17
			y := d.y
			d.words = append(d.words, func() { d.word(e, d.middle()+8, y, start, d.w/2-12, "flow-word flow-out") })
		}
	}
	d.y += between
	if joined {
		d.trunk = append(d.trunk, []point{{d.middle(), d.boxes[i].foot}, {d.middle(), d.y}})
	}
}

// flank is a place on the side of a box, off its middle.
func (d *narrow) flank(i, side int, off float64) point {
	b := d.boxes[i]
	in := 0.0
	if d.Steps[i].Kind == Decision {
		in = bevel * max(off, -off) * 2 / (b.foot - b.top)
	}
	y := (b.top+b.foot)/2 + off
	if side == 0 {
		return point{d.x + in, y}
	}
	return point{d.x + d.w - in, y}
}

// box draws a step, with its lane above its label.
func (d *narrow) box(i int) {
	s, y := d.Steps[i], d.y
	left := padLeft
	if s.Kind == Decision {
		left += 4
	}
	room := d.w - 2*left
	l, _ := letters(newText(s.Label, labelFace), newText(s.Note, noteFace), room)
	role := fit(d.role(s), noteFace, room)
	h := l.height() + 2*padY
	if role != "" {
		h += noteFace.step()
	}
	h = max(h, 40)
	ends := d.open(s.class(), s.Href, l.tip(s))
	d.shape(s.Kind, d.x, y, d.w, h)
	at := y + (h-l.height())/2
	if role != "" {
		d.text("flow-note", d.x+left, y+padY+noteFace.ascent(), start, role)
		at = y + padY + noteFace.step()
	}
	d.lettering(d.x+left, at, start, l)
	if len(d.Steps) > 1 {
		d.number(d.x+d.w-badgeIn-2, y, i+1)
	}
	d.raw(ends)
	d.boxes = append(d.boxes, tall{y, y + h})
	d.y += h
}
