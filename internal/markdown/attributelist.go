package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// An attribute list, such as {#id .class key=val} or {: .class }, stands after
// what it is about: after a heading, right behind a link, image, code or
// emphasis, or at the end of a block or in a line of its own.
//
// Of it stay the id, for links to lead to, and the classes, with a prefix: what
// an author writes can be given a look by the site's own theme, and never has
// that of a part of ours. An image also keeps its size. All else, such as
// target=_blank, would be the look or the behaviour of another tool.

// classPrefix begins the classes that authors give.
const classPrefix = "x-"

// attributeList is what is kept of one.
type attributeList struct {
	id, class     string
	width, height int
}

// maxAttributeList is the length that is looked at.
const maxAttributeList = 500

// readAttributeList reads an attribute list at the start of s and returns its
// length, 0 where there is none. Words alone are attributes only after a colon:
// {name} is something to fill in.
func readAttributeList(s []byte) (list attributeList, length int) {
	s = s[:min(len(s), maxAttributeList)]
	if len(s) < 3 || s[0] != '{' || s[1] == '{' || s[1] == '%' {
		return list, 0
	}
	i := 1
	colon := s[1] == ':'
	if colon {
		i++
	}
	some := colon
	for {
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
		if i >= len(s) || s[i] == '\n' {
			return list, 0
		}
		if s[i] == '}' {
			break
		}
		key, value, n := readAttribute(s[i:])
		if n == 0 || key == "" && !colon {
			return list, 0
		}
		list.set(key, value)
		some = true
		i += n
	}
	if !some {
		return list, 0
	}
	return list, i + 1
}

// readAttribute reads one of a list: its key, # of an id and . of a class, its
// value, and its length; the key of a word alone is "".
func readAttribute(s []byte) (key, value string, length int) {
	end := bytes.IndexAny(s, " \t\n}")
	if end < 1 {
		return "", "", 0
	}
	if s[0] == '#' || s[0] == '.' {
		return string(s[:1]), string(s[1:end]), end
	}
	equals := bytes.IndexByte(s[:end], '=')
	switch {
	case equals < 0 && nameEnd(s[:end]) == end:
		return "", "", end
	case equals <= 0:
		return "", "", 0
	case equals+1 < len(s) && (s[equals+1] == '"' || s[equals+1] == '\''):
		from := equals + 2
		n := bytes.IndexByte(s[from:], s[equals+1])
		if n < 0 {
			return "", "", 0
		}
		return string(s[:equals]), string(s[from : from+n]), from + n + 1
	}
	return string(s[:equals]), string(s[equals+1 : end]), end
}

// set keeps an attribute, if it is one that is kept.
func (a *attributeList) set(key, value string) {
	switch key {
	case "#", "id":
		if validID(value) {
			a.id = value
		}
	case ".", "class":
		for name := range strings.FieldsSeq(value) {
			if onlyLetters(name, 40, "-_") && len(a.class) < 300 {
				a.class = strings.TrimSpace(a.class + " " + classPrefix + name)
			}
		}
	case "width":
		a.width = pixels(value)
	case "height":
		a.height = pixels(value)
	}
}

// write writes the attributes into a tag.
func (w *walker) attributeList(a attributeList) {
	if a.id != "" {
		w.id(a.id)
	}
	if a.class != "" {
		w.write(` class="` + a.class + `"`)
	}
}

// attributes is an attribute list in inline content.
type attributes struct {
	ast.BaseInline
	attributeList
	raw   text.Segment // as written
	block bool         // it is about the block, else about what stands before it
}

var attributesKind = ast.NewNodeKind("Attributes")

func (n *attributes) Kind() ast.NodeKind            { return attributesKind }
func (n *attributes) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// attributeLists reads them.
type attributeLists struct{}

func (attributeLists) Trigger() []byte { return []byte{'{'} }

func (attributeLists) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	list, n := readAttributeList(line)
	if n == 0 {
		return nil
	}
	node := &attributes{attributeList: list, raw: text.NewSegment(segment.Start, segment.Start+n)}
	before := block.PrecendingCharacter()
	begins := before == '\n'
	if len(bytes.TrimSpace(line[n:])) == 0 && (before == ' ' || before == '\t' || begins) {
		lines := parent.Lines()
		node.block = lines.At(lines.Len()-1).Stop == segment.Stop || begins && line[1] == ':'
	}
	if !node.block && !takesAttributes(parent.LastChild(), before) {
		return nil
	}
	block.Advance(n)
	return node
}

// takesAttributes reports whether an attribute list right behind a node can be
// about it. Of emphasis, only its last delimiter is there yet; a colon ends the
// short code of an icon.
func takesAttributes(n ast.Node, before rune) bool {
	switch n := n.(type) {
	case *ast.Link, *ast.Image, *ast.CodeSpan, *ast.AutoLink, *ast.RawHTML, *wikiLink:
		return before != ' '
	case *parser.Delimiter:
		return n.CanClose
	}
	return before == ':'
}

// blockAttributes are the attribute lists about a block, which stand at its
// ends.
func blockAttributes(n ast.Node) (list attributeList) {
	first, _ := n.FirstChild().(*attributes)
	last, _ := n.LastChild().(*attributes)
	if first != nil && first.block {
		list = first.attributeList
	}
	if last != nil && last.block {
		list = last.attributeList
	}
	return list
}

// attributesOf is the attribute list about a piece of inline content.
func attributesOf(n ast.Node) attributeList {
	if a, ok := n.NextSibling().(*attributes); ok && !a.block {
		return a.attributeList
	}
	return attributeList{}
}

// looseAttributes writes what there is to show of an attribute list: an id for
// links to lead to, where no element took it, and the text where there is
// nothing that the list could be about.
func (w *walker) looseAttributes(n *attributes) {
	_, after := n.PreviousSibling().(*ast.Text)
	switch {
	case n.block:
		if _, paragraph := n.Parent().(*ast.Paragraph); !paragraph && n.id != "" && w.inHeading == 0 {
			w.write("<span")
			w.id(n.id)
			w.write("></span>")
		}
	case after && w.src[n.raw.Start-1] != ':':
		w.say(n.raw.Value(w.src))
	}
}

// ownAttributes reads the attribute list at the end of a heading, and where the
// text before it ends, -1 where there is none.
func ownAttributes(line []byte) (list attributeList, cut int) {
	line = bytes.TrimRight(line, " \t\n")
	open := bytes.LastIndexByte(line, '{')
	if open < 0 {
		return list, -1
	}
	list, n := readAttributeList(line[open:])
	if n == 0 || open+n != len(line) {
		return list, -1
	}
	return list, len(bytes.TrimRight(line[:open], " \t"))
}
