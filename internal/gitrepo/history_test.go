package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
)

var pos = diag.Pos{Path: "services/pay.md", Line: 5, Column: 3}

func TestMetrics_G2_EveryCommitOnce(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	root := c.commit("01-06")
	c.git("checkout", "-q", "-b", "feature")
	side := c.commitAt("2024-12-01T00:00:00+05:30", "2025-01-08T01:00:00-08:00")
	c.git("checkout", "-q", "main")
	main := c.commit("01-07")
	c.at(date("01-09"), date("01-09"), "", "-C", c.dir, "merge", "-q", "--no-ff", "-m", "merge", "feature")
	merge := c.git("rev-parse", "HEAD")
	c.git("checkout", "-q", "-b", "later")
	c.commit("01-20") // not part of main
	c.git("checkout", "-q", "main")
	sub := filepath.Join(c.dir, "a folder", "größe")
	if err := os.MkdirAll(sub, 0o755); err != nil {
		t.Fatal(err)
	}

	d, found := load(t, sub, Options{Name: "pay", Source: dora.Merge})
	want := []dora.Commit{
		{Repo: "pay", SHA: root, Parents: []string{}, AuthorDate: instantOf(t, date("01-06")), CommitterDate: instantOf(t, date("01-06"))},
		{Repo: "pay", SHA: main, Parents: []string{root}, AuthorDate: instantOf(t, date("01-07")), CommitterDate: instantOf(t, date("01-07"))},
		{Repo: "pay", SHA: side, Parents: []string{root}, AuthorDate: instantOf(t, "2024-11-30T18:30:00Z"), CommitterDate: instantOf(t, "2025-01-08T09:00:00Z")},
		{Repo: "pay", SHA: merge, Parents: []string{main, side}, AuthorDate: instantOf(t, date("01-09")), CommitterDate: instantOf(t, date("01-09"))},
	}
	if diff := cmp.Diff(want, d.Events.Commits); diff != "" || found != "" {
		t.Errorf("commits (-want +got):\n%s%s", diff, found)
	}

	t.Run("TestMetrics_G8_FirstParents", func(t *testing.T) {
		want := []string{
			root + " " + root[:7] + " 2025-01-06T12:00:00Z",
			main + " " + main[:7] + " 2025-01-07T12:00:00Z",
			merge + " " + merge[:7] + " 2025-01-09T12:00:00Z",
		}
		if diff := cmp.Diff(want, lines(d.Events.Deployments)); diff != "" {
			t.Errorf("deployments (-want +got):\n%s", diff)
		}
		for _, p := range d.Events.Deployments {
			if p.Source != dora.Merge || p.Status != dora.Success || p.Repo != "pay" || p.Approximate {
				t.Errorf("got %+v, want a successful one of source merge", p)
			}
		}
	})
	t.Run("collected", func(t *testing.T) {
		from, to := instantOf(t, date("01-06")), instantOf(t, date("01-09"))
		want := []dora.Collected{{Source: "merge", Repo: "pay", From: from, To: to, Status: "complete"}}
		if diff := cmp.Diff(want, d.Events.Collected); diff != "" {
			t.Errorf("collected (-want +got):\n%s", diff)
		}
	})
}

