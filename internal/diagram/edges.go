package diagram

// at is where a port is.
func (d *wide) at(p port) point {
	x, y := d.left(p.step), d.top(p.step)
	switch p.side {
	case left:
		if d.Steps[p.step].Kind == Decision {
			x += bevel * p.shift * 2 / d.boxY
		}
		return point{x, y + d.boxY/2 + p.shift}
	case right:
		return point{x + d.box, y + d.boxY/2}
	case above:
		return point{x + d.box/2 + p.shift, y}
	}
	return point{x + d.box/2 + p.shift, y + d.boxY}
}

// along is where a rail is: across for one in a gutter, else down.
func (d *wide) along(r rail) float64 {
	if !r.down {
		t := d.channels[r.at]
		if d.upper(r.at) {
			return d.down[r.at] - t.along(r.track)
		}
		return d.down[r.at] + t.along(r.track)
	}
	g := r.at / 4
	t := d.gutters[g]
	n := float64(t.n + t.entries)
	i := float64(r.track)
	if r.entry {
		i = n - 1 - i
	}
	from, to := d.x[g]+5, d.x[g]+d.gaps[g]-headLength-4 // a head must fit between the line and the box
	if g == d.cols {
		to = d.x[g] + d.gaps[g] - 3
	}
	if g == 0 {
		from = d.x[g] + 2
	}
	if to < from {
		from, to = (from+to)/2, (from+to)/2
	}
	return from + (to-from)*(i+.5)/n
}

// upper reports whether a channel is the first of its row, whose tracks count upwards.
func (d *wide) upper(at int) bool {
	for _, row := range d.rows {
		if row.top == at {
			return true
		}
	}
	return false
}

// points is the way of an edge.
func (d *wide) points(w route) []point {
	p, to := d.at(w.from), d.at(w.to)
	points := []point{p}
	for _, r := range w.rails {
		if r.down {
			p.x = d.along(r)
		} else {
			p.y = d.along(r)
		}
		points = append(points, p)
	}
	if w.to.side == left {
		p.y = to.y
	} else {
		p.x = to.x
	}
	return append(points, p, to)
}

// edges draws the edges, those that go on and those that go back.
func (d *wide) edges() {
	for _, back := range []bool{false, true} {
		class := "flow-edge"
		if back {
			class = "flow-edge flow-back"
		}
		var all [][]point
		for _, w := range d.routes {
			if w.edge.back() == back {
				all = append(all, d.points(w))
			}
		}
		d.arrows(class, all)
	}
}

// arrows draws lines with heads.
func (p *pen) arrows(class string, all [][]point) {
	if len(all) == 0 {
		return
	}
	p.path(class)
	for _, points := range all {
		p.line(points)
	}
	p.done()
	p.path("flow-tip")
	for _, points := range all {
		p.head(points)
	}
	p.done()
}

// words writes the labels of edges on their lines.
func (d *wide) words() {
	for _, w := range d.routes {
		if w.edge.Label == "" {
			continue
		}
		points := d.points(w)
		at, on := 0, false
		for i, r := range w.rails {
			if r.word {
				at, on = i, true
			}
		}
		if on {
			d.onTrack(w, points[at+1], points[at+2])
			continue
		}
		points = straighten(points)
		a, b := points[0], points[1]
		if a.x == b.x && len(points) > 2 {
			a, b = points[1], points[2]
		}
		from := a.x + 5
		if g := d.cells[w.edge.From].col + 1; w.from.side == right && d.busy(g, d.middle(d.cells[w.edge.From])) {
			// Behind the gutter, where there is room.
			if past := d.x[g] + d.gaps[g]; past+wordFace.width(clean(w.edge.Label)) < b.x-8 {
				from = past
			}
		}
		room := b.x - from - 7
		if w.to.side != left { // turns within the column of the other box
			room += 4
		}
		d.word(w.edge, from, a.y-6, start, room, "flow-word")
	}
}

// busy reports whether lines run through a gutter at a place down.
func (d *wide) busy(gutter, down int) bool {
	for _, w := range d.routes {
		for _, r := range w.rails {
			if r.down && r.at == 4*gutter && r.from < down && down < r.to {
				return true
			}
		}
	}
	return false
}

