package theme

import (
	"reflect"
	"slices"
	"text/template/parse"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Check holds every template against the type of the view that it gets: that
// of page for the layouts, and those of components by their names for the
// components that render runs alone. A field that a view does not have, or a
// function that gets the wrong arguments, is a finding at its place in the
// theme, before any page is made. What a template does with values of no known
// type is left to Try and Execute.
func (t *Theme) Check(name string, page any, components map[string]any) diag.List {
	c := &checker{theme: t, name: name}
	for _, kind := range t.Kinds() {
		if p := t.layouts[kind]; p != nil {
			c.use(p)
			c.template(baseFile, reflect.TypeOf(page))
		}
	}
	c.use(t.parts)
	for component, view := range components {
		c.template(component, reflect.TypeOf(view))
	}
	c.found.Sort() // and drops what was found in a component once for every layout
	return c.found
}

// nothing is the type of a dot that is not there, in templates that are called
// without an argument.
var nothing = reflect.TypeFor[struct{ nothing struct{} }]()

// checker walks templates with the type that the dot has at each node; nil
// stands for a type that nobody knows.
type checker struct {
	theme *Theme
	name  string
	set   map[string]*parse.Tree
	seen  map[held]bool // with the types they were held against
	found diag.List

	tree   *parse.Tree
	vars   []variable
	wanted string // the first field that was asked of nothing
}

type held struct {
	template string
	dot      reflect.Type
}

type variable struct {
	name string
	typ  reflect.Type
}

func (c *checker) use(p *programs) {
	c.set, c.seen = p.trees, map[held]bool{}
}

// template checks one template of the set with a type of dot.
func (c *checker) template(name string, dot reflect.Type) {
	tree, key := c.set[name], held{name, dot}
	if tree == nil || c.seen[key] {
		return
	}
	c.seen[key] = true
	before, vars := c.tree, c.vars
	c.tree, c.vars = tree, []variable{{"$", dot}}
	c.list(tree.Root, dot)
	c.tree, c.vars = before, vars
	if dot == nothing {
		delete(c.seen, key) // the next one who calls it so is to hear of it too
	}
}

func (c *checker) list(n *parse.ListNode, dot reflect.Type) {
	if n == nil {
		return
	}
	for _, n := range n.Nodes {
		c.node(n, dot)
	}
}

func (c *checker) node(n parse.Node, dot reflect.Type) {
	switch n := n.(type) {
	case *parse.ActionNode:
		c.pipe(n.Pipe, dot)
	case *parse.TemplateNode:
		c.call(n, dot)
	case *parse.IfNode:
		c.branch(&n.BranchNode, dot, func(reflect.Type) reflect.Type { return dot })
	case *parse.WithNode:
		c.branch(&n.BranchNode, dot, func(t reflect.Type) reflect.Type { return t })
	case *parse.RangeNode:
		c.branch(&n.BranchNode, dot, element)
	}
}

// call checks a template that runs another. Without an argument that one has
// no dot, and its fields are empty without a word.
func (c *checker) call(n *parse.TemplateNode, dot reflect.Type) {
	typ := c.pipe(n.Pipe, dot)
	switch {
	case c.set[n.Name] == nil:
		if c.theme.whole {
			c.report(n, "there is no template %q", n.Name).Hint = didYouMean("", n.Name, names(c.set))
		}
	case n.Pipe != nil:
		c.template(n.Name, typ)
	default:
		before := c.wanted
		c.wanted = ""
		c.template(n.Name, nothing)
		if c.wanted != "" {
			c.report(n, "template %q asks for %s, and gets no argument here", n.Name, c.wanted).Hint = `write {{template "` + n.Name + `" .}}`
		}
		c.wanted = before
	}
}

// branch checks an if, with or range; inside says what the dot is in it.
func (c *checker) branch(n *parse.BranchNode, dot reflect.Type, inside func(reflect.Type) reflect.Type) {
	vars := len(c.vars)
	typ := c.pipe(n.Pipe, dot)
	if n.NodeType == parse.NodeRange {
		c.rangeable(n.Pipe, typ)
		if d := n.Pipe.Decl; !n.Pipe.IsAssign && len(d) > 0 {
			c.vars[len(c.vars)-1].typ = element(typ)
			if len(d) == 2 {
				c.vars[len(c.vars)-2].typ = indexType(typ)
			}
		} else {
			for _, v := range d {
				c.assign(v, nil)
			}
		}
	}
	if typ != nothing { // else it never runs
		c.list(n.List, inside(typ))
	}
	c.vars = c.vars[:vars]
	c.list(n.ElseList, dot)
	c.vars = c.vars[:vars]
}

// rangeable reports a range over what is no list and no number.
func (c *checker) rangeable(n *parse.PipeNode, t reflect.Type) {
	if t == nothing {
		return
	}
	switch k := kind(t); k {
	case reflect.Bool, reflect.String, reflect.Struct, reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		c.report(n, "range goes over lists and numbers, not over %s", typeName(t))
	case reflect.Chan:
		c.report(n, "range would wait for a channel, which may never end")
	}
}

// element is what range gives of a type.
func element(t reflect.Type) reflect.Type {
	switch t = deref(t); kind(t) {
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem()
	case reflect.Invalid:
		return nil
	default:
		if number(t) == "int" {
			return t
		}
		return nil
	}
}

// indexType is what the first of two variables of a range gets.
func indexType(t reflect.Type) reflect.Type {
	switch t = deref(t); kind(t) {
	case reflect.Slice, reflect.Array:
		return intType
	case reflect.Map:
		return t.Key()
	}
	return nil
}

// pipe returns the type of a pipeline's value.
func (c *checker) pipe(p *parse.PipeNode, dot reflect.Type) reflect.Type {
	if p == nil {
		return nil
	}
	var value operand
	for i, cmd := range p.Cmds {
		var before []operand
		if i > 0 {
			before = []operand{value}
		}
		value = c.command(cmd, dot, before)
	}
	for _, d := range p.Decl {
		if p.IsAssign {
			c.assign(d, value.typ)
		} else {
			c.vars = append(c.vars, variable{d.Ident[0], value.typ})
		}
	}
	return value.typ
}

// assign notes that a variable has another value; of two types that it may
// have, neither is known.
func (c *checker) assign(n *parse.VariableNode, typ reflect.Type) {
	for i, v := range slices.Backward(c.vars) {
		if v.name == n.Ident[0] {
			if v.typ != typ {
				c.vars[i].typ = nil
			}
			return
		}
	}
	c.report(n, "there is no variable %s here", n.Ident[0]).Hint = "declare it with :="
}

// command checks a command; before is the value of the one that is piped into
// it, and comes last of its arguments.
func (c *checker) command(n *parse.CommandNode, dot reflect.Type, before []operand) operand {
	var args []operand
	for _, arg := range n.Args[1:] {
		args = append(args, c.operand(arg, dot))
	}
	args = append(args, before...)
	switch first := n.Args[0].(type) {
	case *parse.IdentifierNode:
		return operand{typ: c.function(first, first.Ident, args)}
	case *parse.FieldNode:
		return operand{typ: c.fields(first, dot, first.Ident, args)}
	case *parse.ChainNode:
		return operand{typ: c.fields(first, c.operand(first.Node, dot).typ, first.Field, args)}
	case *parse.VariableNode:
		if len(first.Ident) > 1 {
			return operand{typ: c.fields(first, c.variable(first.Ident[0]), first.Ident[1:], args)}
		}
	}
	value := c.operand(n.Args[0], dot)
	if len(args) > 0 {
		c.report(n, "%s is a value and takes no arguments", n.Args[0])
	}
	return value
}

func (c *checker) operand(n parse.Node, dot reflect.Type) operand {
	switch n := n.(type) {
	case *parse.DotNode:
		return operand{typ: dot}
	case *parse.FieldNode:
		return operand{typ: c.fields(n, dot, n.Ident, nil)}
	case *parse.VariableNode:
		return operand{typ: c.fields(n, c.variable(n.Ident[0]), n.Ident[1:], nil)}
	case *parse.ChainNode:
		return operand{typ: c.fields(n, c.operand(n.Node, dot).typ, n.Field, nil)}
	case *parse.PipeNode:
		return operand{typ: c.pipe(n, dot)}
	case *parse.IdentifierNode:
		return operand{typ: c.function(n, n.Ident, nil)}
	case *parse.StringNode:
		return operand{stringType, true}
	case *parse.BoolNode:
		return operand{boolType, true}
	case *parse.NumberNode:
		if n.IsInt {
			return operand{intType, true}
		}
		return operand{floatType, true}
	}
	return operand{}
}

func (c *checker) variable(name string) reflect.Type {
	for _, v := range slices.Backward(c.vars) {
		if v.name == name {
			return v.typ
		}
	}
	return nil
}

// fields follows a chain such as .Site.Title through the views; the arguments
// are those of its last part.
func (c *checker) fields(n parse.Node, t reflect.Type, chain []string, args []operand) reflect.Type {
	for i, name := range chain {
		if t == nil {
			return nil
		}
		if t == nothing {
			if c.wanted == "" {
				c.wanted = "." + name
			}
			return nil
		}
		var given []operand
		if i == len(chain)-1 {
			given = args
		}
		if m, ok := method(t, name); ok {
			t = c.method(n, name, m, given)
			continue
		}
		switch t = deref(t); t.Kind() {
		case reflect.Struct:
			f, ok := t.FieldByName(name)
			if !ok || !f.IsExported() {
				c.report(n, ".%s is not a field of %s", name, t.Name()).Hint = didYouMeanField(name, t)
				return nil
			}
			t = f.Type
		case reflect.Map, reflect.Interface:
			return nil
		default:
			c.report(n, ".%s is asked of %s, which has no fields", name, a(t.Kind()))
			return nil
		}
		if len(given) > 0 {
			c.report(n, ".%s is a field and takes no arguments", name)
		}
	}
	return t
}

// method is the type of a method of a view, without its receiver. Those of a
// pointer to a value count too: templates take its address where they can, and
// Try tells where they cannot.
func method(t reflect.Type, name string) (reflect.Type, bool) {
	if t.Kind() == reflect.Interface {
		m, ok := t.MethodByName(name)
		return m.Type, ok && hasResult(m.Type)
	}
	if t.Kind() != reflect.Pointer {
		t = reflect.PointerTo(t)
	}
	m, ok := t.MethodByName(name)
	if !ok || !hasResult(m.Type) {
		return nil, false
	}
	in := make([]reflect.Type, 0, m.Type.NumIn())
	for i := 1; i < m.Type.NumIn(); i++ {
		in = append(in, m.Type.In(i))
	}
	out := make([]reflect.Type, 0, 2)
	for i := range m.Type.NumOut() {
		out = append(out, m.Type.Out(i))
	}
	return reflect.FuncOf(in, out, m.Type.IsVariadic()), true
}

// fieldNames are what a template can ask a view for.
func fieldNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() && !f.Anonymous {
			names = append(names, f.Name)
		}
	}
	pointer := reflect.PointerTo(t)
	for i := range pointer.NumMethod() {
		if m := pointer.Method(i); hasResult(m.Type) {
			names = append(names, m.Name)
		}
	}
	return names
}

// report makes a finding at a node.
func (c *checker) report(n parse.Node, format string, args ...any) *diag.Finding {
	file := c.tree.ParseName
	return c.found.Errorf(position(c.name, file, c.theme.sources[file], int(n.Position())), diag.ThemeField, format, args...)
}
