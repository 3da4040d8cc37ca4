package dora

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// pullRequest adds a change that one commit landed, with hours for the first
// commit, the opening and the merge.
func (w *world) pullRequest(id, sha string, first, opened, merged float64) *Change {
	w.Changes = append(w.Changes, Change{
		Repo: "shop", ID: id, BaseRef: "main", HeadRef: "topic-" + id, LandingSHA: sha, CreatedAt: hour(opened), MergedAt: hour(merged),
		Commits: []ChangeCommit{{SHA: "own-" + id, AuthorDate: hour(first), CommitterDate: hour(first)}},
	})
	return &w.Changes[len(w.Changes)-1]
}

// incident adds one that nothing names the cause of.
func (w *world) incident(id string, opened, resolved float64) *Incident {
	w.Incidents = append(w.Incidents, Incident{ID: id, Services: []string{"shop"}, OpenedAt: hour(opened), ResolvedAt: hour(resolved)})
	return &w.Incidents[len(w.Incidents)-1]
}

// as is the overall period of the world in the eyes of a tool.
func (w *world) as(t *testing.T, p Peer, change ...func(*Service)) PeriodCompared {
	t.Helper()
	c, err := As(p, []Snapshot{w.snapshot(change...)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Services[0].Overall
}

func wantFigure(t *testing.T, what string, got Figure, n int, want float64) {
	t.Helper()
	wantNumber(t, what, got.Value, want)
	if got.N != n || got.Reason != "" {
		t.Errorf("%s: n = %d with reason %q, want %d without", what, got.N, got.Reason, n)
	}
}

func wantReason(t *testing.T, what string, got Figure, want Reason) {
	t.Helper()
	wantNone(t, what, got.Value)
	if got.Reason != want {
		t.Errorf("%s: reason = %q, want %q", what, got.Reason, want)
	}
}

func measured(s *Service) { s.Failures = &Failures{} }

const anHour = 3600

// fourPulls is a history in which changes of 1, 2, 3 and 4 hours are delivered
// together.
func fourPulls() *world {
	w := &world{}
	w.covered(0, 24)
	w.commit("base", 0)
	w.deploy("first", "base", 1)
	parent := "base"
	for k, id := range []string{"1", "2", "3", "4"} {
		began := 10 - float64(k+1)
		w.commit("m"+id, 9.5, parent)
		w.pullRequest(id, "m"+id, began, began, 9.5)
		parent = "m" + id
	}
	w.deploy("second", "m4", 10)
	return w
}

func TestAs_DevLakeTakesTheLowerMedian(t *testing.T) {
	t.Parallel()
	got := fourPulls().as(t, DevLake).LeadTime
	wantFigure(t, "theirs, of 1, 2, 3 and 4 h", got.Figure, 4, 2*anHour)
	wantFigure(t, "ours", got.Ours, 4, 2.5*anHour)
}

func TestAs_DevLakeRoundsEachPartUpToMinutes(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.deploy("a", "v1", 5)
	const s = 1.0 / 3600
	w.pullRequest("1", "v2", 6, 6+s, 6+2*s)
	w.deploy("b", "v2", 6+3*s)
	got := w.as(t, DevLake).LeadTime
	wantFigure(t, "theirs: coding, open and deploy of 1 s each are a minute each", got.Figure, 1, 180)
	wantFigure(t, "ours", got.Ours, 1, 3)
}

func TestAs_DevLakeLinksIncidentsWithoutLimit(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 120)
	w.deploy("a", "v1", 5)
	w.deploy("b", "v2", 10)
	w.incident("late", 100, 102.51)
	w.incident("at once", 5, 6) // in the very second of a: not after it
	got := w.as(t, DevLake, measured)
	// b alone has an incident after it; ours is linked to none within 24 h but
	// "at once", whose window includes the second itself.
	wantFigure(t, "theirs", got.ChangeFailRate.Figure, 2, 0.5)
	wantFigure(t, "ours", got.ChangeFailRate.Ours, 2, 0.5)
	// 92.51 h from the deployment to the end are 5550.6 min.
	wantFigure(t, "their recovery", got.RecoveryTime.Figure, 1, 5550*60)
	wantFigure(t, "our recovery, of the other deployment", got.RecoveryTime.Ours, 1, anHour)
}

func TestAs_RollbacksInLeadTime(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.pullRequest("2", "v2", 1, 1, 2)
	w.pullRequest("3", "v3", 2, 2, 3)
	for i, sha := range []string{"v1", "v2", "v3", "v2", "v3"} {
		w.deploy(string(rune('a'+i)), sha, float64(10+i))
	}
	// v1 was committed without a pull request, so the push that brought it is
	// not known. v2 lands at 1 h and goes live at 11 and 13, v3 at 2 h and at 12
	// and 14.
	got := w.as(t, FourKeys).LeadTime
	wantFigure(t, "Four Keys counts what is deployed again: 10, 12, 10, 12 h", got.Figure, 4, 11*anHour)
	wantFigure(t, "ours, from the first commit", got.Ours, 2, 10*anHour)
	for _, p := range []Peer{DevLake, GitLab} {
		if n := w.as(t, p).LeadTime.N; n != 2 {
			t.Errorf("%s has %d lead times, want 2: each pull request once", p, n)
		}
	}
}

func TestAs_DevLakeDeliversAgainWhatTheBaselineHad(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.pullRequest("2", "v2", 1, 1, 2)
	for i, sha := range []string{"v2", "v1", "v2"} {
		w.deploy(string(rune('a'+i)), sha, float64(10+i))
	}
	// The third deployment has v2 and the one before has not: 11 h after the
	// first commit.
	got := w.as(t, DevLake).LeadTime
	wantFigure(t, "theirs", got.Figure, 1, 11*anHour)
	wantReason(t, "ours", got.Ours, NoData)
}

func TestAs_DevLakeTakesTheLastStatus(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.deploy("a", "v1", 1)
	w.deploy("b", "v2", 2).Statuses = []StatusAt{{Inactive, hour(2)}}
	w.deploy("c", "v3", 3).Statuses = []StatusAt{{Success, hour(3)}, {Failure, hour(4)}}
	w.deploy("d", "v4", 5).Statuses = []StatusAt{{Success, hour(5)}, {Success, hour(6)}, {Inactive, hour(7)}}
	got := w.as(t, DevLake).DeploymentFrequency
	if got.N != 3 || got.Ours.N != 3 {
		t.Errorf("deployments = %d there and %d here, want a, b, d and a, c, d", got.N, got.Ours.N)
	}
	if n := w.as(t, FourKeys).DeploymentFrequency.N; n != 4 {
		t.Errorf("Four Keys has %d deployments, want 4: each status success of a, c and d", n)
	}
}

func TestAs_FourKeysSquashLastPushAndZero(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.deploy("a", "v1", 0.5)
	w.pullRequest("2", "v2", 0.6, 0.7, 1) // squashed to v2 at 1 h
	w.pullRequest("3", "v3", 0.6, 0.7, 2)
	w.deploy("b", "v3", 8)
	w.pullRequest("4", "v4", 0.6, 0.7, 3)
	w.deploy("c", "v4", 9)
	// Of b only v3, which was pushed last, from its squash: 6 h. Of c 6 h too.
	got := w.as(t, FourKeys).LeadTime
	wantFigure(t, "theirs", got.Figure, 2, 6*anHour)
	wantFigure(t, "ours: 7.4, 7.4 and 8.4 h", got.Ours, 3, 7.4*anHour)

	w = line()
	w.covered(0, 24)
	w.pullRequest("2", "v2", 0.5, 0.6, 1)
	w.deploy("a", "v2", 1+59.0/3600)
	wantFigure(t, "deployed within a minute of its commit", w.as(t, FourKeys).LeadTime.Figure, 0, 0)
}

func TestAs_FourKeysTakesTheCommitsOfAMerge(t *testing.T) {
	t.Parallel()
	// base ─ a ─ b ─ m    m merges the pull request of a and b
	//   └──────────┘
	w := &world{}
	w.covered(0, 24)
	w.commit("base", 0)
	w.commit("a", 1, "base")
	w.commit("b", 3, "a")
	w.commit("m", 5, "base", "b")
	w.pullRequest("1", "m", 1, 3, 5)
	w.deploy("first", "base", 0.5)
	w.deploy("second", "m", 6)
	// a after 5 h, b after 3, the merge itself after 1.
	wantFigure(t, "theirs", w.as(t, FourKeys).LeadTime.Figure, 3, 3*anHour)

	// A rebase wrote both anew, with their author dates.
	w = &world{}
	w.covered(0, 24)
	w.commit("base", 0)
	w.Commits = append(w.Commits,
		Commit{Repo: "shop", SHA: "a2", Parents: []string{"base"}, AuthorDate: hour(1), CommitterDate: hour(4)},
		Commit{Repo: "shop", SHA: "b2", Parents: []string{"a2"}, AuthorDate: hour(3), CommitterDate: hour(4)})
	p := w.pullRequest("1", "b2", 1, 3, 4)
	p.Commits = append(p.Commits, ChangeCommit{SHA: "b", AuthorDate: hour(3), CommitterDate: hour(3)})
	w.deploy("first", "base", 0.5)
	w.deploy("second", "b2", 6)
	wantFigure(t, "theirs, from the committer dates of the rebase", w.as(t, FourKeys).LeadTime.Figure, 2, 2*anHour)
}

func TestAs_FourKeysCountsIncidentsByTheirCommit(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 48)
	w.deploy("a", "v1", 4)
	w.deploy("b", "v2", 10)
	w.deploy("c", "v1", 12) // back
	w.incident("1", 11, 13.5).CausedBy = "v1"
	w.incident("2", 11, 13.5).CausedBy = "b" // a deployment, not a commit
	w.incident("3", 20, 21.98)
	got := w.as(t, FourKeys, measured)
	// v1 was deployed twice, so its one incident counts twice: 2 of 3.
	wantFigure(t, "theirs", got.ChangeFailRate.Figure, 3, 2.0/3)
	// Incident 1 began with the first deployment of v1: 9.5 h, whole hours 9. The
	// others are 2.5 and 1.98 h, whole hours 2 and 1: the median is 2.
	wantFigure(t, "their time to restore", got.RecoveryTime.Figure, 3, 2*anHour)
}

