package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/rutter-dev/rutter/internal/diag"
)

// The limits keep the time that a page takes in proportion to its length.
// goldmark is linear except for what is wrapped here, where a few kilobytes
// can take seconds (reliability, finding 6 and appendix A). All are far above
// what people write; what is over one of them is shown as text.
const (
	maxPage          = 1 << 20 // bytes of a page
	maxDepth         = 64      // quotes and lists inside each other
	maxContainers    = 16      // callouts and tabs inside each other
	maxOpeners       = 1000    // things in one block that may open a link or emphasis
	maxRun           = 100     // equal delimiters in a row
	maxColumns       = 200     // of a table
	maxCells         = 50_000  // of the tables of a page, with those that goldmark adds to short rows
	maxDefinitions   = 4000    // lines in a block of link definitions
	maxFootnotes     = 2000    // of a page
	maxAbbreviations = 1000    // that a page explains
	maxAlike         = 16      // of them, those that begin with one word
	maxLocal         = 64      // bytes before the @ of a bare mail address
	maxSearch        = 8 << 20 // bytes of a page read in vain for the end of a link or of code
)

// outputLimit is the most HTML that a page of n bytes may become.
func outputLimit(n int) int { return 20*n + 1<<20 }

// limit is one of the limits above that a page can exceed while it is parsed.
type limit uint8

const (
	depthLimit limit = iota
	openerLimit
	tableLimit
	definitionLimit
	footnoteLimit
	abbreviationLimit
	limitCount
)

var limitMessages = [limitCount]string{
	depthLimit:        "quotes and lists are nested more than 64 deep here, or callouts and tabs more than 16; the deeper ones are shown as text",
	openerLimit:       "there are too many brackets, backticks, asterisks or the like here; the rest of them are shown as text",
	tableLimit:        "a table has more than 200 columns, or the tables of the page more than 50,000 cells; this one is shown as text",
	definitionLimit:   "there are more than 4000 lines of link definitions without a blank line; they are shown as text",
	abbreviationLimit: "the page explains more than 1000 abbreviations, or more than 16 that begin with one word; the rest of them are shown as text",
	footnoteLimit:     "the page has more than 2000 footnotes; the rest of them are shown as text",
}

// context is goldmark's state of one parse, with the counts of the limits.
type context struct {
	parser.Context
	block         ast.Node // whose inline content is being parsed
	openers       int      // seen in block
	searched      int      // bytes, for maxSearch
	cells         int
	footnotes     int
	explained     int // lines that explain an abbreviation
	abbreviations abbreviations
	vain          [mathForms]vain
	ahead         ahead
	exceeded      [limitCount]bool
	at            [limitCount]int // where each was exceeded first
}

// exceed notes that the page is over a limit.
func (c *context) exceed(l limit, at int) {
	if !c.exceeded[l] {
		c.exceeded[l], c.at[l] = true, at
	}
}

// opener counts one more opener in a block and reports whether it is one too
// many.
func (c *context) opener(block ast.Node, at int) bool {
	if c.block != block {
		c.block, c.openers = block, 0
	}
	c.openers++
	if c.openers <= maxOpeners {
		return false
	}
	c.exceed(openerLimit, at)
	return true
}

// inVain counts a search for an end that is not there, which goldmark carries
// on from the place to the end of the block.
func (c *context) inVain(block ast.Node, at int) {
	if lines := block.Lines(); lines.Len() > 0 {
		c.searched += lines.At(lines.Len()-1).Stop - at
	}
}

// tired reports whether enough of the page was searched in vain.
func (c *context) tired(at int) bool {
	if c.searched <= maxSearch {
		return false
	}
	c.exceed(openerLimit, at)
	return true
}

// limits reports the limits that the page exceeded.
func (w *walker) limits(c *context) {
	for l, over := range c.exceeded {
		if over {
			w.found.Errorf(w.pos(c.at[l]), diag.TooLarge, "%s", limitMessages[l])
		}
	}
}

// nested keeps containers from being nested too deep.
type nested struct{ parser.BlockParser }

func (p nested) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, pos := reader.Position()
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node != nil && depth(parent) >= maxDepth {
		reader.SetPosition(line, pos)
		pc.(*context).exceed(depthLimit, pos.Start)
		return nil, parser.NoChildren
	}
	return node, state
}

func depth(n ast.Node) int {
	d := 0
	for ; n != nil; n = n.Parent() {
		switch n.(type) {
		case *ast.Blockquote, *ast.List, *east.DefinitionList, *east.Footnote:
			d++
		case *container: // no indent and no mark is needed in each line of one
			d += maxDepth / maxContainers
		}
	}
	return d
}

// counted bounds the number of footnotes, which goldmark searches in turn.
type counted struct{ parser.BlockParser }

func (p counted) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	c := pc.(*context)
	line, pos := reader.Position()
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node == nil {
		return nil, state
	}
	c.footnotes++
	if c.footnotes > maxFootnotes {
		reader.SetPosition(line, pos)
		c.exceed(footnoteLimit, pos.Start)
		return nil, parser.NoChildren
	}
	return node, state
}

// brackets bounds the openers of links and images, and the search for what
// follows their text.
type brackets struct{ parser.InlineParser }

