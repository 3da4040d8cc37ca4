package dora_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// story is the history of one repository, "shop", told in hours after a Monday.
// What it should come to is worked out by hand from the specification.
type story struct {
	dora.Events
	service dora.Service
	asOf    float64
}

// tell begins a story of n versions. The commit of version i is squashed from
// pull request #i, which was begun and opened in hour i and merged half an hour
// later.
func tell(n int) *story {
	s := &story{asOf: 1000, service: dora.Service{Name: "shop", Source: dora.File, Repos: []string{"shop"}, Failures: &dora.Failures{}}}
	for i := 1; i <= n; i++ {
		var parents []string
		if i > 1 {
			parents = []string{version(i - 1)}
		}
		s.merge(fmt.Sprint(i), version(i), float64(i), parents...)
	}
	return s
}

// hours is an instant of a story.
func hours(h float64) time.Time {
	return time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC).Add(time.Duration(h * float64(time.Hour)))
}

// version is the commit of a version, of seven hexadecimal digits.
func version(n int) string { return fmt.Sprintf("c%06d", n) }

// merge adds a pull request and the commit that it was squashed to.
func (s *story) merge(id, landing string, h float64, parents ...string) *dora.Change {
	s.commit(landing, h+0.5, parents...)
	s.Changes = append(s.Changes, dora.Change{
		Repo: "shop", ID: id, Title: "Change " + id, CreatedAt: hours(h), MergedAt: hours(h + 0.5), LandingSHA: landing,
		Commits: []dora.ChangeCommit{{SHA: "head" + id, AuthorDate: hours(h), CommitterDate: hours(h)}},
	})
	return &s.Changes[len(s.Changes)-1]
}

func (s *story) commit(sha string, h float64, parents ...string) *dora.Commit {
	s.Commits = append(s.Commits, dora.Commit{Repo: "shop", SHA: sha, Parents: parents, AuthorDate: hours(h), CommitterDate: hours(h)})
	return &s.Commits[len(s.Commits)-1]
}

// change is pull request #n of the story.
func (s *story) change(n int) *dora.Change { return &s.Changes[n-1] }

// live deploys versions, the first in the hour from and the others every so
// many hours later. The n-th deployment of a story is called dn.
func (s *story) live(from, every float64, versions ...int) *story {
	for i, n := range versions {
		s.deploy(version(n), from+every*float64(i))
	}
	return s
}

func (s *story) deploy(sha string, h float64) *dora.Deployment {
	s.Deployments = append(s.Deployments, dora.Deployment{
		ID: fmt.Sprintf("d%d", len(s.Deployments)+1), Repo: "shop", SHA: sha, CreatedAt: hours(h), FinishedAt: hours(h), Status: dora.Success,
	})
	return &s.Deployments[len(s.Deployments)-1]
}

// incident adds one that was resolved in an hour; 0: it is still open.
func (s *story) incident(id string, opened, resolved float64) *dora.Incident {
	i := dora.Incident{ID: id, Repo: "shop", Services: []string{"shop"}, OpenedAt: hours(opened)}
	if resolved > 0 {
		i.ResolvedAt = hours(resolved)
	}
	s.Incidents = append(s.Incidents, i)
	return &s.Incidents[len(s.Incidents)-1]
}

func (s *story) snapshot() dora.Snapshot {
	return dora.NewSnapshot(s.service, dora.Coverage{Status: dora.Complete, From: hours(0), To: hours(s.asOf)}, hours(s.asOf), s.Events)
}

func (s *story) report(opts dora.Options) dora.ServiceReport {
	return dora.Compute([]dora.Snapshot{s.snapshot()}, opts).Services[0]
}

