package chart_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// RUTTER_SCREENSHOTS names a folder that gets a page of all drawings, to look
// at in a browser with the style sheets of the theme.
func TestPageOfDrawings(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	for _, s := range singles() {
		page.WriteString(`<figure class="figure" id="` + s.fig.ID + `" data-explore data-options="` + html.EscapeString(string(s.fig.ECharts())) + `"><div class="figure-chart">`)
		page.Write(s.fig.SVG())
		page.WriteString("</div><figcaption>" + html.EscapeString(s.name+": "+s.fig.Finding) + "</figcaption></figure>")
	}
	for _, v := range testkit.Violations(page.Bytes()) {
		t.Error(v)
	}
	if folder := os.Getenv("RUTTER_SCREENSHOTS"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, "singles.html"), page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// hrefs are the addresses that an SVG leads to, and each must be closed to the
// keyboard, for which the table is.
func hrefs(t *testing.T, svg []byte) (list []string) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(slices.Concat([]byte("<div>"), svg, []byte("</div>"))))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if el, ok := tok.(xml.StartElement); ok && el.Name.Local == "a" {
			at := map[string]string{}
			for _, a := range el.Attr {
				at[a.Name.Local] = a.Value
			}
			if at["tabindex"] != "-1" {
				t.Errorf("the link to %q can be reached with the keyboard", at["href"])
			}
			list = append(list, at["href"])
		}
	}
}

func TestSingleThings(t *testing.T) {
	t.Parallel()
	for _, s := range singles() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			svg := s.fig.SVG()
			if len(svg) == 0 || len(svg) > 40_000 {
				t.Errorf("%d bytes, want up to 40000", len(svg))
			}
			if !bytes.Equal(svg, s.fig.SVG()) || !bytes.Equal(s.fig.ECharts(), s.fig.ECharts()) {
				t.Error("drawn twice, two results")
			}
			for _, v := range testkit.Violations(svg) {
				t.Error(v)
			}
			d := read(t, svg)
			if len(d.views) != 2 || d.views[0][0] != 720 || d.views[1][0] != 360 || fmt.Sprint(d.hidden) != "[false true]" {
				t.Errorf("view boxes %v, hidden without a style sheet %v", d.views, d.hidden)
			}
			for _, id := range d.ids {
				if !strings.HasPrefix(id, s.fig.ID+"-") {
					t.Errorf("id %q does not begin with %q", id, s.fig.ID)
				}
			}
			for _, ref := range d.refs {
				if !slices.Contains(d.ids, ref) {
					t.Errorf("reference to %q, ids are %q", ref, d.ids)
				}
			}
			for _, bad := range []string{"style", "onclick", "color", "stroke", "target"} {
				if d.attrs[bad] {
					t.Errorf("attribute %q", bad)
				}
			}
			for i, boxes := range d.boxes {
				apart(t, boxes, d.marks[i], d.views[i])
			}
			for _, link := range hrefs(t, svg) {
				if !strings.HasPrefix(link, "https://github.com/acme/payments/") {
					t.Errorf("a mark leads to %q", link)
				}
			}
			if doubt := strings.Contains(s.name, "partial"); doubt != bytes.Contains(svg, []byte("partial data, may still change")) ||
				doubt != strings.Contains(s.fig.Finding, "may change") || doubt != (s.fig.Sign.Word == "Partial") {
				t.Errorf("partial data: drawn %v, in words %q, sign %q", bytes.Contains(svg, []byte("partial data")), s.fig.Finding, s.fig.Sign)
			}
			if n := len(s.fig.Table.Rows); n == 0 || n > 100 {
				t.Errorf("a table of %d rows", n)
			}
			for _, row := range s.fig.Table.Rows {
				if len(row) != len(s.fig.Table.Columns) {
					t.Errorf("the row %q for the columns %q", row, s.fig.Table.Columns)
				}
			}
			if n := len(s.fig.Table.Links); n != len(s.fig.Table.Rows) {
				t.Errorf("%d links for %d rows", n, len(s.fig.Table.Rows))
			}
		})
	}
}

