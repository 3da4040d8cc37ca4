package chart

import (
	"cmp"
	"html"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	dot := func(t thing) area {
		x, y := place(t.at), d.foot-d.up(t.seconds)
		return area{x - 4, x + 4, y - 4, y + 4}
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
				for _, o := range a.dots {
					if dot(o).meets(c) {
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

// thing is one row as a figure shows it.
type thing struct {
	dora.Row
	name    string    // #12, with its repository where there are several
	link    string    // "": nowhere to go
	at      time.Time // in the zone of the figure
	seconds float64
	failed  bool // a deployment that failed delivered it
	named   bool
}

// things are rows in an order of their own, whatever the order they came in.
func things(rows []dora.Row, zone *time.Location) []thing {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, compareRows)
	repos := repoNames(rows)
	list := make([]thing, len(rows))
	for i, r := range rows {
		name := r.ID
		switch repo := repos[r.Repo]; {
		case len(repos) == 1 || repo == "":
		case strings.HasPrefix(name, "#"):
			name = repo + name
		default:
			name = repo + " " + name
		}
		list[i] = thing{Row: r, name: cutAfter(name, tipTitle), link: webAddress(r.URL)}
	}
	return list
}

// repoNames are the repositories of rows with what tells them apart: without
// their owner where that is enough.
func repoNames(rows []dora.Row) map[string]string {
	names, taken := map[string]string{}, map[string]string{}
	short := true
	for _, r := range rows {
		base := r.Repo[strings.LastIndexByte(r.Repo, '/')+1:]
		if other, ok := taken[base]; ok && other != r.Repo {
			short = false
		}
		names[r.Repo], taken[base] = base, r.Repo
	}
	if !short {
		for repo := range names {
			names[repo] = repo
		}
	}
	return names
}

// compareRows is a total order of what readers can tell apart.
func compareRows(a, b dora.Row) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Repo, b.Repo), compareNames(a.ID, b.ID), a.From.Compare(b.From), a.To.Compare(b.To),
		cmp.Compare(value(a.Seconds), value(b.Seconds)), strings.Compare(a.URL, b.URL), strings.Compare(a.Title, b.Title), cmp.Compare(len(a.Evidence), len(b.Evidence)))
}

// compareNames puts #9 before #10.
func compareNames(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// slowestFirst are the indexes of things, the one with the longest duration
// first.
func slowestFirst(list []thing) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(list[j].seconds, list[i].seconds) })
	return order
}

// slowest are the things in that order.
func slowest(list []thing) []thing {
	sorted := make([]thing, len(list))
	for r, i := range slowestFirst(list) {
		sorted[r] = list[i]
	}
	return sorted
}

// webAddress is an address that a mark may lead to. It comes from outside, so
// everything but the web is refused: a mark must not run a script.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > longURL || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// full is the name with as much of the title as a tool tip should hold.
func (t thing) full() string {
	return join(" ", t.name, cutAfter(strings.Join(strings.Fields(t.Title), " "), tipTitle))
}

// cutAfter cuts a text to so many letters.
func cutAfter(s string, letters int) string {
	if runes := []rune(s); len(runes) > letters {
		return strings.TrimRight(string(runes[:letters-1]), " ") + "…"
	}
	return s
}

// rangeOf is the time that an explanation is of, up to the as-of time.
func (s subject) rangeOf(e dora.Explanation) (from, to time.Time) {
	from, to = e.From, e.To
	if asOf := s.report.AsOf; asOf.After(from) && asOf.Before(to) {
		to = asOf
	}
	if from.IsZero() || !from.Before(to) {
		return time.Time{}, time.Time{}
	}
	return from.In(s.Zone), to.In(s.Zone)
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if a.IsZero() || b.After(a) {
		return b
	}
	return a
}

// void is the time of a range that the data does not cover.
func (s subject) void(c dora.Coverage, from, to time.Time) (outside [][2]time.Time) {
	if c.From.IsZero() || c.To.IsZero() {
		return nil
	}
	if c.From.After(from) {
		outside = append(outside, [2]time.Time{from, earliest(c.From.In(s.Zone), to)})
	}
	if c.To.Before(to.Add(-time.Second)) { // the overall period ends with the second after
		outside = append(outside, [2]time.Time{latest(c.To.In(s.Zone), from), to})
	}
	return outside
}

