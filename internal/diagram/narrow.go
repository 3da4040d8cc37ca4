package diagram

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
	x, w  float64 // of the boxes
	texts []lettering
	tops  []float64
	hs    []float64
	ways  [2][]detour // left of the boxes, right of them
}

// detour is an edge that passes by other steps.
type detour struct {
	edge  Edge
	track int
	out   point // where it turns aside
}

// Narrow draws the flow for a phone: one column from top to bottom, each step
// with its lane. Edges that go back run on the left, those that pass over steps
// on the right.
func (f *Flow) Narrow() []byte {
	if len(f.Steps) == 0 {
		return nil
	}
	d := &narrow{Flow: f, art: art{id: f.ID, title: f.Title, desc: f.Desc, narrow: true, w: narrowWidth}}
	d.detours()
	d.x = d.margin(0)
	d.w = narrowWidth - d.x - d.margin(1)
	d.draw()
	return d.svg()
}

// detours gives the edges that pass by steps their tracks, the shorter ones
// nearer to the boxes.
func (d *narrow) detours() {
	links := d.links()
	sortStable(links, func(e Edge) int { return max(e.To-e.From, e.From-e.To) })
	for _, e := range links {
		if e.To == e.From+1 {
			continue
		}
		side := boolean(e.To > e.From)
		t := detour{edge: e}
		from, to := min(e.From, e.To), max(e.From, e.To)
		for free := false; !free; {
			free = true
			for _, o := range d.ways[side] {
				if o.track == t.track && from <= max(o.edge.From, o.edge.To) && min(o.edge.From, o.edge.To) <= to {
					t.track, free = t.track+1, false
				}
			}
		}
		d.ways[side] = append(d.ways[side], t)
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
	for _, t := range d.ways[side] {
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
	y := badge + 1
	var seq [][]point
	exits := d.exits()
	var later []func()
	for i, s := range d.Steps {
		h := d.step(i, s, y)
		d.tops, d.hs = append(d.tops, y), append(d.hs, h)
		y += h
		foot, mid := y, d.x+d.w/2
		// Lines that turn aside under the box, then where it leaves the process, then what comes next.
		var used [2]int
		for side := range d.ways {
			for j := range d.ways[side] {
				t := &d.ways[side][j]
				if t.edge.From != i {
					continue
				}
				if t.edge.Label == "" {
					t.out = point{d.flank(i, side, h, 7), foot - h/2 + 7}
					continue
				}
				used[side]++
				t.out = point{mid + 22*float64(2*side-1), foot + sideStep*float64(used[side]) - 2}
				e, out := t.edge, t.out
				later = append(later, func() {
					room := d.w/2 - 22 - 10
					if side == 0 {
						d.word(e, d.x+4, out.y-5, start, room, "flow-word flow-out")
					} else {
						d.word(e, d.x+d.w-4, out.y-5, end, room, "flow-word flow-out")
					}
				})
			}
		}
		y += sideStep * float64(max(used[0], used[1]))
		for _, e := range exits[i] {
			lines, cut := newText(e.Label, wordFace).lines(d.w/2-16-20, 3)
			if len(lines) == 0 {
				lines = []string{"…"}
			}
			wide := 0.0
			for _, l := range lines {
				wide = max(wide, wordFace.width(l))
			}
			ph := float64(len(lines))*wordFace.step() + 9
			y += 8
			seq = append(seq, []point{{mid, foot}, {mid, y + ph/2}, {mid + 20, y + ph/2}})
			tip := ""
			if cut {
				tip = e.Label
			}
			ends := d.open("flow-exit", e.Href, tip)
			d.rect("flow-pill", mid+20, y, wide+16, ph, min(ph/2, 12))
			d.lines("flow-word flow-out", mid+28, y+4+wordFace.ascent(), start, wordFace, lines)
			d.raw(ends)
			y += ph
		}
		if i == len(d.Steps)-1 {
			break
		}
		next := false
		for _, e := range d.links() {
			if e.From != i || e.To != i+1 {
				continue
			}
			if e.Label != "" {
				y += 17
				at := y
				later = append(later, func() { d.word(e, mid+8, at, start, d.w/2-12, "flow-word flow-out") })
			}
			next = true
		}
		if next {
			y += between
			seq = append(seq, []point{{mid, foot}, {mid, y}})
		} else {
			y += between - 4
		}
	}
	d.h = y + 2
	d.arrows("flow-edge", seq)
	var there, back [][]point
	for side := range d.ways {
		for _, t := range d.ways[side] {
			x := d.track(side, t.track)
			in := point{d.flank(t.edge.To, side, d.hs[t.edge.To], 7), d.tops[t.edge.To] + d.hs[t.edge.To]/2 - 7}
			points := []point{t.out, {x, t.out.y}, {x, in.y}, in}
			if t.edge.Label != "" {
				points = append([]point{{t.out.x, d.tops[t.edge.From] + d.hs[t.edge.From]}}, points...)
			}
			if t.edge.back() {
				back = append(back, points)
			} else {
				there = append(there, points)
			}
		}
	}
	d.arrows("flow-edge", there)
	d.arrows("flow-edge flow-back", back)
	for _, write := range later {
		write()
	}
}

// flank is where across the side of a box is, off its middle.
func (d *narrow) flank(i, side int, h, off float64) float64 {
	in := 0.0
	if d.Steps[i].Kind == Decision {
		in = bevel * off * 2 / h
	}
	if side == 0 {
		return d.x + in
	}
	return d.x + d.w - in
}

// step draws a step at y and returns its height.
func (d *narrow) step(i int, s Step, y float64) float64 {
	left := padLeft
	if s.Kind == Decision {
		left += 4
	}
	room := d.w - 2*left
	l, _ := d.letters(s, newText(s.Label, labelFace), newText(s.Note, noteFace), room)
	role := ""
	if name := d.role(s); name != "" {
		role = fit(name, laneFace, room)
	}
	h := l.height() + 20
	if role != "" {
		h += laneFace.step()
	}
	h = max(h, 40)
	tip := ""
	if l.cut {
		tip = s.Label
		if s.Note != "" {
			tip += ": " + s.Note
		}
	}
	class := "flow-step"
	if s.Here {
		class += " flow-here"
	}
	ends := d.open(class, s.Href, tip)
	d.shape(s.Kind, d.x, y, d.w, h)
	at := y + 10
	if role == "" {
		at = y + (h-l.height())/2
	}
	if role != "" {
		d.text("flow-role", d.x+left, at+laneFace.ascent(), start, role)
		at += laneFace.step()
	}
	at = d.lines("flow-label", d.x+left, at+labelFace.ascent(), start, labelFace, l.label)
	if len(l.note) > 0 {
		d.lines("flow-note", d.x+left, at-labelFace.ascent()+noteFace.ascent()+1, start, noteFace, l.note)
	}
	if len(d.Steps) > 1 {
		d.number(d.x+d.w-16, y, i+1)
	}
	d.raw(ends)
	return h
}
