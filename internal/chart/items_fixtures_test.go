package chart_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// delivered makes n changes of the last weeks up to the as-of time of s, which
// took from an hour to weeks; every 17th came with a deployment that failed.
func delivered(n, days int, s *dora.ServiceReport) dora.Explanation {
	r := rand.New(rand.NewPCG(3, 5))
	from := s.AsOf.AddDate(0, 0, -days)
	e := dora.Explanation{Schema: dora.ExplanationSchema, Metric: handbook.LeadTime, From: from, To: s.AsOf, AsOf: s.AsOf, Coverage: s.Coverage, Included: n, Collected: n}
	var took []float64
	for i := range n {
		seconds := math.Round(3600 * math.Exp(r.NormFloat64()*1.4+2.8))
		took = append(took, seconds)
		at := from.Add(time.Duration(r.IntN(days*24*60)) * time.Minute)
		row := dora.Row{
			Kind: dora.ChangeRow, ID: fmt.Sprintf("#%d", 1000+i), Repo: "acme/payments", Title: titles[i%len(titles)], URL: fmt.Sprintf("https://github.com/acme/payments/pull/%d", 1000+i),
			At: at, From: at.Add(-time.Duration(seconds) * time.Second), To: at, Seconds: num(seconds), Included: true, Rule: "C2", Why: "delivered by it",
			Parts: &dora.RowParts{Coding: num(math.Round(seconds * .4)), Pickup: num(math.Round(seconds * .2)), Review: num(math.Round(seconds * .3)), Deploy: num(seconds - math.Round(seconds*.9))},
		}
		if i%17 == 11 {
			row.Evidence = []dora.Evidence{{Kind: dora.Rollback, Confidence: "derived", By: "v1.2.3", At: at.Add(time.Hour)}}
		}
		e.Rows = append(e.Rows, row)
	}
	slices.Sort(took)
	s.Overall.From, s.Overall.To = from, s.AsOf
	s.Overall.LeadTime = dora.LeadTime{N: n, Reason: dora.NoData}
	if n > 0 {
		s.Overall.LeadTime.P50, s.Overall.LeadTime.P90, s.Overall.LeadTime.Reason = num(took[n/2]), num(took[n*9/10]), ""
	}
	return e
}

var titles = []string{
	"Refuse cards that have expired", "Retry a payment once when the bank does not answer", "Bump the database driver",
	"Show the fee before the customer confirms, in the currency of the customer and not in that of the shop", "Fix the typo in the receipt",
}

// failedOnes makes n failed deployments up to the as-of time of s; the first
// open ones of the newest are not restored.
func failedOnes(n, open, days int, s *dora.ServiceReport) dora.Explanation {
	r := rand.New(rand.NewPCG(7, 11))
	from := s.AsOf.AddDate(0, 0, -days)
	e := dora.Explanation{Schema: dora.ExplanationSchema, Metric: handbook.RecoveryTime, From: from, To: s.AsOf, AsOf: s.AsOf, Coverage: s.Coverage}
	for i := range n {
		live := from.Add(time.Duration(days*24*60*(i+1)/(n+1)) * time.Minute)
		took := time.Duration(math.Round(3600*math.Exp(r.NormFloat64()*1.6+1.5))) * time.Second
		row := dora.Row{Kind: dora.DeploymentRow, ID: fmt.Sprintf("v1.%d.%d", i/5, i%5), Repo: "acme/payments", URL: fmt.Sprintf("https://github.com/acme/payments/releases/tag/v1.%d.%d", i/5, i%5),
			At: live, From: live, To: live.Add(took), Seconds: num(took.Seconds()), Included: true, Rule: "X5", Why: "restored by a rollback",
			Evidence: []dora.Evidence{{Kind: dora.Rollback, Confidence: "derived", By: "v1.0.0", At: live.Add(took), Until: live.Add(took)}}}
		if !row.To.Before(s.AsOf) {
			row.To = s.AsOf.Add(-time.Minute)
			row.Seconds = num(row.To.Sub(row.From).Seconds())
		}
		if i >= n-open {
			row.To, row.Seconds = time.Time{}, dora.Number{}
			row.Evidence = []dora.Evidence{{Kind: dora.InWindow, Confidence: "inferred", By: "#77", At: live.Add(time.Hour)}}
		}
		e.Rows = append(e.Rows, row)
	}
	s.Overall.From, s.Overall.To = from, s.AsOf
	s.Overall.RecoveryTime = dora.Recovery{N: n - open, Open: num(float64(open)), Reason: dora.NoData}
	if n > open {
		s.Overall.RecoveryTime.P50, s.Overall.RecoveryTime.Reason = num(2.1*3600), ""
	}
	return e
}

