package chart

// Sizes of text, in units of the drawing; figure.css sets the same.
const (
	titleSize = 16.0
	textSize  = 12.0
	lineStep  = 17.0 // from one line of text to the next
)

// layout is one of the two drawings of a figure. The theme shows the one that
// fits its column, so that text stays legible from 320 px up without a script.
type layout struct {
	name     string // ends the ids: two drawings share no id
	class    string
	width    float64
	height   float64 // of the plot
	long     bool    // there is room for the longer labels
	attrs    string
	endLabel float64 // room right of a plot of lines
}

func layouts() [2]layout {
	return [2]layout{
		{name: "-wide", class: "fig fig-wide", width: 720, height: 200, long: true, endLabel: 112},
		// Hidden unless a style sheet shows it: a reader without one gets one chart.
		{name: "-narrow", class: "fig fig-narrow", width: 360, height: 180, attrs: ` display="none"`, endLabel: 42},
	}
}

// SVG draws the figure twice, for a wide and for a narrow column, as inline SVG
// for HTML; nil where Empty says why there is nothing to draw. Every text of it
// is escaped.
func (f *Figure) SVG() []byte {
	if f.Empty != "" {
		return nil
	}
	var out pen
	for _, l := range layouts() {
		d := &drawing{Figure: f, layout: l, id: f.ID + l.name}
		d.draw()
		if d.plot.art == nil && d.slot < 14 {
			l.class += " fig-dense"
		}
		out.raw(`<svg xmlns="http://www.w3.org/2000/svg" class="` + l.class + `"` + l.attrs + ` viewBox="0 0 `)
		out.num(l.width)
		out.raw(" ")
		out.num(d.y)
		out.raw(`" role="none"><title id="`)
		out.data(d.id + "-title")
		out.raw(`">`)
		out.data(join(": ", f.Title, f.plot.head))
		out.raw(`</title><desc id="`)
		out.data(d.id + "-desc")
		out.raw(`">`)
		out.data(f.Finding)
		// What is an image has no links for those who hear it, and ours has some
		// for the pointer; all of them are in the table too. So the image is an
		// empty part of the size of the drawing, and the drawing itself is silent.
		out.raw(`</desc><g role="img" aria-labelledby="`)
		out.data(d.id + "-title " + d.id + "-desc")
		out.raw(`"><path fill="none" d="M0 0h`)
		out.num(l.width)
		out.raw("v")
		out.num(d.y)
		out.raw(`H0z"/></g><g aria-hidden="true">`)
		out.b = append(out.b, d.b...)
		out.raw("</g></svg>")
	}
	return out.b
}

// drawing is a figure on its way to paper, from the top down.
type drawing struct {
	*Figure
	layout
	pen
	id   string
	y    float64 // how far the drawing reaches down
	left float64 // of the plot
	slot float64 // width of one period
	top  float64 // of the plot
	foot float64 // of the plot
	scale
}

func (d *drawing) draw() {
	d.header()
	if d.plot.art != nil {
		d.plot.art.draw(d)
		d.sources()
		return
	}
	d.measure()
	d.patterns()
	d.background()
	d.grid()
	hung := d.pennants()
	d.poles(hung)
	switch d.plot.kind {
	case columns:
		d.columns()
	case ratios:
		d.ratios()
	default:
		d.lines()
	}
	d.cloths(hung)
	d.timeAxis()
	if d.plot.kind != columns {
		d.sizes()
	}
	d.legend()
	d.sources()
	d.hits()
}

// sources says at the foot what the drawing rests on.
func (d *drawing) sources() {
	for _, line := range wrap(d.plot.foot, textSize, d.width()) {
		d.y += lineStep
		d.text("fig-soft", 0, d.y, start, line)
	}
	d.y += 6
}

func (d *drawing) width() float64 { return d.layout.width }

// header says what is drawn, and whether the data is made up or partial.
func (d *drawing) header() {
	room := d.width()
	d.y = lineStep
	if text, class := d.stamp(); text != "" {
		w := width(text, textSize) + 12
		d.rect(class+"-box", room-w, 2, w-1, 19)
		d.text(class, room-w/2-.5, 16, middle, text)
		room -= w + 8
	}
	d.text("fig-title", 0, d.y, start, fit(d.Title, titleSize, room))
	d.y += 3
	for _, line := range wrap(d.plot.head, textSize, d.width()) {
		d.y += lineStep
		d.text("fig-soft", 0, d.y, start, line)
	}
	d.y += lineStep + 9
	if d.plot.unit != "" {
		d.text("fig-text", 0, d.y, start, upper(d.plot.unit))
	}
}

