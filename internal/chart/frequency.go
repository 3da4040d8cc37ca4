package chart

import (
	"math"
	"strconv"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// few is the number of events below which a figure gives no typical value
// (metrics/S4).
const few = 6

// DeploymentFrequency shows the deployments of each period as columns
// (metrics/F1, F2). The rate is of complete, covered periods.
func DeploymentFrequency(s dora.ServiceReport, o Options) *Figure {
	sub := newSubject(s, o)
	f := sub.figure("Deployment frequency")
	t := tally{noun: noun(s.Source)}
	f.plot.kind, f.plot.unit = columns, t.noun+"s per "+sub.unit
	redeploys := "Redeploys, not counted"
	if o.Rules.CountRedeploys {
		redeploys = "Redeploys, counted"
	}
	f.Table.Columns = []string{sub.rowHead(), upper(t.noun) + "s", "Days with a " + t.noun, redeploys, "Failed attempts, not counted", "Remark"}

	values := make([]dora.Number, len(sub.periods))
	for i, p := range sub.periods {
		d := p.Deployments
		n, ok := known(d.Count)
		if ok {
			values[i] = dora.Num(n)
		}
		t.add(p, n, ok)
		unknown := ""
		if !ok {
			unknown = missing(d.Reason)
		}
		slot, remark := sub.slot(p), sub.remark(p, unknown, d.Reason)
		slot.covered = ok
		slot.words = remark
		if ok {
			slot.words = join(", ", sub.atLeast(count(n, t.noun)), remark)
		}
		f.plot.slots = append(f.plot.slots, slot)
		f.Table.Rows = append(f.Table.Rows, []string{slot.name, cell(d.Count, grouped), cell(d.Days, grouped), cell(d.Redeploys, grouped), cell(d.FailedAttempts, grouped), remark})
	}
	trimTable(&f.Table, 2, 3, 4, 5)
	f.plot.series = []series{{name: t.noun + "s", long: upper(t.noun) + "s", values: values}}
	if t.complete >= few && t.rate() >= 1 && !sub.doubt {
		f.plot.mean, f.plot.level = dora.Num(t.rate()), "mean"
	}
	sub.overPeriods(f)

	sub.frame(f, handbook.DeploymentFrequency, sub.atLeast(count(t.total, t.noun)), t.covered)
	if t.covered == 0 {
		return f.without(sub.nothing(f.Title, reasonOf(sub.periods, s.Overall, func(p dora.Period) dora.Reason { return p.Deployments.Reason })))
	}
	t.usual = sub.counts()
	sub.remarkUsual(f, t.usual)
	f.Finding = t.finding(sub)
	return f
}

// counts are the deployments of the periods and what is usual of them. The
// range is rounded outward: nothing is counted in parts.
func (s subject) counts() usual {
	var h history
	for _, p := range s.report.Periods {
		v, ok := known(p.Deployments.Count)
		h = append(h, reading{v, few, ok && !p.Partial})
	}
	return h.usual(func(b between) between {
		b.low, b.high = math.Floor(b.low), math.Ceil(b.high)
		return b
	}, grouped)
}

// tally counts over the periods of a figure.
type tally struct {
	noun              string // deployment or merge
	covered, complete int    // periods
	total             float64
	inComplete        float64 // deployments in complete periods
	latest            float64 // in the latest complete period
	usual             usual
}

func (t *tally) add(p dora.Period, n float64, ok bool) {
	if !ok {
		return
	}
	t.covered++
	t.total += n
	if !p.Partial {
		t.complete++
		t.inComplete += n
		t.latest = n
	}
}

// rate is the mean of the complete periods (metrics/F1).
func (t *tally) rate() float64 { return t.inComplete / float64(t.complete) }

func (t *tally) finding(s subject) string {
	over := count(float64(t.complete), "complete "+s.unit)
	var said string
	switch {
	case s.doubt && t.total == 0:
		return "No " + t.noun + " is known of " + count(float64(t.covered), s.unit) + ". The data is partial: there may have been some." + s.gaps(t.covered)
	case s.doubt:
		return "At least " + count(t.total, t.noun) + " in " + count(float64(t.covered), s.unit) + ". The data is partial, so there is no rate." + s.gaps(t.covered)
	case t.complete == 0:
		return count(t.total, t.noun) + " so far; no " + s.unit + " is complete yet, so there is no rate."
	case t.inComplete == 0:
		said = "No " + t.noun + " in " + over
	case t.inComplete < few:
		said = "Only " + count(t.inComplete, t.noun) + " in " + over + ": too few to speak of a rate"
	case t.complete == 1:
		said = count(t.inComplete, t.noun) + " in the one " + s.unit + " that is complete"
	case t.rate() < .75:
		said = grouped(t.inComplete) + " " + t.noun + "s in " + over + ", about one every " + significant(1/t.rate()) + " " + s.unit + "s"
	default:
		noun := t.noun
		if significant(t.rate()) != "1" {
			noun += "s"
		}
		said = significant(t.rate()) + " " + noun + " a " + s.unit + " over " + over + "; the latest complete " + s.unit + " had " + grouped(t.latest)
		if words := t.usual.words(s.unit); words != "" {
			said += ", " + words
		}
	}
	return said + "." + s.gaps(t.covered)
}

// atLeast words a count that may still grow.
func (s subject) atLeast(count string) string {
	if s.doubt {
		return "at least " + count
	}
	return count
}

// gaps says that the data does not cover every period.
func (s subject) gaps(covered int) string {
	if covered == len(s.periods) {
		return ""
	}
	return " The data covers " + strconv.Itoa(covered) + " of " + count(float64(len(s.periods)), s.unit) + "."
}

// reasonOf is why no period has a value: what the whole says, else the newest
// period.
func reasonOf(periods []dora.Period, overall dora.Period, of func(dora.Period) dora.Reason) dora.Reason {
	if r := of(overall); r != "" || len(periods) == 0 {
		return r
	}
	return of(periods[len(periods)-1])
}
