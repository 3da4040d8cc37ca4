package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestRel_A4_PrimaryLimit(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 429} {
		limit := func(in time.Duration) step {
			return reply(status, `{"message":"API rate limit exceeded for installation ID 1."}`,
				"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(scriptStart.Add(in).Unix()))
		}
		s := newScript(t, limit(14*time.Minute), fine)
		c := s.client(t)
		if _, _, err := c.items(t.Context()); err != nil {
			t.Fatalf("HTTP %d, reset in 14 min: %v", status, err)
		}
		want := []time.Duration{14*time.Minute + time.Second}
		if got := s.clock.waits(); !slices.Equal(got, want) || c.Usage().Waited != want[0] {
			t.Errorf("HTTP %d: waits %v and %v counted, want %v", status, got, c.Usage().Waited, want)
		}
		if got, want := c.told(), "the limit of the API for core requests is reached: waiting 14m1s, until 2026-11-22 14:04:01 UTC"; got != want {
			t.Errorf("HTTP %d: told %q, want %q", status, got, want)
		}
		for _, in := range []time.Duration{20 * time.Minute, 59 * time.Minute} {
			s := newScript(t, limit(in))
			c := s.client(t)
			for range 2 { // the second one is not sent
				err := c.fails(t)
				var over *LimitError
				if !errors.As(err, &over) || over.Bucket != Core || !over.Until.Equal(scriptStart.Add(in+time.Second)) {
					t.Errorf("HTTP %d, reset in %v: got %v", status, in, err)
				}
			}
			if n, waits := len(s.requests()), s.clock.waits(); n != 1 || len(waits) > 0 {
				t.Errorf("HTTP %d, reset in %v: %d requests and waits of %v, want 1 and none", status, in, n, waits)
			}
			// The other bucket is not concerned.
			s.mu.Lock()
			s.steps = []step{reply(200, `{"data":{}}`)}
			s.mu.Unlock()
			if _, err := c.query(t.Context(), "query { a }", nil, &struct{}{}); err != nil {
				t.Errorf("HTTP %d, reset in %v: a query: %v", status, in, err)
			}
		}
	}
}

func TestRel_A5_AllFormsOfLimits(t *testing.T) {
	t.Parallel()
	const (
		document = `{"message":"slow","documentation_url":"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`
		abuse    = `{"message":"slow","documentation_url":"https://developer.github.com/v3/#abuse-rate-limits"}`
		text     = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}`
		old      = `{"message":"You have triggered an abuse detection mechanism."}`
	)
	date := scriptStart.Add(90 * time.Second).Format(http.TimeFormat)
	reset := fmt.Sprint(scriptStart.Add(5 * time.Minute).Unix())
	for _, test := range []struct {
		name    string
		status  int
		body    string
		headers []string
		want    time.Duration
	}{
		{"429 primary", 429, `{}`, []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset}, 5*time.Minute + time.Second},
		{"403 primary without text", 403, ``, []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset}, 5*time.Minute + time.Second},
		{"403 primary by text only", 403, `{"message":"API rate limit exceeded for user ID 1"}`, nil, time.Minute},
		{"429 with Retry-After", 429, `{}`, []string{"Retry-After", "7"}, 7 * time.Second},
		{"429 bare", 429, ``, nil, time.Minute},
		{"429 page", 429, `<html>Too many requests</html>`, nil, time.Minute},
		{"403 by address", 403, document, []string{"Retry-After", "7"}, 7 * time.Second},
		{"403 by old address", 403, abuse, nil, time.Minute},
		{"403 by text", 403, text, []string{"Retry-After", "7"}, 7 * time.Second},
		{"403 by text only", 403, text, nil, time.Minute},
		{"403 by old text", 403, old, nil, time.Minute},
		{"403 by plain text", 403, "You have exceeded a secondary rate limit", nil, time.Minute},
		{"403 with Retry-After only", 403, `{"message":"no"}`, []string{"Retry-After", "7"}, 7 * time.Second},
		{"403 secondary with reset", 403, text, []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset}, 5*time.Minute + time.Second},
		{"403 secondary, other limit not reached", 403, text, []string{"X-RateLimit-Remaining", "4000", "X-RateLimit-Reset", reset}, time.Minute},
		{"date", 403, text, []string{"Retry-After", date}, 90 * time.Second},
		{"date in the past", 403, text, []string{"Retry-After", scriptStart.Add(-time.Hour).Format(http.TimeFormat)}, time.Second},
		{"zero", 403, text, []string{"Retry-After", "0"}, time.Second},
		{"negative", 403, text, []string{"Retry-After", "-5"}, time.Second},
		{"no number", 403, text, []string{"Retry-After", "abc"}, time.Minute},
		{"no whole number", 403, text, []string{"Retry-After", "1e9"}, time.Minute},
		{"no reset", 403, text, []string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "abc"}, time.Minute},
	} {
		s := newScript(t, reply(test.status, test.body, test.headers...), fine)
		if list, _, err := s.client(t).items(t.Context()); err != nil || len(list) != 1 {
			t.Errorf("%s: got %v, %v", test.name, list, err)
		}
		if got := s.clock.waits(); !slices.Equal(got, []time.Duration{test.want}) {
			t.Errorf("%s: waits %v, want %v", test.name, got, test.want)
		}
	}
	for _, after := range []string{"1000000000", "9000000000000000000"} {
		s := newScript(t, reply(403, text, "Retry-After", after))
		var over *LimitError
		if err := s.client(t).fails(t); !errors.As(err, &over) || !over.Until.After(scriptStart.AddDate(30, 0, 0)) {
			t.Errorf("Retry-After %s: got %v", after, err)
		}
		if waits := s.clock.waits(); len(waits) > 0 {
			t.Errorf("Retry-After %s: waits %v", after, waits)
		}
	}
}

func TestRel_A5_LimitsOfQueries(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`,
		`{"data":{"a":1},"errors":[{"type":"RATE_LIMIT","message":"already exceeded"}]}`,
		`{"errors":[{"message":"You have exceeded a secondary rate limit."}]}`,
		`{"message":"You have exceeded a secondary rate limit."}`,
	} {
		s := newScript(t, reply(200, body), reply(200, `{"data":{"a":2,"title":"\"errors\": rate limit"}}`))
		var data struct{ A int }
		if _, err := s.client(t).query(t.Context(), "query { a }", nil, &data); err != nil || data.A != 2 {
			t.Errorf("%s: got %+v, %v", body, data, err)
		}
		if got := s.clock.waits(); !slices.Equal(got, []time.Duration{time.Minute}) {
			t.Errorf("%s: waits %v, want a minute", body, got)
		}
	}
}

