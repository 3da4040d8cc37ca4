package serve

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestState: an event says how things stand for the page of the browser that
// asked, and needs nothing from before.
func TestState(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	version := func(page string) string {
		t.Helper()
		_, body := p.get(page)
		_, rest, _ := strings.Cut(body, `data-version="`)
		v, _, ok := strings.Cut(rest, `"`)
		if !ok {
			t.Fatalf("%s has no version:\n%s", page, body)
		}
		return v
	}
	missing := version("/nowhere/")
	for _, c := range []struct {
		page, version, up string
		gone              bool
	}{
		{"/", version("/"), "", false},
		{"/roles/qa/", version("/roles/qa/"), "", false},
		{"/roles/qa", version("/roles/qa/"), "", false},
		{"/roles/qa/?a=b#c", version("/roles/qa/"), "", false},
		{"/roles/%71a/", version("/roles/qa/"), "", false},
		{"", version("/"), "", false},
		{"%zz", version("/"), "", false},
		{"/roles/gone/", missing, "/roles/", true},
		{"/roles/gone/deep/er/", missing, "/roles/", true},
		{"/nowhere/", missing, "/", true},
		{"/../secret.txt", missing, "/", true},
		{"http://evil.test/nowhere/", missing, "/", true},
	} {
		s := p.browserAt(c.page).until("a state", good)
		if s.Version != c.version || s.Gone != c.gone || s.Up != c.up {
			t.Errorf("%q: got %+v, want version %s, gone %v, up %q", c.page, s, c.version, c.gone, c.up)
		}
	}
	b, other := p.browser(), p.browserAt("/plain/")
	first, before := b.until("a state", good), other.until("a state", good)
	p.write("content/roles/qa.md", "---\ntitle: QA\n---\nAnother text.\n")
	after := b.until("another version", func(s state) bool { return s.Version != first.Version })
	if now := version("/roles/qa/"); now != after.Version {
		t.Errorf("the page is of version %s, the event says %s", now, after.Version)
	}
	if s := other.until("the next build", func(s state) bool { return s.Build > before.Build }); s.Version != before.Version {
		t.Errorf("a page that did not change has version %s, and had %s", s.Version, before.Version)
	}
	if err := os.RemoveAll(filepath.Join(p.dir, "content", "roles")); err != nil {
		t.Fatal(err)
	}
	// The link to it is broken now; the page is gone when that is mended.
	b.until("an error", func(s state) bool { return bad(s) && !s.Gone && s.Version == after.Version })
	p.page("content/_index.md", "No link.")
	if s := b.until("the end", func(s state) bool { return s.Gone }); s.Up != "/" || s.Findings != nil {
		t.Errorf("the page is gone: got %+v", s)
	}
}

// TestManyFindings: the overlay shows where to begin, and how many more there are.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	p := start(t, small)
	b := p.browser()
	p.page("content/roles/qa.md", strings.Repeat("[x](gone.md)\n\n", maxFindings+7))
	if s := b.until("errors", bad); len(s.Findings) != maxFindings || s.More != 7 {
		t.Errorf("got %d and %d more, want %d and 7", len(s.Findings), s.More, maxFindings)
	}
	p.log.await(t, fmt.Sprintf("%d errors: ", maxFindings+7))
}

func TestSummary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r     result
		first bool
		want  string
	}{
		{result{changed: 1, pages: 10201}, false, "1 of 10,201 pages"},
		{result{changed: 1, others: 3, pages: 10201}, false, "1 of 10,201 pages"},
		{result{changed: 1500, removed: 1, others: 4, pages: 1234567}, false, "1,500 of 1,234,567 pages, 1 removed"},
		{result{others: 1, pages: 999}, false, "0 of 999 pages, 1 other file"},
		{result{others: 2, pages: 1}, false, "0 of 1 page, 2 other files"},
		{result{pages: 1000}, false, "0 of 1,000 pages"},
		{result{changed: 1, others: 9, pages: 1}, true, "1 page"},
	} {
		if got := c.r.text(c.first); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.r, got, c.want)
		}
	}
}