// rows are the rows behind a metric of the whole story.
func (s *story) rows(t *testing.T, metric handbook.Metric) []dora.Row {
	t.Helper()
	x, err := dora.Explain([]dora.Snapshot{s.snapshot()}, dora.Query{Metric: metric, Service: s.service.Name}, dora.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x.Rows
}

// marked lists the counted deployments that bear evidence: "d2 rollback+window".
func (s *story) marked(t *testing.T, metric handbook.Metric) string {
	t.Helper()
	var list []string
	for _, r := range s.rows(t, metric) {
		if !r.Included || len(r.Evidence) == 0 {
			continue
		}
		var kinds []string
		for _, e := range r.Evidence {
			if !slices.Contains(kinds, string(e.Kind)) {
				kinds = append(kinds, string(e.Kind))
			}
		}
		slices.Sort(kinds)
		list = append(list, r.ID+" "+strings.Join(kinds, "+"))
	}
	return strings.Join(list, ", ")
}

// recovered lists the failed deployments and how long they took to recover
// from: "d2 3h, d4 open".
func (s *story) recovered(t *testing.T) string {
	t.Helper()
	var list []string
	for _, r := range s.rows(t, handbook.RecoveryTime) {
		switch v, ok := r.Seconds.Get(); {
		case !r.Included:
		case r.To.IsZero():
			list = append(list, r.ID+" open")
		case !ok:
			list = append(list, r.ID+" none")
		default:
			list = append(list, fmt.Sprintf("%s %gh", r.ID, v/3600))
		}
	}
	return strings.Join(list, ", ")
}

// delivered lists the changes with a lead time in hours.
func (s *story) delivered(t *testing.T) string {
	t.Helper()
	var list []string
	for _, r := range s.rows(t, handbook.LeadTime) {
		if v, ok := r.Seconds.Get(); r.Included && ok {
			list = append(list, fmt.Sprintf("%s %gh", r.ID, v/3600))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// exists wants a value, exact to a thousandth.
func exists(t *testing.T, what string, got dora.Number, want float64) {
	t.Helper()
	if v, ok := got.Get(); !ok || math.Abs(v-want) > 0.0005 {
		t.Errorf("%s: got %v (there: %v), want %v", what, v, ok, want)
	}
}

func absent(t *testing.T, what string, got dora.Number) {
	t.Helper()
	if v, ok := got.Get(); ok {
		t.Errorf("%s: got %v, want no value", what, v)
	}
}

func found(s dora.ServiceReport, code string) int {
	for _, f := range s.Findings {
		if string(f.Code) == code {
			return f.Count
		}
	}
	return 0
}

// The example of metrics.md with all its numbers.
func TestMetrics_D8_BackAndForth(t *testing.T) {
	t.Parallel()
	s := tell(3).live(10, 10, 1, 2, 3, 1, 3)
	r := s.report(dora.Options{}).Overall
	exists(t, "deployments", r.Deployments.Count, 5)
	exists(t, "redeploys", r.Deployments.Redeploys, 0)
	equal(t, "delivered", s.delivered(t), "#2 18h, #3 27h")
	equal(t, "lead time n", r.LeadTime.N, 2)
	equal(t, "failed", s.marked(t, handbook.ChangeFailRate), "d2 rollback")
	equal(t, "change fail rate n", r.ChangeFailRate.N, 5)
	exists(t, "failed", r.ChangeFailRate.Failed, 1)
	exists(t, "change fail rate", r.ChangeFailRate.Value, 0.2)
	exists(t, "low", r.ChangeFailRate.Low, 0.036)
	exists(t, "high", r.ChangeFailRate.High, 0.624)
	exists(t, "confirmed", r.ChangeFailRate.Confirmed, 1)
	exists(t, "inferred", r.ChangeFailRate.Inferred, 0)
	equal(t, "recovery n", r.RecoveryTime.N, 1)
	exists(t, "open", r.RecoveryTime.Open, 0)
	exists(t, "recovery", r.RecoveryTime.P50, 20*3600)
	equal(t, "rework", s.marked(t, handbook.ReworkRate), "d4 rollback")
	equal(t, "rework n", r.ReworkRate.N, 5)
	exists(t, "rework rate", r.ReworkRate.Value, 0.2)
	var classes []string
	for _, d := range s.rows(t, handbook.DeploymentFrequency) {
		classes = append(classes, d.Class)
	}
	equal(t, "classes", strings.Join(classes, " "), "normal normal normal rollback reapply")
}

func TestMetrics_X2_RollbackBlamesTheFirstAfterItsTarget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		versions       []int
		failed, rework string
	}{
		{"forward only", []int{1, 2, 3, 4}, "", ""},
		{"back by one", []int{1, 2, 1}, "d2 rollback", "d3 rollback"},
		{"back by two", []int{1, 2, 3, 1}, "d2 rollback", "d4 rollback"},
		{"back, and forward again", []int{1, 2, 1, 2}, "d2 rollback", "d3 rollback"},
		{"the reapplied one fails as well", []int{1, 2, 1, 2, 1}, "d2 rollback, d4 rollback", "d3 rollback, d5 rollback"},
		{"step by step", []int{1, 2, 3, 2, 1}, "d2 rollback, d3 rollback", "d4 rollback, d5 rollback"},
		{"twice to the same target", []int{1, 2, 1, 3, 1}, "d2 rollback, d4 rollback", "d3 rollback, d5 rollback"},
		{"redeploys in between are not counted", []int{1, 1, 2, 2, 1, 1}, "d3 rollback", "d5 rollback"},
		{"back beyond a reapplied version", []int{1, 2, 3, 2, 3, 1}, "d2 rollback, d3 rollback", "d4 rollback, d6 rollback"},
		{"to one that was never live", []int{1, 3, 4, 2}, "d2 rollback", "d4 rollback"},
		{"to one that was never live, an ancestor of it in between", []int{1, 4, 2, 5, 3}, "d2 rollback, d4 rollback", "d3 rollback, d5 rollback"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := tell(5).live(10, 10, c.versions...)
			equal(t, "failed", s.marked(t, handbook.ChangeFailRate), c.failed)
			equal(t, "rework", s.marked(t, handbook.ReworkRate), c.rework)
		})
	}
}

func TestMetrics_X2_CountedRedeploysAreNotBlamed(t *testing.T) {
	t.Parallel()
	s := tell(2).live(10, 10, 1, 1, 2, 2, 1)
	s.service.CountRedeploys = true
	equal(t, "failed", s.marked(t, handbook.ChangeFailRate), "d3 rollback")
	exists(t, "change fail rate", s.report(dora.Options{}).Overall.ChangeFailRate.Value, 0.2)
}

func TestMetrics_X2_Evidence(t *testing.T) {
	t.Parallel()
	// Versions 1 to 5 go live in the hours 100, 200, … unless a case says else.
	for _, c := range []struct {
		name              string
		tell              func(s *story)
		failed, recovered string
		rework            string
	}{
		{"nothing", func(s *story) {}, "", "", ""},
		{"revert", func(s *story) { s.change(4).Reverts = []string{"2"} }, "d2 revert", "d2 200h", "d4 revert"},
		{"revert that names the repository", func(s *story) { s.change(4).Reverts = []string{"shop#2"} }, "d2 revert", "d2 200h", "d4 revert"},
		{"revert that names a commit which was rewritten", func(s *story) {
			s.change(2).LandingSHA = "1057aaa"
			s.Commits[1].Pull = "2"
			s.change(4).Reverts = []string{"1057aaa"}
		}, "d2 revert", "d2 200h", "d4 revert"},
		{"revert of another repository", func(s *story) { s.change(4).Reverts = []string{"other#2"} }, "", "", ""},
		{"revert that names the commit", func(s *story) { s.change(4).Reverts = []string{version(2)} }, "d2 revert", "d2 200h", "d4 revert"},
		{"trailer of a direct commit", func(s *story) {
			s.commit("c0000ff", 6, version(5)).Reverts = []string{version(3)}
			s.deploy("c0000ff", 600)
		}, "d3 revert", "d3 300h", "d6 revert"},
		{"revert in the same deployment", func(s *story) {
			s.change(4).Reverts = []string{"3"}
			s.Deployments = slices.Delete(s.Deployments, 2, 3) // d3
		}, "", "", ""},
		{"revert of a revert", func(s *story) {
			s.change(3).Reverts = []string{"2"}
			s.change(4).Reverts = []string{"3"}
		}, "d2 revert", "d2 100h", "d3 revert"},
		{"revert of a revert and of a change", func(s *story) {
			s.change(3).Reverts = []string{"2"}
			s.change(5).Reverts = []string{"3", "4"}
		}, "d2 revert, d4 revert", "d2 100h, d4 100h", "d3 revert, d5 revert"},
		{"revert that is not live yet", func(s *story) {
			s.change(5).Reverts = []string{"2"}
			s.Deployments = s.Deployments[:4]
		}, "", "", ""},
		{"two reverts of changes of one deployment", func(s *story) {
			s.change(4).Reverts = []string{"2"}
			s.change(5).Reverts = []string{"3"}
			s.Deployments = slices.Delete(s.Deployments, 1, 2) // #2 and #3 come with d3
		}, "d3 revert", "d3 100h", "d4 revert, d5 revert"},
		{"hotfix by label", func(s *story) { s.change(3).Labels = []string{"hotfix"} }, "d2 hotfix", "d2 100h", "d3 hotfix"},
		{"hotfix by branch", func(s *story) { s.change(3).HeadRef = "hotfix/login" }, "d2 hotfix", "d2 100h", "d3 hotfix"},
		{"no hotfix: another branch", func(s *story) { s.change(3).HeadRef = "feature/hotfix" }, "", "", ""},
		{"hotfix by a label of one's own", func(s *story) {
			s.service.Failures.Labels = []string{"urgent"}
			s.change(3).Labels = []string{"urgent"}
		}, "d2 hotfix", "d2 100h", "d3 hotfix"},
		{"hotfix by a branch of one's own", func(s *story) {
			s.service.Failures.Branches = []string{"fix/*"}
			s.change(3).HeadRef = "fix/login"
		}, "d2 hotfix", "d2 100h", "d3 hotfix"},
		{"hotfix by a title of one's own", func(s *story) {
			s.service.Failures.Titles = []string{"HOTFIX*"}
			s.change(3).Title = "HOTFIX login"
		}, "d2 hotfix", "d2 100h", "d3 hotfix"},
		{"hotfix after the baseline", func(s *story) { s.change(2).Labels = []string{"hotfix"} }, "d1 hotfix", "d1 100h", "d2 hotfix"},
		{"hotfix of the baseline", func(s *story) { s.change(1).Labels = []string{"hotfix"} }, "", "", ""},
		{"hotfix after a redeploy", func(s *story) {
			s.change(3).Labels = []string{"hotfix"}
			s.deploy(version(2), 250)
		}, "d2 hotfix", "d2 100h", "d3 hotfix"},
		{"hotfix by a bot", func(s *story) {
			s.change(3).Labels = []string{"hotfix"}
			s.change(3).Bot = true
		}, "d2 hotfix", "d2 100h", "d3 hotfix"},
		{"hotfix that says what it reverts", func(s *story) {
			s.change(4).Labels = []string{"hotfix"}
			s.change(4).Reverts = []string{"2"}
		}, "d2 revert", "d2 200h", "d4 hotfix+revert"},
		{"hotfix that closes an incident", func(s *story) {
			s.change(4).Labels = []string{"hotfix"}
			s.change(4).Closes = []string{"shop#77"}
			s.incident("77", 205, 450)
		}, "d2 window", "d2 200h", "d4 fix+hotfix"},
		{"hotfix on hotfix", func(s *story) {
			s.change(3).Labels = []string{"hotfix"}
			s.change(4).Labels = []string{"hotfix"}
		}, "d2 hotfix, d3 hotfix", "d2 100h, d3 100h", "d3 hotfix, d4 hotfix"},
		{"incident in the window", func(s *story) { s.incident("1", 210, 215) }, "d2 window", "d2 15h", ""},
		{"incident at the end of the window", func(s *story) { s.incident("1", 224, 225) }, "d2 window", "d2 25h", ""},
		{"incident after the window", func(s *story) { s.incident("1", 224.001, 225) }, "", "", ""},
		{"incident in the second of going live", func(s *story) { s.incident("1", 200, 225) }, "d2 window", "d2 25h", ""},
		{"incident before everything", func(s *story) { s.incident("1", 50, 225) }, "", "", ""},
		{"incident in a window of one's own", func(s *story) {
			s.service.Failures.LinkWindow = time.Hour
			s.incident("1", 201, 202)
			s.incident("2", 301.001, 302)
		}, "d2 window", "d2 2h", ""},
		{"incident, window without an end", func(s *story) {
			s.service.Failures.LinkWindow = dora.Unlimited
			s.incident("1", 299, 310)
		}, "d2 window", "d2 110h", ""},
		{"incident of another service", func(s *story) {
			i := s.incident("1", 210, 215)
			i.Repo, i.Services = "", []string{"other"}
		}, "", "", ""},
		{"incident that names a change", func(s *story) { s.incident("1", 310, 315).CausedBy = "#2" }, "d2 explicit", "d2 115h", ""},
		{"incident that names a commit", func(s *story) { s.incident("1", 310, 315).CausedBy = version(2) }, "d2 explicit", "d2 115h", ""},
		{"incident that names a deployment", func(s *story) { s.incident("1", 310, 315).CausedBy = "d2" }, "d2 explicit", "d2 115h", ""},
		{"incident that names the address of a deployment", func(s *story) {
			s.Deployments[1].URL = "https://deploy.test/2"
			s.incident("1", 310, 315).CausedBy = "https://deploy.test/2"
		}, "d2 explicit", "d2 115h", ""},
		{"incident that names a version which comes back later", func(s *story) {
			for i := range s.Deployments {
				s.Deployments[i].Ref = fmt.Sprint("v1.", i+1)
			}
			s.deploy(version(1), 600)
			s.deploy(version(2), 700).Ref = "v1.2"
			s.incident("1", 210, 215).CausedBy = "v1.2"
		}, "d2 explicit+rollback", "d2 15h", "d6 rollback"},
		{"incident that names its cause, after the window", func(s *story) { s.incident("1", 399, 450).CausedBy = "#2" }, "d2 explicit", "d2 250h", ""},
		{"duplicate incident", func(s *story) {
			s.incident("1", 210, 215)
			s.incident("2", 211, 290).DuplicateOf = "1"
		}, "d2 window", "d2 15h", ""},
		{"incident closed as a duplicate", func(s *story) { s.incident("1", 210, 215).State = "duplicate" }, "", "", ""},
		{"incident closed as not planned", func(s *story) { s.incident("1", 210, 215).State = "not_planned" }, "", "", ""},
		{"incident with a label that does not count", func(s *story) {
			s.service.Failures.Ignore = []string{"drill"}
			s.incident("1", 210, 215).Labels = []string{"drill"}
		}, "", "", ""},
		{"open incident", func(s *story) { s.incident("1", 210, 0) }, "d2 window", "d2 open", ""},
		{"restored before it was resolved", func(s *story) { s.incident("1", 210, 215).RestoredAt = hours(212) }, "d2 window", "d2 12h", ""},
		{"restored and still open", func(s *story) { s.incident("1", 210, 0).RestoredAt = hours(212) }, "d2 window", "d2 12h", ""},
		{"two incidents that overlap", func(s *story) {
			s.incident("1", 205, 230)
			s.incident("2", 210, 220)
		}, "d2 window", "d2 30h", ""},
		{"two incidents, one still open", func(s *story) {
			s.incident("1", 205, 230)
			s.incident("2", 210, 0)
		}, "d2 window", "d2 open", ""},
		{"incident that a rollback ends", func(s *story) {
			s.incident("1", 205, 280)
			s.deploy(version(1), 210)
		}, "d2 rollback+window", "d2 10h", "d6 rollback"},
		{"incident that is over before the rollback", func(s *story) {
			s.incident("1", 205, 207)
			s.deploy(version(1), 210)
		}, "d2 rollback+window", "d2 7h", "d6 rollback"},
		{"incident that a revert ends", func(s *story) {
			s.change(3).Reverts = []string{"2"}
			s.incident("1", 205, 350)
		}, "d2 revert+window", "d2 100h", "d3 revert"},
		{"incident that a closing change ends", func(s *story) {
			s.change(3).Closes = []string{"shop#77"}
			s.incident("77", 205, 350)
		}, "d2 window", "d2 100h", "d3 fix"},
		{"a change that closes something else", func(s *story) {
			s.change(3).Closes = []string{"shop#78"}
			s.incident("77", 205, 350)
		}, "d2 window", "d2 150h", ""},
		{"all kinds at once: it fails once", func(s *story) {
			s.incident("1", 205, 0)
			s.incident("2", 206, 0).CausedBy = "#2"
			s.change(3).Labels = []string{"hotfix"}
			s.change(4).Reverts = []string{"2"}
		}, "d2 explicit+hotfix+revert+window", "d2 100h", "d3 hotfix, d4 revert"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := tell(5).live(100, 100, 1, 2, 3, 4, 5)
			c.tell(s)
			equal(t, "failed", s.marked(t, handbook.ChangeFailRate), c.failed)
			equal(t, "recovered", s.recovered(t), c.recovered)
			equal(t, "rework", s.marked(t, handbook.ReworkRate), c.rework)
			r := s.report(dora.Options{}).Overall
			failed, reworked := 0, 0
			if c.failed != "" {
				failed = strings.Count(c.failed, ",") + 1
			}
			if c.rework != "" {
				reworked = strings.Count(c.rework, ",") + 1
			}
			exists(t, "failed", r.ChangeFailRate.Failed, float64(failed))
			exists(t, "reworked", r.ReworkRate.Rework, float64(reworked))
			equal(t, "recoveries", r.RecoveryTime.N+int(value(r.RecoveryTime.Open)), failed)
		})
	}
}

