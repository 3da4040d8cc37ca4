package chart_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
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
	unmeasured := dora.Stage{Reason: dora.NotMeasured}
	shallow.Overall.LeadTime = dora.LeadTime{Reason: dora.NotMeasured, Stages: dora.Stages{Coding: unmeasured, Pickup: unmeasured, Review: unmeasured, Deploy: unmeasured}}
	shallow.Coverage = dora.Coverage{Status: dora.Partial, Reasons: []string{"shallow_clone"}}
	two := service(weeks(4, func(i int, from, to time.Time) dora.Period { return period(from, to, float64(i%2), i%2, 86400) }))
	commits := service(weeks(1, func(i int, from, to time.Time) dora.Period { return period(from, to, 1, 4, 86400) }))
	unreviewed, bare := commits, commits
	stages := func(s dora.ServiceReport, lead *dora.LeadTime, stages dora.Stages) dora.ServiceReport {
		s.Periods = slices.Clone(s.Periods)
		for _, p := range []*dora.Period{&s.Overall, &s.Periods[0]} {
			if lead != nil {
				p.LeadTime = *lead
			}
			p.LeadTime.Stages = stages
		}
		return s
	}
	absent, none := dora.Stage{Reason: dora.NotInSource}, dora.Stage{Reason: dora.NoData}
	commits = stages(commits, nil, dora.Stages{Coding: absent, Pickup: absent, Review: absent, Deploy: absent})
	bare = stages(bare, &dora.LeadTime{Reason: dora.NotInSource}, dora.Stages{Coding: absent, Pickup: absent, Review: absent, Deploy: absent})
	unreviewed = stages(unreviewed, nil, dora.Stages{Coding: commits.Periods[0].LeadTime.Stages.Coding, Pickup: none, Review: none})
	for _, c := range []struct {
		name        string
		metric      handbook.Metric
		report      dora.ServiceReport
		last        int
		want, empty string
	}{
		{"busy", handbook.DeploymentFrequency, at(0), 0, "5.2 deployments a week over 51 complete weeks; the latest complete week had 7, inside its usual range of 2–8.", ""},
		{"busy", handbook.LeadTime, at(0), 0, "Half of the 573 changes reached production within 2.1 days, nine in ten within 6.4 days; in the latest complete week the median was 32 h (n = 7), inside its usual range of 16 h – 2.7 days.", ""},
		{"merges", handbook.DeploymentFrequency, at(1), 0, "At least 149 merges in 26 weeks. The data is partial, so there is no rate.", ""},
		{"merges", handbook.LeadTime, at(1), 0, "Half of the 318 changes known so far were merged within 2.1 days. The data is partial, so this may change.", ""},
		{"a part of the report has no median of its own", handbook.LeadTime, at(0), 4, "The median of a week lay between 22 h and 2.7 days; in the latest complete week the median was 32 h (n = 7), inside its usual range of 16 h – 2.7 days.", ""},
		{"sparse", handbook.DeploymentFrequency, at(2), 0, "8 deployments in 24 complete weeks, about one every 3 weeks.", ""},
		{"covered late", handbook.DeploymentFrequency, at(4), 0, "6.1 deployments a week over 13 complete weeks; the latest complete week had 4, inside its usual range of 4–8. The data covers 15 of 26 weeks.", ""},
		{"nothing happened", handbook.DeploymentFrequency, at(5), 0, "No deployment in 26 complete weeks.", ""},
		{"nothing happened", handbook.LeadTime, at(5), 0, "", "No change was delivered in 26 weeks, so there is no lead time."},
		{"no complete week", handbook.DeploymentFrequency, at(7), 0, "7 deployments so far; no week is complete yet, so there is no rate.", ""},
		{"outside", handbook.LeadTime, at(9), 0, "", "The data does not cover this window; it spans 28 Sep – 22 Nov 2026."},
		{"too few deployments", handbook.DeploymentFrequency, two, 0, "Only 2 deployments in 4 complete weeks: too few to speak of a rate.", ""},
		{"too few changes", handbook.LeadTime, two, 0, "Only 2 changes delivered, too few to speak of a typical lead time; the median is 2.1 days.", ""},
		{"no period", handbook.DeploymentFrequency, service(nil), 0, "", "There is no data yet."},
		{"shallow clone", handbook.LeadTime, shallow, 0, "", "Change lead time is not measured: the clone is shallow. Fetch the whole history: fetch-depth: 0 for actions/checkout, or git fetch --unshallow."},
		{"nothing to tell failures by", handbook.ChangeFailRate, at(0), 0, "", noRule},
		{"nothing to tell failures by", handbook.RecoveryTime, at(0), 0, "", noRule},
		{"nothing to tell failures by", handbook.ReworkRate, at(0), 0, "", noRule},
		{"busy", handbook.LeadTimeCoding, at(0), 0, "Half of the 573 changes were ready for review within 24 h of the first commit, nine in ten within 4 days; in the latest complete week the median was 16 h (n = 7), inside its usual range of 7.8–32 h.", ""},
		{"busy", handbook.LeadTimePickup, at(0), 0, "Half of the 573 reviewed changes waited under 3 h for a review, nine in ten under 12 h; in the latest complete week the median was 6.4 h (n = 7), inside its usual range of 3.1–13 h.", ""},
		{"busy", handbook.LeadTimeReview, at(0), 0, "Half of the 573 reviewed changes were merged within 6 h of the first review, nine in ten within 24 h; in the latest complete week the median was 6.4 h (n = 7), inside its usual range of 3.1–13 h.", ""},
		{"busy", handbook.LeadTimeDeploy, at(0), 0, "Half of the 573 changes reached production within 12 h of the merge, nine in ten within 2 days; in the latest complete week the median was 3.2 h (n = 7), inside its usual range of 1.6–6.5 h.", ""},
		{"too few changes", handbook.LeadTimePickup, two, 0, "Only 2 reviewed changes delivered, too few to speak of a typical wait for a review; the median is 3 h.", ""},
		{"nothing happened", handbook.LeadTimeReview, at(5), 0, "", "No change was delivered in 26 weeks, so there is no review time."},
		{"outside", handbook.LeadTimeReview, at(9), 0, "", "The data does not cover this window; it spans 28 Sep – 22 Nov 2026."},
		{"commits alone", handbook.LeadTimeCoding, commits, 0, "", "Not in the source: commits alone do not say when a change was ready for review."},
		{"commits alone", handbook.LeadTimePickup, commits, 0, "", "Not in the source: commits alone do not say when a review began."},
		{"commits alone", handbook.LeadTimeReview, commits, 0, "", "Not in the source: commits alone do not say when a review began."},
		{"commits alone", handbook.LeadTimeDeploy, commits, 0, "", "Not in the source: commits alone do not say when a change was merged."},
		{"deployments alone", handbook.LeadTime, bare, 0, "", "Not in the source: it has deployments, and not the changes that they brought."},
		{"deployments alone", handbook.LeadTimeReview, bare, 0, "", "Not in the source: it has deployments, and not the changes that they brought."},
		{"merges", handbook.LeadTimeDeploy, at(1), 0, "", "Not measured: here a merge counts as the deployment, so nothing waits between the two."},
		{"no reviews", handbook.LeadTimePickup, unreviewed, 0, "", "Of the 4 changes delivered in 1 week, none had a review, so there is no wait for a review."},
		{"shallow clone", handbook.LeadTimeReview, shallow, 0, "", "Review time is not measured: the clone is shallow. Fetch the whole history: fetch-depth: 0 for actions/checkout, or git fetch --unshallow."},
		{"merged at once", handbook.LeadTime, at(18), 0, "Nine in ten of the 129 changes were merged within a minute.", ""},
		{"merged at once, a part of it", handbook.LeadTime, at(18), 3, "The median of each week was under a minute.", ""},
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
		if fig := chart.New(m, s, chart.Options{ID: "x"}); !strings.Contains(fig.Provenance.Line(), "merges, a proxy for deployments") {
			t.Errorf("%s does not call merges a proxy: %q", m, fig.Provenance.Line())
		}
	}
}

