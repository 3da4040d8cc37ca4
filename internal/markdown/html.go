package markdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Raw HTML comes in pieces: a block, or single tags between the text of a
// paragraph. Elements that a piece opens stay open for the Markdown that
// follows, at most to the end of the container they were opened in; an end tag
// closes only what was opened in the same container. So the output is well
// formed whatever the pieces are. Beyond that, tags are written so that a
// browser builds the very tree that they show: it has rules of its own for
// paragraphs, lists, tables and links, and must find nothing to repair.

// scope is the part of the stack of open elements that belongs to the current
// Markdown container.
type scope struct {
	base     int  // index of the first
	sentence bool // only phrases may stand here
	inner    bool // the container is not the document
}

func (w *walker) enter(sentence bool) scope {
	s := w.scope
	w.scope = scope{base: len(w.open), sentence: sentence, inner: true}
	return s
}

func (w *walker) leave(s scope) {
	w.closeTo(w.base)
	w.scope = s
}

// element is a raw element that is open.
type element struct {
	name  string // as written by the author
	end   string // what ends it
	kind  kind
	link  int    // of an anchor: the index of its link
	mark  mark   // where its content begins, of what is removed or titling
	id    string // of a title: given by the author
	at    int    // of a title or media: offset in the source
	media *handbook.Link
}

// maxOpen is how deep raw elements are nested in the HTML.
const maxOpen = 100

// mark is a place in the output that one can go back to.
type mark struct {
	html, plain, slots, links, metrics, titles, rawIDs, notes, anchors int
}

func (w *walker) mark() mark {
	return mark{len(w.html), len(w.plain), len(w.slots), len(w.links), len(w.metrics), len(w.titles), len(w.rawIDs), len(w.notes), len(w.anchors)}
}

func (w *walker) rollback(m mark) {
	w.html, w.plain = w.html[:m.html], w.plain[:m.plain]
	w.slots, w.links, w.metrics = w.slots[:m.slots], w.links[:m.links], w.metrics[:m.metrics]
	w.titles, w.rawIDs, w.notes, w.anchors = w.titles[:m.titles], w.rawIDs[:m.rawIDs], w.notes[:m.notes], w.anchors[:m.anchors]
}

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

// push writes a start tag and opens its element. A tag that ends with /> is
// meant to be empty, although a browser would leave it open.
func (w *walker) push(t *tag, r rule) {
	if len(w.open) >= maxOpen {
		return
	}
	as := r.as
	if as == "" {
		as = t.name
	}
	end := "</" + as + ">"
	if as == "table" {
		w.write(`<div class="table" tabindex="0">`)
		end += "</div>"
	}
	w.write("<" + as)
	w.attributes(t, r)
	w.write(">")
	if t.closed {
		w.write(end)
		return
	}
	w.open = append(w.open, element{name: t.name, end: end, kind: r.kind})
}

// imply opens an element that the author left out.
func (w *walker) imply(name string) {
	w.write("<" + name + ">")
	w.open = append(w.open, element{name: name, end: "</" + name + ">", kind: elements[name].kind})
}

// closeTo ends the open elements from index n on, the innermost first.
func (w *walker) closeTo(n int) {
	for len(w.open) > n {
		e := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		switch {
		case e.kind == anchor:
			if e.link >= 0 {
				w.links[e.link].Text = collapse(w.plain[e.mark.plain:])
			}
			w.closeLink(e.link)
		case e.kind == titling:
			w.closeRawHeading(e)
		case e.media != nil:
			w.mediaLink(e.media)
		default:
			w.write(e.end)
		}
		if e.kind == tabular || e.kind == item || e.kind == flow {
			w.plain = append(w.plain, ' ')
		}
	}
}

// endTag closes the element that an end tag belongs to, if there is one.
func (w *walker) endTag(name string, raw []byte) {
	r := elements[name]
	switch {
	case r.kind == 0:
		w.rawText(raw)
		return
	case name == "br": // as browsers read it
		w.makeCell()
		w.write("<br>")
		return
	}
	for i := len(w.open) - 1; i >= w.base; i-- {
		e := &w.open[i]
		if e.name == name || e.kind == titling && r.kind == titling {
			if e.kind == removed || e.kind == media {
				w.rollbackTo(i)
			}
			w.closeTo(i)
			return
		}
		// The end of a table's part closes what is open in a cell; any other
		// end tag stays inside its cell.
		if e.name == "table" || r.kind != tabular && name != "table" && isCell(e.name) {
			return
		}
	}
}

