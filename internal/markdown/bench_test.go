package markdown

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
)

// corpus is n pages of about 5 KB, each with headings, lists, links and two
// blocks of code that no other page has. The same n gives the same pages.
func corpus(n int) [][]byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	words := make([]string, 4000)
	for i := range words {
		b := make([]byte, 2+r.IntN(9))
		for j := range b {
			b[j] = byte('a' + r.IntN(26))
		}
		words[i] = string(b)
	}
	word := func() string { return words[r.IntN(len(words))] }
	text := func(b *strings.Builder, count int) {
		for range count {
			b.WriteString(word() + " ")
		}
	}
	pages := make([][]byte, n)
	for i := range pages {
		var b strings.Builder
		for s := range 4 {
			fmt.Fprintf(&b, "## Section %d %s\n\n", s, word())
			text(&b, 90)
			to := r.IntN(n)
			fmt.Fprintf(&b, "See [another](../s%d/p%d.md).\n\n", to/100, to)
			if s%2 == 0 {
				fmt.Fprintf(&b, "```go\nfunc f%d_%d(a int) string {\n", i, s)
				for k := range 12 {
					fmt.Fprintf(&b, "\tx%d := fmt.Sprintf(\"%s %%d\", a+%d) // %s\n", k, word(), r.IntN(999), word())
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
		pages[i] = []byte(b.String())
	}
	return pages
}

// BenchmarkParse reads one page of the corpus, each time another one; the
// corpus is larger than what the parser keeps of highlighted code.
func BenchmarkParse(b *testing.B) {
	pages := corpus(2000)
	p := New(Options{Metrics: true})
	var l diag.List
	i := 0
	b.SetBytes(int64(len(pages[0])))
	b.ReportAllocs()
	for b.Loop() {
		p.Parse(pages[i%len(pages)], diag.Pos{Path: "page.md", Line: 1, Column: 1}, &l)
		i++
	}
	if l.Len() > 0 {
		b.Fatalf("findings: %v", l.All()[0])
	}
}