// onTrack writes a label on a line in a channel, near its beginning.
func (d *wide) onTrack(w route, a, b point) {
	class := "flow-word flow-on"
	if len(d.Lanes) == 0 {
		class += " flow-out"
	}
	for r := range d.rows {
		if r > 0 && d.down[d.before(r)] < a.y && a.y < d.down[d.before(r)]+d.channels[d.before(r)].height() {
			class = "flow-word flow-on flow-out"
		}
	}
	room := max(a.x-b.x, b.x-a.x) - 2*corner - 4
	if room < 24 { // beside a line that goes straight down
		d.word(w.edge, max(a.x, b.x)+6, a.y+4, start, min(80, d.w-max(a.x, b.x)-8), class)
		return
	}
	s := fit(w.edge.Label, wordFace, room-8)
	half := wordFace.width(s)/2 + 4
	mid := max(a.x, b.x) - corner - 8 - half
	if a.x < b.x {
		mid = a.x + corner + 8 + half
	}
	mid = min(max(mid, min(a.x, b.x)+half), max(a.x, b.x)-half)
	d.word(w.edge, mid, a.y+4, middle, room-8, class)
}

// word writes the label of an edge.
func (a *art) word(e Edge, x, y float64, at align, room float64, class string) {
	lines, cut := newText(e.Label, wordFace).lines(room, 1)
	if len(lines) == 0 {
		return
	}
	if !cut && e.Href == "" {
		a.text(class, x, y, at, lines[0])
		return
	}
	ends := a.open("", e.Href, tooltip(cut, e.Label))
	a.text(class, x, y, at, lines[0])
	a.raw(ends)
}

// pills draws below a row where its steps leave the process, and returns where
// the row ends.
func (d *wide) pills(r int, y float64) float64 {
	foot := y
	var ways [][]point
	for i, out := range d.out {
		if len(out) == 0 || d.cells[i].row != r {
			continue
		}
		from := d.at(d.doors[i])
		x, room, top := d.left(i), d.box, y+16
		several := len(out) > 1
		if several { // a line along the left, from which each hangs
			x, room = x+14, room-14
		}
		for _, e := range out {
			p := newPill(e, room-16)
			if several {
				mid := top + p.h/2
				ways = append(ways, []point{from, {from.x, y + 7}, {x - 8, y + 7}, {x - 8, mid}, {x, mid}})
				d.pill(p, x, top, p.w)
			} else { // wide enough for its line, wherever that leaves the box
				off := from.x - (x + room/2)
				w := min(room, max(p.w, 2*max(off, -off)+16))
				ways = append(ways, []point{from, {from.x, top}})
				d.pill(p, x+(room-w)/2, top, w)
			}
			top += p.h + 6
		}
		foot = max(foot, top-6+1) // half of the line around the last one
	}
	d.arrows("flow-edge", ways)
	return foot
}

// pill names where an edge leads that leaves the process.
type pill struct {
	edge  Edge
	lines []string
	cut   bool
	w, h  float64
}

func newPill(e Edge, room float64) pill {
	p := pill{edge: e}
	if p.lines, p.cut = newText(e.Label, wordFace).lines(room, 3); len(p.lines) == 0 {
		p.lines = []string{"…"}
	}
	for _, s := range p.lines {
		p.w = max(p.w, wordFace.width(s)+16)
	}
	p.h = float64(len(p.lines))*wordFace.step() + 9
	return p
}

func (a *art) pill(p pill, x, y, w float64) {
	ends := a.open("flow-exit", p.edge.Href, tooltip(p.cut, p.edge.Label))
	a.rect("flow-pill", x, y, w, p.h, min(p.h/2, 12))
	a.lines("flow-word flow-out", x+w/2, y+4+wordFace.ascent(), middle, wordFace, p.lines)
	a.raw(ends)
}

// height of the tracks of a channel.
func (t tracks) height() float64 {
	h := 0.0
	for i := range t.n {
		h += t.step(i)
	}
	return h
}

func (t tracks) step(i int) float64 {
	if t.words[min(i, len(t.words)-1)] {
		return wordStep
	}
	return trackStep
}

// along is where the middle of a track is, from the edge of its channel.
func (t tracks) along(track int) float64 {
	h := 0.0
	for i := range track {
		h += t.step(i)
	}
	return h + t.step(track)/2
}
