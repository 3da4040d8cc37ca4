package dora

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// deployment is a logical deployment that succeeded: one record, or several
// that a group joins (metrics/D5).
type deployment struct {
	key         string // the same in every book that holds it
	id, repo    string
	sha         string
	createdAt   time.Time
	liveAt      time.Time // first success: blamed failures count from here
	doneAt      time.Time // last success: lead time and frequency count to here
	node        int32     // of sha in the graph; -1: not resolved
	approximate bool
	class       class

	ref, url string
	members  []string  // ids and addresses of the others that a group joined
	signs    []sign    // that it failed; none: it did not
	repairs  []sign    // that it is rework
	byHand   verdict   // why a person says otherwise than the evidence
	restored time.Time // when service was back after it failed; zero: not yet
	measured bool      // its service says how failures are recognised (metrics/X0)
	young    bool      // an incident may still be linked to it (metrics/X3)
}

// attempt is everything that is known of one deployment record.
type attempt struct {
	Deployment
	key   string
	steps []StatusAt // by time
}

// outcome is how an attempt ended.
type outcome uint8

const (
	succeeded outcome = iota
	failed
	unfinished
	unclear
)

// collect picks the attempts of the service in its environments. What it leaves
// out for a reason that its owner should know becomes a note.
func (s Service) collect(e Events, asOf time.Time, b *book) []attempt {
	source := s.primary(e)
	at, aside := map[string]int{}, map[string]bool{}
	var list []attempt
	for _, d := range e.Deployments {
		if !s.owns(d) || d.began().After(asOf) {
			continue
		}
		a := newAttempt(d)
		// What was said of it later is not known yet at that instant: until then, a
		// deployment that succeeded at the second try has failed.
		if a.steps = slices.DeleteFunc(a.steps, func(s StatusAt) bool { return s.At.After(asOf) }); len(a.steps) == 0 {
			a.steps = []StatusAt{{Pending, a.began()}}
		}
		_, twice := aside[a.key] // two records of one deployment
		switch {
		case twice:
		case !s.deploysTo(d.Environment):
			aside[a.key] = true
			b.note(diag.UnmappedEnv, a.began(), a.key, cmp.Or(d.Environment, production[0]))
			b.omit(ofDeploys, a.key, a.alone(a.began()).row("D2", "it went to "+cmp.Or(d.Environment, production[0])+", which is not counted"))
		case d.Source != "" && d.Source != source:
			aside[a.key] = true
			b.note(diag.DuplicateSource, a.began(), a.key, string(d.Source))
			b.omit(ofDeploys, a.key, a.alone(a.began()).row("D1", "it is of the source "+string(d.Source)+"; only "+string(source)+" counts"))
		default:
			if i, seen := at[a.key]; seen {
				list[i] = list[i].merge(a)
			} else {
				at[a.key] = len(list)
				list = append(list, a)
			}
		}
	}
	return list
}

func newAttempt(d Deployment) attempt {
	steps := d.Statuses
	if len(steps) == 0 {
		steps = []StatusAt{{d.Status, time.Time{}}}
	}
	a := attempt{Deployment: d, steps: make([]StatusAt, 0, len(steps))}
	for _, s := range steps {
		a.steps = append(a.steps, StatusAt{s.Status, known(s.At, known(d.FinishedAt, d.CreatedAt)).UTC()})
	}
	slices.SortFunc(a.steps, compareSteps)
	name := d.ID
	if name == "" {
		name = fmt.Sprint(d.CreatedAt.Unix(), d.FinishedAt.Unix())
	}
	a.key = strings.Join([]string{d.Service, d.Repo, d.Environment, name, d.SHA, string(d.Source), fmt.Sprint(d.Attempt)}, "\x00")
	return a
}

// compareSteps puts what is pending before what ended in the same second.
func compareSteps(a, b StatusAt) int {
	rank := func(s Status) int {
		if s == Pending {
			return 0
		}
		return 1
	}
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(a.Status), rank(b.Status)), strings.Compare(string(a.Status), string(b.Status)))
}

// began is the first thing known of a deployment, for notes about it.
func (d Deployment) began() time.Time {
	t := first(d.CreatedAt, d.FinishedAt)
	for _, s := range d.Statuses {
		t = first(t, s.At)
	}
	return t
}

// merge joins two records of one deployment, such as those of two exports: the
// steps of both count, in whatever order they came.
func (a attempt) merge(o attempt) attempt {
	a.CreatedAt = first(a.CreatedAt, o.CreatedAt)
	a.FinishedAt = first(a.FinishedAt, o.FinishedAt)
	a.Approximate = a.Approximate && o.Approximate
	a.Repos = append(slices.Clone(a.Repos), o.Repos...)
	slices.Sort(a.Repos)
	a.Repos = slices.Compact(a.Repos)
	a.steps = append(a.steps, o.steps...)
	slices.SortFunc(a.steps, compareSteps)
	a.steps = slices.Compact(a.steps)
	return a
}

