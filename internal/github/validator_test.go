package github

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// shelf keeps validators in memory.
type shelf struct {
	mu   sync.Mutex
	data map[string][]byte
	err  error
}

func (s *shelf) Validator(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data[key], s.err
}

func (s *shelf) SetValidator(_ context.Context, key string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data == nil {
		s.data = map[string][]byte{}
	}
	if s.err == nil {
		s.data[key] = data
	}
	return s.err
}

// tagged answers with a list that has an ETag, and with 304 to those who know it.
func tagged(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `W/"1"`)
	if r.Header.Get("If-None-Match") == `W/"1"` {
		w.Header().Set("Link", `<https://api.github.com/wrong?page=9>; rel="next"`)
		w.WriteHeader(304)
		return
	}
	w.Header().Set("Link", `<https://api.github.com/x?page=2>; rel="next"`)
	fine(w, r)
}

func TestRel_A9_UnchangedIsGivenAgain(t *testing.T) {
	t.Parallel()
	var kept shelf
	s := newScript(t, tagged)
	c := s.client(t, func(o *Options) { o.Validators = &kept })
	for n, unchanged := range []bool{false, true, true} {
		list, a, err := c.items(t.Context())
		if err != nil || len(list) != 1 || a.Next != 2 || a.Unchanged != unchanged || !a.Date.Equal(scriptStart) {
			t.Fatalf("answer %d: got %v, %+v, %v; want unchanged %v", n, list, a, err, unchanged)
		}
	}
	if got, want := c.Usage(), (Usage{Requests: 3, Unchanged: 2}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	// Another token may see something else, so it knows nothing.
	other := s.client(t, func(o *Options) { o.Validators, o.Credentials = &kept, Token("another-token") })
	if _, a, err := other.items(t.Context()); err != nil || a.Unchanged {
		t.Errorf("with another token: got %+v, %v", a, err)
	}
	for key, data := range kept.data {
		if strings.Contains(key+string(data), canary) {
			t.Errorf("the token is kept: %s %s", key, data)
		}
	}
}

func TestRel_A9_OnlyGoodAnswersAreKept(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]step{
		"malformed": reply(200, `{"id":1}`, "ETag", `"1"`),
		"refused":   reply(404, `{}`, "ETag", `"1"`),
		"untagged":  fine,
	} {
		var kept shelf
		c := newScript(t, answer).client(t, func(o *Options) { o.Validators = &kept })
		_, _, err := c.items(t.Context())
		if (err == nil) != (name == "untagged") || len(kept.data) != 0 {
			t.Errorf("%s: %v; kept %v", name, err, slices.Collect(maps.Keys(kept.data)))
		}
	}
}

func TestRel_A9_DamagedValidators(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{"garbage": "\x00", "empty": "", "no tag": `{"body":"W10="}`} {
		var kept shelf
		s := newScript(t, tagged)
		c := s.client(t, func(o *Options) { o.Validators = &kept })
		if _, _, err := c.items(t.Context()); err != nil {
			t.Fatal(err)
		}
		for key := range kept.data {
			kept.data[key] = []byte(data)
		}
		if list, a, err := c.items(t.Context()); err != nil || a.Unchanged || len(list) != 1 {
			t.Errorf("%s: got %v, %+v, %v", name, list, a, err)
		}
	}
	broken := shelf{err: errors.New("the disk is full")}
	c := newScript(t, tagged).client(t, func(o *Options) { o.Validators = &broken })
	for range 2 {
		if list, _, err := c.items(t.Context()); err != nil || len(list) != 1 {
			t.Errorf("nothing can be kept: got %v, %v", list, err)
		}
	}
	if got, want := c.told(), "answers cannot be kept for the next run, which will cost requests: the disk is full"; got != want {
		t.Errorf("told %q, want %q once", got, want)
	}
}