// value is -1 where there is none.
func value(n dora.Number) float64 {
	if v, ok := n.Get(); ok {
		return v
	}
	return -1
}

func TestMetrics_X2_IncidentOfTwoServices(t *testing.T) {
	t.Parallel()
	s := tell(2).live(100, 100, 1, 2)
	s.service.Failures = &dora.Failures{}
	other := s.service
	other.Name, other.Repos = "other", []string{"other"}
	for i, h := range []float64{150, 205} {
		s.Deployments = append(s.Deployments, dora.Deployment{ID: fmt.Sprint("o", i+1), Repo: "other", Service: "other", SHA: fmt.Sprint("0ther0", i), CreatedAt: hours(h), FinishedAt: hours(h), Status: dora.Success})
	}
	s.incident("1", 210, 220).Services = []string{"shop", "other"}
	s.Incidents[0].Repo = ""
	covered := dora.Coverage{Status: dora.Complete, From: hours(0), To: hours(s.asOf)}
	r := dora.Compute([]dora.Snapshot{s.snapshot(), dora.NewSnapshot(other, covered, hours(s.asOf), s.Events)}, dora.Options{})
	for _, service := range r.Services {
		want := 0.0
		if *service.Service == "other" {
			want = 1 // its second deployment is the latest of both before the incident
		}
		exists(t, *service.Service, service.Overall.ChangeFailRate.Failed, want)
	}
	exists(t, "organisation", r.Organisation.Overall.ChangeFailRate.Failed, 1)
	equal(t, "organisation n", r.Organisation.Overall.ChangeFailRate.N, 4)
}

