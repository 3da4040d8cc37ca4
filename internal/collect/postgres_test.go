package collect_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/store"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
	"github.com/rutter-dev/rutter/internal/testkit/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

// The same world gives the same export and the same report on both engines
// (rel/S13).
func TestRel_S13_OneResultOnBothStores(t *testing.T) {
	t.Parallel()
	address := postgrestest.URL(t)
	file := newBench(t, 6, githubtest.Small)
	file.must()
	shared := newBench(t, 6, githubtest.Small)
	shared.store = shared.open(address)
	shared.must()
	if d := differs(file.export(), shared.export()); d != "" {
		t.Errorf("exports differ (-SQLite +PostgreSQL)\n%s", d)
	}
	if d := differs(file.report(), shared.report()); d != "" {
		t.Errorf("reports differ (-SQLite +PostgreSQL)\n%s", d)
	}
}

// report is the JSON of metrics, as of the end of the world and not of the last
// request.
func (b *bench) report() string {
	b.t.Helper()
	e, err := b.store.Everything(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	end := b.world.Now().Truncate(24 * 3600e9)
	list := snapshots(b.t, b.services, func(repo string) (dora.Events, string) {
		part := only(e, repo)
		for _, c := range e.Collected {
			if c.Repo == repo {
				c.To = end
				part.Collected = append(part.Collected, c)
			}
		}
		return part, repo
	})
	return encode(b.t, dora.Compute(list, dora.Options{By: dora.Month}))
}

// Many runs on one store share the work: each repository is collected by one of
// them, and all of them come to an end.
func TestRel_S13_EightAtOnce(t *testing.T) {
	t.Parallel()
	address := postgrestest.URL(t)
	b := newBench(t, 7, githubtest.Size{Repositories: 6, Months: 2, Pulls: 40, Deployments: 30, Incidents: 6})
	var wg sync.WaitGroup
	errs := make([]error, 8)
	collected := make([][]string, 8)
	stores := make([]*store.Store, 8)
	for i := range stores {
		stores[i] = b.open(address)
	}
	clones := t.TempDir()
	for i := range errs {
		one := *b
		one.store, one.who = stores[i], fmt.Sprint("collector ", i)
		one.clones = fmt.Sprint(clones, "/", i)
		wg.Go(func() {
			s, err := one.sync(context.Background())
			errs[i] = err
			seen := map[string]bool{}
			for _, r := range s.Rows {
				if !seen[r.Repo] {
					seen[r.Repo] = true
					collected[i] = append(collected[i], r.Repo)
				}
			}
		})
	}
	wg.Wait()
	times := map[string]int{}
	for i := range errs {
		if errs[i] != nil {
			t.Errorf("collector %d: %v", i, errs[i])
		}
		for _, r := range collected[i] {
			times[r]++
		}
	}
	for _, r := range b.world.Repositories() {
		if times[r] != 1 {
			t.Errorf("%s was collected %d times: %v", r, times[r], strings.Join(collected[0], " "))
		}
	}
	b.store = stores[0]
	if d := differs(b.truth(), b.export()); d != "" {
		t.Errorf("the store is not what the world is (-world +store)\n%s", d)
	}
}
