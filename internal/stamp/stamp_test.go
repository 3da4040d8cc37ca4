package stamp_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/stamp"
)

// TestNoChangeGoesUnnoticed makes changes that leave size and time as they were.
func TestNoChangeGoesUnnoticed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a")
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, long, long); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // longer than a step of the file system's clock
	}
	of := func() stamp.Stamp {
		t.Helper()
		info, err := os.Lstat(file)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := stamp.Of(info)
		if !ok && (runtime.GOOS == "linux" || runtime.GOOS == "darwin") {
			t.Fatal("no stamp")
		}
		return s
	}
	write(file, "one")
	first := of()
	if again := of(); again != first {
		t.Errorf("an unchanged file: got %+v, then %+v", first, again)
	}
	if first == (stamp.Stamp{}) {
		return // a system without stamps
	}
	write(file, "two")
	second := of()
	if second == first {
		t.Error("a file rewritten in place, its time put back, has the same stamp")
	}
	write(file+".new", "one")
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
	if of() == second {
		t.Error("a file replaced by another one has the same stamp")
	}
}

func TestSettled(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	at := func(written, changed time.Duration) stamp.Stamp {
		return stamp.Stamp{Size: 1, Written: now.Add(written).UnixNano(), Changed: now.Add(changed).UnixNano(), Inode: 1}
	}
	for _, c := range []struct {
		name string
		s    stamp.Stamp
		want bool
	}{
		{"long ago", at(-time.Hour, -time.Hour), true},
		{"just written", at(-time.Second, -time.Hour), false},
		{"just renamed", at(-time.Hour, -time.Second), false},
		{"from the future", at(time.Hour, -time.Hour), false},
	} {
		if got := c.s.Settled(now); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}

func TestOnlyRegularFiles(t *testing.T) {
	t.Parallel()
	info, err := os.Lstat(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := stamp.Of(info); ok {
		t.Errorf("a folder has the stamp %+v", s)
	}
}
