package site

import (
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// metrics checks that what metric blocks and values name exists. A number that
// cannot be found is a mistake of the page: it must not quietly go missing.
func (b *builder) metrics() {
	var services []string
	for _, p := range b.all {
		if p.Kind == handbook.Service {
			services = append(services, p.Name())
		}
	}
	slices.Sort(services)
	for _, p := range b.all {
		for _, m := range p.Body.Metrics {
			if m.Service.Value != "" && !slices.Contains(services, m.Service.Value) {
				f := b.found.Errorf(m.Service.Pos, diag.MetricService, "there is no service %q", m.Service.Value)
				f.Hint = choices(m.Service.Value, services)
				if len(services) == 0 {
					f.Hint = "a service is a page in services/; this site has none"
				}
			}
			metric := handbook.Metric(m.Metric.Value)
			switch {
			case metric == "":
			case !metric.Known():
				names := make([]string, len(handbook.Metrics))
				for i, id := range handbook.Metrics {
					names[i] = string(id)
				}
				b.found.Errorf(m.Metric.Pos, diag.MetricID, "there is no metric %q", m.Metric.Value).Hint = choices(m.Metric.Value, names)
			case m.Stat != "" && !slices.Contains(metric.Stats(), m.Stat):
				b.found.Errorf(m.Pos, diag.MetricBlock, "%s has no value %q", metric, m.Stat).Hint = choices(m.Stat, metric.Stats())
			}
		}
	}
}

// choices is a hint that names the nearest of the possible values, and all.
func choices(got string, all []string) string {
	list := strings.Join(all, ", ")
	if near := diag.Nearest(got, all); near != "" {
		return "did you mean " + near + "? Known: " + list
	}
	return "known: " + list
}
