package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// organisation makes a site whose services lie on a fake GitHub.
func organisation(t testing.TB, dir string, s *githubtest.Server) {
	t.Helper()
	write := func(name, text string) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("site.yaml", "title: Example\nowner: team:platform\ngithub:\n  api_url: "+s.APIURL()+"\n")
	write("content/index.md", "# Example\n")
	for _, name := range s.World().Repositories() {
		service := strings.TrimPrefix(name, "acme/")
		write("content/services/"+service+".md", fmt.Sprintf("---\ntitle: %s\nmetrics:\n  repos: [%s]\n  deployments: {source: github_deployments}\n  failures: {}\n---\n", service, name))
	}
}

// withToken is the environment of a run of sync.
func withToken() []string {
	return []string{"GH_TOKEN=" + githubtest.Token, "GITHUB_TOKEN=", "GH_ENTERPRISE_TOKEN=", "GITHUB_EVENT_NAME="}
}

// rutter runs the command and returns what it printed, and its exit code.
func rutter(t testing.TB, dir string, args ...string) (out, errs string, code int) {
	t.Helper()
	c := command(dir, withToken(), args...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// records are the lines of an export but for coverage, which has the time of the
// run in it.
func records(t testing.TB, dir string) map[string]bool {
	t.Helper()
	out, errs, code := rutter(t, dir, "export")
	if code != 0 {
		t.Fatalf("export: exit code %d\n%s", code, errs)
	}
	lines := map[string]bool{}
	for l := range strings.Lines(out) {
		if !strings.HasPrefix(l, `{"type":"coverage"`) {
			lines[l] = true
		}
	}
	return lines
}

// TestRel_S1_KilledSyncs kills collectors at random moments. What a killed one
// has kept stays, the store is sound, and in the end it holds what one run that
// nobody disturbs brings.
func TestRel_S1_KilledSyncs(t *testing.T) {
	t.Parallel()
	kills := 10
	if os.Getenv("RUTTER_TEST_ALL") == "1" {
		kills = 40
	}
	if os.Getenv("RUTTER_TEST_SOAK") == "1" {
		kills = 300
	}
	world := githubtest.NewWorld(11, githubtest.Size{Repositories: 3, Months: 6, Pulls: 300, Deployments: 200, Incidents: 9})
	s := githubtest.Start(t, world)
	s.WithoutLimits()
	whole := t.TempDir()
	organisation(t, whole, s)
	start := time.Now()
	if out, errs, code := rutter(t, whole, "sync"); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	took := time.Since(start)
	want := records(t, whole)

	random := rand.New(rand.NewPCG(3, 4))
	dir, had := "", map[string]bool{}
	killed := 0
	for i := range kills {
		if i%5 == 0 { // the store of a run that is whole leaves little to kill
			dir, had = t.TempDir(), map[string]bool{}
			organisation(t, dir, s)
		}
		c := command(dir, withToken(), "sync")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(took))))
		c.Process.Kill()
		c.Wait()
		if c.ProcessState.ExitCode() == -1 {
			killed++
		}
		if _, err := os.Stat(filepath.Join(dir, ".rutter", "store.db")); err != nil {
			continue // killed before there was one
		}
		if out, errs, code := rutter(t, dir, "store", "verify"); code != 0 {
			t.Fatalf("kill %d: store verify: exit code %d\n%s%s", i, code, out, errs)
		}
		now := records(t, dir)
		for l := range had {
			if !now[l] {
				t.Fatalf("kill %d: a record is lost: %s", i, l)
			}
		}
		had = now
	}
	t.Logf("%d of %d runs were killed in time", killed, kills)
	if out, errs, code := rutter(t, dir, "sync"); code != 0 {
		t.Fatalf("after the kills: exit code %d\n%s%s", code, out, errs)
	}
	got := records(t, dir)
	for l := range want {
		if !got[l] {
			t.Errorf("missing: %.300s", l)
		}
	}
	for l := range got {
		if !want[l] {
			t.Errorf("too much: %.300s", l)
		}
	}
}