// Two services of one repository and its deployments: an incident concerns both,
// and is over for both when it is resolved, whatever is rolled back later.
func TestMetrics_S2_SharedDeploymentFailsOnce(t *testing.T) {
	t.Parallel()
	s := tell(2).live(100, 100, 1, 2, 1)
	s.incident("1", 210, 215).Services = nil
	twin := s.service
	twin.Name = "twin"
	covered := dora.Coverage{Status: dora.Complete, From: hours(0), To: hours(s.asOf)}
	r := dora.Compute([]dora.Snapshot{s.snapshot(), dora.NewSnapshot(twin, covered, hours(s.asOf), s.Events)}, dora.Options{})
	for _, one := range append(r.Services, *r.Organisation) {
		equal(t, name(one)+": deployments", one.Overall.ChangeFailRate.N, 3)
		exists(t, name(one)+": failed", one.Overall.ChangeFailRate.Failed, 1)
		exists(t, name(one)+": recovery", one.Overall.RecoveryTime.P50, 15*3600)
	}
}

// What a service has merged waits for nothing, as far as anybody knows, before
// its first deployment is known; nor does it in its team.
func TestMetrics_L6_WaitingInATeam(t *testing.T) {
	t.Parallel()
	s := tell(3).live(10, 10, 1, 2)
	s.service.Team = "red"
	other := s.service
	other.Name, other.Repos = "other", []string{"other"}
	for i, h := range []float64{1, 2, 3} {
		c := dora.Commit{Repo: "other", SHA: fmt.Sprint("0ther0", i), AuthorDate: hours(h), CommitterDate: hours(h)}
		if i > 0 {
			c.Parents = []string{fmt.Sprint("0ther0", i-1)}
		}
		s.Commits = append(s.Commits, c)
	}
	for i, h := range []float64{200, 400} {
		s.Deployments = append(s.Deployments, dora.Deployment{ID: fmt.Sprint("o", i), Repo: "other", SHA: fmt.Sprint("0ther0", i), CreatedAt: hours(h), FinishedAt: hours(h), Status: dora.Success})
	}
	covered := dora.Coverage{Status: dora.Complete, From: hours(0), To: hours(s.asOf)}
	r := dora.Compute([]dora.Snapshot{s.snapshot(), dora.NewSnapshot(other, covered, hours(s.asOf), s.Events)}, dora.Options{})
	of := func(list []dora.ServiceReport, name string, week int) int {
		for _, one := range list {
			if one.Service != nil && *one.Service == name || one.Team != nil && one.Service == nil && *one.Team == name {
				return one.Periods[week].LeadTime.Waiting.N
			}
		}
		return -1
	}
	for week, want := range [][3]int{{1, 0, 1}, {1, 2, 3}} { // #3 of the one; two commits of the other, which is first deployed in the second week
		equal(t, fmt.Sprint("shop, week ", week), of(r.Services, "shop", week), want[0])
		equal(t, fmt.Sprint("other, week ", week), of(r.Services, "other", week), want[1])
		equal(t, fmt.Sprint("team, week ", week), of(r.Teams, "red", week), want[2])
	}
}

func TestMetrics_X0_NotMeasured(t *testing.T) {
	t.Parallel()
	s := tell(3).live(10, 10, 1, 2, 3, 1)
	s.change(3).Labels = []string{"hotfix"}
	s.incident("1", 21, 22)
	s.service.Failures = nil
	r := s.report(dora.Options{})
	o := r.Overall
	for name, n := range map[string]dora.Number{"fail rate": o.ChangeFailRate.Value, "failed": o.ChangeFailRate.Failed, "recovery": o.RecoveryTime.P50, "rework rate": o.ReworkRate.Value, "rework": o.ReworkRate.Rework} {
		absent(t, name, n)
	}
	for name, reason := range map[string]dora.Reason{"fail rate": o.ChangeFailRate.Reason, "recovery": o.RecoveryTime.Reason, "rework": o.ReworkRate.Reason} {
		equal(t, "reason of "+name, reason, dora.NotMeasured)
	}
	if found(r, "DQ20") == 0 {
		t.Errorf("the evidence is not listed: %v", r.Findings)
	}
}

