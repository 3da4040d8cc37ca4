package dora

import (
	"slices"
	"strings"
	"time"
)

// finder finds where pull requests landed (metrics/C3, C6).
type finder struct {
	graph  *graph
	titled map[string]int32   // by repository and number: the commit whose subject ends in "(#12)"
	picked map[string][]int32 // by hash: the commits that were picked from it
}

func newFinder(g *graph, pulls []Change) *finder {
	f := &finder{graph: g, titled: map[string]int32{}, picked: map[string][]int32{}}
	if len(pulls) == 0 {
		return f
	}
	for i, c := range g.commits {
		for _, sha := range c.Picked {
			f.picked[sha] = append(f.picked[sha], int32(i))
		}
		if c.Pull == "" {
			continue
		}
		key := c.Repo + "\x00" + c.Pull
		if other, seen := f.titled[key]; !seen || earliest(c, g.commits[other]) {
			f.titled[key] = int32(i)
		}
	}
	return f
}

// earliest reports whether a commit was made before another one.
func earliest(a, b Commit) bool {
	if !a.CommitterDate.Equal(b.CommitterDate) {
		return a.CommitterDate.Before(b.CommitterDate)
	}
	return a.SHA < b.SHA
}

// landing is the commit with which a pull request reached a branch: the one
// that its source names, else a commit with its number in the subject, else a
// copy (metrics/C3); -1: none of them is in the history. Copies on other
// branches deliver the change too (metrics/C6).
func (f *finder) landing(c *Change) (node int32, copies []int32) {
	node = f.graph.node(c.LandingSHA)
	if node < 0 {
		if n, ok := f.titled[c.Repo+"\x00"+c.ID]; ok {
			node = n
		}
	}
	for _, sha := range append([]string{c.LandingSHA}, shas(c.Commits)...) {
		if sha != "" {
			copies = append(copies, f.picked[sha]...)
		}
	}
	slices.Sort(copies)
	copies = slices.Compact(copies)
	if node < 0 && len(copies) > 0 {
		node = copies[0]
	}
	return node, copies
}

func shas(list []ChangeCommit) []string {
	var names []string
	for _, c := range list {
		if !c.Merge {
			names = append(names, c.SHA)
		}
	}
	return names
}

// promotes reports whether a pull request only passes a long-lived branch on
// (metrics/C5), in either direction.
func (s Service) promotes(c *Change) bool {
	return c.HeadRef != "" && slices.ContainsFunc(s.Promotions, func(p string) bool { return matchName(p, c.HeadRef) })
}

// promotions are the landings of the pull requests that pass branches on, by
// repository and branch, oldest first.
type promotions map[string][]promotion

type promotion struct {
	at   time.Time
	base string
	node int32
}

func (s Service) promotions(pulls []Change, f *finder) promotions {
	all := promotions{}
	if len(s.Promotions) == 0 {
		return all
	}
	for i := range pulls {
		c := &pulls[i]
		if c.MergedAt.IsZero() || !s.promotes(c) {
			continue
		}
		if node, _ := f.landing(c); node >= 0 {
			key := c.Repo + "\x00" + c.HeadRef
			all[key] = append(all[key], promotion{c.MergedAt, c.BaseRef, node})
		}
	}
	for _, list := range all {
		slices.SortFunc(list, func(a, b promotion) int {
			if c := a.at.Compare(b.at); c != 0 {
				return c
			}
			return strings.Compare(a.base, b.base)
		})
	}
	return all
}

// of is the landing of the promotion that passed a change on, where its own
// commits were squashed or rebased away; -1: there is none.
func (p promotions) of(c *Change, g *graph, node int32) int32 {
	for _, next := range p[c.Repo+"\x00"+c.BaseRef] {
		if next.at.Before(c.MergedAt) {
			continue
		}
		if node == next.node || g.ancestor(node, next.node) {
			return -1 // its own commits came along
		}
		return next.node
	}
	return -1
}
