package markdown

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/yuin/goldmark/ast"
)

const mdx = "MDX code (JSX)"

// component reports whether a tag as written is one of JSX: its name begins with
// a capital, and no element that we show goes by it.
func component(raw []byte, r rule) bool {
	name := bytes.TrimLeft(raw, "</")
	end := nameEnd(name)
	if end < 2 || name[0] < 'A' || name[0] > 'Z' || bytes.Equal(bytes.ToUpper(name[:end]), name[:end]) {
		return false
	}
	return r.kind == 0 || !r.raw && (r.kind == stripped || r.kind == removed)
}

// startComponent notes a component. Words alone, such as <Your Name>, are
// something to fill in, unless there is an end tag to them.
func (w *walker) startComponent(t *tag) {
	u := foreignUse{mdx, w.pos(w.sourceOf(t.source)), "<" + string(bytes.TrimLeft(t.raw, "<")[:nameEnd(t.raw[1:])])}
	switch {
	case bytes.IndexByte(t.raw, '=') > 0:
		u.code += " …>"
		w.foreign(u)
	case t.closed:
		u.code += " />"
		w.foreign(u)
	case len(w.components) < 20:
		u.code += ">"
		w.components = append(w.components, u)
	}
}

// endComponent notes a component whose start tag was seen.
func (w *walker) endComponent(raw []byte) {
	name := "<" + string(raw[2:2+nameEnd(raw[2:])]) + ">"
	if i := slices.IndexFunc(w.components, func(u foreignUse) bool { return u.code == name }); i >= 0 {
		w.foreign(w.components[i])
	}
}

// module matches the first line of a paragraph of MDX that is JavaScript.
var module = regexp.MustCompile(`^(import\s+("|'|[\w*{].*\sfrom\s+["'])|export\s+(const|let|var|function|async|default)\b.*[=({])`)

// script writes a paragraph of MDX that is JavaScript, as it is; false of any
// other.
func (w *walker) script(n *ast.Paragraph) bool {
	first := n.Lines().At(0)
	line := bytes.TrimRight(first.Value(w.src), "\n")
	if !bytes.HasPrefix(line, []byte("import")) && !bytes.HasPrefix(line, []byte("export")) || !module.Match(line) {
		return false
	}
	if _, top := n.Parent().(*ast.Document); !top || w.from > 0 {
		return false
	}
	code := []rune(string(line))
	if len(code) > 60 {
		code = append(code[:60], '…')
	}
	w.foreign(foreignUse{mdx, w.pos(first.Start), string(code)})
	w.write("<p>")
	w.html = escape(w.html, bytes.TrimRight(w.rawLines(n.Lines()), "\n"))
	w.write("</p>\n")
	return true
}