func TestSingleThingsCanBeExplored(t *testing.T) {
	t.Parallel()
	for _, s := range singles() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tree := options(t, s.fig)
			if len(s.fig.ECharts()) > 130_000 {
				t.Errorf("options of %d bytes", len(s.fig.ECharts()))
			}
			if mode := tree["tooltip"].(map[string]any)["renderMode"]; mode != "richText" {
				t.Errorf("tooltips are rendered as %v, want richText, which is no HTML", mode)
			}
			meta := tree["meta"].(map[string]any)
			for _, key := range []string{"kind", "noun", "title", "head", "foot"} {
				if v, _ := meta[key].(string); v == "" {
					t.Errorf("meta has no %s", key)
				}
			}
			if (meta["sign"] != nil) != strings.Contains(s.name, "partial") {
				t.Errorf("sign is %v", meta["sign"])
			}
			n := len(meta["periods"].([]any))
			for _, one := range tree["series"].([]any) {
				one := one.(map[string]any)
				if got := len(one["data"].([]any)); one["type"] != "line" && got != n {
					t.Errorf("series %v of %d values for %d things", one["name"], got, n)
				}
				if selected := tree["legend"].(map[string]any)["selected"].(map[string]any); selected[one["name"].(string)] != true {
					t.Errorf("series %v is not selected", one["name"])
				}
			}
			for _, p := range meta["periods"].([]any) {
				if at := p.(map[string]any)["share"].(float64); at < 0 || at > 100 {
					t.Errorf("a mark stands at %v %% of the axis", at)
				}
			}
		})
	}
}

// What comes from outside stays text, and leads nowhere but to the web.
func TestRel_S_SingleThingsAreData(t *testing.T) {
	t.Parallel()
	evils := []string{
		`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</title></svg><svg onload=alert(1)>`, "a\x00b\x1bc\xff", `{{.}} &amp; ]]> <!--`, strings.Repeat("W", 400),
	}
	addresses := []string{
		"javascript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd",
		"//evil.test/x", "/relative", "https://", "http:evil", "https://user:secret@evil.test/", "https://evil.test/\x00", "https://evil.test/" + strings.Repeat("a", 5000),
	}
	for i, evil := range append(evils, addresses...) {
		s := partially(service(cut(weeks(9, busy()))))
		changes, failed := delivered(30, 40, &s), failedOnes(8, 2, 40, &s)
		open := openOnes(9, s)
		for _, rows := range [][]dora.Row{changes.Rows, failed.Rows, open} {
			for k := range rows {
				rows[k].ID, rows[k].Title, rows[k].Repo, rows[k].URL = evil, evil, fmt.Sprint(k%2, evil), evil
				rows[k].Evidence = []dora.Evidence{{Kind: dora.EvidenceKind(evil), Confidence: evil, By: evil, URL: evil}}
			}
		}
		o := chart.Options{ID: "x"}
		if i < len(evils) {
			o.Title, o.Service = evil, evil
		}
		for _, fig := range []*chart.Figure{chart.Items(changes, s, o), chart.Recoveries(failed, s, o), chart.Ageing(open, s, o)} {
			svg := fig.SVG()
			if svg == nil {
				t.Fatalf("nothing drawn: %s", fig.Empty)
			}
			for _, v := range testkit.Violations(svg) {
				t.Errorf("%q: %s", evil, v)
			}
			d := read(t, svg)
			for name := range d.names {
				if !slices.Contains([]string{"div", "svg", "title", "desc", "defs", "pattern", "path", "rect", "g", "text"}, name) {
					t.Errorf("%q became an element <%s>", evil, name)
				}
			}
			for name := range d.attrs {
				if strings.HasPrefix(name, "on") || name == "src" || name == "href" {
					t.Errorf("%d: %q became an attribute %q", i, evil, name)
				}
			}
			for v, boxes := range d.boxes {
				for _, b := range boxes {
					if b.left < -1 || b.right > d.views[v][0]+1 {
						t.Errorf("%q leaves the drawing", b.text)
					}
				}
			}
			if fig.Table.Links != nil {
				t.Errorf("%q is a link of the table: %q", evil, fig.Table.Links[0])
			}
			tree := options(t, fig)
			for _, p := range tree["meta"].(map[string]any)["periods"].([]any) {
				if url, ok := p.(map[string]any)["url"]; ok {
					t.Errorf("%q became an address of the explorer: %q", evil, url)
				}
			}
		}
	}
}

