package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/testkit"
)

const small = `
-- site.yaml --
title: Example
owner: team:platform
-- content/_index.md --
---
title: Home
---
Start at [QA](roles/qa.md).
-- content/roles/qa.md --
---
title: QA
---
The canary of the source.
-- content/plain.md --
---
title: Plain
---
![A plan](plan.svg)
-- content/plan.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>A plan</title></svg>
-- secret.txt --
not served
`

const patient = 2 * time.Minute // before a test gives up

// preview is a server that runs for one test.
type preview struct {
	t    *testing.T
	dir  string
	addr string
	log  *log
	stop func() // ends it and waits
}

// log is what the server prints.
type log struct {
	lock sync.Mutex
	text string
	more chan struct{} // closed when there is more
}

func (l *log) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.text += string(p)
	close(l.more)
	l.more = make(chan struct{})
	return len(p), nil
}

func (l *log) read() (string, chan struct{}) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text, l.more
}

// await waits for a text in the log.
func (l *log) await(t *testing.T, want string) string {
	t.Helper()
	timeout := time.After(patient)
	for {
		text, more := l.read()
		if strings.Contains(text, want) {
			return text
		}
		select {
		case <-more:
		case <-timeout:
			t.Fatalf("waited in vain for %q; the log is\n%s", want, text)
		}
	}
}

// start serves a site until the test ends, and checks that ending is quick.
func start(t *testing.T, archive string) preview {
	t.Helper()
	dir := testkit.Site(t, archive)
	return startWith(t, dir, build.Options{Dir: dir, Output: filepath.Join(dir, "public"), Drafts: true})
}

func startWith(t *testing.T, dir string, opts build.Options) preview {
	t.Helper()
	return startOptions(t, dir, Options{Build: opts})
}

func startOptions(t *testing.T, dir string, opts Options) preview {
	t.Helper()
	p := preview{t: t, dir: dir, log: &log{more: make(chan struct{})}}
	opts.Addr, opts.Log = "127.0.0.1:0", p.log
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, opts) }()
	p.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(patient):
			t.Error("the server does not end")
		}
	})
	t.Cleanup(p.stop)
	text := p.log.await(t, "(end with Ctrl-C)")
	p.addr = regexp.MustCompile(`Serving on http://([^/]+)/`).FindStringSubmatch(text)[1]
	return p
}

func (p preview) get(path string) (status int, body string) {
	p.t.Helper()
	r, err := http.Get("http://" + p.addr + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return r.StatusCode, string(data)
}

// write saves a file as careful editors do: a new file in the place of the old.
func (p preview) write(name, text string) {
	p.t.Helper()
	file := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file+"~", []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(file+"~", file); err != nil {
		p.t.Fatal(err)
	}
}

func (p preview) page(name, text string) { p.write(name, "---\ntitle: A page\n---\n"+text+"\n") }

// token is what the pages of the server call the preview's files by.
func (p preview) token() string {
	p.t.Helper()
	_, page := p.get("/")
	m := regexp.MustCompile(`/-preview/([^/]+)/preview\.js`).FindStringSubmatch(page)
	if m == nil {
		p.t.Fatalf("the page has no script of the preview:\n%s", page)
	}
	return m[1]
}

// browser listens as the script of a page does.
type browser struct {
	p      preview
	states chan state
}

func (p preview) browser() browser { return p.browserAt("/roles/qa/") }

func (p preview) browserAt(page string) browser {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://"+p.addr+"/-preview/"+p.token()+"/events?page="+url.QueryEscape(page), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || kind != "text/event-stream" {
		p.t.Fatalf("stream: got %s, %s", answer.Status, kind)
	}
	b := browser{p, make(chan state, 1000)}
	go func() {
		defer answer.Body.Close()
		defer close(b.states)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var s state
				if json.Unmarshal([]byte(data), &s) == nil {
					b.states <- s
				}
			}
		}
	}()
	return b
}

// until waits for a state.
func (b browser) until(what string, wanted func(state) bool) state {
	b.p.t.Helper()
	timeout := time.After(patient)
	for {
		select {
		case s, open := <-b.states:
			if !open {
				b.p.t.Fatalf("the stream ended before %s", what)
			}
			if wanted(s) {
				return s
			}
		case <-timeout:
			text, _ := b.p.log.read()
			b.p.t.Fatalf("waited in vain for %s; the log is\n%s", what, text)
		}
	}
}

