package dora_test

import (
	"fmt"
	"os"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// shop is a repository with a release a day after each change.
func shop() dora.Events {
	day := func(d int) time.Time { return time.Date(2026, time.March, d, 12, 0, 0, 0, time.UTC) }
	e := dora.Events{Collected: []dora.Collected{{Source: "file", Repo: "shop", From: day(1), To: day(31)}}}
	parent := []string(nil)
	for i, d := range []int{2, 4, 11, 18} {
		sha, tag := fmt.Sprintf("c%d", i), fmt.Sprintf("v1.%d", i)
		e.Commits = append(e.Commits, dora.Commit{Repo: "shop", SHA: sha, Parents: parent, AuthorDate: day(d), CommitterDate: day(d)})
		e.Deployments = append(e.Deployments, dora.Deployment{ID: tag, Repo: "shop", SHA: sha, FinishedAt: day(d + 1), Status: dora.Success})
		parent = []string{sha}
	}
	return e
}

func ExampleCompute() {
	e := shop()
	var snapshots []dora.Snapshot
	for _, s := range dora.Services(e) {
		snapshots = append(snapshots, dora.NewSnapshot(s, e.Coverage(s), e.AsOf(), e))
	}
	r := dora.Compute(snapshots, dora.Options{By: dora.Week})
	for _, p := range r.Services[0].Periods {
		deployments, _ := p.Deployments.Count.Get()
		median, ok := p.LeadTime.P50.Get()
		fmt.Println(*p.Period, deployments, p.LeadTime.N, time.Duration(median)*time.Second, ok)
	}
	// Output:
	// 2026-W10 2 1 24h0m0s true
	// 2026-W11 1 1 24h0m0s true
	// 2026-W12 1 1 24h0m0s true
	// 2026-W13 0 0 0s false
	// 2026-W14 0 0 0s false
}

func ExampleReport_WriteTable() {
	e := shop()
	s := dora.Services(e)[0]
	r := dora.Compute([]dora.Snapshot{dora.NewSnapshot(s, e.Coverage(s), e.AsOf(), e)}, dora.Options{By: dora.Month})
	if err := r.WriteTable(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// shop · production · source: file · by month in UTC
	// coverage complete, 2026-03-01 to 2026-03-31 · data as of 2026-03-31 12:00 UTC
	//
	// month      deploys per week redeploy      n      p50      p75      p90  waiting
	// 2026-03 ~        4       —¹        0      3   24.0 h   24.0 h   24.0 h        0
	// all              4     0.67        0      3   24.0 h   24.0 h   24.0 h        0
	//
	// n, p50, p75, p90: changes delivered and their lead time. waiting: changes merged
	//       and not delivered at the end of the period.
	// change fail rate, recovery time, rework rate: not measured; add failures: {} to
	//       the metrics of the service page
	// —¹ outside what the data covers · ~ partial, not in rates
	// DQ03: 1 change was delivered by or before the first known deployment, so without
	//       a lead time: v1.0
	//       nothing to do: without an earlier deployment nobody knows when they were
	//       delivered
}