func TestMetrics_X1_Verdicts(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		name                      string
		verdict                   dora.Verdict
		failed, recovered, rework string
	}{
		{"failed", dora.Verdict{Deployment: "d4", Failed: &yes, RestoredAt: hours(405)}, "d2 rollback, d4 explicit", "d2 300h, d4 5h", "d5 rollback"},
		{"failed and open", dora.Verdict{Deployment: "d4", Failed: &yes}, "d2 rollback, d4 explicit", "d2 300h, d4 open", "d5 rollback"},
		{"by the change", dora.Verdict{Deployment: "#4", Failed: &yes, RestoredAt: hours(405)}, "d2 rollback, d4 explicit", "d2 300h, d4 5h", "d5 rollback"},
		{"not failed", dora.Verdict{Deployment: "d2", Failed: &no}, "", "", "d5 rollback"},
		{"no rework", dora.Verdict{Deployment: "d5", Rework: &no}, "d2 rollback", "d2 300h", ""},
		{"rework", dora.Verdict{Deployment: "d3", Rework: &yes}, "d2 rollback", "d2 300h", "d3 explicit, d5 rollback"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := tell(4).live(100, 100, 1, 2, 3, 4, 1)
			s.service.Failures.Verdicts = []dora.Verdict{c.verdict}
			equal(t, "failed", s.marked(t, handbook.ChangeFailRate), c.failed)
			equal(t, "recovered", s.recovered(t), c.recovered)
			equal(t, "rework", s.marked(t, handbook.ReworkRate), c.rework)
		})
	}
}

func TestMetrics_X3_NoDeploymentNoRate(t *testing.T) {
	t.Parallel()
	s := tell(2)
	s.live(10, 168*2, 1, 2) // a week without a deployment in between
	for i, p := range s.report(dora.Options{}).Periods {
		_, ok := p.ChangeFailRate.Value.Get()
		if want := i == 0 || i == 2; ok != want {
			t.Errorf("%s: n %d, a rate: %v, want %v", *p.Period, p.ChangeFailRate.N, ok, want)
		}
		if _, ok := p.ReworkRate.Value.Get(); ok != (i == 0 || i == 2) {
			t.Errorf("%s: a rework rate: %v", *p.Period, ok)
		}
	}
}

func TestMetrics_X3_Maturing(t *testing.T) {
	t.Parallel()
	s := tell(4).live(10, 1, 1, 2, 3, 4)
	s.asOf = 35.5 // 25.5, 24.5, 23.5 and 22.5 hours after them
	exists(t, "still maturing", s.report(dora.Options{}).Overall.ChangeFailRate.Maturing, 2)
	s.service.Failures.LinkWindow = 23 * time.Hour
	exists(t, "with a window of 23 hours", s.report(dora.Options{}).Overall.ChangeFailRate.Maturing, 1)
}

func TestMetrics_X4_CohortOfTheFailedDeployment(t *testing.T) {
	t.Parallel()
	s := tell(2).live(100, 60, 1, 2, 1) // the failed one in the first week, the rollback in the second
	p := s.report(dora.Options{}).Periods
	exists(t, "failed in the first week", p[0].ChangeFailRate.Failed, 1)
	exists(t, "rate of the first week", p[0].ChangeFailRate.Value, 0.5)
	exists(t, "failed in the second week", p[1].ChangeFailRate.Failed, 0)
	equal(t, "recoveries of the first week", p[0].RecoveryTime.N, 1)
	exists(t, "recovery of the first week", p[0].RecoveryTime.P50, 60*3600)
	equal(t, "recoveries of the second week", p[1].RecoveryTime.N, 0)
	exists(t, "rework of the first week", p[0].ReworkRate.Rework, 0)
	exists(t, "rework of the second week", p[1].ReworkRate.Rework, 1)
}

// Durations in hours; those with a + are open at the end of the data.
func TestMetrics_X6_KaplanMeier(t *testing.T) {
	t.Parallel()
	const none = -1
	for _, c := range []struct {
		durations         string
		p50, more, solved float64
	}{
		{"1 2+ 3 4+ 10", 10, none, 3},
		{"1 2 30+ 40+ 50+", none, 50, 1.5},
		{"5", 5, none, 5},
		{"5+", none, 5, none},
		{"1 2 3 4", 2, none, 2.5},
		{"1 2 3 4 5 6", 3, none, 3.5},
		{"1 2 3 4 5 6 7", 4, none, 4},
		{"2 2+", 2, none, 2},
		{"2 2+ 2+", none, 2, 2},
		{"1+ 2", 2, none, 2},
		{"1+ 2+ 3+", none, 3, none},
		{"1 1 1 9+ 9+", 1, none, 1},
		{"8 9+", 8, none, 8},
		{"7+ 8 9", 8, none, 8.5},
	} {
		t.Run(c.durations, func(t *testing.T) {
			t.Parallel()
			list := strings.Fields(c.durations)
			s := tell(len(list))
			s.asOf = 500
			type span struct{ from, to float64 }
			var spans []span
			for i, text := range list {
				var h float64
				if _, err := fmt.Sscan(strings.TrimSuffix(text, "+"), &h); err != nil {
					t.Fatal(err)
				}
				at := 100 + 20*float64(i)
				if strings.HasSuffix(text, "+") {
					spans = append(spans, span{s.asOf - h, 0})
				} else {
					spans = append(spans, span{at, at + h})
				}
			}
			slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) }) // so that no version is a rollback
			for i, v := range spans {
				d := s.deploy(version(i+1), v.from)
				s.incident(fmt.Sprint(i+1), v.from, v.to).CausedBy = d.ID
			}
			r := s.report(dora.Options{}).Overall.RecoveryTime
			equal(t, "resolved", r.N, len(list)-strings.Count(c.durations, "+"))
			exists(t, "open", r.Open, float64(strings.Count(c.durations, "+")))
			for _, v := range []struct {
				name string
				got  dora.Number
				want float64
			}{{"median", r.P50, c.p50}, {"more than", r.More, c.more}, {"median of the resolved", r.ResolvedP50, c.solved}} {
				if v.want == none {
					absent(t, v.name, v.got)
				} else {
					exists(t, v.name, v.got, v.want*3600)
				}
			}
		})
	}
}

// Where none is open, half have ended with the (n/2)-th, rounded up, whatever
// the rounding of the factors comes to.
func TestMetrics_X6_HalfIsExact(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 60; n++ {
		s := tell(n)
		s.asOf = 6000
		for i := 1; i <= n; i++ {
			d := s.deploy(version(i), 100+80*float64(i))
			s.incident(fmt.Sprint(i), 100+80*float64(i), 100+81*float64(i)).CausedBy = d.ID
		}
		exists(t, fmt.Sprintf("median of %d", n), s.report(dora.Options{}).Overall.RecoveryTime.P50, float64((n+1)/2)*3600)
	}
}

func TestMetrics_X5_FromTheFirstRegionToTheLast(t *testing.T) {
	t.Parallel()
	s := tell(2)
	s.service.Environment, s.service.Group = "prod-eu", "prod-*"
	for _, v := range []struct {
		n  int
		at float64
	}{{1, 100}, {2, 200}, {1, 300}} {
		for i, region := range []string{"prod-eu", "prod-us"} {
			s.deploy(version(v.n), v.at+float64(i)/6).Environment = region // ten minutes apart
		}
	}
	r := s.report(dora.Options{}).Overall
	exists(t, "deployments", r.Deployments.Count, 3)
	exists(t, "redeploys", r.Deployments.Redeploys, 0)
	exists(t, "lead time", r.LeadTime.P50, 198*3600+600)
	exists(t, "failed", r.ChangeFailRate.Failed, 1)
	exists(t, "recovery", r.RecoveryTime.P50, 100*3600+600)
}

