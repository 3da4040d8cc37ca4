package dora

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkCompute counts 200,000 commits and 2,000 deployments in weeks.
func BenchmarkCompute(b *testing.B) {
	w := &world{}
	const commits, every = 200_000, 100
	for i := range commits {
		sha := fmt.Sprintf("%040x", i)
		var parents []string
		if i > 0 {
			parents = append(parents, fmt.Sprintf("%040x", i-1))
		}
		w.commit(sha, float64(i)/4, parents...)
		if i%every == every-1 {
			w.deploy(sha, sha, float64(i)/4+1)
		}
	}
	w.covered(0, commits/4+1)
	s := []Snapshot{w.snapshot()}
	b.ReportAllocs()
	for b.Loop() {
		if r := Compute(s, Options{}); r.Organisation.Overall.LeadTime.N != commits-every {
			b.Fatalf("n = %d, want %d", r.Organisation.Overall.LeadTime.N, commits-every)
		}
	}
}

// BenchmarkOrganisation counts ten services together that have 10,000 changes
// with reviews, 5,000 deployments and 200,000 commits, with rollbacks, reverts,
// hotfixes and incidents; and ten times as much, to show how it grows.
func BenchmarkOrganisation(b *testing.B) {
	for _, times := range []int{1, 10} {
		b.Run(fmt.Sprint("times ", times), func(b *testing.B) {
			snapshots := organisation(times)
			b.ReportAllocs()
			for b.Loop() {
				r := Compute(snapshots, Options{})
				if n := r.Organisation.Overall.LeadTime.N; n < 9000*times {
					b.Fatalf("%d changes are delivered", n)
				}
				if failed, _ := r.Organisation.Overall.ChangeFailRate.Failed.Get(); failed < float64(100*times) {
					b.Fatalf("%v deployments failed", failed)
				}
			}
		})
	}
}

func organisation(times int) []Snapshot {
	const services, changes, commits = 10, 1000, 20
	var list []Snapshot
	for s := range services {
		name := fmt.Sprint("service", s)
		at := monday
		var e Events
		tip := ""
		sha := func(i, k int) string { return fmt.Sprintf("%02x%014x%024x", s, i, k) }
		for i := range changes * times {
			id := fmt.Sprint(i)
			c := Change{Repo: name, ID: id, Title: "Change " + id, Author: "developer", CreatedAt: at, ReadyAt: at.Add(time.Hour), FirstReviewAt: at.Add(2 * time.Hour), MergedAt: at.Add(3 * time.Hour)}
			branch := tip
			for k := range commits - 1 {
				when := at.Add(time.Duration(k) * time.Minute)
				var parents []string
				if branch != "" {
					parents = []string{branch}
				}
				branch = sha(i, k)
				e.Commits = append(e.Commits, Commit{Repo: name, SHA: branch, Parents: parents, AuthorDate: when, CommitterDate: when})
				c.Commits = append(c.Commits, ChangeCommit{SHA: branch, AuthorDate: when, CommitterDate: when})
			}
			parents := []string{branch}
			if tip != "" {
				parents = []string{tip, branch}
			}
			tip = sha(i, commits)
			e.Commits = append(e.Commits, Commit{Repo: name, SHA: tip, Parents: parents, AuthorDate: c.MergedAt, CommitterDate: c.MergedAt})
			c.LandingSHA = tip
			switch {
			case i%40 == 7:
				c.Reverts = []string{fmt.Sprint(i - 3)}
			case i%50 == 9:
				c.Labels = []string{"hotfix"}
			}
			e.Changes = append(e.Changes, c)
			if i%2 == 1 {
				done := at.Add(4 * time.Hour)
				e.Deployments = append(e.Deployments, Deployment{ID: id, Repo: name, SHA: tip, CreatedAt: done, FinishedAt: done, Status: Success})
				if i%100 == 51 {
					e.Incidents = append(e.Incidents, Incident{ID: id, Repo: name, OpenedAt: done.Add(time.Hour), ResolvedAt: done.Add(5 * time.Hour)})
				}
			}
			at = at.Add(6 * time.Hour)
		}
		service := Service{Name: name, Team: fmt.Sprint("team", s%3), Source: File, Repos: []string{name}, Failures: &Failures{}}
		list = append(list, NewSnapshot(service, Coverage{Status: Complete, From: monday, To: at}, at, e))
	}
	return list
}
