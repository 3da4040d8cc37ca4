package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// freshnessSite has three services that delivered the same, each Wednesday for
// twelve weeks up to the as-of time: of one the data is complete, of one it is
// partial, of one it proves nothing. The home page has two numbers of each.
func freshnessSite(asOf time.Time) string {
	var home, services strings.Builder
	for _, s := range [...]struct{ name, coverage string }{
		{"whole", ``},
		{"part", `,"status":"partial","reasons":["rate_limited","items_missing"]`},
		{"unknown", `,"status":"unknown","reasons":["not_collected"]`},
	} {
		fmt.Fprintf(&home, "The %s one: `metric: deployment_frequency service=%[1]s last=4w` and `metric: lead_time p50 service=%[1]s last=4w`.\n\n", s.name)
		fmt.Fprintf(&services, "-- content/services/%s.md --\n---\ntitle: Service %[1]s\ntype: service\nmetrics:\n  events: [%[1]s.ndjson]\n---\nText.\n-- content/services/%[1]s.ndjson --\n", s.name)
		from, parent := asOf.AddDate(0, 0, -7*12), ""
		fmt.Fprintf(&services, `{"type":"coverage","source":"file","repo":%q,"from":%q,"to":%q%s}`+"\n", s.name, from.Format(time.RFC3339), asOf.Format(time.RFC3339), s.coverage)
		for i := range 12 {
			at, sha := from.AddDate(0, 0, 7*i+3), fmt.Sprintf("%040x", i+1)
			fmt.Fprintf(&services, `{"type":"commit","repo":%q,"sha":%q,"parents":[%s],"author_date":%q,"committer_date":%[4]q}`+"\n", s.name, sha, parent, at.Add(-time.Hour).Format(time.RFC3339))
			fmt.Fprintf(&services, `{"type":"deployment","id":"v%d","service":%q,"repo":%[2]q,"environment":"production","sha":%q,"finished_at":%q,"status":"success"}`+"\n", i, s.name, sha, at.Format(time.RFC3339))
			parent = fmt.Sprintf("%q", sha)
		}
	}
	return "-- site.yaml --\ntitle: Example\nowner: team:platform\ntime_zone: Europe/Berlin\n-- content/index.md --\n# Numbers\n\n" + home.String() + services.String()
}

// explorePartial opens the charts of partial data to explore, where the build has
// the library for it: they say that the data is partial too.
func explorePartial(r reader, open func(string, time.Duration)) {
	r.t.Helper()
	if _, err := os.Stat(filepath.Join(repository(r.t), "themes", "default", "vendor", "echarts.min.js")); err != nil {
		return // TestBrowser reports it
	}
	screens[0].emulate(r.t, r.ctx)
	open("services/part/", time.Hour)
	for _, id := range []string{"#rt-deployment-frequency", "#rt-lead-time"} {
		if err := chromedp.Do(r.ctx, chromedp.Click(id+" button[aria-label^=Explore]"), chromedp.WaitVisible(id+" canvas")); err != nil {
			r.t.Fatalf("explore %s: %v", id, err)
		}
		r.want(id, fmt.Sprintf(`document.querySelector("%s .figure-doubt").textContent.startsWith("Partial data")`, id))
	}
	screenshot(r.t, r.ctx, "freshness-explore", screens[0], chromedp.FullScreenshot(100))
}

