package serve

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
)

// made is what a build makes. It is read-only once the build is done.
type made struct {
	files map[string][]byte // nil: there has been no good build
	pages map[string]bool   // names of the files that are written pages
}

// rebuild builds the site and swaps it in. With errors the last good build
// stays, and browsers show the findings over it.
func (s *server) rebuild(ctx context.Context, watch *watcher) {
	start := time.Now()
	// Before anything is read, so that no change falls between the two.
	watch.Add(build.Watched(s.opts.Build))
	site, found := s.make(ctx)
	if ctx.Err() != nil {
		return
	}
	s.say(found)
	s.lock.Lock()
	before, broken := s.site, s.findings != nil
	s.lock.Unlock()
	if found.HasErrors() {
		counts, _ := found.Count()
		stays := "the browser keeps the last good pages"
		if before.files == nil {
			stays = "there is nothing to show yet"
		}
		s.publish(func() { s.findings = overlay(found) })
		fmt.Fprintf(s.opts.Log, "%s: %s\n", plural(counts, "error"), stays)
		return
	}
	d := compare(before, site)
	if d == (difference{}) && !broken {
		return
	}
	s.publish(func() {
		s.findings = nil
		if d != (difference{}) {
			s.site = site
			s.build++
		}
	})
	// Only now: who reads this finds it so.
	fmt.Fprintf(s.opts.Log, "%s, %d ms\n", d.text(before, site), time.Since(start).Milliseconds())
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

// make runs one build into memory. What comes back is complete only where the
// findings hold no error.
func (s *server) make(ctx context.Context) (made, diag.List) {
	opts := s.opts.Build
	opts.BaseURL = "http://" + s.host + "/"
	var found diag.List
	b, err := build.Open(ctx, opts)
	if err != nil {
		found.Errorf(diag.Pos{Path: "."}, diag.Unreadable, "%v", err)
		return made{}, found
	}
	defer b.Close()
	if b.Findings.HasErrors() {
		return made{}, b.Findings
	}
	site := made{map[string][]byte{}, map[string]bool{}}
	for _, p := range b.Site.Pages {
		site.pages[p.URL+"index.html"] = true
	}
	var lock sync.Mutex
	err = b.Write(ctx, func(name string, data []byte) error {
		data = bytes.Clone(data)
		lock.Lock()
		defer lock.Unlock()
		site.files[name] = data
		return nil
	})
	if err != nil {
		b.Findings.Errorf(diag.Pos{Path: "."}, diag.Unreadable, "%v", err)
	}
	return site, b.Findings
}

// difference counts what is not the same in two builds.
type difference struct{ pages, gone, others int }

func compare(before, after made) difference {
	var d difference
	for name, data := range after.files {
		switch old, ok := before.files[name]; {
		case ok && bytes.Equal(old, data):
		case after.pages[name]:
			d.pages++
		default:
			d.others++
		}
	}
	for name := range before.files {
		switch _, ok := after.files[name]; {
		case ok:
		case before.pages[name]:
			d.gone++
		default:
			d.others++
		}
	}
	return d
}

func (d difference) text(before, after made) string {
	if before.files == nil {
		return plural(len(after.pages), "page")
	}
	text := fmt.Sprintf("%d of %s changed", d.pages, plural(len(after.pages), "page"))
	if d.gone > 0 {
		text += fmt.Sprintf(", %d removed", d.gone)
	}
	if d.pages+d.gone == 0 && d.others > 0 {
		text += fmt.Sprintf(", and %s", plural(d.others, "other file"))
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// said names a finding, to tell the new ones from those that were printed
// after an earlier build.
type said struct {
	pos     diag.Pos
	code    diag.Code
	message string
}

// say prints the findings that the last build did not have.
func (s *server) say(found diag.List) {
	now := map[said]bool{}
	fresh := found.Filter(func(f *diag.Finding) bool {
		key := said{f.Pos, f.Code, f.Message}
		now[key] = true
		return !s.said[key]
	})
	s.said = now
	fresh.WriteText(s.opts.Log)
}
