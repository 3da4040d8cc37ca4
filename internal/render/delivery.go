package render

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
)

// Delivery is what is known of the services of a site. Reports are computed
// when a page asks for them and kept; it may be shared by goroutines.
type Delivery struct {
	opts      DeliveryOptions
	snapshots map[string]dora.Snapshot // by name of the service

	lock         sync.Mutex
	ledger       func() *dora.Ledger
	reports      map[question]*answer[dora.ServiceReport]
	explanations map[explained]*answer[dora.Explanation]
}

// DeliveryOptions say how pages show deliveries.
type DeliveryOptions struct {
	Zone       *time.Location    // of dates
	By         dora.By           // periods, where a block says nothing else
	Window     handbook.Last     // span, where a block says nothing else
	StaleAfter time.Duration     // age from which on readers are told how old the data is; 0: never
	Scale      dora.Scale        // what explanations hold values against; "": dora.Scale2025
	Flags      map[string][]Flag // by name of the service, by time: what its charts should remind of
}

// Flag is something that happened around a service.
type Flag struct {
	At   time.Time
	Text string
	URL  string // of another site; "": see Page
	Page string // address on this site; "": none
}

// subject is what a report is of: a service, a team or, with neither, the
// organisation.
type subject struct{ service, team string }

// question names a report: what it is of, the length of its periods and the
// span before the as-of time; whole leaves out the period that is not over.
type question struct {
	subject
	by    dora.By
	last  handbook.Last
	whole bool
}

// explained names an explanation: of one period, or with "" of the whole span.
type explained struct {
	question
	metric handbook.Metric
	period string
}

// answer is worked out once, whoever asks.
type answer[T any] struct {
	once  sync.Once
	value T
}

// ask finds the answer to a question.
func ask[Q comparable, T any](d *Delivery, answers map[Q]*answer[T], q Q, work func() T) T {
	d.lock.Lock()
	a := answers[q]
	if a == nil {
		a = &answer[T]{}
		answers[q] = a
	}
	d.lock.Unlock()
	a.once.Do(func() { a.value = work() })
	return a.value
}

// NewDelivery returns the delivery data of a site: a snapshot for each name of a
// service.
func NewDelivery(snapshots map[string]dora.Snapshot, opts DeliveryOptions) *Delivery {
	return &Delivery{
		opts: opts, snapshots: snapshots,
		reports: map[question]*answer[dora.ServiceReport]{}, explanations: map[explained]*answer[dora.Explanation]{},
		ledger: sync.OnceValue(func() *dora.Ledger {
			var list []dora.Snapshot
			for _, name := range slices.Sorted(maps.Keys(snapshots)) {
				list = append(list, snapshots[name])
			}
			return dora.NewLedger(list)
		}),
	}
}

// hashes stand, by service, for all that its figures are drawn from.
func (d *Delivery) hashes() map[string]pack.Hash {
	hashes := map[string]pack.Hash{}
	var shared []byte // incidents of several services tie these together
	for _, name := range slices.Sorted(maps.Keys(d.snapshots)) {
		s := d.snapshots[name]
		h := s.Hash()
		if s.SharesIncidents() {
			shared = append(shared, h[:]...)
		}
		hashes[name] = h
	}
	for name, h := range hashes {
		flags := pack.Sum(&struct{ Flags []Flag }{d.opts.Flags[name]})
		parts := [][]byte{h[:], flags[:], []byte(d.opts.Zone.String()), []byte(d.opts.By), []byte(lastWords(d.opts.Window)), []byte(d.opts.StaleAfter.String()), []byte(d.opts.Scale)}
		if d.snapshots[name].SharesIncidents() {
			parts = append(parts, shared)
		}
		hashes[name] = pack.SumBytes(parts...)
	}
	return hashes
}

// report answers a question; a service without a snapshot has no data.
func (d *Delivery) report(q question) dora.ServiceReport {
	return ask(d, d.reports, q, func() dora.ServiceReport {
		opts := d.options(q)
		r := d.compute(q.subject, opts)
		if from := firstWhole(r.Periods); q.whole && from.After(opts.From) && q.last.Unit != 'd' {
			opts.From = from
			r = d.compute(q.subject, opts)
		}
		return r
	})
}

