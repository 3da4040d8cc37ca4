package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/store"
)

// Collected are the services of the site as rutter sync has to know them: how
// they are measured, and the repositories that lie elsewhere.
func (b *Build) Collected() []dora.Service {
	var list []dora.Service
	for _, p := range b.Site.Services {
		service, err := b.service(p)
		if err != nil {
			continue // said when the deliveries were read
		}
		service.Repos = slices.DeleteFunc(service.Repos, func(r string) bool { return b.place(r) == handbook.Here })
		if len(service.Repos) > 0 {
			list = append(list, service)
		}
	}
	return list
}

// place tells where a repository lies. A folder of the site goes before a
// repository on GitHub that is called like it.
func (b *Build) place(repo string) handbook.Place {
	place := handbook.PlaceOf(repo)
	if place == handbook.OnGitHub {
		if info, err := os.Stat(filepath.Join(b.opts.Dir, filepath.FromSlash(repo))); err == nil && info.IsDir() {
			return handbook.Here
		}
	}
	return place
}

// StorePlace is where the store of the site lies: the path of a file, or the
// address of a database; "" where there is none.
func (b *Build) StorePlace() string {
	place := b.Config.Metrics.Store
	if place == "" || strings.Contains(place, "://") || filepath.IsAbs(place) {
		return place
	}
	return filepath.Join(b.opts.Dir, filepath.FromSlash(place))
}

// view opens the store once for all services of a build, so that all of them
// are of one instant (rel/S11). It is nil where there is no store yet.
func (b *Build) view(ctx context.Context) (*store.View, error) {
	if b.looked || b.StorePlace() == "" {
		return b.seen, nil
	}
	b.looked = true
	s, err := store.Look(ctx, b.StorePlace())
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	b.store = s
	b.seen, err = s.View(ctx)
	return b.seen, err
}

// stored adds what rutter sync has brought of the repositories of a service.
func (b *Build) stored(ctx context.Context, p *site.Page, service *dora.Service, repos []handbook.Located, all *collected) error {
	if len(repos) == 0 {
		return nil
	}
	v, err := b.view(ctx)
	if err != nil {
		return err
	}
	matches, err := gitrepo.Matcher(service.Pattern)
	if err != nil {
		b.Findings.Errorf(p.Meta.Service.Deployments.Pos, diag.FrontMatterValue, "tag pattern %q cannot be read", service.Pattern).Hint = "write a glob such as v* or release-*"
		return nil
	}
	var from []dora.Collection
	var missing []string
	for _, r := range repos {
		c, err := b.collection(ctx, v, r.Value)
		if err != nil {
			return err
		}
		if c == nil {
			missing = append(missing, r.Value)
			continue
		}
		from = append(from, *c)
		i := slices.Index(service.Repos, r.Value)
		service.Repos[i] = c.Repo // its name may have changed since
	}
	if len(missing) > 0 {
		f := b.Findings.Warnf(repos[0].Pos, diag.NotCollected, "nothing has been collected from %s", strings.Join(missing, ", "))
		f.Hint = "run rutter sync; in CI, keep its store from run to run"
		all.coverage = append(all.coverage, dora.Coverage{Status: dora.Uncovered, Reasons: []string{dora.NotCollected}})
	}
	if len(from) == 0 {
		return nil
	}
	if service.Source == "" {
		if service.Source, err = v.Choice(ctx, service.Name, service.Environment); err != nil {
			return err
		}
	}
	if service.Source == "" {
		service.Source = service.Choose(from, matches)
	}
	e, coverage := service.Gather(from, matches)
	if service.Source == dora.Tags && len(e.Deployments) == 0 && coverage.Status != dora.Uncovered {
		coverage.Reasons = append(coverage.Reasons, dora.NoTag)
	}
	all.add(e, coverage, coverage.To)
	return nil
}

// collection reads one repository from the store, nil where it is not there.
// Its records are checked as they are read; once checked they are remembered
// until they change.
func (b *Build) collection(ctx context.Context, v *store.View, name string) (*dora.Collection, error) {
	if v == nil {
		return nil, nil
	}
	repo, ok, err := v.Find(ctx, name)
	if err != nil || !ok {
		return nil, err
	}
	state, err := v.State(ctx, repo)
	if err != nil {
		return nil, err
	}
	e, err := recall(b, "store "+state, &repo.Name, func(*diag.List) (dora.Events, error) { return v.Events(ctx, repo) })
	if err != nil {
		return nil, fmt.Errorf("read %s from the store: %w", repo.Name, err)
	}
	return &dora.Collection{Repo: repo.Name, Pulls: handbook.PlaceOf(name) == handbook.OnGitHub, Events: e}, nil
}
