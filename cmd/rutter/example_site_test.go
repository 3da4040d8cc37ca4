package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// repository is the root of this repository, which is the example site.
func repository(t testing.TB) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// exampleSite copies the example site, with its git history, into a folder.
func exampleSite(t testing.TB, dir string) {
	t.Helper()
	root := repository(t)
	for _, name := range []string{"content", ".git", "site.yaml"} {
		from, to := filepath.Join(root, name), filepath.Join(dir, name)
		info, err := os.Stat(from)
		switch {
		case name == ".git" && err != nil:
			continue // a checkout without history builds too
		case err == nil && info.IsDir():
			err = os.CopyFS(to, os.DirFS(from))
		case err == nil: // of a further worktree, .git is a file that says where
			var data []byte
			if data, err = os.ReadFile(from); err == nil {
				err = os.WriteFile(to, data, 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// command is the test binary, run as rutter.
func command(dir string, env []string, args ...string) *exec.Cmd {
	c := exec.Command("rutter", args...) // testscript.Main put it on the path
	c.Dir = dir
	c.Env = append(append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir)), env...)
	return c
}

func mustBuild(t testing.TB, dir string, env []string, args ...string) {
	t.Helper()
	if out, err := command(dir, env, append([]string{"build"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("rutter build %v: %v\n%s", args, err, out)
	}
}

// TestExampleSite builds the example site as readers get it, below / and below
// a sub-path, and holds every page to the oracle.
func TestExampleSite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil, "-o", "root")
	testkit.CheckSite(t, os.DirFS(filepath.Join(dir, "root")), testkit.SiteOptions{})
	mustBuild(t, dir, nil, "-o", "sub", "--base-url", "https://x.test/a/b/")
	testkit.CheckSite(t, os.DirFS(filepath.Join(dir, "sub")), testkit.SiteOptions{URL: "https://x.test/a/b/"})
}

// TestEightBuildsOneHash: the bytes depend on the input alone (design.md,
// invariant 6).
func TestEightBuildsOneHash(t *testing.T) {
	t.Parallel()
	hashes := map[string]string{}
	for i := range 8 {
		dir := filepath.Join(t.TempDir(), strings.Repeat("deep/", i%3)+fmt.Sprintf("site-%d", i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		exampleSite(t, dir)
		env := []string{
			"TZ=" + []string{"UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"}[i%4],
			"LC_ALL=" + []string{"C", "tr_TR.UTF-8", "de_DE.UTF-8"}[i%3],
			"GOMAXPROCS=" + []string{"1", "16"}[i%2],
		}
		umask := []string{"022", "077", "002"}[i%3]
		c := exec.Command("sh", "-c", "umask "+umask+"; exec rutter build -o out")
		c.Dir, c.Env = dir, append(os.Environ(), env...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", env, err, out)
		}
		hash, _ := testkit.Tree(t, filepath.Join(dir, "out"))
		hashes[hash] = strings.Join(append(env, "umask="+umask), " ")
	}
	if len(hashes) != 1 {
		t.Errorf("%d different sites: %v", len(hashes), hashes)
	}
}

// TestRel_P1_KilledBuilds kills builds at random moments. What is published is
// always the whole old site or the whole new one.
func TestRel_P1_KilledBuilds(t *testing.T) {
	t.Parallel()
	kills := 12
	if os.Getenv("RUTTER_TEST_ALL") == "1" {
		kills = 100
	}
	dir := t.TempDir()
	exampleSite(t, dir)
	home := filepath.Join(dir, "content", "_index.md")
	text, err := os.ReadFile(home)
	if err != nil {
		t.Fatal(err)
	}
	// Two states of the site that differ in every page: the title is on each.
	settings, err := os.ReadFile(filepath.Join(dir, "site.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	states := [2]string{}
	set := func(n int) {
		s := bytes.Replace(settings, []byte("title: "), fmt.Appendf(nil, "title: State %d of ", n), 1)
		if err := os.WriteFile(filepath.Join(dir, "site.yaml"), s, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(home, fmt.Appendf(bytes.Clone(text), "\nState %d.\n", n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var took time.Duration
	for n := range states {
		set(n)
		start := time.Now()
		mustBuild(t, dir, nil)
		took = time.Since(start)
		states[n], _ = testkit.Tree(t, filepath.Join(dir, "public"))
	}
	if states[0] == states[1] {
		t.Fatal("the two states are one")
	}
	random := rand.New(rand.NewPCG(1, 2))
	killed, published := 0, 0
	for i := range kills {
		set(i % 2)
		c := command(dir, nil, "build")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(took) * 11 / 10)))
		c.Process.Kill()
		err := c.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == -1 {
			killed++
		}
		got, _ := testkit.Tree(t, filepath.Join(dir, "public"))
		switch got {
		case states[i%2]:
			published++
		case states[1-i%2]:
		default:
			t.Fatalf("kill %d: the published site is neither the old nor the new one", i)
		}
	}
	t.Logf("%d builds: %d killed in time, %d had published", kills, killed, published)
	if killed == 0 {
		t.Error("no build was killed: this test shows nothing")
	}
	set(0)
	mustBuild(t, dir, nil)
	left, err := filepath.Glob(filepath.Join(dir, ".*stage*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
