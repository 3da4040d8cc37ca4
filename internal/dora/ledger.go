package dora

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Ledger holds what is counted of several services. Reports and explanations
// are read from it: what is costly, such as the graph of commits, is done once.
// It is read-only and may be shared.
type Ledger struct {
	snapshots []Snapshot // by name and environment
	books     []*book
	open      [][]Row // open pull requests of each snapshot
	published map[string]Publish
	strictest Publish
}

// NewLedger counts the services of the snapshots. An incident of several
// services is blamed on one of them, so all must be given at once (metrics/X2).
func NewLedger(snapshots []Snapshot) *Ledger {
	l := &Ledger{snapshots: slices.Clone(snapshots), published: map[string]Publish{}}
	slices.SortStableFunc(l.snapshots, func(a, b Snapshot) int {
		return cmp.Or(strings.Compare(a.service.Name, b.service.Name), strings.Compare(a.service.environment(), b.service.environment()))
	})
	for _, s := range l.snapshots {
		l.books = append(l.books, newBook(s))
		l.open = append(l.open, s.openChanges())
		for repo := range s.service.repositories(s.events) {
			l.published[repo] = stricter(l.published[repo], s.service.Publish)
		}
		l.strictest = stricter(l.strictest, s.service.Publish)
	}
	blame(l.books)
	for _, b := range l.books {
		b.settle()
	}
	return l
}

// Only is a ledger of the services that keep accepts. What it counts of them is
// the same: an incident that another service is blamed for stays with that one.
func (l *Ledger) Only(keep func(Service) bool) *Ledger {
	some := &Ledger{published: l.published, strictest: l.strictest}
	for i, s := range l.snapshots {
		if keep(s.service) {
			some.snapshots, some.books, some.open = append(some.snapshots, s), append(some.books, l.books[i]), append(some.open, l.open[i])
		}
	}
	return some
}

// Publish says what explanations show of changes, deployments and incidents.
type Publish string

// What is shown: everything, no titles, or nothing but numbers and times.
const (
	PublishTitles  Publish = "titles"
	PublishLinks   Publish = "links"
	PublishNumbers Publish = "numbers"
)

