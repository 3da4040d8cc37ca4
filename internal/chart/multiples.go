package chart

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Multiples shows one metric of several services or teams, each in a row with a
// scale of its own, over the same periods. They stand in the order of their
// names: each is to be read beside its own past, and none beside another
// (metrics/B3).
func Multiples(list []dora.ServiceReport, m handbook.Metric, o Options) *Figure {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.By == "" {
		o.By = dora.Week
	}
	ms := &multiples{Options: o, measure: measureOf(m), unit: string(o.By), noun: "service"}
	if len(list) > 0 && !slices.ContainsFunc(list, func(s dora.ServiceReport) bool { return s.Service != nil }) {
		ms.noun = "team"
	}
	ms.periods(list)
	for _, s := range list {
		ms.rows = append(ms.rows, ms.row(s))
	}
	slices.SortStableFunc(ms.rows, func(a, b multiple) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), strings.Compare(a.name, b.name),
			strings.Compare(a.environment, b.environment))
	})
	f := &Figure{ID: o.ID, Title: o.Title, Sample: o.Sample, Table: ms.table()}
	if f.Title == "" {
		f.Title = MetricName(m)
	}
	for _, s := range list {
		f.Sample = f.Sample || s.Sample
	}
	if doubtful := ms.named(func(r multiple) bool { return r.doubt }); len(doubtful) > 0 {
		f.Sign = Sign{"Partial", "The data of " + strings.Join(doubtful, ", ") + " is not complete: its values may still change."}
	}
	axis := ms.axis
	if ms.counts {
		axis += " per " + ms.unit
	}
	f.plot = plot{art: ms, period: ms.unit, unit: axis, doubt: f.Sign != Sign{}, slots: ms.slots}
	ms.frame(f, list)
	if f.Empty = ms.nothing(f.Title); f.Empty != "" {
		f.Finding, f.Sign = f.Empty, Sign{}
		return f
	}
	f.Finding = ms.finding()
	return f
}

// measure is what a row shows of a period.
type measure struct {
	metric handbook.Metric
	axis   string
	counts bool // columns from 0, else a line
	few    int  // of fewer cases a value is of a small sample (metrics/S4)
	of     func(dora.Period) (v dora.Number, n int, why dora.Reason)
	cases  string // what n counts
	show   func(float64) string
	none   string // words for nothing to measure, which is not 0
}

func measureOf(m handbook.Metric) measure {
	switch m {
	case handbook.DeploymentFrequency:
		return measure{metric: m, axis: "deployments", counts: true, cases: "deployments", show: grouped, none: "no deployments",
			of: func(p dora.Period) (dora.Number, int, dora.Reason) {
				return p.Deployments.Count, int(value(p.Deployments.Count)), p.Deployments.Reason
			}}
	case handbook.ChangeFailRate:
		return measure{metric: m, axis: "failed of all deployments", few: fewForRate, cases: "deployments", show: percent, none: "no deployments",
			of: func(p dora.Period) (dora.Number, int, dora.Reason) {
				return p.ChangeFailRate.Value, p.ChangeFailRate.N, p.ChangeFailRate.Reason
			}}
	case handbook.ReworkRate:
		return measure{metric: m, axis: "unplanned repairs of all deployments", few: fewForRate, cases: "deployments", show: percent, none: "no deployments",
			of: func(p dora.Period) (dora.Number, int, dora.Reason) {
				return p.ReworkRate.Value, p.ReworkRate.N, p.ReworkRate.Reason
			}}
	case handbook.RecoveryTime:
		return measure{metric: m, axis: "median time to restore service", few: few, cases: "recoveries", show: shortDuration, none: "nothing to recover from",
			of: func(p dora.Period) (dora.Number, int, dora.Reason) {
				return p.RecoveryTime.P50, p.RecoveryTime.N, p.RecoveryTime.Reason
			}}
	}
	return measure{metric: m, axis: "median, first commit to production", few: few, cases: "changes", show: shortDuration, none: "nothing delivered",
		of: func(p dora.Period) (dora.Number, int, dora.Reason) {
			l := p.LeadTime
			if st, ok := stageOf(m, ""); ok {
				stage := st.of(l)
				return stage.P50, stage.N, stage.Reason
			}
			return l.P50, l.N, l.Reason
		}}
}