func (d *Delivery) compute(s subject, opts dora.Options) dora.ServiceReport {
	var r dora.ServiceReport
	ok := true
	switch {
	case s.service != "":
		r, ok = d.ledger().Service(s.service, opts)
	case s.team != "":
		r, ok = d.ledger().Team(s.team, opts)
	default:
		r = d.ledger().Organisation(opts)
	}
	if !ok {
		none := dora.NewSnapshot(dora.Service{Name: s.service, Team: s.team}, dora.Coverage{Status: dora.Uncovered}, time.Time{}, dora.Events{})
		return dora.Compute([]dora.Snapshot{none}, opts).Services[0]
	}
	return r
}

// options are the range and periods of a question.
func (d *Delivery) options(q question) dora.Options {
	opts := dora.Options{Zone: d.opts.Zone, By: q.by}
	opts.From, opts.To = d.span(q)
	return opts
}

// explain gives the rows behind a number of the report that answers the same
// question.
func (d *Delivery) explain(q question, metric handbook.Metric, period string) dora.Explanation {
	return ask(d, d.explanations, explained{q, metric, period}, func() dora.Explanation {
		e, err := d.ledger().Explain(dora.Query{Metric: metric, Service: q.service, Team: q.team, Period: period}, d.options(q))
		if err != nil {
			return dora.Explanation{Metric: metric} // of a service without data
		}
		return e
	})
}

// members are the snapshots that a subject is of.
func (d *Delivery) members(s subject) []dora.Snapshot {
	var list []dora.Snapshot
	for _, name := range slices.Sorted(maps.Keys(d.snapshots)) {
		shot := d.snapshots[name]
		if s.service == name || s.service == "" && (s.team == "" || s.team == shot.Service().Team) {
			list = append(list, shot)
		}
	}
	return list
}

// firstWhole is the beginning of the first period that the data covers whole:
// numbers of whole periods leave out the part of one that the data begins in.
func firstWhole(periods []dora.Period) time.Time {
	for _, p := range periods {
		if !p.Partial {
			return p.From
		}
	}
	return time.Time{}
}

// lengths are the periods that spans of a unit consist of.
var lengths = map[byte]dora.By{'d': dora.Week, 'w': dora.Week, 'm': dora.Month, 'y': dora.Month}

// span is the range that a question is about: whole periods before the as-of
// time and, unless only whole periods are wanted, the one it falls into. Of a
// span that begins before the data does, the empty beginning is left out.
func (d *Delivery) span(q question) (from, to time.Time) {
	var asOf, first time.Time
	for _, s := range d.members(q.subject) {
		if s.AsOf().After(asOf) {
			asOf = s.AsOf()
		}
		if begin, _ := s.Covered(); !begin.IsZero() && (first.IsZero() || begin.Before(first)) {
			first = begin
		}
	}
	from, to = d.before(asOf, q)
	if from.Before(first) && first.Before(to) {
		from = first
	}
	return from, to
}

// before is the span of a question before an instant, whatever the data covers.
func (d *Delivery) before(asOf time.Time, q question) (from, to time.Time) {
	// What happened at that very second counts, and a week that it ends is over.
	end := asOf.Add(time.Second)
	local := end.In(d.opts.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, d.opts.Zone)
	week := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	month := day.AddDate(0, 0, 1-day.Day())
	switch q.last.Unit {
	case 'w':
		from, to = week.AddDate(0, 0, -7*q.last.N), week
	case 'm':
		from, to = month.AddDate(0, -q.last.N, 0), month
	case 'y':
		from, to = month.AddDate(0, -12*q.last.N, 0), month
	default:
		from, to = day.AddDate(0, 0, -q.last.N), day
	}
	if q.whole {
		return from, to
	}
	if q.by == dora.Month {
		from = from.AddDate(0, 0, 1-from.Day())
	} else {
		from = from.AddDate(0, 0, -(int(from.Weekday())+6)%7)
	}
	return from, end
}

