package publish

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// errCannot is what the kernel says of a mount point.
var errCannot = fmt.Errorf("exchange: %w", syscall.EXDEV)

// fails is a disk on which one kind of change does not work.
func fails(op string, err error) func(string, string) error {
	return func(o, _ string) error {
		if o == op {
			return err
		}
		return nil
	}
}

// onOps is a disk on which the change number at fails, and all after it too if
// dead: then it is as if the build had been killed there.
func onOps(at int, dead bool, and func(op, name string) error) (before func(op, name string) error, reached func() bool) {
	var mu sync.Mutex // files are linked by several goroutines
	n := 0
	return func(op, name string) error {
		mu.Lock()
		defer mu.Unlock()
		n++
		if n == at || dead && n > at {
			return syscall.EIO
		}
		if and != nil {
			return and(op, name)
		}
		return nil
	}, func() bool { return n >= at }
}

// Everything a publish can do is in this step: new, changed, unchanged and
// removed files, files that become folders and the other way round.
var (
	oldSite = files{"index.html": "old", "same.html": "same", "gone/a.html": "a", "gone/b.html": "b", "turn": "file", "nrut/x": "folder", "a.css": "old"}
	newSite = files{"index.html": "new", "same.html": "same", "new/c.html": "c", "turn/x": "folder", "nrut": "file", "a.css": "new"}
)

var ways = []struct {
	name   string
	before func(op, name string) error
	inside bool
	mixed  bool // a crash may leave old and new, until the next Open
}{
	{"exchange", nil, false, false},
	{"copies instead of links", fails("link", syscall.EPERM), false, false},
	{"file by file", fails("exchange", errCannot), false, true},
	{"stage inside", nil, true, true},
	{"stage on another file system", func(op, name string) error {
		if op == "exchange" || op == "rename" && !strings.HasPrefix(name, stageName) {
			return syscall.EXDEV
		}
		return nil
	}, false, true},
}

func TestRel_P2_EveryChangeOfTheDiskFails(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		for _, dead := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/killed=%v", way.name, dead), func(t *testing.T) {
				t.Parallel()
				for at := 1; ; at++ {
					dir := outputDir(t)
					mustPublish(t, dir, oldSite)
					before, reached := onOps(at, dead, way.before)
					d := disk{before: before, mounted: func(string) bool { return way.inside }}
					_, err := publish(dir, d, newSite)
					if !reached() {
						if err != nil {
							t.Fatalf("nothing failed, and yet: %v", err)
						}
						t.Logf("%d changes", at-1)
						break
					}
					checkAfter(t, dir, at, err, way.mixed, dead)
				}
			})
		}
	}
}

// checkAfter checks the output after a publish in which change number at
// failed, then publishes for good.
func checkAfter(t *testing.T, dir string, at int, err error, mixed, dead bool) {
	t.Helper()
	if err != nil && !errors.Is(err, ErrOutput) {
		t.Errorf("change %d: %v is no ErrOutput", at, err)
	}
	left := strings.Contains(fmt.Sprint(err), "until the next build")
	if !left && !dead || !mixed {
		got, rerr := read(dir)
		want := oldSite
		if err == nil || dead && got["index.html"] == "new" {
			want = newSite
		}
		if diff := cmp.Diff(want, got); rerr != nil || diff != "" {
			t.Fatalf("change %d (%v): %v (-want +got)\n%s", at, err, rerr, diff)
		}
	}
	if left && !mixed {
		t.Errorf("change %d: %v", at, err)
	}
	// The next Open makes good what is half done, whatever its build then does.
	s, operr := Open(context.Background(), dir, quick)
	if operr != nil {
		t.Fatalf("change %d: open again: %v", at, operr)
	}
	if err := s.Abort(); err != nil {
		t.Error(err)
	}
	got, rerr := read(dir)
	if rerr != nil || cmp.Diff(oldSite, got) != "" && cmp.Diff(newSite, got) != "" {
		t.Fatalf("change %d (%v), opened again: neither old nor new: %v\n%v", at, err, rerr, got)
	}
	last := files{"index.html": "last", "same.html": "same"}
	mustPublish(t, dir, last)
	holds(t, dir, last)
}

func TestRel_P2_FirstPublishFails(t *testing.T) {
	t.Parallel()
	for at := 1; ; at++ {
		dir := outputDir(t)
		before, reached := onOps(at, false, nil)
		_, err := publish(dir, disk{before: before}, newSite)
		if !reached() {
			break
		}
		_, statErr := os.Stat(dir)
		if err != nil && !os.IsNotExist(statErr) {
			t.Errorf("change %d failed (%v) and left an output", at, err)
		}
		mustPublish(t, dir, newSite)
		holds(t, dir, newSite)
	}
}

func TestRel_P2_MessagesNameFileAndCause(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	_, err := publish(dir, disk{before: fails("write", syscall.ENOSPC)}, files{"roles/qa/index.html": "x"})
	if want := "write roles/qa/index.html: no space left on device"; err == nil || err.Error() != want || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %q, want %q", err, want)
	}
}

