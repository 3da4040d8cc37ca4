package cache

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// signed puts the checksum of an index at its end.
func signed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(slices.Clip(body), sum[:]...)
}

// numbers are the names "1" to "n", each with a suffix.
func numbers(n int, suffix string) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint(i+1, suffix))
	}
	return list
}

// Many short sessions, as an editor's day has them, each with one record new.
func TestGarbageIsBounded(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	names := numbers(100, "")
	c := well(t, root)
	put1(t, c, names...)
	commit(t, c, names...)
	c.Close()
	_, first := segmentsIn(t, root)
	most, segments := 0, 0
	for i := range 300 {
		names[i%len(names)] += "'"
		c := well(t, root)
		put1(t, c, names[i%len(names)])
		commit(t, c, names...)
		c.Close()
		n, size := segmentsIn(t, root)
		most, segments = max(most, size), max(segments, n)
	}
	_, last := segmentsIn(t, root)
	if segments > small.segments {
		t.Errorf("%d segments, want at most %d", segments, small.segments)
	}
	if limit := 3 * max(first, last); most > limit {
		t.Errorf("%d bytes at most, %d at first and %d at last; want at most %d", most, first, last, limit)
	}
	holds(t, well(t, root), append(names, "1", "2'"), names...)
}

// A large segment is not copied for each few small ones.
func TestSmallSegmentsAreJoinedAmongThemselves(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	names := numbers(100, "")
	c := well(t, root)
	put1(t, c, names...)
	commit(t, c, names...)
	large := c.own.name
	c.Close()
	for i := range 20 {
		names = append(names, fmt.Sprint("more", i))
		c := well(t, root)
		put1(t, c, names[len(names)-1])
		commit(t, c, names...)
		c.Close()
	}
	if _, ok := filesOf(t, root)[large]; !ok {
		t.Error("the large segment was copied")
	}
	if n, _ := segmentsIn(t, root); n > small.segments {
		t.Errorf("%d segments", n)
	}
	holds(t, well(t, root), names, names...)
}

// One long session, as a preview is, in which every commit makes garbage.
func TestLongSession(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	names := numbers(50, "")
	c := well(t, root)
	put1(t, c, names...)
	commit(t, c, names...)
	most := 0
	_, first := segmentsIn(t, root)
	for i := range 200 {
		names[i%len(names)] += "'"
		put1(t, c, names[i%len(names)], "never live"+fmt.Sprint(i))
		commit(t, c, names...)
		_, size := segmentsIn(t, root)
		most = max(most, size)
	}
	holds(t, c, names, names...)
	_, last := segmentsIn(t, root)
	if limit := 3 * max(first, last); most > limit {
		t.Errorf("%d bytes at most, %d at first and %d at last", most, first, last)
	}
	c.Close()
	holds(t, well(t, root), names, names...)
}

// Another session compacts and removes the segments that this one has open.
func TestSegmentsRemovedByAnotherSession(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	names := numbers(100, "")
	c := well(t, root)
	put1(t, c, names...)
	commit(t, c, names...)
	c.Close()

	one, two := well(t, root), well(t, root)
	put1(t, one, "of one")
	put1(t, two, "of two")
	commit(t, two, "of two", "1") // the rest is garbage by now
	holds(t, one, names, names...)
	commit(t, one, append(names, "of one")...)
	holds(t, one, names, names...)
	holds(t, two, []string{"of two", "1"}, "of two", "1")
	holds(t, well(t, root), append(names, "of one", "of two"), append(names, "of one")...)
}

func TestDeletedFolderIsMadeAgain(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a", "bb")
	c.SetNote("n", []byte("x"))
	commit(t, c, "a", "bb")
	if err := os.RemoveAll(file(root, "")); err != nil {
		t.Skip("open files cannot be removed here:", err)
	}
	holds(t, c, letters, "a", "bb")
	put1(t, c, "ccc")
	commit(t, c, "a", "bb", "ccc")
	put1(t, c, "dddd")
	commit(t, c, letters...)
	next := well(t, root)
	holds(t, next, letters, "a", "bb", "ccc", "dddd")
	if got, _ := next.Note("n"); string(got) != "x" {
		t.Errorf("note: got %q", got)
	}
}

