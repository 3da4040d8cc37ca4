package markdown

import (
	"bytes"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	registry "github.com/alecthomas/chroma/v2/lexers"
	"github.com/yuin/goldmark/ast"
)

const (
	maxHighlight = 64 << 10 // bytes of a block that is highlighted
	maxCodeLine  = 4 << 10  // bytes of a line in it: longer ones are data, and slow
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
	w.highlight(lang, code)
	w.write("</code></pre></div>\n")
}

// highlight writes code with its words in classes where the language is known.
func (w *walker) highlight(lang string, code []byte) {
	lexer := w.parser.lexers.get(lang)
	if lexer == nil || len(code) > maxHighlight || longestLine(code) > maxCodeLine {
		w.html = escape(w.html, code)
		return
	}
	start := len(w.html)
	if !w.tokens(lexer, string(code)) {
		w.html = escape(w.html[:start], code)
	}
}

// tokens writes code in spans, one for each run of equal class with the white
// space in it; text that has no class has no span. It reports whether the
// lexer gave back all of the code.
func (w *walker) tokens(lexer chroma.Lexer, code string) (whole bool) {
	defer func() {
		// Some lexers panic on code that is wrong; it is shown plain instead.
		if recover() != nil {
			whole = false
		}
	}()
	next, err := lexer.Tokenise(nil, code)
	if err != nil {
		return false
	}
	at := 0 // in code
	class, space := "", 0
	for token := next(); token != chroma.EOF; token = next() {
		if !strings.HasPrefix(code[at:], token.Value) {
			return strings.HasPrefix(token.Value, code[at:]) && strings.TrimSpace(token.Value[len(code)-at:]) == "" && w.lastToken(class, code[at-space:])
		}
		at += len(token.Value)
		if strings.TrimSpace(token.Value) == "" {
			space += len(token.Value)
			continue
		}
		c := classOf(token.Type)
		if c != class {
			if class != "" {
				w.write("</span>")
			}
			w.write(code[at-len(token.Value)-space : at-len(token.Value)])
			if c != "" {
				w.write(`<span class="` + c + `">`)
			}
			class = c
		} else {
			w.write(code[at-len(token.Value)-space : at-len(token.Value)])
		}
		space = 0
		w.html = escape(w.html, token.Value)
	}
	if class != "" {
		w.write("</span>")
	}
	w.write(code[at-space : at])
	return at == len(code)
}

// lastToken writes the rest of the code, to which its lexer had added a line
// end, in the class that is open.
func (w *walker) lastToken(class, rest string) bool {
	w.html = escape(w.html, rest)
	if class != "" {
		w.write("</span>")
	}
	return true
}

func longestLine(code []byte) int {
	longest := 0
	for line := range bytes.Lines(code) {
		longest = max(longest, len(line))
	}
	return longest
}

// lexers finds chroma's lexers by the names that authors write. Looking for
// one by every file pattern that chroma knows is slow, so both what was found
// and what was not is kept.
type lexers struct{ byName sync.Map }

func (l *lexers) get(lang string) chroma.Lexer {
	switch lang {
	case "", "text", "txt", "plain", "plaintext", "none", "nohighlight", "output":
		return nil
	}
	if found, ok := l.byName.Load(lang); ok {
		lexer, _ := found.(chroma.Lexer)
		return lexer
	}
	lexer := registry.Get(lang)
	l.byName.Store(lang, lexer)
	return lexer
}

// classOf is the class of a kind of token; the kinds that look alike share
// one, and names and punctuation have none.
func classOf(t chroma.TokenType) string {
	switch t {
	case chroma.KeywordType, chroma.NameClass, chroma.NameException:
		return "kt"
	case chroma.KeywordConstant, chroma.NameConstant, chroma.LiteralDate:
		return "m"
	case chroma.OperatorWord, chroma.NameBuiltinPseudo:
		return "k"
	case chroma.StringEscape, chroma.StringInterpol, chroma.StringRegex, chroma.NameEntity:
		return "se"
	case chroma.CommentPreproc, chroma.CommentPreprocFile, chroma.CommentHashbang, chroma.NameDecorator:
		return "cp"
	case chroma.NameFunction, chroma.NameFunctionMagic:
		return "nf"
	case chroma.NameTag:
		return "nt"
	case chroma.NameAttribute, chroma.NameProperty, chroma.NameLabel:
		return "na"
	case chroma.NameBuiltin:
		return "nb"
	case chroma.NameVariable, chroma.NameVariableClass, chroma.NameVariableGlobal, chroma.NameVariableInstance, chroma.NameVariableMagic:
		return "nv"
	case chroma.GenericDeleted, chroma.GenericError, chroma.GenericTraceback:
		return "gd"
	case chroma.GenericInserted:
		return "gi"
	case chroma.GenericHeading, chroma.GenericSubheading, chroma.GenericStrong:
		return "gh"
	case chroma.GenericPrompt:
		return "gp"
	}
	switch {
	case t.InCategory(chroma.Keyword):
		return "k"
	case t.InSubCategory(chroma.LiteralString):
		return "s"
	case t.InSubCategory(chroma.LiteralNumber):
		return "m"
	case t.InCategory(chroma.Comment):
		return "c"
	}
	return ""
}
