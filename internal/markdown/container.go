package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Other tools have blocks that hold blocks, in two manners:
//
//	!!! note "Title"        :::note Title
//	    indented body       body
//	                        :::
//
// Both become a container. A container of the second manner ends at a line with
// as many colons as began it, or more, so that a longer one can hold shorter
// ones; a line inside code ends nothing.

// container is such a block. Its title, if it has one, is its first child.
type container struct {
	ast.BaseBlock
	holds  holding
	colons int    // that began it; 0: its body is indented
	name   string // of a callout: its kind as written, in lower case
	fold   fold
	title  *ast.TextBlock // nil: it has none
	apart  bool           // a tab that begins a group, although another one stands before it
}

// holding says what a container is.
type holding uint8

const (
	callouts  holding = iota // it is a callout
	aTab                     // one tab of a group
	tabs                     // nothing but tabs
	codeGroup                // blocks of code, each a tab
)

// fold says whether a part can be folded.
type fold uint8

const (
	unfolded fold = iota // it cannot
	closed
	opened
)

var containerKind = ast.NewNodeKind("Container")

// Kind and Dump make it a node of goldmark's tree.
func (n *container) Kind() ast.NodeKind            { return containerKind }
func (n *container) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// named gives a container the part of a line as its title.
func (n *container) named(line []byte, from, to, start int) {
	for from < to && isSpace(line[from]) {
		from++
	}
	for to > from && isSpace(line[to-1]) {
		to--
	}
	if from == to {
		return
	}
	n.title = ast.NewTextBlock()
	n.title.Lines().Append(text.NewSegment(start+from, start+to))
	n.title.SetPos(start + from)
	n.AppendChild(n, n.title)
}

// begin opens a container if the line at hand is its first: read gets the line
// from its first mark on, and the offset of that in the source.
func begin(reader text.Reader, pc parser.Context, read func(line []byte, start int) *container) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || at >= len(line) || at < segment.Padding {
		return nil, parser.NoChildren
	}
	n := read(bytes.TrimRight(line[at:], "\n"), segment.Start-segment.Padding+at)
	if n == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return n, parser.HasChildren
}

// indented reads the containers of MkDocs, whose body is indented by four.
type indented struct{}

func (indented) Trigger() []byte                             { return []byte("!?=") }
func (indented) CanInterruptParagraph() bool                 { return true }
func (indented) CanAcceptIndentedLine() bool                 { return false }
func (indented) Close(ast.Node, text.Reader, parser.Context) {}
func (indented) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	return begin(r, pc, readIndented)
}

func (indented) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if util.IsBlank(line) {
		return parser.Continue | parser.HasChildren
	}
	at, padding := util.IndentPosition(line, reader.LineOffset(), 4)
	if at < 0 {
		return parser.Close
	}
	reader.AdvanceAndSetPadding(at, padding)
	return parser.Continue | parser.HasChildren
}

// readIndented reads a line such as !!! note "Title" or === "Title"; nil of any
// other.
func readIndented(line []byte, start int) *container {
	n := &container{}
	rest := 3
	switch {
	case bytes.HasPrefix(line, []byte("!!!")):
	case bytes.HasPrefix(line, []byte("???+")):
		n.fold, rest = opened, 4
	case bytes.HasPrefix(line, []byte("???")):
		n.fold = closed
	case bytes.HasPrefix(line, []byte("===")):
		n.holds = aTab
		for rest < len(line) && (line[rest] == '!' || line[rest] == '+') {
			n.apart = n.apart || line[rest] == '!'
			rest++
		}
	default:
		return nil
	}
	for rest < len(line) && line[rest] == ' ' {
		rest++
	}
	if n.holds == callouts {
		end := rest + nameEnd(line[rest:])
		if end == rest || end < len(line) && line[end] != ' ' && line[end] != '"' {
			return nil
		}
		n.name = strings.ToLower(string(line[rest:end]))
		rest = end
	}
	from, to, quoted := quotation(line, rest)
	if n.holds == aTab && !quoted {
		return nil
	}
	if words := strings.Fields(string(line[from:to])); !quoted && len(words) > 0 {
		if _, known := calloutKinds[n.name]; !known { // a sentence that begins with an outcry
			return nil
		}
		if words[0] == "inline" { // where Material puts it: beside the text
			from = to
		}
	}
	n.named(line, from, to, start)
	return n
}

// nameEnd is the length of the name that s begins with.
func nameEnd(s []byte) int {
	i := 0
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '-' || s[i] == '_') {
		i++
	}
	return i
}

// quotation finds the text in quotes that a line ends with, from an offset on;
// without one it is all from there.
func quotation(line []byte, at int) (from, to int, quoted bool) {
	end := len(bytes.TrimRight(line, " \t"))
	open := bytes.IndexByte(line[at:], '"')
	if open < 0 || at+open == end-1 || line[end-1] != '"' {
		return at, max(at, end), false
	}
	return at + open + 1, end - 1, true
}

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

// held writes a container.
func (w *walker) held(n *container) {
	switch n.holds {
	case callouts:
		w.foreignCallout(n)
	case aTab:
		w.tabGroup(n)
	case tabs:
		w.container("", n, "")
	case codeGroup:
		s := w.enter(false)
		w.codeTabs(n)
		w.leave(s)
	}
}