// stamp is what nobody may miss, also in a copy of the drawing.
func (d *drawing) stamp() (text, class string) {
	switch {
	case d.Sample && d.plot.doubt:
		return "PARTIAL SAMPLE DATA", "fig-sample"
	case d.Sample:
		return "SAMPLE DATA", "fig-sample"
	case d.plot.doubt:
		return "PARTIAL DATA", "fig-doubt"
	}
	return "", ""
}

// measure finds the scales and where the plot stands.
func (d *drawing) measure() {
	height := d.layout.height
	switch d.plot.kind {
	case columns:
		most := 0.0
		for _, v := range d.plot.series[0].values {
			most = max(most, value(v))
		}
		d.scale = countScale(most, height)
	case ratios:
		d.scale = d.shareScale(height)
	default:
		d.scale = d.durationScale(height)
	}
	d.left = 0
	for _, t := range d.ticks {
		d.left = max(d.left, width(t.text, textSize))
	}
	if d.plot.kind != columns {
		for _, row := range d.sizeRows() {
			d.left = max(d.left, width(d.sizeLabel(row), textSize))
		}
	}
	right := 2.0
	if d.plot.kind == lines {
		right = d.endLabel
	} else if _, ok := d.plot.mean.Get(); ok {
		right = max(width("mean", textSize), width(d.levelWords(), textSize)) + 6
	}
	d.left += 12 // fonts whose digits are wide reach further
	d.slot = (d.width() - d.left - right) / float64(len(d.plot.slots))
	d.top = d.y + 20
	if len(d.Flags) > 0 {
		d.top += flagRoom
	}
	d.foot = d.top + d.scale.height
	d.y = d.foot
}

// shareScale fits the values and their intervals.
func (f *Figure) shareScale(height float64) scale {
	most := 0.0
	for _, s := range f.plot.series {
		for i, v := range s.values {
			most = max(most, value(v), s.bounds[i].high)
		}
	}
	return shareScale(most, height)
}

// durationScale fits the series that are drawn, and what is usual.
func (f *Figure) durationScale(height float64) scale {
	least, most := 0.0, 0.0
	for _, s := range f.plot.series {
		if s.hidden {
			continue
		}
		for _, v := range s.values {
			if v, ok := v.Get(); ok {
				if most == 0 && least == 0 {
					least, most = v, v
				}
				least, most = min(least, v), max(most, v)
			}
		}
	}
	for _, u := range f.plot.usual {
		if u.ok {
			least, most = min(least, u.low), max(most, u.high)
		}
	}
	return durationScale(least, most, height)
}

// at is the middle of a slot.
func (d *drawing) at(i int) float64 { return d.left + float64((float64(i)+.5)*d.slot) }

// end is the right edge of the plot.
func (d *drawing) end() float64 { return d.left + float64(float64(len(d.plot.slots))*d.slot) }

func (d *drawing) some(is func(slot) bool) bool {
	for _, s := range d.plot.slots {
		if is(s) {
			return true
		}
	}
	return false
}

// patterns defines the hatchings that this drawing uses.
func (d *drawing) patterns() {
	d.raw("<defs>")
	if d.partialColumns() {
		d.pattern("-part", "fig-part-lines", "45", 5)
	}
	if d.doubtfulLines() {
		d.pattern("-doubt", "fig-doubt-lines", "45", 9)
	}
	if d.some(isUncovered) {
		d.pattern("-void", "fig-void-lines", "-45", 5)
	}
	d.raw("</defs>")
}

// pattern defines parallel lines that stand so many units apart.
func (d *drawing) pattern(name, class, angle string, apart float64) {
	d.raw(`<pattern id="`)
	d.data(d.id + name)
	d.raw(`"`)
	d.attr("width", apart)
	d.attr("height", apart)
	d.raw(` patternUnits="userSpaceOnUse" patternTransform="rotate(` + angle + `)">`)
	d.path(class)
	d.step('M', 0, apart/2)
	d.step('h', apart)
	d.done()
	d.raw("</pattern>")
}

// filled draws a rectangle filled with a pattern.
func (d *drawing) filled(pattern, class string, x, y, w, h float64) {
	d.openRect(class, x, y, w, h)
	d.fill(pattern)
	d.raw("/>")
}