func TestMetrics_X5_WindowFromTheFirstRegion(t *testing.T) {
	t.Parallel()
	s := tell(2)
	s.service.Environment, s.service.Group, s.service.GroupWindow = "prod-eu", "prod-*", 12*time.Hour
	for i, h := range []float64{100, 101, 200, 210} {
		s.deploy(version(i/2+1), h).Environment = []string{"prod-eu", "prod-us"}[i%2]
	}
	s.incident("1", 205, 206) // the new version is live in the first region only
	r := s.report(dora.Options{}).Overall
	exists(t, "failed", r.ChangeFailRate.Failed, 1)
	exists(t, "recovery", r.RecoveryTime.P50, 6*3600)
}

func TestMetrics_X6_IncidentView(t *testing.T) {
	t.Parallel()
	s := tell(1).live(10, 10, 1)
	s.incident("1", 11, 13)
	s.incident("2", 700, 704) // of no deployment
	s.incident("3", 800, 810).DuplicateOf = "2"
	s.Incidents[1].RestoredAt = hours(701) // ends a recovery; the view is from opened to resolved
	r := s.report(dora.Options{})
	equal(t, "incidents", r.Overall.RecoveryTime.Incidents.N, 2)
	exists(t, "open", r.Overall.RecoveryTime.Incidents.Open, 0)
	exists(t, "median of incidents, 2 and 4 hours", r.Overall.RecoveryTime.Incidents.P50, 2*3600)
	exists(t, "deployments", r.Overall.RecoveryTime.P50, 3*3600)
	equal(t, "unattributed", found(r, "DQ09"), 1)
}

func TestMetrics_X8_Confidence(t *testing.T) {
	t.Parallel()
	s := tell(6).live(100, 50, 1, 2, 3, 4, 5, 6, 5)
	s.incident("1", 150, 151).CausedBy = "#2" // d2
	s.change(4).Reverts = []string{"3"}       // d3, by d4
	s.change(5).Labels = []string{"hotfix"}   // d4, by d5
	s.incident("2", 310, 311)                 // d5
	// d6, by the rollback d7
	r := s.report(dora.Options{}).Overall.ChangeFailRate
	exists(t, "failed", r.Failed, 5)
	exists(t, "confirmed", r.Confirmed, 3)
	exists(t, "inferred", r.Inferred, 2)
	want := map[dora.EvidenceKind]string{dora.Explicit: "explicit", dora.Rollback: "derived", dora.Reverted: "derived", dora.Hotfix: "inferred", dora.InWindow: "inferred"}
	for _, row := range s.rows(t, handbook.ChangeFailRate) {
		for _, e := range row.Evidence {
			equal(t, string(e.Kind), e.Confidence, want[e.Kind])
		}
	}
	// A second, stronger sign confirms what was inferred.
	s.incident("3", 320, 321).CausedBy = "d5"
	r = s.report(dora.Options{}).Overall.ChangeFailRate
	exists(t, "confirmed by a second sign", r.Confirmed, 4)
	exists(t, "still inferred", r.Inferred, 1)
}

func TestMetrics_X7_OnceHoweverManyReasons(t *testing.T) {
	t.Parallel()
	s := tell(5)
	s.change(3).Labels = []string{"hotfix"}
	s.change(4).Reverts = []string{"2"}
	s.live(100, 100, 1, 2, 5) // the third brings a hotfix, a revert and a planned change
	r := s.report(dora.Options{}).Overall
	exists(t, "rework", r.ReworkRate.Rework, 1)
	exists(t, "rate", r.ReworkRate.Value, 1.0/3)
	equal(t, "reasons", s.marked(t, handbook.ReworkRate), "d3 hotfix+revert")
}

// Squash, merge and rebase of one pull request have one lead time.
func TestMetrics_C1_WaysToMerge(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"merge", "squash", "rebase"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := tell(1)
			c := dora.Change{Repo: "shop", ID: "7", CreatedAt: hours(14), MergedAt: hours(20), LandingSHA: "landing"}
			for i, sha := range []string{"p1", "p2", "p3"} {
				c.Commits = append(c.Commits, dora.ChangeCommit{SHA: sha, AuthorDate: hours(float64(11 + i)), CommitterDate: hours(float64(11 + i))})
			}
			switch how {
			case "merge":
				s.commit("p1", 11, version(1))
				s.commit("p2", 12, "p1")
				s.commit("p3", 13, "p2")
				s.commit("landing", 20, version(1), "p3")
			case "squash":
				s.commit("landing", 20, version(1))
			case "rebase":
				for i, sha := range []string{"r1", "r2", "landing"} {
					s.commit(sha, 20, []string{version(1), "r1", "r2"}[i]).AuthorDate = hours(float64(11 + i))
				}
			}
			s.Changes = append(s.Changes, c)
			s.deploy(version(1), 10)
			s.deploy("landing", 31)
			equal(t, "delivered", s.delivered(t), "#7 20h")
			r := s.report(dora.Options{}).Overall.LeadTime
			exists(t, "from the merge", r.Views.MergeToDeploy.P50, 11*3600)
			equal(t, "commits", r.Views.PerCommit.N, 3)
			exists(t, "per commit", r.Views.PerCommit.P50, 19*3600)
			exists(t, "from the last commit", r.Views.LastCommit.P50, 18*3600)
		})
	}
}

func TestMetrics_L1_ImplausibleDates(t *testing.T) {
	t.Parallel()
	old, late := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)
	for _, c := range []struct {
		name              string
		author, committer time.Time
		want              string
	}{
		{"plausible", hours(1), hours(2), "#2 99h"},
		{"1970", old, hours(1), "#2 99h"},
		{"2038", late, hours(1), "#2 99h"},
		{"1970, and so the committer", old, old, "#2 98h"},
		{"2038, and so the committer", late, late, "#2 98h"},
		{"more than a year before it was opened", hours(2).AddDate(-1, 0, -1), hours(1), "#2 99h"},
		{"after it was merged", hours(3), hours(1), "#2 99h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := tell(2).live(50, 50, 1, 2) // #2 is opened in hour 2 and merged in hour 2.5
			s.change(2).Commits[0].AuthorDate, s.change(2).Commits[0].CommitterDate = c.author, c.committer
			equal(t, "delivered", s.delivered(t), c.want)
			want := 1
			if c.name == "plausible" {
				want = 0
			}
			equal(t, "DQ05", found(s.report(dora.Options{}), "DQ05"), want)
		})
	}
}

