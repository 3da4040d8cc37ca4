package chart_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// called is a report under another name.
func called(service string, s dora.ServiceReport) dora.ServiceReport {
	s.Service = name(service)
	return s
}

// troubled gives each period rates and a recovery time.
func troubled(s dora.ServiceReport, n int) dora.ServiceReport {
	s.Periods = slices.Clone(s.Periods)
	for i := range s.Periods {
		failed := float64((i + 1) % 3)
		s.Periods[i].ChangeFailRate = dora.FailRate{N: n, Failed: num(failed), Value: num(failed / float64(n))}
		s.Periods[i].ReworkRate = dora.Rework{N: n, Rework: num(failed), Value: num(failed / float64(n))}
		s.Periods[i].RecoveryTime = dora.Recovery{Reason: dora.NoData}
		if failed > 0 {
			s.Periods[i].RecoveryTime = dora.Recovery{N: int(failed), Open: num(0), P50: num(3600 * failed)}
		}
	}
	return s
}

// several are services whose names are not in the order of the list.
func several(n int) []dora.ServiceReport {
	merge := called("Billing", troubled(service(cut(weeks(n, busy()))), 20))
	merge.Source = dora.Merge
	partial := called("accounts", troubled(service(cut(weeks(n, busy()))), 4))
	partial.Coverage.Status = dora.Partial
	without := called("docs", service(weeks(n, func(i int, from, to time.Time) dora.Period { return outside(from, to) })))
	for i := range without.Periods {
		p := &without.Periods[i]
		p.ChangeFailRate.Reason, p.RecoveryTime.Reason, p.ReworkRate.Reason = dora.NotMeasured, dora.NotMeasured, dora.NotMeasured
	}
	late := called("payments and invoices of the whole company", troubled(service(cut(weeks(n, sparse()))), 12))
	late.Periods = late.Periods[n/3:]
	return []dora.ServiceReport{called("zebra", troubled(service(cut(weeks(n, sparse()))), 30)), merge, without, partial, late}
}

var theFive = []handbook.Metric{handbook.DeploymentFrequency, handbook.LeadTime, handbook.ChangeFailRate, handbook.ReworkRate, handbook.RecoveryTime}

func TestMultiples(t *testing.T) {
	t.Parallel()
	for _, m := range theFive {
		for _, n := range []int{1, 6, 26, 53} {
			t.Run(fmt.Sprint(m, " ", n, " weeks"), func(t *testing.T) {
				t.Parallel()
				fig := chart.Multiples(several(n), m, chart.Options{ID: "m"})
				if fig.Empty != "" {
					t.Fatal(fig.Empty)
				}
				sound(t, fig, 40_000)
				if out := fig.ECharts(); out != nil {
					t.Errorf("options to explore several services at once: %s", out)
				}
				var names []string
				for _, row := range fig.Table.Rows {
					names = append(names, row[0])
				}
				if want := []string{"accounts", "Billing", "docs", "payments and invoices of the whole company", "zebra"}; !slices.Equal(names, want) {
					t.Errorf("rows %q, want them in the order of their names", names)
				}
				svg := string(fig.SVG())
				for _, want := range []string{"Each row has its own scale", "merges, a proxy", "partial data", "PARTIAL DATA", ">zebra<"} {
					if strings.Count(svg, want) < 2 {
						t.Errorf("%q is not in both drawings", want)
					}
				}
			})
		}
	}
}

func TestMultiplesIgnoresTheOrderOfTheList(t *testing.T) {
	t.Parallel()
	for _, m := range theFive {
		list := several(12)
		want := chart.Multiples(list, m, chart.Options{ID: "m"})
		slices.Reverse(list)
		got := chart.Multiples(list, m, chart.Options{ID: "m"})
		if !bytes.Equal(got.SVG(), want.SVG()) || got.Finding != want.Finding || got.Provenance.Line() != want.Provenance.Line() {
			t.Errorf("%s: the order of the services changes the figure", m)
		}
	}
}

func TestMultiplesTextIsData(t *testing.T) {
	t.Parallel()
	for _, evil := range evils {
		s := called(evil, service(cut(weeks(5, busy()))))
		s.Source, s.Coverage.Status, s.Coverage.Reasons = dora.Source(evil), dora.Partial, []string{evil}
		sound(t, chart.Multiples([]dora.ServiceReport{s, called("b", service(weeks(5, busy())))}, handbook.LeadTime, chart.Options{ID: "x", Title: evil, Service: evil}), 40_000)
	}
}

// No row is said to be better than another.
func TestMetrics_B3_MultiplesRankNothing(t *testing.T) {
	t.Parallel()
	for _, m := range theFive {
		fig := chart.Multiples(several(12), m, chart.Options{ID: "m"})
		for _, word := range []string{"best", "worst", "better", "slowest", "fastest", "average"} {
			if strings.Contains(fig.Finding, word) || bytes.Contains(fig.SVG(), []byte(word)) {
				t.Errorf("%s: %q ranks services", m, word)
			}
		}
		if !strings.Contains(fig.Finding, "they are not ranked") {
			t.Errorf("%s: %q", m, fig.Finding)
		}
	}
}

