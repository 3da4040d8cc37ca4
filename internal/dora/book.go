package dora

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// book holds what is counted of a stream, or of the streams of a team or the
// organisation: everything that has its time inside the coverage.
type book struct {
	snapshot Snapshot         // of one service; zero in a pool
	events   Events           // of the snapshot, until it is settled
	stream   *stream          // as above
	closers  map[string][]int // as above: units by the issue that they close, "acme/pay#12"

	spans     []span       // what each stream covers: from its first deployment to its as-of time
	asOf      time.Time    // the latest one
	live      []deployment // counted, in the order of metrics/D7
	redeploys []event
	failed    []event
	troubles  []trouble  // incidents that count, by the time they began
	omitted   []omission // what the metrics leave out, for explanations
	delivered []unit     // with a lead time, by the time of delivery
	landed    []unit     // that can wait or have waited, by the time of landing
	bots      []unit     // delivered, and left out as made by bots
	notes     []note
	quiet     Reason // why a period outside all spans has no value
	judges    bool   // some stream says how failures are recognised (metrics/X0)
	noLead    Reason // why there can be no lead time at all; "": there can
}

// event is something that happened, counted once however many books hold it.
type event struct {
	key string
	at  time.Time
}

// note is one case of a data-quality finding (metrics, section 9). The zero
// time stands for the data as a whole.
type note struct {
	code diag.Code
	at   time.Time
	key  string // the same in every book that holds the case
	name string
}

func (b *book) note(code diag.Code, at time.Time, key, name string) {
	if len(name) == 40 && !strings.ContainsFunc(name, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) }) {
		name = short(name) // a merge is called by its commit
	}
	b.notes = append(b.notes, note{code, at, key, name})
}

func compareNotes(a, b note) int {
	return cmp.Or(strings.Compare(string(a.code), string(b.code)), a.at.Compare(b.at), strings.Compare(a.key, b.key), strings.Compare(a.name, b.name))
}

// newBook reads the events of one snapshot, and what they say of failures by
// themselves. Incidents are shared out over all books (see blame); then settle
// books what counts.
func newBook(s Snapshot) *book {
	b := &book{snapshot: s, events: s.events, asOf: s.asOf.UTC()}
	known := s.asOf
	if known.IsZero() {
		known = s.coverage.To
	}
	repos := s.service.repositories(s.events)
	g := newGraph(s.events, repos)
	list := s.service.deploy(s.service.collect(s.events, known, b), b)
	for i := range list {
		list[i].node = g.node(list[i].sha)
	}
	owner := g.reach(nodes(list))
	units := s.service.units(s.events, repos, g, b)
	base := baselines(list, g)
	fresh := make([]int, len(list))
	for i := range units {
		u := &units[i]
		u.deliver(owner)
		if u.by >= 0 {
			fresh[u.by]++
			repo := list[u.by].repo
			if u.node >= 0 {
				repo = g.commits[u.node].Repo
			}
			at, ok := base[repo]
			u.based = ok && at == u.by
		}
	}
	classify(list, g, owner, fresh)

	rules := s.service.Failures
	if rules == nil {
		rules = &Failures{}
	}
	b.stream = &stream{
		Service: s.service, rules: rules, list: list, units: units, graph: g, owner: owner, base: base,
		pulls: map[string]int{}, landing: map[int32]int{}, former: map[string]int{}, repos: slices.Sorted(maps.Keys(repos)),
	}
	b.index()
	b.stream.evidence()
	return b
}

// index finds units by name, and those that close an incident of the service.
func (b *book) index() {
	s := b.stream
	b.closers = map[string][]int{}
	for i, u := range s.units {
		if u.pull != nil {
			s.pulls[u.key] = i
			for _, sha := range append([]string{u.pull.LandingSHA}, shas(u.pull.Commits)...) {
				if _, taken := s.former[sha]; sha != "" && !taken && s.graph.node(sha) < 0 {
					s.former[sha] = i
				}
			}
			for _, issue := range u.pull.Closes {
				b.closers[issue] = append(b.closers[issue], i)
			}
		}
		if _, taken := s.landing[u.node]; u.node >= 0 && !taken {
			s.landing[u.node] = i
		}
	}
	for _, i := range b.events.Incidents {
		if _, why := b.trouble(i); i.Repo != "" && why == "" && b.concerns(i) {
			for _, n := range b.closers[i.Repo+"#"+i.ID] {
				s.units[n].linked = true
			}
		}
	}
}

