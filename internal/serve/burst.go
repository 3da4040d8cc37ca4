package serve

import (
	"os"
	"time"

	"github.com/fsnotify/fsnotify"
)

// pace are the times that the watcher goes by.
type pace struct {
	quiet   time.Duration // how long nothing must happen before a build: editors save in several steps
	longest time.Duration // how long a build is put off where something happens all the time
	bulk    time.Duration // the same for many files, as a checkout writes them
	save    time.Duration // how long a file that was there may be gone or empty in the middle of a save
	poll    time.Duration // between two looks where there are no events
	check   time.Duration // between two looks that see whether there are events
	grace   time.Duration // how long an event may be on its way
}

var usual = pace{
	quiet: 15 * time.Millisecond, longest: 100 * time.Millisecond, bulk: time.Second, save: 50 * time.Millisecond,
	poll: 500 * time.Millisecond, check: 2 * time.Second, grace: time.Second,
}

const (
	manyEvents = 500 // more than this are no save
	manyNames  = 64  // of which a save may have touched some
)

// burst is a series of events that one build may answer.
type burst struct {
	timer   *time.Timer
	touched touched
	first   time.Time // zero: there are none
	last    time.Time
	events  int
	names   map[string]bool // whether each was there before; nil with too many
}

// event notes what happened to a name, if there is one.
func (b *burst) event(e fsnotify.Event) {
	b.last = time.Now()
	if b.events == 0 {
		b.first, b.names = b.last, map[string]bool{}
	}
	b.events++
	if b.names == nil || e.Name == "" {
		return
	}
	if _, known := b.names[e.Name]; !known {
		b.names[e.Name] = !e.Has(fsnotify.Create)
	}
	if len(b.names) > manyNames {
		b.names = nil
	}
}

// wait is how long from now the burst may go on.
func (b *burst) wait(p pace, now time.Time) time.Duration {
	longest := p.longest
	if b.events > manyEvents {
		longest = p.bulk
	}
	return min(p.quiet, b.first.Add(longest).Sub(now))
}

// unfinished is how much longer a save that seems to be under way is waited
// for; 0 where there is none. Some editors empty a file before they write it,
// others move it aside: a build in between would show a page that is blank or
// gone.
func (b *burst) unfinished(p pace, now time.Time) time.Duration {
	left := b.last.Add(p.save).Sub(now)
	if left <= 0 || now.After(b.first.Add(p.longest+p.save)) {
		return 0
	}
	for name, before := range b.names {
		info, err := os.Lstat(name)
		if err != nil && before || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			return left
		}
	}
	return 0
}
