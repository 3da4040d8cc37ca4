package githubtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Mutate does one change, as people on GitHub do them, and says which. The clock
// of the world moves on, by seconds or by some hours.
func (w *World) Mutate(r *rand.Rand) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.mutate(r)
}

func (w *World) mutate(r *rand.Rand) string {
	w.now = w.now.Add(time.Duration(1+r.Int64N(1<<uint(2+r.IntN(12)))) * time.Second)
	w.changes++
	live := slices.DeleteFunc(slices.Clone(w.repos), func(r *repository) bool { return r.archived || len(r.objects) == 0 })
	if len(live) == 0 {
		return "nothing: there is no repository to change"
	}
	m := mutation{World: w, r: r, repo: pick(r, live), at: w.now, by: w.dev(r)}
	acts := m.acts()
	for range 50 {
		if done := pick(r, acts)(); done != "" {
			return m.repo.fullName() + ": " + done
		}
	}
	return m.repo.fullName() + ": " + m.commit()
}

// step is a change of the world that is the same each time.
func (w *World) step() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mutate(rand.New(rand.NewPCG(uint64(w.changes), 0)))
}

// settle ends the newest deployment that has not ended yet, or makes a new one
// that has not.
func (w *World) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := mutation{World: w, r: rand.New(rand.NewPCG(uint64(w.changes), 1)), repo: w.repos[0], at: w.now, by: w.users[0]}
	if m.ends() == "" {
		m.deploys()
	}
}

// forcePush rewrites the newest open pull request.
func (w *World) forcePush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := mutation{World: w, r: rand.New(rand.NewPCG(uint64(w.changes), 2)), repo: w.repos[0], at: w.now, by: w.users[0]}
	if m.forced() == "" {
		m.opens()
	}
}

// Rename gives a repository another name; the one that it had leads to it.
func (w *World) Rename(from, to string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, _ := w.find(from)
	if r == nil {
		return fmt.Errorf("rename %s: there is no such repository", from)
	}
	taken, former := w.find(to)
	if taken != nil && !former {
		return fmt.Errorf("rename %s to %s: the name is taken", from, to)
	}
	name, ok := strings.CutPrefix(to, owner+"/")
	if !ok {
		return fmt.Errorf("rename %s to %s: the organisation is %s", from, to, owner)
	}
	w.rename(r, name)
	return nil
}

func (w *World) rename(r *repository, name string) {
	was := r.fullName()
	r.name = name
	for _, o := range w.repos { // a name that is taken anew leads to nobody else
		o.former = slices.DeleteFunc(o.former, func(f string) bool { return strings.EqualFold(f, r.fullName()) })
	}
	r.former = append(r.former, was)
}

// Delete removes a repository; nothing leads to it any more.
func (w *World) Delete(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r, _ := w.find(name); r != nil {
		w.repos = slices.DeleteFunc(w.repos, func(o *repository) bool { return o == r })
		delete(w.nodes, r.node)
	}
}

// mutation is a change that is being made.
type mutation struct {
	*World
	r    *rand.Rand
	repo *repository
	at   time.Time
	by   *user
}

// acts are the kinds of changes. Each returns what it did, or "" where there is
// nothing that it could be done to.
func (m *mutation) acts() []func() string {
	return []func() string{
		m.opens, m.opens, m.merges, m.merges, m.closes, m.reopens, m.retitles, m.relabels, m.reviews, m.reviews, m.readies, m.extends, m.forced,
		m.commit, m.deploys, m.deploys, m.ends, m.ends, m.ends, m.removesDeployment, m.reports,
		m.releases, m.editsRelease, m.removesRelease, m.reruns, m.endsRun,
		m.opensIssue, m.closesIssue, m.reopensIssue, m.relabelsIssue, m.removesIssue, m.renames,
	}
}

// some is any item of a list that fits; false: none does.
func some[T any](m *mutation, list []T, fits func(T) bool) (T, bool) {
	var fitting []T
	for _, item := range list {
		if fits(item) {
			fitting = append(fitting, item)
		}
	}
	if len(fitting) == 0 {
		var none T
		return none, false
	}
	return pick(m.r, fitting), true
}

func (p *pull) isOpen() bool { return p.closed.IsZero() }

func (m *mutation) opens() string {
	id := 100_000 + m.changes
	author := m.by
	if m.r.IntN(6) == 0 {
		author = m.bot
	}
	authored := m.at.Add(-time.Duration(1+m.r.IntN(90_000)) * time.Second)
	var list []*commit
	parents := m.repo.tip()
	for i := range 1 + m.r.IntN(4) {
		c := m.write(m.repo, commit{
			parents: parents, author: author, authored: authored, committed: m.at, zone: pick(m.r, zones), message: fmt.Sprintf("Step %d of %d", i+1, id),
		})
		list, parents = append(list, c), []string{c.sha}
	}
	p := m.open(m.repo, pull{
		author: author, title: fmt.Sprintf("Change something, %d", id), head: fmt.Sprintf("work-%d", id), body: "What it says.",
		commits: list, files: 1 + m.r.IntN(5), draft: m.r.IntN(5) == 0,
	}, m.at)
	return fmt.Sprintf("#%d opened", p.number)
}

