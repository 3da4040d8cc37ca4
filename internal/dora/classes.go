package dora

// class says what a deployment did (metrics/D8); each has exactly one.
type class uint8

const (
	normal   class = iota // delivers at least one new change
	redeploy              // the commit that was live already
	rollback              // back to an earlier commit
	reapply               // forward again after a rollback
	empty                 // another commit, no new change
)

func (c class) String() string {
	return [...]string{"normal", "redeploy", "rollback", "reapply", "empty"}[c]
}

// classify gives every deployment its class. Positions are those in the stream;
// what went before is looked up per repository, since a deployment of one says
// nothing about what runs of another. fresh counts the changes that each
// deployment delivers, baselines included.
func classify(list []deployment, g *graph, owner []int32, fresh []int) {
	current := map[string]int{} // repo → position of what is live
	first := map[string]int{}   // sha → position of its first live deployment
	for i := range list {
		d := &list[i]
		before, some := current[d.repo]
		was, seen := first[d.sha]
		seen = seen && d.sha != ""
		switch {
		case some && d.sha != "" && d.sha == list[before].sha:
			d.class = redeploy
		case some && seen && was < position(first, list[before], before):
			d.class = rollback
		case some && seen:
			d.class = reapply
		case some && goesBack(*d, list[before], i, g, owner):
			d.class = rollback
		case fresh[i] > 0 || !some:
			d.class = normal
		default:
			d.class = empty
		}
		if !seen && d.sha != "" {
			first[d.sha] = i
		}
		current[d.repo] = i
	}
}

// position is where the commit of a deployment went live first.
func position(first map[string]int, d deployment, at int) int {
	if d.sha == "" {
		return at
	}
	return first[d.sha]
}

// goesBack reports whether a commit that was never live is a strict ancestor of
// the live one. That takes a search only where something before has reached it.
func goesBack(d, live deployment, at int, g *graph, owner []int32) bool {
	return d.node >= 0 && int(owner[d.node]) < at && g.ancestor(d.node, live.node)
}
