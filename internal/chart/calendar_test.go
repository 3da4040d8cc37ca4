package chart_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// sound checks what holds for every drawing.
func sound(t *testing.T, fig *chart.Figure, limit int) drawn {
	t.Helper()
	svg := fig.SVG()
	if (svg == nil) != (fig.Empty != "") {
		t.Fatalf("Empty is %q and the SVG has %d bytes: one of them must be there", fig.Empty, len(svg))
	}
	if svg == nil {
		return drawn{}
	}
	if len(svg) > limit {
		t.Errorf("%d bytes, want at most %d", len(svg), limit)
	}
	if !bytes.Equal(svg, fig.SVG()) {
		t.Error("drawn twice, two results")
	}
	for _, v := range testkit.Violations(svg) {
		t.Error(v)
	}
	d := read(t, svg)
	if len(d.views) != 2 || d.views[0][0] != 720 || d.views[1][0] != 360 || fmt.Sprint(d.hidden) != "[false true]" {
		t.Errorf("view boxes %v, hidden %v: want one 720 and a hidden one 360 wide", d.views, d.hidden)
	}
	if ids := slices.Sorted(slices.Values(d.ids)); len(slices.Compact(ids)) != len(d.ids) {
		t.Errorf("ids are not unique: %q", d.ids)
	}
	for _, ref := range d.refs {
		if !slices.Contains(d.ids, ref) {
			t.Errorf("reference to %q, ids are %q", ref, d.ids)
		}
	}
	for _, bad := range []string{"style", "href", "onclick", "onload", "src", "color", "stroke"} {
		if d.attrs[bad] {
			t.Errorf("attribute %q: looks belong to the style sheet", bad)
		}
	}
	for name := range d.names {
		if !slices.Contains([]string{"div", "svg", "title", "desc", "defs", "pattern", "path", "rect", "g", "text"}, name) {
			t.Errorf("an element <%s>", name)
		}
	}
	for i, boxes := range d.boxes {
		apart(t, boxes, d.marks[i], d.views[i])
	}
	if want := map[bool]int{true: 2}[fig.Sample]; bytes.Count(svg, []byte("SAMPLE DATA")) != want {
		t.Errorf("SAMPLE DATA does not stand %d times", want)
	}
	for i, row := range fig.Table.Rows {
		if len(row) != len(fig.Table.Columns) {
			t.Errorf("row %d has %d cells for %d columns: %q", i, len(row), len(fig.Table.Columns), row)
		}
	}
	return d
}

// evils are texts that try to leave the place they are put into.
var evils = []string{
	`</script><script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`</title></svg><svg onload=alert(1)>`,
	"a\x00b\x1bc\xff",
	`{{.}} &amp; ]]> <!--`,
	strings.Repeat("W", 400),
}

// deployedAt explains the deployments of a report: one counted at each time.
func deployedAt(s dora.ServiceReport, times ...time.Time) dora.Explanation {
	e := dora.Explanation{Metric: handbook.DeploymentFrequency, From: s.Periods[0].From, To: s.Periods[len(s.Periods)-1].To, Coverage: s.Coverage}
	for i, at := range times {
		e.Rows = append(e.Rows, dora.Row{Kind: dora.DeploymentRow, ID: fmt.Sprint("v", i), At: at, Included: true})
	}
	return e
}

// daily is n weeks of deployments, most on Tuesdays, none at weekends.
func daily(n int) (dora.ServiceReport, dora.Explanation) {
	s := service(cut(weeks(n, busy())))
	r := rand.New(rand.NewPCG(5, 6))
	var times []time.Time
	for at := s.Coverage.From.Add(10 * time.Hour); at.Before(s.Coverage.To); at = at.AddDate(0, 0, 1) {
		k := 0
		switch at.Weekday() {
		case time.Saturday, time.Sunday:
		case time.Tuesday:
			k = 2 + r.IntN(9)
		default:
			k = r.IntN(3)
		}
		for range k {
			times = append(times, at)
		}
	}
	return s, deployedAt(s, times...)
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 4, 13, 26, 27, 53, 120} {
		for _, status := range []dora.CoverageStatus{dora.Complete, dora.Partial} {
			t.Run(fmt.Sprint(n, " weeks ", status), func(t *testing.T) {
				t.Parallel()
				s, e := daily(n)
				s.Coverage.Status = status
				fig := chart.Calendar(e, s, chart.Options{ID: "cal", Sample: n == 13})
				d := sound(t, fig, map[bool]int{true: 40_000, false: 45_000}[n <= 53])
				options(t, fig)
				if !bytes.Equal(fig.ECharts(), fig.ECharts()) {
					t.Error("options written twice, two results")
				}
				svg := string(fig.SVG())
				if got := strings.Contains(svg, "PARTIAL"); got != (status == dora.Partial) {
					t.Errorf("stamped as partial: %v, the data is %s", got, status)
				}
				numbers := strings.Count(svg, `class="fig-n `)
				if big := n <= 26; (numbers > 0) != big {
					t.Errorf("%d numbers in cells of %d weeks", numbers, n)
				}
				if cutOff := n > 32; strings.Contains(svg, fmt.Sprintf("of %d weeks", n)) != cutOff {
					t.Errorf("says that it shows a part of %d weeks: want %v", n, cutOff)
				}
				if got := len(fig.Table.Rows); got != n+1 {
					t.Errorf("%d rows, want one per week and their sum", got)
				}
				if len(d.views) == 2 && d.views[0][1] > 420 {
					t.Errorf("%v high", d.views[0][1])
				}
			})
		}
	}
}

