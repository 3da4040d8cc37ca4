package dora

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// middleware follows middlewarehq/middleware, below
// backend/analytics_server/mhq/service/: deployments/analytics.py,
// deployments/deployment_pr_mapper.py, merge_to_deploy_broker/mtd_handler.py,
// code/lead_time.py, code/sync/etl_code_analytics.py, incidents/incidents.py and
// workflows/sync/etl_github_actions_handler.py. For a service whose merges stand
// in for deployments, its own proxy is each merged pull request.
type middleware struct {
	*material
	list  []shipment // failed ones too
	live  []shipment
	leads []timed // at the merge
	hit   map[int]bool
	times []timed // of incidents, at their end
}

func newMiddleware(m *material) peerReader {
	w := &middleware{material: m, hit: map[int]bool{}}
	if m.Source == Merge {
		for _, p := range m.pulls {
			at := p.MergedAt.UTC()
			w.list = append(w.list, shipment{key: p.Repo + "\x00" + p.ID, repo: p.Repo, ref: p.BaseRef, began: at, at: at, succeeded: true})
		}
	} else {
		w.run()
	}
	sortShipments(w.list)
	for _, s := range w.list {
		if s.succeeded {
			w.live = append(w.live, s)
		}
	}
	if len(m.pulls) == 0 {
		m.remark("C1", "it counts pull requests, and the events have none")
	}
	w.deliver()
	covered := func(s shipment) bool { return m.span.has(s.at) }
	for _, i := range m.incidents {
		if at := latest(w.list, i.OpenedAt, true); at >= 0 && covered(w.list[at]) && m.span.has(i.OpenedAt) {
			w.hit[at] = true
		}
		if !i.ResolvedAt.IsZero() {
			w.times = append(w.times, timed{i.ResolvedAt, seconds(i.OpenedAt, i.ResolvedAt)})
		}
	}
	return w
}

// run lists the runs: each once, as its last attempt was, at its start.
func (w *middleware) run() {
	last := map[string]attempt{}
	var keys []string
	for _, a := range w.attempts {
		key := strings.Join([]string{a.Service, a.Repo, a.Environment, cmp.Or(a.ID, a.key)}, "\x00")
		if old, seen := last[key]; !seen {
			keys = append(keys, key)
		} else if old.Attempt > a.Attempt {
			continue
		}
		last[key] = a
	}
	for _, key := range keys {
		a := last[key]
		how, at := a.outcome()
		if began := known(known(a.CreatedAt, at), a.began()); !began.IsZero() {
			s := w.shipment(a, began)
			s.succeeded = how == succeeded
			w.list = append(w.list, s)
		}
	}
}

// deliver gives each pull request to the first successful run that starts after
// its merge, on its branch or on one that its branch was merged to.
func (w *middleware) deliver() {
	bases := map[string]bool{}
	for _, p := range w.pulls {
		bases[p.Repo+"\x00"+p.BaseRef] = true
	}
	slices.SortStableFunc(w.pulls, func(a, b Change) int { return a.MergedAt.Compare(b.MergedAt) })
	done := map[int]time.Time{}
	var open []int // merged, and not delivered yet
	next := 0
	for _, s := range w.live {
		if w.Source == Merge {
			break
		}
		for ; next < len(w.pulls) && !w.pulls[next].MergedAt.After(s.at); next++ {
			open = append(open, next)
		}
		last := map[string]time.Time{} // merge of each branch into another
		into := map[string][]int{}
		for _, i := range open {
			p := w.pulls[i]
			if p.Repo != s.repo {
				continue
			}
			base := p.BaseRef
			if !bases[s.repo+"\x00"+s.ref] { // a tag, or a source that names no branch: it carries them all
				base = s.ref
			}
			into[base] = append(into[base], i)
			last[p.HeadRef] = later(last[p.HeadRef], p.MergedAt)
		}
		last[s.ref] = s.at
		seen := map[string]bool{}
		for queue := []string{s.ref}; len(queue) > 0; queue = queue[1:] {
			branch := queue[0]
			if seen[branch] {
				continue
			}
			seen[branch] = true
			for _, i := range into[branch] {
				if p := w.pulls[i]; !p.MergedAt.After(last[branch]) {
					done[i] = s.at
					queue = append(queue, p.HeadRef)
				}
			}
		}
		open = slices.DeleteFunc(open, func(i int) bool { return !done[i].IsZero() })
	}
	for i, p := range w.pulls {
		deployed, ok := done[i]
		if w.Source == Merge {
			deployed, ok = p.MergedAt, true
		}
		if !ok {
			continue
		}
		var first time.Time
		for _, c := range p.Commits {
			if at := known(c.CommitterDate, c.AuthorDate); first.IsZero() || at.Before(first) {
				first = at
			}
		}
		lead := seconds(p.MergedAt, deployed)
		if !first.IsZero() {
			lead += max(0, seconds(first, p.CreatedAt))
		}
		if u := newPull(&p, -1, time.Time{}); u.reviewed {
			lead += seconds(u.ready, u.review) + max(0, seconds(u.review, p.MergedAt))
		}
		w.leads = append(w.leads, timed{p.MergedAt, lead})
	}
}

func (w *middleware) frequency(in span, _ bool) Figure {
	if w.Source == Merge && len(w.pulls) == 0 {
		return Figure{Reason: NotInSource}
	}
	n := len(within(w.live, in, shippedAt))
	each := n / max(1, len(w.slots(in, Week)))
	return Figure{Value: count(max(each, n/max(1, w.dates(in))*7)), N: n}
}

func (w *middleware) leadTime(in span, _ bool) Figure {
	if len(w.pulls) == 0 {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(w.leads, in)
	return or0(average(values), len(values))
}

func average(values []int64) Number {
	if len(values) == 0 {
		return Number{}
	}
	return Num(mean(values))
}

func (w *middleware) failRate(in span, _ bool) Figure {
	if !w.known || w.Source == Merge && len(w.pulls) == 0 {
		return Figure{Reason: NotInSource}
	}
	n, hit := 0, 0
	for i, s := range w.list {
		if in.has(s.at) {
			n++
			if w.hit[i] {
				hit++
			}
		}
	}
	return Figure{Value: Num(float64(hit) / float64(max(n, 1))), N: n}
}

func (w *middleware) recovery(in span, _ bool) Figure {
	if !w.known {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(w.times, in)
	return figure(average(values), len(values), NoData)
}
