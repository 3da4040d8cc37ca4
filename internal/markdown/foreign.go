package markdown

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Pages that were written for another tool hold code for it: template tags,
// shortcodes, components. None of it means anything here. It is shown as it was
// written, so that nobody loses a sentence by it, and said once a page and tool.

// foreignUse is the first piece of code of one tool on a page.
type foreignUse struct {
	tool string
	pos  diag.Pos
	code string // shortened
}

// foreign notes that a page holds code of a tool.
func (w *walker) foreign(u foreignUse) {
	if !slices.ContainsFunc(w.uses, func(x foreignUse) bool { return x.tool == u.tool }) {
		w.uses = append(w.uses, u)
	}
}

func (w *walker) reportForeign() {
	for _, u := range w.uses {
		f := w.found.Warnf(u.pos, diag.ForeignSyntax, "%s is shown as text: %s", u.tool, u.code)
		f.Hint = "nothing here runs it: write in Markdown what it would have made"
		if strings.Contains(u.code, "include") {
			f.Hint = "a line :::include file.md takes in a file"
		}
	}
}

// template is a template tag in inline content. Its text is its child.
type template struct {
	ast.BaseInline
	foreignUse
	at int
}

var templateKind = ast.NewNodeKind("Template")

func (n *template) Kind() ast.NodeKind            { return templateKind }
func (n *template) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// templates reads template tags, so that nothing in them is taken for Markdown
// or HTML.
type templates struct{}

func (templates) Trigger() []byte { return []byte("{<") }

func (templates) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if block.PrecendingCharacter() == '$' { // ${{ }} of GitHub Actions is an example as a rule
		return nil
	}
	u, length := readTemplate(line)
	if length == 0 {
		return nil
	}
	n := &template{foreignUse: u, at: segment.Start}
	child := ast.NewRawTextSegment(text.NewSegment(segment.Start, segment.Start+length))
	child.SetPos(segment.Start)
	n.AppendChild(n, child)
	block.Advance(length)
	return n
}

// template writes a template tag.
func (w *walker) template(n *template) {
	n.pos = w.pos(n.at)
	w.foreign(n.foreignUse)
	child := n.FirstChild().(*ast.Text)
	code := child.Segment.Value(w.src)
	w.codes += len(code)
	w.say(code)
}

// brackets of template tags, the longer ones first.
var templateBrackets = []struct{ open, end string }{{"{{%", "%}}"}, {"{{<", ">}}"}, {"{{", "}}"}, {"{%", "%}"}, {"<%", "%>"}}

// maxTemplate is how far the end of a template tag is looked for.
const maxTemplate = 1000

// readTemplate reads a template tag at the start of s and returns its length, 0
// where there is none. Of one that goes on in the next line, only the beginning
// is read.
func readTemplate(s []byte) (u foreignUse, length int) {
	if len(s) < 4 || s[1] != '%' && (s[0] != '{' || s[1] != '{') {
		return u, 0
	}
	for _, b := range templateBrackets {
		inside, ok := bytes.CutPrefix(s[:min(len(s), maxTemplate)], []byte(b.open))
		if !ok {
			continue
		}
		inside, _, closed := bytes.Cut(inside, []byte(b.end))
		if !closed && b.open == "{{" {
			return u, 0
		}
		words := firstWords(inside)
		if len(words) == 0 {
			return u, 0
		}
		if u.tool = toolOf(b.open, words); u.tool == "" {
			return u, 0
		}
		u.code = shortened(b.open, string(inside), words, b.end)
		if !closed {
			return u, len(b.open)
		}
		return u, len(b.open) + len(inside) + len(b.end)
	}
	return u, 0
}

// firstWords are the first two words of s, if it has as many.
func firstWords(s []byte) []string {
	var words []string
	for s = bytes.TrimSpace(s); len(s) > 0 && len(words) < 2; s = bytes.TrimSpace(s) {
		end := bytes.IndexAny(s, " \t\n")
		if end < 0 {
			end = len(s)
		}
		words = append(words, string(s[:end]))
		s = s[end:]
	}
	return words
}

// shortened is a tag as a finding shows it: {% include … %}.
func shortened(open, inside string, words []string, end string) string {
	if len(words) == 1 && len(inside) < 40 {
		return open + strings.Trim(inside, "\n") + end
	}
	if inside[0] == ' ' {
		open += " "
	}
	word := []rune(words[0])
	return open + string(word[:min(len(word), 40)]) + " … " + end
}

// The words by which template languages that look alike are told apart.
var (
	gitBook = []string{"hint", "endhint", "tabs", "endtabs", "tab", "endtab", "content-ref", "endcontent-ref", "embed", "code", "endcode", "file", "stepper", "endstepper"}
	jinja   = []string{"extends", "block", "endblock", "macro", "endmacro", "set", "endset", "import", "from", "call", "endcall", "filter", "endfilter", "with", "endwith"}
)

// toolOf names the tool that a tag belongs to; "" where it is none.
func toolOf(open string, words []string) string {
	first := strings.TrimLeft(words[0], "-=")
	if first == "" && len(words) > 1 {
		first = words[1]
	}
	if first == "" {
		return ""
	}
	switch c := first[0]; {
	case open == "{{%" || open == "{{<":
		return "a Hugo shortcode"
	case open == "<%":
		return "ERB template code"
	case open == "{{" && (c == '.' || c == '$'):
		return "Go template code (Hugo)"
	case open == "{{" && strings.HasPrefix(first, "#") && (strings.HasPrefix(first, "#include") || strings.HasPrefix(first, "#rustdoc") || strings.HasPrefix(first, "#playground") || first == "#title"):
		return "an mdBook directive"
	case open == "{{" && (c == '#' || c == '/' || c == '>' || c == '!'):
		return "Handlebars template code"
	case open == "{%" && c == '/':
		return "a Markdoc tag"
	case c|0x20 < 'a' || c|0x20 > 'z':
		return ""
	case open == "{%" && slices.Contains(gitBook, first):
		return "a GitBook block"
	case open == "{%" && slices.Contains(jinja, first), open == "{{" && strings.Contains(first, "("):
		return "Jinja template code"
	}
	return "Liquid (Jekyll) template code"
}

// spot looks for template tags in text of raw HTML, which begins at an offset of
// the piece.
func (w *walker) spot(s []byte, offset int) {
	if w.within("pre", "code", "samp", "kbd") {
		return
	}
	for from := 0; ; {
		i := bytes.IndexAny(s[from:], "{<")
		if i < 0 {
			return
		}
		from += i
		u, length := readTemplate(s[from:])
		if length > 0 && (from == 0 || s[from-1] != '$') {
			u.pos = w.pos(w.sourceOf(offset + from))
			w.foreign(u)
		}
		from += max(1, length)
	}
}

// templated reports whether an address is made by a template, and notes it: it
// leads nowhere, and that is not the author's mistake.
func (w *walker) templated(dest string, pos diag.Pos) bool {
	dest = dest[:min(len(dest), maxTemplate)]
	for i := range len(dest) {
		if dest[i] != '{' && dest[i] != '<' {
			continue
		}
		if u, length := readTemplate([]byte(dest[i:])); length > 0 {
			u.pos = pos
			w.foreign(u)
			return true
		}
	}
	return false
}
