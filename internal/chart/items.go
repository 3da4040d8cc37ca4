package chart

import (
	"html"
	"math"
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

const (
	mostDots  = 400 // changes that one drawing holds; more would be one blot
	mostRows  = 100 // of a table of single things
	longest   = 5   // changes that are named
	tipTitle  = 60  // letters of a name, and of a title in a tool tip
	longURL   = 500 // what is longer is no address of a change
	wideRoom  = 24_000
	tightRoom = 8_500 // bytes of the marks in the two layouts: a page has more than one figure
)

// Items shows the lead time of each change by the day on which it was
// delivered: the included rows of e, which explains lead time. The lines are
// the percentiles of s, which the points of a part of its range lie about.
// What a deployment that failed delivered has another shape.
func Items(e dora.Explanation, s dora.ServiceReport, o Options) *Figure {
	o.Sample = o.Sample || e.Sample
	sub := newSubject(s, o)
	f := sub.figure("Lead time by change")
	st := leadTime(s.Source)
	rows := slices.DeleteFunc(slices.Clone(e.Rows), func(r dora.Row) bool {
		v, ok := known(r.Seconds)
		return !r.Included || !ok || v < 0 || r.At.IsZero()
	})
	a := &scatter{stretch: st, doubt: sub.doubt, all: things(rows, sub.Zone)}
	a.from, a.to = sub.rangeOf(e)
	for i := range a.all {
		t := &a.all[i]
		t.at, t.seconds = t.At.In(sub.Zone), value(t.Seconds)
		t.failed = len(t.Evidence) > 0
		a.from, a.to = earliest(a.from, t.at), latest(a.to, t.at)
	}
	a.void = sub.void(s.Coverage, a.from, a.to)
	a.whole = e.Period == nil && s.Overall.LeadTime.N == len(a.all)
	if flat := len(a.all) > 0 && a.axis(1).flat; !flat { // else all marks stand on one line
		a.refs = references(s.Overall.LeadTime)
	}
	a.choose()

	f.Table = a.table()
	f.plot.art = a
	f.plot.unit = st.axis
	if len(a.all) > 0 && !a.axis(1).flat {
		f.plot.unit += ", log scale"
	}
	sub.restsOn(f, handbook.LeadTime, span(a.from, a.to), sub.atLeast(count(float64(len(a.all)), "change")))
	if window := span(s.Overall.From.In(sub.Zone), s.Overall.To.In(sub.Zone)); len(a.refs) > 0 && !a.whole {
		usual := "p50, p90 of " + join(", ", count(float64(s.Overall.LeadTime.N), "change"), window)
		f.plot.foot = join(" · ", usual, f.plot.foot)
		f.Provenance.Remarks = append(f.Provenance.Remarks, usual)
	}
	if n := len(a.all); n > len(a.dots) {
		drawn := grouped(float64(len(a.dots))) + " of " + grouped(float64(n)) + " drawn"
		f.plot.foot = join(" · ", drawn, f.plot.foot)
		f.Provenance.Remarks = append(f.Provenance.Remarks, drawn+": where many lie together, one stands for its neighbours")
	}
	if n := len(a.all) - mostRows; n > 0 {
		f.Provenance.Remarks = append(f.Provenance.Remarks, "the table has the "+grouped(mostRows)+" slowest changes, "+grouped(float64(n))+" faster ones are left out")
	}
	if len(a.all) == 0 {
		return f.without(a.nothing(sub, e))
	}
	f.Finding = a.finding(s.Overall.LeadTime)
	return f
}

// scatter is the drawing of Items.
type scatter struct {
	stretch
	doubt    bool
	all      []thing // by time
	dots     []thing // those drawn
	from, to time.Time
	void     [][2]time.Time
	refs     []reference
	whole    bool // the references are of all that is shown, and of nothing else
}

// choose thins the points that lie together: of each cell of a grid the slowest
// stays, and what is named or extreme always. The grid is that of the data, so
// both layouts and the explorer show the same.
func (a *scatter) choose() {
	order := slowestFirst(a.all)
	last := len(order) - 1
	keep := map[int]bool{} // by index in all
	rank := make([]int, len(order))
	for r, i := range order {
		rank[i] = r
		if r < longest || r == last || i == 0 || i == last {
			keep[i] = true
		}
		a.all[i].named = r < longest
	}
	if len(order) <= mostDots {
		a.dots = a.all
		return
	}
	axis := a.axis(1)
	for cells := 200.0; ; cells *= .9 {
		if chosen := a.cells(rank, axis, cells, keep); len(chosen) <= mostDots {
			for _, i := range chosen {
				a.dots = append(a.dots, a.all[i])
			}
			return
		}
	}
}

// cells are the indexes of what stays of a grid that is so many cells wide.
func (a *scatter) cells(rank []int, axis scale, cells float64, keep map[int]bool) []int {
	type cell struct {
		x, y   int
		failed bool
	}
	best := map[cell]int{}
	length := math.Max(1, a.to.Sub(a.from).Seconds())
	for i, t := range a.all {
		c := cell{int(cells * t.at.Sub(a.from).Seconds() / length), int(cells / 3 * axis.up(t.seconds)), t.failed}
		if b, ok := best[c]; !ok || rank[i] < rank[b] {
			best[c] = i
		}
	}
	chosen := make([]int, 0, len(best)+len(keep))
	for _, i := range best {
		chosen = append(chosen, i)
	}
	for i := range keep {
		chosen = append(chosen, i)
	}
	slices.Sort(chosen)
	return slices.Compact(chosen)
}

// axis fits the points and the lines.
func (a *scatter) axis(height float64) scale {
	return fitting(a.all, a.refs, height)
}

func (a *scatter) nothing(s subject, e dora.Explanation) string {
	if why := LeadTime(s.report, s.Options).Empty; why != "" {
		return why
	}
	if s.doubt {
		return "No delivered change is known in this window. The data is partial: there may have been some."
	}
	if window := span(a.from, a.to); window != "" && e.Reason != dora.OutsideCoverage {
		return "No change was delivered in " + window + "."
	}
	return s.nothing("Change lead time", e.Reason)
}

func (a *scatter) finding(l dora.LeadTime) string {
	order := slowest(a.all)
	n := len(order)
	changes := count(float64(n), "change")
	p50, ok := known(l.P50)
	top := order[:min(n, longest)]
	slow := "the longest five took " + fromTo(top[len(top)-1].seconds, top[0].seconds)
	var said string
	switch {
	case n == 1:
		said = "Only 1 change delivered: it took " + about(order[0].seconds)
	case n < few:
		said = "Only " + changes + " delivered, too few to speak of a typical lead time: they took " + fromTo(order[n-1].seconds, order[0].seconds)
	case order[0].seconds < underMinute:
		said = "Each of the " + changes + " took less than a minute"
	case a.whole && ok && a.doubt:
		said = "Half of the " + changes + " known so far took less than " + limit(p50) + "; " + slow
	case a.whole && ok:
		said = "Half of the " + changes + " took less than " + limit(p50) + "; " + slow
	default:
		said = changes + " delivered; " + slow
	}
	said += "."
	failed := 0
	for _, t := range a.all {
		if t.failed {
			failed++
		}
	}
	switch {
	case failed == 1:
		said += " 1 was delivered by a deployment that failed."
	case failed > 1:
		said += " " + grouped(float64(failed)) + " were delivered by deployments that failed."
	}
	if a.doubt {
		said += " The data is partial, so this may change."
	}
	return said
}

func (a *scatter) table() Table {
	t := Table{Columns: []string{"Change", "Delivered", "Lead time", "Coding", "Waiting for review", "Review", "Waiting for deployment", "Remark"}}
	order := slowest(a.all)
	for _, c := range order[:min(len(order), mostRows)] {
		var parts dora.RowParts
		if c.Parts != nil {
			parts = *c.Parts
		}
		remark := ""
		if c.failed {
			remark = "its deployment failed: " + evidenceWords(c.Evidence)
		}
		t.Rows = append(t.Rows, []string{join(" ", c.name, c.Title), c.at.Format("2 Jan 2006"), Duration(c.seconds),
			cell(parts.Coding, Duration), cell(parts.Pickup, Duration), cell(parts.Review, Duration), cell(parts.Deploy, Duration), remark})
		t.Links = append(t.Links, c.link)
	}
	trimTable(&t, 3, 4, 5, 6, 7)
	return linked(t)
}

// draw puts the points on a plane of dates and durations.
func (a *scatter) draw(d *drawing) {
	right := 8.0
	for _, r := range a.refs {
		right = max(right, boldWidth(r.label())+9)
	}
	d.scale = a.axis(d.layout.height + 60)
	for _, t := range d.ticks {
		d.left = max(d.left, width(t.text, textSize))
	}
	d.left += 8
	wide := d.width() - d.left - right
	d.top = d.y + 20
	d.foot = d.top + d.scale.height
	place := func(t time.Time) float64 { return d.left + along(t, a.from, a.to, wide) }

	d.hatchings(a.doubt && len(a.dots) > 0, len(a.void) > 0)
	d.hatch(a.void, place, a.doubt, d.left, wide)
	d.path("fig-grid")
	for _, t := range d.ticks {
		if t.at > 0 {
			d.step('M', d.left, d.foot-t.at)
			d.step('h', wide)
		}
	}
	d.done()
	for _, t := range d.ticks {
		d.text("fig-soft", d.left-8, d.foot-t.at+4, end, t.text)
	}
	a.marks(d, place)
	var labels []endLabel
	for _, r := range a.refs {
		y := d.foot - d.up(r.seconds)
		d.path(r.class(a.doubt))
		d.step('M', d.left, y)
		d.step('h', wide)
		d.done()
		labels = append(labels, endLabel{at: y, y: y, text: r.label(), n: r.n})
	}
	spread(labels, d.foot-6)
	for _, l := range labels {
		d.text("fig-end fig-s"+l.n, d.left+wide+6, l.y+4, start, l.text)
	}
	a.names(d, place, wide)
	d.instantAxis(a.from, a.to, wide)
	d.keys(a.legend(d))
}

// detail is how much a mark carries.
type detail int

const (
	bare  detail = iota
	short        // its name, duration and date
	rich         // its title, and the way to it
)

// marks draws the points. Those that deserve it most carry most: a drawing of
// hundreds of links would weigh more than the page around it.
func (a *scatter) marks(d *drawing, place func(time.Time) float64) {
	room := tightRoom
	if d.long {
		room = wideRoom
	}
	details := a.details(room)
	for _, failed := range []bool{false, true} {
		class := "fig-items"
		if failed {
			class += " fig-fell"
		} else if len(a.dots) > 150 {
			class += " fig-many"
		}
		var plain []int
		begun := false
		for i, t := range a.dots {
			if t.failed != failed {
				continue
			}
			if !begun {
				d.raw(`<g class="` + class + `">`)
				begun = true
			}
			if details[i] == bare {
				plain = append(plain, i)
				continue
			}
			link := ""
			if details[i] == rich {
				link = t.link
			}
			d.anchor(link)
			d.raw(`<path d="`)
			a.mark(d, t, place)
			d.raw(`"><title>`)
			d.data(a.words(t, details[i]))
			d.raw("</title></path>")
			d.leave(link)
		}
		if len(plain) > 0 {
			d.raw(`<path d="`)
			for _, i := range plain {
				a.mark(d, a.dots[i], place)
			}
			d.raw(`"/>`)
		}
		if begun {
			d.raw("</g>")
		}
	}
}

// mark adds one point to a path: a dot, or a triangle.
func (a *scatter) mark(d *drawing, t thing, place func(time.Time) float64) {
	x, y := place(t.at), d.foot-d.up(t.seconds)
	if t.failed {
		d.step('M', x, y-5)
		d.step('l', 5, 9)
		d.step('h', -10)
		d.raw("z")
		return
	}
	d.dot(x, y)
}

func (a *scatter) words(t thing, much detail) string {
	if much == rich {
		return join(": ", t.full(), join(", ", shortDuration(t.seconds), t.at.Format("2 Jan 2006"), a.fate(t)))
	}
	return join(": ", t.name, join(", ", shortDuration(t.seconds), t.at.Format("2 Jan")))
}

func (a *scatter) fate(t thing) string {
	if t.failed {
		return "delivered by a deployment that failed"
	}
	return ""
}

// details gives the marks what fits into so many bytes: first those that are
// named or failed all they have, then all the others a few words, then, from
// the slowest on, the rest of it.
func (a *scatter) details(room int) []detail {
	const (
		mark    = len(`M123.4 123.4h.01`)
		wrapper = len(`<path d=""><title></title></path>`)
		anchor  = len(`<a href="" tabindex="-1"></a>`)
	)
	cost := func(t thing, much detail) int {
		if much == bare {
			return mark
		}
		n := mark + wrapper + len(html.EscapeString(a.words(t, much)))
		if much == rich && t.link != "" {
			n += anchor + len(html.EscapeString(t.link))
		}
		return n
	}
	details := make([]detail, len(a.dots))
	room -= mark * len(a.dots)
	order := slowestFirst(a.dots)
	raise := func(to detail, is func(thing) bool) {
		for _, i := range order {
			t := a.dots[i]
			if details[i] >= to || !is(t) {
				continue
			}
			more := cost(t, to) - cost(t, details[i])
			if more > room {
				return
			}
			room -= more
			details[i] = to
		}
	}
	raise(rich, func(t thing) bool { return t.named })
	raise(rich, func(t thing) bool { return t.failed })
	all := func(thing) bool { return true }
	raise(short, all)
	raise(rich, all)
	return details
}

// area is a rectangle that something occupies.
type area struct{ left, right, top, bottom float64 }

func (a area) meets(b area) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// names writes the names of the slowest beside them, where they hide the least.
func (a *scatter) names(d *drawing, place func(time.Time) float64, wide float64) {
	var taken []area
	dots := make([]area, len(a.dots)) // each is looked at for every place of every name
	for i, t := range a.dots {
		x, y := place(t.at), d.foot-d.up(t.seconds)
		dots[i] = area{x - 4, x + 4, y - 4, y + 4}
	}
	for _, t := range slowest(a.dots) {
		if !t.named || d.flat {
			continue
		}
		text := t.name
		if width(text, textSize) > 130 {
			text = fit(cutAfter(t.ID, tipTitle), textSize, 130)
		}
		w := width(text, textSize)
		x, y := place(t.at), d.foot-d.up(t.seconds)
		best, least := area{}, math.MaxInt
		for _, dy := range []float64{0, -15, 15, -30, 30, -45, 45, 60, 75} {
			for _, left := range []float64{x + 8, x - 8 - w} {
				c := area{left, left + w, y + dy - 7, y + dy + 7}
				if c.left < d.left+2 || c.right > d.left+wide || c.top < d.top-16 || c.bottom > d.foot-1 {
					continue
				}
				hidden := int(math.Abs(dy)) / 15
				for _, o := range dots {
					if o.meets(c) {
						hidden += 2
					}
				}
				for _, b := range taken {
					if b.meets(c) {
						hidden += 1000
					}
				}
				for _, r := range a.refs {
					if ref := d.foot - d.up(r.seconds); c.top < ref && ref < c.bottom {
						hidden += 3
					}
				}
				if hidden < least {
					best, least = c, hidden
				}
			}
		}
		if least >= 1000 { // no room: its tool tip and the table have the name
			continue
		}
		taken = append(taken, best)
		mid := (best.top + best.bottom) / 2
		if math.Abs(mid-y) > 9 {
			d.path("fig-pointer")
			d.step('M', x, y)
			if best.left > x {
				d.step('L', best.left-2, mid)
			} else {
				d.step('L', best.right+2, mid)
			}
			d.done()
		}
		d.anchor(t.link)
		d.text("fig-value", best.left, mid+4, start, text)
		d.leave(t.link)
	}
}

func (a *scatter) legend(d *drawing) (items []item) {
	failed := false
	for _, t := range a.dots {
		failed = failed || t.failed
	}
	if failed {
		items = append(items, item{"delivered by a deployment that failed", func(x, y float64) {
			d.raw(`<g class="fig-items fig-fell">`)
			d.path("fig-item")
			d.step('M', x+6, y-9)
			d.step('l', 5, 9)
			d.step('h', -10)
			d.raw(`z"/></g>`)
		}})
	}
	if len(a.all) < few { // metrics/S4
		items = append(items, item{"fewer than 6 changes: no percentiles", func(x, y float64) {
			d.raw(`<g class="fig-items">`)
			d.path("fig-item")
			d.dot(x+6, y-4)
			d.done()
			d.raw("</g>")
		}})
	}
	items = append(items, refItems(d, a.refs, a.doubt)...)
	if a.doubt {
		items = append(items, item{"partial data, may still change", func(x, y float64) { d.filled("-doubt", "fig-doubt-area", x, y-10, 13, 12) }})
	}
	if len(a.void) > 0 {
		items = append(items, item{"outside the data", func(x, y float64) { d.filled("-void", "fig-void", x, y-10, 13, 12) }})
	}
	return items
}

// explore gives the points, and the lines as series of their own.
func (a *scatter) explore(f *Figure) (tree, meta map[string]any) {
	axis := a.axis(1)
	var points []point
	var data []any
	for _, t := range a.dots {
		at := map[string]any{"value": []any{clockOf(t.at), axis.drawn(t.seconds)}}
		if t.failed {
			at["failed"] = true
		}
		if a.doubt {
			at["partial"] = true
		}
		data = append(data, at)
		points = append(points, point{t.full(), join(", ", shortDuration(t.seconds), t.at.Format("2 Jan 2006"), a.fate(t)), t.link, percentAlong(t.at, a.from, a.to)})
	}
	series := []any{map[string]any{"type": "scatter", "name": "Changes", "data": data}}
	for _, r := range a.refs {
		line := []any{[]any{clockOf(a.from), axis.drawn(r.seconds)}, []any{clockOf(a.to), axis.drawn(r.seconds)}}
		series = append(series, map[string]any{"type": "line", "name": r.label(), "data": line})
	}
	return explored(clockAxis(a.from, a.to), durationAxis(axis, f.plot.unit), series), f.pointsMeta("items", "change", points, axis)
}
