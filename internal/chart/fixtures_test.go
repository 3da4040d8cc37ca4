package chart_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

func name(s string) *string { return &s }

func num(v float64) dora.Number { return dora.Num(v) }

// period is a period with deployments and changes; of changes that took about
// typical seconds.
func period(from, to time.Time, deployments float64, n int, typical float64) dora.Period {
	p := dora.Period{From: from, To: to}
	p.Deployments = dora.Deployments{Count: num(deployments), Redeploys: num(0), FailedAttempts: num(0), Days: num(min(deployments, 5))}
	p.LeadTime = dora.LeadTime{N: n, Reason: dora.NoData}
	if n > 0 {
		p.LeadTime = dora.LeadTime{N: n, P50: num(typical), P75: num(typical * 1.8), P90: num(typical * 3.1)}
	}
	stage := func(share float64) dora.Stage {
		if n == 0 {
			return dora.Stage{Reason: dora.NoData}
		}
		return dora.Stage{N: n, P50: num(typical * share), P75: num(typical * share * 2), P90: num(typical * share * 4)}
	}
	p.LeadTime.Stages = dora.Stages{Coding: stage(.5), Pickup: stage(.2), Review: stage(.2), Deploy: stage(.1)}
	return p
}

// tookAll makes all changes of a period take as long as given, in seconds.
func tookAll(p *dora.Period, p50, p90 float64) {
	all := dora.Stage{N: p.LeadTime.N, P50: num(p50), P75: num((p50 + p90) / 2), P90: num(p90)}
	p.LeadTime = dora.LeadTime{N: all.N, P50: all.P50, P75: all.P75, P90: all.P90, Stages: dora.Stages{Coding: all, Pickup: all, Review: all, Deploy: all}}
}

// outside is a period that the data does not cover.
func outside(from, to time.Time) dora.Period {
	return dora.Period{From: from, To: to, Partial: true,
		Deployments: dora.Deployments{Reason: dora.OutsideCoverage}, LeadTime: outsideLead()}
}

func outsideLead() dora.LeadTime {
	none := dora.Stage{Reason: dora.OutsideCoverage}
	return dora.LeadTime{Reason: dora.OutsideCoverage, Stages: dora.Stages{Coding: none, Pickup: none, Review: none, Deploy: none}}
}

// service is a report over periods; its overall values count them all.
func service(periods []dora.Period) dora.ServiceReport {
	s := dora.ServiceReport{Service: name("payments"), Environment: "production", Source: dora.Tags, Periods: periods}
	s.Overall.Deployments.Reason = dora.NoData
	s.Overall.LeadTime.Reason = dora.NoData
	total, n := 0.0, 0
	for _, p := range periods {
		d, ok := p.Deployments.Count.Get()
		total, n = total+d, n+p.LeadTime.N
		if ok {
			s.Overall.Deployments = dora.Deployments{Count: num(total)}
		}
	}
	none := dora.Stage{Reason: dora.NoData}
	s.Overall.LeadTime.Stages = dora.Stages{Coding: none, Pickup: none, Review: none, Deploy: none}
	if n > 0 {
		part := func(days float64) dora.Stage {
			return dora.Stage{N: n, P50: num(days * 86400), P75: num(2 * days * 86400), P90: num(4 * days * 86400)}
		}
		s.Overall.LeadTime = dora.LeadTime{N: n, P50: num(2.1 * 86400), P75: num(4 * 86400), P90: num(6.4 * 86400),
			Stages: dora.Stages{Coding: part(1), Pickup: part(.125), Review: part(.25), Deploy: part(.5)}}
	}
	if len(periods) > 0 {
		s.AsOf = periods[len(periods)-1].To
		s.Coverage = dora.Coverage{Status: dora.Complete, From: periods[0].From, To: s.AsOf}
	}
	return s
}

// weeks makes periods of n weeks that end with the one of 16 November 2026.
func weeks(n int, of func(i int, from, to time.Time) dora.Period) []dora.Period {
	last := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	periods := make([]dora.Period, n)
	for i := range periods {
		from := last.AddDate(0, 0, -7*(n-1-i))
		periods[i] = of(i, from, from.AddDate(0, 0, 7))
	}
	return periods
}

// months makes periods of n months that end with November 2026.
func months(n int, of func(i int, from, to time.Time) dora.Period) []dora.Period {
	periods := make([]dora.Period, n)
	for i := range periods {
		from := time.Date(2026, time.November+time.Month(i+1-n), 1, 0, 0, 0, 0, time.UTC)
		periods[i] = of(i, from, from.AddDate(0, 1, 0))
	}
	return periods
}

