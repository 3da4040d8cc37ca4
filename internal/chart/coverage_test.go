package chart_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// partial is a report of data that is not complete, for these reasons.
func partial(s dora.ServiceReport, reasons ...string) dora.ServiceReport {
	s.Coverage.Status, s.Coverage.Reasons = dora.Partial, reasons
	return s
}

// Every reason that dora gives has words of its own, and a way out.
func TestRel_G7_EveryReasonHasAWayOut(t *testing.T) {
	t.Parallel()
	for _, r := range []string{
		dora.ShallowClone, dora.NoTag, dora.NoCoverageRecord, dora.CollectionGap, dora.CollectionPart, dora.NoCommonSpan,
		dora.NotCollected, dora.RateLimited, dora.Interrupted, dora.AccessDenied, dora.NoAccess, dora.Unavailable,
		dora.Malformed, dora.Unproven, dora.ItemsMissing, dora.APICap, dora.TruncatedPart,
	} {
		got := chart.SignOf(dora.Coverage{Status: dora.Partial, Reasons: []string{r}})
		if got.Word != "Partial" || strings.Count(got.Text, ". ") != 1 || !strings.HasSuffix(got.Text, ".") || strings.Contains(got.Text, "_") {
			t.Errorf("%s: got %q, want a sentence why and a sentence with the way out", r, got)
		}
	}
}

