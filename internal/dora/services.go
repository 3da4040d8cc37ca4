package dora

import (
	"slices"
	"strings"
)

// Services names the services of events that no page describes: the service of
// each deployment, and each repository that no such service owns. They are
// sorted by name.
//
// Their source is file, unless every deployment of a service names another one,
// as in an export: then the first of those by metrics/D1.
func Services(e Events) []Service {
	repos := map[string][]string{} // of each service
	owned := map[string]bool{}
	for _, d := range e.Deployments {
		if d.Service != "" {
			repos[d.Service] = append(repos[d.Service], d.carried()...)
			for _, r := range d.carried() {
				owned[r] = true
			}
		}
	}
	alone := func(repo string) {
		if repo != "" && !owned[repo] {
			owned[repo] = true
			repos[repo] = append(repos[repo], repo)
		}
	}
	for _, d := range e.Deployments {
		if d.Service == "" {
			alone(d.Repo)
		}
	}
	for _, c := range e.Commits {
		alone(c.Repo)
	}
	for _, c := range e.Changes {
		alone(c.Repo)
	}
	for _, c := range e.Collected {
		alone(c.Repo)
	}
	list := make([]Service, 0, len(repos))
	for name, names := range repos {
		slices.Sort(names)
		s := Service{Name: name, Source: File, Repos: slices.Compact(names)}
		s.Source = s.primary(e)
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// carried lists the repositories that a deployment names.
func (d Deployment) carried() []string {
	if d.Repo == "" {
		return d.Repos
	}
	return append([]string{d.Repo}, d.Repos...)
}

// owns reports whether a deployment is one of the service's, in whatever
// environment and from whatever source.
func (s Service) owns(d Deployment) bool {
	if d.Service != "" {
		return d.Service == s.Name
	}
	return slices.ContainsFunc(d.carried(), func(r string) bool { return slices.Contains(s.Repos, r) })
}

// repositories are those of the service and those that its deployments say they
// carry (metrics/D6).
func (s Service) repositories(e Events) map[string]bool {
	set := map[string]bool{}
	for _, r := range s.Repos {
		set[r] = true
	}
	for _, d := range e.Deployments {
		if s.owns(d) {
			for _, r := range d.carried() {
				set[r] = true
			}
		}
	}
	return set
}

// production are the environments that count where a service names none
// (metrics/D2).
var production = [...]string{"production", "prod", "live"}

// environment is what reports say.
func (s Service) environment() string {
	if s.Environment == "" {
		return production[0]
	}
	return s.Environment
}

// deploysTo reports whether an environment counts for the service. A deployment
// that names none went to production, however the service calls it.
func (s Service) deploysTo(environment string) bool {
	if s.Group != "" && matchEnvironment(s.Group, environment) {
		return true
	}
	for _, p := range production {
		switch {
		case s.Environment == "" && strings.EqualFold(p, environment),
			s.Environment != "" && environment == "" && matchEnvironment(s.Environment, p):
			return true
		}
	}
	return environment == "" && s.Environment == "" ||
		s.Environment != "" && environment != "" && matchEnvironment(s.Environment, environment)
}

// primary is the one source whose deployments count (metrics/D1): two sources
// tell of the same deployments twice. For a service of an event file whose
// deployments all name their source, it is the first one in the order of D1
// that has any in production; a workflow comes last, since it must be asked for.
func (s Service) primary(e Events) Source {
	if s.Source != File {
		return s.Source
	}
	seen := map[Source]bool{}
	for _, d := range e.Deployments {
		if s.owns(d) && s.deploysTo(d.Environment) {
			seen[d.Source] = true
		}
	}
	if seen[""] || seen[File] {
		return File
	}
	for _, source := range []Source{GitHubDeployments, Releases, Tags, Merge, Workflow} {
		if seen[source] {
			return source
		}
	}
	return File
}
