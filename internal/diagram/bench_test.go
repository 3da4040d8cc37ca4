package diagram_test

import "testing"

// The goal is 200 µs for a process of 12 steps.
func BenchmarkFlow(b *testing.B) {
	f := incident()
	for len(f.Steps) < 12 {
		f.Edges = append(f.Edges, f.Edges[0])
		f.Edges[len(f.Edges)-1].From, f.Edges[len(f.Edges)-1].To = len(f.Steps)-1, len(f.Steps)
		f.Steps = append(f.Steps, f.Steps[len(f.Steps)-3])
	}
	b.Run("wide", func(b *testing.B) {
		for b.Loop() {
			f.Wide()
		}
	})
	b.Run("narrow", func(b *testing.B) {
		for b.Loop() {
			f.Narrow()
		}
	})
}

func BenchmarkMap(b *testing.B) {
	m := hands()
	for b.Loop() {
		m.Wide()
	}
}
