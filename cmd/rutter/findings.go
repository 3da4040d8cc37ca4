package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// findingsWriter returns the writer of a format, one of those offered.
func findingsWriter(format string, offered ...string) (func(*diag.List, io.Writer) error, error) {
	if !slices.Contains(offered, format) {
		return nil, usage("--format: %q is not one of %s", format, strings.Join(offered, ", "))
	}
	return func(l *diag.List, w io.Writer) error {
		switch format {
		case "json":
			return l.WriteJSON(w)
		case "github":
			return l.WriteGitHub(w)
		case "sarif":
			return l.WriteSARIF(w, version())
		}
		return l.WriteText(w)
	}, nil
}

// findingCounts is "2 errors, 1 warning", "" where there is neither.
func findingCounts(l *diag.List) string {
	errors, warnings := l.Count()
	var parts []string
	if errors > 0 {
		parts = append(parts, plural(errors, "error"))
	}
	if warnings > 0 {
		parts = append(parts, plural(warnings, "warning"))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
