package dora_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

func TestRel_G7_ExcludedByMetric(t *testing.T) {
	t.Parallel()
	var all []dora.Finding // one of each code, DQ01 with a count of 1 and so on
	for _, info := range diag.Codes {
		if n := 0; strings.HasPrefix(string(info.Code), "DQ") {
			fmt.Sscanf(string(info.Code), "DQ%d", &n)
			all = append(all, dora.Finding{Code: info.Code, Count: n})
		}
	}
	for _, c := range []struct {
		metrics []handbook.Metric
		bots    string
		want    string
	}{
		{[]handbook.Metric{handbook.DeploymentFrequency, handbook.ReworkRate}, "", "DQ02 DQ12 DQ14"},
		{[]handbook.Metric{handbook.ChangeFailRate, handbook.RecoveryTime}, "", "DQ02 DQ09 DQ12 DQ14"},
		{[]handbook.Metric{handbook.LeadTime}, "", "DQ01 DQ03 DQ04 DQ06 DQ15"},
		{[]handbook.Metric{handbook.LeadTime}, "exclude", "DQ01 DQ03 DQ04 DQ06 DQ15"},
		{[]handbook.Metric{handbook.LeadTime}, "include", "DQ01 DQ03 DQ04 DQ06"},
		{[]handbook.Metric{handbook.LeadTime}, "only", "DQ01 DQ03 DQ04 DQ06"},
		{[]handbook.Metric{handbook.LeadTimeCoding, handbook.LeadTimeDeploy}, "", "DQ01 DQ03 DQ04 DQ06 DQ15 DQ17"},
		{[]handbook.Metric{handbook.LeadTimePickup, handbook.LeadTimeReview}, "", "DQ01 DQ03 DQ04 DQ06 DQ15 DQ16 DQ17"},
		{[]handbook.Metric{"no such metric"}, "", ""},
	} {
		for _, m := range c.metrics {
			var got []string
			for _, f := range dora.Excluded(m, all, c.bots) {
				got = append(got, string(f.Code))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s, bots %q: got %q, want %q", m, c.bots, s, c.want)
			}
		}
	}
}

// Every metric says what it leaves out: a new one cannot forget to.
func TestRel_G7_EveryMetricLeavesSomethingOut(t *testing.T) {
	t.Parallel()
	unknown := []dora.Finding{{Code: diag.UnknownStatus, Count: 1}, {Code: diag.NotInHistory, Count: 1}}
	for _, m := range handbook.Metrics {
		if got := dora.Excluded(m, unknown, ""); len(got) != 1 {
			t.Errorf("%s leaves out %v, want one of a deployment without an end and a change without history", m, got)
		}
	}
}
