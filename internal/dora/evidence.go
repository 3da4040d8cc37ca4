package dora

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// sign is one piece of evidence that a deployment failed, or that it repaired
// another (metrics/X1, X7).
type sign struct {
	kind     EvidenceKind
	by, url  string    // what says so
	at       time.Time // when it happened: an incident opened, a repair was deployed
	restored time.Time // when service was back, as far as the sign itself knows; zero: it does not
	incident bool      // it began at `at` and has to end; a repair ends what it repairs
}

// confidence follows metrics/X8.
func (s sign) confidence() string {
	switch s.kind {
	case Explicit, Fix:
		return "explicit"
	case Rollback, Reverted:
		return "derived"
	}
	return "inferred"
}

// window is how long after going live a deployment is blamed for an incident.
func (f *Failures) window() time.Duration {
	if f.LinkWindow == 0 {
		return 24 * time.Hour
	}
	return f.LinkWindow
}

// isHotfix reports whether a change is marked as one.
func (f *Failures) isHotfix(c *Change) bool {
	labels, branches := f.Labels, f.Branches
	if len(labels)+len(branches)+len(f.Titles) == 0 {
		labels, branches = []string{"hotfix"}, []string{"hotfix*"}
	}
	like := func(patterns []string, text string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return text != "" && matchEnvironment(p, text) })
	}
	return slices.ContainsFunc(c.Labels, func(l string) bool { return like(labels, l) }) || like(branches, c.HeadRef) || like(f.Titles, c.Title)
}

// stream is what evidence is looked for in: the deployments of one service in
// order, and the changes with the deployment that delivered each.
type stream struct {
	Service
	rules   *Failures
	list    []deployment
	units   []unit
	graph   *graph
	owner   []int32
	pulls   map[string]int // key of a pull request → unit
	landing map[int32]int  // landing commit → unit
	former  map[string]int // hash of a commit that history lost → the pull request that it was of
	base    map[string]int32
	repos   []string // those of the service, and those that its deployments name
}

// counts reports whether a deployment is one of those that frequency counts
// (metrics/D8).
func (s *stream) counts(i int) bool { return s.list[i].class != redeploy || s.CountRedeploys }

// counted is the deployment that stands for one: itself, or where it is a
// redeploy, the one that brought its commit. -1: there is none.
func (s *stream) counted(i int) int {
	for ; i >= 0; i-- {
		if s.counts(i) {
			return i
		}
	}
	return -1
}

// evidence collects what the stream itself says: rollbacks, reverts and
// hotfixes.
func (s *stream) evidence() {
	for i := range s.list {
		if s.list[i].class == rollback {
			s.rolledBack(i)
		}
	}
	known := map[int]bool{} // of units: whether they take something back
	for i, u := range s.units {
		if u.by < 0 {
			continue
		}
		found := !s.rules.NoReverts && s.reverted(i, known)
		if u.pull != nil && s.rules.isHotfix(u.pull) {
			s.hotfix(u, found)
		}
	}
}

// repair marks a deployment as rework (metrics/X7).
func (s *stream) repair(i int, g sign) {
	if i = s.counted(i); i >= 0 {
		s.list[i].repairs = append(s.list[i].repairs, g)
	}
}

// fail marks a deployment as failed (metrics/X2).
func (s *stream) fail(i int, g sign) {
	if i = s.counted(i); i >= 0 {
		s.list[i].signs = append(s.list[i].signs, g)
	}
}

// rolledBack blames the first deployment after the last time that what is live
// now was live (metrics/X2).
func (s *stream) rolledBack(i int) {
	d := s.list[i]
	g := sign{kind: Rollback, by: d.name(), url: d.url, at: d.doneAt, restored: d.doneAt}
	s.repair(i, g)
	last := -1
	for k := i - 1; k >= 0 && last < 0; k-- {
		if s.list[k].repo == d.repo && s.list[k].sha == d.sha {
			last = k
		}
	}
	for k := i - 1; k >= 0 && last < 0; k-- { // it never was live: its ancestors stand for it
		if s.list[k].repo == d.repo && s.graph.ancestor(s.list[k].node, d.node) {
			last = k
		}
	}
	for k := last + 1; k < i; k++ {
		if s.list[k].repo == d.repo && s.counts(k) {
			s.fail(k, g)
			return
		}
	}
}

// takenBack are the changes and commits that a change takes back. To take back a
// revert is an ordinary change (metrics/X2).
func (s *stream) takenBack(i int, known map[int]bool, depth int) (names []string) {
	for _, name := range s.units[i].reverts(s.graph) {
		target, _ := s.resolve(name, s.units[i].repo)
		if target < 0 || target != i && !s.takesBack(target, known, depth+1) {
			names = append(names, name)
		}
	}
	return names
}

