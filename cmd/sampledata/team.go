package main

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

const name = "checkout" // of the service and of its repository

// team works through the year. Durations are whole numbers throughout:
// floating point would round differently from one processor to the next.
type team struct {
	random  *rand.Rand
	titles  []title
	changes []*dora.Change // in the order in which they are merged; unmerged ones last
	live    []string       // landing commits in production, oldest first, without rollbacks
	free    time.Time      // the production environment is busy until then
	events  dora.Events
}

// year makes the sample data; the same every time.
func year() dora.Events {
	t := &team{random: rand.New(rand.NewPCG(1436, 1583)), titles: titles(), free: begin}
	t.random.Shuffle(len(t.titles), func(i, j int) { t.titles[i], t.titles[j] = t.titles[j], t.titles[i] })
	for week := begin; week.Before(end); week = week.AddDate(0, 0, 7) {
		t.work(week)
	}
	slices.SortFunc(t.changes, byMerge)
	t.deliver()
	t.number()
	t.land()
	t.events.Incidents = append(t.events.Incidents, dora.Incident{
		Services: []string{name}, OpenedAt: outage, ResolvedAt: outage.Add(73 * time.Minute), Labels: []string{"incident", "provider"},
	})
	t.report()
	t.events.Collected = []dora.Collected{{Source: "file", Repo: name, From: begin, To: end.Add(-time.Second)}} // its last second counts
	return t.events
}

// byMerge orders changes as main has them.
func byMerge(a, b *dora.Change) int {
	if a.MergedAt.IsZero() != b.MergedAt.IsZero() {
		return cmp.Compare(b.MergedAt.Unix(), a.MergedAt.Unix())
	}
	return cmp.Or(a.MergedAt.Compare(b.MergedAt), a.CreatedAt.Compare(b.CreatedAt))
}

// spread is how long things take in percent of the median, in equal steps of
// probability: most near it, some several times as long.
var spread = []int{15, 28, 38, 47, 56, 65, 74, 83, 91, 100, 112, 126, 143, 165, 195, 240, 310, 480}

// about is a duration whose median is d.
func (t *team) about(d time.Duration) time.Duration {
	i := t.random.IntN(len(spread) - 1)
	percent := spread[i] + t.random.IntN(spread[i+1]-spread[i]+1)
	return (d * time.Duration(percent) / 100).Truncate(time.Second)
}

// chance is true in so many of a hundred cases.
func (t *team) chance(percent int) bool { return t.random.IntN(100) < percent }

// between is a duration from low up to high, in seconds.
func (t *team) between(low, high time.Duration) time.Duration {
	return low + time.Duration(t.random.IntN(int((high-low)/time.Second)))*time.Second
}

// sha is a commit id that no repository has.
func (t *team) sha() string {
	var b [20]byte
	for i := range b {
		b[i] = byte(t.random.IntN(256))
	}
	return hex.EncodeToString(b[:])
}

// work begins the changes of a week.
func (t *team) work(week time.Time) {
	now := practiceOn(week)
	for range now.changes {
		c := t.change(after(week, t.between(0, 40*hour)), now)
		if c.CreatedAt.Before(end) {
			t.changes = append(t.changes, c)
		}
	}
	if now.changes > 2 && t.chance(60) {
		t.changes = append(t.changes, t.update(after(week, t.between(0, 30*hour)), now))
	}
}

// change is what somebody writes: begun, opened (now and then as a draft),
// reviewed and merged.
func (t *team) change(start time.Time, p practice) *dora.Change {
	coding := t.about(p.coding)
	opened := after(start, coding)
	c := &dora.Change{Title: t.titles[0].text, Labels: []string{t.titles[0].label}, CreatedAt: opened}
	t.titles = t.titles[1:]
	if t.chance(15) { // opened as a draft
		c.CreatedAt = after(start, coding/3)
		c.ReadyAt = opened
	}
	n := 1 + t.random.IntN(p.commits)
	for i := range n {
		c.Commits = append(c.Commits, t.commit(after(start, coding*time.Duration(i)/time.Duration(n))))
	}
	merged := after(opened, t.about(p.pickup))
	if !t.chance(4) { // a few are merged without a review
		c.FirstReviewAt = merged
		merged = after(merged, t.about(p.review))
	}
	t.merge(c, merged)
	return c
}

// commit is a commit of a change, before it is squashed.
func (t *team) commit(at time.Time) dora.ChangeCommit {
	return dora.ChangeCommit{SHA: t.sha(), AuthorDate: at, CommitterDate: at}
}

// update is a bot's change of one library.
func (t *team) update(start time.Time, p practice) *dora.Change {
	library := libraries[t.random.IntN(len(libraries))]
	major, minor := 1+t.random.IntN(4), t.random.IntN(30)
	c := &dora.Change{
		Title: fmt.Sprintf("Update %s from %d.%d to %d.%d", library, major, minor, major, minor+1), Bot: true, Labels: []string{"dependencies"},
		CreatedAt: start, Commits: []dora.ChangeCommit{t.commit(start.Add(-20 * time.Second))},
	}
	merged := after(start, t.about(p.pickup))
	if t.chance(60) {
		c.FirstReviewAt = merged
	}
	t.merge(c, merged.Add(4*time.Minute))
	return c
}

// merge lands c on main, unless the year is over.
func (t *team) merge(c *dora.Change, at time.Time) {
	if at.Before(end) {
		c.MergedAt, c.LandingSHA = at, t.sha()
		return
	}
	c.State = "open"
	if !c.FirstReviewAt.Before(end) {
		c.FirstReviewAt = time.Time{}
	}
	if !c.ReadyAt.Before(end) {
		c.ReadyAt = time.Time{}
	}
	c.Commits = slices.DeleteFunc(c.Commits, func(k dora.ChangeCommit) bool { return !k.AuthorDate.Before(end) })
}

// number gives pull requests their numbers in the order in which they were
// opened, and the reverts their references to them.
func (t *team) number() {
	slices.SortFunc(t.changes, func(a, b *dora.Change) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Commits[0].SHA, b.Commits[0].SHA))
	})
	byTitle := map[string]string{}
	for i, c := range t.changes {
		c.Repo, c.ID = name, fmt.Sprint(412+i)
		byTitle[fmt.Sprintf("Revert %q", c.Title)] = c.ID
		if id, ok := byTitle[c.Title]; ok {
			c.HeadRef = "revert-" + id
		}
		t.events.Changes = append(t.events.Changes, *c)
	}
}

// land turns the merged changes into one line of commits: each is squashed.
func (t *team) land() {
	slices.SortFunc(t.changes, byMerge)
	parent := t.live[0]
	for _, c := range t.changes {
		if c.MergedAt.IsZero() {
			break
		}
		t.events.Commits = append(t.events.Commits, dora.Commit{
			Repo: name, SHA: c.LandingSHA, Parents: []string{parent}, AuthorDate: c.MergedAt, CommitterDate: c.MergedAt,
		})
		parent = c.LandingSHA
	}
}
