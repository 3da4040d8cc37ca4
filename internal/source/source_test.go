package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/source"
)

// plain is a parser that keeps the text and finds headings.
type plain struct{}

func (plain) Parse(src []byte, at diag.Pos, l *diag.List) handbook.Body {
	b := handbook.Body{Text: handbook.Text{HTML: src}}
	for i, line := range strings.Split(string(src), "\n") {
		if text, ok := strings.CutPrefix(line, "# "); ok {
			b.Headings = append(b.Headings, handbook.Heading{Level: 1, Text: text, Pos: diag.Pos{Path: at.Path, Line: at.Line + i, Column: at.Column}})
		}
	}
	return b
}

// folder writes files into a new folder and opens it.
func folder(t *testing.T, files map[string]string) *os.Root {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// load returns the tree and the findings, one a line, in order of their places.
func load(t *testing.T, root *os.Root, opts source.Options) (*handbook.Tree, string) {
	t.Helper()
	opts.Parser = plain{}
	tree, findings, err := source.Load(context.Background(), root, opts)
	if err != nil {
		t.Fatal(err)
	}
	findings.Sort()
	var b strings.Builder
	for _, f := range findings.All() {
		fmt.Fprintf(&b, "%s: %s[%s] %s\n", f.Pos, f.Severity, f.Code, f.Message)
	}
	return tree, b.String()
}

// one loads a site of one page.
func one(t *testing.T, name, text string, typed bool) (*handbook.Page, string) {
	t.Helper()
	tree, findings := load(t, folder(t, map[string]string{name: text}), source.Options{Typed: typed})
	if len(tree.Pages) != 1 {
		t.Fatalf("%q: got %d pages, want 1; findings:\n%s", text, len(tree.Pages), findings)
	}
	return tree.Pages[0], findings
}

func TestLoad_Tree(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{
		"README.md": "# Home\n", "b/x.md": "---\ntitle: X\n---\n\n# Ex\n", "b/_index.MD": "", "a.markdown": "only text", "b/pic.png": "12345", "b.md": "b", "a/b/c/d.md": "d",
		".git/config": "x", ".hidden.md": "x", "b/.secret/x.md": "x", "node_modules/x/readme.md": "x", "public/index.md": "x", "themes/x.md": "x", "themes.md": "kept",
		"old/.rutter-output": "", "old/index.md": "made by an earlier build", "site.yaml": "title: x",
	})
	tree, findings := load(t, root, source.Options{Prefix: "docs", Name: "Handbook", Exclude: []handbook.Path{"public", "themes", "site.yaml"}})
	if findings != "" {
		t.Errorf("findings:\n%s", findings)
	}
	var got []string
	for _, p := range tree.Pages {
		line := fmt.Sprintf("%s at %s", p.Path, p.Pos)
		for _, h := range p.Body.Headings {
			line += fmt.Sprintf(", %q at %s", h.Text, h.Pos)
		}
		got = append(got, line)
	}
	for _, f := range tree.Files {
		got = append(got, fmt.Sprintf("%s %d", f.Path, f.Size))
	}
	want := []string{
		`README.md at docs/README.md, "Home" at docs/README.md:1:1`,
		"a/b/c/d.md at docs/a/b/c/d.md",
		"a.markdown at docs/a.markdown",
		"b/_index.MD at docs/b/_index.MD",
		`b/x.md at docs/b/x.md, "Ex" at docs/b/x.md:5:1`,
		"b.md at docs/b.md",
		"themes.md at docs/themes.md",
		"b/pic.png 5",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if tree.Name != "Handbook" {
		t.Errorf("name: got %q", tree.Name)
	}
}

func TestLoad_NameOfFolder(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{"x.md": ""})
	tree, _ := load(t, root, source.Options{})
	if want := filepath.Base(root.Name()); tree.Name != want {
		t.Errorf("got %q, want %q", tree.Name, want)
	}
}

func TestLoad_Stopped(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := source.Load(ctx, folder(t, map[string]string{"a.md": ""}), source.Options{Parser: plain{}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestLoad_RootGone(t *testing.T) {
	t.Parallel()
	root := folder(t, nil)
	if err := root.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := source.Load(context.Background(), root, source.Options{Parser: plain{}}); err == nil || !strings.HasPrefix(err.Error(), "read content: ") {
		t.Errorf("got %v, want an error of reading the content", err)
	}
}

func TestRel_B1_Limits(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{"big.md": strings.Repeat("x", 101), "deep/a/b/c.md": "", "ok.md": strings.Repeat("x", 100)})
	tree, got := load(t, root, source.Options{Typed: true, Limits: source.Limits{PageBytes: 100, Depth: 2}})
	want := "big.md: error[RT116] the page is larger than 100 bytes\ndeep/a/b: error[RT116] folders more than 2 deep; from here on nothing was read\n"
	if got != want || len(tree.Pages) != 1 {
		t.Errorf("got %d pages and findings\n%swant 1 page and\n%s", len(tree.Pages), got, want)
	}
	_, got = load(t, root, source.Options{Limits: source.Limits{Entries: 2}})
	if want := "deep/a: warning[RT116] more than 2 files and folders; from here on nothing was read\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	sparse := folder(t, nil)
	if err := os.Truncate(touch(t, sparse, "huge.md"), 1<<30); err != nil {
		t.Fatal(err)
	}
	if _, got := load(t, sparse, source.Options{Typed: true}); got != "huge.md: error[RT116] the page is larger than 8 MiB\n" {
		t.Errorf("1 GiB: got %q", got)
	}
}

func touch(t *testing.T, root *os.Root, name string) string {
	t.Helper()
	full := filepath.Join(root.Name(), name)
	write(t, full, "")
	return full
}

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "handbook")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "qa.md"), []byte("---\ntitle: Testing\nownr: team:qa\n---\n# Testing\n"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer root.Close()
	tree, findings, err := source.Load(context.Background(), root, source.Options{Parser: plain{}, Prefix: "content", Typed: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tree.Pages[0].Path, tree.Pages[0].Meta.Title)
	if err := findings.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// qa.md Testing
	// content/qa.md:3:1: warning[RT102]: unknown key "ownr"
	//         did you mean owner? known here: title, summary, type, owner, backup,
	//         review, keywords, topics, audience, aliases, weight, related, sources,
	//         status
}
