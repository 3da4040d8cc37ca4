package github

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The buckets that GitHub counts requests in, as far as we use them.
const (
	Core    = "core"
	GraphQL = "graphql"
)

// everything is the bucket of secondary limits: they hold for all requests.
const everything = "all"

// limited is the error of an answer that refuses because too much was asked.
// retried turns it into a wait, or into a LimitError.
type limited struct {
	secondary bool
	stated    bool          // the server says how long to wait
	wait      time.Duration // what it says
	now       time.Time     // by the server's clock
}

func (l *limited) Error() string { return "the limit of the API is reached" }

// limitOf tells whether a refusal is one of limits, from all that GitHub and
// GHES are known to send (rel/A5). Only some of them carry headers, and 403 is
// also the answer to a token that lacks a permission.
func limitOf(resp *http.Response, p refusal, now time.Time) *limited {
	var (
		message   = strings.ToLower(p.Message)
		exhausted = resp.Header.Get("X-RateLimit-Remaining") == "0"
		asked     = resp.Header.Get("Retry-After") != ""
		l         = &limited{now: now}
	)
	switch {
	case strings.Contains(p.Documentation, "secondary-rate-limits"), strings.Contains(p.Documentation, "abuse-rate-limits"),
		strings.Contains(message, "secondary rate limit"), strings.Contains(message, "abuse detection"):
		l.secondary = true
	case strings.Contains(message, "rate limit"):
	case resp.StatusCode == http.StatusTooManyRequests, asked:
		l.secondary = !exhausted
	case exhausted && !strings.HasPrefix(message, "resource not accessible"): // the last request of the hour may have been denied
	default:
		return nil
	}
	l.wait, l.stated = retryAfter(resp.Header, now)
	if reset, ok := resetOf(resp.Header); !l.stated && exhausted && ok {
		l.wait, l.stated = max(0, reset.Sub(now)+time.Second), true // Date has no fractions
	}
	return l
}

// retryAfter reads seconds or a date. It never returns less than 0, nor so much
// that the sum with a time overflows.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(n, 0), 1<<31)) * time.Second, true
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(0, t.Sub(now)), true
	}
	return 0, false
}

func resetOf(h http.Header) (time.Time, bool) {
	n, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil || n <= 0 || n > 1<<35 {
		return time.Time{}, false
	}
	return time.Unix(n, 0).UTC(), true
}

// pauseFor is the wait after the n-th refusal of one request, from 1 on. An
// answer that names no time is given a minute, as GitHub asks, and one that names
// time and again one that is not enough gets more than it asks for.
func (l *limited) pauseFor(n int, jitter float64) time.Duration {
	floor := time.Second
	if !l.stated {
		floor = time.Minute
	}
	floor <<= min(n-1, 20)
	if !l.stated {
		floor += time.Duration(jitter * float64(floor) / 10)
	}
	return max(l.wait, floor)
}

// pauses knows until when requests must wait.
type pauses struct {
	clock   Clock
	maxWait time.Duration

	mu    sync.Mutex
	until map[string]pause // by bucket
}

type pause struct {
	end   time.Time // by our clock
	shown time.Time // the same by the server's
}

// begin makes the requests of a bucket wait for d from now on. It returns what
// is added to the wait so far, and whether nobody was waiting: of several
// requests that are refused at once, one reports it.
func (p *pauses) begin(bucket string, d time.Duration, server time.Time) (added time.Duration, first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	old, end := p.until[bucket], now.Add(d)
	first = !old.end.After(now)
	if !end.After(old.end) {
		return 0, false
	}
	if p.until == nil {
		p.until = map[string]pause{}
	}
	p.until[bucket] = pause{end: end, shown: server.Add(d)}
	if first {
		return d, true
	}
	return end.Sub(old.end), false
}

// await returns when no pause holds for the bucket any more. A pause that lasts
// longer than the user wants to wait is a *LimitError, at once.
func (p *pauses) await(ctx context.Context, bucket string) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		until, wait := p.longest(bucket)
		switch {
		case wait <= 0:
			return nil
		case wait > p.maxWait:
			return &LimitError{Until: until.shown, Bucket: bucket}
		}
		if err := p.clock.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// longest is the pause of the bucket, or of everything, that ends last.
func (p *pauses) longest(bucket string) (pause, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	until := p.until[bucket]
	if all := p.until[everything]; all.end.After(until.end) {
		until = all
	}
	return until, until.end.Sub(p.clock.Now())
}

// gate bounds the number of requests at once. It narrows when GitHub asks us to
// slow down, and widens again as answers come in.
type gate struct {
	mu      sync.Mutex
	most    int
	size    int
	inside  int
	passed  int             // answers since the size last changed
	waiting []chan struct{} // first come, first served
}

func newGate(n int) *gate { return &gate{most: n, size: n} }

// widenAfter is how many good answers make room for one more request at once.
const widenAfter = 50

// enter waits for a place, which leave gives back.
func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	if g.inside < g.size && len(g.waiting) == 0 {
		g.inside++
		g.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		g.giveUp(turn)
		return ctx.Err()
	}
}

// giveUp takes back a wish, or the place that was given in the same moment.
func (g *gate) giveUp(turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return
		}
	}
	g.inside--
	g.admit()
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.admit()
}

// admit gives free places to those who wait; the caller holds the lock.
func (g *gate) admit() {
	for g.inside < g.size && len(g.waiting) > 0 {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.inside++
	}
}

// narrow halves the number of requests at once.
func (g *gate) narrow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.size, g.passed = max(1, g.size/2), 0
}

// widen counts a good answer.
func (g *gate) widen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.passed++; g.passed >= widenAfter && g.size < g.most {
		g.size, g.passed = g.size+1, 0
		g.admit()
	}
}

// waitNotice is what the user reads before a pause.
func waitNotice(l *limited, bucket string, d time.Duration) string {
	until := clockTime(l.now.Add(d))
	if l.secondary {
		return fmt.Sprintf("GitHub asks to slow down: waiting %v, until %s", d.Round(time.Second), until)
	}
	return fmt.Sprintf("the limit of the API for %s requests is reached: waiting %v, until %s", bucket, d.Round(time.Second), until)
}
