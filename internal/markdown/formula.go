package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MathSyntax says what is read as a formula in TeX.
type MathSyntax string

// The syntaxes. Only the first is safe in prose that nobody wrote with formulas
// in mind: a pair of dollars may be two prices.
const (
	MathFenced  MathSyntax = "fenced"  // ```math and $`…`$; also the meaning of ""
	MathDollars MathSyntax = "dollars" // $…$ and $$…$$ as well, by Pandoc's rule
	MathOff     MathSyntax = "off"
)

// mathParsers are the parsers of a syntax. Formulas begin before code spans do,
// since one form has backticks inside.
func mathParsers(m MathSyntax) []parser.Option {
	if m == MathOff {
		return nil
	}
	dollars := m == MathDollars
	options := []parser.Option{parser.WithInlineParsers(util.Prioritized(formulas{dollars}, 90))}
	if dollars {
		options = append(options, parser.WithBlockParsers(util.Prioritized(displays{}, 650)))
	}
	return options
}

// formula is a formula in a sentence; its children are its source.
type formula struct {
	ast.BaseInline
	display bool
}

var kindFormula = ast.NewNodeKind("Formula")

func (*formula) Kind() ast.NodeKind              { return kindFormula }
func (n *formula) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// display is a formula that stands by itself; its lines are its source.
type display struct{ ast.BaseBlock }

var kindDisplay = ast.NewNodeKind("Display")

func (*display) Kind() ast.NodeKind              { return kindDisplay }
func (*display) IsRaw() bool                     { return true }
func (n *display) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// mathForm is a way to write a formula in a sentence.
type mathForm int

const (
	oneDollar    mathForm = iota // $…$
	twoDollars                   // $$…$$
	withBacktick                 // $`…`$, GitHub's own
	mathForms
)

var mathEnds = [mathForms]string{"$", "$$", "`$"}

// vain is a part of the page in which the end of a formula was looked for and
// not found: nothing that begins in it needs to look again.
type vain struct{ from, to int }

// formulas reads formulas in sentences.
type formulas struct{ dollars bool }

func (formulas) Trigger() []byte { return []byte{'$'} }

func (p formulas) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, at := block.PeekLine()
	n := run(line)
	form, start := oneDollar, n
	switch {
	case n == 1 && len(line) > 1 && line[1] == '`':
		form, start = withBacktick, 2
	case !p.dollars:
		return nil
	case n == 2:
		form = twoDollars
	case n > 2:
		return plainRun(block, at, n)
	case len(line) == 1 || isSpace(line[1]):
		return nil
	}
	seen := &pc.(*context).vain[form]
	if at.Start < seen.from || at.Start >= seen.to {
		if f := form.find(block, start, seen); f != nil {
			return f
		}
	}
	if form == withBacktick {
		return nil // what follows may be a code span
	}
	return plainRun(block, at, n)
}

// find reads a formula from behind its start to its end. Where there is none, it
// notes that and leaves the reader where it was.
func (form mathForm) find(block text.Reader, start int, seen *vain) ast.Node {
	row, at := block.Position()
	block.Advance(start)
	f := &formula{display: form == twoDollars}
	for {
		line, segment := block.PeekLine()
		if line == nil {
			break
		}
		seen.to = segment.Stop
		end, stop := form.end(line)
		if end >= 0 && end+segment.Start == at.Start+start {
			break // there is nothing in it
		}
		if end >= 0 {
			f.AppendChild(f, ast.NewRawTextSegment(text.NewSegment(segment.Start, segment.Start+end)))
			block.Advance(end + len(mathEnds[form]))
			return f
		}
		if stop >= 0 {
			seen.to = segment.Start + stop
			break
		}
		f.AppendChild(f, ast.NewRawTextSegment(segment))
		block.AdvanceLine()
	}
	seen.from = at.Start
	block.SetPosition(row, at)
	return nil
}

