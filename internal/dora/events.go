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
	URL         string
	Approximate bool // the time is that of the commit, not of the deployment (metrics/D4)
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
	Services                         []string
	OpenedAt, ResolvedAt, RestoredAt time.Time
	Labels                           []string
	CausedBy, DuplicateOf, URL       string
}

// Collected says which span of a repository a source has delivered.
type Collected struct {
	Source, Repo string
	Resource     string // "": all that the source has
	Status       string // "": complete; else a CoverageStatus
	From, To     time.Time
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