// figure draws the chart that a metric block asks for.
func (m *maker) figure(out *bytes.Buffer, ref handbook.MetricRef, id string) {
	q := question{subject: subject{service: ref.Service.Value}, by: m.in.Delivery.opts.By, last: m.in.Delivery.opts.Window}
	if ref.By != "" {
		q.by = dora.By(ref.By)
	}
	if ref.Last.N > 0 {
		q.last = ref.Last
	}
	view := m.draw(q, handbook.Metric(ref.Metric.Value), ref.Chart, id, ref.Title)
	if err := m.in.Theme.Component(out, "figure", view); err != nil {
		m.failed(err)
	}
}

// draw is a chart of a service: a metric over periods, or one of
// handbook.Charts.
func (m *maker) draw(q question, metric handbook.Metric, kind, id, title string) FigureView {
	report, address := m.report(q)
	o := m.chart(q, metric, id, title, report, address)
	d := m.in.Delivery
	var f *chart.Figure
	switch kind {
	case "changes":
		f = chart.Items(d.explain(q, handbook.LeadTime, ""), report, o)
	case "stages":
		f = chart.StageStack(report, o)
	case "calendar":
		f = chart.Calendar(d.explain(q, handbook.DeploymentFrequency, ""), report, o)
	case "open":
		f = chart.Ageing(d.ledger().Open(q.service), report, o)
	case "recoveries":
		f = chart.Recoveries(d.explain(q, handbook.RecoveryTime, ""), report, o)
	default:
		f = chart.New(metric, report, o)
	}
	v := m.show(f, report.Sample)
	if kind != "open" { // which is no part of a period
		v.Explain = o.Rows
	}
	return v
}

// show is a figure as the theme gets it.
func (m *maker) show(f *chart.Figure, sample bool) FigureView {
	d := m.in.Delivery
	v := FigureView{
		ID: f.ID, Title: f.Title, Sign: SignView(f.Sign), Finding: f.Finding, Sample: sample, Empty: f.Empty,
		Columns: f.Table.Columns, Provenance: d.provenance(f.Provenance, sample),
	}
	for i, cells := range f.Table.Rows {
		row := TableRow{Cells: cells}
		if i < len(f.Table.Links) {
			row.Href = f.Table.Links[i]
		}
		v.Rows = append(v.Rows, row)
	}
	if f.Sign.String() == f.Empty {
		v.Sign = SignView{} // it is said already
	}
	if f.Empty == "" {
		v.SVG = template.HTML(f.SVG())
		if m.Assets().Explorer != "" {
			v.Options = string(f.ECharts())
		}
	}
	return v
}

// chart is how the answer to a question is drawn on this page.
func (m *maker) chart(q question, metric handbook.Metric, id, title string, s dora.ServiceReport, address string) chart.Options {
	o := m.in.Delivery.chart(q, id, title, s)
	if q.service != "" && address != "" && q.by == explainedBy(metric) && q.last == m.in.Delivery.opts.Window {
		o.Rows = m.href(explanationOf(address, metric))
	}
	for i, f := range m.in.Delivery.opts.Flags[q.service] {
		o.Flags = append(o.Flags, chart.Flag{N: i + 1, At: f.At, Text: f.Text, URL: m.flagHref(f)})
	}
	return o
}

// flagHref is where a flag leads; "": nowhere.
func (m *maker) flagHref(f Flag) string {
	if f.Page != "" {
		return m.href(f.Page)
	}
	return chart.WebAddress(f.URL)
}

func (d *Delivery) chart(q question, id, title string, s dora.ServiceReport) chart.Options {
	return chart.Options{ID: id, Title: title, Zone: d.opts.Zone, By: q.by, Service: q.name(), Sample: s.Sample, Rules: d.snapshots[q.service].Service()}
}

// name is what readers call a subject.
func (s subject) name() string {
	switch {
	case s.service != "":
		return s.service
	case s.team != "":
		return ownerName("team:" + s.team)
	}
	return "All services"
}

func (d *Delivery) provenance(p chart.Provenance, sample bool) ProvenanceView {
	v := ProvenanceView{Age: d.age(p, sample), Coverage: p.Coverage, LeftOut: p.LeftOutWords(), Remarks: p.Remarks}
	window := p.Window
	if p.Weeks != "" {
		window += ", " + p.Weeks
	}
	source := ""
	if p.Source != "" {
		source = "source: " + p.Source
	}
	for _, part := range []string{p.Service, window, p.N, source} {
		if part != "" {
			v.Parts = append(v.Parts, part)
		}
	}
	for _, l := range p.LeftOut {
		v.Reasons = append(v.Reasons, LeftOut{l.Reason, l.Hint})
	}
	return v
}

