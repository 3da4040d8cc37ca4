package githubtest_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// text is a world as JSON, for comparing.
func text(t *testing.T, w *githubtest.World) string {
	t.Helper()
	data, err := json.Marshal(w.Truth())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	a, b, c := githubtest.NewWorld(7, githubtest.Small), githubtest.NewWorld(7, githubtest.Small), githubtest.NewWorld(8, githubtest.Small)
	if text(t, a) != text(t, b) {
		t.Error("two worlds of seed 7 differ")
	}
	if text(t, a) == text(t, c) {
		t.Error("the worlds of seeds 7 and 8 are the same")
	}
	ra, rb := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		if x, y := a.Mutate(ra), b.Mutate(rb); x != y {
			t.Fatalf("change %d: %q and %q", i, x, y)
		}
	}
	if text(t, a) != text(t, b) {
		t.Error("two worlds differ after the same changes")
	}
}

// An organisation has everything that a collector may stumble over.
func TestOrganisationHasEveryCase(t *testing.T) {
	t.Parallel()
	w := githubtest.NewWorld(1, githubtest.Organisation)
	e := w.Truth()
	has := func(what string, n int) {
		t.Helper()
		if n == 0 {
			t.Errorf("the organisation has no %s", what)
		}
	}
	if n := len(e.Changes); n < 2900 || n > 3100 {
		t.Errorf("got %d pull requests, want about 3,000", n)
	}
	changes := map[string]int{}
	for _, c := range e.Changes {
		count := func(what string, is bool) {
			if is {
				changes[what]++
			}
		}
		count("merged", c.State == "merged")
		count("closed", c.State == "closed")
		count("by bots", c.Bot)
		count("by accounts that are gone", c.Author == "ghost")
		count("with 60 commits", len(c.Commits) == 60)
		count("with too many commits", slices.Contains(c.Truncated, "commits"))
		count("made ready", !c.ReadyAt.IsZero())
		count("reviewed by bots alone", len(c.Reviews) > 0 && c.FirstReviewAt.IsZero())
		count("hotfixes", slices.Contains(c.Labels, "hotfix"))
		count("reverting a pull request", len(c.Reverts) == 1 && len(c.Reverts[0]) < 40)
		count("reverting a commit", len(c.Reverts) == 1 && len(c.Reverts[0]) == 40)
		count("closing issues", len(c.Closes) > 0)
		count("with a merge inside", slices.ContainsFunc(c.Commits, func(k dora.ChangeCommit) bool { return k.Merge }))
		count("with rewritten commits", slices.ContainsFunc(c.Commits, func(k dora.ChangeCommit) bool { return !k.AuthorDate.Equal(k.CommitterDate) }))
		count("with reviews for two pages", len(c.Reviews) > 20)
	}
	for _, what := range []string{"merged", "closed", "by bots", "by accounts that are gone", "with 60 commits", "with too many commits", "made ready", "reviewed by bots alone",
		"hotfixes", "reverting a pull request", "reverting a commit", "closing issues", "with a merge inside", "with rewritten commits", "with reviews for two pages"} {
		has("pull requests "+what, changes[what])
	}
	deployments := map[string]int{}
	for _, d := range e.Deployments {
		deployments[string(d.Source)+" "+string(d.Status)]++
		if d.Source == dora.GitHubDeployments {
			deployments["in "+d.Environment]++
			if len(d.Statuses) == 0 {
				deployments["without statuses"]++
			}
			if len(d.Statuses) > 20 {
				deployments["with many statuses"]++
			}
		}
		if d.Approximate {
			deployments["lightweight"]++
		}
		if d.Attempt > 1 {
			deployments["run again"]++
		}
	}
	for _, what := range []string{"github_deployments success", "github_deployments failure", "github_deployments error", "github_deployments inactive", "in production", "in staging",
		"in prod-eu", "in prod-us", "without statuses", "with many statuses", "releases success", "tags success", "lightweight", "workflow success", "workflow failure", "run again", "merge success"} {
		has("deployments "+what, deployments[what])
	}
	states := map[string]int{}
	for _, i := range e.Incidents {
		states[i.State]++
		if i.CausedBy != "" {
			states["with a cause"]++
		}
	}
	for _, what := range []string{"open", "closed", "duplicate", "not_planned", "with a cause"} {
		has("incidents "+what, states[what])
	}
	commits := map[string]int{}
	for _, c := range e.Commits {
		commits["picked"] += len(c.Picked)
		commits["reverting"] += len(c.Reverts)
		if c.AuthorDate.Year() == 1970 {
			commits["of 1970"]++
		}
	}
	for _, what := range []string{"picked", "reverting", "of 1970"} {
		has("commits "+what, commits[what])
	}
	if got := w.Current("acme/proxy"); got != "acme/gateway" {
		t.Errorf("Current(acme/proxy) = %q, want acme/gateway", got)
	}
	if !w.Private("acme/vault") {
		t.Error("acme/vault is not private")
	}
	if n := len(w.TruthOf("acme/blank", dora.ResourceCommits).Commits); n != 0 {
		t.Errorf("acme/blank has %d commits, want none", n)
	}
	now := w.Now()
	for _, c := range e.Changes {
		if c.UpdatedAt.After(now) || c.MergedAt.After(now) || !c.MergedAt.IsZero() && c.MergedAt.Before(c.CreatedAt) {
			t.Fatalf("the times of %s #%s cannot be: %v", c.Repo, c.ID, c)
		}
	}
}

// Every kind of change is made, and the world stays sound.
func TestMutateDoesEverything(t *testing.T) {
	t.Parallel()
	w := githubtest.NewWorld(3, githubtest.Small)
	r := rand.New(rand.NewPCG(5, 6))
	before := w.Now()
	for i := range 1500 {
		if done := w.Mutate(r); done == "" {
			t.Fatalf("change %d did nothing", i)
		}
	}
	if !w.Now().After(before.Add(time.Hour)) {
		t.Errorf("the clock stands at %v, after 1,500 changes since %v", w.Now(), before)
	}
	if w.Current("acme/gateway") == "acme/gateway" {
		t.Error("nothing was renamed")
	}
	if past := w.Past(); len(past.Deployments) == 0 || len(past.Incidents) == 0 {
		t.Errorf("nothing was deleted: %+v", past)
	}
	for _, d := range w.Truth().Deployments {
		if d.CreatedAt.IsZero() || d.Status == "" {
			t.Fatalf("a deployment is not sound: %+v", d)
		}
	}
}