func TestAs_GitLabFailsMoreOftenThanItDeploys(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 48)
	w.deploy("a", "v1", 4)
	for _, id := range []string{"1", "2", "3"} {
		w.incident(id, 5, 6)
	}
	got := w.as(t, GitLab, measured)
	wantFigure(t, "theirs: 3 incidents by 1 deployment", got.ChangeFailRate.Figure, 1, 3)
	wantFigure(t, "ours", got.ChangeFailRate.Ours, 1, 1)
	// From 4 h, the first deployment, to the second after 48 h: three dates.
	wantFigure(t, "how often", got.DeploymentFrequency.Figure, 1, 1.0/3)
}

func TestAs_GitLabTakesTheMedianOfDays(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 96)
	w.commit("v5", 4, "v4")
	w.deploy("a", "v1", 5)
	w.pullRequest("2", "v2", 1, 2, 29)
	w.deploy("b", "v2", 30) // second day: 1 h after the merge
	w.pullRequest("3", "v3", 1, 2, 57)
	w.pullRequest("4", "v4", 1, 2, 55)
	w.pullRequest("5", "v5", 1, 2, 53)
	w.deploy("c", "v5", 60) // third day: 3, 5 and 7 h
	w.incident("1", 6, 7)
	w.incident("2", 30, 33)
	w.incident("3", 30, 35)
	w.incident("4", 30, 0).ResolvedAt = time.Time{}
	got := w.as(t, GitLab, measured)
	wantFigure(t, "lead time: the median of 1 and 5 h", got.LeadTime.Figure, 4, 3*anHour)
	wantFigure(t, "ours: the median of 29, 59, 59 and 59 h", got.LeadTime.Ours, 4, 59*anHour)
	// First day 1 h, second day 3 and 5 h: the median of 1 and 4. The fourth is
	// open and not in it.
	wantFigure(t, "time to restore", got.RecoveryTime.Figure, 3, 2.5*anHour)
}

