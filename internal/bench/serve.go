package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

const (
	pause    = 300 * time.Millisecond // between two edits, as if somebody typed on
	poll     = time.Millisecond       // between two questions for the page
	patience = 2 * time.Minute        // for one edit, or for the first build
)

// preview is what serve took at one corpus.
type preview struct {
	pages  int
	ready  time.Duration // from start to the line that says so
	body   []time.Duration
	title  []time.Duration // until the page and two others show it
	late   int             // title edits whose other pages were still old when the page itself was new
	memory int64           // peak of resident bytes
}

var ready = regexp.MustCompile(`Serving on (http://[^/\s]+)`)

// serve runs `rutter serve` over the corpus of n pages, saves edits and asks
// for the pages until they show them.
func (b bench) serve(ctx context.Context, n int) (p preview, err error) {
	p.pages = n
	s, err := newSite(b.folder, n)
	if err != nil {
		return p, err
	}
	say(b.log, "Serving %d pages.", n)
	settle()
	c := exec.CommandContext(ctx, b.programs.rutter.path, "-C", s.dir, "serve", "--addr", "127.0.0.1:0")
	out, err := c.StderrPipe()
	if err != nil {
		return p, err
	}
	start := time.Now()
	if err := c.Start(); err != nil {
		return p, fmt.Errorf("start rutter serve: %w", err)
	}
	said := newListener(out)
	defer func() {
		c.Process.Signal(os.Interrupt) // it may have ended by itself, which Wait tells
		<-said.ended                   // Wait closes the pipe
		if werr := c.Wait(); err == nil && werr != nil {
			err = fmt.Errorf("rutter serve: %w\n%s", werr, said.text())
		}
		p.memory = peak(c.ProcessState)
	}()
	var base string
	select {
	case base = <-said.address:
	case <-said.ended:
		return p, fmt.Errorf("rutter serve ended before it was ready:\n%s", said.text())
	case <-time.After(patience):
		return p, fmt.Errorf("rutter serve was not ready within %v", patience)
	}
	p.ready = time.Since(start)
	say(b.log, "  ready after %.1f s", p.ready.Seconds())
	r := reader{base: base, client: &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1, DisableCompression: true}, Timeout: patience}}
	defer r.client.CloseIdleConnections()
	err = b.edits(ctx, s, r, &p)
	if rerr := corpus.Write(s.dir, n); err == nil {
		err = rerr
	}
	return p, err
}

// edits saves edits of random pages, two of bodies and then one of a title, and
// takes the time of each.
func (b bench) edits(ctx context.Context, s site, r reader, p *preview) error {
	e := editor{content: s.content}
	random := rand.New(rand.NewPCG(2, uint64(s.pages)))
	for i := range b.options.edits + b.options.edits/2 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		page := random.IntN(s.pages)
		if i%3 < 2 {
			d, err := e.body(page)
			if err != nil {
				return err
			}
			took, _, err := r.see(ctx, &e, d)
			if err != nil {
				return err
			}
			p.body = append(p.body, took)
			say(b.log, "  body of page %d: %v", page, took.Round(time.Millisecond/10))
			continue
		}
		d, err := e.title(page)
		if err != nil {
			return err
		}
		took, late, err := r.see(ctx, &e, d, neighbour(page, s.pages), d.linked())
		if err != nil {
			return err
		}
		p.title = append(p.title, took)
		if late {
			p.late++
		}
		say(b.log, "  title of page %d: %v", page, took.Round(time.Millisecond/10))
	}
	return nil
}

// neighbour is a page beside the given one in the menu of its section.
func neighbour(page, pages int) int {
	if next := page + 1; next < pages && next/corpus.PerSection == page/corpus.PerSection {
		return next
	}
	return page - 1
}

// reader asks for pages over one connection.
type reader struct {
	base   string
	client *http.Client
}

// see saves an edit and waits until its page shows it, then until the others
// do. late says that one of them did not when it was first asked for, after
// the page itself did: a reader could have seen the old and the new at once.
func (r reader) see(ctx context.Context, e *editor, d edit, others ...int) (took time.Duration, late bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := time.Now()
	if err := e.save(d); err != nil {
		return 0, false, err
	}
	if _, err := r.wait(ctx, d.page, d.words); err != nil {
		return 0, false, err
	}
	for _, other := range others {
		asked, err := r.wait(ctx, other, d.words)
		if err != nil {
			return 0, false, err
		}
		late = late || asked > 1
	}
	return time.Since(start), late, nil
}

// wait asks for a page until it shows words, and says how often it asked.
func (r reader) wait(ctx context.Context, page int, words string) (asked int, err error) {
	for {
		asked++
		data, err := r.get(ctx, page)
		if err != nil {
			return asked, fmt.Errorf("wait until page %d shows %q: %w", page, words, err)
		}
		if bytes.Contains(data, []byte(words)) {
			return asked, nil
		}
		time.Sleep(poll)
	}
}

func (r reader) get(ctx context.Context, page int) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/"+strings.TrimSuffix(corpus.Name(page), ".md")+"/", nil)
	if err != nil {
		return nil, err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// listener reads what a server prints until its end.
type listener struct {
	address chan string   // where it serves, once it says so
	ended   chan struct{} // closed at the end
	last    bytes.Buffer  // valid after the end
}

func newListener(r io.Reader) *listener {
	l := &listener{address: make(chan string, 1), ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		found := false
		for lines := bufio.NewScanner(r); lines.Scan(); {
			if m := ready.FindSubmatch(lines.Bytes()); m != nil && !found {
				found = true
				l.address <- string(m[1])
			}
			if l.last.Len() < 64<<10 { // findings come at the start; more than that tells nothing new
				l.last.Write(append(lines.Bytes(), '\n'))
			}
		}
	}()
	return l
}

func (l *listener) text() []byte { return lastOf(l.last.Bytes()) }
