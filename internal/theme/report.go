package theme

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/rutter-dev/rutter/internal/diag"
)

// runError is a run of a template that failed, with its place.
type runError struct {
	code     diag.Code
	file     string // below the theme's folder; "": unknown
	offset   int    // into the file; explain makes line and column of it
	line     int
	column   int
	template string // "": unknown
	message  string
	callers  []caller // that led to it, the nearest first
	cause    error    // of Go's templates; nil for what is found here
}

// caller is a place that runs a template.
type caller struct {
	file         string
	line, column int
	name         string // of the template that is run
}

func (e *runError) Error() string {
	pos := diag.Pos{Path: e.file, Line: e.line, Column: e.column}
	if e.file == "" {
		return e.text()
	}
	return pos.String() + ": " + e.text()
}

func (e *runError) Unwrap() error { return e.cause }

// text is the message with the template that it is about.
func (e *runError) text() string {
	if e.template == "" || e.code == diag.ThemeLimit {
		return e.message
	}
	return fmt.Sprintf("template %q: %s", e.template, e.message)
}

var (
	placed    = regexp.MustCompile(`(?s)^(?:html/)?template: ?([^:]*):(\d+)(?::(\d+))?: (.*)$`)
	executing = regexp.MustCompile(`(?s)^executing "([^"]*)" at <.*?>: (.*)$`)
	calling   = regexp.MustCompile(`^error calling [\pL\pN_]+: `)
)

// explain gives an error of Go's templates its place; entry is the template
// that was run, file the one to blame where Go names none. What was stopped
// here (broken) knows its place, and so does the error of a component that a
// view ran in the middle of its page.
func (t *Theme) explain(p *programs, broken *runError, entry, file string, err error) error {
	e := &runError{code: diag.ThemeRun, file: file, message: err.Error(), cause: err}
	t.read(e, p, err)
	var inner *runError
	switch {
	case broken != nil:
		e.code, e.message = broken.code, broken.message
		if broken.file != "" {
			e.place(t, broken.file, broken.offset)
			e.template = broken.template
		}
	case errors.As(err, &inner):
		run := *inner
		run.callers = append(slices.Clone(inner.callers), caller{e.file, e.line, e.column, inner.template})
		return &run
	}
	e.callers = t.callers(p, entry, e.template)
	return e
}

// read takes apart what Go says in words only: `template:
// components/toc/toc.html:4:9: executing "toc" at <.X>: …`. The name is that of
// the file, since the parsed trees carry it.
func (t *Theme) read(e *runError, p *programs, err error) {
	if m := placed.FindStringSubmatch(err.Error()); m != nil && t.sources[m[1]] != "" {
		e.file, e.message = m[1], m[4]
		e.line, _ = strconv.Atoi(m[2])
		if bytes, err := strconv.Atoi(m[3]); err == nil {
			e.place(t, e.file, lineStart(t.sources[e.file], e.line)+bytes)
		}
	}
	if m := executing.FindStringSubmatch(e.message); m != nil {
		e.template, e.message = original(m[1]), calling.ReplaceAllString(m[2], "")
	}
	var escape *template.Error
	if errors.As(err, &escape) {
		t.escaping(e, p, escape)
	}
}

var parserState = regexp.MustCompile(`(?s): \{state.*$`)

// escaping words what html/template says about a template in which it cannot
// tell what to escape, such as one with a quote that is not closed. It names
// the template that was run, not the one that is wrong.
func (t *Theme) escaping(e *runError, p *programs, err *template.Error) {
	e.message = parserState.ReplaceAllString(err.Description, "")
	entry := original(err.Name)
	switch {
	case err.ErrorCode == template.ErrEndContext:
		e.template = p.unclosed(entry, map[string]bool{})
		e.message = "a tag, quote or comment that begins in this template does not end"
		if tree := p.trees[e.template]; tree != nil {
			e.place(t, tree.ParseName, int(tree.Root.Pos))
		}
	case e.line > 0:
		e.template = p.at(e.file, lineStart(t.sources[e.file], e.line)+max(0, e.column-1))
	default:
		e.template = entry
	}
}

