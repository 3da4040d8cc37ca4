package source

import (
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
		Labels    []string `yaml:"labels"`
		Reverts   bool     `yaml:"reverts"`
		Incidents struct {
			Labels []string `yaml:"labels"`
		} `yaml:"incidents"`
		LinkWindow time.Duration `yaml:"link_window" like:"24h"`
	} `yaml:"failures"`
	Bots string `yaml:"bots" enum:"exclude,only,include"`
}

// meta is the block as the other stages see it; nil where there is none.
func (b *metricsBlock) meta() *handbook.ServiceMeta {
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
		m.Failures = &handbook.Failures{Labels: f.Labels, Reverts: f.Reverts, IncidentLabels: f.Incidents.Labels, LinkWindow: seconds(f.LinkWindow)}
	}
	return m
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
