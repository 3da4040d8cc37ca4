package markdown

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// A metric block is a fenced block in strict YAML of one level:
//
//	service: pay          # a service's page, by its name
//	metric: lead_time     # handbook.Metrics
//	by: week              # or month; may be left out
//	last: 26w             # days, weeks, months or years; may be left out
//	title: How fast?      # may be left out
//
// A metric value is a code span, `metric: lead_time p50 service=pay last=12w`:
// the metric, then in any order a statistic (handbook.Metric.Stats), the
// service and the time.

var (
	blockKeys = []string{"service", "metric", "by", "last", "title"}
	spanKeys  = []string{"service", "last"}
)

// field is a key and its value in a metric block.
type field struct {
	key, value       string
	keyPos, valuePos diag.Pos
}

// metricBlock reads a metric block and leaves a slot for its chart. Where
// something is wrong it reports that and returns false.
func (w *walker) metricBlock(n *ast.FencedCodeBlock) bool {
	ref := handbook.MetricRef{Pos: w.pos(n.Pos())}
	before := w.found.Len()
	given := map[string]bool{}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		f, ok := w.field(line.Value(w.src), line.Start-line.Padding)
		if !ok {
			continue
		}
		if !slices.Contains(blockKeys, f.key) {
			w.badMetric(f.keyPos, hint(f.key, blockKeys), "a metric block has no key %q", f.key)
			given[diag.Nearest(f.key, blockKeys)] = true // one mistake, one finding
			continue
		}
		if given[f.key] {
			w.badMetric(f.keyPos, "keep one of them", "%s is given twice", f.key)
			continue
		}
		given[f.key] = true
		if f.value == "" {
			w.badMetric(f.valuePos, "write it after the colon", "%s has no value", f.key)
			continue
		}
		w.set(&ref, f.key, f.value, f.valuePos)
	}
	for _, key := range []string{"service", "metric"} {
		if !given[key] {
			w.badMetric(ref.Pos, "add a line "+key+": …", "the metric block does not say which %s it shows", key)
		}
	}
	w.metrics = append(w.metrics, ref)
	if w.found.Len() > before {
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

// set fills in one value of a block or span.
func (w *walker) set(ref *handbook.MetricRef, key, value string, pos diag.Pos) {
	switch key {
	case "service":
		ref.Service = handbook.Located{Value: value, Pos: pos}
	case "metric":
		ref.Metric = handbook.Located{Value: value, Pos: pos}
	case "title":
		ref.Title = value
	case "by":
		if value != "week" && value != "month" {
			w.badMetric(pos, hint(value, []string{"week", "month"}), "by is %q, not week or month", value)
			return
		}
		ref.By = value
	case "last":
		last, ok := parseLast(value)
		if !ok {
			w.badMetric(pos, "write a number with d, w, m or y, such as 26w", "%q is no span of time", value)
			return
		}
		ref.Last = last
	}
}

// parseLast reads a span of time such as 26w.
func parseLast(s string) (handbook.Last, bool) {
	if len(s) < 2 || len(s) > 5 || s[0] == '0' || !strings.ContainsRune("dwmy", rune(s[len(s)-1])) {
		return handbook.Last{}, false
	}
	n, err := strconv.ParseUint(s[:len(s)-1], 10, 16)
	return handbook.Last{N: int(n), Unit: s[len(s)-1]}, err == nil
}

// field reads a line of a metric block; it reports what is wrong with it and
// returns false for lines without a field.
func (w *walker) field(line []byte, at int) (field, bool) {
	text := string(bytes.TrimRight(line, " \t\n"))
	trimmed := strings.TrimLeft(text, " \t")
	if trimmed == "" || trimmed[0] == '#' {
		return field{}, false
	}
	start := w.pos(at + len(text) - len(trimmed))
	if len(trimmed) < len(text) {
		w.badMetric(start, "begin the line with the key", "a line of a metric block is not indented")
		return field{}, false
	}
	key, rest, ok := strings.Cut(text, ":")
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		w.badMetric(start, `write it as "key: value"`, "a line of a metric block is a key and a value")
		return field{}, false
	}
	value := strings.TrimLeft(rest, " \t")
	f := field{key: strings.TrimRight(key, " "), keyPos: start, valuePos: w.pos(at + len(text) - len(value))}
	f.value, ok = w.scalar(value, f.valuePos)
	return f, ok
}

// scalar reads a value of one line as YAML does: plain, or in quotes.
func (w *walker) scalar(s string, pos diag.Pos) (string, bool) {
	if s == "" || s[0] == '#' {
		return "", true
	}
	var value, rest string
	closed := true
	switch s[0] {
	case '\'':
		value, rest, closed = singleQuoted(s[1:])
	case '"':
		value, rest, closed = doubleQuoted(s[1:])
	default:
		value, _, _ = strings.Cut(s, " #")
		value = strings.TrimRight(value, " \t")
		if strings.ContainsRune("[]{},&*!|>%@`?-", rune(value[0])) || strings.Contains(value, ": ") || strings.HasSuffix(value, ":") {
			w.badMetric(pos, `write it in quotes: "…"`, "%s means something else in YAML", value)
			return "", false
		}
		return value, true
	}
	if rest = strings.TrimLeft(rest, " \t"); !closed || rest != "" && rest[0] != '#' {
		w.badMetric(pos, "end it with the quote it begins with", "the quotes of a value do not match")
		return "", false
	}
	return value, true
}

func singleQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\'' {
			if i+1 >= len(s) || s[i+1] != '\'' {
				return b.String(), s[i+1:], true
			}
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

func doubleQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			i++
			if i >= len(s) || s[i] != '"' && s[i] != '\\' {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
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
	if key != "statistic" {
		w.set(ref, key, value, pos)
		return
	}
	if !slices.Contains(stats(), value) {
		w.badMetric(pos, hint(value, stats()), "there is no statistic %q", value)
		return
	}
	ref.Stat = value
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
