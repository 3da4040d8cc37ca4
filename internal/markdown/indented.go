package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

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
