package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// states are what a spare can have come to; the spare holds another generation
// of oldSite.
var states = []struct {
	name string
	do   func(spare string) error
}{
	{"as it was left", func(string) error { return nil }},
	{"missing", os.RemoveAll},
	{"empty", func(spare string) error { return errors.Join(os.RemoveAll(spare), os.Mkdir(spare, 0o755)) }},
	{"half removed", func(spare string) error {
		return errors.Join(os.RemoveAll(filepath.Join(spare, "gone")), os.Remove(filepath.Join(spare, "same.html")), os.Remove(filepath.Join(spare, markerName)))
	}},
	{"edited", func(spare string) error {
		// Not in place: the output may share the file, and would change with it.
		return errors.Join(os.Remove(filepath.Join(spare, "same.html")), os.WriteFile(filepath.Join(spare, "same.html"), []byte("SAME"), 0o644))
	}},
	{"foreign files", func(spare string) error {
		return errors.Join(os.WriteFile(filepath.Join(spare, "x"), nil, 0o644), os.MkdirAll(filepath.Join(spare, "y", "z"), 0o755),
			os.WriteFile(filepath.Join(spare, "y", "z", "x"), nil, 0o600), os.MkdirAll(filepath.Join(spare, ".git", "objects"), 0o755))
	}},
	{"files of ours by name", func(spare string) error {
		return errors.Join(os.WriteFile(filepath.Join(spare, lockName), nil, 0o644), os.MkdirAll(filepath.Join(spare, stageName, treeName), 0o755),
			os.WriteFile(filepath.Join(spare, stageName, journalName), []byte("delete \"index.html\"\n"), 0o644))
	}},
	{"folders for files", func(spare string) error {
		var errs []error
		for _, name := range []string{"same.html", "index.html", "a.css", "nrut", markerName} {
			errs = append(errs, os.RemoveAll(filepath.Join(spare, name)), os.MkdirAll(filepath.Join(spare, name, "deep"), 0o700),
				os.WriteFile(filepath.Join(spare, name, "deep", "x"), nil, 0o644))
		}
		return errors.Join(errs...)
	}},
	{"files for folders", func(spare string) error {
		var errs []error
		for _, name := range []string{"new", "turn", "stay"} {
			errs = append(errs, os.RemoveAll(filepath.Join(spare, name)), os.WriteFile(filepath.Join(spare, name), []byte("x"), 0o644))
		}
		return errors.Join(errs...)
	}},
	{"links for everything", func(spare string) error {
		var errs []error
		outside := filepath.Join(filepath.Dir(filepath.Dir(spare)), "outside")
		for _, name := range []string{"same.html", "index.html", "a.css", "new", "turn", "stay", "nrut", markerName} {
			errs = append(errs, os.RemoveAll(filepath.Join(spare, name)), os.Symlink(outside, filepath.Join(spare, name)))
		}
		return errors.Join(errs...)
	}},
	{"links to the output", func(spare string) error {
		output := filepath.Join(filepath.Dir(filepath.Dir(spare)), "public")
		return errors.Join(os.RemoveAll(filepath.Join(spare, "stay")), os.Symlink(filepath.Join(output, "stay"), filepath.Join(spare, "stay")),
			os.Remove(filepath.Join(spare, "index.html")), os.Symlink(filepath.Join(output, "index.html"), filepath.Join(spare, "index.html")))
	}},
	{"hard links to the wrong file", func(spare string) error {
		return errors.Join(os.Remove(filepath.Join(spare, "stay", "a.html")), os.Remove(filepath.Join(spare, "index.html")),
			os.Link(filepath.Join(spare, "stay", "b.html"), filepath.Join(spare, "stay", "a.html")),
			os.Link(filepath.Join(spare, "stay", "b.html"), filepath.Join(spare, "index.html")))
	}},
	{"permission bits off", func(spare string) error {
		return errors.Join(os.Chmod(filepath.Join(spare, "stay", "deep"), 0), os.Chmod(filepath.Join(spare, "stay"), 0), os.Chmod(spare, 0))
	}},
	{"permission bits on", func(spare string) error {
		return errors.Join(os.Chmod(filepath.Join(spare, "stay"), 0o777|os.ModeSetgid|os.ModeSticky), os.Chmod(spare, 0o777|os.ModeSticky))
	}},
	{"is a file", func(spare string) error {
		return errors.Join(os.RemoveAll(spare), os.WriteFile(spare, []byte("x"), 0o644))
	}},
	{"is a link", func(spare string) error {
		return errors.Join(os.RemoveAll(spare), os.Symlink(filepath.Join(filepath.Dir(filepath.Dir(spare)), "outside"), spare))
	}},
	{"is a link to the output", func(spare string) error {
		return errors.Join(os.RemoveAll(spare), os.Symlink(filepath.Join(filepath.Dir(filepath.Dir(spare)), "public"), spare))
	}},
	{"of another output", func(spare string) error {
		return errors.Join(os.RemoveAll(spare), os.CopyFS(spare, os.DirFS(filepath.Join(filepath.Dir(filepath.Dir(spare)), "outside"))))
	}},
	{"the cache is a file", func(spare string) error {
		return errors.Join(os.RemoveAll(filepath.Dir(spare)), os.WriteFile(filepath.Dir(spare), nil, 0o644))
	}},
	{"the record is a folder", func(spare string) error {
		record := filepath.Join(filepath.Dir(spare), recordName)
		return errors.Join(os.RemoveAll(record), os.MkdirAll(filepath.Join(record, "x"), 0o755))
	}},
	{"the record is a link", func(spare string) error {
		record := filepath.Join(filepath.Dir(spare), recordName)
		return errors.Join(os.RemoveAll(record), os.Symlink(filepath.Join(filepath.Dir(filepath.Dir(spare)), "outside", "victim"), record))
	}},
	{"a new record is left", func(spare string) error {
		return errors.Join(os.Symlink(filepath.Join(filepath.Dir(filepath.Dir(spare)), "outside", "victim"), filepath.Join(filepath.Dir(spare), recordName+".new")))
	}},
}

