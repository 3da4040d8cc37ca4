package chart_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// recovered is a service with so many recoveries, open failures and a median in
// hours in each week; 0 hours: no median.
func recovered(overall [3]float64, weekly ...[3]float64) dora.ServiceReport {
	s := service(weeks(len(weekly), func(i int, from, to time.Time) dora.Period { return period(from, to, 9, 0, 0) }))
	of := func(w [3]float64) dora.Recovery {
		r := dora.Recovery{N: int(w[0]), Open: num(w[1]), Reason: dora.NoData}
		if w[2] > 0 {
			r.P50, r.Reason = num(3600*w[2]), ""
		}
		return r
	}
	for i, w := range weekly {
		s.Periods[i].RecoveryTime = of(w)
	}
	s.Overall.RecoveryTime = of(overall)
	return s
}

func TestMetrics_X6_RecoveryFindings(t *testing.T) {
	t.Parallel()
	steady := [][3]float64{{6, 0, 3}, {6, 0, 4}, {6, 0, 5}, {6, 0, 3}, {6, 0, 4}, {6, 0, 5}, {6, 0, 4}, {6, 0, 4}}
	outside := recovered([3]float64{}, [3]float64{})
	outside.Overall.RecoveryTime, outside.Periods[0].RecoveryTime = dora.Recovery{Reason: dora.OutsideCoverage}, dora.Recovery{Reason: dora.OutsideCoverage}
	for _, c := range []struct {
		name        string
		report      dora.ServiceReport
		want, usual string
	}{
		{"all recovered", recovered([3]float64{8, 0, 3.5}, [3]float64{4, 0, 2}, [3]float64{4, 0, 5}), "Half of the 8 failed deployments were recovered within 3.5 h.", "Needs 8 complete weeks to say what is usual; has 2."},
		{"one open", recovered([3]float64{6, 1, 3.5}, [3]float64{4, 0, 2}, [3]float64{2, 1, 5}), "Half of the 7 failed deployments were recovered within 3.5 h; 1 is still open.", "1 of 7 failed deployments is still open."},
		{"few", recovered([3]float64{1, 2, 2}, [3]float64{1, 0, 2}, [3]float64{0, 2, 0}), "Only 3 failed deployments, too few to speak of a typical recovery time; the median is 2 h; 2 are still open.", "2 of 3 failed deployments are still open."},
		{"few, most open", recovered([3]float64{1, 2, 0}, [3]float64{1, 0, 2}, [3]float64{0, 2, 0}), "Only 3 failed deployments: too few to speak of a typical recovery time; 2 are still open.", "2 of 3 failed deployments are still open."},
		{"the report is of more than the periods", recovered([3]float64{80, 0, 1}, [3]float64{4, 0, 2}, [3]float64{4, 0, 5}), "8 failed deployments; the median of a week lay between 2 h and 5 h.", "Needs 8 complete weeks to say what is usual; has 2."},
		{"none has a median", recovered([3]float64{1, 1, 0}, [3]float64{1, 1, 0}), "No week has a median yet: 1 of 2 failed deployments is still open.", "1 of 2 failed deployments is still open."},
		{"the one is open", recovered([3]float64{0, 1, 0}, [3]float64{0, 1, 0}), "No week has a median yet: the one failed deployment is still open.", "The one failed deployment is still open."},
		{"none failed", recovered([3]float64{}, [3]float64{}, [3]float64{}), "No failed deployment in 2 weeks, so there is no recovery time.", "Nothing unusual: no failed deployment in 2 weeks."},
		{"partial data", partial(recovered([3]float64{8, 0, 3.5}, [3]float64{8, 0, 3.5})), "Half of the 8 failed deployments were recovered within 3.5 h. The data is partial, so this may change.", "The data is partial, so nothing is compared."},
		{"partial data, none failed", partial(recovered([3]float64{}, [3]float64{})), "No failed deployment is known in 1 week, so there is no recovery time. The data is partial: there may have been some.", "No failed deployment is known in 1 week, so there is no recovery time. The data is partial: there may have been some."},
		{"not covered", outside, "The data does not cover this window; it spans 16–22 Nov 2026.", "The data does not cover this window; it spans 16–22 Nov 2026."},
		{"as usual", recovered([3]float64{48, 0, 4}, steady...), "Half of the 48 failed deployments were recovered within 4 h.", "Nothing unusual: the median of the latest complete week was 4 h (n = 6); usual is 3–5 h."},
		{"longer than usual", recovered([3]float64{55, 0, 4}, append(steady, [3]float64{7, 0, 30})...), "Half of the 55 failed deployments were recovered within 4 h.", "Above its usual range: the median of the latest complete week was 30 h (n = 7); usual is 3–5 h."},
		{"too few to compare", recovered([3]float64{49, 0, 4}, append(steady, [3]float64{1, 0, 30})...), "Half of the 49 failed deployments were recovered within 4 h.", "Too few to compare: the median of the latest complete week was 30 h (n = 1)."},
		{"no failure rule", service(weeks(2, busy())), noRule, noRule},
	} {
		if got := chart.New(handbook.RecoveryTime, c.report, chart.Options{ID: "x"}).Finding; got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
		if got := chart.Usual(handbook.RecoveryTime, c.report, chart.Options{}); got != c.usual {
			t.Errorf("%s, usual:\n got %q\nwant %q", c.name, got, c.usual)
		}
	}
}

// What is open is counted beside what is over, and never dropped.
func TestMetrics_X6_OpenFailuresAreShown(t *testing.T) {
	t.Parallel()
	s := recovered([3]float64{8, 2, 3}, [3]float64{7, 0, 3}, [3]float64{}, [3]float64{1, 2, 0})
	s.Periods[2].Partial = true
	fig := chart.New(handbook.RecoveryTime, s, chart.Options{ID: "x"})
	if got := strings.Join(fig.Table.Columns, "|"); got != "Week|Recovered (n)|Still open|Median (p50)|Remark" {
		t.Errorf("columns: %q", got)
	}
	for i, want := range []string{
		"2–8 Nov 2026|7|0|3 h|",
		"9–15 Nov 2026|0|0|—|no failed deployment",
		"16–22 Nov 2026|1|2|—|no median: too many are still open, partial week",
	} {
		if got := strings.Join(fig.Table.Rows[i], "|"); got != want {
			t.Errorf("row %d: got %q, want %q", i, got, want)
		}
	}
	svg := string(fig.SVG())
	for _, want := range []string{"2–8 Nov 2026: median 3 h, n = 7<", "16–22 Nov 2026: n = 1, 2 still open, no median: too many are still open, partial week<", ">open<", "log scale"} {
		if strings.Count(svg, want) < 2 {
			t.Errorf("%q is not in both drawings", want)
		}
	}
	if strings.Contains(svg, "fig-line") {
		t.Error("a line joins medians of different failures")
	}
	data := options(t, fig)["series"].([]any)[0].(map[string]any)["data"].([]any)
	for i, want := range []any{10800.0, nil, nil} {
		if got := data[i].(map[string]any)["value"]; got != want {
			t.Errorf("week %d is %v in the explorer, want %v", i, got, want)
		}
	}
}
