package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/store"
)

// chunk is how many commits or tags go into the store at once. They have no
// cursor: what is cut off is read from the clone again.
const chunk = 2000

// history brings commits and tags of a repository, and its merges where they
// may stand in for deployments.
func (r *run) history(ctx context.Context, t *target, claim store.Claim) error {
	asOf := r.start
	h, err := r.fetch(ctx, t)
	lists := []struct {
		resource string
		events   dora.Events
	}{
		{dora.ResourceCommits, dora.Events{Commits: h.Commits}},
		{dora.ResourceTags, dora.Events{Deployments: h.Tags}},
		{dora.ResourceMerges, dora.Events{Deployments: h.Merges}},
	}
	if !slices.ContainsFunc(t.services, func(s dora.Service) bool { return s.Source == dora.Merge || s.Source == "" }) {
		lists = lists[:2]
	}
	for _, l := range lists {
		reader := &reader{run: r, repo: t.repo, list: list{resource: l.resource}, claim: claim}
		if err := reader.open(ctx); err != nil {
			return err
		}
		if err != nil {
			if err := reader.fail(ctx, err); err != nil {
				return err
			}
			continue
		}
		covered := dora.Coverage{Status: dora.Complete, From: first(h.From, asOf), To: asOf}
		if h.Shallow {
			covered.Status, covered.Reasons = dora.Partial, []string{dora.ShallowClone}
		}
		if err := reader.keep(ctx, l.events, covered, h.Head); err != nil {
			return err
		}
	}
	return nil
}

// first is the earlier one of two instants, of which a may be unknown.
func first(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// fetch reads the history as it is now. A repository without a commit has one:
// an empty one.
func (r *run) fetch(ctx context.Context, t *target) (gitrepo.History, error) {
	if t.github.Empty {
		return gitrepo.History{}, nil
	}
	remote := gitrepo.Remote{URL: t.url, Branch: t.github.Branch}
	if t.place == handbook.OnGitHub {
		remote.Header, remote.CAFile = r.GitHub.GitHeader, r.CAFile
	}
	h, err := r.History(ctx, filepath.Join(r.Clones, cloneName(t.url)), remote)
	if errors.Is(err, gitrepo.ErrEmpty) {
		return gitrepo.History{}, nil
	}
	return h, err
}

// gitHistory brings the clone in a folder up to date and reads it.
func gitHistory(ctx context.Context, dir string, remote gitrepo.Remote) (gitrepo.History, error) {
	if err := gitrepo.Fetch(ctx, dir, remote); err != nil {
		return gitrepo.History{}, err
	}
	repo, err := gitrepo.Open(ctx, dir)
	if err != nil {
		return gitrepo.History{}, err
	}
	return repo.History(ctx, remote.Branch)
}

// cloneName is a folder's name for a URL: readable, and its own.
func cloneName(url string) string {
	sum := sha256.Sum256([]byte(url))
	base := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			return c
		}
		return -1
	}, strings.TrimSuffix(path.Base(url), ".git"))
	return base + "-" + hex.EncodeToString(sum[:6]) + ".git"
}

// keep puts the records of a history into the store, unless they are those that
// it was given last time. The coverage comes with the last ones.
func (r *reader) keep(ctx context.Context, e dora.Events, covered dora.Coverage, head string) error {
	sum, err := json.Marshal(fingerprint(e, head))
	if err != nil {
		return err
	}
	if string(sum) == string(r.cursor.State) && !r.Full {
		e = dora.Events{}
	}
	for len(e.Commits) > chunk || len(e.Deployments) > chunk {
		part := dora.Events{Commits: e.Commits[:min(chunk, len(e.Commits))], Deployments: e.Deployments[:min(chunk, len(e.Deployments))]}
		e.Commits, e.Deployments = e.Commits[len(part.Commits):], e.Deployments[len(part.Deployments):]
		written, err := r.Store.Put(ctx, store.Page{Repository: r.repo.ID, Resource: r.list.resource, Events: part, At: covered.To, Claim: r.claim})
		if err != nil {
			return err
		}
		r.row.Added, r.row.Changed = r.row.Added+written.Added, r.row.Changed+written.Changed
	}
	r.cursor.Covered, r.cursor.State = &covered, sum
	data, err := json.Marshal(r.cursor)
	if err != nil {
		return err
	}
	collected := r.collected(covered)
	collected.Head = head
	written, err := r.Store.Put(ctx, store.Page{
		Repository: r.repo.ID, Resource: r.list.resource, Events: e, Cursor: data, After: r.version, Collected: collected, At: covered.To, Claim: r.claim,
	})
	if err != nil {
		return err
	}
	r.row.Added, r.row.Changed, r.row.Count = r.row.Added+written.Added, r.row.Changed+written.Changed, written.Count
	r.row.Coverage = covered
	r.Progress(Step{r.repo.Name, r.list.resource, r.row.Count, r.row.Count, true})
	r.run.row(r.row)
	return nil
}

// fingerprint stands for the records of a history. Of commits the head says it
// all.
func fingerprint(e dora.Events, head string) string {
	h := sha256.New()
	fmt.Fprintln(h, head, len(e.Commits))
	for _, d := range e.Deployments {
		h.Write(events.Line(d))
	}
	return hex.EncodeToString(h.Sum(nil))
}
