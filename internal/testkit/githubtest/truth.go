package githubtest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// Truth is what a perfect collector would hold now, of all repositories and all
// resources, by the rules of the metric specification. Repo is the current
// name, and so are the names in URL. Coverage is not part of it.
func (w *World) Truth() dora.Events {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all dora.Events
	for _, r := range w.repos {
		add(&all, w.truth(r, ""))
	}
	return all
}

// TruthOf is the part of Truth that is one resource of one repository.
func (w *World) TruthOf(repo, resource string) dora.Events {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, _ := w.find(repo)
	if r == nil {
		return dora.Events{}
	}
	return w.truth(r, resource)
}

// HistoryOf is what a clone of a repository made now would tell: its commits,
// tags and merges, and the last commit, "" of an empty one. It follows names
// that were given up, as git does; ok is false where there is no such repository.
func (w *World) HistoryOf(repo string) (e dora.Events, head string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, _ := w.find(repo)
	if r == nil {
		return e, "", false
	}
	for _, resource := range []string{dora.ResourceCommits, dora.ResourceTags, dora.ResourceMerges} {
		add(&e, w.truth(r, resource))
	}
	if tip := r.tip(); len(tip) > 0 {
		head = tip[0]
	}
	return e, head, true
}

// Past is what a collector may hold beyond Truth, as it was last: what was deleted,
// and issues that had the label once. A collector that did not look in between
// holds less, or an older state: only the ids can be compared.
func (w *World) Past() dora.Events {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all dora.Events
	for _, r := range w.repos {
		past := *r
		past.deployments, past.releases = r.lostDeployments, r.lostReleases
		all.Deployments = append(all.Deployments, past.trueDeployments()...)
		all.Deployments = append(all.Deployments, past.trueReleases()...)
		for _, i := range r.lostIssues {
			all.Incidents = append(all.Incidents, i.incident())
		}
		for _, i := range r.issues {
			unlabelled := func(e *event) bool { return e.kind == "unlabeled" && e.label == "incident" }
			if !slices.Contains(i.labels, "incident") && slices.ContainsFunc(i.events, unlabelled) {
				all.Incidents = append(all.Incidents, i.incident())
			}
		}
	}
	return all
}

func add(to *dora.Events, e dora.Events) {
	to.Commits = append(to.Commits, e.Commits...)
	to.Deployments = append(to.Deployments, e.Deployments...)
	to.Changes = append(to.Changes, e.Changes...)
	to.Incidents = append(to.Incidents, e.Incidents...)
}

// truth translates one resource of a repository; "": all of them.
func (w *World) truth(r *repository, resource string) dora.Events {
	var e dora.Events
	is := func(name string) bool { return resource == "" || resource == name }
	reached := r.reached()
	if is(dora.ResourceCommits) {
		e.Commits = r.trueCommits(reached)
	}
	if is(dora.ResourceMerges) {
		e.Deployments = append(e.Deployments, r.trueMerges()...)
	}
	if is(dora.ResourceTags) {
		e.Deployments = append(e.Deployments, r.trueTags(reached)...)
	}
	if is(dora.ResourceDeployments) {
		e.Deployments = append(e.Deployments, r.trueDeployments()...)
	}
	if is(dora.ResourceReleases) {
		e.Deployments = append(e.Deployments, r.trueReleases()...)
	}
	if workflow, ok := strings.CutPrefix(resource, dora.RunsOf("")); ok || is(dora.ResourceWorkflowRuns) {
		e.Deployments = append(e.Deployments, r.trueRuns(workflow)...)
	}
	if is(dora.ResourceChanges) {
		for _, p := range r.pulls {
			e.Changes = append(e.Changes, w.trueChange(p))
		}
	}
	if is(dora.ResourceIncidents) {
		e.Incidents = r.trueIncidents()
	}
	return e
}

// reached are the commits of the default branch.
func (r *repository) reached() map[string]bool {
	seen := map[string]bool{}
	todo := r.tip()
	for len(todo) > 0 {
		sha := todo[len(todo)-1]
		if todo = todo[:len(todo)-1]; !seen[sha] {
			seen[sha] = true
			todo = append(todo, r.objects[sha].parents...)
		}
	}
	return seen
}