// restsOn says what a figure of single things rests on.
func (s subject) restsOn(f *Figure, m handbook.Metric, window, n string) {
	f.Provenance = s.provenance(m, window, n)
	f.Provenance.Coverage = CoverageWords(s.report.Coverage, s.Zone)
	f.plot.head = join(" · ", s.Service, window, f.Provenance.N)
	f.plot.foot = f.Provenance.drawn()
}

// reference is a line that says what is usual.
type reference struct {
	name    string // p50
	n       string // of its colour
	seconds float64
	faint   bool // it rests on few changes
}

// references are the percentiles of lead time; of fewer than six changes there
// are none (metrics/S4).
func references(l dora.LeadTime) (refs []reference) {
	if l.N < few {
		return nil
	}
	if v, ok := known(l.P50); ok {
		refs = append(refs, reference{"p50", "1", v, false})
	}
	if v, ok := known(l.P90); ok {
		refs = append(refs, reference{"p90", "2", v, l.N < fewForP90})
	}
	return refs
}

func (r reference) label() string { return r.name + " " + shortDuration(r.seconds) }

// boldWidth is the width of a label in bold letters.
func boldWidth(s string) float64 { return float64(width(s, textSize) * 1.14) }

// class is what the line looks like.
func (r reference) class(doubt bool) string {
	class := "fig-ref fig-s" + r.n
	if r.faint {
		class += " fig-faint"
	}
	if doubt {
		class += " fig-dotted"
	}
	return class
}

// fitting is a scale of durations that holds things and lines.
func fitting(list []thing, refs []reference, length float64) scale {
	least, most := math.Inf(1), 0.0
	for _, t := range list {
		least, most = min(least, t.seconds), max(most, t.seconds)
	}
	for _, r := range refs {
		least, most = min(least, r.seconds), max(most, r.seconds)
	}
	return durationScale(least, most, length)
}

// fromTo words two durations: 9 to 14 days, 26 h to 3.1 days.
func fromTo(low, high float64) string {
	if high < underMinute {
		return "less than a minute"
	}
	a, b := Duration(low), Duration(high)
	if a == b {
		return b
	}
	number, unit, _ := strings.Cut(a, " ")
	if _, u, _ := strings.Cut(b, " "); u == unit {
		a = number
	}
	return a + " to " + b
}

// linked drops the links of a table that has none.
func linked(t Table) Table {
	if !slices.ContainsFunc(t.Links, func(l string) bool { return l != "" }) {
		t.Links = nil
	}
	return t
}