func (p brackets) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	c := pc.(*context)
	line, pos := block.PeekLine()
	switch {
	case line[0] == '[' || line[0] == '!' && len(line) > 1 && line[1] == '[':
		if c.opener(parent, pos.Start) {
			return nil
		}
	case line[0] == ']' && len(line) > 1 && (line[1] == '(' || line[1] == '['):
		if c.tired(pos.Start) {
			return nil
		}
		node := p.InlineParser.Parse(parent, block, pc)
		if node == nil {
			c.inVain(parent, pos.Start)
		}
		return node
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// CloseBlock makes brackets without an end into text.
func (p brackets) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	p.InlineParser.(parser.CloseBlocker).CloseBlock(parent, block, pc)
}

// delimiters bounds emphasis and strikethrough, which goldmark pairs by
// searching backwards.
type delimiters struct{ parser.InlineParser }

func (p delimiters) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, pos := block.PeekLine()
	n := run(line)
	if n > maxRun || pc.(*context).opener(parent, pos.Start) {
		return plainRun(block, pos, n)
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// codeSpans bounds the search for the backticks that end a code span.
type codeSpans struct{ parser.InlineParser }

func (p codeSpans) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	c := pc.(*context)
	line, pos := block.PeekLine()
	if c.tired(pos.Start) {
		return plainRun(block, pos, run(line))
	}
	node := p.InlineParser.Parse(parent, block, pc)
	if _, failed := node.(*ast.Text); failed {
		c.inVain(parent, pos.Start)
	}
	return node
}

// footnotes leaves references alone once the block has too many openers.
type footnotes struct{ parser.InlineParser }

func (p footnotes) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	c := pc.(*context)
	if c.block == parent && c.openers > maxOpeners {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// run is the number of bytes at the start of line that are like the first.
func run(line []byte) int {
	n := 1
	for n < len(line) && line[n] == line[0] {
		n++
	}
	return n
}

func plainRun(block text.Reader, pos text.Segment, n int) ast.Node {
	block.Advance(n)
	return ast.NewTextSegment(text.NewSegment(pos.Start, pos.Start+n))
}

// endsLocal holds what the part of a mail address before the @ ends at.
var endsLocal = func() (ends [256]bool) {
	for _, c := range []byte("@ \t\n<>()[],;:\"\\") {
		ends[c] = true
	}
	return ends
}()

// addresses asks for a bare address only where one can begin: for a mail
// address goldmark reads ahead from every space, underscore and asterisk.
type addresses struct{ parser.InlineParser }

func (p addresses) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	switch line[0] {
	case ' ', '*', '_', '~', '(':
		line = line[1:]
	}
	if !bytes.HasPrefix(line, []byte("http")) && !bytes.HasPrefix(line, []byte("www.")) && !bytes.HasPrefix(line, []byte("ftp:")) {
		local := line[:min(len(line), maxLocal+1)]
		end := 0
		for end < len(local) && !endsLocal[local[end]] {
			end++
		}
		if end == 0 || end == len(local) || local[end] != '@' {
			return nil
		}
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// definitions bounds the link definitions in one block: goldmark copies the
// lines that are left for each.
type definitions struct{ parser.ParagraphTransformer }

func (t definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	c := pc.(*context)
	first := node.Lines().At(0)
	start := bytes.TrimLeft(first.Value(reader.Source()), " ")
	switch {
	case node.Lines().Len() > maxDefinitions && bytes.HasPrefix(start, []byte("[")):
		c.exceed(definitionLimit, first.Start)
		showAsText(node)
		return
	case c.exceeded[footnoteLimit] && bytes.HasPrefix(start, []byte("[^")): // would be the definition of a link
		showAsText(node)
		return
	}
	t.ParagraphTransformer.Transform(node, reader, pc)
}

// tables bounds tables: a short row is filled up with empty cells, so a table
// can be the square of its text.
type tables struct{ parser.ParagraphTransformer }

func (t tables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	c := pc.(*context)
	lines := node.Lines()
	for i := 1; i < lines.Len(); i++ {
		line := lines.At(i)
		columns := delimiterColumns(line.Value(reader.Source()))
		if columns == 0 {
			continue
		}
		cells := columns * (lines.Len() - i)
		if columns > maxColumns || c.cells+cells > maxCells {
			first := lines.At(0)
			c.exceed(tableLimit, first.Start)
			showAsText(node)
			return
		}
		c.cells += cells
		dropAttributes(lines, i, reader.Source())
	}
	t.ParagraphTransformer.Transform(node, reader, pc)
}

// dropAttributes takes the last line of a table off, where it is an attribute
// list about the table.
func dropAttributes(lines *text.Segments, head int, src []byte) {
	end := lines.Len() - 1
	if end <= head {
		return
	}
	last := lines.At(end)
	line := bytes.TrimSpace(last.Value(src))
	if _, n := readAttributeList(line); n > 0 && n == len(line) {
		lines.SetSliced(0, end)
	}
}

// delimiterColumns is the number of columns that a line such as |---|:-:| may
// stand for, 0 for any other line.
func delimiterColumns(line []byte) int {
	columns := 1
	for _, c := range line {
		switch c {
		case '|':
			columns++
		case '-', ':', ' ', '\t', '\n':
		default:
			return 0
		}
	}
	if columns == 1 && bytes.IndexByte(line, ':') < 0 {
		return 0
	}
	return columns
}

// showAsText makes a paragraph a block of plain text.
func showAsText(node *ast.Paragraph) {
	block := ast.NewCodeBlock()
	block.SetLines(node.Lines())
	block.SetPos(node.Pos())
	node.Parent().ReplaceChild(node.Parent(), node, block)
}
