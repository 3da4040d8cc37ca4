package markdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Raw HTML comes in pieces: a block, or single tags between the text of a
// paragraph. Elements that a piece opens stay open for the Markdown that
// follows, at most to the end of the container they were opened in; an end tag
// closes only what was opened in the same container. So the output is well
// formed whatever the pieces are. Beyond that, tags are written so that a
// browser builds the very tree that they show: it has rules of its own for
// paragraphs, lists, tables and links, and must find nothing to repair.

// droppings are the active parts of a page that were left out.
type droppings struct {
	names []string
	at    int
}

func (w *walker) drop(name string, at int) {
	if len(w.dropped.names) == 0 {
		w.dropped.at = at
	}
	if !slices.Contains(w.dropped.names, name) && len(w.dropped.names) < 10 {
		w.dropped.names = append(w.dropped.names, name)
	}
}

func (w *walker) reportDropped() {
	if len(w.dropped.names) > 0 {
		w.found.Warnf(w.pos(w.dropped.at), diag.DroppedMarkup, "HTML is left out of the page: %s", strings.Join(w.dropped.names, ", ")).Hint = "pages run no scripts, carry no forms and take their look from the theme"
	}
}

// htmlBlock writes a block of raw HTML.
func (w *walker) htmlBlock(n *ast.HTMLBlock) {
	lines := n.Lines()
	w.piece = w.piece[:0]
	w.pieceMap = w.pieceMap[:0]
	for i := range lines.Len() {
		s := lines.At(i)
		w.addPiece(s.Start-s.Padding, s.Value(w.src))
	}
	if n.HasClosure() {
		w.addPiece(n.ClosureLine.Start-n.ClosureLine.Padding, n.ClosureLine.Value(w.src))
	}
	if w.parser.opts.HTML == Off {
		if n.HTMLBlockType != ast.HTMLBlockType2 {
			w.makeRoom()
			w.codeBlock("html", "", w.piece)
		}
		return
	}
	w.markup()
}

// rawHTML writes a tag or comment inside a paragraph.
func (w *walker) rawHTML(n *ast.RawHTML) {
	w.piece = w.piece[:0]
	w.pieceMap = w.pieceMap[:0]
	for i := range n.Segments.Len() {
		s := n.Segments.At(i)
		w.addPiece(s.Start, s.Value(w.src))
	}
	p := w.piece
	switch {
	case bytes.HasPrefix(p, []byte("<!--")):
	case w.parser.opts.HTML == Off:
		w.makeCell()
		w.say(p)
	case p[1] == '/':
		w.endTag(endName(p), p)
	case p[1] != '!' && p[1] != '?': // goldmark lets only whole tags through
		t := readTag(p, 0)
		w.startTag(&t, elements[t.name])
	}
}

// endName is the name in an end tag, in lower case.
func endName(raw []byte) string {
	name := bytes.TrimSuffix(bytes.TrimPrefix(raw, []byte("</")), []byte(">"))
	if i := bytes.IndexAny(name, " \t\n\f\r/"); i >= 0 {
		name = name[:i]
	}
	return string(bytes.ToLower(name))
}

// pieceLine says where a line of the piece of HTML is in the source.
type pieceLine struct{ at, source int }

func (w *walker) addPiece(source int, value []byte) {
	w.pieceMap = append(w.pieceMap, pieceLine{len(w.piece), source})
	w.piece = append(w.piece, value...)
}

// sourceOf is the place in the source of an offset in the piece.
func (w *walker) sourceOf(offset int) int {
	i, found := slices.BinarySearchFunc(w.pieceMap, offset, func(l pieceLine, o int) int { return l.at - o })
	if !found {
		i--
	}
	return w.pieceMap[i].source + offset - w.pieceMap[i].at
}

// markup writes the piece of HTML as far as the allow-list goes.
func (w *walker) markup() {
	z := html.NewTokenizer(bytes.NewReader(w.piece))
	offset := 0
	skip := false // the next text is the content of a script or the like
	for {
		token := z.Next()
		raw := z.Raw()
		start := offset
		offset += len(raw)
		switch token {
		case html.ErrorToken:
			if start < len(w.piece) { // a tag without an end
				w.rawText(w.piece[start:])
			}
			return
		case html.TextToken:
			if !skip {
				w.spot(raw, start)
				w.rawText(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := readTag(raw, start)
			r := elements[t.name]
			if r.raw && t.closed {
				z.NextIsNotRawText()
			}
			w.startTag(&t, r)
			skip = r.raw && !t.closed
			continue
		case html.EndTagToken:
			w.endTag(endName(raw), raw)
		}
		skip = false
	}
}

// rawText writes text of raw HTML, its character references resolved.
func (w *walker) rawText(s []byte) {
	if len(bytes.TrimSpace(s)) > 0 {
		w.makeCell()
	}
	w.say(s)
}

// startTag writes a start tag, or what stands for it.
func (w *walker) startTag(t *tag, r rule) {
	if component(t.raw, r) {
		w.startComponent(t)
		r = rule{}
	}
	if r.kind == 0 {
		w.rawText(t.raw)
		return
	}
	for _, a := range t.attrs {
		if len(a.name) > 2 && strings.HasPrefix(a.name, "on") {
			w.drop(a.name+"=", w.sourceOf(t.source))
		}
	}
	if r.active {
		w.drop("<"+t.name+">", w.sourceOf(t.source))
	}
	if w.sentence && (r.kind == flow || r.kind == titling || r.kind == line || r.kind == item || r.kind == tabular || r.kind == summary) {
		w.plain = append(w.plain, ' ')
		return
	}
	switch r.kind {
	case phrasing:
		w.makeCell()
		w.push(t, r)
	case flow:
		w.closeParagraph()
		if t.name == "table" { // whose cells could hold more headings
			w.closeHeading()
		}
		w.makeCell()
		w.push(t, r)
	case titling:
		w.closeParagraph()
		w.closeHeading()
		w.makeCell()
		if len(w.open) < maxOpen {
			w.apart()
			id, _ := t.get("id")
			w.open = append(w.open, element{name: t.name, kind: titling, mark: w.mark(), id: id, at: w.sourceOf(t.source)})
		}
	case line:
		w.closeParagraph()
		w.makeCell()
		w.write("<hr>")
	case breaking:
		w.makeCell()
		w.write("<" + t.name + ">")
		w.plain = append(w.plain, ' ')
	case item:
		w.startItem(t, r)
	case tabular:
		w.startTablePart(t, r)
	case ruby:
		for w.topIs("rt", "rp") {
			w.closeTo(len(w.open) - 1)
		}
		if w.topIs("ruby") {
			w.push(t, r)
		}
	case summary:
		w.closeParagraph()
		if w.topIs("details") {
			w.push(t, r)
		}
	case anchor:
		w.startAnchor(t)
	case picture:
		w.makeCell()
		w.rawImage(t)
	case media:
		w.startMedia(t)
	case source:
		if n := len(w.open); n > w.base && w.open[n-1].media != nil && w.open[n-1].media.Dest == "" {
			w.open[n-1].media.Dest, _ = t.get("src")
			w.open[n-1].media.Pos = w.pos(w.place(t, "src"))
		}
	case removed:
		w.makeCell() // its content is written until its end shows that it goes
		if !t.closed && len(w.open) < maxOpen {
			w.open = append(w.open, element{name: t.name, kind: removed, mark: w.mark()})
		}
	}
}
