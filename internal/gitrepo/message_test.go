package gitrepo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/dora"
)

func TestMetrics_X1_Messages(t *testing.T) {
	t.Parallel()
	a, b, long := strings.Repeat("a1", 20), strings.Repeat("b2", 20), strings.Repeat("c3", 32)
	tests := []struct {
		name, text      string
		reverts, picked []string
		pull            string
	}{
		{name: "nothing", text: "Fix it\n\nBecause."},
		{name: "empty"},
		{name: "squashed", text: "Fix it (#12)\n\nSee (#13)\n", pull: "12"},
		{name: "squashed twice", text: "Backport fix (#12) (#14)", pull: "14"},
		{name: "Windows lines", text: "Fix it (#12)\r\n\r\nBecause.\r\n", pull: "12"},
		{name: "wrapped subject", text: "Fix it and\nmore (#12)\n\nBecause.", pull: "12"},
		{name: "blank before", text: "\n\n  Fix it (#12)", pull: "12"},
		{name: "number within", text: "Fix (#12) again"},
		{name: "number in the text", text: "Fix it\n\n(#12)"},
		{name: "no number", text: "Fix it (#012) (#x)"},
		{name: "too long for a number", text: "Fix it (#12345678901234567890)"},
		{name: "other repository", text: "Fix it (acme/pay#12)"},
		{name: "merge", text: "Merge pull request #12 from acme/fix\n\nFix it (#3)", pull: "12"},
		{name: "merge of a branch", text: "Merge branch 'main' into fix"},
		{name: "revert", text: "Revert \"Fix it (#12)\" (#14)\n\nThis reverts commit " + a + ".", reverts: []string{a}, pull: "14"},
		{name: "revert of a merge", text: "Revert \"Merge\"\n\nThis reverts commit " + a + ", reversing\nchanges made to " + b + ".", reverts: []string{a}},
		{name: "several", text: "Revert all\n\nThis reverts commit " + b + ".\nThis reverts commit " + a + ".\r\n\n  This reverts commit " + b + ".", reverts: []string{b, a}},
		{name: "64 digits", text: "x\n\nThis reverts commit " + long + ".\n(cherry picked from commit " + long + ")", reverts: []string{long}, picked: []string{long}},
		{name: "41 digits", text: "x\n\nThis reverts commit " + a + "0.\n(cherry picked from commit " + a + "0)"},
		{name: "short", text: "x\n\nThis reverts commit a1a1a1a.\n(cherry picked from commit a1a1a1a)"},
		{name: "in a sentence", text: "x\n\nUnlike A, This reverts commit " + a + "."},
		{name: "picked", text: "Fix it (#12)\n\n(cherry picked from commit " + a + ")\n(cherry picked from commit " + b + ")\n", picked: []string{a, b}, pull: "12"},
	}
	c := newClone(t)
	head := ""
	want := []dora.Commit{}
	for _, tt := range tests {
		reverts, picked, pull := readMessage([]byte(tt.text))
		got := dora.Commit{Reverts: reverts, Picked: picked, Pull: pull}
		expected := dora.Commit{Reverts: tt.reverts, Picked: tt.picked, Pull: tt.pull}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", tt.name, tt.text, diff)
		}
		args := []string{"-C", c.dir, "commit-tree", c.at("", "", "", "-C", c.dir, "hash-object", "-t", "tree", "-w", "--stdin")}
		if head != "" {
			args = append(args, "-p", head)
		}
		head = c.at(date("01-06"), date("01-06"), tt.text, args...)
		want = append(want, expected)
	}
	huge := strings.Repeat("a line of text\n", 20_000)
	head = c.at(date("01-06"), date("01-06"), "Long\n\n"+huge+"This reverts commit "+a+".\n", "-C", c.dir, "commit-tree", "-p", head, head+"^{tree}")
	want = append(want, dora.Commit{Reverts: []string{a}})
	c.git("update-ref", "refs/heads/main", head)
	c.git("config", "i18n.logOutputEncoding", "UTF-16") // would put NULs between the letters

	t.Run("read from git", func(t *testing.T) {
		d, _ := c.load(Options{Source: dora.Merge})
		got := []dora.Commit{}
		for _, k := range d.Events.Commits {
			got = append(got, dora.Commit{Reverts: k.Reverts, Picked: k.Picked, Pull: k.Pull})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

func FuzzReadMessage(f *testing.F) {
	f.Add("Fix it (#12)\n\nThis reverts commit " + strings.Repeat("a1", 20) + ".")
	f.Add("Merge pull request #12 from x\r\n(cherry picked from commit " + strings.Repeat("a1", 20) + ")")
	f.Fuzz(func(t *testing.T, text string) {
		reverts, picked, pull := readMessage([]byte(text))
		for _, sha := range append(reverts, picked...) {
			if len(sha) != 40 && len(sha) != 64 || !strings.Contains(text, sha) {
				t.Errorf("%q: got commit %q, want 40 or 64 digits of the text", text, sha)
			}
		}
		if pull != "" && !strings.Contains(text, "#"+pull) {
			t.Errorf("%q: got pull request %q, which it does not name", text, pull)
		}
	})
}
