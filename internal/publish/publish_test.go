package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// files is what a build writes, by name.
type files map[string]string

// quick leaves the disk to the system: what a test checks is what readers see.
var quick = Options{NoSync: true}

// publish writes fs to dir with a disk that may fail.
func publish(dir string, d disk, fs files) (Result, error) {
	if d.mounted == nil {
		d.mounted = mounted
	}
	s, err := open(context.Background(), dir, quick, d)
	if err != nil {
		return Result{}, err
	}
	defer s.Abort()
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		if err := s.Write(name, []byte(fs[name])); err != nil {
			return Result{}, err
		}
	}
	return s.Commit()
}

// keepOrWrite publishes as a caller does that knows the sums of its files.
func keepOrWrite(dir string, opts Options, d disk, fs files) (Result, error) {
	if d.mounted == nil {
		d.mounted = mounted
	}
	s, err := open(context.Background(), dir, opts, d)
	if err != nil {
		return Result{}, err
	}
	defer s.Abort()
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		data := []byte(fs[name])
		held, err := s.Keep(name, sha256.Sum256(data))
		if err == nil && !held {
			err = s.Write(name, data)
		}
		if err != nil {
			return Result{}, err
		}
	}
	return s.Commit()
}

// cacheOf is a cache for an output.
func cacheOf(dir string) string { return dir + "-cache" }

// withCache is quick with that cache.
func withCache(dir string) Options { return Options{NoSync: true, Cache: cacheOf(dir)} }

// settle publishes to dir until a record and a spare are there, and the record
// vouches for every file: the file system's clock has to tick for that.
func settle(t *testing.T, dir string, site files) {
	t.Helper()
	for _, fs := range []files{{"index.html": "before", "only/before.html": "b"}, site} {
		if _, err := keepOrWrite(dir, withCache(dir), disk{}, fs); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		time.Sleep(5 * time.Millisecond)
		if _, err := keepOrWrite(dir, withCache(dir), disk{}, site); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(cacheOf(dir), recordName))
		if err != nil {
			t.Fatal(err)
		}
		if len(decodeRecord(data, dir)) == len(site) {
			return
		}
	}
	t.Skip("this file system keeps no time of change")
}

func mustPublish(t *testing.T, dir string, fs files) Result {
	t.Helper()
	res, err := publish(dir, disk{}, fs)
	if err != nil {
		t.Fatalf("publish %v: %v", fs, err)
	}
	return res
}

// read returns the files of an output, and an error unless they are exactly
// those of its marker, with their sums and the modes of a published site.
func read(dir string) (files, error) {
	got := files{}
	var text string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if want := map[bool]fs.FileMode{true: 0o755 | fs.ModeDir, false: 0o644}[d.IsDir()]; info.Mode() != want && runtime.GOOS != "windows" {
			return fmt.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		if name == markerName {
			text = string(data)
		} else {
			got[filepath.ToSlash(name)] = string(data)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	want := "# rutter.output/1 made by rutter, which replaces everything in this folder\n"
	for _, name := range slices.Sorted(maps.Keys(got)) {
		sum := sha256.Sum256([]byte(got[name]))
		want += hex.EncodeToString(sum[:]) + "  " + name + "\n"
	}
	if text != want {
		return nil, fmt.Errorf("the marker does not list what is there (-there +marker):\n%s", cmp.Diff(want, text))
	}
	return got, nil
}

// holds fails the test unless dir holds exactly want, and nothing of ours lies
// beside it.
func holds(t *testing.T, dir string, want files) {
	t.Helper()
	got, err := read(dir)
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", dir, diff)
	}
	clean(t, dir)
}

func clean(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+filepath.Base(dir)+prefix) {
			t.Errorf("left beside the output: %s", e.Name())
		}
	}
}

func outputDir(t *testing.T) string { return filepath.Join(t.TempDir(), "public") }

