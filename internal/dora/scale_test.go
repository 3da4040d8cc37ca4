package dora

import (
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/handbook"
)

func TestMetrics_B1_AnswersOfTheSurvey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hours float64
		step  int
	}{{0, 6}, {.99, 6}, {1, 5}, {23.9, 5}, {24, 4}, {167.9, 4}, {168, 3}, {729, 3}, {730, 2}, {4379, 2}, {4380, 1}, {1e6, 1}} {
		a, ok := AnswerOf(handbook.LeadTime, Tags, Period{LeadTime: LeadTime{N: 6, P50: Num(c.hours * 3600)}})
		if !ok || a.Step != c.step || a.Score != float64(2*(c.step-1)) {
			t.Errorf("%v hours: step %d, score %v (%v), want step %d", c.hours, a.Step, a.Score, ok, c.step)
		}
	}
	for _, c := range []struct {
		perWeek float64
		step    int
	}{{12, 6}, {10, 6}, {9.9, 5}, {5, 5}, {4.9, 4}, {1, 4}, {.9, 3}, {.24, 3}, {.22, 2}, {.04, 2}, {.03, 1}, {0, 1}} {
		a, ok := AnswerOf(handbook.DeploymentFrequency, Tags, Period{Deployments: Deployments{PerWeek: Num(c.perWeek)}})
		if !ok || a.Step != c.step {
			t.Errorf("%v a week: step %d (%v), want %d", c.perWeek, a.Step, ok, c.step)
		}
	}
	a, ok := AnswerOf(handbook.ChangeFailRate, Tags, Period{ChangeFailRate: FailRate{N: 20, Value: Num(.25)}})
	if !ok || a.Score != 7.5 || a.Step != 0 {
		t.Errorf("25 %%: %+v (%v), want a score of 7.5", a, ok)
	}
}

// Small samples, unknown values and merges have no answer (metrics/S4, D1).
func TestMetrics_B1_NoAnswer(t *testing.T) {
	t.Parallel()
	long := Period{LeadTime: LeadTime{N: 20, P50: Num(1)}, Deployments: Deployments{PerWeek: Num(1)}}
	for _, c := range []struct {
		metric handbook.Metric
		source Source
		period Period
	}{
		{handbook.LeadTime, Merge, long},
		{handbook.DeploymentFrequency, Merge, long},
		{handbook.LeadTime, Tags, Period{LeadTime: LeadTime{N: 5, P50: Num(1)}}},
		{handbook.ChangeFailRate, Tags, Period{ChangeFailRate: FailRate{N: 9, Value: Num(0)}}},
		{handbook.RecoveryTime, Tags, Period{RecoveryTime: Recovery{N: 6}}},
		{handbook.LeadTimeReview, Tags, long},
	} {
		if a, ok := AnswerOf(c.metric, c.source, c.period); ok {
			t.Errorf("%s of %s: %+v", c.metric, c.source, a)
		}
	}
}

// Each metric by itself has nearest clusters; several where a report has the
// same for them.
func TestMetrics_B2_NearestClusters(t *testing.T) {
	t.Parallel()
	lead := func(hours float64) Period { return Period{LeadTime: LeadTime{N: 6, P50: Num(hours * 3600)}} }
	recovery := func(hours float64) Period { return Period{RecoveryTime: Recovery{N: 6, P50: Num(hours * 3600)}} }
	often := func(perWeek float64) Period { return Period{Deployments: Deployments{PerWeek: Num(perWeek)}} }
	failed := func(rate float64) Period { return Period{ChangeFailRate: FailRate{N: 50, Value: Num(rate)}} }
	for _, c := range []struct {
		scale  Scale
		metric handbook.Metric
		period Period
		want   string
	}{
		{Scale2023, handbook.LeadTime, lead(23), "elite"},
		{Scale2023, handbook.LeadTime, lead(24), "high"},
		{Scale2023, handbook.LeadTime, lead(200), "medium low"},
		{Scale2024, handbook.LeadTime, lead(200), "medium"},
		{Scale2024, handbook.LeadTime, lead(9000), "low"},
		{Scale2023, handbook.RecoveryTime, recovery(.5), "elite"},
		{Scale2023, handbook.RecoveryTime, recovery(170), "medium"},
		{Scale2023, handbook.RecoveryTime, recovery(700), "low"},
		{Scale2024, handbook.RecoveryTime, recovery(5), "high medium"},
		{Scale2024, handbook.RecoveryTime, recovery(160), "low"},
		{Scale2024, handbook.DeploymentFrequency, often(20), "elite"},
		{Scale2024, handbook.DeploymentFrequency, often(2), "high"},
		{Scale2024, handbook.DeploymentFrequency, often(.5), "medium"},
		{Scale2024, handbook.DeploymentFrequency, often(.1), "low"},
		{Scale2023, handbook.DeploymentFrequency, often(.1), "medium low"},
		{Scale2024, handbook.ChangeFailRate, failed(.11), "medium"},
		{Scale2024, handbook.ChangeFailRate, failed(.18), "high"},
		{Scale2023, handbook.ChangeFailRate, failed(.11), "high"},
		{Scale2023, handbook.ChangeFailRate, failed(.5), "low"},
		{Scale2023, handbook.ReworkRate, Period{ReworkRate: Rework{N: 50, Value: Num(.1)}}, ""},
		{Scale2025, handbook.LeadTime, lead(23), ""},
		{NoScale, handbook.LeadTime, lead(23), ""},
	} {
		if got := strings.Join(Nearest(c.scale, c.metric, Tags, c.period), " "); got != c.want {
			t.Errorf("%s, %s, %+v: %q, want %q", c.scale, c.metric, c.period, got, c.want)
		}
	}
}