// fill is an attribute: the pattern of that name.
func (d *drawing) fill(pattern string) {
	d.raw(` fill="url(#`)
	d.data(d.id + pattern)
	d.raw(`)"`)
}

// background shows where the data says nothing: not empty, but unknown; and,
// behind lines, which cannot be hatched themselves, where it says only a part.
func (d *drawing) background() {
	d.behind(isUncovered, "-void", "fig-void")
	if d.doubtfulLines() {
		d.behind(isCovered, "-doubt", "fig-doubt-area")
	}
	d.usualBand()
}

// usualBand shows behind the median what it usually is, a step for each period.
func (d *drawing) usualBand() {
	begun := false
	for i := 0; i < len(d.plot.usual); i++ {
		from := i
		for i < len(d.plot.usual) && d.plot.usual[i].ok {
			i++
		}
		if i == from {
			continue
		}
		if !begun {
			d.path("fig-usual")
			begun = true
		}
		edge := func(i int) float64 { return d.left + float64(float64(i)*d.slot) }
		d.step('M', edge(from), d.foot-d.up(d.plot.usual[from].high))
		for j := from; j < i; j++ {
			d.step('V', d.foot-d.up(d.plot.usual[j].high))
			d.step('H', edge(j+1))
		}
		for j := i - 1; j >= from; j-- {
			d.step('V', d.foot-d.up(d.plot.usual[j].low))
			d.step('H', edge(j))
		}
		d.raw("z")
	}
	if begun {
		d.done()
	}
}

// behind fills the plot behind the slots of a kind.
func (d *drawing) behind(is func(slot) bool, pattern, class string) {
	for i := 0; i < len(d.plot.slots); i++ {
		from := i
		for i < len(d.plot.slots) && is(d.plot.slots[i]) {
			i++
		}
		if i > from {
			d.filled(pattern, class, d.left+float64(float64(from)*d.slot), d.top, float64(float64(i-from)*d.slot), d.foot-d.top)
		}
	}
}

func isUncovered(s slot) bool { return !s.covered }
func isCovered(s slot) bool   { return s.covered }

// doubtfulLines reports whether lines are drawn of partial data.
func (d *drawing) doubtfulLines() bool { return d.plot.kind != columns && d.plot.doubt }

// open reports whether the value of a slot may still change: its period is not
// over, or the data is partial.
func (d *drawing) open(i int) bool { return d.plot.doubt || d.plot.slots[i].partial }

func (d *drawing) grid() {
	d.path("fig-grid")
	for _, t := range d.ticks {
		if t.at > 0 {
			d.step('M', d.left, d.foot-t.at)
			d.step('H', d.end())
		}
	}
	d.done()
	for _, t := range d.ticks {
		d.text("fig-soft", d.left-8, d.foot-t.at+4, end, t.text)
	}
}

// timeAxis draws the foot of the plot with its dates.
func (d *drawing) timeAxis() {
	ticks := timeTicks(d.plot.slots, d.plot.period, d.slot)
	d.path("fig-axis")
	d.step('M', d.left, d.foot)
	d.step('H', d.end())
	for _, t := range ticks {
		d.step('M', d.left+t.at, d.foot)
		d.step('v', 5)
	}
	d.done()
	d.y = d.foot + 18
	for _, t := range ticks {
		// A label at the edge keeps inside the drawing.
		x := min(max(d.left+t.at, width(t.text, textSize)/2), d.width()-width(t.text, textSize)/2)
		d.text("fig-soft", x, d.y, middle, t.text)
		if t.year != "" {
			d.text("fig-text", x, d.y+lineStep-2, middle, t.year)
		}
	}
	d.y += lineStep - 2
}

// hits are invisible areas, one per period, whose titles browsers show as tool
// tips, and which lead to what explains the period; a very dense chart has the
// table and the explorer for that. The links are for the pointer: an image has
// no parts that the keyboard could reach, so that finds them in the table.
func (d *drawing) hits() {
	if d.slot < 6 {
		return
	}
	d.raw(`<g class="fig-hits">`)
	for i, s := range d.plot.slots {
		address := d.plot.address(s)
		if address != "" {
			d.raw(`<a href="`)
			d.data(address)
			d.raw(`" tabindex="-1">`)
		}
		d.openRect("", d.at(i)-d.slot/2, d.top, d.slot, d.foot-d.top)
		d.raw("><title>")
		d.data(join(": ", s.name, s.words))
		d.raw("</title></rect>")
		if address != "" {
			d.raw("</a>")
		}
	}
	d.raw("</g>")
}
