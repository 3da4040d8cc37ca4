package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRel_P5_SecondBuildWaitsOrFails(t *testing.T) {
	t.Parallel()
	for _, inside := range []bool{false, true} {
		t.Run(fmt.Sprint("inside=", inside), func(t *testing.T) {
			t.Parallel()
			dir := outputDir(t)
			mustPublish(t, dir, files{"index.html": "old"})
			d := disk{mounted: func(string) bool { return inside }}
			first, err := open(t.Context(), dir, quick, d)
			if err != nil {
				t.Fatal(err)
			}
			if err := first.Write("index.html", []byte("first")); err != nil {
				t.Fatal(err)
			}
			_, err = Open(t.Context(), dir, Options{Wait: time.Millisecond})
			if !errors.Is(err, ErrBusy) || !errors.Is(err, ErrOutput) || !strings.Contains(err.Error(), "another build is publishing to "+dir) {
				t.Errorf("second build: %v", err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := Open(ctx, dir, quick); !errors.Is(err, context.Canceled) || errors.Is(err, ErrOutput) {
				t.Errorf("interrupted while it waits: %v", err)
			}
			done := make(chan error)
			go func() {
				_, err := publish(dir, d, files{"index.html": "second"})
				done <- err
			}()
			if _, err := first.Commit(); err != nil {
				t.Errorf("first build: %v", err)
			}
			if err := <-done; err != nil {
				t.Errorf("the build that waited: %v", err)
			}
			holds(t, dir, files{"index.html": "second"})
		})
	}
}

func TestRel_P5_ManyBuildsAtOnceNeverMix(t *testing.T) {
	t.Parallel()
	dir := outputDir(t)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 10 {
				if _, err := publish(dir, disk{}, generation(10*n+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	g := 0
	fmt.Sscan(got["index.html"], &g)
	if diff := cmp.Diff(generation(g), got); diff != "" {
		t.Errorf("a mix (-generation %d +got):\n%s", g, diff)
	}
	clean(t, dir)
}

// Readers open pages by their path, as a web server does.
func TestRel_P6_ReadersMissNothing(t *testing.T) {
	t.Parallel()
	publishes := 300
	if testing.Short() {
		publishes = 60
	}
	for name, d := range map[string]disk{"exchange": {}, "file by file": {before: fails("exchange", errCannot)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := outputDir(t)
			page := func(n int) files {
				return files{"index.html": strings.Repeat(fmt.Sprintf("%08d", n), 2000), "same/index.html": "same", "a/b.html": fmt.Sprint(n)}
			}
			mustPublish(t, dir, page(0))
			var stop atomic.Bool
			var reads, bad atomic.Int64
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					for !stop.Load() {
						for _, name := range []string{"index.html", "same/index.html", "a/b.html"} {
							data, err := os.ReadFile(filepath.Join(dir, name))
							reads.Add(1)
							if whole := len(data) > 0 && (name != "index.html" || string(data) == strings.Repeat(string(data[:8]), 2000)); err != nil || !whole {
								bad.Add(1)
								t.Errorf("read %s: %d bytes, whole: %v, %v", name, len(data), whole, err)
							}
						}
					}
				})
			}
			for n := range publishes {
				if _, err := publish(dir, d, page(n+1)); err != nil {
					t.Error(err)
					break
				}
			}
			stop.Store(true)
			wg.Wait()
			t.Logf("%d publishes, %d reads, %d bad", publishes, reads.Load(), bad.Load())
		})
	}
}