func TestRel_P1_OutputIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	page := files{"index.html": "home", "roles/qa/index.html": "qa", "a.css": "css"}
	tests := []struct {
		name     string
		old, new files
		want     Result
	}{
		{"first", nil, page, Result{Changed: true, Written: 3}},
		{"changed", page, files{"index.html": "new", "roles/qa/index.html": "qa", "a.css": "css"}, Result{Changed: true, Written: 1, Unchanged: 2}},
		{"same size", page, files{"index.html": "hOme", "roles/qa/index.html": "qa", "a.css": "css"}, Result{Changed: true, Written: 1, Unchanged: 2}},
		{"nothing changed", page, page, Result{Unchanged: 3}},
		{"file gone", page, files{"index.html": "home", "roles/qa/index.html": "qa"}, Result{Changed: true, Unchanged: 2, Removed: 1}},
		{"folder gone", page, files{"index.html": "home", "a.css": "css"}, Result{Changed: true, Unchanged: 2, Removed: 1}},
		{"file becomes folder", files{"a": "1", "index.html": "x"}, files{"a/index.html": "1", "index.html": "x"}, Result{Changed: true, Written: 1, Unchanged: 1, Removed: 1}},
		{"folder becomes file", files{"a/b/c": "1", "a/d": "2", "index.html": "x"}, files{"a": "1", "index.html": "x"}, Result{Changed: true, Written: 1, Unchanged: 1, Removed: 2}},
		{"only case differs", files{"A.html": "1"}, files{"a.html": "1"}, Result{Changed: true, Written: 1, Removed: 1}},
		{"empty file", files{"a": "1"}, files{"a": ""}, Result{Changed: true, Written: 1}},
		{"odd names", files{"a": "1"}, files{"a b&c#d?e%41.html": "1", "ü/日本/🙂.html": "2", "-x": "3", "q\"'": "4"}, Result{Changed: true, Written: 4, Removed: 1}},
	}
	for _, tt := range tests {
		for _, way := range []struct {
			name string
			disk disk
		}{
			{"exchange", disk{}},
			{"file by file", disk{before: fails("exchange", errCannot)}},
			{"stage inside", disk{mounted: func(string) bool { return true }}},
		} {
			t.Run(tt.name+"/"+way.name, func(t *testing.T) {
				t.Parallel()
				dir := outputDir(t)
				if tt.old != nil {
					mustPublish(t, dir, tt.old)
				}
				got, err := publish(dir, way.disk, tt.new)
				if err != nil {
					t.Fatalf("publish: %v", err)
				}
				if got != tt.want {
					t.Errorf("got %+v, want %+v", got, tt.want)
				}
				holds(t, dir, tt.new)
			})
		}
	}
}

// The marker is for sha256sum, so that its own program reads it.
func TestRel_P1_MarkerIsReadBySha256sum(t *testing.T) {
	t.Parallel()
	tool := testkit.Need(t, "sha256sum")
	dir := outputDir(t)
	mustPublish(t, dir, files{"index.html": "x", "ü b/c.html": "y", "back\\slash": "z", "*star": "s", "line\nend": "n"})
	if out, err := run(dir, tool, "--check", "--strict", markerName); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("y"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := run(dir, tool, "--check", "--strict", markerName); err == nil {
		t.Errorf("sha256sum finds nothing wrong with a changed file:\n%s", out)
	}
}

func TestRel_P1_NothingChangedNothingTouched(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	page := files{"index.html": "home", "roles/qa/index.html": "qa"}
	mustPublish(t, dir, page)
	ops := 0
	before := stamps(t, dir)
	d := disk{before: func(op, name string) error { ops++; return fmt.Errorf("touched: %s %s", op, name) }}
	if res, err := publish(dir, d, page); err != nil || res.Changed {
		t.Errorf("got %+v, %v after %d changes; want none", res, err, ops)
	}
	if diff := cmp.Diff(before, stamps(t, dir)); diff != "" {
		t.Errorf("times or identity of files changed:\n%s", diff)
	}
}

// stamps returns inode-like identity of everything in dir: its size, mode and time.
func stamps(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		all[path] = fmt.Sprint(fi.Size(), fi.Mode(), fi.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRel_P1_UnchangedFilesAreLinked(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	mustPublish(t, dir, files{"index.html": "home", "a/same.html": "same"})
	old, err := os.Stat(filepath.Join(dir, "a/same.html"))
	if err != nil {
		t.Fatal(err)
	}
	mustPublish(t, dir, files{"index.html": "new", "a/same.html": "same"})
	now, err := os.Stat(filepath.Join(dir, "a/same.html"))
	if err != nil || !os.SameFile(old, now) {
		t.Errorf("an unchanged file was written again (%v)", err)
	}
	d := disk{before: fails("link", errors.New("no links here"))}
	if _, err := publish(dir, d, files{"index.html": "third", "a/same.html": "same"}); err != nil {
		t.Fatalf("without hard links: %v", err)
	}
	holds(t, dir, files{"index.html": "third", "a/same.html": "same"})
}

func TestRel_P1_WhatOthersDidIsPutRight(t *testing.T) {
	t.Parallel()
	away := bait(t)
	page := files{"index.html": "home", "a/b.html": "b"}
	tests := []struct {
		name    string
		do      func(dir string) error
		removed int
	}{
		{"foreign file", func(dir string) error { return os.WriteFile(filepath.Join(dir, "x"), nil, 0o644) }, 1},
		{"empty folder", func(dir string) error { return os.Mkdir(filepath.Join(dir, "x"), 0o755) }, 0},
		{"link to a folder", func(dir string) error { return os.Symlink(away, filepath.Join(dir, "x")) }, 1},
		{"edited file", func(dir string) error { return os.WriteFile(filepath.Join(dir, "index.html"), []byte("hame"), 0o644) }, 0},
		{"mode of a file", func(dir string) error { return os.Chmod(filepath.Join(dir, "index.html"), 0o600) }, 0},
		{"mode of a folder", func(dir string) error { return os.Chmod(filepath.Join(dir, "a"), 0o700) }, 0},
		{"mode of the output", func(dir string) error { return os.Chmod(dir, 0o700) }, 0},
		{"list in the marker", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, markerName), []byte(markerHead+"1\n"), 0o644)
		}, 0},
		{"link in place of a page", func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "a/b.html")), os.Symlink("../index.html", filepath.Join(dir, "a/b.html")))
		}, 0},
		{"link in place of a folder", func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "a")), os.Symlink(away, filepath.Join(dir, "a")))
		}, 1},
	}
	for _, tt := range tests {
		for name, d := range map[string]disk{"exchange": {}, "file by file": {before: fails("exchange", errCannot)}} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				dir := outputDir(t)
				mustPublish(t, dir, page)
				if err := tt.do(dir); err != nil {
					t.Fatal(err)
				}
				res, err := publish(dir, d, page)
				if err != nil || !res.Changed || res.Removed != tt.removed {
					t.Errorf("got %+v, %v; want it changed, with %d removed", res, err, tt.removed)
				}
				holds(t, dir, page)
			})
		}
	}
}

