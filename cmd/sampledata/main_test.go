package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
)

var stories = []story{checkout, search, notify}

func TestCommittedFiles(t *testing.T) {
	t.Parallel()
	limits := map[string]int{"checkout": 550_000, "search": 130_000, "notify": 70_000}
	for _, s := range stories {
		file := "../../content/services/" + s.name + ".ndjson"
		var want bytes.Buffer
		if err := events.Write(&want, s.tell()); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what the generator writes: run go generate ./cmd/sampledata", file)
		}
		if limit := limits[s.name]; len(got) > limit {
			t.Errorf("%s has %d bytes, more than %d", file, len(got), limit)
		}
	}
}

// counted is what the pages of the example site say of a file, by its parts.
func counted(e dora.Events) map[string]int {
	n := map[string]int{}
	shas := map[string]bool{}
	for _, d := range e.Deployments {
		switch how := d.Status; {
		case d.Environment == "staging":
			n["staging"]++
		case slices.ContainsFunc(d.Statuses, func(s dora.StatusAt) bool { return s.Status == dora.Success }) || how == dora.Success:
			n["live"]++
			if n[d.Environment]++; shas[d.Environment+d.SHA] {
				n["seen before"]++
			}
			shas[d.Environment+d.SHA] = true
		default:
			n["failed attempts"]++
		}
	}
	for _, c := range e.Changes {
		n[c.State]++
		switch {
		case c.State != "merged":
		case c.Bot:
			n["bots"]++
		case c.FirstReviewAt.IsZero():
			n["not reviewed"]++
		}
		if slices.Contains(c.Labels, "hotfix") {
			n["hotfixes"]++
		}
		n["reverts"] += len(c.Reverts)
	}
	for _, i := range e.Incidents {
		switch {
		case i.DuplicateOf != "":
			n["duplicates"]++
		case strings.Contains(i.CausedBy, "#"):
			n["caused by a change"]++
		case i.CausedBy != "":
			n["caused by a deployment"]++
		default:
			n["without a cause"]++
		}
		if i.ResolvedAt.IsZero() {
			n["not over"]++
		}
	}
	n["changes"], n["incidents"] = len(e.Changes), len(e.Incidents)
	return n
}

// The pages of the example site tell these stories; they must be in the data.
func TestStories(t *testing.T) {
	t.Parallel()
	tests := []struct {
		story  story
		want   map[string]int
		ranges map[string][2]int
	}{
		{checkout, map[string]int{
			"failed attempts": 7, "seen before": 5, "hotfixes": 6, "reverts": 3, "open": 25, "closed": 4,
			"incidents": 9, "duplicates": 1, "caused by a deployment": 4, "caused by a change": 1, "without a cause": 3, "not over": 1,
		}, map[string][2]int{"production": {160, 210}, "bots": {20, 60}, "staging": {80, 120}, "not reviewed": {8, 30}, "changes": {360, 440}}},
		{search, map[string]int{
			"failed attempts": 2, "hotfixes": 1, "reverts": 1, "open": 4, "incidents": 3, "caused by a deployment": 1, "without a cause": 2, "seen before": 0,
		}, map[string][2]int{"prod-eu": {20, 30}, "changes": {60, 100}}},
		{notify, map[string]int{"failed attempts": 0, "hotfixes": 1, "incidents": 0, "open": 3}, map[string][2]int{"production": {40, 70}}},
	}
	for _, tt := range tests {
		got := counted(tt.story.tell())
		for what, n := range tt.want {
			if got[what] != n {
				t.Errorf("%s: %s: got %d, want %d (all: %v)", tt.story.name, what, got[what], n, got)
			}
		}
		for what, r := range tt.ranges {
			if got[what] < r[0] || got[what] > r[1] {
				t.Errorf("%s: %s: got %d, want %d to %d", tt.story.name, what, got[what], r[0], r[1])
			}
		}
	}
}

func TestCheckout_Weeks(t *testing.T) {
	t.Parallel()
	weeks := make([]int, 52)
	for _, d := range checkout.tell().Deployments {
		for _, s := range d.Statuses {
			if s.Status == dora.Success {
				weeks[s.At.Sub(checkout.begin)/(7*24*time.Hour)]++
			}
		}
	}
	if weeks[11] != 0 || slices.Index(weeks, 0) != 11 || slices.Contains(weeks[12:], 0) {
		t.Errorf("deployments by week: got %v, want none in the week of Christmas and some in all others", weeks)
	}
	if before, after := sum(weeks[:26]), sum(weeks[26:]); after < before*3/2 {
		t.Errorf("deployments: got %d before April and %d after, want half as many again", before, after)
	}
}

