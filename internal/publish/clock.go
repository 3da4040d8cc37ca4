package publish

import (
	"io/fs"
	"os"
	"time"

	"github.com/rutter-dev/rutter/internal/stamp"
)

// A stamp is worth keeping only if every later change of the file gives it
// another one. File systems count time in steps, of 4 ms or so on ext4 and of
// whole seconds on others, so a file that was changed within the step in which
// its stamp was taken may be changed once more and look the same; git calls it
// racily clean. Therefore the clock is read first, and only stamps older than
// the clock are kept: what changes from then on is not older. It is the file
// system's own clock, which has its steps and, on a server, its time, so that
// nobody has to guess how long a step is.

// clock is the time of a file system when it was asked.
type clock struct {
	now    int64  // ns since 1970; 0: nothing to rely on
	device uint64 // which file system
}

// longAgo is before any moment at which a computer with a clock that is right
// can find itself.
var longAgo = time.Unix(1<<30, 0)

// readClock makes a change to f, a file of no importance, and looks when that
// was. The change is to set the time of its contents, which tells on the way
// whether the time of change can be set with it, as on file systems that keep
// only one: there is no clock then. The second look is for Linux from 6.13 on,
// which counts finer for a file that was looked at since its last change.
func readClock(f *os.File) (c clock) {
	for range 2 {
		if setTime(f, longAgo) != nil {
			return clock{}
		}
		info, err := f.Stat()
		if err != nil {
			return clock{}
		}
		s, ok := stamp.Of(info)
		if !ok || s.Written != longAgo.UnixNano() || s.Changed <= s.Written {
			return clock{}
		}
		c = clock{now: s.Changed, device: device(info)}
	}
	return c
}

// stamp is the stamp of a file that was looked at after the clock was read; ok
// is false if a change of the file could leave it as it is.
func (c clock) stamp(info fs.FileInfo) (s stamp.Stamp, ok bool) {
	if info == nil {
		return stamp.Stamp{}, false
	}
	s, ok = stamp.Of(info)
	return s, ok && s.Changed < c.now && device(info) == c.device
}
