package chart

import (
	"cmp"
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// mostBars is how many failed deployments one drawing shows.
const mostBars = 30

// Recoveries shows each failed deployment as a bar from going live to service
// restored (metrics/X5): the included rows of e, which explains recovery time.
// What is not restored at the as-of time has no end, and looks like it
// (metrics/X6).
func Recoveries(e dora.Explanation, s dora.ServiceReport, o Options) *Figure {
	o.Sample = o.Sample || e.Sample
	sub := newSubject(s, o)
	const title = "Failed deployments"
	if s.Overall.RecoveryTime.Reason == dora.NotMeasured {
		return sub.unmeasured(handbook.RecoveryTime, title, noRule)
	}
	f := sub.figure(title)
	a := &timeline{noun: noun(s.Source), doubt: sub.doubt, asOf: s.AsOf.In(sub.Zone)}
	a.read(e, sub)
	a.void = sub.void(s.Coverage, a.from, a.to)
	a.median = ofRange(e, "p50", s.Overall.RecoveryTime.P50)

	f.Table = a.table()
	f.plot.art = a
	f.plot.unit = "from going live to service restored"
	sub.restsOn(f, handbook.RecoveryTime, span(a.since, a.to), sub.atLeast(count(float64(len(a.all)), "failed "+a.noun)))
	if n := len(a.all) - len(a.bars); n > 0 {
		drawn := "the newest " + grouped(mostBars) + " of " + grouped(float64(len(a.all))) + " drawn"
		f.plot.foot = join(" · ", upper(drawn), f.plot.foot)
		f.Provenance.Remarks = append(f.Provenance.Remarks, drawn)
	}
	if n := len(a.all) - mostRows; n > 0 {
		f.Provenance.Remarks = append(f.Provenance.Remarks, "the table has the "+grouped(mostRows)+" newest, "+grouped(float64(n))+" older ones are left out")
	}
	if len(a.all) == 0 {
		return f.without(a.nothing(sub, e))
	}
	f.Finding = a.finding()
	return f
}

// ofRange is a value of what e explains; all is the same of the whole range.
func ofRange(e dora.Explanation, name string, all dora.Number) dora.Number {
	for _, v := range e.Values {
		if v.Name == name {
			return v.Value
		}
	}
	if e.Period != nil {
		return dora.Number{}
	}
	return all
}

// timeline is the drawing of Recoveries.
type timeline struct {
	noun     string
	doubt    bool
	all      []outage  // the newest first
	bars     []outage  // those drawn
	since    time.Time // when the range begins
	from, to time.Time // those of the axis
	asOf     time.Time
	void     [][2]time.Time
	median   dora.Number
}

// outage is one failed deployment.
type outage struct {
	thing
	end  time.Time // where the bar ends: restored, or the as-of time
	open bool
}

func (a *timeline) read(e dora.Explanation, s subject) {
	rows := slices.DeleteFunc(slices.Clone(e.Rows), func(r dora.Row) bool { return !r.Included || r.From.IsZero() && r.At.IsZero() })
	for _, t := range things(rows, s.Zone) {
		b := outage{thing: t, open: t.To.IsZero()}
		b.at = t.From.In(s.Zone)
		if t.From.IsZero() {
			b.at = t.At.In(s.Zone)
		}
		if b.end = t.To.In(s.Zone); b.open {
			b.end = a.asOf
		}
		b.end = latest(b.end, b.at)
		if b.seconds = b.end.Sub(b.at).Seconds(); !b.open {
			if v, ok := known(t.Seconds); ok {
				b.seconds = v
			}
		}
		a.all = append(a.all, b)
	}
	slices.SortStableFunc(a.all, func(a, b outage) int { return cmp.Or(b.at.Compare(a.at), compareRows(b.Row, a.Row)) })
	a.bars = a.all[:min(len(a.all), mostBars)]
	a.from, a.to = s.rangeOf(e)
	for _, b := range a.all {
		a.from, a.to = earliest(a.from, b.at), latest(a.to, b.end)
	}
	a.since = a.from
	if len(a.bars) < len(a.all) { // the time of what is not drawn would look free of failures
		oldest := a.bars[len(a.bars)-1].at
		a.from = time.Date(oldest.Year(), oldest.Month(), oldest.Day(), 0, 0, 0, 0, s.Zone)
	}
}

func (a *timeline) nothing(s subject, e dora.Explanation) string {
	overall := s.report.Overall
	r := overall.RecoveryTime.Reason
	deployments, counted := known(overall.Deployments.Count)
	switch {
	case r == dora.OutsideCoverage || r == dora.NotInSource || s.report.Coverage.Status == dora.Uncovered || s.report.AsOf.IsZero():
		return s.nothing(MetricName(handbook.RecoveryTime), cmp.Or(r, e.Reason))
	case s.doubt:
		return "No " + a.noun + " is known to have failed. The data is partial: one may have."
	case counted && deployments == 0 && e.Period == nil:
		return "No " + a.noun + " in this window, so none failed."
	}
	return "No " + a.noun + " is known to have failed."
}

func (a *timeline) finding() string {
	failed := "failed " + a.noun
	n, open := len(a.all), 0
	most, oldest := 0.0, 0.0 // seconds: of all, and of what is open
	for _, b := range a.all {
		most = max(most, b.seconds)
		if b.open {
			open++
			oldest = max(oldest, b.seconds)
		}
	}
	said, typical := "", ""
	if v, ok := known(a.median); ok {
		typical = "; half within " + limit(v) + " (Kaplan–Meier"
	} else {
		typical = "; the median is over " + Duration(most) + " (Kaplan–Meier"
	}
	if n < few { // metrics/S4
		typical += ", small sample"
	}
	typical += ")"
	still := ""
	switch {
	case open == 1:
		still = "; 1 is open for " + about(oldest)
	case open > 1:
		still = "; " + grouped(float64(open)) + " are open, the longest for " + about(oldest)
	}
	switch {
	case n == 1 && open == 1:
		said = "The one " + failed + " is not restored: it is open for " + about(oldest)
	case n == 1:
		said = "The one " + failed + " was restored after " + about(most)
	case open == n:
		said = "None of the " + count(float64(n), failed) + " is restored" + still
	case open == 0:
		said = "All " + count(float64(n), failed) + " are restored" + typical
	default:
		verb := "are"
		if n-open == 1 {
			verb = "is"
		}
		said = grouped(float64(n-open)) + " of " + count(float64(n), failed) + " " + verb + " restored" + typical + still
	}
	said += "."
	if a.doubt {
		said += " The data is partial, so this may change."
	}
	return said
}

// took words how long it was, or is by now.
func (b outage) took() string {
	if b.open {
		return "over " + Duration(b.seconds)
	}
	return Duration(b.seconds)
}

func (a *timeline) table() Table {
	t := Table{Columns: []string{upper(a.noun), "Live", "Restored", "Recovery time", "Evidence", "Remark"}}
	for _, b := range a.all[:min(len(a.all), mostRows)] {
		restored, remark := none, "still open"
		if !b.open {
			restored, remark = b.To.In(b.at.Location()).Format(asOfLayout), ""
		}
		t.Rows = append(t.Rows, []string{b.full(), b.at.Format(asOfLayout), restored, b.took(), orNone(evidenceWords(b.Evidence)), remark})
		t.Links = append(t.Links, b.link)
	}
	trimTable(&t, 4, 5)
	return linked(t)
}

// label is the duration beside a bar.
func (b outage) label() string {
	if b.open {
		return "open " + shortDuration(b.seconds)
	}
	return shortDuration(b.seconds)
}

func (b outage) words() string {
	end := "not restored after " + shortDuration(b.seconds)
	if !b.open {
		end = "restored after " + shortDuration(b.seconds)
	}
	return join(", ", "live "+b.at.Format("2 Jan 2006 15:04"), end, evidenceWords(b.Evidence))
}

// draw puts a bar per failed deployment under each other.
func (a *timeline) draw(d *drawing) {
	const step, thick = 22.0, 10.0
	const tail = 22.0 // what an open bar reaches beyond the as-of time
	names, durations, open := 0.0, 0.0, false
	for _, b := range a.bars {
		names = max(names, width(b.name, textSize))
		durations = max(durations, width(b.label(), textSize))
		open = open || b.open
	}
	names = min(names, d.width()*.42-durations-22)
	d.left = names + 14 + durations + 8
	right := 4.0
	if open {
		right = tail
	}
	wide := d.width() - d.left - right
	d.top = d.y + 10
	d.foot = d.top + step*float64(len(a.bars)) + 4
	place := func(t time.Time) float64 { return d.left + along(t, a.from, a.to, wide) }

	d.hatchings(a.doubt, len(a.void) > 0)
	d.hatch(a.void, place, a.doubt, d.left, wide)
	d.path("fig-grid")
	for _, t := range instantTicks(a.from, a.to, wide) {
		d.step('M', d.left+t.at, d.top)
		d.step('V', d.foot)
	}
	for i := range a.bars {
		d.step('M', d.left, d.top+step*(float64(i)+.5))
		d.step('h', wide)
	}
	d.done()
	if open {
		d.path("fig-now")
		d.step('M', place(a.asOf), d.top)
		d.step('V', d.foot)
		d.done()
	}
	for i, b := range a.bars {
		y := d.top + step*(float64(i)+.5)
		d.anchor(b.link)
		d.raw("<g><title>")
		d.data(join(": ", b.full(), b.words()))
		d.raw("</title>")
		d.text("fig-text", 0, y+4, start, fit(b.name, textSize, names))
		d.text("fig-soft", d.left-8, y+4, end, b.label())
		from, to := place(b.at), place(b.end)
		if b.open {
			to = max(to, from+3)
			d.path("fig-bar fig-unended")
			d.step('M', to, y-thick/2)
			d.step('H', from)
			d.step('v', thick)
			d.step('H', to)
			d.done()
			d.path("fig-onward")
			d.step('M', to, y)
			d.step('h', tail-10)
			d.done()
			d.path("fig-arrow")
			d.step('M', to+tail-10, y-4)
			d.step('l', 7, 4)
			d.step('l', -7, 4)
			d.raw("z")
			d.done()
		} else {
			d.rect("fig-bar", from, y-thick/2, max(to-from, 3), thick)
		}
		d.raw("</g>")
		d.leave(b.link)
	}
	d.instantAxis(a.from, a.to, wide)
	d.keys(a.legend(d, open))
}

func (a *timeline) legend(d *drawing, open bool) (items []item) {
	if open {
		items = append(items, item{"not restored by " + a.asOf.Format(asOfLayout), func(x, y float64) {
			d.path("fig-bar fig-unended")
			d.step('M', x+6, y-8)
			d.step('H', x)
			d.step('v', 8)
			d.step('H', x+6)
			d.done()
			d.path("fig-arrow")
			d.step('M', x+8, y-8)
			d.step('l', 6, 4)
			d.step('l', -6, 4)
			d.raw("z")
			d.done()
		}})
	}
	if a.doubt {
		items = append(items, item{"partial data, may still change", func(x, y float64) { d.filled("-doubt", "fig-doubt-area", x, y-10, 13, 12) }})
	}
	if len(a.void) > 0 {
		items = append(items, item{"outside the data", func(x, y float64) { d.filled("-void", "fig-void", x, y-10, 13, 12) }})
	}
	return items
}

// explore stacks each bar on one that nobody sees, which reaches to its start.
func (a *timeline) explore(f *Figure) (tree, meta map[string]any) {
	var names, starts, bars []any
	var points []point
	for _, b := range a.bars {
		names = append(names, b.name)
		starts = append(starts, map[string]any{"value": clockOf(b.at)})
		bar := map[string]any{"value": max(clockOf(b.end)-clockOf(b.at), 0)}
		if b.open {
			bar["open"] = true
		}
		if b.open || a.doubt {
			bar["partial"] = true
		}
		bars = append(bars, bar)
		points = append(points, point{b.full(), b.words(), b.link, percentAlong(b.at, a.from, a.to)})
	}
	y := map[string]any{"type": "category", "inverse": true, "data": names}
	tree = explored(clockAxis(a.from, a.to), y, []any{
		map[string]any{"type": "bar", "name": "Start", "stack": "bar", "silent": true, "data": starts},
		map[string]any{"type": "bar", "name": "Recovery", "stack": "bar", "data": bars},
	})
	return tree, f.pointsMeta("recoveries", a.noun, points, scale{})
}
