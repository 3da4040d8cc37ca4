package githubtest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The types of GitHub's schema, as far as a collector may need them.

// small is an id of the database, where it fits into GraphQL's Int.
func small(id int64) any {
	if id > math.MaxInt32 {
		return nil
	}
	return id
}

func (e *execution) root() *thing {
	return &thing{kind: "Query", get: func(name string, a arguments) any {
		switch name {
		case "repository":
			full := a.text("owner") + "/" + a.text("name")
			r, renamed := e.w.find(full)
			if follow, set := a["followRenames"].(bool); r == nil || renamed && set && !follow {
				return failed{"NOT_FOUND", fmt.Sprintf("Could not resolve to a Repository with the name '%s'.", full)}
			}
			return e.repository(r)
		case "node":
			return e.node(a.text("id"))
		case "nodes":
			list := []any{}
			for _, id := range a.list("ids") {
				list = append(list, e.node(id))
			}
			if len(list) > 100 {
				return failed{"ARGUMENT_LIMIT", "You may not provide more than 100 node ids."}
			}
			return list
		case "rateLimit":
			return &thing{kind: "RateLimit", get: func(name string, _ arguments) any {
				if v, ok := e.limit[name]; ok {
					return v
				}
				return unknown{}
			}}
		case "viewer":
			return e.actor(e.w.users[0])
		}
		return unknown{}
	}}
}

// node is anything by its id.
func (e *execution) node(id string) any {
	switch v := e.w.nodes[id].(type) {
	case *repository:
		return e.repository(v)
	case *pull:
		return e.pull(v)
	case *issue:
		return e.issue(v)
	case *deployment:
		return e.deployment(v)
	case *status:
		return e.status(v)
	case *release:
		return e.release(v)
	case *review:
		return e.review(v)
	case *commit:
		return e.commit(v)
	case *user:
		return e.actor(v)
	}
	return failed{"NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%s'.", id)}
}

