package dora

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"strings"
	"time"
)

// material is what is known of one service, before any definition.
type material struct {
	Service
	calendar
	span      // the covered part of the range
	attempts  []attempt
	pulls     []Change // merged ones
	graph     *graph
	incidents []Incident // by the time they began; duplicates and false alarms too
	known     bool       // whether there was any is known
	cut       bool       // the history is cut off
	remarks   []Because  // what in the data keeps lead time from being measured
}

// remark says what the data lacks for lead time.
func (m *material) remark(rule, format string, args ...any) {
	m.remarks = append(m.remarks, Because{"metrics/" + rule, fmt.Sprintf(format, args...)})
}

// unknown says that the data lacks incidents.
func (m *material) unknown() []Because {
	if m.known {
		return nil
	}
	return []Because{{"metrics/X0", "it counts incidents; the events have none, and do not say that there were none"}}
}

func (s Snapshot) material(c calendar, in span) *material {
	asOf := known(s.asOf, s.coverage.To)
	repos := s.service.repositories(s.events)
	m := &material{
		Service: s.service, calendar: c, span: in,
		attempts: s.service.collect(s.events, asOf, &book{}),
		graph:    newGraph(s.events, repos),
		known:    s.service.Failures != nil,
		cut:      slices.Contains(s.coverage.Reasons, ShallowClone),
	}
	slices.SortFunc(m.attempts, func(a, b attempt) int { return strings.Compare(a.key, b.key) })
	for _, p := range s.service.pulls(s.events, repos) {
		if !p.MergedAt.IsZero() && !p.MergedAt.After(asOf) {
			m.pulls = append(m.pulls, p)
		}
	}
	for _, c := range s.events.Collected {
		m.known = m.known || repos[c.Repo] && c.Resource == ResourceIncidents
	}
	newest := map[string]Incident{}
	for _, i := range s.events.Incidents {
		all := len(i.Services) == 0 && i.Repo == ""
		if i.OpenedAt.IsZero() || i.OpenedAt.After(asOf) || !all && !slices.Contains(i.Services, s.service.Name) && !repos[i.Repo] {
			continue
		}
		if i.ResolvedAt = known(i.ResolvedAt, i.RestoredAt); i.State == "open" || i.ResolvedAt.After(asOf) || i.ResolvedAt.Before(i.OpenedAt) {
			i.ResolvedAt = time.Time{}
		}
		key := i.Repo + "\x00" + cmp.Or(i.ID, i.OpenedAt.String())
		if old, seen := newest[key]; !seen || cmp.Or(old.UpdatedAt.Compare(i.UpdatedAt), old.ResolvedAt.Compare(i.ResolvedAt), strings.Compare(old.CausedBy, i.CausedBy)) < 0 {
			newest[key] = i
		}
	}
	for _, i := range newest {
		m.incidents = append(m.incidents, i)
	}
	slices.SortFunc(m.incidents, func(a, b Incident) int {
		return cmp.Or(a.OpenedAt.Compare(b.OpenedAt), strings.Compare(a.Repo, b.Repo), strings.Compare(a.ID, b.ID))
	})
	m.known = m.known || len(m.incidents) > 0
	return m
}

// shipment is a deployment as a peer sees it.
type shipment struct {
	key, repo, environment, sha, ref string
	began, at                        time.Time
	node                             int32
	succeeded                        bool
}

func (m *material) shipment(a attempt, at time.Time) shipment {
	return shipment{
		key: a.key, repo: a.Repo, environment: strings.ToLower(a.Environment), sha: a.SHA, ref: a.Ref,
		began: known(a.CreatedAt, at).UTC(), at: at.UTC(), node: m.graph.node(a.SHA), succeeded: true,
	}
}

func sortShipments(list []shipment) {
	slices.SortFunc(list, func(a, b shipment) int {
		return cmp.Or(a.at.Compare(b.at), a.began.Compare(b.began), strings.Compare(a.key, b.key))
	})
}

func shippedAt(s shipment) time.Time { return s.at }

