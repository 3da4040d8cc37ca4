package source

import (
	"slices"
	"strconv"
	"strings"
)

// run is some lines of a text, the first with its number from 0.
type run struct {
	text string
	line int
}

// selected are the lines of a text that are asked for: 3, 2:5, :5, several such
// with commas, or a section by its name.
func selected(text, what string) (runs []run, ok bool) {
	lines := slices.Collect(strings.Lines(text))
	if what[0] != ':' && what[0] != '-' && (what[0] < '0' || what[0] > '9') {
		return marked(lines, what)
	}
	for span := range strings.SplitSeq(what, ",") {
		first, last, both := strings.Cut(span, ":")
		from, to := number(first, 1, len(lines)), number(last, len(lines), len(lines))
		if !both { // Material: from there on
			to = len(lines)
		}
		from, to = max(from, 1), min(to, len(lines))
		if from > to {
			return runs, false
		}
		runs = append(runs, run{strings.Join(lines[from-1:to], ""), from - 1})
	}
	return runs, true
}

// number reads the number of a line; below zero, it counts from the last.
func number(s string, unset, last int) int {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		return unset
	case n < 0:
		return last + n + 1
	}
	return n
}

// marked are the lines between the marks of a section.
func marked(lines []string, name string) (runs []run, ok bool) {
	from := -1
	for i, line := range lines {
		m := section.FindStringSubmatch(line)
		switch {
		case m == nil || m[2] != name:
		case m[1] == "start" && from < 0:
			from = i + 1
		case m[1] == "end" && from >= 0:
			runs = append(runs, run{strings.Join(lines[from:i], ""), from})
			from = -1
		}
	}
	if from >= 0 {
		runs = append(runs, run{strings.Join(lines[from:], ""), from})
	}
	return runs, len(runs) > 0
}
