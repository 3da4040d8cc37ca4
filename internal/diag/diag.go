// Package diag holds findings: mistakes and gaps in a handbook, each with the
// place where its author mends it.
//
//	stages ── Errorf, Warnf ──▶ List ── Sort ──▶ WriteText, WriteJSON, WriteGitHub, WriteSARIF
//
// A finding is about the handbook and goes to its author; an error of Go is
// about the run (a full disk, a signal) and is returned as usual. Stages add to
// a List of their own and go on, so that one run shows every finding; the
// caller joins the lists. A List is not safe for use by two goroutines at once.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a finding stops publishing.
type Severity uint8

// The severities, the worse one first so that findings sort by it.
const (
	Error   Severity = iota // nothing is published
	Warning                 // published, and said
)

func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// Pos is a place in a file of the site. The zero Line means the file as a
// whole; the zero Column the line as a whole.
type Pos struct {
	Path   string // slash-separated, as the user would type it from the site's folder
	Line   int    // 1-based
	Column int    // 1-based, counted in runes
}

func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.Path
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
}

// Compare orders positions by path, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.Path, q.Path), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Finding is one mistake or gap.
type Finding struct {
	Code     Code
	Severity Severity
	Pos      Pos
	Message  string    // what is wrong: a plain sentence without a full stop
	Hint     string    // the way out; empty where the message says it all
	Source   string    // the line at Pos, without its line end; empty where unknown
	Related  []Related // other places that belong to it
}

// Related is another place that a finding is about, such as the first of two
// pages with one URL.
type Related struct {
	Pos     Pos
	Message string
}

// List collects findings. The zero value is empty and ready to use.
type List struct {
	findings []*Finding
}

// Errorf adds an error and returns it, so that the caller can add a hint.
func (l *List) Errorf(pos Pos, code Code, format string, args ...any) *Finding {
	return l.add(Error, pos, code, format, args)
}

// Warnf adds a warning and returns it, so that the caller can add a hint.
func (l *List) Warnf(pos Pos, code Code, format string, args ...any) *Finding {
	return l.add(Warning, pos, code, format, args)
}

func (l *List) add(s Severity, pos Pos, code Code, format string, args []any) *Finding {
	f := &Finding{Code: code, Severity: s, Pos: pos, Message: fmt.Sprintf(format, args...)}
	l.findings = append(l.findings, f)
	return f
}

// Join adds the findings of other lists.
func (l *List) Join(others ...List) {
	for _, o := range others {
		l.findings = append(l.findings, o.findings...)
	}
}

// Add adds copies of findings that were made earlier, such as those that Take
// returned.
func (l *List) Add(findings ...Finding) {
	for _, f := range findings {
		l.findings = append(l.findings, &f)
	}
}

// Take empties the list and returns what was in it, for Add to bring back.
func (l *List) Take() []Finding {
	var list []Finding
	for _, f := range l.findings {
		list = append(list, *f)
	}
	l.findings = nil
	return list
}

// All returns the findings in the order they have; the slice belongs to l.
func (l *List) All() []*Finding { return l.findings }

// Len is the number of findings.
func (l *List) Len() int { return len(l.findings) }

// Count returns the number of errors and of warnings.
func (l *List) Count() (errors, warnings int) {
	for _, f := range l.findings {
		if f.Severity == Error {
			errors++
		}
	}
	return errors, len(l.findings) - errors
}

// HasErrors reports whether anything in l stops publishing.
func (l *List) HasErrors() bool {
	return slices.ContainsFunc(l.findings, func(f *Finding) bool { return f.Severity == Error })
}

// Filter returns the findings that keep wants, in their order.
func (l *List) Filter(keep func(*Finding) bool) List {
	var out List
	for _, f := range l.findings {
		if keep(f) {
			out.findings = append(out.findings, f)
		}
	}
	return out
}

// Sort orders the findings by place, then code and message, and drops exact
// repetitions: the order of stages and goroutines does not show.
func (l *List) Sort() {
	slices.SortStableFunc(l.findings, compare)
	l.findings = slices.CompactFunc(l.findings, func(a, b *Finding) bool { return compare(a, b) == 0 })
}

func compare(a, b *Finding) int {
	return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
}

// Strict turns warnings into errors, except those about age, coverage, git
// history and the freshness of data: they are not what a change got wrong.
func (l *List) Strict() {
	for _, f := range l.findings {
		if !f.Code.Forgiven() {
			f.Severity = Error
		}
	}
}

// Soften turns errors into warnings, for folders that nobody wrote for us.
func (l *List) Soften() {
	for _, f := range l.findings {
		f.Severity = Warning
	}
}

// Locate fills in the source line of each finding that has a line and lacks
// its text. The read function returns a file by the path of a position.
func (l *List) Locate(read func(path string) ([]byte, error)) {
	lines := map[string][]string{}
	for _, f := range l.findings {
		if f.Source != "" || f.Pos.Line == 0 {
			continue
		}
		text, known := lines[f.Pos.Path]
		if !known {
			if data, err := read(f.Pos.Path); err == nil {
				text = strings.Split(lineEnds.Replace(strings.ToValidUTF8(string(data), "\uFFFD")), "\n")
			}
			lines[f.Pos.Path] = text
		}
		if f.Pos.Line <= len(text) {
			f.Source = text[f.Pos.Line-1]
		}
	}
}

// lineEnds makes one kind of line end of the three there are.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")