// stays are files that no step changes.
var stays = files{"stay/a.html": "a", "stay/b.html": "b", "stay/deep/c.html": "c"}

func with(a, b files) files {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func TestRel_G4_StageFromASpareEqualsAFreshOne(t *testing.T) {
	t.Parallel()
	site := with(newSite, stays)
	fresh := outputDir(t)
	mustPublish(t, fresh, site)
	want, _ := testkit.Tree(t, fresh)
	for _, tt := range states {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := outputDir(t)
			outside := filepath.Join(filepath.Dir(dir), "outside")
			write(t, filepath.Join(outside, "victim"), "mine")
			write(t, filepath.Join(outside, "stay", "a.html"), "mine")
			settle(t, dir, with(oldSite, stays))
			for _, m := range []files{{"index.html": "more"}, {}} { // the spare has files in common with the output
				if _, err := keepOrWrite(dir, withCache(dir), disk{}, with(with(oldSite, stays), m)); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.do(filepath.Join(cacheOf(dir), spareName)); err != nil {
				t.Fatal(err)
			}
			outsideBefore, _ := testkit.Tree(t, outside)
			for round := range 3 {
				if _, err := keepOrWrite(dir, withCache(dir), disk{}, site); err != nil {
					t.Fatal(err)
				}
				if got, names := testkit.Tree(t, dir); got != want {
					t.Fatalf("round %d: the tree is not that of a fresh stage: %v", round, names)
				}
				holds(t, dir, site)
				if round == 0 { // through the other site and back
					if _, err := keepOrWrite(dir, withCache(dir), disk{}, oldSite); err != nil {
						t.Fatal(err)
					}
					holds(t, dir, oldSite)
				}
			}
			if got, names := testkit.Tree(t, outside); got != outsideBefore {
				t.Errorf("what lies outside was changed: %v", names)
			}
		})
	}
}