// multiples is a drawing of rows.
type multiples struct {
	Options
	measure
	unit    string
	noun    string // what the rows are: service, team
	slots   []slot // of all rows
	dropped int    // older periods that are not shown
	rows    []multiple
}

// multiple is one row.
type multiple struct {
	name, environment string
	values            []dora.Number // one per slot
	small, open       []bool        // of few cases; may still change
	void              []bool        // outside the data: not even nothing is known
	low, high         float64       // of the complete periods, else of all
	latest            int           // the slot of the latest complete value, else of the latest; -1: there is none
	settled           bool          // the latest value is of a complete period
	n                 int           // cases of that value
	why               string        // there is no value; "" where there is one
	proxy             bool          // merges count as deployments
	doubt             bool
	coverage          string
}

// periods are those that any of the reports has.
func (ms *multiples) periods(list []dora.ServiceReport) {
	at := map[int64]dora.Period{}
	for _, s := range list {
		for _, p := range s.Periods {
			if before, there := at[p.From.Unix()]; !there || p.To.After(before.To) {
				at[p.From.Unix()] = p
			}
		}
	}
	for _, p := range at {
		from, to := p.From.In(ms.Zone), p.To.In(ms.Zone)
		s := slot{from: from, name: span(from, to)}
		if ms.By == dora.Month {
			s.name = from.Format("January 2006")
		}
		ms.slots = append(ms.slots, s)
	}
	slices.SortFunc(ms.slots, func(a, b slot) int { return a.from.Compare(b.from) })
	if n := len(ms.slots); ms.Last > 0 && n > ms.Last {
		ms.slots = ms.slots[n-ms.Last:]
	}
	if ms.dropped = len(ms.slots) - maxPeriods; ms.dropped > 0 {
		ms.slots = ms.slots[ms.dropped:]
	}
}

func (ms *multiples) row(s dora.ServiceReport) multiple {
	r := multiple{
		name: "All services", environment: s.Environment, latest: -1, doubt: doubtful(s.Coverage), proxy: s.Source == dora.Merge,
		coverage: CoverageWords(s.Coverage, ms.Zone),
		values:   make([]dora.Number, len(ms.slots)), small: make([]bool, len(ms.slots)), open: make([]bool, len(ms.slots)),
		void: make([]bool, len(ms.slots)),
	}
	switch {
	case s.Service != nil:
		r.name = *s.Service
	case s.Team != nil:
		r.name = *s.Team
	}
	index := map[int64]int{}
	for i, slot := range ms.slots {
		index[slot.from.Unix()] = i
		r.void[i] = true
	}
	r.low, r.high = math.Inf(1), math.Inf(-1)
	low, high := r.low, r.high // of all periods
	why := dora.Reason("")
	for _, p := range s.Periods {
		i, shown := index[p.From.Unix()]
		if !shown {
			continue
		}
		number, n, reason := ms.of(p)
		v, ok := known(number)
		if !ok && reason == "" {
			reason = dora.NoData
		}
		r.void[i] = !ok && reason != dora.NoData
		if !ok {
			if reason != dora.OutsideCoverage || why == "" {
				why = reason
			}
			continue
		}
		r.values[i], r.small[i], r.open[i] = dora.Num(v), n < ms.few, p.Partial || r.doubt
		low, high = min(low, v), max(high, v)
		if !p.Partial {
			r.low, r.high = min(r.low, v), max(r.high, v)
		}
		if r.latest < 0 || !p.Partial || !r.settled {
			r.latest, r.n, r.settled = i, n, !p.Partial
		}
	}
	if r.low > r.high {
		r.low, r.high = low, high
	}
	if r.latest < 0 {
		r.why = ms.missing(s, why)
	}
	return r
}

// missing says why a row has no value at all.
func (ms *multiples) missing(s dora.ServiceReport, why dora.Reason) string {
	switch {
	case s.Coverage.Status == dora.Uncovered:
		return "no data"
	case why == dora.NoData:
		return ms.none
	case why == "":
		return "no " + ms.unit + " in this time"
	}
	return missing(why)
}

// named are the names of the rows of a kind.
func (ms *multiples) named(is func(multiple) bool) []string {
	var names []string
	for _, r := range ms.rows {
		if is(r) {
			names = append(names, r.name)
		}
	}
	return names
}

