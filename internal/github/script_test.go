package github

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// canary is the token of the tests. It must never be seen outside the header.
const canary = "ghp_CanaryCanaryCanaryCanaryCanary0123456"

var scriptStart = time.Date(2026, 11, 22, 13, 50, 0, 0, time.UTC)

// scriptClock passes at once and remembers how long it was to wait.
type scriptClock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *scriptClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *scriptClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if d < 0 {
		panic(fmt.Sprintf("a wait of %v", d))
	}
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

func (c *scriptClock) waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.slept...)
}

// step is one answer of a script.
type step func(w http.ResponseWriter, r *http.Request)

// script is a server that answers by steps, one a request; the last one repeats.
type script struct {
	*httptest.Server
	clock *scriptClock
	skew  time.Duration // of the server's clock

	mu    sync.Mutex
	steps []step
	seen  []seen
}

// seen is a request that came.
type seen struct {
	Method, Path, Query string
	Header              http.Header
	Body                string
}

func newScript(t *testing.T, steps ...step) *script {
	t.Helper()
	s := &script{clock: &scriptClock{now: scriptStart}, steps: steps}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.seen = append(s.seen, seen{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), string(body)})
	next := s.steps[min(len(s.seen), len(s.steps))-1]
	s.mu.Unlock()
	w.Header().Set("Date", s.clock.Now().Add(s.skew).Format(http.TimeFormat))
	next(w, r)
}

func (s *script) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seen(nil), s.seen...)
}

// scripted is a client of a script, with what it told the user.
type scripted struct {
	*Client
	mu      sync.Mutex
	notices []string
}

func (s *scripted) told() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.notices, "\n")
}

func noProxy(*url.URL) (*url.URL, error) { return nil, nil }

func (s *script) client(t *testing.T, edit ...func(*Options)) *scripted {
	t.Helper()
	return s.clientWith(t, defaultTimeouts, edit...)
}

func (s *script) clientWith(t *testing.T, times timeouts, edit ...func(*Options)) *scripted {
	t.Helper()
	got := &scripted{}
	o := Options{APIURL: s.URL + "/api/v3/", Credentials: Token(canary), Clock: s.clock, Workers: 2}
	o.Notice = func(text string) {
		got.mu.Lock()
		defer got.mu.Unlock()
		got.notices = append(got.notices, text)
	}
	for _, e := range edit {
		e(&o)
	}
	c, err := newClient(o, times, noProxy, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.jitter = func() float64 { return 0 }
	got.Client = c
	return got
}

// reply is an answer with a status, a body and headers given in pairs.
func reply(status int, body string, headers ...string) step {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Add(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

var fine = reply(200, `[{"id":1}]`)

// cut ends the connection without an answer.
func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

type item struct {
	ID int64 `json:"id"`
}

// items asks for a list.
func (s *scripted) items(ctx context.Context) ([]item, answer, error) {
	var list []item
	a, err := s.get(ctx, "repos/acme/pay/releases?per_page=100&page=1", &list)
	return list, a, err
}

// fails asks for a list and returns the error, which must leave the list alone.
func (s *scripted) fails(t *testing.T) error {
	t.Helper()
	list := []item{{ID: 42}}
	_, err := s.get(t.Context(), "repos/acme/pay/releases?per_page=100&page=1", &list)
	if err == nil {
		t.Fatalf("no error; got %v", list)
	}
	if len(list) != 1 || list[0].ID != 42 {
		t.Errorf("after %q the list holds %v; want it untouched", err, list)
	}
	return err
}