func TestMetrics_D8_RedeploysAreSaid(t *testing.T) {
	t.Parallel()
	periods := weeks(9, busy())
	periods[3].Deployments.Redeploys = num(2)
	fig := chart.DeploymentFrequency(service(periods), chart.Options{ID: "x"})
	if got, want := fig.Provenance.LeftOut, (chart.LeftOut{Count: 2, Reason: "2 redeploys of the commit that was live already", Hint: "To count them, set deployments.count_redeploys: true"}); len(got) != 1 || got[0] != want {
		t.Errorf("left out: %+v, want %+v", got, want)
	}
	if got := strings.Join(fig.Table.Columns, "|"); got != "Week|Deployments|Days with a deployment|Redeploys, not counted" {
		t.Errorf("columns: %q", got)
	}
	fig = chart.DeploymentFrequency(service(periods), chart.Options{ID: "x", Rules: dora.Service{CountRedeploys: true}})
	if got := fig.Provenance.LeftOutWords(); got != "none left out" || fig.Table.Columns[3] != "Redeploys, counted" {
		t.Errorf("redeploys that count: %q, columns %q", got, fig.Table.Columns)
	}
}

func TestProvenanceIsInTheZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("Test/Zone", 2*3600)
	periods := weeks(2, busy())
	for i := range periods { // the same days in the zone, two hours earlier in UTC
		periods[i].From, periods[i].To = periods[i].From.Add(-2*time.Hour), periods[i].To.Add(-2*time.Hour)
	}
	fig := chart.DeploymentFrequency(service(periods), chart.Options{ID: "x", Zone: zone, Service: "Pay"})
	want := "Pay · 9–22 Nov 2026, weeks from Monday · 14 deployments · source: tags · data as of 23 Nov 2026, 00:00 (Test/Zone) · coverage: complete, 2 of 2 weeks · none left out · needs 8 complete weeks to say what is usual; has 2"
	if got := fig.Provenance.Line(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestMorePeriodsThanFit(t *testing.T) {
	t.Parallel()
	fig := chart.LeadTime(service(weeks(680, sparse())), chart.Options{ID: "x"})
	if len(fig.Table.Rows) != 400 || !strings.Contains(fig.Provenance.Line(), "the newest 400 weeks are shown, 280 older ones are not") {
		t.Errorf("%d rows; %q", len(fig.Table.Rows), fig.Provenance.Line())
	}
}

func ExampleDeploymentFrequency() {
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	service := "payments"
	report := dora.ServiceReport{Service: &service, Source: dora.Tags, AsOf: time.Date(2026, 3, 23, 6, 12, 0, 0, time.UTC), Coverage: dora.Coverage{Status: dora.Complete}}
	for _, n := range []float64{3, 0, 5} {
		p := dora.Period{From: from, To: from.AddDate(0, 0, 7)}
		p.Deployments.Count = dora.Num(n)
		report.Periods = append(report.Periods, p)
		from = p.To
	}
	figure := chart.DeploymentFrequency(report, chart.Options{ID: "pay"})
	fmt.Println(figure.Finding)
	fmt.Println(figure.Provenance.Line())
	for _, row := range figure.Table.Rows {
		fmt.Println(row)
	}
	// Output:
	// 2.7 deployments a week over 3 complete weeks; the latest complete week had 5.
	// payments · 2–22 Mar 2026, weeks from Monday · 8 deployments · source: tags · data as of 23 Mar 2026, 06:12 (UTC) · coverage: complete, 3 of 3 weeks · none left out · needs 8 complete weeks to say what is usual; has 3
	// [2–8 Mar 2026 3]
	// [9–15 Mar 2026 0]
	// [16–22 Mar 2026 5]
}

// A service of which nothing is known has no as-of time, and its periods lie
// before the year 1. No sentence gives them as dates.
func TestNoDataYet(t *testing.T) {
	t.Parallel()
	nothing := dora.Compute([]dora.Snapshot{{}}, dora.Options{
		From: time.Time{}.AddDate(0, 0, -7*26), To: time.Time{}.Add(time.Second),
	}).Services[0]
	if len(nothing.Periods) == 0 {
		t.Fatal("the report has no periods: this test shows nothing")
	}
	half := nothing
	half.Coverage.From = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // to an end that nobody knows
	for name, s := range map[string]dora.ServiceReport{"nothing": nothing, "half a coverage": half} {
		for _, m := range handbook.Metrics {
			fig := chart.New(m, s, chart.Options{ID: "x", Service: "Pay"})
			if fig.Empty == "" || len(fig.Table.Rows) > 0 {
				t.Errorf("%s, %s: something is drawn, or %d rows", name, m, len(fig.Table.Rows))
			}
			for _, text := range []string{fig.Provenance.Line(), fig.Finding, fig.Empty} {
				if strings.Contains(text, "Jan") || strings.Contains(text, "0001") || strings.Contains(text, "Dec") {
					t.Errorf("%s, %s: a date that nobody knows in %q", name, m, text)
				}
			}
		}
		fig := chart.New(handbook.DeploymentFrequency, s, chart.Options{ID: "x", Service: "Pay"})
		if got, want := fig.Provenance.Line(), "Pay · no data yet · coverage: none"; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestMetrics_L3_EachStageHasItsFigure(t *testing.T) {
	t.Parallel()
	s := service(weeks(7, func(i int, from, to time.Time) dora.Period { return period(from, to, 4, 8, 20*3600) }))
	s.Periods[5].LeadTime.Stages.Pickup = dora.Stage{Reason: dora.NoData} // delivered without a review
	for _, c := range []struct {
		metric            handbook.Metric
		title, row, sixth string
	}{
		{handbook.LeadTimeCoding, "Coding time", "5–11 Oct 2026|8|10 h|20 h|40 h", "9–15 Nov 2026|8|10 h|20 h|40 h"},
		{handbook.LeadTimePickup, "Waiting for review", "5–11 Oct 2026|8|4 h|8 h|16 h|", "9–15 Nov 2026|0|—|—|—|none had a review"},
		{handbook.LeadTimeReview, "Review time", "5–11 Oct 2026|8|4 h|8 h|16 h", "9–15 Nov 2026|8|4 h|8 h|16 h"},
		{handbook.LeadTimeDeploy, "Waiting for deployment", "5–11 Oct 2026|8|2 h|4 h|8 h", "9–15 Nov 2026|8|2 h|4 h|8 h"},
	} {
		fig := chart.New(c.metric, s, chart.Options{ID: "x"})
		if fig.Title != c.title || fig.Empty != "" || fig.SVG() == nil {
			t.Errorf("%s: title %q, empty %q, want a drawing called %q", c.metric, fig.Title, fig.Empty, c.title)
		}
		for i, want := range map[int]string{0: c.row, 5: c.sixth} {
			if got := strings.Join(fig.Table.Rows[i], "|"); got != want {
				t.Errorf("%s, row %d: got %q, want %q", c.metric, i, got, want)
			}
		}
	}
}

// steady is a service whose weeks have so many changes and hours of lead time;
// as many deployments as changes.
func steady(weekly ...[2]float64) dora.ServiceReport {
	return service(weeks(len(weekly), func(i int, from, to time.Time) dora.Period {
		return period(from, to, weekly[i][0], int(weekly[i][0]), 3600*weekly[i][1])
	}))
}

func TestUsual(t *testing.T) {
	t.Parallel()
	normal := func(after ...[2]float64) dora.ServiceReport {
		before := [][2]float64{{8, 12}, {9, 20}, {10, 31}, {8, 16}, {7, 24}, {9, 13}, {8, 28}, {9, 22}, {10, 19}}
		return steady(append(before, after...)...)
	}
	open := normal([2]float64{9, 400})
	open.Periods[9].Partial = true
	shallow := normal()
	shallow.Overall.LeadTime.Reason = dora.NotMeasured
	for i := range shallow.Periods {
		shallow.Periods[i].LeadTime = dora.LeadTime{Reason: dora.NotMeasured}
	}
	for _, c := range []struct {
		name   string
		metric handbook.Metric
		report dora.ServiceReport
		last   int
		want   string
	}{
		{"inside", handbook.LeadTime, normal(), 0, "Nothing unusual: the median of the latest complete week was 19 h (n = 10); usual is 13–29 h."},
		{"inside", handbook.DeploymentFrequency, normal(), 0, "Nothing unusual: the latest complete week had 10 deployments; usual is 7–10."},
		{"a stage", handbook.LeadTimeReview, normal(), 0, "Nothing unusual: the median of the latest complete week was 3.8 h (n = 10); usual is 2.5–5.8 h."},
		{"above once", handbook.LeadTime, normal([2]float64{9, 80}), 0, "Above its usual range: the median of the latest complete week was 3.3 days (n = 9); usual is 13–29 h."},
		{"above for long", handbook.LeadTime, normal([2]float64{9, 80}, [2]float64{9, 90}, [2]float64{9, 200}), 0, "Above its usual range for 3 weeks: the median of the latest complete week was 8.3 days (n = 9); usual is 13 h – 3.3 days."},
		{"below", handbook.LeadTime, normal([2]float64{9, 2}), 0, "Below its usual range: the median of the latest complete week was 2 h (n = 9); usual is 13–29 h."},
		{"fewer deployments", handbook.DeploymentFrequency, normal([2]float64{1, 20}, [2]float64{2, 20}), 0, "Below its usual range for 2 weeks: the latest complete week had 2 deployments; usual is 6–10."},
		{"a week is not over", handbook.LeadTime, open, 0, "Nothing unusual: the median of the latest complete week was 19 h (n = 10); usual is 13–29 h."},
		{"what is shown is less than what is known", handbook.LeadTime, normal(), 2, "Nothing unusual: the median of the latest complete week was 19 h (n = 10); usual is 13–29 h."},
		{"too few changes", handbook.LeadTime, normal([2]float64{2, 300}), 0, "Too few to compare: the median of the latest complete week was 12 days (n = 2)."},
		{"nothing delivered since", handbook.LeadTime, normal([2]float64{0, 0}), 0, "Nothing unusual: the median of the latest week with a value was 19 h (n = 10); usual is 13–29 h."},
		{"eight are enough", handbook.LeadTime, steady(slices.Repeat([][2]float64{{6, 5}}, 8)...), 0, "Nothing unusual: the median of the latest complete week was 5 h (n = 6); usual is 5 h."},
		{"seven are not", handbook.LeadTime, steady(slices.Repeat([][2]float64{{6, 5}}, 7)...), 0, "Needs 8 complete weeks to say what is usual; has 7."},
		{"none is complete", handbook.LeadTime, service(cut(weeks(1, busy()))), 0, "Needs 8 complete weeks to say what is usual; has none."},
		{"three weeks", handbook.DeploymentFrequency, steady([][2]float64{{6, 5}, {6, 5}, {6, 5}}...), 0, "Needs 8 complete weeks to say what is usual; has 3."},
		{"partial data", handbook.LeadTime, partial(normal()), 0, "The data is partial, so nothing is compared."},
		{"nothing delivered", handbook.LeadTime, steady([2]float64{}, [2]float64{}), 0, "No change was delivered in 2 weeks, so there is no lead time."},
		{"not measured", handbook.LeadTime, shallow, 0, "Change lead time is not measured."},
		{"unknown", "luck", normal(), 0, "Not measured: Rutter knows no metric of this name."},
	} {
		if got := chart.Usual(c.metric, c.report, chart.Options{Last: c.last}); got != c.want {
			t.Errorf("%s, %s:\n got %q\nwant %q", c.name, c.metric, got, c.want)
		}
	}
}

// One period unlike the others does not make the next ones usual, and what lies
// more than twelve complete periods back is forgotten.
func TestUsualForgets(t *testing.T) {
	t.Parallel()
	level := slices.Repeat([][2]float64{{9, 10}}, 12)
	slow := append(slices.Clone(level), [2]float64{9, 500}, [2]float64{9, 10}, [2]float64{9, 30})
	if got, want := chart.Usual(handbook.LeadTime, steady(slow...), chart.Options{}), "Above its usual range: the median of the latest complete week was 30 h (n = 9); usual is 10 h."; got != want {
		t.Errorf("after one slow week:\n got %q\nwant %q", got, want)
	}
	moved := append(slices.Clone(level), slices.Repeat([][2]float64{{9, 40}}, 13)...)
	if got, want := chart.Usual(handbook.LeadTime, steady(moved...), chart.Options{}), "Nothing unusual: the median of the latest complete week was 40 h (n = 9); usual is 40 h."; got != want {
		t.Errorf("after thirteen weeks on another level:\n got %q\nwant %q", got, want)
	}
}

var usualPath = regexp.MustCompile(`<path class="fig-usual" d="([^"]*)"`)

// The band begins with the eighth complete week, and partial data has none.
func TestUsualBand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		report dora.ServiceReport
		steps  int // periods with a band
		remark string
	}{
		{"seven weeks", steady(slices.Repeat([][2]float64{{6, 5}}, 7)...), 0, "needs 8 complete weeks to say what is usual; has 7"},
		{"eight weeks", steady(slices.Repeat([][2]float64{{6, 5}}, 8)...), 1, ""},
		{"twenty weeks", steady(slices.Repeat([][2]float64{{6, 5}}, 20)...), 13, ""},
		{"partial data", partial(steady(slices.Repeat([][2]float64{{6, 5}}, 20)...)), 0, ""},
		{"under a minute", steady(slices.Repeat([][2]float64{{6, .001}}, 20)...), 0, ""},
	} {
		fig := chart.New(handbook.LeadTime, c.report, chart.Options{ID: "x"})
		got := 0
		if m := usualPath.FindSubmatch(fig.SVG()); m != nil {
			got = bytes.Count(m[1], []byte("H")) / 2
		}
		if got != c.steps {
			t.Errorf("%s: a band of %d periods, want %d", c.name, got, c.steps)
		}
		if said := strings.Join(fig.Provenance.Remarks, "|"); said != c.remark {
			t.Errorf("%s: remarks %q, want %q", c.name, said, c.remark)
		}
		if strings.Contains(fig.Finding, "Needs") {
			t.Errorf("%s: the remark is in the finding: %q", c.name, fig.Finding)
		}
		if legend := strings.Count(string(fig.SVG()), "usual range of the median"); (legend == 2) != (c.steps > 0) {
			t.Errorf("%s: %d entries in the legends", c.name, legend)
		}
	}
}
