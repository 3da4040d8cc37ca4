package githubtest_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/testkit"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// git runs git in a folder and returns its lines.
func git(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "TZ=UTC")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// A clone without trees has the commits and the tags of Truth, also after pushes.
func TestCloneIsTruth(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		testkit.Missing(t, "git")
	}
	a := start(t, 1, githubtest.Small)
	w := a.server.World()
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+githubtest.Token))
	check := func(dir, repo string) {
		t.Helper()
		var want []string
		for _, c := range w.TruthOf(repo, dora.ResourceCommits).Commits {
			want = append(want, c.SHA+" "+strings.Join(c.Parents, " ")+" "+c.AuthorDate.Format("2006-01-02T15:04:05Z")+" "+c.CommitterDate.Format("2006-01-02T15:04:05Z"))
		}
		got := git(t, dir, "log", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%H %P %ad %cd", "HEAD")
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("the clone of %s has %d commits, want %d", repo, len(got), len(want))
		}
		var tags []string
		for _, d := range w.TruthOf(repo, dora.ResourceTags).Deployments {
			tags = append(tags, d.ID+" "+d.SHA)
		}
		var cloned []string
		for _, line := range git(t, dir, "for-each-ref", "--merged=HEAD", "--format=%(refname:short) %(objectname) %(*objectname)", "refs/tags") {
			f := strings.Fields(line)
			cloned = append(cloned, f[0]+" "+f[len(f)-1])
		}
		slices.Sort(tags)
		slices.Sort(cloned)
		if !slices.Equal(cloned, tags) {
			t.Errorf("the clone of %s has the tags %v, want %v", repo, cloned, tags)
		}
	}
	for _, repo := range w.Repositories() {
		dir := filepath.Join(t.TempDir(), "clone.git")
		git(t, t.TempDir(), "-c", "http.extraHeader="+basic, "clone", "--quiet", "--bare", "--filter=tree:0", a.server.URL+"/"+repo+".git", dir)
		check(dir, repo)
		git(t, dir, "fsck", "--connectivity-only")
	}
	repo := w.Repositories()[0]
	dir := filepath.Join(t.TempDir(), "clone.git")
	git(t, t.TempDir(), "-c", "http.extraHeader="+basic, "clone", "--quiet", "--bare", "--filter=tree:0", a.server.URL+"/"+repo+".git", dir)
	a.push(60)
	git(t, dir, "-c", "http.extraHeader="+basic, "fetch", "--quiet", "--force", "origin", "+refs/heads/main:refs/heads/main", "+refs/tags/*:refs/tags/*")
	check(dir, w.Current(repo))
	if !slices.ContainsFunc(a.server.Requests(), func(r githubtest.Request) bool {
		return strings.Contains(r.Path, ".git/") && strings.HasPrefix(r.Header.Get("Authorization"), "Basic ") && r.Status == 200
	}) {
		t.Error("the log has no request of git with its Authorization header")
	}
}

func TestGitRefusesStrangers(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Size{Repositories: 4, Months: 2, Pulls: 8, Deployments: 8, Incidents: 1})
	for _, c := range []struct {
		path, authorization string
		want                int
	}{
		{"/acme/pay.git/info/refs?service=git-upload-pack", "", 200},
		{"/acme/pay.git/info/refs?service=git-upload-pack", "Bearer wrong", 401},
		{"/acme/pay.git/info/refs?service=git-receive-pack", "Bearer " + githubtest.Token, 404},
		{"/acme/proxy.git/info/refs?service=git-upload-pack", "", 301},
		{"/acme/vault.git/info/refs?service=git-upload-pack", "", 401},
		{"/acme/vault.git/info/refs?service=git-upload-pack", "Bearer " + githubtest.Token, 200},
		{"/acme/none.git/info/refs?service=git-upload-pack", "", 401},
	} {
		answer, _, err := a.do("GET", a.server.URL+c.path, nil, "Authorization", c.authorization)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != c.want {
			t.Errorf("%s with %q: got %d, want %d", c.path, c.authorization, answer.StatusCode, c.want)
		}
	}
}