// openOnes makes n open pull requests, the oldest of about three weeks.
func openOnes(n int, s dora.ServiceReport) (rows []dora.Row) {
	for i := range n {
		opened := s.AsOf.Add(-time.Duration(21*24*float64(time.Hour)*math.Pow(.72, float64(i))) - 10*time.Minute)
		rows = append(rows, dora.Row{Kind: dora.ChangeRow, ID: fmt.Sprintf("#%d", 2000+i), Repo: "acme/payments", Title: titles[i%len(titles)], URL: fmt.Sprintf("https://github.com/acme/payments/pull/%d", 2000+i),
			At: opened, From: opened, Seconds: num(s.AsOf.Sub(opened).Seconds())})
	}
	return rows
}

// partially makes the data of a report partial.
func partially(s dora.ServiceReport) dora.ServiceReport {
	s.Coverage.Status, s.Coverage.Reasons = dora.Partial, []string{dora.RateLimited}
	return s
}

// single is a figure of single things.
type single struct {
	name string
	fig  *chart.Figure
}

// singles are figures of single things of every kind and state.
func singles() (list []single) {
	add := func(name string, f func(s dora.ServiceReport, o chart.Options) *chart.Figure) {
		s := service(cut(weeks(26, busy())))
		o := chart.Options{ID: fmt.Sprintf("s%d", len(list)), Service: "Payments"}
		list = append(list, single{name, f(s, o)})
	}
	for _, n := range []int{57, 400, 1204, 12, 4, 1} {
		add(fmt.Sprintf("items, %d", n), func(s dora.ServiceReport, o chart.Options) *chart.Figure {
			e := delivered(n, 84, &s)
			return chart.Items(e, s, o)
		})
	}
	add("items, partial sample", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := delivered(57, 84, &s)
		o.Sample = true
		return chart.Items(e, partially(s), o)
	})
	add("items, at once", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := delivered(40, 84, &s)
		at := e.Rows[0].At
		for i := range e.Rows {
			e.Rows[i].At = at.Add(time.Duration(i) * time.Second)
			e.Rows[i].Repo = fmt.Sprintf("acme/of-the-shop-%d", i%2)
		}
		return chart.Items(e, s, o)
	})
	add("items, under a minute", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := delivered(40, 84, &s)
		s.Source = dora.Merge
		for i := range e.Rows {
			e.Rows[i].Seconds = num(float64(i % 3))
		}
		s.Overall.LeadTime.P50, s.Overall.LeadTime.P90 = num(1), num(2)
		return chart.Items(e, s, o)
	})
	add("items, covered late", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := delivered(57, 84, &s)
		e.From, s.Coverage.From = e.From.AddDate(0, 0, -84), e.From
		return chart.Items(e, s, o)
	})
	add("recoveries, 4", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := failedOnes(4, 1, 84, &s)
		return chart.Recoveries(e, s, o)
	})
	add("recoveries, 12", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := failedOnes(12, 0, 84, &s)
		return chart.Recoveries(e, s, o)
	})
	add("recoveries, 44, partial", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := failedOnes(44, 3, 84, &s)
		e.Rows[40].ID = "production-eu-west-1-2026-11-12T14:03:22Z"
		return chart.Recoveries(e, partially(s), o)
	})
	add("recoveries, in a day", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		e := failedOnes(2, 1, 1, &s)
		o.Sample = true
		return chart.Recoveries(e, s, o)
	})
	for _, n := range []int{9, 31, 1} {
		add(fmt.Sprintf("ageing, %d", n), func(s dora.ServiceReport, o chart.Options) *chart.Figure {
			delivered(57, 84, &s)
			return chart.Ageing(openOnes(n, s), s, o)
		})
	}
	add("ageing, few delivered, partial", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		delivered(3, 84, &s)
		return chart.Ageing(openOnes(5, s), partially(s), o)
	})
	add("ageing, some delivered, all alike, partial", func(s dora.ServiceReport, o chart.Options) *chart.Figure {
		delivered(12, 84, &s)
		s.Overall.LeadTime.P50, s.Overall.LeadTime.P90 = num(86400*30), num(86400*33)
		return chart.Ageing(openOnes(8, s), partially(s), o)
	})
	return list
}