// A long run of random edits, and of mischief to the spare, the output and the
// cache between them.
func TestRel_G4_RandomStepsEqualFreshStages(t *testing.T) {
	t.Parallel()
	away := bait(t)
	steps := 150
	if testing.Short() {
		steps = 30
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	dir := outputDir(t)
	names := []string{"a", "a/x", "a/y", "b/x", "b/c/x", "b/c", "c", "d/d/d", "index.html", "A", "e/1", "e/2", "e/3"}
	site := files{"index.html": "0"}
	for step := range steps {
		for range rnd.IntN(4) {
			name := names[rnd.IntN(len(names))]
			for other := range maps.Clone(site) { // a name is not both a file and a folder
				if slices.Contains(slices.Collect(parents(other)), name) || slices.Contains(slices.Collect(parents(name)), other) {
					delete(site, other)
				}
			}
			site[name] = fmt.Sprint(rnd.IntN(3))
			if rnd.IntN(3) == 0 && len(site) > 1 {
				delete(site, name)
			}
		}
		for range rnd.IntN(3) {
			mischief(rnd, away, []string{dir, filepath.Join(cacheOf(dir), spareName), cacheOf(dir)}[rnd.IntN(3)])
		}
		opts := withCache(dir)
		if rnd.IntN(5) == 0 {
			opts = quick
		}
		d := disk{}
		if rnd.IntN(6) == 0 {
			d.before, _ = onOps(1+rnd.IntN(40), true, nil) // killed
			keepOrWrite(dir, opts, d, site)
			d = disk{}
		}
		if _, err := keepOrWrite(dir, opts, d, site); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		got, err := read(dir)
		if diff := cmp.Diff(site, got); err != nil || diff != "" {
			t.Fatalf("step %d: %v (-want +got)\n%s", step, err, diff)
		}
		clean(t, dir)
	}
}

// bait is a folder for links to lead to. Whoever follows one where nobody should
// finds nothing there but what the test can lose, and the test says so.
func bait(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	keep := filepath.Join(dir, "keep", "index.html")
	write(t, keep, "bait")
	t.Cleanup(func() {
		if data, err := os.ReadFile(keep); err != nil || string(data) != "bait" {
			t.Errorf("a link out of the output was followed: %v", err)
		}
	})
	return dir
}

// mischief does something to one entry of a folder, never in place to a file,
// which may be that of the output as well. Its links lead away.
func mischief(rnd *rand.Rand, away, dir string) {
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return // it may be a link by now
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) == 0 {
		return
	}
	e := entries[rnd.IntN(len(entries))]
	path := filepath.Join(dir, e.Name())
	if e.Name() == markerName && filepath.Base(dir) == "public" {
		return // the folder would not be ours any more
	}
	if e.IsDir() && rnd.IntN(2) == 0 {
		mischief(rnd, away, path)
		return
	}
	switch rnd.IntN(5) {
	case 0:
		os.RemoveAll(path)
	case 1:
		os.RemoveAll(path)
		os.Symlink(away, path)
	case 2:
		os.RemoveAll(path)
		os.WriteFile(path, []byte("1"), 0o644)
	case 3:
		os.RemoveAll(path)
		os.MkdirAll(filepath.Join(path, "x"), 0o755)
	case 4:
		if e.Type().IsRegular() || e.IsDir() {
			os.Chmod(path, 0o700)
		}
	}
}

func TestRel_P2_EveryChangeOfTheDiskFailsWithACache(t *testing.T) {
	t.Parallel()
	before, after := with(oldSite, stays), with(newSite, stays)
	for _, spare := range []bool{false, true} {
		for _, dead := range []bool{false, true} {
			t.Run(fmt.Sprintf("spare=%v/killed=%v", spare, dead), func(t *testing.T) {
				t.Parallel()
				for at := 1; ; at++ {
					dir := outputDir(t)
					settle(t, dir, before)
					if !spare {
						if err := os.RemoveAll(filepath.Join(cacheOf(dir), spareName)); err != nil {
							t.Fatal(err)
						}
					}
					hook, reached := onOps(at, dead, nil)
					_, err := keepOrWrite(dir, withCache(dir), disk{before: hook}, after)
					if !reached() {
						if err != nil {
							t.Fatalf("nothing failed, and yet: %v", err)
						}
						t.Logf("%d changes", at-1)
						break
					}
					if err != nil && !errors.Is(err, ErrOutput) {
						t.Errorf("change %d: %v is no ErrOutput", at, err)
					}
					got, rerr := read(dir)
					want := before
					if err == nil || dead && got["index.html"] == "new" {
						want = after
					}
					if diff := cmp.Diff(want, got); rerr != nil || diff != "" {
						t.Fatalf("change %d (%v): %v (-want +got)\n%s", at, err, rerr, diff)
					}
					for _, site := range []files{after, with(before, files{"index.html": "third"})} {
						if _, err := keepOrWrite(dir, withCache(dir), disk{}, site); err != nil {
							t.Fatalf("change %d: publish again: %v", at, err)
						}
						holds(t, dir, site)
					}
				}
			})
		}
	}
}

// What failed once because of the spare does not fail again.
func TestRel_P2_AFailedStageIsNoSpare(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"remove", "create", "exchange"} {
		dir := outputDir(t)
		settle(t, dir, oldSite)
		if _, err := keepOrWrite(dir, withCache(dir), disk{before: onceAt(op)}, newSite); err == nil {
			t.Errorf("%s fails, and nobody says so", op)
		}
		if _, err := os.Lstat(filepath.Join(cacheOf(dir), spareName)); err == nil {
			t.Errorf("after %s failed, the stage became the spare", op)
		}
		holds(t, dir, oldSite)
	}
}