// busy is a service that deploys nearly every day, with a quiet December.
func busy() func(i int, from, to time.Time) dora.Period {
	r := rand.New(rand.NewPCG(1, 2))
	return func(i int, from, to time.Time) dora.Period {
		d := float64(r.IntN(7) + 2)
		if from.Month() == time.December && from.Day() > 20 {
			d = 0
		}
		n := int(d) * (r.IntN(3) + 1)
		return period(from, to, d, n, 3600*(8+float64(r.IntN(60))))
	}
}

// sparse is one that deploys about twice a month.
func sparse() func(i int, from, to time.Time) dora.Period {
	return func(i int, from, to time.Time) dora.Period {
		if i%3 != 1 {
			return period(from, to, 0, 0, 0)
		}
		return period(from, to, 1, 2+i%11, 86400*float64(3+i%17))
	}
}

// cut marks the last period as not over.
func cut(periods []dora.Period) []dora.Period {
	last := &periods[len(periods)-1]
	last.Partial = true
	last.To = last.From.AddDate(0, 0, 3)
	return periods
}

// cases are reports that a chart must draw or explain, by name.
func cases() []struct {
	Name   string
	By     dora.By
	Sample bool
	Report dora.ServiceReport
} {
	type c = struct {
		Name   string
		By     dora.By
		Sample bool
		Report dora.ServiceReport
	}
	late := weeks(26, busy())
	for i := range 11 {
		late[i] = outside(late[i].From, late[i].To)
	}
	late[11].Partial = true
	extreme := weeks(52, busy())
	extreme[20].Deployments.Count = num(143)
	extreme[20].LeadTime = dora.LeadTime{N: 1204, P50: num(20), P75: num(86400 * 100), P90: num(86400 * 400)}
	merge := service(cut(weeks(26, busy())))
	merge.Source = dora.Merge
	merge.Coverage.Status, merge.Coverage.Reasons = dora.Partial, []string{"shallow_clone"}
	ends := cut(weeks(26, sparse()))
	ends[0].Partial = true
	// The labels at the right end: of values that are nearly the same, on the
	// foot of the plot, high above it, and left of periods without any.
	low, high, gap := cut(months(12, busy())), months(12, busy()), weeks(12, busy())
	tookAll(&low[11], 8*3600, 8.4*3600)
	for i := range low[:11] {
		tookAll(&low[i], 86400*float64(i+1), 86400*float64(3*i+3))
	}
	tookAll(&high[11], 86400*60, 86400*60)
	tookAll(&gap[7], 86400, 86400)
	for i := 8; i < 12; i++ {
		gap[i] = period(gap[i].From, gap[i].To, 0, 0, 0)
	}
	level := weeks(26, func(i int, from, to time.Time) dora.Period { return period(from, to, float64(20+3*(i%2)), 4, 86400) })
	atOnce, atOnceOnce := service(weeks(12, busy())), service(cut(weeks(1, busy())))
	for _, s := range []*dora.ServiceReport{&atOnce, &atOnceOnce} {
		s.Source = dora.Merge
		for i := range s.Periods {
			tookAll(&s.Periods[i], 0, 0)
		}
		tookAll(&s.Overall, 0, 0)
	}
	same := weeks(1, busy())
	tookAll(&same[0], 86400, 86400)
	return []c{
		{"52 weeks busy", dora.Week, true, service(cut(weeks(52, busy())))},
		{"26 weeks busy, merges", dora.Week, false, merge},
		{"sparse, partial ends", dora.Week, false, service(ends)},
		{"52 weeks sparse", dora.Week, false, service(cut(weeks(52, sparse())))},
		{"covered late", dora.Week, true, service(cut(late))},
		{"nothing happened", dora.Week, false, service(weeks(26, func(i int, from, to time.Time) dora.Period { return period(from, to, 0, 0, 0) }))},
		{"one week", dora.Week, false, service(weeks(1, busy()))},
		{"one partial week", dora.Week, false, service(cut(weeks(1, busy())))},
		{"six weeks", dora.Week, false, service(cut(weeks(6, busy())))},
		{"outside", dora.Week, false, service(weeks(8, func(i int, from, to time.Time) dora.Period { return outside(from, to) }))},
		{"104 weeks", dora.Week, false, service(cut(weeks(104, busy())))},
		{"12 months", dora.Month, false, service(cut(months(12, busy())))},
		{"24 months", dora.Month, true, service(cut(months(24, busy())))},
		{"outlier", dora.Week, false, service(extreme)},
		{"ends on the foot", dora.Month, false, service(low)},
		{"ends at the top", dora.Month, true, service(high)},
		{"ends before a gap", dora.Week, false, service(gap)},
		{"columns about the mean", dora.Week, false, service(level)},
		{"merged at once", dora.Week, false, atOnce},
		{"one week, merged at once", dora.Week, false, atOnceOnce},
		{"one week, all the same", dora.Week, false, service(same)},
		{"13 years of weeks", dora.Week, false, service(weeks(680, sparse()))},
	}
}

func id(i int, what string) string { return fmt.Sprintf("f%d-%s", i, what) }
