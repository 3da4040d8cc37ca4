package dora

import (
	"slices"
	"time"
)

// noLeadTime says of every part why it has no value.
func noLeadTime(r Reason) LeadTime {
	none := Stage{Reason: r}
	view := View{Reason: r}
	return LeadTime{Reason: r, Stages: Stages{none, none, none, none}, Waiting: Waiting{Reason: r}, Views: Views{view, view, view}}
}

// leadTime sums up the changes that were delivered in s, and those that wait
// when it ends (metrics/L5, L6).
func (t *teller) leadTime(s span) LeadTime {
	if t.noLead != "" {
		return noLeadTime(t.noLead)
	}
	units := within(t.delivered, s, deliveredAt)
	values := make([]int64, len(units))
	for i, u := range units {
		values[i] = u.seconds()
	}
	slices.Sort(values)
	l := LeadTime{N: len(values), Stages: stages(units, t.pulls), Waiting: t.waiting(s.to), Views: views(units)}
	if l.N == 0 {
		l.Reason = NoData
		return l
	}
	l.P50, l.P75, l.P90 = Num(percentile(values, 0.5)), Num(percentile(values, 0.75)), Num(percentile(values, 0.9))
	l.Mean = Num(mean(values))
	if low, high, ok := medianRanks(l.N); ok {
		l.Low, l.High = Num(float64(values[low-1])), Num(float64(values[high-1]))
	} else {
		l.Reason = NoData // of the interval alone (metrics/S4)
	}
	return l
}

// stages sums up the parts of lead time (metrics/L3). Commits without pull
// requests have none, except that a merge which counts as a deployment leaves
// no time for deploying (metrics/D1). Pulls says whether the source has any.
func stages(units []unit, pulls bool) Stages {
	var parts [4][]int64
	for _, u := range units {
		switch {
		case u.kind == pull:
			for i, v := range u.stages() {
				if pickupOrReview := i == 1 || i == 2; u.reviewed || !pickupOrReview {
					parts[i] = append(parts[i], v)
				}
			}
		case u.proxy:
			parts[3] = append(parts[3], 0)
		}
	}
	why := NotInSource
	if pulls {
		why = NoData
	}
	return Stages{stage(parts[0], why), stage(parts[1], why), stage(parts[2], why), stage(parts[3], why)}
}

// views measures the same deliveries in other ways (metrics/L5). A commit that
// cannot be older than its change, or younger than its delivery, counts as the
// change does (metrics/L1, L4).
func views(units []unit) Views {
	var merged, each, last []int64
	for _, u := range units {
		if !u.landed.IsZero() {
			merged = append(merged, max(0, seconds(u.landed, u.end)))
		}
		latest := u.start
		commits := u.commits()
		for _, at := range commits {
			at = later(u.start, earlier(at, u.end))
			latest = later(latest, at)
			each = append(each, seconds(at, u.end))
		}
		if len(commits) == 0 {
			each = append(each, u.seconds())
		}
		last = append(last, seconds(latest, u.end))
	}
	return Views{view(merged), view(each), view(last)}
}

func view(values []int64) View {
	if len(values) == 0 {
		return View{Reason: NoData}
	}
	return View{N: len(values), P50: median(values)}
}

// commits are the author dates of the own commits of a pull request.
func (u unit) commits() []time.Time {
	if u.pull == nil {
		return nil
	}
	var list []time.Time
	for _, c := range u.pull.Commits {
		if !c.Merge {
			list = append(list, known(c.AuthorDate, c.CommitterDate).UTC())
		}
	}
	return list
}

func stage(values []int64, why Reason) Stage {
	if len(values) == 0 {
		return Stage{Reason: why}
	}
	slices.Sort(values)
	return Stage{N: len(values), P50: Num(percentile(values, 0.5)), P75: Num(percentile(values, 0.75)), P90: Num(percentile(values, 0.9))}
}

// waiting counts the changes that had landed before an instant, or at the end of
// what is known if that comes first, and were not delivered by then
// (metrics/L6). A commit of a repository without pull requests lands when it is
// committed. It counts if it was delivered later, or if the newest head of its
// repository reaches it: others may never have been meant for delivery. A
// repository that was never deployed has nothing waiting. Age is the time since
// landing. The instants of one teller never decrease.
func (t *teller) waiting(end time.Time) Waiting {
	now := end
	if last := t.lastKnown(); !last.After(end) {
		now, end = last.Add(-time.Second), last // see Snapshot.span
	}
	for t.next < len(t.landed) && t.landed[t.next].landed.Before(end) {
		t.queue = append(t.queue, t.landed[t.next])
		t.next++
	}
	t.queue = slices.DeleteFunc(t.queue, func(u unit) bool { return !u.end.IsZero() && u.end.Before(end) })
	var ages []int64
	for _, u := range t.queue {
		if u.watched.Before(end) { // of several services, those that are covered by then
			ages = append(ages, max(0, seconds(u.landed, now)))
		}
	}
	if len(ages) == 0 {
		return Waiting{Reason: NoData}
	}
	return Waiting{N: len(ages), Oldest: Num(float64(slices.Max(ages))), MedianAge: median(ages)}
}

// lastKnown is the end of the coverage that reaches farthest.
func (b *book) lastKnown() time.Time {
	var last time.Time
	for _, s := range b.spans {
		last = later(last, s.to)
	}
	return last
}

func deliveredAt(u unit) time.Time { return u.end }
