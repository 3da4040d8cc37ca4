package chart_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	const minute, hour, day = 60.0, 3600.0, 86400.0
	for s, want := range map[float64]string{
		0: "0 s", -1: "0 s", 45: "45 s", 59.6: "1 min", 90: "1.5 min", 9.97 * minute: "10 min", 59.4 * minute: "59 min", 59.6 * minute: "1 h",
		3.5 * hour: "3.5 h", 24 * hour: "24 h", 47.4 * hour: "47 h", 47.6 * hour: "2 days", 2.1 * day: "2.1 days", 14 * day: "14 days", 729 * day: "729 days", 913 * day: "2.5 years",
	} {
		if got := chart.Duration(s); got != want {
			t.Errorf("%v s is %q, want %q", s, got, want)
		}
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	at := func(i int) dora.ServiceReport { return cases()[i].Report }
	shallow := service(nil)
	shallow.Overall.LeadTime.Reason = dora.NotMeasured
	shallow.Coverage = dora.Coverage{Status: dora.Partial, Reasons: []string{"shallow_clone"}}
	two := service(weeks(4, func(i int, from, to time.Time) dora.Period { return period(from, to, float64(i%2), i%2, 86400) }))
	for _, c := range []struct {
		name        string
		metric      handbook.Metric
		report      dora.ServiceReport
		last        int
		want, empty string
	}{
		{"busy", handbook.DeploymentFrequency, at(0), 0, "5.2 deployments a week over 51 complete weeks; the latest complete week had 7.", ""},
		{"busy", handbook.LeadTime, at(0), 0, "Half of the 573 changes reached production within 2.1 days, nine in ten within 6.4 days; in the latest complete week the median was 32 h (n = 7).", ""},
		{"merges", handbook.DeploymentFrequency, at(1), 0, "5.7 merges a week over 25 complete weeks; the latest complete week had 4.", ""},
		{"merges", handbook.LeadTime, at(1), 0, "Half of the 318 changes were merged within 2.1 days, nine in ten within 6.4 days; in the latest complete week the median was 13 h (n = 12).", ""},
		{"a part of the report has no median of its own", handbook.LeadTime, at(0), 4, "The median of a week lay between 22 h and 2.7 days; in the latest complete week the median was 32 h (n = 7).", ""},
		{"sparse", handbook.DeploymentFrequency, at(2), 0, "8 deployments in 24 complete weeks, about one every 3 weeks.", ""},
		{"covered late", handbook.DeploymentFrequency, at(4), 0, "6.1 deployments a week over 13 complete weeks; the latest complete week had 4. The data covers 15 of 26 weeks.", ""},
		{"nothing happened", handbook.DeploymentFrequency, at(5), 0, "No deployment in 26 complete weeks.", ""},
		{"nothing happened", handbook.LeadTime, at(5), 0, "", "No change was delivered in 26 weeks, so there is no lead time."},
		{"no complete week", handbook.DeploymentFrequency, at(7), 0, "7 deployments so far; no week is complete yet, so there is no rate.", ""},
		{"outside", handbook.LeadTime, at(9), 0, "", "The data does not cover this window; it spans 28 Sep – 22 Nov 2026."},
		{"too few deployments", handbook.DeploymentFrequency, two, 0, "Only 2 deployments in 4 complete weeks: too few to speak of a rate.", ""},
		{"too few changes", handbook.LeadTime, two, 0, "Only 2 changes delivered, too few to speak of a typical lead time; the median is 2.1 days.", ""},
		{"no period", handbook.DeploymentFrequency, service(nil), 0, "", "There is no data yet: the window holds no week."},
		{"shallow clone", handbook.LeadTime, shallow, 0, "", "Change lead time is not measured: the clone is shallow (fetch-depth: 0 brings the whole history)."},
		{"not in this version", handbook.ChangeFailRate, at(0), 0, "", "Not measured: Change fail rate has no chart in this version."},
	} {
		t.Run(c.name+" "+string(c.metric), func(t *testing.T) {
			t.Parallel()
			fig := chart.New(c.metric, c.report, chart.Options{ID: "x", Last: c.last})
			want := c.want
			if c.empty != "" {
				want = c.empty
			}
			if fig.Finding != want || fig.Empty != c.empty {
				t.Errorf("finding:\n got %q\nwant %q\nempty:\n got %q\nwant %q", fig.Finding, want, fig.Empty, c.empty)
			}
		})
	}
}

