package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// deliver deploys main to the end of the story, and lives through the troubles.
func (t *team) deliver() {
	start := t.begin.Add(-3*24*hour + 14*hour)
	if t.merges {
		start = t.begin.Add(9 * hour) // the first commit is the first deployment
	}
	first := dora.Commit{Repo: t.name, SHA: t.sha(), AuthorDate: start, CommitterDate: start}
	t.events.Commits = append(t.events.Commits, first)
	if t.merges {
		t.live = []string{first.SHA}
		t.stand(first.SHA, start)
		t.mergeOnly()
		return
	}
	t.deploy(first.SHA, t.begin.Add(9*hour+12*time.Minute))
	var bad *trouble // waits for the next deployment, as fails does
	fails := false
	for day := t.begin; day.Before(end); day = day.AddDate(0, 0, 1) {
		if !works(day) {
			continue
		}
		date, now := day.Format(time.DateOnly), t.practiceOn(day)
		if t.staging && (day.Weekday() == time.Monday || day.Weekday() == time.Thursday) {
			t.stage(day.Add(9*hour + t.between(0, 40*time.Minute)))
		}
		if b, ok := t.troubles[date]; ok {
			bad = &b
		}
		fails = fails || t.attempts[date]
		due := bad != nil || fails
		if t.chance(now.morning) && !due {
			t.release(day.Add(8*hour+t.between(45*time.Minute, 2*hour)), false)
		}
		if (t.chance(now.slots[day.Weekday()]) || due) && t.release(day.Add(12*hour+t.between(0, 3*hour)), fails) {
			if bad != nil {
				t.suffer(*bad)
			}
			bad, fails = nil, false
		}
		if t.redeploys[date] {
			t.deploy(t.live[len(t.live)-1], day.Add(16*hour+20*time.Minute))
		}
	}
}

// mergeOnly lets each merge stand for a deployment. Nobody knows which of them
// failed; a hotfix is all that shows.
func (t *team) mergeOnly() {
	for day := t.begin; day.Before(end); day = day.AddDate(0, 0, 1) {
		if bad, ok := t.troubles[day.Format(time.DateOnly)]; ok {
			t.changes = append(t.changes, t.mend(bad, day.Add(10*hour+t.between(0, hour))))
		}
	}
	slices.SortFunc(t.changes, byMerge)
	for _, c := range t.changes {
		if c.MergedAt.IsZero() {
			break
		}
		t.stand(c.LandingSHA, c.MergedAt)
	}
}

// stand lets a commit on main stand for a deployment.
func (t *team) stand(sha string, at time.Time) {
	t.events.Deployments = append(t.events.Deployments, dora.Deployment{
		ID: sha, Service: t.name, Repo: t.name, Environment: "production", SHA: sha, CreatedAt: at, FinishedAt: at, Status: dora.Success, Source: dora.Merge,
	})
}

// tip is the newest commit of main at an instant; "" where main has none yet.
func (t *team) tip(at time.Time) string {
	sha := ""
	for _, c := range t.changes {
		if c.MergedAt.IsZero() || c.MergedAt.After(at) {
			break
		}
		sha = c.LandingSHA
	}
	return sha
}

// release deploys main, after a first attempt that fails where it must. It does
// nothing and returns false when main holds nothing new.
func (t *team) release(at time.Time, fails bool) bool {
	sha := t.tip(at.Add(-10 * time.Minute))
	if at.Before(t.free) || sha == "" || sha == t.live[len(t.live)-1] {
		return false
	}
	if fails {
		t.record(t.environments()[0], sha, at, at.Add(t.between(3*time.Minute, 9*time.Minute)), dora.Failure)
		at = at.Add(t.between(35*time.Minute, 70*time.Minute))
	}
	t.deploy(sha, at)
	t.live = append(t.live, sha)
	return true
}

// stage deploys main to the staging environment.
func (t *team) stage(at time.Time) {
	if sha := t.tip(at); sha != "" {
		t.record("staging", sha, at, at.Add(t.between(3*time.Minute, 6*time.Minute)), dora.Success)
	}
}

// environments are those that serve users.
func (t *team) environments() []string {
	if len(t.regions) > 0 {
		return t.regions
	}
	return []string{"production"}
}

// deploy puts a commit into production, from region to region.
func (t *team) deploy(sha string, at time.Time) {
	for i, environment := range t.environments() {
		if i > 0 {
			at = t.free.Add(t.between(time.Minute, 4*time.Minute))
		}
		t.free = at.Add(t.between(6*time.Minute, 14*time.Minute))
		if i > 0 && i == len(t.regions)-1 && t.halts[at.Format(time.DateOnly)] {
			t.record(environment, sha, at, t.free, dora.Errored)
			continue
		}
		t.record(environment, sha, at, t.free, dora.Success)
	}
	if len(t.live) == 0 {
		t.live = []string{sha}
	}
}

