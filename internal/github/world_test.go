package github

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// worldLists are the lists of every repository of a world, as they are kept.
type worldLists struct {
	t      *testing.T
	server *githubtest.Server
	client *Client
	kept   map[string]*ledger // by repository and resource
}

func newWorldLists(t *testing.T, seed uint64, edit ...func(*Options)) *worldLists {
	t.Helper()
	w := githubtest.NewWorld(seed, githubtest.Small)
	s := githubtest.Start(t, w)
	o := Options{APIURL: s.APIURL(), Credentials: Token(githubtest.Token), Clock: &scriptClock{now: w.Now()}}
	for _, e := range edit {
		e(&o)
	}
	c, err := newClient(o, defaultTimeouts, noProxy, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &worldLists{t, s, c, map[string]*ledger{}}
}

// sync reads all lists. It returns the requests that each took.
func (l *worldLists) sync() map[string]int {
	l.t.Helper()
	l.client.options.Clock.(*scriptClock).set(l.server.World().Now())
	found, err := l.client.Repositories(l.t.Context(), l.server.World().Repositories())
	if err != nil {
		l.t.Fatal(err)
	}
	took := map[string]int{}
	for _, f := range found {
		if f.Err != nil {
			l.t.Fatal(f.Err)
		}
		for _, resource := range resources {
			name := f.Asked + " " + resource
			kept := l.kept[name]
			if kept == nil {
				kept = newLedger(nil, resource)
				kept.t = l.t
				l.kept[name] = kept
			}
			before := len(l.server.Requests())
			for done := false; !done; {
				page, err := kept.read(l.client, f.Repository)
				if err != nil {
					l.t.Fatalf("%s: %v", name, err)
				}
				done = page.Done
			}
			took[name] = len(l.server.Requests()) - before
			if p := kept.last; p.Status != dora.Complete {
				l.t.Errorf("%s: %s %v, want complete", name, p.Status, p.Reasons)
			}
			l.same(name, f.Repository.Name, kept)
		}
	}
	return took
}

// same compares a list with what a perfect collector would hold. What it does
// not hold any more, we keep: incidents without their label, and what is missing.
func (l *worldLists) same(name, repo string, kept *ledger) {
	l.t.Helper()
	resource := kept.want.Resource
	if resource == dora.ResourceWorkflowRuns {
		resource = dora.RunsOf(kept.want.Workflow)
	}
	truth := l.server.World().TruthOf(repo, resource)
	want := map[string]string{}
	put := func(id string, record any) {
		line, err := json.Marshal(record)
		if err != nil {
			l.t.Fatal(err)
		}
		want[id] = string(line)
	}
	for _, d := range truth.Deployments {
		id := d.ID
		if d.Attempt > 0 {
			id += fmt.Sprint("/", d.Attempt)
		}
		put(id, d)
	}
	for _, c := range truth.Changes {
		put(c.ID, c)
	}
	for _, i := range truth.Incidents {
		put(i.ID, i)
	}
	for id, w := range want {
		if got := kept.records[id]; got != w {
			l.t.Errorf("%s %s:\n got %s\nwant %s", name, id, got, w)
		}
	}
	for id, got := range kept.records {
		if want[id] == "" && !kept.missing[id] && (kept.want.Resource != dora.ResourceIncidents || strings.Contains(got, `"incident"`)) {
			l.t.Errorf("%s %s is held and should not be: %s", name, id, got)
		}
	}
}

// TestWorld reads an organisation, changes it and reads on, over both APIs.
func TestWorld(t *testing.T) {
	t.Parallel()
	overBoth(t, func(t *testing.T, edit ...func(*Options)) {
		seeds := uint64(1)
		if os.Getenv("RUTTER_TEST_ALL") == "1" {
			seeds = 10
		}
		for seed := range seeds {
			l := newWorldLists(t, seed, edit...)
			l.sync()
			for name, n := range l.sync() {
				if n > 1 && len(edit) == 0 && !strings.HasSuffix(name, dora.ResourceDeployments) { // one of them has statuses of several pages
					t.Errorf("seed %d, %s: %d requests with nothing new, want 1", seed, name, n)
				}
			}
			r := rand.New(rand.NewPCG(seed, 4))
			for range 3 {
				for range 20 {
					l.server.World().Mutate(r)
				}
				for _, kept := range l.kept {
					kept.want.Full = len(edit) > 0 || kept.want.Resource == dora.ResourceIncidents // without a count, only a listing shows what was deleted
				}
				l.sync()
			}
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	})
}

// set moves the clock.
func (c *scriptClock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}
