package collect

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/github"
	"github.com/rutter-dev/rutter/internal/store"
)

// reader reads one list into the store.
type reader struct {
	*run
	repo   store.Repository
	github github.Repository
	list   list
	claim  store.Claim

	cursor  cursor
	version int64
	row     Row
}

// cursor is what the store keeps behind the last page of a list.
type cursor struct {
	Files   bool            `json:"files,omitempty"` // changes were read with their files
	Covered *dora.Coverage  `json:"covered,omitempty"`
	State   json.RawMessage `json:"state,omitempty"` // of package github
}

// open reads where the last run ended.
func (r *reader) open(ctx context.Context) error {
	r.row = Row{Repo: r.repo.Name, Resource: r.list.resource}
	data, version, err := r.Store.Cursor(ctx, r.repo.ID, r.list.resource)
	if err != nil {
		return err
	}
	r.version = version
	if data == nil {
		return nil
	}
	if err := json.Unmarshal(data, &r.cursor); err != nil {
		return fmt.Errorf("read the cursor of %s of %s: %w: %w", Title(r.list.resource), r.repo.Name, store.ErrDamaged, err)
	}
	if r.cursor.Covered != nil {
		r.row.Coverage = *r.cursor.Covered
	}
	return nil
}

// read reads pages until the list has no more, or cannot be read.
func (r *reader) read(ctx context.Context) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	count, err := r.Store.Count(ctx, r.repo.ID, r.list.resource)
	if err != nil {
		return err
	}
	want := github.Want{
		Resource: r.resource(), Workflow: r.list.workflow, Labels: r.list.labels,
		Files: r.list.files || r.cursor.Files, // what a record once had must not go with its next version
		Count: count,
		Full:  r.Full || r.list.files && !r.cursor.Files && r.cursor.State != nil,
	}
	r.cursor.Files = want.Files
	for {
		page, err := r.GitHub.Read(ctx, r.github, want, r.cursor.State)
		if err != nil {
			return r.fail(ctx, err)
		}
		written, err := r.put(ctx, page)
		if err != nil {
			return err
		}
		r.Progress(Step{r.repo.Name, r.list.resource, page.Items, page.Total, page.Done})
		if page.Done {
			r.run.row(r.row)
			return nil
		}
		want.Count, want.Full = written.Count, false
	}
}

// resource is what package github calls the list.
func (r *reader) resource() string {
	if r.list.workflow != "" {
		return dora.ResourceWorkflowRuns
	}
	return r.list.resource
}

// source is who tells of the list.
func (r *reader) source() string {
	switch r.list.resource {
	case dora.ResourceCommits, dora.ResourceTags, dora.ResourceMerges:
		return "git"
	}
	return "github"
}

// put keeps a page and the cursor behind it.
func (r *reader) put(ctx context.Context, page github.Page) (store.Written, error) {
	for i := range page.Events.Deployments {
		page.Events.Deployments[i].Workflow = r.list.workflow
	}
	next := r.cursor
	next.State = page.State
	var collected *dora.Collected
	if !page.To.IsZero() {
		covered := dora.Coverage{Status: page.Status, From: page.From, To: page.To, Reasons: page.Reasons}
		next.Covered = &covered
		collected = r.collected(covered)
	}
	data, err := json.Marshal(next)
	if err != nil {
		return store.Written{}, err
	}
	written, err := r.Store.Put(ctx, store.Page{
		Repository: r.repo.ID, Resource: r.list.resource, Events: page.Events, Cursor: data, After: r.version,
		Collected: collected, Pass: page.Pass, EndsPass: page.EndsPass, At: page.At, Claim: r.claim,
	})
	if err != nil {
		return written, err
	}
	r.cursor, r.version = next, written.Version
	r.row.Added += written.Added
	r.row.Changed += written.Changed
	r.row.Missing, r.row.Count = written.Missing, written.Count
	r.row.Items, r.row.Total = page.Items, page.Total
	if next.Covered != nil {
		r.row.Coverage = *next.Covered
	}
	return written, nil
}

func (r *reader) collected(c dora.Coverage) *dora.Collected {
	return &dora.Collected{
		Source: r.source(), Resource: r.list.resource, Status: string(c.Status), From: c.From, To: c.To, Reasons: c.Reasons,
	}
}

// fail notes why a list could not be read to its end, and returns the error
// where it ends the run. What was proved before stays proved up to its time,
// unless the source says that there is nothing to read any more: then it is
// stale. Without any proof nothing is known.
func (r *reader) fail(ctx context.Context, cause error) error {
	r.row.Err = cause
	why := reason(cause)
	c := dora.Coverage{Status: dora.Uncovered, From: r.start, To: r.start}
	if r.cursor.Covered != nil {
		c = *r.cursor.Covered
	}
	switch {
	case c.Status == dora.Complete && why != dora.NoAccess && why != dora.AccessDenied:
		// as of its time nothing is missing
	case c.Status == dora.Complete || c.Status == dora.Stale:
		c.Status, c.Reasons = dora.Stale, []string{why}
	default:
		c.Reasons = []string{why}
	}
	r.row.Coverage = c
	r.run.row(r.row)
	if err := r.note(ctx, c); err != nil {
		return err
	}
	if Stops(cause) {
		return cause
	}
	return nil
}

// note keeps a coverage. The run may be ending, so it has a second of its own.
func (r *reader) note(ctx context.Context, c dora.Coverage) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	next := r.cursor
	next.Covered = &c
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	_, err = r.Store.Put(ctx, store.Page{
		Repository: r.repo.ID, Resource: r.list.resource, Cursor: data, After: r.version, Collected: r.collected(c), At: r.start, Claim: r.claim,
	})
	return err
}
