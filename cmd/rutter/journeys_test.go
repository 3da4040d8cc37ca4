package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestJourneys goes the ways of those whom the site is for, from link to link in
// one browser, as they would. RUTTER_PICTURES names a folder for the pictures of
// the README, which are taken on the way. (The journey of the editor is
// TestPreview.)
func TestJourneys(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	_, address := servedSite(t)
	ctx, problems := startBrowser(t, address)
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	at := func(t *testing.T) searcher { return searcher{t, ctx} }
	t.Run("new hire", func(t *testing.T) { newHire(at(t), address) })
	t.Run("without storage", func(t *testing.T) { withoutStorage(at(t), address) })
	t.Run("lead", func(t *testing.T) { lead(at(t), address) })
	problems.report(t)
}

// newHire begins on the first day as a developer.
func newHire(s searcher, address string) {
	s.window(1280, 1100)
	s.open(address + "/")
	s.picture("home")

	// The home page asks one thing, and answers with three pages and a person.
	s.is(`document.querySelector("main h2").textContent === "What is your role?"`)
	s.press(`[data-door="developer"]`)
	s.is(`document.querySelectorAll(".door:not([hidden]) li").length === 3 && document.querySelector(".door:not([hidden]) .doors-ask a").href.includes("/teams/")`)
	s.follow(`.door:not([hidden]) b`)
	s.at("/paths/developer/")

	// The path: what is required, how long it takes, and how far one is.
	s.is(`/items, about \d+ h \d+ min, and \d+ min more if you like/.test(document.querySelector("main").textContent)`)
	s.is(`/^0 of \d+ done, about .* left\./.test(document.querySelector(".path-state").textContent)`)
	s.press(`[data-path] input`)
	s.is(`/^1 of \d+ done, about .* left\. Ticks stay in this browser only\./.test(document.querySelector(".path-state").textContent)`)
	s.follow(`[data-path] a[href*="processes/build/develop"]`)
	s.at("/processes/build/develop/")

	// The process: who answers for it, whether it can be trusted, what words mean.
	s.is(`/Reviewed|due for a review/.test(document.querySelector(".head").textContent) && document.querySelector(".head-facts a").href.includes("/teams/")`)
	s.is(`document.querySelectorAll(".flow a[href^='#step.']").length > 2`)
	s.is(`(window.term = [...document.querySelectorAll("main a.term")].find((a) => a.offsetParent), term.focus(), document.querySelector(".term-tip")?.textContent.includes(term.dataset.definition))`)
	s.key(kb.Escape)
	s.is(`!document.querySelector(".term-tip")`)

	// "May I deploy on Friday?" The search has an answer, or says whom to ask.
	s.typed("/")
	s.until(`document.activeElement.className === "search-field"`)
	s.typed("deploy on friday")
	s.until(`document.querySelectorAll(".search-results [role=option]").length > 0`)
	s.is(`(document.activeElement.select(), true)`)
	s.typed("zzqqxx")
	s.until(`document.querySelectorAll(".search-help a[href*='issues/new']").length === 1`)
	s.key(kb.Escape)

	// A mistake in the text is one click from its source.
	s.is(`document.querySelector(".head-edit a").href.endsWith("/edit/HEAD/content/processes/build/develop.md")`)

	// In the second week: what changed, and where the path stands.
	s.follow(`.footer a[href$="reports/"]`)
	s.follow(`main a[href$="changes/"]`)
	s.is(`document.querySelectorAll("main time, main [datetime], main li").length > 3`)
	s.open(address + "/")
	s.is(`document.querySelector('[data-door="developer"]').getAttribute("aria-current") === "true"`)

	// On the phone the menu is closed until it is asked for.
	s.window(390, 844)
	s.open(address + "/paths/developer/")
	s.is(`document.querySelectorAll("[data-path] :checked").length === 1 && !document.querySelector("details.menu").open`)
	s.press("details.menu > summary")
	s.follow(`.menu-sections a[href$="roles/"]`)
	s.at("/roles/")

	// A word of the glossary: the first tap explains it, the second leads to it.
	s.open(address + "/processes/build/develop/")
	s.tap("main a.term")
	s.until(`document.querySelector(".term-tip")`)
	s.at("/processes/build/develop/")
	s.tap("main a.term")
	s.until(`location.pathname.startsWith("/glossary/")`)

	s.window(1280, 900)
	s.is(`(localStorage.clear(), true)`)
}

