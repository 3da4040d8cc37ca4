package serve

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long nothing must happen before a build starts: editors save in
// several steps.
const quiet = 30 * time.Millisecond

// watcher says on Changed that something below its folders may have changed.
// It watches folders, not files: editors replace files, and a watch on a
// replaced file is lost.
type watcher struct {
	Changed chan struct{}
	notify  *fsnotify.Watcher
	log     io.Writer
	told    bool // that a folder cannot be watched
}

func newWatcher(log io.Writer) (*watcher, error) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watcher{Changed: make(chan struct{}, 1), notify: n, log: log}
	go w.run()
	return w, nil
}

// Add watches folders; those marked deep with every folder below. Adding a
// folder again does nothing.
func (w *watcher) Add(folders map[string]bool) {
	for dir, deep := range folders {
		filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return nil // gone meanwhile: its parent says so
			}
			if p != dir && (!deep || strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
				return fs.SkipDir
			}
			if err := w.notify.Add(p); err != nil && !w.told {
				w.told = true
				fmt.Fprintf(w.log, "%s cannot be watched: %v\nChanges below it are not seen. On Linux more folders can be watched after: sysctl fs.inotify.max_user_watches=524288\n", p, err)
			}
			return nil
		})
	}
}

func (w *watcher) Close() { w.notify.Close() }

// run gathers events until nothing happens for a moment. An event is only a
// hint: the build looks at the files themselves, so lost events do no harm as
// long as one arrives.
func (w *watcher) run() {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	for {
		select {
		case e, ok := <-w.notify.Events:
			if !ok {
				return
			}
			if !ignored(e) {
				timer.Reset(quiet)
			}
		case _, ok := <-w.notify.Errors:
			if !ok {
				return
			}
			timer.Reset(quiet) // events were lost: look at everything
		case <-timer.C:
			select {
			case w.Changed <- struct{}{}:
			default:
			}
		}
	}
}

// ignored reports whether an event is about an editor's own files, or about
// nothing that a build reads.
func ignored(e fsnotify.Event) bool {
	name := filepath.Base(e.Name)
	return e.Op == fsnotify.Chmod || strings.HasSuffix(name, "~") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".swp") || name == "4913"
}
