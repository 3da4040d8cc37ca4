package dora

import (
	"time"
)

// fourKeys follows dora-team/fourkeys: queries/deployments.sql,
// queries/changes.sql, queries/incidents.sql, METRICS.md and
// dashboard/fourkeys_dashboard.json, of which the numbers are those that its
// buckets rest on. That a deployment has only the commits of the last push is
// said in its issue 46. The time of a commit in a push event is the committer
// date (GitLab: app/models/commit.rb of gitlabhq/gitlabhq, hook_attrs).
type fourKeys struct {
	*material
	list    []shipment
	rows    []timed // lead times, at the deployment
	links   []timed // incidents by deployment, at the deployment
	restore []timed // of incidents, at the time they began
	guessed int     // deployments whose push the events do not tell
}

func newFourKeys(m *material) peerReader {
	f := &fourKeys{material: m}
	for _, a := range m.attempts {
		for _, s := range a.steps {
			if s.Status == Success && !s.At.IsZero() {
				f.list = append(f.list, m.shipment(a, s.At))
			}
		}
	}
	sortShipments(f.list)
	landed := map[string]Change{}
	for _, p := range m.pulls {
		if p.LandingSHA != "" {
			landed[p.LandingSHA] = p
		}
	}
	first := map[string]time.Time{} // deployment of each commit
	at := map[string][]time.Time{}
	for _, s := range f.list {
		pushed := map[string]time.Time{s.sha: {}}
		if p, ok := landed[s.sha]; ok {
			pushed = f.push(p, s.node)
			for _, t := range pushed {
				if minutes := seconds(t, s.at) / 60; minutes > 0 {
					f.rows = append(f.rows, timed{s.at, minutes * 60})
				}
			}
		} else if m.span.has(s.at) {
			f.guessed++
		}
		for sha := range pushed {
			at[sha] = append(at[sha], s.at)
			if _, seen := first[sha]; !seen {
				first[sha] = s.at
			}
		}
	}
	if f.guessed > 0 {
		m.remark("C2", "%d of %d deployments were of a commit with which no pull request landed; the events do not tell what was pushed with it, so these have no lead time here", f.guessed, len(within(f.list, m.span, shippedAt)))
	}
	for _, i := range m.incidents {
		began := i.OpenedAt
		if i.CausedBy != "" {
			for _, t := range at[i.CausedBy] {
				f.links = append(f.links, timed{at: t})
			}
			if t, ok := first[i.CausedBy]; ok {
				began = earlier(began, t)
			}
		}
		if !i.ResolvedAt.IsZero() {
			f.restore = append(f.restore, timed{began, seconds(began, i.ResolvedAt) / 3600 * 3600})
		}
	}
	return f
}

// push lists the commits that came to the branch with a pull request, with their
// times: its own and the merge commit, the one that they were squashed to, or
// those that a rebase wrote anew.
func (m *material) push(p Change, landing int32) map[string]time.Time {
	list := map[string]time.Time{p.LandingSHA: p.MergedAt}
	if landing < 0 {
		return list
	}
	record := func(n int32) {
		c := m.graph.commits[n]
		list[c.SHA] = known(c.CommitterDate, c.AuthorDate)
	}
	record(landing)
	if len(m.graph.commits[landing].Parents) > 1 {
		for _, n := range m.graph.between(m.graph.firstParent(landing), landing) {
			record(n)
		}
		return list
	}
	dates := map[int64]int{}
	for _, c := range p.Commits {
		dates[c.AuthorDate.Unix()]++
	}
	for n := landing; n >= 0 && len(m.graph.commits[n].Parents) == 1; n = m.graph.firstParent(n) {
		date := m.graph.commits[n].AuthorDate.Unix()
		if dates[date] == 0 {
			break
		}
		dates[date]--
		record(n)
	}
	return list
}

func (f *fourKeys) frequency(in span, _ bool) Figure {
	return figure(median(f.weekly(f.list, in)), len(within(f.list, in, shippedAt)), NoData)
}

func (f *fourKeys) leadTime(in span, _ bool) Figure {
	if f.guessed > 0 && f.guessed == len(within(f.list, f.span, shippedAt)) {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(f.rows, in)
	return or0(median(values), len(values))
}

func (f *fourKeys) failRate(in span, _ bool) Figure {
	if !f.known {
		return Figure{Reason: NotInSource}
	}
	n := len(within(f.list, in, shippedAt))
	if n == 0 {
		return or0(Number{}, 0)
	}
	return Figure{Value: Num(float64(len(valuesIn(f.links, in))) / float64(n)), N: n}
}

func (f *fourKeys) recovery(in span, _ bool) Figure {
	if !f.known {
		return Figure{Reason: NotInSource}
	}
	values := valuesIn(f.restore, in)
	return figure(median(values), len(values), NoData)
}
