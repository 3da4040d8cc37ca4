package githubtest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

type restPull struct {
	Number         int
	Title, HTMLURL string
	MergeCommitSHA string     `json:"merge_commit_sha"`
	UpdatedAt      time.Time  `json:"updated_at"`
	MergedAt       *time.Time `json:"merged_at"`
	User           struct{ Login, Type string }
}

// REST lists, followed by its links, are what Truth says.
func TestRESTListsTruth(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	for _, repo := range a.server.World().Repositories() {
		pulls := all[restPull](a, "repos/"+repo+"/pulls?state=all&sort=created&direction=asc&per_page=7")
		truth := a.server.World().TruthOf(repo, dora.ResourceChanges).Changes
		if len(pulls) != len(truth) {
			t.Fatalf("%s lists %d pull requests, want %d", repo, len(pulls), len(truth))
		}
		for i, p := range pulls {
			c := truth[i]
			if strconv.Itoa(p.Number) != c.ID || p.Title != c.Title || !p.UpdatedAt.Equal(c.UpdatedAt) || p.User.Login != c.Author || (p.User.Type == "Bot") != c.Bot {
				t.Errorf("%s: got %+v, want %+v", repo, p, c)
			}
			if c.State == "merged" && p.MergeCommitSHA != c.LandingSHA {
				t.Errorf("%s#%d landed as %s, want %s", repo, p.Number, p.MergeCommitSHA, c.LandingSHA)
			}
			commits := all[struct{ SHA string }](a, fmt.Sprintf("repos/%s/pulls/%d/commits?per_page=100", repo, p.Number))
			var names []string
			for _, k := range c.Commits {
				names = append(names, k.SHA)
			}
			if got := texts(commits, func(k struct{ SHA string }) string { return k.SHA }); !slices.Equal(got, names) {
				t.Errorf("%s#%d has commits %v, want %v", repo, p.Number, got, names)
			}
		}
		deployments := all[struct {
			ID          int64
			Environment string
			SHA         string
		}](a, "repos/"+repo+"/deployments?per_page=10")
		want := a.server.World().TruthOf(repo, dora.ResourceDeployments).Deployments
		if len(deployments) != len(want) {
			t.Fatalf("%s lists %d deployments, want %d", repo, len(deployments), len(want))
		}
		for i, d := range slices.Backward(deployments) {
			w := want[len(want)-1-i]
			if strconv.FormatInt(d.ID, 10) != w.ID || d.Environment != w.Environment || d.SHA != w.SHA {
				t.Errorf("%s: got %+v, want %+v", repo, d, w)
			}
			statuses := all[struct{ State string }](a, fmt.Sprintf("repos/%s/deployments/%d/statuses?per_page=5", repo, d.ID))
			if len(statuses) != len(w.Statuses) {
				t.Errorf("deployment %d has %d statuses, want %d", d.ID, len(statuses), len(w.Statuses))
			}
		}
		issues := all[struct {
			Number      int
			PullRequest *struct{} `json:"pull_request"`
		}](a, "repos/"+repo+"/issues?state=all&labels=incident&sort=updated&direction=asc&per_page=3")
		if n := len(a.server.World().TruthOf(repo, dora.ResourceIncidents).Incidents); len(issues) != n {
			t.Errorf("%s lists %d incidents, want %d", repo, len(issues), n)
		}
		both := all[struct{ Number int }](a, "repos/"+repo+"/issues?state=all&per_page=100")
		if len(both) <= len(pulls) {
			t.Errorf("%s lists %d issues, want the %d pull requests among them", repo, len(both), len(pulls))
		}
	}
}

func texts[T any](list []T, text func(T) string) []string {
	var all []string
	for _, item := range list {
		all = append(all, text(item))
	}
	return all
}

func TestNotModified(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	first := a.get("repos/acme/pay/releases?per_page=100", 200, nil)
	left := first.Header.Get("X-RateLimit-Remaining")
	again := a.get("repos/acme/pay/releases?per_page=100", 304, nil, "If-None-Match", first.Header.Get("ETag"))
	if got := again.Header.Get("X-RateLimit-Remaining"); got != left {
		t.Errorf("a 304 cost a point: %s left, then %s", left, got)
	}
	if before, after := first.Header.Get("Date"), again.Header.Get("Date"); before >= after {
		t.Errorf("the clock did not move between requests: %s, %s", before, after)
	}
}

