package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
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

// nameEnd is the length of the name that s begins with.
func nameEnd(s []byte) int {
	i := 0
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '-' || s[i] == '_') {
		i++
	}
	return i
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
