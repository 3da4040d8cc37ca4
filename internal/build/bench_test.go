package build_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/build"
)

// corpus writes a site of n pages of about 5 KB, each with headings, lists,
// links and two blocks of code that no other page has. The same n gives the
// same pages.
func corpus(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	r := rand.New(rand.NewPCG(1, uint64(n)))
	words := make([]string, 4000)
	for i := range words {
		b := make([]byte, 2+r.IntN(9))
		for j := range b {
			b[j] = byte('a' + r.IntN(26))
		}
		words[i] = string(b)
	}
	text := func(b *strings.Builder, count int) {
		for range count {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(' ')
		}
	}
	write := func(name, data string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	write("site.yaml", "title: Benchmark\nowner: team:platform\n")
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "---\ntitle: Page %d\n---\n\n", i)
		for s := range 4 {
			fmt.Fprintf(&b, "## Section %d %s\n\n", s, words[r.IntN(len(words))])
			text(&b, 90)
			to := r.IntN(n)
			fmt.Fprintf(&b, "See [another](../s%d/p%d.md).\n\n", to/100, to)
			if s%2 == 0 {
				fmt.Fprintf(&b, "```go\nfunc f%d_%d(a int) string {\n", i, s)
				for k := range 12 {
					fmt.Fprintf(&b, "\tx%d := fmt.Sprintf(\"%s %%d\", a+%d) // %s\n", k, words[r.IntN(len(words))], r.IntN(999), words[r.IntN(len(words))])
				}
				b.WriteString("}\n```\n\n")
			}
			for range 4 {
				b.WriteString("- ")
				text(&b, 8)
				b.WriteByte('\n')
			}
			b.WriteByte('\n')
		}
		write(fmt.Sprintf("content/s%d/p%d.md", i/100, i), b.String())
	}
	return dir
}

// BenchmarkBuild makes every file of a site of 1,000 pages and keeps none.
func BenchmarkBuild(b *testing.B) {
	dir := corpus(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		built, err := build.Open(b.Context(), build.Options{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if err := built.Write(b.Context(), func(string, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
		if built.Findings.Len() > 0 {
			b.Fatalf("findings: %v", built.Findings.All()[0])
		}
		built.Close()
	}
}
