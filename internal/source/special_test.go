//go:build unix

package source_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/source"
)

const canary = "the canary outside of the content"

func TestRel_T8_OnlyRegularFiles(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "outside.md")
	write(t, outside, canary)
	root := folder(t, map[string]string{"real.md": "text", "folder/x.md": "x"})
	in := func(name string) string { return filepath.Join(root.Name(), name) }
	for name, target := range map[string]string{
		"absolute.md": outside, "relative.md": "../outside.md", "inside.md": "real.md", "loop.md": "loop.md", "broken.md": "nowhere.md",
		"dir": filepath.Dir(outside), "again": "folder", "up": "..", "self": ".", "pic.png": "/etc/passwd", ".dot": "/etc",
	} {
		if err := os.Symlink(target, in(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(in("pipe.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "s") // the path of a socket may be only so long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	socket, err := net.Listen("unix", filepath.Join(short, "socket.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := os.Rename(filepath.Join(short, "socket.md"), in("socket.md")); err != nil {
		t.Fatal(err)
	}

	begin := time.Now()
	tree, got := load(t, root, source.Options{Typed: true})
	if took := time.Since(begin); took > time.Second {
		t.Errorf("took %v, want it not to wait for a pipe", took)
	}
	var want strings.Builder
	for _, name := range []string{"absolute.md", "again", "broken.md", "dir", "inside.md", "loop.md", "pic.png", "pipe.md", "relative.md", "self", "socket.md", "up"} {
		what := "a symbolic link"
		switch name {
		case "pipe.md":
			what = "a named pipe"
		case "socket.md":
			what = "a device or socket"
		}
		want.WriteString(name + ": error[RT113] this is " + what + ", not a file\n")
	}
	if got != want.String() || len(tree.Pages) != 2 || len(tree.Files) != 0 {
		t.Errorf("%d pages, %d files\ngot\n%s\nwant\n%s", len(tree.Pages), len(tree.Files), got, want.String())
	}
}

// While a build reads, a page is a file, a link to a file outside, a pipe, a
// folder and again a file: what is outside is never read, and nothing hangs.
func TestRel_T8_SwappedWhileReading(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "outside.md")
	write(t, outside, canary)
	root := folder(t, map[string]string{"a.md": "text", "b.md": "text"})
	page := filepath.Join(root.Name(), "a.md")
	other := filepath.Join(root.Name(), "b.md")
	done := make(chan struct{})
	stopped := make(chan error)
	go func() {
		swap := func(make func(string) error) error {
			next := page + ".next"
			os.RemoveAll(next)
			if err := make(next); err != nil {
				return err
			}
			os.RemoveAll(page)
			return os.Rename(next, page)
		}
		for {
			for _, make := range []func(string) error{
				func(name string) error { return os.Symlink(outside, name) },
				func(name string) error { return os.WriteFile(name, []byte("text"), 0o644) },
				func(name string) error { return syscall.Mkfifo(name, 0o644) },
				func(name string) error { return os.Symlink(other, name) },
				func(name string) error { return os.Mkdir(name, 0o755) },
				func(name string) error { return os.Link(other, name) },
			} {
				select {
				case <-done:
					stopped <- nil
					return
				default:
				}
				if err := swap(make); err != nil {
					stopped <- err
					return
				}
			}
		}
	}()
	for range 1000 {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		tree, _, err := source.Load(ctx, root, source.Options{Parser: plain{}, Typed: true})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range tree.Pages {
			if body := string(p.Body.HTML); body != "text" {
				t.Fatalf("%s: got %q", p.Path, body)
			}
		}
	}
	close(done)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
}