func TestLeftoversGoWithAge(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	c := well(t, root)
	put1(t, c, "a")
	commit(t, c, "a")
	own := c.own.name
	killed := well(t, root) // never closed before the test ends
	put1(t, killed, "bb")
	id := strings.Repeat("0123456789abcdef", 2)
	old, young := []string{killed.own.name, id + tempExt}, []string{"f" + id[1:] + tempExt, "f" + id[1:] + segmentExt}
	others := []string{"notes.txt", "short.seg", strings.ToUpper(id) + segmentExt, id + ".bak", id}
	for _, name := range slices.Concat(old[1:], young, others) {
		write(t, root, name, []byte("x"))
	}
	past := time.Now().Add(-small.leftover - time.Minute)
	for _, name := range slices.Concat(old, others, []string{own}) {
		if err := os.Chtimes(file(root, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	c.SetNote("n", []byte("x"))
	commit(t, c, "a")
	files := filesOf(t, root)
	for _, name := range old {
		if _, ok := files[name]; ok {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range slices.Concat(young, others, []string{own}) {
		if _, ok := files[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
	// It was not killed after all.
	commit(t, killed, "bb")
	holds(t, well(t, root), letters, "bb")
}

// A commit that cannot be finished leaves the last one, on disk and in memory.
func TestFailedCommitChangesNothing(t *testing.T) {
	t.Parallel()
	root := newSite(t)
	l := small
	l.slack = 0
	c, _ := session(t, root, l)
	names := numbers(20, "")
	put1(t, c, names...)
	commit(t, c, names...)
	c.limits.index = 10
	put1(t, c, "more")
	for range 2 { // of the second one, compaction would have copied all but one record
		if err := c.Commit(keys("1", "more")); err == nil {
			t.Fatal("committed")
		}
	}
	holds(t, c, append(names, "more"), append(names, "more")...)
	if n, _ := segmentsIn(t, root); n != 1 {
		t.Errorf("%d segments are left, want 1", n)
	}
	c.limits.index = small.index
	commit(t, c, "1", "more")
	holds(t, well(t, root), append(names, "more"), "1", "more")
}

// Sessions in the same folder at random, each with many goroutines: never a
// wrong byte, never a panic, and at the end all is well.
func TestSessionsAtOnce(t *testing.T) {
	t.Parallel()
	for _, leftover := range []time.Duration{time.Hour, 0} { // 0: they also sweep away what others are writing
		t.Run(leftover.String(), func(t *testing.T) {
			t.Parallel()
			root := newSite(t)
			l := small
			l.slack, l.leftover = 100, leftover
			names := numbers(60, "")
			var all sync.WaitGroup
			for w := range 3 {
				all.Go(func() {
					r := rand.New(rand.NewPCG(1, uint64(w)))
					for range 12 {
						c, _ := open(root, folder, "stamp", l)
						for range 4 {
							err := stir(t, c, r, names)
							if err != nil && !(leftover == 0 && errors.Is(err, fs.ErrNotExist)) {
								t.Errorf("commit: %v", err)
							}
						}
						if err := c.Close(); err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			c, _ := session(t, root, l)
			put1(t, c, names...)
			commit(t, c, names...)
			holds(t, c, names, names...)
			c.Close()
			holds(t, well(t, root), names, names...)
		})
	}
}

// stir commits some records while goroutines put and get others.
func stir(t *testing.T, c *Cache, r *rand.Rand, names []string) error {
	live := pick(r, names)
	var work sync.WaitGroup
	defer work.Wait()
	for range 3 {
		mine := pick(r, names)
		work.Go(func() {
			for _, n := range mine {
				before, ok1 := c.Get(key(n))
				if err := c.Put(key(n), data(n)); err != nil {
					t.Errorf("put: %v", err)
				}
				after, ok2 := c.Get(key(n))
				if ok1 && !bytes.Equal(before, data(n)) || ok2 && !bytes.Equal(after, data(n)) {
					t.Errorf("record %s: got %q and %q, want %q", n, before, after, data(n))
				}
				c.SetNote("n", data(n))
				c.Note("n")
			}
		})
	}
	return c.Commit(keys(live...))
}

func pick(r *rand.Rand, names []string) []string {
	var list []string
	for _, n := range names {
		if r.IntN(2) == 0 {
			list = append(list, n)
		}
	}
	return list
}
