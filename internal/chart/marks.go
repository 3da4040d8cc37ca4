package chart

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/rutter-dev/rutter/internal/dora"
)

// columns draws one column per period: hatched where the period or the data is
// not complete, a line on the foot where it is 0, nothing where it is unknown. The
// number stands above where all have room, else above the one peak.
func (d *drawing) columns() {
	values := d.plot.series[0].values
	wide := min(d.slot*.74, 56)
	most, unique := -1, true
	for i, n := range values {
		v, ok := n.Get()
		if !ok {
			continue
		}
		switch {
		case most < 0 || v > value(values[most]):
			most, unique = i, true
		case v == value(values[most]):
			unique = false
		}
	}
	d.bars(false, "fig-column", wide, 0)
	if d.partialColumns() {
		d.bars(true, "fig-part", wide, .5)
	}
	zero := "fig-zero"
	if d.plot.doubt {
		zero += " fig-dotted"
	}
	d.path(zero)
	for i, n := range values {
		if v, ok := n.Get(); ok && v == 0 {
			d.step('M', d.at(i)-wide/2, d.foot-1.5)
			d.step('h', wide)
		}
	}
	d.done()
	var numbers []label
	for i, n := range values {
		v, ok := n.Get()
		text := grouped(v)
		if ok && (i == most && unique && v > 0 || max(width(text, textSize)+4, 18) <= d.slot) {
			numbers = append(numbers, label{x: min(d.at(i), d.width()-width(text, textSize)/2), y: d.foot - d.up(v) - 5, text: text})
		}
	}
	d.meanLine(numbers)
	for _, l := range numbers {
		d.text("fig-value", l.x, l.y, middle, l.text)
	}
}

// bars draws the columns above 0, those that may still change or the others,
// each smaller by an inset that leaves room for its outline.
func (d *drawing) bars(open bool, class string, wide, inset float64) {
	d.raw(`<path class="` + class + `"`)
	if open {
		d.fill("-part")
	}
	d.raw(` d="`)
	for i, n := range d.plot.series[0].values {
		if v := value(n); v > 0 && d.open(i) == open {
			d.step('M', d.at(i)-wide/2+inset, d.foot)
			d.step('V', d.foot-d.up(v)+inset)
			d.step('h', wide-2*inset)
			d.step('V', d.foot)
			d.raw("z")
		}
	}
	d.done()
}

// label is a text beside the marks; y is its base line.
type label struct {
	x, y float64
	text string
}

// value is a number, 0 where there is none.
func value(n dora.Number) float64 { v, _ := n.Get(); return v }

// meanLine shows the rate of the complete periods, named at its right end. It
// is broken where it would run through a number.
func (d *drawing) meanLine(numbers []label) {
	v, ok := d.plot.mean.Get()
	if !ok {
		return
	}
	y := d.foot - d.up(v)
	d.path("fig-mean")
	from := d.left
	segment := func(to float64) {
		if to-from > 3 { // less than a dash is dirt
			d.step('M', from, y)
			d.step('H', to)
		}
	}
	for _, l := range numbers {
		if half := width(l.text, textSize)/2 + 2; l.y-textSize < y && y < l.y+3 {
			segment(l.x - half)
			from = l.x + half
		}
	}
	segment(d.end())
	d.done()
	d.text("fig-text", d.width(), y-2, end, d.plot.level)
	d.text("fig-text", d.width(), y+lineStep-5, end, d.levelWords())
}

// levelWords is the value of the mean line.
func (d *drawing) levelWords() string {
	if d.plot.kind == ratios {
		return percent(value(d.plot.mean))
	}
	return significant(value(d.plot.mean))
}

// ratios draws the one series of them: each value on its interval, which is
// dashed where the value may still change.
func (d *drawing) ratios() {
	n, s := d.firstColour(), d.plot.series[0]
	d.meanLine(nil)
	for _, open := range []bool{false, true} {
		class := "fig-whisker fig-s" + n
		if open {
			class += " fig-dotted"
		}
		begun := false
		for i, in := range s.bounds {
			if !in.ok || d.open(i) != open {
				continue
			}
			if !begun {
				d.path(class)
				begun = true
			}
			d.step('M', d.at(i), d.foot-d.up(in.high))
			d.step('V', d.foot-d.up(in.low))
		}
		if begun {
			d.done()
		}
	}
	d.marks(s.values, n)
}

