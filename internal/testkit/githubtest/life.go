package githubtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// What can happen in a repository. All of it is said with the time at which it
// does; nobody below asks the clock.

// write is a commit, not yet on any branch. Its author's clock and zone are
// those of a person.
func (w *World) write(r *repository, c commit) *commit {
	if c.committer == nil {
		c.committer = c.author
	}
	c.seal()
	if known := r.objects[c.sha]; known != nil {
		return known
	}
	made := &c
	r.objects[c.sha] = made
	made.node = w.register("C", made, r.id, int64(len(r.objects)))
	return made
}

// push moves a branch to a commit.
func (r *repository) push(branch string, c *commit, at time.Time) {
	r.branches[branch] = c.sha
	r.pushed = at
	r.pushes++
}

// tip is the last commit of the default branch as parents of the next one.
func (r *repository) tip() []string {
	if sha := r.branches[r.branch]; sha != "" {
		return []string{sha}
	}
	return nil
}

// direct pushes a commit to the default branch, past all pull requests.
func (w *World) direct(r *repository, author *user, message string, at time.Time, c commit) *commit {
	c.parents, c.author, c.message = r.tip(), author, message
	if c.authored.IsZero() {
		c.authored = at
	}
	c.committed = at
	made := w.write(r, c)
	r.push(r.branch, made, at)
	return made
}

// open opens a pull request of the commits of its head branch.
func (w *World) open(r *repository, p pull, at time.Time) *pull {
	r.numbers++
	p.repo, p.number = r, r.numbers
	p.id, p.node = w.newID("PR", r, &p)
	p.base, p.created, p.updated = r.branch, at, at
	p.baseSHA = r.branches[r.branch]
	r.pulls = append(r.pulls, &p)
	r.pushes++ // its commits are part of clones by refs/pull
	return &p
}

// note adds an entry to the history of a pull request.
func (w *World) note(p *pull, kind, label string, actor *user, at time.Time) {
	e := &event{kind: kind, label: label, actor: actor, at: at}
	e.id, e.node = w.newID("EV", p.repo, e)
	p.events = append(p.events, e)
	p.updated = at
}

// readied takes the mark of a draft away.
func (w *World) readied(p *pull, at time.Time) {
	p.draft = false
	if p.ready.IsZero() {
		p.ready = at
	}
	w.note(p, "ready_for_review", "", p.author, at)
}

func (w *World) review(p *pull, by *user, state string, at time.Time) {
	v := &review{author: by, state: state, at: at}
	v.id, v.node = w.newID("PRR", p.repo, v)
	p.reviews = append(p.reviews, v)
	p.updated = at
}

func (w *World) labelPull(p *pull, label string, by *user, at time.Time) {
	if i := slices.Index(p.labels, label); i >= 0 {
		p.labels = slices.Delete(p.labels, i, i+1)
		w.note(p, "unlabeled", label, by, at)
		return
	}
	p.labels = append(p.labels, label)
	w.note(p, "labeled", label, by, at)
}

// closePull closes a pull request without merging it.
func (w *World) closePull(p *pull, by *user, at time.Time) {
	p.closed = at
	w.note(p, "closed", "", by, at)
}

func (w *World) reopenPull(p *pull, by *user, at time.Time) {
	p.closed = time.Time{}
	w.note(p, "reopened", "", by, at)
}

// rebased rewrites the commits of a pull request on what the default branch is
// now: other names, other committer dates, the same author dates.
func (w *World) rebased(p *pull, at time.Time) {
	r := p.repo
	parents := r.tip()
	p.baseSHA = r.branches[r.branch]
	var list []*commit
	for _, old := range p.commits {
		if len(old.parents) > 1 {
			continue // a rebase leaves merges out
		}
		c := w.write(r, commit{
			parents: parents, author: old.author, authored: old.authored, committed: at, zone: old.zone,
			message: old.message, reverts: old.reverts, picked: old.picked, pull: old.pull,
		})
		list, parents = append(list, c), []string{c.sha}
	}
	p.commits = list
	r.pushes++
	w.note(p, "head_ref_force_pushed", "", p.author, at)
}

// extend pushes one more commit to a pull request.
func (w *World) extend(p *pull, message string, zone int, authored, at time.Time) {
	parents := []string{p.baseSHA}
	if n := len(p.commits); n > 0 {
		parents = []string{p.commits[n-1].sha}
	}
	p.commits = append(p.commits, w.write(p.repo, commit{
		parents: parents, author: p.author, authored: authored, committed: at, zone: zone, message: message,
	}))
	p.updated = at
	p.repo.pushes++
}

// merge merges a pull request. The commits that it lists stay those of its
// branch, whatever the method makes of them.
func (w *World) merge(p *pull, method string, by *user, at time.Time) {
	r, n := p.repo, strconv.Itoa(p.number)
	last := p.commits[len(p.commits)-1]
	var landed *commit
	switch method {
	case "merge":
		landed = w.write(r, commit{
			parents: append(r.tip(), last.sha), author: by, committer: by, authored: at, committed: at,
			message: fmt.Sprintf("Merge pull request #%s from %s/%s\n\n%s", n, owner, p.head, p.title), pull: n,
		})
	case "rebase":
		parents := r.tip()
		for _, c := range p.commits {
			if len(c.parents) > 1 {
				continue
			}
			landed = w.write(r, commit{
				parents: parents, author: c.author, committer: by, authored: c.authored, committed: at, zone: c.zone,
				message: c.message, reverts: c.reverts, picked: c.picked, pull: c.pull,
			})
			parents = []string{landed.sha}
		}
	default:
		message := fmt.Sprintf("%s (#%s)", p.title, n)
		var undone []string
		for _, c := range p.commits {
			for _, sha := range c.reverts {
				message += "\n\nThis reverts commit " + sha + "."
				undone = append(undone, sha)
			}
		}
		landed = w.write(r, commit{
			parents: r.tip(), author: p.author, committer: by, authored: at, committed: at,
			message: message, reverts: undone, pull: n,
		})
	}
	p.method, p.landing, p.merged, p.closed = method, landed.sha, at, at
	r.push(r.branch, landed, at)
	w.note(p, "merged", "", by, at)
	for _, number := range p.closes {
		if i := r.issue(number); i != nil && i.open {
			w.closeIssue(i, "completed", by, at)
		}
	}
}

