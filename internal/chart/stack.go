package chart

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// maxBars is how many periods are drawn as bars: more is longer than a screen.
const maxBars = 26

// stageMetrics are the stages in the order in which a change goes through them
// (metrics/L3).
var stageMetrics = [...]handbook.Metric{handbook.LeadTimeCoding, handbook.LeadTimePickup, handbook.LeadTimeReview, handbook.LeadTimeDeploy}

// stagesOf are those of a lead time, in the order of stageMetrics.
func stagesOf(l dora.LeadTime) [len(stageMetrics)]dora.Stage {
	return [...]dora.Stage{l.Stages.Coding, l.Stages.Pickup, l.Stages.Review, l.Stages.Deploy}
}

// LargestStage is the stage with the greatest median and its share of the sum
// of all medians, 0 to 1. It is not ok where no stage is greater than all
// others, where fewer than two have a median, or where that of the greatest is
// of too few changes (metrics/S4).
func LargestStage(l dora.LeadTime) (m handbook.Metric, share float64, ok bool) {
	sum, most, n, with := 0.0, 0.0, 0, 0
	for i, st := range stagesOf(l) {
		v, is := known(st.P50)
		if !is {
			continue
		}
		with++
		sum += v
		switch {
		case v > most:
			m, most, n, ok = stageMetrics[i], v, st.N, true
		case v == most:
			ok = false
		}
	}
	if !ok || with < 2 || n < few {
		return "", 0, false
	}
	return m, most / sum, true
}

// StageStack shows the medians of the stages of lead time one after the other,
// a bar per period and one for the whole window.
func StageStack(s dora.ServiceReport, o Options) *Figure {
	sub := newSubject(s, o)
	f := sub.figure("Stages of change lead time")
	st := &stageStack{subject: sub, merge: s.Source == dora.Merge}
	covered := 0
	for _, p := range sub.periods {
		bar := st.bar(p, sub.slot(p))
		if bar.covered {
			covered++
		}
		st.n += p.LeadTime.N
		st.bars = append(st.bars, bar)
		f.plot.slots = append(f.plot.slots, bar.slot)
	}
	if sub.whole && len(sub.periods) > 0 {
		all := sub.report.Overall
		all.Partial = false // it is the window, whatever that begins and ends with
		st.all = st.bar(all, slot{name: "Whole window", covered: true})
		st.whole = true
	}
	f.plot.art = st
	f.plot.unit = "median of each stage"
	f.Table = st.table()
	f.plot.rows = sub.Rows
	f.Table.Links = f.plot.links(len(f.Table.Rows)-len(st.bars), len(f.Table.Rows))
	sub.frame(f, handbook.LeadTime, sub.atLeast(count(float64(st.n), "change")), covered)
	f.Provenance.Remarks = append(f.Provenance.Remarks, st.notes()...)
	if f.Empty = st.nothing(covered); f.Empty != "" {
		f.Finding = f.Empty
		return f
	}
	f.Finding = st.finding(covered)
	return f
}

// stageStack is a drawing of bars of stages.
type stageStack struct {
	subject
	merge bool // a merge counts as the deployment: nothing waits for it
	bars  []stageBar
	all   stageBar // of the whole window, if whole
	whole bool
	n     int // changes
}

// stageBar is the stages of one period.
type stageBar struct {
	slot
	lead   dora.LeadTime
	values [len(stageMetrics)]dora.Number // medians in seconds
	sum    float64
	why    string // there are no values; "" where there are
	remark string
}

