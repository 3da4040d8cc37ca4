package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

const pages = 30

func newEditor(t *testing.T) *editor {
	t.Helper()
	dir := t.TempDir()
	if err := corpus.Write(dir, pages); err != nil {
		t.Fatal(err)
	}
	return &editor{content: filepath.Join(dir, "content")}
}

// differences are the lines of two texts that differ.
func differences(t *testing.T, a, b string) (old, now []string) {
	t.Helper()
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	if len(as) != len(bs) {
		t.Fatalf("%d lines became %d", len(as), len(bs))
	}
	for i := range as {
		if as[i] != bs[i] {
			old, now = append(old, as[i]), append(now, bs[i])
		}
	}
	return old, now
}

func TestEditsChangeOneThing(t *testing.T) {
	t.Parallel()
	e := newEditor(t)
	seen := map[string]bool{}
	for page := range pages {
		before, err := e.read(page)
		if err != nil {
			t.Fatal(err)
		}
		body, err := e.body(page)
		if err != nil {
			t.Fatal(err)
		}
		old, now := differences(t, string(before), string(body.data))
		if len(old) != 1 || !strings.HasPrefix(now[0], body.words+" ") || strings.SplitN(old[0], " ", 2)[1] != strings.SplitN(now[0], " ", 2)[1] {
			t.Errorf("body edit %q of page %d: %q became %q, want another first word of one line", body.words, page, old, now)
		}
		title, err := e.title(page)
		if err != nil {
			t.Fatal(err)
		}
		old, now = differences(t, string(before), string(title.data))
		if len(old) != 1 || old[0] != "title: "+corpus.Title(page) || now[0] != "title: "+title.words {
			t.Errorf("title edit %q of page %d: %q became %q", title.words, page, old, now)
		}
		for _, words := range []string{body.words, title.words} {
			if seen[words] {
				t.Errorf("%q are the words of two edits", words)
			}
			seen[words] = true
		}
		if to := title.linked(); !strings.Contains(string(before), "../"+corpus.Name(to)) {
			t.Errorf("page %d is said to link to page %d, which it does not:\n%s", page, to, before)
		}
	}
}

func TestSaveLeavesNothingElse(t *testing.T) {
	t.Parallel()
	e := newEditor(t)
	d, err := e.body(7)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.save(d); err != nil {
		t.Fatal(err)
	}
	if got, err := e.read(7); err != nil || string(got) != string(d.data) {
		t.Errorf("page 7 is not as it was saved: %v", err)
	}
	files, err := os.ReadDir(filepath.Join(e.content, "s0"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != pages {
		t.Errorf("%d files beside the page, want %d", len(files), pages)
	}
}

func TestNeighbour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ page, pages, want int }{
		{0, 300, 1}, {98, 300, 99}, {99, 300, 98}, {100, 300, 101}, {299, 300, 298}, {29, 30, 28},
	} {
		if got := neighbour(c.page, c.pages); got != c.want {
			t.Errorf("neighbour(%d, %d) = %d, want %d", c.page, c.pages, got, c.want)
		}
	}
}
