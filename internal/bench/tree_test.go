package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTreeChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, data string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"same", "edited", "other", "gone"} {
		put(name, name)
	}
	put(manifest, "sums")
	before, err := look(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != 4 {
		t.Errorf("%d files, want 4 without the manifest", len(before))
	}
	if err := os.MkdirAll(filepath.Join(dir, "search", "words"), 0o755); err != nil {
		t.Fatal(err)
	}
	put("search/words/ne-.js", "3ew")
	put("edited", "the new words")
	put("other", "something else")
	put("made", "holds new words too")
	put(manifest, "other sums")
	if err := os.Remove(filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	now, err := look(dir, "new words")
	if err != nil {
		t.Fatal(err)
	}
	if n, strange := now.changed(before); n != 5 || strange != 2 {
		t.Errorf("%d changed, %d of them strange, want 5 and 2 (other, gone)", n, strange)
	}
	if n, _ := now.changed(now); n != 0 {
		t.Errorf("%d changed against itself, want 0", n)
	}
}

func TestLookAtNothing(t *testing.T) {
	t.Parallel()
	none, err := look(filepath.Join(t.TempDir(), "none"), "")
	if err != nil || len(none) != 0 {
		t.Errorf("a folder that is not there: %d files, %v; want none and no error", len(none), err)
	}
}
