package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// startServe serves a site until the test ends and returns its address.
func startServe(t *testing.T, dir string) string {
	t.Helper()
	c := command(dir, nil, "serve", "--addr", "127.0.0.1:0")
	out, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Signal(os.Interrupt)
		c.Wait()
	})
	address := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := regexp.MustCompile(`^Serving on (http://\S+?)/ `).FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		close(address)
	}()
	a, ok := <-address
	if !ok {
		t.Fatal("serve ended without an address")
	}
	return a
}

// reader is a browser that shows a page of a preview.
type reader struct {
	t   *testing.T
	ctx context.Context
	dir string
}

// write saves a file of the site.
func (r reader) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	// In one step: on a busy machine the parts of a save would be two.
	if err := os.WriteFile(file+"~", []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(file+"~", file); err != nil {
		r.t.Fatal(err)
	}
}

func evaluate[T any](r reader, expression string) T {
	r.t.Helper()
	value, err := chromedp.Run(r.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		r.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for an expression to be true.
func (r reader) until(expression string) {
	r.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(r.ctx, chromedp.Evaluate[bool](expression)); ok && err == nil { // an error may be of a page that goes
			return
		} else if time.Now().After(end) {
			r.t.Fatalf("waited in vain for %s (%v); the page has\n%s", expression, err, evaluate[string](r, "document.head.outerHTML + document.querySelector('main').innerText.slice(0, 500)"))
		}
	}
}

func (r reader) want(what, expression string) {
	r.t.Helper()
	if !evaluate[bool](r, expression) {
		r.t.Errorf("%s: %s is false", what, expression)
	}
}

const (
	box  = `document.querySelector("rutter-preview").shadowRoot.querySelector(".overlay")`
	list = box + `.querySelector(".list")`
	// What the text can fold; the contents open by themselves.
	folds = `[...document.querySelectorAll("main details:not([data-open-from])")]`
)

// longPage is a page that scrolls, with something to lose in it.
func longPage(title, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %s\n---\n%s\n\n", title, text)
	for i := range 12 {
		fmt.Fprintf(&b, "## Part %d\n\n%s\n\n<details><summary>More of it</summary>\n\nHidden %d.\n\n</details>\n\nSee [the other page](other.md).\n\n", i, strings.Repeat("Many words of a handbook. ", 60), i)
	}
	return b.String()
}

// TestPreview edits a site under a browser that shows one of its pages.
func TestPreview(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	dir := testkit.Site(t, "-- site.yaml --\ntitle: Example\nowner: team:platform\n-- content/guide/_index.md --\n---\ntitle: Guide\n---\n-- content/guide/other.md --\n---\ntitle: Other\n---\n")
	r := reader{t: t, dir: dir}
	r.write("content/guide/long.md", longPage("Long", "First text."))
	server := startServe(t, dir)
	var problems *problems
	r.ctx, problems = startBrowser(t, server)
	if err := chromedp.Do(r.ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server+"/guide/long/"), chromedp.WaitReady("main")); err != nil {
		t.Fatal(err)
	}

	// What a reader has done to the page.
	evaluate[int](r, `(() => {
		window.marker = 1;
		window.swaps = 0;
		document.addEventListener("rutter:swap", () => window.swaps++);
		document.documentElement.dataset.theme = "dark";
		`+folds+`[5].open = true;
		document.querySelectorAll("main p > a")[6].focus();
		scrollTo({ top: document.getElementById("part-6").getBoundingClientRect().top + scrollY - 90, behavior: "instant" });
		return 1;
	})()`)
	const top = `document.getElementById("part-6").getBoundingClientRect().top`
	before := evaluate[float64](r, top)
	kept := func(what string) {
		t.Helper()
		r.want(what, `window.marker === 1`)
		r.want(what, `document.documentElement.dataset.theme === "dark"`)
		r.want(what, folds+`.filter(d => d.open).length === 1 && `+folds+`[5].open`)
		time.Sleep(100 * time.Millisecond) // browsers anchor scrolling too, a frame later
		if now := evaluate[float64](r, top); now < before-1 || now > before+1 {
			t.Errorf("%s: the heading at the top was at %v, and is at %v", what, before, now)
		}
	}

	// Body: text above the reader's place grows.
	r.write("content/guide/long.md", longPage("Long", strings.Repeat("Second text, and more of it.\n\n", 10)))
	r.until(`document.querySelector("main").textContent.includes("Second text")`)
	kept("body edit")
	r.want("body edit", `document.activeElement === document.querySelectorAll("main p > a")[6]`)
	r.want("body edit", `window.swaps === 1`)
	r.want("body edit", `!document.querySelector("main").textContent.includes("First text")`)

	// Title and headings: head, menu and contents follow.
	r.write("content/guide/long.md", strings.Replace(longPage("Renamed", "Third text."), "## Part 3", "## Part three", 1))
	r.until(`document.title.startsWith("Renamed")`)
	kept("title edit")
	r.want("title edit", `document.querySelector("h1").textContent.includes("Renamed") && document.querySelector(".menu").textContent.includes("Renamed") && document.querySelector(".toc").textContent.includes("Part three")`)
	r.want("title edit", `document.querySelector(".toc a[aria-current]") !== null`)

	// Another page: this one only takes over the title in its menu.
	r.write("content/guide/other.md", "---\ntitle: Another\n---\n")
	r.until(`document.querySelector(".menu").textContent.includes("Another")`)
	kept("edit of another page")

	// Style.
	r.write("themes/default/components/crumbs/crumbs.css", "h1 { color: rgb(1, 2, 3); }\n")
	r.until(`getComputedStyle(document.querySelector("h1")).color === "rgb(1, 2, 3)"`)
	kept("style edit")
	r.want("style edit", `document.head.querySelectorAll("link[rel=stylesheet]").length === 1`)
	if err := os.RemoveAll(filepath.Join(dir, "themes")); err != nil {
		t.Fatal(err)
	}
	r.until(`getComputedStyle(document.querySelector("h1")).color !== "rgb(1, 2, 3)"`)
	kept("style edit undone")

	// A mistake, and its mending.
	page := longPage("Renamed", "Third text, with a [broken link](nowhere.md).")
	r.write("content/guide/long.md", page)
	r.until(`!` + box + `.hidden`)
	r.want("finding", list+`.textContent.includes("content/guide/long.md:4:") && `+list+`.querySelector(".source").textContent.includes("broken link")`)
	kept("finding")
	r.overlayPictures("finding")
	for range 2 { // by the keyboard: folded, and opened again
		evaluate[int](r, box+`.querySelector("button").focus(), 1`)
		if err := chromedp.Do(r.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
			t.Fatal(err)
		}
	}
	r.want("opened again", `!`+list+`.hidden`)
	if err := chromedp.Do(r.ctx, chromedp.KeyEvent(kb.Escape)); err != nil {
		t.Fatal(err)
	}
	r.want("folded", list+`.hidden && !`+box+`.hidden && `+box+`.querySelector("[aria-expanded=false]") !== null`)
	r.overlayPictures("folded")
	r.write("content/guide/long.md", strings.Replace(page, "nowhere.md", "other.md", 1))
	r.until(box + `.hidden`)
	r.until(`document.querySelector("main").textContent.includes("broken link")`)
	kept("mended")

	// Gone, and back.
	if err := os.Remove(filepath.Join(dir, "content", "guide", "long.md")); err != nil {
		t.Fatal(err)
	}
	r.until(`!` + box + `.hidden`)
	r.want("gone", box+`.textContent.includes("This page is gone") && `+list+`.querySelector("a").getAttribute("href") === "/guide/"`)
	kept("gone")
	r.overlayPictures("gone")
	r.write("content/guide/long.md", longPage("Back", "Back again."))
	r.until(`document.querySelector("main").textContent.includes("Back again")`)
	r.until(box + `.hidden`)
	kept("back")

	// A script runs once: the page loads again, at its place.
	at := evaluate[float64](r, "scrollY")
	r.write("themes/default/components/links/links.js", `document.documentElement.dataset.fresh = "yes";`)
	r.until(`document.documentElement.dataset.fresh === "yes" && document.readyState === "complete"`)
	r.want("script edit", `window.marker === undefined`)
	r.until(fmt.Sprintf(`Math.abs(scrollY - %v) < 2`, at))
	problems.report(t)
}

