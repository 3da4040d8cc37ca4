package chart

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// subject is the part of a report that a figure is about.
type subject struct {
	Options
	report  dora.ServiceReport
	unit    string // week or month
	periods []dora.Period
	dropped int  // older periods beyond maxPeriods
	whole   bool // the report's overall values are of these periods
	doubt   bool // the data is partial: what it says may still change
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
	sub := subject{Options: o, report: s, unit: string(o.By), periods: s.Periods, doubt: doubtful(s.Coverage)}
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
	return &Figure{ID: s.ID, Title: title, Sample: s.Sample, Sign: SignOf(s.report.Coverage), plot: plot{period: s.unit, doubt: s.doubt}}
}

// frame says what the figure rests on: beside it and, shorter, inside the
// drawing, which keeps its context when somebody copies it into a slide.
func (s subject) frame(f *Figure, m handbook.Metric, n string, covered int) {
	window := ""
	if n := len(s.periods); n > 0 {
		to := s.periods[n-1].To
		if s.report.AsOf.After(s.periods[n-1].From) && s.report.AsOf.Before(to) {
			to = s.report.AsOf // a period that is not over has no days to come
		}
		window = span(s.periods[0].From.In(s.Zone), to.In(s.Zone))
	}
	p := s.provenance(m, window, n)
	switch {
	case window == "":
	case s.unit == "week":
		p.Weeks = "weeks from Monday"
	default:
		p.Weeks = "calendar months"
	}
	p.Coverage = string(s.report.Coverage.Status)
	switch total := len(s.periods); {
	case s.report.Coverage.Status == dora.Uncovered:
		p.Coverage = "none"
	case total > 0:
		p.Coverage = join(", ", p.Coverage, grouped(float64(covered))+" of "+count(float64(total), s.unit))
	}
	if s.dropped > 0 {
		p.Remarks = append(p.Remarks, "the newest "+count(maxPeriods, s.unit)+" are shown, "+grouped(float64(s.dropped))+" older ones are not: months show more")
	}
	f.Provenance = p
	f.plot.head = join(" · ", s.Service, window, p.N)
	f.plot.foot = p.drawn()
}

// slot is the place of a period, without its values.
func (s subject) slot(p dora.Period) slot {
	from, to := p.From.In(s.Zone), p.To.In(s.Zone)
	name := span(from, to)
	if s.By == dora.Month {
		name = from.Format("January 2006")
	}
	sl := slot{from: from, to: to, name: name, partial: p.Partial, covered: true}
	if p.Period != nil {
		sl.anchor = *p.Period
	}
	return sl
}

// rowHead is the first column of a table.
func (s subject) rowHead() string { return upper(s.unit) }

// remark says what is special about a period; unknown is why it has no value.
func (s subject) remark(p dora.Period, unknown string, reason dora.Reason) string {
	var words []string
	if unknown != "" {
		words = append(words, unknown)
	}
	if outside := unknown != "" && reason == dora.OutsideCoverage; !outside {
		if p.Partial {
			words = append(words, "partial "+s.unit)
		}
		if s.doubt {
			words = append(words, "partial data")
		}
	}
	return strings.Join(words, ", ")
}

// nothing words why no period has a value.
func (s subject) nothing(metric string, r dora.Reason) string {
	why := causes(s.report.Coverage.Reasons)
	covers := span(s.report.Coverage.From.In(s.Zone), s.report.Coverage.To.In(s.Zone))
	switch {
	case r == dora.NotMeasured || r == dora.NotInSource:
		return ended(join(": ", metric+" is "+missing(r), why))
	case s.report.Coverage.Status == dora.Uncovered && why != "":
		return SignOf(s.report.Coverage).String()
	case len(s.periods) == 0 && (why != "" || s.report.AsOf.IsZero()):
		return ended(join(": ", "There is no data yet", why))
	case len(s.periods) == 0:
		return "There is no data yet: the window holds no " + s.unit + "."
	case covers == "":
		return ended(join(": ", "There is no data for this window", why))
	}
	return ended(join(": ", "The data does not cover this window; it spans "+covers, why))
}

// ended is a text with a full stop.
func ended(s string) string { return strings.TrimSuffix(s, ".") + "." }

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

// history is a value of each period of a report, oldest first.
type history []reading

// reading is the value of one period.
type reading struct {
	value float64
	n     int  // of how many things it is
	whole bool // there is one, and the period is complete
}

const (
	usualPeriods = 12 // before a period say what is usual in it
	enoughUsual  = 8  // complete periods it takes to say so
)

// usual is what a value of a period usually is, and how the latest compares.
// That is the range from p10 to p90 of the values before: one period that is
// unlike the others does not widen it.
type usual struct {
	of     []between // of each period
	has    int       // complete periods with a value
	latest int       // the newest of them; -1: there is none
	few    bool      // the newest is of too few things to be compared (metrics/S4)
	run    int       // so many periods up to the newest were above; below, if negative
	show   func(float64) string
}

// usual compares each complete period with those before it. What looks like the
// end of the range is inside it.
func (h history) usual(round func(between) between, show func(float64) string) usual {
	u := usual{of: make([]between, len(h)), latest: -1, show: show}
	var before []float64
	sides := make([]int, len(h))
	for i, r := range h {
		have := len(before)
		if r.whole {
			have++
		}
		if have >= enoughUsual {
			last := slices.Clone(before[max(0, len(before)-usualPeriods):])
			slices.Sort(last)
			u.of[i] = round(between{quantile(last, .1), quantile(last, .9), true})
		}
		if !r.whole {
			continue
		}
		before = append(before, r.value)
		u.latest = i
		switch in := u.of[i]; {
		case !in.ok || r.n < few:
		case r.value > in.high && show(r.value) != show(in.high):
			sides[i] = 1
		case r.value < in.low && show(r.value) != show(in.low):
			sides[i] = -1
		}
	}
	u.has = len(before)
	if u.latest < 0 {
		return u
	}
	u.few = h[u.latest].n < few
	side := sides[u.latest]
	for i := u.latest; side != 0 && i >= 0 && sides[i] == side; i-- {
		u.run += side
	}
	return u
}

// known reports whether the latest can be compared.
func (u usual) known() bool { return u.latest >= 0 && u.of[u.latest].ok && !u.few }

// usually is the range that the latest is compared with: 12–31 h.
func (u usual) usually() string {
	in := u.of[u.latest]
	return ranged(u.show(in.low), u.show(in.high))
}

// medians are those of all periods of the report, with what is usual of them.
func (s subject) medians(of func(dora.Period) (median dora.Number, n int)) usual {
	var h history
	for _, p := range s.report.Periods {
		median, n := of(p)
		v, ok := known(median)
		h = append(h, reading{v, n, ok && n > 0 && !p.Partial})
	}
	return h.usual(func(b between) between { return b }, Duration)
}

// quantile is the value below which a share p of sorted values lies, by linear
// interpolation (metrics/S1).
func quantile(sorted []float64, p float64) float64 {
	h := float64(float64(len(sorted)-1) * p)
	i := int(h)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + float64((h-float64(i))*(sorted[i+1]-sorted[i]))
}

// remarkUsual says beside the figure why it cannot say what is usual.
func (s subject) remarkUsual(f *Figure, u usual) {
	if !s.doubt && u.has < enoughUsual {
		f.Provenance.Remarks = append(f.Provenance.Remarks, u.lacks(s.unit))
	}
}

// join joins what is not empty.
func join(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// upper begins a text with a capital letter.
func upper(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}
