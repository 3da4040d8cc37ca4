package diagram

import (
	"cmp"
	"slices"
)

// The ways of edges are found before anything has a size: in columns, lanes and
// the spaces between them. Across, 4c+1, 4c+2 and 4c+3 are the left side, the
// middle and the right side of the box in column c, 4c is the gutter before it.
// Down, each row has its channels and lanes by turns: channel, lane, channel,
// lane, channel; and one channel more above, between it and the row before.
//
// A row has one box in a column. So a line may run down the middle of the column
// of a box that it leads from or to, in any gutter, in any channel, and through
// the middle of a lane where no box of that lane stands between: no line runs
// through a box that it does not lead to.

// side is a side of a box.
type side int

const (
	left side = iota
	right
	above
	below
)

// port is where a line leaves or enters a box.
type port struct {
	step   int
	side   side
	toward int     // where across the line leads, to tell which port is which
	far    bool    // the line turns in another lane, beyond the channels
	shift  float64 // from the middle of the side
}

// rail is a part of a line that lies in a gutter or a channel.
type rail struct {
	down     bool // in a gutter, else in a channel
	at       int  // the gutter across, or the channel down
	from, to int
	entry    bool // leads to the box right of its gutter
	word     bool // carries the label
	track    int  // from the side where its lines leave
}

// route is the way of an edge.
type route struct {
	edge     Edge
	from, to port
	rails    []rail
}

// run is a part of the middle of a lane that a line takes.
type run struct {
	down, from, to int // the lane, and between where across
	source, target int
}

// router finds the ways of edges in a grid.
type router struct {
	cells  []cell
	rows   []band
	routes []route
	runs   []run
	taken  []bool // by step: something leaves on the right
	doors  []port // by step: where it leaves the process
}

// cell is where a step stands.
type cell struct{ row, col, lane int } // lane of its row

// band is one row of the drawing: its lanes, and where it begins, counted down.
type band struct {
	lanes []int
	top   int
}

// middle is where down the middle of a step's lane is.
func (r *router) middle(c cell) int { return r.rows[c.row].top + 2*c.lane + 1 }

// channel is the k-th channel of a row; there is one more than lanes.
func (r *router) channel(row, k int) int { return r.rows[row].top + 2*k }

// before is the channel above a row, outside its lanes.
func (r *router) before(row int) int { return r.rows[row].top - 1 }

// clear reports whether nothing of others lies between two places across in the
// lane of a step.
func (r *router) clear(c cell, from, to int, e Edge) bool {
	for i, o := range r.cells {
		if o.row == c.row && o.lane == c.lane && i != e.From && i != e.To && 4*o.col+3 > from && 4*o.col+1 < to {
			return false
		}
	}
	for _, u := range r.runs {
		if u.down == r.middle(c) && u.from < to && from < u.to && u.source != e.From && u.target != e.To {
			return false
		}
	}
	return true
}

func (r *router) take(c cell, from, to int, e Edge) {
	r.runs = append(r.runs, run{r.middle(c), from, to, e.From, e.To})
}

// add finds a way for an edge.
func (r *router) add(e Edge) {
	a, b := r.cells[e.From], r.cells[e.To]
	w := route{edge: e, from: port{step: e.From}, to: port{step: e.To}}
	switch {
	case e.From == e.To:
		r.loop(&w, a)
	case a.row != b.row:
		r.across(&w, a, b)
	case b.col < a.col || e.Back:
		r.under(&w, a, b)
	default:
		r.onward(&w, a, b)
	}
	if w.from.side == right {
		r.taken[e.From] = true
	}
	r.routes = append(r.routes, w)
}

// loop leads back to the step itself.
func (r *router) loop(w *route, a cell) {
	w.from.side, w.to.side = right, below
	w.rails = []rail{
		{down: true, at: 4*a.col + 4, from: r.middle(a), to: r.channel(a.row, a.lane+1)},
		{at: r.channel(a.row, a.lane+1), from: 4*a.col + 2, to: 4*a.col + 4, word: true},
	}
	w.to.toward = 4*a.col + 4
}

// onward leads to the right within a row.
func (r *router) onward(w *route, a, b cell) {
	e := w.edge
	out, in := 4*a.col+3, 4*b.col+1
	switch {
	case a.lane == b.lane && !r.taken[e.From] && r.clear(a, out, in, e):
		w.from.side, w.to.side = right, left
		r.take(a, out, in, e)
	case a.lane != b.lane && !r.taken[e.From] && r.clear(a, out, 4*b.col+2, e):
		// To the right, then down or up into the box.
		w.from.side, w.to.side = right, facing(b.lane, a.lane)
		w.to.toward, w.to.far = out, true
		r.take(a, out, 4*b.col+2, e)
	case a.lane != b.lane && r.clear(b, 4*a.col+2, in, e):
		// Down or up, then to the right into the box.
		w.from.side, w.to.side = facing(a.lane, b.lane), left
		w.from.toward, w.from.far = in, true
		r.take(b, 4*a.col+2, in, e)
	default:
		r.under(w, a, b)
	}
}

// facing is the side of a box in a lane that looks to another lane.
func facing(lane, other int) side {
	if other > lane {
		return below
	}
	return above
}