// TestStories_Sound checks what a reader of the files may rely on.
func TestStories_Sound(t *testing.T) {
	t.Parallel()
	for _, s := range stories {
		e := s.tell()
		parent := map[string]string{}
		tip := ""
		for _, c := range e.Commits {
			if tip != "" && (len(c.Parents) != 1 || c.Parents[0] != tip) {
				t.Errorf("%s: commit %s has parents %v, want %s: main is one line", s.name, c.SHA, c.Parents, tip)
			}
			parent[c.SHA], tip = tip, c.SHA
		}
		within := func(what string, at time.Time) {
			if at.Before(s.begin) || !at.Before(end) || at.Nanosecond() != 0 || at.Location() != time.UTC {
				t.Errorf("%s: %s at %s: want whole seconds in UTC from %s to %s", s.name, what, at, s.begin, end)
			}
		}
		titles, numbers := map[string]bool{}, map[string]bool{}
		for _, c := range e.Changes {
			soundChange(t, c, within)
			if _, landed := parent[c.LandingSHA]; landed == c.MergedAt.IsZero() {
				t.Errorf("%s: change %s: merged at %s, but landed is %v", s.name, c.ID, c.MergedAt, landed)
			}
			if titles[c.Title] && !c.Bot {
				t.Errorf("%s: change %s: title %q is there twice", s.name, c.ID, c.Title)
			}
			for _, back := range c.Reverts {
				if !numbers[back] {
					t.Errorf("%s: change %s takes back %s, which is not there before it", s.name, c.ID, back)
				}
			}
			titles[c.Title], numbers[c.ID] = true, true
		}
		ids := map[string]bool{}
		busy := map[string]time.Time{}
		for _, d := range e.Deployments {
			within("deployment "+d.ID, d.CreatedAt)
			if _, ok := parent[d.SHA]; !ok {
				t.Errorf("%s: deployment %s: commit %s is not on main", s.name, d.ID, d.SHA)
			}
			if ids[d.ID] {
				t.Errorf("%s: deployment %s is there twice", s.name, d.ID)
			}
			ids[d.ID] = true
			if d.CreatedAt.Before(busy[d.Environment]) {
				t.Errorf("%s: deployment %s begins at %s, before the last one ended at %s", s.name, d.ID, d.CreatedAt, busy[d.Environment])
			}
			busy[d.Environment] = d.FinishedAt
			for _, step := range d.Statuses {
				within("deployment "+d.ID, step.At)
				if step.Status != dora.Inactive {
					busy[d.Environment] = step.At
				}
			}
		}
		for _, n := range e.Incidents {
			within("incident "+n.ID, n.OpenedAt)
			_, change, ofChange := strings.Cut(n.CausedBy, "#")
			if n.CausedBy != "" && !ids[n.CausedBy] && !(ofChange && numbers[change]) {
				t.Errorf("%s: incident %s names %q, which is not there", s.name, n.ID, n.CausedBy)
			}
			for _, at := range []time.Time{n.RestoredAt, n.ResolvedAt} {
				if !at.IsZero() && at.Before(n.OpenedAt) {
					t.Errorf("%s: incident %s ends before it begins: %+v", s.name, n.ID, n)
				}
			}
			if n.State == "open" != n.ResolvedAt.IsZero() && n.State != "" {
				t.Errorf("%s: incident %s is %s, resolved at %s", s.name, n.ID, n.State, n.ResolvedAt)
			}
		}
	}
}

// soundChange checks that the steps of a change come one after another, and
// that it names nobody.
func soundChange(t *testing.T, c dora.Change, within func(string, time.Time)) {
	t.Helper()
	last := time.Time{}
	for _, at := range []time.Time{c.Commits[0].AuthorDate, c.CreatedAt, c.ReadyAt, c.FirstReviewAt, c.MergedAt} {
		if at.IsZero() {
			continue
		}
		within("change "+c.ID, at)
		if at.Before(last) {
			t.Errorf("change %s: %s is before %s", c.ID, at, last)
		}
		last = at
	}
	if c.Author != "" {
		t.Errorf("change %s names its author %q", c.ID, c.Author)
	}
	if !strings.HasPrefix(c.URL, "https://github.example/") {
		t.Errorf("change %s: %s is the address of something that may exist", c.ID, c.URL)
	}
}

func TestAfter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from string
		work       time.Duration
		want       string
	}{
		{"within a day", "2025-10-07T09:00:00Z", 2 * time.Hour, "2025-10-07T11:00:00Z"},
		{"before the day begins", "2025-10-07T03:00:00Z", time.Hour, "2025-10-07T09:00:00Z"},
		{"over night", "2025-10-07T16:00:00Z", 2 * time.Hour, "2025-10-08T09:00:00Z"},
		{"over a weekend", "2025-10-10T16:30:00Z", time.Hour, "2025-10-13T08:30:00Z"},
		{"over the holidays", "2025-12-19T16:00:00Z", 2 * time.Hour, "2025-12-29T09:00:00Z"},
		{"up to the end of a day", "2025-10-07T16:00:00Z", time.Hour, "2025-10-08T08:00:00Z"},
		{"several days", "2025-10-06T08:00:00Z", 19 * time.Hour, "2025-10-08T09:00:00Z"},
	}
	for _, tt := range tests {
		from, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := after(from, tt.work).Format(time.RFC3339); got != tt.want {
			t.Errorf("%s: after(%s, %v): got %s, want %s", tt.name, tt.from, tt.work, got, tt.want)
		}
	}
}

func sum(numbers []int) (n int) {
	for _, x := range numbers {
		n += x
	}
	return n
}