func TestMetrics_D2_WithoutStatuses(t *testing.T) {
	t.Parallel()
	for _, status := range []dora.Status{dora.Unknown, dora.Inactive} {
		s := tell(3).live(10, 10, 1, 2, 3)
		s.service.Source = dora.GitHubDeployments
		for i := range s.Deployments {
			d := &s.Deployments[i]
			d.Source, d.Statuses, d.FinishedAt, d.Status = dora.GitHubDeployments, []dora.StatusAt{{Status: dora.Success, At: d.FinishedAt}}, time.Time{}, ""
		}
		s.Deployments[1].Statuses, s.Deployments[1].Status = nil, status
		r := s.report(dora.Options{})
		exists(t, "deployments", r.Overall.Deployments.Count, 2)
		exists(t, "failed attempts", r.Overall.Deployments.FailedAttempts, 0)
		equal(t, "DQ02", found(r, "DQ02"), 1)
		equal(t, "delivered", s.delivered(t), "#2 28h, #3 27h")
	}
}

func TestMetrics_D2_FirstSuccess(t *testing.T) {
	t.Parallel()
	s := tell(2).live(10, 10, 1, 2)
	s.service.Source = dora.GitHubDeployments
	for i := range s.Deployments {
		s.Deployments[i].Source = dora.GitHubDeployments
	}
	d := &s.Deployments[1]
	d.FinishedAt, d.UpdatedAt = time.Time{}, hours(90)
	d.Status = dora.Inactive
	d.Statuses = []dora.StatusAt{{Status: dora.Inactive, At: hours(60)}, {Status: dora.Success, At: hours(40)}, {Status: dora.Failure, At: hours(25)}, {Status: dora.Success, At: hours(30)}}
	equal(t, "delivered", s.delivered(t), "#2 28h")
	exists(t, "failed attempts", s.report(dora.Options{}).Overall.Deployments.FailedAttempts, 0)
}

// rewrite puts another commit where that of #2 was, which is then the second
// deployment's no more.
func rewrite(s *story) *dora.Commit {
	s.Commits[1].SHA, s.Commits[1].AuthorDate, s.Commits[1].CommitterDate = "c000022", hours(4.5), hours(4.5)
	s.Commits[2].Parents = []string{"c000022"}
	s.Deployments[1].SHA = version(1)
	return &s.Commits[1]
}

func TestMetrics_C3_LandingThatIsGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		tell func(s *story)
		want string
		lost int
	}{
		{"in the history", func(s *story) {}, "#2 49.6h, #3 98.6h", 0},
		{"by the number in a subject", func(s *story) { rewrite(s).Pull = "2" }, "#2 99.6h, #3 98.6h", 0},
		{"by the trailer", func(s *story) { rewrite(s).Picked = []string{version(2)} }, "#2 99.6h, #3 98.6h", 0},
		{"gone", func(s *story) { rewrite(s) }, "#3 98.6h, c000022 97.1h", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := tell(3).live(1.6, 50, 1, 2, 3)
			c.tell(s)
			equal(t, "delivered", s.delivered(t), c.want)
			equal(t, "DQ04", found(s.report(dora.Options{}), "DQ04"), c.lost)
		})
	}
}

// Pull requests #2 and #3 are merged to develop, which is then passed on to the
// main branch.
func TestMetrics_C5_Promotions(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"merge", "squash"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := tell(1)
			s.service.Promotions = []string{"develop"}
			s.merge("2", "de0002", 2, version(1)).BaseRef = "develop"
			s.merge("3", "de0003", 3, "de0002").BaseRef = "develop"
			promote := func(id, landing string, h float64, main, develop string) {
				parents := []string{main}
				if how == "merge" {
					parents = append(parents, develop)
				}
				c := s.merge(id, landing, h, parents...)
				c.HeadRef, c.BaseRef = "develop", "main"
			}
			promote("4", "0a0004", 10, version(1), "de0003")
			s.merge("5", "de0005", 20, "de0003").BaseRef = "develop"
			promote("6", "0a0006", 30, "0a0004", "de0005")
			s.merge("7", "de0007", 40, "de0005").BaseRef = "develop"
			s.deploy(version(1), 5)
			s.deploy("0a0004", 15)
			s.deploy("0a0006", 35)
			s.Collected = []dora.Collected{{Source: "file", Repo: "shop", Resource: dora.ResourceCommits, Head: "0a0006", From: hours(0), To: hours(s.asOf)}}
			equal(t, "delivered", s.delivered(t), "#2 13h, #3 12h, #5 15h")
		})
	}
}

// A back-merge brings nothing of its own either, and what was merged to main
// meanwhile counts for itself.
func TestMetrics_C5_BackMerge(t *testing.T) {
	t.Parallel()
	s := tell(2) // #2 is a fix on main
	s.service.Promotions = []string{"develop", "main"}
	s.merge("3", "de0003", 3, version(1)).BaseRef = "develop"
	back := s.merge("4", "de0004", 4, "de0003", version(2))
	back.HeadRef, back.BaseRef = "main", "develop"
	up := s.merge("5", "0a0005", 5, version(2), "de0004")
	up.HeadRef, up.BaseRef = "develop", "main"
	s.deploy(version(1), 2)
	s.deploy("0a0005", 13)
	equal(t, "delivered", s.delivered(t), "#2 11h, #3 10h")
}

// #2 is in main, #3 picks it onto the release branch.
func TestMetrics_C6_CherryPicks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		tell func(s *story)
		want string
	}{
		{"without a link", func(s *story) {
			s.deploy(version(1), 10)
			s.deploy("5e1ec7", 20)
			s.deploy("0e0ae0", 30)
		}, "#2 28h, #3 17h"},
		{"the copy first", func(s *story) {
			s.Commits[2].Picked = []string{version(2)}
			s.deploy(version(1), 10)
			s.deploy("5e1ec7", 20)
			s.deploy("0e0ae0", 30)
		}, "#2 18h, #3 17h"},
		{"the original first", func(s *story) {
			s.Commits[2].Picked = []string{version(2)}
			s.deploy(version(1), 10)
			s.deploy(version(2), 20)
			s.deploy("0e0ae0", 30)
		}, "#2 18h, #3 27h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := tell(2)
			s.merge("3", "5e1ec7", 3, version(1)).BaseRef = "release"
			s.commit("0e0ae0", 9, version(2), "5e1ec7")
			c.tell(s)
			equal(t, "delivered", s.delivered(t), c.want)
		})
	}
}

