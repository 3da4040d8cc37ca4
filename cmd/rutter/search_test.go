package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// question is what a reader types, and the address of the page that answers.
type question struct{ text, page string }

func questions(t *testing.T) (list []question) {
	t.Helper()
	data, err := os.ReadFile("testdata/questions.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if text, page, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			list = append(list, question{text, page})
		}
	}
	return list
}

// searched is what the browser asked a server for, of the search.
type searched struct {
	lock  sync.Mutex
	names []string
}

func (s *searched) take() []string {
	s.lock.Lock()
	defer s.lock.Unlock()
	names := s.names
	s.names = nil
	return names
}

// TestSearch uses the search of the example site as a reader does.
func TestSearch(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil)
	public := filepath.Join(dir, "public")
	files := http.FileServer(http.Dir(public))
	var asked searched
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", testkit.CSP)
		if strings.Contains(r.URL.Path, "/search/") || strings.Contains(r.URL.Path, "find.") {
			asked.lock.Lock()
			asked.names = append(asked.names, r.URL.Path)
			asked.lock.Unlock()
		}
		if r.URL.Path == "/playbooks/rolling-back.html" {
			r.URL.Path = "/404.html" // as servers do where there is no file
		}
		files.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, problems := startBrowser(t, server.URL)
	s := searcher{t, ctx}

	t.Run("questions", func(t *testing.T) {
		s := searcher{t, ctx}
		s.open(server.URL + "/search/")
		s.until(`window.rutterSearch`)
		first, five := 0, 0
		all := questions(t)
		for _, q := range all {
			found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf(`rutterSearch.find(%q, 5).then((list) => list.map((p) => p.address))`, q.text), chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			for i, page := range found {
				if page == q.page {
					five++
					if i == 0 {
						first++
					}
				}
			}
			if len(found) == 0 || found[0] != q.page {
				t.Logf("%q is answered by %s; found %q", q.text, q.page, found)
			}
		}
		t.Logf("of %d questions the right page is first for %d, in the first five for %d", len(all), first, five)
		if len(all) != 40 || first < 36 || five < 40 {
			t.Errorf("of %d questions the right page is first for %d, want 36; in the first five for %d, want 40", len(all), first, five)
		}
	})

	// Nothing is loaded before somebody asks.
	asked.take()
	s.open(server.URL + "/roles/designer/")
	if names := asked.take(); len(names) != 0 {
		t.Errorf("a page loads %q before somebody searches", names)
	}

	// With the keyboard alone: open, type, go down, follow, come back.
	s.key("/")
	s.until(`document.querySelector("dialog.search")?.open && document.activeElement.matches(".search-field")`)
	s.typed("rolback") // a letter is missing
	s.until(`document.querySelector("dialog.search [role=option] .search-name")?.textContent.startsWith("Roll back")`)
	s.is(`/^\d+ pages?, with “rollback” for “rolback”$/.test(document.querySelector(".search-state").textContent)`)
	s.is(`document.querySelector(".search-state").getAttribute("role") === "status"`)
	s.key(kb.ArrowDown)
	s.is(`document.activeElement.getAttribute("aria-activedescendant") === document.querySelector("[role=option][aria-selected=true]").id`)
	s.key(kb.Enter)
	s.until(`location.pathname === "/playbooks/roll-back/" && document.readyState === "complete"`)
	s.key("k", chromedp.ModifierCtrl)
	s.until(`document.querySelector("dialog.search")?.open && document.activeElement.matches(".search-field")`)
	s.is(`[...document.querySelectorAll(".search-recent")].some((b) => b.textContent === "rolback")`)
	s.key(kb.Escape)
	s.until(`!document.querySelector("dialog.search").open`)

	// Back where the reader was; and what was looked for can be forgotten.
	s.is(`(window.was = document.querySelector("main a[href]"), was.focus(), true)`)
	s.key("k", chromedp.ModifierCtrl)
	s.until(`document.querySelector("dialog.search").open && document.activeElement.matches(".search-field")`)
	s.is(`(document.querySelector(".search-forget").click(), document.querySelectorAll(".search-recent").length === 0 && document.activeElement.matches(".search-field"))`)
	s.key(kb.Escape)
	s.until(`!document.querySelector("dialog.search").open`)
	s.is(`document.activeElement === was`)
	s.key("k", chromedp.ModifierCtrl)
	s.until(`document.querySelector("dialog.search").open`)
	s.is(`document.querySelectorAll(".search-recent").length === 0`)
	s.key(kb.Escape)

	// A slash in a text field is a slash.
	s.open(server.URL + "/reports/raci/")
	s.is(`(document.querySelector(".filter input").focus(), true)`)
	s.key("/")
	s.is(`!document.querySelector("dialog.search")`)

	// A link to a search, filters, and what is not there.
	s.open(server.URL + "/search/?q=release")
	s.until(`document.querySelectorAll(".search-kinds .chip").length > 2`)
	s.is(`document.querySelector("[data-search] mark") !== null`)
	s.is(`([...document.querySelectorAll(".search-kinds .chip")].find((b) => b.textContent.startsWith("Book guide")).click(), true)`)
	s.until(`[...document.querySelectorAll(".search-page .search-kind")].every((k) => k.textContent.startsWith("Book guide"))`)
	s.is(`(document.querySelector(".search-field").value = "zxqvvw", document.querySelector(".search-field").dispatchEvent(new Event("input")), true)`)
	s.until(`document.querySelector(".search-state").textContent === "Nothing found for “zxqvvw”"`)
	s.is(`new URLSearchParams(location.search).get("q") === "zxqvvw" && document.querySelector(".search-help li a") !== null`)

	// Words are told apart as in the index.
	data, err := os.ReadFile("../../internal/search/testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if text, words, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			s.is(fmt.Sprintf(`rutterSearch.words(%q).join(" ") === %q`, text, words))
		}
	}
	problems.report(t)

	// Where there is no page, its name is searched for.
	s.open(server.URL + "/playbooks/rolling-back.html")
	s.until(`document.querySelector("[data-search] [role=option] .search-name")?.textContent === "Roll back"`)
	s.is(`location.pathname === "/playbooks/rolling-back.html" && location.search === ""`)
	choices(s, server.URL)
	problems.report(t)

	// From a disk.
	s.open("file://" + filepath.ToSlash(filepath.Join(public, "search", "index.html")) + "?q=canary")
	s.until(`document.querySelector("[data-search] [role=option] .search-name")?.textContent === "Release patterns"`)
	s.is(`document.querySelector("[data-search] [role=option]").href.startsWith(new URL("../topics/release-patterns/index.html#", location.href).href)`)

	for _, p := range []string{"/?", "/search/?q=roll+back"} {
		for _, screen := range screens {
			screen.emulate(t, ctx)
			s.open(server.URL + p)
			if p == "/?" {
				s.key("/")
				s.until(`document.activeElement.matches(".search-field")`)
				s.typed("release")
			}
			s.until(`document.querySelectorAll("[role=option]").length > 3`)
			screenshot(t, ctx, strings.NewReplacer("/", "-", "?", "").Replace("find"+p), screen, chromedp.CaptureScreenshot())
		}
	}
}

// searcher acts and looks in a browser.
type searcher struct {
	t   *testing.T
	ctx context.Context
}

func (s searcher) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, actions...); err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

func (s searcher) open(address string) {
	s.t.Helper()
	s.do(address, chromedp.Navigate(address))
	s.until(`document.readyState === "complete"`) // its scripts have run
}

// until waits for an expression to be true.
func (s searcher) until(expression string) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(15 * time.Millisecond) {
		// A page that is just being left has no answer.
		ok, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && ok {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("not so in 20 seconds: %s (%v)", expression, err)
		}
	}
}

// is wants an expression to be true at once.
func (s searcher) is(expression string) {
	s.t.Helper()
	ok, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](expression))
	if err != nil || !ok {
		s.t.Errorf("not so: %s (%v)", expression, err)
	}
}

func (s searcher) key(key string, modifiers ...chromedp.Modifier) {
	s.t.Helper()
	s.do("press "+key, chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}

func (s searcher) typed(text string) {
	s.t.Helper()
	s.do("type "+text, chromedp.KeyEvent(text))
}
