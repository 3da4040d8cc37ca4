package serve

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// raw sends a request byte for byte and returns the whole answer.
func (p preview) raw(request string) string {
	p.t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		p.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patient))
	if _, err := io.WriteString(c, request); err != nil {
		p.t.Fatal(err)
	}
	answer, _ := io.ReadAll(c) // the server may close early
	return string(answer)
}

// attack is a request that has worked against some preview server, or one much
// like it (reliability, 1.3).
type attack struct{ name, target, host, headers string }

func attacks(p preview) []attack {
	_, port, _ := net.SplitHostPort(p.addr)
	var all []attack
	for _, host := range []string{
		"evil.test", "evil.test:" + port, "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1.:" + port, "localhost.:" + port, "localhost.evil.test:" + port,
		"0.0.0.0:" + port, "[::]:" + port, "[::ffff:127.0.0.1]:" + port, "[0:0:0:0:0:0:0:1]:" + port, "[::1%25lo]:" + port, "2130706433:" + port, "0x7f.1:" + port,
		"127.1:" + port, "user@127.0.0.1:" + port, p.addr + ":" + port, p.addr + "0", "192.168.0.1:" + port, "",
	} {
		all = append(all, attack{"host " + host, "/roles/qa/", host, ""})
	}
	for _, origin := range []string{
		"http://evil.test", "http://evil.test:" + port, "null", "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost:" + port, "https://" + p.addr, "http://" + p.addr + ".evil.test",
		"http://" + p.addr + "/", "http://user@" + p.addr, "HTTP://" + p.addr, "file://", "http://[::1]:" + port, "http://192.168.0.1:" + port, "http://" + p.addr + " http://evil.test", "chrome-extension://abc", "",
	} {
		all = append(all, attack{"origin " + origin, "/roles/qa/", p.addr, "Origin: " + origin + "\r\n"})
	}
	all = append(all, attack{"two origins", "/roles/qa/", p.addr, "Origin: http://" + p.addr + "\r\nOrigin: http://evil.test\r\n"})
	for _, site := range []string{"cross-site", "same-site"} { // other ports of this machine are of the same site
		for _, fetch := range []string{"no-cors script", "no-cors image", "no-cors style", "cors empty", "websocket websocket", "navigate iframe", "navigate frame", "navigate embed", "navigate object"} {
			mode, dest, _ := strings.Cut(fetch, " ")
			all = append(all, attack{site + " " + fetch, "/roles/qa/", p.addr, "Sec-Fetch-Site: " + site + "\r\nSec-Fetch-Mode: " + mode + "\r\nSec-Fetch-Dest: " + dest + "\r\n"})
		}
	}
	for _, target := range []string{
		"/../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E%2Fsecret.txt", "/..%2fsecret.txt", "//secret.txt", "///secret.txt", "/secret.txt", "/./../secret.txt", "/%252e%252e/secret.txt",
		`/..\secret.txt`, `/\secret.txt`, "/%5c..%5csecret.txt", "/..%5csecret.txt", "/roles/../../secret.txt", "/roles/..%00/../secret.txt", "/....//secret.txt", "/..;/secret.txt",
		"/content/roles/qa.md", "/content/roles/qa.md?raw", "/content/roles/qa.md?raw??", "/content/roles/qa.md?import&raw??", "/content/roles/qa.md?url", "/content/roles/qa.md?.svg?.wasm?init", "/roles/qa.md", "/roles/qa.md?raw",
		"/site.yaml", "/site.yaml/", "/.git/config", "/%2egit/config", "/@fs" + filepath.ToSlash(p.dir) + "/secret.txt", filepath.ToSlash(p.dir) + "/secret.txt", "/" + filepath.ToSlash(p.dir) + "/secret.txt", "/proc/self/environ",
		"/secret.txt%00.html", "/%00", "/roles/qa/\x00", "/secret.txt;x=1", "/#/../secret.txt", "/assets/../secret.txt.map", "/assets/..%2f..%2fsecret.txt",
		"/-preview/", "/-preview/x/events", "/-preview/x/preview.js", "/-preview//events", "/-preview/events", "/-preview/" + p.token()[1:] + "/events", "/-preview/" + p.token() + "x/events", "/-preview/" + p.token() + "/../../secret.txt", "/-preview/" + p.token() + "/",
		"http://evil.test/roles/qa/", "http://" + p.addr + "/roles/qa/", "http://" + p.addr + "/../secret.txt", "file:///etc/passwd", "*", "roles/qa/", "", "/%zz", "/roles/qa/ HTTP/1.1\r\nHost: evil.test",
	} {
		all = append(all, attack{"target " + target, target, p.addr, ""})
	}
	return all
}

