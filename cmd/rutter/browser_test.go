package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/rutter-dev/rutter/internal/testkit"
)

type screen struct {
	name   string
	width  int64
	scheme string
}

// screens are what the example site is looked at with.
var screens = []screen{
	{"wide-light", 1280, "light"},
	{"wide-dark", 1280, "dark"},
	{"narrow-light", 390, "light"},
	{"narrow-dark", 390, "dark"},
	{"smallest", 320, "light"},
}

var pages = []string{"", "roles/", "roles/developer/", "processes/build/", "processes/build/integrate-deliver/", "books/accelerate/", "services/checkout/", "services/rutter/", "services/notify/",
	"services/checkout/explain/lead-time/", "services/checkout/explain/change-fail-rate/", "teams/storefront/", "metrics/", "metrics/lead-time/", "decisions/deploy-main-every-day/", "search/", "404.html",
	"start/overview/", "processes/incident-response/", "processes/strategy-to-operations/", "processes/data/", "paths/developer/", "topics/business/finance/", "policies/gdpr/", "playbooks/roll-back/",
	"principles/quality-reliability/", "orgs/startup/", "glossary/", "news/the-handbook-is-complete/", "books/site-reliability-engineering/", "teams/product/",
	"reports/", "reports/raci/", "reports/hand-offs/", "reports/coverage/", "reports/ownership/", "reports/freshness/", "reports/evidence/", "reports/decisions/", "reports/changes/"}

// overflow says how wide a page is, and what makes it wider than the window.
type overflow struct {
	Width, Window float64
	Culprit       string
}

const widest = `(() => {
	const wide = [...document.querySelectorAll("body *")].find(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("[tabindex],pre,.table,details:not([open])"));
	return {Width: document.documentElement.scrollWidth, Window: innerWidth, Culprit: wide ? wide.outerHTML.slice(0, 120) : ""};
})()`

// TestBrowser opens pages of the example site in Chromium, with the content
// security policy as a header: no console error, no violation, no request to
// another host, nothing wider than the screen. RUTTER_SCREENSHOTS names a
// folder to keep pictures in.
func TestBrowser(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil)
	files := http.FileServer(http.Dir(filepath.Join(dir, "public")))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", testkit.CSP)
		files.ServeHTTP(w, r)
	}))
	defer server.Close()

	ctx, problems := startBrowser(t, server.URL)
	for _, p := range pages {
		for _, s := range screens {
			if os.Getenv("RUTTER_SCREENSHOTS") == "" && strings.HasSuffix(s.name, "-dark") {
				continue // as wide as by day; TestAccessible looks at the colours
			}
			s.emulate(t, ctx)
			if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/"+p), chromedp.WaitReady("main")); err != nil {
				t.Fatalf("%s %s: %v", p, s.name, err)
			}
			overflow, err := chromedp.Run(ctx, chromedp.Evaluate[overflow](widest))
			if err != nil {
				t.Fatalf("%s %s: %v", p, s.name, err)
			}
			if overflow.Width > overflow.Window {
				problems.add("%q is %v wide on a screen of %v: %s", p, overflow.Width, overflow.Window, overflow.Culprit)
			}
			screenshot(t, ctx, strings.NewReplacer("/", "-", ".html", "").Replace("home-"+p), s, chromedp.FullScreenshot(100))
		}
	}
	explore(t, ctx, server.URL)
	journeys(t, ctx, server.URL)
	rows(t, ctx, server.URL)
	onPaper(t, ctx, server.URL)
	problems.report(t)
}

