package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit/postgrestest"
)

// model is a store as simple as can be.
type model struct {
	changes map[string]map[string]modelled // by repository, by id
	covered map[string]dora.Collected
	names   map[string]string // by OriginID
}

type modelled struct {
	dora.Change
	pass    int64
	missing bool
}

func (m *model) put(repo string, e dora.Events, pass int64, ends bool, covered *dora.Collected) (count int) {
	of := m.changes[repo]
	if of == nil {
		of = map[string]modelled{}
		m.changes[repo] = of
	}
	for _, c := range e.Changes {
		was, there := of[c.ID]
		next := modelled{c, was.pass, false}
		if there && c.UpdatedAt.Before(was.UpdatedAt) {
			next.Change = was.Change
		}
		if pass != 0 {
			next.pass = pass
		}
		of[c.ID] = next
	}
	if covered != nil {
		m.covered[repo] = *covered
	}
	for id, c := range of {
		c.missing = c.missing || ends && c.pass != pass
		of[id] = c
		if !c.missing {
			count++
		}
	}
	return count
}

func (m *model) export(t *testing.T) string {
	t.Helper()
	var all dora.Events
	for repo, of := range m.changes {
		var e dora.Events
		for _, c := range of {
			e.Changes = append(e.Changes, c.Change)
		}
		if c, ok := m.covered[repo]; ok {
			c.Resource = dora.ResourceChanges
			e.Collected = append(e.Collected, c)
		}
		rename(&e, Repository{Name: m.names[repo]})
		all.Add(e)
	}
	return written(t, all)
}

// Random work gives the same on both engines, and what a simple model gives
// (rel/G20).
func TestRel_S13_RandomWork(t *testing.T) {
	t.Parallel()
	runs, steps := 2, 60
	if all() {
		runs = 20
	}
	for seed := range uint64(runs) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			stores := []*Store{mustOpen(t, filepath.Join(t.TempDir(), "store.db")), mustOpen(t, postgrestest.URL(t))}
			r := rand.New(rand.NewPCG(seed, 1))
			m := &model{map[string]map[string]modelled{}, map[string]dora.Collected{}, map[string]string{}}
			versions := map[string]int64{}
			for step := range steps {
				origin := fmt.Sprint(r.IntN(3) + 1)
				if m.names[origin] == "" || r.IntN(10) == 0 {
					m.names[origin] = fmt.Sprintf("acme/r%s-%d", origin, step)
				}
				e := changes(r.IntN(20), r.IntN(8), r.IntN(50))
				if r.IntN(3) == 0 {
					e.Changes = nil
				}
				pass, ends := int64(r.IntN(4)), false
				if pass != 0 {
					ends = r.IntN(2) == 0
				}
				var covered *dora.Collected
				if r.IntN(3) == 0 {
					covered = &dora.Collected{Source: "github", Status: "partial", From: at(0), To: at(step), Reasons: []string{dora.RateLimited}}
				}
				count := m.put(origin, e, pass, ends, covered)
				for _, s := range stores {
					repo := mustRegister(t, s, Repository{Name: m.names[origin], Origin: "https://api.github.com/", OriginID: origin})
					w := mustPut(t, s, Page{
						Repository: repo.ID, Resource: dora.ResourceChanges, Events: e, Cursor: []byte{byte(step)}, After: versions[origin],
						Collected: covered, Pass: pass, EndsPass: ends, At: at(step).Add(time.Hour),
					})
					if w.Count != count || w.Version != versions[origin]+1 {
						t.Fatalf("step %d in %s: %+v; want %d records, version %d", step, s.Place(), w, count, versions[origin]+1)
					}
				}
				versions[origin]++
			}
			want := m.export(t)
			for _, s := range stores {
				if diff := cmp.Diff(want, export(t, s)); diff != "" {
					t.Errorf("%s (-model +store):\n%s", s.Place(), diff)
				}
				sound(t, s)
			}
		})
	}
}
