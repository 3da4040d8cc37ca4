package chart_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// overPeriods are the metrics with a figure over periods.
var overPeriods = []handbook.Metric{
	handbook.DeploymentFrequency, handbook.LeadTime, handbook.LeadTimeReview,
	handbook.ChangeFailRate, handbook.ReworkRate, handbook.RecoveryTime,
}

func flagsAt(dates ...time.Time) []chart.Flag {
	var flags []chart.Flag
	for i, at := range dates {
		flags = append(flags, chart.Flag{N: i + 1, At: at, Text: fmt.Sprintf("event %d", i+1)})
	}
	return flags
}

var flagTexts = regexp.MustCompile(`<text class="fig-flag-text"[^>]*>([^<]*)<`)

// flown are the numbers on the pennants of each drawing.
func flown(fig *chart.Figure) (wide, narrow string) {
	first, second, _ := strings.Cut(string(fig.SVG()), "</svg>")
	texts := func(svg string) string {
		var all []string
		for _, m := range flagTexts.FindAllStringSubmatch(svg, -1) {
			all = append(all, m[1])
		}
		return strings.Join(all, "|")
	}
	return texts(first), texts(second)
}

func TestFlags(t *testing.T) {
	t.Parallel()
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 12, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name         string
		flags        []chart.Flag
		wide, narrow string
		listed       int
	}{
		{"none", nil, "", "", 0},
		{"apart", flagsAt(at(7, 1), at(9, 1)), "1|2", "1|2", 2},
		{"in one week", flagsAt(at(7, 6), at(7, 12), at(9, 1)), "1–2|3", "1–2|3", 3},
		{"three in one week", flagsAt(at(7, 6), at(7, 8), at(7, 10)), "1–3", "1–3", 3},
		{"neighbours touch where it is narrow", flagsAt(at(7, 1), at(7, 8), at(9, 1)), "1|2|3", "1–2|3", 3},
		{"outside the window", flagsAt(at(1, 1), at(7, 1), at(12, 1)), "2", "2", 1},
		{"at the right end", flagsAt(at(7, 1), at(11, 22)), "1|2", "1|2", 2},
		{"not in order", []chart.Flag{{N: 2, At: at(9, 1)}, {N: 1, At: at(7, 1)}}, "1|2", "1|2", 2},
		{"numbers are missing", []chart.Flag{{N: 2, At: at(7, 6)}, {N: 9, At: at(7, 7)}}, "2, 9", "2, 9", 2},
		{"more are missing", []chart.Flag{{N: 2, At: at(7, 6)}, {N: 9, At: at(7, 7)}, {N: 12, At: at(7, 8)}}, "2 … 12", "2 … 12", 3},
	} {
		s := failing(service(weeks(26, busy())))
		for _, m := range overPeriods {
			fig := chart.New(m, s, chart.Options{ID: "x", Flags: c.flags})
			wide, narrow := flown(fig)
			if wide != c.wide || m == handbook.LeadTime && narrow != c.narrow || len(fig.Flags) != c.listed {
				t.Errorf("%s, %s: flags %q and %q, %d listed, want %q, %q and %d", c.name, m, wide, narrow, len(fig.Flags), c.wide, c.narrow, c.listed)
			}
			for i := 1; i < len(fig.Flags); i++ {
				if fig.Flags[i].At.Before(fig.Flags[i-1].At) {
					t.Errorf("%s, %s: flags are not in the order of time: %v", c.name, m, fig.Flags)
				}
			}
			d := read(t, fig.SVG())
			for i, boxes := range d.boxes {
				apart(t, boxes, d.marks[i], d.views[i])
			}
		}
	}
}

// The explorer has the numbers as lines and the texts in the tool tips.
func TestFlagsInTheExplorer(t *testing.T) {
	t.Parallel()
	flags := flagsAt(time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC))
	for _, m := range overPeriods {
		tree := options(t, chart.New(m, failing(service(weeks(9, busy()))), chart.Options{ID: "x", Flags: flags}))
		series := tree["series"].([]any)
		lines, ok := series[0].(map[string]any)["markLine"].(map[string]any)
		if got, want := fmt.Sprint(lines["data"]), "[map[name:1–2 xAxis:2026-11-02] map[name:3 xAxis:2026-11-16]]"; !ok || got != want {
			t.Errorf("%s: lines %s, want %s", m, got, want)
		}
		for _, s := range series[1:] {
			if _, twice := s.(map[string]any)["markLine"]; twice {
				t.Errorf("%s: the flags stand twice", m)
			}
		}
		periods := tree["meta"].(map[string]any)["periods"].([]any)
		if got, want := fmt.Sprint(periods[6].(map[string]any)["flags"]), "[1: 3 Nov 2026, event 1 2: 5 Nov 2026, event 2]"; got != want {
			t.Errorf("%s: tool tip %s, want %s", m, got, want)
		}
	}
}