func TestRel_A5_WaitsGrowUntilMaxWait(t *testing.T) {
	t.Parallel()
	s := newScript(t, reply(429, ""))
	c := s.client(t)
	var over *LimitError
	if err := c.fails(t); !errors.As(err, &over) {
		t.Errorf("got %v", err)
	}
	want := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute}
	if got := s.clock.waits(); !slices.Equal(got, want) {
		t.Errorf("waits %v, want %v", got, want)
	}
	l := &limited{}
	for n := 1; n < 70; n++ {
		for _, jitter := range []float64{0, 0.999} {
			if got := l.pauseFor(n, jitter); got < time.Minute || got < l.pauseFor(max(1, n-1), 0) {
				t.Errorf("refusal %d, jitter %v: %v", n, jitter, got)
			}
		}
	}
}

func TestRel_A5_ConcurrencyHalvesAndRecovers(t *testing.T) {
	t.Parallel()
	s := newScript(t, reply(403, `{"message":"secondary rate limit"}`, "Retry-After", "1"), fine)
	c := s.client(t, func(o *Options) { o.Workers = 4 })
	for n := range 2*widenAfter + 10 {
		if _, _, err := c.items(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n == 0 && c.gate.size != 2 {
			t.Errorf("after a secondary limit: %d at once, want 2", c.gate.size)
		}
	}
	if c.gate.size != 4 {
		t.Errorf("after %d answers: %d at once, want 4", 2*widenAfter+10, c.gate.size)
	}
	for range 5 {
		c.gate.narrow()
	}
	if c.gate.size != 1 {
		t.Errorf("%d at once, want at least and at most 1", c.gate.size)
	}
}

func TestGateLetsInNoMoreThanItsSize(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	inside, most := 0, 0
	s := newScript(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		inside++
		most = max(most, inside)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		inside--
		mu.Unlock()
		fine(w, r)
	})
	c := s.client(t, func(o *Options) { o.Workers = 3 })
	var wait sync.WaitGroup
	for range 40 {
		wait.Go(func() {
			if _, _, err := c.items(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if most > 3 {
		t.Errorf("%d requests at once, want at most 3", most)
	}
	if c.gate.inside != 0 || len(c.gate.waiting) != 0 {
		t.Errorf("%d are still inside, %d wait", c.gate.inside, len(c.gate.waiting))
	}
}

// Of several requests that are refused in one moment, one reports it and counts.
func TestPauseIsBegunOnce(t *testing.T) {
	t.Parallel()
	clock := &scriptClock{now: scriptStart}
	p := pauses{clock: clock, maxWait: time.Hour}
	for n, test := range []struct {
		wait, added time.Duration
		first       bool
	}{
		{time.Minute, time.Minute, true},
		{time.Minute, 0, false},
		{time.Second, 0, false},
		{2 * time.Minute, time.Minute, false},
	} {
		if added, first := p.begin(everything, test.wait, scriptStart); added != test.added || first != test.first {
			t.Errorf("refusal %d, wait %v: got %v and %v, want %v and %v", n, test.wait, added, first, test.added, test.first)
		}
	}
	if err := p.await(t.Context(), GraphQL); err != nil || !slices.Equal(clock.waits(), []time.Duration{2 * time.Minute}) {
		t.Errorf("got waits %v, %v", clock.waits(), err)
	}
	if _, first := p.begin(everything, time.Minute, clock.Now()); !first {
		t.Error("a pause after a pause is a new one")
	}
}

func TestGateOfThoseWhoGiveUp(t *testing.T) {
	t.Parallel()
	g := newGate(1)
	if err := g.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for n := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		wait.Go(func() {
			defer cancel()
			if err := g.enter(ctx); err == nil {
				g.leave()
			}
		})
		if n%3 > 0 {
			wait.Go(cancel)
		}
	}
	g.leave()
	wait.Wait()
	if g.inside != 0 || len(g.waiting) != 0 {
		t.Errorf("%d are still inside, %d wait", g.inside, len(g.waiting))
	}
}
