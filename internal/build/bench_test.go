package build_test

import (
	"testing"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
	"github.com/rutter-dev/rutter/internal/build"
)

// BenchmarkBuild makes every file of a site of 1,000 pages and keeps none.
func BenchmarkBuild(b *testing.B) {
	dir := b.TempDir()
	if err := corpus.Write(dir, 1000); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		built, err := build.Open(b.Context(), build.Options{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if err := built.Write(b.Context(), &memory{next: map[string][]byte{}}); err != nil {
			b.Fatal(err)
		}
		if built.Findings.Len() > 0 {
			b.Fatalf("findings: %v", built.Findings.All()[0])
		}
		built.Close()
	}
}