func TestAs_GitLabsFirstDeploymentTakesItsBranch(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.pullRequest("2", "v2", 1, 2, 3)
	w.pullRequest("3", "v3", 1, 2, 4)
	w.pullRequest("9", "elsewhere", 1, 2, 4).BaseRef = "release"
	w.deploy("a", "v1", 10).Ref = "main" // has neither
	w.deploy("b", "v3", 20)
	got := w.as(t, GitLab).LeadTime
	wantFigure(t, "theirs: 7 and 6 h, and not again with b", got.Figure, 2, 6.5*anHour)
	wantFigure(t, "ours: with b, from the first commit", got.Ours, 2, 19*anHour)
}

func TestAs_MiddlewareAveragesInWholeNumbers(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 5*168-1)
	for i := range 9 {
		w.deploy(string(rune('a'+i)), []string{"v1", "v2"}[i%2], float64(i))
	}
	got := w.as(t, Middleware).DeploymentFrequency
	wantFigure(t, "theirs: 9 in 5 weeks", got.Figure, 9, 1)
	wantFigure(t, "ours: 9 in the four weeks that are whole", got.Ours, 9, 9.0/4)
}

func TestAs_MiddlewareGoesByTheStartOfTheNextRun(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 48)
	w.deploy("a", "v1", 5)
	w.pullRequest("2", "v2", 6, 8, 10)
	reviewed := w.pullRequest("3", "v3", 6, 8, 10)
	reviewed.FirstReviewAt = hour(9)
	w.deploy("b", "v1", 12) // a rollout of what is live already
	w.deploy("c", "v3", 20)
	// Both are delivered by b for it, 2 h after the merge. The first has 2 h of
	// coding and no review, so 4 h; the second 2 h from opening to merge more.
	got := w.as(t, Middleware).LeadTime
	wantFigure(t, "theirs: the mean of 4 and 6 h", got.Figure, 2, 5*anHour)
	wantFigure(t, "ours", got.Ours, 2, 14*anHour)
}