// rollbackTo takes back the content of the element at index i of the stack.
func (w *walker) rollbackTo(i int) {
	for _, e := range w.open[i+1:] {
		if e.kind == anchor && e.link >= 0 {
			w.inLink--
		}
	}
	w.open = w.open[:i+1]
	w.rollback(w.open[i].mark)
}

func isCell(name string) bool { return name == "td" || name == "th" || name == "caption" }

func (w *walker) topIs(names ...string) bool {
	n := len(w.open)
	return n > w.base && slices.Contains(names, w.open[n-1].name)
}

// makeRoom prepares the place for a block of Markdown: it closes raw elements
// that cannot hold one, and opens a cell where only cells may stand.
func (w *walker) makeRoom() {
	if len(w.open) == w.base {
		return
	}
	to := len(w.open)
	for i := len(w.open) - 1; i >= w.base && !isCell(w.open[i].name) && w.open[i].name != "table"; i-- {
		switch e := w.open[i]; {
		case e.name == "p", e.name == "pre", e.kind == titling, e.kind == summary, e.kind == ruby:
			to = i
		}
	}
	w.closeTo(to)
	w.makeCell()
}

// closeParagraph closes an open <p>, as each start of a block does.
func (w *walker) closeParagraph() {
	w.closeNearest(func(e element) bool { return e.name == "p" })
}

// closeHeading closes an open heading: headings are not nested.
func (w *walker) closeHeading() {
	w.closeNearest(func(e element) bool { return e.kind == titling })
}

// closeNearest closes the nearest open element of a kind, up to the cell that
// it may stand in.
func (w *walker) closeNearest(is func(element) bool) {
	for i := len(w.open) - 1; i >= w.base && !isCell(w.open[i].name) && w.open[i].name != "table"; i-- {
		if is(w.open[i]) {
			w.closeTo(i)
			return
		}
	}
}

// startItem opens an item of the innermost raw list.
func (w *walker) startItem(t *tag, r rule) {
	for i := len(w.open) - 1; i >= w.base && !isCell(w.open[i].name) && w.open[i].name != "table"; i-- {
		name := w.open[i].name
		if t.name == "li" && (name == "ul" || name == "ol") || t.name != "li" && name == "dl" {
			w.closeTo(i + 1)
			w.push(t, r)
			return
		}
	}
}

// startTablePart opens a part of the innermost raw table, with the parts that
// the author left out.
func (w *walker) startTablePart(t *tag, r rule) {
	table := len(w.open) - 1
	for ; table >= w.base && w.open[table].name != "table"; table-- {
	}
	if table < w.base || t.closed && t.name != "col" {
		return
	}
	if len(w.open) >= maxOpen-3 {
		w.closeTo(table + 1) // so that the parts do not end up outside their rows
		if table >= maxOpen-6 {
			return
		}
	}
	switch t.name {
	case "td", "th":
		w.openRow(table)
	case "tr":
		w.openBody(table)
	case "col":
		if table+1 < len(w.open) && w.open[table+1].name == "colgroup" {
			w.closeTo(table + 2)
		} else {
			w.closeTo(table + 1)
			w.imply("colgroup")
		}
		w.write("<col")
		w.attributes(t, r)
		w.write(">")
		return
	default:
		w.closeTo(table + 1)
	}
	w.push(t, r)
}

// openBody closes the open row of a table and makes sure that a body is open.
func (w *walker) openBody(table int) {
	if table+1 < len(w.open) {
		switch w.open[table+1].name {
		case "thead", "tbody", "tfoot":
			w.closeTo(table + 2)
			return
		}
	}
	w.closeTo(table + 1)
	w.imply("tbody")
}

// openRow closes the open cell of a table and makes sure that a row is open.
func (w *walker) openRow(table int) {
	if table+2 < len(w.open) && w.open[table+2].name == "tr" {
		w.closeTo(table + 3)
		return
	}
	w.openBody(table)
	w.imply("tr")
}

