package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// fence writes a fenced block: a chart, a diagram's source or code.
func (w *walker) fence(n *ast.FencedCodeBlock) {
	var info []byte
	if n.Info != nil {
		info = n.Info.Segment.Value(w.src)
	}
	lang, title := fenceInfo(string(info))
	switch {
	case lang == "metric" && w.parser.opts.Metrics && w.metricBlock(n):
	case lang == "mermaid":
		w.write(`<pre class="mermaid-source" tabindex="0">`)
		w.html = escape(w.html, w.rawLines(n.Lines()))
		w.write("</pre>\n")
	default:
		w.codeBlock(lang, title, w.rawLines(n.Lines()))
	}
}

// fenceInfo reads what follows the fence: the language, in lower case and
// without the braces that some tools write around it, and title="…".
func fenceInfo(info string) (lang, title string) {
	lang, rest, _ := strings.Cut(info, " ")
	lang = strings.ToLower(strings.TrimLeft(strings.TrimRight(lang, "}"), "{."))
	if i := strings.IndexByte(lang, '{'); i > 0 { // go{3,4}
		lang = lang[:i]
	}
	if strings.HasPrefix(lang, "title=") {
		lang, rest = "", info
	}
	if !onlyLetters(lang, 30, "+#._-") {
		lang = ""
	}
	if _, after, ok := strings.Cut(" "+rest, ` title="`); ok {
		if value, _, closed := strings.Cut(after, `"`); closed {
			title = string(unescape(nil, []byte(value)))
		}
	}
	return lang, title
}

// codeBlock writes a block of code.
func (w *walker) codeBlock(lang, title string, code []byte) {
	w.write(`<div class="code"`)
	if lang != "" {
		w.write(` data-lang="` + lang + `"`)
	}
	w.write(">")
	if title != "" {
		w.write(`<p class="code-title">`)
		w.html = escape(w.html, title)
		w.write("</p>")
	}
	w.write(`<pre tabindex="0"><code>`)
	w.html = w.parser.code.Append(w.html, lang, code)
	w.write("</code></pre></div>\n")
}
