package strictyaml

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/rutter-dev/rutter/internal/diag"
)

// parse reads text, which begins after the given number of lines of s, as a
// group of keys.
func (s *source) parse(text string, after int) ([]entry, *mistake) {
	p := &tree{source: s, after: after}
	tokens, err := guarded(func() (token.Tokens, error) { return lexer.Tokenize(text), nil })
	if err != nil {
		return nil, p.syntax(err)
	}
	if m := p.refuse(tokens); m != nil {
		return nil, m
	}
	file, err := guarded(func() (*ast.File, error) { return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) })
	if err != nil {
		return nil, p.syntax(err)
	}
	var entries []entry
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		root, m := p.node(doc.Body, 0)
		if m != nil {
			return nil, m
		}
		if root.kind != group && root.kind != nothing {
			return nil, &mistake{pos: root.pos, message: "expected lines of the form `key: value`, found " + root.String(), hint: "write a space after the colon, and list items below their key"}
		}
		entries = append(entries, root.entries...)
	}
	return entries, nil
}

// guarded calls the parser. It is other people's code on input that anyone may
// write: what makes it panic is a mistake in a file, and must not end the run.
func guarded[T any](call func() (T, error)) (out T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errPanic
		}
	}()
	return call()
}

var errPanic = errors.New("the parser gave up")

// tree turns the parser's tree into nodes.
type tree struct {
	*source
	after int // lines of the source before the text that was parsed
}

// place is where a token stands. Lines of the parser are right; its columns lag
// behind after tabs and comments, so the text itself is looked for.
func (p *tree) place(t *token.Token) diag.Pos {
	if t == nil || t.Position == nil {
		return p.pos(p.after+1, 1)
	}
	at := p.pos(p.after+t.Position.Line, t.Position.Column)
	line, column := at.Line-max(p.at.Line, 1), at.Column-max(p.at.Column, 1)
	text := p.lines[line]
	offset := byteOffset(text, column)
	if i := strings.Index(text[offset:], firstWord(t)); i > 0 {
		at.Column += utf8.RuneCountInString(text[offset : offset+i])
	}
	return at
}

// firstWord is the beginning of a token as it stands in its line.
func firstWord(t *token.Token) string {
	switch t.Type {
	case token.DoubleQuoteType:
		return `"`
	case token.SingleQuoteType:
		return `'`
	case token.InvalidType, token.ImplicitNullType:
		return ""
	}
	word, _, _ := strings.Cut(strings.TrimSpace(t.Value), "\n")
	word, _, _ = strings.Cut(word, " ")
	return word
}

// byteOffset is the offset of the rune with the given index, or the length.
func byteOffset(s string, index int) int {
	for offset := range s {
		if index == 0 {
			return offset
		}
		index--
	}
	return len(s)
}

// refuse finds YAML that means more than it shows, and structure so deep that
// the parser would suffer, before anything is built from it.
func (p *tree) refuse(tokens token.Tokens) *mistake {
	if bad := tokens.InvalidToken(); bad != nil {
		return p.explain(bad.Error, bad)
	}
	if len(tokens) > maxTokens {
		return &mistake{pos: p.place(tokens[maxTokens]), message: fmt.Sprintf("more than %d keys, values and signs", maxTokens), limit: true}
	}
	var columns []int // of the lists and groups that are open, outermost first
	brackets := 0
	for i, t := range tokens {
		column := 0
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.DirectiveType, token.MergeKeyType, token.MappingKeyType:
			return p.refused(t)
		case token.DocumentHeaderType:
			if i > 0 {
				return &mistake{pos: p.place(t), message: "a second document begins here", hint: "only one is read; delete the line of hyphens"}
			}
		case token.DocumentEndType:
			if i < len(tokens)-1 {
				return &mistake{pos: p.place(t), message: "the document ends here, and more follows", hint: "delete the line of dots"}
			}
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType:
			column = t.Position.Column
		case token.MappingValueType:
			if i > 0 {
				column = tokens[i-1].Position.Column
			}
		}
		if column > 0 && brackets <= 0 {
			for len(columns) > 0 && columns[len(columns)-1] >= column {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, column)
		}
		if len(columns)+brackets > maxDepth {
			return p.tooDeep(t)
		}
	}
	return nil
}

