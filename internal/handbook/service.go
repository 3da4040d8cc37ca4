package handbook

import (
	"path"
	"regexp"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// ServiceMeta is the metrics block of a service.
type ServiceMeta struct {
	Pos         diag.Pos  // of the block
	Repos       []Located // "acme/pay", ".", or a path to a clone
	Events      []Located // event files, relative to the page
	Deployments Deployments
	Paths       PathFilter
	Failures    *Failures // nil: failures are not measured (metrics/X0)
	Promotions  []string  // branches, with *, whose merges only pass changes on (metrics/C5)
	Bots        string    // exclude, only or include
}

// Place is where a repository of a service lies.
type Place int

// The places.
const (
	Here     Place = iota // a folder of this machine
	OnGitHub              // owner/name
	ByGit                 // an address that git can fetch
)

// gitHubName is owner/name, as GitHub allows them.
var gitHubName = regexp.MustCompile(`^[A-Za-z0-9](?:-?[A-Za-z0-9])*/[A-Za-z0-9._-]+$`)

// PlaceOf tells what the name of a repository means. A folder with a name like
// owner/name is written ./owner/name.
func PlaceOf(repo string) Place {
	for _, scheme := range []string{"https://", "http://", "ssh://", "git@", "file://"} {
		if strings.HasPrefix(repo, scheme) {
			return ByGit
		}
	}
	if base := path.Base(repo); gitHubName.MatchString(repo) && base != "." && base != ".." {
		return OnGitHub
	}
	return Here
}

// Deployments says what counts as a deployment (metrics/D1-D8).
type Deployments struct {
	Pos            diag.Pos
	Source         string // "": the first that has data; else one of Sources
	Pattern        string // of tags; "": final semantic versions
	Environment    string // "": production
	Group          string // pattern of environments deployed together
	GroupWindow    int64  // seconds
	CountRedeploys bool
	Since          string // YYYY-MM-DD: earlier weeks are outside the coverage
	Workflow       string // file name of the workflow whose runs deploy, where Source is workflow
	Branch         string // runs of other branches do not count; "": all do
}

// Sources are the values of Deployments.Source.
var Sources = []string{"github_deployments", "workflow", "releases", "tags", "merge", "file"}

// PathFilter picks the part of a repository that belongs to a service.
type PathFilter struct{ Include, Exclude []string }

// Failures says how failed deployments are recognised (metrics/X1).
type Failures struct {
	Labels, Branches, Titles []string // of hotfixes, with *
	Reverts                  bool     // a revert says that what it takes back failed
	IncidentLabels           []string
	IgnoredLabels            []string // of issues that are no incidents all the same
	LinkWindow               int64    // seconds; 0: a day; -1: no limit
}

// Verdict is what a person says of one deployment, as written.
type Verdict struct {
	Pos        diag.Pos
	Service    Located // "": the only one of the folder
	Deployment Located // id, tag, address, commit, or a change that it brought
	Failed     *bool   // nil: as the evidence says
	Rework     *bool   // nil: as the evidence says
	RestoredAt Located // RFC 3339; "": as the evidence says
	Reason     string
}

// Annotation is something that happened around services, as written.
type Annotation struct {
	Pos      diag.Pos
	Date     Located // YYYY-MM-DD or RFC 3339
	Text     string
	Services []Located // none: all of the folder
	URL      Located
}