func TestAs_MiddlewareFollowsBranches(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 48)
	w.deploy("a", "v1", 1).Ref = "main"
	w.pullRequest("2", "v2", 2, 2, 3).BaseRef = "develop"
	late := w.pullRequest("3", "v4", 2, 2, 8)
	late.BaseRef = "develop" // after the promotion
	w.pullRequest("4", "v3", 4, 4, 5).HeadRef = "develop"
	w.deploy("b", "v3", 7).Ref = "main"
	w.deploy("c", "v4", 9).Ref = "main"
	// With b the promotion (5 to 7 h, nothing before) and what it brought (3 to
	// 7 h). The last one waits for the next promotion.
	wantFigure(t, "theirs: the mean of 2 and 4 h", w.as(t, Middleware).LeadTime.Figure, 2, 3*anHour)
}

func TestAs_MiddlewareCountsRunsThatFailed(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 96)
	w.deploy("a", "v1", 5)
	w.deploy("b", "v2", 10).Status = Failure
	again := w.deploy("c", "v3", 20)
	again.Status, again.Attempt = Failure, 1
	w.deploy("c", "v3", 21).Attempt = 2
	w.incident("1", 12, 13)
	w.incident("2", 90, 95)
	got := w.as(t, Middleware, measured)
	// Runs a, b and c; the incidents fall on b, which failed, and on c.
	wantFigure(t, "theirs", got.ChangeFailRate.Figure, 3, 2.0/3)
	wantFigure(t, "ours: a and c, and incident 1 within a day of a", got.ChangeFailRate.Ours, 2, 0.5)
	wantFigure(t, "their recovery: the mean of 1 and 5 h", got.RecoveryTime.Figure, 2, 3*anHour)
}