// Nothing, unknown and not measured each look and read differently.
func TestMetrics_F2_MultiplesTellWhatIsMissing(t *testing.T) {
	t.Parallel()
	zero := called("zero", service(weeks(4, func(i int, from, to time.Time) dora.Period { return period(from, to, 0, 0, 0) })))
	gone := called("gone", service(weeks(4, func(i int, from, to time.Time) dora.Period { return outside(from, to) })))
	some := service(weeks(4, busy()))
	some.Periods[0] = outside(some.Periods[0].From, some.Periods[0].To)
	list := []dora.ServiceReport{zero, gone, called("some", some)}

	fig := chart.Multiples(list, handbook.DeploymentFrequency, chart.Options{ID: "m"})
	for i, want := range []string{"gone — — — outside the data", "some 16–22 Nov 2026", "zero 16–22 Nov 2026 0 0 "} {
		row := slices.Delete(slices.Clone(fig.Table.Rows[i]), 4, 5) // without the coverage
		if got := strings.Join(row, " "); !strings.HasPrefix(got, want) {
			t.Errorf("row %d is %q, want %q", i, got, want)
		}
	}
	svg := string(fig.SVG())
	if strings.Count(svg, `class="fig-zero fig-row"`) != 2 {
		t.Error("weeks without a deployment have no line on the foot")
	}
	if n := strings.Count(svg, `-void)"`); n != 2*(1+1) {
		t.Errorf("%d hatched areas, want the first week of one service and the legend, twice", n)
	}
	fig = chart.Multiples(list, handbook.LeadTime, chart.Options{ID: "m"})
	if svg := string(fig.SVG()); !strings.Contains(svg, "Nothing delivered") || !strings.Contains(svg, "Outside the data") {
		t.Error("rows without a value do not say why")
	}
	if want := "Of 3 services, 1 has a value in the latest complete week, 16–22 Nov 2026. Without any value: gone, zero. Read each beside its own past: they are not ranked."; !strings.HasPrefix(fig.Finding, want[:30]) || !strings.Contains(fig.Finding, "Without any value: gone, zero.") {
		t.Errorf("got %q, want %q", fig.Finding, want)
	}
}

// A rate of few deployments and a median of few changes are marked as such.
func TestMetrics_S4_MultiplesMarkSmallSamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		metric handbook.Metric
		n      int
		small  bool
	}{
		{handbook.ChangeFailRate, 9, true}, {handbook.ChangeFailRate, 10, false},
		{handbook.ReworkRate, 9, true}, {handbook.ReworkRate, 10, false},
		{handbook.LeadTime, 5, true}, {handbook.LeadTime, 6, false},
	} {
		s := troubled(staged(4, lead(took(5, c.n), took(1, c.n), took(2, c.n), took(1, c.n))), c.n)
		fig := chart.Multiples([]dora.ServiceReport{s}, c.metric, chart.Options{ID: "m"})
		svg := string(fig.SVG())
		if strings.Contains(svg, "fig-small") != c.small || strings.Contains(svg, "small sample: fewer than") != c.small {
			t.Errorf("%s of %d: drawn as a small sample: want %v", c.metric, c.n, c.small)
		}
		if got := strings.Contains(fig.Table.Rows[0][len(fig.Table.Rows[0])-1], "small sample"); got != c.small {
			t.Errorf("%s of %d: the row is %q", c.metric, c.n, fig.Table.Rows[0])
		}
		if !strings.Contains(svg, fmt.Sprintf("(n = %d)", c.n)) {
			t.Errorf("%s of %d: n is not drawn", c.metric, c.n)
		}
	}
}

// The value of a week that is not over is hollow, and never the latest.
func TestMultiplesLatestIsComplete(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(3, func(i int, from, to time.Time) dora.Period { return period(from, to, float64(4+i), 9, 3600) })))
	fig := chart.Multiples([]dora.ServiceReport{s}, handbook.DeploymentFrequency, chart.Options{ID: "m"})
	if row := fig.Table.Rows[0]; row[1] != "9–15 Nov 2026" || row[2] != "5" || row[3] != "4–5" {
		t.Errorf("the row is %q, want the complete week of 5, and 4–5", row)
	}
	if !strings.Contains(string(fig.SVG()), `class="fig-part"`) {
		t.Error("the week that is not over is drawn like the others")
	}
}

func TestMultiplesOfTeams(t *testing.T) {
	t.Parallel()
	s := service(weeks(3, busy()))
	s.Service, s.Team = nil, name("harbour")
	fig := chart.Multiples([]dora.ServiceReport{s}, handbook.LeadTime, chart.Options{ID: "m"})
	if fig.Table.Columns[0] != "Team" || fig.Table.Rows[0][0] != "harbour" || !strings.Contains(fig.Finding, "Of 1 team, 1 has") {
		t.Errorf("%q, %q, %q", fig.Table.Columns, fig.Table.Rows, fig.Finding)
	}
}

func TestMultiplesWithoutValues(t *testing.T) {
	t.Parallel()
	unmeasured := service(weeks(3, busy()))
	for i := range unmeasured.Periods {
		unmeasured.Periods[i].ChangeFailRate.Reason = dora.NotMeasured
	}
	for _, c := range []struct {
		name string
		list []dora.ServiceReport
		want string
	}{
		{"no service", nil, "There is no service to show."},
		{"not measured", []dora.ServiceReport{unmeasured, called("b", unmeasured)}, "Change fail rate has no value in any of the 2 services: not measured."},
		{"different reasons", []dora.ServiceReport{unmeasured, called("b", service(nil))}, "Change fail rate has no value in any of the 2 services: the table says why."},
	} {
		fig := chart.Multiples(c.list, handbook.ChangeFailRate, chart.Options{ID: "m"})
		if fig.Empty != c.want || fig.Finding != c.want || fig.SVG() != nil {
			t.Errorf("%s: %q, want %q", c.name, fig.Empty, c.want)
		}
	}
}