// evidenceWords say what a failure rests on, and how sure that is (metrics/X8).
func evidenceWords(list []dora.Evidence) string {
	var words []string
	for _, e := range list {
		w := string(e.Kind)
		if e.Confidence != "" {
			w += " (" + e.Confidence + ")"
		}
		if w = join(" ", w, e.By); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// hatchings defines the patterns that hatch uses.
func (d *drawing) hatchings(doubt, void bool) {
	if !doubt && !void {
		return
	}
	d.raw("<defs>")
	if doubt {
		d.pattern("-doubt", "fig-doubt-lines", "45", 9)
	}
	if void {
		d.pattern("-void", "fig-void-lines", "-45", 5)
	}
	d.raw("</defs>")
}

// hatch shows behind the marks what the data does not cover, and that it is
// partial.
func (d *drawing) hatch(void [][2]time.Time, place func(time.Time) float64, doubt bool, left, wide float64) {
	for _, v := range void {
		from, to := place(v[0]), place(v[1])
		if to-from >= .5 {
			d.filled("-void", "fig-void", from, d.top, to-from, d.foot-d.top)
		}
	}
	if doubt {
		d.filled("-doubt", "fig-doubt-area", left, d.top, wide, d.foot-d.top)
	}
}

// anchor begins a link for the mouse: the keyboard has the table.
func (d *drawing) anchor(link string) {
	if link == "" {
		return
	}
	d.raw(`<a href="`)
	d.data(link)
	d.raw(`" tabindex="-1">`)
}

func (d *drawing) leave(link string) {
	if link != "" {
		d.raw("</a>")
	}
}

// refItems explain lines that are not what they seem.
func refItems(d *drawing, refs []reference, doubt bool) (items []item) {
	for _, r := range refs {
		if r.faint {
			items = append(items, item{r.name + " of fewer than " + strconv.Itoa(fewForP90) + " changes", func(x, y float64) {
				d.path(r.class(doubt))
				d.step('M', x, y-4)
				d.step('h', 13)
				d.done()
			}})
		}
	}
	return items
}

// keys writes a legend.
func (d *drawing) keys(items []item) {
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

// along is the place of an instant on an axis.
func along(t, from, to time.Time, wide float64) float64 {
	length := to.Sub(from).Seconds()
	if length <= 0 {
		return wide / 2
	}
	return float64(wide * min(max(t.Sub(from).Seconds()/length, 0), 1))
}

// instantAxis draws the foot of a plot that is as wide as the time from one
// instant to another, and leaves d.y below its dates.
func (d *drawing) instantAxis(from, to time.Time, wide float64) {
	ticks := instantTicks(from, to, wide)
	d.path("fig-axis")
	d.step('M', d.left, d.foot)
	d.step('h', wide)
	for _, t := range ticks {
		d.step('M', d.left+t.at, d.foot)
		d.step('v', 5)
	}
	d.done()
	d.y = d.foot + 18
	for _, t := range ticks {
		x := min(max(d.left+t.at, width(t.text, textSize)/2), d.width()-width(t.text, textSize)/2)
		d.text("fig-soft", x, d.y, middle, t.text)
		if t.year != "" {
			d.text("fig-text", x, d.y+lineStep-2, middle, t.year)
		}
	}
	d.y += lineStep - 2
}

// stride is a distance of labels on an axis of instants.
type stride struct {
	length time.Duration // about
	room   float64       // that a label needs
	format string
	under  string // written below, where it changes
	first  func(t time.Time) time.Time
	next   func(t time.Time) time.Time
}

// strides are the distances from the shortest to the longest.
func strides() (all []stride) {
	for _, n := range []int{1, 3, 6, 12} {
		all = append(all, stride{time.Duration(n) * time.Hour, 46, "15:04", "2 Jan",
			func(t time.Time) time.Time {
				return time.Date(t.Year(), t.Month(), t.Day(), (t.Hour()+n-1)/n*n, 0, 0, 0, t.Location())
			},
			func(t time.Time) time.Time {
				return time.Date(t.Year(), t.Month(), t.Day(), t.Hour()+n, 0, 0, 0, t.Location())
			}})
	}
	for _, n := range []int{1, 2, 7, 14} {
		all = append(all, stride{time.Duration(n) * 24 * time.Hour, dayLabel, "2 Jan", "2006",
			func(t time.Time) time.Time {
				day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
				for day.Before(t) || n >= 7 && day.Weekday() != time.Monday {
					day = day.AddDate(0, 0, 1)
				}
				return day
			},
			func(t time.Time) time.Time { return t.AddDate(0, 0, n) }})
	}
	for _, n := range []int{1, 2, 3, 6} {
		all = append(all, stride{time.Duration(n) * 30 * 24 * time.Hour, monthLabel, "Jan", "2006",
			func(t time.Time) time.Time {
				start := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
				for start.Before(t) || (int(start.Month())-1)%n != 0 {
					start = start.AddDate(0, 1, 0)
				}
				return start
			},
			func(t time.Time) time.Time { return t.AddDate(0, n, 0) }})
	}
	for _, n := range []int{1, 2, 5, 10, 20, 50} {
		all = append(all, stride{time.Duration(n) * 365 * 24 * time.Hour, 40, "2006", "",
			func(t time.Time) time.Time {
				start := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
				for start.Before(t) || start.Year()%n != 0 {
					start = start.AddDate(1, 0, 0)
				}
				return start
			},
			func(t time.Time) time.Time { return t.AddDate(n, 0, 0) }})
	}
	return all
}

// instantTicks labels the time from one instant to another with as many hours,
// days, months or years as there is room for.
func instantTicks(from, to time.Time, wide float64) []tick {
	stride, instants := instantsBetween(from, to, wide)
	ticks := make([]tick, len(instants))
	under := ""
	for i, t := range instants {
		ticks[i] = tick{at: along(t, from, to, wide), text: t.Format(stride.format)}
		if u := t.Format(stride.under); u != under {
			ticks[i].year, under = u, u
		}
	}
	return ticks
}

// instantsBetween are the instants that have a label, and how they are written.
func instantsBetween(from, to time.Time, wide float64) (stride, []time.Time) {
	if length := to.Sub(from); length > 0 {
		for _, s := range strides() {
			if wide*s.length.Seconds()/length.Seconds() < s.room {
				continue
			}
			var instants []time.Time
			for t := s.first(from); !t.After(to); t = s.next(t) {
				instants = append(instants, t)
			}
			if len(instants) > 0 {
				return s, instants
			}
		}
	}
	return stride{format: "2 Jan", under: "2006"}, []time.Time{from}
}

// point is what the script says of one mark, in the order of the data.
type point struct {
	Name  string  `json:"name"`
	Words string  `json:"words"`
	URL   string  `json:"url,omitempty"`
	Share float64 `json:"share"` // where it stands on the horizontal axis, in percent
}

// pointsMeta is what the script shows beside single things.
func (f *Figure) pointsMeta(kind, noun string, points []point, on scale) map[string]any {
	meta := map[string]any{"kind": kind, "noun": noun, "title": f.Title, "head": f.plot.head, "foot": f.plot.foot, "periods": points}
	if f.plot.doubt {
		meta["sign"] = "Partial data: the values may still change"
	}
	type label struct {
		At   float64 `json:"at"`
		Text string  `json:"text"`
	}
	var labels []label
	for _, m := range on.named {
		labels = append(labels, label{m.seconds, m.text})
	}
	if labels != nil {
		meta["labels"] = labels
	}
	return meta
}

// explored is a tree of options with the parts that all single things have.
func explored(x, y map[string]any, series []any) map[string]any {
	selected := map[string]any{}
	for _, s := range series {
		selected[s.(map[string]any)["name"].(string)] = true
	}
	zoom := func(kind string) map[string]any { // a bar that begins outside the window is still seen
		return map[string]any{"type": kind, "xAxisIndex": 0, "filterMode": "none"}
	}
	return map[string]any{
		"tooltip":  map[string]any{"show": true, "trigger": "item"},
		"legend":   map[string]any{"show": false, "selected": selected},
		"dataZoom": []any{zoom("inside"), zoom("slider")},
		"xAxis":    []any{x},
		"yAxis":    []any{y},
		"series":   series,
	}
}

// durationAxis is a logarithmic axis with the labels of the drawing.
func durationAxis(on scale, name string) map[string]any {
	var at []float64
	for _, m := range on.named {
		at = append(at, m.seconds)
	}
	axis := map[string]any{"type": "log", "name": name, "min": on.low, "max": on.high}
	for _, part := range []string{"axisLabel", "axisTick", "splitLine"} {
		axis[part] = map[string]any{"customValues": at}
	}
	child(axis, "axisLabel")["fmt"] = "duration"
	return axis
}

// clockAxis reaches from one instant to another. ECharts knows no zones, and
// stacks nothing on its own axis of time: this one is of seconds. It has more
// labels than fit, for those who look closer.
func clockAxis(from, to time.Time) map[string]any {
	axis := map[string]any{"type": "value", "min": clockOf(from), "max": max(clockOf(to), clockOf(from)+1)}
	for part, wide := range map[string]float64{"axisLabel": 4 * 720, "axisTick": 720, "splitLine": 720} {
		_, instants := instantsBetween(from, to, wide)
		at := make([]int64, len(instants))
		for i, t := range instants {
			at[i] = clockOf(t)
		}
		axis[part] = map[string]any{"customValues": at}
	}
	child(axis, "axisLabel")["fmt"] = "clock"
	child(axis, "axisLabel")["hideOverlap"] = true
	return axis
}

// clockOf is what the clocks of a zone show, in seconds, as if it were UTC.
func clockOf(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// percentAlong is the place of an instant on an axis, for the script.
func percentAlong(t, from, to time.Time) float64 { return math.Round(along(t, from, to, 1000)) / 10 }
