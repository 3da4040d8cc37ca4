package publish

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// knows opens dir and returns how many of its files need not be read.
func knows(t *testing.T, dir string, opts Options) int {
	t.Helper()
	s, err := Open(t.Context(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Abort()
	return len(s.old.known)
}

// tampering is what others do to a page of an output, which holds "page".
var tampering = []struct {
	name string
	do   func(page string) error
	held bool // afterwards it is still as it should be
	read bool // and that can only be told by reading it
}{
	{"nothing", func(string) error { return nil }, true, false},
	{"other bytes, same size and time", func(page string) error {
		fi, err := os.Stat(page)
		return errors.Join(err, os.WriteFile(page, []byte("Page"), 0o644), os.Chtimes(page, fi.ModTime(), fi.ModTime()))
	}, false, true},
	{"another file of that size and time", func(page string) error {
		fi, err := os.Stat(page)
		return errors.Join(err, os.WriteFile(page+".new", []byte("Page"), 0o644),
			os.Chtimes(page+".new", fi.ModTime(), fi.ModTime()), os.Rename(page+".new", page))
	}, false, true},
	{"same bytes written again", func(page string) error { return os.WriteFile(page, []byte("page"), 0o644) }, true, true},
	{"touched", func(page string) error { return os.Chtimes(page, time.Time{}, time.Unix(1e9, 0)) }, true, true},
	{"cut off", func(page string) error { return os.Truncate(page, 3) }, false, true},
	{"grown", func(page string) error { return os.Truncate(page, 5) }, false, true},
	{"emptied", func(page string) error { return os.Truncate(page, 0) }, false, true},
	{"link to the same bytes", func(page string) error {
		return errors.Join(os.Rename(page, page+".real"), os.Symlink(filepath.Base(page)+".real", page))
	}, false, true},
	{"link to nowhere", func(page string) error { return errors.Join(os.Remove(page), os.Symlink("nowhere", page)) }, false, true},
	{"folder", func(page string) error { return errors.Join(os.Remove(page), os.Mkdir(page, 0o755)) }, false, true},
	{"mode", func(page string) error { return os.Chmod(page, 0o600) }, false, true},
	{"removed", os.Remove, false, true},
	{"removed with its folder", func(page string) error { return os.RemoveAll(filepath.Dir(page)) }, false, true},
}

func TestRel_P1_KeepHoldsExactlyTheBytes(t *testing.T) {
	t.Parallel()
	site := files{"index.html": "home", "a/page.html": "page", "a/b.html": "other"}
	for _, tt := range tampering {
		for _, cached := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/cache=%v", tt.name, cached), func(t *testing.T) {
				t.Parallel()
				dir := outputDir(t)
				settle(t, dir, site)
				opts := quick
				if cached {
					opts = withCache(dir)
				}
				if err := tt.do(filepath.Join(dir, "a", "page.html")); err != nil {
					t.Fatal(err)
				}
				s, err := Open(t.Context(), dir, opts)
				if err != nil {
					t.Fatal(err)
				}
				if _, known := s.old.known["a/page.html"]; known != (cached && !tt.read) {
					t.Errorf("the record vouches for the page: %v", known)
				}
				if held, err := s.Keep("a/page.html", sha256.Sum256([]byte("pagE"))); held || err != nil {
					t.Errorf("keep of other bytes: %v, %v", held, err)
				}
				held, err := s.Keep("a/page.html", sha256.Sum256([]byte("page")))
				if held != tt.held || err != nil {
					t.Errorf("keep: got %v, %v, want %v", held, err, tt.held)
				}
				s.Abort()
				for _, keep := range []func() (Result, error){
					func() (Result, error) { return keepOrWrite(dir, opts, disk{}, site) },
					func() (Result, error) { return publish(dir, disk{}, site) },
				} {
					if _, err := keep(); err != nil {
						t.Fatal(err)
					}
					holds(t, dir, site)
				}
			})
		}
	}
}

func TestRel_P1_KeepTakesTheName(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	mustPublish(t, dir, files{"a": "1", "b/c": "2"})
	sum := func(s string) [sha256.Size]byte { return sha256.Sum256([]byte(s)) }
	s, err := Open(t.Context(), dir, quick)
	if err != nil {
		t.Fatal(err)
	}
	if held, err := s.Keep("a", sum("1")); !held || err != nil {
		t.Errorf("keep a: %v, %v", held, err)
	}
	if got, ok := s.Sum("a"); !ok || got != sum("1") {
		t.Errorf("sum of a: %x, %v", got, ok)
	}
	if err := s.Write("a", []byte("1")); !errors.Is(err, ErrName) {
		t.Errorf("write of a kept file: %v", err)
	}
	if held, err := s.Keep("a", sum("1")); held || !errors.Is(err, ErrName) {
		t.Errorf("keep a again: %v, %v", held, err)
	}
	if err := s.Write("b", []byte("x")); err != nil {
		t.Error(err)
	}
	if held, err := s.Keep("b/c", sum("2")); held || !errors.Is(err, ErrName) {
		t.Errorf("keep b/c below a file b: %v, %v", held, err)
	}
	for _, name := range []string{"", "../x", "missing", markerName, ".git/config"} {
		if held, err := s.Keep(name, sum("1")); held || err != nil {
			t.Errorf("keep %q: %v, %v", name, held, err)
		}
	}
	if got, ok := s.Sum("missing"); ok {
		t.Errorf("sum of a missing file: %x", got)
	}
	if res, err := s.Commit(); err != nil || res != (Result{Changed: true, Written: 1, Unchanged: 1, Removed: 1}) {
		t.Errorf("commit: %+v, %v", res, err)
	}
	if got, ok := s.Sum("b"); !ok || got != sum("x") {
		t.Errorf("sum of b after commit: %x, %v", got, ok)
	}
	if held, err := s.Keep("c", sum("1")); held {
		t.Errorf("keep after commit: %v, %v", held, err)
	}
	holds(t, dir, files{"a": "1", "b": "x"})
}

