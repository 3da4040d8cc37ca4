package dora

import (
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// ExplanationSchema names the shape of an Explanation, for readers of the JSON.
const ExplanationSchema = "rutter.explanation/1"

// Explanation is a number of a report with the rows that it comes from: all that
// was collected of a period, the rule that took each in or left it out, and the
// arithmetic. Included and Excluded add up to Collected, which is the number of
// Rows.
type Explanation struct {
	Schema      string          `json:"schema"`
	Metric      handbook.Metric `json:"metric"`
	Service     *string         `json:"service"` // null for teams and the organisation
	Team        *string         `json:"team"`
	Environment string          `json:"environment"`
	Source      Source          `json:"source"`
	Period      *string         `json:"period"` // 2026-03 or 2026-W12; null: the whole range
	From        time.Time       `json:"from"`   // half-open, UTC
	To          time.Time       `json:"to"`
	AsOf        time.Time       `json:"as_of"`
	TimeZone    string          `json:"time_zone"` // of the period's borders
	Coverage    Coverage        `json:"coverage"`
	Values      []Stat          `json:"values"` // what the report says, by its keys
	Reason      Reason          `json:"reason,omitempty"`
	Steps       []string        `json:"steps"` // the arithmetic in words and numbers, a line each
	Collected   int             `json:"collected"`
	Included    int             `json:"included"`
	Excluded    int             `json:"excluded"`
	Rows        []Row           `json:"rows"` // by At, then ID
	Sample      bool            `json:"sample,omitempty"`

	zone *time.Location // of TimeZone; nil: UTC
}

// Stat is one value of a metric.
type Stat struct {
	Name  string `json:"name"` // as in the report: p50, per_week, value
	Value Number `json:"value"`
	Unit  string `json:"unit"` // seconds, ratio, count, per week
}

// RowKind is what a row is of.
type RowKind string

// The kinds of rows.
const (
	ChangeRow     RowKind = "change"
	DeploymentRow RowKind = "deployment"
	IncidentRow   RowKind = "incident"
)

// Row is one change, deployment or incident that a number rests on or leaves
// out. It names no people. Title and URL are empty where the service does not
// publish them.
type Row struct {
	Kind     RowKind    `json:"kind"`
	ID       string     `json:"id"` // #12, the beginning of a commit's hash, v1.2.3
	Repo     string     `json:"repo"`
	Title    string     `json:"title,omitempty"`
	URL      string     `json:"url,omitempty"`
	At       time.Time  `json:"at"`      // the instant that puts it into the period
	From     time.Time  `json:"from"`    // the start of what is measured; zero: nothing is
	To       time.Time  `json:"to"`      // its end; zero: it is still open
	Seconds  Number     `json:"seconds"` // what is measured, in the unit of durations
	Parts    *RowParts  `json:"stages,omitempty"`
	Class    string     `json:"class,omitempty"` // of a deployment (metrics/D8)
	Included bool       `json:"included"`
	Rule     string     `json:"rule"`               // of metrics.md: C2, D8, X2
	Why      string     `json:"why"`                // a sentence without its full stop
	Evidence []Evidence `json:"evidence,omitempty"` // that a deployment failed or repaired (metrics/X8)
}

// RowParts are the stages of one change in seconds (metrics/L3). They add up to
// its lead time; pickup and review are null without a review.
type RowParts struct {
	Coding Number `json:"coding"`
	Pickup Number `json:"pickup"`
	Review Number `json:"review"`
	Deploy Number `json:"deploy"`
}

// EvidenceKind is what a sign rests on.
type EvidenceKind string

// The kinds of evidence, strongest first (metrics/X1).
const (
	Explicit EvidenceKind = "explicit" // an incident, or a person, names the cause
	Rollback EvidenceKind = "rollback" // an earlier version was deployed again
	Reverted EvidenceKind = "revert"   // a change of it was taken back
	Hotfix   EvidenceKind = "hotfix"   // the next deployment brought a hotfix
	InWindow EvidenceKind = "window"   // an incident began soon after it
	Fix      EvidenceKind = "fix"      // of rework alone: it closes an incident
)

// Evidence is one sign that a deployment failed, or that it repaired another.
type Evidence struct {
	Kind       EvidenceKind `json:"kind"`
	Confidence string       `json:"confidence"` // explicit, derived or inferred (metrics/X8)
	By         string       `json:"by"`         // what says so: #12, an incident, a deployment
	URL        string       `json:"url,omitempty"`
	At         time.Time    `json:"at"`    // when it happened
	Until      time.Time    `json:"until"` // when service was restored by it; zero: not yet
}
