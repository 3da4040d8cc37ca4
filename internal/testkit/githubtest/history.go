package githubtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// shares deals out what the organisation has. The empty repository gets nothing.
func shares(s Size) []Size {
	n := max(s.Repositories, 1)
	weights, sum := make([]int, n), 0
	for i := range weights {
		weights[i] = 2*n - i // the first ones are the busiest
		if i < len(names) && names[i] == "blank" {
			weights[i] = 0
		}
		sum += weights[i]
	}
	list, given := make([]Size, n), Size{}
	for i, weight := range weights {
		list[i] = Size{Pulls: s.Pulls * weight / sum, Deployments: s.Deployments * weight / sum, Incidents: s.Incidents * weight / sum}
		given.Pulls += list[i].Pulls
		given.Deployments += list[i].Deployments
		given.Incidents += list[i].Incidents
	}
	list[0].Pulls += s.Pulls - given.Pulls
	list[0].Deployments += s.Deployments - given.Deployments
	list[0].Incidents += s.Incidents - given.Incidents
	return list
}

// history tells the past of one repository: what happens is put into a plan,
// and told in the order of time.
type history struct {
	*World
	r          *rand.Rand
	repo       *repository
	share      Size
	begin, end time.Time
	plan       []planned
	seq        int
	versions   int
	live       map[string][]string // what environments ran, oldest first
}

type planned struct {
	at  time.Time
	seq int
	do  func(at time.Time)
}

// then plans what happens at a time. What would come after the end never does.
func (h *history) then(at time.Time, do func(time.Time)) {
	if at = at.Truncate(time.Second); at.After(h.end) {
		return
	}
	h.seq++
	p := planned{at, h.seq, do}
	i, _ := slices.BinarySearchFunc(h.plan, p, func(a, b planned) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.seq, a.seq)) })
	h.plan = slices.Insert(h.plan, i, p) // the next one is the last
}

// between is a time between two.
func (h *history) between(low, high time.Duration) time.Duration {
	return low + time.Duration(h.r.Int64N(int64(high-low)))
}

// spread are n times over the whole past, in order.
func (h *history) spread(n int) []time.Time {
	list := make([]time.Time, n)
	for i := range list {
		list[i] = h.begin.Add(h.between(24*time.Hour, h.end.Sub(h.begin)))
	}
	slices.SortFunc(list, time.Time.Compare)
	return list
}

// chance is true so many times in a hundred.
func (h *history) chance(percent int) bool { return h.r.IntN(100) < percent }

// tell tells the past.
func (h *history) tell() {
	if h.share.Pulls+h.share.Deployments == 0 {
		return // it stays empty
	}
	h.live = map[string][]string{}
	root := h.direct(h.repo, h.users[0], "Initial commit", h.begin.Add(time.Hour), commit{})
	h.tagAs(h.repo, "v0.0.0", root.sha, false, h.users[0], h.begin.Add(2*time.Hour))
	for i, at := range h.spread(h.share.Pulls) {
		h.then(at, func(at time.Time) { h.pullRequest(i, at) })
	}
	for i, at := range h.spread(h.share.Deployments / len(h.regions())) {
		h.then(at, func(at time.Time) { h.delivery(i, at) })
	}
	for i, at := range h.spread(h.share.Incidents) {
		h.then(at, func(at time.Time) { h.incident(i, at) })
	}
	for i, at := range h.spread(h.share.Pulls/12 + 2) {
		h.then(at, func(at time.Time) { h.pushed(i, at) })
	}
	for _, at := range h.spread(h.share.Incidents/2 + 1) {
		h.then(at, func(at time.Time) {
			h.openIssue(h.repo, issue{title: "How does this work?", body: "I wonder.", author: h.dev(h.r), labels: []string{"question"}}, at)
		})
	}
	for len(h.plan) > 0 {
		next := h.plan[len(h.plan)-1]
		h.plan = h.plan[:len(h.plan)-1]
		next.do(next.at)
	}
}

// regions are the environments that one delivery goes to.
func (h *history) regions() []string {
	if len(h.repo.environments) > 0 && h.repo.environments[0] == "prod-eu" {
		return h.repo.environments
	}
	return h.repo.environments[:1]
}