func (m *mutation) merges() string {
	p, ok := some(m, m.repo.pulls, func(p *pull) bool { return p.isOpen() && !p.draft })
	if !ok {
		return ""
	}
	m.merge(p, pick(m.r, []string{"squash", "merge", "rebase"}), m.by, m.at)
	return fmt.Sprintf("#%d merged by %s", p.number, p.method)
}

func (m *mutation) closes() string {
	p, ok := some(m, m.repo.pulls, (*pull).isOpen)
	if !ok {
		return ""
	}
	m.closePull(p, m.by, m.at)
	return fmt.Sprintf("#%d closed", p.number)
}

func (m *mutation) reopens() string {
	p, ok := some(m, m.repo.pulls, func(p *pull) bool { return !p.isOpen() && p.merged.IsZero() })
	if !ok {
		return ""
	}
	m.reopenPull(p, m.by, m.at)
	return fmt.Sprintf("#%d opened again", p.number)
}

func (m *mutation) anyPull() (*pull, bool) {
	return some(m, m.repo.pulls, func(*pull) bool { return true })
}

func (m *mutation) retitles() string {
	p, ok := m.anyPull()
	if !ok {
		return ""
	}
	p.title, p.updated = fmt.Sprintf("Another title, %d", m.changes), m.at
	return fmt.Sprintf("#%d has another title", p.number)
}

func (m *mutation) relabels() string {
	p, ok := m.anyPull()
	if !ok {
		return ""
	}
	label := pick(m.r, []string{"hotfix", "docs", "Urgent"})
	m.labelPull(p, label, m.by, m.at)
	return fmt.Sprintf("#%d: label %s put on or taken off", p.number, label)
}

func (m *mutation) reviews() string {
	p, ok := m.anyPull()
	if !ok {
		return ""
	}
	by := m.by
	if m.r.IntN(4) == 0 {
		by = m.reviewer
	}
	m.review(p, by, "COMMENTED", m.at)
	return fmt.Sprintf("#%d reviewed by %s", p.number, by.login)
}

func (m *mutation) readies() string {
	p, ok := some(m, m.repo.pulls, func(p *pull) bool { return p.draft && p.isOpen() })
	if !ok {
		return ""
	}
	m.readied(p, m.at)
	return fmt.Sprintf("#%d is ready", p.number)
}

func (m *mutation) extends() string {
	p, ok := some(m, m.repo.pulls, (*pull).isOpen)
	if !ok {
		return ""
	}
	m.extend(p, fmt.Sprintf("One more, %d", m.changes), pick(m.r, zones), m.at.Add(-time.Minute), m.at)
	return fmt.Sprintf("#%d has one more commit", p.number)
}

func (m *mutation) forced() string {
	p, ok := some(m, m.repo.pulls, (*pull).isOpen)
	if !ok {
		return ""
	}
	m.rebased(p, m.at)
	return fmt.Sprintf("#%d rebased", p.number)
}

func (m *mutation) commit() string {
	c := m.direct(m.repo, m.by, fmt.Sprintf("Push, %d", m.changes), m.at, commit{})
	return "pushed " + c.sha[:7]
}

func (m *mutation) deploys() string {
	environment := pick(m.r, m.repo.environments)
	ref := m.repo.branch
	d := m.deploy(m.repo, environment, ref, m.repo.branches[ref], m.by, m.at)
	if m.r.IntN(2) == 0 {
		m.report(d, "pending", m.at)
	}
	m.start(m.repo, d.sha, m.by, m.at)
	return fmt.Sprintf("deployment %d to %s", d.id, environment)
}

// pending reports whether a deployment is going on, of late.
func (m *mutation) pending(d *deployment) bool {
	return slices.Contains([]string{"", "pending", "queued", "in_progress"}, d.last()) && m.at.Sub(d.created) < 60*24*time.Hour
}

func (m *mutation) ends() string {
	d, ok := some(m, m.repo.deployments, m.pending)
	if !ok {
		return ""
	}
	state := pick(m.r, []string{"success", "success", "success", "in_progress", "failure", "error"})
	m.report(d, state, m.at)
	return fmt.Sprintf("deployment %d: %s", d.id, state)
}

// reports adds a later status to one that had ended, of late.
func (m *mutation) reports() string {
	d, ok := some(m, m.repo.deployments, func(d *deployment) bool { return m.at.Sub(d.created) < 5*24*time.Hour && !m.pending(d) })
	if !ok {
		return ""
	}
	state := pick(m.r, []string{"inactive", "success", "failure"})
	m.report(d, state, m.at)
	return fmt.Sprintf("deployment %d: later %s", d.id, state)
}

func (m *mutation) removesDeployment() string {
	if m.r.IntN(3) > 0 {
		return ""
	}
	d, ok := some(m, m.repo.deployments, func(*deployment) bool { return true })
	if !ok {
		return ""
	}
	m.repo.deployments = slices.DeleteFunc(m.repo.deployments, func(o *deployment) bool { return o == d })
	m.repo.lostDeployments = append(m.repo.lostDeployments, d)
	delete(m.nodes, d.node)
	return fmt.Sprintf("deployment %d deleted", d.id)
}

