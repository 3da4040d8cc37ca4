package cache

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// small are limits that a test reaches with a few records.
var small = limits{held: 1 << 20, index: 1 << 20, slack: 1 << 10, segments: 4, leftover: time.Hour}

const folder = ".rutter/cache"

// newSite returns an empty folder of a site.
func newSite(t *testing.T) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

// file is the path of a file of the cache.
func file(root *os.Root, name string) string {
	return filepath.Join(root.Name(), filepath.FromSlash(folder), name)
}

// session opens the cache of a site and closes it when the test ends.
func session(t *testing.T, root *os.Root, l limits) (*Cache, string) {
	t.Helper()
	c, notice := open(root, folder, "stamp", l)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, notice
}

// well is session where there must be no notice.
func well(t *testing.T, root *os.Root) *Cache {
	t.Helper()
	c, notice := session(t, root, small)
	if notice != "" {
		t.Fatalf("notice %q, want none", notice)
	}
	return c
}

func key(name string) Key { return sha256.Sum256([]byte(name)) }

// data is what these tests keep under a name: nothing else is ever right.
func data(name string) []byte { return bytes.Repeat([]byte(name+" "), 1+len(name)%7) }

func keys(names ...string) func(yield func(Key) bool) {
	return func(yield func(Key) bool) {
		for _, n := range names {
			if !yield(key(n)) {
				return
			}
		}
	}
}

func put1(t *testing.T, c *Cache, names ...string) {
	t.Helper()
	for _, n := range names {
		if err := c.Put(key(n), data(n)); err != nil {
			t.Fatalf("put %s: %v", n, err)
		}
	}
}

func commit(t *testing.T, c *Cache, names ...string) {
	t.Helper()
	if err := c.Commit(keys(names...)); err != nil {
		t.Fatal(err)
	}
}

