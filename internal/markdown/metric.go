package markdown

import (
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// A metric block is a fenced block in strict YAML of one level:
//
//	service: pay          # a service's page, by its name
//	metric: lead_time     # handbook.Metrics
//	by: week              # or month; may be left out
//	last: 26w             # days, weeks, months or years; may be left out
//	title: How fast?      # may be left out
//	chart: changes        # handbook.Charts; left out, the metric over periods
//
// A metric value is a code span, `metric: lead_time p50 service=pay last=12w`:
// the metric, then in any order a statistic (handbook.Metric.Stats), the
// service and the time.

// spanKeys are the settings of a metric value.
var spanKeys = []string{"service", "last"}

// blockFields are the keys of a metric block.
type blockFields struct {
	Service handbook.Located `yaml:"service,required" like:"checkout"`
	Metric  handbook.Located `yaml:"metric,required" like:"lead_time"`
	By      string           `yaml:"by" enum:"week,month"`
	Last    handbook.Last    `yaml:"last"`
	Title   string           `yaml:"title"`
	Chart   string           `yaml:"chart" enum:"changes,stages,calendar,open,recoveries"`
}

// metricBlock reads a metric block and leaves a slot for its chart. Where
// something is wrong it reports that and returns false.
func (w *walker) metricBlock(n *ast.FencedCodeBlock) bool {
	ref := handbook.MetricRef{Pos: w.pos(n.Pos())}
	at := ref.Pos
	if n.Lines().Len() > 0 {
		first := n.Lines().At(0)
		at = w.pos(first.Start - first.Padding)
	}
	var f blockFields
	ok := strictyaml.Decode(w.rawLines(n.Lines()), at, &f, strictyaml.One(diag.MetricBlock), w.found)
	ref.Service, ref.Metric, ref.By, ref.Last, ref.Title, ref.Chart = f.Service, f.Metric, f.By, f.Last, f.Title, f.Chart
	w.metrics = append(w.metrics, ref)
	if !ok {
		return false
	}
	w.slots = append(w.slots, handbook.Slot{At: len(w.html), Kind: handbook.SlotFigure, Index: len(w.metrics) - 1})
	w.write("\n")
	return true
}

func (w *walker) badMetric(pos diag.Pos, hint, format string, args ...any) {
	w.found.Errorf(pos, diag.MetricBlock, format, args...).Hint = hint
}

// hint names the nearest of the possible words, or all of them.
func hint(word string, known []string) string {
	if near := diag.Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "known: " + strings.Join(known, ", ")
}

// parseLast reads a span of time such as 26w.
func parseLast(s string) (handbook.Last, bool) {
	if len(s) < 2 || len(s) > 5 || s[0] == '0' || !strings.ContainsRune("dwmy", rune(s[len(s)-1])) {
		return handbook.Last{}, false
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 16)
	return handbook.Last{N: int(n), Unit: s[len(s)-1]}, err == nil
}

// metricSpan writes a code span that is a metric value as a slot. It returns
// false for other spans and for those that cannot be read, which it reports.
func (w *walker) metricSpan(n *ast.CodeSpan) bool {
	first, ok := n.FirstChild().(*ast.Text)
	const prefix = "metric: "
	text := string(w.appendCode(nil, n))
	if !ok || !strings.HasPrefix(text, prefix) || strings.TrimSpace(text[len(prefix):]) == "" {
		return false
	}
	at := first.Segment.Start
	ref := handbook.MetricRef{Pos: w.pos(at), Inline: true}
	before := w.found.Len()
	given := map[string]bool{}
	for i := len(prefix); i < len(text); {
		if text[i] == ' ' {
			i++
			continue
		}
		word, _, _ := strings.Cut(text[i:], " ")
		w.metricWord(&ref, given, word, at+i)
		i += len(word)
	}
	if !given["metric"] {
		w.badMetric(ref.Pos, "write it after the colon, such as metric: lead_time p50 service=pay", "the value does not say which metric it is")
	}
	if !given["service"] {
		w.badMetric(ref.Pos, "add service=…", "the value does not say of which service it is")
	}
	w.metrics = append(w.metrics, ref)
	if w.found.Len() > before {
		return false
	}
	w.slots = append(w.slots, handbook.Slot{At: len(w.html), Kind: handbook.SlotValue, Index: len(w.metrics) - 1})
	w.plain = append(w.plain, "…"...) // for the number in a summary
	return true
}

// metricWord reads one word of a metric value.
func (w *walker) metricWord(ref *handbook.MetricRef, given map[string]bool, word string, at int) {
	pos := w.pos(at)
	key, value, assigned := strings.Cut(word, "=")
	switch {
	case !assigned && !given["metric"]:
		key, value = "metric", word
	case !assigned:
		key, value = "statistic", word
	case !slices.Contains(spanKeys, key):
		w.badMetric(pos, hint(key, spanKeys), "a metric value has no setting %q", key)
		given[diag.Nearest(key, spanKeys)] = true
		return
	default:
		pos = w.pos(at + len(key) + 1)
	}
	if given[key] {
		w.badMetric(pos, "keep one of them", "%s is given twice", key)
		return
	}
	given[key] = true
	if value == "" {
		w.badMetric(pos, "write it after the equals sign", "%s has no value", key)
		return
	}
	switch key {
	case "service":
		ref.Service = handbook.Located{Value: value, Pos: pos}
	case "metric":
		ref.Metric = handbook.Located{Value: value, Pos: pos}
	case "last":
		last, ok := parseLast(value)
		if !ok {
			w.badMetric(pos, "write a number with d, w, m or y, such as 26w", "%q is no span of time", value)
			return
		}
		ref.Last = last
	default:
		if !slices.Contains(stats(), value) {
			w.badMetric(pos, hint(value, stats()), "there is no statistic %q", value)
			return
		}
		ref.Stat = value
	}
}

// stats are the statistics of all metrics; whether one belongs to the metric
// is checked with the metric itself.
func stats() []string {
	var all []string
	for _, m := range handbook.Metrics {
		all = append(all, m.Stats()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