// lines draws the series that the paper shows, each with a mark of its own and
// its name at the right end.
func (d *drawing) lines() {
	var names []endLabel
	last := 0.0
	for _, s := range d.plot.series {
		if s.hidden {
			continue
		}
		n := strconv.Itoa(len(names) + 1) // of its colour and its mark
		if d.plot.kind == lines {
			d.line(s.values, n)
		}
		d.marks(s.values, n)
		for j := len(s.values) - 1; j >= 0 && d.plot.kind == lines; j-- {
			if v, ok := s.values[j].Get(); ok {
				text := s.name
				if d.long {
					text = s.long
				}
				at := d.foot - d.up(v)
				names = append(names, endLabel{at: at, y: at, text: text, n: n})
				last = max(last, d.at(j))
				break
			}
		}
	}
	x := last + 9
	if spread(names, d.foot-8) {
		x = last + 16
	}
	for _, l := range names {
		if l.far() {
			d.path("fig-leader fig-s" + l.n)
			d.step('M', last+6, l.at)
			d.step('L', x-2, l.y)
			d.done()
		}
		d.text("fig-end fig-s"+l.n, x, l.y+4, start, l.text)
	}
}

// endLabel names a series beside its last mark.
type endLabel struct {
	at   float64 // the height of the mark
	y    float64 // the middle of the text
	text string
	n    string // of its colour
}

// far reports whether the label needs a line to its mark.
func (l endLabel) far() bool { return math.Abs(l.y-l.at) > 9 }

// spread moves the labels apart where they would touch, none below the floor,
// and reports whether one is far from its mark now.
func spread(labels []endLabel, floor float64) bool {
	const step = lineStep - 2
	slices.SortStableFunc(labels, func(a, b endLabel) int { return cmp.Compare(b.at, a.at) }) // the lowest first
	if len(labels) == 2 {
		if near := step - (labels[0].y - labels[1].y); near > 0 {
			labels[0].y += near / 2
			labels[1].y -= near / 2
		}
	}
	far := false
	for i := range labels {
		labels[i].y = min(labels[i].y, floor)
		floor = labels[i].y - step
		far = far || labels[i].far()
	}
	return far
}

// line joins neighbours; a gap stays open. What leads to a value that may still
// change is dotted.
func (d *drawing) line(values []dora.Number, n string) {
	for _, partial := range []bool{false, true} {
		class, any := "fig-line fig-s"+n, false
		if partial {
			class += " fig-dotted"
		}
		connected := false
		for i := 1; i < len(values); i++ {
			a, ok := values[i-1].Get()
			b, ok2 := values[i].Get()
			if !ok || !ok2 || partial != (d.open(i-1) || d.open(i)) {
				connected = false
				continue
			}
			if !any {
				d.path(class)
				any = true
			}
			if !connected {
				d.step('M', d.at(i-1), d.foot-d.up(a))
				connected = true
			}
			d.step('L', d.at(i), d.foot-d.up(b))
		}
		if any {
			d.done()
		}
	}
}

// marks draws the values: hollow where they may still change, small where they
// are of few changes. A stroke of no length with its cap is a dot or a square,
// and a smaller one in the colour of the paper makes it hollow; a whole year of
// them is one path.
func (d *drawing) marks(values []dora.Number, n string) {
	plain := func(i int) bool { return !d.open(i) && !d.plot.slots[i].small }
	small := func(i int) bool { return !d.open(i) && d.plot.slots[i].small }
	class := "fig-mark fig-s" + n
	if d.plot.kind != lines {
		class += " fig-lone"
	}
	d.dots(class, values, plain)
	d.dots(class+" fig-small", values, small)
	d.dots(class+" fig-open", values, d.open)
	d.dots(class+" fig-hole", values, d.open)
}

func (d *drawing) dots(class string, values []dora.Number, is func(int) bool) {
	begun := false
	for i, v := range values {
		v, ok := v.Get()
		if !ok || !is(i) {
			continue
		}
		if !begun {
			d.path(class)
			begun = true
		}
		d.dot(d.at(i), d.foot-d.up(v))
	}
	if begun {
		d.done()
	}
}

func (d *drawing) dot(x, y float64) {
	d.step('M', x, y)
	d.raw("h.01")
}

// sizeRow is a line of counts below the axis.
type sizeRow struct {
	name string
	of   func(slot) int
	most int
}

// sizeRows are of how many changes or deployments the values are, and how many
// more are not recovered yet.
func (d *drawing) sizeRows() []sizeRow {
	rows := []sizeRow{{name: "n", of: func(s slot) int { return s.n }}, {name: "open", of: func(s slot) int { return s.open }}}
	for i := range rows {
		for _, s := range d.plot.slots {
			rows[i].most = max(rows[i].most, rows[i].of(s))
		}
	}
	if rows[1].most == 0 {
		rows = rows[:1]
	}
	return rows
}

