package render

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
)

// Delivery is what is known of the services of a site. Reports are computed
// when a page asks for them and kept; it may be shared by goroutines.
type Delivery struct {
	opts      DeliveryOptions
	snapshots map[string]dora.Snapshot // by name of the service

	lock    sync.Mutex
	reports map[question]*answer
}

// DeliveryOptions say how pages show deliveries.
type DeliveryOptions struct {
	Zone       *time.Location // of dates
	By         dora.By        // periods, where a block says nothing else
	Window     handbook.Last  // span, where a block says nothing else
	StaleAfter time.Duration  // age from which on readers are told how old the data is; 0: never
}

// question names a report: the service, the length of its periods and the
// span before the as-of time; whole leaves out the period that is not over.
type question struct {
	service string
	by      dora.By
	last    handbook.Last
	whole   bool
}

type answer struct {
	once   sync.Once
	report dora.ServiceReport
}

// NewDelivery returns the delivery data of a site: a snapshot for each name of a
// service.
func NewDelivery(snapshots map[string]dora.Snapshot, opts DeliveryOptions) *Delivery {
	return &Delivery{opts: opts, snapshots: snapshots, reports: map[question]*answer{}}
}

// hashes stand, by service, for all that its figures are drawn from.
func (d *Delivery) hashes() map[string]pack.Hash {
	hashes := map[string]pack.Hash{}
	for name, s := range d.snapshots {
		h := s.Hash()
		hashes[name] = pack.SumBytes(h[:], []byte(d.opts.Zone.String()), []byte(d.opts.By), []byte(lastWords(d.opts.Window)), []byte(d.opts.StaleAfter.String()))
	}
	return hashes
}

