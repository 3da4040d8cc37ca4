package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
)

// ServiceData is what is known of one service of the site.
type ServiceData struct {
	Name     string
	Snapshot dora.Snapshot
}

// delivery reads the event files and clones that the service pages name.
func (b *Build) delivery(ctx context.Context) error {
	snapshots := map[string]dora.Snapshot{}
	verdicts := b.verdicts()
	for _, p := range b.Site.Services {
		s, err := b.snapshot(ctx, p, verdicts[p.Name()])
		if err != nil {
			return fmt.Errorf("read the deliveries of %s: %w", p.Name(), err)
		}
		snapshots[p.Name()] = s
		b.Services = append(b.Services, ServiceData{p.Name(), s})
	}
	m := b.Config.Metrics
	b.Delivery = render.NewDelivery(snapshots, render.DeliveryOptions{Zone: b.Config.TimeZone, By: dora.By(m.By), Window: m.Window, StaleAfter: m.StaleAfter, Scale: dora.Scale(m.Scale), Flags: b.flags()})
	return nil
}

func (b *Build) snapshot(ctx context.Context, p *site.Page, verdicts []dora.Verdict) (dora.Snapshot, error) {
	service, err := b.service(p)
	if service.Failures != nil {
		service.Failures.Verdicts = verdicts
	} else if len(verdicts) > 0 {
		f := b.Findings.Warnf(p.Pos, diag.MetricService, "%s judges deployments of this service, and its failures are not measured", failuresFile)
		f.Hint = "add failures: {} to the metrics of the page"
	}
	m := p.Meta.Service
	if m == nil || err != nil {
		return dora.NewSnapshot(service, dora.Coverage{Status: dora.Uncovered}, time.Time{}, dora.Events{}), err
	}
	var all collected
	for _, e := range m.Events {
		if ev, ok := b.eventFile(p, e); ok {
			all.add(ev, ev.Coverage(service), ev.AsOf())
		}
	}
	if service.Source == "" && len(all.events.Deployments) > 0 {
		service.Source = dora.File // a clone then has the commits
	}
	var remote []handbook.Located
	for _, r := range m.Repos {
		if b.place(r.Value) != handbook.Here {
			remote = append(remote, r)
			continue
		}
		if err := b.local(ctx, &service, r, &all); err != nil {
			return dora.Snapshot{}, err
		}
	}
	if err := b.stored(ctx, p, &service, remote, &all); err != nil {
		return dora.Snapshot{}, err
	}
	if s := service.Source; (s == dora.GitHubDeployments || s == dora.Workflow || s == dora.Releases) && len(remote) == 0 && len(all.events.Deployments) == 0 {
		b.Findings.Warnf(m.Deployments.Pos, diag.NotCollected, "no repository on GitHub is named for source %q: nothing is known of the deployments", s).Hint = "write repos: [owner/name], then run rutter sync"
	}
	service.Source = cmp.Or(service.Source, dora.File)
	service.Publish = dora.Publish(b.Config.Metrics.Publish)
	if private := func(c dora.Collected) bool { return c.Private }; service.Publish == "" && slices.ContainsFunc(all.events.Collected, private) {
		service.Publish = dora.PublishNumbers // titles of a private repository are not for a site that may be public
	}
	if len(all.coverage) == 0 {
		all.coverage = []dora.Coverage{{Status: dora.Uncovered}}
	}
	coverage := all.coverage[0]
	for _, c := range all.coverage[1:] {
		coverage = coverage.And(c)
	}
	return dora.NewSnapshot(service, coverage, all.asOf, all.events), nil
}

// checkServices reports what a service page leaves open.
func (b *Build) checkServices() {
	for _, p := range b.Site.Services {
		if m := p.Meta.Service; m != nil && m.Deployments.Source == string(dora.Workflow) && m.Deployments.Workflow == "" && len(m.Events) == 0 {
			b.Findings.Errorf(m.Deployments.Pos, diag.FrontMatterMissing, "source: workflow needs the name of the workflow").Hint = "write workflow: deploy.yml, the file's name in .github/workflows"
		}
	}
}