func TestSign(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		coverage dora.Coverage
		want     string
	}{
		{"complete", dora.Coverage{Status: dora.Complete}, ""},
		{"nobody said", dora.Coverage{}, ""},
		{"partial", dora.Coverage{Status: dora.Partial, Reasons: []string{dora.Interrupted}}, "Partial: reading was interrupted. Run rutter sync again: it goes on where it stopped."},
		{"two reasons", dora.Coverage{Status: dora.Partial, Reasons: []string{dora.ItemsMissing, dora.NoTag}}, "Partial: single items could not be read. Run rutter sync again: it asks for them once more. No tag matches the pattern. Set deployments.pattern, or push a tag."},
		{"no reason", dora.Coverage{Status: dora.Partial}, "Partial."},
		{"a reason of a later version", dora.Coverage{Status: dora.Partial, Reasons: []string{"état_inconnu"}}, "Partial: état inconnu."},
		{"stale", dora.Coverage{Status: dora.Stale, Reasons: []string{dora.CollectionPart}}, "Stale: collecting did not finish. Run rutter sync again: it goes on where it stopped."},
		{"unknown", dora.Coverage{Status: dora.Uncovered, Reasons: []string{dora.NotCollected}}, "No data: something that the figures need was never collected. Run rutter sync."},
	} {
		if got := chart.SignOf(c.coverage).String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Partial data is drawn hatched, said in words in every rendering, and compared
// with nothing.
func TestRel_G7_PartialLooksDifferent(t *testing.T) {
	t.Parallel()
	whole := service(cut(weeks(53, busy())))
	part := partial(whole, dora.RateLimited)
	for _, m := range []handbook.Metric{handbook.DeploymentFrequency, handbook.LeadTime, handbook.LeadTimeReview} {
		fig, complete := chart.New(m, part, chart.Options{ID: "x"}), chart.New(m, whole, chart.Options{ID: "x"})
		if fig.Sign.Word != "Partial" || complete.Sign != (chart.Sign{}) {
			t.Errorf("%s: signs %q and %q, want one for partial data alone", m, fig.Sign, complete.Sign)
		}
		for name, text := range map[string]string{"finding": fig.Finding, "caption": fig.Provenance.Line(), "drawing": string(fig.SVG()), "options": string(fig.ECharts())} {
			if !strings.Contains(strings.ToLower(text), "partial") {
				t.Errorf("%s: the %s does not call the data partial: %s", m, name, text)
			}
		}
		for _, claim := range []string{"latest", "nine in ten", " a week over"} {
			if strings.Contains(fig.Finding, claim) {
				t.Errorf("%s: partial data is compared: %q", m, fig.Finding)
			}
		}
		for i, row := range fig.Table.Rows {
			if remark := row[len(row)-1]; !strings.Contains(remark, "partial data") {
				t.Errorf("%s: row %d is not marked: %q", m, i, row)
			}
		}
		svg := string(fig.SVG())
		if strings.Contains(string(complete.SVG()), "PARTIAL DATA") || strings.Count(svg, ">PARTIAL DATA<") != 2 {
			t.Errorf("%s: want PARTIAL DATA in both drawings of partial data alone", m)
		}
		hatch := `fill="url(#x-wide-doubt)"`
		if m == handbook.DeploymentFrequency {
			hatch = `class="fig-part" fill="url(#x-wide-part)"`
			if strings.Contains(svg, "fig-mean") {
				t.Error("a mean is drawn of partial data")
			}
		}
		if !strings.Contains(svg, hatch) {
			t.Errorf("%s: the drawing is not hatched", m)
		}
		if len(svg) > 40_000 {
			t.Errorf("%s: %d bytes, want at most 40000", m, len(svg))
		}
		for _, v := range testkit.Violations(fig.SVG()) {
			t.Errorf("%s: %s", m, v)
		}
		d := read(t, fig.SVG())
		for i, boxes := range d.boxes {
			apart(t, boxes, d.marks[i], d.views[i])
		}
		for _, s := range options(t, fig)["series"].([]any) {
			for i, item := range s.(map[string]any)["data"].([]any) {
				if item.(map[string]any)["partial"] != true {
					t.Errorf("%s: value %d of the explorer is not marked", m, i)
				}
			}
		}
	}
}

func TestRel_G7_PartialSampleSaysBoth(t *testing.T) {
	t.Parallel()
	svg := string(chart.DeploymentFrequency(partial(service(weeks(9, busy()))), chart.Options{ID: "x", Sample: true}).SVG())
	if strings.Count(svg, ">PARTIAL SAMPLE DATA<") != 2 {
		t.Errorf("the stamp is not in both drawings:\n%s", svg)
	}
}

func TestRel_G7_PartialFindings(t *testing.T) {
	t.Parallel()
	quiet := func(_ int, from, to time.Time) dora.Period { return period(from, to, 0, 0, 0) }
	little := service(weeks(4, func(i int, from, to time.Time) dora.Period { return period(from, to, float64(i%2), i%2, 86400) }))
	full := service(weeks(12, busy()))
	late := weeks(12, busy())
	for i := range 5 {
		late[i] = outside(late[i].From, late[i].To)
	}
	for _, c := range []struct {
		name   string
		metric handbook.Metric
		report dora.ServiceReport
		last   int
		want   string
	}{
		{"full", handbook.DeploymentFrequency, full, 0, "At least 64 deployments in 12 weeks. The data is partial, so there is no rate."},
		{"full", handbook.LeadTime, full, 0, "Half of the 129 changes known so far reached production within 2.1 days. The data is partial, so this may change."},
		{"a part of the report", handbook.LeadTime, full, 3, "At least 43 changes delivered. The data is partial, so no typical lead time is given."},
		{"little", handbook.DeploymentFrequency, little, 0, "At least 2 deployments in 4 weeks. The data is partial, so there is no rate."},
		{"little", handbook.LeadTime, little, 0, "At least 2 changes delivered, too few to speak of a typical lead time."},
		{"covered late", handbook.DeploymentFrequency, service(late), 0, "At least 34 deployments in 7 weeks. The data is partial, so there is no rate. The data covers 7 of 12 weeks."},
		{"no deployment known", handbook.DeploymentFrequency, service(weeks(3, quiet)), 0, "No deployment is known of 3 weeks. The data is partial: there may have been some."},
		{"no change known", handbook.LeadTime, service(weeks(3, quiet)), 0, "No delivered change is known in 3 weeks, so there is no lead time. The data is partial: there may have been some."},
	} {
		fig := chart.New(c.metric, partial(c.report, dora.Interrupted), chart.Options{ID: "x", Last: c.last})
		if fig.Finding != c.want {
			t.Errorf("%s, %s:\n got %q\nwant %q", c.name, c.metric, fig.Finding, c.want)
		}
	}
}

// Unknown is no data, with the reason and the way out; never 0.
func TestRel_G7_UnknownIsNoData(t *testing.T) {
	t.Parallel()
	s := service(weeks(8, func(_ int, from, to time.Time) dora.Period { return outside(from, to) }))
	s.Overall.Deployments.Reason, s.Overall.LeadTime = dora.OutsideCoverage, outsideLead()
	s.Coverage = dora.Coverage{Status: dora.Uncovered, Reasons: []string{dora.NotCollected}}
	for _, m := range []handbook.Metric{handbook.DeploymentFrequency, handbook.LeadTime, handbook.LeadTimeCoding} {
		fig := chart.New(m, s, chart.Options{ID: "x"})
		want := "No data: something that the figures need was never collected. Run rutter sync."
		if fig.Empty != want || fig.Finding != want || fig.SVG() != nil {
			t.Errorf("%s: got %q, want %q and no drawing", m, fig.Empty, want)
		}
		if got := fig.Provenance.LeftOutWords(); got != "" {
			t.Errorf("%s: nothing was counted, and %q", m, got)
		}
	}
}

func TestRel_G7_LeftOutByMetric(t *testing.T) {
	t.Parallel()
	s := service(weeks(9, busy()))
	s.Findings = []dora.Finding{
		{Code: diag.UnknownStatus, Count: 2, Message: "2 deployments have no status", Hint: "report one"},
		{Code: diag.NoBaseline, Count: 1200, Message: "1200 changes", Hint: "nothing to do"},
		{Code: diag.BotShare, Count: 34, Message: "34 of 90"},
		{Code: diag.ProxySource, Count: 1, Message: "merges stand in"},
	}
	for _, c := range []struct {
		metric handbook.Metric
		bots   string
		want   string
	}{
		{handbook.DeploymentFrequency, "", "2 left out [{DQ02 2 2 deployments have no status Report one}]"},
		{handbook.LeadTime, "", "1,234 left out [{DQ03 1200 1200 changes Nothing to do} {DQ15 34 34 of 90 }]"},
		{handbook.LeadTime, "only", "1,200 left out, people aside [{DQ03 1200 1200 changes Nothing to do}]"},
		{handbook.LeadTime, "include", "1,200 left out [{DQ03 1200 1200 changes Nothing to do}]"},
	} {
		p := chart.New(c.metric, s, chart.Options{ID: "x", Rules: dora.Service{Bots: c.bots}}).Provenance
		if got := fmt.Sprint(p.LeftOutWords(), " ", p.LeftOut); got != c.want {
			t.Errorf("%s, bots %q:\n got %s\nwant %s", c.metric, c.bots, got, c.want)
		}
	}
}

// A number in a sentence has the same provenance as a figure.
func TestRel_G7_ProvenanceOfANumber(t *testing.T) {
	t.Parallel()
	s := service(weeks(9, busy()))
	s.Overall.From, s.Overall.To = s.Periods[0].From, s.Periods[8].To
	s.Bots = 3
	got := chart.Options{}.Provenance(handbook.LeadTime, s, "n = 94").Line()
	want := "payments · 21 Sep – 22 Nov 2026 · n = 94 · source: tags · data as of 23 Nov 2026, 00:00 (UTC) · coverage: complete, 21 Sep – 22 Nov 2026 · 3 left out"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
