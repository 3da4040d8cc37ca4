package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// five are the metrics in the order of a page.
var five = []handbook.Metric{handbook.LeadTime, handbook.DeploymentFrequency, handbook.ChangeFailRate, handbook.RecoveryTime, handbook.ReworkRate}

// monthsShown is how far back the monthly charts of a service page go.
const monthsShown = 24

// explainedBy is the length of the periods in which a metric is explained: what
// is rare says little of a week.
func explainedBy(m handbook.Metric) dora.By {
	switch m {
	case handbook.ChangeFailRate, handbook.RecoveryTime, handbook.ReworkRate:
		return dora.Month
	}
	return dora.Week
}

// slug is a metric in addresses and ids: lead-time. The parts of lead time are
// explained with the whole.
func slug(m handbook.Metric) string {
	whole, _, _ := strings.Cut(string(m), ".")
	return strings.ReplaceAll(whole, "_", "-")
}

// explanationOf is the address of the page with the rows behind a metric of the
// service at another address.
func explanationOf(service string, m handbook.Metric) string {
	return service + "explain/" + slug(m) + "/"
}

// measures is what a page shows of the deliveries of a subject.
type measures struct {
	*maker
	of      subject
	address string // of the page of the one service
	now     dora.ServiceReport
	whole   dora.ServiceReport // of whole periods alone
	over    string             // last 26 whole weeks
}

func (m *maker) measures(s subject) *measures {
	d := m.in.Delivery
	v := &measures{maker: m, of: s}
	v.now, v.address = m.report(question{subject: s, by: dora.Week, last: d.opts.Window})
	v.whole, _ = m.report(question{subject: s, by: lengths[d.opts.Window.Unit], last: d.opts.Window, whole: true})
	periods := 0
	for _, p := range v.whole.Periods {
		if !p.Partial {
			periods++
		}
	}
	unit := "whole " + string(lengths[d.opts.Window.Unit])
	v.over = "last " + count(unit)(float64(periods))
	if periods == 0 {
		v.over = "no " + unit + " is covered yet"
	}
	return v
}

// delivery is what every page of deliveries begins with: what the numbers rest
// on, the five metrics, and what is wrong with the data.
func (m *measures) delivery() *DeliveryView {
	d := m.in.Delivery
	v := &DeliveryView{
		Name: m.of.name(), Sample: m.now.Sample,
		Source: chart.SourceName(m.now.Source), Status: string(m.now.Coverage.Status), Sign: SignView(chart.SignOf(m.now.Coverage)),
	}
	if m.now.Coverage.Status != dora.Uncovered {
		v.Coverage = strings.TrimPrefix(chart.CoverageWords(m.now.Coverage, d.opts.Zone), v.Status+", ")
	}
	p := d.chart(question{subject: m.of}, "", "", m.now).Provenance(handbook.LeadTime, m.now, "")
	v.Age = d.age(p, m.now.Sample)
	v.LeftOut = d.chart(question{subject: m.of}, "", "", m.whole).Provenance(handbook.LeadTime, m.whole, "").LeftOutWords()
	for _, metric := range five {
		v.Metrics = append(v.Metrics, m.tile(metric))
	}
	for _, f := range m.now.Findings {
		if f.Code == diag.CoverageGap && v.Sign.Word != "" {
			continue // said above, in words
		}
		v.Notes = append(v.Notes, Note{Code: string(f.Code), Message: f.Message, Hint: f.Hint})
	}
	return v
}

// tile is one metric in one line: its value over whole periods, what that is
// of, and whether anything is unusual.
func (m *measures) tile(metric handbook.Metric) MetricView {
	r := newReading(metric, metric.Stats()[0], m.whole)
	o := m.in.Delivery.chart(question{subject: m.of, by: explainedBy(metric)}, "", "", m.now)
	v := MetricView{Name: chart.MetricName(metric), Value: r.text, Known: r.known, Detail: m.detail(metric)}
	if left := m.in.Delivery.chart(question{subject: m.of}, "", "", m.whole).Provenance(metric, m.whole, "").LeftOutWords(); left != "" && r.known {
		v.Detail += "; " + left
	}
	unmeasured := v.Value == reasonWords(dora.NotMeasured)
	if r, _ := m.report(question{subject: m.of, by: explainedBy(metric), last: m.in.Delivery.opts.Window}); r.Source != "" && !unmeasured {
		v.Usual = chart.Usual(metric, r, o)
	}
	if address, ok := m.Metric(metric); ok {
		v.About = m.href(address)
	}
	if !unmeasured && m.of.service != "" && m.address != "" {
		v.Href = m.href(explanationOf(m.address, metric))
	}
	return v
}