// under leads below or above boxes to another column of the row.
func (r *router) under(w *route, a, b cell) {
	k := a.lane // above the lane
	if b.lane > a.lane || b.lane == a.lane && w.edge.back() {
		k++
	}
	w.from.side, w.to.side = above, above
	if k > a.lane {
		w.from.side = below
	}
	if k > b.lane {
		w.to.side = below
	}
	from, to := 4*a.col+2, 4*b.col+2
	w.from.toward, w.to.toward = to, from
	w.rails = []rail{{at: r.channel(a.row, k), from: min(from, to), to: max(from, to), word: true}}
}

// across leads to another row, through the channel next to that row.
func (r *router) across(w *route, a, b cell) {
	e := w.edge
	ch := r.before(b.row)
	if b.row < a.row {
		ch = r.before(b.row + 1)
	}
	in := 4 * b.col
	w.to.side = left
	out, start := 4*a.col+4, r.middle(a)
	named := e.Label != "" // then the line needs a part across, to carry it
	if !r.taken[e.From] && !(named && out == in) {
		w.from.side = right
	} else { // out below, so that two branches do not begin as one line
		before := out - 4 // the gutter on the other side of the box
		if in < out && !(named && in == before) || named && in == out {
			out = before
		}
		start = r.channel(a.row, a.lane+1)
		w.from.side, w.from.toward = below, out
		w.rails = append(w.rails, rail{at: start, from: min(out, 4*a.col+2), to: max(out, 4*a.col+2)})
	}
	if out == in {
		w.rails = append(w.rails, rail{down: true, at: out, from: min(start, r.middle(b)), to: max(start, r.middle(b)), entry: true})
		return
	}
	w.rails = append(w.rails,
		rail{down: true, at: out, from: min(start, ch), to: max(start, ch)},
		rail{at: ch, from: min(out, in), to: max(out, in), word: true},
		rail{down: true, at: in, from: min(ch, r.middle(b)), to: max(ch, r.middle(b)), entry: true})
}

// leave gives the edges out of the process a port below their step.
func (r *router) leave(step int) {
	r.doors[step] = port{step: step, side: below, toward: 4*r.cells[step].col + 2}
}

// tracks counts the tracks that the rails of one gutter or channel need.
type tracks struct {
	n, entries int
	words      [8]bool // by track, whether it carries a label
}

// settle puts rails that would touch on tracks of their own, the shorter ones
// nearer to the boxes, and says what each gutter and each channel needs.
func (r *router) settle(gutters, channels []tracks) {
	var all []*rail
	for i := range r.routes {
		for j := range r.routes[i].rails {
			rail := &r.routes[i].rails[j]
			rail.word = rail.word && r.routes[i].edge.Label != ""
			all = append(all, rail)
		}
	}
	slices.SortStableFunc(all, func(a, b *rail) int {
		return cmp.Or(boolean(a.down)-boolean(b.down), cmp.Compare(a.at, b.at), boolean(a.entry)-boolean(b.entry), cmp.Compare(a.to-a.from, b.to-b.from))
	})
	for i, a := range all {
		group := i
		for group > 0 && all[group-1].down == a.down && all[group-1].at == a.at && all[group-1].entry == a.entry {
			group--
		}
		for free := false; !free; {
			free = true
			for _, b := range all[group:i] {
				if b.track == a.track && a.from <= b.to && b.from <= a.to {
					a.track, free = a.track+1, false
				}
			}
		}
		var t *tracks
		if a.down {
			t = &gutters[a.at/4]
		} else {
			t = &channels[a.at]
		}
		if a.entry {
			t.entries = max(t.entries, a.track+1)
		} else {
			t.n = max(t.n, a.track+1)
		}
		if a.word {
			t.words[min(a.track, len(t.words)-1)] = true
		}
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// spread moves the ports on one side of a box apart: lines that go left stand
// left, those that go far nearer to the middle, so that they do not cross.
func (r *router) spread(room float64) {
	const apart, backShift = 15.0, 12.0
	sides := make([][]*port, 2*len(r.cells))
	put := func(p *port) {
		if p.side >= above {
			i := 2*p.step + int(p.side-above)
			sides[i] = append(sides[i], p)
		}
	}
	for i := range r.routes {
		put(&r.routes[i].from)
		put(&r.routes[i].to)
	}
	for i := range r.doors {
		if r.doors[i].toward > 0 {
			put(&r.doors[i])
		}
	}
	for i := range r.routes {
		// Where lines that go on and lines that go back enter side by side, they
		// stay apart.
		if p := &r.routes[i].to; p.side == left && r.routes[i].edge.back() {
			for _, o := range r.routes {
				if o.to.step == p.step && o.to.side == left && !o.edge.back() {
					p.shift = backShift
				}
			}
		}
	}
	for _, ports := range sides {
		n := len(ports)
		if n < 2 {
			continue
		}
		mid := 4*r.cells[ports[0].step].col + 2
		group := func(p *port) int {
			g := 2 * cmp.Compare(p.toward, mid)
			if p.far {
				g -= cmp.Compare(g, 0)
			}
			return g
		}
		slices.SortStableFunc(ports, func(a, b *port) int {
			return cmp.Or(cmp.Compare(group(a), group(b)), cmp.Compare(b.toward, a.toward))
		})
		gap := min(apart, room/float64(n-1))
		for i, p := range ports {
			p.shift = (float64(i) - float64(n-1)/2) * gap
		}
	}
}
