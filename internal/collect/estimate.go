package collect

import (
	"context"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Question is what a run would ask for one list.
type Question struct {
	Repo, Resource string
	Records        int // that GitHub has; 0: it does not say, or has none
	Requests       int // at least
	First          bool
	Err            error // the repository cannot be read
}

// Estimate says what Run would ask, and asks nothing itself but for the
// repositories. It needs a Store only to know what is there already; without
// one everything is the first time.
func Estimate(ctx context.Context, o Options) ([]Question, error) {
	tasks := plan(o.Services)
	var names []string
	for _, t := range tasks {
		if t.place == handbook.OnGitHub {
			names = append(names, t.name)
		}
	}
	var list []Question
	if len(names) == 0 {
		return list, nil
	}
	found, err := o.GitHub.Repositories(ctx, names)
	if err != nil {
		return nil, err
	}
	for i, t := range onGitHub(tasks) {
		f := found[i]
		if f.Err != nil {
			list = append(list, Question{Repo: t.name, Err: f.Err})
			continue
		}
		for _, l := range t.lists {
			q := Question{Repo: f.Repository.Name, Resource: l.resource, Records: f.Repository.Totals[l.resource], First: true, Requests: 1}
			if o.Store != nil {
				state, err := o.cursorOf(ctx, f.Repository.Name, l.resource)
				if err != nil {
					return nil, err
				}
				q.First = state == nil
			}
			if q.First || o.Full {
				q.Requests = 1 + (q.Records+pageOf(l.resource)-1)/pageOf(l.resource)
			}
			list = append(list, q)
		}
	}
	return list, nil
}

func onGitHub(tasks []task) []task {
	var list []task
	for _, t := range tasks {
		if t.place == handbook.OnGitHub {
			list = append(list, t)
		}
	}
	return list
}

// pageOf is how many records one request brings.
func pageOf(resource string) int {
	if resource == dora.ResourceChanges {
		return 50
	}
	return 100
}

func (o Options) cursorOf(ctx context.Context, name, resource string) ([]byte, error) {
	v, err := o.Store.View(ctx)
	if err != nil {
		return nil, err
	}
	repo, ok, err := v.Find(ctx, name)
	v.Close()
	if err != nil || !ok {
		return nil, err
	}
	state, _, err := o.Store.Cursor(ctx, repo.ID, resource)
	return state, err
}