func (r *repository) trueCommits(reached map[string]bool) []dora.Commit {
	var list []dora.Commit
	for sha := range reached {
		c := r.objects[sha]
		list = append(list, dora.Commit{
			Repo: r.fullName(), SHA: sha, Parents: slices.Clone(c.parents), AuthorDate: c.authored, CommitterDate: c.committed,
			Reverts: slices.Clone(c.reverts), Picked: slices.Clone(c.picked), Pull: c.pull,
		})
	}
	slices.SortFunc(list, func(a, b dora.Commit) int {
		return cmp.Or(a.CommitterDate.Compare(b.CommitterDate), strings.Compare(a.SHA, b.SHA))
	})
	return list
}

// trueMerges follows the first parents (metrics/G8).
func (r *repository) trueMerges() []dora.Deployment {
	var list []dora.Deployment
	for next := r.tip(); len(next) > 0; next = r.objects[next[0]].parents {
		c := r.objects[next[0]]
		list = append(list, dora.Deployment{
			ID: c.sha, Repo: r.fullName(), Ref: r.branch, SHA: c.sha, CreatedAt: c.committed, FinishedAt: c.committed,
			Status: dora.Success, Source: dora.Merge,
		})
	}
	slices.Reverse(list)
	return list
}

// trueTags follows metrics/G1 and D4.
func (r *repository) trueTags(reached map[string]bool) []dora.Deployment {
	var list []dora.Deployment
	for _, t := range r.tags {
		if !reached[t.sha] {
			continue
		}
		at := t.at
		if t.object == "" {
			at = r.objects[t.sha].committed
		}
		list = append(list, dora.Deployment{
			ID: t.name, Repo: r.fullName(), Ref: t.name, SHA: t.sha, CreatedAt: at, FinishedAt: at,
			Status: dora.Success, Source: dora.Tags, Approximate: t.object == "",
		})
	}
	return list
}

// trueDeployments follows metrics/D2: the first success counts. Without one, the
// last failure does unless it was tried again; what only went inactive is just
// that.
func (r *repository) trueDeployments() []dora.Deployment {
	var list []dora.Deployment
	for _, d := range r.deployments {
		t := dora.Deployment{
			ID: strconv.FormatInt(d.id, 10), Repo: r.fullName(), Environment: d.environment, Ref: d.ref, SHA: d.sha,
			CreatedAt: d.created, UpdatedAt: d.updated, Status: dora.Pending, Source: dora.GitHubDeployments,
		}
		if d.ref == d.sha {
			t.Ref = "" // made of a commit, not of a branch or a tag
		}
		for _, s := range d.statuses {
			t.Statuses = append(t.Statuses, dora.StatusAt{Status: stateNames[s.state], At: s.at})
		}
		is := func(want ...dora.Status) int {
			return slices.IndexFunc(t.Statuses, func(s dora.StatusAt) bool { return slices.Contains(want, s.Status) })
		}
		if i := is(dora.Success); i >= 0 {
			t.Status, t.FinishedAt = dora.Success, t.Statuses[i].At
		} else if ended := slices.DeleteFunc(slices.Clone(t.Statuses), func(s dora.StatusAt) bool { return s.Status == dora.Inactive }); len(ended) > 0 {
			last := ended[len(ended)-1]
			if t.Status = last.Status; t.Status != dora.Pending {
				t.FinishedAt = last.At
			} else if len(ended) < len(t.Statuses) && t.Statuses[len(t.Statuses)-1].Status == dora.Inactive {
				t.Status = dora.Inactive
			}
		} else if len(t.Statuses) > 0 {
			t.Status = dora.Inactive
		}
		list = append(list, t)
	}
	return list
}

var stateNames = map[string]dora.Status{
	"pending": dora.Pending, "queued": dora.Pending, "in_progress": dora.Pending, "waiting": dora.Pending,
	"success": dora.Success, "failure": dora.Failure, "error": dora.Errored, "inactive": dora.Inactive,
}

// trueReleases follows metrics/D4. Which commit a release is of, its tag says.
func (r *repository) trueReleases() []dora.Deployment {
	var list []dora.Deployment
	for _, l := range r.releases {
		if l.draft || l.prerelease {
			continue
		}
		list = append(list, dora.Deployment{
			ID: l.tag, Repo: r.fullName(), Ref: l.tag, CreatedAt: l.published, FinishedAt: l.published, UpdatedAt: l.updated,
			Status: dora.Success, Source: dora.Releases, URL: l.url(),
		})
	}
	return list
}

// Final is when a release came to count: a prerelease that is made a release
// later keeps its time of publication, and GitHub does not say since when it is
// one. The zero time: it does not count, or there is none.
func (w *World) Final(repo, tag string) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r, _ := w.find(repo); r != nil {
		for _, l := range r.releases {
			if l.tag == tag {
				return l.final
			}
		}
	}
	return time.Time{}
}

