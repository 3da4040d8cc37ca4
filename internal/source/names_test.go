package source_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/source"
)

func TestRel_B5_NamesThatWork(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a?b#c.md", "with space.md", "100%.md", "a%2Fb.md", "a&b.md", `"q'.md`, "ü.md", "🚀.md", "עברית.md", "-x.md", "_x.md", "dot..md", "a:b.md", "<img src=x onerror=y>.md", "con.md"} {
		p, findings := one(t, name, "text", true)
		if findings != "" || string(p.Path) != name {
			t.Errorf("%q: got path %q, findings %q", name, p.Path, findings)
		}
	}
}

func TestRel_B5_NamesThatNoURLCarries(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the file systems here take no such names")
	}
	root := folder(t, map[string]string{"ok.md": "", "line\nbreak.md": "", "a\\b.md": "", "bell\x07.png": "", "dir\x1b/x.md": "", "\xff.md": "", "c1\u0085.md": ""})
	tree, got := load(t, root, source.Options{Typed: true, Prefix: "content"})
	want := `content/a\b.md: error[RT114] the name "a\\b.md" has a backslash, which no web address can carry
content/bell` + "\a" + `.png: error[RT114] the name "bell\a.png" has the control character U+0007, which no web address can carry
content/c1` + "\u0085" + `.md: error[RT114] the name "c1\u0085.md" has the control character U+0085, which no web address can carry
content/dir` + "\x1b" + `: error[RT114] the name "dir\x1b" has the control character U+001B, which no web address can carry
content/line` + "\n" + `break.md: error[RT114] the name "line\nbreak.md" has a line break, which no web address can carry
content/` + "\uFFFD" + `.md: error[RT114] the name "\xff.md" has bytes that are not UTF-8, which no web address can carry
`
	if got != want || len(tree.Pages) != 1 || len(tree.Files) != 0 {
		t.Errorf("%d pages, %d files\ngot\n%s\nwant\n%s", len(tree.Pages), len(tree.Files), got, want)
	}
}

// Findings about such names can be printed in every form.
func TestRel_B5_FindingsPrint(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the file systems here take no such names")
	}
	_, findings, err := source.Load(context.Background(), folder(t, map[string]string{"\xff\x1b[31m.md": ""}), source.Options{Parser: plain{}})
	if err != nil {
		t.Fatal(err)
	}
	var text, js strings.Builder
	if err := findings.WriteText(&text); err != nil || strings.Contains(text.String(), "\x1b") {
		t.Errorf("text: %q, %v", text.String(), err)
	}
	if err := findings.WriteJSON(&js); err != nil || !json.Valid([]byte(js.String())) {
		t.Errorf("JSON: %q, %v", js.String(), err)
	}
}

func TestRel_B12_Unreadable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("this user may read everything")
	}
	root := folder(t, map[string]string{"a.md": "", "ok.md": "", "shut/x.md": ""})
	for _, name := range []string{"a.md", "shut"} {
		full := filepath.Join(root.Name(), name)
		if err := os.Chmod(full, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(full, 0o755) })
	}
	tree, got := load(t, root, source.Options{Typed: true})
	want := "a.md: error[RT115] the page cannot be read: permission denied\nshut: error[RT115] the folder cannot be read: permission denied\n"
	if got != want || len(tree.Pages) != 1 {
		t.Errorf("%d pages\ngot\n%s\nwant\n%s", len(tree.Pages), got, want)
	}
}
