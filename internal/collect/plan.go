package collect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// task is all that is wanted of one repository.
type task struct {
	name     string         // as the pages call it
	place    handbook.Place // OnGitHub or ByGit
	lists    []list         // of GitHub
	services []dora.Service // that rest on it
}

// list is one resource of a repository.
type list struct {
	resource string // as the store names it
	workflow string
	labels   []string
	files    bool
}

// plan joins what the services want of each repository, in the order of names.
// A repository that two pages spell differently is one.
func plan(services []dora.Service) []task {
	tasks := map[string]*task{}
	for _, s := range services {
		for _, name := range s.Repos {
			place := handbook.PlaceOf(name)
			if place == handbook.Here {
				continue
			}
			key := name
			if place == handbook.OnGitHub {
				key = strings.ToLower(name)
			}
			t := tasks[key]
			if t == nil {
				t = &task{name: name, place: place}
				tasks[key] = t
			}
			t.services = append(t.services, s)
			if place == handbook.OnGitHub {
				t.want(s)
			}
		}
	}
	list := make([]task, 0, len(tasks))
	for _, t := range tasks {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b task) int { return strings.Compare(a.name, b.name) })
	return list
}

// want adds the lists that a service needs. Where it names no source, every one
// that may turn out to be the source is collected (metrics/D1).
func (t *task) want(s dora.Service) {
	t.add(list{resource: dora.ResourceChanges, files: len(s.Include)+len(s.Exclude) > 0})
	if s.Failures != nil {
		t.add(list{resource: dora.ResourceIncidents, labels: s.Failures.Incidents})
	}
	if s.Source == dora.GitHubDeployments || s.Source == "" {
		t.add(list{resource: dora.ResourceDeployments})
	}
	if s.Source == dora.Releases || s.Source == "" {
		t.add(list{resource: dora.ResourceReleases})
	}
	if s.Source == dora.Workflow {
		t.add(list{resource: dora.RunsOf(s.Workflow), workflow: s.Workflow})
	}
}

// add joins a list with what others want of the same resource.
func (t *task) add(l list) {
	i := slices.IndexFunc(t.lists, func(have list) bool { return have.resource == l.resource })
	if i < 0 {
		i = len(t.lists)
		t.lists = append(t.lists, list{resource: l.resource, workflow: l.workflow})
	}
	have := &t.lists[i]
	have.files = have.files || l.files
	labels := slices.Sorted(slices.Values(append(have.labels, l.labels...)))
	have.labels = slices.Compact(labels)
}

// Title is how people call a resource.
func Title(resource string) string {
	name, of, _ := strings.Cut(resource, " ")
	words := map[string]string{
		dora.ResourceChanges: "pull requests", dora.ResourceIncidents: "issues", dora.ResourceWorkflowRuns: "runs of",
	}
	return strings.TrimSpace(cmp.Or(words[name], name) + " " + of)
}
