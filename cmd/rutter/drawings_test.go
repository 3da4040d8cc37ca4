package main

import (
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// drawingSite is a small site with what scripts add to: code, a picture, formulas
// and diagrams. Its home page has none of them.
func drawingSite(t *testing.T, dir string) {
	t.Helper()
	for name, text := range map[string]string{
		"site.yaml":         "title: Drawings\nowner: team:docs\nbase_url: https://x.test/\nmarkup: {math: dollars}\n",
		"content/index.md":  "---\ntitle: Drawings\n---\n\nSee [all of them](all.md).\n",
		"content/all.md":    "---\ntitle: All of them\n---\n\n```console title=\"a terminal\"\n$ make site\n$ make check\n```\n\n```go {2,4-5} linenums=\"9\"\npackage main\n\n/* A comment\nof two lines */\nfunc main() { println(\"a line that is wider than a telephone is, and so has to be scrolled to its end, which is here\") }\n```\n\n![A wide drawing](wide.png)\n\n![A small one](small.png)\n\nEuler: $e^{i\\pi} + 1 = 0$, for $5 and $10, and $`a_b`$.\n\n```math\n\\left( \\sum_{k=1}^n a_k b_k \\right)^2 \\le \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} \\overbrace{x+y}^{z} \\color{red}{w} \\boxed{b} \\cancel{c} \\hspace{2em} \\underline{u} \\sqrt[3]{v}\n```\n\n$\\wrong{$\n\n```mermaid\nflowchart LR\n  commit --> build{Is it green?}\n  build -->|yes| deploy\n  build -->|no| commit\n```\n\n```mermaid\nsequenceDiagram\n  Reader->>Site: asks\n  Site-->>Reader: answers\n```\n\n```mermaid\nno diagram\n```\n",
		"content/wide.png":  picture(t, 2400, 600),
		"content/small.png": picture(t, 60, 40),
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// picture is a PNG of a size.
func picture(t *testing.T, width, height int) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = byte(i % width * 255 / width)
	}
	var b strings.Builder
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDrawings uses what scripts add to a page, with the content security policy
// of _headers as a header of every file: no error in the console, no violation, nothing from elsewhere.
func TestDrawings(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	dir := t.TempDir()
	drawingSite(t, dir)
	mustBuild(t, dir, nil)
	public := filepath.Join(dir, "public")
	testkit.CheckSite(t, os.DirFS(public), testkit.SiteOptions{URL: "https://x.test/"})
	files := http.FileServer(http.Dir(public))
	headers, err := os.ReadFile(filepath.Join(public, "_headers"))
	if err != nil {
		t.Fatal(err)
	}
	_, policy, _ := strings.Cut(string(headers), "Content-Security-Policy: ")
	policy, _, _ = strings.Cut(policy, "\n")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, problems := startBrowser(t, server.URL)
	s := searcher{t, ctx}
	s.do("a window", chromedp.EmulateViewport(1280, 900))

	s.open(server.URL + "/")
	s.is(`![...document.scripts].some((s) => /formulas|diagrams/.test(s.src)) && !document.documentElement.dataset.diagrams`)

	s.open(server.URL + "/all/")
	t.Run("copy", func(t *testing.T) { s.copies(t) })
	t.Run("zoom", func(t *testing.T) { s.zooms(t) })
	if _, err := os.Stat(filepath.Join(repository(t), "themes", "default", "vendor", "diagram.html")); err != nil {
		if os.Getenv("RUTTER_TEST_ALL") == "1" {
			t.Error("themes/default/vendor/diagram.html is missing: run make assets")
		}
		s.is(`document.querySelectorAll("code.tex").length === 4 && !document.querySelector(".mermaid button:not(.code-copy)")`)
		problems.report(t)
		return
	}
	t.Run("formulas", func(t *testing.T) { s.formulas(t) })
	t.Run("diagrams", func(t *testing.T) { s.diagrams(t) })
	for _, screen := range screens {
		screen.emulate(t, ctx)
		s.is(`document.documentElement.scrollWidth <= innerWidth`)
		screenshot(t, ctx, "drawings", screen, chromedp.FullScreenshot(100))
		s.is(`(document.querySelector(".mermaid").scrollIntoView(), true)`)
		if os.Getenv("RUTTER_SCREENSHOTS") != "" {
			s.do("drawing in other colours", chromedp.Sleep(time.Second))
		}
		screenshot(t, ctx, "diagrams", screen, chromedp.CaptureScreenshot())
	}
	problems.report(t)

	t.Run("from a disk", func(t *testing.T) {
		s := searcher{t, ctx}
		s.open("file://" + filepath.ToSlash(filepath.Join(public, "all", "index.html")))
		s.until(`document.querySelectorAll("math").length === 3`)
		s.is(`(document.querySelector(".mermaid").scrollIntoView(), true)`)
		s.until(`document.querySelector(".mermaid-drawn iframe")?.clientHeight > 40`)
	})
}

// copies uses the button of a block of code.
func (s searcher) copies(t *testing.T) {
	s.t = t
	s.is(`(navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }, true)`)
	s.is(`(document.querySelector(".code-copy").click(), true)`)
	s.until(`window.copied === "make site\nmake check\n"`)
	s.until(`document.querySelector("[role=status].code-said").textContent === "Copied"`)
	s.is(`document.querySelector(".code-copy").textContent === "Copied"`)

	// Where the clipboard is not to be had, what is selected is copied: each line once.
	s.is(`(navigator.clipboard.writeText = () => Promise.reject(new Error("no")), true)`)
	s.is(`(document.querySelectorAll(".code-copy")[1].click(), true)`)
	s.until(`getSelection().toString().startsWith("package main\n\n/* A comment\nof two")`)

	s.is(`document.querySelectorAll("mark.line").length === 3 && document.querySelector("mark.line").dataset.line === "10"`)
	s.is(`[...document.querySelectorAll(".code pre")].every((p) => p.tabIndex === 0 && p.ariaLabel)`)
}

// zooms opens a picture by the keyboard and by a click.
func (s searcher) zooms(t *testing.T) {
	s.t = t
	wide := `document.querySelector("img[src*=wide]")`
	s.is(wide + `.getAttribute("width") === "2400" && ` + wide + `.getAttribute("loading") === null`)
	s.is(`document.querySelector("img[src*=small]").getAttribute("loading") === "lazy" && document.querySelector("img[src*=small]").role === null`)
	s.until(wide + `.role === "button"`)
	s.is(`(` + wide + `.focus(), true)`)
	s.key(kb.Enter)
	s.until(`document.querySelector("dialog.zoom[open] img")?.clientWidth > ` + wide + `.clientWidth`)
	s.key(kb.Escape)
	s.until(`!document.querySelector("dialog.zoom") && document.activeElement === ` + wide)
	s.is(`(` + wide + `.click(), document.querySelector("dialog.zoom").open)`)
	s.is(`(document.querySelector("dialog.zoom button").click(), true)`)
	s.until(`!document.querySelector("dialog.zoom") && document.activeElement === ` + wide)
}

// formulas looks at what was drawn, and at the one that cannot be.
func (s searcher) formulas(t *testing.T) {
	s.t = t
	s.until(`document.querySelectorAll(".prose math").length === 3`)
	s.is(`document.querySelector("math annotation").textContent.includes("e^{i")`)
	s.is(`document.querySelector(".formula math").getBoundingClientRect().height > 20`)
	s.is(`document.querySelectorAll("code.tex").length === 1 && document.querySelector("code.tex").title !== ""`)
	s.is(`document.querySelector(".prose").textContent.includes("for $5 and $10,")`)
}

// diagrams has two drawn as they come near, and is told that the third is none.
func (s searcher) diagrams(t *testing.T) {
	s.t = t
	s.is(`(document.querySelectorAll(".mermaid")[2].scrollIntoView(), true)`)
	s.until(`document.querySelectorAll(".mermaid-drawn").length === 2`)
	s.is(`[...document.querySelectorAll(".mermaid-drawn iframe")].every((f) => f.clientHeight > 40 && f.sandbox.value === "allow-scripts" && f.contentDocument === null)`)
	s.until(`document.querySelectorAll(".mermaid-state")[2].textContent.startsWith("It cannot be drawn")`)
	s.is(`document.querySelectorAll(".mermaid")[2].querySelector(".code").clientHeight > 0`)
	s.is(`(document.querySelector(".mermaid-button").click(), document.querySelector(".mermaid .code").clientHeight > 0)`)
	s.is(`(document.querySelector(".mermaid-button").click(), document.querySelector(".mermaid .code").clientHeight === 0)`)
}
