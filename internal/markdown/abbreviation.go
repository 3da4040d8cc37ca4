package markdown

import (
	"bytes"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// abbreviations are what a page explains in lines such as
//
//	*[SLO]: Service level objective
//
// by their first word, the longest first.
type abbreviations map[string][]abbreviation

type abbreviation struct{ name, means string }

// add keeps an abbreviation, in the place of an earlier one of that name. It
// returns false where there are too many that begin with one word.
func (a abbreviations) add(n abbreviation) bool {
	first := n.name[:wordEnd(n.name)]
	list := a[first]
	at, known := slices.BinarySearchFunc(list, n, func(x, y abbreviation) int {
		if len(x.name) != len(y.name) {
			return len(y.name) - len(x.name)
		}
		return bytes.Compare([]byte(x.name), []byte(y.name))
	})
	switch {
	case known:
		list[at] = n
	case len(list) == maxAlike:
		return false
	default:
		a[first] = slices.Insert(list, at, n)
	}
	return true
}

// at is the abbreviation that s begins with, whose first word has n bytes.
func (a abbreviations) at(s []byte, n int) (abbreviation, bool) {
	for _, x := range a[string(s[:n])] {
		if len(s) >= len(x.name) && string(s[:len(x.name)]) == x.name && wordEnd(s[len(x.name):]) == 0 {
			return x, true
		}
	}
	return abbreviation{}, false
}

// explanation is the line that explains an abbreviation; it shows nothing.
type explanation struct{ ast.BaseBlock }

var explanationKind = ast.NewNodeKind("Abbreviation")

func (n *explanation) Kind() ast.NodeKind            { return explanationKind }
func (n *explanation) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// explanations reads such lines.
type explanations struct{}

func (explanations) Trigger() []byte                             { return []byte{'*'} }
func (explanations) CanInterruptParagraph() bool                 { return true }
func (explanations) CanAcceptIndentedLine() bool                 { return false }
func (explanations) Close(ast.Node, text.Reader, parser.Context) {}
func (explanations) Continue(ast.Node, text.Reader, parser.Context) parser.State {
	return parser.Close
}

func (explanations) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	if at := pc.BlockOffset(); at >= 0 {
		line = line[at:]
	}
	a, ok := readAbbreviation(line)
	if !ok {
		return nil, parser.NoChildren
	}
	c := pc.(*context)
	if c.abbreviations == nil {
		c.abbreviations = abbreviations{}
	}
	c.explained++
	if c.explained > maxAbbreviations || !c.abbreviations.add(a) {
		c.exceed(abbreviationLimit, segment.Start)
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &explanation{}, parser.NoChildren
}

// readAbbreviation reads a line that explains one. Its name begins with a letter
// or digit, since words are what is looked up.
func readAbbreviation(line []byte) (a abbreviation, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("*["))
	if !ok {
		return a, false
	}
	name, rest, ok := bytes.Cut(rest, []byte("]:"))
	means := collapse(rest)
	if !ok || bytes.ContainsAny(name, "[]\\") || len(name) > 100 || means == "" || len(means) > 300 {
		return a, false
	}
	a = abbreviation{collapse(name), means}
	return a, wordEnd(a.name) > 0
}
