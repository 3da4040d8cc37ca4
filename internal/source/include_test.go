package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/source"
)

// echo is a parser whose body is the text; every word in angle brackets is a
// link, every word in exclamation marks a finding.
type echo struct{}

func (echo) Parse(src []byte, at diag.Pos, l *diag.List) handbook.Body {
	b := handbook.Body{Text: handbook.Text{HTML: src}}
	for i, line := range strings.Split(string(src), "\n") {
		pos := diag.Pos{Path: at.Path, Line: at.Line + i, Column: 1}
		if n := strings.IndexByte(line, '<'); n >= 0 {
			pos.Column = len([]rune(line[:n])) + 1
			b.Links = append(b.Links, handbook.Link{Dest: strings.Trim(line[n:], "<>"), Pos: pos})
		}
		if n := strings.IndexByte(line, '!'); n >= 0 {
			pos.Column = len([]rune(line[:n])) + 1
			l.Warnf(pos, diag.RemoteMedia, "remark").Related = []diag.Related{{Pos: pos}}
		}
	}
	return b
}

// site makes a site's folder with the content in content/.
func site(t *testing.T, files map[string]string) (dir string, opts source.Options, content *os.Root) {
	t.Helper()
	root := folder(t, files)
	content, err := root.OpenRoot("content")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { content.Close() })
	return root.Name(), source.Options{Parser: echo{}, Typed: true, Prefix: "content", Site: root}, content
}

func page(t *testing.T, tree *handbook.Tree, name handbook.Path) *handbook.Page {
	t.Helper()
	for _, p := range tree.Pages {
		if p.Path == name {
			return p
		}
	}
	t.Fatalf("there is no page %s", name)
	return nil
}

// What a page includes stands in its place, whatever the form.
func TestInclude(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"content/parts/a.md":   "---\ntitle: A\n---\nA1\nA2\nA3\n",
		"content/parts/b.md":   "B1\n\n:::include a.md\nB3",
		"content/parts/s.md":   "x\n<!-- --8<-- [start:one] -->\nS1\n<!-- --8<-- [end:one] -->\ny\n<!-- --8<-- [start:two] -->\nS2\n",
		"includes/out.md":      "OUT\n",
		"content/sub/near.txt": "NEAR\n",
	}
	tests := []struct{ name, page, want string }{
		{"native", "a\n:::include ../parts/a.md\nb\n", "a\nA1\nA2\nA3\nb\n"},
		{"from the root", "::: include /parts/a.md", "A1\nA2\nA3\n"},
		{"nested", ":::include ../parts/b.md\nend\n", "B1\n\nA1\nA2\nA3\nB3\nend\n"},
		{"indented", "- x\n\n  :::include ../parts/b.md\n", "- x\n\n  B1\n\n  A1\n  A2\n  A3\n  B3\n"},
		{"snippet from the site", "--8<-- \"includes/out.md\"\n", "OUT\n"},
		{"snippet from the content", "--8<-- 'parts/a.md'\n", "A1\nA2\nA3\n"},
		{"snippet from the file", "--8<-- \"near.txt\"\n", "NEAR\n"},
		{"snippet in code", "```\n--8<-- \"near.txt\"\n:::include near.txt\n```\n:::include near.txt\n", "```\nNEAR\n:::include near.txt\n```\nNEAR\n"},
		{"inline code is no fence", "```x``` y\n:::include near.txt\n", "```x``` y\nNEAR\n"},
		{"escaped", ";--8<-- \"near.txt\"\n", "--8<-- \"near.txt\"\n"},
		{"several", "a\n--8<--\nnear.txt\n; out.md\n\nincludes/out.md\n--8<--\nb\n", "a\nNEAR\nOUT\nb\n"},
		{"lines", "--8<-- \"parts/a.md:2:3\"\n", "A2\nA3\n"},
		{"first lines", "--8<-- \"parts/a.md::2\"\n", "A1\nA2\n"},
		{"from a line on", "--8<-- \"parts/a.md:3\"\n", "A3\n"},
		{"last lines", "--8<-- \"parts/a.md:-1:\"\n", "A3\n"},
		{"runs of lines", "--8<-- \"parts/a.md:1:1,3:3\"\n", "A1\nA3\n"},
		{"a section", "--8<-- \"parts/s.md:one\"\n", "S1\n"},
		{"an open section", "--8<-- \"parts/s.md:two\"\n", "S2\n"},
		{"marks are no text", ":::include ../parts/s.md\n", "x\nS1\ny\nS2\n"},
		{"nothing", "a :::include b --8<-- c\n", "a :::include b --8<-- c\n"},
		{"twice", ":::include near.txt\n:::include near.txt\n", "NEAR\nNEAR\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := map[string]string{"content/sub/page.md": test.page}
			for name, text := range files {
				all[name] = text
			}
			_, opts, content := site(t, all)
			tree, found := load(t, content, opts)
			if got := string(page(t, tree, "sub/page.md").Body.HTML); got != test.want || found != "" {
				t.Errorf("%q\ngot  %q\nwant %q\nfindings %s", test.page, got, test.want, found)
			}
		})
	}
}

