package dora

import (
	"slices"
	"time"

	"github.com/rutter-dev/rutter/internal/pack"
)

// Service says how one service is measured.
type Service struct {
	Name           string
	Team           string // "": none
	Environment    string // a name or a pattern with *; "": production, prod or live; the case does not matter (metrics/D2)
	Source         Source // in a Snapshot never empty: chosen by the caller (metrics/D1)
	Repos          []string
	CountRedeploys bool
	Since          time.Time     // what lies before it is outside the coverage; zero: what lies before the first deployment
	Group          string        // pattern of environments deployed together, which count too; "": none (metrics/D5)
	GroupWindow    time.Duration // from the first to the last of them; 0: an hour
	Include        []string      // paths of a monorepo, with * and ** (metrics/C9); they tell pull requests apart, not commits
	Exclude        []string
	Bots           string    // "", exclude, include or only (metrics/C10)
	Pattern        string    // of tags that are deployments; "": final versions (metrics/G1)
	Workflow       string    // file name of the workflow that deploys, where Source is Workflow (metrics/D3)
	Branch         string    // of its runs; "": any
	Failures       *Failures // nil: failures are not measured (metrics/X0)
	Promotions     []string  // branches, with *, whose merges only pass on what others brought (metrics/C5)
	Publish        Publish   // what explanations show; "": PublishTitles
	Sample         bool      // the data is made up
}

// Snapshot is what is known of one service at one instant. It is made by
// NewSnapshot, which cannot be called without a Coverage.
type Snapshot struct {
	service  Service
	coverage Coverage
	asOf     time.Time
	events   Events
}

// NewSnapshot puts together what Compute needs. AsOf is the instant up to which
// the events are known; it stands in for "now" in every figure (metrics/T2), and
// deployments after it are not counted. The events are shared, not copied: they
// may hold those of many services and must not change any more.
func NewSnapshot(s Service, c Coverage, asOf time.Time, e Events) Snapshot {
	return Snapshot{service: s, coverage: c, asOf: asOf, events: e}
}

// Options says over which range and in which periods a report counts.
type Options struct {
	Zone *time.Location // of weeks, months and days; nil: UTC
	By   By             // "": Week
	From time.Time      // zero: the first instant that a service covers (metrics/F2)
	To   time.Time      // exclusive; zero: the second after the last such instant
}

// Service is how the service of s is measured.
func (s Snapshot) Service() Service { return s.service }

// AsOf is the instant up to which the events of s are known.
func (s Snapshot) AsOf() time.Time { return s.asOf }

// Covered is the span that the data of s proves; zero where it proves none.
func (s Snapshot) Covered() (from, to time.Time) { return s.coverage.From, s.coverage.To }

// Hash stands for all that a report on s is computed from.
func (s Snapshot) Hash() pack.Hash {
	return pack.Sum(&struct {
		Service  Service
		Coverage Coverage
		AsOf     time.Time
		Events   Events
	}{s.service, s.coverage, s.asOf, s.events})
}

// SharesIncidents reports whether an incident of the service is one of others
// too: its figures then rest on what they say of it (metrics/X2).
func (s Snapshot) SharesIncidents() bool {
	return slices.ContainsFunc(s.events.Incidents, func(i Incident) bool {
		return len(i.Services) > 1 || len(i.Services) == 0 && i.Repo == ""
	})
}

// Snapshots makes a snapshot of every service that events name, for events
// that no pages describe (see Services).
func Snapshots(e Events) []Snapshot {
	var list []Snapshot
	for _, s := range Services(e) {
		list = append(list, NewSnapshot(s, e.Coverage(s), e.AsOf(), e))
	}
	return list
}

// Add joins other events to e, such as those of a second file.
func (e *Events) Add(o Events) {
	e.Commits = append(e.Commits, o.Commits...)
	e.Deployments = append(e.Deployments, o.Deployments...)
	e.Changes = append(e.Changes, o.Changes...)
	e.Incidents = append(e.Incidents, o.Incidents...)
	e.Collected = append(e.Collected, o.Collected...)
}