func TestAddressesAreEscaped(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(9, busy())))
	rows := openOnes(1, s)
	rows[0].URL = `https://x.test/?a="><script>&b=1`
	svg := chart.Ageing(rows, s, chart.Options{ID: "x"}).SVG()
	for _, link := range hrefs(t, svg) {
		if want := `https://x.test/?a="><script>&b=1`; link != want {
			t.Errorf("leads to %q, want %q", link, want)
		}
	}
	if len(hrefs(t, svg)) != 2 {
		t.Error("the mark is no link in both drawings")
	}
}

// The rows come from maps and databases: their order says nothing.
func TestSingleThingsInAnyOrder(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	changes, failed := delivered(900, 84, &s), failedOnes(44, 3, 84, &s)
	for i := range changes.Rows { // as many things at one instant, of one duration, as can be
		changes.Rows[i].At = changes.Rows[i].At.Truncate(24 * time.Hour)
		changes.Rows[i].Seconds = num(float64(i%40) * 7200)
		failed.Rows[i%44].From = failed.Rows[i%44].From.Truncate(24 * time.Hour)
	}
	open := openOnes(31, s)
	for i := range open {
		open[i].Seconds = num(float64(86400 * (i % 4)))
	}
	draw := func() (all []byte) {
		o := chart.Options{ID: "x"}
		for _, fig := range []*chart.Figure{chart.Items(changes, s, o), chart.Recoveries(failed, s, o), chart.Ageing(open, s, o)} {
			all = append(all, fig.SVG()...)
			all = append(all, fig.ECharts()...)
			all = append(all, fig.Finding+fmt.Sprint(fig.Table)...)
		}
		return all
	}
	want := draw()
	r := rand.New(rand.NewPCG(1, 9))
	for range 5 {
		for _, rows := range [][]dora.Row{changes.Rows, failed.Rows, open} {
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		before := fmt.Sprint(changes.Rows)
		if !bytes.Equal(draw(), want) {
			t.Fatal("another order of the rows, another figure")
		}
		if fmt.Sprint(changes.Rows) != before {
			t.Fatal("drawing changed the rows that it was given")
		}
	}
}

func TestItemsWords(t *testing.T) {
	t.Parallel()
	at := func(took ...float64) (dora.Explanation, dora.ServiceReport) {
		s := service(cut(weeks(26, busy())))
		e := delivered(len(took), 84, &s)
		for i := range took {
			e.Rows[i].Seconds, e.Rows[i].Evidence = num(took[i]), nil
		}
		return e, s
	}
	const h, d = 3600.0, 86400.0
	for _, c := range []struct {
		name  string
		took  []float64
		tweak func(e *dora.Explanation, s *dora.ServiceReport)
		want  string
	}{
		{"many", []float64{h, 2 * h, 19 * h, 9 * d, 10 * d, 11 * d, 12 * d, 14 * d}, func(e *dora.Explanation, s *dora.ServiceReport) { s.Overall.LeadTime.P50 = num(19 * h) },
			"Half of the 8 changes took less than 19 h; the longest five took 9 to 14 days."},
		{"in two units", []float64{h, 2 * h, 30 * h, 40 * h, 5 * d, 6 * d, 8 * d}, func(e *dora.Explanation, s *dora.ServiceReport) { s.Overall.LeadTime.P50 = num(40 * h) },
			"Half of the 7 changes took less than 40 h; the longest five took 30 h to 8 days."},
		{"failed", []float64{h, h, h, h, h, h}, func(e *dora.Explanation, s *dora.ServiceReport) {
			s.Overall.LeadTime.P50 = num(h)
			e.Rows[3].Evidence = []dora.Evidence{{Kind: dora.Rollback}}
		}, "Half of the 6 changes took less than 1 h; the longest five took 1 h. 1 was delivered by a deployment that failed."},
		{"a part of the range", []float64{h, 2 * h, 3 * h, 4 * h, 5 * h, 6 * h}, func(e *dora.Explanation, s *dora.ServiceReport) { e.Period = name("2026-W40") },
			"6 changes delivered; the longest five took 2 to 6 h."},
		{"too few", []float64{h, 3 * h}, nil, "Only 2 changes delivered, too few to speak of a typical lead time: they took 1 to 3 h."},
		{"one", []float64{h}, nil, "Only 1 change delivered: it took 1 h."},
		{"at once", []float64{0, 1, 2, 3, 4, 5}, nil, "Each of the 6 changes took less than a minute."},
		{"partial", []float64{h, 2 * h, 3 * h, 4 * h, 5 * h, 6 * h}, func(e *dora.Explanation, s *dora.ServiceReport) {
			*s = partially(*s)
			s.Overall.LeadTime.P50 = num(3.5 * h)
		},
			"Half of the 6 changes known so far took less than 3.5 h; the longest five took 2 to 6 h. The data is partial, so this may change."},
		{"left out", []float64{h, h}, func(e *dora.Explanation, s *dora.ServiceReport) { e.Rows[1].Included = false }, "Only 1 change delivered: it took 1 h."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, s := at(c.took...)
			if c.tweak != nil {
				c.tweak(&e, &s)
			}
			if got := chart.Items(e, s, chart.Options{ID: "x"}); got.Finding != c.want || got.Empty != "" {
				t.Errorf("finding:\n got %q\nwant %q\nempty: %q", got.Finding, c.want, got.Empty)
			}
		})
	}
}

