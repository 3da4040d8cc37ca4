package dora

import (
	"slices"
	"testing"
	"time"
)

// monday is when the small worlds of the tests begin.
var monday = time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)

// hour is an instant of such a world.
func hour(h float64) time.Time { return monday.Add(time.Duration(h * float64(time.Hour))) }

// world builds the events of one repository, "shop".
type world struct{ Events }

// commit adds a commit that was authored and committed at the same hour.
func (w *world) commit(sha string, at float64, parents ...string) {
	w.Commits = append(w.Commits, Commit{Repo: "shop", SHA: sha, Parents: parents, AuthorDate: hour(at), CommitterDate: hour(at)})
}

// deploy adds a successful deployment to production.
func (w *world) deploy(id, sha string, at float64) *Deployment {
	w.Deployments = append(w.Deployments, Deployment{ID: id, Repo: "shop", SHA: sha, CreatedAt: hour(at), FinishedAt: hour(at), Status: Success})
	return &w.Deployments[len(w.Deployments)-1]
}

// covered adds a coverage record.
func (w *world) covered(from, to float64) {
	w.Collected = append(w.Collected, Collected{Source: "file", Repo: "shop", From: hour(from), To: hour(to)})
}

func (w *world) snapshot(change ...func(*Service)) Snapshot {
	s := Service{Name: "shop", Source: File, Repos: []string{"shop"}}
	for _, f := range change {
		f(&s)
	}
	return NewSnapshot(s, w.Coverage(s), w.AsOf(), w.Events)
}

// report computes the one service of the world.
func (w *world) report(change ...func(*Service)) ServiceReport {
	return Compute([]Snapshot{w.snapshot(change...)}, Options{}).Services[0]
}

// classes lists the classes in order, of counted deployments and redeploys.
func (w *world) classes(change ...func(*Service)) []string {
	s := w.snapshot(append(change, func(s *Service) { s.CountRedeploys = true })...)
	var list []string
	for _, d := range settled(s).live {
		list = append(list, d.id+" "+d.class.String())
	}
	return list
}

// leadHours lists the lead times by the names of the changes, in order of
// delivery.
func (w *world) leadHours(change ...func(*Service)) map[string]float64 {
	got := map[string]float64{}
	for _, u := range settled(w.snapshot(change...)).delivered {
		got[u.name] = float64(u.seconds()) / 3600
	}
	return got
}

func wantNumber(t *testing.T, what string, got Number, want float64) {
	t.Helper()
	if v, ok := got.Get(); !ok || v != want {
		t.Errorf("%s = %v (exists: %v), want %v", what, v, ok, want)
	}
}

func wantNone(t *testing.T, what string, got Number) {
	t.Helper()
	if v, ok := got.Get(); ok {
		t.Errorf("%s = %v, want no value", what, v)
	}
}

func wantList(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s = %q, want %q", what, got, want)
	}
}

func wantHours(t *testing.T, what string, got, want map[string]float64) {
	t.Helper()
	same := len(got) == len(want)
	for name, h := range want {
		v, ok := got[name]
		same = same && ok && v == h
	}
	if !same {
		t.Errorf("%s: lead times in hours = %v, want %v", what, got, want)
	}
}

// settled is the book of one snapshot, ready to be read.
func settled(s Snapshot) *book { return NewLedger([]Snapshot{s}).books[0] }