// makeCell opens a cell for content that stands in a table outside its cells;
// a browser would move it in front of the table.
func (w *walker) makeCell() {
	n := len(w.open)
	if n == w.base {
		return
	}
	switch w.open[n-1].name {
	case "table", "thead", "tbody", "tfoot", "tr", "colgroup":
	default:
		return
	}
	table := n - 1
	for w.open[table].name != "table" {
		table--
	}
	w.openRow(table)
	w.imply("td")
}

// startAnchor begins a link, or marks a place that links can lead to.
func (w *walker) startAnchor(t *tag) {
	href, link := t.get("href")
	id, named := t.get("id")
	if !named {
		id, named = t.get("name")
	}
	if named && validID(id) && !w.slugs.rawIDs[id] {
		w.makeCell()
		w.write("<span")
		w.id(id)
		w.write("></span>")
	}
	if !link || t.closed || len(w.open) >= maxOpen || w.sourceOf(t.source) > w.lastA {
		return // without an end tag it would swallow the rest of the page
	}
	w.makeCell()
	w.closeOpenAnchor()
	title, _ := t.get("title")
	l := w.openLink(handbook.Link{Dest: strings.TrimSpace(href), Title: title, Pos: w.pos(w.place(t, "href"))})
	w.open = append(w.open, element{name: "a", kind: anchor, link: l, mark: w.mark()})
}

// closeOpenAnchor ends the raw link that is open in this container, as a
// browser does when the next begins.
func (w *walker) closeOpenAnchor() {
	for i := len(w.open) - 1; i >= w.base; i-- {
		if w.open[i].kind == anchor && w.open[i].link >= 0 {
			w.closeTo(i)
			return
		}
		if isCell(w.open[i].name) {
			return
		}
	}
}

func (w *walker) rawImage(t *tag) {
	src, _ := t.get("src")
	alt, _ := t.get("alt")
	if strings.TrimSpace(src) == "" {
		w.say([]byte(alt))
		return
	}
	title, _ := t.get("title")
	width, _ := t.get("width")
	height, _ := t.get("height")
	w.image(handbook.Link{
		Dest: strings.TrimSpace(src), Title: title, Text: collapse([]byte(alt)), Pos: w.pos(w.place(t, "src")),
		Width: pixels(width), Height: pixels(height),
	})
}

// startMedia begins a frame, video or the like. Its content, which is meant
// for browsers that cannot show it, is left out; a link takes its place.
func (w *walker) startMedia(t *tag) {
	key := "src"
	if t.name == "object" {
		key = "data"
	}
	src, _ := t.get(key)
	title, _ := t.get("title")
	l := &handbook.Link{Kind: handbook.LinkMedia, Dest: strings.TrimSpace(src), Text: collapse([]byte(title)), Pos: w.pos(w.place(t, key))}
	l.Title = mediaNames[t.name]
	if t.name == "embed" || t.closed || len(w.open) >= maxOpen {
		w.mediaLink(l)
		return
	}
	w.makeCell()
	w.open = append(w.open, element{name: t.name, kind: media, mark: w.mark(), media: l})
}

// mediaLink writes the link that stands for media. Link.Title holds the kind
// of media until then.
func (w *walker) mediaLink(l *handbook.Link) {
	name := l.Title
	l.Title = ""
	if l.Dest == "" {
		return
	}
	if l.Text == "" {
		l.Text = name + ": " + mediaPlace(l.Dest)
	}
	w.makeCell()
	alone := !w.sentence && !w.within("p", "a") && (len(w.open) == w.base || w.open[len(w.open)-1].kind == flow)
	if alone {
		w.write(`<p class="media">`)
	}
	if w.inLink > 0 {
		w.say([]byte(l.Text))
	} else {
		i := w.openLink(*l)
		w.say([]byte(l.Text))
		w.closeLink(i)
	}
	if alone {
		w.write("</p>")
	}
}

// within reports whether one of the named elements is open in this container.
func (w *walker) within(names ...string) bool {
	return slices.ContainsFunc(w.open[w.base:], func(e element) bool { return slices.Contains(names, e.name) })
}

// mediaPlace is the part of an address that tells readers where it leads: the
// host, or the name of a file.
func mediaPlace(dest string) string {
	if i := strings.Index(dest, "//"); i >= 0 && (i == 0 || dest[i-1] == ':') {
		host, _, _ := strings.Cut(dest[i+2:], "/")
		return host
	}
	name, _, _ := strings.Cut(dest, "?")
	return name[strings.LastIndexByte(name, '/')+1:]
}
