package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// deliver deploys main through the year, and lives through the troubles.
func (t *team) deliver() {
	first := dora.Commit{Repo: name, SHA: t.sha(), AuthorDate: begin.Add(-3*24*hour + 14*hour), CommitterDate: begin.Add(-3*24*hour + 14*hour)}
	t.events.Commits = append(t.events.Commits, first)
	t.deploy(first.SHA, begin.Add(9*hour+12*time.Minute))
	var bad *trouble // waits for the next deployment, as fails does
	fails := false
	for day := begin; day.Before(end); day = day.AddDate(0, 0, 1) {
		if !works(day) {
			continue
		}
		date, now := day.Format(time.DateOnly), practiceOn(day)
		if day.Weekday() == time.Monday || day.Weekday() == time.Thursday {
			t.stage(day.Add(9*hour + t.between(0, 40*time.Minute)))
		}
		if b, ok := troubles[date]; ok {
			bad = &b
		}
		fails = fails || attempts[date]
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
		if date == redeploy {
			t.deploy(t.live[len(t.live)-1], day.Add(16*hour+20*time.Minute))
		}
	}
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
		t.record("production", sha, at, at.Add(t.between(3*time.Minute, 9*time.Minute)), dora.Failure)
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

// deploy puts a commit into production.
func (t *team) deploy(sha string, at time.Time) {
	t.free = at.Add(t.between(6*time.Minute, 14*time.Minute))
	t.record("production", sha, at, t.free, dora.Success)
	if len(t.live) == 0 {
		t.live = []string{sha}
	}
}

func (t *team) record(environment, sha string, from, to time.Time, s dora.Status) {
	n := 1
	for _, d := range t.events.Deployments {
		if d.Environment == environment {
			n++
		}
	}
	t.events.Deployments = append(t.events.Deployments, dora.Deployment{
		ID: fmt.Sprintf("%s-%d", environment, n), Service: name, Repo: name, Environment: environment, SHA: sha, CreatedAt: from, FinishedAt: to, Status: s,
	})
}

// suffer lives through a failed deployment, the last one: an incident, perhaps
// a rollback, and a change that mends it.
func (t *team) suffer(bad trouble) {
	failed := t.events.Deployments[len(t.events.Deployments)-1] // staging deployments come before noon
	opened := t.free.Add(t.between(8*time.Minute, 45*time.Minute))
	begun := opened.Add(t.between(5*time.Minute, 20*time.Minute))
	restored := time.Time{}
	if bad.rollback {
		t.deploy(t.live[len(t.live)-2], begun.Add(t.between(5*time.Minute, 20*time.Minute)))
		restored = t.free
		begun = after(t.free, t.between(30*time.Minute, 2*hour))
	}
	mend := t.mend(bad, begun)
	t.changes = append(t.changes, mend)
	slices.SortFunc(t.changes, byMerge)
	t.release(mend.MergedAt.Add(t.between(10*time.Minute, 20*time.Minute)), false)
	if restored.IsZero() {
		restored = t.free
	}
	incident := dora.Incident{
		Services: []string{name}, OpenedAt: opened, ResolvedAt: restored.Add(t.between(5*time.Minute, 40*time.Minute)), RestoredAt: restored, Labels: []string{"incident"},
	}
	if bad.linked {
		incident.CausedBy = failed.ID
	}
	t.events.Incidents = append(t.events.Incidents, incident)
	if bad.twice {
		again := incident
		again.OpenedAt, again.CausedBy, again.DuplicateOf = opened.Add(11*time.Minute), "", "first"
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
		c.Title, c.Labels, c.HeadRef = fmt.Sprintf("Revert %q", t.culprit()), []string{"bug"}, ""
	}
	t.merge(c, c.FirstReviewAt.Add(t.between(4*time.Minute, 15*time.Minute)))
	return c
}

// culprit is the title of the newest change of the deployment that failed.
func (t *team) culprit() string {
	for _, c := range t.changes {
		if c.LandingSHA == t.live[len(t.live)-1] {
			return c.Title
		}
	}
	return ""
}

// report numbers the incidents in the order in which they were opened.
func (t *team) report() {
	slices.SortFunc(t.events.Incidents, func(a, b dora.Incident) int { return a.OpenedAt.Compare(b.OpenedAt) })
	for i := range t.events.Incidents {
		n := &t.events.Incidents[i]
		if n.ID = fmt.Sprintf("INC-%d", 31+i); n.DuplicateOf != "" {
			n.DuplicateOf = fmt.Sprintf("INC-%d", 30+i)
		}
	}
}
