package source

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// metricsBlock is the metrics group of a service's front matter.
type metricsBlock struct {
	Pos         diag.Pos           `yaml:",pos"`
	Repos       []handbook.Located `yaml:"repos"`
	Events      []handbook.Located `yaml:"events"`
	Deployments struct {
		Pos            diag.Pos      `yaml:",pos"`
		Source         string        `yaml:"source" enum:"github_deployments,workflow,releases,tags,merge,file"`
		Pattern        string        `yaml:"pattern" like:"v*"`
		Environment    string        `yaml:"environment"`
		Group          string        `yaml:"group" like:"prod-*"`
		GroupWindow    time.Duration `yaml:"group_window"`
		CountRedeploys bool          `yaml:"count_redeploys"`
		Since          time.Time     `yaml:"since"`
		Workflow       string        `yaml:"workflow" like:"deploy.yml"`
		Branch         string        `yaml:"branch" like:"main"`
	} `yaml:"deployments"`
	Paths struct {
		Include []string `yaml:"include"`
		Exclude []string `yaml:"exclude"`
	} `yaml:"paths"`
	Failures *struct {
		Labels    []string `yaml:"labels" like:"[hotfix]"`
		Branches  []string `yaml:"branches" like:"[hotfix/*]"`
		Titles    []string `yaml:"titles" like:"['fix: *']"`
		Reverts   *bool    `yaml:"reverts"`
		Incidents struct {
			Labels []string           `yaml:"labels" like:"[incident]"`
			Ignore []handbook.Located `yaml:"ignore" like:"[drill]"`
		} `yaml:"incidents"`
		LinkWindow handbook.Located `yaml:"link_window" like:"24h"`
	} `yaml:"failures"`
	Promotions []string `yaml:"promotions" like:"[develop]"`
	Bots       string   `yaml:"bots" enum:"exclude,only,include"`
}

// meta is the block as the other stages see it; nil where there is none.
func (b *metricsBlock) meta(found *diag.List) *handbook.ServiceMeta {
	if b == nil {
		return nil
	}
	d := b.Deployments
	m := &handbook.ServiceMeta{
		Pos:    b.Pos,
		Repos:  b.Repos,
		Events: b.Events,
		Deployments: handbook.Deployments{
			Pos: d.Pos, Source: d.Source, Pattern: d.Pattern, Environment: d.Environment,
			Group: d.Group, GroupWindow: seconds(d.GroupWindow), CountRedeploys: d.CountRedeploys,
			Workflow: d.Workflow, Branch: d.Branch,
		},
		Paths: handbook.PathFilter{Include: b.Paths.Include, Exclude: b.Paths.Exclude},
		Bots:  b.Bots,
	}
	if !d.Since.IsZero() {
		m.Deployments.Since = d.Since.Format(time.DateOnly)
	}
	if f := b.Failures; f != nil {
		m.Failures = &handbook.Failures{
			Labels: f.Labels, Branches: f.Branches, Titles: f.Titles, Reverts: f.Reverts == nil || *f.Reverts, IncidentLabels: f.Incidents.Labels,
		}
		for _, ignored := range f.Incidents.Ignore {
			if slices.Contains(f.Incidents.Labels, ignored.Value) {
				found.Errorf(ignored.Pos, diag.FrontMatterValue, "issues with the label %q cannot both be incidents and be ignored", ignored.Value).Hint = "take it out of labels or out of ignore"
				continue
			}
			m.Failures.IgnoredLabels = append(m.Failures.IgnoredLabels, ignored.Value)
		}
		m.Failures.LinkWindow = linkWindow(f.LinkWindow, found)
	}
	m.Promotions = b.Promotions
	return m
}

// linkWindow reads how long after a deployment an incident may be its fault.
func linkWindow(at handbook.Located, found *diag.List) int64 {
	text := at.Value
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n < 1000 {
			text = strconv.Itoa(24*n) + "h"
		}
	}
	switch d, err := time.ParseDuration(text); {
	case at.Value == "":
		return 0
	case at.Value == "none":
		return -1
	case err == nil && d >= time.Second:
		return seconds(d)
	}
	found.Errorf(at.Pos, diag.FrontMatterValue, "link_window: expected a time like 24h, or none, found %q", at.Value)
	return 0
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