func (st *stageStack) bar(p dora.Period, in slot) stageBar {
	b := stageBar{slot: in, lead: p.LeadTime}
	b.n = p.LeadTime.N
	reason := p.LeadTime.Reason
	b.covered = b.n > 0 || reason == dora.NoData
	var lacks, words []string
	for i, stage := range stagesOf(p.LeadTime) {
		if st.merge && stageMetrics[i] == handbook.LeadTimeDeploy {
			continue
		}
		name := strings.ToLower(MetricName(stageMetrics[i]))
		v, ok := known(stage.P50)
		if !ok {
			lacks = append(lacks, name)
			if reason == "" || b.n > 0 && stage.Reason != "" {
				reason = stage.Reason
			}
			continue
		}
		b.values[i] = dora.Num(v)
		b.sum += v
		words = append(words, name+" "+shortDuration(v))
	}
	switch {
	case len(words) > 0:
		if len(lacks) > 0 {
			b.remark = "no value for " + strings.Join(lacks, " and ")
		}
		if b.n < few {
			b.remark = join(", ", "small sample", b.remark)
		}
	case b.n > 0 && reason == dora.NoData:
		b.why = "no pull requests"
	default:
		b.why = missing(reason)
	}
	b.remark = join(", ", b.remark, st.subject.remark(p, b.why, reason))
	b.words = b.remark
	if len(words) > 0 {
		b.words = join(", ", strings.Join(words, ", "), "n = "+grouped(float64(b.n)), b.remark)
	}
	return b
}

// stages are the indexes of those that are ever measured here.
func (st *stageStack) stages() []int {
	var list []int
	for i := range stageMetrics {
		if !st.merge || stageMetrics[i] != handbook.LeadTimeDeploy {
			list = append(list, i)
		}
	}
	return list
}

// known reports whether a bar has a value.
func (b stageBar) known() bool { return b.why == "" }

func (st *stageStack) table() Table {
	t := Table{Columns: []string{st.rowHead(), "Changes (n)"}}
	for _, i := range st.stages() {
		t.Columns = append(t.Columns, MetricName(stageMetrics[i])+", median")
	}
	t.Columns = append(t.Columns, "Largest stage", "Whole lead time, median", "Remark")
	rows := st.bars
	if st.whole {
		rows = slices.Concat([]stageBar{st.all}, rows)
	}
	for _, b := range rows {
		row := []string{b.name, grouped(float64(b.n))}
		for _, i := range st.stages() {
			text := cell(b.values[i], Duration)
			if n := stagesOf(b.lead)[i].N; text != none && n != b.n {
				text += " (n = " + grouped(float64(n)) + ")"
			}
			row = append(row, text)
		}
		largest := none
		if m, share, ok := LargestStage(b.lead); ok {
			largest = MetricName(m) + ", " + percent(share)
		}
		t.Rows = append(t.Rows, append(row, largest, cell(b.lead.P50, Duration), b.remark))
	}
	trimTable(&t, len(t.Columns)-3, len(t.Columns)-1)
	return t
}

// notes are what a reader must know to read the bars.
func (st *stageStack) notes() []string {
	notes := []string{"medians of stages do not add up to the median of the whole"}
	if st.merge {
		notes = append(notes, "nothing waits for deployment where a merge counts as one")
	}
	if n := len(st.bars); n > maxBars {
		notes = append(notes, "the newest "+strconv.Itoa(maxBars)+" of "+count(float64(n), st.unit)+" are drawn")
	}
	return notes
}

// nothing words why there is nothing to draw; "" where there is something.
func (st *stageStack) nothing(covered int) string {
	if slices.ContainsFunc(st.bars, stageBar.known) {
		return ""
	}
	overall := st.report.Overall
	lead := reasonOf(st.periods, overall, func(p dora.Period) dora.Reason { return p.LeadTime.Reason })
	stage := reasonOf(st.periods, overall, func(p dora.Period) dora.Reason { return p.LeadTime.Stages.Coding.Reason })
	in := " in " + count(float64(len(st.periods)), st.unit)
	switch {
	case lead == dora.NotInSource:
		return "Not in the source: it has deployments, and not the changes that they brought."
	case st.n > 0 && stage == dora.NotInSource:
		return "Not in the source: commits alone do not say when a change was ready for review, reviewed and merged."
	case st.n > 0:
		return "Of the " + count(float64(st.n), "change") + " delivered" + in + ", none came as a pull request, so there are no stages." + st.gaps(covered)
	case covered > 0 && st.doubt:
		return "No delivered change is known" + in + ", so there are no stages. The data is partial: there may have been some." + st.gaps(covered)
	case covered > 0:
		return "No change was delivered" + in + ", so there are no stages." + st.gaps(covered)
	}
	return st.subject.nothing("Change lead time", lead)
}

