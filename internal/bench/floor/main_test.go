package main

import (
	"bytes"
	"io/fs"
	"os"
	"testing"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

func TestFloorRendersEveryPage(t *testing.T) {
	t.Parallel()
	const pages = 30
	dir, out := t.TempDir(), t.TempDir()
	if err := corpus.Write(dir, pages); err != nil {
		t.Fatal(err)
	}
	if err := build(dir+"/content", out); err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(os.DirFS(out), "s0/p*/index.html")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != pages {
		t.Errorf("%d pages, want %d: %q", len(names), pages, names)
	}
	for _, name := range names {
		data, err := fs.ReadFile(os.DirFS(out), name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("title:")) {
			t.Errorf("%s shows its front matter:\n%.200s", name, data)
		}
		if got := bytes.Count(data, []byte(`<pre`)); got != 2 {
			t.Errorf("%s has %d blocks of code, want 2", name, got)
		}
		if got := bytes.Count(data, []byte(`<span class="`)); got < 2*12*2 {
			t.Errorf("%s has %d spans in its code, want at least 48", name, got)
		}
	}
}

func TestFloorSaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	if err := build(t.TempDir()+"/none", t.TempDir()); err == nil {
		t.Error("no error for a folder that is not there")
	}
}
