package chart_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
)

// outages are failed deployments that took so many hours, one a day; a negative
// number is open since as many.
func outages(hours ...float64) (dora.Explanation, dora.ServiceReport) {
	s := service(cut(weeks(26, busy())))
	e := failedOnes(len(hours), 0, 84, &s)
	open := 0
	for i, h := range hours {
		r := &e.Rows[i]
		took := time.Duration(h * float64(time.Hour))
		if h < 0 {
			r.From, r.To, r.Seconds = s.AsOf.Add(took), time.Time{}, dora.Number{}
			open++
			continue
		}
		r.To, r.Seconds = r.From.Add(took), num(took.Seconds())
	}
	s.Overall.RecoveryTime = dora.Recovery{N: len(hours) - open, Open: num(float64(open))}
	return e, s
}

func TestMetrics_X6_RecoveriesWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		hours  []float64
		median dora.Number
		want   string
	}{
		{"one is open", []float64{1, 2, 3, -72}, num(2.1 * 3600), "3 of 4 failed deployments are restored; half within 2.1 h (Kaplan–Meier, small sample); 1 is open for 3 days."},
		{"two are open", []float64{1, -72, -96}, num(3600), "1 of 3 failed deployments is restored; half within 1 h (Kaplan–Meier, small sample); 2 are open, the longest for 4 days."},
		{"all restored", []float64{1, 2, 3, 4, 5, 6}, num(3.5 * 3600), "All 6 failed deployments are restored; half within 3.5 h (Kaplan–Meier)."},
		{"most are open", []float64{1, 2, -72, -96, -120, -144}, dora.Number{}, "2 of 6 failed deployments are restored; the median is over 6 days (Kaplan–Meier); 4 are open, the longest for 6 days."},
		{"none restored", []float64{-72, -96}, dora.Number{}, "None of the 2 failed deployments is restored; 2 are open, the longest for 4 days."},
		{"the one", []float64{2}, num(7200), "The one failed deployment was restored after 2 h."},
		{"the one, open", []float64{-72}, dora.Number{}, "The one failed deployment is not restored: it is open for 3 days."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, s := outages(c.hours...)
			s.Overall.RecoveryTime.P50 = c.median
			if got := chart.Recoveries(e, s, chart.Options{ID: "x"}); got.Finding != c.want || got.Empty != "" {
				t.Errorf("finding:\n got %q\nwant %q\nempty: %q", got.Finding, c.want, got.Empty)
			}
		})
	}
}

// A median of the whole range is not that of one of its weeks.
func TestRecoveriesOfAPeriod(t *testing.T) {
	t.Parallel()
	e, s := outages(1, 2, 3, 4, 5, 6)
	s.Overall.RecoveryTime.P50 = num(90 * 3600)
	e.Period = name("2026-W40")
	e.Values = []dora.Stat{{Name: "n", Value: num(6)}, {Name: "p50", Value: num(3.5 * 3600), Unit: "seconds"}}
	if got := chart.Recoveries(e, s, chart.Options{ID: "x"}).Finding; !strings.Contains(got, "half within 3.5 h") {
		t.Errorf("got %q", got)
	}
}

func TestRecoveriesWithoutAny(t *testing.T) {
	t.Parallel()
	measured := service(cut(weeks(26, busy())))
	measured.Overall.RecoveryTime = dora.Recovery{Reason: dora.NoData}
	quiet := service(weeks(26, func(i int, from, to time.Time) dora.Period { return period(from, to, 0, 0, 0) }))
	quiet.Overall.RecoveryTime = dora.Recovery{Reason: dora.NoData}
	unmeasured := service(cut(weeks(26, busy())))
	unmeasured.Overall.RecoveryTime = dora.Recovery{Reason: dora.NotMeasured}
	uncovered := service(cut(weeks(26, busy())))
	uncovered.Coverage = dora.Coverage{Status: dora.Uncovered, Reasons: []string{dora.NotCollected}}
	uncovered.Overall.RecoveryTime = dora.Recovery{Reason: dora.OutsideCoverage}
	for _, c := range []struct {
		name   string
		report dora.ServiceReport
		want   string
	}{
		{"measured", measured, "No deployment is known to have failed."},
		{"partial", partially(measured), "No deployment is known to have failed. The data is partial: one may have."},
		{"quiet", quiet, "No deployment in this window, so none failed."},
		{"not measured", unmeasured, "failures: {}"},
		{"uncovered", uncovered, "No data: something that the figures need was never collected. Run rutter sync."},
	} {
		fig := chart.Recoveries(dora.Explanation{}, c.report, chart.Options{ID: "x"})
		if !strings.Contains(fig.Empty, c.want) || fig.Finding != fig.Empty || fig.SVG() != nil || fig.ECharts() != nil || len(fig.Table.Rows) != 0 {
			t.Errorf("%s: empty because %q, want %q", c.name, fig.Empty, c.want)
		}
		if strings.ContainsAny(strings.ReplaceAll(fig.Finding, "26", ""), "0123456789") {
			t.Errorf("%s: a number where nothing is known: %q", c.name, fig.Finding)
		}
	}
}