func TestCalendarTextIsData(t *testing.T) {
	t.Parallel()
	for _, evil := range evils {
		s, e := daily(5)
		s.Source, s.Coverage.Status, s.Coverage.Reasons = dora.Source(evil), dora.Partial, []string{evil}
		e.Rows[0].Title, e.Rows[0].URL, e.Rows[0].ID = evil, evil, evil
		fig := chart.Calendar(e, s, chart.Options{ID: "x", Title: evil, Service: evil})
		sound(t, fig, 60_000)
		options(t, fig)
	}
}

func TestCalendarIgnoresTheOrderOfRows(t *testing.T) {
	t.Parallel()
	s, e := daily(9)
	want := chart.Calendar(e, s, chart.Options{ID: "x"})
	e.Rows = slices.Clone(e.Rows)
	slices.Reverse(e.Rows)
	got := chart.Calendar(e, s, chart.Options{ID: "x"})
	if !bytes.Equal(got.SVG(), want.SVG()) || got.Finding != want.Finding || !bytes.Equal(got.ECharts(), want.ECharts()) {
		t.Error("the order of the rows changes the figure")
	}
}

// A day is a date of the zone: in the weeks in which the clocks change too, and
// at both ends of a day.
func TestMetrics_T1_CalendarDaysAreThoseOfTheZone(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		monday time.Time
		at     string // on the clocks of Berlin
		day    int    // from Monday
	}{
		{"summer time begins", time.Date(2026, 3, 23, 0, 0, 0, 0, berlin), "2026-03-29T00:30:00", 6},
		{"summer time begins", time.Date(2026, 3, 23, 0, 0, 0, 0, berlin), "2026-03-29T23:59:59", 6},
		{"summer time begins", time.Date(2026, 3, 23, 0, 0, 0, 0, berlin), "2026-03-23T00:00:00", 0},
		{"summer time ends", time.Date(2026, 10, 19, 0, 0, 0, 0, berlin), "2026-10-25T23:30:00", 6},
		{"summer time ends", time.Date(2026, 10, 19, 0, 0, 0, 0, berlin), "2026-10-25T02:30:00", 6},
		{"summer time ends", time.Date(2026, 10, 19, 0, 0, 0, 0, berlin), "2026-10-24T00:10:00", 5},
	} {
		at, err := time.ParseInLocation("2006-01-02T15:04:05", c.at, berlin)
		if err != nil {
			t.Fatal(err)
		}
		s := service([]dora.Period{period(c.monday.UTC(), c.monday.AddDate(0, 0, 7).UTC(), 1, 1, 60)})
		fig := chart.Calendar(deployedAt(s, at.UTC()), s, chart.Options{ID: "x", Zone: berlin})
		want := []string{"0", "0", "0", "0", "0", "0", "0"}
		want[c.day] = "1"
		if got := fig.Table.Rows[0][1:8]; len(fig.Table.Rows) != 2 || !slices.Equal(got, want) {
			t.Errorf("%s, %s: the table is %q, want one week of %q", c.name, c.at, fig.Table.Rows, want)
		}
		if want := "1 of 7 days"; !strings.Contains(fig.Finding, want) {
			t.Errorf("%s: %q, want %q in it", c.name, fig.Finding, want)
		}
		if !strings.Contains(string(fig.SVG()), "Europe/Berlin") {
			t.Error("the drawing does not name the zone")
		}
	}
}

