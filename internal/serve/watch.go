package serve

import (
	"context"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watcher says that something among the inputs may have changed, and where. It
// lives on events and is never sure of them: what they lead to is a look at the
// files, so lost ones do no harm as long as one arrives. Where none do, it
// looks at the files itself, again and again (poll.go).
//
// It watches folders, not files: editors replace files, and a watch on a
// replaced file is lost. The folder above an input is watched too, for that one
// name: it says when the input comes, or comes again.
type watcher struct {
	Changed chan struct{} // holds one hint: what happens during a build leads to the next one

	log    io.Writer
	notify notifier // nil: there are no events
	set    chan request
	pace   pace
	poll   poll
	burst  burst

	// Only run's goroutine has these.
	in    inputs
	deep  map[string]bool            // folders in which every name counts
	names map[string]map[string]bool // of other folders, the names that count

	lock    sync.Mutex
	pending touched // for the next build
}

// request asks for inputs to be watched.
type request struct {
	in   inputs
	done chan bool // whether they are others than before
}

// newWatcher watches with events from open; without events if that is nil, or
// fails.
func newWatcher(log io.Writer, pace pace, open func() (notifier, error)) *watcher {
	w := &watcher{
		Changed: make(chan struct{}, 1), log: log, set: make(chan request), pace: pace,
		poll: poll{seed: maphash.MakeSeed(), looked: make(chan look, 1), tick: stopped(), grace: stopped()}, burst: burst{timer: stopped()},
	}
	if open == nil {
		w.say("")
		return w
	}
	var err error
	if w.notify, err = open(); err != nil {
		w.notify = nil
		w.say(unwatched(err) + ".\n")
	}
	return w
}

// stopped is a timer that waits to be set.
func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// Set watches inputs in the place of those before, and reports whether they
// are others. It is called before a build reads: what changes after that is
// seen.
func (w *watcher) Set(ctx context.Context, in inputs) (others bool) {
	r := request{in, make(chan bool, 1)}
	select {
	case w.set <- r:
		return <-r.done
	case <-ctx.Done():
		return false
	}
}

// Take returns what has been touched since it was last called.
func (w *watcher) Take() Hint {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.pending.take()
}

// Again asks for another build, of everything.
func (w *watcher) Again() {
	w.lock.Lock()
	w.pending.all()
	w.lock.Unlock()
	w.hint()
}

// hint says that there is something to Take.
func (w *watcher) hint() {
	select {
	case w.Changed <- struct{}{}:
	default: // a hint is waiting already
	}
}

// run gathers events until ctx ends.
func (w *watcher) run(ctx context.Context) error {
	defer w.close()
	for {
		var events <-chan fsnotify.Event
		var lost <-chan error
		if w.notify != nil {
			events, lost = w.notify.Events(), w.notify.Errors()
		}
		select {
		case <-ctx.Done():
			return nil
		case r := <-w.set:
			r.done <- w.replace(ctx, r.in)
		case e := <-events:
			w.event(e)
		case <-lost:
			w.everything(fsnotify.Event{})
		case <-w.burst.timer.C:
			w.settle()
		case <-w.poll.tick.C:
			w.startLook(ctx)
		case l := <-w.poll.looked:
			w.compare(l)
		case <-w.poll.grace.C:
			w.judge()
		}
	}
}

// replace takes inputs in the place of those before.
func (w *watcher) replace(ctx context.Context, in inputs) (others bool) {
	if w.in.equal(in) {
		return false
	}
	w.in = in
	w.arm()
	w.startLooking(ctx)
	w.burst = burst{timer: w.burst.timer} // the build that asked looks at everything
	w.burst.timer.Stop()
	return true
}

func (w *watcher) close() {
	w.poll.running.Wait()
	if w.notify != nil {
		w.notify.Close()
		w.notify = nil
	}
}

// event takes in what happened to one name.
func (w *watcher) event(e fsnotify.Event) {
	e.Name = filepath.Clean(e.Name)
	dir, name := filepath.Dir(e.Name), filepath.Base(e.Name)
	w.poll.announce(dir, e.Name)
	switch {
	case e.Op == 0 || e.Op == fsnotify.Chmod: // search indexes and virus scanners touch files all day
	case w.names[dir][name]:
		w.everything(e) // an input came, went or is the settings: it decides what is watched
	case w.counts(dir, name):
		w.burst.event(e)
		w.burst.touched.add(dir)
		w.postpone()
		w.forget(e)
		if e.Has(fsnotify.Create) {
			w.enter(e.Name)
		}
		w.wait()
	}
}

// counts reports whether a name in a folder can be of something that a build
// reads. One that w.names holds does in any case.
func (w *watcher) counts(dir, name string) bool {
	if full := filepath.Join(dir, name); w.in.excepted(full) {
		return false
	} else if w.names[dir] != nil && !w.deep[dir] {
		return w.deep[full] // a watched folder speaks of itself
	}
	return !beside(name)
}

// enter watches a folder that has come, and all below it: there may be files
// in it from before it was watched.
func (w *watcher) enter(name string) {
	if info, err := os.Lstat(name); err != nil || !info.IsDir() || w.in.closed(name) {
		return
	}
	w.addTree(name)
}

// forget drops the watches on a folder that is no longer where it was and on
// those below it: they would go on under the old names, and hide from notify
// that the folder is not watched under its new one.
func (w *watcher) forget(e fsnotify.Event) {
	if !e.Has(fsnotify.Rename) && !e.Has(fsnotify.Remove) || !w.deep[e.Name] {
		return
	}
	for dir := range w.deep {
		if inside(dir, e.Name) {
			delete(w.deep, dir)
			w.burst.touched.add(dir)
			w.poll.announce(dir)
			w.unwatch(dir)
		}
	}
}

// everything is the answer to lost events and to changes of what is watched.
func (w *watcher) everything(e fsnotify.Event) {
	w.arm()
	w.poll.announceAll()
	w.burst.touched.all()
	w.burst.event(e)
	w.wait()
}

// arm watches the inputs afresh, and nothing else.
func (w *watcher) arm() {
	deep, names := w.deep, w.names
	w.deep, w.names = map[string]bool{}, map[string]map[string]bool{}
	for _, tree := range w.in.trees {
		w.addName(tree)
		w.addTree(tree)
	}
	for _, file := range w.in.files {
		w.addName(file)
	}
	leave := func(dir string) {
		if !w.deep[dir] && w.names[dir] == nil {
			w.unwatch(dir)
		}
	}
	for dir := range deep {
		leave(dir)
	}
	for dir := range names {
		leave(dir)
	}
}

// addName watches for one file or folder to come and go, by the nearest folder
// above it that exists.
func (w *watcher) addName(name string) {
	for dir := filepath.Dir(name); dir != name; name, dir = dir, filepath.Dir(dir) {
		if w.names[dir] == nil {
			w.names[dir] = map[string]bool{}
		}
		w.names[dir][filepath.Base(name)] = true
		if _, err := os.Stat(dir); err == nil {
			w.watch(dir)
			return
		}
	}
}

// addTree watches a folder and all below it. Each is watched before it is
// listed, so that nothing comes in between.
func (w *watcher) addTree(tree string) {
	w.in.walk(tree, func(dir string) {
		w.deep[dir] = true
		w.burst.touched.add(dir)
		w.poll.announce(dir)
		w.watch(dir)
	})
}

func (w *watcher) watch(dir string) {
	if w.notify == nil {
		return
	}
	err := w.notify.Add(dir)
	if err == nil {
		return
	}
	if _, gone := os.Lstat(dir); gone != nil {
		return
	}
	w.giveUp(unwatched(err) + ".\n")
	w.burst.touched.all()
	w.burst.event(fsnotify.Event{})
	w.wait()
}

func (w *watcher) unwatch(dir string) {
	if w.notify != nil {
		w.notify.Remove(dir) // an error says that it is gone already
	}
}

// wait puts off the hint for as long as more may follow.
func (w *watcher) wait() { w.burst.timer.Reset(w.burst.wait(w.pace, time.Now())) }

// settle passes on what was touched, once no save is under way.
func (w *watcher) settle() {
	if more := w.burst.unfinished(w.pace, time.Now()); more > 0 {
		w.burst.timer.Reset(more)
		return
	}
	w.lock.Lock()
	w.pending.join(w.burst.touched)
	w.lock.Unlock()
	w.burst = burst{timer: w.burst.timer}
	w.hint()
}