func (st *stageStack) finding(covered int) string {
	gaps := st.gaps(covered)
	n := count(float64(st.n), "change")
	if st.doubt {
		said := "At least " + n + " delivered. "
		if m, share, ok := LargestStage(st.all.lead); st.whole && ok {
			return said + MetricName(m) + " is the largest part so far: " + percent(share) + " of the summed medians. The data is partial, so this may change." + gaps
		}
		return said + "The data is partial, so no stage is called the largest." + gaps
	}
	if st.n < few {
		return "Only " + n + " delivered: too few to say which stage is the largest." + gaps
	}
	if !st.whole {
		return st.often() + gaps
	}
	m, share, ok := LargestStage(st.all.lead)
	if !ok {
		return "No stage of the " + n + " is clearly the largest." + gaps
	}
	said := MetricName(m) + " is the largest part: " + percent(share) + " of the summed medians (" + about(value(st.all.value(m))) + " of " + about(st.all.sum) + ", n = " + grouped(float64(st.n)) + ")"
	for _, b := range slices.Backward(st.bars) {
		if b.partial {
			continue
		}
		if latest, _, ok := LargestStage(b.lead); ok && latest != m {
			said += "; in the latest complete " + st.unit + " it was " + strings.ToLower(MetricName(latest))
		}
		break
	}
	return said + "." + gaps
}

// often says which stage was the largest in most periods, for windows of which
// the report has no medians of their own.
func (st *stageStack) often() string {
	times, with := map[handbook.Metric]int{}, 0
	for _, b := range st.bars {
		if m, _, ok := LargestStage(b.lead); ok && !b.partial {
			times[m]++
			with++
		}
	}
	var most handbook.Metric
	tied := false
	for _, m := range stageMetrics {
		switch {
		case times[m] > times[most]:
			most, tied = m, false
		case times[m] == times[most]:
			tied = true
		}
	}
	if with == 0 || tied {
		return "No stage is clearly the largest."
	}
	return MetricName(most) + " was the largest part in " + strconv.Itoa(times[most]) + " of the " + count(float64(with), st.unit) + " that have enough changes to say."
}

func (b stageBar) value(m handbook.Metric) dora.Number {
	return b.values[slices.Index(stageMetrics[:], m)]
}

// linearScale maps seconds from 0 to lengths; its ticks are all in one unit.
func linearScale(most, length float64, ticks int) scale {
	units := [...]struct {
		seconds float64
		name    string
		steps   []float64
	}{
		{minute, " min", []float64{1, 2, 5, 10, 15, 30}},
		{hour, " h", []float64{1, 2, 3, 6, 12}},
		{day, " d", []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000}},
	}
	s := scale{high: max(most, minute), height: length}
	for _, u := range units {
		for _, step := range u.steps {
			if s.high > float64(ticks)*step*u.seconds {
				continue
			}
			for v := 0.0; v*u.seconds <= s.high; v += step {
				s.ticks = append(s.ticks, tick{at: s.up(v * u.seconds), text: grouped(v) + u.name})
				s.named = append(s.named, mark{seconds: v * u.seconds, text: grouped(v) + u.name})
			}
			s.ticks[0].text, s.named[0].text = "0", "0"
			return s
		}
	}
	return s
}

// hole is the width of a stage without a value, which no scale can give.
const hole = 9.0

