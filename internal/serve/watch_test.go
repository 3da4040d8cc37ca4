package serve

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fsnotify/fsnotify"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestWhatIsWatched: everything that a build reads, and neither its output nor
// what git and package managers keep beside it, also where the site's folder
// itself is the content.
func TestWhatIsWatched(t *testing.T) {
	t.Parallel()
	const beside = "-- public/a/index.html --\n-- .git/objects/x --\n-- node_modules/p/README.md --\n-- src/main.go --\n"
	for _, c := range []struct {
		name, site   string
		opts         build.Options
		want, unseen string // events
		folders      string // that must not be watched
	}{
		{"content", "-- site.yaml --\ntitle: x\n-- content/a/b.md --\n" + beside, build.Options{},
			"site.yaml content content/a content/a/b.md content/new themes themes/x/y",
			"public public/a public/a/index.html .git .git/index src src/main.go README.md content/.a.md.swp content/a/b.md~ content/4913 content/#b.md# content/b.md___jb_old___ .site.yaml.swp", "public public/a .git src node_modules"},
		{"folder", "-- site.yaml --\ntitle: x\n-- a/b.md --\n" + beside, build.Options{},
			"site.yaml a a/b.md new.md content themes src src/main.go",
			"public public/a public/a/index.html .git .git/index .public-123", "public public/a .git .git/objects node_modules node_modules/p"},
		{"no settings", "-- README.md --\n" + beside, build.Options{},
			"site.yaml README.md content themes", "public public/a .git .git/index", "public .git node_modules"},
		{"broken settings", "-- site.yaml --\n{{\n-- content/a.md --\n" + beside, build.Options{},
			"site.yaml content content/a.md", "public .git", "public .git"},
		{"missing folder", "-- site.yaml --\ntitle: x\ncontent: docs/all\n" + beside, build.Options{},
			"site.yaml docs", "public .git .git/index src/main.go", "public .git src"},
		{"content flag", "-- docs/a.md --\n-- site.yaml --\n" + beside, build.Options{Content: "docs"},
			"docs docs/a.md docs/new", "site.yaml themes public content .git src/main.go", "public .git src themes"},
		{"content flag, missing", "-- site.yaml --\n" + beside, build.Options{Content: "docs/deep"},
			"docs", "site.yaml public .git src", "public .git src"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := testkit.Site(t, c.site)
			opts := c.opts
			opts.Dir, opts.Output = dir, filepath.Join(dir, "public")
			if opts.Content != "" {
				opts.Content = filepath.Join(dir, opts.Content)
			}
			w := newWatcher(io.Discard, usual, newNotifier)
			defer w.close()
			w.replace(t.Context(), newEngine(opts).inputs())
			event := func(name string) bool {
				w.burst = burst{timer: w.burst.timer}
				w.event(fsnotify.Event{Name: filepath.Join(dir, filepath.FromSlash(name)), Op: fsnotify.Write})
				return w.burst.events > 0
			}
			for name := range strings.FieldsSeq(c.want) {
				if !event(name) {
					t.Errorf("%s does not count", name)
				}
			}
			watched := map[string]bool{}
			for _, folder := range w.notify.(fsNotifier).WatchList() {
				watched[folder] = true
			}
			for name := range strings.FieldsSeq(c.unseen) {
				// Nothing says anything of a file whose folder is not watched.
				if watched[filepath.Dir(filepath.Join(dir, filepath.FromSlash(name)))] && event(name) {
					t.Errorf("%s counts", name)
				}
			}
			for name := range strings.FieldsSeq(c.folders) {
				if watched[filepath.Join(dir, filepath.FromSlash(name))] {
					t.Errorf("%s is watched", name)
				}
			}
			w.burst = burst{timer: w.burst.timer}
			if w.event(fsnotify.Event{Name: filepath.Join(dir, "site.yaml"), Op: fsnotify.Chmod}); w.burst.events > 0 {
				t.Error("a touch counts")
			}
		})
	}
}

func TestInside(t *testing.T) {
	t.Parallel()
	s := string(filepath.Separator)
	for _, c := range []struct {
		name, dir string
		want      bool
	}{
		{"/a/b", "/a", true}, {"/a", "/a", true}, {"/ab", "/a", false}, {"/a", "/a/b", false}, {"/a", "/", true},
	} {
		if got := inside(strings.ReplaceAll(c.name, "/", s), strings.ReplaceAll(c.dir, "/", s)); got != c.want {
			t.Errorf("inside(%q, %q) is %v", c.name, c.dir, got)
		}
	}
}
