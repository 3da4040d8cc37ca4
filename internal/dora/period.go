package dora

import (
	"slices"
	"sort"
	"time"
)

// teller reads the periods of one book over one range.
type teller struct {
	*book
	calendar
	span   // the range of the report
	weeks  []week
	pulls  bool   // some change is a pull request, so the source has stages
	judges bool   // some service says how failures are recognised (metrics/X0)
	next   int    // of landed, the first that waiting has not seen
	queue  []unit // what waited when waiting was last asked
}

// week is a calendar week that lies wholly inside range and coverage: the only
// ones that rates and medians count (metrics/F1, F2).
type week struct {
	span
	count int
	days  int
}

func (b *book) teller(c calendar, r span) *teller {
	t := &teller{book: b, calendar: c, span: r, judges: b.judges}
	t.pulls = slices.ContainsFunc(b.landed, func(u unit) bool { return u.kind == pull })
	for _, s := range c.slots(r, Week) {
		if r.covers(s.span) && b.complete(s.span) {
			live := t.deployed(s.span)
			t.weeks = append(t.weeks, week{s.span, len(live), t.distinctDays(live)})
		}
	}
	return t
}

// complete reports whether some stream covers all of s, and no other has begun
// And covers only a part.
func (b *book) complete(s span) bool {
	some := false
	for _, c := range b.spans {
		switch {
		case c.covers(s):
			some = true
		case c.from.Before(s.to):
			return false
		}
	}
	return some
}

// whole reports whether the book knows of s from its first to its last instant.
// Streams that begin later take nothing away from it.
func (b *book) whole(s span) bool {
	begun := false
	for _, c := range b.spans {
		begun = begun || !c.from.After(s.from)
		if c.to.Before(s.to) {
			return false
		}
	}
	return begun
}

// reaches reports whether anything is known of s.
func (b *book) reaches(s span) bool {
	return slices.ContainsFunc(b.spans, func(c span) bool { return !c.and(s).empty() })
}

// why says why nothing is known of a period.
func (b *book) why() Reason {
	if len(b.spans) == 0 {
		return b.quiet
	}
	return OutsideCoverage
}

// deployed are the counted deployments in s (metrics/F1).
func (t *teller) deployed(s span) []deployment {
	return within(t.live, s, func(d deployment) time.Time { return d.doneAt })
}

// within is the part of a list, sorted by time, that lies in s.
func within[T any](list []T, s span, at func(T) time.Time) []T {
	i := sort.Search(len(list), func(i int) bool { return !at(list[i]).Before(s.from) })
	j := sort.Search(len(list), func(j int) bool { return !at(list[j]).Before(s.to) })
	return list[i:max(i, j)]
}

func (t *teller) distinctDays(live []deployment) int {
	n, last := 0, int64(0)
	for i, d := range live {
		if day := t.day(d.doneAt); i == 0 || day != last {
			n, last = n+1, day
		}
	}
	return n
}

// period counts one period, or with a nil name the whole range. Only what lies
// in the range counts. Periods are asked for in order, and the whole range last.
func (t *teller) period(name *string, p span) Period {
	in := p.and(t.span)
	partial := !t.span.covers(p) || !t.complete(p)
	if name == nil {
		partial = !t.whole(p)
	}
	period := Period{
		Period: name, From: p.from.UTC(), To: p.to.UTC(), Partial: partial,
	}
	if in.empty() || !t.reaches(in) {
		why := t.why()
		period.Deployments.Reason = why
		period.LeadTime = noLeadTime(why)
		if !t.judges {
			why = NotMeasured
		}
		period.ChangeFailRate, period.ReworkRate = FailRate{Reason: why}, Rework{Reason: why}
		period.RecoveryTime = Recovery{Reason: why, Incidents: Restore{Reason: why}}
		return period
	}
	period.Deployments = t.deployments(in, !period.Partial, name == nil)
	period.LeadTime = t.leadTime(in)
	period.ChangeFailRate, period.RecoveryTime, period.ReworkRate = t.failRate(in), t.recovery(in), t.reworkRate(in)
	return period
}

// deployments counts the deployments in s. Rates are those of the complete
// weeks where s is the whole range, else of s itself if it is complete.
func (t *teller) deployments(s span, complete, whole bool) Deployments {
	live := t.deployed(s)
	at := func(e event) time.Time { return e.at }
	d := Deployments{
		Count:          count(len(live)),
		Redeploys:      count(len(within(t.redeploys, s, at))),
		FailedAttempts: count(len(within(t.failed, s, at))),
		Days:           count(t.distinctDays(live)),
		MedianGap:      median(t.gaps(s)),
	}
	var days []int64
	var weeks, inWeeks int
	for _, w := range t.weeks {
		if s.covers(w.span) {
			weeks, inWeeks = weeks+1, inWeeks+w.count
			days = append(days, int64(w.days))
		}
	}
	switch {
	case whole && weeks > 0:
		d.PerWeek = Num(float64(inWeeks) / float64(weeks))
	case !whole && complete:
		d.PerWeek = Num(float64(len(live)*7) / float64(t.days(s)))
	}
	d.MedianDaysPerWeek = median(days)
	_, rated := d.PerWeek.Get()
	_, spaced := d.MedianGap.Get()
	switch {
	case !rated:
		d.Reason = OutsideCoverage
	case !spaced:
		d.Reason = NoData
	}
	return d
}

// gaps are the seconds between each deployment in s and the one before it,
// which may lie before s, so that cutting a range in two loses none.
func (t *teller) gaps(s span) []int64 {
	var list []int64
	first := sort.Search(len(t.live), func(i int) bool { return !t.live[i].doneAt.Before(s.from) })
	for i := max(first, 1); i < len(t.live) && t.live[i].doneAt.Before(s.to); i++ {
		list = append(list, seconds(t.live[i-1].doneAt, t.live[i].doneAt))
	}
	return list
}

func count(n int) Number { return Num(float64(n)) }

// median sorts the values it is given.
func median(values []int64) Number {
	if len(values) == 0 {
		return Number{}
	}
	slices.Sort(values)
	return Num(percentile(values, 0.5))
}
