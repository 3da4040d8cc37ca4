package theme

import (
	"fmt"
	"html/template"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/rutter-dev/rutter/internal/diag"
)

// The bounds of one run of a template. Go's templates have none but a depth of
// 100,000, and a range over a large number cannot be stopped from outside. Real
// pages stay far below: a list of 10,000 pages has 10,000 rounds.
const (
	maxSteps  = 1_000_000 // rounds of ranges, and templates called, together
	maxDepth  = 100       // templates within templates
	maxOutput = 32 << 20  // bytes of a page
	maxText   = 32 << 20  // bytes of text that functions such as printf make for a page
	maxVerbs  = 64        // of one printf; each may ask for a million blanks
)

// The functions that a machine adds to its templates. Sources cannot call
// them: functions has no row for them.
const (
	stepFunction  = "rutter_step"
	enterFunction = "rutter_enter"
	leaveFunction = "rutter_leave"
)

// bounds counts what one run of a template does. The counting is written into
// the parsed templates:
//
//   - each round of a range and each template begins with an empty text. Go
//     writes it like any other, and Write counts the writes of nothing: that
//     costs nanoseconds, where the call of a function costs half a microsecond.
//   - templates that can call themselves begin with enter and end with leave.
//
// Where that count breaks a bound, nobody knows the place. The page is then run
// again, tracing: with step, which knows its place, instead of the empty texts.
//
// None of these change what is written. Nor does html/template see them, which
// reads the text between actions to know how to escape them.
type bounds struct {
	out     io.Writer
	refused error     // of out
	broken  *runError // what ended the run, where that was found here
	steps   int       // rounds and templates that are left
	written int
	text    int
	open    []string // templates that can call themselves, the outermost first

	tracing bool
	sites   []site
	ran     []int // how often each site was passed
}

// site is the beginning of a range or of a template.
type site struct {
	template string
	file     string
	offset   int
	ranging  bool
}

// begin makes ready for a run that writes to w.
func (b *bounds) begin(w io.Writer) {
	b.out, b.refused, b.broken = w, nil, nil
	b.steps, b.written, b.text = maxSteps, 0, 0
	b.open = b.open[:0]
	clear(b.ran)
}

// Write passes a piece of a page on, while the page is small enough.
func (b *bounds) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, b.count()
	}
	if b.written += len(p); b.written > maxOutput {
		return 0, b.stop(site{}, "the page is larger than 32 MiB")
	}
	n, err := b.out.Write(p)
	if err != nil {
		b.refused = err
	}
	return n, err
}

// stop is the error that ends a run at a place; the zero site leaves the place
// to what Go says.
func (b *bounds) stop(at site, format string, args ...any) error {
	if b.broken == nil {
		b.broken = &runError{code: diag.ThemeLimit, file: at.file, offset: at.offset, template: at.template, message: fmt.Sprintf(format, args...)}
	}
	return b.broken
}

// step counts what a traced run does, with its place.
func (b *bounds) step(number int) (bool, error) {
	b.ran[number]++
	return true, b.count()
}

// count takes a step from the budget.
func (b *bounds) count() error {
	if b.steps--; b.steps >= 0 {
		return nil
	}
	at, ran := b.busiest()
	switch {
	case at.ranging:
		return b.stop(at, "this range ran more than 1,000,000 times on one page, counting the ranges and templates in it")
	case ran > 0:
		return b.stop(at, "template %q ran more than 1,000,000 times on one page, counting the templates in it", at.template)
	}
	return b.stop(site{}, "the ranges and templates of one page ran more than 1,000,000 times")
}

// busiest is the site that a traced run passed most often, of two that ran as
// often the first. A range that often runs many templates is rather the cause
// than they are.
func (b *bounds) busiest() (at site, times int) {
	for _, ranging := range []bool{false, true} {
		for i, s := range b.sites {
			if n := b.ran[i]; s.ranging == ranging && (n > times || ranging && !at.ranging && n > times/10) {
				at, times = s, n
			}
		}
	}
	return at, times
}

// enter begins a template that can call itself.
func (b *bounds) enter(number int) (bool, error) {
	at := b.sites[number]
	b.open = append(b.open, at.template)
	if len(b.open) > maxDepth {
		return false, b.stop(at, "templates call each other more than 100 deep: %s", circle(b.open))
	}
	return true, nil
}

// leave ends it. A run that fails leaves nothing, and begin forgets it.
func (b *bounds) leave() bool {
	b.open = b.open[:len(b.open)-1]
	return true
}

// circle words how the last of some open templates came to call itself.
func circle(open []string) string {
	last := open[len(open)-1]
	from := len(open) - 2
	for from > 0 && open[from] != last {
		from--
	}
	var quoted []string
	for _, name := range open[from:] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return strings.Join(quoted, " calls ")
}

