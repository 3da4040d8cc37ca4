package dora

import (
	"slices"
)

// Collection is what a store holds of one repository. Its events may be shared;
// they are not changed.
type Collection struct {
	Repo   string // as the events call it
	Pulls  bool   // its host has pull requests and issues
	Events Events
}

// Gather puts together what was collected of the repositories of a service:
// the events that its figures rest on, and the coverage that the collectors
// proved for them. A resource that was never collected leaves the coverage
// unknown; where that is only the pull requests, deployments are still known,
// and commits, which would pass for changes, are left out.
//
// The source of the service must have been chosen (see Choose). Tag says which
// tags are deployments.
func (s Service) Gather(from []Collection, tag func(name string) bool) (Events, Coverage) {
	var all Events
	coverage := Coverage{Status: Complete}
	for i, c := range from {
		e := s.pick(c.Events, tag)
		proved := s.proved(c)
		if changes := c.Events.listed(c.Repo, ResourceChanges); c.Pulls && changes.Status == Uncovered {
			e.Commits = nil
		}
		all.Add(e)
		if i == 0 {
			coverage = proved
		} else {
			coverage = coverage.And(proved)
		}
	}
	if len(from) == 0 {
		return all, Coverage{Status: Uncovered, Reasons: []string{NotCollected}}
	}
	return all, coverage
}

// Choose is the source of a service that names none: the first of metrics/D1
// that has a deployment in production.
func (s Service) Choose(from []Collection, tag func(name string) bool) Source {
	for _, source := range []Source{GitHubDeployments, Releases, Tags} {
		s.Source = source
		for _, c := range from {
			e := s.pick(c.Events, tag)
			if slices.ContainsFunc(e.Deployments, func(d Deployment) bool { return s.deploysTo(d.Environment) }) {
				return source
			}
		}
	}
	return Merge
}

// pick leaves the events that the service is measured by: deployments of its
// one source, in which releases get the commit that their tag names, and
// incidents with one of its labels.
func (s Service) pick(e Events, tag func(name string) bool) Events {
	tagged := map[string]string{} // commit of each tag
	for _, d := range e.Deployments {
		if d.Source == Tags {
			tagged[d.ID] = d.SHA
		}
	}
	deployments := e.Deployments
	e.Deployments = nil
	for _, d := range deployments {
		switch {
		case d.Source != s.Source,
			d.Source == Tags && !tag(d.ID),
			d.Source == Workflow && d.Workflow != s.Workflow,
			d.Source == Workflow && s.Branch != "" && d.Ref != s.Branch:
			continue
		case d.Source == Releases && d.SHA == "":
			d.SHA = tagged[d.Ref]
		}
		e.Deployments = append(e.Deployments, d)
	}
	incidents := e.Incidents
	e.Incidents = nil
	for _, i := range incidents {
		if s.Failures == nil {
			break
		}
		if slices.ContainsFunc(i.Labels, func(l string) bool { return slices.Contains(s.Failures.Incidents, l) }) {
			e.Incidents = append(e.Incidents, i)
		}
	}
	return e
}

// proved joins the coverage of all resources that the service needs.
func (s Service) proved(c Collection) Coverage {
	var coverage Coverage
	for i, resource := range s.Needs(c.Pulls) {
		listed := c.Events.listed(c.Repo, resource)
		switch {
		case i == 0:
			coverage = listed
		case listed.Status == Uncovered && coverage.Status != Uncovered && (resource == ResourceChanges || resource == ResourceIncidents):
			coverage = coverage.And(Coverage{Status: Partial, From: coverage.From, To: coverage.To, Reasons: listed.Reasons})
		default:
			coverage = coverage.And(listed)
		}
	}
	return coverage
}

// listed is the coverage of one resource.
func (e Events) listed(repo, resource string) Coverage {
	var records []Collected
	for _, c := range e.Collected {
		if c.Repo == repo && c.Resource == resource {
			records = append(records, c)
		}
	}
	if len(records) == 0 {
		return Coverage{Status: Uncovered, Reasons: []string{NotCollected}}
	}
	return joined(records)
}
