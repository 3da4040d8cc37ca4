package corpus_test

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

const pages = 30

// write makes a corpus in dir and gives back the sums of its files.
func write(t *testing.T, dir string, n int) map[string][sha256.Size]byte {
	t.Helper()
	if err := corpus.Write(dir, n); err != nil {
		t.Fatal(err)
	}
	sums := map[string][sha256.Size]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		sums[name] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestSameNumberSameBytes(t *testing.T) {
	t.Parallel()
	one, two := write(t, t.TempDir(), pages), write(t, t.TempDir(), pages)
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("two corpora of %d pages differ (-first +second):\n%s", pages, diff)
	}
	if got, want := len(one), pages+1; got != want { // and site.yaml
		t.Errorf("%d files, want %d", got, want)
	}
	if other := write(t, t.TempDir(), pages+1); other["content/s0/p0.md"] == one["content/s0/p0.md"] {
		t.Error("corpora of 30 and of 31 pages begin with the same page, want others")
	}
}

func TestWriteMendsWhatARunLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := write(t, dir, pages)
	whole := filepath.Join(dir, "content/s0/p1.md")
	before, err := os.Stat(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"s0/p3.md": "edited", "s0/.p4.md.new": "half an edit", "s9/p900.md": "of a larger corpus"} {
		name = filepath.Join(dir, "content", name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, write(t, dir, pages)); diff != "" {
		t.Errorf("the second writing did not mend the corpus (-want +got):\n%s", diff)
	}
	after, err := os.Stat(whole)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("%s was as it should be and was written again", whole)
	}
}

func TestPagesAreAsDescribed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, pages)
	content := os.DirFS(filepath.Join(dir, "content"))
	blocks := map[string]string{}
	fence := regexp.MustCompile("(?s)```[a-z]+\n.*?```\n")
	for i := range pages {
		name := corpus.Name(i)
		data, err := fs.ReadFile(content, name)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) < 4<<10 || len(data) > 6<<10 {
			t.Errorf("%s has %d bytes, want about 5,000", name, len(data))
		}
		found := fence.FindAllString(string(data), -1)
		if len(found) != 2 {
			t.Errorf("%s has %d blocks of code, want 2", name, len(found))
		}
		for _, code := range found {
			if other := blocks[code]; other != "" {
				t.Errorf("%s and %s have the same block:\n%s", other, name, code)
			}
			blocks[code] = name
		}
	}
}
