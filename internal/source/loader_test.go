package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/source"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// counting is a parser that knows which pages it was asked to parse.
type counting struct {
	lock  sync.Mutex
	pages []string
}

func (c *counting) Parse(src []byte, at diag.Pos, l *diag.List) handbook.Body {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.pages = append(c.pages, at.Path)
	l.Warnf(at, diag.RemoteMedia, "remark about %s", at.Path)
	b := plain{}.Parse(src, at, l)
	b.Links = []handbook.Link{{Dest: "x", Pos: at}}
	return b
}

// take returns what was parsed since the last take.
func (c *counting) take() []string {
	list := c.pages
	c.pages = nil
	slices.Sort(list)
	return list
}

// shelf is a cache in memory.
type shelf struct {
	lock sync.Mutex
	kept map[handbook.Key][]byte
	full bool
}

func (s *shelf) Get(k handbook.Key) ([]byte, bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	data, ok := s.kept[k]
	return data, ok
}

func (s *shelf) Has(k handbook.Key) bool { _, ok := s.Get(k); return ok }

func (s *shelf) Put(k handbook.Key, data []byte) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.full {
		return errors.New("full")
	}
	s.kept[k] = data
	return nil
}

const three = `
-- a.md --
---
title: A
---
Text of A.
-- b.md --
Text of B.
-- sub/c.md --
Text of C.
`

// loading loads the same folder again and again.
type loading struct {
	t      *testing.T
	dir    string
	parser *counting
	shelf  *shelf
	loader *source.Loader
	opts   source.Options
}

func newLoading(t *testing.T) *loading {
	l := &loading{t: t, dir: testkit.Site(t, three), parser: &counting{}, shelf: &shelf{kept: map[handbook.Key][]byte{}}}
	l.opts = source.Options{Parser: l.parser, Typed: true, Prefix: "content", Identity: "1"}
	l.loader = source.NewLoader(l.shelf, nil)
	return l
}