// untilPage waits until a page is answered in some way.
func (b browser) untilPage(path string, status int, text string) {
	b.p.t.Helper()
	there := func(state) bool {
		got, body := b.p.get(path)
		return got == status && strings.Contains(body, text)
	}
	if !there(state{}) {
		b.until(fmt.Sprintf("%s to be %d with %q", path, status, text), there)
	}
}

func good(s state) bool { return s.Findings == nil }
func bad(s state) bool  { return s.Findings != nil }

func TestRel_W6_LastGoodPagesStayUnderTheFindings(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	one, two := p.browser(), p.browser()
	first := one.until("the first state", good)
	two.until("the first state of another browser", good)

	p.page("content/roles/qa.md", "A new text.")
	after := one.until("a build", func(s state) bool { return s.Build > first.Build })
	two.until("a build in another browser", func(s state) bool { return s.Build > first.Build })
	if _, body := p.get("/roles/qa/"); !strings.Contains(body, "A new text.") || !strings.Contains(body, fmt.Sprintf("data-version=%q", after.Version)) {
		t.Errorf("the new text is not served as version %s:\n%s", after.Version, body)
	}

	p.page("content/roles/qa.md", "A [link](gone.md).")
	broken := one.until("findings", bad)
	two.until("findings in another browser", bad)
	if f := broken.Findings[0]; broken.Build != after.Build || f.Code != "RT401" || f.Place != "content/roles/qa.md:4:10" || f.Source != "A [link](gone.md)." {
		t.Errorf("findings: %+v", broken)
	}
	if status, body := p.get("/roles/qa/"); status != 200 || !strings.Contains(body, "A new text.") {
		t.Errorf("the last good page is gone, %d:\n%s", status, body)
	}
	late := p.browser()
	late.until("findings in a browser that comes later", bad)

	// Back to what is served: the findings go, and no page needs to load again.
	p.page("content/roles/qa.md", "A new text.")
	if s := one.until("the findings to go", good); s.Build != after.Build || s.Version != after.Version {
		t.Errorf("after the undoing: got %+v, want %+v", s, after)
	}
	two.until("the findings to go in another browser", good)
	p.page("content/roles/qa.md", "Mended.")
	one.until("a build", func(s state) bool { return s.Build > after.Build })
	one.p.log.await(t, "1 error: the browser keeps the last good pages\n")
}

func TestRel_W7_ChangesDuringBuildsAreSeen(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	b := p.browser()
	for i := range 200 { // builds run meanwhile
		p.page("content/roles/qa.md", fmt.Sprintf("Text %d.", i))
		if i%50 == 49 {
			b.untilPage("/roles/qa/", 200, fmt.Sprintf("Text %d.", i))
		}
	}
}

