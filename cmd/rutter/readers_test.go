package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestReaders reads the example site as people do who set their browser up in
// another way than most: with a keyboard, larger text, without scripts, on
// paper, from a disk.
func TestReaders(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	public, address := servedSite(t)
	ctx, problems := startBrowser(t, address)
	at := func(t *testing.T) searcher { return searcher{t, ctx} }
	t.Run("still", func(t *testing.T) { nothingMoves(at(t), address) })
	t.Run("large", func(t *testing.T) { largeText(at(t), address) })
	t.Run("keyboard", func(t *testing.T) { keyboard(at(t), address) })
	t.Run("contrast", func(t *testing.T) { forcedColours(at(t), address) })
	t.Run("calm", func(t *testing.T) { lessMotion(at(t), address) })
	t.Run("paper", func(t *testing.T) { paper(at(t), address) })
	t.Run("no scripts", func(t *testing.T) { withoutScripts(at(t), address) })
	problems.report(t)
	t.Run("disk", func(t *testing.T) { fromDisk(at(t), public) })
}

// ask evaluates an expression that gives a list of complaints, and makes each
// one a failure.
func (s searcher) ask(what, expression string) {
	s.t.Helper()
	found, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
	for _, f := range found {
		s.t.Errorf("%s: %s", what, f)
	}
}

// media sets what the browser says of its reader.
func (s searcher) media(kind string, features ...*emulation.MediaFeature) {
	s.t.Helper()
	if _, err := chromedp.Call(s.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind, Features: features}); err != nil {
		s.t.Fatal(err)
	}
}

// scriptsAreSlow has scripts come after the page has been drawn.
func (s searcher) scriptsAreSlow(slow bool) {
	s.t.Helper()
	headers := network.Headers{}
	if slow {
		headers[slowScripts] = "yes"
	}
	_, err := chromedp.Call(s.ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers})
	if err == nil {
		_, err = chromedp.Call(s.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: slow})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s searcher) window(width, height int64) {
	s.t.Helper()
	s.do("resize", chromedp.EmulateViewport(width, height))
}

// shifted is how much of the page has moved since it was opened, as Cumulative
// Layout Shift counts it. Two frames let the last of it be painted.
const shifted = `new Promise((done) => {
	let sum = 0;
	const add = (list) => list.forEach((e) => { if (!e.hadRecentInput) sum += e.value; });
	const observer = new PerformanceObserver((list) => add(list.getEntries()));
	observer.observe({type: "layout-shift", buffered: true});
	requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => { add(observer.takeRecords()); done(sum); })));
})`

// nothingMoves opens a page of every kind: at most 0.02 of it moves, also where
// its scripts come late.
func nothingMoves(s searcher, address string) {
	s.scriptsAreSlow(true)
	defer s.scriptsAreSlow(false)
	measure := func() float64 {
		sum, err := chromedp.Run(s.ctx, chromedp.Evaluate[float64](shifted, chromedp.EvalAwaitPromise))
		if err != nil {
			s.t.Fatal(err)
		}
		return sum
	}
	most := 0.
	for _, width := range []int64{1280, 390} {
		s.window(width, 900)
		for _, k := range kinds {
			s.open(address + "/" + k.address)
			if strings.Contains(k.address, "?q=") || k.name == "lost" {
				s.until(`document.querySelectorAll("[role=option]").length > 3`)
			}
			sum := measure()
			if sum > .02 {
				s.t.Errorf("%s, %d wide: the layout shifts by %.3f", k.name, width, sum)
			}
			most = max(most, sum)
		}
	}
	s.t.Logf("the layout shifts by %.4f at most", most)

	// Back on a page, the reader is where they were.
	s.open(address + "/processes/build/develop/")
	s.is(`(scrollTo({top: 1500, behavior: "instant"}), scrollY > 1400)`)
	s.open(address + "/roles/developer/")
	s.is(`(history.back(), true)`)
	s.until(`location.pathname === "/processes/build/develop/" && document.readyState === "complete" && Math.abs(scrollY - 1500) < 2`)
	if sum := measure(); sum > .02 {
		s.t.Errorf("the layout shifts by %.3f on the way back", sum)
	}
	s.is(`(document.querySelector("main").style.marginTop = "40vh", true)`)
	if measure() < .02 {
		s.t.Error("a page that moves is not seen to move: this test shows nothing")
	}
}