func (l *loading) write(name, text string) {
	l.t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// load loads the folder and compares all with what a fresh Load finds.
func (l *loading) load(parsed ...string) *handbook.Tree {
	l.t.Helper()
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	defer root.Close()
	got, found, err := l.loader.Load(l.t.Context(), root, l.opts)
	if err != nil {
		l.t.Fatal(err)
	}
	if p := l.parser.take(); !slices.Equal(p, parsed) {
		l.t.Errorf("parsed %q, want %q", p, parsed)
	}
	want, wanted, err := source.Load(l.t.Context(), root, l.opts)
	if err != nil {
		l.t.Fatal(err)
	}
	l.parser.take()
	for _, p := range got.Pages {
		text, err := p.Text()
		if err != nil {
			l.t.Fatal(err)
		}
		i := slices.IndexFunc(want.Pages, func(q *handbook.Page) bool { return q.Path == p.Path })
		if i < 0 || string(want.Pages[i].Body.HTML) != string(text.HTML) {
			l.t.Errorf("%s: text %q", p.Path, text.HTML)
		}
	}
	ignored := cmp.Options{cmpopts.IgnoreFields(handbook.Page{}, "Kept"), cmpopts.IgnoreFields(handbook.Body{}, "Text"), cmpopts.IgnoreFields(handbook.File{}, "Version"), cmpopts.EquateEmpty()}
	if d := cmp.Diff(want, got, ignored); d != "" {
		l.t.Errorf("tree (-fresh +again)\n%s", d)
	}
	if d := cmp.Diff(wanted.Take(), found.Take()); d != "" {
		l.t.Errorf("findings (-fresh +again)\n%s", d)
	}
	return got
}

func TestLoaderParsesWhatChanged(t *testing.T) {
	t.Parallel()
	l := newLoading(t)
	l.load("content/a.md", "content/b.md", "content/sub/c.md")
	l.load()
	l.write("b.md", "Another text of B.\n")
	l.load("content/b.md")
	l.write("a.md", "---\ntitle: A\n---\nText of A.\n") // as it was
	l.load()
	l.write("b.md", "Text of B.\n") // back again: it is in the cache
	l.load()
	if err := os.Rename(filepath.Join(l.dir, "sub"), filepath.Join(l.dir, "moved")); err != nil {
		t.Fatal(err)
	}
	l.load("content/moved/c.md")
	if err := os.Remove(filepath.Join(l.dir, "a.md")); err != nil {
		t.Fatal(err)
	}
	l.load()
	l.opts.Identity = "2" // another parser
	l.load("content/b.md", "content/moved/c.md")
	l.opts.Prefix = "." // positions are others
	l.load("b.md", "moved/c.md")
}

// TestLoaderRemembers: another process reads nothing again.
func TestLoaderRemembers(t *testing.T) {
	t.Parallel()
	l := newLoading(t)
	l.load("content/a.md", "content/b.md", "content/sub/c.md")
	memory := l.loader.Memory()
	l.loader = source.NewLoader(l.shelf, memory)
	l.load()
	for _, bad := range [][]byte{nil, memory[:len(memory)/2], append(memory, 0), []byte("nonsense")} {
		l.loader = source.NewLoader(l.shelf, bad)
		l.load()
	}
	l.loader = source.NewLoader(&shelf{kept: map[handbook.Key][]byte{}}, memory) // an empty cache with a memory
	l.load("content/a.md", "content/b.md", "content/sub/c.md")
}

// TestLoaderAndBadCaches: what the cache has lost or cannot take costs time only.
func TestLoaderAndBadCaches(t *testing.T) {
	t.Parallel()
	all := []string{"content/a.md", "content/b.md", "content/sub/c.md"}
	l := newLoading(t)
	tree := l.load(all...)
	var keys []handbook.Key
	keys = slices.AppendSeq(keys, source.Keys(tree))
	if len(keys) != 6 || len(l.shelf.kept) != 6 {
		t.Fatalf("%d keys, %d records; want 6", len(keys), len(l.shelf.kept))
	}
	for i, k := range keys {
		delete(l.shelf.kept, k)
		if i%2 == 1 { // a text
			if _, err := tree.Pages[i/2].Text(); !errors.Is(err, source.ErrLost) {
				t.Errorf("the text of %s is lost, and reading it gives %v", tree.Pages[i/2].Path, err)
			}
			tree = l.load(all[i/2])
			continue
		}
		l.loader = source.NewLoader(l.shelf, l.loader.Memory())
		tree = l.load(all[i/2])
	}
	for _, k := range keys {
		l.shelf.kept[k] = []byte("damaged")
	}
	l.loader = source.NewLoader(l.shelf, nil)
	l.shelf.full = true
	l.load(all...)
	l.shelf = &shelf{full: true}
	l.loader = source.NewLoader(l.shelf, nil)
	tree = l.load(all...)
	if tree.Pages[0].Kept != nil {
		t.Error("a cache that takes nothing has taken a text")
	}
	l.load()
}

// TestNoSaveGoesUnnoticed changes a page in ways that leave its size and time
// as they were.
func TestNoSaveGoesUnnoticed(t *testing.T) {
	t.Parallel()
	l := newLoading(t)
	file := filepath.Join(l.dir, "b.md")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	l.load("content/a.md", "content/b.md", "content/sub/c.md")
	time.Sleep(2100 * time.Millisecond) // the stamps are settled
	l.load()
	l.load() // known by their stamps
	for _, text := range []string{"Word of B.\n", "Look at B.\n", "Text of B.\n"} {
		l.write("b.md", text)
		if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		want := []string{"content/b.md"}
		if text == "Text of B.\n" {
			want = nil
		}
		if page := l.load(want...).Pages[1]; page.Path != "b.md" {
			t.Fatalf("page %s", page.Path)
		}
	}
}

// TestPageGoneBetweenListingAndReading: the page is a finding and left
// out; the others are there.
func TestPageGoneBetweenListingAndReading(t *testing.T) {
	t.Parallel()
	l := newLoading(t)
	l.load("content/a.md", "content/b.md", "content/sub/c.md")
	if err := os.Remove(filepath.Join(l.dir, "b.md")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	opts := l.opts
	opts.Touched = []handbook.Path{} // the listing is that of before
	tree, found, err := l.loader.Load(t.Context(), root, opts)
	if err != nil {
		t.Fatal(err)
	}
	var paths []handbook.Path
	for _, p := range tree.Pages {
		paths = append(paths, p.Path)
	}
	if !slices.Equal(paths, []handbook.Path{"a.md", "sub/c.md"}) {
		t.Errorf("pages %q", paths)
	}
	gone := found.Filter(func(f *diag.Finding) bool { return f.Code == diag.Unreadable })
	if gone.Len() != 1 || gone.All()[0].Pos.Path != "content/b.md" || gone.All()[0].Message != "the page cannot be read: it is gone" {
		t.Errorf("findings %v", found.All())
	}
	l.load()
}
