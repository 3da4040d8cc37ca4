package handbook

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

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

// After is the day this long after another.
func (l Last) After(day time.Time) time.Time {
	switch l.Unit {
	case 'd':
		return day.AddDate(0, 0, l.N)
	case 'w':
		return day.AddDate(0, 0, 7*l.N)
	case 'm':
		return day.AddDate(0, l.N, 0)
	case 'y':
		return day.AddDate(l.N, 0, 0)
	}
	return day
}

// Limit reads what a process promises of a metric, in the metric's unit: seconds
// of a duration, a share between 0 and 1, deployments a week. Below is false for a
// promise of at least so much.
func (n Norm) Limit() (limit float64, below bool, at Located, err error) {
	at, below = n.AtMost, true
	if at.Value == "" {
		at, below = n.AtLeast, false
	}
	text := strings.TrimSpace(at.Value)
	switch m := Metric(n.Metric.Value); m {
	case DeploymentFrequency:
		limit, err = strconv.ParseFloat(text, 64)
		if err != nil || limit < 0 || limit > 1e6 {
			err = errors.New("a number like 5")
		}
	case ChangeFailRate, ReworkRate:
		share, found := strings.CutSuffix(text, "%")
		limit, err = strconv.ParseFloat(strings.TrimSpace(share), 64)
		limit /= 100
		if err != nil || !found || limit < 0 || limit > 1 {
			err = errors.New("a share like 15%")
		}
	default:
		if days, found := strings.CutSuffix(text, "d"); found {
			if count, e := strconv.Atoi(days); e == nil && count < 10_000 {
				text = strconv.Itoa(24*count) + "h"
			}
		}
		var d time.Duration
		d, err = time.ParseDuration(text)
		limit = d.Seconds()
		if err != nil || d <= 0 {
			err = errors.New("a time like 24h or 2d")
		}
	}
	return limit, below, at, err
}