// A day outside the data is no day without deployments.
func TestMetrics_F2_DaysOutsideTheDataAreNotZero(t *testing.T) {
	t.Parallel()
	s := service(weeks(3, busy()))
	s.Periods[0] = outside(s.Periods[0].From, s.Periods[0].To)
	s.Periods[1].Partial = true
	s.Coverage.From = s.Periods[1].From.Add(36 * time.Hour) // Tuesday noon
	fig := chart.Calendar(deployedAt(s, s.Periods[2].From), s, chart.Options{ID: "x"})
	for i, want := range []string{
		"2–8 Nov 2026 — — — — — — — — outside the data",
		"9–15 Nov 2026 — 0 0 0 0 0 0 0 1 day outside the data, 1 partial day",
		"16–22 Nov 2026 1 0 0 0 0 0 0 1 ",
		"All weeks 1 0 0 0 0 0 0 1 ",
	} {
		if got := strings.Join(fig.Table.Rows[i], " "); got != want {
			t.Errorf("row %d is %q, want %q", i, got, want)
		}
	}
	tree := options(t, fig)
	data := tree["series"].([]any)[0].(map[string]any)["data"].([]any)
	if v := data[0].(map[string]any)["value"].([]any); v[2] != nil {
		t.Errorf("a day outside the data has the value %v, want null", v)
	}
	if v := data[9].(map[string]any); v["value"].([]any)[2] != 0.0 || v["partial"] != nil {
		t.Errorf("an empty day is %v, want 0 and not partial", v)
	}
	if v := data[8].(map[string]any); v["partial"] != true {
		t.Errorf("the day on which the data begins is %v, want it partial", v)
	}
	for _, want := range []string{"fig-void", "outside the data", "partial day", "coverage complete, 13 of 21 days"} {
		if !strings.Contains(string(fig.SVG()), want) {
			t.Errorf("the drawing does not have %q", want)
		}
	}
}

// Before the first deployment of a service nothing is known of it, although the
// data goes further back.
func TestMetrics_F2_CalendarBeginsWithTheFirstDeployment(t *testing.T) {
	t.Parallel()
	s := service(weeks(3, busy()))
	s.Periods[0] = outside(s.Periods[0].From, s.Periods[0].To)
	s.Periods[1].Partial = true
	first := s.Periods[1].From.AddDate(0, 0, 2).Add(8 * time.Hour)
	fig := chart.Calendar(deployedAt(s, first, first.AddDate(0, 0, 5)), s, chart.Options{ID: "x"})
	if got, want := strings.Join(fig.Table.Rows[1], " "), "9–15 Nov 2026 — — 1 0 0 0 0 1 2 days outside the data, 1 partial day"; got != want {
		t.Errorf("the first week is %q, want %q", got, want)
	}
}

func TestCalendarCountsWhatIsIncluded(t *testing.T) {
	t.Parallel()
	s := service(weeks(1, busy()))
	at := s.Periods[0].From.Add(time.Hour)
	e := deployedAt(s, at, at, at, s.Periods[0].To, s.Periods[0].From.Add(-time.Second))
	e.Rows[1].Included = false
	e.Rows[2].Kind = dora.ChangeRow
	fig := chart.Calendar(e, s, chart.Options{ID: "x"})
	if got := fig.Table.Rows[0][1]; got != "1" {
		t.Errorf("Monday has %s deployments, want the one that is counted", got)
	}
}

func TestCalendarFindings(t *testing.T) {
	t.Parallel()
	s := service(weeks(4, busy())) // 26 Oct – 22 Nov 2026
	monday := s.Periods[0].From
	on := func(days ...int) (times []time.Time) {
		for _, d := range days {
			times = append(times, monday.AddDate(0, 0, d).Add(9*time.Hour))
		}
		return times
	}
	partial := s
	partial.Coverage.Status = dora.Partial
	merges := s
	merges.Source = dora.Merge
	late := s
	late.Coverage.To = monday.AddDate(0, 0, 21)
	late.AsOf = late.Coverage.To
	for _, c := range []struct {
		name   string
		report dora.ServiceReport
		days   []int
		want   string
	}{
		{"a rhythm", s, []int{1, 1, 2, 8, 15, 22, 25}, "Deployments on 6 of 28 days, most on Tuesdays; the longest gap was 7 days (10–17 Nov 2026). The last deployment was 2 days before the data ends."},
		{"two favourites", s, []int{0, 1, 7, 8, 14, 15, 27}, "Deployments on 7 of 28 days, most on Mondays and Tuesdays; the longest gap was 12 days (10–22 Nov 2026). The last deployment was on the day on which the data ends."},
		{"no favourite", s, []int{0, 1, 2, 3, 4, 5, 6}, "Deployments on 7 of 28 days, one after the other. The last deployment was 21 days before the data ends, longer ago than any gap before."},
		{"few", s, []int{3, 20}, "Only 2 deployments, on 2 of 28 days: too few to speak of a rhythm; the longest gap was 17 days (29 Oct – 15 Nov 2026). The last deployment was 7 days before the data ends."},
		{"one", s, []int{26}, "Only 1 deployment, on 1 of 28 days: too few to speak of a rhythm. The last deployment was 1 day before the data ends."},
		{"none", s, nil, "No deployment on any of 28 days."},
		{"merges", merges, []int{1, 1, 2, 8, 15, 22, 25}, "Merges on 6 of 28 days, most on Tuesdays; the longest gap was 7 days (10–17 Nov 2026). The last merge was 2 days before the data ends."},
		{"partial", partial, []int{1, 1, 2, 8, 15, 22, 25}, "Deployments are known on 6 of 28 days. The data is partial: there may have been more."},
		{"partial, none", partial, nil, "No deployment is known on any of 28 days. The data is partial: there may have been some."},
		{"data ends early", late, []int{1, 1, 2, 8, 15, 20}, "Deployments on 5 of 21 days, most on Tuesdays; the longest gap was 7 days (3–10 Nov 2026). The last deployment was on the day on which the data ends. The data covers 21 of 28 days."},
	} {
		fig := chart.Calendar(deployedAt(c.report, on(c.days...)...), c.report, chart.Options{ID: "x"})
		if fig.Finding != c.want || fig.Empty != "" {
			t.Errorf("%s:\n got %q\nwant %q\nempty: %q", c.name, fig.Finding, c.want, fig.Empty)
		}
	}
}

