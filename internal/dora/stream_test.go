package dora

import (
	"testing"
	"time"
)

// line is a history of four commits, v1 to v4, an hour apart.
func line() *world {
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.commit("v3", 2, "v2")
	w.commit("v4", 3, "v3")
	return w
}

func TestMetrics_D8_BackAndForthAgain(t *testing.T) {
	t.Parallel()
	w := line()
	for i, sha := range []string{"v1", "v2", "v3", "v1", "v3"} {
		w.deploy(string(rune('a'+i)), sha, float64(10+i))
	}
	wantList(t, "classes of V1→V2→V3→V1→V3", w.classes(), []string{"a normal", "b normal", "c normal", "d rollback", "e reapply"})
	wantHours(t, "V2 and V3 once each, V1 is the baseline", w.leadHours(), map[string]float64{"v2": 10, "v3": 10})
	wantNumber(t, "deployments", w.report().Overall.Deployments.Count, 5)
}

func TestMetrics_D8_Classes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		shas []string
		want []string
	}{
		{"reapply is no rollback", []string{"v1", "v2", "v1", "v2"}, []string{"a normal", "b normal", "c rollback", "d reapply"}},
		// So are two tags on one commit (metrics/G4).
		{"the same again is a redeploy", []string{"v1", "v1", "v2", "v2"}, []string{"a normal", "b redeploy", "c normal", "d redeploy"}},
		{"back to what was never live", []string{"v1", "v4", "v2"}, []string{"a normal", "b normal", "c rollback"}},
		{"forward to what was never live, after going back", []string{"v1", "v4", "v2", "v3"}, []string{"a normal", "b normal", "c rollback", "d empty"}},
		// A commit that the history does not hold counts, and delivers nothing (metrics/C8).
		{"unknown commit", []string{"v1", "elsewhere", "v2"}, []string{"a normal", "b empty", "c normal"}},
	}
	for _, test := range tests {
		w := line()
		for i, sha := range test.shas {
			w.deploy(string(rune('a'+i)), sha, float64(10+i))
		}
		wantList(t, test.name, w.classes(), test.want)
	}
}

func TestMetrics_D8_RedeploysAreShownAndNotCounted(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 10)
	w.deploy("b", "v2", 20)
	w.deploy("c", "v2", 30)
	d := w.report().Overall.Deployments
	wantNumber(t, "count", d.Count, 2)
	wantNumber(t, "redeploys", d.Redeploys, 1)
	d = w.report(func(s *Service) { s.CountRedeploys = true }).Overall.Deployments
	wantNumber(t, "count with count_redeploys", d.Count, 3)
}

func TestMetrics_D8_RepositoriesOfAStreamDoNotRollEachOtherBack(t *testing.T) {
	t.Parallel()
	w := line()
	w.Commits = append(w.Commits, Commit{Repo: "api", SHA: "a1", AuthorDate: hour(0), CommitterDate: hour(0)})
	w.deploy("a", "v1", 10)
	w.deploy("b", "a1", 11).Repo = "api"
	w.deploy("c", "v1", 12)
	both := func(s *Service) { s.Repos = []string{"shop", "api"} }
	wantList(t, "classes", w.classes(both), []string{"a normal", "b normal", "c redeploy"})
}

func TestMetrics_C2_OutOfOrderAndParallelBranches(t *testing.T) {
	t.Parallel()
	// v1 ─ v2 ─ v3 ─ m      main; m merges fix
	//   └─ fix ──────┘      release branch
	w := &world{}
	w.commit("v1", 0)
	w.commit("v2", 1, "v1")
	w.commit("v3", 2, "v2")
	w.commit("fix", 3, "v1")
	w.commit("m", 4, "v3", "fix")
	w.deploy("base", "v1", 5)
	w.deploy("main", "v3", 11)    // v2, v3
	w.deploy("patch", "fix", 23)  // fix alone, although v3 is newer
	w.deploy("older", "v2", 24)   // nothing new
	w.deploy("merged", "m", 1000) // nothing new: a merge is no change
	wantHours(t, "each change once", w.leadHours(), map[string]float64{"v2": 10, "v3": 9, "fix": 20})
	wantList(t, "classes", w.classes(), []string{"base normal", "main normal", "patch normal", "older empty", "merged empty"})
}

