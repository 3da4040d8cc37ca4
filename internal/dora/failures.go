package dora

import "time"

// Failures says what is evidence that a deployment failed, or that it repaired
// an earlier one (metrics/X1). The zero value takes every default.
type Failures struct {
	Incidents  []string      // labels of issues that are incidents; event files need none
	Ignore     []string      // labels of incidents that do not count (metrics/X6)
	Labels     []string      // of changes that are hotfixes, with *; none of these three: label or branch prefix hotfix
	Branches   []string      // of hotfixes, with *
	Titles     []string      // of hotfixes, with *
	NoReverts  bool          // a revert says nothing of the change that it takes back
	LinkWindow time.Duration // from going live to an incident that it caused; 0: 24 hours
	Verdicts   []Verdict     // what people say, against all other evidence
}

// Unlimited is a LinkWindow without an end.
const Unlimited time.Duration = -1

// Verdict is what a person says of one deployment (failures.yaml).
type Verdict struct {
	Deployment string    // its id, ref or URL, its commit (7 digits or more), or a change that it brought, "#12"
	Failed     *bool     // nil: as the evidence says
	Rework     *bool     // nil: as the evidence says
	RestoredAt time.Time // zero: as the evidence says
	Reason     string    // for the explanation
}