func TestAs_MiddlewareTakesMergesForDeployments(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.pullRequest("2", "v2", 1, 2, 5)
	for i, sha := range []string{"v1", "v2"} {
		w.deploy(sha, sha, float64(i+4)).Source = Merge
	}
	proxy := func(s *Service) { s.Source = Merge }
	got := w.as(t, Middleware, proxy)
	wantFigure(t, "lead time: coding alone, without review", got.LeadTime.Figure, 1, anHour)
	if n := got.DeploymentFrequency.N; n != 1 {
		t.Errorf("deployments = %d, want 1: the merged pull request", n)
	}
}

func TestAs_WhatTheDataLacksHasAReason(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 24)
	w.deploy("a", "v1", 1)
	w.deploy("b", "v2", 2)
	for _, p := range Peers() {
		got := w.as(t, p)
		wantReason(t, string(p)+" without pull requests", got.LeadTime.Figure, NotInSource)
		wantReason(t, string(p)+" without incidents", got.ChangeFailRate.Figure, NotInSource)
		wantReason(t, string(p)+" without incidents, recovery", got.RecoveryTime.Figure, NotInSource)
		wantReason(t, "ours beside "+string(p), got.ChangeFailRate.Ours, NotMeasured)
		if because := got.LeadTime.Because; len(because) == 0 || !strings.Contains(because[0].Text, "the events") {
			t.Errorf("%s: because = %v, want first what the events lack", p, because)
		}
	}
	// Where failures are measured, having none is an answer; DevLake asks for
	// incidents all the same.
	for p, want := range map[Peer]float64{FourKeys: 0, Middleware: 0, GitLab: 0} {
		wantFigure(t, string(p), w.as(t, p, measured).ChangeFailRate.Figure, 2, want)
	}
	wantReason(t, "DevLake", w.as(t, DevLake, measured).ChangeFailRate.Figure, NoData)
}

func TestAs_PeriodsAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	w := fourPulls()
	w.covered(24, 3*168)
	s := []Snapshot{w.snapshot()}
	opts := Options{By: Week, From: hour(-168), To: hour(2 * 168)}
	r := Compute(s, opts).Services[0]
	for _, p := range Peers() {
		c, err := As(p, s, opts)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Services[0]
		var names, want []string
		for _, p := range got.Periods {
			names = append(names, *p.Period)
		}
		for _, p := range r.Periods {
			want = append(want, *p.Period)
		}
		wantList(t, "periods", names, want)
		wantReason(t, string(p)+" before the first deployment", got.Periods[0].DeploymentFrequency.Figure, OutsideCoverage)
		if n := got.Periods[1].LeadTime.N; n == 0 || n != got.Overall.LeadTime.N {
			t.Errorf("%s: %d lead times in the week that has them, %d in all", p, n, got.Overall.LeadTime.N)
		}
		// A week without anything: what the tool shows for it.
		empty := got.Periods[2].LeadTime.Figure
		if p == GitLab {
			wantReason(t, "GitLab in a week without a delivery", empty, NoData)
		} else {
			wantFigure(t, string(p)+" in a week without a delivery", empty, 0, 0)
		}
	}
}

func TestAs_UnknownTool(t *testing.T) {
	t.Parallel()
	_, err := As("ours", nil, Options{})
	if !errors.Is(err, ErrPeer) || !strings.Contains(err.Error(), "devlake, fourkeys, gitlab, middleware") {
		t.Errorf("error = %v, want ErrPeer with the tools that are known", err)
	}
	if c, err := As(DevLake, nil, Options{}); err != nil || len(c.Services) != 0 {
		t.Errorf("no snapshots: %v, %v", c, err)
	}
}