func TestMetrics_C6_CherryPickIsAChangeOfItsOwn(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.commit("v1", 0)
	w.commit("original", 1, "v1")
	w.commit("picked", 1, "v1") // the author date stays that of the original
	w.deploy("1.0", "v1", 5)
	w.deploy("1.0.1", "picked", 11)
	w.deploy("1.1", "original", 21)
	wantHours(t, "lead times", w.leadHours(), map[string]float64{"picked": 10, "original": 20})
}

func TestMetrics_C7_BaselineDeliversNothing(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("lost", "elsewhere", 9) // its commit is unknown, so it cannot be the baseline
	w.deploy("base", "v3", 10)
	w.deploy("next", "v4", 13)
	wantHours(t, "lead times", w.leadHours(), map[string]float64{"v4": 10})
	r := w.report()
	wantNumber(t, "deployments", r.Overall.Deployments.Count, 3)
	if f := finding(r, "DQ03"); f.Count != 3 {
		t.Errorf("DQ03 = %+v, want a count of 3", f)
	}
	if f := finding(r, "DQ01"); f.Count != 1 {
		t.Errorf("DQ01 = %+v, want a count of 1", f)
	}
}

// finding is the one with the code, or a zero one.
func finding(r ServiceReport, code string) Finding {
	for _, f := range r.Findings {
		if string(f.Code) == code {
			return f
		}
	}
	return Finding{}
}

func TestMetrics_D6_SeveralRepositories(t *testing.T) {
	t.Parallel()
	w := line()
	w.Commits = append(w.Commits,
		Commit{Repo: "lib", SHA: "l1", AuthorDate: hour(0), CommitterDate: hour(0)},
		Commit{Repo: "lib", SHA: "l2", Parents: []string{"l1"}, AuthorDate: hour(1), CommitterDate: hour(1)})
	w.deploy("a", "v1", 10)
	w.deploy("b", "l1", 11).Repo = "lib"
	w.deploy("c", "l2", 12).Repos = []string{"lib"}
	w.deploy("d", "v2", 13)
	r := w.report(func(s *Service) { s.Repos = []string{"shop", "lib"} })
	wantNumber(t, "deployments", r.Overall.Deployments.Count, 4)
	wantHours(t, "a baseline for each repository", w.leadHours(func(s *Service) { s.Repos = []string{"shop", "lib"} }),
		map[string]float64{"l2": 11, "v2": 12})
}

