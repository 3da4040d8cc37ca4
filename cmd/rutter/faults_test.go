package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// What a fault that lasts comes to at the command, where it is not exit code 0.
var faultVerdicts = map[string]struct {
	code int
	says string // a regular expression for all that is printed
}{
	"token refused":           {4, `(?m)^rutter: .*does not accept GH_TOKEN: it is expired, revoked or wrong`},
	"token ends soon":         {0, `the token expires on .*; make a new one in time`},
	"permission missing":      {3, `the token needs deployments=read`},
	"single sign-on":          {3, `authori[sz]e the token for single sign-on`},
	"address refused":         {3, `is denied: .*IP allow list`},
	"200, forbidden":          {3, `is denied: Resource not accessible`},
	"limit for 20 minutes":    {3, `resume after 2024-03-08 09:20:.* UTC`},
	"limit for 59 minutes":    {3, `resume after 2024-03-08 09:59:.* UTC`},
	"429, primary":            {3, `resume after 2024-03-08 09:01:`},
	"429, retry after 7":      {3, `resume after 2024-03-08 09:00:`},
	"secondary by URL":        {3, `resume after 2024-03-08 09:01:`},
	"secondary by text":       {3, `resume after 2024-03-08 09:01:`},
	"429 without a word":      {3, `resume after 2024-03-08 09:01:`},
	"retry at a date":         {3, `resume after 2024-03-08 09:01:`},
	"retry after 1e9":         {3, `resume after 2055-11-15`},
	"retry after abc":         {3, `resume after 2024-03-08 09:01:`},
	"200, limited":            {3, `resume after 2024-03-08 09:01:`},
	"404":                     {3, `no access or gone`},
	"410":                     {3, `no access or gone`},
	"451":                     {3, `withheld for legal reasons`},
	"301 to itself":           {3, `redirect refused`},
	"302 to another host":     {3, `redirect refused: it leads to https://elsewhere\.example`},
	"307 to plain http":       {3, `redirect refused: it leads to http://elsewhere\.example`},
	"captive portal":          {3, `redirect refused: it leads to http://portal\.example`},
	"304 without a condition": {3, `HTTP 304 where there should be a result`},
	"422":                     {3, `since invalid`},
	"empty body":              {3, `malformed answer`},
	"null":                    {3, `malformed answer`},
	"empty object":            {3, `malformed answer`},
	"login page":              {3, `malformed answer`},
	"byte order mark":         {3, `malformed answer`},
	"trailing garbage":        {3, `malformed answer`},
	"id of the wrong type":    {3, `malformed answer`},
	"truncated, clean end":    {3, `malformed answer`},
	"year 9999":               {3, `single items could not be read`},
	"clock two hours ahead":   {0, `the clock of this machine`},
}

// Each fault of the API that lasts, seen from the shell: exit code, words, and
// what the next run that nothing disturbs makes of it.
func TestRel_A_AtTheCommand(t *testing.T) {
	t.Parallel()
	// The first take as long as the time-outs and waits of the transport, whose
	// tests have them with a clock of their own. The last nobody can see.
	slow := []string{"stalled body", "slow body", "endless body", "gzip bomb", "truncated, wrong length", "reset before the headers",
		"reset in the body", "202", "500", "502", "503", "504", "retry after 0", "retry after -5", "limit that is over",
		"an item left out"}
	all := os.Getenv("RUTTER_TEST_ALL") == "1"
	seen := 0
	for i, f := range githubtest.Faults() {
		want := faultVerdicts[f.Name]
		if want.says != "" {
			seen++
		}
		if slices.Contains(slow, f.Name) || !all && i%4 != 0 {
			continue
		}
		t.Run(f.Row+" "+f.Name, func(t *testing.T) {
			t.Parallel()
			world := githubtest.NewWorld(5, githubtest.Size{Repositories: 2, Months: 2, Pulls: 16, Deployments: 10, Incidents: 3})
			s := githubtest.Start(t, world)
			dir := t.TempDir()
			organisation(t, dir, s)
			var mu sync.Mutex
			struck := 0
			s.Intercept(func(r *githubtest.Request) githubtest.Fault {
				mu.Lock()
				defer mu.Unlock()
				if strings.Contains(r.Path, ".git/") || r.N < 3 {
					return githubtest.Fault{}
				}
				if struck++; struck > 100 && f.Row != "A2" {
					t.Errorf("%d requests, and none of them answered", struck)
				}
				return f.Fault(world.Now(), s.URL)
			})
			out, errs, code := rutter(t, dir, "sync", "--max-wait", "1s")
			if code != want.code || !regexp.MustCompile(want.says).MatchString(out+errs) {
				t.Errorf("exit code %d, want %d and %q\n%s--\n%s", code, want.code, want.says, out, errs)
			}
			if struck == 0 {
				t.Fatal("the fault was never sent")
			}
			report, _, _ := rutter(t, dir, "metrics", "--format", "json")
			if complete := strings.Contains(report, `"status": "complete"`); complete && code != 0 {
				t.Errorf("the run is not complete, and a service is\n%s", out)
			}
			s.Intercept(nil)
			if out, errs, code := rutter(t, dir, "sync"); code != 0 {
				t.Errorf("afterwards: exit code %d\n%s--\n%s", code, out, errs)
			}
			if out, errs, code := rutter(t, dir, "store", "verify"); code != 0 {
				t.Errorf("store verify: exit code %d\n%s%s", code, out, errs)
			}
		})
	}
	if seen != len(faultVerdicts) {
		t.Errorf("%d of %d verdicts are of no fault", len(faultVerdicts)-seen, len(faultVerdicts))
	}
}

