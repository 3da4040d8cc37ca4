package build_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
	"github.com/rutter-dev/rutter/internal/build"
)

// BenchmarkEdit is what a preview of 10,000 pages does after a page was saved:
// look at all files, read the page, resolve the site, and make what has changed.
func BenchmarkEdit(b *testing.B) {
	dir := b.TempDir()
	if err := corpus.Write(dir, 10_000); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		pages      int
	}{
		{"body", "---\ntitle: A page\n---\nFirst.\n\nText %d.\n", 1},
		{"title", "---\ntitle: A page %d\n---\nText.\n", 40},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := build.Start(build.Options{Dir: dir, Preview: true})
			defer s.Close()
			edit := func(n int) int {
				page := filepath.Join(dir, "content", filepath.FromSlash(corpus.Name(5050)))
				if err := os.WriteFile(page, fmt.Appendf(nil, c.text, n), 0o644); err != nil {
					b.Fatal(err)
				}
				built, err := s.OpenAt(b.Context(), []string{filepath.Dir(page)})
				if err != nil {
					b.Fatal(err)
				}
				defer built.Close()
				stale, gone := built.Stale()
				if found, err := built.Try(b.Context(), runtime.GOMAXPROCS(0), stale, gone); err != nil || found.Len() > 0 || built.Findings.Len() > 0 {
					b.Fatal(err, built.Findings.All())
				}
				return len(stale)
			}
			edit(0)
			for n := 1; b.Loop(); n++ {
				if made := edit(n); made < c.pages || made > 4*c.pages {
					b.Fatalf("%d files were made again", made)
				}
			}
		})
	}
}
