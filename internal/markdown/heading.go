package markdown

import (
	"bytes"

	east "github.com/yuin/goldmark-emoji/ast"
	"github.com/yuin/goldmark/ast"
	xast "github.com/yuin/goldmark/extension/ast"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// heading is a heading and where its element is in the HTML.
type heading struct {
	handbook.Heading
	start, end   int // of the element
	first, final int // of the digits in its tags
}

// heading writes a heading of Markdown.
func (w *walker) heading(n *ast.Heading) {
	w.apart()
	h := handbook.Heading{Level: n.Level, Pos: w.pos(n.Pos())}
	m := w.mark()
	var own attributeList
	if lines := n.Lines(); lines.Len() > 0 {
		last := lines.At(lines.Len() - 1)
		h.Pos = w.pos(lines.At(0).Start)
		if list, cut := ownAttributes(last.Value(w.src)); cut >= 0 {
			own, w.to = list, last.Start+cut
		}
	}
	w.inHeading++
	w.phrase(n)
	w.inHeading--
	h.Text = w.textOf(n)
	h.HTML = string(bytes.TrimSpace(w.appendOutline(nil, n)))
	slug := string(w.appendText(w.buffer[:0], n, true))
	w.to = len(w.src)
	w.endHeading(h, m, own, slug)
}

// closeRawHeading ends a heading of raw HTML.
func (w *walker) closeRawHeading(e element) {
	h := handbook.Heading{Level: int(e.name[1] - '0'), Pos: w.pos(e.at)}
	text := collapse(w.plain[e.mark.plain:])
	h.Text = text
	h.HTML = string(escape(nil, text))
	id := e.id
	if !validID(id) {
		id = ""
	}
	w.endHeading(h, e.mark, attributeList{id: id}, text)
}

// apart makes sure that a slot and a heading do not begin at one place: render
// may cut the heading out.
func (w *walker) apart() {
	if n := len(w.slots); n > 0 && w.slots[n-1].At == len(w.html) {
		w.write("\n")
	}
}

// endHeading puts the tags of a heading around what was written since m. Only
// one that stands in no quote, list or note can be the title of the page.
func (w *walker) endHeading(h handbook.Heading, m mark, own attributeList, slug string) {
	if h.Text == "" {
		h.Text = w.altsAfter(m.links)
		h.HTML = string(escape(nil, h.Text))
	}
	if h.Text == "" { // nothing to go to, and nothing to read out
		if len(w.html) > m.html || len(w.slots) > m.slots {
			w.insert(m, []byte("<div>"))
			w.write("</div>\n")
		}
		return
	}
	if h.Level == 1 && w.inner {
		h.Level = 2
	}
	h.ID = w.slugs.heading(own.id, slug)
	digit := string(rune('0' + h.Level))
	tag := append([]byte("<h"+digit+` id="`), h.ID...)
	if own.class != "" {
		tag = append(tag, `" class="`+own.class...)
	}
	w.insert(m, append(tag, `">`...))
	if w.inLink == 0 {
		w.write(`<a class="anchor" href="#` + h.ID + `" aria-label="Section titled `)
		w.html = escapeValue(w.html, h.Text)
		w.write(`"></a>`)
	}
	w.write("</h" + digit + ">\n")
	end := len(w.html)
	w.titles = append(w.titles, heading{Heading: h, start: m.html, end: end, first: m.html + len("<h"), final: end - len("1>\n")})
}

// insert puts HTML at a mark, in front of what was written since.
func (w *walker) insert(m mark, s []byte) {
	n := len(s)
	w.html = append(w.html, s...)
	copy(w.html[m.html+n:], w.html[m.html:len(w.html)-n])
	copy(w.html[m.html:], s)
	for i := range w.slots[m.slots:] {
		w.slots[m.slots+i].At += n
	}
	for i := range w.rawIDs[m.rawIDs:] {
		w.rawIDs[m.rawIDs+i].at += n
		w.rawIDs[m.rawIDs+i].to += n
	}
	for i := range w.notes[m.notes:] {
		w.notes[m.notes+i].at += n
	}
	for i := range w.titles[m.titles:] {
		t := &w.titles[m.titles+i]
		t.start, t.end, t.first, t.final = t.start+n, t.end+n, t.first+n, t.final+n
	}
}

// title is the heading that becomes the title of the page, nil if there is none.
func (w *walker) title() *heading {
	for i := range w.titles {
		if w.titles[i].Level == 1 {
			return &w.titles[i]
		}
	}
	return nil
}

// demote leaves the page one heading of level 1: where there are more, all
// after the first go down by one.
func (w *walker) demote() {
	first, count := -1, 0
	for i, t := range w.titles {
		if t.Level == 1 {
			count++
			if first < 0 {
				first = i
			}
		}
	}
	if count < 2 {
		return
	}
	for i := range w.titles[first+1:] {
		t := &w.titles[first+1+i]
		if t.Level < 6 {
			t.Level++
			w.html[t.first]++
			w.html[t.final]++
		}
	}
}

// appendOutline appends the content of a heading as a table of contents shows
// it: no links, no ids, images by their text.
func (w *walker) appendOutline(dst []byte, n ast.Node) []byte {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			s := c.Segment
			s.Stop = min(s.Stop, w.to)
			if s.Start < s.Stop {
				dst = escape(dst, unescape(nil, s.Value(w.src)))
			}
			if c.SoftLineBreak() || c.HardLineBreak() {
				dst = append(dst, ' ')
			}
		case *ast.CodeSpan:
			dst = append(dst, "<code>"...)
			dst = escape(dst, w.appendCode(nil, c))
			dst = append(dst, "</code>"...)
		case *formula:
			dst = formulaHTML(dst, w.appendFormula(nil, c), false)
		case *ast.Emphasis:
			dst = w.outlined(dst, []string{"em", "strong"}[c.Level-1], c)
		case *xast.Strikethrough:
			dst = w.outlined(dst, "del", c)
		case *ast.AutoLink:
			dst = escape(dst, c.Label(w.src))
		case *ast.String:
			dst = escape(dst, c.Value)
		case *east.Emoji:
			if c.Value.IsUnicode() {
				dst = append(dst, string(c.Value.Unicode)...)
			} else {
				dst = append(dst, c.ShortName...)
			}
		case *ast.Image:
			dst = escape(dst, w.textOf(c))
		default:
			dst = w.appendOutline(dst, c)
		}
	}
	return dst
}

func (w *walker) outlined(dst []byte, name string, n ast.Node) []byte {
	if w.inline >= maxInline {
		return w.appendOutline(dst, n)
	}
	w.inline++
	dst = append(dst, "<"+name+">"...)
	dst = w.appendOutline(dst, n)
	dst = append(dst, "</"+name+">"...)
	w.inline--
	return dst
}