// age is the as-of time of data. What is made up never grows old, nor does what
// nobody knows.
func (d *Delivery) age(p chart.Provenance, sample bool) AgeView {
	if p.AsOf.IsZero() {
		return AgeView{}
	}
	a := AgeView{Words: p.AsOfWords(), Time: p.AsOf.UTC().Format(time.RFC3339)}
	if p.Known && !sample {
		a.StaleAfter = int(d.opts.StaleAfter.Seconds())
	}
	return a
}

// value writes a number inside a sentence: over whole periods, linked to the
// page of its service, with what it counts and rests on as its title.
func (m *maker) value(out *bytes.Buffer, ref handbook.MetricRef) {
	window := m.in.Delivery.opts.Window
	q := question{subject: subject{service: ref.Service.Value}, last: window, whole: true}
	if ref.Last.N > 0 {
		q.last = ref.Last
	}
	q.by = lengths[q.last.Unit]
	report, address := m.report(q)
	metric := handbook.Metric(ref.Metric.Value)
	stat := ref.Stat
	if stat == "" {
		stat = metric.Stats()[0]
	}
	r := newReading(metric, stat, report)
	d := m.in.Delivery
	p := d.chart(q, "", "", report).Provenance(metric, report, r.n)
	title := r.title + " · " + p.Line()
	if sign := chart.SignOf(report.Coverage).String(); sign != "" {
		title += " · " + sign
	}
	text := r.text
	if report.Sample {
		text += " (sample)"
		title += " · sample data"
	}
	age := ""
	if a := d.age(p, report.Sample); a.Time != "" {
		age = fmt.Sprintf(` data-as-of="%s"`, a.Time)
		if a.StaleAfter > 0 {
			age += fmt.Sprintf(` data-stale-after="%d"`, a.StaleAfter)
		}
	}
	fmt.Fprintf(out, `<a class="value" href="%s" title="%s"%s>%s</a>`, html.EscapeString(m.href(address)), html.EscapeString(title), age, html.EscapeString(text))
}

// report answers a question, and notes that the page rests on the deliveries of
// the services. The address is that of the page of the one service.
func (m *maker) report(q question) (report dora.ServiceReport, address string) {
	if q.service == "" {
		m.Services()
		return m.in.Delivery.report(q), ""
	}
	service, _ := m.Service(q.service)
	return m.in.Delivery.report(q), service.Address
}

// reading is a statistic in words.
type reading struct {
	text  string // 24 h, or why there is no value
	title string // what it is
	n     string // what it is of
	known bool
	value float64 // in the metric's unit, where known
}

