package collect

import (
	"context"
	"slices"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/store"
)

// choose fixes the source of each service that names none, once all that may
// turn out to be it has been collected (metrics/D1). The store keeps the first
// choice: another one would tell the history anew.
func (r *run) choose(ctx context.Context) error {
	v, err := r.Store.View(ctx)
	if err != nil {
		return err
	}
	defer v.Close()
	for _, s := range r.Services {
		if s.Source != "" {
			continue
		}
		source, err := r.sourceOf(ctx, v, s)
		if err != nil {
			return err
		}
		if source == "" {
			continue
		}
		if err := r.Store.Choose(ctx, s.Name, s.Environment, source); err != nil {
			return err
		}
		r.summary.Choices = append(r.summary.Choices, Choice{s.Name, source})
	}
	return nil
}

// sourceOf is the source that a service turns out to have; "" where it has been
// chosen before, or where a list that might have decided is not complete.
func (r *run) sourceOf(ctx context.Context, v *store.View, s dora.Service) (dora.Source, error) {
	if known, err := v.Choice(ctx, s.Name, s.Environment); known != "" || err != nil {
		return "", err
	}
	tag, err := gitrepo.Matcher(s.Pattern)
	if err != nil {
		return "", nil // the build says what is wrong with the pattern
	}
	var from []dora.Collection
	for _, name := range s.Repos {
		repo, ok, err := v.Find(ctx, name)
		if err != nil {
			return "", err
		}
		if !ok || !r.whole(repo.Name) {
			return "", nil
		}
		e, err := v.Events(ctx, repo)
		if err != nil {
			return "", err
		}
		from = append(from, dora.Collection{Repo: repo.Name, Pulls: handbook.PlaceOf(name) == handbook.OnGitHub, Events: e})
	}
	return s.Choose(from, tag), nil
}

// whole reports whether this run proved every list of a repository.
func (r *run) whole(repo string) bool {
	return !slices.ContainsFunc(r.summary.Rows, func(row Row) bool { return row.Repo == repo && !row.Complete() })
}