func TestRel_W5_FoldersThatComeAndGo(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	b := p.browser()
	in := func(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p.page("content/notes/deep/er/one.md", "One.")
	b.untilPage("/notes/deep/er/one/", 200, "One.")
	p.page("content/notes/deep/er/two.md", "Two.")
	b.untilPage("/notes/deep/er/two/", 200, "Two.")

	check(os.RemoveAll(in("content/notes")))
	b.untilPage("/notes/deep/er/one/", 404, "")
	p.page("content/notes/deep/er/one.md", "Back.")
	b.untilPage("/notes/deep/er/one/", 200, "Back.")

	// Moved, and another one in its place: both are watched.
	check(os.Rename(in("content/notes"), in("content/moved")))
	b.untilPage("/moved/deep/er/one/", 200, "Back.")
	p.page("content/notes/deep/er/one.md", "Another.")
	b.untilPage("/notes/deep/er/one/", 200, "Another.")
	p.page("content/moved/deep/er/one.md", "Edited where it went.")
	b.untilPage("/moved/deep/er/one/", 200, "Edited where it went.")
	p.page("content/notes/deep/er/one.md", "Edited where it was.")
	b.untilPage("/notes/deep/er/one/", 200, "Edited where it was.")

	// Moved in with files already inside.
	p.page("aside/sub/page.md", "From aside.")
	check(os.Rename(in("aside"), in("content/inside")))
	b.untilPage("/inside/sub/page/", 200, "From aside.")

	// A theme that was not there, then without it.
	p.write("themes/default/layouts/page.html", `{{define "main"}}<h1>Ours</h1>{{end}}`)
	b.untilPage("/plain/", 200, "<h1>Ours</h1>")
	p.write("themes/default/layouts/page.html", `{{define "main"}}<h1>Ours again</h1>{{end}}`)
	b.untilPage("/plain/", 200, "<h1>Ours again</h1>")
	check(os.RemoveAll(in("themes")))
	b.untilPage("/plain/", 200, "A plan")

	// The content itself is gone for a while, and then another folder.
	check(os.Rename(in("content"), in("elsewhere")))
	b.untilPage("/content/roles/qa/", 404, "")
	check(os.Rename(in("elsewhere"), in("content")))
	b.untilPage("/roles/qa/", 200, "canary")
	p.write("site.yaml", "title: Renamed\nowner: team:platform\ncontent: pages/all\n")
	b.until("findings about the folder", bad)
	p.page("pages/all/index.md", "Other pages.")
	b.untilPage("/", 200, "Other pages.")
	p.page("pages/all/index.md", "Edited other pages.")
	b.untilPage("/", 200, "Edited other pages.")
	if _, err := os.Stat(in("public")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the preview wrote into the output folder")
	}
}

// TestContentFolderComesAgain: with --content there is no site above the folder.
func TestContentFolderComesAgain(t *testing.T) {
	t.Parallel()
	dir := testkit.Site(t, "-- docs/README.md --\n# Docs\n\nHello.\n")
	docs := filepath.Join(dir, "docs")
	p := startWith(t, dir, build.Options{Content: docs, Output: "public"})
	b := p.browser()
	if err := os.RemoveAll(docs); err != nil {
		t.Fatal(err)
	}
	if s := b.until("an error", bad); s.Findings[0].Code != "RT115" || s.Findings[0].Place != "." {
		t.Errorf("findings: %+v", s.Findings)
	}
	if _, body := p.get("/"); !strings.Contains(body, "Hello.") {
		t.Errorf("the last good page is gone:\n%s", body)
	}
	p.write("docs/README.md", "# Docs\n\nAgain.\n")
	b.untilPage("/", 200, "Again.")
}

// TestBrokenAtFirst: a site that cannot be built yet is served when it can.
func TestBrokenAtFirst(t *testing.T) {
	t.Parallel()
	p := start(t, "-- site.yaml --\ntilte: Example\nowner: team:platform\n-- content/_index.md --\n---\ntitle: Home\n---\n")
	p.log.await(t, "1 error: there is nothing to show yet\n")
	status, body := p.get("/")
	if status != 503 || !strings.Contains(body, "nothing to show yet") {
		t.Errorf("got %d\n%s", status, body)
	}
	for _, problem := range testkit.CheckPage("start.html", startPage) {
		t.Error(problem)
	}
	b := p.browser()
	if s := b.until("findings", bad); s.Build != 0 || s.Findings[0].Code != "RT802" {
		t.Errorf("findings: %+v", s)
	}
	p.write("site.yaml", "title: Example\nowner: team:platform\n")
	if s := b.until("the findings to go", good); s.Build == 0 {
		t.Error("the page that says that there is nothing would stay")
	}
	if status, _ := p.get("/"); status != 200 {
		t.Errorf("got %d", status)
	}
}

// TestLog: what is in order is said in one line, what is wrong is said once.
func TestLog(t *testing.T) {
	t.Parallel()
	p := start(t, small+"-- content/old.md --\n---\ntitle: Old\n---\n![x](https://example.org/x.png)\n")
	b := p.browser()
	p.page("content/roles/qa.md", "One edit.")
	b.untilPage("/roles/qa/", 200, "One edit.")
	// Were the size another, the page would be made anew, to keep room for it.
	p.write("content/plan.svg", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>Another plan</title></svg>`)
	p.log.await(t, "0 of 4 pages, 1 other file, ")
	if err := os.Remove(filepath.Join(p.dir, "content", "old.md")); err != nil {
		t.Fatal(err)
	}
	log := p.log.await(t, ", 1 removed, ")
	if n := strings.Count(log, "RT117"); n != 1 {
		t.Errorf("a warning is printed %d times, want once:\n%s", n, log)
	}
	first, _, _ := strings.Cut(log, "Serving on")
	if !strings.Contains(first, "\n4 pages, ") {
		t.Errorf("the first build is said as\n%s", first)
	}
	if !regexp.MustCompile(`(?m)^[12] of 4 pages, \d+ ms$`).MatchString(log) {
		t.Errorf("an edit of one page is not said as that of a page:\n%s", log)
	}
}

// TestRel_W8_SlowAndManyBrowsers: who does not read does not hold up the rest,
// and there is an end to how many may wait.
func TestRel_W8_SlowAndManyBrowsers(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	path := "/-preview/" + p.token() + "/events"
	var conns []net.Conn
	for i := range maxWaiting + 1 {
		c, err := net.Dial("tcp", p.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		conns = append(conns, c)
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, p.addr)
		c.SetReadDeadline(time.Now().Add(patient))
		status, err := bufio.NewReader(c).ReadString('\n')
		if want := map[bool]string{false: "200 OK", true: "503 "}[i == maxWaiting]; err != nil || !strings.Contains(status, want) {
			t.Fatalf("browser %d: got %q, %v, want %q", i, status, err, want)
		}
	}
	p.page("content/roles/qa.md", "While nobody reads.")
	p.log.await(t, " of 3 pages, ")
	if _, body := p.get("/roles/qa/"); !strings.Contains(body, "While nobody reads.") {
		t.Errorf("got\n%s", body)
	}
	// One goes; there is room as soon as the server sees it.
	conns[0].Close()
	timeout := time.After(patient)
	for {
		r, err := http.Get("http://" + p.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode == http.StatusOK {
			break
		}
		select {
		case <-timeout:
			t.Fatal("a browser that left keeps its place")
		default:
		}
	}
	begin := time.Now()
	p.stop()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("with open streams, ending took %v", took)
	}
}

func TestListenOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.org:80", "127.0.0.1", "nonsense", "127.0.0.1:no-port", "[::ffff:192.0.2.1]:0"} {
		l, err := listen(t.Context(), addr)
		if !errors.Is(err, ErrAddr) {
			t.Errorf("%q: got %v", addr, err)
		}
		if err == nil {
			l.Close()
		}
	}
	l, err := listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := listen(t.Context(), l.Addr().String()); !errors.Is(err, ErrAddr) || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("a port in use: %v", err)
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 300)
	for _, c := range []struct {
		line   string
		column int
		want   string
	}{
		{"", 0, ""},
		{"  short", 3, "short"},
		{"short", 99, "short"},
		{long, 0, strings.Repeat("ä", 100) + "…"},
		{long, 1, strings.Repeat("ä", 100) + "…"},
		{long, 151, "…" + strings.Repeat("ä", 200) + "…"},
		{long, 301, "…" + strings.Repeat("ä", 100)},
		{long, 9999, "…" + strings.Repeat("ä", 100)},
	} {
		if got := excerpt(c.line, c.column); got != c.want {
			t.Errorf("excerpt(%d runes, %d): got %q, want %q", len([]rune(c.line)), c.column, got, c.want)
		}
	}
}

// TestIncludedFiles: a file that a page includes is watched wherever it lies,
// also before it is there.
func TestIncludedFiles(t *testing.T) {
	t.Parallel()
	p := start(t, small+"-- includes/deep/terms.md --\nThe first terms.\n")
	b := p.browserAt("/plain/")
	p.page("content/plain.md", "--8<-- \"includes/deep/terms.md\"\n\n:::include roles/part.md")
	if s := b.until("a finding", bad); s.Findings[0].Code != "RT406" {
		t.Errorf("findings: %+v", s.Findings)
	}
	p.page("content/roles/part.md", "A part.")
	b.untilPage("/plain/", 200, "The first terms.")
	b.untilPage("/plain/", 200, "A part.")
	p.page("content/roles/part.md", "Another part.")
	b.untilPage("/plain/", 200, "Another part.")
	p.write("includes/deep/terms.md", "The second terms.\n")
	b.untilPage("/plain/", 200, "The second terms.")
	p.page("content/plain.md", "--8<-- \"later.md\"")
	b.until("a finding", bad)
	p.write("later.md", "Late terms.\n")
	b.untilPage("/plain/", 200, "Late terms.")

	// Straight after the build that found out.
	p.page("content/plain.md", "--8<-- \"includes/deep/terms.md\"")
	b.untilPage("/plain/", 200, "The second terms.")
	p.write("includes/deep/terms.md", "The third terms.\n")
	b.untilPage("/plain/", 200, "The third terms.")
}
