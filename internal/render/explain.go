package render

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// maxRows is how many rows a period lists; the file beside the page has all.
const maxRows = 200

// definitions are what the metrics mean, in the words of their readers.
var definitions = map[handbook.Metric]string{
	handbook.LeadTime:            "From the first commit of a change to that change running in production. Each change counts once, for the first deployment that contains it.",
	handbook.DeploymentFrequency: "Successful deployments to production. A redeploy of what is live already, and an attempt that failed, do not count.",
	handbook.ChangeFailRate:      "Deployments that failed in production, of all deployments. A deployment fails at most once, however many signs there are.",
	handbook.RecoveryTime:        "From a failed deployment going live to service being restored. What is still open counts as longer than it has lasted (Kaplan–Meier).",
	handbook.ReworkRate:          "Deployments that repaired an earlier one, of all deployments: rollbacks, reverts, hotfixes, and fixes of incidents.",
}

// explanationFiles lists the files that explain the numbers of a service.
func (r *Renderer) explanationFiles(path handbook.Path, name, address string, pos diag.Pos, view func(name string, pos diag.Pos, page bool, make func(*maker) (*PageView, error))) {
	for _, metric := range five {
		to := explanationOf(address, metric)
		view(to+"index.html", pos, false, func(m *maker) (*PageView, error) { return m.explanation(path, name, metric), nil })
		rows := func(m *maker) dora.Explanation {
			m.Service(name)
			d := m.in.Delivery
			return d.explain(question{subject: subject{service: name}, by: explainedBy(metric), last: d.opts.Window}, metric, "")
		}
		r.data(to+"rows.csv", func(m *maker, w io.Writer) error { return rows(m).WriteCSV(w) })
		r.data(to+"rows.json", func(m *maker, w io.Writer) error { return rows(m).WriteJSON(w) })
	}
	report := func(m *maker) dora.Report {
		m.Service(name)
		d := m.in.Delivery
		q := question{subject: subject{service: name}, by: dora.Week, last: d.opts.Window}
		one := d.report(q)
		return dora.Report{Schema: dora.Schema, AsOf: one.AsOf, TimeZone: d.opts.Zone.String(), By: q.by, Teams: []dora.ServiceReport{}, Services: []dora.ServiceReport{one}}
	}
	r.data(address+"metrics.csv", func(m *maker, w io.Writer) error { return report(m).WriteCSV(w) })
	r.data(address+"metrics.json", func(m *maker, w io.Writer) error { return report(m).WriteJSON(w) })
}

// data lists a file that is no page.
func (r *Renderer) data(name string, write func(*maker, io.Writer) error) {
	r.files = append(r.files, File{Name: name, make: func(m *maker) ([]byte, error) {
		var out bytes.Buffer
		err := write(m, &out)
		return out.Bytes(), err
	}})
}

// explanation is the page with the rows behind a metric of a service.
func (m *maker) explanation(path handbook.Path, service string, metric handbook.Metric) *PageView {
	p := m.Page(path)
	address := explanationOf(p.Address(), metric)
	m.reachedFrom(address)
	d := m.in.Delivery
	q := question{subject: subject{service: service}, by: explainedBy(metric), last: d.opts.Window}
	report, _ := m.report(q)
	v := m.view()
	name := strings.ToLower(chart.MetricName(metric))
	v.Kind, v.Layout, v.Title = "explain", "explain", "How we come to the "+name+" of "+p.Title()
	v.Heading = template.HTML(template.HTMLEscapeString(v.Title))
	v.Summary, v.Description = definitions[metric], definitions[metric]
	v.Owner, v.Sample = Link{Title: ownerName(p.Standing().Owner)}, report.Sample
	v.crumbs = once(func() []Link {
		return append(m.links(m.Crumbs(p.Folder(), true)), Link{Href: m.href(p.Address()), Title: p.Title()})
	})
	e := &ExplainView{
		Service: Link{Href: m.href(p.Address()), Title: p.Title()},
		Status:  string(report.Coverage.Status), Sign: SignView(chart.SignOf(report.Coverage)), Source: chart.SourceName(report.Source),
		Downloads: []Link{{Href: m.href(address + "rows.csv"), Title: "All rows as CSV"}, {Href: m.href(address + "rows.json"), Title: "as JSON"}},
	}
	prov := d.chart(q, "", "", report).Provenance(metric, report, "")
	e.Age = d.age(prov, report.Sample)
	e.Command = "rutter explain " + string(metric) + " --service " + service + " --period "
	for _, other := range five {
		e.Others = append(e.Others, Link{Href: m.href(explanationOf(p.Address(), other)), Title: chart.MetricName(other), Current: other == metric})
	}
	if whole, _ := m.report(question{subject: subject{service: service}, by: lengths[d.opts.Window.Unit], last: d.opts.Window, whole: true}); !whole.Sample {
		e.Scale = d.scaleWords(metric, whole)
	}
	durations := metric == handbook.LeadTime || metric == handbook.RecoveryTime
	e.Durations, e.Stages = durations, metric == handbook.LeadTime && report.Overall.LeadTime.Stages.Coding.Reason != dora.NotInSource
	for i := len(report.Periods) - 1; i >= 0; i-- {
		period := report.Periods[i]
		if period.Period == nil {
			continue
		}
		one := d.explain(q, metric, *period.Period)
		e.Periods = append(e.Periods, m.explained(one, period, durations))
	}
	v.Explain, v.HasFigures = e, true
	return v
}

