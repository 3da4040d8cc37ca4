package markdown

import (
	"slices"

	"github.com/rutter-dev/rutter/internal/handbook"
)

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
	html, plain, slots, links, metrics, titles, rawIDs, notes, anchors, codes int
}

func (w *walker) mark() mark {
	return mark{len(w.html), len(w.plain), len(w.slots), len(w.links), len(w.metrics), len(w.titles), len(w.rawIDs), len(w.notes), len(w.anchors), w.codes}
}

func (w *walker) rollback(m mark) {
	w.html, w.plain = w.html[:m.html], w.plain[:m.plain]
	w.slots, w.links, w.metrics = w.slots[:m.slots], w.links[:m.links], w.metrics[:m.metrics]
	w.titles, w.rawIDs, w.notes, w.anchors = w.titles[:m.titles], w.rawIDs[:m.rawIDs], w.notes[:m.notes], w.anchors[:m.anchors]
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
		w.write(`<div class="table" tabindex="0" role="group" aria-label="Table">`)
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
	if component(raw, r) {
		w.endComponent(raw)
		r = rule{}
	}
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