func TestItemsWithoutAny(t *testing.T) {
	t.Parallel()
	covered := service(weeks(26, func(i int, from, to time.Time) dora.Period { return period(from, to, 0, 0, 0) }))
	outside := service(weeks(8, func(i int, from, to time.Time) dora.Period { return outside(from, to) }))
	for _, c := range []struct {
		name   string
		report dora.ServiceReport
		want   string
	}{
		{"covered", covered, "No change was delivered in 26 weeks, so there is no lead time."},
		{"partial", partially(covered), "No delivered change is known in 26 weeks, so there is no lead time. The data is partial: there may have been some."},
		{"outside", outside, "The data does not cover this window; it spans 28 Sep – 22 Nov 2026."},
		{"no data", service(nil), "There is no data yet."},
	} {
		fig := chart.Items(dora.Explanation{}, c.report, chart.Options{ID: "x"})
		if fig.Empty != c.want || fig.Finding != c.want || fig.SVG() != nil || fig.ECharts() != nil {
			t.Errorf("%s: empty because %q, want %q; %d bytes drawn", c.name, fig.Empty, c.want, len(fig.SVG()))
		}
	}
}

// Thinning keeps what is extreme, and says that it thinned.
func TestItemsAreThinned(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	e := delivered(3000, 84, &s)
	fig := chart.Items(e, s, chart.Options{ID: "x"})
	points := options(t, fig)["meta"].(map[string]any)["periods"].([]any)
	if len(points) < 200 || len(points) > 400 {
		t.Errorf("%d of 3000 points drawn, want 200 to 400", len(points))
	}
	said := fmt.Sprintf("%d of 3,000 drawn", len(points))
	if !strings.Contains(fig.Provenance.Line(), said) || strings.Count(string(fig.SVG()), said) != 2 {
		t.Errorf("%q is not said: %s", said, fig.Provenance.Line())
	}
	drawn := fmt.Sprint(points)
	for _, row := range fig.Table.Rows[:5] {
		id, _, _ := strings.Cut(row[0], " ")
		if !strings.Contains(drawn, id+" ") || strings.Count(string(fig.SVG()), ">"+id+"<") != 2 {
			t.Errorf("%s is one of the longest five, and neither drawn nor named", id)
		}
	}
	if len(fig.Table.Rows) != 100 || !strings.Contains(fig.Provenance.Line(), "2,900 faster ones are left out") {
		t.Errorf("%d rows; %s", len(fig.Table.Rows), fig.Provenance.Line())
	}
}