// scaleWords says where the value of the window stands among the answers of
// DORA's survey (metrics/B1), or the clusters of an earlier report (B2); "" where
// it has no place there.
func (d *Delivery) scaleWords(metric handbook.Metric, r dora.ServiceReport) string {
	a, ok := dora.AnswerOf(metric, r.Source, r.Overall)
	if !ok || d.opts.Scale == dora.NoScale {
		return ""
	}
	if d.opts.Scale == dora.Scale2023 || d.opts.Scale == dora.Scale2024 {
		names := dora.Nearest(d.opts.Scale, metric, r.Source, r.Overall)
		if len(names) == 0 {
			return ""
		}
		text := "Of the clusters in DORA's report of " + strings.TrimPrefix(string(d.opts.Scale), "dora-") + " the nearest is " + strings.Join(names, " or ") + ", for this metric alone."
		if metric == handbook.ChangeFailRate && d.opts.Scale == dora.Scale2024 {
			text += " That year's fail rates are not in order: medium is better than high."
		}
		return text
	}
	text := fmt.Sprintf("Of DORA's six answers this is number %d, %s: a score of %s of 10.", a.Step, a.Words, decimal(a.Score))
	if a.Step == 0 {
		text = fmt.Sprintf("By DORA's survey this is a score of %s of 10.", decimal(a.Score))
	}
	if v, ok := a.Mean.Get(); ok {
		text += " All who answered have " + decimal(v) + " on average."
	}
	if v, ok := a.Rate.Get(); ok {
		text += " All who answered have a rate of " + percentOf(v) + " on average."
	}
	return text + " (" + dora.ScaleSource + ". Their answers are estimates, and of other teams: compare with your own past first.)"
}

// explained is one period of an explanation.
func (m *maker) explained(e dora.Explanation, p dora.Period, durations bool) ExplainedPeriod {
	zone := m.in.Delivery.opts.Zone
	r := newReading(e.Metric, e.Metric.Stats()[0], dora.ServiceReport{Overall: p, Coverage: e.Coverage})
	v := ExplainedPeriod{
		ID: *p.Period, Name: periodWords(p, zone), Value: r.text, Known: r.known, Partial: p.Partial, Steps: e.Steps,
		Counts: fmt.Sprintf("%d collected = %d counted + %d left out", e.Collected, e.Included, e.Excluded),
	}
	rows := slices.Clone(e.Rows)
	slices.SortStableFunc(rows, func(a, b dora.Row) int { // what counts stands first
		switch {
		case a.Included == b.Included:
			return 0
		case a.Included:
			return -1
		}
		return 1
	})
	v.More = max(0, len(rows)-maxRows)
	for _, row := range rows[:len(rows)-v.More] {
		v.Rows = append(v.Rows, rowView(row, zone, durations))
	}
	return v
}

// periodWords names a period: 16–22 Mar 2026 (2026-W12), March 2026.
func periodWords(p dora.Period, zone *time.Location) string {
	if !strings.Contains(*p.Period, "W") {
		return p.From.In(zone).Format("January 2006")
	}
	return chart.Days(p.From.In(zone), p.To.In(zone)) + " (" + *p.Period + ")"
}

func rowView(r dora.Row, zone *time.Location, durations bool) RowView {
	v := RowView{
		ID: r.ID, Title: r.Title, Counted: r.Included, When: r.At.In(zone).Format("2 Jan 2006, 15:04"),
		Rule: r.Rule, Why: r.Why,
	}
	v.Href = chart.WebAddress(r.URL)
	if s, ok := r.Seconds.Get(); ok && durations {
		v.Value = chart.Duration(s)
	}
	if r.Parts != nil {
		for _, part := range []dora.Number{r.Parts.Coding, r.Parts.Pickup, r.Parts.Review, r.Parts.Deploy} {
			words := "—"
			if s, ok := part.Get(); ok {
				words = chart.Duration(s)
			}
			v.Parts = append(v.Parts, words)
		}
	}
	for _, e := range r.Evidence {
		text := fmt.Sprintf("%s (%s): %s, %s", e.Kind, e.Confidence, e.By, e.At.In(zone).Format("2 Jan 2006, 15:04"))
		if !e.Until.IsZero() && !e.Until.Equal(e.At) {
			text += ", over " + e.Until.In(zone).Format("2 Jan 2006, 15:04")
		}
		v.Evidence = append(v.Evidence, text)
	}
	return v
}
