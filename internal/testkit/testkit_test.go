package testkit

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const archive = `a comment
-- b.md --
# B
-- a/c d.md --
text
-- --
-- e.md --
`

func TestSite(t *testing.T) {
	t.Parallel()
	dir := Site(t, archive)
	hash, files := Tree(t, dir)
	if want := []string{"a/c d.md", "b.md", "e.md"}; !slices.Equal(files, want) {
		t.Errorf("got %q, want %q", files, want)
	}
	for name, want := range map[string]string{"b.md": "# B\n", "a/c d.md": "text\n-- --\n", "e.md": ""} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	if again, _ := Tree(t, Site(t, archive)); again != hash {
		t.Error("two trees of one archive have two hashes")
	}
}

func TestTreeSeesEveryDifference(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(dir string) error{
		"bytes":  func(dir string) error { return os.WriteFile(filepath.Join(dir, "b.md"), []byte("# b\n"), 0o644) },
		"name":   func(dir string) error { return os.Rename(filepath.Join(dir, "b.md"), filepath.Join(dir, "B.md")) },
		"mode":   func(dir string) error { return os.Chmod(filepath.Join(dir, "b.md"), 0o600) },
		"folder": func(dir string) error { return os.Mkdir(filepath.Join(dir, "new"), 0o755) },
		"gone":   func(dir string) error { return os.Remove(filepath.Join(dir, "e.md")) },
		"link":   func(dir string) error { return os.Symlink("b.md", filepath.Join(dir, "z.md")) },
	} {
		dir := Site(t, archive)
		before, _ := Tree(t, dir)
		if err := do(dir); err != nil {
			t.Fatal(err)
		}
		if after, _ := Tree(t, dir); after == before {
			t.Errorf("%s: the hash is the same", name)
		}
	}
}
