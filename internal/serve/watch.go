package serve

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/rutter-dev/rutter/internal/build"
)

const (
	quiet   = 50 * time.Millisecond // how long nothing must happen before a build: editors save in several steps
	longest = 2 * time.Second       // how long a build is put off where something happens all the time
)

// watcher says on Changed that something among its inputs may have changed.
// An event is only a hint: the build looks at the files themselves, so lost
// events do no harm as long as one arrives.
//
// It watches folders, not files: editors replace files, and a watch on a
// replaced file is lost. The folder above an input is watched too, for that one
// name: it says when the input comes, or comes again.
type watcher struct {
	Changed chan struct{} // holds one hint: what happens during a build leads to the next one
	notify  *fsnotify.Watcher
	log     io.Writer
	told    bool // that a folder cannot be watched

	lock   sync.Mutex
	deep   map[string]bool            // folders in which every name counts
	names  map[string]map[string]bool // of other folders, the names that count
	except []string
}

func newWatcher(log io.Writer) (*watcher, error) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch for changes: %w (on Linux, see sysctl fs.inotify.max_user_instances)", err)
	}
	return &watcher{Changed: make(chan struct{}, 1), notify: n, log: log, deep: map[string]bool{}, names: map[string]map[string]bool{}}, nil
}

func (w *watcher) Close() error { return w.notify.Close() }

// Add watches inputs, and those folders below them that have come since. It is
// called before a build reads: what changes after that is seen.
func (w *watcher) Add(in build.Inputs) {
	w.lock.Lock()
	w.except = w.except[:0]
	for _, p := range in.Except {
		w.except = append(w.except, absolute(p))
	}
	w.lock.Unlock()
	for _, tree := range in.Trees {
		tree = absolute(tree)
		w.addName(tree)
		w.addTree(tree)
	}
	for _, file := range in.Files {
		w.addName(absolute(file))
	}
}

// addName watches for one file or folder to come and go, by the nearest folder
// above it that exists.
func (w *watcher) addName(name string) {
	for dir := filepath.Dir(name); dir != name; name, dir = dir, filepath.Dir(dir) {
		w.lock.Lock()
		if w.names[dir] == nil {
			w.names[dir] = map[string]bool{}
		}
		w.names[dir][filepath.Base(name)] = true
		w.lock.Unlock()
		if _, err := os.Stat(dir); err == nil {
			w.watch(dir)
			return
		}
	}
}

// addTree watches a folder and all below it. Each folder is watched before it
// is listed, so that nothing comes in between.
func (w *watcher) addTree(tree string) {
	// With the dot the walk begins in the folder where tree is a link to one.
	filepath.WalkDir(tree+string(filepath.Separator)+".", func(p string, d fs.DirEntry, err error) error {
		if p = filepath.Clean(p); err != nil || !d.IsDir() {
			return nil // gone meanwhile: the folder above says so
		}
		if p != tree && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || w.excepted(p)) {
			return fs.SkipDir
		}
		w.lock.Lock()
		w.deep[p] = true
		w.lock.Unlock()
		w.watch(p)
		return nil
	})
}

func (w *watcher) watch(dir string) {
	err := w.notify.Add(dir)
	if err == nil || w.told {
		return
	}
	if _, gone := os.Lstat(dir); gone != nil {
		return
	}
	w.told = true
	fmt.Fprintf(w.log, "%s cannot be watched: %v\nChanges in it are not seen. On Linux more folders can be watched after: sysctl fs.inotify.max_user_watches=524288\n", dir, err)
}

// run gathers events until nothing happens for a moment. It ends with ctx.
func (w *watcher) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	timer.Stop()
	var first time.Time // of the events that nobody has been told of; zero: there are none
	wait := func() {
		if first.IsZero() {
			first = time.Now()
		}
		timer.Reset(min(quiet, time.Until(first.Add(longest))))
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.notify.Events:
			if !ok {
				return nil
			}
			if w.counts(e) {
				w.forget(e)
				wait()
			}
		case _, ok := <-w.notify.Errors:
			if !ok {
				return nil
			}
			wait() // events were lost: look at everything
		case <-timer.C:
			first = time.Time{}
			select {
			case w.Changed <- struct{}{}:
			default: // a hint is waiting already
			}
		}
	}
}

// counts reports whether an event can be about something that a build reads.
func (w *watcher) counts(e fsnotify.Event) bool {
	if e.Op == 0 || e.Op == fsnotify.Chmod { // search indexes and virus scanners touch files all day
		return false
	}
	dir, name := filepath.Split(filepath.Clean(e.Name))
	dir = filepath.Clean(dir)
	w.lock.Lock()
	names, deep := w.names[dir], w.deep[dir]
	w.lock.Unlock()
	switch {
	case names[name]:
		return true
	case w.excepted(e.Name) || names != nil && !deep:
		return false
	}
	// Files that editors keep beside the one they save.
	return !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~") && !strings.HasSuffix(name, ".swp") && name != "4913"
}

// forget drops the watches on a folder that is no longer where it was and on
// those below it: they would go on under the old names, and hide from notify
// that the folder is not watched under its new one. The build that follows
// watches what is there.
func (w *watcher) forget(e fsnotify.Event) {
	if !e.Has(fsnotify.Rename) && !e.Has(fsnotify.Remove) {
		return
	}
	top := filepath.Clean(e.Name)
	w.lock.Lock()
	defer w.lock.Unlock()
	if !w.deep[top] {
		return
	}
	for dir := range w.deep {
		if inside(dir, top) {
			delete(w.deep, dir)
			w.notify.Remove(dir) // an error says that it is gone already
		}
	}
}

func (w *watcher) excepted(name string) bool {
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, p := range w.except {
		if inside(name, p) {
			return true
		}
	}
	return false
}

// inside reports whether name is dir or lies below it.
func inside(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// absolute is the name by which notify reports a path.
func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return filepath.Clean(name)
}
