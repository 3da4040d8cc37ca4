package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// fenced reads the containers between lines of colons, as Docusaurus, VitePress,
// Starlight and MyST have them.
type fenced struct{}

func (fenced) Trigger() []byte                             { return []byte{':'} }
func (fenced) CanInterruptParagraph() bool                 { return true }
func (fenced) CanAcceptIndentedLine() bool                 { return false }
func (fenced) Close(ast.Node, text.Reader, parser.Context) {}

func (fenced) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	return begin(r, pc, readFenced)
}

func (fenced) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if colons := closing(line); colons > 0 && closes(node.(*container), colons, pc.OpenedBlocks()) {
		reader.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

// closing is the number of colons of a line that has nothing else, 0 of any
// other line.
func closing(line []byte) int {
	at := 0
	for at < len(line) && at < 4 && line[at] == ' ' {
		at++
	}
	end := at
	for end < len(line) && line[end] == ':' {
		end++
	}
	if at > 3 || end-at < 3 || !util.IsBlank(line[end:]) {
		return 0
	}
	return end - at
}

// closes reports whether a line of colons ends a container: whether that is the
// innermost which can end there, and the line is not in code.
func closes(n *container, colons int, open []parser.Block) bool {
	if n.colons > colons {
		return false
	}
	for i := len(open) - 1; i >= 0; i-- {
		switch o := open[i].Node.(type) {
		case *ast.FencedCodeBlock:
			return false
		case *container:
			if o.colons > 0 && o.colons <= colons {
				return o == n
			}
		}
	}
	return false
}

// readFenced reads a line such as :::note Title, :::tip[Title]{icon=x} or
// :::{note} Title; nil of any other, and where nobody knows the name.
func readFenced(line []byte, start int) *container {
	colons := len(line) - len(bytes.TrimLeft(line, ":"))
	if colons < 3 {
		return nil
	}
	from := colons
	for from < len(line) && (line[from] == ' ' || line[from] == '{' || line[from] == '.') {
		from++
	}
	end := from + nameEnd(line[from:])
	n := &container{colons: colons, name: strings.ToLower(string(line[from:end]))}
	if !n.known() {
		return nil
	}
	if end < len(line) && line[end] == '}' {
		end++
	}
	if end < len(line) && line[end] != ' ' && line[end] != '[' && line[end] != '{' {
		return nil
	}
	to, more := len(line), ""
	if line[to-1] == '}' && to > end {
		if open := bytes.LastIndexByte(line[end:], '{'); open >= 0 {
			to, more = end+open, string(line[end+open+1:to-1])
		}
	}
	for to > end && line[to-1] == ' ' {
		to--
	}
	if end < to && line[end] == '[' && line[to-1] == ']' {
		end, to = end+1, to-1
	}
	if more == "open" {
		n.fold = opened
	}
	if n.holds == callouts || n.holds == aTab {
		n.named(line, end, to, start)
	}
	return n
}

// known fills in what the name of a container says; false where nobody has it.
func (n *container) known() bool {
	n.name = strings.TrimPrefix(n.name, "callout-")
	switch n.name {
	case "tabs", "tab-set":
		n.holds = tabs
	case "tab", "tab-item":
		n.holds = aTab
	case "code-group":
		n.holds = codeGroup
	case "details", "dropdown", "spoiler":
		n.fold = closed
	default:
		_, known := calloutKinds[n.name]
		return known
	}
	return true
}

// headed reads the tabs of VitePress: parts of a container of tabs that begin
// with a line == Title.
type headed struct{}

func (headed) Trigger() []byte                             { return []byte{'='} }
func (headed) CanInterruptParagraph() bool                 { return true }
func (headed) CanAcceptIndentedLine() bool                 { return false }
func (headed) Close(ast.Node, text.Reader, parser.Context) {}

func (headed) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if in, ok := parent.(*container); !ok || in.holds != tabs {
		return nil, parser.NoChildren
	}
	return begin(r, pc, func(line []byte, start int) *container {
		if !bytes.HasPrefix(line, []byte("== ")) {
			return nil
		}
		n := &container{holds: aTab}
		n.named(line, len("== "), len(line), start)
		return n
	})
}

func (headed) Continue(_ ast.Node, reader text.Reader, pc parser.Context) parser.State {
	line, _ := reader.PeekLine()
	_, code := pc.LastOpenedBlock().Node.(*ast.FencedCodeBlock)
	if !code && bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("== ")) {
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}
