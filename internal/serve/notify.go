package serve

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// notifier says what happens in folders: fsnotify, or in tests one that fails
// as file systems do.
type notifier interface {
	Add(dir string) error
	Remove(dir string) error // an error says that it is not watched
	Events() <-chan fsnotify.Event
	Errors() <-chan error // each means that events may be lost
	Close() error
}

type fsNotifier struct {
	*fsnotify.Watcher
	errors chan error // holds one: after it, a look at everything
	done   chan struct{}
}

func newNotifier() (notifier, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := fsNotifier{w, make(chan error, 1), make(chan struct{})}
	// Fsnotify may hold its lock until an error is taken; whoever reads the
	// events may wait for that lock in Add.
	go func() {
		defer close(n.done)
		for err := range w.Errors {
			select {
			case n.errors <- err:
			default:
			}
		}
	}()
	return n, nil
}

func (n fsNotifier) Events() <-chan fsnotify.Event { return n.Watcher.Events }
func (n fsNotifier) Errors() <-chan error          { return n.errors }

func (n fsNotifier) Close() error {
	err := n.Watcher.Close()
	<-n.done
	return err
}

// limits are what the system runs out of, by what it answers then.
var limits = []struct {
	err     error
	setting string // of Linux
	what    string
	enough  string
}{
	{syscall.ENOSPC, "fs.inotify.max_user_watches", "folders that can be watched", "524288"},
	{syscall.EMFILE, "fs.inotify.max_user_instances", "programs that can watch", "1024"},
	{syscall.ENFILE, "fs.file-max", "files that can be open", "1000000"},
}

// unwatched puts into words why there are no events, and what to do about it.
func unwatched(err error) string {
	for _, l := range limits {
		if runtime.GOOS != "linux" || !errors.Is(err, l.err) {
			continue
		}
		now := ""
		if value, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(l.setting, ".", "/")); err == nil {
			now = " is " + strings.TrimSpace(string(value))
		}
		return fmt.Sprintf("The limit of this system on %s is reached (%s%s); for more: sudo sysctl %[2]s=%[4]s", l.what, l.setting, now, l.enough)
	}
	return fmt.Sprintf("Folders cannot be watched: %v", err)
}
