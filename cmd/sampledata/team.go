package main

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// team works through its story. Durations are whole numbers throughout:
// floating point would round differently from one processor to the next.
type team struct {
	story
	random  *rand.Rand
	titles  []title
	changes []*dora.Change // in the order in which they are merged; unmerged ones last
	live    []string       // landing commits in production, oldest first, without rollbacks
	free    time.Time      // the production environment is busy until then
	reverts map[*dora.Change]*dora.Change
	events  dora.Events
}

// tell makes the sample data of a story; the same every time.
func (s story) tell() dora.Events {
	t := &team{story: s, random: rand.New(rand.NewPCG(s.seed, 1583)), titles: titles(s.work), free: s.begin, reverts: map[*dora.Change]*dora.Change{}}
	t.random.Shuffle(len(t.titles), func(i, j int) { t.titles[i], t.titles[j] = t.titles[j], t.titles[i] })
	for week := s.begin; week.Before(end); week = week.AddDate(0, 0, 7) {
		t.week(week)
	}
	slices.SortFunc(t.changes, byMerge)
	t.deliver()
	for _, o := range s.open {
		t.leave(o, "open")
	}
	for _, o := range s.dropped {
		t.leave(o, "closed")
	}
	t.enumerate()
	t.land()
	for _, o := range s.outages {
		t.events.Incidents = append(t.events.Incidents, dora.Incident{
			Services: []string{s.name}, Title: o.title, OpenedAt: o.at, ResolvedAt: o.at.Add(o.took), Labels: []string{"incident", o.label},
		})
	}
	t.report()
	resources := []string{dora.ResourceCommits, dora.ResourceDeployments, dora.ResourceChanges, dora.ResourceIncidents}
	if s.merges {
		resources[1] = dora.ResourceMerges
	}
	for _, r := range resources {
		t.events.Collected = append(t.events.Collected, dora.Collected{Source: "file", Repo: s.name, Resource: r, From: s.begin, To: end.Add(-time.Second)}) // its last second counts
	}
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

// week begins the changes of a week.
func (t *team) week(monday time.Time) {
	now := t.practiceOn(monday)
	for range now.changes {
		c := t.change(after(monday, t.between(0, 40*hour)), now)
		if c.CreatedAt.Before(end) {
			t.changes = append(t.changes, c)
		}
	}
	if now.changes > 2 && t.chance(60) {
		t.changes = append(t.changes, t.update(after(monday, t.between(0, 30*hour)), now))
	}
}

// change is what somebody writes: begun, opened (now and then as a draft),
// reviewed and merged.
func (t *team) change(start time.Time, p practice) *dora.Change {
	coding := t.about(p.coding)
	opened := after(start, coding)
	c := &dora.Change{CreatedAt: opened}
	t.call(c, title{})
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

// call gives a change its title, label and branch. The zero title stands for
// the next one of the story.
func (t *team) call(c *dora.Change, as title) {
	if as.text == "" {
		as, t.titles = t.titles[0], t.titles[1:]
	}
	c.Title, c.Labels, c.HeadRef = as.text, []string{as.label}, as.label+"/"+branch(as.text)
}

// branch is a title as the name of a branch has it: its first words.
func branch(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
	return strings.Join(words[:min(len(words), 5)], "-")
}

// commit is a commit of a change, before it is squashed.
func (t *team) commit(at time.Time) dora.ChangeCommit {
	return dora.ChangeCommit{SHA: t.sha(), AuthorDate: at, CommitterDate: at}
}

// update is a bot's change of one library.
func (t *team) update(start time.Time, p practice) *dora.Change {
	library := t.libraries[t.random.IntN(len(t.libraries))]
	major, minor := 1+t.random.IntN(4), t.random.IntN(30)
	c := &dora.Change{Bot: true, CreatedAt: start, Commits: []dora.ChangeCommit{t.commit(start.Add(-20 * time.Second))}}
	t.call(c, title{fmt.Sprintf("Update %s from %d.%d to %d.%d", library, major, minor, major, minor+1), "dependencies"})
	merged := after(start, t.about(p.pickup))
	if t.chance(60) {
		c.FirstReviewAt = merged
	}
	t.merge(c, merged.Add(4*time.Minute))
	return c
}

// leave opens a pull request that is not merged.
func (t *team) leave(o opened, state string) {
	c := &dora.Change{Bot: o.bot, State: state, CreatedAt: after(end.Add(-o.ago), t.between(0, 50*time.Minute))}
	t.call(c, title{o.title, o.label})
	c.Commits = []dora.ChangeCommit{t.commit(c.CreatedAt.Add(-t.between(10*time.Minute, 3*hour)))}
	if o.reviewed {
		c.FirstReviewAt = after(c.CreatedAt, t.between(20*time.Minute, 5*hour))
	}
	t.changes = append(t.changes, c)
}

// merge lands c on main, unless the story is over.
func (t *team) merge(c *dora.Change, at time.Time) {
	if at.Before(end) {
		c.State, c.MergedAt, c.LandingSHA = "merged", at, t.sha()
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

// address is where something of the team would be found. No such host can exist
// (RFC 2606).
func (t *team) address(path string, id any) string {
	return fmt.Sprintf("https://github.example/shop/%s/%s/%v", t.name, path, id)
}

// enumerate gives pull requests their numbers in the order in which they were
// opened, and the reverts what they take back.
func (t *team) enumerate() {
	slices.SortFunc(t.changes, func(a, b *dora.Change) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Commits[0].SHA, b.Commits[0].SHA))
	})
	for i, c := range t.changes {
		c.Repo, c.ID, c.BaseRef = t.name, fmt.Sprint(t.number+i), "main"
		c.URL = t.address("pull", c.ID)
		if back := t.reverts[c]; back != nil {
			c.HeadRef, c.Reverts = "revert-"+back.ID+"-"+back.HeadRef, []string{back.ID}
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
			Repo: t.name, SHA: c.LandingSHA, Parents: []string{parent}, AuthorDate: c.MergedAt, CommitterDate: c.MergedAt, Pull: c.ID,
		})
		parent = c.LandingSHA
	}
}
