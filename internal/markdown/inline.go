package markdown

import (
	"bytes"
	"strconv"
	"strings"

	east "github.com/yuin/goldmark-emoji/ast"
	"github.com/yuin/goldmark/ast"
	xast "github.com/yuin/goldmark/extension/ast"

	"github.com/rutter-dev/rutter/internal/handbook"
)

func (w *walker) inlines(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.span(c)
	}
}

// span writes one piece of inline content, if it is in the part that is shown.
func (w *walker) span(n ast.Node) {
	if t, ok := n.(*ast.Text); ok {
		w.text(t)
		return
	}
	if at := n.Pos(); at >= 0 && (at < w.from || at >= w.to) {
		return
	}
	from, to := w.from, w.to
	w.from, w.to = 0, len(w.src) // what begins in the part is shown whole
	if a := attributesOf(n); (a.id != "" || a.class != "") && n.Kind() != ast.KindRawHTML {
		w.makeCell()
		w.write("<span")
		w.attributeList(a)
		w.write(">")
		w.element(n)
		w.write("</span>")
	} else {
		w.element(n)
	}
	w.from, w.to = from, to
}

func (w *walker) element(n ast.Node) {
	if n, ok := n.(*ast.RawHTML); ok {
		w.rawHTML(n)
		return
	}
	w.makeCell()
	switch n := n.(type) {
	case *ast.String:
		w.say(n.Value)
	case *ast.CodeSpan:
		w.codeSpan(n)
	case *formula:
		w.formula(n)
	case *ast.Emphasis:
		if n.Level == 2 {
			w.styled("strong", n)
		} else {
			w.styled("em", n)
		}
	case *xast.Strikethrough:
		w.styled("del", n)
	case *ast.Link:
		l := handbook.Link{Dest: w.unescaped(n.Destination), Title: w.unescaped(n.Title), Text: w.textOf(n)}
		l.Pos = w.pos(w.destination(n.Destination, n.Pos()))
		w.link(l, n)
	case *ast.Image:
		a := attributesOf(n)
		w.image(handbook.Link{
			Dest: w.unescaped(n.Destination), Title: w.unescaped(n.Title), Text: w.textOf(n),
			Pos: w.pos(w.destination(n.Destination, n.Pos())), Width: a.width, Height: a.height,
		})
	case *ast.AutoLink:
		w.autoLink(n)
	case *xast.TaskCheckBox:
		if n.IsChecked {
			w.write(`<input type="checkbox" checked disabled aria-label="done"> `)
		} else {
			w.write(`<input type="checkbox" disabled aria-label="to do"> `)
		}
	case *east.Emoji:
		w.emoji(n)
	case *xast.FootnoteLink:
		w.noteRef(n)
	case *wikiLink:
		w.wiki(n)
	case *template:
		w.template(n)
	case *attributes:
		w.looseAttributes(n)
	case *xast.FootnoteBacklink: // written by footnotes, which knows what can be led back to
	default:
		w.inlines(n)
	}
}

func (w *walker) text(n *ast.Text) {
	s := n.Segment
	if w.parser.terms != nil || w.abbreviations != nil {
		s = joined(n)
	}
	clipped := s.Start < w.from || s.Stop > w.to
	s.Start, s.Stop = max(s.Start, w.from), min(s.Stop, w.to)
	if s.Start < s.Stop {
		value := s.Value(w.src)
		if len(bytes.TrimSpace(value)) > 0 {
			w.makeCell()
		}
		start := len(w.plain)
		if n.IsRaw() {
			w.plain = append(w.plain, value...)
		} else {
			w.plain = unescape(w.plain, value)
		}
		if w.explains() {
			w.explained(w.plain[start:])
		} else {
			w.html = escape(w.html, w.plain[start:])
		}
	} else if clipped {
		return
	}
	switch {
	case n.Segment.Stop > w.to || n.NextSibling() == nil:
	case n.HardLineBreak():
		w.write("<br>\n")
		w.plain = append(w.plain, '\n')
	case n.SoftLineBreak():
		w.write("\n")
		w.plain = append(w.plain, '\n')
	}
}

