// Package handbook is the vocabulary that the stages share: a page, its kind,
// the parts of its body, and the tree of files they came from.
//
//	source, markdown ── fill ──▶ Tree of *Page ── read by ──▶ site, render
//
// It knows no parser and reads no files. Pages are read-only once source has
// returned them; later stages wrap them and do not change them.
package handbook

import (
	"path"
	"regexp"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Path is a slash-separated path below the content root, such as
// "roles/qa.md". It is never absolute and never holds "..". The root is ".".
type Path string

// Dir is the folder of p; "." for the root.
func (p Path) Dir() Path { return Path(path.Dir(string(p))) }

// Base is the last element of p.
func (p Path) Base() string { return path.Base(string(p)) }

// Stem is the last element of p without its extension.
func (p Path) Stem() string { return strings.TrimSuffix(p.Base(), path.Ext(string(p))) }

// Ext is the extension of p in lower case, with its dot.
func (p Path) Ext() string { return strings.ToLower(path.Ext(string(p))) }

// IsPage reports whether p is a Markdown file.
func (p Path) IsPage() bool { return p.Ext() == ".md" || p.Ext() == ".markdown" }

// Kind is what a page describes.
type Kind string

// The kinds of pages.
const (
	Plain   Kind = "page"
	Role    Kind = "role"
	Process Kind = "process"
	Book    Kind = "book"
	Service Kind = "service"

	Team       Kind = "team"     // a team, with the deliveries of its services
	MetricPage Kind = "metric"   // what a metric means here, with the figures of all services
	Overview   Kind = "metrics"  // the deliveries of the whole organisation
	Decision   Kind = "decision" // what was decided and when: a flag on the charts that it affects
)

// Kinds lists the kinds that front matter may name.
var Kinds = []Kind{Plain, Role, Process, Book, Service, Team, MetricPage, Overview, Decision}

// Folders maps the top folder of a site's content to the kind of the pages
// below it. Only a site with a site.yaml is typed by folder.
var Folders = map[string]Kind{"roles": Role, "processes": Process, "books": Book, "services": Service, "teams": Team, "metrics": MetricPage, "decisions": Decision}

// Tree is everything found below a content root.
type Tree struct {
	Name  string  // the name of the root folder, a title of last resort
	Pages []*Page // in the order of Path
	Files []File  // the other regular files, in the order of Path
}

// File is a file that is not a page.
type File struct {
	Path Path
	Size int64 // bytes

	// Version changes whenever the bytes may have changed; "" where the file
	// system cannot tell.
	Version string
}

// Page is one Markdown file.
type Page struct {
	Path Path
	Pos  diag.Pos // where the file is, as a user would type it; Line and Column 0
	Kind Kind
	Meta Meta
	Body Body

	// Key stands for the page's file and for all that decides how it is read:
	// equal keys, equal pages. It is zero in pages that no file was read for.
	Key Key

	// Kept reads the text of the body from where it is kept; nil: it is in Body.
	Kept func() (Text, error)
}

// Key is a SHA-256 of what a value was made of.
type Key [32]byte

// Text is the text of the page's body, wherever it is. Each call may read it
// again. An error means that what was kept is lost; reading the site anew helps.
func (p *Page) Text() (Text, error) {
	if p.Kept == nil {
		return p.Body.Text, nil
	}
	return p.Kept()
}

// Meta is the front matter of a page, checked. Fields that a page does not
// give are zero.
type Meta struct {
	Title   string // "": the first heading, else the file's name, see site.Page.Title
	Summary string
	Owner   string // "team:platform"; "": inherited
	Status  string // draft, active, deprecated or archived; "": active
	Weight  int    // position in its section; 0 comes after all others
	Sample  bool   // the data of this page is made up and says so wherever it is shown

	Role       *RoleMeta    // of a role
	Process    *ProcessMeta // of a process
	Book       *BookMeta    // of a book
	Service    *ServiceMeta // of a service
	MetricPage *MetricMeta
	Decision   *DecisionMeta
}

// RoleMeta is what a role's front matter adds.
type RoleMeta struct {
	Aka      []string // other names
	Purpose  string   // why the role exists, a sentence
	Outcomes []string // what is true when the role is filled well
	Skills   []string
}

// ProcessMeta is what a process's front matter adds.
type ProcessMeta struct {
	Trigger  string   // what starts it
	Inputs   []string // what it needs
	Outputs  []string // what it leaves
	DoneWhen string   // how one sees that it is done
	Cadence  string   // how often
}

// BookMeta is what a book guide's front matter adds.
type BookMeta struct {
	Authors []string
	Year    int    // of the first edition
	Edition string // the edition that the guide speaks of
	Area    string // the shelf it stands on
	Level   string // intro, core or deep
	Pages   int
	Hours   float64 // to read what the guide recommends
	WhyHere string
}

// MetricMeta says which metric a page is about.
type MetricMeta struct {
	ID  Metric
	Pos diag.Pos
}

// DecisionMeta says when a decision was taken and what it is about.
type DecisionMeta struct {
	Date    string    // YYYY-MM-DD
	State   string    // proposed, accepted or superseded; "": accepted
	Affects []Located // services by name; none: all
}

// Levels are the values of BookMeta.Level.
var Levels = []string{"intro", "core", "deep"}

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

// Located is a value with the place it was written at.
type Located struct {
	Value string
	Pos   diag.Pos
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