// service is how the page of a service says that it is measured. Its
// repositories are not resolved yet.
func (b *Build) service(p *site.Page) (dora.Service, error) {
	service := dora.Service{Name: p.Name(), Team: team(p.Owner), Sample: p.Meta.Runs.Sample}
	m := p.Meta.Service
	if m == nil {
		return service, nil
	}
	d := m.Deployments
	service.Environment, service.Source, service.Pattern = d.Environment, dora.Source(d.Source), d.Pattern
	service.Workflow, service.Branch = d.Workflow, d.Branch
	service.CountRedeploys = d.CountRedeploys
	service.Group, service.GroupWindow = d.Group, time.Duration(d.GroupWindow)*time.Second
	service.Promotions = m.Promotions
	service.Include, service.Exclude, service.Bots = m.Paths.Include, m.Paths.Exclude, m.Bots
	if m.Failures != nil {
		service.Failures = &dora.Failures{
			Incidents: m.Failures.IncidentLabels, Ignore: m.Failures.IgnoredLabels,
			Labels: m.Failures.Labels, Branches: m.Failures.Branches, Titles: m.Failures.Titles, NoReverts: !m.Failures.Reverts,
			LinkWindow: time.Duration(m.Failures.LinkWindow) * time.Second,
		}
		if m.Failures.LinkWindow < 0 {
			service.Failures.LinkWindow = dora.Unlimited
		}
		if len(service.Failures.Incidents) == 0 {
			service.Failures.Incidents = []string{"incident"}
		}
	}
	for _, r := range m.Repos {
		service.Repos = append(service.Repos, r.Value)
	}
	if d.Since != "" {
		since, err := time.ParseInLocation(time.DateOnly, d.Since, b.Config.TimeZone)
		if err != nil {
			return service, fmt.Errorf("since: %w", err)
		}
		service.Since = since.UTC()
	}
	return service, nil
}

// local reads a clone of this machine.
func (b *Build) local(ctx context.Context, service *dora.Service, r handbook.Located, all *collected) error {
	opts := gitrepo.Options{Name: r.Value, Source: service.Source, Pattern: service.Pattern, Environment: service.Environment, Top: r.Value != "."}
	if epoch, err := strconv.ParseInt(b.opts.Env("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		opts.AsOf = time.Unix(epoch, 0).UTC()
	}
	dir := filepath.FromSlash(r.Value)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(b.opts.Dir, dir)
	}
	clone, err := b.clone(ctx, dir, opts, r.Pos)
	if err != nil {
		return err
	}
	service.Source = cmp.Or(service.Source, clone.Source)
	all.add(clone.Events, clone.Coverage, clone.AsOf)
	return nil
}

// collected joins what several files and clones say of one service.
type collected struct {
	events   dora.Events
	coverage []dora.Coverage
	asOf     time.Time
}

func (c *collected) add(e dora.Events, coverage dora.Coverage, asOf time.Time) {
	c.events.Add(e)
	c.coverage = append(c.coverage, coverage)
	if asOf.After(c.asOf) {
		c.asOf = asOf
	}
}

// clone reads a clone, unless it has not changed since it was last read.
func (b *Build) clone(ctx context.Context, dir string, opts gitrepo.Options, at diag.Pos) (gitrepo.Delivery, error) {
	of := ""
	if state := gitrepo.State(ctx, dir, opts.Top); state != "" {
		of = "clone " + state + dir
	}
	return recall(b, of, &struct {
		Options gitrepo.Options
		At      diag.Pos
	}{opts, at}, func(found *diag.List) (gitrepo.Delivery, error) {
		return gitrepo.LoadDir(ctx, dir, opts, at, found)
	})
}

// eventFile reads a file of events beside the page of its service.
func (b *Build) eventFile(p *site.Page, e handbook.Located) (dora.Events, bool) {
	name := path.Join(string(p.Path.Dir()), e.Value)
	cannot := func(err error) (dora.Events, bool) {
		b.Findings.Errorf(e.Pos, diag.EventFile, "the event file %q cannot be read: %v", e.Value, cause(err)).Hint = "the path starts at the folder of this page"
		return dora.Events{}, false
	}
	of := ""
	if i := slices.IndexFunc(b.tree.Files, func(f handbook.File) bool { return string(f.Path) == name }); i >= 0 {
		of = b.tree.Files[i].Version
	}
	ev, err := recall(b, of, &[]string{"events", path.Join(b.prefix, name)}, func(found *diag.List) (dora.Events, error) {
		f, err := b.content.Open(name)
		if err != nil {
			return dora.Events{}, err
		}
		defer f.Close()
		return events.Parse(f, path.Join(b.prefix, name), found)
	})
	if err != nil {
		return cannot(err)
	}
	return ev, true
}

// team is the team that owns a page, "" where a person does.
func team(owner string) string {
	name, _ := strings.CutPrefix(owner, "team:")
	if strings.HasPrefix(owner, "person:") {
		return ""
	}
	return name
}

// cause is the innermost error, without the path that the user has just read.
func cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