// Positions name the file that a line is from, and links start there.
func TestInclude_positions(t *testing.T) {
	t.Parallel()
	_, opts, content := site(t, map[string]string{
		"content/page.md":    "---\ntitle: P\n---\none <own>\n\n  :::include parts/a.md\n\nlast! <own>\n",
		"content/parts/a.md": "---\ntitle: A\nstatus: draft\n---\n\nä <in-a>\n--8<-- \"includes/b.md:2:3\"\nagain!\n",
		"includes/b.md":      "1\n2 <in-b>\n3!\n4\n",
	})
	tree, list, err := source.Load(t.Context(), content, opts)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	list.WriteText(&text)
	found := text.String()
	var got []string
	for _, l := range page(t, tree, "page.md").Body.Links {
		got = append(got, l.Pos.String()+" "+l.Dest+" "+string(l.Base))
	}
	want := []string{"content/page.md:4:5 own ", "content/parts/a.md:6:3 in-a parts", "includes/b.md:2:3 in-b ../includes", "content/page.md:8:7 own "}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("links (-want +got)\n%s", d)
	}
	for _, want := range []string{"includes/b.md:3:2: warning", "content/parts/a.md:8:6: warning", "content/page.md:8:5: warning"} {
		if !strings.Contains(found, want) {
			t.Errorf("no %s in\n%s", want, found)
		}
	}
}

// What cannot be included is a finding at its place, and its line stays.
func TestInclude_refused(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"content/sub/loop.md":  ":::include /sub/again.md\n",
		"content/sub/again.md": "x\n  :::include loop.md\n",
		"content/parts/a.md":   "A\n",
		".git/config":          "token\n",
		"secret.md":            "S\n",
	}
	tests := []struct{ name, page, want, hint string }{
		{"missing", "a\n :::include ../parts/b.md\n", "content/sub/page.md:2:13: error[RT406] there is no file \"../parts/b.md\" to take in", "did you mean ../parts/a.md?"},
		{"missing snippet", "--8<-- \"parts/aa.md\"\n", "content/sub/page.md:1:9: error[RT406] there is no file \"parts/aa.md\" to take in", "did you mean parts/a.md?"},
		{"nothing near", "--8<-- \"x/y/z\"\n", "content/sub/page.md:1:9: error[RT406] there is no file", "write its path"},
		{"out of the tree", "--8<-- \"../../../etc/passwd\"\n:::include ../../../etc/passwd\n", "content/sub/page.md:1:9: error[RT403] \"../../../etc/passwd\" is not taken in", "move the file"},
		{"absolute", "--8<-- \"/etc/passwd\"\n", "content/sub/page.md:1:9: error[RT40", ""},
		{"a secret", "--8<-- \".git/config\"\n", "content/sub/page.md:1:9: error[RT403] \".git/config\" is not taken in", ""},
		{"a secret by a detour", ":::include ../../.git/config\n", "content/sub/page.md:1:12: error[RT403]", ""},
		{"a folder", ":::include ../parts\n", "content/sub/page.md:1:12: error[RT406] content/parts is not a file", ""},
		{"itself", "x\n:::include page.md\n", "content/sub/page.md:2:12: error[RT406] content/sub/page.md takes itself in", ""},
		{"a ring", ":::include again.md\n", "content/sub/again.md:2:14: error[RT406] content/sub/loop.md takes itself in", ""},
		{"the network", "--8<-- \"https://example.org/a.md\"\n", "content/sub/page.md:1:9: error[RT406] \"https://example.org/a.md\" is not taken in", ""},
		{"no such lines", "--8<-- \"parts/a.md:5:6\"\n", "content/sub/page.md:1:9: error[RT406] content/parts/a.md has no part \"5:6\"", ""},
		{"no such section", "--8<-- \"parts/a.md:one\"\n", "content/sub/page.md:1:9: error[RT406] content/parts/a.md has no part \"one\"", ""},
		{"too many", strings.Repeat(":::include ../parts/a.md\n", 1001), "content/sub/page.md:1001:12: error[RT116]", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := map[string]string{"content/sub/page.md": test.page}
			for name, text := range files {
				if test.name == "a ring" || !strings.HasPrefix(name, "content/sub/") {
					all[name] = text
				}
			}
			_, opts, content := site(t, all)
			_, list, err := source.Load(t.Context(), content, opts)
			if err != nil {
				t.Fatal(err)
			}
			ok := false
			for _, f := range list.All() {
				line := f.Pos.String() + ": " + f.Severity.String() + "[" + string(f.Code) + "] " + f.Message
				ok = ok || strings.HasPrefix(line, test.want) && strings.HasPrefix(f.Hint, test.hint)
			}
			if !ok {
				var text strings.Builder
				list.WriteText(&text)
				t.Errorf("want %s (%s), got\n%s", test.want, test.hint, text.String())
			}
		})
	}
}