// settle books everything that has its time inside the coverage.
func (b *book) settle() {
	s, list := b.snapshot, b.stream.list
	for _, name := range b.stream.verdicts() {
		b.note(diag.UnknownVerdict, time.Time{}, name, name)
	}
	b.stream.recover(b.asOf)
	hasHistory := len(b.stream.graph.commits) > 0
	b.cover(s, list)
	b.judges = s.service.Failures != nil
	b.enter(s.service, list, hasHistory)
	b.file(s.service, b.changes())
	b.explain(s, hasHistory)
	b.stream, b.closers, b.events = nil, nil, Events{} // the graph is large
}

// changes are the units that lead time may count; what it leaves out is noted.
func (b *book) changes() []unit {
	s := b.stream
	tracked := s.graph.tracked()
	kept := make([]unit, 0, len(s.units))
	for _, u := range s.units {
		measured := false
		if u.node >= 0 {
			_, measured = s.base[s.graph.commits[u.node].Repo]
		}
		switch {
		case u.node < 0:
			b.note(diag.NotInHistory, u.landed, u.key, u.name)
			b.leave(u, u.landed, "C3", "merged, and not in the history of the branch")
			continue
		case u.based: // metrics/C7: delivered at or before the baseline
			d := s.list[u.by]
			b.note(diag.NoBaseline, d.doneAt, u.key, d.id)
			b.leave(u, d.doneAt, "C7", "delivered by or before the first known deployment, "+d.name())
			continue
		case u.by >= 0:
			d := s.list[u.by]
			u.end, u.carrier = d.doneAt, d.name()
			u.carrierSigns = d.signs
		case !measured || u.kind != pull && !tracked[u.node]:
			continue // nothing says that it will ever be delivered
		}
		u.proxy = s.Source == Merge
		kept = append(kept, u)
	}
	return kept
}

func nodes(list []deployment) []int32 {
	heads := make([]int32, len(list))
	for i, d := range list {
		heads[i] = d.node
	}
	return heads
}

// baselines finds the first deployment of each repository (metrics/C7), by its
// position: one whose commit is known, else its history would count as the
// change of the next.
func baselines(list []deployment, g *graph) map[string]int32 {
	first := map[string]int32{}
	for i, d := range list {
		if d.node < 0 {
			continue
		}
		if _, ok := first[g.commits[d.node].Repo]; !ok {
			first[g.commits[d.node].Repo] = int32(i)
		}
	}
	return first
}

// cover works out the span in which figures exist (metrics/F2): from the start
// of coverage and the first deployment, or the day the service gives instead,
// to the as-of time, that second included.
func (b *book) cover(s Snapshot, list []deployment) {
	all := s.span()
	b.quiet = OutsideCoverage
	switch {
	case all.empty():
		return
	case !s.service.Since.IsZero():
		all.from = later(all.from, s.service.Since.UTC())
	case len(list) > 0:
		all.from = later(all.from, list[0].doneAt)
	default:
		b.quiet = NoData
		return
	}
	if !all.empty() {
		b.spans = []span{all}
	}
}

// span is what the coverage proves, up to the as-of time. Events of the last
// second are known, so it ends a second later.
func (s Snapshot) span() span {
	c := s.coverage
	if c.normal().Status == Uncovered {
		return span{}
	}
	to := c.To
	if !s.asOf.IsZero() {
		to = earlier(to, s.asOf)
	}
	return span{c.From.UTC(), to.Add(time.Second).UTC()}
}

// covered reports whether an instant lies in the coverage of a stream.
func (b *book) covered(t time.Time) bool {
	return slices.ContainsFunc(b.spans, func(s span) bool { return s.has(t) })
}

