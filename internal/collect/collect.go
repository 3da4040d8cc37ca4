package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/github"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/store"
)

// Options say what to collect, from where and into what.
type Options struct {
	Services []dora.Service // a Source of "" means: the first that has a deployment
	Store    *store.Store
	GitHub   *github.Client // nil where no service has a repository there
	Origin   string         // the API's address: what its repositories are known by
	Web      string         // where git finds its repositories
	CAFile   string         // certificates that git trusts for them too
	Clones   string         // the folder that keeps clones between runs
	Full     bool           // list everything anew
	Who      string         // holds the claims, and is named to those who wait
	Progress func(Step)     // called from many goroutines; nil: nobody looks

	// History reads a repository's commits and tags, with a folder to keep a clone
	// in; nil: with git. Its errors are those of package gitrepo.
	History func(ctx context.Context, dir string, remote gitrepo.Remote) (gitrepo.History, error)
}

// Step is how far one list has come.
type Step struct {
	Repo, Resource string
	Items, Total   int // read in this run, and of how many; Total 0: nobody knows
	Done           bool
}

// Row is what a run came to for one resource of one repository.
type Row struct {
	Repo, Resource string
	Added, Changed int
	Missing        int // records that are not at their source any more; the store keeps them
	Count          int // records in the store
	Items, Total   int // as in Step
	Coverage       dora.Coverage
	Err            error // why the list was not read to its end; nil: it was
}

// Complete reports whether the run proved the list to be whole.
func (r Row) Complete() bool { return r.Err == nil && r.Coverage.Status == dora.Complete }

// Summary is what a run came to.
type Summary struct {
	Rows    []Row // by repository and resource
	Choices []Choice
	Usage   github.Usage
	Stopped error // why the run ended early; nil: it did not
}

// Choice is the source that a service without one was found to have.
type Choice struct {
	Service string
	Source  dora.Source
}

// Complete reports whether everything was collected.
func (s *Summary) Complete() bool {
	return s.Stopped == nil && !slices.ContainsFunc(s.Rows, func(r Row) bool { return !r.Complete() })
}

// lease is how long a claim holds without a sign of life. A collector that was
// killed is replaced after that time.
const lease = 2 * time.Minute

// repositoriesAtOnce is how many are collected side by side; the client bounds
// its requests by itself.
const repositoriesAtOnce = 4

// run is the state of one Run.
type run struct {
	Options
	start    time.Time // by the clock of the source, where it has one
	tasks    map[int64]*target
	finished chan struct{} // wakes those who wait for a repository that was ours all along

	mu      sync.Mutex
	summary Summary
}

// target is a task whose repository has been found.
type target struct {
	task
	repo   store.Repository
	github github.Repository
	url    string // for git
}

// Run collects what the services need. The summary is never nil; where the run
// ended early it tells how far it came, and the error says why: of the store, a
// *github.AuthError, *github.TLSError or *github.LimitError, a *store.BusyError,
// or that of ctx. What single repositories refuse is no error of the run.
func Run(ctx context.Context, o Options) (*Summary, error) {
	if o.Progress == nil {
		o.Progress = func(Step) {}
	}
	if o.History == nil {
		o.History = gitHistory
	}
	r := &run{Options: o, tasks: map[int64]*target{}, finished: make(chan struct{}, repositoriesAtOnce)}
	err := r.all(ctx)
	if o.GitHub != nil {
		r.summary.Usage = o.GitHub.Usage()
	}
	r.summary.Stopped = err
	slices.SortFunc(r.summary.Rows, func(a, b Row) int {
		return cmp.Or(strings.Compare(a.Repo, b.Repo), strings.Compare(a.Resource, b.Resource))
	})
	return &r.summary, err
}

