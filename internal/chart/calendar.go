package chart

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Calendar shows how many deployments each day had: a column per week, a row
// per weekday. The rows of e say when each was; s says which time the data
// covers. A day outside of it is hatched, and not 0 (metrics/F2).
func Calendar(e dora.Explanation, s dora.ServiceReport, o Options) *Figure {
	sub := newSubject(s, o)
	f := sub.figure("Calendar of deployments")
	h := &heatmap{noun: "deployment", doubt: sub.doubt, zone: sub.Zone}
	if s.Source == dora.Merge {
		h.noun = "merge"
	}
	h.read(e, sub)
	f.plot.art = h
	f.plot.period = "week"
	f.plot.unit = h.noun + "s per day, by the clocks of " + zoneName(sub.Zone)
	for _, w := range h.weeks {
		f.plot.slots = append(f.plot.slots, w.slot)
	}
	f.Table = h.table()
	f.plot.rows = sub.Rows
	f.Table.Links = f.plot.links(0, len(f.Table.Rows))

	window := ""
	if len(h.weeks) > 0 {
		window = span(h.first, h.last.AddDate(0, 0, 1))
	}
	p := sub.provenance(handbook.DeploymentFrequency, window, sub.atLeast(count(float64(h.total), h.noun)))
	p.Weeks = "weeks from Monday"
	p.Coverage = "none"
	if s.Coverage.Status != dora.Uncovered {
		p.Coverage = join(", ", string(s.Coverage.Status), grouped(float64(h.covered))+" of "+count(float64(h.days), "day"))
	}
	if h.dropped > 0 {
		p.Remarks = append(p.Remarks, "the newest "+count(maxPeriods, "week")+" are shown, "+grouped(float64(h.dropped))+" older ones are not")
	}
	f.Provenance = p
	f.plot.head = join(" · ", sub.Service, window, p.N)
	f.plot.foot = p.drawn()
	switch {
	case h.covered == 0:
		f.Empty = sub.nothing("Deployment frequency", reasonOf(sub.periods, s.Overall, func(p dora.Period) dora.Reason { return p.Deployments.Reason }))
	case e.Metric != handbook.DeploymentFrequency:
		f.Empty = "Not measured: the days of the single " + h.noun + "s are not known."
	}
	if f.Finding = f.Empty; f.Empty == "" {
		f.Finding = h.finding()
	}
	return f
}

// links are the addresses for a table of so many rows that has those of the
// slots after some others; nil where there are none.
func (p plot) links(before, rows int) []string {
	links, linked := make([]string, rows), false
	for i, s := range p.slots {
		links[before+i] = p.address(s)
		linked = linked || links[before+i] != ""
	}
	if !linked {
		return nil
	}
	return links
}

// heatmap is a calendar of deployments. Its dates are midnights in UTC, so that
// no change of the clocks makes a day longer or leaves one out (metrics/T1).
type heatmap struct {
	noun        string
	doubt       bool
	zone        *time.Location
	weeks       []heatWeek // oldest first
	dropped     int        // older weeks beyond maxPeriods
	first, last time.Time  // dates of the window
	end         time.Time  // the last date that the data covers
	days        int        // in the window
	covered     int        // of those, at least in part
	total       int
	steps       [shades - 1]int // the greatest counts of all shades but the darkest
}

// heatWeek is one column, Monday first.
type heatWeek struct {
	slot
	days [7]heatDay
}

type heatDay struct {
	state dayState
	n     int
}

// dayState is what is known of a day.
type dayState int

const (
	beyond  dayState = iota // not in the window
	unknown                 // not in the data
	begun                   // in the data for a part of it
	whole
)

// shades is the number of colours above that of 0.
const shades = 4

