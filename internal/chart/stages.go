package chart

import (
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// stretch is lead time or one of its stages (metrics/L3), with the words that
// its figure needs.
type stretch struct {
	metric handbook.Metric
	of     func(dora.LeadTime) dora.Stage
	axis   string // from where to where
	noun   string // what is counted: change, reviewed change
	what   string // typical …
	lacks  string // of changes that do not have it: none …

	// Half of the 12 changes did within 3 h tail, nine in ten within 5 h.
	did, within, tail string

	unsaid string // why a source of commits alone does not have it
	never  string // why there can be none here, whatever the data
}

// leadTime is the whole; where a merge counts as a deployment, it ends there.
func leadTime(s dora.Source) stretch {
	st := stretch{
		metric: handbook.LeadTime, of: wholeOf, axis: "first commit to production", noun: "change", what: "lead time",
		did: "reached production", within: "within",
	}
	if s == dora.Merge {
		st.axis, st.did = "commit to merge", "were merged"
	}
	return st
}

func wholeOf(l dora.LeadTime) dora.Stage {
	return dora.Stage{N: l.N, P50: l.P50, P75: l.P75, P90: l.P90, Reason: l.Reason}
}

// stageOf is the part of lead time that a metric names.
func stageOf(m handbook.Metric, s dora.Source) (st stretch, ok bool) {
	const noReview = "commits alone do not say when a review began"
	switch m {
	case handbook.LeadTimeCoding:
		st = stretch{
			of: func(l dora.LeadTime) dora.Stage { return l.Stages.Coding }, axis: "first commit to ready for review",
			noun: "change", what: "coding time", lacks: "came as a pull request",
			did: "were ready for review", within: "within", tail: " of the first commit",
			unsaid: "commits alone do not say when a change was ready for review",
		}
	case handbook.LeadTimePickup:
		st = stretch{
			of: func(l dora.LeadTime) dora.Stage { return l.Stages.Pickup }, axis: "ready to first review",
			noun: "reviewed change", what: "wait for a review", lacks: "had a review",
			did: "waited", within: "under", tail: " for a review",
			unsaid: noReview,
		}
	case handbook.LeadTimeReview:
		st = stretch{
			of: func(l dora.LeadTime) dora.Stage { return l.Stages.Review }, axis: "first review to merge",
			noun: "reviewed change", what: "review time", lacks: "had a review",
			did: "were merged", within: "within", tail: " of the first review",
			unsaid: noReview,
		}
	case handbook.LeadTimeDeploy:
		st = stretch{
			of: func(l dora.LeadTime) dora.Stage { return l.Stages.Deploy }, axis: "merge to production",
			noun: "change", what: "wait for deployment", lacks: "came as a pull request",
			did: "reached production", within: "within", tail: " of the merge",
			unsaid: "commits alone do not say when a change was merged",
		}
		if s == dora.Merge {
			st.never = "Not measured: here a merge counts as the deployment, so nothing waits between the two."
		}
	default:
		return stretch{}, false
	}
	st.metric = m
	return st, true
}
