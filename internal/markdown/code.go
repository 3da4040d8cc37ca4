package markdown

import "github.com/yuin/goldmark/ast"

// fence writes a fenced block: a chart, a formula, a diagram's source or code.
func (w *walker) fence(n *ast.FencedCodeBlock) {
	var info []byte
	if n.Info != nil {
		info = n.Info.Segment.Value(w.src)
	}
	l := fenceInfo(string(info))
	switch {
	case l.lang == "metric" && w.parser.opts.Metrics && w.metricBlock(n):
	case l.lang == "mermaid":
		w.mermaid(w.rawLines(n.Lines()))
	case l.lang == "math" && w.parser.opts.Math != MathOff:
		w.display(w.rawLines(n.Lines()))
	default:
		w.listing(l, w.rawLines(n.Lines()))
	}
}

// codeBlock writes a block of code.
func (w *walker) codeBlock(lang, title string, code []byte) {
	w.listing(listing{lang: lang, title: title}, code)
}

// listing writes a block of code with what its author said about it. It
// scrolls by itself, so it can be focused and has a name.
func (w *walker) listing(l listing, code []byte) {
	w.write(`<div class="code`)
	if l.numbered {
		w.write(" code-numbers")
	}
	if l.lang != "" {
		w.write(`" data-lang="` + l.lang)
	}
	w.write(`">`)
	if l.title != "" {
		w.write(`<p class="code-title">`)
		w.html = escape(w.html, l.title)
		w.write("</p>")
	}
	w.write(`<pre tabindex="0" role="group" aria-label="Code`)
	if l.title != "" {
		w.html = escapeValue(append(w.html, ": "...), l.title)
	} else if l.lang != "" {
		w.write(", " + l.lang)
	}
	w.write(`"><code>`)
	if l.byLine(code) {
		w.buffer = w.parser.code.Append(w.buffer[:0], l.lang, code)
		w.html = l.lines(w.html, w.buffer)
	} else {
		w.html = w.parser.code.Append(w.html, l.lang, code)
	}
	w.write("</code></pre></div>\n")
}
