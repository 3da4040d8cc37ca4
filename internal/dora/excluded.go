package dora

import (
	"slices"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// What a metric counts, in the sense of what it can leave out.
var (
	ofDeployments = []diag.Code{diag.UnknownStatus, diag.DuplicateSource, diag.UnmappedEnv}
	ofFailed      = append(slices.Clone(ofDeployments), diag.UnattributedIncident)
	ofChanges     = []diag.Code{diag.UnresolvableSHA, diag.NoBaseline, diag.NotInHistory, diag.EndBeforeStart, diag.BotShare}
	ofPulls       = append(slices.Clone(ofChanges), diag.DirectCommits)
	ofReviews     = append(slices.Clone(ofPulls), diag.Unreviewed)
)

// leftOut are the findings whose cases a metric does not count (rel/G7). Other
// findings are about cases that it counts with a doubt: a time that is
// approximate, a rollout that did not reach every environment.
var leftOut = map[handbook.Metric][]diag.Code{
	handbook.DeploymentFrequency: ofDeployments,
	handbook.LeadTime:            ofChanges,
	handbook.LeadTimeCoding:      ofPulls,
	handbook.LeadTimePickup:      ofReviews,
	handbook.LeadTimeReview:      ofReviews,
	handbook.LeadTimeDeploy:      ofPulls,
	handbook.ChangeFailRate:      ofFailed,
	handbook.RecoveryTime:        ofFailed,
	handbook.ReworkRate:          ofDeployments,
}

// Excluded are the findings about what a metric left out, of the findings of a
// report: the cases of each are as many as its Count. Bots is the rule of the
// service for changes by bots (metrics/C10): only where it leaves them out does
// their share say how many are missing.
func Excluded(m handbook.Metric, findings []Finding, bots string) []Finding {
	var list []Finding
	for _, f := range findings {
		counted := f.Code == diag.BotShare && (bots == "include" || bots == "only")
		if slices.Contains(leftOut[m], f.Code) && !counted {
			list = append(list, f)
		}
	}
	return list
}
