// Package markdown is our dialect of Markdown: it turns the text of one file
// into a handbook.Body, complete but for what depends on other pages.
//
//	[]byte ── goldmark, one parse ──▶ tree ── one walk ──▶ handbook.Body
//	                                                └────▶ diag.List
//
// The dialect is CommonMark with GitHub's extensions (tables, strikethrough,
// task lists, bare addresses, footnotes, alerts such as > [!NOTE], emoji short
// codes, heading ids), definition lists and titles of code (```go
// title="main.go"). Of other tools it knows callouts and tabs (container.go),
// abbreviations, attribute lists, and links by name, if they are asked for. Two
// forms are our own: a fenced block metric and a code span that begins with
// "metric: ". Any other syntax is text; none of it is a failure.
//
// HTML in a page is rewritten piece by piece through an allow-list, so that
// Body.HTML is well formed and inert: no script, no style, no handler, and no
// address at all, since links, images and figures are slots that render fills.
// Neither a page nor a part of it can make parsing slow: see limits.go.
package markdown

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/highlight"
)

// HTMLPolicy says what becomes of HTML in a page.
type HTMLPolicy string

// The policies. There is none that lets HTML through as it is.
const (
	Sanitize HTMLPolicy = "sanitize" // what the allow-list knows is kept; also the meaning of ""
	Off      HTMLPolicy = "off"      // all of it is shown as text
)

// Options configures a Parser. The zero value reads pages that nobody wrote
// for Rutter.
type Options struct {
	HTML    HTMLPolicy
	Math    MathSyntax
	Metrics bool   // metric blocks and values mean something; else they are code like any other
	Wiki    bool   // [[name]] is a link to the page of that name
	Terms   string // words that a glossary explains, sorted lines of "name\tmeans"
}

// Parser turns Markdown into bodies. It may be used by many goroutines at once.
type Parser struct {
	opts    Options
	terms   *terms // nil: there are none
	grammar parser.Parser
	code    *highlight.Highlighter
	walkers sync.Pool // of *walker, for their buffers
}

// New returns a parser of our dialect.
func New(opts Options) *Parser {
	return &Parser{opts: opts, terms: newTerms(opts.Terms), grammar: grammar(opts), code: highlight.New()}
}

// Parse reads the body of a page. The position is that of the first byte of
// src in its file, where front matter may come before it. Findings are added
// to l; whatever they are, the body can be shown.
func (p *Parser) Parse(src []byte, at diag.Pos, l *diag.List) handbook.Body {
	src = clean(src)
	w, _ := p.walkers.Get().(*walker)
	if w == nil {
		w = &walker{parser: p}
	}
	defer p.walkers.Put(w)
	w.reset(src, at, l)
	if len(src) > maxPage {
		l.Errorf(w.pos(0), diag.TooLarge, "the page has %d KiB of text; it is shown as plain text", len(src)>>10).Hint = "split it into pages of at most 1 MiB"
		return w.verbatim()
	}
	pc := &context{Context: parser.NewContext()}
	root := p.grammar.Parse(text.NewReader(src), parser.WithContext(pc))
	w.abbreviations = pc.abbreviations
	w.document(root)
	w.limits(pc)
	if len(w.html) > outputLimit(len(src)) {
		l.Errorf(w.pos(0), diag.TooLarge, "the page becomes %d KiB of HTML from %d KiB of text; it is shown as plain text", len(w.html)>>10, len(src)>>10)
		return w.verbatim()
	}
	return w.body()
}

// clean makes line ends those of Unix and replaces what no page can hold. It
// moves no line and no column, and copies only where there is something to do.
func clean(src []byte) []byte {
	if bytes.IndexByte(src, '\r') >= 0 {
		src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
		src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	}
	if bytes.IndexByte(src, 0) >= 0 {
		src = bytes.ReplaceAll(src, []byte{0}, []byte("\uFFFD"))
	}
	if !utf8.Valid(src) {
		src = bytes.ToValidUTF8(src, []byte("\uFFFD"))
	}
	return src
}