func TestMetrics_D2_OutcomeOfADeployment(t *testing.T) {
	t.Parallel()
	steps := func(list ...any) (s []StatusAt) {
		for i := 0; i < len(list); i += 2 {
			s = append(s, StatusAt{list[i].(Status), hour(float64(list[i+1].(int)))})
		}
		return s
	}
	tests := []struct {
		name string
		d    Deployment
		want outcome
		at   float64
	}{
		{"first success, not the last", Deployment{Statuses: steps(Pending, 1, Success, 2, Inactive, 5, Success, 6)}, succeeded, 2},
		{"inactive later changes nothing", Deployment{Status: Inactive, FinishedAt: hour(9), Statuses: steps(Success, 3, Inactive, 9)}, succeeded, 3},
		{"order of arrival does not matter", Deployment{Statuses: steps(Success, 6, Success, 2)}, succeeded, 2},
		{"no statuses", Deployment{CreatedAt: hour(1)}, unclear, 0},
		{"only inactive", Deployment{Statuses: steps(Inactive, 4)}, unclear, 0},
		{"pending, then superseded", Deployment{Statuses: steps(Pending, 1, Inactive, 4)}, unclear, 0},
		{"unknown", Deployment{Status: Unknown, FinishedAt: hour(1)}, unclear, 0},
		{"failed", Deployment{Statuses: steps(Pending, 1, Failure, 2, Inactive, 3)}, failed, 2},
		{"error", Deployment{Status: Errored, FinishedAt: hour(7)}, failed, 7},
		{"failed, and tried again", Deployment{Statuses: steps(Failure, 2, Pending, 3)}, unfinished, 0},
		{"failed, then fine", Deployment{Statuses: steps(Failure, 2, Success, 3)}, succeeded, 3},
		{"running", Deployment{Status: Pending, CreatedAt: hour(1)}, unfinished, 0},
		{"without history: finished", Deployment{Status: Success, CreatedAt: hour(1), FinishedAt: hour(2)}, succeeded, 2},
		{"without history: created", Deployment{Status: Success, CreatedAt: hour(1)}, succeeded, 1},
	}
	for _, test := range tests {
		got, at := newAttempt(test.d).outcome()
		if got != test.want || (got == succeeded || got == failed) && !at.Equal(hour(test.at)) {
			t.Errorf("%s: outcome = %d at %s, want %d at %s", test.name, got, at, test.want, hour(test.at))
		}
	}
}

func TestMetrics_D2_EnvironmentsThatCount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		service Service
		yes, no []string
	}{
		{Service{}, []string{"", "production", "Prod", "LIVE"}, []string{"staging", "preprod", "prod-eu"}},
		{Service{Environment: "prod-eu"}, []string{"prod-eu", "PROD-EU"}, []string{"", "prod", "production", "prod-us"}},
		{Service{Environment: "live"}, []string{"live", ""}, []string{"prod"}},
		{Service{Environment: "prod-*"}, []string{"prod-eu", "prod-us"}, []string{"prod", ""}},
		{Service{Group: "eu-*"}, []string{"", "prod", "eu-1"}, []string{"us-1"}},
	}
	for _, test := range tests {
		for _, e := range test.yes {
			if !test.service.deploysTo(e) {
				t.Errorf("%+v does not count environment %q", test.service, e)
			}
		}
		for _, e := range test.no {
			if test.service.deploysTo(e) {
				t.Errorf("%+v counts environment %q", test.service, e)
			}
		}
	}
}

func TestMetrics_D2_UnknownAndUnmappedAreSaid(t *testing.T) {
	t.Parallel()
	w := line()
	w.covered(0, 100)
	w.deploy("a", "v1", 10)
	w.deploy("b", "v2", 11).Status = Unknown
	w.deploy("c", "v3", 12).Environment = "staging"
	w.deploy("d", "v3", 13).Environment = "qa"
	w.deploy("e", "v3", 14).Status = Failure
	r := w.report()
	wantNumber(t, "count", r.Overall.Deployments.Count, 1)
	wantNumber(t, "failed attempts", r.Overall.Deployments.FailedAttempts, 1)
	if f := finding(r, "DQ02"); f.Count != 1 {
		t.Errorf("DQ02 = %+v, want a count of 1", f)
	}
	if f := finding(r, "DQ14"); f.Count != 2 || f.Message != "2 deployments went to environments that are not counted: qa, staging" {
		t.Errorf("DQ14 = %+v, want 2 with the names qa and staging", f)
	}
}