func TestMetrics_L5_Views(t *testing.T) {
	t.Parallel()
	s := tell(3).live(10, 10, 1, 2, 3)
	// #2: begun in 1, 1.5 and 2, merged in 2.5, live in 20. #3: begun in 3, merged in 3.5, live in 30.
	s.change(2).Commits = []dora.ChangeCommit{
		{SHA: "x1", AuthorDate: hours(1), CommitterDate: hours(1)},
		{SHA: "x2", AuthorDate: hours(1.5), CommitterDate: hours(1.5)},
		{SHA: "xm", AuthorDate: hours(0.5), CommitterDate: hours(0.5), Merge: true},
		{SHA: "x3", AuthorDate: hours(2), CommitterDate: hours(2)},
	}
	r := s.report(dora.Options{}).Overall.LeadTime
	equal(t, "delivered", s.delivered(t), "#2 19h, #3 27h")
	equal(t, "n", r.N, 2)
	exists(t, "p50", r.P50, 23*3600)
	exists(t, "p75", r.P75, 25*3600)
	exists(t, "p90", r.P90, 26.2*3600)
	exists(t, "mean", r.Mean, 23*3600)
	exists(t, "from the merge", r.Views.MergeToDeploy.P50, 22*3600)
	equal(t, "commits", r.Views.PerCommit.N, 4)
	exists(t, "per commit", r.Views.PerCommit.P50, 18.75*3600) // 18, 18.5, 19, 27
	exists(t, "from the last commit", r.Views.LastCommit.P50, 22.5*3600)
}

func TestMetrics_S3_WilsonOfTheSpecification(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k, n      int
		low, high float64 // per cent
	}{{0, 6, 0, 39.0}, {1, 5, 3.6, 62.4}, {2, 5, 11.8, 76.9}, {4, 6, 30.0, 90.3}, {2, 20, 2.8, 30.1}, {0, 50, 0, 7.1}, {6, 6, 61.0, 100}} {
		low, high := dora.Wilson(c.k, c.n)
		for _, v := range []struct {
			got  dora.Number
			want float64
		}{{low, c.low}, {high, c.high}} {
			if got, ok := v.got.Get(); !ok || math.Abs(100*got-v.want) > 0.0501 {
				t.Errorf("%d of %d: got %.3f %%, want %v %%", c.k, c.n, 100*got, v.want)
			}
		}
	}
	low, high := dora.Wilson(0, 0)
	absent(t, "low of none", low)
	absent(t, "high of none", high)
}

// The bounds are those rates at which the sum of the Poisson probabilities of n
// and more, or of n and fewer, is 2.5 %.
func TestMetrics_S3_PoissonIsExact(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]float64{0: {0, 3.689}, 1: {0.025, 5.572}, 2: {0.242, 7.225}, 3: {0.619, 8.767}, 5: {1.623, 11.668}, 10: {4.795, 18.390}, 20: {12.217, 30.888}, 50: {37.111, 65.919}, 100: {81.364, 121.627}} {
		low, high := dora.Poisson(n)
		if math.Abs(low-want[0]) > 0.001 || math.Abs(high-want[1]) > 0.001 {
			t.Errorf("%d: got %.4f to %.4f, want %v", n, low, high, want)
		}
		fewer := func(rate float64, n int) float64 { // n or fewer
			sum := 0.0
			for k := 0; k <= n; k++ {
				g, _ := math.Lgamma(float64(k) + 1)
				sum += math.Exp(float64(k)*math.Log(rate) - rate - g)
			}
			return sum
		}
		if got := fewer(high, n); math.Abs(got-0.025) > 1e-6 {
			t.Errorf("%d: at the high bound %v, %d or fewer have the probability %v", n, high, n, got)
		}
		if n == 0 {
			continue
		}
		if got := 1 - fewer(low, n-1); math.Abs(got-0.025) > 1e-6 {
			t.Errorf("%d: at the low bound %v, %d or more have the probability %v", n, low, n, got)
		}
	}
}

// The lead times are 1, 2, … n hours, so the bounds are the ranks themselves.
func TestMetrics_S3_RanksInTheReport(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]float64{6: {1, 6}, 10: {2, 9}, 15: {4, 12}, 20: {6, 15}, 50: {18, 33}, 5: {}, 1: {}} {
		s := tell(n + 1)
		s.deploy(version(1), 1.9)
		for i := 2; i <= n+1; i++ {
			s.change(i).Commits[0].AuthorDate = hours(float64(100 + i - (i - 1)))
			s.change(i).CreatedAt, s.change(i).MergedAt = hours(float64(100+i)), hours(float64(100+i))
			s.deploy(version(i), float64(100+i))
		}
		r := s.report(dora.Options{}).Overall.LeadTime
		equal(t, "n", r.N, n)
		if want[1] == 0 {
			absent(t, fmt.Sprintf("low of %d", n), r.Low)
			absent(t, fmt.Sprintf("high of %d", n), r.High)
			exists(t, fmt.Sprintf("median of %d", n), r.P50, float64(n+1)/2*3600)
			continue
		}
		exists(t, fmt.Sprintf("low of %d", n), r.Low, want[0]*3600)
		exists(t, fmt.Sprintf("high of %d", n), r.High, want[1]*3600)
	}
}

// A small sample has its value and n, and no band (metrics/S4).
func TestMetrics_S4_SmallSamples(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 12; n++ {
		s := tell(n).live(10, 3, slices.Collect(upTo(n))...)
		p := s.report(dora.Options{}).Overall
		for metric, from := range map[handbook.Metric]int{handbook.ChangeFailRate: 10, handbook.ReworkRate: 10, handbook.LeadTime: 7} {
			_, ok := dora.AnswerOf(metric, dora.File, p)
			if want := n >= from; ok != want { // n deployments bring n-1 changes
				t.Errorf("%d deployments: %s has a band: %v, want %v", n, metric, ok, want)
			}
		}
		exists(t, "rate", p.ChangeFailRate.Value, 0)
	}
	for n := 1; n <= 8; n++ {
		s := tell(n).live(100, 50, slices.Collect(upTo(n))...)
		for i := range n {
			s.incident(fmt.Sprint(i), 100+50*float64(i), 101+50*float64(i))
		}
		p := s.report(dora.Options{}).Overall
		if _, ok := dora.AnswerOf(handbook.RecoveryTime, dora.File, p); ok != (n >= 6) {
			t.Errorf("%d recoveries have a band: %v", n, ok)
		}
		exists(t, "recovery", p.RecoveryTime.P50, 3600)
	}
}

// upTo yields 1 to n.
func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 1; i <= n && yield(i); i++ {
		}
	}
}

func TestMetrics_T1_WeeksOfSummerTime(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := tell(1).live(10, 10, 1)
	s.asOf = 24 * 364
	want := map[string][3]string{
		"2026-W12": {"2026-03-15T23:00:00Z", "2026-03-22T23:00:00Z", "168h0m0s"},
		"2026-W13": {"2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z", "167h0m0s"},
		"2026-W14": {"2026-03-29T22:00:00Z", "2026-04-05T22:00:00Z", "168h0m0s"},
		"2026-W43": {"2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z", "169h0m0s"},
	}
	for _, p := range s.report(dora.Options{Zone: berlin}).Periods {
		if w, ok := want[*p.Period]; ok {
			equal(t, *p.Period, [3]string{p.From.UTC().Format(time.RFC3339), p.To.UTC().Format(time.RFC3339), p.To.Sub(p.From).String()}, w)
			delete(want, *p.Period)
		}
	}
	equal(t, "weeks that are missing", len(want), 0)
}
