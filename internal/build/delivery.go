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
	for _, p := range b.Site.Services {
		s, err := b.snapshot(ctx, p)
		if err != nil {
			return fmt.Errorf("read the deliveries of %s: %w", p.Name(), err)
		}
		snapshots[p.Name()] = s
		b.Services = append(b.Services, ServiceData{p.Name(), s})
	}
	m := b.Config.Metrics
	b.Delivery = render.NewDelivery(b.Config.TimeZone, dora.By(m.By), m.Window, snapshots)
	return nil
}

func (b *Build) snapshot(ctx context.Context, p *site.Page) (dora.Snapshot, error) {
	service := dora.Service{Name: p.Name(), Team: team(p.Owner), Sample: p.Meta.Sample}
	m := p.Meta.Service
	if m == nil {
		return dora.NewSnapshot(service, dora.Coverage{Status: dora.Uncovered}, time.Time{}, dora.Events{}), nil
	}
	d := m.Deployments
	service.Environment, service.Source = d.Environment, dora.Source(d.Source)
	service.CountRedeploys = d.CountRedeploys
	service.Group, service.GroupWindow = d.Group, time.Duration(d.GroupWindow)*time.Second
	service.Include, service.Exclude, service.Bots = m.Paths.Include, m.Paths.Exclude, m.Bots
	if d.Since != "" {
		since, err := time.ParseInLocation(time.DateOnly, d.Since, b.Config.TimeZone)
		if err != nil {
			return dora.Snapshot{}, fmt.Errorf("since: %w", err)
		}
		service.Since = since.UTC()
	}
	for _, r := range m.Repos {
		service.Repos = append(service.Repos, r.Value)
	}
	var all collected
	for _, e := range m.Events {
		if ev, ok := b.eventFile(p, e); ok {
			all.add(ev, ev.Coverage(service), ev.AsOf())
		}
	}
	switch service.Source {
	case "": // a file that names deployments is the source; a clone then has the commits
		if len(all.events.Deployments) > 0 {
			service.Source = dora.File
		}
	case dora.GitHubDeployments, dora.Workflow, dora.Releases:
		if len(all.events.Deployments) == 0 {
			b.Findings.Warnf(d.Pos, diag.NotCollected, "nothing has been collected from source %q: nothing is known of the deployments", d.Source).Hint = "this version reads tags and merges of a clone, and event files"
		}
	}
	for _, r := range m.Repos {
		opts := gitrepo.Options{Name: r.Value, Source: service.Source, Pattern: d.Pattern, Environment: service.Environment, Top: r.Value != "."}
		if epoch, err := strconv.ParseInt(b.opts.Env("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
			opts.AsOf = time.Unix(epoch, 0).UTC()
		}
		dir := filepath.FromSlash(r.Value)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(b.opts.Dir, dir)
		}
		clone, err := b.clone(ctx, dir, opts, r.Pos)
		if err != nil {
			return dora.Snapshot{}, err
		}
		service.Source = cmp.Or(service.Source, clone.Source)
		all.add(clone.Events, clone.Coverage, clone.AsOf)
	}
	service.Source = cmp.Or(service.Source, dora.File)
	if len(all.coverage) == 0 {
		all.coverage = []dora.Coverage{{Status: dora.Uncovered}}
	}
	coverage := all.coverage[0]
	for _, c := range all.coverage[1:] {
		coverage = coverage.And(c)
	}
	return dora.NewSnapshot(service, coverage, all.asOf, all.events), nil
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
