package render

import (
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// promised is how far back a promise is held against what happens.
var promised = handbook.Last{N: 12, Unit: 'w'}

// mostShown bounds the charts on the page of a process.
const mostShown = 2

// says shows what a process promises beside what happens, and how its metrics go.
func (b *blocks) says(p *graph.Process, m *handbook.ProcessMeta) {
	services := b.shown(p.Show)
	if len(p.Norms) > 0 {
		block := Block{ID: "says-does", Title: "What we say, what happens", Note: "The last 12 whole weeks. Where the two differ for long, the practice or the page is wrong; either is worth changing."}
		for _, n := range p.Norms {
			block.Norms = append(block.Norms, b.norm(n, services))
		}
		b.tail(block)
	}
	var figures []FigureView
	var links []Link
	for _, l := range p.Metrics {
		links = append(links, b.to(l))
	}
	for _, at := range m.Metrics {
		id := handbook.Metric(at.Value)
		if !id.Known() || len(figures) == mostShown || len(services) == 0 {
			continue
		}
		if len(services) == 1 {
			q := question{subject: subject{service: services[0]}, by: explainedBy(id), last: b.in.Delivery.opts.Window}
			figures = append(figures, b.draw(q, id, "", "rt-live-"+strings.NewReplacer("_", "-", ".", "-").Replace(string(id)), ""))
		} else if whole, _, part := strings.Cut(string(id), "."); !part {
			f := b.multiples(subject{}, handbook.Metric(whole))
			f.ID = "rt-live-" + slug(id)
			figures = append(figures, f)
		}
	}
	if len(links) > 0 {
		b.tail(Block{ID: "how-it-goes", Title: "How it goes", Groups: []LinkGroup{{Label: "Metrics", Links: links}}, Figures: figures})
	}
}

// shown are the services whose figures stand on a page: the named ones that there
// are, or all.
func (m *maker) shown(names []string) []string {
	var list []string
	all := m.Services()
	for _, s := range all {
		named := len(names) == 0
		for _, n := range names {
			named = named || strings.TrimPrefix(n, "service:") == s.Name
		}
		if named {
			list = append(list, s.Name)
		}
	}
	return list
}

// norm holds a promise against what happens at each service.
func (m *maker) norm(n graph.Norm, services []string) NormView {
	v := NormView{Metric: m.to(n.Metric)}
	metric := handbook.Metric(n.Norm.Metric.Value)
	limit, below, at, err := n.Limit()
	if err != nil || !metric.Known() {
		return v
	}
	v.Says = "at least " + at.Value
	if below {
		v.Says = "at most " + at.Value
	}
	if metric == handbook.DeploymentFrequency {
		v.Says += " a week"
	}
	stat := n.Stat.Value
	if stat == "" {
		stat = metric.Stats()[0]
	}
	switch stat {
	case "p50":
		v.Says += " for half of them"
	case "p75":
		v.Says += " for three in four"
	case "p90":
		v.Says += " for nine in ten"
	}
	titles := map[string]string{}
	for _, s := range m.Services() {
		titles[s.Name] = s.Title
	}
	for _, name := range services {
		report, address := m.report(question{subject: subject{service: name}, by: dora.Week, last: promised, whole: true})
		r := newReading(metric, stat, report)
		does := NormValue{Service: Link{Title: titles[name], Href: m.href(address)}, Value: r.text, Detail: r.n, Sample: report.Sample}
		if r.known {
			does.Verdict = "beyond"
			if below && r.value <= limit || !below && r.value >= limit {
				does.Verdict = "within"
			}
		}
		v.Does = append(v.Does, does)
	}
	return v
}

// compared is how long before and after a decision a metric is looked at.
const compared = 12 * 7 * 24 * time.Hour

// beforeAfter is the metric that a decision was to change, in the twelve weeks
// before it and the twelve before the day it is checked on, at each service.
func (m *maker) beforeAfter(c graph.Check) string {
	day := func(s string) time.Time {
		t, _ := time.ParseInLocation(time.DateOnly, s, m.in.Delivery.opts.Zone)
		return t
	}
	taken, check := day(c.Date), day(c.On)
	if !c.ID.Known() || taken.IsZero() || check.IsZero() {
		return "not measured"
	}
	from := check.Add(-compared)
	if from.Before(taken) {
		from = taken
	}
	var parts []string
	for _, name := range m.shown(c.Services) {
		s := subject{service: name}
		m.Service(name)
		asOf := time.Time{}
		for _, shot := range m.in.Delivery.members(s) {
			asOf = shot.AsOf()
		}
		before := newReading(c.ID, c.ID.Stats()[0], m.in.Delivery.compute(s, dora.Options{By: dora.Week, From: taken.Add(-compared), To: taken, Zone: m.in.Delivery.opts.Zone}))
		text := name + ": " + before.text
		switch {
		case asOf.Before(check):
			text += ", then not yet known"
		default:
			after := newReading(c.ID, c.ID.Stats()[0], m.in.Delivery.compute(s, dora.Options{By: dora.Week, From: from, To: check, Zone: m.in.Delivery.opts.Zone}))
			text += ", then " + after.text
			if after.n != "" {
				text += " (" + after.n + ")"
			}
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "no service"
	}
	return chart.MetricName(c.ID) + " of " + strings.Join(parts, "; ")
}