// TestPreviewOfCharts: charts can be explored after a swap, those that stayed and
// those that are new, and an open one stays open while the text changes.
func TestPreviewOfCharts(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	if _, err := os.Stat(filepath.Join(repository(t), "themes", "default", "vendor", "echarts.min.js")); err != nil {
		testkit.Missing(t, "themes/default/vendor/echarts.min.js")
	}
	dir := t.TempDir()
	exampleSite(t, dir)
	r := reader{t: t, dir: dir}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	server := startServe(t, dir)
	var problems *problems
	r.ctx, problems = startBrowser(t, server)
	const button = "#rt-deployment-frequency .figure-bar button"
	err := chromedp.Do(r.ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server+"/services/checkout/"), chromedp.Click(button), chromedp.WaitVisible("figure canvas"))
	if err != nil {
		t.Fatal(err)
	}
	evaluate[int](r, "window.marker = 1")
	const ready = `[...document.querySelectorAll("figure[data-explore]")].every(f => f.querySelectorAll(".figure-bar button").length === 1)`

	page := read("content/services/checkout.md")
	r.write("content/services/checkout.md", page+"\nMore about it.\n")
	r.until(`document.querySelector("main").textContent.includes("More about it.")`)
	r.want("text edit", `window.marker === 1 && document.querySelectorAll("figure canvas").length === 1 && `+ready)

	events := strings.Split(read("content/services/checkout.ndjson"), "\n")
	for i := len(events) - 1; i >= 0; i-- {
		if strings.Contains(events[i], `"type":"deployment"`) {
			events = append(events[:i], events[i+1:]...)
			break
		}
	}
	before := evaluate[string](r, `document.querySelector("#rt-deployment-frequency").dataset.options`)
	r.write("content/services/checkout.ndjson", strings.Join(events, "\n"))
	r.until(fmt.Sprintf(`document.querySelector("#rt-deployment-frequency").dataset.options !== %q`, before))
	r.want("data edit", `window.marker === 1 && `+ready)
	if err := chromedp.Do(r.ctx, chromedp.Click(button), chromedp.WaitVisible("#rt-deployment-frequency canvas")); err != nil {
		t.Fatal(err)
	}
	problems.report(t)
}

