package dora

import (
	"cmp"
	"math"
	"strings"
	"time"
)

// devLake follows apache/incubator-devlake: lead time
// backend/plugins/dora/tasks/change_lead_time_calculator.go with
// backend/plugins/refdiff/tasks/deployment_commit_diff_calculator.go, incidents
// backend/plugins/dora/tasks/incident_deploy_connector.go, statuses
// backend/plugins/github_graphql/tasks/deployment_extractor.go and
// deployment_convertor.go, and what is shown grafana/dashboards/DORA.json with
// its report of 2023.
type devLake struct {
	*material
	list   []shipment
	cycles []timed
	broken map[int]bool // positions in list
	times  []timed      // from deployment to resolution, at the deployment
}

func newDevLake(m *material) peerReader {
	d := &devLake{material: m, broken: map[int]bool{}}
	for _, a := range m.attempts {
		var success, ended time.Time
		var last Status
		for _, s := range a.steps {
			last = s.Status
			switch s.Status {
			case Success:
				success = s.At
			case Inactive:
				ended = s.At
			}
		}
		if at := known(success, ended); !at.IsZero() && (last == Success || last == Inactive) {
			d.list = append(d.list, m.shipment(a, at))
		}
	}
	sortShipments(d.list)
	d.deliver()
	for _, i := range m.incidents {
		at := latest(d.list, i.OpenedAt, false)
		if at < 0 {
			continue
		}
		d.broken[at] = true
		if m.span.has(i.ResolvedAt) {
			d.times = append(d.times, timed{d.list[at].at, seconds(d.list[at].at, i.ResolvedAt) / 60 * 60})
		}
	}
	return d
}

// deliver gives each pull request to the deployment that began first of those
// that have its commit and whose predecessor has not.
func (d *devLake) deliver() {
	if len(d.pulls) == 0 {
		d.remark("C1", "it counts pull requests, and the events have none")
		return
	}
	carrier := map[int32]shipment{}
	steps(d.list, func(before, s shipment) {
		if before.key == "" {
			return
		}
		for _, n := range d.graph.between(before.node, s.node) {
			if c, seen := carrier[n]; !seen || cmp.Or(s.began.Compare(c.began), strings.Compare(s.key, c.key)) < 0 {
				carrier[n] = s
			}
		}
	})
	for _, p := range d.pulls {
		s, ok := carrier[d.graph.node(p.LandingSHA)]
		if !ok {
			continue
		}
		var first time.Time
		for _, c := range p.Commits {
			if first.IsZero() || c.AuthorDate.Before(first) {
				first = c.AuthorDate
			}
		}
		cycle := minutesUp(p.CreatedAt, p.MergedAt) + minutesUp(p.MergedAt, s.at)
		if !first.IsZero() {
			cycle += minutesUp(first, p.CreatedAt)
		}
		d.cycles = append(d.cycles, timed{s.at, cycle})
	}
}

// minutesUp is the time from a to b in seconds, rounded up to minutes; 0 where
// that is negative.
func minutesUp(a, b time.Time) int64 {
	return 60 * max(0, int64(math.Ceil(float64(seconds(a, b))/60)))
}

func (d *devLake) frequency(in span, _ bool) Figure {
	return figure(lowerMedian(d.weekly(d.list, in)), len(within(d.list, in, shippedAt)), NoData)
}

func (d *devLake) leadTime(in span, whole bool) Figure {
	switch {
	case len(d.pulls) == 0:
		return Figure{Reason: NotInSource}
	case d.cut:
		return Figure{Reason: NotMeasured}
	}
	return charted(valuesIn(d.cycles, in), whole)
}

// charted is a median that the charts by month show as 0 where it does not
// exist.
func charted(values []int64, whole bool) Figure {
	if whole {
		return figure(lowerMedian(values), len(values), NoData)
	}
	return or0(lowerMedian(values), len(values))
}

func (d *devLake) failRate(in span, _ bool) Figure {
	if !d.known {
		return Figure{Reason: NotInSource}
	}
	n, broken := 0, 0
	for i, s := range d.list {
		if in.has(s.at) {
			n++
			if d.broken[i] {
				broken++
			}
		}
	}
	if n == 0 || len(d.incidents) == 0 { // then it asks whether incidents were collected
		return Figure{N: n, Reason: NoData}
	}
	return Figure{Value: Num(float64(broken) / float64(n)), N: n}
}

func (d *devLake) recovery(in span, whole bool) Figure {
	if !d.known {
		return Figure{Reason: NotInSource}
	}
	return charted(valuesIn(d.times, in), whole)
}
