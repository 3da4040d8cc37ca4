package dora

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// graph holds the commits of a stream's repositories. A node is an index into
// commits; the hash of a commit names it in whatever repository.
type graph struct {
	commits    []Commit
	parents    [][]int32 // known ones only: a clone may be cut off
	nodes      map[string]int32
	heads      map[string]int32 // of repositories, where their source names it
	childless  []bool
	generation []int32 // 1 + the highest of the parents; made when first needed
}

// newGraph takes the commits of the given repositories. Changes of a repository
// without commits bring their landing commits, without parents: they are
// delivered by a deployment of that very commit, or not at all.
func newGraph(e Events, repos map[string]bool) *graph {
	g := &graph{commits: make([]Commit, 0, len(e.Commits)), nodes: make(map[string]int32, len(e.Commits))}
	recorded := map[string]bool{}
	for _, c := range e.Commits {
		if repos[c.Repo] {
			recorded[c.Repo] = true
			g.add(c)
		}
	}
	for _, c := range e.Changes {
		if repos[c.Repo] && !recorded[c.Repo] && c.LandingSHA != "" {
			g.add(Commit{Repo: c.Repo, SHA: c.LandingSHA, CommitterDate: c.MergedAt})
		}
	}
	g.heads = map[string]int32{}
	for _, c := range e.Collected {
		if n := g.node(c.Head); n >= 0 && repos[c.Repo] && c.Resource == ResourceCommits {
			g.heads[c.Repo] = n
		}
	}
	g.parents = make([][]int32, len(g.commits))
	g.childless = make([]bool, len(g.commits))
	for i := range g.childless {
		g.childless[i] = true
	}
	for i, c := range g.commits {
		for _, sha := range c.Parents {
			if p, ok := g.nodes[sha]; ok {
				g.parents[i] = append(g.parents[i], p)
				g.childless[p] = false
			}
		}
	}
	return g
}

// add keeps one record of each commit: of two that differ, the same one
// whatever their order.
func (g *graph) add(c Commit) {
	i, seen := g.nodes[c.SHA]
	switch {
	case !seen:
		g.nodes[c.SHA] = int32(len(g.commits))
		g.commits = append(g.commits, c)
	case compareCommits(c, g.commits[i]) < 0:
		g.commits[i] = c
	}
}

func compareCommits(a, b Commit) int {
	return cmp.Or(strings.Compare(a.Repo, b.Repo), a.CommitterDate.Compare(b.CommitterDate),
		a.AuthorDate.Compare(b.AuthorDate), slices.Compare(a.Parents, b.Parents))
}

// node finds a commit; -1: the history does not hold it.
func (g *graph) node(sha string) int32 {
	if n, ok := g.nodes[sha]; ok && sha != "" {
		return n
	}
	return -1
}

// abbreviated finds a commit by the beginning of its hash; -1: there is none, or
// more than one.
func (g *graph) abbreviated(prefix string) int32 {
	found := int32(-1)
	for i, c := range g.commits {
		if strings.HasPrefix(c.SHA, prefix) {
			if found >= 0 {
				return -1
			}
			found = int32(i)
		}
	}
	return found
}

// reach says for each node which of the heads reaches it first (metrics/C2), or
// -1. A head of -1 reaches nothing. Every commit is visited once, however many
// heads there are.
func (g *graph) reach(heads []int32) []int32 {
	owner := make([]int32, len(g.commits))
	for i := range owner {
		owner[i] = -1
	}
	var stack []int32
	for i, head := range heads {
		if head < 0 || owner[head] >= 0 {
			continue
		}
		owner[head] = int32(i)
		stack = append(stack[:0], head)
		for len(stack) > 0 {
			n := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, p := range g.parents[n] {
				if owner[p] < 0 {
					owner[p] = int32(i)
					stack = append(stack, p)
				}
			}
		}
	}
	return owner
}

// ancestor reports whether a is a strict ancestor of b. Generation numbers cut
// the search off below a.
func (g *graph) ancestor(a, b int32) bool {
	if a < 0 || b < 0 || a == b {
		return false
	}
	g.number()
	seen := map[int32]bool{b: true}
	stack := []int32{b}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, p := range g.parents[n] {
			if p == a {
				return true
			}
			if !seen[p] && g.generation[p] > g.generation[a] {
				seen[p] = true
				stack = append(stack, p)
			}
		}
	}
	return false
}

// number gives every node its generation, parents first. A parent that is still
// open belongs to a cycle, which only a forged file has; it is passed over.
func (g *graph) number() {
	if g.generation != nil {
		return
	}
	g.generation = make([]int32, len(g.commits))
	next := make([]int32, len(g.commits)) // which parent comes next
	var stack []int32
	for n := range g.commits {
		if g.generation[n] != 0 || next[n] != 0 {
			continue
		}
		stack = append(stack, int32(n))
		for len(stack) > 0 {
			n := stack[len(stack)-1]
			if int(next[n]) < len(g.parents[n]) {
				p := g.parents[n][next[n]]
				next[n]++
				if g.generation[p] == 0 && next[p] == 0 {
					stack = append(stack, p)
				}
				continue
			}
			for _, p := range g.parents[n] {
				g.generation[n] = max(g.generation[n], g.generation[p])
			}
			g.generation[n]++
			stack = stack[:len(stack)-1]
		}
	}
}

// mainline marks the commits on the first-parent line of each branch's head
// (metrics/C1). Where no source names it, a head is a commit that no other one
// builds on; a store has such commits too that were pushed away by force.
func (g *graph) mainline() []bool {
	on := make([]bool, len(g.commits))
	for i, c := range g.commits {
		head, named := g.heads[c.Repo]
		if named && head != int32(i) || !named && !g.childless[i] {
			continue
		}
		for n := int32(i); n >= 0 && !on[n]; n = g.firstParent(n) {
			on[n] = true
		}
	}
	return on
}

// firstParent is -1 for the first commit, and where the history is cut off.
func (g *graph) firstParent(n int32) int32 {
	if len(g.commits[n].Parents) == 0 {
		return -1
	}
	return g.node(g.commits[n].Parents[0])
}

// tracked marks the commits that the head of each repository reaches. Where no
// source names it, it is the newest one: events name no branches, and the branch
// that is worked on has that head.
func (g *graph) tracked() []bool {
	newest := maps.Clone(g.heads)
	for i, c := range g.commits {
		if _, named := g.heads[c.Repo]; named || !g.childless[i] {
			continue
		}
		best, ok := newest[c.Repo]
		if !ok || cmp.Or(c.CommitterDate.Compare(g.commits[best].CommitterDate), strings.Compare(c.SHA, g.commits[best].SHA)) > 0 {
			newest[c.Repo] = int32(i)
		}
	}
	heads := make([]int32, 0, len(newest))
	for _, n := range newest { // the order does not matter: only whether a commit is reached
		heads = append(heads, n)
	}
	marks := make([]bool, len(g.commits))
	for i, owner := range g.reach(heads) {
		marks[i] = owner >= 0
	}
	return marks
}
