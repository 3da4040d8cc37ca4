package theme

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
)

// mostVariables is how many unknown variables of one file are reported.
const mostVariables = 20

// parse reads the templates of a file, by their names; all of them carry the
// file's name for errors to come. Go's reader stops at its first mistake, and
// takes functions that nobody has defined for one: here all of those are
// found, and unknown variables too. It returns no templates where the grammar
// is broken, and not ok where anything is wrong.
func (l *loader) parse(name, source string) (trees map[string]*parse.Tree, ok bool) {
	text := source
	for range mostVariables {
		trees := map[string]*parse.Tree{}
		tree := parse.New(name)
		tree.Mode = parse.SkipFuncCheck
		if _, err := tree.Parse(text, "", "", trees); err != nil {
			if text = l.syntax(name, source, text, err); text != "" {
				continue
			}
			return nil, false
		}
		if text != source {
			return nil, false
		}
		return trees, l.functions(name, source, trees)
	}
	return nil, false
}

var (
	grammarError      = regexp.MustCompile(`^template: ?.*?:(\d+): (?:template: )?(.*)$`)
	undefinedVariable = regexp.MustCompile(`^undefined variable "(\$[^"]*)"$`)
	variableName      = regexp.MustCompile(`\$[\pL_][\pL\pN_]*`)
)

// syntax reports what Go's reader stopped at. Where that was an unknown
// variable it returns the text with another in its place, so that what comes
// after it is found as well; "" where there is no going on.
func (l *loader) syntax(name, source, text string, err error) string {
	pos := diag.Pos{Path: path.Join(l.name, name)}
	m := grammarError.FindStringSubmatch(err.Error())
	if m == nil {
		l.found.Errorf(pos, diag.ThemeSyntax, "%v", err)
		return ""
	}
	pos.Line, _ = strconv.Atoi(m[1])
	v := undefinedVariable.FindStringSubmatch(m[2])
	if v == nil {
		l.found.Errorf(pos, diag.ThemeSyntax, "%s", m[2])
		return ""
	}
	offset := lineStart(text, pos.Line)
	i := strings.Index(text[offset:], v[1])
	if i < 0 {
		l.found.Errorf(pos, diag.ThemeSyntax, "there is no variable %s", v[1])
		return ""
	}
	offset += i
	f := l.found.Errorf(position(l.name, name, source, offset), diag.ThemeSyntax, "there is no variable %s here", v[1])
	if regexp.MustCompile(regexp.QuoteMeta(v[1]) + `\s*(,|:=)`).MatchString(source) {
		f.Hint = "a variable ends with the block that it is declared in"
	} else {
		known := slices.DeleteFunc(variableName.FindAllString(source, -1), func(s string) bool { return s == v[1] })
		f.Hint = didYouMean("", v[1], known)
	}
	// Of the same length, so that places stay where they are.
	return text[:offset] + "$" + strings.Repeat(" ", len(v[1])-1) + text[offset+len(v[1]):]
}

// functions reports calls of functions that templates do not have.
func (l *loader) functions(name, source string, trees map[string]*parse.Tree) bool {
	before := l.found.Len()
	for _, tree := range trees {
		inspect(tree.Root, func(n parse.Node) {
			id, ok := n.(*parse.IdentifierNode)
			if !ok {
				return
			}
			if _, known := functions[id.Ident]; known {
				return
			}
			f := l.found.Errorf(position(l.name, name, source, int(id.Pos)), diag.ThemeSyntax, "there is no function %q", id.Ident)
			names := slices.Sorted(maps.Keys(functions))
			if f.Hint = didYouMean("", id.Ident, names); f.Hint == "" {
				f.Hint = "templates have " + strings.Join(names, ", ")
			}
		})
	}
	return l.found.Len() == before
}

// didYouMean is a hint at the name that is nearest to a wrong one, "" where
// none is near.
func didYouMean(before, wrong string, known []string) string {
	if near := diag.Nearest(wrong, known); near != "" {
		return "did you mean " + before + near + "?"
	}
	return ""
}

// position is the place of an offset into a file of the theme.
func position(theme, name, source string, offset int) diag.Pos {
	offset = min(offset, len(source))
	start := strings.LastIndexByte(source[:offset], '\n') + 1
	return diag.Pos{
		Path:   path.Join(theme, name),
		Line:   1 + strings.Count(source[:offset], "\n"),
		Column: 1 + utf8.RuneCountInString(source[start:offset]),
	}
}

// lineStart is the offset of a line, counted from 1.
func lineStart(text string, line int) int {
	offset := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(text[offset:], '\n')
		if i < 0 {
			break
		}
		offset += i + 1
	}
	return offset
}

// inspect calls visit for a node and everything in it, in the order of the
// source.
func inspect(n parse.Node, visit func(parse.Node)) {
	list := func(l *parse.ListNode) {
		if l != nil {
			inspect(l, visit)
		}
	}
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			inspect(p, visit)
		}
	}
	branch := func(b *parse.BranchNode) {
		pipe(b.Pipe)
		list(b.List)
		list(b.ElseList)
	}
	visit(n)
	switch n := n.(type) {
	case *parse.ListNode:
		for _, n := range n.Nodes {
			inspect(n, visit)
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, arg := range c.Args {
				inspect(arg, visit)
			}
		}
	case *parse.ChainNode:
		inspect(n.Node, visit)
	}
}
