package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// repositories registers n repositories.
func repositories(t *testing.T, s *Store, n int) (ids []int64) {
	t.Helper()
	for i := range n {
		ids = append(ids, mustRegister(t, s, Repository{Name: fmt.Sprintf("acme/r%d", i)}).ID)
	}
	return ids
}

func TestRel_A21_Claims(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		ids := repositories(t, s, 2)
		since, err := s.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		next := func(want NextState, lease time.Duration) Claim {
			t.Helper()
			c, state, err := s.Next(t.Context(), ids, since, "me", lease)
			if err != nil || state != want {
				t.Fatalf("next: %+v, %v, %v; want state %v", c, state, err, want)
			}
			return c
		}
		if _, state, err := s.Next(t.Context(), nil, since, "me", time.Hour); state != Finished || err != nil {
			t.Errorf("next of none: %v, %v", state, err)
		}
		a, b := next(Claimed, time.Hour), next(Claimed, time.Hour)
		if a.Repository == b.Repository || a.Token == b.Token {
			t.Errorf("claimed twice: %+v, %+v", a, b)
		}
		next(Wait, time.Hour)
		if _, err := s.Put(t.Context(), Page{Repository: a.Repository, Resource: "x", Events: commits(1, 1), Claim: a}); err != nil {
			t.Errorf("put with a claim: %v", err)
		}
		for name, c := range map[string]Claim{"of another repository": b, "made up": {a.Repository, "x"}} {
			_, err := s.Put(t.Context(), Page{Repository: a.Repository, Resource: "x", Events: commits(2, 1), Claim: c})
			if !errors.Is(err, ErrClaimLost) || errors.Is(err, ErrStore) {
				t.Errorf("put with a claim %s: %v, want ErrClaimLost", name, err)
			}
		}
		if err := s.Finish(t.Context(), a, true); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"renew": s.Renew(t.Context(), a, time.Hour),
			"put": func() error {
				_, err := s.Put(t.Context(), Page{Repository: a.Repository, Resource: "x", Claim: a})
				return err
			}(),
		} {
			if !errors.Is(err, ErrClaimLost) {
				t.Errorf("%s after the end: %v, want ErrClaimLost", what, err)
			}
		}
		next(Wait, time.Hour)
		if err := s.Finish(t.Context(), b, false); err != nil {
			t.Fatal(err)
		}
		b = next(Claimed, 0) // it was not done; the lease ends at once
		c := next(Claimed, time.Hour)
		if c.Repository != b.Repository {
			t.Errorf("the dead owner had %d, taken over was %d", b.Repository, c.Repository)
		}
		if err := s.Renew(t.Context(), b, time.Hour); !errors.Is(err, ErrClaimLost) {
			t.Errorf("renew what was taken over: %v", err)
		}
		if err := s.Finish(t.Context(), b, true); !errors.Is(err, ErrClaimLost) {
			t.Errorf("finish what was taken over: %v", err)
		}
		if err := s.Renew(t.Context(), c, time.Hour); err != nil {
			t.Errorf("renew: %v", err)
		}
		if err := s.Finish(t.Context(), c, true); err != nil {
			t.Fatal(err)
		}
		next(Finished, time.Hour)
		if since, err = s.Now(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c := next(Claimed, time.Hour); c.Repository != a.Repository {
			t.Errorf("the next run begins with %d, want %d, which was finished first", c.Repository, a.Repository)
		}
	})
}

// collectAll is a collector: it claims until nothing is left, and says what.
func collectAll(ctx context.Context, s *Store, ids []int64, since time.Time, who string, did func(id int64)) error {
	for {
		c, state, err := s.Next(ctx, ids, since, who, time.Minute)
		switch {
		case err != nil:
			return err
		case state == Finished:
			return nil
		case state == Wait:
			time.Sleep(time.Millisecond)
			continue
		}
		if _, err := s.Put(ctx, Page{Repository: c.Repository, Resource: dora.ResourceCommits, Events: commits(int(c.Repository), 3), Claim: c}); err != nil {
			return err
		}
		if err := s.Finish(ctx, c, true); err != nil {
			return err
		}
		did(c.Repository)
	}
}

// share is one process of several; it says each repository that it collected.
func share(ctx context.Context, place string) error {
	s, err := Open(ctx, place, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	repos, err := s.Repositories(ctx)
	if err != nil {
		return err
	}
	var ids []int64
	for _, r := range repos {
		ids = append(ids, r.ID)
	}
	return collectAll(ctx, s, ids, time.Unix(1, 0), "child", func(id int64) { fmt.Println(id) })
}

func TestRel_A21_EachRepositoryOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, place string) {
		s := mustOpen(t, place)
		ids := repositories(t, s, 40)
		var mu sync.Mutex
		times := map[string]int{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := collectAll(t.Context(), s, ids, time.Unix(1, 0), "goroutine", func(id int64) {
					mu.Lock()
					defer mu.Unlock()
					times[fmt.Sprint(id)]++
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		for range 3 {
			cmd, out := start(t, "share", place)
			wg.Go(func() {
				text, _ := io.ReadAll(out)
				if err := cmd.Wait(); err != nil {
					t.Errorf("child: %v\n%s", err, text)
				}
				mu.Lock()
				defer mu.Unlock()
				for id := range strings.FieldsSeq(string(text)) {
					times[id]++
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			if n := times[fmt.Sprint(id)]; n != 1 {
				t.Errorf("repository %d was collected %d times", id, n)
			}
		}
		sound(t, s)
	})
}
