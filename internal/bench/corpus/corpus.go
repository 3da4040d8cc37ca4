// Package corpus makes the sites that builds are measured with: n pages of
// about 5 KB, in sections of 100, each with headings, lists, links to other
// pages and two blocks of code that no other page has, so that nothing is
// highlighted for two pages at once. The blocks are of eight languages in turn,
// seven that handbooks are full of and one that is rare there. The same n gives
// the same bytes.
//
//	n ── Write ──▶ site.yaml, content/s<n/100>/p<n>.md
package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// PerSection is how many pages a section holds.
const PerSection = 100

// Name is the file of page i, as a path within the content.
func Name(i int) string { return fmt.Sprintf("s%d/p%d.md", i/PerSection, i) }

// Title is the title of page i, as its front matter has it.
func Title(i int) string { return fmt.Sprintf("Page %d", i) }

// Write makes dir the site of n pages. Files that are as they should be stay
// untouched, those that are not are written again, and other files of the
// content are removed: a folder of an earlier run can be used, even one that
// was cut off in the middle of an edit.
func Write(dir string, n int) error {
	if err := put(filepath.Join(dir, "site.yaml"), []byte("title: Benchmark\nowner: team:platform\n")); err != nil {
		return err
	}
	content := filepath.Join(dir, "content")
	known := make(map[string]bool, n)
	g := newGenerator(n)
	for i := range n {
		known[Name(i)] = true
		if err := put(filepath.Join(content, filepath.FromSlash(Name(i))), g.page(i)); err != nil {
			return err
		}
	}
	return filepath.WalkDir(content, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(content, name)
		if err != nil || known[filepath.ToSlash(rel)] {
			return err
		}
		return os.Remove(name)
	})
}

// put writes a file unless it holds data already.
func put(name string, data []byte) error {
	old, err := os.ReadFile(name)
	if err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read what is there: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("make a folder of the corpus: %w", err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		return fmt.Errorf("write a file of the corpus: %w", err)
	}
	return nil
}

// generator makes the pages of one corpus, which must be asked for in order.
type generator struct {
	rand  *rand.Rand
	pages int
	words []string
	buf   bytes.Buffer
}

// newGenerator makes up the words that pages of a corpus of n are made of.
func newGenerator(n int) *generator {
	g := &generator{rand: rand.New(rand.NewPCG(1, uint64(n))), pages: n, words: make([]string, 4000)}
	for i := range g.words {
		b := make([]byte, 2+g.rand.IntN(9))
		for j := range b {
			b[j] = byte('a' + g.rand.IntN(26))
		}
		g.words[i] = string(b)
	}
	return g
}

// page is the next page, number i. The bytes are valid until the next call.
func (g *generator) page(i int) []byte {
	b := &g.buf
	b.Reset()
	fmt.Fprintf(b, "---\ntitle: %s\n---\n\n", Title(i))
	for s := range 4 {
		fmt.Fprintf(b, "## Section %d %s\n\n", s, g.word())
		g.text(90)
		fmt.Fprintf(b, "See [another](../%s).\n\n", Name(g.rand.IntN(g.pages)))
		if s%2 == 0 {
			g.code(i, s)
		}
		for range 4 {
			b.WriteString("- ")
			g.text(8)
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// languages are the kinds of code blocks: a head, a line that stands there
// twelve times with its number, two words and a number of its own, and a foot.
var languages = []struct{ name, head, line, foot string }{
	{"go", "func f%s(a int) string {\n", "\tx%d := fmt.Sprintf(\"%s %%d\", a+%d) // %s\n", "}\n"},
	{"yaml", "job_%s:\n  steps:\n", "    - run%d: \"%s\" # after %d\n      name: %s\n", ""},
	{"sh", "#!/bin/sh\nset -eu # %s\n", "if [ -n \"$V%d\" ]; then echo \"%s %d\" | grep -q '%s'; fi\n", ""},
	{"json", "{\"id\": \"%s\",\n", "  \"k%d\": {\"%s\": %d, \"on\": true, \"text\": \"%s\"},\n", "  \"end\": null}\n"},
	{"python", "def f_%s(a):\n", "    x%d = f\"%s {a}\" + str(%d)  # %s\n", "    return a\n"},
	{"js", "export function f%s(a) {\n", "  const x%d = `%s ${a + %d}`; // %s\n", "}\n"},
	{"sql", "create table t%s (id integer);\n", "select x%d, '%s' from t where n > %d and s like '%s%%'; -- all\n", ""},
	{"java", "class F%s {\n", "  static String x%d(int a) { return \"%s\" + (a + %d); } // %s\n", "}\n"},
}

// code writes a block whose name, words and numbers are of this block alone.
func (g *generator) code(page, section int) {
	l := languages[(2*page+section/2)%len(languages)]
	fmt.Fprintf(&g.buf, "```%s\n", l.name)
	fmt.Fprintf(&g.buf, l.head, fmt.Sprintf("%d_%d", page, section))
	for k := range 12 {
		fmt.Fprintf(&g.buf, l.line, k, g.word(), g.rand.IntN(999), g.word())
	}
	g.buf.WriteString(l.foot + "```\n\n")
}

func (g *generator) word() string { return g.words[g.rand.IntN(len(g.words))] }

func (g *generator) text(count int) {
	for range count {
		g.buf.WriteString(g.word())
		g.buf.WriteByte(' ')
	}
}