func TestRenamedRepository(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	moved := a.get("repos/acme/proxy/pulls?page=2&per_page=5&state=all", 301, nil)
	to, err := url.Parse(moved.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.Path, "/api/v3/repositories/") || !strings.HasSuffix(to.Path, "/pulls") || to.RawQuery != "page=2&per_page=5&state=all" {
		t.Fatalf("moved to %s, %v", to, err)
	}
	var list []restPull
	a.get(strings.TrimPrefix(to.Path, "/api/v3/")+"?"+to.RawQuery, 200, &list)
	if len(list) == 0 {
		t.Error("there is nothing where it moved to")
	}
	if err := a.server.World().Rename("acme/pay", "acme/payments"); err != nil {
		t.Fatal(err)
	}
	a.get("repos/acme/pay", 301, nil)
	a.get("repos/acme/payments", 200, nil)
}

func TestCaps(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	var big, wide dora.Change
	a.server.World().WithFiles()
	for _, c := range a.server.World().TruthOf("acme/pay", dora.ResourceChanges).Changes {
		if slices.Contains(c.Truncated, "commits") {
			big = c
		}
		if slices.Contains(c.Truncated, "files") {
			wide = c
		}
	}
	if got := len(all[struct{ SHA string }](a, "repos/acme/pay/pulls/"+big.ID+"/commits?per_page=100")); got != 250 {
		t.Errorf("#%s lists %d commits, want 250", big.ID, got)
	}
	var whole struct{ Commits int }
	if a.get("repos/acme/pay/pulls/"+big.ID, 200, &whole); whole.Commits != 251 {
		t.Errorf("#%s counts %d commits, want 251", big.ID, whole.Commits)
	}
	if got := len(all[struct{ Filename string }](a, "repos/acme/pay/pulls/"+wide.ID+"/files?per_page=100")); got != 3000 {
		t.Errorf("#%s lists %d files, want 3,000", wide.ID, got)
	}

	a.server.RunCap(10)
	type runs struct {
		Total int                  `json:"total_count"`
		Runs  []struct{ ID int64 } `json:"workflow_runs"`
	}
	var free, searched, second, early, late runs
	path := "repos/acme/pay/actions/workflows/deploy.yml/runs?per_page=8"
	a.get(path+"&page=2", 200, &free)
	a.get(path+"&page=2&branch=main", 200, &second)
	a.get(path+"&branch=main", 200, &searched)
	if len(free.Runs) < 3 || len(second.Runs) != 2 || second.Total != searched.Total || searched.Total <= 10 {
		t.Errorf("a search lists %d + %d of %d runs, want 10; without one the second page has %d", len(searched.Runs), len(second.Runs), searched.Total, len(free.Runs))
	}
	middle := a.server.World().Now().AddDate(0, 0, -40).UTC()
	a.get(path+"&created="+url.QueryEscape("*.."+middle.Format(time.RFC3339)), 200, &early)
	a.get(path+"&created="+url.QueryEscape(">"+middle.Format(time.RFC3339)), 200, &late)
	if early.Total == 0 || late.Total == 0 || early.Total+late.Total != searched.Total {
		t.Errorf("%d runs before %v and %d after it, want %d together", early.Total, middle, late.Total, searched.Total)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Organisation)
	a.get("repos/acme/pay/pulls?sort=colour", 422, nil)
	a.get("repos/acme/pay/issues?since=yesterday", 422, nil)
	a.get("repos/acme/pay/releases?per_page=100&page=101", 422, nil)
	a.get("repos/acme/nothing", 404, nil)
	a.get("repos/acme/pay/pulls/999999", 404, nil)
	a.get("repos/acme/pay", 401, nil, "Authorization", "Bearer wrong")
	a.get("repos/acme/pay", 200, nil, "Authorization", "")
	a.get("repos/acme/vault", 404, nil, "Authorization", "")
	a.get("repos/acme/vault", 200, nil)
	a.get("repos/acme/blank/branches/main", 404, nil)
	a.server.Limit("core", 1, 20*time.Minute)
	a.get("repos/acme/pay", 200, nil)
	limited := a.get("repos/acme/pay", 403, nil)
	if got := limited.Header.Get("X-RateLimit-Remaining"); got != "0" {
		t.Errorf("X-RateLimit-Remaining: %s, want 0", got)
	}
	a.server.World().Advance(21 * time.Minute)
	a.get("repos/acme/pay", 200, nil)
	a.server.WithoutLimits()
	if free := a.get("repos/acme/pay", 200, nil); free.Header.Get("X-RateLimit-Limit") != "" {
		t.Error("a server without limits names one")
	}
	if got := a.server.Requests(); len(got) != 14 || got[13].N != 14 || got[13].Status != http.StatusOK || got[5].Header.Get("Authorization") != "Bearer wrong" {
		t.Errorf("the log has %d requests, and the last is %+v", len(got), got[len(got)-1])
	}
}