// TestRel_G7_Freshness shows a site to a browser with a clock that the address
// of the page sets: old data says its age, in hours and days, wherever it
// stands; data that is not old, and data that is none, does not.
func TestRel_G7_Freshness(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	asOf := time.Date(2026, time.March, 22, 11, 0, 0, 0, time.UTC)
	dir := testkit.Site(t, freshnessSite(asOf))
	mustBuild(t, dir, nil)
	files := http.FileServer(http.Dir(filepath.Join(dir, "public")))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", testkit.CSP)
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	r := reader{t: t, dir: dir}
	var problems *problems
	r.ctx, problems = startBrowser(t, server.URL)
	clock := page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
		const at = Date.parse(location.search.slice(1));
		if (at) Date.now = () => at;
		window.shifted = 0;
		new PerformanceObserver(list => list.getEntries().forEach(e => window.shifted += e.value)).observe({ type: "layout-shift", buffered: true });
	}`}
	if _, err := chromedp.Call(r.ctx, page.AddScriptToEvaluateOnNewDocument, clock); err != nil {
		t.Fatal(err)
	}
	open := func(name string, age time.Duration) {
		t.Helper()
		address := server.URL + "/" + name + "?" + asOf.Add(age).Format(time.RFC3339)
		if err := chromedp.Do(r.ctx, chromedp.Navigate(address), chromedp.WaitReady("main")); err != nil {
			t.Fatalf("%s: %v", address, err)
		}
	}
	const ages = `[...document.querySelectorAll(".age")].map(e => e.textContent).filter(s => s)`

	const all = -1
	screens[0].emulate(t, r.ctx)
	for _, c := range []struct {
		page string
		age  time.Duration
		want string // of each age that is said
		n    int
	}{
		{"services/whole/", -time.Hour, "", 0}, // a reader's clock that is slow
		{"services/whole/", time.Hour, "", 0},
		{"services/whole/", 36 * time.Hour, "", 0},
		{"services/whole/", 36*time.Hour + time.Second, "Data is 36 hours old", all}, // the page, and each figure
		{"services/whole/", 48 * time.Hour, "Data is 2 days old", all},
		{"services/part/", 95 * time.Hour, "Data is 3 days old", all},
		{"services/unknown/", 95 * time.Hour, "", 0},
		{"", 95 * time.Hour, "(data is 3 days old)", 4},
		{"", time.Hour, "", 0},
	} {
		open(c.page, c.age)
		got := evaluate[[]string](r, ages)
		if c.n == all {
			if c.n = evaluate[int](r, `document.querySelectorAll("main [data-as-of]").length`); c.n < 4 {
				t.Errorf("%q: only %d places say what the data is of", c.page, c.n)
			}
		}
		for _, s := range got {
			if s != c.want {
				t.Errorf("%q, %v after the as-of time: %q, want %q", c.page, c.age, s, c.want)
			}
		}
		if len(got) != c.n {
			t.Errorf("%q, %v after the as-of time: %d ages %q, want %d", c.page, c.age, len(got), got, c.n)
		}
	}

	// A page that stays open grows old without moving its text about.
	open("services/whole/", time.Hour)
	r.want("still young", ages+`.length === 0`)
	evaluate[int](r, fmt.Sprintf(`Date.now = () => %d, document.dispatchEvent(new Event("visibilitychange")), 1`, asOf.Add(240*time.Hour).UnixMilli()))
	r.want("grown old", ages+`.length === document.querySelectorAll("main [data-as-of]").length && `+ages+`.every(s => s === "Data is 10 days old")`)
	r.want("said to screen readers once", `document.querySelectorAll(".age[role=status]").length === 1`)
	r.want("no shift of the layout", `window.shifted <= 0.02`)

	// Unknown is no data, and no chart of zeros.
	open("services/unknown/", time.Hour)
	r.want("unknown", `document.querySelectorAll("main svg").length === 0 && [...document.querySelectorAll(".figure-empty")].every(e => e.textContent.startsWith("Not measured") || e.textContent.startsWith("No data: ") && e.textContent.includes("rutter sync"))`)
	r.want("unknown", `!/\b0 (deployments|changes)\b/.test(document.querySelector("main").textContent)`)

	// Hatching is there in every scheme and on paper, in a colour of that scheme.
	const hatching = `(() => {
		const figure = document.getElementById("rt-deployment-frequency");
		const mark = figure.querySelector(".fig-wide .fig-part"), line = document.querySelector(".fig-wide .fig-part-lines");
		return getComputedStyle(mark).fill + " " + getComputedStyle(line).stroke;
	})()`
	seen := map[string]bool{}
	for _, s := range screens {
		s.emulate(t, r.ctx)
		open("services/part/", 95*time.Hour)
		r.want(s.name, `document.querySelector("#rt-deployment-frequency .sign").textContent.startsWith("Partial:")`)
		overflow := evaluate[overflow](r, widest)
		if overflow.Width > overflow.Window {
			t.Errorf("%s: %v wide on a screen of %v: %s", s.name, overflow.Width, overflow.Window, overflow.Culprit)
		}
		got := evaluate[string](r, hatching)
		if !strings.Contains(got, "url(") || strings.HasSuffix(got, "none") {
			t.Errorf("%s: the marks are filled with %s, want a hatching", s.name, got)
		}
		seen[got] = true
		screenshot(t, r.ctx, "freshness-part", s, chromedp.FullScreenshot(100))
	}
	if len(seen) != 2 {
		t.Errorf("hatchings of light and dark pages: %v, want two", seen)
	}
	if _, err := chromedp.Call(r.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(r.ctx, chromedp.EmulateViewport(700, 1000)); err != nil { // about A4
		t.Fatal(err)
	}
	if got := evaluate[string](r, hatching); !seen[got] {
		t.Errorf("on paper the marks are filled with %s, want that of light pages", got)
	}
	screenshot(t, r.ctx, "freshness-part", screen{name: "print"}, chromedp.FullScreenshot(100))
	explorePartial(r, open)
	problems.report(t)

	// Without scripts the as-of time stands there all the same.
	if _, err := chromedp.Call(r.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	screens[0].emulate(t, r.ctx)
	open("services/whole/", 95*time.Hour)
	text := evaluate[string](r, `document.querySelector("main").innerText`)
	if n := strings.Count(strings.ToLower(text), "data as of 22 mar 2026, 12:00 (europe/berlin)"); n < 5 {
		t.Errorf("without scripts the as-of time stands there %d times, want 5 or more:\n%s", n, text)
	}
}