func TestRel_P1_AbortLeavesTheOldOutput(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	mustPublish(t, dir, files{"index.html": "home"})
	hash, _ := testkit.Tree(t, dir)
	s, err := Open(t.Context(), dir, quick)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write("index.html", []byte("new")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Abort(); err != nil {
			t.Errorf("abort: %v", err)
		}
	}
	if now, _ := testkit.Tree(t, dir); now != hash {
		t.Error("the old output changed")
	}
	clean(t, dir)
	if err := s.Write("late.html", nil); err == nil {
		t.Error("a write after Abort was taken")
	}
	if _, err := s.Commit(); err == nil {
		t.Error("a commit after Abort went through")
	}
}

func TestRel_P1_ABuildWithoutFilesIsRefused(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	mustPublish(t, dir, files{"index.html": "home"})
	if _, err := publish(dir, disk{}, nil); !errors.Is(err, ErrOutput) {
		t.Errorf("got %v, want an ErrOutput", err)
	}
	holds(t, dir, files{"index.html": "home"})
}

func TestRel_P1_WriteAtOnce(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	want := files{}
	for i := range 400 {
		want[fmt.Sprintf("a%d/b%d/%d.html", i%7, i%3, i)] = fmt.Sprint(i)
	}
	for round := range 2 {
		s, err := Open(t.Context(), dir, quick)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for name, data := range want {
			wg.Go(func() {
				if err := s.Write(name, []byte(data)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		res, err := s.Commit()
		if err != nil || res.Changed != (round == 0) {
			t.Fatalf("round %d: %+v, %v", round, res, err)
		}
	}
	holds(t, dir, want)
}

func TestRel_P4_NamesThatAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	tests := []struct {
		before, name string
		want         error
	}{
		{"", "", ErrName}, {"", ".", ErrName}, {"", "..", ErrName}, {"", "../x", ErrName}, {"", "a/../b", ErrName}, {"", "/etc/x", ErrName},
		{"", "a//b", ErrName}, {"", "a/", ErrName}, {"", "a\x00b", ErrName}, {"", ".rutter-output", ErrName}, {"", ".rutter-stage/x", ErrName},
		{"", ".git/config", ErrName}, {"", "a/.GIT/x", ErrName},
		{"a", "a", ErrName}, {"a", "a/b", ErrName}, {"a/b/c", "a/b", ErrName},
		{"", long, ErrOutput}, {"", "a/" + long + "/b", ErrOutput},
	}
	for _, tt := range tests {
		dir := outputDir(t)
		s, err := Open(t.Context(), dir, quick)
		if err != nil {
			t.Fatal(err)
		}
		if tt.before != "" {
			if err := s.Write(tt.before, nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Write(tt.name, []byte("x")); !errors.Is(err, tt.want) {
			t.Errorf("write %q after %q: got %v, want %v", tt.name, tt.before, err, tt.want)
		}
		if err := s.Abort(); err != nil {
			t.Error(err)
		}
		if entries, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(entries) > 0 {
			t.Errorf("write %q left %v (%v)", tt.name, entries, err)
		}
	}
}

func TestRel_P1_ManyFiles(t *testing.T) {
	t.Parallel()
	n := 2000
	if os.Getenv("RUTTER_TEST_ALL") == "1" {
		n = 20000
	}
	dir := outputDir(t)
	all := files{}
	for i := range n {
		all[fmt.Sprintf("s%d/p%d/index.html", i%100, i)] = fmt.Sprint("page ", i)
	}
	mustPublish(t, dir, all)
	all["s0/p0/index.html"] = "changed"
	if res := mustPublish(t, dir, all); res != (Result{Changed: true, Written: 1, Unchanged: n - 1}) {
		t.Errorf("one file changed: %+v", res)
	}
	if res := mustPublish(t, dir, all); res != (Result{Unchanged: n}) {
		t.Errorf("none changed: %+v", res)
	}
}
