package testkit

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// frame is a page as the one that draws diagrams, with a script.
func frame(code string) string {
	sum := sha256.Sum256([]byte(code))
	policy := strings.Replace(framePolicy, "HASH", base64.StdEncoding.EncodeToString(sum[:]), 1)
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="` + policy +
		`"><title>x</title><style>a{}</style></head><body><div id="place"></div><script>` + code + `</script></body></html>`
}

func TestCheckFrame(t *testing.T) {
	t.Parallel()
	good := frame("draw()")
	for _, tt := range []struct{ what, page, want string }{
		{"good", good, ""},
		{"another script", strings.Replace(good, "draw()", "other()", 1), "the policy is"},
		{"a second script", strings.Replace(good, "</body>", "<script>x</script></body>", 1), "2 scripts"},
		{"a script that is loaded", strings.Replace(good, "<script>", `<script src="x.js">`, 1), "src on <script>"},
		{"a wider policy", strings.Replace(good, "default-src 'none'", "default-src *", 1), "the policy is"},
		{"no policy", strings.Replace(good, "Content-Security-Policy", "refresh", 1), "0 policies"},
		{"a handler", strings.Replace(good, "<div ", `<div onclick="x" `, 1), "onclick on <div>"},
		{"a frame", strings.Replace(good, "<div ", "<iframe></iframe><div ", 1), "<iframe>"},
		{"a link", strings.Replace(good, "<div ", `<a href="x">x</a><div `, 1), "href on <a>"},
	} {
		got := strings.Join(CheckFrame("f", []byte(tt.page)), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
}

// Only the one page is judged so: the same bytes under another name are a page
// like any other.
func TestSiteProblems_frame(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"assets/diagram.0123456789.html": false, "diagram.0123456789.html": true, "assets/diagram.html": true, "assets/x/diagram.0123456789.html": true} {
		problems := SiteProblems(Files(map[string][]byte{name: []byte(frame("draw()"))}), SiteOptions{})
		got := false
		for _, p := range problems {
			got = got || strings.HasPrefix(p, name+": script:")
		}
		if got != want {
			t.Errorf("%s: an inline script is a problem: %v, want %v", name, got, want)
		}
	}
}
