package dora

import (
	"testing"
	"time"
)

// pullRequest is one with three commits, authored in hours 1, 2 and 3, created
// in hour 4, reviewed in hour 8 and merged in hour 10.
func pullRequest(landing string) Change {
	c := Change{Repo: "shop", ID: "7", CreatedAt: hour(4), ReadyAt: hour(5), FirstReviewAt: hour(8), MergedAt: hour(10), LandingSHA: landing}
	for i, sha := range []string{"p1", "p2", "p3"} {
		c.Commits = append(c.Commits, ChangeCommit{SHA: sha, AuthorDate: hour(float64(i + 1)), CommitterDate: hour(float64(i + 1))})
	}
	return c
}

// landed is the history around pullRequest, by the way it was merged.
func landed(how string) *world {
	w := &world{}
	w.commit("base", 0)
	landing := "landing"
	switch how {
	case "merge":
		w.commit("p1", 1, "base")
		w.commit("p2", 2, "p1")
		w.commit("p3", 3, "p2")
		w.commit("landing", 10, "base", "p3")
	case "squash":
		w.commit("landing", 10, "base")
	case "rebase":
		for i, sha := range []string{"r1", "r2", "landing"} {
			w.commit(sha, 10, []string{"base", "r1", "r2"}[i])
			w.Commits[len(w.Commits)-1].AuthorDate = hour(float64(i + 1))
		}
	}
	w.Changes = []Change{pullRequest(landing)}
	w.deploy("a", "base", 0.5)
	w.deploy("b", landing, 21)
	return w
}

func TestMetrics_C1_MergeSquashAndRebaseAreOneChange(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"merge", "squash", "rebase"} {
		wantHours(t, how, landed(how).leadHours(), map[string]float64{"#7": 20})
	}
}

func TestMetrics_C1_DirectCommits(t *testing.T) {
	t.Parallel()
	w := landed("merge")
	w.commit("direct", 12, "landing")
	w.deploy("c", "direct", 22)
	wantHours(t, "the commit beside the pull request", w.leadHours(), map[string]float64{"#7": 20, "direct": 10})
	if f := finding(w.report(), "DQ17"); f.Count != 1 {
		t.Errorf("DQ17 = %+v, want a count of 1", f)
	}
}

func TestMetrics_C3_ChangeThatIsNotInTheHistory(t *testing.T) {
	t.Parallel()
	w := landed("squash")
	w.Changes = append(w.Changes, Change{Repo: "shop", ID: "8", CreatedAt: hour(1), MergedAt: hour(2), LandingSHA: "gone"})
	wantHours(t, "lead times", w.leadHours(), map[string]float64{"#7": 20})
	if f := finding(w.report(), "DQ04"); f.Count != 1 {
		t.Errorf("DQ04 = %+v, want a count of 1", f)
	}
}

func TestMetrics_L3_StagesAreAPartition(t *testing.T) {
	t.Parallel()
	s := landed("squash").report().Overall.LeadTime.Stages
	wantNumber(t, "coding", s.Coding.P50, 4*3600) // hour 1 to 5
	wantNumber(t, "pickup", s.Pickup.P50, 3*3600) // to 8
	wantNumber(t, "review", s.Review.P50, 2*3600) // to 10
	wantNumber(t, "deploy", s.Deploy.P50, 11*3600)

	// Whatever the order of the instants, the parts add up and are not negative.
	for mask := range 1 << 8 {
		u := unit{
			reviewed: true, start: hour(3), ready: hour(float64(mask & 3 * 3)),
			review: hour(float64(mask >> 2 & 3 * 3)), landed: hour(float64(mask >> 4 & 3 * 3)), end: hour(float64(3 + mask>>6*2)),
		}
		var sum int64
		for _, v := range u.stages() {
			if v < 0 {
				t.Fatalf("stages of %+v = %v, want none below 0", u, u.stages())
			}
			sum += v
		}
		if sum != u.seconds() {
			t.Fatalf("stages of %+v = %v, want a sum of %d", u, u.stages(), u.seconds())
		}
	}
}