// lost lists what is wider than the window, or cut off within its own box.
const lost = `(() => {
	const found = [];
	const scrolls = (e) => e !== document.body && (e.matches("svg *") || /auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX) || e.parentElement && scrolls(e.parentElement));
	if (document.documentElement.scrollWidth > innerWidth) {
		const wide = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement)).pop();
		found.push("the page is " + document.documentElement.scrollWidth + " wide: " + (wide ? wide.outerHTML.slice(0, 200) : ""));
	}
	for (const e of document.querySelectorAll("main *")) {
		const style = getComputedStyle(e);
		const clips = (over) => over === "hidden" || over === "clip";
		if (!e.checkVisibility() || style.clipPath !== "none" || e.closest("svg") || !e.textContent.trim()) continue;
		if (clips(style.overflowX) && style.textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1 || clips(style.overflowY) && e.scrollHeight > e.clientHeight + 1) found.push("cut off: " + e.outerHTML.slice(0, 120));
	}
	return found;
})()`

// largeText reads with text of twice the size, and with the page enlarged to
// twice and to four times its size, which leaves 640 and 320 pixels.
func largeText(s searcher, address string) {
	for _, k := range kinds {
		s.window(1280, 900)
		s.open(address + "/" + k.address)
		s.is(`(document.documentElement.style.fontSize = "200%", true)`)
		s.ask(k.name+", text of twice the size", lost)
		s.is(`(document.documentElement.style.fontSize = "", true)`)
		for _, width := range []int64{640, 320} {
			s.window(width, 450)
			s.ask(k.name+", enlarged to "+map[int64]string{640: "200 %", 320: "400 %"}[width], lost)
		}
	}
}

// stop is where the keyboard stands.
type stop struct {
	Name       string
	Ring, Seen bool
}