// functions are those that count, and Go's own functions that make text, which
// could otherwise double a text again and again until memory is full.
func (b *bounds) functions() template.FuncMap {
	text := func(f func(...any) string) func(...any) (string, error) {
		return func(args ...any) (string, error) {
			if err := b.write(1, args); err != nil {
				return "", err
			}
			return b.wrote(f(args...))
		}
	}
	return template.FuncMap{
		stepFunction:  b.step,
		enterFunction: b.enter,
		leaveFunction: b.leave,
		"print":       text(fmt.Sprint),
		"println":     text(fmt.Sprintln),
		"html":        text(template.HTMLEscaper),
		"js":          text(template.JSEscaper),
		"urlquery":    text(template.URLQueryEscaper),
		"printf": func(format string, args ...any) (string, error) {
			verbs := strings.Count(format, "%")
			if verbs > maxVerbs {
				return "", b.stop(site{}, "a printf has %d verbs; 64 are allowed", verbs)
			}
			if err := b.write(max(1, verbs), args); err != nil {
				return "", err
			}
			return b.wrote(fmt.Sprintf(format, args...))
		},
	}
}

// write asks whether texts may be written so many times.
func (b *bounds) write(times int, args []any) error {
	sum := 0
	for _, arg := range args {
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			sum += v.Len() * times
		}
	}
	if b.text+sum > maxText {
		return b.stop(site{}, "the functions of templates made more than 32 MiB of text for one page")
	}
	return nil
}

// wrote takes a text that was made from the budget.
func (b *bounds) wrote(s string) (string, error) {
	b.text += len(s)
	return s, nil
}

// programs are templates that call each other.
type programs struct {
	trees   map[string]*parse.Tree
	circles map[string]bool // those that can call themselves
	machines
}

func newPrograms(trees map[string]*parse.Tree) *programs {
	p := &programs{trees: trees, circles: map[string]bool{}}
	called := map[string][]string{}
	for name, tree := range trees {
		inspect(tree.Root, func(n parse.Node) {
			if t, ok := n.(*parse.TemplateNode); ok {
				called[name] = append(called[name], t.Name)
			}
		})
	}
	for name := range trees {
		seen := map[string]bool{}
		var reach func(from string)
		reach = func(from string) {
			for _, to := range called[from] {
				if !seen[to] {
					seen[to] = true
					reach(to)
				}
			}
		}
		reach(name)
		p.circles[name] = seen[name]
	}
	return p
}

// bound returns a copy of a template that counts what it does.
func (b *bounds) bound(p *programs, name string) *parse.Tree {
	tree := p.trees[name].Copy()
	inspect(tree.Root, func(n parse.Node) {
		if r, ok := n.(*parse.RangeNode); ok {
			r.List.Nodes = slices.Insert(r.List.Nodes, 0, b.counter(site{name, tree.ParseName, int(r.Pos), true}))
		}
	})
	at := site{name, tree.ParseName, int(tree.Root.Pos), false}
	first := []parse.Node{b.counter(at)}
	if !p.circles[name] {
		tree.Root.Nodes = slices.Concat(first, tree.Root.Nodes)
		return tree
	}
	first = append(first, silent(tree.Root.Pos, enterFunction, b.number(at)))
	tree.Root.Nodes = slices.Concat(first, tree.Root.Nodes, []parse.Node{silent(tree.Root.Pos, leaveFunction)})
	return tree
}

// counter is what a round or a template begins with.
func (b *bounds) counter(at site) parse.Node {
	pos := parse.Pos(at.offset)
	if b.tracing {
		return silent(pos, stepFunction, b.number(at))
	}
	return &parse.TextNode{NodeType: parse.NodeText, Pos: pos}
}

// number notes a site and returns its number, as an argument.
func (b *bounds) number(at site) parse.Node {
	number := len(b.sites)
	b.sites = append(b.sites, at)
	b.ran = append(b.ran, 0)
	return &parse.NumberNode{NodeType: parse.NodeNumber, Pos: parse.Pos(at.offset), IsInt: true, Int64: int64(number), Text: strconv.Itoa(number)}
}

// silent is an action that calls a function and writes nothing: html/template
// does not look at an action that declares a variable.
func silent(pos parse.Pos, function string, args ...parse.Node) parse.Node {
	name := parse.NewIdentifier(function).SetPos(pos)
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: pos, Pipe: &parse.PipeNode{
		NodeType: parse.NodePipe, Pos: pos,
		Decl: []*parse.VariableNode{{NodeType: parse.NodeVariable, Pos: pos, Ident: []string{"$rutter"}}},
		Cmds: []*parse.CommandNode{{NodeType: parse.NodeCommand, Pos: pos, Args: slices.Concat([]parse.Node{name}, args)}},
	}}
}