func (r *run) all(ctx context.Context) error {
	release, err := r.Store.Hold(ctx, r.Who)
	if err != nil {
		return err
	}
	defer release()
	since, err := r.Store.Now(ctx)
	if err != nil {
		return err
	}
	r.start = time.Now().UTC().Truncate(time.Second)
	if err := r.find(ctx); err != nil {
		return err
	}
	ids := make([]int64, 0, len(r.tasks))
	for id := range r.tasks {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	g, working := errgroup.WithContext(ctx)
	for range min(repositoriesAtOnce, len(ids)) {
		g.Go(func() error { return r.work(working, ids, since) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return r.choose(ctx)
}

// find asks for every repository first, so that one run tells all that is wrong
// with tokens and names before it spends an hour on the rest.
func (r *run) find(ctx context.Context) error {
	tasks := plan(r.Services)
	var names []string
	for _, t := range tasks {
		if t.place == handbook.OnGitHub {
			names = append(names, t.name)
		}
	}
	var found []github.Found
	if len(names) > 0 {
		var err error
		if found, err = r.GitHub.Repositories(ctx, names); err != nil {
			return err
		}
		for _, f := range found {
			if !f.Repository.At.IsZero() {
				r.start = f.Repository.At // histories are fetched later, so they are whole up to then
			}
		}
	}
	for _, t := range tasks {
		if err := r.register(ctx, t, found); err != nil {
			return err
		}
	}
	return nil
}

// register makes a target of a task. Two names of one repository, such as its
// former one, become one target.
func (r *run) register(ctx context.Context, t task, found []github.Found) error {
	if t.place == handbook.ByGit {
		repo, err := r.Store.Register(ctx, store.Repository{Name: t.name})
		if err != nil {
			return err
		}
		r.tasks[repo.ID] = &target{task: t, repo: repo, url: t.name}
		return nil
	}
	i := slices.IndexFunc(found, func(f github.Found) bool { return f.Asked == t.name })
	if i < 0 {
		return fmt.Errorf("collect %s: no answer about it", t.name)
	}
	f := found[i]
	if f.Err != nil {
		return r.unreachable(ctx, t, f.Err)
	}
	repo, err := r.Store.Register(ctx, store.Repository{
		Name: f.Repository.Name, Origin: r.Origin, OriginID: fmt.Sprint(f.Repository.ID),
		Private: f.Repository.Private, Branch: f.Repository.Branch, CreatedAt: f.Repository.CreatedAt,
	})
	if err != nil {
		return err
	}
	if known := r.tasks[repo.ID]; known != nil {
		known.services = append(known.services, t.services...)
		for _, l := range t.lists {
			known.add(l)
		}
		return nil
	}
	r.tasks[repo.ID] = &target{task: t, repo: repo, github: f.Repository, url: strings.TrimSuffix(r.Web, "/") + "/" + f.Repository.Name + ".git"}
	return nil
}

// unreachable notes that a repository cannot be read at all. What the store
// holds of it stays, and is stale from now on (rel/A7).
func (r *run) unreachable(ctx context.Context, t task, cause error) error {
	if Stops(cause) {
		return cause
	}
	repo, known, err := r.known(ctx, t.name)
	if err != nil {
		return err
	}
	if !known {
		if repo, err = r.Store.Register(ctx, store.Repository{Name: t.name}); err != nil {
			return err
		}
	}
	lists := append(slices.Clone(t.lists), list{resource: dora.ResourceCommits}, list{resource: dora.ResourceTags})
	for _, l := range lists {
		reader := &reader{run: r, repo: repo, list: l}
		if err := reader.open(ctx); err != nil {
			return err
		}
		if err := reader.fail(ctx, cause); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) known(ctx context.Context, name string) (store.Repository, bool, error) {
	v, err := r.Store.View(ctx)
	if err != nil {
		return store.Repository{}, false, err
	}
	defer v.Close()
	return v.Find(ctx, name)
}

// work takes one repository after the other, until none is left that nobody has
// collected since the run began. Those that other processes hold are waited
// for: they may be killed, and then are ours.
func (r *run) work(ctx context.Context, ids []int64, since time.Time) error {
	for {
		claim, state, err := r.Store.Next(ctx, ids, since, r.Who, lease)
		switch {
		case err != nil:
			return err
		case state == store.Finished:
			return nil
		case state == store.Wait:
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-r.finished:
			case <-time.After(time.Second):
			}
			continue
		}
		err = r.claimed(ctx, claim)
		for range repositoriesAtOnce {
			select {
			case r.finished <- struct{}{}:
			default:
			}
		}
		if lost := errors.Is(err, store.ErrClaimLost); lost {
			continue // somebody took us for dead, and goes on where we were
		}
		if err != nil {
			return err
		}
	}
}

// claimed collects one repository, and shows signs of life meanwhile.
func (r *run) claimed(ctx context.Context, claim store.Claim) error {
	alive, stop := context.WithCancel(ctx)
	var beats sync.WaitGroup
	beats.Go(func() {
		for {
			select {
			case <-alive.Done():
				return
			case <-time.After(lease / 4):
				// An error shows with the next page, which needs the claim too.
				_ = r.Store.Renew(alive, claim, lease)
			}
		}
	})
	err := r.repository(ctx, claim)
	stop()
	beats.Wait()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return cmp.Or(err, r.Store.Finish(ending, claim, err == nil))
}

// repository collects all lists of one repository, and its history. An error
// ends the run; what is wrong with one list alone is in its row.
func (r *run) repository(ctx context.Context, claim store.Claim) error {
	t := r.tasks[claim.Repository]
	g, ctx := errgroup.WithContext(ctx)
	for _, l := range t.lists {
		g.Go(func() error {
			reader := &reader{run: r, repo: t.repo, github: t.github, list: l, claim: claim}
			return reader.read(ctx)
		})
	}
	g.Go(func() error { return r.history(ctx, t, claim) })
	return g.Wait()
}

// row adds a row to the summary.
func (r *run) row(row Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.summary.Rows = append(r.summary.Rows, row)
}

// Stops reports whether an error concerns the whole run and not one list: it is
// the error of Run too.
func Stops(err error) bool {
	var auth *github.AuthError
	var tls *github.TLSError
	var limit *github.LimitError
	return errors.As(err, &auth) || errors.As(err, &tls) || errors.As(err, &limit) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, store.ErrStore) || errors.Is(err, store.ErrClaimLost)
}

// reason is how coverage says what an error means.
func reason(err error) string {
	var gone *github.GoneError
	var denied *github.DeniedError
	var limit *github.LimitError
	var malformed *github.MalformedError
	switch {
	case errors.As(err, &gone), errors.Is(err, gitrepo.ErrGone):
		return dora.NoAccess
	case errors.As(err, &denied), errors.Is(err, gitrepo.ErrAuth):
		return dora.AccessDenied
	case errors.As(err, &limit):
		return dora.RateLimited
	case errors.As(err, &malformed):
		return dora.Malformed
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, store.ErrClaimLost):
		return dora.Interrupted
	}
	return dora.Unavailable
}
