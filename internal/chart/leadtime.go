package chart

import (
	"math"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// fewForP90 is the number of changes below which a ninetieth percentile says
// little: it rests on the two slowest.
const fewForP90 = 20

// LeadTime shows the median and the ninetieth percentile of change lead time in
// each period as lines on a logarithmic axis (metrics/L5); where nothing was
// delivered, the lines have a gap.
func LeadTime(s dora.ServiceReport, o Options) *Figure {
	return leadTime(s.Source).figure(s, o)
}

// figure draws lead time or a part of it.
func (st stretch) figure(s dora.ServiceReport, o Options) *Figure {
	sub := newSubject(s, o)
	f := sub.figure(MetricName(st.metric))
	f.plot.kind, f.plot.unit = lines, st.axis
	f.Table.Columns = []string{sub.rowHead(), upper(st.noun) + "s (n)", "Median (p50)", "p75", "p90", "Remark"}

	p50 := series{name: "p50", long: "p50, half within"}
	p75 := series{name: "p75", long: "p75, three in four", hidden: true}
	p90 := series{name: "p90", long: "p90, nine in ten"}
	d := durations{stretch: st, low: math.Inf(1)}
	for _, p := range sub.periods {
		part := st.of(p.LeadTime)
		v, ok := known(part.P50)
		d.add(p, part, v, ok)
		unknown := ""
		if !ok {
			unknown = d.missing(p.LeadTime, part.Reason)
		}
		slot, remark := sub.slot(p), sub.remark(p, unknown, part.Reason)
		slot.n = part.N
		slot.covered = ok || part.Reason == dora.NoData
		if slot.covered {
			d.covered++
		}
		if ok && part.N < few {
			remark = join(", ", "small sample", remark)
		}
		slot.small = ok && part.N < few
		slot.words = remark
		if ok {
			slot.words = join(", ", "median "+shortDuration(v), "p75 "+cell(part.P75, shortDuration), "p90 "+cell(part.P90, shortDuration), "n = "+grouped(float64(part.N)), remark)
		}
		f.plot.slots = append(f.plot.slots, slot)
		p50.values = append(p50.values, drawable(part.P50))
		p75.values = append(p75.values, drawable(part.P75))
		p90.values = append(p90.values, drawable(part.P90))
		f.Table.Rows = append(f.Table.Rows, []string{slot.name, grouped(float64(part.N)), cell(part.P50, Duration), cell(part.P75, Duration), cell(part.P90, Duration), remark})
	}
	trimTable(&f.Table, 5)
	f.plot.series, f.plot.fewer = []series{p50, p75, p90}, "fewer than "+count(few, "change")
	d.usual = sub.medians(st.part)
	if !sub.doubt {
		f.plot.usual = d.usual.of[len(d.usual.of)-len(sub.periods):]
	}
	if f.durationScale(1).flat {
		f.plot.usual = nil
	} else {
		f.plot.unit += ", log scale"
	}
	sub.overPeriods(f)
	sub.frame(f, st.metric, sub.atLeast(count(float64(d.total), st.noun)), d.covered)
	if why := d.nothing(sub, f.Title); why != "" {
		return f.without(why)
	}
	sub.remarkUsual(f, d.usual)
	f.Finding = d.finding(sub)
	return f
}

func drawable(n dora.Number) dora.Number {
	if v, ok := known(n); ok {
		return dora.Num(v)
	}
	return dora.Number{}
}

// durations collects what the medians of the periods say together.
type durations struct {
	stretch
	total, delivered int          // changes with the stretch, and all
	covered, known   int          // periods
	low, high        float64      // of the medians of complete periods
	latest           *dora.Period // the latest complete one with a median
	median           float64      // its median
	n                int          // what that is of
	usual            usual
}

func (d *durations) add(p dora.Period, part dora.Stage, median float64, ok bool) {
	d.total += part.N
	d.delivered += p.LeadTime.N
	if !ok {
		return
	}
	d.known++
	if !p.Partial {
		d.low, d.high = math.Min(d.low, median), math.Max(d.high, median)
		d.latest, d.median, d.n = &p, median, part.N
	}
}

// nothing words why there is nothing to draw; "" where there is something.
// Covered and empty is a fact about the team; everything else is one about the
// data.
func (d *durations) nothing(s subject, title string) string {
	overall := s.report.Overall
	reason := reasonOf(s.periods, overall, func(p dora.Period) dora.Reason { return d.of(p.LeadTime).Reason })
	whole := reasonOf(s.periods, overall, func(p dora.Period) dora.Reason { return p.LeadTime.Reason })
	in := " in " + count(float64(len(s.periods)), s.unit)
	switch {
	case d.never != "":
		return d.never
	case d.known > 0:
		return ""
	case reason == dora.NotInSource && whole == dora.NotInSource:
		return "Not in the source: it has deployments, and not the changes that they brought."
	case reason == dora.NotInSource && d.unsaid != "":
		return "Not in the source: " + d.unsaid + "."
	case d.covered > 0 && s.doubt && d.delivered == 0:
		return "No delivered change is known" + in + ", so there is no " + d.what + ". The data is partial: there may have been some." + s.gaps(d.covered)
	case d.covered > 0 && d.delivered == 0:
		return "No change was delivered" + in + ", so there is no " + d.what + "." + s.gaps(d.covered)
	case d.covered > 0:
		return "Of the " + count(float64(d.delivered), "change") + " delivered" + in + ", none " + d.lacks + ", so there is no " + d.what + "." + s.gaps(d.covered)
	}
	return s.nothing(title, reason)
}

// missing says why a period has no median.
func (d *durations) missing(all dora.LeadTime, reason dora.Reason) string {
	if reason == dora.NoData && all.N > 0 {
		return "none " + d.lacks
	}
	return missing(reason)
}

func (d *durations) finding(s subject) string {
	all := d.of(s.report.Overall.LeadTime)
	p50, ok := known(all.P50)
	p90, ok90 := known(all.P90)
	n := count(float64(d.total), d.noun)
	var said string
	if s.doubt {
		return d.soFar(s, n, p50, ok) + s.gaps(d.covered)
	}
	switch {
	case d.total < few && s.whole && ok:
		said = "Only " + n + " delivered, too few to speak of a typical " + d.what + "; the median is " + about(p50) + "."
	case d.total < few:
		said = "Only " + n + " delivered: too few to speak of a typical " + d.what + "."
	case s.whole && ok90 && d.total >= fewForP90 && p90 < underMinute: // and so did half of them
		said = "Nine in ten of the " + n + " " + d.did + " " + d.within + " a minute" + d.tail + d.trend(s)
	case s.whole && ok:
		said = "Half of the " + n + " " + d.did + " " + d.within + " " + limit(p50) + d.tail
		switch {
		case ok90 && d.total >= fewForP90:
			said += ", nine in ten " + d.within + " " + limit(p90)
		case ok90:
			said += "; the ninetieth percentile, " + about(p90) + ", says little for so few"
		}
		said += d.trend(s)
	case d.latest == nil:
		said = n + " delivered so far; no " + s.unit + " is complete yet."
	case d.high < underMinute:
		said = "The median of each " + s.unit + " was under a minute" + d.trend(s)
	default:
		said = "The median of a " + s.unit + " lay between " + limit(d.low) + " and " + Duration(d.high) + d.trend(s)
	}
	return said + s.gaps(d.covered)
}

// soFar words what partial data says. It compares nothing: the changes that are
// missing may be the slow ones.
func (d *durations) soFar(s subject, n string, p50 float64, ok bool) string {
	switch {
	case d.total < few:
		return "At least " + n + " delivered, too few to speak of a typical " + d.what + "."
	case s.whole && ok:
		return "Half of the " + n + " known so far " + d.did + " " + d.within + " " + limit(p50) + d.tail + ". The data is partial, so this may change."
	}
	return "At least " + n + " delivered. The data is partial, so no typical " + d.what + " is given."
}

// trend ends the sentence with the newest value worth comparing.
func (d *durations) trend(s subject) string {
	if d.latest == nil || len(s.periods) < 2 || d.n < few || d.high < underMinute {
		return "."
	}
	which := "latest complete " + s.unit
	if !d.latest.To.Equal(lastComplete(s.periods)) {
		which = "latest " + s.unit + " with deliveries"
	}
	said := "; in the " + which + " the median was " + about(d.median) + " (n = " + grouped(float64(d.n)) + ")"
	return join(", ", said, d.usual.words(s.unit)) + "."
}

// part is the stretch in a period, as far as its median goes.
func (st stretch) part(p dora.Period) (median dora.Number, n int) {
	part := st.of(p.LeadTime)
	return part.P50, part.N
}

// lastComplete is the end of the latest complete period.
func lastComplete(periods []dora.Period) time.Time {
	for i := len(periods) - 1; i >= 0; i-- {
		if !periods[i].Partial {
			return periods[i].To
		}
	}
	return time.Time{}
}