func TestRel_T19_AttacksGetNothing(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	all := attacks(p)
	if len(all) < 100 {
		t.Fatalf("only %d attacks", len(all))
	}
	for _, a := range all {
		answer := p.raw("GET " + a.target + " HTTP/1.1\r\nHost: " + a.host + "\r\n" + a.headers + "Connection: close\r\n\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 40") {
			t.Errorf("%q: got\n%.300s", a.name, answer)
		}
		for _, secret := range []string{"not served", "canary", "team:platform", "root:", "event-stream"} {
			if strings.Contains(answer, secret) {
				t.Errorf("%q: the answer holds %q", a.name, secret)
			}
		}
		// A stranger does not even learn which site this is.
		if foreign := !strings.HasPrefix(a.name, "target"); foreign && (strings.Contains(answer, "Example") || strings.Contains(answer, p.token())) {
			t.Errorf("%q: the answer is of the site:\n%.600s", a.name, answer)
		}
		if strings.Contains(answer, "Access-Control-Allow") {
			t.Errorf("%q: another site may read the answer", a.name)
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"} {
		for _, target := range []string{"/roles/qa/", "/-preview/" + p.token() + "/events"} {
			answer := p.raw(method + " " + target + " HTTP/1.1\r\nHost: " + p.addr + "\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")
			if !strings.HasPrefix(answer, "HTTP/1.1 405") || strings.Contains(answer, "canary") {
				t.Errorf("%s %s: got\n%.200s", method, target, answer)
			}
		}
	}
}

// TestOwnPagesAreServed: what the attacks are kept from, readers get.
func TestOwnPagesAreServed(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	_, port, _ := net.SplitHostPort(p.addr)
	const fetch = "Sec-Fetch-Site: "
	for _, a := range []attack{
		{"plain", "/roles/qa/", p.addr, ""},
		{"query", "/roles/qa/?raw", p.addr, ""},
		{"localhost", "/roles/qa/", "localhost:" + port, "Origin: http://localhost:" + port + "\r\n"},
		{"IPv6", "/roles/qa/", "[::1]:" + port, ""},
		{"address bar", "/roles/qa/", p.addr, fetch + "none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"},
		{"own script", "/roles/qa/", p.addr, fetch + "same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nOrigin: http://" + p.addr + "\r\n"},
		{"link elsewhere", "/roles/qa/", p.addr, fetch + "cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			answer := p.raw(method + " " + a.target + " HTTP/1.1\r\nHost: " + a.host + "\r\n" + a.headers + "Connection: close\r\n\r\n")
			for _, want := range []string{
				"HTTP/1.1 200", "Content-Type: text/html; charset=utf-8", "X-Content-Type-Options: nosniff", "Cross-Origin-Resource-Policy: same-origin", "Cross-Origin-Opener-Policy: same-origin",
				"X-Frame-Options: SAMEORIGIN", "Cache-Control: no-store", "Referrer-Policy: same-origin", "Content-Length: ",
			} {
				if !strings.Contains(answer, want) {
					t.Errorf("%s %s: %q is missing in\n%.600s", method, a.name, want, answer)
				}
			}
			if strings.Contains(answer, "canary") != (method == "GET") {
				t.Errorf("%s %s: got\n%.900s", method, a.name, answer)
			}
			if strings.Contains(answer, "Access-Control") {
				t.Errorf("%s %s: another site may read the answer", method, a.name)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, c := range []struct {
		path   string
		status int
		header string
		want   string
	}{
		{"/roles/qa", 302, "Location", "/roles/qa/"},
		{"/roles/qa?a=b&c", 302, "Location", "/roles/qa/?a=b&c"},
		{"/roles", 302, "Location", "/roles/"},
		{"//evil.test", 404, "Location", ""},
		{"/nowhere/", 404, "Content-Type", "text/html; charset=utf-8"},
		{"/plan.svg", 200, "Content-Type", "image/svg+xml"},
		{"/plan.svg", 200, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"},
		{"/sitemap.xml", 200, "Cache-Control", "no-store"},
		{"/-preview/" + p.token() + "/preview.js", 200, "Content-Type", "text/javascript; charset=utf-8"},
		{"/-preview/" + p.token() + "/preview.css", 200, "Content-Type", "text/css; charset=utf-8"},
	} {
		r, err := client.Get("http://" + p.addr + c.path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if got := r.Header.Get(c.header); r.StatusCode != c.status || got != c.want {
			t.Errorf("%s: got %d, %s %q, want %d, %q", c.path, r.StatusCode, c.header, got, c.status, c.want)
		}
	}
	for _, path := range []string{"/", "/roles/qa/", "/nowhere"} {
		_, body := p.get(path)
		for _, problem := range testkit.CheckPage(path, []byte(body)) {
			t.Error(problem)
		}
		if strings.Count(body, "/preview.js") != 1 {
			t.Errorf("%s: the script of the preview is there %d times", path, strings.Count(body, "/preview.js"))
		}
	}
}

func TestInjectWithoutHead(t *testing.T) {
	t.Parallel()
	s := newServer(Options{}, "127.0.0.1:80")
	page := []byte("<!DOCTYPE html><title>x</title><p>y")
	if got := s.inject(answer{data: page, name: "x.html"}); !bytes.HasPrefix(got, page) || !bytes.Contains(got, []byte(`data-version="`+version(page)+`"`)) {
		t.Errorf("got %s", got)
	}
	for host, want := range map[string]bool{"127.0.0.1": true, "localhost:80": true, "[::1]": true, "127.0.0.1:1414": false, "evil.test": false} {
		if s.hosts[host] != want {
			t.Errorf("on port 80, host %s: got %v", host, !want)
		}
	}
}

func TestRel_T20_FindingsAreText(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	b := p.browser()
	p.write("content/<img src=x onerror=alert(1)>.md", "---\ntitle: A page\nstatus: <script>alert(1)</script>\n---\n")
	s := b.until("findings", bad)
	if strings.Contains(s.Findings[0].Place, p.dir) {
		t.Errorf("the place %q says where the site lies", s.Findings[0].Place)
	}
	_, body := p.get("/")
	if strings.Contains(body, "alert(1)") {
		t.Errorf("findings are in the page itself:\n%s", body)
	}
	answer := p.firstEvent()
	if strings.Contains(answer, "<script") || strings.Contains(answer, "<img") {
		t.Errorf("the event holds markup:\n%s", answer)
	}
}

func (p preview) firstEvent() string {
	p.t.Helper()
	r, err := http.Get("http://" + p.addr + "/-preview/" + p.token() + "/events")
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data: ") {
			return lines.Text()
		}
	}
	p.t.Fatal("the stream has no event")
	return ""
}