// What collectors keep is everything; which tags are deployments is decided when
// a site is built.
func TestHistory(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	first := c.commit("01-06")
	c.git("tag", "nightly", first)
	c.tag("v1.0.0-rc.1", "01-05", first)
	c.git("checkout", "-q", "-b", "release")
	side := c.commit("01-07")
	c.git("tag", "v9.0.0", side)
	c.git("checkout", "-q", "main")
	c.at(date("01-08"), date("01-08"), "", "-C", c.dir, "merge", "-q", "--no-ff", "-m", "Merge pull request #7 from acme/release", "release")
	head := c.git("rev-parse", "HEAD")
	c.git("tag", "release", first) // git takes a tag of this name before the branch
	r, err := Open(t.Context(), c.dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.History(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day string) time.Time { return instantOf(t, date(day)) }
	tag := func(name, sha, day string, approximate bool) dora.Deployment {
		return dora.Deployment{ID: name, Ref: name, SHA: sha, CreatedAt: at(day), FinishedAt: at(day), Status: dora.Success, Source: dora.Tags, Approximate: approximate}
	}
	merge := func(sha, day string) dora.Deployment {
		return dora.Deployment{ID: sha, Ref: "main", SHA: sha, CreatedAt: at(day), FinishedAt: at(day), Status: dora.Success, Source: dora.Merge}
	}
	want := History{
		Branch: "main", Head: head, From: at("01-06"),
		Commits: []dora.Commit{
			{SHA: first, Parents: []string{}, AuthorDate: at("01-06"), CommitterDate: at("01-06")},
			{SHA: side, Parents: []string{first}, AuthorDate: at("01-07"), CommitterDate: at("01-07")},
			{SHA: head, Parents: []string{first, side}, AuthorDate: at("01-08"), CommitterDate: at("01-08"), Pull: "7"},
		},
		Tags: []dora.Deployment{
			tag("v1.0.0-rc.1", first, "01-05", false), tag("nightly", first, "01-06", true), tag("release", first, "01-06", true), tag("v9.0.0", side, "01-07", true),
		},
		Merges: []dora.Deployment{merge(first, "01-06"), merge(head, "01-08")},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(History{})); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if h, err := r.History(t.Context(), "release"); err != nil || h.Branch != "release" || h.Head != side {
		t.Errorf("history of release: got %s %s, %v; want the branch at %s and not the tag", h.Branch, h.Head, err, side)
	}
	c.git("checkout", "-q", "--detach", first)
	if h, err := r.History(t.Context(), ""); err != nil || h.Branch != "" || h.Head != first || h.Merges[0].Ref != first {
		t.Errorf("history of a detached HEAD: got branch %q at %s, %v; want none at %s", h.Branch, h.Head, err, first)
	}
	for _, branch := range []string{"none", "--all", ""} {
		c.git("symbolic-ref", "HEAD", "refs/heads/unborn")
		if _, err := r.History(t.Context(), branch); !errors.Is(err, ErrNoCommits) {
			t.Errorf("history of %q: got %v, want ErrNoCommits", branch, err)
		}
	}
}

func TestMetrics_G3_OddDates(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, author, committer, wantAuthor, wantCommitter string }{
		{"beyond 2038", "4102444800 +0000", "4102444800 +0000", "2100-01-01T00:00:00Z", "2100-01-01T00:00:00Z"},
		{"the epoch", "0 +0000", "1735732800 +0000", "1970-01-01T00:00:00Z", "2025-01-01T12:00:00Z"},
		{"before 1970", "-100 +0000", "1735732800 +0000", "", "2025-01-01T12:00:00Z"},
		{"year 10000", "253402300800 +0000", "253402300799 +0000", "", "9999-12-31T23:59:59Z"},
		{"too many digits", "99999999999999999999 +0000", "1735732800 +0000", "", "2025-01-01T12:00:00Z"},
		{"odd zone", "1735732800 +9999", "1735732800 -9999", "2025-01-01T12:00:00Z", "2025-01-01T12:00:00Z"},
		{"no number", "yesterday", "tomorrow", "", ""},
	}
	c := newClone(t)
	for _, tt := range tests {
		d, _ := c.load(Options{Ref: c.raw(tt.author, tt.committer), Source: dora.Merge})
		if len(d.Events.Commits) != 1 {
			t.Fatalf("%s: got %d commits, want 1", tt.name, len(d.Events.Commits))
		}
		if got := shown(d.Events.Commits[0].AuthorDate); got != tt.wantAuthor {
			t.Errorf("%s: author date %q: got %q, want %q", tt.name, tt.author, got, tt.wantAuthor)
		}
		if got := shown(d.Events.Commits[0].CommitterDate); got != tt.wantCommitter {
			t.Errorf("%s: committer date %q: got %q, want %q", tt.name, tt.committer, got, tt.wantCommitter)
		}
		wantStatus := dora.Success
		if tt.wantCommitter == "" {
			wantStatus = dora.Unknown
		}
		if got := d.Events.Deployments[0].Status; got != wantStatus {
			t.Errorf("%s: got status %s, want %s", tt.name, got, wantStatus)
		}
	}
}