// enter books the deployments, by their class (metrics/D8).
func (b *book) enter(s Service, list []deployment, hasHistory bool) {
	for _, d := range list {
		if !b.covered(d.doneAt) {
			b.omit(ofDeploys, d.key, d.row("F2", "outside what the data covers"))
			continue
		}
		if d.class == redeploy {
			b.redeploys = append(b.redeploys, event{d.key, d.doneAt})
		}
		if d.class == redeploy && !s.CountRedeploys {
			b.omit(ofDeploys, d.key, d.row("D8", "a redeploy of the commit that was live already"))
			continue
		}
		d.measured, d.young = s.Failures != nil, s.Failures != nil && b.asOf.Sub(d.liveAt) < s.Failures.window()
		if s.Failures == nil && len(d.signs)+len(d.repairs) > 0 { // metrics/X0
			b.note(diag.UnmeasuredEvidence, d.doneAt, d.key, d.name())
		}
		b.live = append(b.live, d)
		if d.node < 0 && hasHistory {
			b.note(diag.UnresolvableSHA, d.doneAt, d.key, d.id)
		}
		if d.approximate {
			b.note(diag.ApproximateTime, d.doneAt, d.key, d.id)
		}
	}
	b.failed = slices.DeleteFunc(b.failed, func(e event) bool { return !b.covered(e.at) })
	slices.SortFunc(b.failed, compareEvents)
	slices.SortFunc(b.troubles, compareTroubles)
}

func compareEvents(a, b event) int {
	return cmp.Or(a.at.Compare(b.at), strings.Compare(a.key, b.key))
}

// file books the changes: what was delivered, what waits, and what is left out
// of lead time.
func (b *book) file(s Service, units []unit) {
	b.delivered, b.landed = make([]unit, 0, len(units)), make([]unit, 0, len(units))
	for _, u := range units {
		if !s.measures(u) {
			if u.bot && b.covered(u.end) {
				b.bots = append(b.bots, u)
			}
			who := "a bot"
			if !u.bot {
				who = "a person, and only bots are counted"
			}
			b.leave(u, known(u.end, u.landed), "C10", "made by "+who)
			continue
		}
		if len(b.spans) > 0 {
			u.watched = b.spans[0].from
		}
		b.landed = append(b.landed, u)
		switch {
		case u.end.IsZero():
			b.leave(u, u.landed, "L6", "merged, and not delivered yet")
			continue
		case !b.covered(u.end):
			b.leave(u, u.end, "F2", "delivered outside what the data covers")
			continue
		}
		if skew := u.start.Sub(u.end); skew > maxSkew {
			b.note(diag.EndBeforeStart, u.end, u.key, u.name)
			b.leave(u, u.end, "L4", "deployed before its first commit")
			continue
		}
		if u.odd {
			b.note(diag.ImplausibleDate, u.end, u.key, u.name)
		}
		u.start = earlier(u.start, u.end)
		b.delivered = append(b.delivered, u)
	}
	slices.SortFunc(b.delivered, compareDelivered)
	slices.SortFunc(b.landed, compareLanded)
	slices.SortFunc(b.bots, compareDelivered)
}

func compareDelivered(a, b unit) int {
	return cmp.Or(a.end.Compare(b.end), strings.Compare(a.key, b.key))
}

func compareLanded(a, b unit) int {
	return cmp.Or(a.landed.Compare(b.landed), strings.Compare(a.key, b.key))
}

// explain says what the source and its coverage cannot give.
func (b *book) explain(s Snapshot, hasHistory bool) {
	switch {
	case slices.Contains(s.coverage.Reasons, ShallowClone): // metrics/G6
		b.noLead = NotMeasured
	case !hasHistory:
		b.noLead = NotInSource
	}
	if b.noLead != "" {
		b.delivered, b.landed, b.bots = nil, nil, nil
		b.omitted = slices.DeleteFunc(b.omitted, func(o omission) bool { return o.of == ofChangeRows })
	}
	if s.service.Source == Merge {
		b.note(diag.ProxySource, time.Time{}, s.service.Name, s.service.Name)
	}
	for _, r := range s.coverage.Reasons {
		if r == NoTag {
			b.note(diag.NoMatchingTag, time.Time{}, s.service.Name, s.service.Name)
		} else {
			b.note(diag.CoverageGap, time.Time{}, s.service.Name+" "+r, r)
		}
	}
	if len(s.coverage.Reasons) == 0 && (s.coverage.Status != Complete || s.span().empty()) {
		status := string(s.coverage.normal().Status)
		b.note(diag.CoverageGap, time.Time{}, s.service.Name+" "+status, status)
	}
	if filtered := len(s.service.Include)+len(s.service.Exclude) > 0; filtered && slices.ContainsFunc(b.landed, func(u unit) bool { return u.kind != pull }) {
		b.note(diag.TruncatedList, time.Time{}, s.service.Name, "the commits")
	}
}
