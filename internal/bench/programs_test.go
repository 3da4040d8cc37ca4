package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

func TestCompleteFindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	s, err := newSite(t.TempDir(), pages)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	put := func(page int, data string) {
		dir := filepath.Join(out, strings.TrimSuffix(corpus.Name(page), ".md"))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	highlighted := strings.Repeat(`<span class="s">x</span>`, 80)
	for i := range pages - 1 {
		put(i, highlighted)
	}
	if err := s.complete(out); err == nil || !strings.Contains(err.Error(), "s0/p29/index.html was not rendered") {
		t.Errorf("with a page missing: %v", err)
	}
	put(29, "<pre><code>func f()</code></pre>")
	if err := s.complete(out); err == nil || !strings.Contains(err.Error(), "s0/p29/index.html was not highlighted") {
		t.Errorf("with a page that is not highlighted: %v", err)
	}
	put(29, highlighted)
	if err := s.complete(out); err != nil {
		t.Errorf("with every page: %v", err)
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell to run")
	}
	c, err := measure(t.Context(), []string{sh, "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"})
	if err != nil {
		t.Fatal(err)
	}
	if c.wall <= 0 || c.cpu <= 0 || c.memory <= 0 {
		t.Errorf("wall %v, CPU %v, memory %d; want all above 0", c.wall, c.cpu, c.memory)
	}
	_, err = measure(t.Context(), []string{sh, "-c", "echo disk full >&2; exit 6"})
	if err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("a run that fails: %v; want what it printed", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := measure(ctx, []string{sh, "-c", "exit 0"}); err == nil {
		t.Error("no error for a run that was called off")
	}
}

func TestFileSystem(t *testing.T) {
	t.Parallel()
	const mounts = "/dev/a / ext4 rw 0 0\nproc /proc proc rw 0 0\ntmpfs /srv tmpfs rw 0 0\n/dev/b /srv/deep xfs rw 0 0\nbroken\n"
	for dir, want := range map[string]string{"/home/site": "ext4", "/srv": "tmpfs", "/srv/x": "tmpfs", "/srvx": "ext4", "/srv/deep/er": "xfs"} {
		if got := fileSystem(mounts, dir); got != want {
			t.Errorf("fileSystem(%q) = %q, want %q", dir, got, want)
		}
	}
	if got := fileSystem("", "/"); got != "" {
		t.Errorf("fileSystem of no mounts = %q, want none", got)
	}
}
