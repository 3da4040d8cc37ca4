package chart_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// took is a stage of n changes with a median of so many hours.
func took(hours float64, n int) dora.Stage {
	s := hours * 3600
	return dora.Stage{N: n, P50: num(s), P75: num(2 * s), P90: num(3 * s)}
}

// lead is a lead time of stages; its own median is their sum less an hour.
func lead(coding, pickup, review, deploy dora.Stage) dora.LeadTime {
	l := dora.LeadTime{N: max(coding.N, pickup.N, review.N, deploy.N), Stages: dora.Stages{Coding: coding, Pickup: pickup, Review: review, Deploy: deploy}}
	sum := -3600.0
	for _, st := range []dora.Stage{coding, pickup, review, deploy} {
		v, _ := st.P50.Get()
		sum += v
	}
	l.P50 = num(sum)
	return l
}

// staged is a report of n weeks that all have these stages, and so has their whole.
func staged(n int, l dora.LeadTime) dora.ServiceReport {
	s := service(weeks(n, func(i int, from, to time.Time) dora.Period {
		p := period(from, to, 2, l.N, 3600)
		p.LeadTime = l
		return p
	}))
	s.Overall.LeadTime = l
	s.Overall.LeadTime.N = n * l.N
	return s
}

var noStage = dora.Stage{Reason: dora.NoData}

func TestLargestStage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		lead  dora.LeadTime
		want  handbook.Metric
		share float64
	}{
		{"waiting for review", lead(took(2, 9), took(6.1, 9), took(1, 9), took(.9, 9)), handbook.LeadTimePickup, .61},
		{"coding", lead(took(5, 9), took(1, 9), took(1, 9), took(1, 9)), handbook.LeadTimeCoding, .625},
		{"waiting for deployment", lead(took(0, 9), took(0, 9), took(0, 9), took(3, 9)), handbook.LeadTimeDeploy, 1},
		{"without reviews", lead(took(1, 9), noStage, noStage, took(3, 9)), handbook.LeadTimeDeploy, .75},
		{"two alike", lead(took(3, 9), took(3, 9), took(1, 9), took(1, 9)), "", 0},
		{"two alike below a third", lead(took(3, 9), took(3, 9), took(4, 9), took(0, 9)), handbook.LeadTimeReview, .4},
		{"one stage alone", lead(took(3, 9), noStage, noStage, noStage), "", 0},
		{"all at once", lead(took(0, 9), took(0, 9), took(0, 9), took(0, 9)), "", 0},
		{"nothing", lead(noStage, noStage, noStage, noStage), "", 0},
		{"few changes", lead(took(1, 5), took(3, 5), took(1, 5), took(1, 5)), "", 0},
		{"few reviewed changes", lead(took(1, 50), took(9, 5), took(1, 5), took(1, 50)), "", 0},
		{"just enough", lead(took(1, 6), took(3, 6), took(1, 6), took(1, 6)), handbook.LeadTimePickup, .5},
	} {
		got, share, ok := chart.LargestStage(c.lead)
		if got != c.want || math.Abs(share-c.share) > 1e-9 || ok != (c.want != "") {
			t.Errorf("%s: %q, %v, %v, want %q, %v", c.name, got, share, ok, c.want, c.share)
		}
	}
}

func TestStageStack(t *testing.T) {
	t.Parallel()
	for i, c := range cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			fig := chart.StageStack(c.Report, chart.Options{ID: id(i, "stack"), By: c.By, Sample: c.Sample})
			sound(t, fig, 40_000)
			if fig.Empty != "" {
				return
			}
			tree := options(t, fig)
			n := min(len(c.Report.Periods), 400)
			series := tree["series"].([]any)
			for _, s := range series {
				s := s.(map[string]any)
				if len(s["data"].([]any)) != n || s["stack"] != "stages" || s["color"] != nil {
					t.Errorf("series of %d values in stack %v for %d periods", len(s["data"].([]any)), s["stack"], n)
				}
			}
			if want := map[bool]int{true: 3, false: 4}[c.Report.Source == dora.Merge]; len(series) != want {
				t.Errorf("%d series, want %d", len(series), want)
			}
			meta := tree["meta"].(map[string]any)
			if meta["kind"] != "stages" || meta["title"] != fig.Title || len(meta["periods"].([]any)) != n {
				t.Errorf("meta is %v", meta)
			}
			svg := string(fig.SVG())
			if some := n > 26; strings.Contains(svg, fmt.Sprintf("The newest 26 of %d", n)) != some || strings.Contains(fig.Provenance.Line(), "the newest 26 of") != some {
				t.Errorf("says that a part of %d periods is drawn: want %v", n, some)
			}
			if merges := c.Report.Source == dora.Merge; strings.Contains(svg, "Nothing waits for deployment") != merges {
				t.Errorf("says why a stage is not there: want %v", merges)
			}
			if !strings.Contains(fig.Provenance.Line(), "medians of stages do not add up to the median of the whole") {
				t.Errorf("the provenance is %q", fig.Provenance.Line())
			}
		})
	}
}

