package dora_test

import (
	"fmt"
	"os"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// failing is a week of a shop that deploys once and has two incidents, of which
// one comes long after.
func failing() dora.Snapshot {
	day := func(d int) time.Time { return time.Date(2026, time.March, d, 12, 0, 0, 0, time.UTC) }
	e := dora.Events{
		Collected:   []dora.Collected{{Source: "file", Repo: "shop", From: day(1), To: day(31)}},
		Commits:     []dora.Commit{{Repo: "shop", SHA: "c1", AuthorDate: day(2), CommitterDate: day(2)}},
		Deployments: []dora.Deployment{{ID: "v1", Repo: "shop", SHA: "c1", FinishedAt: day(3), Status: dora.Success}},
		Incidents: []dora.Incident{
			{ID: "1", OpenedAt: day(3).Add(time.Hour), ResolvedAt: day(3).Add(3 * time.Hour)},
			{ID: "2", OpenedAt: day(20), ResolvedAt: day(21)},
		},
	}
	s := dora.Service{Name: "shop", Source: dora.File, Repos: []string{"shop"}, Failures: &dora.Failures{}}
	return dora.NewSnapshot(s, e.Coverage(s), e.AsOf(), e)
}

func ExampleAs() {
	for _, p := range dora.Peers() {
		c, err := dora.As(p, []dora.Snapshot{failing()}, dora.Options{By: dora.Month})
		if err != nil {
			fmt.Println(err)
		}
		rate := c.Services[0].Overall.ChangeFailRate
		theirs, _ := rate.Value.Get()
		ours, _ := rate.Ours.Value.Get()
		fmt.Println(p, theirs, ours, rate.Because[0].Rule)
	}
	// Output:
	// devlake 1 1 metrics/X2
	// fourkeys 0 1 metrics/X3
	// gitlab 2 1 metrics/X3
	// middleware 1 1 metrics/D9
}

func ExampleComparison_WriteTable() {
	c, err := dora.As(dora.GitLab, []dora.Snapshot{failing()}, dora.Options{By: dora.Month})
	if err == nil {
		err = c.WriteTable(os.Stdout)
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// shop · production · source: file · as gitlab counts · by month in UTC
	//
	//                how often           lead time     fail rate       recovery time
	// month      theirs   ours    theirs      ours theirs   ours    theirs      ours
	// 2026-03 ~    0.03     —¹        —³        —²  200 %  100 %    13.0 h     3.0 h
	// all          0.03      0        —³        —²  200 %  100 %    13.0 h     3.0 h
	//
	// how often, in deployments a day (n = 1, ours 1):
	//   metrics/F1: deployments by calendar days; ours is the weekly rate of whole
	//       weeks by 7
	//   metrics/D8: the same commit again counts
	//   metrics/D5: each environment counts by itself
	// lead time (n = 0, ours 0):
	//   metrics/C1: it counts merge requests, and the events have none
	//   metrics/L1: from the merge, not from the first commit:
	//       lead_time.views.merge_to_deploy of our report is closest
	//   metrics/S2: the median of the medians of days, so a day with one change weighs
	//       as much as one with many
	//   metrics/C7: the first deployment takes all that was merged to its branch
	//       before
	//   metrics/C1: merge requests alone; bots count
	// fail rate (n = 1, ours 1):
	//   metrics/X3: incidents opened by deployments done, whatever caused them; it can
	//       be more than 1, and without a deployment it divides by 1
	//   metrics/X4: an incident counts when it is opened, not in the period of the
	//       deployment
	// recovery time (n = 2, ours 1):
	//   metrics/X5: from opening to closing an incident, the median of the medians of
	//       days; recovery_time.incidents of our report is closest
	//   metrics/X6: open incidents are left out; an incident counts on the day it is
	//       closed
	// —¹ outside what the data covers · —² no data, or too little of it · —³ not in
	//       the source · ~ partial
}