func TestMetrics_L3_WithoutReview(t *testing.T) {
	t.Parallel()
	w := landed("squash")
	w.Changes[0].FirstReviewAt = time.Time{}
	w.Changes[0].Reviews = []Review{{At: hour(6), Bot: true}} // metrics/C10: no review
	r := w.report()
	s := r.Overall.LeadTime.Stages
	if s.Pickup.N != 0 || s.Review.N != 0 || s.Pickup.Reason != NoData || s.Coding.N != 1 || s.Deploy.N != 1 {
		t.Errorf("stages = %+v, want neither pickup nor review", s)
	}
	if f := finding(r, "DQ16"); f.Count != 1 {
		t.Errorf("DQ16 = %+v, want a count of 1", f)
	}
	w.Changes[0].Reviews = append(w.Changes[0].Reviews, Review{At: hour(9)}, Review{At: hour(7)})
	wantNumber(t, "pickup up to the first review by a person", w.report().Overall.LeadTime.Stages.Pickup.P50, 2*3600)
}

func TestMetrics_L1_StartOfAPullRequest(t *testing.T) {
	t.Parallel()
	epoch, far := time.Unix(0, 0), time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)
	tests := []struct {
		name   string
		change func(*Change)
		start  float64
		odd    bool
	}{
		{"first commit", func(*Change) {}, 1, false},
		{"created before any commit", func(c *Change) { c.CreatedAt = hour(0.5) }, 0.5, false},
		{"no commits listed", func(c *Change) { c.Commits = nil }, 4, false},
		{"merge commits do not count", func(c *Change) { c.Commits[0].Merge = true }, 2, false},
		{"author date in 1970", func(c *Change) { c.Commits[0].AuthorDate = epoch }, 1, true},
		{"author date in 2038", func(c *Change) { c.Commits[0].AuthorDate = far }, 1, true},
		{"both dates in 1970", func(c *Change) { c.Commits[0].AuthorDate, c.Commits[0].CommitterDate = epoch, epoch }, 2, true},
		{"more than a year old", func(c *Change) { c.Commits[0].AuthorDate = c.CreatedAt.Add(-366 * 24 * time.Hour) }, 1, true},
		{"nearly a year old", func(c *Change) { c.Commits[0].AuthorDate = c.CreatedAt.Add(-365 * 24 * time.Hour) }, 4 - 365*24, false},
	}
	for _, test := range tests {
		c := pullRequest("x")
		test.change(&c)
		if start, plausible := changeStart(c); !start.Equal(hour(test.start)) || plausible == test.odd {
			t.Errorf("%s: start = %s, plausible %v; want %s, %v", test.name, start, plausible, hour(test.start), !test.odd)
		}
	}
}

func TestMetrics_G3_StartOfACommit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		author, committer time.Time
		want              time.Time
		plausible         bool
	}{
		{"author date", hour(1), hour(5), hour(1), true},
		{"the same", hour(1), hour(1), hour(1), true},
		{"1970", time.Unix(0, 0), hour(5), hour(5), false},
		{"2038", time.Unix(1<<31-1, 0), hour(5), hour(5), false},
		{"one second before git", firstDate.Add(-time.Second), hour(5), hour(5), false},
		{"the birth of git", firstDate, hour(5), firstDate, true},
		{"years old: no maximum age", hour(-3 * 365 * 24), hour(5), hour(-3 * 365 * 24), true},
	}
	for _, test := range tests {
		if got, ok := commitStart(test.author, test.committer); !got.Equal(test.want) || ok != test.plausible {
			t.Errorf("%s: commitStart = %s, %v; want %s, %v", test.name, got, ok, test.want, test.plausible)
		}
	}
}

