package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// wikiLink is a link by name: [[Page]], [[page#heading]] or [[page|text]]. What
// it says is its child.
type wikiLink struct {
	ast.BaseInline
	target text.Segment
}

var wikiKind = ast.NewNodeKind("WikiLink")

func (n *wikiLink) Kind() ast.NodeKind            { return wikiKind }
func (n *wikiLink) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// maxWiki is the length of a link by name.
const maxWiki = 300

// wikiLinks reads them.
type wikiLinks struct{}

func (wikiLinks) Trigger() []byte { return []byte{'['} }

func (wikiLinks) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("[[")) {
		return nil
	}
	inside, _, ok := bytes.Cut(line[2:min(len(line), maxWiki)], []byte("]]"))
	if !ok || bytes.ContainsAny(inside, "[]\n") {
		return nil
	}
	target, label, named := bytes.Cut(inside, []byte("|"))
	if target = bytes.TrimSuffix(target, []byte(`\`)); len(bytes.TrimSpace(target)) == 0 { // in a table, the bar has a backslash
		return nil
	}
	n := &wikiLink{target: text.NewSegment(segment.Start+2, segment.Start+2+len(target))}
	said := n.target
	if named && len(bytes.TrimSpace(label)) > 0 {
		end := segment.Start + 2 + len(bytes.TrimRight(inside, " "))
		said = text.NewSegment(end-len(bytes.TrimSpace(label)), end)
	}
	child := ast.NewTextSegment(said)
	child.SetPos(said.Start)
	n.AppendChild(n, child)
	block.Advance(len(inside) + 4)
	return n
}

// wiki writes a link by name. Its heading may be written as it reads, too.
func (w *walker) wiki(n *wikiLink) {
	name, heading, _ := bytes.Cut(n.target.Value(w.src), []byte("#"))
	l := handbook.Link{Dest: collapse(name), Text: w.textOf(n), Pos: w.pos(n.target.Start), Wiki: true}
	if h := collapse(heading); h != "" {
		l.Dest += "#" + slug(h)
	}
	w.link(l, n)
}