// The journal is a file in the output, so anybody may have written it.
func TestRel_P3_JournalsThatAreNotOurs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"put ../x\n", "put \"../victim\"\n", "delete \"/victim\"\n", "delete \"a/../../victim\"\n", "chmod \"a\"\n", "put \"a", "nonsense"} {
		dir := outputDir(t)
		mustPublish(t, dir, files{"index.html": "x"})
		victim := filepath.Join(filepath.Dir(dir), "victim")
		write(t, victim, "mine")
		write(t, filepath.Join(dir, stageName, journalName), text)
		if _, err := Open(t.Context(), dir, quick); !errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("journal %q: %v", text, err)
		}
		if data, err := os.ReadFile(victim); err != nil || string(data) != "mine" {
			t.Errorf("journal %q reached out of the output: %q, %v", text, data, err)
		}
	}
	// A good journal leads nowhere through a link either.
	dir := outputDir(t)
	mustPublish(t, dir, files{"index.html": "x"})
	outside := filepath.Join(filepath.Dir(dir), "outside")
	write(t, filepath.Join(outside, "victim"), "mine")
	if err := os.Symlink(outside, filepath.Join(dir, "way")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, stageName, journalName), "delete \"way/victim\"\n")
	if s, err := Open(t.Context(), dir, quick); err == nil {
		s.Abort()
	}
	if _, err := os.Stat(filepath.Join(outside, "victim")); err != nil {
		t.Errorf("a journal reached through a link: %v", err)
	}
}

// Where a file system does not tell cases apart, the name to delete is the new
// file; a hard link is the same to the eye of the code.
func TestRel_P3_DeletingTheOtherCaseKeepsTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, stageName, treeName, "a.html"), "new")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	j := journal{put: []string{"a.html"}, del: []string{"A.html"}}
	if err := j.do(root, disk{}); err != nil {
		t.Fatal(err)
	}
	if err := root.Link("a.html", "A.html"); err != nil {
		t.Fatal(err)
	}
	if err := j.do(root, disk{}); err != nil {
		t.Fatal(err)
	}
	if _, err := root.Stat("A.html"); err != nil {
		t.Errorf("the file was deleted under its other name: %v", err)
	}
}

func write(t *testing.T, file, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// generation is a site in which every page tells its number.
func generation(n int) files {
	site := files{"same.css": "same", "index.html": fmt.Sprint(n)}
	for i := range 30 {
		site[fmt.Sprintf("s%d/p%d/index.html", i%5, i)] = fmt.Sprint(n)
	}
	site[fmt.Sprintf("only%d/index.html", n%3)] = fmt.Sprint(n)
	return site
}

// childEnv asks this test binary to publish to a folder until it is killed.
const childEnv = "RUTTER_PUBLISH_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// child publishes one generation after the other, the first told by a line on
// stdout; with the way "umask" it publishes once under a harsh umask.
func child(dir string) int {
	way, dir, _ := strings.Cut(dir, ":")
	d := disk{mounted: func(string) bool { return way == "inside" }}
	opts := quick
	switch way {
	case "cache":
		opts.Cache = cacheOf(dir)
	case "files":
		d.before = fails("exchange", errCannot)
	case "umask":
		harshUmask()
		if _, err := publish(dir, d, generation(0)); err != nil {
			fmt.Println(err)
			return 1
		}
		return 0
	}
	fmt.Println("ready")
	for n := rand.IntN(1e6); ; n++ {
		if _, err := keepOrWrite(dir, opts, d, generation(n)); err != nil {
			fmt.Println(err)
			return 1
		}
	}
}

func TestRel_P1_KilledAnyTime(t *testing.T) {
	t.Parallel()
	kills := 120
	if testing.Short() {
		kills = 12
	}
	for _, way := range []string{"exchange", "cache", "files", "inside"} {
		n := kills
		if way == "files" || way == "inside" {
			n = kills / 4
		}
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			dir := outputDir(t)
			mustPublish(t, dir, generation(0))
			for i := range n {
				killOne(t, way+":"+dir)
				if way == "files" || way == "inside" { // a mix is made good by the next Open
					s, err := Open(t.Context(), dir, quick)
					if err != nil {
						t.Fatalf("kill %d: %v", i, err)
					}
					s.Abort()
				}
				got, err := read(dir)
				if err != nil {
					t.Fatalf("kill %d: %v", i, err)
				}
				g := 0
				fmt.Sscan(got["index.html"], &g)
				if diff := cmp.Diff(generation(g), got); diff != "" {
					t.Fatalf("kill %d: generation %d is not whole (-want +got):\n%s", i, g, diff)
				}
			}
			opts := quick
			if way == "cache" {
				opts.Cache = cacheOf(dir)
			}
			if _, err := keepOrWrite(dir, opts, disk{}, generation(1)); err != nil {
				t.Fatal(err)
			}
			holds(t, dir, generation(1))
		})
	}
}

// killOne starts a publishing child, waits until it is at work and kills it at
// a random moment.
func killOne(t *testing.T, arg string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+arg)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	if line, err := r.ReadString('\n'); line != "ready\n" {
		t.Fatalf("child says %q, %v", line, err)
	}
	time.Sleep(time.Duration(rand.IntN(40_000)) * time.Microsecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(r)
	if err := cmd.Wait(); err == nil || len(rest) > 0 {
		t.Fatalf("child ended by itself: %v\n%s", err, rest)
	}
}

func TestRel_P1_ModesWhateverTheUmask(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=umask:"+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	holds(t, dir, generation(0))
}

func run(dir, tool string, args ...string) (string, error) {
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestRel_P7_SyncedBeforeTheExchange(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	mustPublish(t, dir, oldSite)
	var ops []string
	d := disk{mounted: mounted, before: func(op, _ string) error { ops = append(ops, op); return nil }}
	s, err := open(t.Context(), dir, Options{}, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write("index.html", []byte("new")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	tail := strings.Join(ops[max(0, len(ops)-4):], " ")
	if tail != "sync exchange sync remove" {
		t.Errorf("the last changes are %q", tail)
	}
	holds(t, dir, files{"index.html": "new"})
}