func TestAs_OrderOfEventsDoesNotMatter(t *testing.T) {
	t.Parallel()
	w := fourPulls()
	w.deploy("third", "m2", 20)
	w.deploy("fourth", "m4", 21)
	w.incident("1", 12, 13)
	w.incident("2", 12, 14).CausedBy = "m4"
	var want [][]byte
	for round := range 4 {
		var got [][]byte
		for _, p := range Peers() {
			c, err := As(p, []Snapshot{w.snapshot(measured)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b)
		}
		if round == 0 {
			want = got
		}
		for i := range got {
			if !bytes.Equal(got[i], want[i]) {
				t.Errorf("round %d: %s\n%s, want\n%s", round, Peers()[i], got[i], want[i])
			}
		}
		random := rand.New(rand.NewPCG(1, uint64(round)))
		random.Shuffle(len(w.Commits), func(i, j int) { w.Commits[i], w.Commits[j] = w.Commits[j], w.Commits[i] })
		random.Shuffle(len(w.Deployments), func(i, j int) { w.Deployments[i], w.Deployments[j] = w.Deployments[j], w.Deployments[i] })
		random.Shuffle(len(w.Changes), func(i, j int) { w.Changes[i], w.Changes[j] = w.Changes[j], w.Changes[i] })
		random.Shuffle(len(w.Incidents), func(i, j int) { w.Incidents[i], w.Incidents[j] = w.Incidents[j], w.Incidents[i] })
	}
}

func TestComparison_WritesWithin80Columns(t *testing.T) {
	t.Parallel()
	w := fourPulls()
	w.incident("1", 12, 13)
	for _, p := range Peers() {
		for _, change := range []func(*Service){measured, func(*Service) {}, func(s *Service) { s.Name = "a\x1b[31m" }} {
			c, err := As(p, []Snapshot{w.snapshot(change)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var table, twice bytes.Buffer
			if err := c.WriteTable(&table); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(table.String()) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 || strings.Contains(line, "\x1b") {
					t.Errorf("%s: a line of %d columns: %q", p, n, line)
				}
			}
			if err := c.WriteJSON(&twice); err != nil {
				t.Fatal(err)
			}
			var keys struct {
				Schema   string
				Services []struct {
					Overall map[string]json.RawMessage
				}
			}
			if err := json.Unmarshal(twice.Bytes(), &keys); err != nil {
				t.Fatal(err)
			}
			for _, k := range []string{"period", "from", "to", "partial", "deployment_frequency", "lead_time", "change_fail_rate", "recovery_time"} {
				if _, ok := keys.Services[0].Overall[k]; !ok || keys.Schema != ComparisonSchema {
					t.Errorf("%s: no key %q in %s", p, k, twice.String())
				}
			}
		}
	}
}

func TestGraph_BetweenIsWhatOneHeadReachesAndTheOtherDoesNot(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	name := func(i int) string { return string(rune('A' + i)) }
	for range 200 {
		var w world
		for i := range 14 {
			var parents []string
			for range random.IntN(3) {
				if i > 0 {
					parents = append(parents, name(random.IntN(i)))
				}
			}
			slices.Sort(parents)
			w.commit(name(i), float64(i), slices.Compact(parents)...)
		}
		g := newGraph(w.Events, map[string]bool{"shop": true})
		old, head := int32(random.IntN(15)-1), int32(random.IntN(14))
		reached := g.reach([]int32{old})
		var want []int32
		for n, owner := range g.reach([]int32{head}) {
			if owner >= 0 && reached[n] < 0 {
				want = append(want, int32(n))
			}
		}
		got := g.between(old, head)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("between %d and %d = %v, want %v in %+v", old, head, got, want, w.Commits)
		}
	}
}