func (r *repository) issue(number int) *issue {
	for _, i := range r.issues {
		if i.number == number {
			return i
		}
	}
	return nil
}

func (r *repository) pull(number int) *pull {
	for _, p := range r.pulls {
		if p.number == number {
			return p
		}
	}
	return nil
}

// openIssue opens an issue.
func (w *World) openIssue(r *repository, i issue, at time.Time) *issue {
	r.numbers++
	i.repo, i.number, i.open, i.created, i.updated = r, r.numbers, true, at, at
	i.id, i.node = w.newID("I", r, &i)
	r.issues = append(r.issues, &i)
	return &i
}

func (w *World) noteIssue(i *issue, kind, label string, actor *user, at time.Time) {
	e := &event{kind: kind, label: label, actor: actor, at: at}
	e.id, e.node = w.newID("EV", i.repo, e)
	i.events = append(i.events, e)
	i.updated = at
}

func (w *World) closeIssue(i *issue, reason string, by *user, at time.Time) {
	i.open, i.reason, i.closed = false, reason, at
	w.noteIssue(i, "closed", "", by, at)
}

func (w *World) reopenIssue(i *issue, by *user, at time.Time) {
	i.open, i.reason, i.closed = true, "reopened", time.Time{}
	w.noteIssue(i, "reopened", "", by, at)
}

// labelIssue puts a label on an issue, or takes it away.
func (w *World) labelIssue(i *issue, label string, by *user, at time.Time) {
	if n := slices.Index(i.labels, label); n >= 0 {
		i.labels = slices.Delete(i.labels, n, n+1)
		w.noteIssue(i, "unlabeled", label, by, at)
		return
	}
	i.labels = append(i.labels, label)
	w.noteIssue(i, "labeled", label, by, at)
}

// deploy makes a deployment, without a status yet.
func (w *World) deploy(r *repository, environment, ref, sha string, by *user, at time.Time) *deployment {
	d := &deployment{repo: r, environment: environment, ref: ref, sha: sha, creator: by, created: at, updated: at}
	d.id, d.node = w.newID("D", r, d)
	r.deployments = append(r.deployments, d)
	return d
}

// report adds a status. A success ends what the environment ran before.
func (w *World) report(d *deployment, state string, at time.Time) {
	s := &status{state: state, at: at}
	s.id, s.node = w.newID("DS", d.repo, s)
	d.statuses = append(d.statuses, s)
	d.updated = at
	if state != "success" {
		return
	}
	for _, o := range d.repo.deployments {
		if o != d && o.environment == d.environment && o.last() == "success" && !o.created.After(d.created) {
			w.report(o, "inactive", at)
		}
	}
}

// last is the newest state of a deployment; "" where it has none.
func (d *deployment) last() string {
	if n := len(d.statuses); n > 0 {
		return d.statuses[n-1].state
	}
	return ""
}

// tagAs names a commit.
func (w *World) tagAs(r *repository, name, sha string, annotated bool, by *user, at time.Time) *tag {
	t := &tag{name: name, sha: sha}
	if annotated {
		t.annotate(by, at)
	}
	t.node = w.register("REF", t, r.id, w.id())
	r.tags = append(r.tags, t)
	r.pushes++
	return t
}

// publish makes a release of a tag; a draft has no time of publication.
func (w *World) publish(r *repository, t *tag, draft, prerelease bool, by *user, at time.Time) *release {
	l := &release{
		repo: r, tag: t.name, name: "Release " + t.name, draft: draft, prerelease: prerelease, author: by,
		created: r.objects[t.sha].committed, published: at, updated: at,
	}
	if draft {
		l.created, l.published = at, time.Time{}
	}
	if !draft && !prerelease {
		l.final = at
	}
	l.id, l.node = w.newID("RE", r, l)
	r.releases = append(r.releases, l)
	return l
}

// start starts a run of the workflow that deploys.
func (w *World) start(r *repository, sha string, by *user, at time.Time) *run {
	n := &run{
		repo: r, number: len(r.runs) + 1, file: "deploy.yml", branch: r.branch, sha: sha, title: "Deploy", actor: by,
		created: at, attempts: []*attempt{{started: at, updated: at}},
	}
	n.id, n.node = w.newID("WFR", r, n)
	r.runs = append(r.runs, n)
	return n
}

// finish ends the last attempt of a run; again begins another one.
func (n *run) finish(conclusion string, at time.Time) {
	a := n.attempts[len(n.attempts)-1]
	a.conclusion, a.updated = conclusion, at
}

func (n *run) again(at time.Time) {
	n.attempts = append(n.attempts, &attempt{started: at, updated: at})
}

func (n *run) latest() *attempt { return n.attempts[len(n.attempts)-1] }

// pick is one of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// dev is one of the people, now and then one whose account is gone since.
func (w *World) dev(r *rand.Rand) *user { return pick(r, w.users) }

// other is somebody else.
func (w *World) other(r *rand.Rand, than *user) *user {
	for {
		if u := w.dev(r); u != than {
			return u
		}
	}
}