func TestStageStackTextIsData(t *testing.T) {
	t.Parallel()
	for _, evil := range evils {
		s := service(cut(weeks(5, busy())))
		s.Source, s.Coverage.Status, s.Coverage.Reasons = dora.Source(evil), dora.Partial, []string{evil}
		fig := chart.StageStack(s, chart.Options{ID: "x", Title: evil, Service: evil})
		sound(t, fig, 40_000)
		options(t, fig)
	}
}

// A stage that no change has is a gap with words, and not a stage of no time.
func TestMetrics_L3_AMissingStageIsNotZero(t *testing.T) {
	t.Parallel()
	s := staged(3, lead(took(5, 9), took(1, 9), took(2, 9), took(1, 9)))
	s.Periods[1].LeadTime = lead(took(5, 9), noStage, noStage, took(1, 9))
	s.Periods[2].LeadTime = lead(took(5, 9), took(0, 9), took(0, 9), took(1, 9))
	fig := chart.StageStack(s, chart.Options{ID: "x"})
	d := sound(t, fig, 40_000)
	if len(d.ids) == 0 || strings.Count(string(fig.SVG()), "-hole)") != 2*(2+1) { // two gaps and the legend, twice
		t.Errorf("gaps are not drawn: %s", fig.SVG())
	}
	data := options(t, fig)["series"].([]any)[1].(map[string]any)["data"].([]any)
	if v, there := data[1].(map[string]any)["value"]; v != nil || !there {
		t.Errorf("a missing stage has the value %v, want null", v)
	}
	if v := data[2].(map[string]any)["value"]; v != 0.0 {
		t.Errorf("a stage of no time has the value %v, want 0", v)
	}
	if row := fig.Table.Rows[2]; row[3] != "—" || !slices.Contains(row, "no value for waiting for review and review time") {
		t.Errorf("the row of the missing stage is %q", row)
	}
	if row := fig.Table.Rows[3]; row[3] != "0 s" {
		t.Errorf("the row of the stage of no time is %q", row)
	}
	if !strings.Contains(string(fig.SVG()), "9–15 Nov 2026: coding time 5 h, waiting for deployment 1 h, n = 9, no value for waiting for review and review time") {
		t.Error("the tool tip does not say what is missing")
	}
}

// What few changes took is drawn thinner, and said.
func TestMetrics_S4_StagesOfFewChanges(t *testing.T) {
	t.Parallel()
	s := staged(3, lead(took(5, 9), took(1, 9), took(2, 9), took(1, 9)))
	plain := string(chart.StageStack(s, chart.Options{ID: "x"}).SVG())
	if strings.Contains(plain, "fewer than 6 changes") {
		t.Error("a small sample is explained where there is none")
	}
	s.Periods[2].LeadTime = lead(took(5, 5), took(1, 5), took(2, 5), took(1, 5))
	s.Overall.LeadTime.N = 23
	fig := chart.StageStack(s, chart.Options{ID: "x"})
	if !strings.Contains(string(fig.SVG()), "thin: fewer than 6 changes") || !strings.Contains(string(fig.SVG()), "small sample") {
		t.Error("the drawing does not tell the small sample")
	}
	row := fig.Table.Rows[3]
	if !slices.Contains(row, "small sample") || slices.ContainsFunc(row, func(s string) bool { return strings.Contains(s, "%") }) {
		t.Errorf("the row of the small sample is %q, want it said and no largest stage", row)
	}
}