// A link is not followed, wherever it leads, nor is one on the way to a file.
func TestInclude_link(t *testing.T) {
	t.Parallel()
	dir, opts, content := site(t, map[string]string{
		"content/page.md": ":::include link.txt\n:::include way/config\n", "outside.txt": "x\n", "content/.hidden/config": "token\n",
	})
	for from, to := range map[string]string{"content/link.txt": "../outside.txt", "content/way": ".hidden"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Skip(err)
		}
	}
	tree, found := load(t, content, opts)
	if got := string(page(t, tree, "page.md").Body.HTML); got != ":::include link.txt\n:::include way/config\n" {
		t.Errorf("got %q", got)
	}
	for _, want := range []string{"content/link.txt is not a file", "content/way/config is not a file"} {
		if !strings.Contains(found, want) {
			t.Errorf("no %q in\n%s", want, found)
		}
	}
}

// Files in files, each twice, do not grow without end.
func TestInclude_growth(t *testing.T) {
	t.Parallel()
	files := map[string]string{"content/page.md": "--8<-- \"p0.txt\"\n"}
	for i := range 15 {
		next := "--8<-- \"p" + string(rune('a'+i)) + ".txt\"\n"
		name := "p" + string(rune('a'+i-1)) + ".txt"
		if i == 0 {
			name = "p0.txt"
		}
		files["content/"+name] = next + next
	}
	files["content/po.txt"] = strings.Repeat("x", 1<<10) + "\n"
	_, opts, content := site(t, files)
	tree, found := load(t, content, opts)
	if n := len(page(t, tree, "page.md").Body.HTML); n > 2<<20 || strings.Count(found, "RT116") != 1 {
		t.Errorf("%d bytes, findings %s", n, found)
	}
}

// A page is read again when a file that it includes has changed, has come or is
// gone: by a Loader that lives on, one that is told where to look, and one with
// the memory of another.
func TestInclude_changes(t *testing.T) {
	t.Parallel()
	dir, opts, content := site(t, map[string]string{
		"content/page.md": ":::include parts/a.md\n--8<-- \"b.md\"\n", "content/parts/a.md": "A\n", "content/b.md": "B\n", "content/other.md": "O\n",
	})
	opts.Identity = "echo"
	store := &shelf{kept: map[handbook.Key][]byte{}}
	long, told := source.NewLoader(nil, nil), source.NewLoader(nil, nil)
	cached := source.NewLoader(store, nil)
	write := func(name, text string) func() {
		return func() {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	steps := []struct {
		name string
		do   func()
		want string
	}{
		{"as it was", func() {}, "A\nB\n"},
		{"settled", func() { time.Sleep(2100 * time.Millisecond) }, "A\nB\n"},
		{"still", func() {}, "A\nB\n"},
		{"changed", write("content/parts/a.md", "A2\n"), "A2\nB\n"},
		{"one that goes before", write("b.md", "SITE\n"), "A2\nSITE\n"},
		{"gone", func() { os.Remove(filepath.Join(dir, "b.md")) }, "A2\nB\n"},
		{"missing", func() { os.Remove(filepath.Join(dir, "content/b.md")) }, "A2\n--8<-- \"b.md\"\n"},
		{"there again", write("b.md", "B3\n"), "A2\nB3\n"},
	}
	for _, step := range steps {
		step.do()
		fresh := source.NewLoader(store, cached.Memory())
		for who, l := range map[string]*source.Loader{"long": long, "told": told, "cached": cached, "fresh": fresh} {
			o := opts
			if who == "told" && step.name != "as it was" {
				o.Touched = []handbook.Path{}
				if step.name == "missing" {
					o.Touched = []handbook.Path{"."}
				}
			}
			tree, _, err := l.Load(t.Context(), content, o)
			if err != nil {
				t.Fatal(err)
			}
			p := page(t, tree, "page.md")
			text := p.Body.Text
			if p.Kept != nil {
				if text, err = p.Kept(); err != nil {
					t.Fatal(err)
				}
			}
			if string(text.HTML) != step.want {
				t.Errorf("%s, %s: got %q, want %q", step.name, who, text.HTML, step.want)
			}
		}
	}
	if got := long.Included(); len(got) != 1 || got[0] != "b.md" {
		t.Errorf("included from the site's folder: %q", got)
	}
}

// Who reads the Markdown of a page gets what it includes, too.
func TestExpanded(t *testing.T) {
	t.Parallel()
	_, opts, content := site(t, map[string]string{"content/a.txt": "A\n"})
	for page, want := range map[string]string{
		"---\ntitle: P\n---\nx\n:::include a.txt\ny": "---\ntitle: P\n---\nx\nA\ny\n",
		"nothing to include":                         "nothing to include",
	} {
		if got := string(source.Expanded(content, opts, "page.md", []byte(page))); got != want {
			t.Errorf("%q: got %q, want %q", page, got, want)
		}
	}
}
