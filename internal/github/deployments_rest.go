package github

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rutter-dev/rutter/internal/dora"
)

// restDeployments lists deployments over REST, newest first.
type restDeployments struct {
	*Client
	repo Repository
}

func (l restDeployments) traits() traits {
	return traits{sizes: []int{30, 10, 5, 1}, falling: true, settle: settling}
}

func (l restDeployments) path() string { return "repos/" + l.repo.Name + "/deployments" }

// restDeployment is a deployment of REST.
type restDeployment struct {
	ID                    int64
	NodeID                string `json:"node_id"`
	SHA, Ref, Environment string
	CreatedAt             moment `json:"created_at"`
	UpdatedAt             moment `json:"updated_at"`
}

func (n restDeployment) deployment() deployment {
	d := deployment{id: n.ID, node: n.NodeID, environment: n.Environment, sha: n.SHA, created: n.CreatedAt, updated: n.UpdatedAt}
	if n.Ref != n.SHA { // made from a commit, it has no ref for GraphQL
		d.ref = n.Ref
	}
	return d
}

func (l restDeployments) list(ctx context.Context, q ask) ([]restDeployment, batch, error) {
	size := q.size
	if q.phase == verifying {
		size = 100
	}
	list, next, more, a, err := restPage[restDeployment](ctx, l.Client, l.path(), q.at, size)
	return list, batch{at: next, more: more, date: a.Date}, err
}

func (l restDeployments) page(ctx context.Context, q ask) (batch, error) {
	var b batch
	if q.size > 0 {
		list, listed, err := l.list(ctx, q)
		if err != nil {
			return batch{}, err
		}
		b = listed
		for _, n := range list {
			if q.phase == verifying || q.known(n.CreatedAt) {
				b.name(n.ID, n.CreatedAt, n.CreatedAt)
				continue
			}
			if err := l.add(ctx, &b, n, true); err != nil {
				return batch{}, err
			}
		}
	}
	for _, w := range q.watched {
		again, err := l.look(ctx, w.ID)
		if err != nil {
			return batch{}, err
		}
		if len(again.read) == 0 && len(again.wrong) == 0 {
			b.gone = append(b.gone, w.ID)
		}
		b.join(again)
	}
	return b, nil
}

// join adds deployments that are no items of the list.
func (b *batch) join(o batch) {
	b.events.Deployments = append(b.events.Deployments, o.events.Deployments...)
	b.read = append(b.read, o.read...)
	b.wrong = append(b.wrong, o.wrong...)
	b.watch = append(b.watch, o.watch...)
	if b.date.IsZero() {
		b.date = o.date
	}
}

func (l restDeployments) bare(ctx context.Context, q ask) (batch, error) {
	list, b, err := l.list(ctx, q)
	for _, n := range list {
		b.wrong = append(b.wrong, b.name(n.ID, n.CreatedAt, n.CreatedAt))
	}
	if err != nil && divisible(err) {
		q.at = beyond(q.at)
		_, b, err = l.list(ctx, q)
		return b.before(q.at), err
	}
	return b, err
}

func (l restDeployments) one(ctx context.Context, id string) (batch, error) {
	if _, err := strconv.ParseInt(id, 10, 64); err != nil {
		return batch{}, nil
	}
	return l.look(ctx, id)
}

// look reads a single deployment; an empty batch: there is none.
func (l restDeployments) look(ctx context.Context, id string) (batch, error) {
	var n restDeployment
	a, err := l.get(ctx, l.path()+"/"+id, &n)
	if missing(err) {
		return batch{}, nil
	}
	if err != nil {
		return batch{}, err
	}
	b := batch{date: a.Date}
	return b, l.add(ctx, &b, n, false)
}

// add adds a deployment with its statuses.
func (l restDeployments) add(ctx context.Context, b *batch, n restDeployment, item bool) error {
	d := n.deployment()
	if n.ID > 0 {
		statuses, err := restAll[struct {
			State     string
			CreatedAt moment `json:"created_at"`
		}](ctx, l.Client, fmt.Sprintf("%s/%d/statuses", l.path(), n.ID))
		if err != nil && !missing(err) {
			return fmt.Errorf("the statuses of deployment %d: %w", n.ID, err)
		}
		slices.Reverse(statuses) // they begin with the newest
		for _, s := range statuses {
			d.statuses = append(d.statuses, dora.StatusAt{Status: statusOf(s.State), At: s.CreatedAt.Time})
		}
	}
	b.addDeployment(d, l.repo.Name, item)
	return nil
}
