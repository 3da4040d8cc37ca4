package chart_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// failing is a service whose deployments fail now and then: of those of each
// period every ninth, and every other one of these is still open at the end.
func failing(s dora.ServiceReport) dora.ServiceReport {
	judge := func(p *dora.Period, n, failed, open int, median float64) {
		p.ChangeFailRate = dora.FailRate{N: n, Failed: num(float64(failed)), Confirmed: num(float64(failed - failed/3)), Inferred: num(float64(failed / 3)), Reason: dora.NoData}
		p.ReworkRate = dora.Rework{N: n, Rework: num(float64(failed)), Reason: dora.NoData}
		p.RecoveryTime = dora.Recovery{N: failed - open, Open: num(float64(open)), Reason: dora.NoData}
		if n > 0 {
			rate := num(float64(failed) / float64(n))
			low, high := dora.Wilson(failed, n)
			p.ChangeFailRate.Value, p.ChangeFailRate.Low, p.ChangeFailRate.High, p.ChangeFailRate.Reason = rate, low, high, ""
			p.ReworkRate.Value, p.ReworkRate.Low, p.ReworkRate.High, p.ReworkRate.Reason = rate, low, high, ""
		}
		if failed > open {
			p.RecoveryTime.P50, p.RecoveryTime.Reason = num(median), ""
		}
	}
	total, failures := 0, 0
	for i := range s.Periods {
		p := &s.Periods[i]
		v, ok := p.Deployments.Count.Get()
		if !ok {
			none := p.Deployments.Reason
			p.ChangeFailRate.Reason, p.ReworkRate.Reason, p.RecoveryTime.Reason = none, none, none
			continue
		}
		n, failed := int(v), 0
		for range n {
			if total++; total%9 == 4 {
				failed++
			}
		}
		failures += failed
		open := 0
		if failed > 0 && i == len(s.Periods)-1 {
			open = 1
		}
		judge(p, n, failed, open, 3600*(1+float64(i*i%41)))
	}
	judge(&s.Overall, total, failures, 0, 5*3600)
	if n := len(s.Periods); n > 0 {
		open := s.Periods[n-1].RecoveryTime.Open
		s.Overall.RecoveryTime.Open = open
		v, _ := open.Get()
		s.Overall.RecoveryTime.N = failures - int(v)
	}
	return s
}

const noRule = "Not measured: no failure rule is configured. To take the usual ones, add failures: {} to metrics in the front matter of the service page."

// rated is a service that had so many deployments and failures in each week.
func rated(weekly ...[2]int) dora.ServiceReport {
	s := service(weeks(len(weekly), func(i int, from, to time.Time) dora.Period {
		return period(from, to, float64(weekly[i][1]), 0, 0)
	}))
	s.AsOf = s.AsOf.AddDate(0, 0, 2) // no deployment is too young to be judged
	total := [2]int{}
	for i, w := range weekly {
		s.Periods[i].ChangeFailRate, s.Periods[i].ReworkRate = rateOf(w[0], w[1])
		total[0], total[1] = total[0]+w[0], total[1]+w[1]
	}
	s.Overall.ChangeFailRate, s.Overall.ReworkRate = rateOf(total[0], total[1])
	return s
}

func rateOf(failed, n int) (dora.FailRate, dora.Rework) {
	f := dora.FailRate{N: n, Failed: num(float64(failed)), Confirmed: num(float64(failed - failed/4)), Inferred: num(float64(failed / 4)), Reason: dora.NoData}
	if n > 0 {
		f.Value, f.Reason = num(float64(failed)/float64(n)), ""
		f.Low, f.High = dora.Wilson(failed, n)
	}
	return f, dora.Rework{N: n, Rework: f.Failed, Value: f.Value, Low: f.Low, High: f.High, Reason: f.Reason}
}

