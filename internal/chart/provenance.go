package chart

import (
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Provenance is what a number rests on (rel/G7), in the words of its readers
// and in the same order wherever one is shown. What is empty is not known, or
// says nothing.
type Provenance struct {
	Service  string
	Window   string    // 25 May – 18 Nov 2026
	N        string    // 318 changes; "" also where nothing is known
	Source   string    // tags
	AsOf     time.Time // in the zone of the site; zero: no data yet
	Known    bool      // the data proves something, so it can grow old
	Zone     string    // Europe/Berlin
	Weeks    string    // what the periods of a figure are: weeks from Monday
	Coverage string    // complete, 26 of 26 weeks
	LeftOut  []LeftOut
	Remarks  []string

	measured bool   // else nothing was counted, so nothing was left out either
	aside    string // whose changes are left out by a rule, without a count: bots
}

// LeftOut is what a metric did not count, and why.
type LeftOut struct {
	Code   diag.Code // "": no finding, but a rule
	Count  int
	Reason string // a sentence without its full stop
	Hint   string // "": nothing to do
}

// asOfLayout is how a reader is told the instant that data is of.
const asOfLayout = "2 Jan 2006, 15:04"

// Provenance returns what the overall values of a metric rest on, for a number
// without a figure. N words what was counted.
func (o Options) Provenance(m handbook.Metric, s dora.ServiceReport, n string) Provenance {
	sub := newSubject(s, o)
	window := ""
	if !s.AsOf.IsZero() {
		window = span(s.Overall.From.In(sub.Zone), s.Overall.To.In(sub.Zone))
	}
	p := sub.provenance(m, window, n)
	p.Coverage = CoverageWords(s.Coverage, sub.Zone)
	return p
}

// provenance is what a figure rests on.
func (s subject) provenance(m handbook.Metric, window, n string) Provenance {
	p := Provenance{
		Service: s.Service, Window: window, N: n, Zone: zoneName(s.Zone),
		Known:    s.report.Coverage.Status != dora.Uncovered,
		measured: measured(m, s.report.Overall) && !s.report.AsOf.IsZero() && s.report.Coverage.Status != dora.Uncovered,
	}
	if s.report.Source != "" {
		p.Source = SourceName(s.report.Source)
	}
	if !s.report.AsOf.IsZero() {
		p.AsOf = s.report.AsOf.In(s.Zone)
	}
	if s.report.AsOf.IsZero() || s.report.Coverage.Status == dora.Uncovered {
		p.N = "" // unknown, and not 0
	}
	if !p.measured {
		return p
	}
	p.aside = s.aside(m)
	for _, f := range dora.Excluded(m, s.report.Findings, s.Rules.Bots) {
		p.LeftOut = append(p.LeftOut, LeftOut{f.Code, f.Count, upper(f.Message), upper(f.Hint)})
	}
	if n := s.bots(m); n > 0 {
		p.LeftOut = append(p.LeftOut, LeftOut{Count: n, Reason: count(float64(n), "change") + " by bots", Hint: "To count them, set bots: include"})
	}
	if n := s.redeploys(); m == handbook.DeploymentFrequency && n > 0 && !s.Rules.CountRedeploys { // metrics/D8
		p.LeftOut = append(p.LeftOut, LeftOut{Count: int(n), Reason: count(n, "redeploy") + " of the commit that was live already", Hint: "To count them, set deployments.count_redeploys: true"})
	}
	return p
}

// aside is whose changes the rule for bots leaves out without counting them
// (metrics/C10). A source without pull requests does not tell bots from people.
func (s subject) aside(m handbook.Metric) string {
	if s.Rules.Bots == "only" && s.tellsBots(m) {
		return "people"
	}
	return ""
}

// bots are the changes of a metric that were left out as made by bots, where no
// finding counts them: it does so only of a large share.
func (s subject) bots(m handbook.Metric) int {
	counted := slices.ContainsFunc(s.report.Findings, func(f dora.Finding) bool { return f.Code == diag.BotShare })
	if counted || !s.tellsBots(m) {
		return 0
	}
	return s.report.Bots
}

// tellsBots reports whether a metric is of changes that have authors.
func (s subject) tellsBots(m handbook.Metric) bool {
	_, part := stageOf(m, s.report.Source)
	return (m == handbook.LeadTime || part) && s.report.Overall.LeadTime.Stages.Coding.Reason != dora.NotInSource
}

func (s subject) redeploys() float64 {
	total := 0.0
	for _, p := range s.periods {
		n, _ := known(p.Deployments.Redeploys)
		total += n
	}
	return total
}

// measured reports whether a metric was counted at all.
func measured(m handbook.Metric, overall dora.Period) bool {
	switch m {
	case handbook.DeploymentFrequency:
		return overall.Deployments.Reason != dora.NotMeasured
	case handbook.ChangeFailRate:
		return overall.ChangeFailRate.Reason != dora.NotMeasured
	case handbook.RecoveryTime:
		return overall.RecoveryTime.Reason != dora.NotMeasured
	case handbook.ReworkRate:
		return overall.ReworkRate.Reason != dora.NotMeasured
	}
	return overall.LeadTime.Reason != dora.NotMeasured && overall.LeadTime.Reason != dora.NotInSource
}

// AsOfWords is the as-of time for readers: 22 Nov 2026, 18:04 (Europe/Berlin).
func (p Provenance) AsOfWords() string {
	if p.AsOf.IsZero() {
		return ""
	}
	return p.AsOf.Format(asOfLayout) + " (" + p.Zone + ")"
}

// LeftOutWords counts what was left out: 3 left out, people aside. It is empty
// where nothing was counted.
func (p Provenance) LeftOutWords() string {
	if !p.measured {
		return ""
	}
	n := 0
	for _, l := range p.LeftOut {
		n += l.Count
	}
	words := "none left out"
	if n > 0 {
		words = grouped(float64(n)) + " left out"
	}
	if p.aside != "" {
		words += ", " + p.aside + " aside"
	}
	return words
}

// Line is the provenance as a text of one line.
func (p Provenance) Line() string {
	source, asOf, coverage := "", "no data yet", ""
	if p.Source != "" {
		source = "source: " + p.Source
	}
	if at := p.AsOfWords(); at != "" {
		asOf = "data as of " + at
	}
	if p.Coverage != "" {
		coverage = "coverage: " + p.Coverage
	}
	return join(" · ", p.Service, join(", ", p.Window, p.Weeks), p.N, source, asOf, coverage, p.LeftOutWords(), join(" · ", p.Remarks...))
}

// drawn is the part of the provenance that stands at the foot of a drawing,
// below which it has its head: service, window, n.
func (p Provenance) drawn() string {
	source, asOf, coverage := "", "no data yet", ""
	if p.Source != "" {
		source = "Source: " + p.Source
	}
	if !p.AsOf.IsZero() {
		asOf = "as of " + p.AsOf.Format(asOfLayout)
	}
	if p.Coverage != "" {
		coverage = "coverage " + p.Coverage
	}
	return join(" · ", source, asOf, p.Zone, coverage, p.LeftOutWords())
}

func zoneName(zone *time.Location) string {
	if zone == time.UTC {
		return "UTC"
	}
	return zone.String()
}

// Days words a half-open range as its days: 16–22 Mar 2026.
func Days(from, to time.Time) string { return span(from, to) }
