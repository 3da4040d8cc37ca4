package serve

import (
	"context"
	"fmt"
	"hash/maphash"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How long a look may take, as a part of the time between two.
const (
	checkShare = 100
	pollShare  = 20
)

// poll is how the watcher looks at the files itself: often where there are no
// events, and else now and then, to see whether events do come. On shares of
// networks and of virtual machines they may not, and no file system says so.
// What shows it is a change that no event announced.
type poll struct {
	seed    maphash.Seed
	tick    *time.Timer // the next look
	looking bool
	stale   bool // the look under way is at what were the inputs before
	looked  chan look
	running sync.WaitGroup // of a look
	before  *look          // the last one; nil: there is none

	announced    map[string]time.Time // folders that events spoke of, and when last
	announcedAll time.Time

	suspects []string    // folders that changed unannounced
	since    time.Time   // when they had not changed yet
	grace    *time.Timer // how long events about them may be on their way
}

// announce notes that events spoke of folders.
func (p *poll) announce(folders ...string) {
	if p.announced == nil {
		p.announced = map[string]time.Time{}
	}
	now := time.Now()
	for _, f := range folders {
		p.announced[f] = now
	}
}

func (p *poll) announceAll() { p.announcedAll, p.announced = time.Now(), nil }

// unannounced are those of the folders that no event since then spoke of. What
// is new in a folder above is spoken of there.
func (p *poll) unannounced(folders []string, since time.Time) []string {
	spoken := func(t time.Time) bool { return !t.IsZero() && !t.Before(since) }
	if spoken(p.announcedAll) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(folders), func(dir string) bool {
		return spoken(p.announced[dir]) || spoken(p.announced[filepath.Dir(dir)])
	})
}

// looker looks at the inputs of now.
func (w *watcher) looker() looker { return looker{w.in, w.poll.seed} }

// startLooking begins with inputs that are others than before.
func (w *watcher) startLooking(ctx context.Context) {
	p := &w.poll
	p.before, p.suspects, p.stale = nil, nil, p.looking
	p.grace.Stop()
	if w.notify == nil {
		// At once, so that nothing changes unseen between the build that follows
		// and the first look.
		l := w.looker().look(ctx)
		p.before = &l
	}
	p.tick.Reset(w.next())
}

// next is how long to wait for the next look.
func (w *watcher) next() time.Duration {
	switch l := w.poll.before; {
	case l == nil:
		return 0
	case w.notify == nil:
		return max(w.pace.poll, pollShare*l.took)
	default:
		return max(w.pace.check, checkShare*l.took)
	}
}

// postpone puts off the next look, since an event shows that events come: a look
// would only be in the way of the build that follows.
func (w *watcher) postpone() {
	if !w.poll.looking {
		w.poll.tick.Reset(w.next())
	}
}

func (w *watcher) startLook(ctx context.Context) {
	if w.poll.looking {
		return // its end sets the next
	}
	w.poll.looking = true
	looker := w.looker()
	w.poll.running.Go(func() { w.poll.looked <- looker.look(ctx) })
}

// compare holds a look against the one before.
func (w *watcher) compare(l look) {
	p := &w.poll
	p.looking = false
	before := p.before
	if p.stale {
		p.stale = false
		p.tick.Reset(w.next())
		return
	}
	p.before = &l
	if before == nil {
		if w.notify == nil {
			w.found(nil, true, l) // what changed until now, nobody saw
		}
		p.tick.Reset(w.next())
		return
	}
	folders, all := w.looker().changes(*before, l)
	if w.notify == nil {
		w.found(folders, all, l)
		p.tick.Reset(w.next())
		return
	}
	if all {
		for _, f := range append(w.in.files, w.in.trees...) {
			folders = append(folders, filepath.Dir(f))
		}
	}
	if p.suspects, p.since = p.unannounced(folders, before.began), before.began; len(p.suspects) > 0 {
		p.grace.Reset(w.pace.grace)
		return
	}
	for dir, at := range p.announced {
		if at.Before(l.began) {
			delete(p.announced, dir)
		}
	}
	p.tick.Reset(w.next())
}

// found takes in what a look found changed, as if events had said so.
func (w *watcher) found(folders []string, all bool, l look) {
	if len(folders) == 0 && !all {
		return
	}
	w.burst.touched.add(folders...)
	if all {
		w.burst.touched.all()
	}
	w.burst.event(fsnotify.Event{})
	for _, name := range l.empty {
		w.burst.event(fsnotify.Event{Name: name, Op: fsnotify.Write})
	}
	w.wait()
}

// judge gives up on events where none came in time.
func (w *watcher) judge() {
	p := &w.poll
	silent := p.unannounced(p.suspects, p.since)
	p.suspects = nil
	if len(silent) > 0 && w.notify != nil {
		w.giveUp(fmt.Sprintf("Files changed in %s, and the file system sent no event.\n", silent[0]))
		w.burst.touched.all()
		w.burst.event(fsnotify.Event{})
		w.wait()
	}
	p.tick.Reset(w.next())
}

// giveUp goes over from waiting for events to looking at the files. What is
// found next is what changed since the last look; where there was none, the
// caller looks at everything.
func (w *watcher) giveUp(why string) {
	w.say(why)
	w.notify.Close()
	w.notify = nil
	w.poll.grace.Stop()
	w.poll.suspects = nil
	w.poll.tick.Reset(w.next())
}

// say tells that there are no events, and what is done about it.
func (w *watcher) say(why string) {
	fmt.Fprintf(w.log, "%sLooking at the files every %d ms instead of waiting for events.\n", why, w.pace.poll.Milliseconds())
}
