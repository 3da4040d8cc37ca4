package dora

import (
	"fmt"
	"testing"
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