// sizes writes below the axis of how many things each period's values are: as
// numbers, or as small columns where numbers would touch.
func (d *drawing) sizes() {
	d.y += 6
	for _, row := range d.sizeRows() {
		label := d.sizeLabel(row)
		if label == row.name {
			d.y += lineStep
			d.text("fig-soft", d.left-8, d.y, end, label)
			for i, s := range d.plot.slots {
				if s.covered {
					d.text("fig-soft", d.at(i), d.y, middle, grouped(float64(row.of(s))))
				}
			}
			continue
		}
		const height = 20.0
		d.y += height
		d.text("fig-soft", d.left-8, d.y, end, label)
		d.path("fig-size")
		wide := d.slot * .6
		for i, s := range d.plot.slots {
			if n := row.of(s); n > 0 {
				d.step('M', d.at(i)-wide/2, d.y)
				d.step('v', -max(1, height*float64(n)/float64(row.most)))
				d.step('h', wide)
				d.step('V', d.y)
				d.raw("z")
			}
		}
		d.done()
		d.y += 2
	}
}

// sizeLabel names a row, with its greatest number where the numbers do not fit
// in their slots.
func (d *drawing) sizeLabel(row sizeRow) string {
	most := grouped(float64(row.most))
	room := (d.width() - d.endLabel - 60) / float64(len(d.plot.slots))
	if width(most, textSize)+4 <= room {
		return row.name
	}
	return row.name + " ≤ " + most
}

// partialColumns reports whether a hatched column is seen.
func (d *drawing) partialColumns() bool {
	if d.plot.kind != columns {
		return false
	}
	for i, n := range d.plot.series[0].values {
		if value(n) > 0 && d.open(i) {
			return true
		}
	}
	return false
}

// legend explains the looks that this drawing uses beyond the plain ones.
func (d *drawing) legend() {
	var items []item
	open := "partial " + d.plot.period
	if d.plot.kind == ratios {
		open = "may still change" // a complete period too, while it is young
	}
	if d.plot.doubt {
		open = "partial data, may still change"
	}
	switch {
	case d.partialColumns():
		items = append(items, item{open, func(x, y float64) { d.filled("-part", "fig-part", x+.5, y-9, 12, 10) }})
	case d.doubtfulLines() && d.some(func(s slot) bool { return s.n > 0 }):
		items = append(items, item{open, func(x, y float64) {
			d.filled("-doubt", "fig-doubt-area", x, y-10, 13, 12)
			d.hollow(x+6, y-4)
		}})
	case d.plot.kind != columns && d.some(func(s slot) bool { return s.partial && s.n > 0 }):
		items = append(items, item{open, func(x, y float64) { d.hollow(x+6, y-4) }})
	}
	if d.plot.kind != columns && !d.plot.doubt && d.some(func(s slot) bool { return !s.partial && s.small }) {
		items = append(items, item{d.plot.fewer, func(x, y float64) {
			d.path("fig-mark fig-small fig-s" + d.firstColour())
			d.dot(x+6, y-4)
			d.done()
		}})
	}
	if slices.ContainsFunc(d.plot.usual, func(u between) bool { return u.ok }) {
		items = append(items, item{"usual range of the median", func(x, y float64) { d.rect("fig-usual", x, y-10, 13, 12) }})
	}
	if d.some(isUncovered) {
		items = append(items, item{"outside the data", func(x, y float64) { d.filled("-void", "fig-void", x, y-10, 13, 12) }})
	}
	x := 0.0
	for i, it := range items {
		w := 18 + width(it.text, textSize) + 14
		if i == 0 || x+w > d.width() {
			d.y += lineStep + 3
			x = 0
		}
		it.draw(x, d.y)
		d.text("fig-soft", x+18, d.y, start, it.text)
		x += w
	}
	d.y += 5
}

// hollow is one mark of a value that may still change.
func (d *drawing) hollow(x, y float64) {
	for _, class := range []string{"fig-open", "fig-hole"} {
		d.path("fig-mark fig-s" + d.firstColour() + " " + class)
		d.dot(x, y)
		d.done()
	}
}

// firstColour is that of the first series.
func (d *drawing) firstColour() string {
	if d.plot.kind == ratios {
		return "4"
	}
	return "1"
}

// item is one entry of a legend: its picture, 13 units wide, and its words.
type item struct {
	text string
	draw func(x, y float64)
}
