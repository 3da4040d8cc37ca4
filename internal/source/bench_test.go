package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/source"
)

// BenchmarkLoad loads 1,000 pages with a parser that does next to nothing: what
// is left is looking, reading, hashing and remembering.
func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	if err := corpus.Write(dir, 1000); err != nil {
		b.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "content"))
	if err != nil {
		b.Fatal(err)
	}
	defer root.Close()
	opts := source.Options{Parser: plain{}, Typed: true}
	shelf := &shelf{kept: map[handbook.Key][]byte{}}
	load := func(b *testing.B, l *source.Loader, touched []handbook.Path) *handbook.Tree {
		b.Helper()
		opts := opts
		opts.Touched = touched
		tree, found, err := l.Load(b.Context(), root, opts)
		if err != nil || len(tree.Pages) != 1000 || found.Len() > 0 {
			b.Fatal(err, found.All())
		}
		return tree
	}
	b.Run("nothing known", func(b *testing.B) {
		for b.Loop() {
			load(b, source.NewLoader(nil, nil), nil)
		}
	})
	first := source.NewLoader(shelf, nil)
	load(b, first, nil)
	memory := first.Memory()
	b.Run("from the cache", func(b *testing.B) {
		for b.Loop() {
			load(b, source.NewLoader(shelf, memory), nil)
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			load(b, first, nil)
		}
	})
	b.Run("again, one folder", func(b *testing.B) {
		for b.Loop() {
			load(b, first, []handbook.Path{"s5"})
		}
	})
}