// styled writes an inline element with content.
func (w *walker) styled(name string, n ast.Node) {
	if w.inline >= maxInline {
		w.phrase(n)
		return
	}
	w.inline++
	w.write("<" + name + ">")
	w.phrase(n)
	w.write("</" + name + ">")
	w.inline--
}

func (w *walker) codeSpan(n *ast.CodeSpan) {
	start := len(w.plain)
	if w.parser.opts.Metrics && w.metricSpan(n) {
		return
	}
	w.plain = w.appendCode(w.plain, n)
	w.write("<code>")
	w.html = escape(w.html, w.plain[start:])
	w.write("</code>")
}

// appendCode appends the text of a code span: a line end is a space, and in
// a table a pipe is written with a backslash.
func (w *walker) appendCode(dst []byte, n ast.Node) []byte {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, ok := c.(*ast.Text)
		if !ok {
			continue
		}
		value := t.Segment.Value(w.src)
		for i, b := range value {
			switch {
			case b == '\n':
				b = ' '
			case b == '\\' && w.inCell && i+1 < len(value) && value[i+1] == '|':
				continue
			}
			dst = append(dst, b)
		}
	}
	return dst
}

// link writes the content of a link between two slots. There are no links
// inside links: the outer one stays.
func (w *walker) link(l handbook.Link, n ast.Node) {
	if w.templated(l.Dest, l.Pos) {
		w.phrase(n)
		w.say([]byte(" (" + l.Dest + ")"))
		return
	}
	i := w.openLink(l)
	w.phrase(n)
	w.closeLink(i)
}

// openLink begins a link and returns its index, -1 inside another link.
func (w *walker) openLink(l handbook.Link) int {
	if w.inLink > 0 {
		return -1
	}
	w.inLink++
	i := len(w.links)
	w.links = append(w.links, l)
	w.slots = append(w.slots, handbook.Slot{At: len(w.html), Kind: handbook.SlotLinkOpen, Index: i})
	return i
}

func (w *walker) closeLink(i int) {
	if i < 0 {
		return
	}
	w.inLink--
	w.slots = append(w.slots, handbook.Slot{At: len(w.html), Kind: handbook.SlotLinkClose, Index: i})
	if l := &w.links[i]; l.Text == "" {
		l.Text = w.altsAfter(i + 1)
	}
}

// altsAfter is the alternative text of the images from a place in the list of
// links on: what a link or heading says that has nothing but images.
func (w *walker) altsAfter(i int) string {
	var text []byte
	for ; i < len(w.links); i++ {
		if w.links[i].Kind == handbook.LinkImage {
			text = append(append(text, w.links[i].Text...), ' ')
		}
	}
	return collapse(text)
}

func (w *walker) image(l handbook.Link) {
	if w.templated(l.Dest, l.Pos) {
		w.say([]byte(l.Text + " (" + l.Dest + ")"))
		return
	}
	l.Kind, l.Inside = handbook.LinkImage, w.inLink > 0
	w.slots = append(w.slots, handbook.Slot{At: len(w.html), Kind: handbook.SlotImage, Index: len(w.links)})
	w.links = append(w.links, l)
}

func (w *walker) autoLink(n *ast.AutoLink) {
	label := n.Label(w.src)
	l := handbook.Link{Dest: string(n.URL(w.src)), Text: string(label), Pos: w.pos(w.destination(label, n.Pos()))}
	if n.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(label), []byte("mailto:")) {
		l.Dest = "mailto:" + l.Dest
	}
	i := w.openLink(l)
	w.say(label)
	w.closeLink(i)
}

// destination is the offset of a destination, or else that of its link.
func (w *walker) destination(dest []byte, link int) int {
	if i, ok := offsetOf(w.src, dest); ok {
		return i
	}
	return link
}

func (w *walker) emoji(n *east.Emoji) {
	if n.Value.IsUnicode() {
		w.say([]byte(string(n.Value.Unicode)))
		return
	}
	w.say([]byte(":" + string(n.ShortName) + ":"))
}

// unescaped is the value that Markdown source stands for.
func (w *walker) unescaped(s []byte) string {
	if bytes.IndexByte(s, '\\') < 0 && bytes.IndexByte(s, '&') < 0 {
		return string(s)
	}
	return string(unescape(nil, s))
}

