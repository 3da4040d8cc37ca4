package serve

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// faulty is fsnotify on a system that has run out of something, or on a file
// system that says little.
type faulty struct {
	notifier
	events chan fsnotify.Event
	errors chan error
	ended  sync.WaitGroup

	lock sync.Mutex
	room int  // how many folders may still be watched; negative: any number
	deaf bool // events are lost
}

func newFaulty(t *testing.T, room int, deaf bool) *faulty {
	t.Helper()
	n, err := newNotifier()
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{notifier: n, events: make(chan fsnotify.Event), errors: make(chan error, 1), room: room, deaf: deaf}
	f.ended.Go(func() {
		for e := range n.Events() {
			f.lock.Lock()
			lost := f.deaf
			f.lock.Unlock()
			if lost {
				continue
			}
			select {
			case f.events <- e:
			case <-t.Context().Done():
			}
		}
	})
	return f
}

func (f *faulty) Add(dir string) error {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.room == 0 {
		return &os.PathError{Op: "inotify_add_watch", Path: dir, Err: syscall.ENOSPC}
	}
	f.room--
	return f.notifier.Add(dir)
}

func (f *faulty) Events() <-chan fsnotify.Event { return f.events }
func (f *faulty) Errors() <-chan error          { return f.errors }

func (f *faulty) Close() error {
	err := f.notifier.Close()
	f.ended.Wait()
	return err
}

func (f *faulty) hear(yes bool) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.deaf = !yes
}

const polling = "Looking at the files every 500 ms instead of waiting for events.\n"

// startFaulty serves a site whose events come from what open returns.
func startFaulty(t *testing.T, open func() (notifier, error)) preview {
	t.Helper()
	dir := testkit.Site(t, small)
	return startOptions(t, dir, Options{Build: build.Options{Dir: dir, Output: filepath.Join(dir, "public"), Drafts: true}, notify: open})
}

// edits changes pages in the ways that a watcher may miss, and waits until each
// change is served.
func (p preview) edits() {
	p.t.Helper()
	b := p.browser()
	p.page("content/roles/qa.md", "Edited.")
	b.untilPage("/roles/qa/", 200, "Edited.")
	p.page("content/new/deep/page.md", "New.")
	b.untilPage("/new/deep/page/", 200, "New.")
	p.page("content/new/deep/page.md", "Edited too.")
	b.untilPage("/new/deep/page/", 200, "Edited too.")
	if err := os.Rename(filepath.Join(p.dir, "content", "new"), filepath.Join(p.dir, "content", "moved")); err != nil {
		p.t.Fatal(err)
	}
	b.untilPage("/moved/deep/page/", 200, "Edited too.")
	b.untilPage("/new/deep/page/", 404, "")
	p.write("site.yaml", "title: Renamed\nowner: team:platform\n")
	b.untilPage("/", 200, "Renamed")
	p.write("themes/default/layouts/page.html", `{{define "main"}}<h1>Ours</h1>{{end}}`)
	b.untilPage("/plain/", 200, "<h1>Ours</h1>")
}

func TestRel_W3_LimitsLeadToPolling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		open func(t *testing.T) (notifier, error)
		want string // in the log
	}{
		{"no watches at all", func(t *testing.T) (notifier, error) { return newFaulty(t, 0, false), nil }, "sysctl fs.inotify.max_user_watches="},
		{"no watches after a while", func(t *testing.T) (notifier, error) { return newFaulty(t, 5, false), nil }, "sysctl fs.inotify.max_user_watches="},
		{"too many programs", func(*testing.T) (notifier, error) { return nil, syscall.EMFILE }, "sysctl fs.inotify.max_user_instances="},
		{"something else", func(*testing.T) (notifier, error) { return nil, errors.New("broken kernel") }, "Folders cannot be watched: broken kernel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := startFaulty(t, func() (notifier, error) { return c.open(t) })
			p.edits()
			log, _ := p.log.read()
			if strings.Count(log, polling) != 1 || strings.Count(log, c.want) != 1 {
				t.Errorf("want once each %q and %q in the log\n%s", c.want, polling, log)
			}
		})
	}
}

// TestRel_W4_NoEvents: a file system that takes watches and sends nothing.
func TestRel_W4_NoEvents(t *testing.T) {
	t.Parallel()
	p := startFaulty(t, func() (notifier, error) { return newFaulty(t, -1, true), nil })
	p.page("content/roles/qa.md", "Unheard.")
	text := p.log.await(t, polling)
	if want := "Files changed in " + filepath.Join(p.dir, "content", "roles") + ", and the file system sent no event.\n"; !strings.Contains(text, want) {
		t.Errorf("want %q in\n%s", want, text)
	}
	p.browser().untilPage("/roles/qa/", 200, "Unheard.")
	p.edits()
}

