package chart

import (
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// fewForRate is the number of deployments below which a figure gives no rate
// (metrics/S4).
const fewForRate = 10

// ratio is a metric that is a part of the counted deployments, with the words
// that its figure needs.
type ratio struct {
	metric handbook.Metric
	of     func(dora.Period) ratioPart
	axis   string
	column string // of those that count in the table
	noun   string // deployment or merge
	did    string // 4 of 57 deployments failed
	fresh  bool   // a deployment of the last hours may still come to count
}

// ratioPart is the value of one period.
type ratioPart struct {
	n                   int // deployments
	hits                dora.Number
	value, low, high    dora.Number
	confirmed, inferred dora.Number // what the hits rest on; none where the metric does not say
	reason              dora.Reason
}

// failRate is failed deployments by deployments (metrics/X3).
func failRate(source dora.Source) ratio {
	r := ratio{
		metric: handbook.ChangeFailRate, column: "Failed", noun: noun(source), did: "failed", fresh: true,
		of: func(p dora.Period) ratioPart {
			r := p.ChangeFailRate
			return ratioPart{r.N, r.Failed, r.Value, r.Low, r.High, r.Confirmed, r.Inferred, r.Reason}
		},
	}
	r.axis = "share of " + r.noun + "s that failed"
	return r
}

// reworkRate is unplanned repairs by deployments (metrics/X7).
func reworkRate(source dora.Source) ratio {
	r := ratio{
		metric: handbook.ReworkRate, column: "Rework", noun: noun(source), did: "repaired an earlier one",
		of: func(p dora.Period) ratioPart {
			r := p.ReworkRate
			return ratioPart{n: r.N, hits: r.Rework, value: r.Value, low: r.Low, high: r.High, reason: r.Reason}
		},
	}
	r.axis = "share of " + r.noun + "s that only repaired"
	return r
}

// noun is what a source counts.
func noun(s dora.Source) string {
	if s == dora.Merge {
		return "merge"
	}
	return "deployment"
}

// known is the value of a period; a share of nothing does not exist, whatever the
// report says (metrics/X3).
func (p ratioPart) known() (float64, bool) {
	v, ok := known(p.value)
	return v, ok && p.n > 0
}

func (p ratioPart) interval() between {
	low, ok := known(p.low)
	high, ok2 := known(p.high)
	_, is := p.known()
	return between{low, high, ok && ok2 && is}
}

// figure shows the share of each period as a dot with its 95 % interval.
func (r ratio) figure(s dora.ServiceReport, o Options) *Figure {
	sub := newSubject(s, o)
	title := MetricName(r.metric)
	if r.unmeasured(s.Overall) {
		return sub.unmeasured(r.metric, title, noRule)
	}
	f := sub.figure(title)
	f.plot.kind, f.plot.unit = ratios, r.axis+", with 95 % interval"
	f.plot.fewer = "fewer than " + count(fewForRate, r.noun)
	f.Table.Columns = []string{sub.rowHead(), upper(r.noun) + "s (n)", r.column, "Rate", "95 % interval"}
	if r.metric == handbook.ChangeFailRate {
		f.Table.Columns = append(f.Table.Columns, "Confirmed", "Inferred")
	}
	f.Table.Columns = append(f.Table.Columns, "Remark")

	rate := series{name: "rate", long: "Rate"}
	t := r.tally(sub)
	for _, p := range sub.periods {
		part := r.of(p)
		v, ok := part.known()
		young := r.young(sub, p)
		unknown := ""
		if !ok {
			if unknown = missing(part.reason); part.reason == dora.NoData || part.reason == "" {
				unknown = "no " + r.noun
			}
		}
		slot, remark := sub.slot(p), sub.remark(p, unknown, part.reason)
		slot.n = part.n
		slot.covered = ok || part.reason == dora.NoData
		slot.small = ok && part.n < fewForRate
		if ok && young && !p.Partial {
			slot.partial = true
			remark = join(", ", remark, "may still change")
		}
		if slot.small {
			remark = join(", ", "small sample", remark)
		}
		in := part.interval()
		slot.words = remark
		hits := none
		if ok {
			hits = cell(part.hits, grouped)
			slot.words = join(", ", hits+" of "+count(float64(part.n), r.noun)+" "+r.did, percent(v), in.percents("95 % interval "), remark)
		}
		f.plot.slots = append(f.plot.slots, slot)
		value := dora.Number{}
		if ok {
			value = dora.Num(v)
		}
		rate.values, rate.bounds = append(rate.values, value), append(rate.bounds, in)
		row := []string{slot.name, grouped(float64(part.n)), hits, cell(value, percent), orNone(in.percents(""))}
		if !slot.covered {
			row[1] = none
		}
		if r.metric == handbook.ChangeFailRate {
			confirmed, inferred := none, none
			if ok {
				confirmed, inferred = cell(part.confirmed, grouped), cell(part.inferred, grouped)
			}
			row = append(row, confirmed, inferred)
		}
		f.Table.Rows = append(f.Table.Rows, append(row, remark))
	}
	trimTable(&f.Table, len(f.Table.Columns)-1)
	f.plot.series = []series{rate}
	if t.n >= fewForRate && !sub.doubt {
		f.plot.mean, f.plot.level = dora.Num(t.value()), "all"
	}
	sub.overPeriods(f)
	sub.frame(f, r.metric, sub.atLeast(count(float64(t.n), r.noun)), t.covered)
	if why := t.nothing(sub, f.Title); why != "" {
		return f.without(why)
	}
	f.Finding = t.finding(sub)
	return f
}

// unmeasured reports whether nothing tells which deployments count. A report
// that says neither is of a version that measured none.
func (r ratio) unmeasured(overall dora.Period) bool {
	all := r.of(overall)
	return all.reason == dora.NotMeasured || all.reason == "" && all.n == 0
}

// young reports whether an incident may still be linked to a deployment of the
// period: the window of metrics/X3 is not over at the as-of time.
func (r ratio) young(s subject, p dora.Period) bool {
	window := 24 * time.Hour
	if f := s.Rules.Failures; f != nil && f.LinkWindow != 0 {
		window = f.LinkWindow
	}
	return r.fresh && window != dora.Unlimited && s.report.AsOf.Before(p.To.Add(window))
}

// ratioTally counts over the periods of a figure.
type ratioTally struct {
	ratio
	n, hits             int // of all periods
	confirmed, inferred int
	covered             int         // periods
	latest              []ratioPart // the last two complete ones, the older first
}

func (r ratio) tally(s subject) *ratioTally {
	t := &ratioTally{ratio: r}
	for _, p := range s.periods {
		part := r.of(p)
		if _, ok := part.known(); ok || part.reason == dora.NoData {
			t.covered++
		}
		if part.n > 0 {
			t.n += part.n
			t.hits += int(value(part.hits))
			t.confirmed += int(value(part.confirmed))
			t.inferred += int(value(part.inferred))
		}
		if !p.Partial && !r.young(s, p) {
			t.latest = append(t.latest, part)
			t.latest = t.latest[max(0, len(t.latest)-2):]
		}
	}
	return t
}

func (t *ratioTally) value() float64 { return float64(t.hits) / float64(t.n) }

// nothing words why there is nothing to draw; "" where there is something.
func (t *ratioTally) nothing(s subject, title string) string {
	in := " in " + count(float64(len(s.periods)), s.unit)
	switch {
	case t.n > 0:
		return ""
	case t.covered > 0 && s.doubt:
		return "No " + t.noun + " is known" + in + ", so there is no rate. The data is partial: there may have been some." + s.gaps(t.covered)
	case t.covered > 0:
		return "No " + t.noun + in + ", so there is no rate." + s.gaps(t.covered)
	}
	return s.nothing(title, reasonOf(s.periods, s.report.Overall, func(p dora.Period) dora.Reason { return t.of(p).reason }))
}

// counted words the hits: 4 of 57 deployments failed.
func (t *ratioTally) counted() string {
	n := count(float64(t.n), t.noun)
	switch t.hits {
	case 0:
		return "none of " + n + " " + t.did
	}
	return grouped(float64(t.hits)) + " of " + n + " " + t.did
}

func (t *ratioTally) finding(s subject) string {
	low, high := dora.Wilson(t.hits, t.n)
	interval := between{value(low), value(high), true}
	rate := " (" + percent(t.value()) + ", 95 % interval " + interval.percents("") + ")"
	said := upper(t.counted())
	switch {
	case s.doubt && t.n < fewForRate:
		return said + ": too few to speak of a rate. The data is partial, so this may change." + s.gaps(t.covered)
	case s.doubt:
		return said + rate + t.split() + ". The data is partial, so this may change." + s.gaps(t.covered)
	case t.n < fewForRate:
		return said + ": too few to speak of a rate." + s.gaps(t.covered)
	}
	said += rate + t.split()
	if _, words := t.trend(s); words != "" {
		said += "; " + words
	}
	return said + "." + s.gaps(t.covered)
}

// split says how many of the hits are certain (metrics/X8).
func (t *ratioTally) split() string {
	if t.metric != handbook.ChangeFailRate || t.hits == 0 {
		return ""
	}
	return "; " + grouped(float64(t.confirmed)) + " confirmed, " + grouped(float64(t.inferred)) + " inferred"
}

// trend compares the last two complete periods: they differ where their
// intervals do not overlap (metrics/S5), and are not compared where one is too
// small (metrics/S4).
func (t *ratioTally) trend(s subject) (change int, words string) {
	if len(t.latest) < 2 {
		return 0, ""
	}
	before, latest := t.latest[0], t.latest[1]
	a, b := before.interval(), latest.interval()
	which := " in the latest complete " + s.unit
	switch {
	case before.n < fewForRate || latest.n < fewForRate || !a.ok || !b.ok:
		return 0, ""
	case b.low > a.high:
		return 1, "higher" + which + " (" + cell(latest.value, percent) + ") than in the one before (" + cell(before.value, percent) + ")"
	case b.high < a.low:
		return -1, "lower" + which + " (" + cell(latest.value, percent) + ") than in the one before (" + cell(before.value, percent) + ")"
	}
	return 0, "no clear change" + which
}

// usual says whether the latest period is unlike the one before.
func (t *ratioTally) usual(s subject) string {
	if t.n < fewForRate {
		return "Too few to compare: " + t.counted() + "."
	}
	so := t.counted() + " (" + percent(t.value()) + ")"
	switch change, words := t.trend(s); {
	case words == "":
		return "Too few to compare one " + s.unit + " with another: " + so + "."
	case change == 0:
		return "Nothing unusual: " + words + "; " + so + "."
	default:
		return upper(words) + "; " + so + " in all."
	}
}
