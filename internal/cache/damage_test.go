package cache

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// filled returns a site with a cache of two segments, and the name of one.
func filled(t *testing.T) (*os.Root, string) {
	t.Helper()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a", "bb")
	commit(t, c, "a", "bb")
	name := c.own.name
	c.Close()
	c = well(t, root)
	put1(t, c, "ccc")
	c.SetNote("n", data("note"))
	commit(t, c, "a", "bb", "ccc")
	c.Close()
	return root, name
}

// Whatever byte is wrong: what is found is right, and a new commit heals.
func TestEveryByteDamaged(t *testing.T) {
	t.Parallel()
	root, _ := filled(t)
	for name, text := range filesOf(t, root) {
		if name != indexName && !strings.HasSuffix(name, segmentExt) {
			continue
		}
		lost := 0
		for i := range len(text) {
			damaged := []byte(text)
			damaged[i] ^= byte(1 << (i % 8))
			write(t, root, name, damaged)
			c, notice := open(root, folder, "stamp", small)
			for _, n := range letters[:3] {
				got, ok := c.Get(key(n))
				if ok && !bytes.Equal(got, data(n)) {
					t.Fatalf("%s, byte %d: record %s is %q", name, i, n, got)
				}
				if !ok && c.Has(key(n)) {
					t.Fatalf("%s, byte %d: record %s is still said to be there", name, i, n)
				}
				if !ok {
					lost++
				}
			}
			if got, ok := c.Note("n"); ok && !bytes.Equal(got, data("note")) {
				t.Fatalf("%s, byte %d: the note is %q", name, i, got)
			}
			if strings.HasSuffix(name, segmentExt) && notice != "" {
				t.Errorf("%s, byte %d: notice %q", name, i, notice)
			}
			c.Close()
		}
		if lost < len(text) {
			t.Errorf("%s: %d records lost by damage to %d bytes; every byte counts", name, lost, len(text))
		}
		write(t, root, name, []byte(text))
	}
	holds(t, well(t, root), letters, "a", "bb", "ccc")
}

func TestDamageHealsWithTheNextCommit(t *testing.T) {
	t.Parallel()
	root, name := filled(t)
	text := []byte(filesOf(t, root)[name])
	text[headSize] ^= 1 // the data of the first record
	write(t, root, name, text)
	c := well(t, root)
	holdsAtMost(t, c, "bb", "ccc")
	put1(t, c, "a")
	commit(t, c, "a", "bb", "ccc")
	c.Close()
	holds(t, well(t, root), letters, "a", "bb", "ccc")
}

// Compaction reads every record: what is damaged goes no further.
func TestDamageIsNotCopied(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a", "bb")
	if err := c.Put(key("large"), make([]byte, 3*small.slack)); err != nil {
		t.Fatal(err)
	}
	commit(t, c, "a", "bb", "large")
	name := c.own.name
	c.Close()
	text := []byte(filesOf(t, root)[name])
	text[headSize] ^= 1 // the data of the first record
	write(t, root, name, text)
	c = well(t, root)
	commit(t, c, "a", "bb") // large is garbage, and outweighs the rest
	holds(t, c, letters, "bb")
	put1(t, c, "a")
	commit(t, c, "a", "bb")
	c.Close()
	if _, ok := filesOf(t, root)[name]; ok {
		t.Error("the old segment is still there")
	}
	holds(t, well(t, root), letters, "a", "bb")
}

// holdsAtMost checks that these records and no other of letters can be read.
func holdsAtMost(t *testing.T, c *Cache, names ...string) {
	t.Helper()
	for _, n := range letters {
		_, _ = c.Get(key(n)) // finds the damage
	}
	holds(t, c, letters, names...)
}