func TestRel_P1_KeepAtOnce(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	site := files{}
	for i := range 300 {
		site[fmt.Sprintf("a%d/b%d/%d.html", i%7, i%3, i)] = fmt.Sprint(i)
	}
	settle(t, dir, site)
	for round := range 3 {
		for i := range 40 {
			site[fmt.Sprintf("a%d/b%d/%d.html", i%7, i%3, i)] = fmt.Sprint(round, i)
		}
		s, err := Open(t.Context(), dir, withCache(dir))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for name, data := range site {
			wg.Go(func() {
				held, err := s.Keep(name, sha256.Sum256([]byte(data)))
				if err == nil && !held {
					err = s.Write(name, []byte(data))
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if res, err := s.Commit(); err != nil || res.Written != 40 {
			t.Fatalf("round %d: %+v, %v", round, res, err)
		}
		holds(t, dir, site)
	}
}

// What the record says holds after every kind of publication.
func TestRel_P1_RecordVouchesForWhatStays(t *testing.T) {
	t.Parallel()
	site := files{"index.html": "home", "a/page.html": "page", "b/page.html": "page"}
	dir := outputDir(t)
	settle(t, dir, site)
	if got := knows(t, dir, withCache(dir)); got != len(site) {
		t.Errorf("nothing changed: %d of %d files are known", got, len(site))
	}
	for round := range 4 { // linked in the first, in place in the others
		site["a/page.html"] = fmt.Sprint("round ", round)
		tick := func(op, name string) error {
			if op == "chmod" && strings.Contains(name, "stage-") { // all files are there
				time.Sleep(20 * time.Millisecond)
			}
			return nil
		}
		if _, err := keepOrWrite(dir, withCache(dir), disk{before: tick}, site); err != nil {
			t.Fatal(err)
		}
		if got := knows(t, dir, withCache(dir)); got != len(site) {
			t.Errorf("round %d: %d of %d files are known", round, got, len(site))
		}
		holds(t, dir, site)
	}
	if got := knows(t, dir, quick); got != 0 {
		t.Errorf("without a cache %d files are known", got)
	}
	if err := os.RemoveAll(cacheOf(dir)); err != nil {
		t.Fatal(err)
	}
	if got := knows(t, dir, withCache(dir)); got != 0 {
		t.Errorf("%d files are known without a record", got)
	}
}

func TestRel_G19_RecordDamagedAtAnyByte(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	site := files{"index.html": "home", "a/page.html": "page"}
	settle(t, dir, site)
	path := filepath.Join(cacheOf(dir), recordName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if r := decodeRecord(good, dir); len(r) != 2 {
		t.Fatalf("the good record has %d files", len(r))
	}
	if r := decodeRecord(good, dir+"2"); r != nil {
		t.Errorf("the record of another output was taken: %v", r)
	}
	for i := range good {
		bad := append([]byte{}, good...)
		bad[i] ^= 1 << (i % 8)
		if r := decodeRecord(bad, dir); r != nil {
			t.Errorf("byte %d is changed: %v", i, r)
		}
		if r := decodeRecord(good[:i], dir); r != nil {
			t.Errorf("cut off at byte %d: %v", i, r)
		}
	}
	for _, bad := range []string{"", "x", string(good[1:]), string(good) + "x", recordHead} {
		if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if res, err := keepOrWrite(dir, withCache(dir), disk{}, site); err != nil || res.Changed {
			t.Errorf("record %q: %+v, %v", bad, res, err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != string(good) {
			t.Errorf("record %q was not mended: %v", bad, err)
		}
	}
	holds(t, dir, site)
}

// A file changed in the step of the clock in which it was looked at is read.
func TestRel_P1_StampsYoungerThanTheClockAreNotKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "x"), "x")
	f, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	time.Sleep(20 * time.Millisecond)
	now := readClock(f)
	if now.now == 0 {
		t.Skip("this file system keeps no time of change")
	}
	info, err := os.Lstat(filepath.Join(dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	s, ok := now.stamp(info)
	if !ok {
		t.Fatalf("a file of %v ago has no stamp", time.Since(info.ModTime()))
	}
	for _, c := range []clock{{}, {now: s.Changed, device: now.device}, {now: s.Changed - 1, device: now.device}, {now: now.now, device: now.device + 1}} {
		if _, ok := c.stamp(info); ok {
			t.Errorf("clock %+v takes the stamp %+v", c, s)
		}
	}
	if _, ok := (clock{now: s.Changed + 1, device: now.device}).stamp(info); !ok {
		t.Error("a clock that is one step on does not take the stamp")
	}
}
