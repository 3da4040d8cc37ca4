package dora

import (
	"strings"
)

// gitLab follows GitLab: doc/user/analytics/dora_metrics.md and
// app/services/deployments/link_merge_requests_service.rb of gitlabhq/gitlabhq,
// and ee/app/models/dora/ (each metric has its file) with
// ee/app/services/dora/aggregate_metrics_service.rb, which copies such as
// diffblue/gitlab have.
type gitLab struct {
	*material
	list  []shipment
	leads []timed
	times []timed // of incidents, at their end
}

func newGitLab(m *material) peerReader {
	g := &gitLab{material: m}
	for _, a := range m.attempts {
		if how, at := a.outcome(); how == succeeded {
			g.list = append(g.list, m.shipment(a, at))
		}
	}
	sortShipments(g.list)
	landed := map[string][]Change{}
	for _, p := range m.pulls {
		landed[p.LandingSHA] = append(landed[p.LandingSHA], p)
	}
	linked := map[string]bool{} // to an environment, once
	link := func(p Change, s shipment) {
		key := strings.Join([]string{s.environment, p.Repo, p.ID}, "\x00")
		if !linked[key] {
			linked[key] = true
			g.leads = append(g.leads, timed{s.at, max(0, seconds(p.MergedAt, s.at))})
		}
	}
	steps(g.list, func(before, s shipment) {
		if before.key == "" {
			for _, p := range m.pulls {
				if p.Repo == s.repo && s.ref != "" && p.BaseRef == s.ref && !p.MergedAt.After(s.at) {
					link(p, s)
				}
			}
			return
		}
		for _, n := range m.graph.between(before.node, s.node) {
			for _, p := range landed[m.graph.commits[n].SHA] {
				link(p, s)
			}
		}
	})
	if len(m.pulls) == 0 {
		m.remark("C1", "it counts merge requests, and the events have none")
	}
	for _, i := range m.incidents {
		if !i.ResolvedAt.IsZero() {
			g.times = append(g.times, timed{i.ResolvedAt, seconds(i.OpenedAt, i.ResolvedAt)})
		}
	}
	return g
}

func (g *gitLab) frequency(in span, _ bool) Figure {
	n := len(within(g.list, in, shippedAt))
	return Figure{Value: Num(float64(n) / float64(g.dates(in))), N: n}
}

func (g *gitLab) leadTime(in span, _ bool) Figure {
	switch {
	case len(g.pulls) == 0:
		return Figure{Reason: NotInSource}
	case g.cut:
		return Figure{Reason: NotMeasured}
	}
	v, n := g.medianOfDays(g.leads, in)
	return figure(v, n, NoData)
}

func (g *gitLab) failRate(in span, _ bool) Figure {
	if !g.known {
		return Figure{Reason: NotInSource}
	}
	n, opened := len(within(g.list, in, shippedAt)), 0
	for _, i := range g.incidents {
		if in.has(i.OpenedAt) {
			opened++
		}
	}
	if n == 0 && opened == 0 {
		return Figure{Reason: NoData}
	}
	return Figure{Value: Num(float64(opened) / float64(max(n, 1))), N: n}
}

func (g *gitLab) recovery(in span, _ bool) Figure {
	if !g.known {
		return Figure{Reason: NotInSource}
	}
	v, n := g.medianOfDays(g.times, in)
	return figure(v, n, NoData)
}