func TestStageStackPartial(t *testing.T) {
	t.Parallel()
	s := staged(3, lead(took(5, 9), took(1, 9), took(2, 9), took(1, 9)))
	outlined := func(s dora.ServiceReport) int {
		return strings.Count(string(chart.StageStack(s, chart.Options{ID: "x"}).SVG()), "fig-stage-open")
	}
	if n := outlined(s); n != 0 {
		t.Errorf("%d outlines for complete data", n)
	}
	s.Periods[2].Partial = true
	if n := outlined(s); n != 2*(1+1) {
		t.Errorf("%d outlines for one partial week, want it and the legend, twice", n)
	}
	s.Coverage.Status = dora.Stale
	if n := outlined(s); n != 2*(4+1) {
		t.Errorf("%d outlines for stale data, want all bars and the legend, twice", n)
	}
}

func TestStageStackFindings(t *testing.T) {
	t.Parallel()
	usual := lead(took(2, 9), took(6.1, 9), took(1, 9), took(.9, 9))
	turned := staged(4, usual)
	turned.Periods[3].LeadTime = lead(took(9, 9), took(1, 9), took(1, 9), took(1, 9))
	partial := staged(4, usual)
	partial.Coverage.Status = dora.Partial
	merges := staged(4, lead(took(3, 9), took(1, 9), took(1, 9), dora.Stage{Reason: dora.NotMeasured}))
	merges.Source = dora.Merge
	gone := dora.Stage{Reason: dora.NotInSource}
	commits := staged(4, lead(gone, gone, gone, gone))
	for i := range commits.Periods {
		commits.Periods[i].LeadTime.N, commits.Periods[i].LeadTime.P50 = 3, num(60)
	}
	commits.Overall.LeadTime.N = 12
	for _, c := range []struct {
		name   string
		report dora.ServiceReport
		last   int
		want   string
		empty  bool
	}{
		{"plain", staged(4, usual), 0, "Waiting for review is the largest part: 61 % of the summed medians (6.1 h of 10 h, n = 36).", false},
		{"another in the latest week", turned, 0, "Waiting for review is the largest part: 61 % of the summed medians (6.1 h of 10 h, n = 36); in the latest complete week it was coding time.", false},
		{"a part of the window", staged(4, usual), 3, "Waiting for review was the largest part in 3 of the 3 weeks that have enough changes to say.", false},
		{"alike", staged(4, lead(took(2, 9), took(2, 9), took(1, 9), took(1, 9))), 0, "No stage of the 36 changes is clearly the largest.", false},
		{"few", staged(1, lead(took(2, 3), took(2, 3), took(1, 3), took(1, 3))), 0, "Only 3 changes delivered: too few to say which stage is the largest.", false},
		{"partial", partial, 0, "At least 36 changes delivered. Waiting for review is the largest part so far: 61 % of the summed medians. The data is partial, so this may change.", false},
		{"merges", merges, 0, "Coding time is the largest part: 60 % of the summed medians (3 h of 5 h, n = 36).", false},
		{"commits alone", commits, 0, "Not in the source: commits alone do not say when a change was ready for review, reviewed and merged.", true},
		{"nothing happened", service(weeks(4, func(i int, from, to time.Time) dora.Period { return period(from, to, 0, 0, 0) })), 0, "No change was delivered in 4 weeks, so there are no stages.", true},
		{"outside", service(weeks(8, func(i int, from, to time.Time) dora.Period { return outside(from, to) })), 0, "The data does not cover this window; it spans 28 Sep – 22 Nov 2026.", true},
		{"no period", service(nil), 0, "There is no data yet.", true},
	} {
		fig := chart.StageStack(c.report, chart.Options{ID: "x", Last: c.last})
		if fig.Finding != c.want || (fig.Empty != "") != c.empty || (fig.SVG() == nil) != c.empty {
			t.Errorf("%s:\n got %q\nwant %q\nempty: %q", c.name, fig.Finding, c.want, fig.Empty)
		}
	}
}