func TestCalendarWithoutData(t *testing.T) {
	t.Parallel()
	outsideAll := service(weeks(8, func(i int, from, to time.Time) dora.Period { return outside(from, to) }))
	busyWeeks := service(weeks(8, busy()))
	for _, c := range []struct {
		name   string
		report dora.ServiceReport
		e      dora.Explanation
		want   string
	}{
		{"outside", outsideAll, deployedAt(outsideAll), "The data does not cover this window; it spans 28 Sep – 22 Nov 2026."},
		{"no period", service(nil), dora.Explanation{Metric: handbook.DeploymentFrequency}, "There is no data yet."},
		{"another metric", busyWeeks, func() dora.Explanation {
			e := deployedAt(busyWeeks)
			e.Metric = handbook.LeadTime
			return e
		}(), "Not measured: the days of the single deployments are not known."},
	} {
		fig := chart.Calendar(c.e, c.report, chart.Options{ID: "x"})
		if fig.Empty != c.want || fig.Finding != c.want || fig.SVG() != nil || fig.ECharts() != nil {
			t.Errorf("%s: empty %q, want %q and nothing drawn", c.name, fig.Empty, c.want)
		}
	}
}

// The shades come from the style sheet, and the steps from how often a count occurs.
func TestCalendarShades(t *testing.T) {
	t.Parallel()
	s, e := daily(13)
	fig := chart.Calendar(e, s, chart.Options{ID: "x"})
	tree := options(t, fig)
	pieces := tree["visualMap"].([]any)[0].(map[string]any)["pieces"].([]any)
	if len(pieces) != 5 {
		t.Fatalf("%d steps, want 0 and four more: %v", len(pieces), pieces)
	}
	next := 0.0
	for i, p := range pieces {
		p := p.(map[string]any)
		if p["color"] != nil || p["min"] != next {
			t.Errorf("step %d is %v, want it to begin with %v, and no colour", i, p, next)
		}
		if most, there := p["max"].(float64); there {
			next = most + 1
		} else if i != 4 {
			t.Errorf("step %d has no end", i)
		}
	}
	svg := string(fig.SVG())
	for i := range 5 {
		if want := fmt.Sprintf(`class="fig-day fig-day-%d"`, i); strings.Count(svg, want) < 4 {
			t.Errorf("%s is not in both drawings and their legends", want)
		}
	}
	meta := tree["meta"].(map[string]any)
	if meta["kind"] != "calendar" || meta["title"] != fig.Title || meta["head"] == "" || meta["foot"] == "" || len(meta["periods"].([]any)) != 13 || len(meta["firsts"].([]any)) != 13 {
		t.Errorf("meta is %v", meta)
	}
}

// Each week leads to the page that explains it, from the table.
func TestTableRowsLeadToTheirWeeks(t *testing.T) {
	t.Parallel()
	s, e := daily(3)
	for i := range s.Periods {
		s.Periods[i].Period = name(fmt.Sprint("2026-W", 45+i))
	}
	weeks := []string{"rows#2026-W45", "rows#2026-W46", "rows#2026-W47"}
	o := chart.Options{ID: "x", Rows: "rows"}
	if got, want := chart.Calendar(e, s, o).Table.Links, append(weeks[:3:3], ""); !slices.Equal(got, want) {
		t.Errorf("the calendar links to %q, want %q", got, want)
	}
	if got, want := chart.StageStack(s, o).Table.Links, append([]string{""}, weeks...); !slices.Equal(got, want) {
		t.Errorf("the stages link to %q, want %q", got, want)
	}
	o.Rows = ""
	if got := chart.Calendar(e, s, o).Table.Links; got != nil {
		t.Errorf("links to nowhere: %q", got)
	}
}