// TestEventsThatComeAreBelieved: what looks find is what events spoke of.
func TestEventsThatComeAreBelieved(t *testing.T) {
	t.Parallel()
	dir := testkit.Site(t, small)
	var log log
	log.more = make(chan struct{})
	pace := usual
	pace.check, pace.grace = 5*time.Millisecond, 300*time.Millisecond
	w := newWatcher(&log, pace, newNotifier)
	var ended sync.WaitGroup
	ended.Go(func() { w.run(t.Context()) })
	t.Cleanup(ended.Wait)
	e := newEngine(build.Options{Dir: dir})
	if !w.Set(t.Context(), e.inputs()) || w.Set(t.Context(), e.inputs()) {
		t.Fatal("inputs are new the first time, and only then")
	}
	p := preview{t: t, dir: dir}
	for i := range 40 {
		p.page("content/roles/qa.md", strings.Repeat("x", i+1))
		p.page(filepath.Join("content", strings.Repeat("a", i+1), "b", "c.md"), "New.")
		if i%2 == 0 {
			if err := os.Rename(filepath.Join(dir, "content", strings.Repeat("a", i+1)), filepath.Join(dir, "content", "m"+strings.Repeat("a", i+1))); err != nil {
				t.Fatal(err)
			}
		}
		p.write("site.yaml", "title: "+strings.Repeat("x", i+1)+"\nowner: team:platform\n")
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(time.Second) // looks and their grace
	if text, _ := log.read(); text != "" {
		t.Errorf("the watcher gave up on events that came:\n%s", text)
	}
}

func TestPollFlag(t *testing.T) {
	t.Parallel()
	dir := testkit.Site(t, small)
	p := startOptions(t, dir, Options{Build: build.Options{Dir: dir, Output: filepath.Join(dir, "public"), Drafts: true}, Poll: true, notify: func() (notifier, error) {
		t.Error("polling waits for events")
		return newNotifier()
	}})
	p.edits()
	if log, _ := p.log.read(); !strings.HasPrefix(log, polling) || strings.Count(log, "\n") > 20 {
		t.Errorf("the log is\n%s", log)
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	dir := testkit.Site(t, "-- site.yaml --\n-- content/a.md --\nx\n-- content/sub/b.md --\nx\n-- content/.git/x --\n-- content/node_modules/x --\n-- content/out/x --\n")
	in := func(names ...string) (list []string) {
		for _, name := range names {
			list = append(list, filepath.Join(dir, filepath.FromSlash(name)))
		}
		return list
	}
	l := looker{in: inputs{in("content", "themes"), in("site.yaml"), in("content/out")}}
	l.seed = newWatcher(&log{more: make(chan struct{})}, usual, nil).poll.seed
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		name = in(name)[0]
		check(os.MkdirAll(filepath.Dir(name), 0o755))
		check(os.WriteFile(name, []byte(text), 0o644))
	}
	before := l.look(t.Context())
	for _, c := range []struct {
		name    string
		change  func()
		folders []string
		all     bool
	}{
		{"nothing", func() {}, nil, false},
		{"no input", func() {
			for _, name := range []string{"content/.git/y", "content/out/y", "content/node_modules/z", "content/a.md~", "content/.#a.md", "README.md"} {
				write(name, "y")
			}
		}, nil, false},
		{"size", func() { write("content/a.md", "longer") }, in("content"), false},
		{"time", func() { check(os.Chtimes(in("content/sub/b.md")[0], time.Time{}, time.Unix(1, 0))) }, in("content/sub"), false},
		{"new folder", func() { write("content/sub/c/d.md", "x") }, in("content/sub", "content/sub/c"), false},
		{"moved folder", func() { check(os.Rename(in("content/sub/c")[0], in("content/e")[0])) }, in("content", "content/e", "content/sub", "content/sub/c"), false},
		{"settings", func() { write("site.yaml", "title: x") }, nil, true},
		{"a tree comes", func() { write("themes/x/y", "z") }, in("themes", "themes/x"), true},
		{"a tree goes", func() { check(os.RemoveAll(in("content")[0])) }, in("content", "content/e", "content/sub"), true},
	} {
		c.change()
		after := l.look(t.Context())
		folders, all := l.changes(before, after)
		if !slices.Equal(folders, c.folders) || all != c.all {
			t.Errorf("%s: got %v, %v, want %v, %v", c.name, folders, all, c.folders, c.all)
		}
		before = after
	}
}