var weekdays = [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// dateOf is the date of an instant on the clocks of a zone.
func dateOf(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// daysFrom is how many days after a date another is.
func daysFrom(a, b time.Time) int { return int(b.Sub(a) / (24 * time.Hour)) }

// mondayOf is the first day of the week of a date.
func mondayOf(date time.Time) time.Time { return date.AddDate(0, 0, -(int(date.Weekday())+6)%7) }

// read counts the rows by their days.
func (h *heatmap) read(e dora.Explanation, s subject) {
	from, to := e.From, e.To
	if len(s.periods) == 0 || !from.Before(to) {
		return
	}
	if p := s.periods[0].From; from.Before(p) {
		from = p // the figure shows a part of the range
	}
	since, until := s.covers(e)
	if to.Equal(until.Add(time.Second)) {
		to = until // the one instant of the data is no day of its own
	}
	h.first, h.last = dateOf(from, h.zone), dateOf(to.Add(-time.Second), h.zone)
	counts := map[time.Time]int{}
	for _, r := range e.Rows {
		if r.Included && r.Kind == dora.DeploymentRow && !r.At.Before(from) && r.At.Before(e.To) {
			date := dateOf(r.At, h.zone)
			counts[date]++
			if date.After(h.last) {
				h.last = date
			}
		}
	}
	if h.dropped = daysFrom(mondayOf(h.first), h.last)/7 + 1 - maxPeriods; h.dropped > 0 {
		h.first = mondayOf(h.first).AddDate(0, 0, 7*h.dropped)
	}
	anchors := map[time.Time]string{}
	for _, p := range s.periods {
		if p.Period != nil && s.unit == "week" {
			anchors[dateOf(p.From, h.zone)] = *p.Period
		}
	}
	for monday := mondayOf(h.first); !monday.After(h.last); monday = monday.AddDate(0, 0, 7) {
		w := heatWeek{slot: slot{from: monday, name: span(monday, monday.AddDate(0, 0, 7)), anchor: anchors[monday]}}
		for i := range w.days {
			date := monday.AddDate(0, 0, i)
			d := h.day(date, counts[date], since, until)
			w.days[i] = d
			w.covered = w.covered || d.state >= begun
			w.partial = w.partial || d.state != whole
			if d.state != beyond {
				h.days++
			}
			if d.state >= begun {
				h.covered++
				h.end = date
			}
			h.total += d.n
		}
		w.words = h.words(w)
		h.weeks = append(h.weeks, w)
	}
	h.shade()
}

// covers is the span in which a day without a row had no deployment. It begins
// with the first one, where the report knows nothing of the time before it
// although the data covers that (metrics/F2).
func (s subject) covers(e dora.Explanation) (since, until time.Time) {
	c := s.report.Coverage
	since, until = c.From, c.To
	i := slices.IndexFunc(s.periods, func(p dora.Period) bool { _, ok := known(p.Deployments.Count); return ok })
	if i < 0 || c.Status == dora.Uncovered {
		return time.Time{}, time.Time{}
	}
	p := s.periods[i]
	explained := since.After(p.From) || e.From.After(p.From) || p.To.After(until)
	if i == 0 && (!p.Partial || explained) || i > 0 && !since.Before(p.From) {
		return since, until
	}
	begin := p.To
	for _, r := range e.Rows {
		if r.Kind == dora.DeploymentRow && !r.At.Before(p.From) && r.At.Before(begin) {
			begin = r.At
		}
	}
	if !p.Partial || begin.Equal(p.To) {
		begin = p.From
	}
	if begin.After(since) {
		since = begin
	}
	return since, until
}

// day is what is known of a date. One whose clocks never showed midnight begins
// when they first showed it.
func (h *heatmap) day(date time.Time, n int, since, until time.Time) heatDay {
	y, m, d := date.Date()
	from, to := time.Date(y, m, d, 0, 0, 0, 0, h.zone), time.Date(y, m, d+1, 0, 0, 0, 0, h.zone)
	switch {
	case date.Before(h.first) || date.After(h.last):
		return heatDay{state: beyond}
	case n > 0 && (since.After(from) || until.Before(to)):
		return heatDay{begun, n}
	case !since.Before(to) || !until.After(from):
		return heatDay{state: unknown}
	case since.After(from) || until.Before(to):
		return heatDay{begun, n}
	}
	return heatDay{whole, n}
}

// shade chooses the steps by how often a count occurs, so that one great day
// does not make all others look alike.
func (h *heatmap) shade() {
	var counts []int
	for _, w := range h.weeks {
		for _, d := range w.days {
			if d.n > 0 {
				counts = append(counts, d.n)
			}
		}
	}
	slices.Sort(counts)
	least := 0
	for i, share := range [shades - 1]float64{.5, .75, .9} {
		least++
		if n := len(counts); n > 0 {
			least = max(least, counts[int(share*float64(n-1))])
		}
		h.steps[i] = least
	}
}

// step is the shade of a count: 0, or 1 to shades.
func (h *heatmap) step(n int) int {
	if n == 0 {
		return 0
	}
	for i, most := range h.steps {
		if n <= most {
			return i + 1
		}
	}
	return shades
}

// stepName is the counts of a shade.
func (h *heatmap) stepName(step int) string {
	if step == 0 {
		return "0"
	}
	least := 1
	if step > 1 {
		least = h.steps[step-2] + 1
	}
	switch {
	case step == shades:
		return grouped(float64(least)) + " or more"
	case h.steps[step-1] > least:
		return grouped(float64(least)) + "–" + grouped(float64(h.steps[step-1]))
	}
	return grouped(float64(least))
}

// words tell a week: 5 deployments, Mon 2, Thu 3.
func (h *heatmap) words(w heatWeek) string {
	n := 0
	var days []string
	for i, d := range w.days {
		n += d.n
		if d.n > 0 {
			days = append(days, weekdays[i][:3]+" "+grouped(float64(d.n)))
		}
	}
	if !w.covered {
		return missing(dora.OutsideCoverage)
	}
	all := count(float64(n), h.noun)
	if h.doubt {
		all = "at least " + all
	}
	return join(", ", all, strings.Join(days, ", "), h.remark(w))
}

// remark says what is special about a week.
func (h *heatmap) remark(w heatWeek) string {
	outside, part := 0, 0
	for _, d := range w.days {
		switch d.state {
		case unknown:
			outside++
		case begun:
			part++
		}
	}
	var words []string
	if outside > 0 && w.covered {
		words = append(words, count(float64(outside), "day")+" outside the data")
	} else if outside > 0 {
		return missing(dora.OutsideCoverage)
	}
	if part > 0 {
		words = append(words, count(float64(part), "partial day"))
	}
	if h.doubt {
		words = append(words, "partial data")
	}
	return strings.Join(words, ", ")
}

// table has a row per week, and one for the weekdays of them all.
func (h *heatmap) table() Table {
	t := Table{Columns: slices.Concat([]string{"Week"}, weekdays[:], []string{"All days", "Remark"})}
	if len(h.weeks) == 0 {
		return t
	}
	var sums [7]int
	cells := func(name string, of func(i int) string, all, remark string) {
		row := []string{name}
		for i := range weekdays {
			row = append(row, of(i))
		}
		t.Rows = append(t.Rows, append(row, all, remark))
	}
	for _, w := range h.weeks {
		n := 0
		cells(w.name, func(i int) string {
			d := w.days[i]
			n += d.n
			sums[i] += d.n
			if d.state < begun {
				return none
			}
			return grouped(float64(d.n))
		}, "", h.remark(w))
		all := none
		if w.covered {
			all = grouped(float64(n))
		}
		t.Rows[len(t.Rows)-1][8] = all
	}
	if h.covered > 0 {
		cells("All weeks", func(i int) string { return grouped(float64(sums[i])) }, grouped(float64(h.total)), "")
	}
	trimTable(&t, 9)
	return t
}

// gap is a stretch of days from one deployment to the next.
type gap struct {
	from, to time.Time // dates
	days     int
}

// rhythm is what the days say together.
type rhythm struct {
	busy    int // days with a deployment
	longest gap // the newest of the longest
	last    time.Time
	byDay   [7]int
}

func (h *heatmap) rhythm() rhythm {
	var r rhythm
	for _, w := range h.weeks {
		for i, d := range w.days {
			r.byDay[i] += d.n
			if d.n == 0 {
				continue
			}
			date := w.from.AddDate(0, 0, i)
			if g := (gap{r.last, date, daysFrom(r.last, date)}); r.busy > 0 && g.days >= r.longest.days {
				r.longest = g
			}
			r.busy++
			r.last = date
		}
	}
	return r
}

// favourites names the weekdays with the most deployments, where they are few
// enough to say something.
func (r rhythm) favourites() string {
	most := slices.Max(r.byDay[:])
	var names []string
	for i, n := range r.byDay {
		if n == most {
			names = append(names, weekdays[i]+"s")
		}
	}
	if len(names) > 2 {
		return ""
	}
	return strings.Join(names, " and ")
}

func (h *heatmap) finding() string {
	r := h.rhythm()
	of := " of " + count(float64(h.covered), "day")
	gaps := ""
	if h.covered < h.days {
		gaps = " The data covers " + grouped(float64(h.covered)) + " of " + count(float64(h.days), "day") + "."
	}
	switch {
	case h.doubt && h.total == 0:
		return "No " + h.noun + " is known on any" + of + ". The data is partial: there may have been some." + gaps
	case h.doubt:
		return upper(h.noun) + "s are known on " + grouped(float64(r.busy)) + of + ". The data is partial: there may have been more." + gaps
	case h.total == 0:
		return "No " + h.noun + " on any" + of + "." + gaps
	}
	said := upper(h.noun) + "s on " + grouped(float64(r.busy)) + of
	if h.total < few {
		said = "Only " + count(float64(h.total), h.noun) + ", on " + grouped(float64(r.busy)) + of + ": too few to speak of a rhythm"
	} else if days := r.favourites(); days != "" {
		said += ", most on " + days
	}
	longest := ""
	switch {
	case r.longest.days > 1:
		longest = "; the longest gap was " + grouped(float64(r.longest.days)) + " days (" + span(r.longest.from, r.longest.to.AddDate(0, 0, 1)) + ")"
	case r.longest.days == 1 && r.busy > 2:
		longest = ", one after the other"
	}
	return said + longest + ". " + h.sinceLast(r) + gaps
}

// sinceLast says how long ago the last deployment was when the data ends.
func (h *heatmap) sinceLast(r rhythm) string {
	switch n := daysFrom(r.last, h.end); {
	case n <= 0:
		return "The last " + h.noun + " was on the day on which the data ends."
	case n > r.longest.days && r.busy > 2:
		return "The last " + h.noun + " was " + count(float64(n), "day") + " before the data ends, longer ago than any gap before."
	default:
		return "The last " + h.noun + " was " + count(float64(n), "day") + " before the data ends."
	}
}

// open reports whether the count of a day may still change.
func (h *heatmap) open(c heatDay) bool { return h.doubt || c.state == begun }

// Sizes of the cells, in units of the drawing.
const (
	leastCell  = 9  // smaller ones cannot be told apart
	numberCell = 24 // has room for its number
	mostCell   = 30
)

func (h *heatmap) draw(d *drawing) {
	d.top = d.y + 10
	d.left = width("Wed", textSize) + 12
	room := d.width() - d.left - 2
	weeks := h.weeks
	if most := int(room / (leastCell + 1)); len(weeks) > most {
		weeks = weeks[len(weeks)-most:]
	}
	d.slot = min(float64(int(room/float64(len(weeks)))), mostCell+2)
	space := 1.0
	if d.slot >= 14 {
		space = 2
	}
	g := heatGrid{drawing: d, weeks: weeks, size: d.slot - space, space: space}
	d.foot = d.top + float64(7*d.slot) - space
	d.raw("<defs>")
	d.pattern("-void", "fig-void-lines", "-45", 5)
	d.raw("</defs>")
	g.cells("fig-void", "-void", func(c heatDay) bool { return c.state == unknown })
	for step := range shades + 1 {
		class := "fig-day fig-day-" + strconv.Itoa(step)
		g.cells(class, "", func(c heatDay) bool { return c.state >= begun && h.step(c.n) == step && !h.open(c) })
		g.cells(class+" fig-day-open", "", func(c heatDay) bool { return c.state >= begun && h.step(c.n) == step && h.open(c) })
	}
	g.months()
	if g.size >= numberCell {
		g.numbers(h)
	}
	every := 1
	if d.slot < 13 {
		every = 2
	}
	for i := 0; i < 7; i += every {
		d.text("fig-soft", d.left-8, g.y(i)+g.size/2+4, end, weekdays[i][:3])
	}
	d.y = d.foot + 17
	slots := make([]slot, len(weeks))
	for i, w := range weeks {
		slots[i] = w.slot
	}
	for _, t := range timeTicks(slots, "week", d.slot) {
		x := min(max(d.left+t.at, width(t.text, textSize)/2), d.width()-width(t.text, textSize)/2)
		d.text("fig-soft", x, d.y, middle, t.text)
		if t.year != "" {
			d.text("fig-text", x, d.y+lineStep-2, middle, t.year)
		}
	}
	d.y += lineStep - 2
	h.legend(d, len(weeks))
	g.hits()
}

// heatGrid places the cells of the weeks that a drawing has room for.
type heatGrid struct {
	*drawing
	weeks       []heatWeek
	size, space float64
}

func (g heatGrid) x(column int) float64 { return g.left + float64(float64(column)*g.slot) }
func (g heatGrid) y(row int) float64    { return g.top + float64(float64(row)*g.slot) }

// cells draws the days of a kind as one path, filled with a pattern if it is
// named.
func (g heatGrid) cells(class, pattern string, is func(heatDay) bool) {
	inset := 0.0
	if pattern == "" {
		inset = .5 // of the outline
	}
	size, begun := g.size-2*inset, false
	for column, w := range g.weeks {
		for row, c := range w.days {
			if !is(c) {
				continue
			}
			if !begun {
				g.raw(`<path class="` + class + `"`)
				if pattern != "" {
					g.fill(pattern)
				}
				g.raw(` d="`)
				begun = true
			}
			g.step('M', g.x(column)+inset, g.y(row)+inset)
			g.step('h', size)
			g.step('v', size)
			g.step('h', -size)
			g.raw("z")
		}
	}
	if begun {
		g.done()
	}
}

// months draws a line between the last day of a month and the first of the next.
func (g heatGrid) months() {
	g.path("fig-month")
	top, foot := g.top-3, g.foot+3
	for column, w := range g.weeks {
		for row := range w.days {
			if w.from.AddDate(0, 0, row).Day() != 1 || column == 0 && row == 0 {
				continue
			}
			x, y := g.x(column)-g.space/2, g.y(row)-g.space/2
			if row == 0 {
				g.step('M', x, top)
			} else {
				g.step('M', x+g.slot, top)
				g.step('V', y)
				g.step('H', x)
			}
			g.step('V', foot)
		}
	}
	g.done()
}

// numbers stand in the cells that are not 0.
func (g heatGrid) numbers(h *heatmap) {
	for column, w := range g.weeks {
		for row, c := range w.days {
			if text := grouped(float64(c.n)); c.n > 0 && width(text, textSize) <= g.size {
				g.text("fig-n fig-n"+strconv.Itoa(h.step(c.n)), g.x(column)+g.size/2, g.y(row)+g.size/2+4, middle, text)
			}
		}
	}
}

// hits are invisible areas, one per week, whose titles browsers show as tool tips.
func (g heatGrid) hits() {
	g.raw(`<g class="fig-hits">`)
	for column, w := range g.weeks {
		g.openRect("", g.x(column), g.top, g.slot, g.foot-g.top)
		g.raw("><title>")
		g.data(join(": ", w.name, w.words))
		g.raw("</title></rect>")
	}
	g.raw("</g>")
}

// legend explains the shades, and what else this drawing uses.
func (h *heatmap) legend(d *drawing, drawn int) {
	var items []item
	for step := range shades + 1 {
		items = append(items, item{h.stepName(step), func(x, y float64) {
			d.rect("fig-day fig-day-"+strconv.Itoa(step), x+.5, y-10.5, 12, 12)
		}})
	}
	has := func(is func(heatDay) bool) bool {
		for _, w := range h.weeks[len(h.weeks)-drawn:] {
			if slices.ContainsFunc(w.days[:], is) {
				return true
			}
		}
		return false
	}
	open := item{"partial day", func(x, y float64) {
		d.rect("fig-day fig-day-0 fig-day-open", x+.5, y-10.5, 12, 12)
	}}
	switch {
	case h.doubt:
		open.text = "partial data, may still change"
		items = append(items, open)
	case has(func(c heatDay) bool { return c.state == begun }):
		items = append(items, open)
	}
	if has(func(c heatDay) bool { return c.state == unknown }) {
		items = append(items, item{"outside the data", func(x, y float64) { d.filled("-void", "fig-void", x, y-10.5, 13, 13) }})
	}
	d.y += 3
	d.entries(items)
	if all := len(h.weeks); drawn < all {
		d.remarks("Drawn: the newest " + strconv.Itoa(drawn) + " of " + count(float64(all), "week"))
	}
}

// entries writes a legend, from left to right in as many lines as it needs.
func (d *drawing) entries(items []item) {
	x := 0.0
	for i, it := range items {
		w := 18 + width(it.text, textSize)*1.05 + 14
		if i == 0 || x+w-14 > d.width() {
			d.y += lineStep + 3
			x = 0
		}
		it.draw(x, d.y)
		d.text("fig-soft", x+18, d.y, start, it.text)
		x += w
	}
	d.y += 5
}

// folded breaks a sentence between its words into lines.
func folded(s string, room float64) []string {
	var lines []string
	for _, word := range strings.Fields(s) {
		if n := len(lines); n > 0 && width(lines[n-1]+" "+word, textSize)*1.1 <= room {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}

// remarks writes sentences below what is drawn, each from a line of its own.
func (d *drawing) remarks(sentences ...string) {
	for _, s := range sentences {
		for _, line := range folded(s, d.width()) {
			d.y += lineStep
			d.text("fig-soft", 0, d.y, start, line)
		}
	}
	d.y += 5
}

// explore gives a heat map over weeks and weekdays. The colours of the shades
// are those of the style sheet, in the order of the pieces.
func (h *heatmap) explore(f *Figure) (tree, meta map[string]any) {
	heat := charts.NewHeatMap()
	var days, names []string
	var data []opts.HeatMapData
	firsts := make([]int, len(h.weeks)) // of the items of each week
	for x, w := range h.weeks {
		days = append(days, w.from.Format("2006-01-02"))
		firsts[x] = len(data)
		for y, c := range w.days {
			switch {
			case c.state >= begun:
				data = append(data, opts.HeatMapData{Value: []any{x, y, c.n}})
			case c.state == unknown:
				data = append(data, opts.HeatMapData{Value: []any{x, y, nil}})
			}
		}
	}
	for _, name := range weekdays {
		names = append(names, name[:3])
	}
	heat.SetGlobalOptions(
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false), Selected: map[string]bool{upper(h.noun) + "s": true}}),
		charts.WithDataZoomOpts(opts.DataZoom{Type: "inside"}, opts.DataZoom{Type: "slider"}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Name: f.plot.unit, Data: names, Inverse: opts.Bool(true)}),
		charts.WithVisualMapOpts(opts.VisualMap{Type: "piecewise", Orient: "horizontal"}),
	)
	heat.AddSeries(upper(h.noun)+"s", data)
	heat.Validate()
	tree = plain(heat.JSON())
	x := child(tree, "xAxis")
	x["data"] = days // which go-echarts forgets for heat maps
	child(x, "axisLabel")["fmt"] = "week"
	child(x, "axisLabel")["hideOverlap"] = true
	child(tree, "yAxis")["nameLocation"] = "start" // the top, for an inverse axis
	var pieces []map[string]any
	for step := range shades + 1 {
		piece := map[string]any{"label": h.stepName(step), "min": 0, "max": 0}
		if step > 0 {
			piece["min"] = 1
			if step > 1 {
				piece["min"] = h.steps[step-2] + 1
			}
			delete(piece, "max")
			if step < shades {
				piece["max"] = h.steps[step-1]
			}
		}
		pieces = append(pieces, piece)
	}
	child(tree, "visualMap")["pieces"] = pieces // those of go-echarts leave out a 0
	items := child(tree, "series")["data"].([]any)
	at := 0
	for _, w := range h.weeks {
		for _, c := range w.days {
			if c.state == beyond {
				continue
			}
			if c.state == unknown || h.open(c) {
				items[at].(map[string]any)["partial"] = true
			}
			at++
		}
	}
	meta = f.meta()
	meta["kind"], meta["firsts"] = "calendar", firsts
	return tree, meta
}
