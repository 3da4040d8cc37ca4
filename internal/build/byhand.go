package build

import (
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/source"
)

// What people say of deliveries stands in two files beside the pages of the
// services, and is reviewed like any page.
const (
	failuresFile    = "failures.yaml"    // which deployments failed, against all other evidence
	annotationsFile = "annotations.yaml" // what happened, as flags on the charts
)

// beside reads a file that stands in the folder of service pages; nothing where
// there is none.
func beside[T any](b *Build, dir, name string, parse func(data []byte, file string, found *diag.List) []T) []T {
	file := path.Join(dir, name)
	i := slices.IndexFunc(b.tree.Files, func(f handbook.File) bool { return string(f.Path) == file })
	if i < 0 {
		return nil
	}
	shown := path.Join(b.prefix, file)
	data, err := b.content.ReadFile(file)
	if err != nil {
		b.Findings.Errorf(diag.Pos{Path: shown}, diag.EventFile, "the file cannot be read: %v", cause(err))
		return nil
	}
	return parse(data, shown, &b.Findings)
}

// folders are those of service pages, with the names of the services in each.
func (b *Build) folders() map[string][]string {
	list := map[string][]string{}
	for _, p := range b.Site.Services {
		dir := string(p.Path.Dir())
		list[dir] = append(list[dir], p.Name())
	}
	return list
}

// among reports a service that is not in a folder.
func (b *Build) among(at handbook.Located, names []string) bool {
	if slices.Contains(names, at.Value) {
		return true
	}
	f := b.Findings.Errorf(at.Pos, diag.MetricService, "there is no service %q in this folder", at.Value)
	f.Hint = "known: " + strings.Join(names, ", ")
	if near := diag.Nearest(at.Value, names); near != "" {
		f.Hint = "did you mean " + near + "? Known: " + strings.Join(names, ", ")
	}
	return false
}

// verdicts are what people say of deployments, by service.
func (b *Build) verdicts() map[string][]dora.Verdict {
	all := map[string][]dora.Verdict{}
	for _, dir := range slices.Sorted(maps.Keys(b.folders())) {
		names := b.folders()[dir]
		said := map[[2]string]bool{}
		for _, f := range beside(b, dir, failuresFile, source.Verdicts) {
			service := f.Service.Value
			switch {
			case service == "" && len(names) > 1:
				b.Findings.Errorf(f.Pos, diag.FrontMatterMissing, "the folder has several services, and the entry does not say which").Hint = "add service: " + names[0] + ", or one of " + strings.Join(names[1:], ", ")
				continue
			case service == "":
				service = names[0]
			case !b.among(f.Service, names):
				continue
			}
			restored, ok := b.moment(f.RestoredAt)
			if !ok {
				continue
			}
			switch {
			case f.Failed == nil && f.Rework == nil && restored.IsZero():
				b.Findings.Errorf(f.Pos, diag.FrontMatterMissing, "the entry says nothing of %s", f.Deployment.Value).Hint = "add failed: true or false, rework: true or false, or restored_at"
				continue
			case !restored.IsZero() && f.Failed != nil && !*f.Failed:
				b.Findings.Errorf(f.RestoredAt.Pos, diag.FrontMatterValue, "a deployment that did not fail was never restored").Hint = "delete restored_at, or write failed: true"
				continue
			}
			key := [2]string{service, f.Deployment.Value}
			if said[key] {
				b.Findings.Errorf(f.Pos, diag.FrontMatterTwice, "%s is judged twice", f.Deployment.Value).Hint = "keep one of them"
				continue
			}
			said[key] = true
			all[service] = append(all[service], dora.Verdict{Deployment: f.Deployment.Value, Failed: f.Failed, Rework: f.Rework, RestoredAt: restored, Reason: f.Reason})
		}
	}
	return all
}

// moment reads an instant; the zero time where none is given.
func (b *Build) moment(at handbook.Located) (time.Time, bool) {
	if at.Value == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.RFC3339, at.Value)
	if err != nil {
		b.Findings.Errorf(at.Pos, diag.FrontMatterValue, "expected a time like 2026-03-02T14:05:00Z, found %q", at.Value)
		return time.Time{}, false
	}
	return t.UTC(), true
}

// annotations adds what happened around the services to the flags of each.
func (b *Build) annotations(flags map[string][]render.Flag) {
	for _, dir := range slices.Sorted(maps.Keys(b.folders())) {
		names := b.folders()[dir]
		for _, a := range beside(b, dir, annotationsFile, source.Annotations) {
			at, err := time.ParseInLocation(time.DateOnly, a.Date.Value, b.Config.TimeZone)
			if err != nil {
				at, err = time.Parse(time.RFC3339, a.Date.Value)
			}
			if err != nil {
				b.Findings.Errorf(a.Date.Pos, diag.FrontMatterValue, "expected a day like 2026-03-02, or a time like 2026-03-02T14:05:00Z, found %q", a.Date.Value)
				continue
			}
			if a.URL.Value != "" && !strings.HasPrefix(a.URL.Value, "https://") && !strings.HasPrefix(a.URL.Value, "http://") {
				b.Findings.Errorf(a.URL.Pos, diag.FrontMatterValue, "expected an address that begins with https://, found %q", a.URL.Value)
				continue
			}
			about := names
			if len(a.Services) > 0 {
				about = nil
			}
			for _, s := range a.Services {
				if b.among(s, names) {
					about = append(about, s.Value)
				}
			}
			for _, name := range about {
				flags[name] = append(flags[name], render.Flag{At: at.UTC(), Text: a.Text, URL: a.URL.Value})
			}
		}
	}
}
