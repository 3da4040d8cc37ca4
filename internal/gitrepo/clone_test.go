package gitrepo

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
)

// TestMain makes git independent of who runs the tests, and pretends that they
// run inside a git hook: every test shows that GIT_DIR and its like are unset.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL":   os.DevNull,
		"GIT_CONFIG_NOSYSTEM": "1",
		"GIT_DIR":             "/nonexistent/hook.git",
		"GIT_WORK_TREE":       "/nonexistent",
		"GIT_INDEX_FILE":      "/nonexistent/index",
		"GIT_PREFIX":          "sub/",
		"GIT_TRACE":           "1",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// clone is a repository under test.
type clone struct {
	t   *testing.T
	dir string
}

// newClone makes an empty repository whose branch is main.
func newClone(t *testing.T) clone {
	t.Helper()
	c := clone{t, filepath.Join(t.TempDir(), "repo")}
	c.run("init", "-q", "-b", "main", c.dir)
	return c
}

// run runs git outside the clone.
func (c clone) run(args ...string) string {
	c.t.Helper()
	return c.at("2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "", args...)
}

// git runs git in the clone.
func (c clone) git(args ...string) string {
	c.t.Helper()
	return c.run(append([]string{"-C", c.dir}, args...)...)
}

// at runs git with an author and a committer date.
func (c clone) at(author, committer, stdin string, args ...string) string {
	c.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Developer", "-c", "user.email=developer@example.org", "-c", "protocol.file.allow=always"}, args...)...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_DATE="+author, "GIT_COMMITTER_DATE="+committer)
	cmd.Stdin = strings.NewReader(stdin)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		c.t.Fatalf("git %q: %v: %s", args, err, said.String())
	}
	return strings.TrimSpace(out.String())
}

// commit makes a commit, authored and committed on a day of 2025 ("03-17").
func (c clone) commit(day string) (sha string) {
	c.t.Helper()
	return c.commitAt(date(day), date(day))
}

func (c clone) commitAt(author, committer string) (sha string) {
	c.t.Helper()
	c.at(author, committer, "", "-C", c.dir, "commit", "-q", "--allow-empty", "-m", "work of "+author)
	return c.git("rev-parse", "HEAD")
}

// raw makes a commit without parents that holds any bytes as dates.
func (c clone) raw(author, committer string) (sha string) {
	c.t.Helper()
	tree := c.at("", "", "", "-C", c.dir, "hash-object", "-t", "tree", "-w", "--stdin")
	text := fmt.Sprintf("tree %s\nauthor D <d@example.org> %s\ncommitter D <d@example.org> %s\n\nwork\n", tree, author, committer)
	return c.at("", "", text, "-C", c.dir, "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
}

// tag makes an annotated tag on a day of 2025.
func (c clone) tag(name, day, target string) {
	c.t.Helper()
	c.at(date(day), date(day), "", "-C", c.dir, "tag", "-a", "-m", "release", name, target)
}

// copy clones c with options of git clone, over the file protocol.
func (c clone) copy(options ...string) clone {
	c.t.Helper()
	d := clone{c.t, filepath.Join(c.t.TempDir(), "copy")}
	c.run(append(append([]string{"clone", "-q"}, options...), "file://"+filepath.ToSlash(c.dir), d.dir)...)
	return d
}

// load loads the clone and returns its findings as text.
func (c clone) load(o Options) (Delivery, string) {
	c.t.Helper()
	return load(c.t, c.dir, o)
}

func load(t *testing.T, dir string, o Options) (Delivery, string) {
	t.Helper()
	var l diag.List
	d, err := LoadDir(t.Context(), dir, o, diag.Pos{Path: "services/pay.md", Line: 5, Column: 3}, &l)
	if err != nil {
		t.Fatalf("load %s with %+v: %v", dir, o, err)
	}
	var b strings.Builder
	if err := l.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return d, b.String()
}

func date(day string) string { return "2025-" + day + "T12:00:00Z" }

func instantOf(t *testing.T, rfc3339 string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// lines writes deployments as "id sha[:7] time", with "~" for approximate ones.
func lines(deployments []dora.Deployment) []string {
	all := []string{}
	for _, d := range deployments {
		mark := ""
		if d.Approximate {
			mark = " ~"
		}
		all = append(all, fmt.Sprintf("%s %.7s %s%s", d.ID, d.SHA, d.FinishedAt.Format(time.RFC3339), mark))
	}
	return all
}

// names lists the ids of deployments.
func names(deployments []dora.Deployment) string {
	var all []string
	for _, d := range deployments {
		all = append(all, d.ID)
	}
	return strings.Join(all, " ")
}

// wantWords fails unless each of the words is part of got.
func wantWords(t *testing.T, got string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(got, w) {
			t.Errorf("findings lack %q:\n%s", w, got)
		}
	}
}
