package collect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/collect"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
	"github.com/rutter-dev/rutter/internal/github"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/store"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// bench is a fake GitHub, a store, and the services of an organisation.
type bench struct {
	t        testing.TB
	world    *githubtest.World
	server   *githubtest.Server
	store    *store.Store
	clones   string
	services []dora.Service
	api      string
	full     bool
	who      string
	history  func(url string) (gitrepo.History, error) // nil: git's
}

func newBench(t testing.TB, seed uint64, size githubtest.Size) *bench {
	t.Helper()
	w := githubtest.NewWorld(seed, size)
	b := &bench{t: t, world: w, server: githubtest.Start(t, w), clones: t.TempDir(), who: "a test"}
	b.services = services(w)
	b.store = b.open(filepath.Join(t.TempDir(), "store.db"))
	return b
}

// services are one for each repository of the world, of all sources in turn.
func services(w *githubtest.World) []dora.Service {
	var list []dora.Service
	sources := []dora.Source{dora.GitHubDeployments, dora.Releases, dora.Workflow, "", dora.Tags}
	for i, name := range w.Repositories() {
		s := dora.Service{Name: strings.ReplaceAll(name, "/", "-"), Repos: []string{name}, Source: sources[i%len(sources)], Failures: &dora.Failures{Incidents: []string{"incident"}}}
		if s.Source == dora.Workflow {
			s.Workflow = "deploy.yml"
		}
		list = append(list, s)
	}
	return list
}

func (b *bench) open(place string) *store.Store {
	b.t.Helper()
	s, err := store.Open(context.Background(), place, store.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { s.Close() })
	return s
}

