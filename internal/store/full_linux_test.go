package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// A real disk of several sizes fills up. What was acknowledged is there, and
// the run goes on when there is room.
func TestRel_S2_FullDisk(t *testing.T) {
	t.Parallel()
	sizes := 3
	if all() {
		sizes = 16
	}
	for i := range sizes {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", 300+i*4)); err != nil {
				testkit.Missing(t, fmt.Sprintf("the right to mount tmpfs (%v)", err))
			}
			t.Cleanup(func() {
				if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
					t.Error(err)
				}
			})
			place := filepath.Join(dir, "store.db")
			s := mustOpen(t, place)
			repo := mustRegister(t, s, pay)
			n := int64(0)
			for {
				_, err := s.Put(t.Context(), page(repo.ID, n))
				if err != nil {
					if !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "no space left on the disk") {
						t.Errorf("page %d: %v", n, err)
					}
					break
				}
				if n++; n > 1000 {
					t.Fatal("the disk never fills up")
				}
			}
			if got := whole(t, s); got != n {
				t.Errorf("%d pages, %d were acknowledged", got, n)
			}
			s.Close()
			// More room: the next run goes on.
			if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
				t.Fatal(err)
			}
			s = mustOpen(t, place)
			mustPut(t, s, page(repo.ID, n))
			if got := whole(t, s); got != n+1 {
				t.Errorf("%d pages, want %d", got, n+1)
			}
			sound(t, s)
			if err := s.Close(); err != nil { // before the disk goes
				t.Error(err)
			}
		})
	}
}

// A disk without room for a store has none afterwards.
func TestRel_S2_NoRoomToBegin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		testkit.Missing(t, fmt.Sprintf("the right to mount tmpfs (%v)", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if _, err := Open(t.Context(), filepath.Join(dir, "store.db"), Options{}); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("open: %v", err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// A store on a medium that cannot be written is read, and says so to writers.
func TestRel_S4_ReadOnlyMedium(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		testkit.Missing(t, fmt.Sprintf("the right to mount tmpfs (%v)", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	place := filepath.Join(dir, "store.db")
	rest(t, place)
	want, err := reading(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if got, err := reading(t.Context(), place); err != nil || got != want {
		t.Errorf("read: %v", err)
	}
	if _, err := Open(t.Context(), place, Options{}); !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "read-only file system") {
		t.Errorf("open: %v", err)
	}
}