// What is not restored has no end in any rendering.
func TestMetrics_X6_OpenIsNotFinished(t *testing.T) {
	t.Parallel()
	e, s := outages(2, -72)
	fig := chart.Recoveries(e, s, chart.Options{ID: "x"})
	svg := string(fig.SVG())
	for what, want := range map[string]int{`<rect class="fig-bar"`: 2, `<path class="fig-bar fig-unended"`: 4, `class="fig-arrow"`: 4, `class="fig-onward"`: 2, ">open 3 d<": 2, "not restored after 3 d": 2, "restored after 2 h": 2, "not restored by 19 Nov 2026, 00:00": 2} {
		if got := strings.Count(svg, what); got != want {
			t.Errorf("%q stands %d times, want %d", what, got, want)
		}
	}
	if got, want := fig.Table.Rows[0], []string{"v1.0.1", "16 Nov 2026, 00:00", "—", "over 3 days", "rollback (derived) v1.0.0", "still open"}; !slices.Equal(got, want) {
		t.Errorf("row %q, want %q", got, want)
	}
	series := options(t, fig)["series"].([]any)
	starts, bars := series[0].(map[string]any), series[1].(map[string]any)
	bar := bars["data"].([]any)[0].(map[string]any)
	if starts["stack"] != bars["stack"] || bar["open"] != true || bar["partial"] != true || bar["value"] != 72*3600.0 {
		t.Errorf("open bar %v on %v", bar, starts["stack"])
	}
	if done := bars["data"].([]any)[1].(map[string]any); done["open"] != nil || done["partial"] != nil || done["value"] != 7200.0 {
		t.Errorf("restored: %v", done)
	}

	e, s = outages(2, 3)
	if svg := string(chart.Recoveries(e, s, chart.Options{ID: "x"}).SVG()); strings.Contains(svg, "fig-unended") || strings.Contains(svg, "not restored") {
		t.Error("all are restored, and one looks open")
	}
}

func TestRecoveriesAreTheNewest(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	e := failedOnes(131, 0, 84, &s)
	fig := chart.Recoveries(e, s, chart.Options{ID: "x"})
	svg := string(fig.SVG())
	if got := strings.Count(svg, `<rect class="fig-bar"`); got != 60 {
		t.Errorf("%d bars in two drawings, want 60", got)
	}
	if !strings.Contains(svg, ">v1.26.0<") || strings.Contains(svg, ">v1.0.0<") {
		t.Error("not the newest are drawn")
	}
	for _, want := range []string{"the newest 30 of 131 drawn", "the table has the 100 newest, 31 older ones are left out"} {
		if !strings.Contains(fig.Provenance.Line(), want) {
			t.Errorf("%q is not in %q", want, fig.Provenance.Line())
		}
	}
	if n := len(fig.Table.Rows); n != 100 || fig.Table.Rows[0][0] != "v1.26.0" {
		t.Errorf("%d rows, the first %q", n, fig.Table.Rows[0])
	}
	if want := "131 failed deployments"; fig.Provenance.N != want {
		t.Errorf("n is %q, want %q", fig.Provenance.N, want)
	}
}

// The bars stand where the clocks of the zone say, also through a change of the
// clocks (metrics/T1).
func TestMetrics_T1_RecoveriesInTheZone(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := service(cut(weeks(26, busy())))
	e := failedOnes(1, 0, 84, &s)
	e.Rows[0].From = time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC) // 00:30 of the day with 25 hours
	e.Rows[0].To = e.Rows[0].From.Add(24 * time.Hour)
	e.Rows[0].Seconds = num(86400)
	fig := chart.Recoveries(e, s, chart.Options{ID: "x", Zone: zone})
	if got, want := fmt.Sprint(fig.Table.Rows[0][1:4]), "[25 Oct 2026, 00:30 25 Oct 2026, 23:30 24 h]"; got != want {
		t.Errorf("row %s, want %s", got, want)
	}
}