// clock waits without waiting.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// sync is one run.
func (b *bench) sync(ctx context.Context) (*collect.Summary, error) {
	b.t.Helper()
	client, err := github.New(github.Options{
		APIURL: b.server.APIURL(), API: b.api, Credentials: github.Token(githubtest.Token), Validators: b.store,
		Clock: &clock{now: b.world.Now()},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	o := collect.Options{
		Services: b.services, Store: b.store, GitHub: client, Origin: b.server.APIURL(), Web: github.WebURL(b.server.APIURL()),
		Clones: b.clones, Full: b.full, Who: b.who,
	}
	if b.history != nil {
		o.History = func(_ context.Context, _ string, remote gitrepo.Remote) (gitrepo.History, error) {
			return b.history(remote.URL)
		}
	}
	return collect.Run(ctx, o)
}

// must is a run that has to be complete.
func (b *bench) must() *collect.Summary {
	b.t.Helper()
	s, err := b.sync(context.Background())
	if err != nil {
		b.t.Fatalf("sync: %v", err)
	}
	for _, r := range s.Rows {
		if !r.Complete() {
			b.t.Errorf("%s, %s: %s %v %v", r.Repo, r.Resource, r.Coverage.Status, r.Coverage.Reasons, r.Err)
		}
	}
	return s
}

// export is what the store holds, without what is not of the world: coverage.
func (b *bench) export() string {
	b.t.Helper()
	e, err := b.store.Everything(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return text(b.t, e, false)
}

func text(t testing.TB, e dora.Events, coverage bool) string {
	t.Helper()
	if !coverage {
		e.Collected = nil
	}
	var out bytes.Buffer
	if err := events.Write(&out, e); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// truth is what a store that has everything the services need would hold.
func (b *bench) truth() string {
	b.t.Helper()
	all := b.world.Truth()
	var e dora.Events
	for _, s := range b.services {
		repo := b.world.Current(s.Repos[0])
		part := only(all, repo)
		part.Deployments = slices.DeleteFunc(part.Deployments, func(d dora.Deployment) bool { return !wanted(s, d) })
		e.Add(part)
	}
	return text(b.t, e, false)
}

func only(e dora.Events, repo string) dora.Events {
	var part dora.Events
	for _, c := range e.Commits {
		if c.Repo == repo {
			part.Commits = append(part.Commits, c)
		}
	}
	for _, d := range e.Deployments {
		if d.Repo == repo {
			part.Deployments = append(part.Deployments, d)
		}
	}
	for _, c := range e.Changes {
		if c.Repo == repo {
			part.Changes = append(part.Changes, c)
		}
	}
	for _, i := range e.Incidents {
		if i.Repo == repo {
			part.Incidents = append(part.Incidents, i)
		}
	}
	return part
}

// wanted reports whether a run for one service collects a deployment.
func wanted(s dora.Service, d dora.Deployment) bool {
	switch d.Source {
	case dora.Tags:
		return true
	case dora.Merge:
		return s.Source == "" || s.Source == dora.Merge
	case dora.GitHubDeployments, dora.Releases:
		return s.Source == "" || s.Source == d.Source
	}
	return s.Source == d.Source
}

// differs shows the first lines in which two exports differ.
func differs(want, got string) string {
	if want == got {
		return ""
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	inB := map[string]bool{}
	for _, l := range b {
		inB[l] = true
	}
	inA := map[string]bool{}
	n := 0
	for _, l := range a {
		inA[l] = true
		if !inB[l] && n < 6 {
			n++
			fmt.Fprintf(&out, "- %.400s\n", l)
		}
	}
	n = 0
	for _, l := range b {
		if !inA[l] && n < 6 {
			n++
			fmt.Fprintf(&out, "+ %.400s\n", l)
		}
	}
	return out.String()
}

func TestFirstRunBringsEverything(t *testing.T) {
	t.Parallel()
	for _, api := range []string{"graphql", "rest"} {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 1, githubtest.Small)
			b.api = api
			b.must()
			if d := differs(b.truth(), b.export()); d != "" {
				t.Errorf("the store is not what the world is (-world +store)\n%s", d)
			}
			damage, err := b.store.Verify(context.Background())
			if err != nil || len(damage) > 0 {
				t.Errorf("verify: %v, %v", damage, err)
			}
		})
	}
}

// A run that is cut off before any of its requests, and goes on later, comes to
// what an uninterrupted one comes to, with at most one request more (rel/A24).
func TestRel_A24_CutAtEveryRequest(t *testing.T) {
	t.Parallel()
	whole := newBench(t, 3, githubtest.Small)
	whole.must()
	want, n := whole.export(), len(whole.asked())
	step := 1
	if os.Getenv("RUTTER_TEST_ALL") == "" {
		step = max(1, n/4)
	}
	for k := 1; k <= n; k += step {
		b := newBench(t, 3, githubtest.Small)
		b.clones = whole.clones
		ctx, cut := context.WithCancel(t.Context())
		var seen atomic.Int64
		b.server.Intercept(func(r *githubtest.Request) githubtest.Fault {
			if !ofGit(r.Path) && seen.Add(1) >= int64(k) {
				cut()
			}
			return githubtest.Fault{}
		})
		if _, err := b.sync(ctx); err == nil && k < n {
			t.Fatalf("cut at request %d of %d: the run did not notice", k, n)
		}
		before := b.export()
		b.server.Intercept(nil)
		first := len(b.asked())
		b.must()
		if d := differs(want, b.export()); d != "" {
			t.Fatalf("cut at request %d of %d (-whole +resumed)\n%s", k, n, d)
		}
		if lost := missing(before, b.export()); lost != "" {
			t.Fatalf("cut at request %d of %d: records are lost\n%s", k, n, lost)
		}
		if twice := repeated(b.asked(), first); len(twice) > 4 { // as many as are under way at a time
			t.Errorf("cut at request %d of %d: %d pages were read twice\n%s", k, n, len(twice), strings.Join(twice, "\n"))
		}
	}
}

// repeated are the pages, but for the first of each list, that were answered
// before a cut and asked for again after it.
func repeated(asked []githubtest.Request, cut int) []string {
	key := func(r githubtest.Request) string { return r.Path + "?" + r.RawQuery + " " + string(r.Body) }
	before := map[string]bool{}
	for _, r := range asked[:cut] {
		before[key(r)] = r.Status == 200
	}
	var list []string
	for _, r := range asked[cut:] {
		first := r.Operation != "" && !strings.Contains(string(r.Body), `"after":"`) || strings.HasSuffix(r.RawQuery, "page=1")
		if rest := r.Operation == "More"; !first && !rest && before[key(r)] { // the rest of a long item belongs to its page
			list = append(list, key(r))
		}
	}
	return list
}

// names are what tells the records of an export apart, whatever else they say.
func names(t testing.TB, export string) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(export) {
		var r struct {
			Type, Repo, ID, SHA, Source string
			Attempt                     int
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.Type != "commit" {
			r.SHA = ""
		}
		fmt.Fprintln(&out, r)
	}
	return out.String()
}

// missing lists lines that are in a and not in b.
func missing(a, b string) string {
	has := map[string]bool{}
	for l := range strings.Lines(b) {
		has[l] = true
	}
	var out strings.Builder
	for l := range strings.Lines(a) {
		if !has[l] {
			out.WriteString(l)
		}
	}
	return out.String()
}

func ofGit(path string) bool { return strings.Contains(path, ".git/") }

// asked are the requests to the API: those of git are not counted by any limit.
func (b *bench) asked() []githubtest.Request {
	return slices.DeleteFunc(b.server.Requests(), func(r githubtest.Request) bool { return ofGit(r.Path) })
}

// snapshots are the services as a build would see them, from the store or from
// the world itself.
func snapshots(t testing.TB, services []dora.Service, from func(repo string) (dora.Events, string)) []dora.Snapshot {
	t.Helper()
	tag, err := gitrepo.Matcher("")
	if err != nil {
		t.Fatal(err)
	}
	var list []dora.Snapshot
	for _, s := range services {
		e, name := from(s.Repos[0])
		s.Repos = []string{name}
		c := []dora.Collection{{Repo: name, Pulls: true, Events: e}}
		if s.Source == "" {
			s.Source = s.Choose(c, tag)
		}
		e, coverage := s.Gather(c, tag)
		list = append(list, dora.NewSnapshot(s, coverage, coverage.To, e))
	}
	return list
}

// honest holds what the store would show against the world: a service may be
// anything but complete and wrong (rel/G7). It reports the services that were
// complete.
func (b *bench) honest(seed string) (complete int) {
	b.t.Helper()
	v, err := b.store.View(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	defer v.Close()
	collected := map[string]dora.Events{}
	stored := snapshots(b.t, b.services, func(repo string) (dora.Events, string) {
		r, ok, err := v.Find(context.Background(), repo)
		if err != nil || !ok {
			return dora.Events{}, repo
		}
		e, err := v.Events(context.Background(), r)
		if err != nil {
			b.t.Fatal(err)
		}
		collected[r.Name] = e
		return e, r.Name
	})
	truth := b.world.Truth()
	for i, s := range stored {
		report := dora.Compute([]dora.Snapshot{s}, dora.Options{By: dora.Month})
		if report.Services[0].Coverage.Status != dora.Complete {
			continue
		}
		complete++
		name := s.Service().Repos[0]
		e := only(truth, b.world.Current(name))
		e.Deployments = slices.DeleteFunc(e.Deployments, func(d dora.Deployment) bool { // at that time it did not count
			return d.Source == dora.Releases && b.world.Final(d.Repo, d.ID).After(s.AsOf())
		})
		rename(&e, name)
		e.Collected = collected[name].Collected // the same span, so that only records can differ
		e.Deployments = append(e.Deployments, gone(collected[name], e)...)
		e = then(e, collected[name], s.AsOf())
		real := snapshots(b.t, b.services[i:i+1], func(string) (dora.Events, string) { return e, name })
		want := dora.Compute(real, dora.Options{By: dora.Month})
		if d := differs(encode(b.t, want), encode(b.t, report)); d != "" {
			b.t.Errorf("%s: %s is called complete as of %v and is not what the world is (-world +store)\n%s", seed, name, s.AsOf(), d)
		}
	}
	return complete
}

// rename gives events the name under which the store knows their repository.
func rename(e *dora.Events, name string) {
	for i := range e.Commits {
		e.Commits[i].Repo = name
	}
	for i := range e.Deployments {
		e.Deployments[i].Repo = name
	}
	for i := range e.Changes {
		e.Changes[i].Repo = name
	}
	for i := range e.Incidents {
		e.Incidents[i].Repo = name
	}
}

// gone are the deployments of a store that the world has deleted since: they
// did happen, and count.
func gone(stored, world dora.Events) []dora.Deployment {
	there := map[string]bool{}
	key := func(d dora.Deployment) string { return fmt.Sprint(d.Source, d.Workflow, d.ID, d.Attempt) }
	for _, d := range world.Deployments {
		there[key(d)] = true
	}
	return slices.DeleteFunc(slices.Clone(stored.Deployments), func(d dora.Deployment) bool { return there[key(d)] })
}

// then gives what a world says now without what it did not say yet at an
// instant. Labels, titles and the state of issues have no history: of what was
// changed later the store knows how it was. Issues that are gone, or are none of
// the service's any more, were there and count.
func then(world, stored dora.Events, asOf time.Time) dora.Events {
	changes := map[string]dora.Change{}
	for _, c := range stored.Changes {
		changes[c.ID] = c
	}
	world.Changes = slices.Clone(world.Changes)
	for i, c := range world.Changes {
		if was, ok := changes[c.ID]; ok && c.UpdatedAt.After(asOf) {
			c.Labels, c.Title, c.Reverts, c.Closes = was.Labels, was.Title, was.Reverts, was.Closes
			world.Changes[i] = c
		}
	}
	incidents := map[string]dora.Incident{}
	for _, i := range stored.Incidents {
		incidents[i.ID] = i
	}
	var list []dora.Incident
	for _, i := range world.Incidents {
		was, ok := incidents[i.ID]
		delete(incidents, i.ID)
		switch {
		case !i.UpdatedAt.After(asOf):
			list = append(list, i)
		case ok:
			list = append(list, was)
		}
	}
	for _, i := range incidents {
		list = append(list, i)
	}
	world.Incidents = list
	return world
}

func encode(t testing.TB, r dora.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A second run with nothing new asks one question a list, and changes nothing.
func TestSecondRunAsksOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2, githubtest.Small)
	b.must()
	before, asked := b.export(), len(b.asked())
	b.must()
	if d := differs(before, b.export()); d != "" {
		t.Errorf("the second run changed records (-first +second)\n%s", d)
	}
	lists := 1 // the repositories themselves
	for _, s := range b.services {
		lists += len(s.Needs(true))
		if s.Source == "" {
			lists += 2 // whatever may turn out to be it
		}
	}
	if again := len(b.asked()) - asked; again > lists {
		t.Errorf("the second run took %d requests, want at most %d", again, lists)
	}
}

// The world goes on while it is read. Whatever came of a run, no figure is
// called complete that is not; and once the world holds still, everything is.
func TestRel_G7_NeverCompleteAndWrong(t *testing.T) {
	t.Parallel()
	runs := 6
	if os.Getenv("RUTTER_TEST_ALL") != "" {
		runs = 30
	}
	if n, err := strconv.Atoi(os.Getenv("RUTTER_TEST_MUTATIONS")); err == nil {
		runs = n
	}
	var complete atomic.Int64
	t.Cleanup(func() {
		if complete.Load() == 0 {
			t.Error("no service was ever complete: nothing was tested")
		}
	})
	for seed := range runs {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, uint64(100+seed), tiny)
			if seed%4 == 3 {
				b.api = "rest"
			}
			r := rand.New(rand.NewPCG(uint64(seed), 7))
			var happened []string
			var mu sync.Mutex
			happens := func() {
				mu.Lock()
				defer mu.Unlock()
				if r.IntN(3) == 0 {
					happened = append(happened, b.world.Mutate(r))
				}
			}
			b.server.Intercept(func(*githubtest.Request) githubtest.Fault { happens(); return githubtest.Fault{} })
			if seed%5 > 0 { // git takes ten times as long as all the rest
				b.history = func(url string) (gitrepo.History, error) {
					happens()
					return historyOf(b.world, url)
				}
			}
			for run := range 2 {
				if _, err := b.sync(t.Context()); err != nil {
					t.Fatal(err)
				}
				complete.Add(int64(b.honest(fmt.Sprint("run ", run))))
			}
			b.server.Intercept(nil)
			if b.history != nil {
				b.history = func(url string) (gitrepo.History, error) { return historyOf(b.world, url) }
			}
			b.world.Advance(2 * time.Hour)
			if s, err := b.sync(t.Context()); err != nil || !s.Complete() {
				t.Errorf("the world holds still, and the run is not complete: %v %+v", err, incomplete(s))
			}
			b.honest("at rest")
			if t.Failed() {
				t.Fatalf("what happened:\n%s", strings.Join(happened, "\n"))
			}
		})
	}
}