// takesBack reports whether a change is a revert.
func (s *stream) takesBack(i int, known map[int]bool, depth int) bool {
	is, ok := known[i]
	if !ok && depth < 100 { // a longer chain is nonsense, and may be a ring
		is = len(s.takenBack(i, known, depth)) > 0
		known[i] = is
	}
	return is
}

// reverted blames the deployments of the changes that the i-th takes back, where
// a later deployment took them back (metrics/X2). It reports whether there are
// any.
func (s *stream) reverted(i int, known map[int]bool) (found bool) {
	u := s.units[i]
	d := s.list[u.by]
	for _, name := range s.takenBack(i, known, 0) {
		target, by := s.resolve(name, u.repo)
		if by < 0 || by >= u.by {
			continue
		}
		found = true
		g := sign{kind: Reverted, by: u.name, url: u.url(), at: d.doneAt, restored: d.doneAt}
		s.repair(int(u.by), g)
		if !s.unknownStart(target, by) {
			s.fail(int(by), g)
		}
	}
	return found
}

// unknownStart reports whether nobody knows which deployment delivered what the
// baseline holds (metrics/C7).
func (s *stream) unknownStart(target int, by int32) bool {
	base, ok := s.base[s.list[by].repo]
	return ok && base == by && (target < 0 || s.units[target].based)
}

// hotfix blames the deployment before the one that brought it, unless it closes
// an incident or takes a change back, which then says more (metrics/X2).
func (s *stream) hotfix(u unit, reverts bool) {
	if u.based {
		return
	}
	d := s.list[u.by]
	g := sign{kind: Hotfix, by: u.name, url: u.url(), at: d.doneAt, restored: d.doneAt}
	s.repair(int(u.by), g)
	if u.linked || reverts {
		return
	}
	at := s.counted(int(u.by))
	if at < 0 {
		return
	}
	if before := s.counted(at - 1); before >= 0 {
		s.fail(before, g)
	}
}

// resolve finds what a change says that it takes back: a pull request, "12" or
// "acme/pay#12", or a commit. target is its unit, -1 where it is none; by is
// the deployment that delivered it, -1 where none has.
func (s *stream) resolve(name, repo string) (target int, by int32) {
	number, isPull := name, !isHash(name)
	if owner, n, ok := strings.Cut(name, "#"); ok {
		number, isPull = n, true
		if owner != "" {
			repo = owner
		}
	}
	if isPull {
		i, ok := s.pulls[repo+"\x00#"+number]
		if !ok {
			return -1, -1
		}
		return i, s.units[i].by
	}
	return s.commit(name)
}

// commit finds a commit by its hash or the beginning of it.
func (s *stream) commit(sha string) (target int, by int32) {
	n := s.graph.node(sha)
	if n < 0 && len(sha) < 40 {
		n = s.graph.abbreviated(sha)
	}
	if i, ok := s.former[sha]; n < 0 && ok {
		return i, s.units[i].by
	}
	if n < 0 {
		return -1, -1
	}
	if i, ok := s.landing[n]; ok {
		return i, s.units[i].by
	}
	if len(s.Include)+len(s.Exclude) > 0 {
		return -1, -1 // another service's, as far as anybody knows (metrics/C9)
	}
	return -1, s.owner[n]
}

// isHash reports whether a name can be the hash of a commit.
func isHash(name string) bool {
	return len(name) >= 7 && len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
}

// find resolves the name that a person gives the cause of an incident, or a
// deployment in a verdict: a deployment by id, ref or address, a change or a
// commit (metrics/X1). Of deployments of one name it is the last that went live
// before an instant; the zero instant takes the last of all.
func (s *stream) find(name, repo string, before time.Time) int {
	name = strings.TrimSpace(name)
	for i := len(s.list) - 1; i >= 0; i-- {
		d := s.list[i]
		if name != "" && d.called(name) && (before.IsZero() || !d.liveAt.After(before)) {
			return s.counted(i)
		}
	}
	if owner, number, ok := strings.Cut(name, "/pull/"); ok { // an address
		parts := strings.Split(owner, "/")
		number, _, _ = strings.Cut(number, "/")
		if len(parts) >= 2 {
			name = strings.Join(parts[len(parts)-2:], "/") + "#" + number
		}
	}
	target, by := int(-1), int32(-1)
	switch number, bare := strings.CutPrefix(name, "#"); {
	case bare && repo == "":
		for _, r := range s.repos {
			if target, by = s.resolve(r+"#"+number, r); target >= 0 {
				break
			}
		}
	case strings.Contains(name, "#") || isHash(name):
		target, by = s.resolve(name, repo)
	}
	if by < 0 || s.unknownStart(target, by) {
		return -1
	}
	return s.counted(int(by))
}