// A repository that vanishes is stale from then on; what was collected of it
// stays, and the others go on.
func TestRel_A7_VanishedRepository(t *testing.T) {
	t.Parallel()
	world := githubtest.NewWorld(6, githubtest.Size{Repositories: 2, Months: 2, Pulls: 16, Deployments: 10, Incidents: 3})
	s := githubtest.Start(t, world)
	dir := t.TempDir()
	organisation(t, dir, s)
	if out, errs, code := rutter(t, dir, "sync"); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	before := records(t, dir)
	world.Delete("acme/pay")
	world.Advance(48 * time.Hour)
	out, errs, code := rutter(t, dir, "sync")
	if code != 3 || !strings.Contains(out, "no access or gone") || !regexp.MustCompile(`(?m)^acme/gateway +pull requests .* complete to 10 Mar`).MatchString(out) {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	after := records(t, dir)
	for line := range before {
		if !after[line] {
			t.Errorf("a record is lost: %s", line)
		}
	}
	report, errs, _ := rutter(t, dir, "metrics", "--service", "pay", "--format", "json")
	if !strings.Contains(report, `"status": "stale"`) || !strings.Contains(report, "no_access") {
		t.Errorf("the report of a repository that is gone\n%.2000s%s", report, errs)
	}
}

// blocked starts a sync whose third request is not answered until release.
func blocked(t *testing.T) (dir string, c *exec.Cmd, out *bytes.Buffer, release func()) {
	t.Helper()
	world := githubtest.NewWorld(7, githubtest.Size{Repositories: 2, Months: 2, Pulls: 16, Deployments: 10, Incidents: 3})
	s := githubtest.Start(t, world)
	dir = t.TempDir()
	organisation(t, dir, s)
	arrived, held := make(chan struct{}), make(chan struct{})
	var first, last sync.Once
	s.Intercept(func(r *githubtest.Request) githubtest.Fault {
		if r.N >= 3 && !strings.Contains(r.Path, ".git/") {
			first.Do(func() { close(arrived) })
			<-held
		}
		return githubtest.Fault{}
	})
	release = func() { last.Do(func() { close(held) }) }
	t.Cleanup(release)
	c = command(dir, withToken(), "sync")
	out = &bytes.Buffer{}
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	return dir, c, out, release
}

// A second sync on the same store ends at once and says who is at it.
func TestRel_A21_TwoSyncs(t *testing.T) {
	t.Parallel()
	dir, c, out, release := blocked(t)
	_, errs, code := rutter(t, dir, "sync")
	if want := fmt.Sprintf(`another sync uses the store .*store\.db since \d{4}-.* by process %d on `, c.Process.Pid); code != 5 || !regexp.MustCompile(want).MatchString(errs) {
		t.Errorf("exit code %d, want 5 and %q\n%s", code, want, errs)
	}
	release()
	if err := c.Wait(); err != nil {
		t.Errorf("the first one: %v\n%s", err, out)
	}
}

// An interrupted sync ends soon, with what it has, and says how to go on.
func TestRel_A22_Interrupt(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			dir, c, out, release := blocked(t)
			start := time.Now()
			if err := c.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_ = c.Wait() // while the server still holds its answers back
			t.Logf("%v after the signal", time.Since(start))
			if code := c.ProcessState.ExitCode(); code != 130 || !strings.Contains(out.String(), "the next rutter sync goes on from there") {
				t.Errorf("exit code %d, want 130\n%s", code, out)
			}
			release()
			if out, errs, code := rutter(t, dir, "sync"); code != 0 {
				t.Errorf("afterwards: exit code %d\n%s%s", code, out, errs)
			}
		})
	}
}
