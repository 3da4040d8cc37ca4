package theme

import (
	"fmt"
	"html/template"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Check holds every template against the type of the view that it gets: that
// of page for the layouts, and those of components by their names for the
// components that render runs alone. A field that a view does not have is a
// finding at its place in the theme, before any page is made. What a template
// does with values of no known type is left to Execute.
func (t *Theme) Check(name string, page any, components map[string]any) diag.List {
	c := &checker{theme: name, seen: map[string]bool{}}
	for _, kind := range Layouts {
		if set := t.layouts[kind]; set != nil {
			c.set = set
			c.template("base.html", reflect.TypeOf(page))
		}
	}
	c.set = t.components
	for component, view := range components {
		c.template(component, reflect.TypeOf(view))
	}
	c.found.Sort()
	return c.found
}

// checker walks templates with the type that the dot has at each node; nil
// stands for a type that nobody knows.
type checker struct {
	theme string
	set   *template.Template
	tree  *parse.Tree
	vars  []variable
	seen  map[string]bool // templates with the types they were held against
	found diag.List
}

type variable struct {
	name string
	typ  reflect.Type
}

// template checks one template of the set with a type of dot.
func (c *checker) template(name string, dot reflect.Type) {
	t := c.set.Lookup(name)
	if t == nil || t.Tree == nil {
		return
	}
	// Layouts share the components; "main" and what is in layouts differ.
	key := fmt.Sprintf("%s %s %v", t.Tree.ParseName, name, dot)
	if name == "main" || name == "base.html" {
		key += fmt.Sprintf(" %p", c.set)
	}
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	tree, vars := c.tree, c.vars
	c.tree, c.vars = t.Tree, []variable{{"$", dot}}
	c.list(t.Tree.Root, dot)
	c.tree, c.vars = tree, vars
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
		typ := c.pipe(n.Pipe, dot)
		if c.set.Lookup(n.Name) == nil {
			c.report(n, "there is no template %q", n.Name).Hint = c.nearest(n.Name)
		} else if n.Pipe != nil {
			c.template(n.Name, typ)
		}
	case *parse.IfNode:
		c.branch(&n.BranchNode, dot, func(reflect.Type) reflect.Type { return dot })
	case *parse.WithNode:
		c.branch(&n.BranchNode, dot, func(t reflect.Type) reflect.Type { return t })
	case *parse.RangeNode:
		c.branch(&n.BranchNode, dot, element)
	}
}

// branch checks an if, with or range; inside says what the dot is in it.
func (c *checker) branch(n *parse.BranchNode, dot reflect.Type, inside func(reflect.Type) reflect.Type) {
	vars := len(c.vars)
	typ := c.pipe(n.Pipe, dot)
	if n.NodeType == parse.NodeRange {
		switch d := n.Pipe.Decl; len(d) {
		case 1:
			c.vars[len(c.vars)-1].typ = element(typ)
		case 2:
			c.vars[len(c.vars)-2].typ, c.vars[len(c.vars)-1].typ = nil, element(typ)
		}
	}
	c.list(n.List, inside(typ))
	c.vars = c.vars[:vars]
	c.list(n.ElseList, dot)
}

// element is what range gives of a type.
func element(t reflect.Type) reflect.Type {
	if t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Chan:
		return t.Elem()
	}
	return nil
}

// pipe returns the type of a pipeline's value.
func (c *checker) pipe(p *parse.PipeNode, dot reflect.Type) reflect.Type {
	if p == nil {
		return nil
	}
	var typ reflect.Type
	for i, cmd := range p.Cmds {
		typ = c.command(cmd, dot)
		if i > 0 {
			typ = nil // the result of a function
		}
	}
	for _, d := range p.Decl {
		if p.IsAssign {
			continue
		}
		c.vars = append(c.vars, variable{d.Ident[0], typ})
	}
	return typ
}

func (c *checker) command(n *parse.CommandNode, dot reflect.Type) reflect.Type {
	types := make([]reflect.Type, len(n.Args))
	for i, arg := range n.Args {
		types[i] = c.arg(arg, dot)
	}
	if len(n.Args) == 1 {
		return types[0]
	}
	// Of "and" and "or" the value is one of the arguments.
	if f, ok := n.Args[0].(*parse.IdentifierNode); ok && (f.Ident == "or" || f.Ident == "and") && len(types) > 1 {
		for _, t := range types[2:] {
			if t != types[1] {
				return nil
			}
		}
		return types[1]
	}
	return nil
}

func (c *checker) arg(n parse.Node, dot reflect.Type) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return c.fields(n, dot, n.Ident)
	case *parse.VariableNode:
		for _, v := range slices.Backward(c.vars) {
			if v.name == n.Ident[0] {
				return c.fields(n, v.typ, n.Ident[1:])
			}
		}
	case *parse.ChainNode:
		return c.fields(n, c.arg(n.Node, dot), n.Field)
	case *parse.PipeNode:
		return c.pipe(n, dot)
	}
	return nil
}

// fields follows a chain such as .Site.Title through the views.
func (c *checker) fields(n parse.Node, t reflect.Type, chain []string) reflect.Type {
	for _, name := range chain {
		if t == nil {
			return nil
		}
		if m, ok := method(t, name); ok {
			t = m
			continue
		}
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch t.Kind() {
		case reflect.Struct:
			f, ok := t.FieldByName(name)
			if !ok || !f.IsExported() {
				hint := "it has " + strings.Join(fieldNames(t), ", ")
				if near := diag.Nearest(name, fieldNames(t)); near != "" {
					hint = "did you mean ." + near + "?"
				}
				c.report(n, ".%s is not a field of %s", name, t.Name()).Hint = hint
				return nil
			}
			t = f.Type
		case reflect.Map, reflect.Interface:
			return nil
		default:
			c.report(n, ".%s is asked of a %s, which has no fields", name, t.Kind())
			return nil
		}
	}
	return t
}

// method is the type that a method of a view returns.
func method(t reflect.Type, name string) (reflect.Type, bool) {
	m, ok := t.MethodByName(name)
	if !ok || m.Type.NumOut() == 0 {
		return nil, false
	}
	return m.Type.Out(0), true
}

func fieldNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() && !f.Anonymous {
			names = append(names, f.Name)
		}
	}
	return names
}

func (c *checker) nearest(name string) string {
	var names []string
	for _, t := range c.set.Templates() {
		names = append(names, t.Name())
	}
	if near := diag.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// report makes a finding at a node. A component is part of every layout, so
// the same finding may be made more than once; Sort drops the repetitions.
func (c *checker) report(n parse.Node, format string, args ...any) *diag.Finding {
	where, _ := c.tree.ErrorContext(n) // name:line:column, the column from 0
	pos := diag.Pos{Path: path.Join(c.theme, c.tree.ParseName)}
	if c.tree.ParseName == "base.html" {
		pos.Path = path.Join(c.theme, "layouts/base.html")
	}
	if parts := strings.Split(where, ":"); len(parts) >= 3 {
		pos.Line, _ = strconv.Atoi(parts[len(parts)-2])
		pos.Column, _ = strconv.Atoi(parts[len(parts)-1])
		pos.Column++
	}
	return c.found.Errorf(pos, diag.ThemeField, format, args...)
}
