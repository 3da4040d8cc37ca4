package markdown

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// walker makes a body from goldmark's tree in one pass. It is used again for
// other pages; what it returns shares no memory with it.
type walker struct {
	parser *Parser
	found  *diag.List
	positions

	html          []byte // what becomes Body.HTML
	plain         []byte // its prose without markup, for the summary and the words
	slots         []handbook.Slot
	links         []handbook.Link
	metrics       []handbook.MetricRef
	terms         []string
	lower         [64]byte      // of terms.at
	abbreviations abbreviations // nil: the page explains none
	titles        []heading
	rawIDs        []rawID
	notes         []noteRef
	anchors       []string
	summary       string
	draws         handbook.Draws
	slugs         slugger

	scope                // of raw HTML, see stack.go
	open       []element // raw elements that are open, of all scopes
	dropped    droppings
	uses       []foreignUse // of code of other tools, the first of each
	components []foreignUse // start tags that may be such code
	codes      int          // bytes of template tags that were written
	lastA      int          // offset of the last </a in the source, -1 if there is none

	piece    []byte // of raw HTML, and where its lines are in the source
	pieceMap []pieceLine
	buffer   []byte // of textOf
	code     []byte // of rawLines

	from, to int // the part of the source whose inline content is shown
	inline   int // depth of inline elements
	inLink   int
	inCell   bool

	inHeading int
}

func (w *walker) reset(src []byte, at diag.Pos, l *diag.List) {
	w.positions.reset(src, at)
	w.found = l
	w.html, w.plain = w.html[:0], w.plain[:0]
	w.slots, w.links, w.metrics, w.terms = w.slots[:0], w.links[:0], w.metrics[:0], w.terms[:0]
	w.titles, w.rawIDs, w.notes, w.anchors = w.titles[:0], w.rawIDs[:0], w.notes[:0], w.anchors[:0]
	w.summary, w.draws = "", handbook.Draws{}
	w.abbreviations = nil
	w.slugs.reset()
	w.scope, w.open, w.dropped = scope{}, w.open[:0], droppings{}
	w.uses, w.components, w.codes = nil, nil, 0
	w.lastA = -1
	w.from, w.to = 0, len(src)
	w.inline, w.inLink, w.inCell, w.inHeading = 0, 0, false, 0
}

// maxInline is how deep inline elements are nested in the HTML; browsers, too,
// give up at some depth. Deeper content stays, without its markup.
const maxInline = 32

func (w *walker) write(s string) { w.html = append(w.html, s...) }

// say writes text that is shown.
func (w *walker) say(s []byte) {
	w.plain = append(w.plain, s...)
	w.html = escape(w.html, s)
}

// document walks the whole tree.
func (w *walker) document(root ast.Node) {
	for at, i := 0, 0; i >= 0; at += i + len("</") {
		i = bytes.Index(w.src[at:], []byte("</"))
		if end := at + i + len("</"); i >= 0 && end < len(w.src) && w.src[end]|0x20 == 'a' {
			w.lastA = at + i
		}
	}
	w.blocks(root)
	w.closeTo(0)
	w.reportDropped()
	w.reportForeign()
}

// blocks writes the blocks inside a container.
func (w *walker) blocks(n ast.Node) { w.blocksFrom(n.FirstChild()) }

// blocksFrom writes a block and those after it.
func (w *walker) blocksFrom(c ast.Node) {
	for ; c != nil; c = c.NextSibling() {
		w.block(c)
	}
}

func (w *walker) block(n ast.Node) {
	if n, ok := n.(*ast.HTMLBlock); ok {
		w.htmlBlock(n)
		w.endBlock()
		return
	}
	w.makeRoom()
	switch n := n.(type) {
	case *ast.Paragraph:
		w.paragraph(n)
	case *ast.TextBlock:
		w.flow(n)
		if n.NextSibling() != nil {
			w.write("\n")
		}
	case *ast.Heading:
		w.heading(n)
	case *ast.FencedCodeBlock:
		w.fence(n)
	case *ast.CodeBlock:
		w.codeBlock("", "", w.rawLines(n.Lines()))
	case *ast.Blockquote:
		w.quote(n)
	case *ast.List:
		w.list(n)
	case *ast.ThematicBreak:
		w.write("<hr>\n")
	case *ast.LinkReferenceDefinition, *explanation:
	case *east.Table:
		w.table(n)
	case *east.DefinitionList:
		w.container("<dl>\n", n, "</dl>\n")
	case *east.DefinitionTerm:
		w.write("<dt>")
		w.phrase(n)
		w.write("</dt>\n")
	case *east.DefinitionDescription:
		w.container("<dd>", n, "</dd>\n")
	case *east.FootnoteList:
		w.footnotes(n)
	case *container:
		w.held(n)
	case *display:
		w.display(w.rawLines(n.Lines()))
	default:
		w.container("", n, "")
	}
	w.endBlock()
}