// actor is a person or a bot; null for one that is gone.
func (e *execution) actor(u *user) any {
	if u == nil || u == e.w.ghost {
		return nil
	}
	return &thing{kind: u.kind, get: func(name string, _ arguments) any {
		login := strings.TrimSuffix(u.login, "[bot]") // GraphQL leaves that out
		switch name {
		case "login":
			return login
		case "id":
			return u.node
		case "databaseId":
			return small(u.id)
		case "url":
			return web + login
		case "resourcePath":
			return "/" + login
		case "avatarUrl":
			return fmt.Sprintf("https://avatars.github.example/u/%d", u.id)
		case "createdAt", "updatedAt":
			return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return unknown{}
	}}
}

func (e *execution) repository(r *repository) *thing {
	return &thing{kind: "Repository", get: func(name string, a arguments) any {
		switch name {
		case "id":
			return r.node
		case "databaseId":
			return small(r.id)
		case "name":
			return r.name
		case "nameWithOwner":
			return r.fullName()
		case "owner":
			return &thing{kind: "Organization", get: func(name string, _ arguments) any {
				switch name {
				case "login":
					return owner
				case "id":
					return "O_kgDNIyk"
				case "url":
					return web + owner
				}
				return unknown{}
			}}
		case "isPrivate":
			return r.private
		case "isArchived":
			return r.archived
		case "isEmpty":
			return len(r.objects) == 0
		case "isDisabled", "isFork", "isLocked", "isMirror", "isTemplate":
			return false
		case "hasIssuesEnabled":
			return true
		case "visibility":
			if r.private {
				return "PRIVATE"
			}
			return "PUBLIC"
		case "createdAt":
			return r.created
		case "updatedAt", "pushedAt":
			return r.pushed
		case "url":
			return web + r.fullName()
		case "defaultBranchRef":
			return e.ref(r, "refs/heads/"+r.branch)
		case "ref":
			return e.ref(r, a.text("qualifiedName"))
		case "refs":
			return e.refs(r, a)
		case "object":
			sha := a.text("oid")
			if sha == "" {
				sha = a.text("expression")
			}
			if r.branches[sha] != "" {
				sha = r.branches[sha]
			}
			if c := r.objects[sha]; c != nil {
				return e.commit(c)
			}
			return nil
		case "pullRequests":
			return e.pulls(r, a)
		case "pullRequest":
			n, _ := a.number("number")
			if p := r.pull(n); p != nil {
				return e.pull(p)
			}
			return failed{"NOT_FOUND", fmt.Sprintf("Could not resolve to a PullRequest with the number of %d.", n)}
		case "issues":
			return e.issues(r, a)
		case "issue":
			n, _ := a.number("number")
			if i := r.issue(n); i != nil {
				return e.issue(i)
			}
			return failed{"NOT_FOUND", fmt.Sprintf("Could not resolve to an Issue with the number of %d.", n)}
		case "deployments":
			return e.deployments(r, a)
		case "releases":
			var edges []edge
			for _, l := range r.releases {
				edges = append(edges, edge{l.created.Unix(), l.id, func() any { return e.release(l) }})
			}
			return e.connection("ReleaseConnection", edges, len(edges), a.inside("orderBy").text("direction") != "ASC", a)
		case "release":
			for _, l := range r.releases {
				if l.tag == a.text("tagName") {
					return e.release(l)
				}
			}
			return nil
		}
		return unknown{}
	}}
}

// moment is the time that an order goes by.
func moment(field string, created, updated time.Time) int64 {
	if field == "UPDATED_AT" {
		return updated.Unix()
	}
	return created.Unix()
}

// any of the labels, where some are asked for.
func labelled(have, want []string) bool {
	return want == nil || slices.ContainsFunc(want, func(l string) bool { return contains(have, l) })
}

func (e *execution) pulls(r *repository, a arguments) *thing {
	order := a.inside("orderBy")
	states, labels := a.list("states"), a.list("labels")
	var edges []edge
	for _, p := range r.pulls {
		if states != nil && !slices.Contains(states, p.state()) || !labelled(p.labels, labels) {
			continue
		}
		if want := a.text("baseRefName"); want != "" && want != p.base {
			continue
		}
		if want := a.text("headRefName"); want != "" && want != p.head {
			continue
		}
		edges = append(edges, edge{moment(order.text("field"), p.created, p.updated), p.id, func() any { return e.pull(p) }})
	}
	return e.connection("PullRequestConnection", edges, len(edges), order.text("direction") == "DESC", a)
}

func (p *pull) state() string {
	switch {
	case !p.merged.IsZero():
		return "MERGED"
	case !p.closed.IsZero():
		return "CLOSED"
	}
	return "OPEN"
}

func (e *execution) pull(p *pull) *thing {
	last := p.baseSHA
	if n := len(p.commits); n > 0 {
		last = p.commits[n-1].sha
	}
	return &thing{kind: "PullRequest", item: p.item(), get: func(name string, a arguments) any {
		switch name {
		case "id":
			return p.node
		case "databaseId":
			return small(p.id)
		case "fullDatabaseId":
			return strconv.FormatInt(p.id, 10)
		case "number":
			return p.number
		case "title":
			return p.title
		case "body", "bodyText":
			return p.body
		case "url", "permalink":
			return p.url()
		case "state":
			return p.state()
		case "isDraft":
			return p.draft
		case "merged":
			return !p.merged.IsZero()
		case "closed":
			return !p.closed.IsZero()
		case "locked", "isCrossRepository":
			return false
		case "createdAt":
			return p.created
		case "updatedAt":
			return p.updated
		case "mergedAt":
			return p.merged
		case "closedAt":
			return p.closed
		case "headRefName":
			return p.head
		case "baseRefName":
			return p.base
		case "headRefOid":
			return last
		case "baseRefOid":
			return p.baseSHA
		case "author":
			return e.actor(p.author)
		case "repository":
			return e.repository(p.repo)
		case "mergeCommit":
			if p.landing == "" {
				return nil
			}
			return e.commit(p.repo.objects[p.landing])
		case "additions", "changedFiles":
			return p.files
		case "deletions":
			return 0
		case "labels":
			return e.labels(p.labels, a)
		case "closingIssuesReferences":
			var edges []edge
			for _, n := range p.closes {
				if i := p.repo.issue(n); i != nil {
					edges = append(edges, edge{0, i.id, func() any { return e.issue(i) }})
				}
			}
			return e.connection("IssueConnection", edges, len(edges), false, a)
		case "commits":
			var edges []edge
			for i, c := range p.commits[:min(len(p.commits), maxCommits)] {
				edges = append(edges, edge{0, int64(i), func() any { return e.pullCommit(p, i, c) }})
			}
			return e.connection("PullRequestCommitConnection", edges, len(p.commits), false, a)
		case "reviews":
			var edges []edge
			states := a.list("states")
			for _, v := range p.reviews {
				if states == nil || slices.Contains(states, v.state) {
					edges = append(edges, edge{v.at.Unix(), v.id, func() any { return e.review(v) }})
				}
			}
			return e.connection("PullRequestReviewConnection", edges, len(edges), false, a)
		case "timelineItems":
			return e.timeline("PullRequestTimelineItemsConnection", p.events, a)
		case "files":
			var edges []edge
			for i := range min(p.files, maxFiles) {
				edges = append(edges, edge{0, int64(i), func() any { return changed(p.file(i)) }})
			}
			return e.connection("PullRequestChangedFileConnection", edges, p.files, false, a)
		}
		return unknown{}
	}}
}

func changed(file string) *thing {
	return &thing{kind: "PullRequestChangedFile", get: func(name string, _ arguments) any {
		switch name {
		case "path":
			return file
		case "additions":
			return 1
		case "deletions":
			return 0
		case "changeType":
			return "MODIFIED"
		}
		return unknown{}
	}}
}

func (e *execution) pullCommit(p *pull, i int, c *commit) *thing {
	return &thing{kind: "PullRequestCommit", get: func(name string, _ arguments) any {
		switch name {
		case "id":
			return fmt.Sprintf("PURC_%d_%d", p.id, i)
		case "commit":
			return e.commit(c)
		case "url":
			return p.url() + "/commits/" + c.sha
		}
		return unknown{}
	}}
}

func (e *execution) commit(c *commit) *thing {
	return &thing{kind: "Commit", get: func(name string, a arguments) any {
		switch name {
		case "id":
			return c.node
		case "oid":
			return c.sha
		case "abbreviatedOid":
			return c.sha[:7]
		case "authoredDate":
			return c.authored
		case "committedDate":
			return c.committed
		case "message":
			return c.message
		case "messageHeadline":
			head, _, _ := strings.Cut(c.message, "\n")
			return head
		case "author", "committer":
			u, at := c.author, c.authored
			if name == "committer" {
				u, at = c.committer, c.committed
			}
			return e.gitActor(u, at)
		case "parents":
			var edges []edge
			for i, sha := range c.parents {
				edges = append(edges, edge{0, int64(i), func() any { return e.bareCommit(sha) }})
			}
			return e.connection("CommitConnection", edges, len(edges), false, a)
		}
		return unknown{}
	}}
}

// bareCommit is one of which the name will do.
func (e *execution) bareCommit(sha string) *thing {
	return &thing{kind: "Commit", get: func(name string, _ arguments) any {
		if name == "oid" {
			return sha
		}
		return unknown{}
	}}
}

func (e *execution) gitActor(u *user, at time.Time) *thing {
	return &thing{kind: "GitActor", get: func(name string, _ arguments) any {
		switch name {
		case "name":
			return u.login
		case "email":
			return u.email()
		case "date":
			return at
		case "user":
			if u.kind != "User" {
				return nil
			}
			return e.actor(u)
		}
		return unknown{}
	}}
}

func (e *execution) review(v *review) *thing {
	return &thing{kind: "PullRequestReview", get: func(name string, _ arguments) any {
		switch name {
		case "id":
			return v.node
		case "databaseId":
			return small(v.id)
		case "fullDatabaseId":
			return strconv.FormatInt(v.id, 10)
		case "author":
			return e.actor(v.author)
		case "state":
			return v.state
		case "submittedAt", "createdAt", "updatedAt", "publishedAt":
			return v.at
		case "body":
			return ""
		}
		return unknown{}
	}}
}

func (e *execution) labels(names []string, a arguments) *thing {
	var edges []edge
	for i, l := range names {
		edges = append(edges, edge{0, int64(i), func() any { return label(l) }})
	}
	return e.connection("LabelConnection", edges, len(edges), false, a)
}

func label(text string) *thing {
	return &thing{kind: "Label", get: func(name string, _ arguments) any {
		switch name {
		case "name":
			return text
		case "id":
			return "LA_" + text
		case "color":
			return "ededed"
		case "isDefault":
			return false
		case "description":
			return ""
		}
		return unknown{}
	}}
}

// eventTypes are the types of the entries of timelines.
var eventTypes = map[string]string{
	"ready_for_review": "ReadyForReviewEvent", "labeled": "LabeledEvent", "unlabeled": "UnlabeledEvent", "closed": "ClosedEvent",
	"reopened": "ReopenedEvent", "merged": "MergedEvent", "head_ref_force_pushed": "HeadRefForcePushedEvent",
}

func (e *execution) timeline(kind string, events []*event, a arguments) *thing {
	want := a.list("itemTypes")
	var edges []edge
	for _, v := range events {
		if want == nil || slices.Contains(want, strings.ToUpper(v.kind)+"_EVENT") || slices.Contains(want, strings.ToUpper(v.kind)) {
			edges = append(edges, edge{v.at.Unix(), v.id, func() any { return e.event(v) }})
		}
	}
	return e.connection(kind, edges, len(events), false, a)
}

func (e *execution) event(v *event) *thing {
	return &thing{kind: eventTypes[v.kind], get: func(name string, _ arguments) any {
		switch name {
		case "id":
			return v.node
		case "createdAt":
			return v.at
		case "actor":
			return e.actor(v.actor)
		case "label":
			if v.label != "" {
				return label(v.label)
			}
		}
		return unknown{}
	}}
}

func (e *execution) issues(r *repository, a arguments) *thing {
	order, filter := a.inside("orderBy"), a.inside("filterBy")
	states, labels := a.list("states"), a.list("labels")
	if states == nil {
		states = filter.list("states")
	}
	var since time.Time
	if text := filter.text("since"); text != "" {
		var err error
		if since, err = time.Parse(time.RFC3339, text); err != nil {
			e.refusal = object{"type": "INVALID_ARGUMENT", "message": "`since` is no DateTime."}
		}
	}
	var edges []edge
	for _, i := range r.issues {
		if states != nil && !slices.Contains(states, i.state()) || i.updated.Before(since) ||
			!labelled(i.labels, labels) || !labelled(i.labels, filter.list("labels")) {
			continue
		}
		edges = append(edges, edge{moment(order.text("field"), i.created, i.updated), i.id, func() any { return e.issue(i) }})
	}
	return e.connection("IssueConnection", edges, len(edges), order.text("direction") == "DESC", a)
}

func (i *issue) state() string {
	if i.open {
		return "OPEN"
	}
	return "CLOSED"
}

func (e *execution) issue(i *issue) *thing {
	return &thing{kind: "Issue", item: i.item(), get: func(name string, a arguments) any {
		switch name {
		case "id":
			return i.node
		case "databaseId":
			return small(i.id)
		case "fullDatabaseId":
			return strconv.FormatInt(i.id, 10)
		case "number":
			return i.number
		case "title":
			return i.title
		case "body", "bodyText":
			return i.body
		case "url":
			return i.url()
		case "state":
			return i.state()
		case "stateReason":
			switch duplicates, _ := a["enableDuplicate"].(bool); {
			case i.reason == "":
				return nil
			case i.reason == "duplicate" && !duplicates:
				return "NOT_PLANNED"
			}
			return strings.ToUpper(i.reason)
		case "closed":
			return !i.open
		case "createdAt":
			return i.created
		case "updatedAt":
			return i.updated
		case "closedAt":
			return i.closed
		case "author":
			return e.actor(i.author)
		case "repository":
			return e.repository(i.repo)
		case "labels":
			return e.labels(i.labels, a)
		case "timelineItems":
			return e.timeline("IssueTimelineItemsConnection", i.events, a)
		}
		return unknown{}
	}}
}

func (e *execution) deployments(r *repository, a arguments) *thing {
	environments := a.list("environments")
	var edges []edge
	for _, d := range r.deployments {
		if environments == nil || slices.Contains(environments, d.environment) {
			edges = append(edges, edge{d.created.Unix(), d.id, func() any { return e.deployment(d) }})
		}
	}
	return e.connection("DeploymentConnection", edges, len(edges), a.inside("orderBy").text("direction") == "DESC", a)
}

func (e *execution) deployment(d *deployment) *thing {
	return &thing{kind: "Deployment", item: d.item(), get: func(name string, a arguments) any {
		switch name {
		case "id":
			return d.node
		case "databaseId":
			return small(d.id)
		case "environment", "originalEnvironment", "latestEnvironment":
			return d.environment
		case "commitOid":
			return d.sha
		case "commit":
			if c := d.repo.objects[d.sha]; c != nil {
				return e.commit(c)
			}
			return nil
		case "createdAt":
			return d.created
		case "updatedAt":
			return d.updated
		case "creator":
			return e.actor(d.creator)
		case "description":
			return nil
		case "payload":
			return "{}"
		case "task":
			return "deploy"
		case "repository":
			return e.repository(d.repo)
		case "state":
			return d.state()
		case "latestStatus":
			if n := len(d.statuses); n > 0 {
				return e.status(d.statuses[n-1])
			}
			return nil
		case "ref":
			if r := e.ref(d.repo, "refs/heads/"+d.ref); r != nil {
				return r
			}
			return e.ref(d.repo, "refs/tags/"+d.ref)
		case "statuses":
			var edges []edge
			for _, s := range d.statuses {
				edges = append(edges, edge{s.at.Unix(), s.id, func() any { return e.status(s) }})
			}
			return e.connection("DeploymentStatusConnection", edges, len(edges), true, a)
		}
		return unknown{}
	}}
}

// state is what GraphQL calls the last status.
func (d *deployment) state() string {
	switch last := d.last(); last {
	case "success":
		return "ACTIVE"
	case "":
		return "PENDING"
	default:
		return strings.ToUpper(last)
	}
}

func (e *execution) status(s *status) *thing {
	return &thing{kind: "DeploymentStatus", get: func(name string, _ arguments) any {
		switch name {
		case "id":
			return s.node
		case "state":
			return strings.ToUpper(s.state)
		case "createdAt", "updatedAt":
			return s.at
		case "description":
			return ""
		case "environmentUrl", "logUrl":
			return nil
		}
		return unknown{}
	}}
}

func (e *execution) release(l *release) *thing {
	return &thing{kind: "Release", item: l.item(), get: func(name string, _ arguments) any {
		switch name {
		case "id":
			return l.node
		case "databaseId":
			return small(l.id)
		case "tagName":
			return l.tag
		case "name":
			return l.name
		case "description":
			return ""
		case "isDraft":
			return l.draft
		case "isPrerelease":
			return l.prerelease
		case "createdAt":
			return l.created
		case "publishedAt":
			return l.published
		case "updatedAt":
			return l.updated
		case "url":
			return l.url()
		case "author":
			return e.actor(l.author)
		case "tag":
			return e.ref(l.repo, "refs/tags/"+l.tag)
		case "tagCommit":
			for _, t := range l.repo.tags {
				if t.name == l.tag {
					return e.commit(l.repo.objects[t.sha])
				}
			}
			return nil
		}
		return unknown{}
	}}
}

// ref is a branch or a tag by its whole name; nil for none.
func (e *execution) ref(r *repository, whole string) *thing {
	var target *thing
	name, isBranch := strings.CutPrefix(whole, "refs/heads/")
	prefix := "refs/heads/"
	if isBranch {
		if sha := r.branches[name]; sha != "" {
			target = e.commit(r.objects[sha])
		}
	} else {
		prefix = "refs/tags/"
		name = strings.TrimPrefix(whole, prefix)
		if i := slices.IndexFunc(r.tags, func(t *tag) bool { return t.name == name }); i >= 0 {
			target = e.tagged(r, r.tags[i])
		}
	}
	if target == nil {
		return nil
	}
	return &thing{kind: "Ref", get: func(field string, _ arguments) any {
		switch field {
		case "id":
			return fmt.Sprintf("REF_%d_%s", r.id, prefix+name)
		case "name":
			return name
		case "prefix":
			return prefix
		case "target":
			return target
		case "repository":
			return e.repository(r)
		}
		return unknown{}
	}}
}

// tagged is what a tag points to: a commit, or a tag object.
func (e *execution) tagged(r *repository, t *tag) *thing {
	c := r.objects[t.sha]
	if t.object == "" {
		return e.commit(c)
	}
	return &thing{kind: "Tag", get: func(name string, _ arguments) any {
		switch name {
		case "id":
			return t.node
		case "oid":
			return t.object
		case "name":
			return t.name
		case "message":
			return "Release " + t.name + "\n"
		case "target":
			return e.commit(c)
		case "tagger":
			return e.gitActor(e.w.users[0], t.at)
		}
		return unknown{}
	}}
}

// refs lists the branches or tags of a repository, by their names.
func (e *execution) refs(r *repository, a arguments) *thing {
	prefix := a.text("refPrefix")
	var names []string
	switch prefix {
	case "refs/heads/":
		for name := range r.branches {
			names = append(names, name)
		}
	case "refs/tags/":
		for _, t := range r.tags {
			names = append(names, t.name)
		}
	}
	slices.Sort(names)
	var edges []edge
	for i, name := range names {
		edges = append(edges, edge{0, int64(i), func() any { return e.ref(r, prefix+name) }})
	}
	return e.connection("RefConnection", edges, len(edges), a.inside("orderBy").text("direction") == "DESC", a)
}