// journeys uses what readers of the handbook can do: each step is an expression
// that is true where it worked.
func journeys(t *testing.T, ctx context.Context, server string) {
	t.Helper()
	for _, step := range []struct{ what, page, try string }{
		{"tick an item of a path", "paths/developer/", `(() => { const box = document.querySelector('[data-path] input'); box.click(); return /^1 of/.test(document.querySelector('.path-state').textContent); })()`},
		{"find it ticked", "paths/developer/", `document.querySelector('[data-path] input').checked && document.querySelectorAll('[data-path] :checked').length === 1`},
		{"be told on a page of the path", "roles/developer/", `[...document.querySelectorAll('[data-bar]')].some(b => b.textContent.includes('You have ticked 1'))`},
		{"begin the path anew", "paths/developer/", `(() => { document.querySelector('.path-tools button').click(); return document.querySelectorAll('[data-path] :checked').length === 0; })()`},
		{"hear what a word means on focus", "books/site-reliability-engineering/", `(() => { const word = document.querySelector('a.term'); word.focus(); const tip = document.getElementById(word.getAttribute('aria-describedby')); return tip.textContent.includes(word.dataset.definition); })()`},
		{"close it with Escape", "books/site-reliability-engineering/", `(() => { const word = document.querySelector('a.term'); word.focus(); document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'})); return !document.querySelector('.term-tip') && !word.hasAttribute('aria-describedby'); })()`},
		{"see roles as a startup fills them", "reports/raci/", `(() => { const choice = document.querySelector('.choice select'); choice.value = [...choice.options].findIndex(o => o.text.includes('startup')); choice.dispatchEvent(new Event('change')); const all = [...document.querySelectorAll('.tables-one')]; return all[0].hidden && all[choice.value].textContent.includes('Founder') && !all[choice.value].hidden; })()`},
		{"find it so on the next visit", "reports/raci/", `document.querySelectorAll('.tables-one')[0].hidden`},
		{"find a process in the table", "reports/raci/", `(() => { const find = document.querySelector('.filter input'); find.value = 'postmortem'; find.dispatchEvent(new Event('input')); return [...document.querySelectorAll('.tables-one:not([hidden]) tbody tr:not([hidden])')].length === 1; })()`},
		{"read that a page is overdue", "playbooks/disaster-recovery/", `document.querySelector('.review .due').textContent.includes('due for a review')`},
		{"tick a checklist", "playbooks/roll-back/", `(() => { document.querySelector('[data-checks] input').click(); return document.querySelector('.checks-tools').textContent.includes('1 of'); })()`},
	} {
		ok := false
		err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server+"/"+step.page), chromedp.WaitReady("main"))
		if err == nil {
			ok, err = chromedp.Run(ctx, chromedp.Evaluate[bool](step.try))
		}
		if err != nil || !ok {
			t.Errorf("%s: %s does not work: %v", step.page, step.what, err)
		}
	}
}

// rows follows the link over a week of a chart to what stands behind it.
func rows(t *testing.T, ctx context.Context, server string) {
	t.Helper()
	address := server + "/services/checkout/"
	var to string
	err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address), chromedp.WaitReady("main"))
	if err == nil {
		to, err = chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("#rt-lead-time .fig-wide .fig-hits a").href.baseVal`))
	}
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Navigate(address+to), chromedp.WaitReady("main"))
	}
	if err != nil {
		t.Fatalf("rows of %q: %v", to, err)
	}
	shown, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => {
		const rows = document.getElementById(location.hash.slice(1)), at = rows.getBoundingClientRect();
		return rows.closest("details").open && rows.querySelectorAll("tbody tr").length > 0 && at.top > 0 && at.top < innerHeight;
	})()`))
	if err != nil || !shown {
		t.Errorf("%s does not show its rows: %v", to, err)
	}
}