func (m *mutation) releases() string {
	name := fmt.Sprintf("v2.%d.0", m.changes)
	t := m.tagAs(m.repo, name, m.repo.branches[m.repo.branch], m.r.IntN(2) == 0, m.by, m.at)
	l := m.publish(m.repo, t, m.r.IntN(6) == 0, m.r.IntN(6) == 0, m.by, m.at)
	return "release " + l.tag
}

// editsRelease makes a draft or a prerelease a release, or changes a name.
func (m *mutation) editsRelease() string {
	l, ok := some(m, m.repo.releases, func(*release) bool { return true })
	if !ok {
		return ""
	}
	if l.draft {
		l.draft, l.published = false, m.at
	}
	if l.final.IsZero() {
		l.final = m.at
	}
	l.prerelease, l.name, l.updated = false, fmt.Sprintf("Another name, %d", m.changes), m.at
	return "release " + l.tag + " edited"
}

func (m *mutation) removesRelease() string {
	if m.r.IntN(3) > 0 {
		return ""
	}
	l, ok := some(m, m.repo.releases, func(*release) bool { return true })
	if !ok {
		return ""
	}
	m.repo.releases = slices.DeleteFunc(m.repo.releases, func(o *release) bool { return o == l })
	m.repo.lostReleases = append(m.repo.lostReleases, l)
	delete(m.nodes, l.node)
	return "release " + l.tag + " deleted"
}

// recent reports whether a run may still be run again: GitHub allows 30 days.
func (m *mutation) recent(n *run) bool { return m.at.Sub(n.created) < 30*24*time.Hour }

func (m *mutation) reruns() string {
	n, ok := some(m, m.repo.runs, func(n *run) bool { return m.recent(n) && n.latest().conclusion != "" })
	if !ok {
		return ""
	}
	n.again(m.at)
	return fmt.Sprintf("run %d: attempt %d", n.id, len(n.attempts))
}

func (m *mutation) endsRun() string {
	n, ok := some(m, m.repo.runs, func(n *run) bool { return n.latest().conclusion == "" })
	if !ok {
		return ""
	}
	n.finish(pick(m.r, []string{"success", "success", "failure"}), m.at)
	return fmt.Sprintf("run %d: %s", n.id, n.latest().conclusion)
}

func (m *mutation) opensIssue() string {
	i := issue{title: fmt.Sprintf("Outage, %d", m.changes), body: "Users see errors.", author: m.by, labels: []string{"incident"}}
	if m.r.IntN(3) == 0 {
		i.title, i.labels = fmt.Sprintf("A question, %d", m.changes), nil
	} else {
		m.blame(m.repo, &i, m.r.IntN(4))
	}
	return fmt.Sprintf("issue #%d opened", m.openIssue(m.repo, i, m.at).number)
}

func (m *mutation) closesIssue() string {
	i, ok := some(m, m.repo.issues, func(i *issue) bool { return i.open })
	if !ok {
		return ""
	}
	m.closeIssue(i, pick(m.r, []string{"completed", "completed", "duplicate", "not_planned"}), m.by, m.at)
	return fmt.Sprintf("issue #%d closed as %s", i.number, i.reason)
}

func (m *mutation) reopensIssue() string {
	i, ok := some(m, m.repo.issues, func(i *issue) bool { return !i.open })
	if !ok {
		return ""
	}
	m.reopenIssue(i, m.by, m.at)
	return fmt.Sprintf("issue #%d opened again", i.number)
}

func (m *mutation) relabelsIssue() string {
	i, ok := some(m, m.repo.issues, func(*issue) bool { return true })
	if !ok {
		return ""
	}
	label := pick(m.r, []string{"incident", "sev1"})
	m.labelIssue(i, label, m.by, m.at)
	return fmt.Sprintf("issue #%d: label %s put on or taken off", i.number, label)
}

func (m *mutation) removesIssue() string {
	if m.r.IntN(3) > 0 {
		return ""
	}
	i, ok := some(m, m.repo.issues, func(i *issue) bool { return !m.closedByPull(i) })
	if !ok {
		return ""
	}
	m.repo.issues = slices.DeleteFunc(m.repo.issues, func(o *issue) bool { return o == i })
	m.repo.lostIssues = append(m.repo.lostIssues, i)
	delete(m.nodes, i.node)
	return fmt.Sprintf("issue #%d deleted", i.number)
}

// closedByPull reports whether a pull request names the issue: such ones are not
// deleted, since what the pull request says of it would change unseen.
func (m *mutation) closedByPull(i *issue) bool {
	return slices.ContainsFunc(m.repo.pulls, func(p *pull) bool { return slices.Contains(p.closes, i.number) })
}

// renames renames a repository whose texts do not hold its name.
func (m *mutation) renames() string {
	if !m.repo.plain || m.r.IntN(4) > 0 {
		return ""
	}
	was := m.repo.fullName()
	m.rename(m.repo, fmt.Sprintf("gateway-%d", m.changes))
	return "renamed from " + was
}
