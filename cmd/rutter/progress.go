package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rutter-dev/rutter/internal/collect"
	"github.com/rutter-dev/rutter/internal/github"
)

// progress shows how far sync has come: one line that is written over and over on
// a terminal, else a line every few seconds.
type progress struct {
	w     io.Writer
	tty   bool
	usage interface{ Usage() github.Usage } // nil: nothing is asked of GitHub

	mu     sync.Mutex
	start  time.Time
	last   time.Time
	lists  map[[2]string]collect.Step
	shown  int // characters of the line on the terminal
	closed bool
}

// The pace of the two kinds of output, and the width of the narrower screens.
const (
	terminalPace = 100 * time.Millisecond
	plainPace    = 5 * time.Second
	columns      = 80
)

func newProgress(w io.Writer) *progress {
	s := &progress{w: w, start: time.Now(), last: time.Now(), lists: map[[2]string]collect.Step{}}
	if f, ok := w.(*os.File); ok && os.Getenv("TERM") != "dumb" {
		info, err := f.Stat()
		s.tty = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return s
}

// say writes a line that stays.
func (s *progress) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	fmt.Fprintln(s.w, text)
}

// step takes in how far a list has come, and shows it when it is time.
func (s *progress) step(step collect.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.lists[[2]string{step.Repo, step.Resource}] = step
	pace := plainPace
	if s.tty {
		pace = terminalPace
	}
	if time.Since(s.last) < pace {
		return
	}
	s.last = time.Now()
	line := s.line(step)
	if !s.tty {
		fmt.Fprintln(s.w, line)
		return
	}
	if r := []rune(line); len(r) >= columns {
		line = string(r[:columns-2]) + "…"
	}
	s.clear()
	fmt.Fprint(s.w, line)
	s.shown = len([]rune(line))
}

// line is such as "acme/pay: pull requests 1,200 of 3,000 · 24 requests, 4,976 left · 2 min to go".
func (s *progress) line(step collect.Step) string {
	parts := []string{fmt.Sprintf("%s: %s %s", step.Repo, collect.Title(step.Resource), thousands(step.Items))}
	if step.Total > step.Items {
		parts[0] += " of " + thousands(step.Total)
	}
	if s.usage != nil {
		u := s.usage.Usage()
		asked := plural(u.Requests, "request")
		if b := tightest(u); b.Limit > 0 {
			asked += ", " + thousands(b.Remaining) + " left"
		}
		parts = append(parts, asked)
	}
	if left := s.toGo(); left > 0 {
		parts = append(parts, left.String()+" to go")
	}
	return strings.Join(parts, " · ")
}

// tightest is the limit of which the least is left; the zero Bucket where the
// server has none.
func tightest(u github.Usage) github.Bucket {
	if u.Core.Limit == 0 || u.GraphQL.Limit > 0 && u.GraphQL.Remaining*u.Core.Limit < u.Core.Remaining*u.GraphQL.Limit {
		return u.GraphQL
	}
	return u.Core
}

// toGo guesses from the pace so far; 0 where nobody can know.
func (s *progress) toGo() time.Duration {
	read, rest := 0, 0
	for _, l := range s.lists {
		read += l.Items
		if !l.Done {
			rest += max(0, l.Total-l.Items)
		}
	}
	if read == 0 || rest == 0 {
		return 0
	}
	left := time.Duration(float64(time.Since(s.start)) / float64(read) * float64(rest))
	return left.Round(time.Second)
}

// clear takes the line off the terminal.
func (s *progress) clear() {
	if s.shown > 0 {
		fmt.Fprint(s.w, "\r", strings.Repeat(" ", s.shown), "\r")
		s.shown = 0
	}
}

// close ends the showing of progress.
func (s *progress) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.closed = true
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