// first is the earlier of two times.
func first(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

var zones = []int{0, 60, 120, -300, -480, 330, 345, 765}

// drafted are the commits of a branch that was begun some days before it was
// shown.
func (h *history) drafted(author *user, n, id int, at time.Time) []*commit {
	parents := h.repo.tip()
	begun := at.Add(-h.between(time.Hour, 96*time.Hour))
	step := at.Sub(begun) / time.Duration(n+1)
	zone := pick(h.r, zones)
	var list []*commit
	for i := range n {
		authored := begun.Add(time.Duration(i) * step).Truncate(time.Second)
		c := commit{parents: parents, author: author, authored: authored, committed: authored, zone: zone, message: fmt.Sprintf("Step %d of %d", i+1, id)}
		if i == 0 && id%97 == 13 {
			c.authored = time.Unix(86400, 0).UTC() // a clock that was never set
		}
		if i == n/2 && id%11 == 5 && n > 1 { // the default branch is merged into this one
			c.parents = append(slices.Clone(parents), h.repo.tip()...)
			c.message = fmt.Sprintf("Merge branch '%s' into work-%d", h.repo.branch, id)
		}
		made := h.write(h.repo, c)
		list, parents = append(list, made), []string{made.sha}
	}
	return list
}

var topics = []string{"login", "invoices", "search", "retries", "exports", "caching", "alerts", "paging"}

// pullRequest tells the life of a pull request.
func (h *history) pullRequest(i int, at time.Time) {
	w, r := h.World, h.repo
	p := pull{author: w.dev(h.r), files: 1 + h.r.IntN(6)}
	if h.chance(3) {
		p.author = w.ghost
	}
	count, id := 1+h.r.IntN(5), i+1
	topic := pick(h.r, topics)
	p.title, p.head, p.body = fmt.Sprintf("Change %s, part %d", topic, id), fmt.Sprintf("work-%d", id), "What it says."
	switch {
	case i == 15 && r.name == names[0]:
		count, p.files = 60, 3050
	case i == 11 && r.name == names[0]:
		count = 251
	case i%9 == 4:
		p.author = w.bot
		p.title, p.head, count = fmt.Sprintf("Bump %s from 1.%d to 1.%d", topic, i, i+1), fmt.Sprintf("dependabot/go/%s-%d", topic, id), 1
	case i%13 == 7:
		p.head, p.labels = fmt.Sprintf("hotfix/%s-%d", topic, id), []string{"hotfix"}
	}
	if undo := h.undo(); undo != nil && i%7 == 3 {
		h.revert(undo, p.author, at)
		return
	}
	p.commits = h.drafted(p.author, count, id, at)
	if i%8 == 2 && !r.plain {
		if open := h.openIncident(); open != nil {
			p.body, p.closes = fmt.Sprintf("Closes #%d", open.number), []int{open.number}
		}
	}
	p.draft = i%6 == 1
	opened := w.open(r, p, at)
	h.goesOn(opened, i, at)
}

// goesOn plans reviews and the end of a pull request.
func (h *history) goesOn(p *pull, i int, at time.Time) {
	w := h.World
	t := at
	if p.draft {
		t = t.Add(h.between(time.Hour, 40*time.Hour))
		h.then(t, func(at time.Time) { w.readied(p, at) })
	}
	reviews := h.r.IntN(3)
	if i == 12 {
		reviews = 25
	}
	if h.chance(40) {
		t = t.Add(h.between(time.Minute, 10*time.Minute))
		h.then(t, func(at time.Time) { w.review(p, w.reviewer, "COMMENTED", at) })
	}
	for range reviews {
		t = t.Add(h.between(10*time.Minute, 20*time.Hour))
		by, state := w.other(h.r, p.author), pick(h.r, []string{"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"})
		if h.chance(20) && p.author != w.ghost {
			by, state = p.author, "COMMENTED"
		}
		h.then(t, func(at time.Time) { w.review(p, by, state, at) })
	}
	t = t.Add(h.between(20*time.Minute, 60*time.Hour))
	switch {
	case h.chance(6):
		h.then(t, func(at time.Time) { w.closePull(p, w.dev(h.r), at) })
		return
	case h.chance(12):
		h.then(t, func(at time.Time) { w.rebased(p, at) })
		t = t.Add(h.between(time.Minute, 5*time.Hour))
	}
	method := pick(h.r, []string{"squash", "squash", "merge", "rebase"})
	if len(p.commits) > 100 {
		method = "squash"
	}
	h.then(t, func(at time.Time) { w.merge(p, method, w.dev(h.r), at) })
}

// undo is a pull request that was merged and may be taken back.
func (h *history) undo() *pull {
	for _, p := range slices.Backward(h.repo.pulls) {
		if !p.merged.IsZero() && len(p.reverts) == 0 && p.number%3 == 0 {
			return p
		}
	}
	return nil
}

// revert opens a pull request that takes another one back, by GitHub's button or
// by git revert.
func (h *history) revert(of *pull, author *user, at time.Time) {
	w, r := h.World, h.repo
	c := w.write(r, commit{
		parents: r.tip(), author: author, authored: at.Add(-time.Minute), committed: at.Add(-time.Minute),
		message: fmt.Sprintf("Revert \"%s\"\n\nThis reverts commit %s.", of.title, of.landing), reverts: []string{of.landing},
	})
	p := pull{author: author, title: fmt.Sprintf("Revert \"%s\"", of.title), commits: []*commit{c}, files: 1}
	number := fmt.Sprint(of.number)
	if h.chance(60) {
		p.head, p.reverts = fmt.Sprintf("revert-%d-%s", of.number, of.head), []string{number}
		p.body = fmt.Sprintf("Reverts %s#%d", r.fullName(), of.number)
		if r.plain {
			p.body = fmt.Sprintf("Reverts #%d", of.number)
		}
	} else {
		p.head, p.reverts = fmt.Sprintf("undo-%d", of.number), []string{of.landing}
		p.body = fmt.Sprintf("It broke.\n\nThis reverts commit %s.", of.landing)
	}
	h.goesOn(w.open(r, p, at), -1, at)
}

func (h *history) openIncident() *issue {
	for _, i := range slices.Backward(h.repo.issues) {
		if i.open && slices.Contains(i.labels, "incident") {
			return i
		}
	}
	return nil
}

// pushed pushes to the default branch without a pull request: a plain commit, or
// a fix that was made on a release branch and picked from there.
func (h *history) pushed(i int, at time.Time) {
	w, r := h.World, h.repo
	by := w.dev(h.r)
	if i%3 != 1 {
		w.direct(r, by, fmt.Sprintf("Correct a word, %d", i), at, commit{zone: pick(h.r, zones), authored: at.Add(-h.between(time.Second, time.Hour)).Truncate(time.Second)})
		return
	}
	made := at.Add(-10 * time.Minute)
	message := fmt.Sprintf("Mend it where it runs, %d", i)
	fix := w.write(r, commit{parents: r.tip(), author: by, authored: made, committed: made, message: message})
	r.push(fmt.Sprintf("release/%d", i), fix, made)
	w.tagAs(r, fmt.Sprintf("v0.%d.1", i), fix.sha, true, by, made) // the default branch does not reach it
	w.direct(r, by, message+"\n\n(cherry picked from commit "+fix.sha+")", at, commit{authored: made, picked: []string{fix.sha}})
}

// delivery tells of a deployment, with its run, and now and then a release.
func (h *history) delivery(i int, at time.Time) {
	w, r := h.World, h.repo
	by := w.dev(h.r)
	sha := r.branches[r.branch]
	ref := pick(h.r, []string{r.branch, sha})
	if i%4 == 1 {
		h.versions++
		t := w.tagAs(r, fmt.Sprintf("v1.%d.0", h.versions), sha, h.versions%2 == 1, by, at)
		w.publish(r, t, h.versions%7 == 4, h.versions%5 == 3, by, first(at.Add(time.Duration(h.versions%3)*time.Minute), h.end))
		ref = t.name
	}
	place := h.regions()[0]
	if past := h.live[place]; i%12 == 8 && len(past) > 1 {
		sha = past[len(past)-2] // back to what ran before
		ref = sha
	}
	n := w.start(r, sha, by, at)
	end := at.Add(h.between(3*time.Minute, 15*time.Minute))
	outcome := "success"
	if i%9 == 6 {
		outcome = "failure"
	}
	h.then(end, func(at time.Time) { n.finish(outcome, at) })
	if outcome == "failure" {
		again := end.Add(h.between(time.Minute, 30*time.Minute))
		h.then(again, n.again)
		h.then(again.Add(5*time.Minute), func(at time.Time) { n.finish("success", at) })
	}
	if len(r.environments) > 1 && r.environments[1] == "staging" && i%5 == 0 {
		h.statuses(w.deploy(r, "staging", ref, sha, by, at), "success", at)
	}
	for k, environment := range h.regions() {
		later := at.Add(time.Duration(1+10*k) * time.Minute)
		kind := []string{"success", "success", "retried", "success", "failure", "success", "success", "inactive", "success", "none", "success", "error"}[i%12]
		if i == 3 {
			kind = "slow"
		}
		h.then(later, func(at time.Time) {
			h.live[environment] = append(h.live[environment], sha)
			h.statuses(w.deploy(r, environment, ref, sha, by, at), kind, at)
		})
	}
}

// statuses plans what becomes of a deployment.
func (h *history) statuses(d *deployment, kind string, at time.Time) {
	w := h.World
	say := func(after time.Duration, state string) {
		at = at.Add(after)
		h.then(at, func(at time.Time) { w.report(d, state, at) })
	}
	minutes := func() time.Duration { return h.between(time.Minute, 12*time.Minute) }
	switch kind {
	case "none":
	case "inactive":
		say(minutes(), "inactive")
	case "failure", "error":
		say(2*time.Second, "pending")
		say(minutes(), "in_progress")
		say(minutes(), kind)
	case "retried":
		say(2*time.Second, "in_progress")
		say(minutes(), "failure")
		say(minutes(), "in_progress")
		say(minutes(), "success")
	case "slow":
		for range 12 {
			say(minutes(), "queued")
			say(minutes(), "in_progress")
		}
		say(minutes(), "success")
	default:
		say(2*time.Second, "pending")
		say(2*time.Second, "in_progress")
		say(minutes(), "success")
	}
}

// incident tells of an issue about an outage.
func (h *history) incident(i int, at time.Time) {
	w, r := h.World, h.repo
	p := issue{title: fmt.Sprintf("Outage %d", i), body: "Users see errors.", author: w.dev(h.r), labels: []string{"incident"}}
	w.blame(r, &p, i)
	if i%4 == 3 {
		p.labels = append(p.labels, "sev1")
	}
	opened := w.openIssue(r, p, at)
	t := at.Add(h.between(10*time.Minute, 30*time.Hour))
	reason := []string{"completed", "completed", "duplicate", "completed", "not_planned"}[i%5]
	if i%6 == 5 {
		return // a pull request closes it, or nobody
	}
	h.then(t, func(at time.Time) {
		if opened.open {
			w.closeIssue(opened, reason, w.dev(h.r), at)
		}
	})
	if i%5 == 3 {
		t = t.Add(h.between(time.Hour, 5*time.Hour))
		h.then(t, func(at time.Time) {
			if !opened.open {
				w.reopenIssue(opened, w.dev(h.r), at)
			}
		})
		t = t.Add(h.between(time.Hour, 5*time.Hour))
		h.then(t, func(at time.Time) {
			if opened.open {
				w.closeIssue(opened, "completed", w.dev(h.r), at)
			}
		})
	}
}

// blame has an issue name what caused it, in one of the ways that people do.
func (w *World) blame(r *repository, i *issue, n int) {
	var last *pull
	for _, p := range r.pulls {
		if !p.merged.IsZero() {
			last = p
		}
	}
	switch {
	case n%4 == 0 && last != nil:
		i.causedBy = fmt.Sprintf("#%d", last.number)
		i.body += "\n\nCaused by " + i.causedBy
	case n%4 == 1 && last != nil:
		i.causedBy = last.landing
		i.body += "\n\nCaused by " + i.causedBy
	case n%4 == 2 && len(r.deployments) > 0:
		i.causedBy = fmt.Sprint(r.deployments[len(r.deployments)-1].id)
		i.body += "\n\nCaused by deployment " + i.causedBy
	}
}