// onceAt fails the first change of a kind.
func onceAt(op string) func(op, name string) error {
	var once sync.Once
	return func(o, _ string) (err error) {
		if o == op {
			once.Do(func() { err = errors.New("no") })
		}
		return err
	}
}

func TestRel_P1_AbortKeepsTheSpare(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	settle(t, dir, oldSite)
	hash, _ := testkit.Tree(t, dir)
	s, err := Open(t.Context(), dir, withCache(dir))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range newSite {
		if err := s.Write(name, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Abort(); err != nil {
		t.Error(err)
	}
	if now, _ := testkit.Tree(t, dir); now != hash {
		t.Error("the output changed")
	}
	clean(t, dir)
	if fi, err := os.Lstat(filepath.Join(cacheOf(dir), spareName)); err != nil || !fi.IsDir() {
		t.Errorf("the spare is gone: %v", err)
	}
	if _, err := keepOrWrite(dir, withCache(dir), disk{}, newSite); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, newSite)
}

func TestRel_P1_NothingChangedNothingTouchedWithACache(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	settle(t, dir, oldSite)
	base := filepath.Dir(dir)
	before := stamps(t, base)
	delete(before, base) // the lock comes and goes
	d := disk{before: func(op, name string) error { return fmt.Errorf("touched: %s %s", op, name) }}
	res, err := keepOrWrite(dir, withCache(dir), d, oldSite)
	if err != nil || res != (Result{Unchanged: len(oldSite)}) {
		t.Errorf("got %+v, %v", res, err)
	}
	after := stamps(t, base)
	delete(after, base)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("output or cache changed:\n%s", diff)
	}
}

// With a spare, one page changed costs one page: nothing is linked, and only
// that page, the marker and the record are made.
func TestRel_P1_OnePageCostsOnePage(t *testing.T) {
	t.Parallel()
	site := files{}
	for i := range 50 {
		site[fmt.Sprintf("p%d/index.html", i)] = "page"
	}
	dir := outputDir(t)
	settle(t, dir, site)
	for round := range 4 {
		site["p7/index.html"] = fmt.Sprint("round ", round)
		var mu sync.Mutex
		ops := map[string]int{}
		d := disk{before: func(op, _ string) error {
			mu.Lock()
			defer mu.Unlock()
			ops[op]++
			return nil
		}}
		if _, err := keepOrWrite(dir, withCache(dir), d, site); err != nil {
			t.Fatal(err)
		}
		holds(t, dir, site)
		if round > 0 && (ops["create"] != 3 || ops["link"] > 1 || ops["remove"] > 2 || ops["mkdir"] > 2) {
			t.Errorf("round %d: %v", round, ops)
		}
	}
}