func TestMetrics_G5_AsOf(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	first := c.commit("01-06")
	c.tag("v1.0.0", "01-10", first)
	c.tag("nightly", "05-10", first) // does not match: says nothing
	c.commit("01-08")
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"newest matching tag", Options{Source: dora.Tags}, date("01-10")},
		{"head", Options{Source: dora.Merge}, date("01-08")},
		{"SOURCE_DATE_EPOCH", Options{Source: dora.Tags, AsOf: time.Unix(1740000000, 0)}, "2025-02-19T21:20:00Z"},
		{"SOURCE_DATE_EPOCH before all", Options{Source: dora.Tags, AsOf: time.Unix(1, 0)}, "1970-01-01T00:00:01Z"},
	}
	for _, tt := range tests {
		d, _ := c.load(tt.o)
		if got := shown(d.AsOf); got != tt.want {
			t.Errorf("%s: got as-of %s, want %s", tt.name, got, tt.want)
		}
		if !d.Coverage.To.Equal(d.AsOf) || d.Coverage.From.After(d.Coverage.To) {
			t.Errorf("%s: got coverage %s to %s, want it to end at %s", tt.name, d.Coverage.From, d.Coverage.To, tt.want)
		}
	}
}

func TestMetrics_G5_ClockNeverSet(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.commitAt("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z")
	c.commit("02-03")
	c.commit("01-06")
	d, _ := c.load(Options{Source: dora.Merge})
	if got, want := shown(d.Coverage.From), date("01-06"); got != want {
		t.Errorf("coverage begins %s, want %s: the oldest date that a set clock gave", got, want)
	}
	if len(d.Events.Commits) != 3 {
		t.Errorf("got %d commits, want 3", len(d.Events.Commits))
	}
}

func TestMetrics_G6_ShallowClone(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.tag("v1.0.0", "01-06", c.commit("01-06"))
	c.tag("v1.1.0", "02-03", c.commit("02-03"))
	c.tag("v1.2.0", "03-03", c.commit("03-03"))
	tests := []struct {
		name   string
		c      clone
		source dora.Source
		want   int    // deployments
		from   string // of the coverage
	}{
		{"two of three", c.copy("--depth=2"), dora.Tags, 2, "02-03"},
		{"the last", c.copy("--depth=1", "--bare"), "", 1, "03-03"},
		{"merges", c.copy("--depth=2"), dora.Merge, 2, "02-03"},
		{"tags cut off", c.copy("--depth=1", "--no-tags"), "", 0, "03-03"},
	}
	for _, tt := range tests {
		d, found := tt.c.load(Options{Name: "pay", Source: tt.source})
		wantWords(t, found, "services/pay.md:5:3: warning[RT601]", "`fetch-depth: 0`", "git fetch --unshallow", "before 2025-"+tt.from)
		if !d.Shallow || d.Coverage.Status != dora.Partial || !strings.Contains(strings.Join(d.Coverage.Reasons, " "), "shallow_clone") {
			t.Errorf("%s: got coverage %+v, want partial with shallow_clone", tt.name, d.Coverage)
		}
		if got := shown(d.Coverage.From); got != date(tt.from) {
			t.Errorf("%s: coverage begins %s, want %s", tt.name, got, date(tt.from))
		}
		if len(d.Events.Commits) != 0 || len(d.Events.Deployments) != tt.want {
			t.Errorf("%s: got %d commits and %d deployments, want 0 and %d", tt.name, len(d.Events.Commits), len(d.Events.Deployments), tt.want)
		}
		if want := tt.source; want == "" && d.Source != dora.Tags {
			t.Errorf("%s: got source %s, want tags", tt.name, d.Source)
		}
	}
}

func TestNoCommits(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	d, found := c.load(Options{Source: dora.Merge})
	wantWords(t, found, "services/pay.md:5:3: warning[RT604]: HEAD has no commit")
	want := Delivery{Source: dora.Merge, Coverage: dora.Coverage{Status: dora.Uncovered, Reasons: []string{"no_commits"}}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("empty repository (-want +got):\n%s", diff)
	}
	c.commit("01-06")
	c.git("symbolic-ref", "HEAD", "refs/heads/trunk")
	_, found = c.load(Options{})
	wantWords(t, found, "warning[RT604]", "branches here: main")
	_, found = c.load(Options{Ref: "stable"})
	wantWords(t, found, "stable has no commit")
}

// shown is an instant as RFC 3339, "" for the zero time.
func shown(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}