// detail says what the value of a metric is of.
func (m *measures) detail(metric handbook.Metric) string {
	whole := m.whole.Overall
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch metric {
	case handbook.LeadTime:
		if n := whole.LeadTime.N; n > 0 {
			add("median of %s", count("change")(float64(n)))
		}
		if p90, ok := whole.LeadTime.P90.Get(); ok {
			add("nine in ten under %s", chart.Duration(p90))
		}
	case handbook.DeploymentFrequency:
		if n, ok := whole.Deployments.Count.Get(); ok {
			add("%s", count("deployment")(n))
		}
	case handbook.ChangeFailRate:
		f := whole.ChangeFailRate
		if f.Reason == dora.NotMeasured {
			return "add failures: {} to the metrics of the service page"
		}
		if n, ok := f.Failed.Get(); ok {
			add("%.0f of %s failed", n, count("deployment")(float64(f.N)))
		}
		parts = append(parts, interval(f.Low, f.High)...)
	case handbook.ReworkRate:
		w := whole.ReworkRate
		if w.Reason == dora.NotMeasured {
			return "add failures: {} to the metrics of the service page"
		}
		if n, ok := w.Rework.Get(); ok {
			add("%.0f of %s repaired an earlier one", n, count("deployment")(float64(w.N)))
		}
		parts = append(parts, interval(w.Low, w.High)...)
	case handbook.RecoveryTime:
		t := whole.RecoveryTime
		if t.Reason == dora.NotMeasured {
			return "add failures: {} to the metrics of the service page"
		}
		open, _ := t.Open.Get()
		add("%d restored", t.N)
		if open > 0 {
			add("%.0f still open", open)
		}
	}
	return strings.Join(append(parts, m.over), ", ")
}

// interval words the 95 % interval of a share.
func interval(low, high dora.Number) []string {
	l, ok := low.Get()
	h, _ := high.Get()
	if !ok {
		return nil
	}
	return []string{"95 % interval " + strings.TrimSuffix(percentOf(l), "\u00a0%") + "–" + percentOf(h)}
}

// percentOf words a share.
func percentOf(x float64) string { return strconv.FormatFloat(100*x, 'f', 0, 64) + "\u00a0%" }

// service is the delivery data of a service page.
func (m *maker) service(name string) *DeliveryView {
	s := m.measures(subject{service: name})
	v := s.delivery()
	week := question{subject: s.of, by: dora.Week, last: m.in.Delivery.opts.Window}
	month := question{subject: s.of, by: dora.Month, last: handbook.Last{N: monthsShown, Unit: 'm'}}
	inMonths := question{subject: s.of, by: dora.Month, last: m.in.Delivery.opts.Window}
	// Where the first chart of a panel has nothing to draw, the others would only
	// say so again.
	panel := func(title string, first FigureView, more ...func() FigureView) {
		figures := []FigureView{first}
		for _, draw := range more {
			if first.Empty == "" {
				figures = append(figures, draw())
			}
		}
		v.Panels = append(v.Panels, PanelView{title, figures})
	}
	panel("How long changes take", s.figure(handbook.LeadTime, week, ""),
		func() FigureView { return s.draw(week, handbook.LeadTime, "changes", "rt-changes", "") },
		func() FigureView { return s.draw(week, handbook.LeadTime, "stages", "rt-stages", "") })
	if v.Panels[0].Figures[0].Empty == "" && s.now.Overall.LeadTime.Stages.Coding.Reason != dora.NotInSource || len(m.in.Delivery.ledger().Open(name)) > 0 {
		panel("What is waiting", s.draw(week, handbook.LeadTime, "open", "rt-open", ""))
	}
	panel("How often we deploy", s.figure(handbook.DeploymentFrequency, week, ""),
		func() FigureView { return s.draw(week, handbook.DeploymentFrequency, "calendar", "rt-calendar", "") })
	panel("What goes wrong", s.figure(handbook.ChangeFailRate, inMonths, ""),
		func() FigureView { return s.draw(inMonths, handbook.RecoveryTime, "recoveries", "rt-recoveries", "") },
		func() FigureView { return s.figure(handbook.ReworkRate, inMonths, "") })
	for _, metric := range []handbook.Metric{handbook.LeadTime, handbook.DeploymentFrequency} {
		v.Months = append(v.Months, s.figure(metric, month, "-month"))
	}
	v.Next = s.next()
	for _, p := range v.Panels {
		saidAbove(p.Figures)
	}
	saidAbove(v.Months)
	for i, f := range m.in.Delivery.opts.Flags[name] {
		v.Flags = append(v.Flags, FlagView{N: i + 1, Date: f.At.In(m.in.Delivery.opts.Zone).Format("2 Jan 2006"), Text: f.Text, Href: m.flagHref(f)})
	}
	for _, f := range []struct{ name, title string }{{"metrics.csv", "All periods as CSV"}, {"metrics.json", "the whole report as JSON"}} {
		v.Downloads = append(v.Downloads, Link{Href: m.href(s.address + f.name), Title: f.title})
	}
	return v
}

