package render

import (
	"github.com/rutter-dev/rutter/internal/graph"
)

// flow shows the steps or stages of a process: drawn, and as a list.
func (b *blocks) flow(p *graph.Process) {
	b.steps("Steps", p.Steps)
}

// handOffMap draws who hands what to whom; nil where that would show nothing.
func (m *maker) handOffMap(list []graph.HandOff) *DrawingView { return nil }
