package dora

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wholeCollection is a repository that was collected, from day 1 to day 20.
func wholeCollection(repo string, resources ...string) Collection {
	c := Collection{Repo: repo, Pulls: true}
	for _, r := range resources {
		c.Events.Collected = append(c.Events.Collected, Collected{Source: "github", Repo: repo, Resource: r, Status: "complete", From: dayOf(1), To: dayOf(20)})
	}
	return c
}

func dayOf(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }

func anyTag(string) bool { return true }

// A list that nobody read leaves nothing that could be called complete.
func TestRel_G7_GatherNeedsEveryList(t *testing.T) {
	t.Parallel()
	s := Service{Name: "pay", Source: GitHubDeployments, Failures: &Failures{Incidents: []string{"incident"}}}
	for _, tt := range []struct {
		name      string
		resources []string
		want      Coverage
	}{
		{"all", s.Needs(true), Coverage{Status: Complete, From: dayOf(1), To: dayOf(20)}},
		{"no deployments", []string{ResourceCommits, ResourceChanges, ResourceIncidents}, Coverage{Status: Uncovered, From: dayOf(1), To: dayOf(20), Reasons: []string{NotCollected}}},
		{"no commits", []string{ResourceDeployments, ResourceChanges, ResourceIncidents}, Coverage{Status: Uncovered, From: dayOf(1), To: dayOf(20), Reasons: []string{NotCollected}}},
		{"no pull requests", []string{ResourceCommits, ResourceDeployments, ResourceIncidents}, Coverage{Status: Partial, From: dayOf(1), To: dayOf(20), Reasons: []string{NotCollected}}},
		{"no incidents", []string{ResourceCommits, ResourceDeployments, ResourceChanges}, Coverage{Status: Partial, From: dayOf(1), To: dayOf(20), Reasons: []string{NotCollected}}},
		{"nothing", nil, Coverage{Status: Uncovered, Reasons: []string{NotCollected}}},
	} {
		_, got := s.Gather([]Collection{wholeCollection("acme/pay", tt.resources...)}, anyTag)
		if len(got.Reasons) == 0 {
			got.Reasons = nil
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, d)
		}
	}
	if _, got := s.Gather(nil, anyTag); got.Status != Uncovered {
		t.Errorf("without a repository: %+v, want unknown", got)
	}
}

// Where pull requests are unknown, commits would pass for changes.
func TestMetrics_C1_NoPullRequestsNoLeadTime(t *testing.T) {
	t.Parallel()
	s := Service{Name: "pay", Source: GitHubDeployments}
	c := wholeCollection("acme/pay", ResourceCommits, ResourceDeployments)
	c.Events.Commits = []Commit{{Repo: "acme/pay", SHA: "a", CommitterDate: dayOf(2)}}
	if e, _ := s.Gather([]Collection{c}, anyTag); len(e.Commits) > 0 {
		t.Errorf("commits %v, want none", e.Commits)
	}
	c.Pulls = false
	if e, _ := s.Gather([]Collection{c}, anyTag); len(e.Commits) != 1 {
		t.Errorf("of a plain git remote: commits %v, want the one there is", e.Commits)
	}
}

