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

const file = "../../content/services/checkout.ndjson"

func TestCommittedFile(t *testing.T) {
	t.Parallel()
	var want bytes.Buffer
	if err := events.Write(&want, year()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not what the generator writes: run go generate ./cmd/sampledata", file)
	}
	if limit := 380_000; len(got) > limit {
		t.Errorf("%s has %d bytes, more than %d", file, len(got), limit)
	}
}

// The pages of the example site tell this story; it must be in the data.
func TestYear_Story(t *testing.T) {
	t.Parallel()
	e := year()
	weeks := make([]int, 52)
	counts := map[string]int{}
	shas := map[string]bool{}
	for _, d := range e.Deployments {
		if d.Environment != "production" {
			counts["staging"]++
			continue
		}
		if d.Status != dora.Success {
			counts["failed attempts"]++
			continue
		}
		counts["production"]++
		weeks[d.FinishedAt.Sub(begin)/(7*24*time.Hour)]++
		if shas[d.SHA] {
			counts["seen before"]++
		}
		shas[d.SHA] = true
	}
	for _, c := range e.Changes {
		switch {
		case c.Bot:
			counts["bots"]++
		case slices.Contains(c.Labels, "hotfix"):
			counts["hotfixes"]++
		case strings.HasPrefix(c.Title, "Revert "):
			counts["reverts"]++
		}
		if c.Author != "" {
			t.Errorf("change %s names its author %q", c.ID, c.Author)
		}
	}
	for _, n := range e.Incidents {
		counts["incidents"]++
		if n.CausedBy != "" {
			counts["linked"]++
		}
	}
	want := map[string]int{"failed attempts": 7, "seen before": 3, "hotfixes": 6, "reverts": 1, "incidents": 9, "linked": 5}
	for what, n := range want {
		if counts[what] != n {
			t.Errorf("%s: got %d, want %d (all: %v)", what, counts[what], n, counts)
		}
	}
	for what, r := range map[string][2]int{"production": {150, 200}, "bots": {20, 60}, "staging": {80, 120}} {
		if counts[what] < r[0] || counts[what] > r[1] {
			t.Errorf("%s: got %d, want %d to %d", what, counts[what], r[0], r[1])
		}
	}
	if n := len(e.Changes); n < 320 || n > 420 {
		t.Errorf("changes: got %d, want 320 to 420", n)
	}
	if weeks[11] != 0 || slices.Index(weeks, 0) != 11 || slices.Contains(weeks[12:], 0) {
		t.Errorf("deployments by week: got %v, want none in the week of Christmas and some in all others", weeks)
	}
	if before, after := sum(weeks[:26]), sum(weeks[26:]); after < before*3/2 {
		t.Errorf("deployments: got %d before April and %d after, want half as many again", before, after)
	}
}

// TestYear_Sound checks what a reader of the file may rely on.
func TestYear_Sound(t *testing.T) {
	t.Parallel()
	e := year()
	parent := map[string]string{}
	tip := ""
	for _, c := range e.Commits {
		if tip != "" && (len(c.Parents) != 1 || c.Parents[0] != tip) {
			t.Errorf("commit %s has parents %v, want %s: main is one line", c.SHA, c.Parents, tip)
		}
		parent[c.SHA], tip = tip, c.SHA
	}
	within := func(what string, at time.Time) {
		if at.Before(begin) || !at.Before(end) || at.Nanosecond() != 0 || at.Location() != time.UTC {
			t.Errorf("%s at %s: want whole seconds in UTC from %s to %s", what, at, begin, end)
		}
	}
	titles := map[string]bool{}
	for _, c := range e.Changes {
		steps := []time.Time{c.Commits[0].AuthorDate, c.CreatedAt, c.ReadyAt, c.FirstReviewAt, c.MergedAt}
		last := time.Time{}
		for _, at := range steps {
			if at.IsZero() {
				continue
			}
			within("change "+c.ID, at)
			if at.Before(last) {
				t.Errorf("change %s: %s is before %s in %v", c.ID, at, last, steps)
			}
			last = at
		}
		if _, landed := parent[c.LandingSHA]; landed == c.MergedAt.IsZero() {
			t.Errorf("change %s: merged at %s, but landed is %v", c.ID, c.MergedAt, landed)
		}
		if titles[c.Title] && !c.Bot {
			t.Errorf("change %s: title %q is there twice", c.ID, c.Title)
		}
		titles[c.Title] = true
	}
	ids := map[string]bool{}
	busy := time.Time{}
	for _, d := range e.Deployments {
		within("deployment "+d.ID, d.CreatedAt)
		if _, ok := parent[d.SHA]; !ok {
			t.Errorf("deployment %s: commit %s is not on main", d.ID, d.SHA)
		}
		if ids[d.ID] {
			t.Errorf("deployment %s is there twice", d.ID)
		}
		ids[d.ID] = true
		if d.Environment == "production" {
			if d.CreatedAt.Before(busy) {
				t.Errorf("deployment %s begins at %s, before the last one ended at %s", d.ID, d.CreatedAt, busy)
			}
			busy = d.FinishedAt
		}
	}
	for _, n := range e.Incidents {
		if n.CausedBy != "" && !ids[n.CausedBy] {
			t.Errorf("incident %s names deployment %q, which is not there", n.ID, n.CausedBy)
		}
		if !n.RestoredAt.IsZero() && n.RestoredAt.Before(n.OpenedAt) || n.ResolvedAt.Before(n.OpenedAt) {
			t.Errorf("incident %s ends before it begins: %+v", n.ID, n)
		}
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