// What failed is seen without colours, and said where the mark is.
func TestItemsThatFailedHaveAShape(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	e := delivered(30, 84, &s)
	for i := range e.Rows {
		e.Rows[i].Evidence = nil
	}
	plain := string(chart.Items(e, s, chart.Options{ID: "x"}).SVG())
	e.Rows[4].Evidence = []dora.Evidence{{Kind: dora.InWindow, Confidence: "inferred", By: "#9"}}
	fig := chart.Items(e, s, chart.Options{ID: "x"})
	svg := string(fig.SVG())
	if strings.Contains(plain, "l5 9h-10z") || strings.Count(svg, "l5 9h-10z") != 4 {
		t.Errorf("%d triangles, want two drawings with a mark and its legend", strings.Count(svg, "l5 9h-10z"))
	}
	if want := "#1004 Fix the typo in the receipt: "; !strings.Contains(svg, want) || strings.Count(svg, "delivered by a deployment that failed</title>") != 2 {
		t.Errorf("the title of the mark does not say what happened; %q", want)
	}
	if !slices.ContainsFunc(fig.Table.Rows, func(r []string) bool {
		return r[0] == "#1004 Fix the typo in the receipt" && r[len(r)-1] == "its deployment failed: window (inferred) #9"
	}) {
		t.Errorf("table: %q", fig.Table.Rows)
	}
}

func TestMetrics_S4_FewItemsHaveNoPercentiles(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]bool{5: {false, false}, 6: {true, true}, 19: {true, true}, 20: {true, false}} {
		s := service(cut(weeks(26, busy())))
		e := delivered(n, 84, &s)
		items, open := string(chart.Items(e, s, chart.Options{ID: "x"}).SVG()), string(chart.Ageing(openOnes(3, s), s, chart.Options{ID: "x"}).SVG())
		for _, svg := range []string{items, open} {
			if got := [2]bool{strings.Contains(svg, ">p90 "), strings.Contains(svg, "p90 of fewer than 20 changes")}; got != want {
				t.Errorf("%d changes: a line at p90, and a word of caution: %v, want %v", n, got, want)
			}
		}
		if few := strings.Contains(items, "fewer than 6 changes: no percentiles"); few != (n < 6) {
			t.Errorf("%d changes: said to be too few: %v", n, few)
		}
	}
}

// A time without data is hatched in the drawing, and not an empty one.
func TestItemsOutsideTheData(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	e := delivered(57, 84, &s)
	if svg := string(chart.Items(e, s, chart.Options{ID: "x"}).SVG()); strings.Contains(svg, "outside the data") {
		t.Error("all is covered, and something is hatched")
	}
	e.From = e.From.AddDate(0, 0, -84)
	s.Coverage.From = e.From.AddDate(0, 0, 84)
	if svg := string(chart.Items(e, s, chart.Options{ID: "x"}).SVG()); strings.Count(svg, "outside the data") != 2 || !strings.Contains(svg, `url(#x-wide-void)`) {
		t.Error("what is not covered is not hatched")
	}
}

// Names tell the repositories apart where there are several.
func TestItemsOfSeveralRepositories(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	for _, c := range []struct {
		repos [2]string
		want  string
	}{
		{[2]string{"acme/pay", "acme/pay"}, "#1000 "},
		{[2]string{"acme/pay", "acme/shop"}, "pay#1000 "},
		{[2]string{"acme/pay", "other/pay"}, "acme/pay#1000 "},
	} {
		e := delivered(8, 84, &s)
		for i := range e.Rows {
			e.Rows[i].Repo = c.repos[i%2]
		}
		fig := chart.Items(e, s, chart.Options{ID: "x"})
		if !slices.ContainsFunc(fig.Table.Rows, func(r []string) bool { return strings.HasPrefix(r[0], c.want) }) {
			t.Errorf("of %q, no change is called %q: %q", c.repos, c.want, fig.Table.Rows)
		}
	}
}

// The lines of a week are those of the whole range, and say so.
func TestItemsOfAPartOfTheRange(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	e := delivered(57, 84, &s)
	const words = "p50, p90 of 57 changes, 27 Aug – 18 Nov 2026"
	if svg := string(chart.Items(e, s, chart.Options{ID: "x"}).SVG()); strings.Contains(svg, words) {
		t.Error("the lines are of what is drawn, and said to be of something else")
	}
	e.Period, e.Rows = name("2026-W40"), e.Rows[:9]
	if svg := string(chart.Items(e, s, chart.Options{ID: "x"}).SVG()); strings.Count(svg, words) != 2 {
		t.Error("nothing says what the lines are of")
	}
}