// unclosed finds the innermost template that leaves something open: run by
// itself, it fails in the same way.
func (p *programs) unclosed(name string, seen map[string]bool) string {
	tree := p.trees[name]
	if tree == nil || seen[name] {
		return ""
	}
	seen[name] = true
	inner := ""
	inspect(tree.Root, func(n parse.Node) {
		if c, ok := n.(*parse.TemplateNode); ok && inner == "" {
			inner = p.unclosed(c.Name, seen)
		}
	})
	if inner != "" {
		return inner
	}
	m, err := newMachine(p, false)
	if err != nil {
		return ""
	}
	m.begin(io.Discard)
	var escape *template.Error
	if err := m.set.ExecuteTemplate(&m.bounds, name, nil); errors.As(err, &escape) && escape.ErrorCode == template.ErrEndContext {
		return name
	}
	return ""
}

// at is the template of a file that begins last before an offset.
func (p *programs) at(file string, offset int) string {
	found, begin := "", -1
	for name, tree := range p.trees {
		if pos := int(tree.Root.Pos); tree.ParseName == file && pos <= offset && pos > begin {
			found, begin = name, pos
		}
	}
	return found
}

func (e *runError) place(t *Theme, file string, offset int) {
	pos := position("", file, t.sources[file], offset)
	e.file, e.line, e.column = file, pos.Line, pos.Column
}

// original is the name that a template has in its source; html/template makes
// copies for other contexts and adds to their names.
func original(name string) string {
	name, _, _ = strings.Cut(name, "$htmltemplate_")
	return name
}

// callers follows the places that run a template up to the entry, as long as
// there is one such place only: Go does not tell which of several it was.
func (t *Theme) callers(p *programs, entry, name string) []caller {
	reached := map[string]bool{}
	places := map[string][]caller{}
	var walk func(from string)
	walk = func(from string) {
		tree := p.trees[from]
		if tree == nil || reached[from] {
			return
		}
		reached[from] = true
		inspect(tree.Root, func(n parse.Node) {
			if c, ok := n.(*parse.TemplateNode); ok {
				pos := position("", tree.ParseName, t.sources[tree.ParseName], int(c.Pos))
				if c.Name != from {
					places[c.Name] = append(places[c.Name], caller{tree.ParseName, pos.Line, pos.Column, from})
				}
				walk(c.Name)
			}
		})
	}
	walk(entry)
	var chain []caller
	for name != entry && len(places[name]) == 1 && len(chain) < maxDepth {
		c := places[name][0]
		from := c.name
		c.name = name
		chain = append(chain, c)
		name = from
	}
	return chain
}

// Report turns an error of Execute or Component into one finding at its place
// in the theme. The pages are those that met it, in any order.
func Report(l *diag.List, theme string, pages []diag.Pos, err error) {
	f := report(l, theme, err)
	pages = slices.Clone(pages)
	slices.SortFunc(pages, diag.Pos.Compare)
	pages = slices.Compact(pages)
	if len(pages) == 0 {
		return
	}
	words := "the page that was being made"
	if n := len(pages) - 1; n > 0 {
		others := fmt.Sprintf("and %d other pages", n)
		if n == 1 {
			others = "and 1 other page"
		}
		f.Message += fmt.Sprintf(", on %s %s", pages[0].Path, others)
		words = "the first page that was being made"
	}
	f.Related = append([]diag.Related{{Pos: pages[0], Message: words}}, f.Related...)
}

// report makes the finding of an error; one without a place is about the
// theme's folder.
func report(l *diag.List, theme string, err error) *diag.Finding {
	var e *runError
	if !errors.As(err, &e) {
		return l.Errorf(diag.Pos{Path: theme}, diag.ThemeRun, "%v", err)
	}
	f := l.Errorf(diag.Pos{Path: path.Join(theme, e.file), Line: e.line, Column: e.column}, e.code, "%s", e.text())
	for _, c := range e.callers {
		f.Related = append(f.Related, diag.Related{
			Pos:     diag.Pos{Path: path.Join(theme, c.file), Line: c.line, Column: c.column},
			Message: fmt.Sprintf("what runs %q", c.name),
		})
	}
	return f
}

// names returns the names of templates, sorted.
func names(trees map[string]*parse.Tree) []string { return slices.Sorted(maps.Keys(trees)) }