func (p *tree) tooDeep(t *token.Token) *mistake {
	return &mistake{pos: p.place(t), message: fmt.Sprintf("lists and groups inside each other, more than %d deep", maxDepth), limit: true}
}

func (p *tree) refused(t *token.Token) *mistake {
	m := &mistake{pos: p.place(t)}
	switch t.Type {
	case token.AnchorType:
		m.message, m.hint = "anchors (&name) are not taken", "write the value out in each place; put text that begins with & in quotes"
	case token.AliasType:
		m.message, m.hint = "aliases (*name) are not taken", "put text that begins with * in quotes, or write the value out"
	case token.TagType:
		m.message, m.hint = "tags (!name) are not taken", "delete it; put text that begins with ! in quotes"
	case token.DirectiveType:
		m.message, m.hint = "directives (%NAME) are not taken", "delete the line; put text that begins with % in quotes"
	case token.MergeKeyType:
		m.message, m.hint = "merge keys (<<) are not taken", "write the keys out"
	default:
		m.message, m.hint = "keys that begin with ? are not taken", "write `key: value`; put text that begins with ? in quotes"
	}
	return m
}

// node returns the value that n stands for.
func (p *tree) node(n ast.Node, depth int) (node, *mistake) {
	out := node{pos: p.place(n.GetToken())}
	if depth > maxDepth {
		return out, p.tooDeep(n.GetToken())
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		out.kind = group
		for _, v := range n.Values {
			if m := p.entry(&out, v, depth); m != nil {
				return out, m
			}
		}
		if n.IsFlowStyle {
			out.pos = p.place(n.Start)
		} else if len(out.entries) > 0 {
			out.pos = out.entries[0].pos
		}
	case *ast.MappingValueNode:
		out.kind = group
		if m := p.entry(&out, n, depth); m != nil {
			return out, m
		}
		out.pos = out.entries[0].pos
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			item, m := p.node(v, depth+1)
			if m != nil {
				return out, m
			}
			out.items = append(out.items, item.oneWord())
		}
	case *ast.NullNode:
		out.kind = nothing
	case *ast.LiteralNode:
		out.kind, out.quoted = scalar, true
		if n.Value != nil {
			out.text = n.Value.Value
		}
		out.pos = p.place(n.Start)
	case *ast.StringNode:
		out.kind, out.text = scalar, n.Value
		out.quoted = n.Token.Type == token.DoubleQuoteType || n.Token.Type == token.SingleQuoteType
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = scalar, n.GetToken().Value
	default:
		return out, &mistake{pos: out.pos, message: "this kind of YAML is not taken", hint: "write simple lines of the form `key: value`"}
	}
	return out, nil
}

// entry adds a key and its value to the group g.
func (p *tree) entry(g *node, v *ast.MappingValueNode, depth int) *mistake {
	key, m := p.node(v.Key, depth+1)
	if m != nil {
		return m
	}
	if key.kind == nothing {
		key.kind, key.text = scalar, v.Key.GetToken().Value
	}
	if key.kind != scalar {
		return &mistake{pos: key.pos, message: "a key must be a word, not " + key.String(), hint: "put text that begins with a bracket in quotes"}
	}
	value, m := p.node(v.Value, depth+1)
	if m != nil {
		return m
	}
	g.entries = append(g.entries, entry{key: key.text, pos: key.pos, value: value.oneWord()})
	return nil
}

// oneWord is the text role:qa where the parser took it for a key and a value: in
// brackets it needs no space after the colon, but YAML does.
func (n node) oneWord() node {
	if n.kind != group || len(n.entries) != 1 {
		return n
	}
	e := n.entries[0]
	if e.value.kind != scalar || e.value.quoted || e.pos != n.pos || e.pos.Line != e.value.pos.Line || e.value.pos.Column != e.pos.Column+utf8.RuneCountInString(e.key)+1 {
		return n
	}
	return node{kind: scalar, pos: n.pos, text: e.key + ":" + e.value.text}
}

// syntax is the mistake behind an error of the parser.
func (p *tree) syntax(err error) *mistake {
	var located interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &located) {
		return &mistake{pos: p.place(nil), message: "this cannot be read as YAML: " + err.Error(), hint: "write simple lines of the form `key: value`"}
	}
	return p.explain(located.GetMessage(), located.GetToken())
}
