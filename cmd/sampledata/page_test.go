package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// snapshot is a story as the page of its service measures it.
func snapshot(s story) dora.Snapshot {
	service := dora.Service{Name: s.name, Source: dora.File, Sample: true}
	switch {
	case s.merges:
		service.Source = dora.Merge
	case len(s.regions) > 0:
		service.Group, service.GroupWindow, service.Failures = "prod-*", 90*time.Minute, &dora.Failures{}
	default:
		service.Environment, service.Failures = "production", &dora.Failures{Labels: []string{"hotfix"}}
	}
	e := s.tell()
	return dora.NewSnapshot(service, e.Coverage(service), e.AsOf(), e)
}

// The pages of the services name the days of the failures and what shows them.
func TestPages_Failures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		story story
		want  []string
	}{
		{checkout, []string{
			"11-13 explicit rollback revert", "01-20 explicit hotfix", "02-25 hotfix window", "03-17 explicit rollback", "03-17 hotfix", "04-29 revert",
			"05-12 explicit hotfix", "07-08 hotfix", "08-18 revert", "09-09 explicit hotfix", "10-01 window",
		}},
		{search, []string{"05-20 explicit hotfix", "08-05 revert window"}},
	}
	for _, tt := range tests {
		e, err := dora.Explain([]dora.Snapshot{snapshot(tt.story)}, dora.Query{Metric: "change_fail_rate", Service: tt.story.name}, dora.Options{By: dora.Month})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range e.Rows {
			if r.Kind != dora.DeploymentRow || len(r.Evidence) == 0 {
				continue
			}
			words := []string{r.At.Format("01-02")}
			for _, v := range r.Evidence {
				if kind := string(v.Kind); !slices.Contains(words, kind) {
					words = append(words, kind)
				}
			}
			got = append(got, strings.Join(words, " "))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: failed deployments: got %q, want %q", tt.story.name, got, tt.want)
		}
	}
}

// The table on the page of checkout says what the months look like.
func TestPages_Months(t *testing.T) {
	t.Parallel()
	report := dora.Compute([]dora.Snapshot{snapshot(checkout)}, dora.Options{By: dora.Month})
	p50, count := map[string]float64{}, map[string]float64{}
	for _, p := range report.Services[0].Periods {
		if m, ok := p.LeadTime.P50.Get(); ok {
			p50[*p.Period] = m / 3600
		}
		if n, ok := p.Deployments.Count.Get(); ok {
			count[*p.Period] = n
		}
	}
	between := func(what string, got, low, high float64) {
		if got < low || got > high {
			t.Errorf("%s: got %.1f, want %.1f to %.1f", what, got, low, high)
		}
	}
	for _, month := range []string{"2025-10", "2025-11"} {
		between(month+": about five days", p50[month], 4.5*24, 5.5*24)
	}
	between("December: a day longer", p50["2025-12"], 5.5*24, 6.5*24)
	between("February: seven days", p50["2026-02"], 6.5*24, 7.5*24)
	between("February: deployments like January's", count["2026-02"], count["2026-01"]-1, count["2026-01"]+1)
	between("August: half a day longer than July", p50["2026-08"]-p50["2026-07"], 8, 16)
	between("August: fewer deployments than July", count["2026-07"]-count["2026-08"], 1, 10)
	within := 0
	for m := 4; m <= 9; m++ {
		if p50[fmt.Sprintf("2026-%02d", m)] <= 36 {
			within++
		}
	}
	if within <= 3 {
		t.Errorf("months since April with a median of at most a day and a half: got %d, want most of 6", within)
	}
}