func TestFlagsOfNothing(t *testing.T) {
	t.Parallel()
	s := service(weeks(3, func(_ int, from, to time.Time) dora.Period { return outside(from, to) }))
	for _, m := range overPeriods {
		fig := chart.New(m, s, chart.Options{ID: "x", Flags: flagsAt(s.Periods[1].From)})
		if fig.Empty == "" || len(fig.Flags) > 0 {
			t.Errorf("%s: %d flags for a drawing that is not there", m, len(fig.Flags))
		}
	}
}

// Long and hostile texts stay short texts.
func TestRel_S_FlagsAreText(t *testing.T) {
	t.Parallel()
	evil := `</title><script>alert(1)</script>` + strings.Repeat("W", 5000)
	s := failing(service(weeks(52, busy())))
	var flags []chart.Flag
	for i := range 20 {
		flags = append(flags, chart.Flag{N: i + 1, At: s.Periods[2*i].From, Text: evil, URL: "javascript:alert(1)"})
	}
	for _, m := range overPeriods {
		fig := chart.New(m, s, chart.Options{ID: "x", Flags: flags, Rows: "../explain/" + string(m) + "/index.html"})
		svg := fig.SVG()
		for _, v := range testkit.Violations(svg) {
			t.Errorf("%s: %s", m, v)
		}
		if d := read(t, svg); d.names["script"] {
			t.Errorf("%s: a text became a script", m)
		}
		if strings.Contains(string(svg), "javascript") || strings.Contains(string(svg), strings.Repeat("W", 121)) {
			t.Errorf("%s: the drawing has the address or all of the text", m)
		}
		if fig.Flags[0].Text != evil {
			t.Errorf("%s: the list has only %q", m, fig.Flags[0].Text)
		}
		options(t, fig)
	}
}

var (
	anchors = regexp.MustCompile(`<a href="([^"]*)" tabindex="-1"><rect`)
	opened  = regexp.MustCompile(`<a[ >]`)
)

// named gives the periods of a report the names that reports have.
func named(s dora.ServiceReport) dora.ServiceReport {
	for i := range s.Periods {
		y, w := s.Periods[i].From.ISOWeek()
		s.Periods[i].Period = name(fmt.Sprintf("%d-W%02d", y, w))
	}
	return s
}

// The area of a period leads to the rows behind it, for the pointer alone, and
// so does its row of the table, for everybody.
func TestMarksLeadToTheirRows(t *testing.T) {
	t.Parallel()
	s := named(failing(service(weeks(9, busy()))))
	s.Periods[4].Period = nil
	for _, m := range overPeriods {
		fig := chart.New(m, s, chart.Options{ID: "x", Rows: `ro"ws`})
		svg := string(fig.SVG())
		found := anchors.FindAllStringSubmatch(svg, -1)
		if len(found) != 16 || len(opened.FindAllString(svg, -1)) != 16 {
			t.Errorf("%s: %d links for the pointer of %d, want 8 in each drawing", m, len(found), len(opened.FindAllString(svg, -1)))
			continue
		}
		if got, want := found[0][1], "ro&#34;ws#2026-W39"; got != want {
			t.Errorf("%s: the first area leads to %q, want %q", m, got, want)
		}
		if l := fig.Table.Links; len(l) != len(fig.Table.Rows) || l[0] != `ro"ws#2026-W39` || l[4] != "" || l[8] != `ro"ws#2026-W47` {
			t.Errorf("%s: links of the table: %q", m, l)
		}
		if fig := chart.New(m, s, chart.Options{ID: "x"}); fig.Table.Links != nil || strings.Contains(string(fig.SVG()), "<a") {
			t.Errorf("%s: links to nowhere: %q", m, fig.Table.Links)
		}
	}
}

// A year of weeks with links, flags and what is usual keeps to its budget.
func TestSizeWithEverything(t *testing.T) {
	t.Parallel()
	s := named(failing(service(cut(weeks(53, busy())))))
	var flags []chart.Flag
	for i := range 12 {
		flags = append(flags, chart.Flag{N: i + 1, At: s.Periods[4*i].From, Text: "Reviews are asked for in the channel of the team"})
	}
	for _, m := range overPeriods {
		fig := chart.New(m, s, chart.Options{ID: "metric-3", Flags: flags, Rows: "../../services/payments/" + string(m) + "/index.html"})
		if n := len(fig.SVG()); n > 40_000 {
			t.Errorf("%s: %d bytes, want at most 40000", m, n)
		}
	}
}
