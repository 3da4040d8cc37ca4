package dora

import "slices"

// Compute counts every service, every team, and the organisation as the pool of
// all services. The range of a report is one for all of them, so that their
// periods stand side by side; a service has no value outside its coverage.
func Compute(snapshots []Snapshot, opts Options) Report { return NewLedger(snapshots).Report(opts) }

// span is the range of the report: what was asked for, else from the first to
// the last instant that any service covers. Without a deployment nothing is
// covered in that sense (metrics/F2); then it is the span of what was collected.
func (o Options) span(snapshots []Snapshot, books []*book) span {
	var covered, collected span
	join := func(all *span, s span) {
		if !s.empty() {
			all.from, all.to = first(all.from, s.from), later(all.to, s.to)
		}
	}
	for i, s := range snapshots {
		join(&collected, s.span())
		for _, c := range books[i].spans {
			join(&covered, c)
		}
	}
	if covered.empty() {
		covered = collected
	}
	return span{known(o.From, covered.from).UTC(), known(o.To, covered.to).UTC()}
}

// report reads the periods and findings of one service from its book.
func (s Snapshot) report(b *book, c calendar, by By, in span) ServiceReport {
	r := b.report(c, by, in)
	name := s.service.Name
	r.Service = &name
	if s.service.Team != "" {
		team := s.service.Team
		r.Team = &team
	}
	r.Environment = s.service.environment()
	r.Source = s.service.Source
	r.Coverage = s.coverage.normal()
	r.Sample = s.service.Sample
	return r
}

// normal is the coverage in UTC, with a list that is never null. A status that
// nobody gave, or that stands without its times, is unknown.
func (c Coverage) normal() Coverage {
	c.Status = worse(c.Status, Complete)
	if c.From.IsZero() || c.To.IsZero() {
		c.Status = Uncovered
	}
	c.From, c.To = c.From.UTC(), c.To.UTC()
	c.Reasons = append([]string{}, c.Reasons...)
	return c
}

func (b *book) report(c calendar, by By, in span) ServiceReport {
	t := b.teller(c, in)
	r := ServiceReport{AsOf: b.asOf, Periods: []Period{}}
	for _, s := range c.slots(in, by) {
		r.Periods = append(r.Periods, t.period(&s.name, s.span))
	}
	r.Overall = t.period(nil, in)
	r.Findings = t.findings()
	r.Bots = len(within(t.bots, in, deliveredAt))
	return r
}

// pooled is the report of several services. Its coverage reaches from the first
// to the last instant that one of them covers, and is no better than the worst.
func pooled(snapshots []Snapshot, books []*book, members []int, c calendar, by By, in span) ServiceReport {
	list := make([]*book, len(members))
	environments, sources := map[string]bool{}, map[Source]bool{}
	coverage := Coverage{Status: Complete, Reasons: []string{}}
	sample := false
	for i, m := range members {
		s := snapshots[m]
		list[i] = books[m]
		environments[s.service.environment()] = true
		sources[s.service.Source] = true
		sample = sample || s.service.Sample
		coverage.Status = worse(coverage.Status, s.coverage.normal().Status)
		coverage.From = first(coverage.From, s.coverage.From).UTC()
		coverage.To = later(coverage.To, s.coverage.To).UTC()
		coverage.Reasons = append(coverage.Reasons, s.coverage.Reasons...)
	}
	slices.Sort(coverage.Reasons)
	coverage.Reasons = slices.Compact(coverage.Reasons)
	if len(members) == 0 {
		coverage.Status = Uncovered
	}
	r := pool(list).report(c, by, in)
	r.Coverage, r.Sample, r.Source = coverage, sample, Mixed
	if len(sources) == 1 {
		r.Source = snapshots[members[0]].service.Source
	}
	if len(environments) == 1 {
		r.Environment = snapshots[members[0]].service.environment()
	}
	return r
}