// overlayPictures keeps pictures of the overlay, on each screen, and checks
// that it stays on the screen.
func (r reader) overlayPictures(name string) {
	r.t.Helper()
	at := evaluate[float64](r, "scrollY")
	for _, s := range screens {
		s.emulate(r.t, r.ctx)
		evaluate[int](r, `document.documentElement.dataset.theme = "`+s.scheme+`", 1`)
		r.want(name+" "+s.name, `(r => r.left >= 0 && r.right <= innerWidth && r.top >= 0 && r.bottom <= innerHeight && r.height > 40)(`+box+`.getBoundingClientRect())`)
		screenshot(r.t, r.ctx, "overlay-"+name, s, chromedp.CaptureScreenshot())
	}
	screens[0].emulate(r.t, r.ctx)
	evaluate[int](r, fmt.Sprintf(`document.documentElement.dataset.theme = "dark", scrollTo({ top: %v, behavior: "instant" }), 1`, at))
}

// TestServePortInUse: the message says what to do.
func TestServePortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := testkit.Site(t, "-- content/a.md --\n")
	out, err := command(dir, nil, "serve", "--addr", l.Addr().String()).CombinedOutput()
	exit, _ := err.(*exec.ExitError)
	if exit == nil || exit.ExitCode() != exitUsage || !strings.Contains(string(out), "another program serves on "+l.Addr().String()) || !strings.Contains(string(out), "--addr 127.0.0.1:0") {
		t.Errorf("got %v\n%s", err, out)
	}
}
