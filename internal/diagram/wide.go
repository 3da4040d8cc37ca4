package diagram

import "slices"

// Measures of the wide drawing.
const (
	wideWidth = 736.0 // the column of text: drawn there, text has its own size
	mostCols  = 7
	leastCols = 4     // fewer only where there are fewer steps
	widest    = 168.0 // box
	narrowest = 62.0
	gutter    = 23.0 // between two boxes, at least
	laneGap   = 3.0
	lanePad   = 13.0 // above and below the boxes of a lane
	trackStep = 11.0
	wordStep  = 18.0 // of a track that carries a label
)

// wide is a flow on its way to paper.
type wide struct {
	art
	*Flow
	router
	cols     int
	labels   []text
	notes    []text
	out      [][]Edge
	links    []Edge
	names    [][]string // of the lanes, in lines
	head     float64    // width of the column of names
	gutters  []tracks
	channels []tracks
	x        []float64 // where the gutters begin; one more than gutters
	gaps     []float64 // how wide they are
	box      float64   // width of a box
	boxY     float64   // its height
	texts    []lettering
	down     []float64 // where channels and lanes are: the upper edge, the middle
}

// Wide draws the flow for a column of text: lanes as horizontal bands, steps
// from left to right. Longer flows go on in further rows, which show the lanes
// that they use. It is nil for a flow without steps.
func (f *Flow) Wide() []byte {
	if len(f.Steps) == 0 {
		return nil
	}
	d := &wide{Flow: f, art: art{id: f.ID, title: f.Title, desc: f.Desc, w: wideWidth}}
	d.prepare()
	for d.cols = min(mostCols, len(f.Steps)); ; d.cols-- {
		d.place()
		if d.measure() || d.cols <= leastCols {
			break
		}
	}
	d.draw()
	return d.svg()
}

// prepare does what does not depend on the number of columns.
func (d *wide) prepare() {
	d.out, d.links = d.Flow.exits(), d.Flow.links()
	for _, s := range d.Steps {
		d.labels = append(d.labels, newText(s.Label, labelFace))
		d.notes = append(d.notes, newText(s.Note, noteFace))
	}
	for _, name := range d.Lanes {
		lines, _ := newText(name, laneFace).lines(84, 3)
		d.names = append(d.names, lines)
		for _, s := range lines {
			d.head = max(d.head, laneFace.width(s)+18)
		}
	}
	d.names = append(d.names, nil)
}

// place puts the steps into rows, and finds the ways.
func (d *wide) place() {
	n := len(d.Steps)
	ends := d.split(d.cols)
	d.router = router{cells: make([]cell, n), rows: make([]band, len(ends)), taken: make([]bool, n), doors: make([]port, n)}
	at, from := 1, 0
	d.cols = 0
	for r, to := range ends {
		row := &d.rows[r]
		for _, s := range d.Steps[from:to] {
			if l := d.lane(s); !slices.Contains(row.lanes, l) {
				row.lanes = append(row.lanes, l)
			}
		}
		slices.Sort(row.lanes)
		row.top = at
		at += 2*len(row.lanes) + 2
		for i := from; i < to; i++ {
			d.cells[i] = cell{row: r, col: i - from, lane: slices.Index(row.lanes, d.lane(d.Steps[i]))}
		}
		d.cols = max(d.cols, to-from)
		from = to
	}
	for _, e := range d.links {
		d.add(e)
	}
	for i, out := range d.out {
		if len(out) > 0 {
			d.leave(i)
		}
	}
	d.gutters = make([]tracks, d.cols+1)
	d.channels = make([]tracks, at)
	d.settle(d.gutters, d.channels)
}

// split says where rows end: as few rows as can be, of about the same length,
// between steps that have little to do with each other.
func (d *wide) split(most int) []int {
	n := len(d.Steps)
	rows := (n + most - 1) / most
	if rows == 1 {
		return []int{n}
	}
	cuts := make([]int, n+1) // by step: the edges that a row ending before it would cut
	for _, e := range d.links {
		for i := min(e.From, e.To) + 1; i <= max(e.From, e.To); i++ {
			cuts[i]++
		}
	}
	const never = 1 << 30
	cost, from := make([][]int, rows+1), make([][]int, rows+1) // by number of rows, of the first steps
	for r := range cost {
		cost[r], from[r] = make([]int, n+1), make([]int, n+1)
		for i := range cost[r] {
			cost[r][i] = never
		}
	}
	cost[0][0] = 0
	for r := 1; r <= rows; r++ {
		for i := 1; i <= n; i++ {
			for j := max(0, i-most); j < i; j++ {
				uneven := (i-j)*rows - n
				if c := cost[r-1][j] + 4*cuts[j]*rows*rows + uneven*uneven; cost[r-1][j] < never && c < cost[r][i] {
					cost[r][i], from[r][i] = c, j
				}
			}
		}
	}
	ends := make([]int, rows)
	for r, i := rows, n; r > 0; r-- {
		ends[r-1] = i
		i = from[r][i]
	}
	return ends
}

