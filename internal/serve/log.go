package serve

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

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

// sayKept says what becomes of a build with errors.
func (s *server) sayKept(found diag.List) {
	errors, _ := found.Count()
	stays := "the browser keeps the last good pages"
	if s.now == nil {
		stays = "there is nothing to show yet"
	}
	fmt.Fprintf(s.opts.Log, "%s: %s\n", plural(errors, "error"), stays)
}

// sayBuilt says what a good build made, such as "1 of 10,201 pages, 18 ms". That
// nothing has changed is said once: something may be writing all the time, even
// this very log.
func (s *server) sayBuilt(r result, first bool, took time.Duration) {
	nothing := !first && r.changed+r.removed+r.others == 0
	again := nothing && s.nothing
	if s.nothing = nothing; again {
		return
	}
	fmt.Fprintf(s.opts.Log, "%s, %s ms\n", r.text(first), thousands(int(took.Milliseconds())))
}

func (r result) text(first bool) string {
	all := plural(r.pages, "page")
	if first {
		return all
	}
	text := thousands(r.changed) + " of " + all
	if r.removed > 0 {
		text += fmt.Sprintf(", %s removed", thousands(r.removed))
	}
	if r.others > 0 && r.changed+r.removed == 0 { // else they come with the pages
		text += ", " + plural(r.others, "other file")
	}
	return text
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// thousands writes a count as 10,201.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