func TestMetrics_D1_GatherTakesOneSource(t *testing.T) {
	t.Parallel()
	c := wholeCollection("acme/pay")
	at := func(d Deployment) Deployment {
		d.Repo, d.Status, d.FinishedAt = "acme/pay", Success, dayOf(3)
		return d
	}
	c.Events.Deployments = []Deployment{
		at(Deployment{ID: "1", Source: GitHubDeployments, Environment: "production"}),
		at(Deployment{ID: "2", Source: GitHubDeployments, Environment: "staging"}),
		at(Deployment{ID: "v1.0.0", Ref: "v1.0.0", Source: Releases}),
		at(Deployment{ID: "v1.0.0", Ref: "v1.0.0", SHA: "abc", Source: Tags}),
		at(Deployment{ID: "nightly", Ref: "nightly", SHA: "def", Source: Tags}),
		at(Deployment{ID: "7", Source: Workflow, Workflow: "deploy.yml", Ref: "main"}),
		at(Deployment{ID: "8", Source: Workflow, Workflow: "deploy.yml", Ref: "try"}),
		at(Deployment{ID: "9", Source: Workflow, Workflow: "other.yml", Ref: "main"}),
	}
	versions := func(tag string) bool { return tag != "nightly" }
	for _, tt := range []struct {
		service Service
		want    []string
	}{
		{Service{Source: GitHubDeployments}, []string{"1", "2"}},
		{Service{Source: Releases}, []string{"v1.0.0"}},
		{Service{Source: Tags}, []string{"v1.0.0"}},
		{Service{Source: Workflow, Workflow: "deploy.yml"}, []string{"7", "8"}},
		{Service{Source: Workflow, Workflow: "deploy.yml", Branch: "main"}, []string{"7"}},
	} {
		e, _ := tt.service.Gather([]Collection{c}, versions)
		var got []string
		for _, d := range e.Deployments {
			got = append(got, d.ID)
			if d.Source == Releases && d.SHA != "abc" {
				t.Errorf("release %s is of commit %q, want that of its tag", d.ID, d.SHA)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v: deployments %v, want %v", tt.service, got, tt.want)
		}
	}
	if c.Events.Deployments[2].SHA != "" {
		t.Error("Gather changed the events it was given")
	}

	choose := func(left ...int) Source {
		some := c
		some.Events.Deployments = nil
		for _, i := range left {
			some.Events.Deployments = append(some.Events.Deployments, c.Events.Deployments[i])
		}
		return Service{Name: "pay"}.Choose([]Collection{some}, versions)
	}
	for want, left := range map[Source][]int{
		GitHubDeployments: {0, 1, 2, 3, 4, 5}, Releases: {1, 2, 3}, Tags: {1, 3, 4, 5}, Merge: {1, 4, 5},
	} {
		if got := choose(left...); got != want {
			t.Errorf("of deployments %v: source %s, want %s", left, got, want)
		}
	}
}

func TestMetrics_X1_IncidentsByLabel(t *testing.T) {
	t.Parallel()
	c := wholeCollection("acme/pay")
	c.Events.Incidents = []Incident{{ID: "1", Labels: []string{"incident"}}, {ID: "2", Labels: []string{"bug"}}, {ID: "3"}}
	e, _ := Service{Source: Tags, Failures: &Failures{Incidents: []string{"incident", "outage"}}}.Gather([]Collection{c}, anyTag)
	if len(e.Incidents) != 1 || e.Incidents[0].ID != "1" {
		t.Errorf("incidents %v, want the first alone", e.Incidents)
	}
}

// What was pushed away by force stays in a store and is no part of the branch:
// the head that its source names decides.
func TestMetrics_C1_HeadOfTheBranch(t *testing.T) {
	t.Parallel()
	commit := func(sha string, day int, parents ...string) Commit {
		return Commit{Repo: "r", SHA: sha, Parents: parents, AuthorDate: dayOf(day), CommitterDate: dayOf(day)}
	}
	e := Events{Commits: []Commit{commit("a", 1), commit("b", 2, "a"), commit("away", 9, "a")}}
	marked := func() string {
		g := newGraph(e, map[string]bool{"r": true})
		text := ""
		main, tracked := g.mainline(), g.tracked()
		for i, c := range g.commits {
			if main[i] {
				text += c.SHA + " "
			}
			if tracked[i] {
				text += "(" + c.SHA + ") "
			}
		}
		return text
	}
	if got, want := marked(), "a (a) b away (away) "; got != want {
		t.Errorf("without a head: %q, want %q", got, want)
	}
	e.Collected = []Collected{{Repo: "r", Resource: ResourceCommits, Head: "b"}}
	if got, want := marked(), "a (a) b (b) "; got != want {
		t.Errorf("with the head b: %q, want %q", got, want)
	}
}

// What was said later is not known yet at the as-of time: a deployment that
// failed first counts as failed until then, and a review as none.
func TestMetrics_T2_NothingFromLater(t *testing.T) {
	t.Parallel()
	e := Events{Deployments: []Deployment{{
		ID: "1", Repo: "r", Source: GitHubDeployments, CreatedAt: dayOf(2),
		Statuses: []StatusAt{{Failure, dayOf(3)}, {Success, dayOf(5)}},
	}}}
	s := Service{Name: "r", Repos: []string{"r"}, Source: GitHubDeployments, Since: dayOf(1)}
	for asOf, want := range map[int][2]int{4: {1, 0}, 6: {0, 1}} {
		c := Coverage{Status: Complete, From: dayOf(1), To: dayOf(asOf)}
		o := Compute([]Snapshot{NewSnapshot(s, c, dayOf(asOf), e)}, Options{}).Services[0].Overall.Deployments
		failed, _ := o.FailedAttempts.Get()
		count, _ := o.Count.Get()
		if got := [2]int{int(failed), int(count)}; got != want {
			t.Errorf("as of day %d: failed and counted are %v, want %v", asOf, got, want)
		}
	}
	g := newGraph(Events{}, nil)
	pull := Change{Repo: "r", ID: "1", CreatedAt: dayOf(1), MergedAt: dayOf(3), FirstReviewAt: dayOf(6), Reviews: []Review{{At: dayOf(6)}}}
	if newPull(&pull, g.node(pull.LandingSHA), dayOf(4)).reviewed || !newPull(&pull, g.node(pull.LandingSHA), dayOf(6)).reviewed || !newPull(&pull, g.node(pull.LandingSHA), time.Time{}).reviewed {
		t.Error("a review counts before it was given, or not afterwards")
	}
}