func TestRateFindings(t *testing.T) {
	t.Parallel()
	late := rated([2]int{1, 20}, [2]int{2, 20})
	late.Periods[0].ChangeFailRate, late.Periods[0].ReworkRate = dora.FailRate{Reason: dora.OutsideCoverage}, dora.Rework{Reason: dora.OutsideCoverage}
	merges := rated([2]int{4, 57})
	merges.Source = dora.Merge
	uncovered := rated([2]int{0, 0})
	uncovered.Overall.ChangeFailRate.Reason, uncovered.Periods[0].ChangeFailRate.Reason = dora.OutsideCoverage, dora.OutsideCoverage
	fail, rework := handbook.ChangeFailRate, handbook.ReworkRate
	for _, c := range []struct {
		name        string
		metric      handbook.Metric
		report      dora.ServiceReport
		want, usual string
	}{
		{"one week", fail, rated([2]int{4, 57}), "4 of 57 deployments failed (7 %, 95 % interval 3–17 %); 3 confirmed, 1 inferred.", "Too few to compare one week with another: 4 of 57 deployments failed (7 %)."},
		{"one week", rework, rated([2]int{4, 57}), "4 of 57 deployments repaired an earlier one (7 %, 95 % interval 3–17 %).", "Too few to compare one week with another: 4 of 57 deployments repaired an earlier one (7 %)."},
		{"merges", fail, merges, "4 of 57 merges failed (7 %, 95 % interval 3–17 %); 3 confirmed, 1 inferred.", "Too few to compare one week with another: 4 of 57 merges failed (7 %)."},
		{"none failed", fail, rated([2]int{0, 50}), "None of 50 deployments failed (0 %, 95 % interval 0–7 %).", "Too few to compare one week with another: none of 50 deployments failed (0 %)."},
		{"too few", fail, rated([2]int{1, 4}, [2]int{0, 5}), "1 of 9 deployments failed: too few to speak of a rate.", "Too few to compare: 1 of 9 deployments failed."},
		{"too few, none failed", fail, rated([2]int{0, 1}), "None of 1 deployment failed: too few to speak of a rate.", "Too few to compare: none of 1 deployment failed."},
		{"ten are enough", fail, rated([2]int{1, 10}), "1 of 10 deployments failed (10 %, 95 % interval 2–40 %); 1 confirmed, 0 inferred.", "Too few to compare one week with another: 1 of 10 deployments failed (10 %)."},
		{"no deployment", fail, rated([2]int{0, 0}, [2]int{0, 0}), "No deployment in 2 weeks, so there is no rate.", "No deployment in 2 weeks, so there is no rate."},
		{"half covered", fail, late, "2 of 20 deployments failed (10 %, 95 % interval 3–30 %); 2 confirmed, 0 inferred. The data covers 1 of 2 weeks.", "Too few to compare one week with another: 2 of 20 deployments failed (10 %)."},
		{"not covered", fail, uncovered, "The data does not cover this window; it spans 16–22 Nov 2026.", "The data does not cover this window; it spans 16–22 Nov 2026."},
		{"partial data", fail, partial(rated([2]int{4, 57})), "4 of 57 deployments failed (7 %, 95 % interval 3–17 %); 3 confirmed, 1 inferred. The data is partial, so this may change.", "The data is partial, so nothing is compared."},
		{"partial data, too few", fail, partial(rated([2]int{1, 7})), "1 of 7 deployments failed: too few to speak of a rate. The data is partial, so this may change.", "The data is partial, so nothing is compared."},
		{"partial data, none", fail, partial(rated([2]int{0, 0})), "No deployment is known in 1 week, so there is no rate. The data is partial: there may have been some.", "No deployment is known in 1 week, so there is no rate. The data is partial: there may have been some."},
		{"no failure rule", fail, service(weeks(2, busy())), noRule, noRule},
		{"no failure rule", rework, service(weeks(2, busy())), noRule, noRule},
	} {
		fig := chart.New(c.metric, c.report, chart.Options{ID: "x"})
		if fig.Finding != c.want {
			t.Errorf("%s, %s:\n got %q\nwant %q", c.name, c.metric, fig.Finding, c.want)
		}
		if got := chart.Usual(c.metric, c.report, chart.Options{}); got != c.usual {
			t.Errorf("%s, %s, usual:\n got %q\nwant %q", c.name, c.metric, got, c.usual)
		}
	}
}

// Two periods differ where their intervals do not overlap, and small ones are
// not compared.
func TestMetrics_S5_TrendOfRates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		weekly      [][2]int
		want, usual string
	}{
		{"overlap", [][2]int{{2, 20}, {6, 20}}, "; no clear change in the latest complete week.", "Nothing unusual: no clear change in the latest complete week; 8 of 40 deployments failed (20 %)."},
		{"worse", [][2]int{{0, 50}, {25, 50}}, "; higher in the latest complete week (50 %) than in the one before (0 %).", "Higher in the latest complete week (50 %) than in the one before (0 %); 25 of 100 deployments failed (25 %) in all."},
		{"better", [][2]int{{25, 50}, {0, 50}}, "; lower in the latest complete week (0 %) than in the one before (50 %).", "Lower in the latest complete week (0 %) than in the one before (50 %); 25 of 100 deployments failed (25 %) in all."},
		{"one is small", [][2]int{{0, 50}, {9, 9}}, " inferred.", "Too few to compare one week with another: 9 of 59 deployments failed (15 %)."},
		{"one is empty", [][2]int{{10, 50}, {0, 0}}, " inferred.", "Too few to compare one week with another: 10 of 50 deployments failed (20 %)."},
	} {
		s := rated(c.weekly...)
		if got := chart.New(handbook.ChangeFailRate, s, chart.Options{ID: "x"}).Finding; !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: got %q, want it to end with %q", c.name, got, c.want)
		}
		if got := chart.Usual(handbook.ChangeFailRate, s, chart.Options{}); got != c.usual {
			t.Errorf("%s: got %q, want %q", c.name, got, c.usual)
		}
	}
	open := rated([2]int{2, 20}, [2]int{2, 20}, [2]int{20, 20})
	open.Periods[2].Partial = true
	if got := chart.New(handbook.ReworkRate, open, chart.Options{ID: "x"}).Finding; !strings.Contains(got, "no clear change") {
		t.Errorf("a week that is not over is compared: %q", got)
	}
}

