package events

import (
	"fmt"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
)

// kinds are the types of records, in the order in which they are written.
var kinds = [...]string{"coverage", "commit", "deployment", "change", "incident"}

// statuses are those of a deployment.
var statuses = [...]string{
	string(dora.Success), string(dora.Failure), string(dora.Errored),
	string(dora.Inactive), string(dora.Pending), string(dora.Unknown),
}

// sources are those that a deployment may name.
var sources = [...]string{
	string(dora.GitHubDeployments), string(dora.Workflow), string(dora.Releases),
	string(dora.Tags), string(dora.Merge), string(dora.File),
}

// take turns an object into an event. An event with a mistake is dropped.
func (p *parser) take(o *object) *problem {
	o.require("type")
	kind := o.text("type")
	if o.problem != nil {
		return o.problem
	}
	e := &p.events
	switch kind {
	case "coverage":
		if c := coverage(o); o.problem == nil {
			e.Collected = append(e.Collected, c)
		}
	case "commit":
		if c := commit(o); o.problem == nil {
			e.Commits = append(e.Commits, c)
		}
	case "deployment":
		if d := deployment(o); o.problem == nil {
			e.Deployments = append(e.Deployments, d)
		}
	case "change":
		if c := change(o); o.problem == nil {
			e.Changes = append(e.Changes, c)
		}
	case "incident":
		if i := incident(o); o.problem == nil {
			e.Incidents = append(e.Incidents, i)
		}
	default:
		hint := fmt.Sprintf("it is one of %s, %s, %s, %s, %s", kinds[0], kinds[1], kinds[2], kinds[3], kinds[4])
		if near := diag.Nearest(kind, kinds[:]); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return &problem{o.fields["type"].at, fmt.Sprintf("%q is no type of record", clip(kind)), hint}
	}
	return o.problem
}

func coverage(o *object) dora.Collected {
	o.require("repo", "from", "to")
	c := dora.Collected{
		Source: o.text("source"), Repo: o.text("repo"), Resource: o.text("resource"),
		Status: o.word("status", string(dora.Complete), string(dora.Partial), string(dora.Stale), string(dora.Uncovered)),
		From:   o.recent("from"), To: o.recent("to"),
		Reasons: o.texts("reasons"), Head: o.text("head"), Private: o.flag("private"),
	}
	if o.problem == nil && c.To.Before(c.From) {
		o.fail(wrong(o.fields["to"].at, `"to" is before "from"`))
	}
	return c
}

func commit(o *object) dora.Commit {
	o.require("repo", "sha", "parents", "author_date", "committer_date")
	return dora.Commit{
		Repo: o.text("repo"), SHA: o.text("sha"), Parents: o.texts("parents"),
		AuthorDate: o.time("author_date"), CommitterDate: o.recent("committer_date"),
		Reverts: o.texts("reverts"), Picked: o.texts("picked"), Pull: o.text("pull"),
	}
}

func deployment(o *object) dora.Deployment {
	o.require("id")
	d := dora.Deployment{
		ID: o.text("id"), Service: o.text("service"), Repo: o.text("repo"), Repos: o.texts("repos"),
		Environment: o.text("environment"), Ref: o.text("ref"), SHA: o.text("sha"),
		CreatedAt: o.recent("created_at"), FinishedAt: o.recent("finished_at"),
		Status:  dora.Status(o.word("status", statuses[:]...)),
		Attempt: o.number("attempt"), Source: dora.Source(o.word("source", sources[:]...)),
		URL: o.text("url"), Approximate: o.flag("approximate"), UpdatedAt: o.recent("updated_at"), Workflow: o.text("workflow"),
	}
	o.objects("statuses", func(s *object) {
		s.require("status", "at")
		d.Statuses = append(d.Statuses, dora.StatusAt{Status: dora.Status(s.word("status", statuses[:]...)), At: s.recent("at")})
	})
	switch {
	case d.Service == "" && d.Repo == "" && len(d.Repos) == 0:
		o.fail(wrong(o.at, `the deployment has no "service" and no "repo"`))
	case d.Status == "" && len(d.Statuses) == 0:
		o.fail(&problem{o.at, `the deployment has no "status"`, `say how it ended: "status":"success"`})
	case d.CreatedAt.IsZero() && d.FinishedAt.IsZero() && len(d.Statuses) == 0:
		o.fail(&problem{o.at, `the deployment has no time`, `give "finished_at", when it was live`})
	}
	return d
}

func change(o *object) dora.Change {
	o.require("repo", "id", "created_at")
	c := dora.Change{
		Repo: o.text("repo"), ID: o.text("id"), Title: o.text("title"), Author: o.text("author"), Bot: o.flag("bot"),
		CreatedAt: o.recent("created_at"), ReadyAt: o.recent("ready_at"), FirstReviewAt: o.recent("first_review_at"), MergedAt: o.recent("merged_at"),
		LandingSHA: o.text("landing_sha"), Files: o.texts("files"), Labels: o.texts("labels"),
		HeadRef: o.text("head_ref"), BaseRef: o.text("base_ref"), URL: o.text("url"), State: o.text("state"),
		Reverts: o.texts("reverts"), Closes: o.texts("closes"), Truncated: o.texts("truncated"), UpdatedAt: o.recent("updated_at"),
	}
	o.objects("commits", func(k *object) {
		k.require("sha", "author_date", "committer_date")
		c.Commits = append(c.Commits, dora.ChangeCommit{
			SHA: k.text("sha"), AuthorDate: k.time("author_date"), CommitterDate: k.time("committer_date"), Merge: k.flag("merge"),
		})
	})
	o.objects("reviews", func(r *object) {
		r.require("at")
		c.Reviews = append(c.Reviews, dora.Review{At: r.recent("at"), Bot: r.flag("bot")})
	})
	return c
}

func incident(o *object) dora.Incident {
	o.require("id", "opened_at")
	return dora.Incident{
		ID: o.text("id"), Repo: o.text("repo"), Services: o.texts("services"), Title: o.text("title"),
		OpenedAt: o.recent("opened_at"), ResolvedAt: o.recent("resolved_at"), RestoredAt: o.recent("restored_at"),
		Labels: o.texts("labels"), CausedBy: o.text("caused_by"), DuplicateOf: o.text("duplicate_of"), URL: o.text("url"),
		State: o.word("state", "open", "closed", "duplicate", "not_planned"), UpdatedAt: o.recent("updated_at"),
	}
}
