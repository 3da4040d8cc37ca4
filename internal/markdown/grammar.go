package markdown

import (
	emoji "github.com/yuin/goldmark-emoji"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// grammar is goldmark's parser with the extensions that we use. What opens
// something that costs more than its length goes through limits.go. The
// numbers are priorities, as goldmark and its extensions give them.
func grammar(opts Options) parser.Parser {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(nested{extension.NewDefinitionListParser()}, 101),
			util.Prioritized(extension.NewDefinitionDescriptionParser(), 102),
			util.Prioritized(nested{headed{}}, 110),
			util.Prioritized(nested{indented{}}, 111),
			util.Prioritized(nested{fenced{}}, 112),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(explanations{}, 290),
			util.Prioritized(nested{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(nested{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(counted{nested{extension.NewFootnoteBlockParser()}}, 999),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
			util.Prioritized(templates{}, 80),
			util.Prioritized(attributeLists{}, 90),
			util.Prioritized(codeSpans{parser.NewCodeSpanParser()}, 100),
			util.Prioritized(footnotes{extension.NewFootnoteParser()}, 101),
			util.Prioritized(brackets{parser.NewLinkParser()}, 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(delimiters{parser.NewEmphasisParser()}, 500),
			util.Prioritized(delimiters{extension.NewStrikethroughParser()}, 500),
			util.Prioritized(addresses{extension.NewLinkifyParser()}, 999),
			util.Prioritized(emoji.NewParser(), 999),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(definitions{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(tables{extension.NewTableParagraphTransformer()}, 200),
		),
		// Of the extension for tables, the part that unescapes \| inside code
		// is not used: it takes time with the square of their number, and the
		// walker does the same as it passes.
		parser.WithASTTransformers(
			util.Prioritized(extension.NewFootnoteASTTransformer(), 999),
		),
	)
	if opts.Wiki {
		p.AddOptions(parser.WithInlineParsers(util.Prioritized(wikiLinks{}, 150)))
	}
	p.AddOptions(mathParsers(opts.Math)...)
	return p
}