func write(t *testing.T, root *os.Root, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file(root, name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestUnusableFilesAreSaid(t *testing.T) {
	t.Parallel()
	const (
		damaged = "the cache in .rutter/cache is damaged; it is ignored, and everything is read anew"
		part    = "a part of the cache in .rutter/cache is missing; it is made anew"
		foreign = "the file .rutter/cache/index is not one that rutter wrote; it is ignored, and everything is read anew"
	)
	for _, c := range []struct {
		name   string
		do     func(t *testing.T, root *os.Root, segment string)
		notice string
		left   []string
	}{
		{"index cut in half", func(t *testing.T, root *os.Root, _ string) {
			text := filesOf(t, root)[indexName]
			write(t, root, indexName, []byte(text[:len(text)/2]))
		}, damaged, nil},
		{"index empty", func(t *testing.T, root *os.Root, _ string) { write(t, root, indexName, nil) }, damaged, nil},
		{"index longer", func(t *testing.T, root *os.Root, _ string) {
			write(t, root, indexName, []byte(filesOf(t, root)[indexName]+"x"))
		}, damaged, nil},
		{"index huge", func(t *testing.T, root *os.Root, _ string) {
			if err := os.Truncate(file(root, indexName), small.index+1); err != nil {
				t.Fatal(err)
			}
		}, damaged, nil},
		{"index of somebody else", func(t *testing.T, root *os.Root, _ string) {
			write(t, root, indexName, bytes.Repeat([]byte("my notes\n"), 20))
		}, foreign, nil},
		{"index of another version", func(t *testing.T, root *os.Root, _ string) {
			text := []byte(filesOf(t, root)[indexName])
			text[len(magic)]++
			write(t, root, indexName, text)
		}, "", nil},
		{"index removed", func(t *testing.T, root *os.Root, _ string) { os.Remove(file(root, indexName)) }, "", nil},
		{"segment removed", func(t *testing.T, root *os.Root, name string) { os.Remove(file(root, name)) }, part, []string{"ccc"}},
		{"segment cut", func(t *testing.T, root *os.Root, name string) {
			if err := os.Truncate(file(root, name), int64(headSize+len(data("a")))+1); err != nil {
				t.Fatal(err)
			}
		}, part, []string{"a", "ccc"}},
		{"segment is a folder", func(t *testing.T, root *os.Root, name string) {
			os.Remove(file(root, name))
			if err := os.Mkdir(file(root, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}, part, []string{"ccc"}},
		{"index is a folder", func(t *testing.T, root *os.Root, _ string) {
			os.Remove(file(root, indexName))
			if err := os.Mkdir(file(root, indexName), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "the cache in .rutter/cache cannot be read, and everything is read anew: index is not a regular file", nil},
		{"index is a link", func(t *testing.T, root *os.Root, _ string) {
			if err := os.Rename(file(root, indexName), file(root, "elsewhere")); err != nil {
				t.Fatal(err)
			}
			link(t, "elsewhere", file(root, indexName))
		}, "the cache in .rutter/cache cannot be read, and everything is read anew: index is not a regular file", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root, segment := filled(t)
			c.do(t, root, segment)
			cache, notice := session(t, root, small)
			if notice != c.notice {
				t.Errorf("notice:\ngot  %q\nwant %q", notice, c.notice)
			}
			holds(t, cache, letters, c.left...)
			put1(t, cache, "a", "bb", "ccc")
			err := cache.Commit(keys("a", "bb", "ccc"))
			cache.Close()
			if c.name == "index is a folder" {
				if err == nil || !strings.HasPrefix(err.Error(), "write cache .rutter/cache: ") {
					t.Errorf("commit over a folder: %v", err)
				}
				return
			}
			if err != nil {
				t.Error(err)
			}
			holds(t, well(t, root), letters, "a", "bb", "ccc")
		})
	}
}

func link(t *testing.T, to, from string) {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip("links need a privilege here")
		}
		t.Fatal(err)
	}
}

// Where the folder cannot be had, all goes on, and nothing is kept.
func TestNoFolder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(t *testing.T, root *os.Root)
		want string
	}{
		{"a file", func(t *testing.T, root *os.Root) {
			mkdir(t, root, ".rutter")
			writeFile(t, root, folder)
		}, ".rutter/cache is not a folder"},
		{"a file above", func(t *testing.T, root *os.Root) { writeFile(t, root, ".rutter") }, ".rutter is not a folder"},
		{"a link out of the site", func(t *testing.T, root *os.Root) {
			mkdir(t, root, ".rutter")
			link(t, t.TempDir(), filepath.Join(root.Name(), ".rutter", "cache"))
		}, ".rutter/cache is not a folder"},
		{"a link within the site", func(t *testing.T, root *os.Root) {
			mkdir(t, root, "content")
			link(t, "content", filepath.Join(root.Name(), ".rutter"))
		}, ".rutter is not a folder"},
		{"read-only above", func(t *testing.T, root *os.Root) {
			readOnly(t, root, ".")
		}, "permission denied"},
		{"read-only", func(t *testing.T, root *os.Root) {
			well(t, root).Close()
			readOnly(t, root, folder)
		}, "permission denied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := newSite(t)
			c.do(t, root)
			cache, notice := session(t, root, small)
			if want := "the cache in .rutter/cache cannot be written, so nothing is kept for the next build: "; !strings.HasPrefix(notice, want) || !strings.HasSuffix(notice, c.want) {
				t.Errorf("notice: got %q, want %q … %q", notice, want, c.want)
			}
			if err := cache.Put(key("a"), data("a")); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Put: got %v, want an error with %q", err, c.want)
			}
			holds(t, cache, letters)
			cache.SetNote("n", data("n"))
			if got, ok := cache.Note("n"); !ok || !bytes.Equal(got, data("n")) {
				t.Errorf("the note of this session: got %q, %v", got, ok)
			}
			commit(t, cache, "a")
		})
	}
}

func mkdir(t *testing.T, root *os.Root, name string) {
	t.Helper()
	if err := root.Mkdir(name, 0o755); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, root *os.Root, name string) {
	t.Helper()
	if err := root.WriteFile(name, []byte("in the way"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readOnly(t *testing.T, root *os.Root, name string) {
	t.Helper()
	if os.Getuid() <= 0 {
		t.Skip("modes do not bind this user, or mean something else here")
	}
	if err := root.Chmod(name, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Chmod(name, 0o700) })
}

// A cache that can be read but not written is still good for reading.
func TestReadOnlyFolderIsRead(t *testing.T) {
	t.Parallel()
	root, _ := filled(t)
	readOnly(t, root, folder)
	c, notice := session(t, root, small)
	if !strings.Contains(notice, "cannot be written") {
		t.Errorf("notice %q", notice)
	}
	holds(t, c, letters, "a", "bb", "ccc")
}

func FuzzParseIndex(f *testing.F) {
	root, err := os.OpenRoot(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	defer root.Close()
	c, _ := open(root, folder, "stamp", small)
	for _, n := range letters {
		if err := c.Put(key(n), data(n)); err != nil {
			f.Fatal(err)
		}
	}
	c.SetNote("n", data("n"))
	if err := c.Commit(keys(letters...)); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(file(root, indexName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text[:len(text)-32])
	c.Close()
	f.Fuzz(func(t *testing.T, body []byte) {
		records, segments, _, err := parseIndex(signed(body), "stamp")
		if err != nil {
			return
		}
		for i, r := range records {
			if r.seg == nil || r.off < 0 || i > 0 && byKey(records[i-1], r) >= 0 {
				t.Errorf("record %d: %+v", i, r)
			}
		}
		for _, s := range segments {
			if !isName(s.name) {
				t.Errorf("segment %q", s.name)
			}
		}
	})
}