// steps calls visit with each successful deployment to an environment and the
// one before it, the zero one for the first.
func steps(list []shipment, visit func(before, s shipment)) {
	last := map[string]shipment{}
	for _, s := range list {
		place := s.repo + "\x00" + s.environment
		visit(last[place], s)
		last[place] = s
	}
}

// weekly counts the days with a deployment in each week of a span, weeks that it
// cuts off included.
func (m *material) weekly(list []shipment, in span) []int64 {
	var weeks []int64
	for _, w := range m.slots(in, Week) {
		days := map[int64]bool{}
		for _, s := range within(list, w.and(in), shippedAt) {
			days[m.day(s.at)] = true
		}
		weeks = append(weeks, int64(len(days)))
	}
	return weeks
}

// dates is the number of dates that a span touches.
func (m *material) dates(in span) int {
	return int(m.day(in.to.Add(-time.Second)) - m.day(in.from) + 1)
}

// timed is a duration that belongs to an instant.
type timed struct {
	at    time.Time
	value int64
}

func valuesIn(list []timed, in span) []int64 {
	var values []int64
	for _, t := range list {
		if in.has(t.at) {
			values = append(values, t.value)
		}
	}
	return values
}

// medianOfDays is the median of the medians of the days.
func (m *material) medianOfDays(list []timed, in span) (Number, int) {
	days := map[int64][]int64{}
	n := 0
	for _, t := range list {
		if in.has(t.at) {
			n++
			days[m.day(t.at)] = append(days[m.day(t.at)], t.value)
		}
	}
	var medians []float64
	for _, values := range days {
		v, _ := median(values).Get()
		medians = append(medians, v)
	}
	if n == 0 {
		return Number{}, 0
	}
	slices.Sort(medians)
	half := len(medians) / 2
	if len(medians)%2 == 1 {
		return Num(medians[half]), n
	}
	return Num((medians[half-1] + medians[half]) / 2), n
}

// lowerMedian is the greatest value that no more than half of the others lie
// below: 2 of 1, 2, 3, 4.
func lowerMedian(values []int64) Number {
	if len(values) == 0 {
		return Number{}
	}
	slices.Sort(values)
	return Num(float64(values[(len(values)-1)/2]))
}

// between lists the commits that a new head reaches and an old one does not,
// like git log old..new. An old head of -1 reaches nothing. Both are followed
// together, children before parents, so that only what lies between is visited.
func (g *graph) between(old, head int32) []int32 {
	if head < 0 {
		return nil
	}
	g.number()
	q := &frontier{graph: g, reached: map[int32]bool{}, pending: map[int32]bool{}}
	q.push(head, false)
	if old >= 0 {
		q.push(old, true)
	}
	var list []int32
	for q.fresh > 0 {
		n := heap.Pop(q).(int32)
		delete(q.pending, n)
		behind := q.reached[n]
		if !behind {
			q.fresh--
			list = append(list, n)
		}
		for _, p := range g.parents[n] {
			if g.generation[p] < g.generation[n] { // not so in a cycle of a forged file
				q.push(p, behind)
			}
		}
	}
	return list
}

// frontier are the commits that between has yet to look at.
type frontier struct {
	graph   *graph
	list    []int32
	pending map[int32]bool
	reached map[int32]bool // by the old head
	fresh   int            // pending, and not reached by the old head
}

func (q *frontier) push(n int32, old bool) {
	switch {
	case !q.pending[n]:
		q.pending[n], q.reached[n] = true, old
		if !old {
			q.fresh++
		}
		heap.Push(q, n)
	case old && !q.reached[n]:
		q.reached[n] = true
		q.fresh--
	}
}

// The methods of heap.Interface: children come before their parents.
func (q *frontier) Len() int { return len(q.list) }
func (q *frontier) Less(i, j int) bool {
	return q.graph.generation[q.list[i]] > q.graph.generation[q.list[j]]
}
func (q *frontier) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }
func (q *frontier) Push(n any)    { q.list = append(q.list, n.(int32)) }
func (q *frontier) Pop() any {
	n := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return n
}

// latest is the last deployment before an instant, or at it where equal; -1: it
// is before them all.
func latest(list []shipment, t time.Time, equal bool) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].at.Before(t) || equal && list[i].at.Equal(t) {
			return i
		}
	}
	return -1
}
