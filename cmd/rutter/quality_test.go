package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// kinds has a page of every kind that the example site has: what docs/quality.md
// says of each kind is measured on these.
var kinds = []struct{ name, address string }{
	{"home", ""},
	{"section", "start/"},
	{"page", "start/overview/"},
	{"role", "roles/developer/"},
	{"list of roles", "roles/"},
	{"process", "processes/build/integrate-deliver/"},
	{"loop", "processes/build/"},
	{"flow", "processes/incident-response/"},
	{"book", "books/accelerate/"},
	{"path", "paths/developer/"},
	{"topic", "topics/business/finance/"},
	{"policy", "policies/gdpr/"},
	{"playbook", "playbooks/roll-back/"},
	{"principle", "principles/quality-reliability/"},
	{"org", "orgs/startup/"},
	{"decision", "decisions/deploy-main-every-day/"},
	{"news", "news/the-handbook-is-complete/"},
	{"team", "teams/storefront/"},
	{"service", "services/checkout/"},
	{"metrics", "metrics/"},
	{"metric", "metrics/lead-time/"},
	{"explain", "services/checkout/explain/lead-time/"},
	{"reports", "reports/"},
	{"report: RACI", "reports/raci/"},
	{"report: hand-offs", "reports/hand-offs/"},
	{"report: coverage", "reports/coverage/"},
	{"report: ownership", "reports/ownership/"},
	{"report: freshness", "reports/freshness/"},
	{"report: evidence", "reports/evidence/"},
	{"report: decisions", "reports/decisions/"},
	{"report: changes", "reports/changes/"},
	{"glossary", "glossary/"},
	{"list", "search/?q=release"},
	{"missing", "404.html"},
	{"lost", "lost/rolling-back.html"},
}

// webTool is a file of a package in .ci/web, which make deps installs.
func webTool(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(repository(t), ".ci", "web", "node_modules", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		testkit.Missing(t, "the npm package of "+name+" (make deps)")
	}
	return path
}

// slowScripts is a header of requests for which scripts come after the page has
// been drawn, but for the one that no page is drawn without.
const slowScripts = "X-Slow-Scripts"

// servedSite is the example site, built, with its folder, behind a server that
// sends the content security policy.
func servedSite(t *testing.T) (public, address string) {
	t.Helper()
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil)
	public = filepath.Join(dir, "public")
	files := http.FileServer(http.Dir(public))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", testkit.CSP)
		if r.Header.Get(slowScripts) != "" && path.Ext(r.URL.Path) == ".js" && !strings.Contains(r.URL.Path, "/first.") {
			time.Sleep(100 * time.Millisecond)
		}
		if strings.HasPrefix(r.URL.Path, "/lost/") {
			r.URL.Path = "/404.html" // as servers do where there is no file
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return public, server.URL
}

// TestKindsAreAll: kinds speaks of every kind of page there is.
func TestKindsAreAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil)
	kind := regexp.MustCompile(`<body class="kind-([a-z]+)"`)
	known := map[string]bool{"moved": true} // a line that leads on
	read := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := kind.FindSubmatch(data)
		if found == nil {
			t.Fatalf("%s has no kind", path)
		}
		return string(found[1])
	}
	for _, k := range kinds {
		known[read(builtFile(dir, k.address))] = true
	}
	err := filepath.WalkDir(filepath.Join(dir, "public"), func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" {
			return err
		}
		if k := read(path); !known[k] {
			known[k] = true
			t.Errorf("kinds has no page of kind %q, such as %s", k, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// builtFile is where the page of an address lies.
func builtFile(dir, address string) string {
	if strings.HasPrefix(address, "lost/") {
		address = "404.html"
	}
	address, _, _ = strings.Cut(address, "?")
	if !strings.HasSuffix(address, ".html") {
		address += "index.html"
	}
	return filepath.Join(dir, "public", filepath.FromSlash(address))
}

// violation is what axe finds, with the elements that it is about.
type violation struct {
	Rule, Help string
	Elements   []string
}

// axeRun runs the rules of a variable; what they find are mistakes, not what a
// person has to judge.
const axeRun = `axe.run(document, {runOnly: rules, resultTypes: ["violations"]})
	.then((r) => r.violations.map((v) => ({Rule: v.id, Help: v.help, Elements: v.nodes.slice(0, 5).map((n) => n.target.join(" ") + " " + n.html.slice(0, 160) + " " + (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message)})))`

// TestAccessible lets axe judge a page of every kind, light and dark, wide and
// narrow: no violation.
func TestAccessible(t *testing.T) {
	t.Parallel()
	testkit.Need(t, "chromium")
	source, err := os.ReadFile(webTool(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	_, address := servedSite(t)
	ctx, problems := startBrowser(t, address)
	s := searcher{t, ctx}
	// What the dark colours cannot change is asked in the light only.
	const standards = `window.rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];`
	const colours = `window.rules = {type: "rule", values: axe.getRules().map((r) => r.ruleId).filter((id) => /color|contrast|link-in-text/.test(id) && !/enhanced/.test(id))};`
	judge := func(name string, width int64) {
		t.Helper()
		// The page's policy forbids scripts of others; the debugger is above it.
		s.is(string(source) + "; typeof axe === 'object'")
		for _, scheme := range []string{"light", "dark"} {
			screen{width: width, scheme: scheme}.emulate(t, ctx)
			rules := standards
			if scheme == "dark" {
				rules = colours
			}
			found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](rules+axeRun, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, v := range found {
				problems.add("%s, %d wide, %s: %s (%s)\n\t%s", name, width, scheme, v.Help, v.Rule, strings.Join(v.Elements, "\n\t"))
			}
		}
	}
	for _, width := range []int64{1280, 390} {
		for _, k := range kinds {
			screen{width: width, scheme: "light"}.emulate(t, ctx)
			s.open(address + "/" + k.address)
			if strings.Contains(k.address, "?q=") || k.name == "lost" {
				s.until(`document.querySelectorAll("[role=option]").length > 3`)
			}
			judge(k.name, width)
		}
		s.open(address + "/")
		s.key("/")
		s.until(`document.activeElement.matches(".search-field")`)
		s.typed("release")
		s.until(`document.querySelectorAll("[role=option]").length > 3`)
		judge("search dialog", width)
	}
	problems.report(t)
}
