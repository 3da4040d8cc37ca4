package main

import (
	"fmt"
	"slices"
)

// target is one thing to reach: a value that must not be above a limit.
type target struct {
	what    string
	value   float64
	unit    string // after the value and the limit; empty for a count
	limit   float64
	known   bool // there is a value
	limited bool // there is a limit at this size
}

// met says in a word whether the target is reached.
func (t target) met() string {
	switch {
	case !t.known:
		return "not run"
	case !t.limited:
		return ""
	case t.value <= t.limit:
		return "yes"
	}
	return "**no**"
}

// text is a value or a limit with its unit.
func (t target) text(v float64) string {
	if t.unit == "" {
		return thousands(int(v))
	}
	return figure(v) + t.unit
}

func (r report) targetRows() [][]string {
	var rows [][]string
	for _, t := range r.targets() {
		row := []string{t.what, "", "", t.met()}
		if t.known {
			row[1] = t.text(t.value)
		}
		if t.limited {
			row[2] = "≤ " + t.text(t.limit)
		}
		rows = append(rows, row)
	}
	return rows
}

// targets are the ratios that count, with what is to be reached.
func (r report) targets() []target {
	var all []target
	for _, z := range r.sizes {
		all = append(all, z.targets()...)
	}
	if n := len(r.sizes); n > 1 {
		all = append(all, growth(r.sizes[0], r.sizes[n-1])...)
	}
	return append(all, r.preview.targets()...)
}

// targets of one size. Small sites are measured, but what they must reach is
// memory and the time of a cold build: of the rest, starting is too great a part.
func (z size) targets() []target {
	large := z.pages >= manyPages
	hugoCPU, hugoMemory, memory := 0.5, 0.25, 100.0
	if large {
		hugoCPU, hugoMemory, memory = 0.45, 0.15, 350
	}
	name := func(s string) string { return fmt.Sprintf("%s pages: %s", thousands(z.pages), s) }
	ratio := func(what string, a, b []cost, get func([]cost) float64, limit float64, limited bool) target {
		t := target{what: name(what), unit: " ×", limit: limit, limited: limited, known: len(a) > 0 && len(b) > 0}
		if t.known {
			t.value = get(a) / get(b)
		}
		return t
	}
	return []target{
		ratio("cold CPU / floor", z.cold, z.floor, cpuSeconds, 1.5, true),
		ratio("cold CPU / Hugo", z.cold, z.hugo, cpuSeconds, hugoCPU, true),
		{what: name("cold, memory"), value: megabytes(z.cold), unit: " MB", limit: memory, known: true, limited: true},
		ratio("cold, memory / Hugo", z.cold, z.hugo, megabytes, hugoMemory, true),
		ratio("nothing changed / cold, wall", z.nothing, z.cold, wallSeconds, 0.06, large),
		ratio("nothing changed / cold, CPU", z.nothing, z.cold, cpuSeconds, 0.06, large),
		ratio("first edit after a cold build / cold, wall", z.first, z.cold, wallSeconds, 0, false),
		ratio("one body edit / cold, wall", z.body, z.cold, wallSeconds, 0.1, large),
		ratio("one body edit / cold, CPU", z.body, z.cold, cpuSeconds, 0.1, large),
		ratio("one title edit / cold, wall", z.title, z.cold, wallSeconds, 0, false),
		{what: name("files changed with nothing changed"), value: most(z.nothing, func(c cost) int { return c.changed }), known: true, limited: true},
		{what: name("files changed that do not show the edit"), value: most(slices.Concat(z.body, z.title), func(c cost) int { return c.strange }), known: true, limited: true},
		{what: name("files unlike a clean build after the edits"), value: float64(z.stale), known: true, limited: true},
	}
}

// growth is how the time of a cold build follows the number of pages. The
// limit leaves 5 % above linear.
func growth(small, large size) []target {
	limit := 1.05 * float64(large.pages) / float64(small.pages)
	what := fmt.Sprintf("cold, %s pages / %s pages, ", thousands(large.pages), thousands(small.pages))
	return []target{
		{what: what + "wall", value: wallSeconds(large.cold) / wallSeconds(small.cold), unit: " ×", limit: limit, known: true, limited: true},
		{what: what + "CPU", value: cpuSeconds(large.cold) / cpuSeconds(small.cold), unit: " ×", limit: limit, known: true, limited: true},
	}
}

// targets of the preview; none where it was left out.
func (p preview) targets() []target {
	if p.pages == 0 {
		return nil
	}
	name := func(s string) string { return fmt.Sprintf("preview of %s pages: %s", thousands(p.pages), s) }
	body := target{what: name("body edit, p95"), unit: " ms", limit: 60, known: len(p.body) > 0, limited: true}
	if body.known {
		body.value = milliseconds(quantile(p.body, 0.95))
	}
	title := target{what: name("title edit, p95"), unit: " ms", limit: 150, known: len(p.title) > 0, limited: true}
	late := target{what: name("title edits that were on one page before another"), value: float64(p.late), known: title.known, limited: true}
	if title.known {
		title.value = milliseconds(quantile(p.title, 0.95))
	}
	return []target{body, title, late}
}

// most is the greatest count of all rounds.
func most(costs []cost, get func(cost) int) float64 {
	return float64(slices.Max(of(costs, get)))
}