// latestWords are the latest value and of how many cases it is.
func (ms *multiples) latestWords(r multiple) string {
	if r.latest < 0 {
		return none
	}
	text := ms.show(value(r.values[r.latest]))
	if !ms.counts {
		text += " (n = " + grouped(float64(r.n)) + ")"
	}
	return text
}

// rangeWords are the least and the greatest value of a row.
func (ms *multiples) rangeWords(r multiple) string {
	if r.latest < 0 {
		return none
	}
	low, high := ms.show(r.low), ms.show(r.high)
	if low == high {
		return low
	}
	if a, b, ok := strings.Cut(low, " "); ok && strings.HasSuffix(high, " "+b) {
		low = a // 3–9 %, 2–14 h
	}
	return low + "–" + high
}

// remark says what is special about a row.
func (ms *multiples) remark(r multiple) string {
	var words []string
	if r.proxy {
		words = append(words, "merges, a proxy")
	}
	if r.why != "" {
		return join(", ", r.why, strings.Join(words, ", "))
	}
	if r.doubt {
		words = append(words, "partial data")
	}
	switch {
	case !r.settled:
		words = append(words, "no "+ms.unit+" is complete yet")
	case r.latest < ms.newest():
		words = append(words, "latest: "+ms.when(r.latest))
	}
	return strings.Join(words, ", ")
}

// newest is the newest complete period of any row; -1: there is none.
func (ms *multiples) newest() int {
	last := -1
	for _, r := range ms.rows {
		if r.settled {
			last = max(last, r.latest)
		}
	}
	return last
}

// when names a period shortly.
func (ms *multiples) when(i int) string {
	if ms.By == dora.Month {
		return ms.slots[i].from.Format("Jan 2006")
	}
	return "week of " + ms.slots[i].from.Format("2 Jan")
}

func (ms *multiples) table() Table {
	t := Table{Columns: []string{upper(ms.noun), "Latest complete " + ms.unit, "Value", "n", "Least to greatest", "Coverage", "Remark"}}
	for _, r := range ms.rows {
		row := []string{r.name, none, none, none, none, r.coverage, ms.remark(r)}
		if r.latest >= 0 {
			row[1] = ms.slots[r.latest].name
			row[2] = ms.show(value(r.values[r.latest]))
			row[3] = grouped(float64(r.n))
			row[4] = ms.rangeWords(r)
			if r.small[r.latest] {
				row[6] = join(", ", row[6], "small sample")
			}
		}
		t.Rows = append(t.Rows, row)
	}
	trimTable(&t, 6)
	if ms.counts { // a count is its own n
		t.Columns = slices.Delete(t.Columns, 3, 4)
		for i := range t.Rows {
			t.Rows[i] = slices.Delete(t.Rows[i], 3, 4)
		}
	}
	return t
}

// frame says what the figure rests on, as far as all rows agree.
func (ms *multiples) frame(f *Figure, list []dora.ServiceReport) {
	window := ""
	if n := len(ms.slots); n > 0 {
		var asOf, to time.Time
		for _, s := range list {
			if s.AsOf.After(asOf) {
				asOf = s.AsOf
			}
			for _, p := range s.Periods {
				if p.To.After(to) {
					to = p.To
				}
			}
		}
		if asOf.After(ms.slots[n-1].from) && asOf.Before(to) {
			to = asOf
		}
		window = span(ms.slots[0].from, to.In(ms.Zone))
	}
	p := Provenance{Window: window, N: count(float64(len(ms.rows)), ms.noun), Zone: zoneName(ms.Zone), Service: ms.Service}
	sources, asOfs := map[string]bool{}, map[int64]bool{}
	covered := 0
	for _, s := range list {
		if s.Source != "" {
			sources[SourceName(s.Source)] = true
			p.Source = SourceName(s.Source)
		}
		if s.Coverage.Status == dora.Uncovered {
			continue
		}
		p.Known = true
		if s.Coverage.Status == dora.Complete || s.Coverage.Status == "" {
			covered++
		}
		if !s.AsOf.IsZero() {
			asOfs[s.AsOf.Unix()] = true
			if p.AsOf.IsZero() || s.AsOf.Before(p.AsOf) {
				p.AsOf = s.AsOf.In(ms.Zone)
			}
		}
	}
	if len(sources) > 1 {
		p.Source = count(float64(len(sources)), "kind") + " of sources"
	}
	p.Weeks = "calendar months"
	if ms.unit == "week" {
		p.Weeks = "weeks from Monday"
	}
	p.Coverage = "complete for " + grouped(float64(covered)) + " of " + count(float64(len(ms.rows)), ms.noun)
	if len(asOfs) > 1 {
		p.Remarks = append(p.Remarks, "the time is that of the oldest data, others have newer")
	}
	p.Remarks = append(p.Remarks, ms.scaleNote(), "what is left out is said on the page of each "+ms.noun)
	if ms.dropped > 0 {
		p.Remarks = append(p.Remarks, "the newest "+count(maxPeriods, ms.unit)+" are shown, "+grouped(float64(ms.dropped))+" older ones are not")
	}
	f.Provenance = p
	f.plot.head = join(" · ", p.Service, window, p.N)
	f.plot.foot = p.drawn()
}