// holds checks that a cache has these records of all, and no others.
func holds(t *testing.T, c *Cache, all []string, want ...string) {
	t.Helper()
	var got []string
	for _, n := range all {
		has := c.Has(key(n))
		b, ok := c.Get(key(n))
		if ok && !bytes.Equal(b, data(n)) {
			t.Fatalf("record %s: got %q, want %q", n, b, data(n))
		}
		if has && !ok {
			t.Errorf("record %s: there, but cannot be read", n)
		}
		if ok {
			got = append(got, n)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("records: got %q, want %q", got, want)
	}
}

// filesOf lists the files of the cache with what is in them.
func filesOf(t *testing.T, root *os.Root) map[string]string {
	t.Helper()
	list, err := os.ReadDir(file(root, ""))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range list {
		b, err := os.ReadFile(file(root, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

// segmentsIn counts segments in a folder, and the bytes of all its files.
func segmentsIn(t *testing.T, root *os.Root) (segments, size int) {
	t.Helper()
	for name, text := range filesOf(t, root) {
		if strings.HasSuffix(name, segmentExt) {
			segments++
		}
		size += len(text)
	}
	return segments, size
}

var letters = []string{"a", "bb", "ccc", "dddd", "eeeee"}

func TestKeepsOverSessions(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	holds(t, c, letters)
	put1(t, c, "a", "bb", "ccc")
	put1(t, c, "a") // again: nothing happens
	holds(t, c, letters, "a", "bb", "ccc")
	c.SetNote("pages", []byte("a note"))
	c.SetNote("empty", []byte{})
	c.SetNote("gone", []byte("x"))
	c.SetNote("gone", nil)
	commit(t, c, "a", "ccc", "ccc", "unknown")
	holds(t, c, letters, "a", "ccc")
	put1(t, c, "dddd")
	holds(t, c, letters, "a", "ccc", "dddd")
	c.Close()
	holds(t, c, letters)

	c = well(t, root)
	holds(t, c, letters, "a", "ccc") // dddd was put after the commit
	for name, want := range map[string]string{"pages": "a note", "empty": "", "gone": "none", "unknown": "none"} {
		got, ok := c.Note(name)
		if !ok {
			got = []byte("none")
		}
		if string(got) != want {
			t.Errorf("note %s: got %q, want %q", name, got, want)
		}
	}
	put1(t, c, "eeeee")
	commit(t, c, "a", "eeeee")
	put1(t, c, "bb")
	commit(t, c, "a", "bb", "eeeee") // a second commit of one session
	c.Close()
	c = well(t, root)
	holds(t, c, letters, "a", "bb", "eeeee")
	if n, _ := segmentsIn(t, root); n != 2 {
		t.Errorf("%d segments, want one of each session that put something", n)
	}
}

func TestEmptyRecord(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	if err := c.Put(key("x"), nil); err != nil {
		t.Fatal(err)
	}
	commit(t, c, "x")
	c.Close()
	if got, ok := well(t, root).Get(key("x")); !ok || len(got) != 0 {
		t.Errorf("got %q, %v, want no bytes, true", got, ok)
	}
}

func TestFolderTellsWhatItIs(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a")
	commit(t, c, "a")
	files := filesOf(t, root)
	if got := files[".gitignore"]; got != "*\n" {
		t.Errorf(".gitignore: got %q", got)
	}
	if got := files["CACHEDIR.TAG"]; !strings.HasPrefix(got, "Signature: 8a477f597d28d172789f06886806bc55\n#") {
		t.Errorf("CACHEDIR.TAG: got %q", got)
	}
	if got := slices.Sorted(maps.Keys(files)); len(got) != 4 {
		t.Errorf("files: got %q, want the two marks, an index and a segment", got)
	}
	err := fs.WalkDir(root.FS(), ".rutter", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if mode := info.Mode().Perm(); err == nil && mode&0o077 != 0 {
			t.Errorf("%s: mode %v, want none for others", name, mode)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAnotherStampIsAnotherCache(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a")
	c.SetNote("n", []byte("x"))
	commit(t, c, "a")
	c.Close()
	other, notice := open(root, folder, "another stamp", small)
	defer other.Close()
	holds(t, other, letters)
	if _, ok := other.Note("n"); ok || notice != "" {
		t.Errorf("note there: %v, notice %q; want false, none", ok, notice)
	}
	put1(t, other, "bb")
	commit(t, other, "bb")
	holds(t, well(t, root), letters) // the last commit wins
}

func TestCommitOfNothingNewWritesNothing(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	commit(t, c)
	if _, err := os.Stat(file(root, indexName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an index of nothing was written: %v", err)
	}
	put1(t, c, "a", "bb")
	c.SetNote("n", []byte("x"))
	commit(t, c, "a", "bb")
	old := time.Now().Add(-10 * time.Minute)
	if err := os.Chtimes(file(root, indexName), old, old); err != nil {
		t.Fatal(err)
	}
	files := filesOf(t, root)
	again := func(c *Cache) {
		t.Helper()
		put1(t, c, "a")
		c.SetNote("n", []byte("x"))
		commit(t, c, "bb", "a")
		info, err := os.Stat(file(root, indexName))
		if err != nil || info.ModTime().After(old.Add(time.Minute)) {
			t.Errorf("the index was written again: %v, %v", info.ModTime(), err)
		}
		if diff := cmp.Diff(files, filesOf(t, root)); diff != "" {
			t.Errorf("files changed:\n%s", diff)
		}
	}
	again(c)
	c.Close()
	c = well(t, root)
	again(c)
	c.Close()
	again(well(t, root))
}

func TestWithoutCommitNothingIsLeft(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a")
	commit(t, c, "a")
	want := filesOf(t, root)
	put1(t, c, "bb", "ccc") // to the same segment
	c.SetNote("n", []byte("x"))
	c.Close()
	if diff := cmp.Diff(want, filesOf(t, root)); diff != "" {
		t.Errorf("the end of a session that has committed before:\n%s", diff)
	}
	c = well(t, root)
	put1(t, c, "dddd")
	c.Close()
	if diff := cmp.Diff(want, filesOf(t, root)); diff != "" {
		t.Errorf("a session without commit:\n%s", diff)
	}
}

func TestPutDuringCommitStays(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a", "bb", "ccc")
	commit(t, c, "a", "bb", "ccc")
	err := c.Commit(func(yield func(Key) bool) {
		yield(key("a"))
		put1(t, c, "bb", "dddd") // one that is to be dropped, and a new one
		c.Has(key("a"))
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, c, letters, "a", "bb", "dddd")
	c.Close()
	holds(t, well(t, root), letters, "a", "bb", "dddd")
}

func TestHardBound(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	l := small
	l.held = 100
	c, _ := session(t, root, l)
	record := make([]byte, 40)
	for i, full := range []bool{false, false, true, true} {
		err := c.Put(key(fmt.Sprint(i)), record)
		if errors.Is(err, ErrFull) != full || (err != nil) != full {
			t.Errorf("record %d: got %v, full: %v", i, err, full)
		}
		if c.Has(key(fmt.Sprint(i))) == full {
			t.Errorf("record %d is there: %v", i, !full)
		}
	}
	if err := c.Put(key("large"), make([]byte, 101)); !errors.Is(err, ErrFull) {
		t.Errorf("a record that never fits: %v", err)
	}
	commit(t, c, "0")
	if err := c.Put(key("2"), record); err != nil {
		t.Errorf("after garbage has gone: %v", err)
	}
	l.index = 200
	tight, _ := open(root, folder, "stamp", l)
	defer tight.Close()
	tight.SetNote("n", make([]byte, 200))
	if err := tight.Commit(keys()); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("an index that is too large: %v", err)
	}
}

func TestAfterClose(t *testing.T) {
	t.Parallel()
	c := well(t, newSite(t))
	put1(t, c, "a")
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := c.Put(key("a"), nil); !errors.Is(err, errClosed) {
		t.Errorf("Put: %v", err)
	}
	if err := c.Commit(keys()); !errors.Is(err, errClosed) {
		t.Errorf("Commit: %v", err)
	}
	c.SetNote("n", nil)
	c.SetNote("n", []byte("x"))
	holds(t, c, letters)
}