// A share of nothing does not exist, and is never 0 %.
func TestMetrics_X3_NothingIsNoRate(t *testing.T) {
	t.Parallel()
	s := rated([2]int{0, 12}, [2]int{0, 0}, [2]int{1, 5}, [2]int{0, 300})
	s.Periods[1].ChangeFailRate.Value = num(0) // even if a report says so
	fig := chart.New(handbook.ChangeFailRate, s, chart.Options{ID: "x"})
	want := []string{
		"26 Oct – 1 Nov 2026|12|0|0 %|0–24 %|0|0|",
		"2–8 Nov 2026|0|—|—|—|—|—|no deployment",
		"9–15 Nov 2026|5|1|20 %|4–62 %|1|0|small sample",
		"16–22 Nov 2026|300|0|0 %|0–1 %|0|0|",
	}
	if got := strings.Join(fig.Table.Columns, "|"); got != "Week|Deployments (n)|Failed|Rate|95 % interval|Confirmed|Inferred|Remark" {
		t.Errorf("columns: %q", got)
	}
	for i, row := range fig.Table.Rows {
		if got := strings.Join(row, "|"); got != want[i] {
			t.Errorf("row %d: got %q, want %q", i, got, want[i])
		}
	}
	series := options(t, fig)["series"].([]any)
	for _, s := range series {
		if v := s.(map[string]any)["data"].([]any)[1].(map[string]any)["value"]; v != nil {
			t.Errorf("a week without a deployment is %v in the explorer, want null", v)
		}
	}
	if v := series[0].(map[string]any)["data"].([]any)[0].(map[string]any)["value"]; v != 0.0 {
		t.Errorf("a week without a failure is %v in the explorer, want 0", v)
	}
	svg := string(fig.SVG())
	for _, want := range []string{"2–8 Nov 2026: no deployment<", "9–15 Nov 2026: 1 of 5 deployments failed, 20 %, 95 % interval 4–62 %, small sample<", ">100 %<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
	rework := chart.New(handbook.ReworkRate, s, chart.Options{ID: "x"})
	if got := strings.Join(rework.Table.Columns, "|"); got != "Week|Deployments (n)|Rework|Rate|95 % interval|Remark" {
		t.Errorf("columns of rework: %q", got)
	}
}

// Each value has its whisker, dashed where it may still change; a small sample
// has a small mark.
func TestMetrics_S3_RatesHaveWhiskers(t *testing.T) {
	t.Parallel()
	s := rated([2]int{3, 40}, [2]int{0, 0}, [2]int{1, 6}, [2]int{2, 40}, [2]int{1, 40})
	s.Periods[4].Partial = true
	svg := string(chart.New(handbook.ChangeFailRate, s, chart.Options{ID: "x"}).SVG())
	for class, want := range map[string]int{
		`fig-whisker fig-s4`: 3, `fig-whisker fig-s4 fig-dotted`: 1,
		`fig-mark fig-s4 fig-lone`: 2, `fig-mark fig-s4 fig-lone fig-small`: 1, `fig-mark fig-s4 fig-lone fig-open`: 1,
	} {
		_, path, ok := strings.Cut(svg, `<path class="`+class+`" d="`)
		path, _, _ = strings.Cut(path, `"`)
		if got := strings.Count(path, "M"); !ok || got != want {
			t.Errorf("%d marks of %q, want %d: %q", got, class, want, path)
		}
	}
	for _, want := range []string{">may still change<", "fewer than 10 deployments", ">all<", ">6 %<"} { // 7 of 126
		if strings.Count(svg, want) < 2 {
			t.Errorf("%q is not in both drawings", want)
		}
	}
}

// A period whose deployments an incident may still be linked to is not judged
// like the others.
func TestMetrics_X3_YoungPeriodsMayStillChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		metric handbook.Metric
		after  time.Duration // from the end of the last week to the as-of time
		window time.Duration
		want   string
	}{
		{"just over", handbook.ChangeFailRate, time.Hour, 0, "may still change"},
		{"after a day", handbook.ChangeFailRate, 24 * time.Hour, 0, ""},
		{"longer window", handbook.ChangeFailRate, 30 * time.Hour, 48 * time.Hour, "may still change"},
		{"no end", handbook.ChangeFailRate, time.Hour, dora.Unlimited, ""},
		{"rework is known at once", handbook.ReworkRate, time.Hour, 0, ""},
	} {
		s := rated([2]int{2, 20}, [2]int{3, 20})
		s.AsOf = s.Periods[1].To.Add(c.after)
		fig := chart.New(c.metric, s, chart.Options{ID: "x", Rules: dora.Service{Failures: &dora.Failures{LinkWindow: c.window}}})
		row, got := fig.Table.Rows[1], ""
		if fig.Table.Columns[len(row)-1] == "Remark" {
			got = row[len(row)-1]
		}
		if got != c.want {
			t.Errorf("%s: remark %q, want %q", c.name, got, c.want)
		}
		if compared := strings.Contains(fig.Finding, "no clear change"); compared != (c.want == "") {
			t.Errorf("%s: compared is %v: %q", c.name, compared, fig.Finding)
		}
	}
}