func (st *stageStack) draw(d *drawing) {
	bars := st.bars
	if len(bars) > maxBars {
		bars = bars[len(bars)-maxBars:]
	}
	d.raw("<defs>")
	st.patterns(d)
	d.raw("</defs>")
	st.legend(d, bars)

	rows := stageRows{drawing: d, stageStack: st, pitch: 19, thick: 15}
	if len(bars) <= 8 {
		rows.pitch, rows.thick = 26, 20
	}
	first := d.y + 14
	if st.whole {
		all := st.all
		all.name = "All " + strconv.Itoa(len(st.bars)) + " " + st.unit + "s"
		if len(st.bars) == 1 {
			all.name = "Whole " + st.unit
		}
		rows.add(all, all.name, first, 20)
		first += 32
	}
	for i, b := range bars {
		label := b.from.Format("2 Jan")
		if st.unit != "week" {
			label = b.from.Format("Jan 2006")
		} else if d.long {
			label = b.from.Format("2 Jan 2006")
		}
		rows.add(b, label, first+float64(float64(i)*rows.pitch), rows.thick)
	}
	rows.measure()
	rows.grid()
	for i := range stageMetrics {
		rows.segments(i)
	}
	rows.holes()
	rows.open()
	rows.words()
	d.y = d.foot + 18
	for _, t := range rows.scale.ticks {
		x := min(d.left+t.at, d.width()-width(t.text, textSize)/2)
		d.text("fig-soft", x, d.y, middle, t.text)
	}
	d.y += 5
	for _, note := range st.notes() {
		d.remarks(upper(note))
	}
	if d.long { // on a phone there is no pointer
		rows.hits()
	}
}

// patterns define the fills. Each has a shade of its own and lines of its own,
// so that a copy in black and white still tells them apart.
func (st *stageStack) patterns(d *drawing) {
	for _, i := range st.stages() {
		n := strconv.Itoa(i + 1)
		d.raw(`<pattern id="`)
		d.data(d.id + "-stage-" + n)
		d.raw(`" width="6" height="6" patternUnits="userSpaceOnUse">`)
		d.rect("fig-stage fig-stage-"+n, 0, 0, 6, 6)
		switch i {
		case 1:
			d.raw(`<path class="fig-stage-lines-2" d="M-1 1l2-2M0 6l6-6M5 7l2-2"/>`)
		case 2:
			d.raw(`<path class="fig-stage-lines-3" d="M0 1.5h6M0 4.5h6"/>`)
		case 3:
			d.raw(`<path class="fig-stage-lines-4" d="M1.5 1.5h.01M4.5 4.5h.01"/>`)
		}
		d.raw("</pattern>")
	}
	d.pattern("-hole", "fig-hole-lines", "-45", 4)
}

func (st *stageStack) legend(d *drawing, bars []stageBar) {
	var items []item
	for _, i := range st.stages() {
		items = append(items, item{MetricName(stageMetrics[i]), func(x, y float64) {
			d.filled("-stage-"+strconv.Itoa(i+1), "fig-stage-box", x+.5, y-10.5, 12, 12)
		}})
	}
	has := func(is func(stageBar) bool) bool {
		return slices.ContainsFunc(bars, is) || st.whole && is(st.all)
	}
	if has(st.lacks) {
		items = append(items, item{"no value", func(x, y float64) { d.filled("-hole", "fig-void", x+2, y-10, hole, 12) }})
	}
	open := item{"partial " + st.unit, func(x, y float64) { d.rect("fig-stage-open", x+.5, y-9.5, 12, 10) }}
	switch {
	case st.doubt:
		open.text = "partial data, may still change"
		items = append(items, open)
	case has(func(b stageBar) bool { return b.partial && b.known() }):
		items = append(items, open)
	}
	if has(stageBar.small) {
		items = append(items, item{"thin: fewer than 6 changes", func(x, y float64) { d.filled("-stage-1", "fig-stage-box", x+.5, y-7.5, 12, 6) }})
	}
	d.y += 2
	d.entries(items)
}