// byHand is what readers know the verdicts of people by.
const byHand = "failures.yaml"

// verdict are the reasons that people give for what they say of a deployment; ""
// where they say nothing.
type verdict struct{ failed, rework string }

// verdicts applies what people say, against all other evidence. It returns the
// names that stand for no deployment.
func (s *stream) verdicts() (unknown []string) {
	for _, v := range s.rules.Verdicts {
		i := s.find(v.Deployment, "", time.Time{})
		if i < 0 {
			unknown = append(unknown, v.Deployment)
			continue
		}
		d := &s.list[i]
		if v.Failed != nil || !v.RestoredAt.IsZero() {
			d.byHand.failed = v.Reason
		}
		if v.Rework != nil {
			d.byHand.rework = v.Reason
		}
		g := sign{kind: Explicit, by: byHand, at: known(v.RestoredAt, d.liveAt).UTC(), restored: v.RestoredAt.UTC()}
		switch {
		case v.Failed == nil:
		case *v.Failed:
			d.signs = append(d.signs, g)
		default:
			d.signs = nil
		}
		if !v.RestoredAt.IsZero() {
			d.restored = v.RestoredAt.UTC()
		}
		switch {
		case v.Rework == nil:
		case *v.Rework:
			d.repairs = append(d.repairs, sign{kind: Explicit, by: byHand, at: d.doneAt})
		default:
			d.repairs = nil
		}
	}
	return unknown
}

// recover works out when service was back after each failed deployment
// (metrics/X5): the latest end of its incidents, each of which ends when it is
// over or when a repair is live; without incidents the first repair. What is
// not known yet at the as-of time has no end (metrics/X6).
func (s *stream) recover(asOf time.Time) {
	for i := range s.list {
		d := &s.list[i]
		slices.SortFunc(d.signs, compareSigns)
		d.signs = slices.Compact(d.signs)
		slices.SortFunc(d.repairs, compareSigns)
		d.repairs = slices.Compact(d.repairs)
		if len(d.signs) == 0 || !d.restored.IsZero() {
			continue
		}
		d.restored = restoredBy(d.signs)
		if !asOf.IsZero() && d.restored.After(asOf) {
			d.restored = time.Time{}
		}
		if !d.restored.IsZero() {
			d.restored = later(d.restored, d.liveAt)
		}
	}
}

func restoredBy(signs []sign) time.Time {
	var end time.Time
	incidents := false
	for _, g := range signs {
		if !g.incident {
			continue
		}
		over := g.restored
		for _, r := range signs {
			if !r.incident && !r.restored.IsZero() && !r.restored.Before(g.at) {
				over = first(over, r.restored)
			}
		}
		if over.IsZero() {
			return time.Time{}
		}
		incidents, end = true, later(end, over)
	}
	for _, g := range signs {
		if !incidents && !g.incident {
			end = first(end, g.restored)
		}
	}
	return end
}

// compareSigns puts the strongest first.
func compareSigns(a, b sign) int {
	rank := func(k EvidenceKind) int {
		return slices.Index([]EvidenceKind{Explicit, Rollback, Reverted, Hotfix, InWindow, Fix}, k)
	}
	return cmp.Or(cmp.Compare(rank(a.kind), rank(b.kind)), a.at.Compare(b.at), strings.Compare(a.by, b.by), a.restored.Compare(b.restored), strings.Compare(a.url, b.url))
}

// confirmed reports whether somebody, or the history itself, says that the
// deployment failed (metrics/X8).
func (d deployment) confirmed() bool {
	return slices.ContainsFunc(d.signs, func(g sign) bool { return g.confidence() != "inferred" })
}

// failed reports whether there is any evidence that the deployment failed.
func (d deployment) failed() bool { return len(d.signs) > 0 }

// called reports whether a name is one of the deployment's, or of one of those
// that a group joined.
func (d deployment) called(name string) bool {
	return d.id == name || d.ref == name || d.url == name || slices.Contains(d.members, name)
}

// name is how readers know a deployment.
func (d deployment) name() string { return shortened(cmp.Or(d.id, d.ref, d.sha)) }

// shortened shortens a name that is the hash of a commit.
func shortened(name string) string {
	if len(name) >= 40 && isHash(name) {
		return short(name)
	}
	return name
}