// endBlock keeps the words of two blocks apart.
func (w *walker) endBlock() {
	if n := len(w.plain); n > 0 && w.plain[n-1] != '\n' {
		w.plain = append(w.plain, '\n')
	}
}

// container writes an element with blocks inside.
func (w *walker) container(start string, n ast.Node, end string) {
	w.write(start)
	s := w.enter(false)
	w.blocks(n)
	w.leave(s)
	w.write(end)
}

func (w *walker) paragraph(n *ast.Paragraph) {
	if w.script(n) {
		return
	}
	m := w.mark()
	w.write("<p")
	w.attributeList(blockAttributes(n))
	w.write(">")
	w.phrase(n)
	if w.invisible(m) {
		w.onlyIDs(m)
		return
	}
	w.write("</p>\n")
	if _, top := n.Parent().(*ast.Document); top && w.summary == "" && hasWords(w.plain[m.plain:]) && len(bytes.TrimSpace(w.plain[m.plain:])) > w.codes-m.codes {
		w.summary = summarise(collapse(w.plain[m.plain:]))
	}
}

// invisible reports whether nothing that readers see was written since m, as
// of a line with an anchor for links to lead to.
func (w *walker) invisible(m mark) bool {
	return len(w.slots) == m.slots && len(w.notes) == m.notes &&
		len(bytes.TrimSpace(w.plain[m.plain:])) == 0 && !bytes.Contains(w.html[m.html:], []byte("<input"))
}

// onlyIDs replaces what was written since m by its ids, so that it takes no
// room on the page.
func (w *walker) onlyIDs(m mark) {
	if len(w.rawIDs) == m.rawIDs {
		w.rollback(m)
		return
	}
	ids := slices.Clone(w.rawIDs[m.rawIDs:])
	html := bytes.Clone(w.html[m.html:])
	w.rollback(m)
	for _, r := range ids {
		w.write("<span")
		at := len(w.html)
		w.html = append(w.html, html[r.at-m.html:r.to-m.html]...)
		w.rawIDs = append(w.rawIDs, rawID{r.id, at, len(w.html)})
		w.write("></span>\n")
	}
}

// phrase writes the inline content of n where only phrases may stand.
func (w *walker) phrase(n ast.Node) {
	s := w.enter(true)
	w.inlines(n)
	w.leave(s)
}

// flow writes the inline content of n where blocks of HTML may stand as well.
func (w *walker) flow(n ast.Node) {
	s := w.enter(false)
	w.inlines(n)
	w.leave(s)
}

func (w *walker) list(n *ast.List) {
	start, end := "<ul>\n", "</ul>\n"
	if n.IsOrdered() {
		start, end = "<ol>\n", "</ol>\n"
		if n.Start != 1 {
			start = `<ol start="` + strconv.Itoa(n.Start) + `">` + "\n"
		}
	}
	w.write(start)
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		w.container("<li>", item, "</li>\n")
	}
	w.write(end)
}

func (w *walker) table(n *east.Table) {
	w.write(`<div class="table" tabindex="0" role="group" aria-label="Table"><table>` + "\n")
	body := false
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		cell, end := "td", "</tr>\n"
		if _, head := row.(*east.TableHeader); head {
			w.write("<thead>\n<tr>")
			cell, end = "th", "</tr>\n</thead>\n"
		} else {
			if !body {
				w.write("<tbody>\n")
				body = true
			}
			w.write("<tr>")
		}
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			w.cell(c.(*east.TableCell), cell)
		}
		w.write(end)
	}
	if body {
		w.write("</tbody>\n")
	}
	w.write("</table></div>\n")
}

func (w *walker) cell(n *east.TableCell, name string) {
	w.write("<" + name)
	if n.Alignment != east.AlignNone {
		w.write(` align="` + n.Alignment.String() + `"`)
	}
	w.write(">")
	w.inCell = true
	w.flow(n)
	w.inCell = false
	w.write("</" + name + ">")
	w.plain = append(w.plain, ' ')
}

// rawLines is the text of raw lines; it is valid until the next call.
func (w *walker) rawLines(s *text.Segments) []byte {
	w.code = w.code[:0]
	for i := range s.Len() {
		line := s.At(i)
		w.code = append(w.code, line.Value(w.src)...)
	}
	return w.code
}
