package github

import (
	"maps"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/rutter-dev/rutter/internal/dora"
)

func TestRead_FirstRunAndTheNext(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		h := newHub(t)
		h.fill(130)
		c := h.client(edit...)
		for _, resource := range resources {
			l := newLedger(h, resource)
			first := l.sync(c)
			l.complete()
			l.same()
			h.pass(30 * 60e9)
			again := l.sync(c)
			l.complete()
			l.same()
			t.Logf("%s: %d requests, then %d", resource, first, again)
			if c.options.API == "graphql" && again != 1 && resource != dora.ResourceWorkflowRuns {
				t.Errorf("%s: %d requests though nothing is new; want 1", resource, again)
			}
		}
	})
}

// TestRel_A24_CutAnywhere ends runs at every request and goes on in a new
// client: the records are those of a run that was not cut.
func TestRel_A24_CutAnywhere(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		size := 60 // pages of both sizes
		if len(edit) > 0 {
			size = 22
		}
		for _, resource := range resources {
			n := 1 << 10
			whole := map[string]string{}
			for k := 0; k <= n; k++ {
				h := newHub(t)
				h.fill(size)
				l := newLedger(h, resource)
				if k == 0 {
					n = l.sync(h.client(edit...))
					maps.Copy(whole, l.records)
					continue
				}
				h.fault = func(i int, _ string) int {
					if i == k {
						return 401
					}
					return 0
				}
				c := h.client(edit...)
				for done := false; !done; {
					page, err := l.step(c)
					if err != nil {
						c = h.client(edit...)
					}
					done = err == nil && page.Done
				}
				l.complete()
				if !maps.Equal(l.records, whole) {
					t.Fatalf("%s cut at request %d of %d: %d records, want %d", resource, k, n, len(l.records), len(whole))
				}
				if got := h.asked(); got > n+60 {
					t.Errorf("%s cut at request %d: %d requests, want about %d", resource, k, got, n)
				}
			}
		}
	})
}

// TestRel_A16_ChangesBetweenPages changes the repository at random while it is
// read. After a last run with nobody about, the records are the truth.
func TestRel_A16_ChangesBetweenPages(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		seeds, size := uint64(4), 110
		if os.Getenv("RUTTER_TEST_ALL") == "1" {
			seeds = 40
		}
		if len(edit) > 0 {
			size = 35 // REST takes a hundred times the requests
		}
		for seed := range seeds {
			h := newHub(t)
			r := rand.New(rand.NewPCG(seed, 16))
			h.fill(size)
			busy := 1 + r.IntN(6)
			if len(edit) > 0 {
				busy *= 12
			}
			h.before = func(n int) {
				if n%busy == 0 {
					h.mutate(r)
				}
			}
			for _, resource := range resources {
				l := newLedger(h, resource)
				l.sync(h.client(edit...))
				h.pass(3600e9)
				l.sync(h.client(edit...))
				was := h.before
				h.before = nil
				h.pass(3600e9)
				l.want.Full = len(edit) > 0 // REST does not count, so only a listing shows what was deleted
				l.sync(h.client(edit...))
				l.complete()
				l.same()
				h.before = was
				if t.Failed() {
					t.Fatalf("seed %d, %s", seed, resource)
				}
			}
		}
	})
}
