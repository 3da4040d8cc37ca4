package chart_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
)

// openFor are pull requests that have been open for so many hours, in a service
// of which n changes took 15 h and 2.1 days.
func openFor(n int, hours ...float64) ([]dora.Row, dora.ServiceReport) {
	s := service(cut(weeks(26, busy())))
	s.Overall.LeadTime = dora.LeadTime{N: n, P50: num(15 * 3600), P90: num(2.1 * 86400)}
	rows := openOnes(len(hours), s)
	for i, h := range hours {
		rows[i].From = s.AsOf.Add(-time.Duration(h * float64(time.Hour)))
		rows[i].Seconds = num(h * 3600)
	}
	return rows, s
}

func TestAgeingWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		n       int
		partial bool
		hours   []float64
		want    string
	}{
		{"some are old", 57, false, []float64{1, 2, 3, 4, 5, 20, 30, 60, 90}, "2 of 9 open pull requests are older than nine in ten delivered changes took (2.1 days)."},
		{"one is old", 57, false, []float64{1, 90}, "1 of 2 open pull requests is older than nine in ten delivered changes took (2.1 days)."},
		{"the one is old", 57, false, []float64{90}, "The one open pull request is older than nine in ten delivered changes took (2.1 days)."},
		{"as old as nine in ten", 57, false, []float64{1, 2.1 * 24}, "No pull request is open longer than nine in ten delivered changes took (2.1 days); 2 are open, the oldest for 2.1 days."},
		{"the one is young", 57, false, []float64{1}, "No pull request is open longer than nine in ten delivered changes took (2.1 days); 1 is open, for 1 h."},
		{"few delivered", 12, false, []float64{1, 90}, "1 of 2 open pull requests is older than nine in ten delivered changes took (2.1 days). That is of only 12 changes, which says little."},
		{"too few delivered", 5, false, []float64{1, 90}, "2 pull requests are open, the oldest for 3.8 days. Too few changes were delivered (n = 5) to say what is usual."},
		{"too few delivered, one open", 0, false, []float64{90}, "1 pull request is open, for 3.8 days. Too few changes were delivered (n = 0) to say what is usual."},
		{"partial", 57, true, []float64{1, 90}, "1 of 2 open pull requests is older than nine in ten delivered changes took (2.1 days). The data is partial, so this may change."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rows, s := openFor(c.n, c.hours...)
			if c.partial {
				s = partially(s)
			}
			if got := chart.Ageing(rows, s, chart.Options{ID: "x"}); got.Finding != c.want || got.Empty != "" {
				t.Errorf("finding:\n got %q\nwant %q\nempty: %q", got.Finding, c.want, got.Empty)
			}
		})
	}
}

func TestAgeingWithoutAny(t *testing.T) {
	t.Parallel()
	_, s := openFor(57)
	commits := s
	commits.Overall.LeadTime.Stages.Coding.Reason = dora.NotInSource
	for _, c := range []struct {
		name   string
		report dora.ServiceReport
		want   string
	}{
		{"covered", s, "No pull request is open."},
		{"partial", partially(s), "No open pull request is known. The data is partial: there may be some."},
		{"commits alone", commits, "Not in the source: it does not say which pull requests are open."},
		{"no data", service(nil), "There is no data yet."},
	} {
		fig := chart.Ageing(nil, c.report, chart.Options{ID: "x"})
		if fig.Empty != c.want || fig.Finding != c.want || fig.SVG() != nil || fig.ECharts() != nil {
			t.Errorf("%s: empty because %q, want %q", c.name, fig.Empty, c.want)
		}
	}
}

// The oldest come first, and beyond the ninetieth percentile have another shape.
func TestAgeingOldestFirst(t *testing.T) {
	t.Parallel()
	rows, s := openFor(57, 3, 90, 20)
	fig := chart.Ageing(rows, s, chart.Options{ID: "x"})
	want := "[[#2001 Retry a payment once when the bank does not answer 15 Nov 2026 3.8 days longer than nine in ten delivered changes took] " +
		"[#2002 Bump the database driver 18 Nov 2026 20 h longer than half of the delivered changes took] " +
		"[#2000 Refuse cards that have expired 18 Nov 2026 3 h ]]"
	if got := fmt.Sprint(fig.Table.Rows); got != want {
		t.Errorf("rows:\n got %s\nwant %s", got, want)
	}
	svg := string(fig.SVG())
	if got := strings.Count(svg, `class="fig-mark fig-s2"`); got != 4 {
		t.Errorf("%d squares, want two drawings with a mark and its legend", got)
	}
	if strings.Index(svg, "#2001") > strings.Index(svg, "#2000") {
		t.Error("the oldest does not stand first")
	}
	meta := options(t, fig)["meta"].(map[string]any)["periods"].([]any)
	if got := meta[0].(map[string]any)["words"]; got != "open for 3.8 d, opened 15 Nov 2026, longer than nine in ten delivered changes took" {
		t.Errorf("the explorer says %q", got)
	}
}

func TestAgeingSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	_, s := openFor(57)
	fig := chart.Ageing(openOnes(131, s), s, chart.Options{ID: "x"})
	if got := strings.Count(string(fig.SVG()), `class="fig-stem"`); got != 40 {
		t.Errorf("%d dots in two drawings, want 40", got)
	}
	for _, want := range []string{"the 20 oldest of 131 drawn", "the 100 oldest, 31 younger ones are left out", "p50, p90 of 57 changes"} {
		if !strings.Contains(fig.Provenance.Line(), want) {
			t.Errorf("%q is not in %q", want, fig.Provenance.Line())
		}
	}
	if strings.Contains(fig.Provenance.Line(), "left out ·") {
		t.Errorf("what was left out of delivered changes says nothing of open ones: %q", fig.Provenance.Line())
	}
}

// A row without an age has the one of its beginning; one of the future has none.
func TestAgeingWithoutSeconds(t *testing.T) {
	t.Parallel()
	rows, s := openFor(57, 20, 30, 40)
	for i := range rows {
		rows[i].Seconds = dora.Number{}
	}
	rows[1].From = s.AsOf.Add(time.Hour)
	rows[2].From = time.Time{}
	fig := chart.Ageing(rows, s, chart.Options{ID: "x"})
	if len(fig.Table.Rows) != 1 || fig.Table.Rows[0][2] != "20 h" {
		t.Errorf("rows %q", fig.Table.Rows)
	}
}
