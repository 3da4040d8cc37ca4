package dora

import (
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Schema names the shape of a Report, for readers of the JSON.
const Schema = "rutter.report/1"

// Report is what the metrics say about services over time: the shape of
// metrics.md, "Report", in the order of its keys.
type Report struct {
	Schema       string          `json:"schema"`
	AsOf         time.Time       `json:"as_of"` // the latest as-of time of its services, UTC
	TimeZone     string          `json:"time_zone"`
	By           By              `json:"by"`
	Organisation *ServiceReport  `json:"organisation"` // pooled, never averaged (metrics/S2)
	Teams        []ServiceReport `json:"teams"`
	Services     []ServiceReport `json:"services"` // in the order of their names
}

// By is the length of a period.
type By string

// The lengths of a period (metrics/T1).
const (
	Week  By = "week"
	Month By = "month"
)

// ServiceReport is one service, team or organisation. Those of teams and the
// organisation have no service; where their services differ, the environment is
// empty and the source is Mixed.
type ServiceReport struct {
	Service     *string   `json:"service"` // null for teams and the organisation
	Team        *string   `json:"team"`
	Environment string    `json:"environment"`
	Source      Source    `json:"source"`
	AsOf        time.Time `json:"as_of"`
	Coverage    Coverage  `json:"coverage"`
	Overall     Period    `json:"overall"` // the whole range; its Period is null
	Periods     []Period  `json:"periods"`
	Findings    []Finding `json:"findings"`
	Sample      bool      `json:"-"` // the data is made up
	Bots        int       `json:"-"` // changes delivered in the range and left out as made by bots (metrics/C10)
}

// CoverageStatus says how much of the range the data covers.
type CoverageStatus string

// The coverage statuses, best first.
const (
	Complete  CoverageStatus = "complete"
	Partial   CoverageStatus = "partial"
	Stale     CoverageStatus = "stale"
	Uncovered CoverageStatus = "unknown"
)

// Coverage says which span the data proves, and why it proves no more. No
// metric can be computed without one: where the status is unknown, or a time is
// zero, nothing has a value. Both times are known instants, so an event of the
// very second To still counts.
type Coverage struct {
	Status  CoverageStatus `json:"status"`
	From    time.Time      `json:"from"`
	To      time.Time      `json:"to"`
	Reasons []string       `json:"reasons"` // such as ShallowClone, NoTag
}

// Period is one week or month, half-open. From and To are its own borders even
// where the range or the coverage ends in between; then it is partial and counts
// what is known of it. The overall period is the range; where the last covered
// instant ends it, To is the second after.
type Period struct {
	Period         *string     `json:"period"` // 2026-03 or 2026-W12
	From           time.Time   `json:"from"`
	To             time.Time   `json:"to"`
	Partial        bool        `json:"partial"` // not wholly inside range and coverage (metrics/F2); so is one wholly outside
	Deployments    Deployments `json:"deployments"`
	LeadTime       LeadTime    `json:"lead_time"`
	ChangeFailRate FailRate    `json:"change_fail_rate"`
	RecoveryTime   Recovery    `json:"recovery_time"`
	ReworkRate     Rework      `json:"rework_rate"`
}

// Reason says why a value does not exist. It stands in an object as soon as one
// value of the object is missing, so an object with a Reason may well have
// others: ask each Number.
type Reason string

// The reasons.
const (
	NotMeasured     Reason = "not_measured"
	NoData          Reason = "no_data" // measured, and nothing there, or too little for this value
	OutsideCoverage Reason = "outside_coverage"
	NotInSource     Reason = "not_in_source" // the source never says
)

// Deployments counts the deployments of a period (metrics/F1, F2, D8, D9). The
// rates of a partial period do not exist, its counts do.
type Deployments struct {
	Count             Number `json:"count"`                // without redeploys, unless the service counts them
	Redeploys         Number `json:"redeploys"`            // of the commit that was live already
	FailedAttempts    Number `json:"failed_attempts"`      // never in Count
	Days              Number `json:"days"`                 // days of the zone with a deployment
	PerWeek           Number `json:"per_week"`             // of a complete period; overall: of the complete, covered weeks
	MedianDaysPerWeek Number `json:"median_days_per_week"` // days with a deployment, over the complete, covered weeks inside
	MedianGap         Number `json:"median_gap"`           // seconds from the deployment before, which may lie in an earlier period
	Reason            Reason `json:"reason,omitempty"`     // of the first value above that is missing
}

// LeadTime is the time from a change's first commit to production, in seconds,
// over the changes delivered in the period (metrics/L5). Percentiles are those
// of metrics/S1. With fewer than six changes only the interval is missing, and
// Reason is NoData.
type LeadTime struct {
	N       int     `json:"n"`
	P50     Number  `json:"p50"`
	P75     Number  `json:"p75"`
	P90     Number  `json:"p90"`
	Mean    Number  `json:"mean"`
	Low     Number  `json:"low"`  // of the 95 % interval of the median (metrics/S3)
	High    Number  `json:"high"` //
	Reason  Reason  `json:"reason,omitempty"`
	Stages  Stages  `json:"stages"`
	Waiting Waiting `json:"waiting"`
	Views   Views   `json:"views"`
}

// Views are other ways to measure the same deliveries, for those who compare
// (metrics/L5): from the merge, for each commit, and from the last commit.
type Views struct {
	MergeToDeploy View `json:"merge_to_deploy"`
	PerCommit     View `json:"per_commit"`
	LastCommit    View `json:"last_commit"`
}

// View is a median in seconds.
type View struct {
	N      int    `json:"n"`
	P50    Number `json:"p50"`
	Reason Reason `json:"reason,omitempty"`
}

// Stages are the parts of lead time (metrics/L3).
type Stages struct {
	Coding Stage `json:"coding"`
	Pickup Stage `json:"pickup"`
	Review Stage `json:"review"`
	Deploy Stage `json:"deploy"`
}

// Stage is one part of lead time, in seconds, over the pull requests that have
// it: one without a review has neither pickup nor review.
type Stage struct {
	N      int    `json:"n"`
	P50    Number `json:"p50"`
	P75    Number `json:"p75"`
	P90    Number `json:"p90"`
	Reason Reason `json:"reason,omitempty"`
}

// Waiting counts the changes that are merged and not yet delivered at the end
// of the period, or at the as-of time if that comes first (metrics/L6); ages in
// seconds since they were merged, or committed where nothing is merged.
type Waiting struct {
	N         int    `json:"n"`
	Oldest    Number `json:"oldest"`
	MedianAge Number `json:"median_age"`
	Reason    Reason `json:"reason,omitempty"`
}

// FailRate is failed deployments by all counted ones (metrics/X3), 0 to 1.
type FailRate struct {
	N         int    `json:"n"`
	Failed    Number `json:"failed"`
	Value     Number `json:"value"`
	Low       Number `json:"low"` // Wilson, 95 % (metrics/S3)
	High      Number `json:"high"`
	Confirmed Number `json:"confirmed"` // by more than a label or the time alone (metrics/X8)
	Inferred  Number `json:"inferred"`
	Reason    Reason `json:"reason,omitempty"`
	Maturing  Number `json:"maturing"` // of N, those so young that an incident may still be linked to them (metrics/X3)
}

// Recovery is the time from a failed deployment to service restored, seconds. N
// are the failed deployments of the period after which it is; P50 takes those
// that are open into account (Kaplan-Meier, metrics/X6).
type Recovery struct {
	N           int     `json:"n"`
	Open        Number  `json:"open"`
	P50         Number  `json:"p50"`
	Reason      Reason  `json:"reason,omitempty"`
	More        Number  `json:"more_than"`    // than this, where more than half are open and P50 is null
	ResolvedP50 Number  `json:"resolved_p50"` // of those N alone, which is too short while some are open
	Incidents   Restore `json:"incidents"`
}

// Restore is the time from opening to resolving the incidents that began in the
// period, whatever caused them: what other tools call time to restore.
type Restore struct {
	N      int    `json:"n"`
	Open   Number `json:"open"`
	P50    Number `json:"p50"`
	Reason Reason `json:"reason,omitempty"`
	More   Number `json:"more_than"`
}

// Rework is unplanned repairing deployments by all counted ones, 0 to 1.
type Rework struct {
	N      int    `json:"n"`
	Rework Number `json:"rework"`
	Value  Number `json:"value"`
	Low    Number `json:"low"`
	High   Number `json:"high"`
	Reason Reason `json:"reason,omitempty"`
}

// Finding is a remark about the quality of the data (metrics, section 9), for
// the cases inside the range of the report.
type Finding struct {
	Code    diag.Code `json:"code"`
	Count   int       `json:"count"`
	Message string    `json:"message"`
	Hint    string    `json:"hint"`
}
