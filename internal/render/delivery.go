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
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
)

// Delivery is what is known of the services of a site. Reports are computed
// when a page asks for them and kept; it may be shared by goroutines.
type Delivery struct {
	zone      *time.Location
	by        dora.By
	window    handbook.Last
	snapshots map[string]dora.Snapshot // by name of the service

	lock    sync.Mutex
	reports map[question]*answer
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

// NewDelivery returns the delivery data of a site. Pages show the window by
// periods of the given length where a block says nothing else.
func NewDelivery(zone *time.Location, by dora.By, window handbook.Last, snapshots map[string]dora.Snapshot) *Delivery {
	return &Delivery{zone: zone, by: by, window: window, snapshots: snapshots, reports: map[question]*answer{}}
}

// hashes stand, by service, for all that its figures are drawn from.
func (d *Delivery) hashes() map[string]pack.Hash {
	hashes := map[string]pack.Hash{}
	for name, s := range d.snapshots {
		h := s.Hash()
		hashes[name] = pack.SumBytes(h[:], []byte(d.zone.String()), []byte(d.by), []byte(lastWords(d.window)))
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
		opts := dora.Options{Zone: d.zone, By: q.by}
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
	local := end.In(d.zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, d.zone)
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
	q := question{service: ref.Service.Value, by: m.in.Delivery.by, last: m.in.Delivery.window}
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
	opts := chart.Options{ID: id, Title: title, Zone: m.in.Delivery.zone, By: q.by, Service: q.service, Sample: report.Sample}
	f := chart.New(metric, report, opts)
	v := FigureView{ID: id, Title: f.Title, Finding: f.Finding, Caption: f.Caption, Sample: report.Sample, Empty: f.Empty, Columns: f.Table.Columns, Rows: f.Table.Rows}
	if f.Empty == "" {
		v.SVG = template.HTML(f.SVG())
		if m.Assets().Explorer != "" {
			v.Options = string(f.ECharts())
		}
	}
	return v
}

// value writes a number inside a sentence: over whole periods, linked to the
// page of its service, with what it counts as its title.
func (m *maker) value(out *bytes.Buffer, ref handbook.MetricRef) {
	window := m.in.Delivery.window
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
	text, title := reading(metric, stat, report)
	title += ", " + q.service + ", " + lastWords(q.last) + " to " + date(report.Overall.To.Add(-time.Second), m.in.Delivery.zone)
	if report.Sample {
		text += " (sample)"
		title += ", sample data"
	}
	fmt.Fprintf(out, `<a class="value" href="%s" title="%s">%s</a>`, html.EscapeString(m.href(address)), html.EscapeString(title), html.EscapeString(text))
}

// report answers a question, and notes that the page rests on the deliveries of
// the service. The address is that of its page.
func (m *maker) report(q question) (report dora.ServiceReport, address string) {
	service, _ := m.Service(q.service)
	return m.in.Delivery.report(q), service.Address
}

// reading is a statistic in words, and what it is.
func reading(metric handbook.Metric, stat string, s dora.ServiceReport) (text, title string) {
	o := s.Overall
	switch d := o.Deployments; {
	case metric != handbook.DeploymentFrequency:
	case stat == "count":
		return words(d.Count, d.Reason, count("deployment")), "deployments"
	case stat == "days":
		return words(d.Days, d.Reason, count("day")), "days with a deployment"
	default:
		return words(d.PerWeek, d.Reason, func(x float64) string { return decimal(x) + " a week" }), "deployments a week"
	}
	if lt := o.LeadTime; metric == handbook.LeadTime {
		if stat == "mean" {
			return words(lt.Mean, lt.Reason, chart.Duration), fmt.Sprintf("mean of change lead time, n = %d", lt.N)
		}
		return percentile(metric, stat, dora.Stage{N: lt.N, P50: lt.P50, P75: lt.P75, P90: lt.P90, Reason: lt.Reason})
	}
	if stage, ok := stageOf(metric, o.LeadTime.Stages); ok {
		return percentile(metric, stat, stage)
	}
	return reasonWords(dora.NotMeasured), chart.MetricName(metric)
}

// percentile is a statistic of durations in words, and what it is.
func percentile(metric handbook.Metric, stat string, s dora.Stage) (text, title string) {
	of := fmt.Sprintf(" of %s, n = %d", strings.ToLower(chart.MetricName(metric)), s.N)
	switch stat {
	case "n":
		return count("change")(float64(s.N)), "changes delivered"
	case "p75":
		return words(s.P75, s.Reason, chart.Duration), "75th percentile" + of
	case "p90":
		return words(s.P90, s.Reason, chart.Duration), "90th percentile" + of
	}
	return words(s.P50, s.Reason, chart.Duration), "median" + of
}

// words shows a value, or why there is none.
func words(v dora.Number, reason dora.Reason, show func(float64) string) string {
	if x, ok := v.Get(); ok {
		return show(x)
	}
	return reasonWords(reason)
}

// stageOf is the part of lead time that a metric names.
func stageOf(m handbook.Metric, s dora.Stages) (dora.Stage, bool) {
	switch m {
	case handbook.LeadTimeCoding:
		return s.Coding, true
	case handbook.LeadTimePickup:
		return s.Pickup, true
	case handbook.LeadTimeReview:
		return s.Review, true
	case handbook.LeadTimeDeploy:
		return s.Deploy, true
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

func date(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 Jan 2006") }

// monthsShown is how far back the monthly charts of a service page go.
const monthsShown = 24

// service is the delivery data of a service page.
func (m *maker) service(name string) *ServiceView {
	d := m.in.Delivery
	now, _ := m.report(question{service: name, by: dora.Week, last: d.window})
	whole, _ := m.report(question{service: name, by: lengths[d.window.Unit], last: d.window, whole: true})
	v := &ServiceView{
		Name: name, Sample: now.Sample,
		Source: chart.SourceName(now.Source), Status: string(now.Coverage.Status), Coverage: coverageWords(now.Coverage, d.zone),
	}
	if !now.AsOf.IsZero() {
		v.AsOf = date(now.AsOf, d.zone)
	}
	periods := 0
	for _, p := range whole.Periods {
		if !p.Partial {
			periods++
		}
	}
	unit := "whole " + string(lengths[d.window.Unit])
	over := "last " + count(unit)(float64(periods))
	if periods == 0 {
		over = "no " + unit + " is covered yet"
	}
	line := func(metric handbook.Metric, stat, detail string) {
		text, _ := reading(metric, stat, whole)
		v.Metrics = append(v.Metrics, MetricView{Name: chart.MetricName(metric), Value: text, Detail: detail})
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
	for i := range v.Metrics {
		v.Metrics[i].Known = v.Metrics[i].Value != "" && v.Metrics[i].Value[0] >= '0' && v.Metrics[i].Value[0] <= '9'
	}
	for _, metric := range []handbook.Metric{handbook.DeploymentFrequency, handbook.LeadTime} {
		id := "rt-" + strings.ReplaceAll(string(metric), "_", "-") // headings and HTML of pages have no such ids
		v.Weeks = append(v.Weeks, m.figureView(question{service: name, by: dora.Week, last: d.window}, metric, id+"-week", ""))
		v.Months = append(v.Months, m.figureView(question{service: name, by: dora.Month, last: handbook.Last{N: monthsShown, Unit: 'm'}}, metric, id+"-month", ""))
	}
	for _, f := range now.Findings {
		v.Notes = append(v.Notes, Note{Code: string(f.Code), Message: f.Message, Hint: f.Hint})
	}
	return v
}

// coverageWords say which span the data proves, and why no more.
func coverageWords(c dora.Coverage, zone *time.Location) string {
	var parts []string
	if !c.From.IsZero() && !c.To.IsZero() {
		parts = append(parts, date(c.From, zone)+" to "+date(c.To, zone))
	}
	for _, r := range c.Reasons {
		parts = append(parts, strings.ReplaceAll(r, "_", " "))
	}
	return strings.Join(parts, "; ")
}
