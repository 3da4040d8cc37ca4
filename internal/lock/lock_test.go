package lock

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := Try(path)
	if first == nil || err != nil {
		t.Fatalf("first: %v, %v", first, err)
	}
	if err := first.SetNote("first"); err != nil {
		t.Fatal(err)
	}
	if l, err := Try(path); l != nil || err != nil {
		t.Errorf("second while the first holds: %v, %v; want nil, nil", l, err)
	}
	if got := Note(path); got != "first" {
		t.Errorf("note: %q, want %q", got, "first")
	}
	busy := errors.New("busy")
	if _, err := Acquire(t.Context(), path, time.Millisecond, busy); err != busy {
		t.Errorf("waited: %v, want %v", err, busy)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Acquire(ctx, path, time.Hour, busy); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	first.Release()
	if got := Note(path); got != "" {
		t.Errorf("note after the release: %q", got)
	}
	second, err := Acquire(t.Context(), path, time.Minute, busy)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
}
