package dora

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// trouble is an incident of a service, as it counts (metrics/X6).
type trouble struct {
	key, name, url, title, repo string
	opened                      time.Time
	ended                       time.Time // users were served well again; zero: not yet
	resolved                    time.Time // it was closed; zero: not yet
	cause                       string
}

// incidentsOf are the incidents of all services: each once, as its newest
// record has it, with the books that it belongs to.
func incidentsOf(books []*book) (list []Incident, owners [][]int) {
	at := map[string]int{}
	for bi, b := range books {
		for _, i := range b.events.Incidents {
			if i.OpenedAt.IsZero() || !b.asOf.IsZero() && i.OpenedAt.After(b.asOf) || !b.concerns(i) {
				continue
			}
			key := incidentKey(i)
			n, seen := at[key]
			if !seen {
				n = len(list)
				at[key], list, owners = n, append(list, i), append(owners, nil)
			} else if compareIncidents(list[n], i) < 0 {
				list[n] = i
			}
			if !slices.Contains(owners[n], bi) {
				owners[n] = append(owners[n], bi)
			}
		}
	}
	return list, owners
}

func incidentKey(i Incident) string {
	return i.Repo + "\x00" + cmp.Or(i.ID, i.OpenedAt.UTC().Format(time.RFC3339)+i.Title)
}

// compareIncidents puts the older record first.
func compareIncidents(a, b Incident) int {
	return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), a.ResolvedAt.Compare(b.ResolvedAt), a.RestoredAt.Compare(b.RestoredAt),
		strings.Compare(a.State, b.State), strings.Compare(a.CausedBy, b.CausedBy), strings.Compare(a.DuplicateOf, b.DuplicateOf),
		cmp.Compare(len(a.Labels), len(b.Labels)), strings.Compare(a.Title, b.Title), slices.Compare(a.Services, b.Services))
}

// concerns reports whether an incident is one of the service's.
func (b *book) concerns(i Incident) bool {
	if len(i.Services) == 0 && i.Repo == "" {
		return true
	}
	return slices.Contains(i.Services, b.stream.Name) || i.Repo != "" && slices.Contains(b.stream.Repos, i.Repo)
}

// trouble is an incident as the book counts it; why says what keeps it from
// counting, "" where nothing does (metrics/X6).
func (b *book) trouble(i Incident) (t trouble, why string) {
	t = trouble{
		key: incidentKey(i), name: incidentName(i), url: i.URL, title: i.Title, repo: i.Repo,
		opened: i.OpenedAt.UTC(), cause: i.CausedBy,
	}
	over := func(at time.Time) time.Time { // as far as it is known at the as-of time, and possible
		if at.IsZero() || !b.asOf.IsZero() && at.After(b.asOf) {
			return time.Time{}
		}
		return later(at, i.OpenedAt).UTC() // clocks differ
	}
	restored, closed := over(i.RestoredAt), over(i.ResolvedAt)
	if i.State == "open" {
		closed = time.Time{} // it was opened again
	}
	t.ended, t.resolved = first(restored, closed), closed
	if i.State == "" {
		t.resolved = known(closed, restored)
	}
	switch ignored := slices.IndexFunc(i.Labels, func(l string) bool { return slices.Contains(b.stream.rules.Ignore, l) }); {
	case i.DuplicateOf != "":
		why = "a duplicate of " + i.DuplicateOf
	case i.State == "duplicate":
		why = "closed as a duplicate"
	case i.State == "not_planned":
		why = "closed as not planned: no incident"
	case ignored >= 0:
		why = "labelled " + i.Labels[ignored] + ", which is not counted"
	}
	return t, why
}

// incidentName is how readers know an incident: issues have numbers.
func incidentName(i Incident) string {
	if i.Repo != "" && i.ID != "" && !strings.ContainsFunc(i.ID, func(r rune) bool { return r < '0' || r > '9' }) {
		return "#" + i.ID
	}
	return cmp.Or(i.ID, i.Title)
}

