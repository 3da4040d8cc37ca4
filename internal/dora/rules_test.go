package dora

import (
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// Each attempt of a run that succeeded is a deployment of its own, at the end of
// that attempt; one that failed is none.
func TestMetrics_D3_AttemptsOfARun(t *testing.T) {
	t.Parallel()
	w := &world{}
	for i, sha := range []string{"v1", "v2"} {
		w.commit(sha, float64(i))
	}
	w.covered(0, 100)
	for _, a := range []struct {
		id      string
		attempt int
		sha     string
		at      float64
		status  Status
	}{{"7", 1, "v1", 10, Success}, {"8", 1, "v2", 20, Failure}, {"8", 2, "v2", 30, Success}} {
		d := w.deploy(a.id, a.sha, a.at)
		d.Attempt, d.Status, d.Source, d.Workflow = a.attempt, a.status, Workflow, "deploy.yml"
	}
	s := Service{Name: "shop", Repos: []string{"shop"}, Source: Workflow, Workflow: "deploy.yml"}
	r := Compute([]Snapshot{NewSnapshot(s, w.Coverage(s), w.AsOf(), w.Events)}, Options{}).Services[0].Overall
	if n, _ := r.Deployments.Count.Get(); n != 2 {
		t.Errorf("%v deployments, want 2", n)
	}
	if n, _ := r.Deployments.FailedAttempts.Get(); n != 1 {
		t.Errorf("%v failed attempts, want 1", n)
	}
	if p50, _ := r.LeadTime.P50.Get(); p50 != 29*3600 {
		t.Errorf("lead time %v, want that to the second attempt: 29 h", p50)
	}
}

// A release is of the commit that its tag names; drafts and prereleases never
// come this far (see package github).
func TestMetrics_D4_ReleasesAreOfTheirTag(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.Deployments = []Deployment{
		{ID: "v1.0", Repo: "shop", SHA: "v1", Ref: "v1.0", CreatedAt: hour(2), FinishedAt: hour(2), Status: Success, Source: Tags},
		{ID: "v1.1", Repo: "shop", SHA: "v2", Ref: "v1.1", CreatedAt: hour(3), FinishedAt: hour(3), Status: Success, Source: Tags},
		{ID: "r1", Repo: "shop", Ref: "v1.0", CreatedAt: hour(10), FinishedAt: hour(10), Status: Success, Source: Releases},
		{ID: "r2", Repo: "shop", Ref: "v1.1", CreatedAt: hour(20), FinishedAt: hour(20), Status: Success, Source: Releases},
	}
	for _, resource := range []string{ResourceCommits, ResourceReleases, ResourceTags} {
		w.Collected = append(w.Collected, Collected{Repo: "shop", Resource: resource, From: hour(0), To: hour(100)})
	}
	s := Service{Name: "shop", Repos: []string{"shop"}, Source: Releases}
	e, c := s.Gather([]Collection{{Repo: "shop", Events: w.Events}}, func(string) bool { return true })
	r := Compute([]Snapshot{NewSnapshot(s, c, c.To, e)}, Options{}).Services[0].Overall
	if n, _ := r.Deployments.Count.Get(); n != 2 {
		t.Errorf("%v deployments, want the two releases", n)
	}
	if p50, _ := r.LeadTime.P50.Get(); p50 != 19*3600 {
		t.Errorf("lead time %v, want that to the publication: 19 h", p50)
	}
}

// Failed attempts count neither as deployments nor as failures.
func TestMetrics_D9_FailedAttempts(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.covered(0, 100)
	w.deploy("a", "v1", 10)
	w.deploy("b", "v2", 20).Status = Failure
	w.deploy("c", "v2", 30)
	r := w.report(func(s *Service) { s.Failures = &Failures{} }).Overall
	if n, _ := r.Deployments.Count.Get(); n != 2 || r.ChangeFailRate.N != 2 {
		t.Errorf("%v deployments, %d in the fail rate, want 2", n, r.ChangeFailRate.N)
	}
	if failed, _ := r.ChangeFailRate.Failed.Get(); failed != 0 {
		t.Errorf("%v failed, want none: a pipeline that fails harms nobody", failed)
	}
	if n, _ := r.Deployments.FailedAttempts.Get(); n != 1 {
		t.Errorf("%v failed attempts, want 1", n)
	}
}

// Merge commits are never changes.
func TestMetrics_C4_MergesAreNoChanges(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("side", 1, "v1")
	w.commit("main", 2, "v1")
	w.commit("merge", 3, "main", "side")
	w.covered(0, 100)
	w.deploy("a", "v1", 10)
	w.deploy("b", "merge", 20)
	if got := w.leadHours(); len(got) != 2 || got["merge"] != 0 {
		t.Errorf("lead times %v, want those of main and side", got)
	}
}

// A revert was delivered like any other change.
func TestMetrics_C11_RevertsAreChanges(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.commit("v3", 25, "v2")
	w.Commits[2].Reverts = []string{"v2"}
	w.covered(0, 100)
	w.deploy("a", "v1", 10)
	w.deploy("b", "v2", 20)
	w.deploy("c", "v3", 30)
	if r := w.report(); r.Overall.LeadTime.N != 2 {
		t.Errorf("%d changes, want 2: the change and its revert", r.Overall.LeadTime.N)
	}
}

// Time is elapsed time: neither rates nor lead times leave weekends out.
func TestMetrics_F3_T3_WeekendsCount(t *testing.T) {
	t.Parallel()
	w := &world{}
	friday := 4*24 + 17.0
	w.commit("v1", 0)
	w.commit("v2", friday, "v1")
	w.covered(0, 14*24)
	w.deploy("a", "v1", 1)
	w.deploy("b", "v2", friday+64) // Monday at nine
	r := w.report()
	if p50, _ := r.Overall.LeadTime.P50.Get(); p50 != (64 * time.Hour).Seconds() {
		t.Errorf("lead time %v, want 64 h over the weekend", p50)
	}
	if rate, _ := r.Periods[1].Deployments.PerWeek.Get(); rate != 1 {
		t.Errorf("%v deployments a week, want 1: a week has seven days", rate)
	}
}

// An incident that ends before it begins is no negative span.
func TestMetrics_X6_OverBeforeItBegan(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.covered(0, 400)
	w.deploy("a", "v1", 10)
	w.deploy("b", "v2", 20)
	w.Incidents = []Incident{{ID: "7", Services: []string{"shop"}, OpenedAt: hour(25), ResolvedAt: hour(15)}}
	r := w.report(func(s *Service) { s.Failures = &Failures{} })
	if p50, ok := r.Overall.RecoveryTime.P50.Get(); !ok || p50 != 5*3600 {
		t.Errorf("recovery %v (%v), want five hours: up to when it was opened", p50, ok)
	}
	found := false
	for _, f := range r.Findings {
		found = found || f.Code == "DQ23" && f.Count == 1
	}
	if !found {
		t.Errorf("findings %+v, want DQ23", r.Findings)
	}
}

// What a service does not publish stands in no explanation.
func TestPublish(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.covered(0, 400)
	w.deploy("a", "v1", 10)
	w.deploy("b", "v2", 20).URL = "https://example.org/b"
	w.Changes = []Change{{Repo: "shop", ID: "1", Title: "Secret", URL: "https://example.org/1", CreatedAt: hour(1), MergedAt: hour(2), LandingSHA: "v2", Reverts: []string{"9"}}}
	for _, c := range []struct {
		publish    Publish
		title, url bool
	}{{"", true, true}, {PublishTitles, true, true}, {PublishLinks, false, true}, {PublishNumbers, false, false}} {
		s := w.snapshot(func(s *Service) { s.Publish = c.publish })
		e, err := Explain([]Snapshot{s}, Query{Metric: "lead_time", Service: "shop"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		title, url, rows := false, false, 0
		for _, r := range e.Rows {
			if r.ID == "#1" {
				rows++
				title, url = title || r.Title != "", url || r.URL != ""
			}
		}
		if rows != 1 || title != c.title || url != c.url {
			t.Errorf("publish %q: %d rows, title %v, address %v; want one, %v, %v", c.publish, rows, title, url, c.title, c.url)
		}
	}
}

// A verdict on one question says nothing of the other.
func TestMetrics_X1_VerdictsAreOfOneQuestion(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.covered(0, 400)
	w.deploy("a", "v1", 10)
	w.deploy("b", "v2", 20)
	no := false
	s := w.snapshot(func(s *Service) {
		s.Failures = &Failures{Verdicts: []Verdict{{Deployment: "b", Failed: &no, Reason: "A drill"}}}
	})
	for metric, want := range map[handbook.Metric]string{handbook.ChangeFailRate: "it did not fail, says failures.yaml: A drill", handbook.ReworkRate: "no sign that it repaired anything"} {
		e, err := Explain([]Snapshot{s}, Query{Metric: metric, Service: "shop"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Rows[len(e.Rows)-1]; got.ID != "b" || got.Why != want {
			t.Errorf("%s: %s: %q, want %q", metric, got.ID, got.Why, want)
		}
	}
}