// measure finds widths, and reports whether every label has room.
func (d *wide) measure() bool {
	d.gaps = d.gaps[:0]
	sum := 0.0
	for i, t := range d.gutters {
		n := float64(t.n + t.entries)
		w := max(gutter, 15+7*n)
		if i == 0 {
			w = 8
			if n > 0 {
				w = 15 + 7*n
			}
		} else if i == d.cols {
			w = max(12, 8+7*n)
		}
		d.gaps = append(d.gaps, w)
	}
	for _, w := range d.routes {
		if len(w.rails) == 0 && w.edge.Label != "" && w.from.side == right && w.to.side == left && d.cells[w.edge.To].col == d.cells[w.edge.From].col+1 {
			g := &d.gaps[d.cells[w.edge.To].col]
			*g = max(*g, min(wordFace.width(clean(w.edge.Label))+18, 84))
		}
	}
	for _, w := range d.gaps {
		sum += w
	}
	d.box = min(widest, (wideWidth-d.head-sum)/float64(d.cols))
	if d.box < narrowest { // many tracks: they move together
		squeeze := (wideWidth - d.head - narrowest*float64(d.cols)) / sum
		for i := range d.gaps {
			d.gaps[i] = float64(d.gaps[i] * squeeze)
		}
		d.box = narrowest
	} else if inner := d.cols - 1; inner > 0 { // few columns stand further apart
		rest := wideWidth - d.head - sum - float64(d.box*float64(d.cols))
		for i := 1; i < d.cols; i++ {
			d.gaps[i] += min(rest/float64(inner), 44)
		}
	}
	d.x = d.x[:0]
	x := d.head
	for _, w := range d.gaps {
		d.x = append(d.x, x)
		x += w + d.box
	}
	for i, t := range d.labels {
		if !t.fits(d.room(i), mostLines) {
			return false
		}
	}
	return true
}

// room is how wide the text of a step may be.
func (d *wide) room(i int) float64 {
	return d.box - inset(d.Steps[i].Kind)
}

// left is the left side of the box of a step, top its upper one.
func (d *wide) left(i int) float64 {
	c := d.cells[i].col
	return d.x[c] + d.gaps[c]
}

func (d *wide) top(i int) float64 { return d.down[d.middle(d.cells[i])] - d.boxY/2 }

// letter breaks all texts, and finds the height that all boxes have.
func (d *wide) letter() {
	for i := range d.Steps {
		l, h := letters(d.labels[i], d.notes[i], d.room(i))
		d.texts = append(d.texts, l)
		d.boxY = max(d.boxY, h)
	}
}

// draw places rows, lanes and channels from the top down, and draws them; then
// what lies over them.
func (d *wide) draw() {
	d.letter()
	d.spread(d.box - 2*bevel - 8)
	d.down = make([]float64, len(d.channels))
	y := 0.0
	for r, row := range d.rows {
		if r > 0 {
			t := d.channels[d.before(r)]
			y += 9
			d.down[d.before(r)] = y
			y += t.height() + 9
		}
		for l, lane := range row.lanes {
			top := y
			y += lanePad
			if l == 0 {
				if t := d.channels[d.channel(r, 0)]; t.n > 0 {
					y += t.height()
					d.down[d.channel(r, 0)] = y - 4
				}
			}
			d.down[row.top+2*l+1] = y + d.boxY/2
			y += d.boxY
			d.down[d.channel(r, l+1)] = y + 6
			y += lanePad
			if t := d.channels[d.channel(r, l+1)]; t.n > 0 {
				y += t.height() - 2
			}
			d.drawLane(lane, top, y, d.down[row.top+2*l+1])
			if l < len(row.lanes)-1 {
				y += laneGap
			}
		}
		y = d.pills(r, y)
	}
	d.h = y
	d.edges()
	for i, s := range d.Steps {
		ends := d.stand(s, d.left(i), d.top(i), d.box, d.boxY, d.texts[i])
		d.number(d.left(i)+badgeIn, d.top(i), i+1)
		d.raw(ends)
	}
	d.words()
}

// drawLane draws a lane from top to foot.
func (d *wide) drawLane(lane int, top, foot, mid float64) {
	if len(d.Lanes) == 0 {
		return
	}
	d.rect("flow-lane", 0, top, wideWidth, foot-top, 4)
	names := d.names[lane]
	y := mid - float64(len(names))*laneFace.step()/2 + laneFace.ascent()
	d.lines("flow-role", 12, y, start, laneFace, names)
}
