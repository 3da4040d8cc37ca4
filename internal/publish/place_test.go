package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit"
)

func TestRel_P4_FoldersThatAreRefused(t *testing.T) {
	t.Parallel()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	cwd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		make   func(dir string) (out string, sources []string)
		says   string
		absent bool // nothing of the test's own lies there to be compared
	}{
		{"foreign file", func(dir string) (string, []string) {
			write(t, filepath.Join(dir, "thesis.odt"), "years of work")
			return dir, nil
		}, "thesis.odt", false},
		{"many foreign files", func(dir string) (string, []string) {
			for i := range 9 {
				write(t, filepath.Join(dir, fmt.Sprintf("f%d", i)), "x")
			}
			return dir, nil
		}, "f0, f1, f2 and 6 more", false},
		{"foreign folder", func(dir string) (string, []string) {
			write(t, filepath.Join(dir, "src", "x.go"), "x")
			return dir, nil
		}, "src", false},
		{"git checkout", func(dir string) (string, []string) {
			write(t, filepath.Join(dir, ".git", "HEAD"), "x")
			return dir, nil
		}, ".git", false},
		{"git worktree with our marker", func(dir string) (string, []string) {
			mustPublish(t, dir, files{"index.html": "x"})
			write(t, filepath.Join(dir, ".git"), "gitdir: elsewhere")
			return dir, nil
		}, ".git", false},
		{"git checkout further down", func(dir string) (string, []string) {
			mustPublish(t, dir, files{"index.html": "x"})
			write(t, filepath.Join(dir, "sub", ".git", "HEAD"), "x")
			return dir, nil
		}, "sub/.git", false},
		{"file", func(dir string) (string, []string) {
			write(t, dir, "x")
			return dir, nil
		}, "is a file", false},
		{"link to a file", func(dir string) (string, []string) {
			write(t, dir+".txt", "x")
			link(t, dir+".txt", dir)
			return dir, nil
		}, "is a file", false},
		{"link to nowhere", func(dir string) (string, []string) {
			link(t, dir+"-missing", dir)
			return dir, nil
		}, "leads nowhere", true},
		{"empty marker", func(dir string) (string, []string) {
			write(t, filepath.Join(dir, markerName), "")
			return dir, nil
		}, "damaged", false},
		{"torn marker", func(dir string) (string, []string) {
			write(t, filepath.Join(dir, markerName), markerHead[:5])
			return dir, nil
		}, "damaged", false},
		{"marker is a folder", func(dir string) (string, []string) {
			write(t, filepath.Join(dir, markerName, "x"), markerHead)
			return dir, nil
		}, "damaged", false},
		{"marker is a link", func(dir string) (string, []string) {
			write(t, dir+"-other", markerHead+"1\n")
			write(t, filepath.Join(dir, "x"), "x")
			link(t, dir+"-other", filepath.Join(dir, markerName))
			return dir, nil
		}, "damaged", false},
		{"the content", func(dir string) (string, []string) {
			mustPublish(t, dir, files{"index.html": "x"})
			return dir, []string{dir}
		}, "is what the site is built from", false},
		{"holds the content", func(dir string) (string, []string) {
			mustPublish(t, dir, files{"a/index.html": "x"})
			return dir, []string{filepath.Join(dir, "a")}
		}, "holds what the site is built from", false},
		{"holds the content behind a link", func(dir string) (string, []string) {
			mustPublish(t, dir, files{"a/index.html": "x"})
			link(t, filepath.Join(dir, "a"), dir+"-content")
			return dir, []string{dir + "-content"}
		}, "holds what the site is built from", false},
		{"holds the content that is not there yet", func(dir string) (string, []string) {
			mustPublish(t, dir, files{"a/index.html": "x"})
			return dir, []string{filepath.Join(dir, "b", "c")}
		}, "holds what the site is built from", false},
		{"link to the content", func(dir string) (string, []string) {
			mustPublish(t, dir, files{"index.html": "x"})
			link(t, dir, dir+"-link")
			return dir + "-link", []string{dir}
		}, "is what the site is built from", false},
		{"root", func(string) (string, []string) { return "/", nil }, "root of the file system", true},
		{"root by dots", func(string) (string, []string) { return strings.Repeat("../", 64), nil }, "root of the file system", true},
		{"home", func(string) (string, []string) { return home, nil }, "home folder", true},
		{"above home", func(string) (string, []string) { return filepath.Dir(home), nil }, "cannot be the output folder", true},
		{"working folder", func(string) (string, []string) { return ".", nil }, "working folder", true},
		{"above the working folder", func(string) (string, []string) { return "..", nil }, "holds the working folder (" + cwd, true},
		{"nothing", func(string) (string, []string) { return "", nil }, "no output folder", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := outputDir(t)
			out, sources := tt.make(dir)
			before := ""
			if !tt.absent {
				before, _ = testkit.Tree(t, filepath.Dir(dir))
			}
			var err error
			if tt.absent { // the real home and root: ask, and go no further
				var target string
				if target, err = resolve(out); err == nil {
					err = allowed(target, sources)
				}
			} else {
				var s *Stage
				if s, err = Open(t.Context(), out, Options{Keep: sources, NoSync: true}); err == nil {
					s.Abort()
				}
			}
			if err == nil {
				t.Fatalf("%q was taken as the output", out)
			}
			if !errors.Is(err, ErrNotOurs) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %q, want an ErrNotOurs that says %q", err, tt.says)
			}
			if tt.absent {
				return
			}
			if after, _ := testkit.Tree(t, filepath.Dir(dir)); after != before {
				t.Error("the refusal changed something")
			}
		})
	}
}

func TestRel_P4_FoldersThatAreTaken(t *testing.T) {
	t.Parallel()
	site := files{"index.html": "x"}
	tests := []struct {
		name string
		make func(dir string) string
	}{
		{"missing", func(dir string) string { return dir }},
		{"missing with its parents", func(dir string) string { return filepath.Join(dir, "a", "b") }},
		{"empty", func(dir string) string {
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			return dir
		}},
		{"ours", func(dir string) string { mustPublish(t, dir, files{"old.html": "x"}); return dir }},
		{"ours, of a later version", func(dir string) string {
			write(t, filepath.Join(dir, markerName), markerHead+"7 whatever\n")
			return dir
		}},
		{"beside the content", func(dir string) string { return dir }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := tt.make(outputDir(t))
			if _, err := publish(dir, disk{}, site); err != nil {
				t.Fatal(err)
			}
			holds(t, dir, site)
		})
	}
}

func TestRel_P3_LinkedOutputKeepsTheLink(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	real := filepath.Join(t.TempDir(), "real")
	mustPublish(t, real, files{"old.html": "x"})
	link(t, real, dir)
	mustPublish(t, dir, files{"index.html": "x"})
	holds(t, real, files{"index.html": "x"})
	if to, err := os.Readlink(dir); err != nil || to != real {
		t.Errorf("the link is now %q, %v", to, err)
	}
	clean(t, dir)
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}
