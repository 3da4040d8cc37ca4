package handbook

import "slices"

// Metric is the id of a delivery metric, as pages and commands write it.
type Metric string

// The metrics (metrics.md, "The five metrics"; the stages of metrics/L3).
const (
	DeploymentFrequency Metric = "deployment_frequency"
	LeadTime            Metric = "lead_time"
	LeadTimeCoding      Metric = "lead_time.coding"
	LeadTimePickup      Metric = "lead_time.pickup"
	LeadTimeReview      Metric = "lead_time.review"
	LeadTimeDeploy      Metric = "lead_time.deploy"
	ChangeFailRate      Metric = "change_fail_rate"
	RecoveryTime        Metric = "recovery_time"
	ReworkRate          Metric = "rework_rate"
)

// Metrics lists the known metrics.
var Metrics = []Metric{DeploymentFrequency, LeadTime, LeadTimeCoding, LeadTimePickup, LeadTimeReview, LeadTimeDeploy, ChangeFailRate, RecoveryTime, ReworkRate}

// Stats lists what an inline value can say of a metric; the first is meant
// where the author names none.
func (m Metric) Stats() []string {
	switch m {
	case DeploymentFrequency:
		return []string{"per_week", "count", "days"}
	case LeadTime:
		return []string{"p50", "p75", "p90", "mean", "n"}
	case ChangeFailRate, ReworkRate:
		return []string{"value", "n"}
	case RecoveryTime:
		return []string{"p50", "n"}
	}
	return []string{"p50", "p75", "p90", "n"}
}

// Known reports whether m is one of Metrics.
func (m Metric) Known() bool { return slices.Contains(Metrics, m) }