// tap taps the first element of a selector that can be seen with a finger.
func (s searcher) tap(selector string) {
	s.t.Helper()
	at, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => {
		const e = [...document.querySelectorAll(%q)].find((e) => e.offsetParent);
		e.scrollIntoView({block: "center", behavior: "instant"});
		const box = e.getClientRects()[0];
		return [box.left + box.width / 2, box.top + box.height / 2];
	})()`, selector)))
	if err != nil {
		s.t.Fatalf("look for %s: %v", selector, err)
	}
	for _, touch := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		if _, err := chromedp.Call(s.ctx, input.DispatchTouchEvent, touch); err != nil {
			s.t.Fatalf("tap %s: %v", selector, err)
		}
	}
}

// withoutStorage is the first day in a browser that keeps nothing, at an address
// that somebody wrote down years ago.
func withoutStorage(s searcher, address string) {
	s.open(address + "/paths/developer/")
	s.is(`!(Storage.prototype.setItem = Storage.prototype.getItem = () => { throw new DOMException("denied", "SecurityError"); }, false)`)
	s.press(`[data-path] input`)
	s.is(`/^1 of .* This browser keeps no ticks/.test(document.querySelector(".path-state").textContent)`)

	s.open(address + "/lost/processes/build/develop/")
	s.until(`document.querySelector("main a[href$='/processes/build/develop/']")`)
}

// lead reviews the week: is anything unusual, what is behind it, what to do.
func lead(s searcher, address string) {
	s.window(1280, 1650)
	s.open(address + "/services/checkout/")
	s.picture("service")

	// Whether the numbers can be trusted, and a sentence for each of the five.
	s.is(`/complete.*4 Oct 2026.*event file.*6 Oct 2025/s.test(document.querySelector(".trust").textContent)`)
	s.is(`document.querySelectorAll(".usual > div").length === 5 && document.querySelectorAll(".tile-value").length === 5`)
	s.is(`document.querySelector(".usual").getBoundingClientRect().bottom < 1000`)

	// The numbers of a chart, for a table of their own.
	s.is(`(URL.createObjectURL = (file) => { file.text().then((text) => { window.saved = text; }); return "blob:"; }, HTMLAnchorElement.prototype.click = () => {}, document.querySelector("#rt-lead-time .figure-data > summary").click(), true)`)
	s.until(`document.querySelector("#rt-lead-time .figure-save")`)
	s.press("#rt-lead-time .figure-save")
	s.until(`/^"[A-Z].*"\r\n("[^"]*",)+"[^"]*"\r\n/.test(window.saved ?? "") && saved.split("\r\n").length === document.querySelectorAll("#rt-lead-time .figure-data tr").length + 1`)
	s.is(`delete HTMLAnchorElement.prototype.click`)

	// Two clicks to the rows: the tallest week of the chart, and its list.
	s.window(1280, 1000)
	s.is(`(location.href = document.querySelector("#rt-lead-time .fig-wide .fig-hits a").href.baseVal, true)`)
	s.at("/services/checkout/explain/lead-time/")
	const rows = `document.getElementById(location.hash.slice(1))`
	s.until(rows + `.closest("details").open && ` + rows + `.querySelectorAll("tbody tr").length > 0`)
	s.is(rows + `.querySelector("tbody th a").href.includes("/pull/")`)
	s.is(`(` + rows + `.closest("details").scrollIntoView(), scrollBy(0, -80), true)`)
	s.picture("rows")
	s.back("/services/checkout/")

	// Where to look first: the step of the handbook that governs it, its role, its book.
	s.follow(`.next a[href*="#step."]`)
	s.at("/processes/build/integrate-deliver/")
	s.until(`document.getElementById(decodeURIComponent(location.hash.slice(1))).getBoundingClientRect().top < innerHeight`)
	s.is(`document.querySelector("main a[href*='/roles/']") !== null`)
	s.back("/services/checkout/")
	s.follow(`.next a[href*="#chapter."]`)
	s.until(`document.getElementById(decodeURIComponent(location.hash.slice(1)))`)
	s.back("/services/checkout/")

	// What was decided is a page that is begun for them, with its day to look again.
	s.is(`(() => {
		const link = document.querySelector("a[data-record]");
		link.addEventListener("click", (e) => e.preventDefault());
		link.click();
		const to = new URL(link.href), page = to.searchParams.get("value");
		return to.pathname.endsWith("/new/HEAD/content/decisions") && page.includes("affects: [checkout]") && /date: 20\d\d-\d\d-\d\d\n/.test(page) && /check_on: 20\d\d-\d\d-\d\d\n/.test(page);
	})()`)

	// Once a month: what past decisions did; once a quarter: what is out of date.
	s.follow(`.flags a`)
	s.is(`location.pathname.startsWith("/decisions/")`)
	s.open(address + "/reports/")
	s.follow(`main a[href$="freshness/"]`)
	s.at("/reports/freshness/")
}

// press clicks on what a selector finds.
func (s searcher) press(selector string) {
	s.t.Helper()
	s.is(`(document.querySelector(` + strconv.Quote(selector) + `).click(), true)`)
}

// follow follows a link, or the one around what a selector finds.
func (s searcher) follow(selector string) {
	s.t.Helper()
	s.until(`document.readyState === "complete" && document.querySelector(` + strconv.Quote(selector) + `)`)
	s.is(`(window.left = true, document.querySelector(` + strconv.Quote(selector) + `).closest("a").click(), true)`)
	s.until(`!window.left && document.readyState === "complete"`)
}

// back goes back to a page.
func (s searcher) back(path string) {
	s.t.Helper()
	s.is(`(history.back(), true)`)
	s.at(path)
}

// at waits for a page.
func (s searcher) at(path string) {
	s.t.Helper()
	s.until(`location.pathname === ` + strconv.Quote(path) + ` && document.readyState === "complete"`)
}

// picture keeps a picture for the README.
func (s searcher) picture(name string) {
	s.t.Helper()
	folder := os.Getenv("RUTTER_PICTURES")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o644); err != nil {
		s.t.Fatal(err)
	}
}