func TestRel_P5_TwoOutputsShareACache(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	opts := Options{NoSync: true, Cache: filepath.Join(base, "cache")}
	var wg sync.WaitGroup
	for _, name := range []string{"one", "two", "three"} {
		wg.Go(func() {
			dir := filepath.Join(base, name)
			for n := range 25 {
				if _, err := keepOrWrite(dir, opts, disk{}, generation(n)); err != nil {
					t.Errorf("%s, generation %d: %v", name, n, err)
					return
				}
				got, err := read(dir)
				if diff := cmp.Diff(generation(n), got); err != nil || diff != "" {
					t.Errorf("%s, generation %d: %v (-want +got)\n%s", name, n, err, diff)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, name := range []string{"one", "two", "three"} {
		clean(t, filepath.Join(base, name))
	}
	entries, err := os.ReadDir(opts.Cache)
	if err != nil || len(entries) != 2 {
		t.Errorf("the cache holds %v, %v; want a record and one spare", entries, err)
	}
}

func TestRel_P1_OutputIsNotWhereItWas(t *testing.T) {
	t.Parallel()
	site := with(oldSite, stays)
	tests := []struct {
		name string
		do   func(dir string) error
	}{
		{"removed", os.RemoveAll},
		{"emptied", func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)) }},
		{"a copy", func(dir string) error {
			return errors.Join(os.CopyFS(dir+"-copy", os.DirFS(dir)), os.RemoveAll(dir), os.Rename(dir+"-copy", dir))
		}},
		{"the spare", func(dir string) error {
			return errors.Join(os.RemoveAll(dir), os.Rename(filepath.Join(cacheOf(dir), spareName), dir))
		}},
		{"exchanged with the spare", func(dir string) error {
			spare := filepath.Join(cacheOf(dir), spareName)
			return errors.Join(os.Rename(dir, dir+"-x"), os.Rename(spare, dir), os.Rename(dir+"-x", spare))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := outputDir(t)
			settle(t, dir, site)
			if err := tt.do(dir); err != nil {
				t.Fatal(err)
			}
			for _, m := range []files{{}, {"index.html": "2"}, {}} {
				if _, err := keepOrWrite(dir, withCache(dir), disk{}, with(site, m)); err != nil {
					t.Fatal(err)
				}
				holds(t, dir, with(site, m))
			}
		})
	}
}

// A cache in the output, or around it, is none: publishing would move one into
// the other.
func TestRel_P4_CacheAndOutputApart(t *testing.T) {
	t.Parallel()
	for _, way := range []string{".", "sub/cache", ".rutter/cache", "..", "../.."} {
		base := t.TempDir()
		dir := filepath.Join(base, "x", spareName)
		write(t, filepath.Join(base, "x", "mine"), "mine")
		opts := Options{NoSync: true, Cache: filepath.Join(dir, way)}
		for _, site := range []files{oldSite, newSite, oldSite} {
			if _, err := keepOrWrite(dir, opts, disk{}, site); err != nil {
				t.Fatalf("cache %s: %v", way, err)
			}
			holds(t, dir, site)
		}
		if entries, err := os.ReadDir(filepath.Join(base, "x")); err != nil || len(entries) != 2 {
			t.Errorf("cache %s: beside the output lies %v, %v", way, entries, err)
		}
	}
}

func TestRel_P3_CacheWithEveryWay(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			dir := outputDir(t)
			mustPublish(t, dir, stays)
			d := disk{before: way.before, mounted: func(string) bool { return way.inside }}
			for _, site := range []files{oldSite, newSite, newSite, oldSite, with(oldSite, stays), oldSite} {
				if _, err := keepOrWrite(dir, withCache(dir), d, site); err != nil {
					t.Fatal(err)
				}
				holds(t, dir, site)
			}
		})
	}
}

// The stage is looked over before anybody can see it.
func TestRel_P1_AStageThatSomebodyChangedIsNotPublished(t *testing.T) {
	t.Parallel()
	away := bait(t)
	for name, do := range map[string]func(stage string) error{
		"more":   func(stage string) error { return os.WriteFile(filepath.Join(stage, "x"), nil, 0o644) },
		"folder": func(stage string) error { return os.Mkdir(filepath.Join(stage, "x"), 0o755) },
		"less":   func(stage string) error { return os.Remove(filepath.Join(stage, "index.html")) },
		"link": func(stage string) error {
			return errors.Join(os.Remove(filepath.Join(stage, "index.html")), os.Symlink(away, filepath.Join(stage, "index.html")))
		},
	} {
		dir := outputDir(t)
		settle(t, dir, oldSite)
		var path string
		d := disk{mounted: mounted, before: func(op, name string) error {
			if op == "sync" && name == path {
				return do(path)
			}
			return nil
		}}
		s, err := open(context.Background(), dir, Options{Cache: cacheOf(dir)}, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write("index.html", []byte("new")); err != nil {
			t.Fatal(err)
		}
		path = s.path
		if _, err := s.Commit(); !errors.Is(err, ErrOutput) {
			t.Errorf("%s: %v", name, err)
		}
		holds(t, dir, oldSite)
	}
}

// Where a file system does not tell cases apart, what lies in the way has
// another name than the one it was listed by; a rename is the same to the eye of
// the code.
func TestRel_P3_InTheWayUnderAnotherCase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"A.html", "Sub"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "A.html"), "a")
		write(t, filepath.Join(dir, "Sub", "x.html"), "x")
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		base, err := list(root, 0, func(string, fs.FileInfo) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		lower := strings.ToLower(name)
		if err := root.Rename(name, lower); err != nil {
			t.Fatal(err)
		}
		s := &Stage{root: root, base: base}
		if !s.inWay(lower) || s.inWay("other") {
			t.Errorf("%s lies in the way: %v, other: %v", lower, s.inWay(lower), s.inWay("other"))
		}
		if base.files[name] != nil || base.dirs[name] != nil || name == "Sub" && base.files["Sub/x.html"] != nil {
			t.Errorf("%s is still to be removed later", name)
		}
	}
}
