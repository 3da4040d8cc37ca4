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
	sub := newSubject(s, o)
	f := sub.figure("Change lead time")
	f.plot.kind, f.plot.unit = lines, "first commit to production, log scale"
	reached := "reached production"
	if s.Source == dora.Merge {
		f.plot.unit, reached = "commit to merge, log scale", "were merged"
	}
	f.Table.Columns = []string{sub.rowHead(), "Changes (n)", "Median (p50)", "p75", "p90", "Remark"}

	p50 := series{name: "p50", long: "p50, half within"}
	p75 := series{name: "p75", long: "p75, three in four", hidden: true}
	p90 := series{name: "p90", long: "p90, nine in ten"}
	d := durations{low: math.Inf(1)}
	total := 0
	for _, p := range sub.periods {
		lt := p.LeadTime
		v, ok := known(lt.P50)
		total += lt.N
		d.add(p, v, ok)
		slot, remark := sub.slot(p), sub.remark(p, !ok, lt.Reason)
		slot.n = lt.N
		slot.covered = ok || lt.Reason == dora.NoData
		if slot.covered {
			d.covered++
		}
		if ok && lt.N < few {
			remark = join(", ", "small sample", remark)
		}
		slot.words = remark
		if ok {
			slot.words = join(", ", "median "+shortDuration(v), "p75 "+cell(lt.P75, shortDuration), "p90 "+cell(lt.P90, shortDuration), "n = "+grouped(float64(lt.N)), remark)
		}
		f.plot.slots = append(f.plot.slots, slot)
		p50.values = append(p50.values, drawable(lt.P50))
		p75.values = append(p75.values, drawable(lt.P75))
		p90.values = append(p90.values, drawable(lt.P90))
		f.Table.Rows = append(f.Table.Rows, []string{slot.name, grouped(float64(lt.N)), cell(lt.P50, Duration), cell(lt.P75, Duration), cell(lt.P90, Duration), remark})
	}
	trimTable(&f.Table, 5)
	f.plot.series = []series{p50, p75, p90}
	sub.frame(f, count(float64(total), "change"))
	if d.known == 0 {
		f.Empty = d.nothing(sub, f.Title)
		f.Finding = f.Empty
		return f
	}
	f.Finding = d.finding(sub, total, reached)
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
	covered, known int          // periods
	low, high      float64      // of the medians of complete periods
	latest         *dora.Period // the latest complete one with a median
	median         float64      // its median
}

func (d *durations) add(p dora.Period, median float64, ok bool) {
	if !ok {
		return
	}
	d.known++
	if !p.Partial {
		d.low, d.high = math.Min(d.low, median), math.Max(d.high, median)
		d.latest, d.median = &p, median
	}
}

// nothing words why no period has a median. Covered and empty is a fact about
// the team; everything else is one about the data.
func (d *durations) nothing(s subject, title string) string {
	if d.covered > 0 {
		return "No change was delivered in " + count(float64(len(s.periods)), s.unit) + ", so there is no lead time." + s.gaps(d.covered)
	}
	return s.nothing(title, reasonOf(s.periods, s.report.Overall, func(p dora.Period) dora.Reason { return p.LeadTime.Reason }))
}

func (d *durations) finding(s subject, total int, reached string) string {
	all := s.report.Overall.LeadTime
	p50, ok := known(all.P50)
	p90, ok90 := known(all.P90)
	var said string
	switch {
	case total < few && s.whole && ok:
		said = "Only " + count(float64(total), "change") + " delivered, too few to speak of a typical lead time; the median is " + Duration(p50) + "."
	case total < few:
		said = "Only " + count(float64(total), "change") + " delivered: too few to speak of a typical lead time."
	case s.whole && ok:
		said = "Half of the " + grouped(float64(total)) + " changes " + reached + " within " + Duration(p50)
		switch {
		case ok90 && total >= fewForP90:
			said += ", nine in ten within " + Duration(p90)
		case ok90:
			said += "; the ninetieth percentile, " + Duration(p90) + ", says little for so few"
		}
		said += d.trend(s)
	case d.latest == nil:
		said = grouped(float64(total)) + " changes delivered so far; no " + s.unit + " is complete yet."
	default:
		said = "The median of a " + s.unit + " lay between " + Duration(d.low) + " and " + Duration(d.high) + d.trend(s)
	}
	return said + s.gaps(d.covered)
}

// trend ends the sentence with the newest value worth comparing.
func (d *durations) trend(s subject) string {
	if d.latest == nil || len(s.periods) < 2 || d.latest.LeadTime.N < few {
		return "."
	}
	which := "latest complete " + s.unit
	if !d.latest.To.Equal(lastComplete(s.periods)) {
		which = "latest " + s.unit + " with deliveries"
	}
	return "; in the " + which + " the median was " + Duration(d.median) + " (n = " + grouped(float64(d.latest.LeadTime.N)) + ")."
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
