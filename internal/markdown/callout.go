package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// calloutKind is one of the five kinds of callouts that readers tell apart, with
// the label of a name that authors write for it.
type calloutKind struct{ kind, label string }

// calloutKinds maps the names that GitHub, Obsidian, Material for MkDocs,
// Docusaurus, VitePress, Starlight and MyST have for callouts.
var calloutKinds = map[string]calloutKind{
	"note": {"note", "Note"}, "info": {"note", "Info"}, "abstract": {"note", "Abstract"}, "summary": {"note", "Summary"}, "tldr": {"note", "In short"},
	"todo": {"note", "To do"}, "quote": {"note", "Quote"}, "cite": {"note", "Quote"}, "example": {"note", "Example"}, "seealso": {"note", "See also"},
	"question": {"note", "Question"}, "help": {"note", "Help"}, "faq": {"note", "Question"}, "details": {"note", "Details"}, "dropdown": {"note", "Details"}, "spoiler": {"note", "Details"},
	"tip": {"tip", "Tip"}, "hint": {"tip", "Hint"}, "success": {"tip", "Success"}, "check": {"tip", "Success"}, "done": {"tip", "Done"},
	"important": {"important", "Important"}, "attention": {"warning", "Attention"}, "warning": {"warning", "Warning"}, "warn": {"warning", "Warning"},
	"caution": {"caution", "Caution"}, "danger": {"caution", "Danger"}, "error": {"caution", "Error"}, "bug": {"caution", "Bug"},
	"failure": {"caution", "Failure"}, "fail": {"caution", "Failure"}, "missing": {"caution", "Missing"},
}

// kindOf is the kind of a name; one that nobody knows is a note with that label.
func kindOf(name string) calloutKind {
	if k, ok := calloutKinds[name]; ok {
		return k
	}
	return calloutKind{"note", strings.ToUpper(name[:1]) + name[1:]}
}

// callout writes a callout. label writes the author's title, nil where there is
// none; body writes what is in it.
func (w *walker) callout(k calloutKind, f fold, label, body func()) {
	start, end := `<div class="callout callout-`+k.kind+`" role="note">`+"\n"+`<p class="callout-label">`, "</p>\n"
	last := "</div>\n"
	if f != unfolded {
		start, end, last = `<details class="callout callout-`+k.kind+`"`, "</summary>\n", "</details>\n"
		if f == opened {
			start += " open"
		}
		start += ">\n" + `<summary class="callout-label">`
		w.inHeading++ // a link in it would be in the way of what it is for
	}
	w.write(start)
	s := w.enter(false)
	if label == nil {
		w.say([]byte(k.label))
	} else {
		label()
	}
	w.write(end)
	if f != unfolded {
		w.inHeading--
	}
	w.endBlock()
	body()
	w.leave(s)
	w.write(last)
}

// foreignCallout writes a callout of another tool's syntax.
func (w *walker) foreignCallout(n *container) {
	var label func()
	rest := n.FirstChild()
	if n.title != nil {
		label, rest = func() { w.phrase(n.title) }, rest.NextSibling()
	}
	f := n.fold
	if rest == nil { // there is nothing to fold
		f = unfolded
	}
	w.callout(kindOf(n.name), f, label, func() { w.blocksFrom(rest) })
}

// quote writes a block quote, or the callout that it is when its first line is
// a marker such as [!NOTE]. What may follow the marker is as Obsidian has it: a
// minus or plus where it can be folded, and a title.
func (w *walker) quote(n *ast.Blockquote) {
	first, ok := n.FirstChild().(*ast.Paragraph)
	if !ok {
		w.container("<blockquote>\n", n, "</blockquote>\n")
		return
	}
	line := first.Lines().At(0)
	m := alertMarker(line.Value(w.src))
	kind, known := calloutKinds[m.kind]
	more := first.Lines().Len() > 1
	rest := first.NextSibling()
	if !known || m.title < 0 && !more && rest == nil {
		w.container("<blockquote>\n", n, "</blockquote>\n")
		return
	}
	if !more && rest == nil {
		m.fold = unfolded
	}
	var label func()
	if m.title >= 0 {
		label = func() {
			w.from, w.to = line.Start+m.title, line.Stop
			w.phrase(first)
			w.from, w.to = 0, len(w.src)
		}
	}
	w.callout(kind, m.fold, label, func() {
		if more {
			w.from = line.Stop
			w.paragraph(first)
			w.from = 0
			w.endBlock()
		}
		w.blocksFrom(rest)
	})
}

// marker is what the first line of a quote says of a callout.
type marker struct {
	kind  string // in lower case; "": it is no marker
	fold  fold
	title int // its offset in the line, -1: there is none
}

// alertMarker reads a line such as [!NOTE] or [!tip]- Title.
func alertMarker(line []byte) marker {
	none := marker{title: -1}
	end := bytes.IndexByte(line, ']')
	if !bytes.HasPrefix(line, []byte("[!")) || end < 0 {
		return none
	}
	m := marker{kind: strings.ToLower(string(line[2:end])), title: -1}
	rest := line[end+1:]
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		m.fold = closed
		if rest[0] == '+' {
			m.fold = opened
		}
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' && rest[0] != '\n' {
		return none
	}
	if title := bytes.TrimLeft(rest, " \t\n"); len(title) > 0 {
		m.title = len(line) - len(title)
	}
	return m
}