// trueRuns follows metrics/D3: each attempt by itself.
func (r *repository) trueRuns(workflow string) []dora.Deployment {
	var list []dora.Deployment
	for _, n := range r.runs {
		if workflow != "" && n.file != workflow {
			continue
		}
		for i, a := range n.attempts {
			t := dora.Deployment{
				ID: strconv.FormatInt(n.id, 10), Repo: r.fullName(), Ref: n.branch, SHA: n.sha, CreatedAt: a.started, UpdatedAt: a.updated,
				Status: dora.Pending, Attempt: i + 1, Source: dora.Workflow, Workflow: n.file, URL: n.url(),
			}
			if a.conclusion != "" {
				t.Status, t.FinishedAt = stateNames[a.conclusion], a.updated
			}
			list = append(list, t)
		}
	}
	return list
}

// trueChange follows metrics/L1 to L3 and C10.
func (w *World) trueChange(p *pull) dora.Change {
	c := dora.Change{
		Repo: p.repo.fullName(), ID: strconv.Itoa(p.number), Title: p.title, Author: p.author.login, Bot: p.author.kind == "Bot",
		CreatedAt: p.created, ReadyAt: p.ready, MergedAt: p.merged, LandingSHA: p.landing, Labels: sorted(p.labels),
		HeadRef: p.head, BaseRef: p.base, URL: p.url(), State: "open", Reverts: sorted(p.reverts), UpdatedAt: p.updated,
	}
	switch {
	case !p.merged.IsZero():
		c.State = "merged"
	case !p.closed.IsZero():
		c.State = "closed"
	}
	for i, k := range p.commits {
		if i == maxCommits {
			c.Truncated = append(c.Truncated, "commits")
			break
		}
		c.Commits = append(c.Commits, dora.ChangeCommit{SHA: k.sha, AuthorDate: k.authored, CommitterDate: k.committed, Merge: len(k.parents) > 1})
	}
	if w.files {
		for i := range min(p.files, maxFiles) {
			c.Files = append(c.Files, p.file(i))
		}
		if p.files > maxFiles {
			c.Truncated = append(c.Truncated, "files")
		}
	}
	for _, v := range p.reviews {
		if v.author == p.author {
			continue
		}
		bot := v.author.kind == "Bot"
		c.Reviews = append(c.Reviews, dora.Review{At: v.at, Bot: bot})
		if !bot && c.FirstReviewAt.IsZero() {
			c.FirstReviewAt = v.at
		}
	}
	for _, n := range p.closes {
		c.Closes = append(c.Closes, p.repo.fullName()+"#"+strconv.Itoa(n))
	}
	return c
}

// trueIncidents are the issues with the label (metrics/X6).
func (r *repository) trueIncidents() []dora.Incident {
	var list []dora.Incident
	for _, i := range r.issues {
		if !slices.Contains(i.labels, "incident") {
			continue
		}
		list = append(list, i.incident())
	}
	return list
}

func (i *issue) incident() dora.Incident {
	t := dora.Incident{
		ID: strconv.Itoa(i.number), Repo: i.repo.fullName(), Title: i.title, OpenedAt: i.created, Labels: sorted(i.labels),
		CausedBy: i.causedBy, URL: i.url(), State: "open", UpdatedAt: i.updated,
	}
	if !i.open {
		t.State, t.ResolvedAt = "closed", i.closed
		if i.reason == "duplicate" || i.reason == "not_planned" {
			t.State = i.reason
		}
	}
	return t
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// Pages of things for people.
func (p *pull) url() string    { return web + p.repo.fullName() + "/pull/" + strconv.Itoa(p.number) }
func (i *issue) url() string   { return web + i.repo.fullName() + "/issues/" + strconv.Itoa(i.number) }
func (l *release) url() string { return web + l.repo.fullName() + "/releases/tag/" + l.tag }
func (n *run) url() string {
	return web + n.repo.fullName() + "/actions/runs/" + strconv.FormatInt(n.id, 10)
}

// file is the name of the i-th file that a pull request touches.
func (p *pull) file(i int) string {
	return "src/" + strconv.Itoa(p.number%7) + "/file-" + strconv.Itoa(i) + ".go"
}

// What the API lists of a pull request, at most.
const (
	maxCommits = 250
	maxFiles   = 3000
)

// stamp is how times are written; null for none.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
