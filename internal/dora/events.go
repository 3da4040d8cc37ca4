package dora

import "time"

// All instants of events are UTC with whole seconds; the zero time means that
// the source does not say.

// Commit is one commit of a repository.
type Commit struct {
	Repo          string
	SHA           string
	Parents       []string
	AuthorDate    time.Time
	CommitterDate time.Time

	// What its message says of other work: the commits that it takes back
	// ("This reverts commit …") and those that it is a copy of ("cherry picked
	// from commit …"), and the number of the pull request at the end of its
	// subject, "12" for "(#12)" (metrics/C3, C6, X1).
	Reverts, Picked []string
	Pull            string
}

// Status is how a deployment ended.
type Status string

// The statuses of deployments.
const (
	Success  Status = "success"
	Failure  Status = "failure"
	Errored  Status = "error"
	Inactive Status = "inactive"
	Pending  Status = "pending"
	Unknown  Status = "unknown"
)

// StatusAt is one step in the history of a deployment.
type StatusAt struct {
	Status Status
	At     time.Time
}

// Deployment is one delivery of a commit to an environment.
type Deployment struct {
	ID          string
	Service     string // "": the service that owns Repo
	Repo        string
	Repos       []string // further repositories it carries (metrics/D6)
	Environment string   // "": production
	Ref, SHA    string
	CreatedAt   time.Time
	FinishedAt  time.Time
	Status      Status
	Statuses    []StatusAt // its history, where the source has one (metrics/D2)
	Attempt     int
	Source      Source // "": the source of the file
	Workflow    string // file name of the workflow that was run, where that is the source
	URL         string
	Approximate bool      // the time is that of the commit, not of the deployment (metrics/D4)
	UpdatedAt   time.Time // when its source last changed the record: the newer of two wins; never a time of the deployment itself (metrics/D2)
}

// Change is one merged or open pull request.
type Change struct {
	Repo, ID, Title, Author                     string
	Bot                                         bool
	CreatedAt, ReadyAt, FirstReviewAt, MergedAt time.Time
	LandingSHA                                  string
	Commits                                     []ChangeCommit
	Files, Labels                               []string
	HeadRef, BaseRef, URL, State                string
	Reviews                                     []Review

	Reverts   []string  // pull requests ("12", "acme/pay#12") and commits that its title, text or branch says it takes back (metrics/X1)
	Closes    []string  // issues that it closes, as "acme/pay#12" (metrics/X7)
	Truncated []string  // lists that the source cuts off: "commits", "files" or "reviews" (DQ08)
	UpdatedAt time.Time // as in Deployment
}

// ChangeCommit is a commit of a change, before it was squashed.
type ChangeCommit struct {
	SHA                       string
	AuthorDate, CommitterDate time.Time
	Merge                     bool
}

// Review is one review of a change.
type Review struct {
	At  time.Time
	Bot bool
}

// Incident is a time in which users were served badly.
type Incident struct {
	ID                               string
	Repo                             string // "": it belongs to Services; else to the services of this repository too
	Services                         []string
	OpenedAt, ResolvedAt, RestoredAt time.Time
	Labels                           []string
	CausedBy, DuplicateOf, URL       string
	Title                            string
	State                            string    // open, closed, duplicate or not_planned; "": the times say it (metrics/X6)
	UpdatedAt                        time.Time // as in Deployment
}

// Collected says which span of a repository a source has delivered.
type Collected struct {
	Source, Repo string
	Resource     string // "": all that the source has
	Status       string // "": complete; else a CoverageStatus
	From, To     time.Time
	Reasons      []string // why it is not complete, such as RateLimited
	Head         string   // of commits: the tracked branch's last one
	Private      bool     // the repository is not public
}

// Events is what was collected, in any order.
type Events struct {
	Commits     []Commit
	Deployments []Deployment
	Changes     []Change
	Incidents   []Incident
	Collected   []Collected
}

// Source is where deployments come from (metrics/D1).
type Source string

// The sources. Mixed stands only in the reports of teams and the organisation.
const (
	GitHubDeployments Source = "github_deployments"
	Workflow          Source = "workflow"
	Releases          Source = "releases"
	Tags              Source = "tags"
	Merge             Source = "merge"
	File              Source = "file"
	Mixed             Source = "mixed"
)

// The resources of a repository, as Collected names them: what a source lists
// apart from the rest.
const (
	ResourceCommits      = "commits" // of the tracked branch
	ResourceTags         = "tags"
	ResourceMerges       = "merges" // merges that stand in for deployments
	ResourceDeployments  = "deployments"
	ResourceReleases     = "releases"
	ResourceWorkflowRuns = "workflow_runs"
	ResourceChanges      = "changes"
	ResourceIncidents    = "incidents"
)
