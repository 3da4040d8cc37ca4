package chart

import (
	"math"
	"slices"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// mostOpen is how many open pull requests one drawing shows.
const mostOpen = 20

// Ageing shows how long pull requests have been open by now, beside the
// percentiles of the lead time that the service itself had: what is stuck is
// seen before it makes a metric worse. A row's Seconds are its age. Titles are
// named, people never.
func Ageing(open []dora.Row, s dora.ServiceReport, o Options) *Figure {
	sub := newSubject(s, o)
	f := sub.figure("Open pull requests")
	a := &ageing{doubt: sub.doubt, refs: references(s.Overall.LeadTime)}
	rows := slices.DeleteFunc(slices.Clone(open), func(r dora.Row) bool {
		_, ok := age(r, s)
		return !ok
	})
	for _, t := range things(rows, sub.Zone) {
		t.seconds, _ = age(t.Row, s)
		t.at = t.From.In(sub.Zone)
		a.all = append(a.all, t)
	}
	a.all = slowest(a.all)
	a.dots = a.all[:min(len(a.all), mostOpen)]

	f.Table = a.table()
	f.plot.art = a
	f.plot.unit = "open for"
	if len(a.all) > 0 && !a.axis(1).flat {
		f.plot.unit += ", log scale"
	}
	sub.restsOn(f, handbook.LeadTime, "", sub.atLeast(count(float64(len(a.all)), "open pull request")))
	f.Provenance.LeftOut, f.Provenance.aside, f.Provenance.measured = nil, "", false // those of delivered changes
	f.plot.foot = f.Provenance.drawn()
	if window := span(s.Overall.From.In(sub.Zone), s.Overall.To.In(sub.Zone)); len(a.refs) > 0 && len(a.all) > 0 {
		usual := "p50, p90 of " + join(", ", count(float64(s.Overall.LeadTime.N), "change"), window)
		f.plot.foot = join(" · ", usual, f.plot.foot)
		f.Provenance.Remarks = append(f.Provenance.Remarks, usual)
	}
	if n := len(a.all) - len(a.dots); n > 0 {
		drawn := "the " + grouped(mostOpen) + " oldest of " + grouped(float64(len(a.all))) + " drawn"
		f.plot.foot = join(" · ", upper(drawn), f.plot.foot)
		f.Provenance.Remarks = append(f.Provenance.Remarks, drawn)
	}
	if n := len(a.all) - mostRows; n > 0 {
		f.Provenance.Remarks = append(f.Provenance.Remarks, "the table has the "+grouped(mostRows)+" oldest, "+grouped(float64(n))+" younger ones are left out")
	}
	if len(a.all) == 0 {
		return f.without(a.nothing(sub))
	}
	f.Finding = a.finding(s.Overall.LeadTime)
	return f
}

// age is how long a row has been open at the as-of time.
func age(r dora.Row, s dora.ServiceReport) (seconds float64, ok bool) {
	if v, ok := known(r.Seconds); ok {
		return v, v >= 0
	}
	if r.From.IsZero() || s.AsOf.IsZero() || r.From.After(s.AsOf) {
		return 0, false
	}
	return s.AsOf.Sub(r.From).Seconds(), true
}

// ageing is the drawing of Ageing.
type ageing struct {
	doubt bool
	all   []thing // the oldest first
	dots  []thing // those drawn
	refs  []reference
}

func (a *ageing) axis(length float64) scale { return fitting(a.all, a.refs, length) }

// past is the last reference that a duration lies beyond; "" where there is none.
func (a *ageing) past(seconds float64) (name string) {
	for _, r := range a.refs {
		if seconds > r.seconds {
			name = r.name
		}
	}
	return name
}

// comparison words a reference.
func comparison(past string) string {
	switch past {
	case "p50":
		return "longer than half of the delivered changes took"
	case "p90":
		return "longer than nine in ten delivered changes took"
	}
	return ""
}

func (a *ageing) nothing(s subject) string {
	switch l := s.report.Overall.LeadTime; {
	case s.report.Coverage.Status == dora.Uncovered || s.report.AsOf.IsZero():
		return s.nothing("The age of open pull requests", dora.OutsideCoverage)
	case l.Stages.Coding.Reason == dora.NotInSource:
		return "Not in the source: it does not say which pull requests are open."
	case s.doubt:
		return "No open pull request is known. The data is partial: there may be some."
	}
	return "No pull request is open."
}

func (a *ageing) finding(l dora.LeadTime) string {
	n := len(a.all)
	oldest := a.all[0].seconds
	p90 := slices.IndexFunc(a.refs, func(r reference) bool { return r.name == "p90" })
	all := count(float64(n), "open pull request")
	var said string
	if p90 < 0 {
		said = count(float64(n), "pull request") + " are open, the oldest for " + about(oldest)
		if n == 1 {
			said = "1 pull request is open, for " + about(oldest)
		}
		said += ". Too few changes were delivered (n = " + grouped(float64(l.N)) + ") to say what is usual."
		return said + a.mayChange()
	}
	usual := a.refs[p90]
	took := " nine in ten delivered changes took (" + about(usual.seconds) + ")"
	older := 0
	for _, t := range a.all {
		if a.past(t.seconds) == "p90" {
			older++
		}
	}
	switch {
	case older == 0:
		said = "No pull request is open longer than" + took
		if n == 1 {
			said += "; 1 is open, for " + about(oldest)
		} else {
			said += "; " + grouped(float64(n)) + " are open, the oldest for " + about(oldest)
		}
	case n == 1:
		said = "The one open pull request is older than" + took
	case older == 1:
		said = "1 of " + all + " is older than" + took
	default:
		said = grouped(float64(older)) + " of " + all + " are older than" + took
	}
	said += "."
	if usual.faint {
		said += " That is of only " + count(float64(l.N), "change") + ", which says little."
	}
	return said + a.mayChange()
}

func (a *ageing) mayChange() string {
	if a.doubt {
		return " The data is partial, so this may change."
	}
	return ""
}

func (a *ageing) table() Table {
	t := Table{Columns: []string{"Pull request", "Opened", "Open for", "Remark"}}
	for _, p := range a.all[:min(len(a.all), mostRows)] {
		opened := none
		if !p.From.IsZero() {
			opened = p.at.Format("2 Jan 2006")
		}
		t.Rows = append(t.Rows, []string{join(" ", p.name, p.Title), opened, Duration(p.seconds), comparison(a.past(p.seconds))})
		t.Links = append(t.Links, p.link)
	}
	trimTable(&t, 3)
	return linked(t)
}

func (a *ageing) words(t thing) string {
	opened := ""
	if !t.From.IsZero() {
		opened = "opened " + t.at.Format("2 Jan 2006")
	}
	return join(", ", "open for "+shortDuration(t.seconds), opened, comparison(a.past(t.seconds)))
}

// draw puts a dot per pull request under each other: beside its title, or where
// the column is narrow, below it.
func (a *ageing) draw(d *drawing) {
	step, drop := 22.0, 0.0
	d.left = 0
	if d.long {
		for _, t := range a.dots {
			d.left = max(d.left, width(t.full(), textSize))
		}
		d.left = min(d.left, d.width()*.42) + 12
	} else {
		step, drop = 36, 19
		d.left = 6
	}
	names := d.left - 12
	if !d.long {
		names = d.width() * .92 // fonts differ, and nothing stands beside it
	}
	wide := d.width() - d.left - 12
	d.scale = a.axis(wide)
	d.top = d.y + 12
	if len(a.refs) > 0 {
		d.top += lineStep
	}
	d.foot = d.top + step*float64(len(a.dots)) + 4

	d.hatchings(a.doubt, false)
	d.hatch(nil, nil, a.doubt, d.left, wide)
	upright := func(x float64) {
		if d.long {
			d.step('M', x, d.top)
			d.step('V', d.foot)
			return
		}
		for i := range a.dots { // not through the titles
			d.step('M', x, d.top+step*float64(i)+drop)
			d.step('v', step-drop)
		}
	}
	d.path("fig-grid")
	for _, t := range d.ticks {
		upright(d.left + t.at)
	}
	d.done()
	a.lines(d, upright)
	for i, t := range a.dots {
		y := d.top + step*float64(i) + 14
		d.anchor(t.link)
		d.raw("<g><title>")
		d.data(join(": ", t.full(), a.words(t)))
		d.raw("</title>")
		d.text("fig-value", 0, y, start, fit(t.full(), textSize, names))
		y += drop - 4
		x := d.left + d.up(t.seconds)
		d.path("fig-stem")
		d.step('M', d.left, y)
		d.step('H', x)
		d.done()
		d.agedDot(x, y, a.past(t.seconds) == "p90", a.doubt)
		text := shortDuration(t.seconds)
		if x+9+width(text, textSize) <= d.width() {
			d.text("fig-value", x+9, y+4, start, text)
		} else {
			d.text("fig-value", x-9, y+4, end, text)
		}
		d.raw("</g>")
		d.leave(t.link)
	}
	d.path("fig-axis")
	d.step('M', d.left, d.foot)
	d.step('h', wide)
	for _, t := range d.ticks {
		d.step('M', d.left+t.at, d.foot)
		d.step('v', 5)
	}
	d.done()
	d.y = d.foot + 18
	reach := -1.0
	for _, t := range d.ticks {
		half := width(t.text, textSize)/2 + 2
		x := min(max(d.left+t.at, half), d.width()-half)
		if x-half > reach {
			d.text("fig-soft", x, d.y, middle, t.text)
			reach = x + half + 4
		}
	}
	d.keys(a.legend(d))
}

// lines are the references, named above the plot.
func (a *ageing) lines(d *drawing, upright func(x float64)) {
	reach := 0.0
	for i, r := range a.refs {
		x := d.left + d.up(r.seconds)
		d.path(r.class(a.doubt))
		upright(x)
		d.done()
		half := boldWidth(r.label()) / 2
		at := min(max(x, half, reach+half), d.width()-half)
		if i+1 < len(a.refs) { // the last must find its place too
			at = min(at, d.width()-2*half-boldWidth(a.refs[i+1].label())-8)
			if next := d.left + d.up(a.refs[i+1].seconds) - boldWidth(a.refs[i+1].label())/2 - 8; at+half > next {
				at = max(half, next-half)
			}
		}
		d.text("fig-end fig-s"+r.n, at, d.top-5, middle, r.label())
		reach = at + half + 8
	}
}

// agedDot is a circle, or beyond the ninetieth percentile a square; hollow
// where the data is partial.
func (d *drawing) agedDot(x, y float64, old, doubt bool) {
	class := "fig-mark fig-s1"
	if old {
		class = "fig-mark fig-s2"
	}
	looks := []string{""}
	if doubt {
		looks = []string{" fig-open", " fig-hole"}
	}
	for _, look := range looks {
		d.path(class + look)
		d.dot(x, y)
		d.done()
	}
}

func (a *ageing) legend(d *drawing) (items []item) {
	if slices.ContainsFunc(a.dots, func(t thing) bool { return a.past(t.seconds) == "p90" }) {
		items = append(items, item{"older than nine in ten took", func(x, y float64) { d.agedDot(x+6, y-4, true, a.doubt) }})
	}
	items = append(items, refItems(d, a.refs, a.doubt)...)
	if a.doubt {
		items = append(items, item{"partial data, may still change", func(x, y float64) { d.filled("-doubt", "fig-doubt-area", x, y-10, 13, 12) }})
	}
	return items
}

// explore gives the dots a row each, and the references a line from the first
// row to the last.
func (a *ageing) explore(f *Figure) (tree, meta map[string]any) {
	axis := a.axis(100)
	var names, data []any
	var points []point
	for i, t := range a.dots {
		names = append(names, t.name)
		dot := map[string]any{"value": []any{axis.drawn(t.seconds), i}}
		if a.past(t.seconds) == "p90" {
			dot["old"] = true
		}
		if a.doubt {
			dot["partial"] = true
		}
		data = append(data, dot)
		points = append(points, point{t.full(), a.words(t), t.link, math.Round(10*axis.up(t.seconds)) / 10})
	}
	series := []any{map[string]any{"type": "scatter", "name": "Open pull requests", "data": data}}
	for _, r := range a.refs {
		line := []any{[]any{axis.drawn(r.seconds), 0}, []any{axis.drawn(r.seconds), len(a.dots) - 1}}
		series = append(series, map[string]any{"type": "line", "name": r.label(), "data": line})
	}
	y := map[string]any{"type": "category", "inverse": true, "data": names}
	return explored(durationAxis(axis, f.plot.unit), y, series), f.pointsMeta("ageing", "pull request", points, axis)
}