// newReading reads a statistic. One of partial data says that it may change; one
// that nothing is known of is no data, and never 0 (rel/G7).
func newReading(metric handbook.Metric, stat string, s dora.ServiceReport) reading {
	r := reading{title: chart.MetricName(metric)}
	v, reason, show := dora.Number{}, dora.NotMeasured, decimal
	switch stage, ok := stageOf(metric, s.Overall.LeadTime); {
	case metric == handbook.DeploymentFrequency:
		d := s.Overall.Deployments
		reason = d.Reason
		if n, ok := d.Count.Get(); ok {
			r.n = count("deployment")(n)
		}
		switch stat {
		case "count":
			v, show, r.title = d.Count, count("deployment"), "deployments"
		case "days":
			v, show, r.title = d.Days, count("day"), "days with a deployment"
		default:
			v, show, r.title = d.PerWeek, func(x float64) string { return decimal(x) + " a week" }, "deployments a week"
		}
	case ok:
		v, show, r.title = percentile(metric, stat, stage)
		if metric == handbook.LeadTime && stat == "mean" {
			v, r.title = s.Overall.LeadTime.Mean, "mean of change lead time"
		}
		reason, r.n = stage.Reason, fmt.Sprintf("n = %d", stage.N)
	case metric == handbook.ChangeFailRate:
		f := s.Overall.ChangeFailRate
		v, show, reason, r.n = f.Value, percentOf, f.Reason, fmt.Sprintf("n = %d", f.N)
		if stat == "n" && f.Reason != dora.NotMeasured && f.Reason != dora.OutsideCoverage {
			v, show, r.title = dora.Num(float64(f.N)), count("deployment"), "deployments"
		}
	case metric == handbook.ReworkRate:
		w := s.Overall.ReworkRate
		v, show, reason, r.n = w.Value, percentOf, w.Reason, fmt.Sprintf("n = %d", w.N)
		if stat == "n" && w.Reason != dora.NotMeasured && w.Reason != dora.OutsideCoverage {
			v, show, r.title = dora.Num(float64(w.N)), count("deployment"), "deployments"
		}
	case metric == handbook.RecoveryTime:
		t := s.Overall.RecoveryTime
		open, _ := t.Open.Get()
		v, show, reason, r.n = t.P50, chart.Duration, t.Reason, fmt.Sprintf("n = %d", t.N+int(open))
		r.title = "median of failed deployment recovery time"
		if more, ok := t.More.Get(); ok { // more than half are open (metrics/X6)
			v, show = t.More, func(float64) string { return "over " + chart.Duration(more) }
		}
		if stat == "n" && t.Reason != dora.NotMeasured && t.Reason != dora.OutsideCoverage {
			v, show, r.title = dora.Num(float64(t.N)+open), count("failed deployment"), "failed deployments"
		}
	}
	x, ok := v.Get()
	r.known, r.value = ok, x
	switch partial := s.Coverage.Status == dora.Partial || s.Coverage.Status == dora.Stale; {
	case !ok && s.Coverage.Status == dora.Uncovered && reason == dora.OutsideCoverage:
		r.text = reasonWords(dora.NoData)
	case !ok:
		r.text = reasonWords(reason)
	case partial && (metric == handbook.DeploymentFrequency || stat == "n"):
		r.text = "at least " + show(x) // a count can only grow
	case partial:
		r.text = show(x) + " so far"
	default:
		r.text = show(x)
	}
	return r
}

// percentile is a statistic of durations, how to show it, and what it is.
func percentile(metric handbook.Metric, stat string, s dora.Stage) (v dora.Number, show func(float64) string, title string) {
	of := " of " + strings.ToLower(chart.MetricName(metric))
	switch stat {
	case "n":
		if s.Reason == "" || s.Reason == dora.NoData {
			v = dora.Num(float64(s.N))
		}
		return v, count("change"), "changes delivered"
	case "p75":
		return s.P75, chart.Duration, "75th percentile" + of
	case "p90":
		return s.P90, chart.Duration, "90th percentile" + of
	}
	return s.P50, chart.Duration, "median" + of
}

// stageOf is lead time, or the part of it that a metric names.
func stageOf(m handbook.Metric, l dora.LeadTime) (dora.Stage, bool) {
	switch m {
	case handbook.LeadTime:
		return dora.Stage{N: l.N, P50: l.P50, P75: l.P75, P90: l.P90, Reason: l.Reason}, true
	case handbook.LeadTimeCoding:
		return l.Stages.Coding, true
	case handbook.LeadTimePickup:
		return l.Stages.Pickup, true
	case handbook.LeadTimeReview:
		return l.Stages.Review, true
	case handbook.LeadTimeDeploy:
		return l.Stages.Deploy, true
	}
	return dora.Stage{}, false
}

func reasonWords(r dora.Reason) string {
	switch r {
	case dora.NotMeasured:
		return "not measured"
	case dora.OutsideCoverage:
		return "not covered by the data"
	case dora.NotInSource:
		return "not in the source"
	}
	return "no data"
}

// count words a number of things.
func count(noun string) func(float64) string {
	return func(x float64) string {
		if x == 1 {
			return "1 " + noun
		}
		return strconv.Itoa(int(x)) + " " + noun + "s"
	}
}

// decimal shows a rate with two significant digits, as far as they say something.
func decimal(x float64) string {
	if x < 10 {
		return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}

func lastWords(l handbook.Last) string {
	unit := map[byte]string{'d': "day", 'w': "week", 'm': "month", 'y': "year"}[l.Unit]
	return count(unit)(float64(l.N))
}
