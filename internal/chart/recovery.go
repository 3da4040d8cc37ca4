package chart

import (
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// recoveryTime shows how long service was down after the failed deployments of
// each period: the median that takes those into account that are still open
// (metrics/X6), as dots on a logarithmic axis.
func recoveryTime(s dora.ServiceReport, o Options) *Figure {
	sub := newSubject(s, o)
	title := MetricName(handbook.RecoveryTime)
	if noRecovery(s.Overall.RecoveryTime) {
		return sub.unmeasured(handbook.RecoveryTime, title, noRule)
	}
	f := sub.figure(title)
	f.plot.kind, f.plot.unit = medians, "failed deployment to recovery, median"
	f.plot.fewer = "fewer than " + count(few, "failure")
	f.Table.Columns = []string{sub.rowHead(), "Recovered (n)", "Still open", "Median (p50)", "Remark"}

	p50 := series{name: "p50", long: "p50, half within"}
	t := tallyRecoveries(sub)
	for _, p := range sub.periods {
		r := p.RecoveryTime
		n, open := r.N, int(value(r.Open))
		v, ok := known(r.P50)
		ok = ok && n > 0
		unknown := ""
		switch {
		case ok:
		case n+open > 0:
			unknown = "no median: too many are still open"
		case r.Reason == dora.NoData:
			unknown = "no failed deployment"
		default:
			unknown = missing(r.Reason)
		}
		slot, remark := sub.slot(p), sub.remark(p, unknown, r.Reason)
		slot.n, slot.open = n, open
		slot.covered = n+open > 0 || ok || r.Reason == dora.NoData
		slot.small = ok && n+open < few
		if slot.small {
			remark = join(", ", "small sample", remark)
		}
		slot.words = remark
		if n+open > 0 {
			median, still := "", ""
			if ok {
				median = "median " + shortDuration(v)
			}
			if open > 0 {
				still = grouped(float64(open)) + " still open"
			}
			slot.words = join(", ", median, "n = "+grouped(float64(n)), still, remark)
		}
		f.plot.slots = append(f.plot.slots, slot)
		value, row := dora.Number{}, []string{slot.name, grouped(float64(n)), grouped(float64(open)), none, remark}
		if ok {
			value, row[3] = dora.Num(v), Duration(v)
		}
		if !slot.covered {
			row[1], row[2] = none, none
		}
		p50.values = append(p50.values, value)
		f.Table.Rows = append(f.Table.Rows, row)
	}
	trimTable(&f.Table, 2, 4)
	f.plot.series = []series{p50}
	if t.known > 0 && !f.durationScale(1).flat {
		f.plot.unit += ", log scale"
	}
	sub.overPeriods(f)
	sub.frame(f, handbook.RecoveryTime, sub.atLeast(count(float64(t.n+t.open), "failed "+noun(s.Source))), t.covered)
	if why := t.nothing(f.Title); why != "" {
		return f.without(why)
	}
	f.Finding = t.finding()
	return f
}

// noRecovery reports whether nothing tells which deployments failed.
func noRecovery(all dora.Recovery) bool {
	_, open := all.Open.Get()
	return all.Reason == dora.NotMeasured || all.Reason == "" && all.N == 0 && !open
}

// recoveryTally collects what the periods say together.
type recoveryTally struct {
	report         subject
	n, open        int // recovered, and not yet
	covered, known int // periods
	low, high      float64
}

func tallyRecoveries(s subject) *recoveryTally {
	t := &recoveryTally{report: s}
	for _, p := range s.periods {
		r := p.RecoveryTime
		open := int(value(r.Open))
		median, ok := known(r.P50)
		if r.N+open > 0 || r.Reason == dora.NoData {
			t.covered++
		}
		t.n += r.N
		t.open += open
		if !ok || r.N == 0 {
			continue
		}
		if t.known == 0 {
			t.low, t.high = median, median
		}
		t.known++
		t.low, t.high = min(t.low, median), max(t.high, median)
	}
	return t
}

// nothing words why there is nothing to draw; "" where there is something.
func (t *recoveryTally) nothing(title string) string {
	s := t.report
	failed := "failed " + noun(s.report.Source)
	in := " in " + count(float64(len(s.periods)), s.unit)
	switch {
	case t.known > 0:
		return ""
	case t.n+t.open > 0:
		return "No " + s.unit + " has a median yet: " + t.stillOpen() + "." + s.gaps(t.covered)
	case t.covered > 0 && s.doubt:
		return "No " + failed + " is known" + in + ", so there is no recovery time. The data is partial: there may have been some." + s.gaps(t.covered)
	case t.covered > 0:
		return "No " + failed + in + ", so there is no recovery time." + s.gaps(t.covered)
	}
	return s.nothing(title, reasonOf(s.periods, s.report.Overall, func(p dora.Period) dora.Reason { return p.RecoveryTime.Reason }))
}

// stillOpen words the failed deployments that are not recovered.
func (t *recoveryTally) stillOpen() string {
	all := grouped(float64(t.n+t.open)) + " failed " + noun(t.report.report.Source) + "s"
	if t.n+t.open == 1 {
		return "the one failed " + noun(t.report.report.Source) + " is still open"
	}
	if t.open == 1 {
		return "1 of " + all + " is still open"
	}
	return grouped(float64(t.open)) + " of " + all + " are still open"
}

func (t *recoveryTally) finding() string {
	s := t.report
	all := s.report.Overall.RecoveryTime
	p50, ok := known(all.P50)
	ok = ok && all.N == t.n && int(value(all.Open)) == t.open // else it is of more than these periods
	n := count(float64(t.n+t.open), "failed "+noun(s.report.Source))
	var said string
	switch {
	case t.n+t.open < few && ok:
		said = "Only " + n + ", too few to speak of a typical recovery time; the median is " + about(p50)
	case t.n+t.open < few:
		said = "Only " + n + ": too few to speak of a typical recovery time"
	case ok:
		said = "Half of the " + n + " were recovered within " + limit(p50)
	case t.high < underMinute:
		said = n + "; the median of each " + s.unit + " was under a minute"
	default:
		said = n + "; the median of a " + s.unit + " lay between " + limit(t.low) + " and " + Duration(t.high)
	}
	switch {
	case t.open == 1:
		said += "; 1 is still open"
	case t.open > 1:
		said += "; " + grouped(float64(t.open)) + " are still open"
	}
	said += "."
	if s.doubt {
		said += " The data is partial, so this may change."
	}
	return said + s.gaps(t.covered)
}

// usual says what is still open, or whether the latest median is as usual.
func (t *recoveryTally) usual() string {
	s := t.report
	failed := "failed " + noun(s.report.Source)
	switch {
	case t.open > 0:
		return upper(t.stillOpen()) + "."
	case t.n == 0:
		return "Nothing unusual: no " + failed + " in " + count(float64(len(s.periods)), s.unit) + "." + s.gaps(t.covered)
	}
	median := func(p dora.Period) (dora.Number, int) { return p.RecoveryTime.P50, p.RecoveryTime.N }
	return s.usualMedian(s.medians(median), median)
}