// next is where to look first: the largest part of lead time, with the step of
// the handbook that governs it, who answers for that, and what to read.
func (m *measures) next() NextView {
	stage, share, ok := chart.LargestStage(m.whole.Overall.LeadTime)
	if !ok || m.whole.Coverage.Status != dora.Complete {
		return NextView{}
	}
	v := NextView{Text: fmt.Sprintf("%s is the largest part of lead time: %s of the summed medians.", chart.MetricName(stage), percentOf(share))}
	address, ok := m.Metric(stage)
	if !ok {
		address, ok = m.Metric(handbook.LeadTime)
	}
	if ok {
		v.Href = m.href(address)
	}
	if practice, ok := m.Practice(stage); ok {
		v.Step, v.Answers, v.Chapters = m.to(practice.Step), m.to(practice.Answers), m.tos(practice.Chapters)
	}
	return v
}

// saidAbove shortens the signs of figures on a page that has explained them.
func saidAbove(figures []FigureView) {
	for i := range figures {
		if figures[i].Sign.Text != "" {
			figures[i].Sign.Text = "the values may still change. Why, and what to do, stands above."
		}
	}
}

// id is that of a figure; headings and HTML of pages have no such ids.
func (m *measures) id(name string) string {
	return "rt-" + strings.NewReplacer("_", "-", ".", "-").Replace(name)
}

// figure is a metric over periods.
func (m *measures) figure(metric handbook.Metric, q question, suffix string) FigureView {
	return m.draw(q, metric, "", m.id(string(metric))+suffix, "")
}

// several is the delivery data of a team, or of the organisation: each service
// by itself, in the order of the names, with what is known of it.
func (m *maker) several(s subject) *DeliveryView {
	all := m.measures(s)
	v := all.delivery()
	if s.team == "" { // an average over an organisation says nothing of any team in it
		v.Metrics, v.Source, v.LeftOut = nil, "", ""
	}
	names := map[string]string{}
	addresses := map[string]string{}
	for _, service := range m.Services() {
		names[service.Name], addresses[service.Name] = service.Title, service.Address
	}
	for _, shot := range m.in.Delivery.members(s) {
		name := shot.Service().Name
		r, address := m.report(question{subject: subject{service: name}, by: dora.Week, last: m.in.Delivery.opts.Window})
		row := ServiceRow{Link: Link{Href: m.href(address), Title: names[name]}, Team: ownerName("team:" + shot.Service().Team), Status: string(r.Coverage.Status), Source: chart.SourceName(r.Source), Sample: r.Sample}
		p := m.in.Delivery.chart(question{subject: subject{service: name}}, "", "", r).Provenance(handbook.DeploymentFrequency, r, "")
		row.Age = m.in.Delivery.age(p, r.Sample)
		if shot.Service().Team == "" {
			row.Team = ""
		}
		if sign := chart.SignOf(r.Coverage); sign.Word != "" {
			row.Sign = sign.Text
		}
		v.Services = append(v.Services, row)
		v.Mixed = v.Mixed || row.Sample != v.Services[0].Sample
	}
	for _, metric := range five {
		v.Panels = append(v.Panels, PanelView{chart.MetricName(metric), []FigureView{m.multiples(s, metric)}})
	}
	return v
}

// multiples is one metric of each service of a subject.
func (m *maker) multiples(s subject, metric handbook.Metric) FigureView {
	d := m.in.Delivery
	q := question{subject: s, by: explainedBy(metric), last: d.opts.Window}
	m.Services()
	var list []dora.ServiceReport
	sample := false
	asOf := d.options(q) // one range for all, so that the rows stand below each other
	for _, shot := range d.members(s) {
		r := d.compute(subject{service: shot.Service().Name}, asOf)
		sample = sample || r.Sample
		list = append(list, r)
	}
	o := d.chart(q, "rt-"+slug(metric)+"-services", "", dora.ServiceReport{Sample: sample})
	return m.show(chart.Multiples(list, metric, o), sample)
}

// teamPage is the delivery data of a team; nil where it owns no service.
func (m *maker) teamPage(name string) *DeliveryView {
	if len(m.in.Delivery.members(subject{team: name})) == 0 {
		m.Services()
		return nil
	}
	return m.several(subject{team: name})
}

// metricPage is one metric of all services.
func (m *maker) metricPage(metric handbook.Metric) *DeliveryView {
	if metric == "" || len(m.in.Delivery.members(subject{})) == 0 {
		m.Services()
		return nil
	}
	v := &DeliveryView{Name: chart.MetricName(metric), One: true}
	f := m.multiples(subject{}, metric)
	v.Sample = f.Sample
	v.Panels = []PanelView{{"All services", []FigureView{f}}}
	return v
}