func TestMetrics_D5_RegionsTenMinutesApart(t *testing.T) {
	t.Parallel()
	regions := func() *world {
		w := line()
		w.deploy("base", "v1", 5).Environment = "prod-eu"
		w.deploy("eu", "v2", 11).Environment = "prod-eu"
		w.deploy("us", "v2", 11+10.0/60).Environment = "prod-us"
		return w
	}
	grouped := func(s *Service) { s.Group = "prod-*" }
	apart := func(s *Service) { s.Environment = "prod-*" }

	wantList(t, "grouped", regions().classes(grouped), []string{"base normal", "eu normal"})
	wantHours(t, "grouped: the last region ends it", regions().leadHours(grouped), map[string]float64{"v2": 10 + 10.0/60})
	wantList(t, "not grouped", regions().classes(apart), []string{"base normal", "eu normal", "us redeploy"})
	wantHours(t, "not grouped: the first region ends it", regions().leadHours(apart), map[string]float64{"v2": 10})
	wantNumber(t, "grouped count", regions().report(grouped).Overall.Deployments.Count, 2)
	wantNumber(t, "not grouped count", regions().report(apart).Overall.Deployments.Count, 2)

	late := regions()
	late.Deployments[2].FinishedAt = hour(13)
	wantList(t, "beyond the window", late.classes(grouped), []string{"base normal", "eu normal", "us redeploy"})
	again := regions()
	again.Deployments[2].Environment = "prod-eu"
	wantList(t, "the same region twice", again.classes(grouped), []string{"base normal", "eu normal", "us redeploy"})
	half := regions()
	half.Deployments[2].Status = Failure
	r := half.report(grouped)
	if f := finding(r, "DQ10"); f.Count != 1 {
		t.Errorf("DQ10 of a half rollout = %+v, want a count of 1", f)
	}
	wantNumber(t, "count of a half rollout", r.Overall.Deployments.Count, 2)
	wantNumber(t, "failed attempts of a half rollout", r.Overall.Deployments.FailedAttempts, 0)
}

func TestMetrics_D1_OneSource(t *testing.T) {
	t.Parallel()
	w := line()
	w.deploy("a", "v1", 10).Source = Tags
	w.deploy("b", "v2", 11).Source = GitHubDeployments
	w.deploy("c", "v2", 12).Source = Tags
	if got := Services(w.Events); len(got) != 1 || got[0].Source != GitHubDeployments {
		t.Errorf("Services = %+v, want one with the source github_deployments", got)
	}
	r := w.report(func(s *Service) { s.Source = Tags })
	wantNumber(t, "tags", r.Overall.Deployments.Count, 2)
	if f := finding(r, "DQ12"); f.Count != 1 {
		t.Errorf("DQ12 = %+v, want a count of 1", f)
	}
}

func TestMetrics_G8_MergeIsAProxy(t *testing.T) {
	t.Parallel()
	w := line()
	for i, c := range w.Commits {
		w.Commits[i].AuthorDate = c.CommitterDate.Add(-30 * time.Minute)
		w.deploy(c.SHA, c.SHA, float64(i)).Source = Merge
	}
	r := w.report(func(s *Service) { s.Source = Merge })
	if f := finding(r, "DQ11"); f.Count != 1 {
		t.Errorf("DQ11 = %+v, want a count of 1", f)
	}
	l := r.Overall.LeadTime
	wantNumber(t, "p50", l.P50, 1800)
	wantNumber(t, "deploy stage p50", l.Stages.Deploy.P50, 0)
	if l.Stages.Deploy.N != 3 || l.Stages.Coding.Reason != NotInSource {
		t.Errorf("stages = %+v, want 3 deploy times, and coding not in the source", l.Stages)
	}
}

func TestServices_NamesAndOwners(t *testing.T) {
	t.Parallel()
	e := Events{
		Commits: []Commit{{Repo: "mono", SHA: "m"}, {Repo: "docs", SHA: "d"}},
		Deployments: []Deployment{
			{ID: "1", Service: "web", Repo: "mono"}, {ID: "2", Service: "api", Repo: "mono", Repos: []string{"lib"}},
			{ID: "3", Repo: "alone"}, {ID: "4", Repo: "mono"},
		},
	}
	var got []string
	for _, s := range Services(e) {
		got = append(got, s.Name)
	}
	wantList(t, "services", got, []string{"alone", "api", "docs", "web"})
}