// scaleNote keeps readers from comparing heights between rows.
func (ms *multiples) scaleNote() string {
	return "each row has its own scale, from 0 to its greatest value"
}

// nothing words why there is nothing to draw; "" where there is something.
func (ms *multiples) nothing(title string) string {
	if len(ms.rows) == 0 {
		return "There is no " + ms.noun + " to show."
	}
	why := ""
	for _, r := range ms.rows {
		if r.why == "" {
			return ""
		}
		if why != "" && why != r.why {
			return title + " has no value in any of the " + count(float64(len(ms.rows)), ms.noun) + ": the table says why."
		}
		why = r.why
	}
	return title + " has no value in any of the " + count(float64(len(ms.rows)), ms.noun) + ": " + why + "."
}

// finding says how many rows have something to say. It compares none of them.
func (ms *multiples) finding() string {
	last := ms.newest()
	with, small := 0, 0
	for _, r := range ms.rows {
		if last >= 0 && r.settled && r.latest == last {
			with++
			if r.small[last] {
				small++
			}
		}
	}
	all := count(float64(len(ms.rows)), ms.noun)
	said := "Of " + all + ", none has a complete " + ms.unit + " yet"
	if last >= 0 {
		said = "Of " + all + ", " + grouped(float64(with)) + " " + plural(with, "has", "have") + " a value in the latest complete " + ms.unit + ", " + ms.slots[last].name
	}
	if small > 0 {
		said += ", " + grouped(float64(small)) + " of them of a small sample"
	}
	said += "."
	if without := ms.named(func(r multiple) bool { return r.why != "" }); len(without) > 0 {
		said += " Without any value: " + strings.Join(without, ", ") + "."
	}
	return said + " Read each beside its own past: they are not ranked."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// nameSize is that of a name, as wide as bold letters are.
const nameSize = 14.5

// multipleLayout is where the parts of a row stand.
type multipleLayout struct {
	left, right float64 // room beside the plot
	above       float64 // room above it
	height      float64 // of the plot
	step        float64 // from one row to the next
}

func (ms *multiples) layout(d *drawing) multipleLayout {
	right := 0.0
	for _, r := range ms.rows {
		right = max(right, width(ms.latestWords(r), textSize), width(ms.rangeWords(r), textSize))
	}
	right = min(right+12, d.width()*.4)
	if !d.long {
		return multipleLayout{right: right, above: 23, height: 30, step: 66}
	}
	left := 0.0
	for _, r := range ms.rows {
		left = max(left, width(r.name, nameSize), width(ms.beside(r), textSize))
	}
	return multipleLayout{left: min(left+14, 190), right: right, above: 4, height: 34, step: 50}
}

// beside is what stands in a row beside its name.
func (ms *multiples) beside(r multiple) string {
	if r.why != "" {
		if r.proxy {
			return "merges, a proxy"
		}
		return ""
	}
	return ms.remark(r)
}

func (ms *multiples) draw(d *drawing) {
	l := ms.layout(d)
	d.left = l.left
	d.slot = (d.width() - l.left - l.right) / float64(max(1, len(ms.slots)))
	d.top = d.y + 8
	last := ""
	if d.long {
		last = "latest complete " + ms.unit
	} else {
		last = "latest"
	}
	d.text("fig-soft", d.width(), d.y, end, last)
	ms.patterns(d)
	y := d.top
	for _, r := range ms.rows {
		ms.drawRow(d, r, l, y)
		y += l.step
	}
	d.foot = y
	ms.timeAxis(d, l)
	ms.legend(d)
	d.remarks(upper(ms.scaleNote()), "Below the latest value: the least and the greatest of the complete "+ms.unit+"s")
}

func (ms *multiples) patterns(d *drawing) {
	d.raw("<defs>")
	if ms.counts && ms.some(func(r multiple, i int) bool { return r.open[i] && value(r.values[i]) > 0 }) {
		d.pattern("-part", "fig-part-lines", "45", 5)
	}
	d.pattern("-void", "fig-void-lines", "-45", 5)
	d.raw("</defs>")
}

// some reports whether a value of a kind is drawn.
func (ms *multiples) some(is func(r multiple, i int) bool) bool {
	for _, r := range ms.rows {
		for i, v := range r.values {
			if _, ok := v.Get(); ok && is(r, i) {
				return true
			}
		}
	}
	return false
}

func (ms *multiples) drawRow(d *drawing, r multiple, l multipleLayout, y float64) {
	foot := y + l.above + l.height
	d.raw(`<g class="fig-hits">`)
	d.openRect("", 0, y, d.width(), l.step)
	d.raw("><title>")
	words := join(", ", ms.latestWords(r), ms.rangeWords(r), ms.remark(r))
	if r.why != "" {
		words = ms.remark(r)
	}
	d.data(join(": ", r.name, words))
	d.raw("</title></rect></g>")
	beside := ms.beside(r)
	if d.long {
		at := foot - l.height/2 + 4
		if beside != "" {
			at -= 8
			d.text("fig-soft", 0, at+lineStep-1, start, fit(beside, textSize, l.left-10))
		}
		d.text("fig-name", 0, at, start, fit(r.name, nameSize, l.left-8))
	} else {
		room := d.width()
		if beside != "" {
			room -= min(width(beside, textSize)+12, d.width()*.6)
			d.text("fig-soft", d.width(), y+13, end, fit(beside, textSize, d.width()*.6-12))
		}
		d.text("fig-name", 0, y+13, start, fit(r.name, nameSize, room))
	}
	d.path("fig-axis")
	d.step('M', d.left, foot)
	d.step('H', d.end())
	d.done()
	if r.why != "" {
		d.text("fig-soft", d.left+4, foot-l.height/2+4, start, fit(upper(r.why), textSize, d.end()-d.left-8))
		return
	}
	ms.gaps(d, r, foot, l.height)
	most := r.top()
	up := func(v float64) float64 { return float64(l.height * v / most) }
	if ms.counts {
		ms.bars(d, r, foot, up)
	} else {
		ms.line(d, r, foot, up)
	}
	d.text("fig-text", d.width(), foot-l.height/2-3, end, fit(ms.latestWords(r), textSize, l.right-8))
	d.text("fig-soft", d.width(), foot-l.height/2+13, end, fit(ms.rangeWords(r), textSize, l.right-8))
}

// top is the value at the top of the scale of a row.
func (r multiple) top() float64 {
	most := 0.0
	for _, v := range r.values {
		most = max(most, value(v))
	}
	if most == 0 {
		return 1
	}
	return most
}

// gaps hatches the periods outside the data: that is not 0, and not nothing.
func (ms *multiples) gaps(d *drawing, r multiple, foot, height float64) {
	for i := 0; i < len(r.void); i++ {
		from := i
		for i < len(r.void) && r.void[i] {
			i++
		}
		if i > from {
			d.filled("-void", "fig-void", d.left+float64(float64(from)*d.slot), foot-height, float64(float64(i-from)*d.slot), height)
		}
	}
}

func (ms *multiples) bars(d *drawing, r multiple, foot float64, up func(float64) float64) {
	wide := min(d.slot*.74, 30)
	for _, open := range []bool{false, true} {
		begun := false
		for i, n := range r.values {
			v := value(n)
			if v <= 0 || r.open[i] != open {
				continue
			}
			if !begun {
				begun = true
				if open {
					d.raw(`<path class="fig-part"`)
					d.fill("-part")
					d.raw(` d="`)
				} else {
					d.path("fig-column")
				}
			}
			d.step('M', d.at(i)-wide/2, foot)
			d.step('v', -up(v))
			d.step('h', wide)
			d.step('V', foot)
			d.raw("z")
		}
		if begun {
			d.done()
		}
	}
	class, begun := "fig-zero fig-row", false
	if r.doubt {
		class += " fig-dotted"
	}
	for i, n := range r.values {
		if v, ok := n.Get(); !ok || v != 0 {
			continue
		}
		if !begun {
			d.path(class)
			begun = true
		}
		d.step('M', d.at(i)-wide/2, foot-.8)
		d.step('h', wide)
	}
	if begun {
		d.done()
	}
}

// line joins neighbours, and marks each value: hollow where it may still
// change, small where it is of few cases.
func (ms *multiples) line(d *drawing, r multiple, foot float64, up func(float64) float64) {
	for _, open := range []bool{false, true} {
		class, connected, begun := "fig-line fig-s1", false, false
		if open {
			class += " fig-dotted"
		}
		for i := 1; i < len(r.values); i++ {
			a, ok := r.values[i-1].Get()
			b, ok2 := r.values[i].Get()
			if !ok || !ok2 || open != (r.open[i-1] || r.open[i]) {
				connected = false
				continue
			}
			if !begun {
				d.path(class)
				begun = true
			}
			if !connected {
				d.step('M', d.at(i-1), foot-up(a))
				connected = true
			}
			d.step('L', d.at(i), foot-up(b))
		}
		if begun {
			d.done()
		}
	}
	dots := func(class string, is func(i int) bool) {
		begun := false
		for i, v := range r.values {
			v, ok := v.Get()
			if !ok || !is(i) {
				continue
			}
			if !begun {
				d.path("fig-mark fig-s1 fig-row" + class)
				begun = true
			}
			d.dot(d.at(i), foot-up(v))
		}
		if begun {
			d.done()
		}
	}
	dots("", func(i int) bool { return !r.open[i] && !r.small[i] })
	dots(" fig-small", func(i int) bool { return !r.open[i] && r.small[i] })
	dots(" fig-open", func(i int) bool { return r.open[i] })
	dots(" fig-hole", func(i int) bool { return r.open[i] })
}

// timeAxis stands once, below all rows.
func (ms *multiples) timeAxis(d *drawing, l multipleLayout) {
	ticks := timeTicks(ms.slots, ms.unit, d.slot)
	d.foot -= l.step - l.above - l.height
	d.path("fig-axis")
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

// legend explains the looks that this drawing uses beyond the plain ones.
func (ms *multiples) legend(d *drawing) {
	var items []item
	open := "partial " + ms.unit
	if ms.some(func(r multiple, i int) bool { return r.doubt }) {
		open = "partial, may still change"
	}
	switch {
	case ms.counts && ms.some(func(r multiple, i int) bool { return r.open[i] && value(r.values[i]) > 0 }):
		items = append(items, item{open, func(x, y float64) { d.filled("-part", "fig-part", x+.5, y-9, 12, 10) }})
	case !ms.counts && ms.some(func(r multiple, i int) bool { return r.open[i] }):
		items = append(items, item{open, func(x, y float64) { d.hollow(x+6, y-4) }})
	}
	if ms.some(func(r multiple, i int) bool { return r.small[i] && !r.open[i] }) {
		items = append(items, item{"small sample: fewer than " + grouped(float64(ms.few)) + " " + ms.cases, func(x, y float64) {
			d.path("fig-mark fig-small fig-s1")
			d.dot(x+6, y-4)
			d.done()
		}})
	}
	if slices.ContainsFunc(ms.rows, func(r multiple) bool { return r.why == "" && slices.Contains(r.void, true) }) {
		items = append(items, item{"outside the data", func(x, y float64) { d.filled("-void", "fig-void", x, y-10, 13, 12) }})
	}
	if len(items) > 0 {
		d.entries(items)
	}
}

// explore has nothing: the figure of each service can be explored.
func (ms *multiples) explore(*Figure) (tree, meta map[string]any) { return nil, nil }