// stricter is the one that shows less; "" is PublishTitles.
func stricter(a, b Publish) Publish {
	rank := func(p Publish) int { return slices.Index([]Publish{PublishTitles, PublishLinks, PublishNumbers}, p) }
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// frame is the range of a report: one for all services, so that their periods
// stand side by side.
func (l *Ledger) frame(opts Options) (c calendar, in span, by By) {
	c = calendar{zone: time.UTC}
	if opts.Zone != nil {
		c.zone = opts.Zone
	}
	return c, opts.span(l.snapshots, l.books), cmp.Or(opts.By, Week)
}

// Report counts every service, every team, and the organisation as the pool of
// all services. A service has no value outside its coverage.
func (l *Ledger) Report(opts Options) Report {
	c, in, by := l.frame(opts)
	r := Report{Schema: Schema, TimeZone: c.zone.String(), By: by, Teams: []ServiceReport{}, Services: []ServiceReport{}}
	for i, s := range l.snapshots {
		r.AsOf = later(r.AsOf, l.books[i].asOf)
		r.Services = append(r.Services, s.report(l.books[i], c, by, in))
	}
	for _, name := range l.Teams() {
		r.Teams = append(r.Teams, l.team(name, c, by, in))
	}
	organisation := pooled(l.snapshots, l.books, l.members(""), c, by, in)
	r.Organisation = &organisation
	return r
}

// Teams are the names of the teams that own a service, in order.
func (l *Ledger) Teams() []string {
	var names []string
	for _, s := range l.snapshots {
		if t := s.service.Team; t != "" {
			names = append(names, t)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// members are the positions of the services of a team; "" has all.
func (l *Ledger) members(team string) []int {
	var list []int
	for i, s := range l.snapshots {
		if team == "" || s.service.Team == team {
			list = append(list, i)
		}
	}
	return list
}

func (l *Ledger) team(name string, c calendar, by By, in span) ServiceReport {
	r := pooled(l.snapshots, l.books, l.members(name), c, by, in)
	r.Team = &name
	return r
}

// Service is the report of one service; ok is false where there is none of that
// name. The range is that of opts, else what the service itself covers.
func (l *Ledger) Service(name string, opts Options) (r ServiceReport, ok bool) {
	i := slices.IndexFunc(l.snapshots, func(s Snapshot) bool { return s.service.Name == name })
	if i < 0 {
		return r, false
	}
	one := Ledger{snapshots: l.snapshots[i : i+1], books: l.books[i : i+1]}
	c, in, by := one.frame(opts)
	return l.snapshots[i].report(l.books[i], c, by, in), true
}

// Team is the report of a team; ok is false where it owns no service.
func (l *Ledger) Team(name string, opts Options) (r ServiceReport, ok bool) {
	if name == "" || len(l.members(name)) == 0 {
		return r, false
	}
	c, in, by := l.frame(opts)
	return l.team(name, c, by, in), true
}

// Organisation is the report of all services together.
func (l *Ledger) Organisation(opts Options) ServiceReport {
	c, in, by := l.frame(opts)
	return pooled(l.snapshots, l.books, l.members(""), c, by, in)
}

// subject is the book that a query is about, and what its report says of it.
func (l *Ledger) subject(q Query) (*book, ServiceReport, error) {
	none := span{}
	c := calendar{zone: time.UTC}
	switch {
	case q.Service != "" && q.Team != "":
		return nil, ServiceReport{}, fmt.Errorf("%w: a number is of a service or of a team, not of both", ErrQuery)
	case q.Service != "":
		for i, s := range l.snapshots {
			if s.service.Name == q.Service {
				return l.books[i], s.report(l.books[i], c, Week, none), nil
			}
		}
		var names []string
		for _, s := range l.snapshots {
			names = append(names, s.service.Name)
		}
		return nil, ServiceReport{}, fmt.Errorf("%w: there is no service %q; known: %s", ErrQuery, q.Service, strings.Join(names, ", "))
	}
	members := l.members(q.Team)
	if q.Team != "" && len(members) == 0 {
		known := strings.Join(l.Teams(), ", ")
		if known == "" {
			return nil, ServiceReport{}, fmt.Errorf("%w: no service belongs to team %q, and none to any other", ErrQuery, q.Team)
		}
		return nil, ServiceReport{}, fmt.Errorf("%w: no service belongs to team %q; known: %s", ErrQuery, q.Team, known)
	}
	list := make([]*book, len(members))
	for i, m := range members {
		list[i] = l.books[m]
	}
	head := pooled(l.snapshots, l.books, members, c, Week, none)
	if q.Team != "" {
		head.Team = &q.Team
	}
	return pool(list), head, nil
}

// Open lists the open pull requests of a service, oldest first, with their age
// at the as-of time. Drafts count: they are work that waits too.
func (l *Ledger) Open(service string) []Row {
	var list []Row
	for i, s := range l.snapshots {
		if s.service.Name == service {
			for _, r := range l.open[i] {
				list = append(list, l.publish(r))
			}
		}
	}
	return list
}

func (s Snapshot) openChanges() []Row {
	asOf := s.asOf.UTC()
	var list []Row
	for _, c := range s.service.pulls(s.events, s.service.repositories(s.events)) {
		merged := !c.MergedAt.IsZero() && !c.MergedAt.After(asOf)
		closed := c.State != "" && !strings.EqualFold(c.State, "open")
		bot := c.Bot || strings.HasSuffix(c.Author, "[bot]")
		if merged || closed && c.MergedAt.IsZero() || c.CreatedAt.After(asOf) || !s.service.measures(unit{bot: bot}) {
			continue
		}
		if filtered := len(s.service.Include)+len(s.service.Exclude) > 0; filtered && len(c.Files) > 0 && !slices.ContainsFunc(c.Files, s.service.holds) {
			continue
		}
		list = append(list, Row{
			Kind: ChangeRow, ID: "#" + c.ID, Repo: c.Repo, Title: c.Title, URL: c.URL, At: c.CreatedAt.UTC(), From: c.CreatedAt.UTC(),
			Seconds: Num(float64(max(0, seconds(c.CreatedAt, asOf)))), Included: true, Rule: "L6", Why: "open",
		})
	}
	slices.SortFunc(list, func(a, b Row) int { return cmp.Or(a.From.Compare(b.From), strings.Compare(a.ID, b.ID)) })
	return list
}