// lacks reports whether a bar has some stages and not all.
func (st *stageStack) lacks(b stageBar) bool {
	return b.known() && slices.ContainsFunc(st.stages(), func(i int) bool { _, ok := b.values[i].Get(); return !ok })
}

func (b stageBar) small() bool { return b.known() && b.n < few }

// stageRows places the bars of one drawing.
type stageRows struct {
	*drawing
	*stageStack
	scale        scale
	pitch, thick float64
	rows         []stageRow
}

// stageRow is a bar with its place; y is its middle.
type stageRow struct {
	stageBar
	label    string
	y, thick float64
	at       [len(stageMetrics)]float64 // where each stage begins
	end      float64
}

func (r *stageRows) add(b stageBar, label string, y, thick float64) {
	if b.small() {
		thick *= .5
	}
	r.rows = append(r.rows, stageRow{stageBar: b, label: label, y: y, thick: thick})
}

// measure finds the scale and where each stage begins.
func (r *stageRows) measure() {
	d := r.drawing
	most, number := 0.0, width("n", textSize)
	d.left = 0
	for _, row := range r.rows {
		most = max(most, row.sum)
		d.left = max(d.left, width(row.label, textSize))
		number = max(number, width(grouped(float64(row.n)), textSize))
	}
	d.left += 12
	ticks := 4
	if d.long {
		ticks = 8
	}
	room := d.width() - d.left - number - 14
	if slices.ContainsFunc(r.rows, func(row stageRow) bool { return r.lacks(row.stageBar) }) {
		room -= 2 * hole
	}
	r.scale = linearScale(most, room, ticks)
	d.slot = room // so that nothing takes the bars for dense marks
	for i := range r.rows {
		row := &r.rows[i]
		x := d.left
		for _, stage := range r.stages() {
			row.at[stage] = x
			if v, ok := row.values[stage].Get(); ok {
				x += r.scale.up(v)
			} else if row.known() {
				x += hole
			}
		}
		row.end = x
	}
	d.top = r.rows[0].y - 14
	d.foot = r.rows[len(r.rows)-1].y + r.pitch/2 + 3
}

func (r *stageRows) grid() {
	d := r.drawing
	d.path("fig-grid")
	for _, t := range r.scale.ticks {
		if t.at > 0 {
			d.step('M', d.left+t.at, d.top)
			d.step('V', d.foot)
		}
	}
	d.done()
	d.path("fig-axis")
	d.step('M', d.left, d.top)
	d.step('V', d.foot)
	d.done()
}

// segments draws one stage of all bars.
func (r *stageRows) segments(stage int) {
	d, begun := r.drawing, false
	for _, row := range r.rows {
		v, ok := row.values[stage].Get()
		if !ok {
			continue
		}
		if !begun {
			d.raw(`<path class="fig-stage-box"`)
			d.fill("-stage-" + strconv.Itoa(stage+1))
			d.raw(` d="`)
			begun = true
		}
		d.step('M', row.at[stage], row.y-row.thick/2)
		d.step('h', r.scale.up(v))
		d.step('v', row.thick)
		d.step('H', row.at[stage])
		d.raw("z")
	}
	if begun {
		d.done()
	}
}

// holes stand where a stage has no value, which is not 0.
func (r *stageRows) holes() {
	for _, row := range r.rows {
		for _, stage := range r.stages() {
			if _, ok := row.values[stage].Get(); !ok && row.known() {
				r.filled("-hole", "fig-void", row.at[stage], row.y-row.thick/2, hole, row.thick)
			}
		}
	}
}

// open outlines the bars that may still change.
func (r *stageRows) open() {
	for _, row := range r.rows {
		if row.known() && (row.partial || r.doubt) {
			r.rect("fig-stage-open", r.left-2, row.y-row.thick/2-2, row.end-r.left+4, row.thick+4)
		}
	}
}