// onPaper prints the services: each is one A4, for the meeting.
func onPaper(t *testing.T, ctx context.Context, server string) {
	t.Helper()
	for _, service := range []string{"checkout", "search", "notify", "rutter"} {
		if err := chromedp.Do(ctx, chromedp.Navigate(server+"/services/"+service+"/"), chromedp.WaitReady("main")); err != nil {
			t.Fatal(err)
		}
		printed, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
		if err != nil {
			t.Fatalf("print %s: %v", service, err)
		}
		if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(printed.Data, -1)); n != 1 {
			t.Errorf("%s takes %d pages of paper, want 1", service, n)
		}
		if dir := os.Getenv("RUTTER_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "paper-"+service+".pdf"), printed.Data, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

// oneBrowser is held by the test that has a browser: two at once are slow.
var oneBrowser sync.Mutex

// startBrowser opens a browser until the test ends, and gathers what goes wrong
// in it: messages in the console, and requests to other servers than one.
func startBrowser(t *testing.T, server string) (context.Context, *problems) {
	t.Helper()
	testkit.Need(t, "chromium")
	oneBrowser.Lock()
	t.Cleanup(oneBrowser.Unlock)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	p := &problems{seen: map[string]bool{}}
	listen := func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if !strings.Contains(e.Entry.URL, "favicon.ico") {
				p.add("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
			}
		case *runtime.EventConsoleAPICalled:
			p.add("console.%s", e.Type)
		case *runtime.EventExceptionThrown:
			p.add("exception: %s in %s", e.ExceptionDetails.Text, e.ExceptionDetails.URL)
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme != "about" && "http://"+u.Host != server {
				p.add("request to %s", e.Request.URL)
			}
		}
	}
	if err := chromedp.Listen(ctx, listen); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return ctx, p
}

// problems are what went wrong in a browser, each once.
type problems struct {
	lock sync.Mutex
	seen map[string]bool
}

func (p *problems) add(format string, args ...any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.seen[fmt.Sprintf(format, args...)] = true
}

func (p *problems) report(t *testing.T) {
	t.Helper()
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, problem := range slices.Sorted(maps.Keys(p.seen)) {
		t.Error(problem)
	}
}

// emulate gives the browser a screen.
func (s screen) emulate(t *testing.T, ctx context.Context) {
	t.Helper()
	scheme := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, scheme); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, 900)); err != nil {
		t.Fatal(err)
	}
}

// screenshot keeps a picture in the folder that RUTTER_SCREENSHOTS names.
func screenshot(t *testing.T, ctx context.Context, name string, s screen, take chromedp.Action[[]byte]) {
	t.Helper()
	folder := os.Getenv("RUTTER_SCREENSHOTS")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(ctx, take)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, strings.Trim(name, "-")+"-"+s.name+".png"), shot, 0o644); err != nil {
		t.Fatal(err)
	}
}

// explore opens a chart to explore, where the build has the library for it.
func explore(t *testing.T, ctx context.Context, server string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(repository(t), "themes", "default", "vendor", "echarts.min.js")); err != nil {
		if os.Getenv("RUTTER_TEST_ALL") == "1" {
			t.Error("themes/default/vendor/echarts.min.js is missing: run make assets")
		}
		return
	}
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(1280, 900),
		chromedp.Navigate(server+"/services/checkout/"),
		chromedp.Click("#rt-deployment-frequency button[aria-label^=Explore]"),
		chromedp.WaitVisible("figure canvas"),
	)
	if err != nil {
		t.Fatalf("explore: %v", err)
	}
	// All the others too, one after the other, those in closed parts as well.
	missing, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(async () => {
		document.querySelectorAll("details.longer").forEach(d => d.open = true);
		const drawn = f => [...f.querySelectorAll("canvas")].some(c => c.width > 100 && c.height > 100);
		const figures = [...document.querySelectorAll("figure[data-explore]")];
		for (const f of figures) {
			if (!drawn(f)) f.querySelector("button[aria-label^=Explore]").click();
			for (let i = 0; i < 100 && !drawn(f); i++) await new Promise(r => setTimeout(r, 20));
		}
		return figures.length < 8 ? ["only " + figures.length + " charts"] : figures.filter(f => !drawn(f)).map(f => f.id);
	})()`, chromedp.EvalAwaitPromise))
	if err != nil || len(missing) > 0 {
		t.Errorf("charts to explore that are not drawn: %q %v", missing, err)
	}
}