// blame finds the deployments that incidents point at, over all services: an
// incident of several is blamed on the one that was deployed last (metrics/X2).
func blame(books []*book) {
	list, owners := incidentsOf(books)
	for n, i := range list {
		var in []*book
		var as []trouble
		for _, bi := range owners[n] {
			b := books[bi]
			t, why := b.trouble(i)
			if why != "" {
				b.omit(ofFailures, t.key, Row{Kind: IncidentRow, ID: t.name, Repo: t.repo, Title: t.title, URL: t.url, At: t.opened, Rule: "X6", Why: why})
				continue
			}
			for _, end := range []time.Time{i.ResolvedAt, i.RestoredAt} {
				if !end.IsZero() && i.OpenedAt.Sub(end) > maxSkew {
					b.note(diag.OverBeforeItBegan, t.opened, t.key, t.name)
					break
				}
			}
			b.troubles = append(b.troubles, t)
			in, as = append(in, b), append(as, t)
		}
		if len(in) == 0 {
			continue
		}
		fixed := make([]time.Time, len(in))
		for k, b := range in {
			fixed[k] = b.fixes(i, as[k])
		}
		if !accuse(books, in, as, fixed) {
			for k, b := range in {
				t := as[k]
				b.note(diag.UnattributedIncident, t.opened, t.key, t.name)
				b.omit(ofFailures, t.key, Row{Kind: IncidentRow, ID: t.name, Repo: t.repo, Title: t.title, URL: t.url, At: t.opened, From: t.opened, To: t.ended, Rule: "X2", Why: unattributed(t)})
			}
		}
	}
}

func unattributed(t trouble) string {
	if t.cause != "" {
		return "its cause " + shortened(t.cause) + " is no known deployment or delivered change"
	}
	return "no deployment went live within the link window before it"
}

// accuse blames one deployment, or where the cause is named, that of each
// service which delivered it. It reports whether it found any.
func accuse(all, in []*book, as []trouble, fixed []time.Time) bool {
	t := as[0]
	signOf := func(kind EvidenceKind, fixed time.Time) sign {
		return sign{kind: kind, by: t.name, url: t.url, at: t.opened, restored: first(t.ended, fixed), incident: true}
	}
	if t.cause != "" {
		found := false
		for k, b := range in {
			if i := b.stream.cause(t); i >= 0 {
				b.stream.fail(i, signOf(Explicit, fixed[k]))
				found = true
			}
		}
		for _, b := range all { // another service's change may be the cause
			if found {
				break
			}
			if i := b.stream.cause(t); i >= 0 {
				b.stream.fail(i, signOf(Explicit, time.Time{}))
				return true
			}
		}
		return found
	}
	best, at, in0 := -1, time.Time{}, 0
	for k, b := range in {
		window := b.stream.rules.window()
		for i := len(b.stream.list) - 1; i >= 0; i-- {
			d := b.stream.list[i]
			if d.liveAt.After(t.opened) || !b.stream.counts(i) {
				continue
			}
			if window >= 0 && t.opened.Sub(d.liveAt) > window {
				if d.doneAt.Before(t.opened.Add(-window)) {
					break // sorted by doneAt, which is no earlier than liveAt
				}
				continue
			}
			if best < 0 || d.liveAt.After(at) {
				best, at, in0 = i, d.liveAt, k
			}
		}
	}
	if best < 0 {
		return false
	}
	blamed := in[in0].stream.list[best].key
	for k, b := range in { // one deployment may be that of several services
		for i := range b.stream.list {
			if b.stream.list[i].key == blamed {
				b.stream.fail(i, signOf(InWindow, fixed[k]))
			}
		}
	}
	return true
}

// cause finds the deployment that an incident names as its cause: of several of
// one name, the one that was live when it began.
func (s *stream) cause(t trouble) int {
	if i := s.find(t.cause, t.repo, t.opened); i >= 0 {
		return i
	}
	return s.find(t.cause, t.repo, time.Time{})
}

// fixes marks the deployments whose changes close an incident as rework
// (metrics/X7), and returns when the first of them was done.
func (b *book) fixes(i Incident, t trouble) (done time.Time) {
	if i.Repo == "" || i.ID == "" {
		return done
	}
	s := b.stream
	for _, n := range b.closers[i.Repo+"#"+i.ID] {
		u := &s.units[n]
		u.linked = true
		if u.by < 0 || u.based {
			continue
		}
		d := s.list[u.by]
		s.repair(int(u.by), sign{kind: Fix, by: u.name, url: u.url(), at: d.doneAt})
		if !d.doneAt.Before(t.opened) {
			done = first(done, d.doneAt)
		}
	}
	return done
}