// words writes the names of the bars, the lengths of the segments that have
// room for them, and of how many changes they are.
func (r *stageRows) words() {
	d := r.drawing
	d.text("fig-soft", d.width()-2, d.top-2, end, "n")
	for i, row := range r.rows {
		class := "fig-soft"
		if i == 0 && r.whole {
			class = "fig-text"
		}
		d.text(class, d.left-8, row.y+4, end, row.label)
		if !row.known() {
			d.text("fig-soft", d.left+6, row.y+4, start, fit(row.why, textSize, d.width()-d.left-20))
			if row.covered {
				d.text("fig-soft", d.width()-2, row.y+4, end, grouped(float64(row.n)))
			}
			continue
		}
		d.text("fig-soft", d.width()-2, row.y+4, end, grouped(float64(row.n)))
		if row.end-d.left < 1 {
			d.text("fig-soft", d.left+6, row.y+4, start, "under a minute")
		}
		if row.thick < textSize+1 {
			continue
		}
		for _, stage := range r.stages() {
			v, ok := row.values[stage].Get()
			if text := shortDuration(v); ok && width(text, textSize)+10 <= r.scale.up(v) {
				d.text("fig-on fig-on-"+strconv.Itoa(stage+1), row.at[stage]+r.scale.up(v)/2, row.y+4, middle, text)
			}
		}
	}
}

// hits are invisible areas, one per bar, whose titles browsers show as tool tips.
func (r *stageRows) hits() {
	d := r.drawing
	d.raw(`<g class="fig-hits">`)
	for _, row := range r.rows {
		d.openRect("", 0, row.y-r.pitch/2, d.width(), r.pitch)
		d.raw("><title>")
		d.data(join(": ", row.name, row.words))
		d.raw("</title></rect>")
	}
	d.raw("</g>")
}

// explore gives the same bars upright, over the periods.
func (st *stageStack) explore(f *Figure) (tree, meta map[string]any) {
	bar := charts.NewBar()
	selected := map[string]bool{}
	days := make([]string, len(st.bars))
	most := 0.0
	for i, b := range st.bars {
		days[i] = b.from.Format("2006-01-02")
		most = max(most, b.sum)
	}
	for _, i := range st.stages() {
		selected[MetricName(stageMetrics[i])] = true
	}
	bar.SetGlobalOptions(
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false), Selected: selected}),
		charts.WithDataZoomOpts(opts.DataZoom{Type: "inside"}, opts.DataZoom{Type: "slider"}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value", Name: f.plot.unit}),
	)
	bar.SetXAxis(days)
	for _, i := range st.stages() {
		values := make([]dora.Number, len(st.bars))
		for j, b := range st.bars {
			values[j] = b.values[i]
		}
		bar.AddSeries(MetricName(stageMetrics[i]), f.bars(values), charts.WithBarChartOpts(opts.BarChart{Stack: "stages"}))
	}
	bar.Validate()
	tree = plain(bar.JSON())
	x, y := child(tree, "xAxis"), child(tree, "yAxis")
	child(x, "axisLabel")["fmt"] = st.unit
	child(x, "axisLabel")["hideOverlap"] = true
	child(y, "axisLabel")["fmt"] = "duration"
	type label struct {
		At   float64 `json:"at"`
		Text string  `json:"text"`
	}
	var at []float64
	var labels []label
	for _, m := range linearScale(most, 1, 6).named {
		at = append(at, m.seconds)
		labels = append(labels, label{m.seconds, m.text})
	}
	for _, part := range []string{"axisLabel", "axisTick", "splitLine"} {
		child(y, part)["customValues"] = at
	}
	for k, i := range st.stages() {
		values := make([]dora.Number, len(st.bars))
		for j, b := range st.bars {
			values[j] = b.values[i]
		}
		f.mark(tree["series"].([]any)[k].(map[string]any), values)
	}
	meta = f.meta()
	meta["kind"], meta["labels"] = "stages", labels
	return tree, meta
}
