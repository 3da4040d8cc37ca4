package build

import (
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
)

// flags are what the charts of each service remind of: decisions that affect it,
// and what happened around it.
func (b *Build) flags() map[string][]render.Flag {
	flags := map[string][]render.Flag{}
	var names []string
	for _, p := range b.Site.Services {
		names = append(names, p.Name())
	}
	for _, p := range b.Site.Pages {
		d := p.Meta.Decision
		if p.Kind != handbook.Decision || d == nil {
			continue
		}
		if d.Date.At.IsZero() || d.State == "proposed" {
			continue // a missing date has been reported; what is proposed has changed nothing
		}
		at := time.Date(d.Date.At.Year(), d.Date.At.Month(), d.Date.At.Day(), 0, 0, 0, 0, b.Config.TimeZone)
		affected := names
		if len(d.Affects) > 0 {
			affected = nil
		}
		for _, a := range d.Affects {
			if name := strings.TrimPrefix(a.Value, "service:"); slices.Contains(names, name) {
				affected = append(affected, name)
			}
		}
		for _, name := range affected {
			flags[name] = append(flags[name], render.Flag{At: at.UTC(), Text: p.Title, Page: p.URL})
		}
	}
	b.annotations(flags)
	for _, list := range flags {
		slices.SortStableFunc(list, func(a, b render.Flag) int { return a.At.Compare(b.At) })
	}
	return flags
}
