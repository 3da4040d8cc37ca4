package store

import (
	"path/filepath"
	"testing"

	"github.com/rutter-dev/rutter/internal/dora"
)

// A page of 100 changes, with its cursor: one transaction.
func BenchmarkPut(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "store.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	repo, err := s.Register(b.Context(), pay)
	if err != nil {
		b.Fatal(err)
	}
	n := int64(0)
	for b.Loop() {
		p := Page{Repository: repo.ID, Resource: dora.ResourceChanges, Events: changes(int(n)*100, 100, 1), Cursor: []byte("x"), After: n}
		if _, err := s.Put(b.Context(), p); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// 100,000 commits, each line checked against its sum.
func BenchmarkEvents(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "store.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	e := commits(0, 100_000)
	rename(&e, pay)
	if _, err := s.Import(b.Context(), e); err != nil {
		b.Fatal(err)
	}
	v, err := s.View(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	repo, _, err := v.Find(b.Context(), pay.Name)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if e, err := v.Events(b.Context(), repo); err != nil || len(e.Commits) != 100_000 {
			b.Fatalf("%d commits, %v", len(e.Commits), err)
		}
	}
}
