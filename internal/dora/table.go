package dora

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// tableWidth is what a terminal shows at least.
const tableWidth = 80

// WriteTable writes the report for people, within 80 columns: each service,
// then each team, then the organisation if it has more than one service. A
// value that does not exist is a dash with a mark that says why.
func (r Report) WriteTable(w io.Writer) error {
	t := &tableWriter{w: bufio.NewWriter(w), zone: r.TimeZone, by: r.By}
	for _, s := range r.Services {
		t.section(*s.Service, s)
	}
	for _, s := range r.Teams {
		t.section("team "+*s.Team, s)
	}
	if r.Organisation != nil && len(r.Services) > 1 {
		t.section("organisation", *r.Organisation)
	}
	if len(r.Services) == 0 {
		fmt.Fprintln(t.w, "No service: the events name none.")
	}
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write report as table: %w", err)
	}
	return nil
}

type tableWriter struct {
	w       *bufio.Writer
	zone    string
	by      By
	begun   bool
	reasons map[Reason]bool // seen in the section
	partial bool
}

// marks are the footnotes of missing values, in the order of the legend.
var marks = [...]struct {
	reason     Reason
	mark, text string
}{
	{OutsideCoverage, "¹", "outside what the data covers"},
	{NoData, "²", "no data, or too little of it"},
	{NotInSource, "³", "not in the source"},
	{NotMeasured, "⁴", "not measured"},
}

func (t *tableWriter) section(name string, s ServiceReport) {
	if t.begun {
		fmt.Fprintln(t.w)
	}
	t.begun, t.partial, t.reasons = true, false, map[Reason]bool{}
	t.head(name, s)
	const layout = "%-10s %7s %8s %8s %6s %8s %8s %8s %8s\n"
	fmt.Fprintf(t.w, layout, string(t.by), "deploys", "per week", "redeploy", "n", "p50", "p75", "p90", "waiting")
	for _, p := range append(s.Periods[:len(s.Periods):len(s.Periods)], s.Overall) {
		label := "all"
		if p.Period != nil {
			label = *p.Period
		}
		if p.Partial {
			label += " ~"
			t.partial = true
		}
		d, l := p.Deployments, p.LeadTime
		waiting := fmt.Sprint(l.Waiting.N)
		if l.Waiting.N == 0 && l.Waiting.Reason != NoData && l.Waiting.Reason != "" {
			waiting = t.cell(Number{}, l.Waiting.Reason, plainNumber)
		}
		fmt.Fprintf(t.w, layout, label,
			t.cell(d.Count, d.Reason, plainNumber), t.cell(d.PerWeek, d.Reason, plainNumber), t.cell(d.Redeploys, d.Reason, plainNumber),
			fmt.Sprint(l.N), t.cell(l.P50, l.Reason, humanSeconds), t.cell(l.P75, l.Reason, humanSeconds), t.cell(l.P90, l.Reason, humanSeconds), waiting)
	}
	if !unmeasured(s.Overall) {
		t.failures(s)
	}
	t.foot(s)
}

// failures is the second table of a service whose failures are measured.
func (t *tableWriter) failures(s ServiceReport) {
	const layout = "%-10s %7s %7s %7s %12s %9s %5s %9s %7s\n"
	fmt.Fprintln(t.w)
	fmt.Fprintf(t.w, layout, "", "deploys", "failed", "rate", "95 %", "restored", "open", "p50", "rework")
	for _, p := range append(s.Periods[:len(s.Periods):len(s.Periods)], s.Overall) {
		label := "all"
		if p.Period != nil {
			label = *p.Period
		}
		if p.Partial {
			label += " ~"
		}
		f, r, w := p.ChangeFailRate, p.RecoveryTime, p.ReworkRate
		between := t.cell(f.Low, f.Reason, share)
		if high, ok := f.High.Get(); ok {
			between = strings.TrimSuffix(between, " %") + "–" + share(high)
		}
		median := ""
		if more, ok := r.More.Get(); ok {
			median = "> " + humanSeconds(more)
		} else if failed, _ := f.Failed.Get(); failed > 0 {
			median = t.cell(r.P50, r.Reason, humanSeconds)
		}
		fmt.Fprintf(t.w, layout, label,
			fmt.Sprint(f.N), t.cell(f.Failed, f.Reason, plainNumber), t.cell(f.Value, f.Reason, share), between,
			fmt.Sprint(r.N), t.cell(r.Open, r.Reason, plainNumber), median, t.cell(w.Value, w.Reason, share))
	}
}

// share shows a part of 1.
func share(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }

// head says what was counted, from what, and how much of it the data proves.
func (t *tableWriter) head(name string, s ServiceReport) {
	environment := s.Environment
	if environment == "" {
		environment = "several environments"
	}
	source := string(s.Source)
	if s.Source == Merge {
		source = "merge (a proxy for deployments)"
	}
	t.wrap("", fmt.Sprintf("%s · %s · source: %s · by %s in %s", legible(name), legible(environment), source, t.by, t.zone))
	covered := "coverage " + string(s.Coverage.Status)
	if !s.Coverage.From.IsZero() {
		covered += ", " + s.Coverage.From.Format(time.DateOnly) + " to " + s.Coverage.To.Format(time.DateOnly)
	}
	if len(s.Coverage.Reasons) > 0 {
		covered += " (" + strings.Join(s.Coverage.Reasons, ", ") + ")"
	}
	if !s.AsOf.IsZero() {
		covered += " · data as of " + s.AsOf.Format("2006-01-02 15:04 UTC")
	}
	t.wrap("", covered)
	if s.Sample {
		t.wrap("", "Sample data: these deliveries are made up.")
	}
	fmt.Fprintln(t.w)
}

// foot explains the marks, what is not measured, and the findings.
func (t *tableWriter) foot(s ServiceReport) {
	fmt.Fprintln(t.w)
	t.wrap("", "n, p50, p75, p90: changes delivered and their lead time. waiting: changes merged and not delivered at the end of the period.")
	if unmeasured(s.Overall) {
		t.wrap("", "change fail rate, recovery time, rework rate: not measured; add failures: {} to the metrics of the service page")
	} else {
		t.wrap("", "failed: deployments with a sign of failure. restored, open, p50: how many of them are over, and the median time (Kaplan-Meier). rework: deployments that repaired another, of all.")
	}
	t.legend("~ partial, not in rates")
	if attempts, ok := s.Overall.Deployments.FailedAttempts.Get(); ok && attempts > 0 {
		t.wrap("", fmt.Sprintf("%.0f deploy attempts failed; they never count as deployments", attempts))
	}
	for _, f := range s.Findings {
		t.wrap("", fmt.Sprintf("%s: %s", f.Code, legible(f.Message)))
		t.wrap("      ", legible(f.Hint))
	}
}

// legend explains the marks that were used.
func (t *tableWriter) legend(partial string) {
	var items []string
	for _, m := range marks {
		if t.reasons[m.reason] {
			items = append(items, "—"+m.mark+" "+m.text)
		}
	}
	if t.partial {
		items = append(items, partial)
	}
	if len(items) > 0 {
		t.wrap("", strings.Join(items, " · "))
	}
}

func unmeasured(p Period) bool {
	return p.ChangeFailRate.Reason == NotMeasured && p.RecoveryTime.Reason == NotMeasured && p.ReworkRate.Reason == NotMeasured
}

// cell shows a value, or a dash with the mark of the reason.
func (t *tableWriter) cell(n Number, why Reason, show func(float64) string) string {
	if v, ok := n.Get(); ok {
		return show(v)
	}
	t.reasons[why] = true
	for _, m := range marks {
		if m.reason == why {
			return "—" + m.mark
		}
	}
	return "—"
}

// plainNumber shows a count without decimals, and a rate with enough of them to
// tell it from none.
func plainNumber(v float64) string {
	switch {
	case v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	case v < 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// humanSeconds shows a duration in the unit that leaves few digits, such as
// "3.4 d".
func humanSeconds(s float64) string {
	const minute, hour, day = 60, 3600, 86400
	scaled := func(unit float64, name string) string {
		if v := s / unit; v < 99.95 {
			return fmt.Sprintf("%.1f %s", v, name)
		}
		return fmt.Sprintf("%.0f %s", s/unit, name)
	}
	switch {
	case s < 2*minute:
		return fmt.Sprintf("%.0f s", s)
	case s < 2*hour:
		return scaled(minute, "min")
	case s < 2*day:
		return scaled(hour, "h")
	}
	return scaled(day, "d")
}

// wrap writes a paragraph within the width of the table; later lines are
// indented. A word that is longer than a line keeps its own.
func (t *tableWriter) wrap(indent, text string) {
	line, width := indent, utf8.RuneCountInString(indent)
	empty := true
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if !empty && width+1+n > tableWidth {
			fmt.Fprintln(t.w, line)
			line, width, empty = "      ", 6, true
		}
		if !empty {
			line, width = line+" ", width+1
		}
		line, width, empty = line+word, width+n, false
	}
	fmt.Fprintln(t.w, line)
}

// legible writes control and direction-changing characters out: names come from
// events, and a terminal would obey them.
func legible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