// The weeks that are not over count in no rate (metrics/F1).
func TestMetrics_F1_PartialPeriodsAreNotInTheRate(t *testing.T) {
	t.Parallel()
	periods := weeks(7, func(i int, from, to time.Time) dora.Period { return period(from, to, 4, 4, 86400) })
	periods[6].Deployments.Count, periods[6].Partial = num(400), true
	fig := chart.DeploymentFrequency(service(periods), chart.Options{ID: "x"})
	if want := "4 deployments a week over 6 complete weeks; the latest complete week had 4."; fig.Finding != want {
		t.Errorf("got %q, want %q", fig.Finding, want)
	}
	if last := fig.Table.Rows[6]; last[len(last)-1] != "partial week" {
		t.Errorf("the row of the partial week is %q", last)
	}
}

func TestMetrics_D1_MergesAreAProxy(t *testing.T) {
	t.Parallel()
	s := service(weeks(9, busy()))
	s.Source = dora.Merge
	for _, m := range []handbook.Metric{handbook.DeploymentFrequency, handbook.LeadTime} {
		if fig := chart.New(m, s, chart.Options{ID: "x"}); !strings.Contains(fig.Caption, "merges, a proxy for deployments") {
			t.Errorf("caption of %s does not call merges a proxy: %q", m, fig.Caption)
		}
	}
}

func TestMetrics_D8_RedeploysAreSaid(t *testing.T) {
	t.Parallel()
	periods := weeks(9, busy())
	periods[3].Deployments.Redeploys = num(2)
	fig := chart.DeploymentFrequency(service(periods), chart.Options{ID: "x"})
	if !strings.Contains(fig.Caption, "2 redeploys not counted") {
		t.Errorf("caption: %q", fig.Caption)
	}
	if got := strings.Join(fig.Table.Columns, "|"); got != "Week|Deployments|Days with a deployment|Redeploys, not counted" {
		t.Errorf("columns: %q", got)
	}
}

func TestCaptionIsInTheZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("Test/Zone", 2*3600)
	periods := weeks(2, busy())
	for i := range periods { // the same days in the zone, two hours earlier in UTC
		periods[i].From, periods[i].To = periods[i].From.Add(-2*time.Hour), periods[i].To.Add(-2*time.Hour)
	}
	fig := chart.DeploymentFrequency(service(periods), chart.Options{ID: "x", Zone: zone, Service: "Pay"})
	want := "Pay, 9–22 Nov 2026, 14 deployments. Source: tags. Data as of 23 Nov 2026. Weeks from Monday, Test/Zone."
	if fig.Caption != want {
		t.Errorf("got  %q\nwant %q", fig.Caption, want)
	}
}

func TestMorePeriodsThanFit(t *testing.T) {
	t.Parallel()
	fig := chart.LeadTime(service(weeks(680, sparse())), chart.Options{ID: "x"})
	if len(fig.Table.Rows) != 400 || !strings.Contains(fig.Caption, "The newest 400 weeks are shown, 280 older ones are not") {
		t.Errorf("%d rows; caption %q", len(fig.Table.Rows), fig.Caption)
	}
}

func ExampleDeploymentFrequency() {
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	service := "payments"
	report := dora.ServiceReport{Service: &service, Source: dora.Tags}
	for _, n := range []float64{3, 0, 5} {
		p := dora.Period{From: from, To: from.AddDate(0, 0, 7)}
		p.Deployments.Count = dora.Num(n)
		report.Periods = append(report.Periods, p)
		from = p.To
	}
	figure := chart.DeploymentFrequency(report, chart.Options{ID: "pay"})
	fmt.Println(figure.Finding)
	fmt.Println(figure.Caption)
	for _, row := range figure.Table.Rows {
		fmt.Println(row)
	}
	// Output:
	// 2.7 deployments a week over 3 complete weeks; the latest complete week had 5.
	// payments, 2–22 Mar 2026, 8 deployments. Source: tags. Weeks from Monday, UTC.
	// [2–8 Mar 2026 3]
	// [9–15 Mar 2026 0]
	// [16–22 Mar 2026 5]
}