// textOf is the content of n as plain text, with the alternative text of
// images.
func (w *walker) textOf(n ast.Node) string {
	w.buffer = w.appendText(w.buffer[:0], n, false)
	return collapse(w.buffer)
}

// appendText appends the text of what is inside n. For a slug, images and line
// ends count for nothing and an emoji for its name.
func (w *walker) appendText(dst []byte, n ast.Node, slug bool) []byte {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			s := c.Segment
			s.Stop = min(s.Stop, w.to)
			if s.Start < s.Stop {
				dst = unescape(dst, s.Value(w.src))
			}
			if !slug && (c.SoftLineBreak() || c.HardLineBreak()) {
				dst = append(dst, ' ')
			}
		case *ast.CodeSpan:
			dst = w.appendCode(dst, c)
		case *formula:
			dst = w.appendFormula(dst, c)
		case *ast.AutoLink:
			dst = append(dst, c.Label(w.src)...)
		case *ast.String:
			dst = append(dst, c.Value...)
		case *east.Emoji:
			if slug || !c.Value.IsUnicode() {
				dst = append(dst, c.ShortName...)
			} else {
				dst = append(dst, string(c.Value.Unicode)...)
			}
		case *ast.Image:
			if !slug {
				dst = w.appendText(dst, c, slug)
			}
		default: // HTML, footnotes and boxes to tick have no children
			dst = w.appendText(dst, c, slug)
		}
	}
	return dst
}

// noteRef is a reference to a footnote that stands in the HTML.
type noteRef struct {
	at        int // offset in the HTML
	note, ref int
}

// The ids of footnotes have the prefix of our own ids, so that no heading and
// no HTML of the page can have them.
func noteID(note int) string { return reserved + "fn-" + strconv.Itoa(note) }

const refPrefix = reserved + "fnref-"

func refID(note, ref int) string {
	if ref == 0 {
		return refPrefix + strconv.Itoa(note)
	}
	return refPrefix + strconv.Itoa(note) + "-" + strconv.Itoa(ref+1)
}

func (w *walker) noteRef(n *xast.FootnoteLink) {
	number := strconv.Itoa(n.Index)
	if w.inLink > 0 {
		w.write("<sup>" + number + "</sup>")
		return
	}
	w.notes = append(w.notes, noteRef{at: len(w.html), note: n.Index, ref: n.RefIndex})
	w.write(`<sup><a class="footnote-ref" id="` + refID(n.Index, n.RefIndex) + `" href="#` + noteID(n.Index) + `" role="doc-noteref">` + number + `</a></sup>`)
}

// footnotes writes the notes at the end of a page. They lead back to the
// references that readers see: not to one in the title, which is shown
// elsewhere.
func (w *walker) footnotes(n *xast.FootnoteList) {
	refs := map[int][]noteRef{}
	title := w.title()
	for _, r := range w.notes {
		if title == nil || r.at < title.start || r.at >= title.end {
			refs[r.note] = append(refs[r.note], r)
		}
	}
	w.write(`<div class="footnotes" role="doc-endnotes">` + "\n<hr>\n<ol>\n")
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		note := c.(*xast.Footnote)
		w.write(`<li id="` + noteID(note.Index) + `">`)
		w.anchors = append(w.anchors, noteID(note.Index))
		s := w.enter(false)
		w.blocks(note)
		w.leave(s)
		end := len(w.html)
		paragraph := bytes.HasSuffix(w.html, []byte("</p>\n"))
		if paragraph {
			w.html = w.html[:end-len("</p>\n")]
		}
		for _, r := range refs[note.Index] {
			w.write(` <a class="footnote-backref" href="#` + refID(r.note, r.ref) + `" role="doc-backlink" aria-label="Back to reference ` + strings.TrimPrefix(refID(r.note, r.ref), refPrefix) + `">↩︎</a>`)
			w.anchors = append(w.anchors, refID(r.note, r.ref))
		}
		if paragraph {
			w.write("</p>\n")
		}
		w.write("</li>\n")
	}
	w.write("</ol>\n</div>\n")
}