const standing = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {Name: ""};
	const ring = (pseudo) => { const s = getComputedStyle(e, pseudo); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
	const box = e.getBoundingClientRect(), header = document.querySelector(".header").getBoundingClientRect();
	const covered = !e.closest(".header, .menu, .skip") && box.bottom <= header.bottom;
	return {Name: e.tagName + " " + (e.getAttribute("aria-label") || e.textContent.trim()).slice(0, 60), Ring: ring() || ring("::after"), Seen: box.bottom > 0 && box.top < innerHeight && box.width > 0 && getComputedStyle(e).opacity > 0 && !covered};
})()`

// keyboard goes through pages with the tabulator: the skip link comes first,
// everything is reached, has a ring, and is in sight.
func keyboard(s searcher, address string) {
	s.media("", &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"}) // the skip link glides
	defer s.media("")
	for _, width := range []int64{1280, 390} {
		for _, name := range []string{"", "roles/developer/", "services/checkout/", "reports/raci/"} {
			s.window(width, 900)
			s.open(address + "/" + name)
			s.is(`(window.todo = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true})).length) > 10`)
			stops := 0
			for ; stops < 2000; stops++ {
				s.key(kb.Tab)
				at, err := chromedp.Run(s.ctx, chromedp.Evaluate[stop](standing))
				if err != nil {
					s.t.Fatal(err)
				}
				if at.Name == "" {
					break
				}
				if stops == 0 && at.Name != "A Skip to content" {
					s.t.Errorf("%q, %d wide: the first stop is %q", name, width, at.Name)
				}
				if !at.Ring || !at.Seen {
					s.t.Errorf("%q, %d wide, stop %d, %q: ring %v, in sight %v", name, width, stops+1, at.Name, at.Ring, at.Seen)
				}
			}
			todo, err := chromedp.Run(s.ctx, chromedp.Evaluate[int](`todo`))
			if err != nil {
				s.t.Fatal(err)
			}
			s.t.Logf("%q, %d wide: %d stops", name, width, stops)
			if stops != todo {
				s.t.Errorf("%q, %d wide: %d stops, but %d things can be used", name, width, stops, todo)
			}
		}
	}
}

// forcedColours reads in the colours of the system: what charts draw is not
// drawn in the colour of the ground, and the focus has its ring. Only the text
// of the second stage has that colour, since it stands on a bar of the other.
func forcedColours(s searcher, address string) {
	s.window(1280, 900)
	for _, scheme := range []string{"light", "dark"} {
		s.media("", &emulation.MediaFeature{Name: "forced-colors", Value: "active"}, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme})
		for _, name := range []string{"", "services/checkout/", "processes/incident-response/", "reports/hand-offs/"} {
			s.open(address + "/" + name)
			s.is(`matchMedia("(forced-colors: active)").matches`)
			s.ask(name+" in forced colours, "+scheme, `(() => {
				const ground = getComputedStyle(document.body).backgroundColor, found = new Set();
				for (const e of document.querySelectorAll(".fig text:not(.fig-on-2), .fig-column, .fig-line, .fig-bar, .fig-axis, .fig-mark:not(.fig-hole), .fig-stage-box, .flow-art text, .flow-art .flow-box, .flow-art .flow-line")) {
					if (!e.checkVisibility()) continue;
					const s = getComputedStyle(e), own = e.tagName === "text" ? [s.fill] : [s.fill, s.stroke];
					if (own.every((c) => c === ground || c === "none" || c === "rgba(0, 0, 0, 0)")) found.add(e.tagName + "." + e.getAttribute("class") + " is drawn in " + own + " on " + ground);
				}
				return [...found];
			})()`)
			screenshot(s.t, s.ctx, "forced-"+strings.ReplaceAll(name, "/", "-"), screen{name: scheme}, chromedp.FullScreenshot(100))
			s.key(kb.Tab)
			s.is(`getComputedStyle(document.activeElement).outlineStyle === "solid"`)
		}
	}
	s.media("")
}

// lessMotion asks for less motion: nothing moves by itself.
func lessMotion(s searcher, address string) {
	s.media("", &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	for _, name := range []string{"", "services/checkout/", "search/?q=release"} {
		s.open(address + "/" + name)
		s.is(`matchMedia("(prefers-reduced-motion: reduce)").matches`)
		s.ask(name, `[document.documentElement, ...document.querySelectorAll("body, body *")].flatMap((e) => ["", "::before", "::after"].map((p) => [e, getComputedStyle(e, p)]))
			.filter(([, s]) => s.animationName !== "none" || s.transitionDuration.split(", ").some((d) => parseFloat(d) > 0) || s.scrollBehavior === "smooth")
			.map(([e]) => "moves: " + e.outerHTML.slice(0, 80))`)
	}
	s.media("")
}

// paper prints a text page: no ways to other pages, dark text on white even for
// those who read in the dark, details open, addresses after links.
func paper(s searcher, address string) {
	s.window(1280, 900)
	dark := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"}
	for _, name := range []string{"roles/developer/", "processes/build/integrate-deliver/", "books/accelerate/", "policies/gdpr/"} {
		s.media("print", dark)
		s.open(address + "/" + name)
		s.ask(name, `(() => {
			const found = [...document.querySelectorAll(".header-nav, .header-all, .menu, .menu-panel, .nav, .toc, .crumbs, .pager, .skip, .search, .anchor, button")].filter((e) => e.checkVisibility()).map((e) => "on paper: " + e.outerHTML.slice(0, 80));
			if (getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)") found.push("the ground is " + getComputedStyle(document.body).backgroundColor);
			if (!document.querySelector("h1").checkVisibility()) found.push("no title");
			for (const a of document.querySelectorAll('.prose a[href^="http"]')) if (!getComputedStyle(a, "::after").content.includes("http")) found.push("no address after " + a.textContent);
			return found;
		})()`)
		s.media("", dark)
		printed, err := chromedp.Call(s.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		if err != nil {
			s.t.Fatal(err)
		}
		if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(printed.Data, -1)); n < 1 || n > 12 {
			s.t.Errorf("%s takes %d pages of paper", name, n)
		}
	}
	s.open(address + "/reports/raci/")
	printed, err := chromedp.Call(s.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
	if err != nil {
		s.t.Fatal(err)
	}
	if !regexp.MustCompile(`/MediaBox \[0 0 84[12]`).Match(printed.Data) {
		s.t.Error("the table of roles is not printed across")
	}
	s.media("")
}

// withoutScripts reads with scripts switched off: all text of a page is there,
// except what a closed part holds that the browser itself can open, and what the
// home page says of a role that somebody has chosen; charts are
// drawn; every page can be reached.
func withoutScripts(s searcher, address string) {
	off := func(off bool) {
		if _, err := chromedp.Call(s.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off}); err != nil {
			s.t.Fatal(err)
		}
	}
	off(true)
	defer off(false)
	for _, k := range kinds {
		for _, width := range []int64{1280, 390} {
			s.window(width, 900)
			s.open(address + "/" + k.address)
			s.ask(k.name+" without scripts", `(() => {
				const found = new Set();
				const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
				while (texts.nextNode()) {
					const e = texts.currentNode.parentElement;
					if (!texts.currentNode.data.trim() || e.checkVisibility() || e.closest("svg title, svg desc, svg[class$=-wide], svg[class*=-narrow], svg[class*=-wide], .meeting, .door")) continue;
					let closed = e.closest("details:not([open])");
					while (closed && closed.parentElement.closest("details:not([open])")) closed = closed.parentElement.closest("details:not([open])");
					if (!closed || !closed.querySelector("summary").checkVisibility()) found.add("not seen: " + e.outerHTML.slice(0, 120));
				}
				for (const f of document.querySelectorAll("figure.figure")) {
					if (f.closest("details:not([open])") || f.querySelector(".figure-empty")) continue;
					const drawn = [...f.querySelectorAll("svg")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 50).length;
					if (drawn !== 1 || !f.querySelector("details table")) found.add(f.id + " has " + drawn + " drawings, table: " + Boolean(f.querySelector("details table")));
				}
				const menu = document.querySelector(".menu > summary"), ways = document.querySelectorAll(".menu nav a");
				if (menu.checkVisibility()) menu.click();
				for (const a of ways) if (!a.checkVisibility() && !a.closest(".menu-sections")) found.add("no way to " + a.textContent);
				if (![...document.querySelectorAll("nav a")].some((a) => a.checkVisibility())) found.add("no way to other pages");
				return [...found];
			})()`)
		}
	}
}

// fromDisk reads the files as they are: styles work, and so do links.
func fromDisk(s searcher, public string) {
	root := "file://" + filepath.ToSlash(public)
	s.window(1280, 900)
	for _, k := range kinds {
		if k.name == "missing" || k.name == "lost" {
			continue // for servers
		}
		name, query, _ := strings.Cut(k.address, "?")
		s.open(root + "/" + name + "index.html?" + query)
		s.ask(k.name+" from disk", `(() => {
			const found = [];
			if (getComputedStyle(document.body).backgroundColor === "rgba(0, 0, 0, 0)") found.push("no style");
			for (const a of document.querySelectorAll("a[href]")) {
				const to = a.href.baseVal === undefined ? a.href : new URL(a.href.baseVal, location).href;
				if (/^file:/.test(to) && (/\/$/.test(new URL(to).pathname) || !to.startsWith("`+root+`/"))) found.push("leads to no file: " + to);
			}
			return found;
		})()`)
	}
	s.open(root + "/index.html")
	s.is(`(document.querySelector(".header-nav a, .card a, .card > a").click(), true)`)
	s.until(`location.pathname !== "` + filepath.ToSlash(public) + `/index.html" && document.readyState === "complete" && document.querySelector("h1")`)
	s.is(`getComputedStyle(document.body).backgroundColor !== "rgba(0, 0, 0, 0)"`)
}