// The end is that of the deployment (metrics/L2), give or take a clock.
func TestMetrics_L4_DeployedBeforeItBegan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		skew    time.Duration
		n, dq06 int
	}{
		{"no skew", 0, 1, 0},
		{"five minutes", 300 * time.Second, 1, 0},
		{"a second more", 301 * time.Second, 0, 1},
	}
	for _, test := range tests {
		w := line()
		w.deploy("a", "v1", 1)
		d := w.deploy("b", "v2", 1)
		d.CreatedAt, d.FinishedAt = hour(1).Add(time.Second), hour(2)
		w.Commits[1].AuthorDate = hour(2).Add(test.skew)
		w.Commits[1].CommitterDate = w.Commits[1].AuthorDate
		r := w.report()
		if l := r.Overall.LeadTime; l.N != test.n {
			t.Errorf("%s: n = %d, want %d", test.name, l.N, test.n)
		} else if l.N == 1 {
			wantNumber(t, test.name+": L7, zero is a value", l.P50, 0)
		}
		if f := finding(r, "DQ06"); f.Count != test.dq06 {
			t.Errorf("%s: DQ06 = %+v, want a count of %d", test.name, f, test.dq06)
		}
	}
}

func TestMetrics_L4_DeployedBeforeMerged(t *testing.T) {
	t.Parallel()
	w := landed("squash")
	w.Changes[0].MergedAt = hour(30) // after the deployment of hour 21
	r := w.report().Overall.LeadTime
	wantNumber(t, "lead time", r.P50, 20*3600)
	wantNumber(t, "deploy", r.Stages.Deploy.P50, 0)
}

func TestMetrics_C9_PathsOfAMonorepo(t *testing.T) {
	t.Parallel()
	w := landed("squash")
	w.Changes[0].Files = []string{"pay/doc/readme.md", "README.md"}
	paths := func(include, exclude []string) func(*Service) {
		return func(s *Service) { s.Include, s.Exclude = include, exclude }
	}
	wantHours(t, "inside", w.leadHours(paths([]string{"pay/**"}, nil)), map[string]float64{"#7": 20})
	wantHours(t, "outside", w.leadHours(paths([]string{"web/**"}, nil)), nil)
	wantHours(t, "excluded", w.leadHours(paths([]string{"pay/**"}, []string{"**/*.md"})), nil)
	w.Changes[0].Files = nil
	wantHours(t, "unknown files belong to all", w.leadHours(paths([]string{"web/**"}, nil)), map[string]float64{"#7": 20})
}

func TestMetrics_C10_Bots(t *testing.T) {
	t.Parallel()
	w := landed("squash")
	w.commit("bump", 11, "landing")
	w.Changes = append(w.Changes, Change{Repo: "shop", ID: "8", Author: "renovate[bot]", CreatedAt: hour(10), MergedAt: hour(11), LandingSHA: "bump"})
	w.deploy("c", "bump", 30)
	bots := func(mode string) func(*Service) { return func(s *Service) { s.Bots = mode } }
	wantHours(t, "excluded by default", w.leadHours(), map[string]float64{"#7": 20})
	wantHours(t, "included", w.leadHours(bots("include")), map[string]float64{"#7": 20, "#8": 20})
	wantHours(t, "only", w.leadHours(bots("only")), map[string]float64{"#8": 20})
	r := w.report()
	wantNumber(t, "deployments of bots count", r.Overall.Deployments.Count, 3)
	if f := finding(r, "DQ15"); f.Count != 1 {
		t.Errorf("DQ15 = %+v, want a count of 1", f)
	}
}

func TestMetrics_L6_Waiting(t *testing.T) {
	t.Parallel()
	w := line()
	w.commit("stray", 2, "v1") // an older head: nothing says it is meant for delivery
	w.deploy("a", "v1", 0.5)
	w.deploy("b", "v2", 9*24)
	w.covered(0, 10*24)
	r := w.report()
	first, last := r.Periods[0].LeadTime.Waiting, r.Overall.LeadTime.Waiting
	if first.N != 3 {
		t.Errorf("waiting at the end of week 1 = %+v, want v2, v3 and v4", first)
	}
	wantNumber(t, "oldest at the end of week 1", first.Oldest, (7*24-1)*3600)
	if last.N != 2 {
		t.Errorf("waiting at the as-of time = %+v, want v3 and v4", last)
	}
	wantNumber(t, "oldest at the as-of time", last.Oldest, (240-2)*3600)
	wantNumber(t, "median age at the as-of time", last.MedianAge, (240-2.5)*3600)
}