// record writes a deployment down. Those to production have a history, as
// GitHub keeps it: the next one that succeeds ends the use of the last.
func (t *team) record(environment, sha string, from, to time.Time, s dora.Status) {
	n, last := 1, -1
	for i, d := range t.events.Deployments {
		if d.Environment == environment {
			n++
			if slices.ContainsFunc(d.Statuses, func(s dora.StatusAt) bool { return s.Status == dora.Success }) {
				last = i
			}
		}
	}
	d := dora.Deployment{ID: fmt.Sprintf("%s-%d", environment, n), Service: t.name, Repo: t.name, Environment: environment, SHA: sha, CreatedAt: from}
	d.URL = t.address("deployments", d.ID)
	if environment == "staging" {
		d.FinishedAt, d.Status = to, s
	} else {
		d.Statuses = []dora.StatusAt{{Status: dora.Pending, At: from.Add(9 * time.Second)}, {Status: s, At: to}}
		if last >= 0 && s == dora.Success {
			before := &t.events.Deployments[last]
			before.Statuses = append(before.Statuses, dora.StatusAt{Status: dora.Inactive, At: to.Add(2 * time.Second)})
		}
	}
	t.events.Deployments = append(t.events.Deployments, d)
}

// suffer lives through a failed deployment, the last one: an incident, perhaps
// a rollback, and a change that mends it.
func (t *team) suffer(bad trouble) {
	// Staging deployments come before noon; an incident names the first region.
	failed, culprit := t.events.Deployments[len(t.events.Deployments)-len(t.environments())], t.culprit()
	opened := after(t.free, bad.late).Add(t.between(8*time.Minute, 45*time.Minute))
	begun := opened.Add(t.between(5*time.Minute, 20*time.Minute))
	restored := time.Time{}
	switch {
	case bad.open:
	case bad.rollback:
		t.deploy(t.live[len(t.live)-2], begun.Add(t.between(5*time.Minute, 20*time.Minute)))
		restored = t.free
		begun = after(t.free, t.between(30*time.Minute, 2*hour))
		fallthrough
	default:
		mend := t.mend(bad, begun)
		if bad.revert {
			t.reverts[mend] = culprit
		}
		t.changes = append(t.changes, mend)
		slices.SortFunc(t.changes, byMerge)
		t.release(mend.MergedAt.Add(t.between(10*time.Minute, 20*time.Minute)), false)
		if restored.IsZero() {
			restored = t.free
		}
	}
	if bad.incident == "" {
		return
	}
	incident := dora.Incident{Services: []string{t.name}, Title: bad.incident, OpenedAt: opened, Labels: []string{"incident"}, State: "open"}
	if !bad.open {
		incident.State, incident.RestoredAt, incident.ResolvedAt = "closed", restored, restored.Add(t.between(5*time.Minute, 40*time.Minute))
	}
	switch bad.cause {
	case theDeployment:
		incident.CausedBy = failed.ID
	case theChange:
		incident.CausedBy = culprit.LandingSHA // until it has a number
	}
	t.events.Incidents = append(t.events.Incidents, incident)
	if bad.twice {
		again := incident
		again.OpenedAt, again.CausedBy, again.DuplicateOf, again.State = opened.Add(11*time.Minute), "", "first", "duplicate"
		t.events.Incidents = append(t.events.Incidents, again)
	}
}

// mend is the change that repairs production: small, and reviewed at once.
func (t *team) mend(bad trouble, begun time.Time) *dora.Change {
	opened := begun.Add(t.between(15*time.Minute, 50*time.Minute))
	c := &dora.Change{
		Title: bad.title, Labels: []string{"hotfix"}, HeadRef: "hotfix/" + begun.Format("0102"), CreatedAt: opened,
		FirstReviewAt: opened.Add(t.between(3*time.Minute, 12*time.Minute)),
		Commits:       []dora.ChangeCommit{t.commit(begun.Add(10 * time.Minute))},
	}
	if bad.revert {
		c.Title, c.Labels, c.HeadRef = fmt.Sprintf("Revert %q", t.culprit().Title), []string{"bug"}, ""
	}
	t.merge(c, c.FirstReviewAt.Add(t.between(4*time.Minute, 15*time.Minute)))
	return c
}

// culprit is the newest change of the last version in production that could
// have broken it: neither tests nor tidying, where there is another.
func (t *team) culprit() *dora.Change {
	at := func(sha string) int {
		return slices.IndexFunc(t.changes, func(c *dora.Change) bool { return c.LandingSHA == sha })
	}
	last, before := at(t.live[len(t.live)-1]), at(t.live[len(t.live)-2])
	for i := last; i > before; i-- {
		if l := t.changes[i].Labels[0]; l == "feature" || l == "bug" {
			return t.changes[i]
		}
	}
	return t.changes[last]
}

// report numbers the incidents in the order in which they were opened.
func (t *team) report() {
	slices.SortFunc(t.events.Incidents, func(a, b dora.Incident) int { return a.OpenedAt.Compare(b.OpenedAt) })
	for i := range t.events.Incidents {
		n := &t.events.Incidents[i]
		n.ID = fmt.Sprintf("INC-%d", t.incident+i)
		n.URL = t.address("incidents", n.ID)
		if n.DuplicateOf != "" {
			n.DuplicateOf = fmt.Sprintf("INC-%d", t.incident+i-1)
		}
		for _, c := range t.changes {
			if n.CausedBy == c.LandingSHA && n.CausedBy != "" {
				n.CausedBy = t.name + "#" + c.ID
			}
		}
	}
}