// historyOf is what git would tell of a repository of the world.
func historyOf(w *githubtest.World, address string) (gitrepo.History, error) {
	u, err := url.Parse(address)
	if err != nil {
		return gitrepo.History{}, err
	}
	e, head, ok := w.HistoryOf(strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git"))
	switch {
	case !ok:
		return gitrepo.History{}, gitrepo.ErrGone
	case head == "":
		return gitrepo.History{}, gitrepo.ErrEmpty
	}
	h := gitrepo.History{Head: head, Commits: e.Commits}
	for _, d := range e.Deployments {
		if d.Source == dora.Tags {
			h.Tags = append(h.Tags, d)
		} else {
			h.Merges = append(h.Merges, d)
		}
	}
	for _, c := range e.Commits {
		if h.From.IsZero() || c.CommitterDate.Before(h.From) {
			h.From = c.CommitterDate
		}
	}
	return h, nil
}

var tiny = githubtest.Size{Repositories: 2, Months: 2, Pulls: 16, Deployments: 10, Incidents: 3}

func incomplete(s *collect.Summary) []collect.Row {
	return slices.DeleteFunc(slices.Clone(s.Rows), func(r collect.Row) bool { return r.Complete() })
}

// Each fault, at the first request of every kind: the run says what is missing,
// or got over it, and the next one brings everything.
func TestRel_A_EveryFault(t *testing.T) {
	t.Parallel()
	// These last as long as the time-outs of the transport, whose tests have them
	// with shorter ones.
	slow := []string{"stalled body", "slow body", "endless body", "gzip bomb"}
	// A list of one page over REST has no count: what the server leaves out of it,
	// with the tag of the whole list, nobody can miss.
	slow = append(slow, "an item left out")
	all := os.Getenv("RUTTER_TEST_ALL") != ""
	for i, fault := range githubtest.Faults() {
		if slices.Contains(slow, fault.Name) || !all && i%5 != 0 {
			continue
		}
		t.Run(fault.Row+" "+fault.Name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 5, tiny)
			struck := 0
			var mu sync.Mutex
			b.server.Intercept(func(r *githubtest.Request) githubtest.Fault {
				mu.Lock()
				defer mu.Unlock()
				if ofGit(r.Path) || r.N < 3 || struck >= 3 {
					return githubtest.Fault{}
				}
				struck++
				return fault.Fault(b.world.Now(), b.server.URL)
			})
			s, err := b.sync(t.Context())
			if struck == 0 {
				t.Fatal("the fault was never sent")
			}
			t.Logf("error %v, not complete: %+v", err, incomplete(s))
			b.honest(fault.Name)
			before := b.export()
			b.server.Intercept(nil)
			b.world.Advance(2 * time.Hour)
			b.must()
			if lost := missing(names(t, before), names(t, b.export())); lost != "" {
				t.Errorf("records are lost\n%s", lost)
			}
			b.honest(fault.Name + ", afterwards")
			if damage, err := b.store.Verify(t.Context()); err != nil || len(damage) > 0 {
				t.Errorf("verify: %v %v", err, damage)
			}
		})
	}
}

// Ten thousand pull requests and five thousand deployments take a hundredth of
// the requests that one request a record would.
func TestRequestsOfALargeRepository(t *testing.T) {
	t.Parallel()
	if os.Getenv("RUTTER_TEST_ALL") == "" {
		t.Skip("a minute long; RUTTER_TEST_ALL=1 runs it")
	}
	b := newBench(t, 8, githubtest.Size{Repositories: 1, Months: 24, Pulls: 10_000, Deployments: 5_000, Incidents: 60})
	b.server.WithoutLimits()
	b.services[0].Source = dora.GitHubDeployments
	b.must()
	first := len(b.asked())
	t.Logf("first run: %d requests", first)
	if first > 400 {
		t.Errorf("the first run took %d requests, want at most 400", first)
	}
	b.must()
	again := len(b.asked()) - first
	t.Logf("second run: %d requests", again)
	if lists := 1 + len(b.services[0].Needs(true)); again > lists {
		t.Errorf("the second run took %d requests, want at most %d", again, lists)
	}
}
