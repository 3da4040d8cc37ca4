package graph_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// large is a handbook of n pages, of which one in ten is a process with six steps
// and one in fifty a role.
func large(n int) *site.Site {
	r := rand.New(rand.NewPCG(1, 2))
	roles := n / 50
	role := func() handbook.Located { return handbook.Located{Value: fmt.Sprintf("role-%d", r.IntN(roles))} }
	tree := &handbook.Tree{Name: "t"}
	add := func(dir string, i int, kind handbook.Kind) *handbook.Page {
		path := handbook.Path(fmt.Sprintf("%s/%s-%d.md", dir, kind, i))
		p := &handbook.Page{Path: path, Kind: kind, Pos: diag.Pos{Path: string(path)}}
		tree.Pages = append(tree.Pages, p)
		return p
	}
	ref := func(p *handbook.Page, field string, item int, to handbook.Located) {
		p.Meta.Refs = append(p.Meta.Refs, handbook.Ref{To: to, Kinds: []handbook.Kind{handbook.Role}, Field: field, Item: item})
	}
	for i := range n {
		switch {
		case i%50 == 0:
			add("roles", i/50, handbook.Role).Meta.Role = &handbook.RoleMeta{}
		case i%10 == 1:
			p := add("processes", i, handbook.Process)
			m := &handbook.ProcessMeta{Outputs: []handbook.Artefact{{Name: handbook.Located{Value: fmt.Sprint("thing ", i)}}}, Inputs: []handbook.Artefact{{Name: handbook.Located{Value: fmt.Sprint("thing ", i-10)}}}}
			m.Raci.Accountable = []handbook.Located{role()}
			m.Raci.Responsible = []handbook.Located{role()}
			ref(p, "raci.accountable", -1, m.Raci.Accountable[0])
			ref(p, "raci.responsible", 0, m.Raci.Responsible[0])
			for k := range 6 {
				does := role()
				m.Steps = append(m.Steps, handbook.Step{ID: handbook.Located{Value: fmt.Sprint("s", k)}, Title: fmt.Sprint("Step ", k), Does: []handbook.Located{does}})
				ref(p, "steps.does", k, does)
			}
			p.Meta.Process = m
		default:
			add(fmt.Sprint("s", i/100), i, handbook.Plain)
		}
	}
	s, _ := site.New(tree, site.Options{Owner: "team:all"})
	return s
}

// BenchmarkHandbook is what relations cost a handbook of 1,000 and of 10,000
// pages: following all references, then what each page shows of others. Ten times
// the pages should cost about ten times as much.
func BenchmarkHandbook(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		s := large(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g, _ := graph.New(s)
				for _, p := range s.Pages {
					g.Derive(p)
				}
			}
		})
	}
}
