package dora

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// failRate sums up the deployments of s whose services say how failures are
// recognised (metrics/X3). A deployment fails at most once, and in the period in
// which it was done (metrics/X4).
func (t *teller) failRate(s span) FailRate {
	live, why := t.judged(s)
	if why != "" {
		return FailRate{Reason: why}
	}
	f := FailRate{N: len(live)}
	failed, confirmed, young := 0, 0, 0
	for _, d := range live {
		if d.failed() {
			failed++
			if d.confirmed() {
				confirmed++
			}
		}
		if d.young {
			young++
		}
	}
	f.Failed, f.Confirmed, f.Inferred, f.Maturing = count(failed), count(confirmed), count(failed-confirmed), count(young)
	if f.N == 0 {
		f.Reason = NoData
		return f
	}
	f.Value = Num(float64(failed) / float64(f.N))
	f.Low, f.High = Wilson(failed, f.N)
	return f
}

// reworkRate sums up the deployments that repaired others (metrics/X7).
func (t *teller) reworkRate(s span) Rework {
	live, why := t.judged(s)
	if why != "" {
		return Rework{Reason: why}
	}
	n := 0
	for _, d := range live {
		if len(d.repairs) > 0 {
			n++
		}
	}
	r := Rework{N: len(live), Rework: count(n)}
	if r.N == 0 {
		r.Reason = NoData
		return r
	}
	r.Value = Num(float64(n) / float64(r.N))
	r.Low, r.High = Wilson(n, r.N)
	return r
}

// judged are the counted deployments of s that can be said to have failed.
func (t *teller) judged(s span) ([]deployment, Reason) {
	if !t.judges {
		return nil, NotMeasured
	}
	var list []deployment
	for _, d := range t.deployed(s) {
		if d.measured {
			list = append(list, d)
		}
	}
	return list, ""
}

// recovery sums up how long service was down after the failed deployments of s
// (metrics/X5, X6), and how long incidents took.
func (t *teller) recovery(s span) Recovery {
	live, why := t.judged(s)
	if why != "" {
		return Recovery{Reason: why, Incidents: Restore{Reason: why}}
	}
	var times []lifetime
	for _, d := range live {
		if d.failed() {
			times = append(times, lifetimeOf(d.liveAt, d.restored, t.asOf))
		}
	}
	r := Recovery{}
	var open int
	r.N, open, r.P50, r.More, r.ResolvedP50 = survived(times)
	r.Open = count(open)
	if _, ok := r.P50.Get(); !ok {
		r.Reason = NoData
	}
	r.Incidents = t.restore(s)
	return r
}

// restore is the incident view for people who are used to time to restore: from
// opened to resolved, whatever caused it (metrics/X5).
func (t *teller) restore(s span) Restore {
	var times []lifetime
	for _, i := range within(t.troubles, s, func(i trouble) time.Time { return i.opened }) {
		times = append(times, lifetimeOf(i.opened, i.resolved, t.asOf))
	}
	r := Restore{}
	var open int
	r.N, open, r.P50, r.More, _ = survived(times)
	r.Open = count(open)
	if _, ok := r.P50.Get(); !ok {
		r.Reason = NoData
	}
	return r
}

func compareTroubles(a, b trouble) int {
	return cmp.Or(a.opened.Compare(b.opened), strings.Compare(a.key, b.key))
}

// lifetime is how long something lasted, in seconds; one that is open has
// lasted at least that long.
type lifetime struct {
	seconds int64
	open    bool
}

func lifetimeOf(from, to, asOf time.Time) lifetime {
	if to.IsZero() {
		return lifetime{max(0, seconds(from, later(from, asOf))), true}
	}
	return lifetime{max(0, seconds(from, to)), false}
}

// survived gives the Kaplan-Meier median of lifetimes: the first time at which
// at most half of them are still going on (metrics/X6). Where that never comes,
// more is the longest time that was seen. Naive is the median of those that are
// over.
func survived(times []lifetime) (over, open int, median, more, naive Number) {
	if len(times) == 0 {
		return 0, 0, Number{}, Number{}, Number{}
	}
	slices.SortFunc(times, func(a, b lifetime) int {
		if c := cmp.Compare(a.seconds, b.seconds); c != 0 || a.open == b.open {
			return c
		}
		if a.open { // what ends at an instant ends before what was only seen up to it
			return 1
		}
		return -1
	})
	var ended []int64
	going := 1.0
	for i := 0; i < len(times); {
		at, atRisk, ends := times[i].seconds, len(times)-i, 0
		for ; i < len(times) && times[i].seconds == at; i++ {
			if times[i].open {
				open++
			} else {
				ends++
				ended = append(ended, at)
			}
		}
		going = float64(going * float64(atRisk-ends) / float64(atRisk))
		if _, known := median.Get(); !known && ends > 0 && going <= .5+1e-12 {
			median = Num(float64(at))
		}
	}
	if _, known := median.Get(); !known {
		more = Num(float64(times[len(times)-1].seconds))
	}
	if len(ended) > 0 {
		naive = Num(percentile(ended, .5))
	}
	return len(ended), open, median, more, naive
}

// Poisson is the exact 95 % interval of a count of events (metrics/S3): the
// rates at which n or more, and n or fewer, would each be seen once in forty
// times.
func Poisson(n int) (low, high float64) {
	if n > 0 {
		low = solve(func(rate float64) float64 { return 1 - poissonBelow(n-1, rate) - .025 }, float64(n))
	}
	high = solve(func(rate float64) float64 { return .025 - poissonBelow(n, rate) }, float64(n)+10*math.Sqrt(float64(n)+1)+10)
	return low, high
}

// poissonBelow is the probability of at most n events at a rate, each term from
// the one before.
func poissonBelow(n int, rate float64) float64 {
	if rate == 0 {
		return 1
	}
	// From the largest term down, so that nothing underflows for large rates.
	logTerm := func(k int) float64 {
		l, _ := math.Lgamma(float64(k) + 1)
		return float64(float64(k)*math.Log(rate)) - rate - l
	}
	top := min(n, int(rate))
	biggest := logTerm(top)
	sum, term := 1.0, 1.0
	for k := top; k > 0 && term > 1e-18; k-- {
		term = float64(term * float64(k) / rate)
		sum += term
	}
	term = 1
	for k := top + 1; k <= n && term > 1e-18; k++ {
		term = float64(term * rate / float64(k))
		sum += term
	}
	return min(1, float64(sum*math.Exp(biggest)))
}

// solve finds where a rising function crosses 0 between 0 and high.
func solve(f func(float64) float64, high float64) float64 {
	low := 0.0
	for range 200 {
		middle := float64(low+high) / 2
		if f(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return float64(low+high) / 2
}
