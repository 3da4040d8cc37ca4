package theme

import (
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Execute writes a page of the given kind, one of Layouts. An error has its
// place in the theme, for Report; the same mistake met on two pages gives
// errors with the same text. What was written before it stays written. An
// error of w is returned as it is.
func (t *Theme) Execute(w io.Writer, kind string, view any) error {
	p := t.layouts[kind]
	if p == nil {
		return fmt.Errorf("the theme has no layout for pages of kind %q", kind)
	}
	return t.run(w, p, baseFile, layoutFile(kind), view)
}

// Component writes one component, such as "figure". A view may do so while its
// page is being written.
func (t *Theme) Component(w io.Writer, name string, view any) error {
	tree := t.parts.trees[name]
	if tree == nil {
		return fmt.Errorf("the theme has no component %q", name)
	}
	return t.run(w, t.parts, name, tree.ParseName, view)
}

// run runs a template; file is the one to blame where Go names none.
func (t *Theme) run(w io.Writer, p *programs, name, file string, view any) error {
	m, err := p.take(p)
	if err != nil {
		return err
	}
	defer p.give(m)
	m.begin(w)
	err = m.set.ExecuteTemplate(&m.bounds, name, view)
	switch {
	case err == nil:
		return nil
	case m.refused != nil:
		return m.refused
	}
	broken := m.broken
	if m.steps < 0 {
		trace, err := newMachine(p, true)
		if err != nil {
			return err
		}
		trace.begin(io.Discard)
		if trace.set.ExecuteTemplate(&trace.bounds, name, view) != nil && trace.broken != nil {
			broken = trace.broken
		}
	}
	return t.explain(p, broken, name, file, err)
}

// machine is a set of templates that runs one page at a time: the functions
// that count belong to a set of html/template, not to a run of it.
type machine struct {
	set *template.Template
	bounds
}

// machines are those that nobody uses at the moment. There are as many as were
// ever used at once; each costs some 100 KB and is made in a millisecond.
type machines struct {
	lock sync.Mutex
	free []*machine
}

func (ms *machines) take(p *programs) (*machine, error) {
	ms.lock.Lock()
	if n := len(ms.free); n > 0 {
		m := ms.free[n-1]
		ms.free = ms.free[:n-1]
		ms.lock.Unlock()
		return m, nil
	}
	ms.lock.Unlock()
	return newMachine(p, false)
}

func (ms *machines) give(m *machine) {
	m.out = nil
	ms.lock.Lock()
	defer ms.lock.Unlock()
	ms.free = append(ms.free, m)
}

func newMachine(p *programs, tracing bool) (*machine, error) {
	m := &machine{}
	m.tracing = tracing
	m.set = template.New("").Funcs(m.functions())
	for _, name := range slices.Sorted(maps.Keys(p.trees)) {
		if _, err := m.set.AddParseTree(name, m.bound(p, name)); err != nil {
			return nil, fmt.Errorf("prepare template %s: %w", name, err)
		}
	}
	return m, nil
}

// Try runs the layout of a kind on a sample view, to nowhere, and reports what
// fails. It also finds what html/template only finds when it first runs a
// template, such as a quote that is not closed. The words of what name the
// sample: "a page with everything". It is silent about a kind or a theme whose
// templates could not be read, which Load has reported.
func (t *Theme) Try(theme, kind, what string, view any) diag.List {
	if p := t.layouts[kind]; p != nil {
		return t.try(theme, p, baseFile, layoutFile(kind), what, view)
	}
	return diag.List{}
}

// TryComponent does the same with a component that runs alone.
func (t *Theme) TryComponent(theme, name, what string, view any) diag.List {
	if tree := t.parts.trees[name]; tree != nil {
		return t.try(theme, t.parts, name, tree.ParseName, what, view)
	}
	return diag.List{}
}

func (t *Theme) try(theme string, p *programs, name, file, what string, view any) diag.List {
	var l diag.List
	if !t.whole {
		return l
	}
	if err := t.run(io.Discard, p, name, file, view); err != nil {
		f := report(&l, theme, err)
		f.Hint = "found with " + what
	}
	return l
}
