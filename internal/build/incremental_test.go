package build_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/stamp"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// memory is an output folder in memory. It stays from build to build, and a
// build replaces all of it or nothing.
type memory struct {
	files map[string][]byte

	lock sync.Mutex
	next map[string][]byte
	kept int
}

func (m *memory) Keep(name string, sum [sha256.Size]byte) (bool, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	data, ok := m.files[name]
	if !ok || sha256.Sum256(data) != sum {
		return false, nil
	}
	m.kept++
	m.next[name] = data
	return true, nil
}

func (m *memory) Write(name string, data []byte) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	if _, twice := m.next[name]; twice {
		return fmt.Errorf("%s is written twice", name)
	}
	m.next[name] = bytes.Clone(data)
	return nil
}

// built is what a build came to.
type built struct {
	findings string
	files    map[string][]byte // nil: nothing is published
}

// once opens and writes a site into an output.
func once(t testing.TB, s *build.Session, m *memory) built {
	t.Helper()
	b, err := s.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	m.next, m.kept = map[string][]byte{}, 0
	if err := b.Write(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	s.Save(b)
	var text bytes.Buffer
	b.Findings.WriteText(&text)
	if b.Findings.HasErrors() {
		return built{findings: text.String()}
	}
	m.files = m.next
	return built{text.String(), m.files}
}

// preview opens a site as a preview does: the session may be told where to look,
// and only files that it calls stale are made.
func preview(t testing.TB, s *build.Session, files map[string][]byte, folders []string) built {
	t.Helper()
	open := s.Open
	if folders != nil {
		open = func(ctx context.Context) (*build.Build, error) { return s.OpenAt(ctx, folders) }
	}
	b, err := open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	found := b.Findings
	if !found.HasErrors() {
		stale, gone := b.Stale()
		more, err := b.Try(context.Background(), 2, stale, gone)
		if err != nil {
			t.Fatal(err)
		}
		found.Join(more)
		for _, name := range gone {
			delete(files, name)
		}
		for _, f := range stale {
			if more.HasErrors() {
				break
			}
			if files[f.Name], _, err = b.Make(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	var text bytes.Buffer
	found.WriteText(&text)
	if found.HasErrors() {
		return built{findings: text.String()}
	}
	return built{text.String(), files}
}

// listings says of each folder of the content what a watcher sees in it.
func listings(t testing.TB, dir string) map[string]string {
	t.Helper()
	seen := map[string]string{}
	err := filepath.WalkDir(filepath.Join(dir, "content"), func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.IsDir() {
			seen[p] += ""
		} else {
			st, _ := stamp.Of(info)
			seen[filepath.Dir(p)] += fmt.Sprintf("%s %+v\n", d.Name(), st)
		}
		if p != filepath.Join(dir, "content") {
			seen[filepath.Dir(p)] += d.Name() + "\n"
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// touched are the folders that are not as they were.
func touched(before, after map[string]string) []string {
	list := []string{}
	for dir, now := range after {
		if was, ok := before[dir]; !ok || was != now {
			list = append(list, dir)
		}
	}
	return list
}

// differences lists what is not the same in two builds.
func differences(got, want built) []string {
	var list []string
	if got.findings != want.findings {
		list = append(list, fmt.Sprintf("findings: got\n%swant\n%s", got.findings, want.findings))
	}
	if (got.files == nil) != (want.files == nil) {
		list = append(list, fmt.Sprintf("published: got %t, want %t", got.files != nil, want.files != nil))
	}
	for name, data := range want.files {
		if other, ok := got.files[name]; !ok {
			list = append(list, name+" is missing")
		} else if !bytes.Equal(other, data) {
			list = append(list, fmt.Sprintf("%s differs: got\n%s\nwant\n%s", name, other, data))
		}
	}
	for name := range got.files {
		if _, ok := want.files[name]; !ok {
			list = append(list, name+" should be gone")
		}
	}
	return list
}

// TestIncrementalIsClean edits sites at random. After each edit, what a session
// makes that has seen all before, a preview that is told which folders were
// touched and makes what is stale, and a new process with its cache, equals what
// a build without any memory makes: every byte, and every finding (engine 4.4; reliability G4). RUTTER_TEST_SCRIPTS says how many sites.
func TestIncrementalIsClean(t *testing.T) {
	t.Parallel()
	scripts := 60
	if n, err := strconv.Atoi(os.Getenv("RUTTER_TEST_SCRIPTS")); err == nil {
		scripts = n
	} else if os.Getenv("RUTTER_TEST_ALL") == "1" {
		scripts = 200
	} else if testing.Short() {
		scripts = 10
	}
	var good, bad, kept, made int
	var lock sync.Mutex
	for part := range 4 {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < scripts; seed += 4 {
				c := edits(t, uint64(seed))
				lock.Lock()
				good, bad, kept, made = good+c.good, bad+c.bad, kept+c.kept, made+c.made
				lock.Unlock()
			}
		})
	}
	t.Cleanup(func() {
		t.Logf("%d sites: %d builds without errors, %d with; %d of %d pages kept", scripts, good, bad, kept, made)
		if scripts >= 10 && (good < bad || kept < made/3) {
			t.Error("the edits do not show much: too few builds are good, or too few files are kept")
		}
	})
}

type counts struct{ good, bad, kept, made int }

// edits edits one site, and compares after each edit.
func edits(t *testing.T, seed uint64) (c counts) {
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	e := testkit.NewEditor(t, dir, seed)
	opts := build.Options{Dir: dir, Output: filepath.Join(dir, "public"), Version: "1.0"}
	clean := opts
	clean.NoCache = true
	long := build.Start(clean) // a preview, which lives through all edits
	defer long.Close()
	told := build.Start(clean) // one that is told where to look, and makes what is stale
	defer told.Close()
	var ofLong, ofFresh memory
	ofTold := map[string][]byte{}
	var seen map[string]string
	history := []string{"the site as it was"}
	for step := range 6 {
		if step > 0 {
			for range 1 + step%3 { // one edit or several at once
				history = append(history, e.Edit())
			}
		}
		s := build.Start(clean)
		want := once(t, s, &memory{})
		s.Close()
		if want.files == nil {
			c.bad++
		} else {
			c.good++
		}
		fresh := build.Start(opts) // a new process
		got := once(t, fresh, &ofFresh)
		if fresh.Notice != "" {
			t.Errorf("seed %d: notice %q", seed, fresh.Notice)
		}
		fresh.Close()
		for name := range ofFresh.next {
			if strings.HasSuffix(name, ".html") {
				c.made++
			}
		}
		c.kept += ofFresh.kept
		var where []string // nil: anywhere
		now := listings(t, dir)
		if seen != nil {
			where = touched(seen, now)
		}
		seen = now
		for who, d := range map[string][]string{
			"a new process": differences(got, want), "a long session": differences(once(t, long, &ofLong), want), "a preview that is told where": differences(preview(t, told, ofTold, where), want),
		} {
			if len(d) > 0 {
				t.Fatalf("seed %d: %s differs from a clean build in %d ways, the first: %s\nafter %v", seed, who, len(d), d[0], history)
			}
		}
	}
	return c
}

// TestNothingIsStale: of a site that nobody has changed no file is made again,
// not even those that take nothing from it.
func TestNothingIsStale(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	testkit.NewEditor(t, dir, 1)
	for _, preview := range []bool{false, true} {
		s := build.Start(build.Options{Dir: dir, Output: filepath.Join(dir, "public"), BaseURL: "https://x.test/", Preview: preview, NoCache: true})
		defer s.Close()
		for i := range 2 {
			b, err := s.Open(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			if len(b.Files()) == 0 {
				t.Fatalf("the site has no files: %v", b.Findings)
			}
			stale, gone := b.Stale()
			if i == 0 {
				if _, err := b.Try(context.Background(), 2, stale, gone); err != nil {
					t.Fatal(err)
				}
				continue
			}
			for _, f := range stale {
				t.Errorf("preview %v: %s is stale", preview, f.Name)
			}
		}
	}
}