// report answers a question; a service without a snapshot has no data.
func (d *Delivery) report(q question) dora.ServiceReport {
	d.lock.Lock()
	a := d.reports[q]
	if a == nil {
		a = &answer{}
		d.reports[q] = a
	}
	d.lock.Unlock()
	a.once.Do(func() {
		s := d.snapshots[q.service]
		opts := dora.Options{Zone: d.opts.Zone, By: q.by}
		opts.From, opts.To = d.span(s, q)
		a.report = dora.Compute([]dora.Snapshot{s}, opts).Services[0]
		if from := firstWhole(a.report.Periods); q.whole && from.After(opts.From) && q.last.Unit != 'd' {
			opts.From = from
			a.report = dora.Compute([]dora.Snapshot{s}, opts).Services[0]
		}
	})
	return a.report
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
func (d *Delivery) span(s dora.Snapshot, q question) (from, to time.Time) {
	from, to = d.before(s.AsOf(), q)
	if first, _ := s.Covered(); from.Before(first) && first.Before(to) {
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
	q := question{service: ref.Service.Value, by: m.in.Delivery.opts.By, last: m.in.Delivery.opts.Window}
	if ref.By != "" {
		q.by = dora.By(ref.By)
	}
	if ref.Last.N > 0 {
		q.last = ref.Last
	}
	view := m.figureView(q, handbook.Metric(ref.Metric.Value), id, ref.Title)
	if err := m.in.Theme.Component(out, "figure", view); err != nil {
		m.failed(err)
	}
}

func (m *maker) figureView(q question, metric handbook.Metric, id, title string) FigureView {
	report, _ := m.report(q)
	d := m.in.Delivery
	f := chart.New(metric, report, d.chart(q, id, title, report))
	v := FigureView{
		ID: id, Title: f.Title, Sign: SignView(f.Sign), Finding: f.Finding, Sample: report.Sample, Empty: f.Empty,
		Columns: f.Table.Columns, Rows: f.Table.Rows, Provenance: d.provenance(f.Provenance, report.Sample),
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

// chart is how the answer to a question is drawn.
func (d *Delivery) chart(q question, id, title string, s dora.ServiceReport) chart.Options {
	return chart.Options{ID: id, Title: title, Zone: d.opts.Zone, By: q.by, Service: q.service, Sample: s.Sample, Rules: d.snapshots[q.service].Service()}
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
	q := question{service: ref.Service.Value, last: window, whole: true}
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
// the service. The address is that of its page.
func (m *maker) report(q question) (report dora.ServiceReport, address string) {
	service, _ := m.Service(q.service)
	return m.in.Delivery.report(q), service.Address
}

// reading is a statistic in words.
type reading struct {
	text  string // 24 h, or why there is no value
	title string // what it is
	n     string // what it is of
	known bool
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
	}
	x, ok := v.Get()
	r.known = ok
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

// monthsShown is how far back the monthly charts of a service page go.
const monthsShown = 24

// service is the delivery data of a service page.
func (m *maker) service(name string) *ServiceView {
	d := m.in.Delivery
	now, _ := m.report(question{service: name, by: dora.Week, last: d.opts.Window})
	whole, _ := m.report(question{service: name, by: lengths[d.opts.Window.Unit], last: d.opts.Window, whole: true})
	v := &ServiceView{
		Name: name, Sample: now.Sample,
		Source: chart.SourceName(now.Source), Status: string(now.Coverage.Status), Sign: SignView(chart.SignOf(now.Coverage)),
	}
	if now.Coverage.Status != dora.Uncovered {
		v.Coverage = strings.TrimPrefix(chart.CoverageWords(now.Coverage, d.opts.Zone), v.Status+", ")
	}
	p := d.chart(question{service: name}, "", "", now).Provenance(handbook.DeploymentFrequency, now, "")
	v.Age = d.age(p, now.Sample)
	periods := 0
	for _, p := range whole.Periods {
		if !p.Partial {
			periods++
		}
	}
	unit := "whole " + string(lengths[d.opts.Window.Unit])
	over := "last " + count(unit)(float64(periods))
	if periods == 0 {
		over = "no " + unit + " is covered yet"
	}
	line := func(metric handbook.Metric, stat, detail string) {
		r := newReading(metric, stat, whole)
		left := d.chart(question{service: name}, "", "", whole).Provenance(metric, whole, "").LeftOutWords()
		if left != "" {
			detail += "; " + left
		}
		v.Metrics = append(v.Metrics, MetricView{Name: chart.MetricName(metric), Value: r.text, Detail: detail, Known: r.known})
	}
	lt, dep := whole.Overall.LeadTime, whole.Overall.Deployments
	detail := over
	if lt.N > 0 {
		detail = fmt.Sprintf("median of %s, %s", count("change")(float64(lt.N)), over)
	}
	if p90, ok := lt.P90.Get(); ok {
		detail += "; nine in ten under " + chart.Duration(p90)
	}
	line(handbook.LeadTime, "p50", detail)
	detail = over
	if n, ok := dep.Count.Get(); ok {
		detail = count("deployment")(n) + ", " + over
	}
	line(handbook.DeploymentFrequency, "per_week", detail)
	const unread = "needs incidents, rollbacks or reverts, which this version does not read"
	for _, metric := range []handbook.Metric{handbook.ChangeFailRate, handbook.RecoveryTime, handbook.ReworkRate} {
		line(metric, "", unread)
	}
	for _, metric := range []handbook.Metric{handbook.DeploymentFrequency, handbook.LeadTime} {
		id := "rt-" + strings.ReplaceAll(string(metric), "_", "-") // headings and HTML of pages have no such ids
		v.Weeks = append(v.Weeks, m.figureView(question{service: name, by: dora.Week, last: d.opts.Window}, metric, id+"-week", ""))
		v.Months = append(v.Months, m.figureView(question{service: name, by: dora.Month, last: handbook.Last{N: monthsShown, Unit: 'm'}}, metric, id+"-month", ""))
	}
	for _, figures := range [][]FigureView{v.Weeks, v.Months} {
		for i := range figures {
			if figures[i].Sign.Text != "" {
				figures[i].Sign.Text = "the values may still change. Why, and what to do, stands above."
			}
		}
	}
	for _, f := range now.Findings {
		if f.Code == diag.CoverageGap && v.Sign.Word != "" {
			continue // said above, in words
		}
		v.Notes = append(v.Notes, Note{Code: string(f.Code), Message: f.Message, Hint: f.Hint})
	}
	return v
}
