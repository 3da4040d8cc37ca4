package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/source"
)

// rebuild builds what has changed, and shows the outcome. With errors the last
// good build stays, and browsers show the findings over it.
func (s *server) rebuild(ctx context.Context, watch *watcher) {
	hint, start := watch.Take(), time.Now()
	// Before anything is read, so that no change falls between the two.
	if watch.Set(ctx, s.engine.inputs()) {
		hint = Hint{Everything: true}
	}
	r := s.engine.build(ctx, hint, s.looked())
	if ctx.Err() != nil {
		return
	}
	// Only a build knows what pages include from outside of the content. Where that
	// is new, it may have changed since it was read.
	if watch.Set(ctx, s.engine.inputs()) {
		watch.Again()
	}
	s.say(r.found)
	if r.found.HasErrors() {
		s.publish(func() { s.findings = overlay(r.found) })
		s.sayKept(r.found)
		return
	}
	first := s.now == nil // only this goroutine changes it
	s.publish(func() {
		s.findings = nil
		s.before, s.now = s.now, r.edition
		if first || r.changed+r.removed+r.others > 0 {
			s.build++
		}
	})
	// Only now: who reads this finds it so.
	s.sayBuilt(r, first, time.Since(start))
	s.engine.goOn(ctx, r, func(found diag.List) {
		s.publish(func() {
			s.before = nil
			if found.HasErrors() {
				s.findings = overlay(found)
			}
		})
		if found.HasErrors() {
			found.WriteText(s.opts.Log)
			s.sayKept(found)
		}
	})
}

// looked are the files of the pages that browsers show.
func (s *server) looked() map[string]bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	files := map[string]bool{}
	for _, page := range s.waiting {
		files[fileOf(pathOf(page))] = true
	}
	return files
}

// publish changes what browsers see and tells them. A browser that is slow to
// listen is not waited for: it learns the newest state when it does.
func (s *server) publish(change func()) {
	s.lock.Lock()
	defer s.lock.Unlock()
	change()
	for c := range s.waiting {
		select {
		case c <- struct{}{}:
		default: // already told
		}
	}
}

// answer is what is served at the path of an address now.
type answer struct {
	data    []byte
	name    string // of the file; "": there is none, and data is the page that says so
	to      string // the folder to go to instead; "": none
	started bool   // there has been a good build
}

func (s *server) answer(path string) answer {
	name := fileOf(path)
	s.lock.Lock()
	now, before := s.now, s.before
	s.lock.Unlock()
	switch {
	case now.has(name):
		return s.read(now, before, name)
	case now.has(name + "/index.html"):
		return answer{to: "/" + name + "/", started: true}
	case now.has("404.html"):
		a := s.read(now, before, "404.html")
		a.name = ""
		return a
	}
	return answer{data: s.start, started: now != nil}
}

// read makes a file. A template may fail on a page that has not been tried yet;
// then it is the page as it was before.
func (s *server) read(now, before *edition, name string) answer {
	data, err := now.read(name)
	if err != nil && before.has(name) {
		data, err = before.read(name)
	}
	if errors.Is(err, source.ErrLost) {
		select {
		case s.again <- struct{}{}: // the next build reads anew what the cache has lost
		default:
		}
	}
	if err != nil {
		return answer{data: s.start}
	}
	return answer{data: data, name: name, started: true}
}

// fileOf is the file that is served at a path.
func fileOf(path string) string {
	name := strings.TrimPrefix(path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	return name
}

// pathOf is the path of an address of this server.
func pathOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Path
	}
	return "/"
}

// version is short for the bytes of a page.
func version(page []byte) string {
	sum := sha256.Sum256(page)
	return hex.EncodeToString(sum[:6])
}

// state is what an event says: how things stand for one page, so that a browser
// that slept needs to know nothing of what it missed.
type state struct {
	Build    int       `json:"build"`
	Version  string    `json:"version"`      // of what is served for the page now
	Gone     bool      `json:"gone"`         // there is no such page
	Up       string    `json:"up,omitempty"` // the nearest page above one that is gone
	Findings []finding `json:"findings"`     // null: there are no errors
	More     int       `json:"more"`         // errors that are left out here
}

// state is of the page at an address, which is one of this server.
func (s *server) state(address string) state {
	page := pathOf(address)
	a := s.answer(page)
	if a.to != "" {
		a = s.answer(a.to)
	}
	st := state{Version: version(a.data), Gone: a.name == "" && a.started}
	if st.Gone {
		st.Up = s.above(page)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	shown := s.findings[:min(len(s.findings), maxFindings)]
	st.Build, st.Findings, st.More = s.build, shown, len(s.findings)-len(shown)
	return st
}

// above is the address of the nearest page above one; the root has one always.
func (s *server) above(page string) string {
	for dir := path.Clean("/" + page); dir != "/"; {
		dir = path.Dir(dir)
		to := strings.TrimSuffix(dir, "/") + "/"
		if a := s.answer(to); a.name != "" {
			return (&url.URL{Path: to}).String()
		}
	}
	return "/"
}