// TestRel_T15_TokenNowhere: whatever happens, the token shows in no output, no
// file and in no request to anybody else.
func TestRel_T15_TokenNowhere(t *testing.T) {
	t.Parallel()
	world := githubtest.NewWorld(12, githubtest.Small)
	s := githubtest.Start(t, world)
	dir := t.TempDir()
	organisation(t, dir, s)
	var said bytes.Buffer
	run := func(args ...string) {
		out, errs, code := rutter(t, dir, args...)
		fmt.Fprintln(&said, args, code, out, errs)
	}
	for _, f := range githubtest.Faults() {
		switch f.Row {
		case "A1", "A3", "A7", "A8", "A10", "A14":
		default:
			continue
		}
		n := 0
		s.Intercept(func(r *githubtest.Request) githubtest.Fault {
			if n++; n > 2 && n < 5 {
				return f.Fault(world.Now(), s.URL)
			}
			return githubtest.Fault{}
		})
		run("sync", "--max-wait", "1ms")
	}
	s.Intercept(nil)
	run("sync", "--full")
	run("sync", "--dry-run")
	run("build")
	run("export")
	run("store", "verify")

	token := githubtest.Token
	forms := []string{
		token, url.QueryEscape(token), base64.StdEncoding.EncodeToString([]byte(token)),
		base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token)),
	}
	look := func(where, text string) {
		for _, f := range forms {
			if strings.Contains(text, f) {
				t.Errorf("the token stands in %s", where)
			}
		}
	}
	look("what was printed", said.String())
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		look(name, string(data))
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, r := range s.Requests() {
		look("the address of a request", r.Path+"?"+r.RawQuery)
		look("the body of a request", string(r.Body))
	}
}

// A run that finds nothing new changes of the site only what tells its time.
func TestSecondSyncChangesOnlyTheTime(t *testing.T) {
	t.Parallel()
	world := githubtest.NewWorld(13, githubtest.Small)
	s := githubtest.Start(t, world)
	dir := t.TempDir()
	organisation(t, dir, s)
	site := func() map[string]string {
		for _, args := range [][]string{{"sync"}, {"build"}} {
			if out, errs, code := rutter(t, dir, args...); code != 0 {
				t.Fatalf("%v: exit code %d\n%s%s", args, code, out, errs)
			}
		}
		files := map[string]string{}
		root := filepath.Join(dir, "public")
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			rel, _ := filepath.Rel(root, name)
			files[filepath.ToSlash(rel)] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	before := site()
	world.Advance(3 * time.Hour)
	after := site()
	if len(before) != len(after) {
		t.Errorf("%d files, then %d", len(before), len(after))
	}
	stamp := regexp.MustCompile(`(?:data-as-of=|"as_of": )"([^"]+)"`)
	// These end at the as-of time: what is open grows older with it.
	growing := regexp.MustCompile(`(?s)<figure class="figure" id="rt-(?:changes|open|recoveries)".*?</figure>|"(?:oldest|median_age|more_than)": [0-9.]+`)
	timeless := func(text string) string { // without the as-of time of the page, in its forms
		text = growing.ReplaceAllString(text, "")
		for _, m := range stamp.FindAllStringSubmatch(text, -1) {
			at, err := time.Parse(time.RFC3339, m[1])
			if err != nil {
				t.Fatal(err)
			}
			text = strings.NewReplacer(m[1], "AS OF", at.Add(time.Second).Format(time.RFC3339), "AFTER", at.Format("2 Jan 2006, 15:04"), "AS OF").Replace(text)
		}
		return text
	}
	changed := 0
	for name, text := range before {
		now := after[name]
		if text == now || name == ".rutter-output" || strings.HasSuffix(name, ".csv") { // the hashes of all files; the same numbers as the JSON
			continue
		}
		changed++
		was, is := strings.Split(timeless(text), "\n"), strings.Split(timeless(now), "\n")
		for i := range min(len(was), len(is)) {
			if was[i] != is[i] {
				t.Errorf("%s, line %d changed\n-%.600s\n+%.600s", name, i+1, was[i], is[i])
			}
		}
		if len(was) != len(is) {
			t.Errorf("%s: %d lines, then %d", name, len(was), len(is))
		}
	}
	if changed == 0 {
		t.Error("no page tells the new time")
	}
}
