package gitrepo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/dora"
)

func TestMetrics_G1_DefaultPattern(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"", "v1.2.3", true},
		{"", "1.2.3", true},
		{"", "v0.0.0", true},
		{"", "v1.2.3+build.5", true},
		{"", "v1.2.3+a-b", true},
		{"", "v10.20.30", true},
		{"", "v1.2.3-rc.1", false},
		{"", "v1.2.3-rc.1+build", false},
		{"", "v1.2.3+", false},
		{"", "v1.2.3+a..b", false},
		{"", "v01.2.3", false},
		{"", "v1.02.3", false},
		{"", "v1.2", false},
		{"", "v1.2.3.4", false},
		{"", "V1.2.3", false},
		{"", "version1.2.3", false},
		{"", "pay/v1.2.3", false},
		{"", "v1.2.3\n", false},
		{"", "", false},
		{"v*", "v1.2.3-rc.1", true}, // the glob decides alone
		{"v*", "v", true},
		{"v*", "w1", false},
		{"v*", "v1/x", false},
		{"pay/v*", "pay/v1", true},
		{"release-[0-9]*", "release-7", true},
		{"release-[0-9]*", "release-x", false},
	}
	for _, tt := range tests {
		m, err := Matcher(tt.pattern)
		if err != nil {
			t.Fatalf("pattern %q: %v", tt.pattern, err)
		}
		if got := m(tt.name); got != tt.want {
			t.Errorf("pattern %q, tag %q: got %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
}

func TestMetrics_G1_UnreadablePattern(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.commit("01-01")
	d, found := c.load(Options{Pattern: "v[1-"})
	wantWords(t, found, "services/pay.md:5:3: error[RT103]", `"v[1-"`, "release-*")
	if d.Coverage.Status != dora.Uncovered || len(d.Events.Deployments) > 0 {
		t.Errorf("got %+v, want nothing covered", d)
	}
}

func TestMetrics_G1_Tags(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	first := c.commit("01-06")
	c.tag("v1.0.0", "01-10", first) // annotated: the tagger's date
	second := c.commit("02-03")
	c.git("tag", "v1.1.0", second) // lightweight: the commit's date
	c.tag("v1.1.1", "02-20", "v1.1.0")
	c.tag("inner", "02-21", second)
	c.tag("v1.1.2", "02-25", "inner") // a tag of a tag
	c.tag("middle", "02-26", "v1.1.2")
	c.tag("v1.1.3", "02-27", "middle") // and one level more
	c.tag("v1.2.0-rc.1", "02-28", second)
	c.git("tag", "nightly", second)

	c.git("checkout", "-q", "-b", "release")
	other := c.commit("03-01")
	c.tag("v9.0.0", "03-02", other) // not on main
	c.git("checkout", "-q", "main")

	blob := c.at("", "", "text", "-C", c.dir, "hash-object", "-w", "--stdin")
	tree := c.git("rev-parse", "HEAD^{tree}")
	c.git("tag", "v2.0.0", blob)
	c.tag("v2.0.1", "03-03", blob)
	c.tag("v2.0.2", "03-03", tree)
	head := c.commit("03-05")

	want := []string{
		"v1.0.0 " + first[:7] + " 2025-01-10T12:00:00Z",
		"v1.1.0 " + second[:7] + " 2025-02-03T12:00:00Z ~",
		"v1.1.1 " + second[:7] + " 2025-02-20T12:00:00Z",
		"v1.1.2 " + second[:7] + " 2025-02-25T12:00:00Z",
		"v1.1.3 " + second[:7] + " 2025-02-27T12:00:00Z",
	}
	o := Options{Name: "pay", Source: dora.Tags, Environment: "live"}
	d, found := c.load(o)
	if diff := cmp.Diff(want, lines(d.Events.Deployments)); diff != "" {
		t.Errorf("deployments (-want +got):\n%s", diff)
	}
	if found != "" {
		t.Errorf("unexpected findings:\n%s", found)
	}
	wantFirst := dora.Deployment{
		ID: "v1.0.0", Ref: "v1.0.0", SHA: first, Repo: "pay", Environment: "live", Status: dora.Success, Source: dora.Tags,
		CreatedAt: instantOf(t, "2025-01-10T12:00:00Z"), FinishedAt: instantOf(t, "2025-01-10T12:00:00Z"),
	}
	if diff := cmp.Diff(wantFirst, d.Events.Deployments[0]); diff != "" {
		t.Errorf("first deployment (-want +got):\n%s", diff)
	}
	wantCommits := []dora.Commit{
		{Repo: "pay", SHA: first, Parents: []string{}, AuthorDate: instantOf(t, date("01-06")), CommitterDate: instantOf(t, date("01-06"))},
		{Repo: "pay", SHA: second, Parents: []string{first}, AuthorDate: instantOf(t, date("02-03")), CommitterDate: instantOf(t, date("02-03"))},
		{Repo: "pay", SHA: head, Parents: []string{second}, AuthorDate: instantOf(t, date("03-05")), CommitterDate: instantOf(t, date("03-05"))},
	}
	if diff := cmp.Diff(wantCommits, d.Events.Commits); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}

	t.Run("every kind of clone tells the same", func(t *testing.T) {
		copies := map[string]clone{
			"bare":     c.copy("--bare"),
			"blobless": c.copy("--filter=blob:none", "--no-checkout"),
			"treeless": c.copy("--filter=tree:0", "--bare"),
		}
		tree := c.dir + "-worktree"
		c.git("worktree", "add", "-q", "--detach", tree, "main")
		copies["worktree"] = clone{t, tree}
		for name, copied := range copies {
			got, found := copied.load(o)
			if diff := cmp.Diff(d, got); diff != "" || found != "" {
				t.Errorf("%s (-want +got):\n%s%s", name, diff, found)
			}
		}
	})
	t.Run("another tracked ref", func(t *testing.T) {
		o := o
		o.Ref = "release"
		got, _ := c.load(o)
		if got, want := names(got.Events.Deployments), "v1.0.0 v1.1.0 v1.1.1 v1.1.2 v1.1.3 v9.0.0"; got != want {
			t.Errorf("deployments of release: got %s, want %s", got, want)
		}
	})
	t.Run("a glob", func(t *testing.T) {
		o := o
		o.Pattern = "v1.[2-9]*"
		got, _ := c.load(o)
		if got, want := names(got.Events.Deployments), "v1.2.0-rc.1"; got != want {
			t.Errorf("deployments of %s: got %s, want %s", o.Pattern, got, want)
		}
	})
}

func TestRel_T24_OddNames(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.commit("01-06")
	for _, name := range []string{"$(touch${IFS}ran)", "`id`", "v1;rm", "'quoted'", "größe/🚢", "a,b", "%(objectname)", "%00", "&&x", "%x00"} {
		c.git("tag", name)
		pattern := "*"
		if strings.Contains(name, "/") {
			pattern = "*/*" // a star stops at a slash
		}
		d, found := c.load(Options{Pattern: pattern, Source: dora.Tags})
		if got := names(d.Events.Deployments); got != name || found != "" {
			t.Errorf("pattern %s: got %q, want %q\n%s", pattern, got, name, found)
		}
		c.git("tag", "-d", name)
	}
	for _, ref := range []string{"--all", "-1", "--output=ran", "$(touch ran)"} {
		d, found := c.load(Options{Ref: ref})
		wantWords(t, found, "warning[RT604]", ref)
		if len(d.Events.Commits) > 0 {
			t.Errorf("ref %q: got %d commits, want none", ref, len(d.Events.Commits))
		}
	}
}

func TestMetrics_G7_NoMatchingTag(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	first := c.commit("01-06")
	check := func(o Options, words ...string) {
		t.Helper()
		d, found := c.load(o)
		wantWords(t, found, append(words, "services/pay.md:5:3: warning[DQ18]")...)
		want := dora.Coverage{Status: dora.Complete, From: instantOf(t, date("01-06")), To: d.AsOf, Reasons: []string{"no_matching_tag"}}
		if diff := cmp.Diff(want, d.Coverage); diff != "" {
			t.Errorf("coverage with %+v (-want +got):\n%s", o, diff)
		}
	}
	check(Options{Source: dora.Tags}, "final version", "the clone has no tags", "git fetch --tags", "source: merge")
	for _, name := range []string{"rel-1", "rel-2", "rel-9", "rel-10", "rel-3", "rel-4"} {
		c.git("tag", name, first)
	}
	check(Options{Source: dora.Tags}, "tags here: rel-10, rel-9, rel-4, rel-3, rel-2 and 1 more", "pattern")
	check(Options{Pattern: "v*"}, `no tag on HEAD matches "v*"`, "rel-10")
	c.git("checkout", "-q", "-b", "release")
	c.git("tag", "v1.0.0", c.commit("02-03"))
	c.git("checkout", "-q", "main")
	check(Options{Source: dora.Tags}, "on other branches: v1.0.0")
}

func TestMetrics_D1_SourceUnset(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	sha := c.commit("01-06")
	d, found := c.load(Options{})
	if d.Source != dora.Merge || names(d.Events.Deployments) != sha || found != "" {
		t.Errorf("without a tag: got source %s, deployments %s, findings %s; want merge and %s", d.Source, names(d.Events.Deployments), found, sha)
	}
	c.tag("v1.0.0", "01-07", sha)
	d, _ = c.load(Options{})
	if d.Source != dora.Tags || names(d.Events.Deployments) != "v1.0.0" {
		t.Errorf("with a tag: got source %s, deployments %s; want tags and v1.0.0", d.Source, names(d.Events.Deployments))
	}
	d, found = c.load(Options{Source: dora.File})
	if len(d.Events.Deployments) != 0 || len(d.Events.Commits) != 1 || d.Coverage.Status != dora.Complete || found != "" {
		t.Errorf("deployments from a file: got %d deployments, %d commits, %+v, findings %s; want the commits alone", len(d.Events.Deployments), len(d.Events.Commits), d.Coverage, found)
	}
}
