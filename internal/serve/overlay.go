package serve

import (
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// maxFindings is how many findings the overlay shows: enough to begin with. The
// terminal has all of them.
const maxFindings = 50

// finding is an error as the overlay shows it. It is all text; the browser
// never reads it as HTML.
type finding struct {
	Place   string   `json:"place"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Source  string   `json:"source,omitempty"`
	Hint    string   `json:"hint,omitempty"`
	Related []string `json:"related,omitempty"`
}

func overlay(found diag.List) []finding {
	var list []finding
	for _, f := range found.All() {
		if f.Severity != diag.Error {
			continue
		}
		o := finding{Place: f.Pos.String(), Code: string(f.Code), Message: f.Message, Source: excerpt(f.Source, f.Pos.Column), Hint: f.Hint}
		for _, r := range f.Related {
			o.Related = append(o.Related, r.Pos.String()+": "+r.Message)
		}
		list = append(list, o)
	}
	return list
}

// excerpt cuts a long line around a column, which is 1-based, or 0.
func excerpt(line string, column int) string {
	const around = 100
	runes := []rune(line)
	from := max(0, min(column-1, len(runes))-around)
	to := min(len(runes), max(0, column-1)+around)
	if from >= to {
		return ""
	}
	text := string(runes[from:to])
	if from > 0 {
		text = "…" + text
	} else {
		text = strings.TrimLeft(text, " \t")
	}
	if to < len(runes) {
		text += "…"
	}
	return text
}
