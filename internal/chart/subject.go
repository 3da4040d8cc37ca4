package chart

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// subject is the part of a report that a figure is about.
type subject struct {
	Options
	report  dora.ServiceReport
	unit    string // week or month
	periods []dora.Period
	dropped int  // older periods beyond maxPeriods
	whole   bool // the report's overall values are of these periods
}

func newSubject(s dora.ServiceReport, o Options) subject {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.By == "" {
		o.By = dora.Week
	}
	if o.Service == "" && s.Service != nil {
		o.Service = *s.Service
	}
	if o.Service == "" && s.Team != nil {
		o.Service = *s.Team
	}
	o.Sample = o.Sample || s.Sample
	sub := subject{Options: o, report: s, unit: string(o.By), periods: s.Periods}
	if o.Last > 0 && len(sub.periods) > o.Last {
		sub.periods = sub.periods[len(sub.periods)-o.Last:]
	}
	if sub.dropped = len(sub.periods) - maxPeriods; sub.dropped > 0 {
		sub.periods = sub.periods[sub.dropped:]
	}
	if s.AsOf.IsZero() && !slices.ContainsFunc(sub.periods, isKnown) {
		sub.periods, sub.dropped = nil, 0 // they lie before the year 1
	}
	sub.whole = sub.accountsForAll()
	return sub
}

// isKnown reports whether the data covers any part of a period.
func isKnown(p dora.Period) bool {
	_, ok := known(p.Deployments.Count)
	return ok || p.LeadTime.N > 0
}

// accountsForAll reports whether nothing that the overall values count lies
// outside the periods: a median of them all cannot be had from the periods, so
// the report's own is right only then.
func (s subject) accountsForAll() bool {
	n, deployments := 0, 0.0
	for _, p := range s.periods {
		n += p.LeadTime.N
		d, _ := p.Deployments.Count.Get()
		deployments += d
	}
	all, _ := s.report.Overall.Deployments.Count.Get()
	return n == s.report.Overall.LeadTime.N && deployments == all
}

// figure is a Figure with what all kinds share.
func (s subject) figure(title string) *Figure {
	if s.Title != "" {
		title = s.Title
	}
	return &Figure{ID: s.ID, Title: title, Sample: s.Sample, plot: plot{period: s.unit}}
}

// frame words where the numbers come from: in the caption and, shorter, inside
// the drawing, which keeps its context when somebody copies it into a slide.
func (s subject) frame(f *Figure, n string, remarks ...string) {
	window := ""
	if n := len(s.periods); n > 0 {
		to := s.periods[n-1].To
		if s.report.AsOf.After(s.periods[n-1].From) && s.report.AsOf.Before(to) {
			to = s.report.AsOf // a period that is not over has no days to come
		}
		window = span(s.periods[0].From.In(s.Zone), to.In(s.Zone))
	}

	sample := ""
	if f.Sample {
		sample = "Sample data: made up, not measured"
	}
	source, asOf := "", ""
	if s.report.Source != "" {
		source = "Source: " + SourceName(s.report.Source)
	}
	switch {
	case !s.report.AsOf.IsZero():
		asOf = "as of " + s.report.AsOf.In(s.Zone).Format("2 Jan 2006")
	case len(s.periods) == 0:
		asOf, n = "no data yet", ""
	}
	f.plot.head = join(" · ", s.Service, window, n)
	zone := "UTC"
	if s.Zone != time.UTC {
		zone = s.Zone.String()
	}
	f.plot.foot = join(" · ", source, asOf, zone)

	if s.unit == "week" {
		zone = "weeks from Monday, " + zone
	} else {
		zone = "calendar months, " + zone
	}
	parts := []string{sample, join(", ", s.Service, window, n), source, upper(strings.Replace(asOf, "as of", "data as of", 1)), upper(zone)}
	parts = append(parts, remarks...)
	status := s.report.Coverage.Status
	if status != "" && status != dora.Complete && (len(s.periods) > 0 || s.why() != "") {
		parts = append(parts, "Coverage "+join(": ", string(status), s.why()))
	}
	if s.dropped > 0 {
		parts = append(parts, "The newest "+count(maxPeriods, s.unit)+" are shown, "+grouped(float64(s.dropped))+" older ones are not: months show more")
	}
	f.Caption = join(". ", parts...) + "."
}

// why are the reasons of a coverage that is not complete, in words.
func (s subject) why() string {
	words := make([]string, len(s.report.Coverage.Reasons))
	for i, r := range s.report.Coverage.Reasons {
		words[i] = reasons.Replace(r)
	}
	return strings.Join(words, "; ")
}

// slot is the place of a period, without its values.
func (s subject) slot(p dora.Period) slot {
	from, to := p.From.In(s.Zone), p.To.In(s.Zone)
	name := span(from, to)
	if s.By == dora.Month {
		name = from.Format("January 2006")
	}
	return slot{from: from, name: name, partial: p.Partial, covered: true}
}

// rowHead is the first column of a table.
func (s subject) rowHead() string { return upper(s.unit) }

// remark says what is special about a period; unknown is why it has no value.
func (s subject) remark(p dora.Period, unknown string, reason dora.Reason) string {
	var words []string
	if unknown != "" {
		words = append(words, unknown)
	}
	if p.Partial && !(unknown != "" && reason == dora.OutsideCoverage) {
		words = append(words, "partial "+s.unit)
	}
	return strings.Join(words, ", ")
}

// nothing words why no period has a value.
func (s subject) nothing(metric string, r dora.Reason) string {
	why := s.why()
	covers := span(s.report.Coverage.From.In(s.Zone), s.report.Coverage.To.In(s.Zone))
	switch {
	case r == dora.NotMeasured || r == dora.NotInSource:
		return join(": ", metric+" is "+missing(r), why) + "."
	case len(s.periods) == 0 && (why != "" || s.report.AsOf.IsZero()):
		return join(": ", "There is no data yet", why) + "."
	case len(s.periods) == 0:
		return "There is no data yet: the window holds no " + s.unit + "."
	case covers == "":
		return join(": ", "There is no data for this window", why) + "."
	}
	return join(": ", "The data does not cover this window; it spans "+covers, why) + "."
}

// trimTable takes away the columns that say nothing: those of the given
// indexes whose cells are all empty or 0.
func trimTable(t *Table, optional ...int) {
	slices.Reverse(optional)
	for _, i := range optional {
		if slices.ContainsFunc(t.Rows, func(r []string) bool { return r[i] != "" && r[i] != "0" && r[i] != none }) {
			continue
		}
		t.Columns = slices.Delete(t.Columns, i, i+1)
		for j := range t.Rows {
			t.Rows[j] = slices.Delete(t.Rows[j], i, i+1)
		}
	}
}

// none stands in a table where there is no value; the remark says why.
const none = "—"

func cell(n dora.Number, show func(float64) string) string {
	if v, ok := known(n); ok {
		return show(v)
	}
	return none
}

// known is a value that can be drawn.
func known(n dora.Number) (float64, bool) {
	v, ok := n.Get()
	return v, ok && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// upper begins a text with a capital letter.
func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