// outcome follows metrics/D2: any success is success, at the time of the first
// one, whatever came later. Without success the last failure decides, unless
// another try has begun; inactive says nothing about how a deployment ended.
func (a attempt) outcome() (outcome, time.Time) {
	last, ended := unclear, time.Time{}
	for _, s := range a.steps {
		switch s.Status {
		case Success:
			if !s.At.IsZero() {
				return succeeded, s.At
			}
		case Failure, Errored:
			last, ended = failed, s.At
		case Pending:
			last = unfinished
		}
	}
	superseded := slices.ContainsFunc(a.steps, func(s StatusAt) bool { return s.Status != Pending && s.Status != Failure && s.Status != Errored })
	if last == unfinished && superseded {
		last = unclear
	}
	return last, ended
}

// deploy sorts the attempts by how they ended and joins groups. The deployments
// come in the order of metrics/D7.
func (s Service) deploy(attempts []attempt, b *book) []deployment {
	var list []deployment
	var members, rest []attempt // of groups; rest did not succeed
	for _, a := range attempts {
		grouped := s.Group != "" && matchEnvironment(s.Group, a.Environment)
		switch how, at := a.outcome(); {
		case how == succeeded && grouped:
			members = append(members, a)
		case how == succeeded:
			list = append(list, a.alone(at))
		case grouped:
			rest = append(rest, a)
		default:
			b.unsuccessful(a)
		}
	}
	list = append(list, s.join(members, rest, b)...)
	slices.SortFunc(list, compareDeployments)
	return list
}

// compareDeployments is the order of metrics/D7.
func compareDeployments(a, b deployment) int {
	return cmp.Or(a.doneAt.Compare(b.doneAt), a.createdAt.Compare(b.createdAt), strings.Compare(a.id, b.id), strings.Compare(a.key, b.key))
}

func (a attempt) alone(at time.Time) deployment {
	return deployment{
		key: a.key, id: a.ID, repo: a.Repo, sha: a.SHA, node: -1, ref: a.Ref, url: a.URL,
		createdAt: a.CreatedAt.UTC(), liveAt: at, doneAt: at, approximate: a.Approximate,
	}
}

// unsuccessful books an attempt that brought nothing live (metrics/D2, D9).
func (b *book) unsuccessful(a attempt) {
	switch how, at := a.outcome(); how {
	case failed:
		b.failed = append(b.failed, event{a.key, at})
		b.omit(ofDeploys, a.key, a.alone(at).row("D9", "the attempt failed"))
	case unclear:
		b.note(diag.UnknownStatus, a.began(), a.key, a.ID)
		b.omit(ofDeploys, a.key, a.alone(a.began()).row("D2", "no status says how it ended"))
	case unfinished:
		b.omit(ofDeploys, a.key, a.alone(a.began()).row("D2", "it has not ended yet"))
	}
}

// group is one deployment in the making, to several environments.
type group struct {
	deployment
	environments []string
	partial      bool // an environment of it was never reached
}

// join makes one deployment of the members of a group that carry the same
// commit within the window (metrics/D5). A second deployment to an environment
// of the group begins a new one: it deploys again.
func (s Service) join(members, rest []attempt, b *book) []deployment {
	window := s.GroupWindow
	if window == 0 {
		window = time.Hour
	}
	done := func(a attempt) time.Time { _, at := a.outcome(); return at }
	slices.SortFunc(members, func(a, b attempt) int {
		return cmp.Or(done(a).Compare(done(b)), strings.Compare(a.key, b.key))
	})
	var groups []*group
	open := map[string]*group{} // by commit
	for _, a := range members {
		at := done(a)
		g := open[a.SHA]
		if g == nil || a.SHA == "" || at.Sub(g.liveAt) > window || slices.Contains(g.environments, a.Environment) {
			g = &group{deployment: a.alone(at)}
			groups = append(groups, g)
			open[a.SHA] = g
		} else {
			g.members = append(g.members, a.ID, a.URL)
			b.omit(ofDeploys, a.key, a.alone(at).row("D5", "a part of the deployment "+g.name()+", which went to several environments"))
		}
		g.doneAt = at
		g.createdAt = first(g.createdAt, a.CreatedAt.UTC())
		g.approximate = g.approximate || a.Approximate
		g.environments = append(g.environments, a.Environment)
	}
	for _, a := range rest {
		i := slices.IndexFunc(groups, func(g *group) bool {
			began := a.began()
			return a.SHA != "" && g.sha == a.SHA && !slices.Contains(g.environments, a.Environment) &&
				!began.Before(g.liveAt.Add(-window)) && !began.After(g.liveAt.Add(window))
		})
		if i < 0 {
			b.unsuccessful(a)
			continue
		}
		groups[i].partial = true
		_, at := a.outcome()
		b.omit(ofDeploys, a.key, a.alone(known(at, a.began())).row("D5", "a part of the deployment "+groups[i].name()+" that did not succeed"))
	}
	list := make([]deployment, 0, len(groups))
	for _, g := range groups {
		if g.partial {
			b.note(diag.PartialRollout, g.doneAt, g.key, g.id)
		}
		list = append(list, g.deployment)
	}
	return list
}