// end is the place in a line where a formula ends, -1 where it goes on; then stop
// is the place of what no formula with dollars has, a code span, or -1.
//
// A dollar ends a formula if there is no space before it and no digit behind it:
// between "$5 and $10" there is none.
func (form mathForm) end(line []byte) (end, stop int) {
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && form != withBacktick:
			i++
		case line[i] == '`' && form != withBacktick:
			return -1, i
		case !bytes.HasPrefix(line[i:], []byte(mathEnds[form])):
		case form != oneDollar:
			return i, -1
		case i > 0 && !isSpace(line[i-1]) && (i+1 == len(line) || line[i+1] < '0' || line[i+1] > '9'):
			return i, -1
		}
	}
	return -1, -1
}

// displays reads formulas between lines that begin and end with two dollars. One
// that is not closed before the next empty line is none.
type displays struct{}

func (displays) Trigger() []byte             { return []byte{'$'} }
func (displays) CanInterruptParagraph() bool { return false }
func (displays) CanAcceptIndentedLine() bool { return false }

func (displays) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, at := reader.PeekLine()
	start := len(line) - len(bytes.TrimLeft(line, " "))
	if !bytes.HasPrefix(line[start:], []byte("$$")) || bytes.HasPrefix(line[start:], []byte("$$$")) {
		return nil, parser.NoChildren
	}
	at.Start += start + len("$$")
	n := &display{}
	if end, ok := displayEnd(line[start+len("$$"):]); ok {
		n.Lines().Append(text.NewSegment(at.Start, at.Start+end))
		reader.Advance(len(line) - 1)
		return n, parser.Close | parser.NoChildren
	}
	if !pc.(*context).ahead.ends(reader.Source(), at.Stop) {
		return nil, parser.NoChildren
	}
	n.Lines().Append(at)
	reader.Advance(len(line) - 1)
	return n, parser.NoChildren
}

func (displays) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, at := reader.PeekLine()
	if end, ok := displayEnd(line); ok {
		node.Lines().Append(text.NewSegment(at.Start, at.Start+end))
		reader.Advance(len(line) - 1)
		return parser.Close
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return parser.Close
	}
	node.Lines().Append(at)
	reader.Advance(len(line) - 1)
	return parser.Continue | parser.NoChildren
}

func (displays) Close(ast.Node, text.Reader, parser.Context) {}

// displayEnd is the place of the two dollars that end a line, and a formula.
func displayEnd(line []byte) (int, bool) {
	line = bytes.TrimRight(line, " \t\n")
	return len(line) - len("$$"), bytes.HasSuffix(line, []byte("$$")) && !bytes.HasSuffix(line, []byte(`\$$`))
}

// ahead is what the last look for the end of a formula has shown: the same for
// all lines that it passed. Each item of a list may begin a formula, and would
// read the rest of the list.
type ahead struct {
	from, to int // starts of lines
	found    bool
}

// ends reports whether one of the lines from a place up to the next empty one
// ends a formula.
func (a *ahead) ends(src []byte, from int) bool {
	if a.to > 0 && a.from <= from && from <= a.to {
		return a.found
	}
	*a = ahead{from: from, to: from}
	for line := range bytes.Lines(src[from:]) {
		if len(bytes.Trim(line, " \t\n>")) == 0 {
			break
		}
		if _, a.found = displayEnd(line); a.found {
			break
		}
		a.to += len(line)
	}
	return a.found
}

// formula writes a formula in a sentence: its source, which a script draws.
func (w *walker) formula(n *formula) {
	start := len(w.plain)
	w.plain = w.appendFormula(w.plain, n)
	w.html = formulaHTML(w.html, w.plain[start:], n.display)
	w.draws.Formulas = true
}

func (w *walker) appendFormula(dst []byte, n *formula) []byte {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		dst = append(dst, c.(*ast.Text).Segment.Value(w.src)...)
	}
	return dst
}

func formulaHTML(dst, tex []byte, display bool) []byte {
	class := "tex"
	if display {
		class = "tex tex-display"
	}
	dst = append(append(append(dst, `<code class="`...), class...), `">`...)
	return append(escape(dst, tex), "</code>"...)
}

// display writes a formula that stands by itself, and scrolls by itself.
func (w *walker) display(tex []byte) {
	w.write(`<div class="formula" tabindex="0" role="group" aria-label="Formula">`)
	w.html = formulaHTML(w.html, bytes.TrimSpace(tex), true)
	w.write("</div>\n")
	w.draws.Formulas = true
}
