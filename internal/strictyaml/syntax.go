package strictyaml

import (
	"strings"

	"github.com/goccy/go-yaml/token"
)

// explanations says in plain words what messages of the parser mean, the more
// special ones first. A message is recognised by a part of it.
var explanations = []struct{ part, message, hint string }{
	{"tab character", tabs, tabHint},
	{"'\t'", tabs, tabHint},
	{"end character of double-quoted", "the quotation mark is not closed", `end the text with " on the same line`},
	{"end character of single-quoted", "the quotation mark is not closed", "end the text with ' on the same line; inside such text write '' for an apostrophe"},
	{"unexpected document separator", "the quotation mark is not closed", "end the text with a quotation mark on the same line"},
	{"escape", "a backslash in double quotes begins an escape that YAML does not know", `use single quotes, or write \\ for a backslash`},
	{"UTF-16", "the escape for a character is not complete", `write the character itself`},
	{"reserved character", "text cannot begin with this character", "put the text in quotes"},
	{"invalid tag character", "text cannot begin with an exclamation mark", "put the text in quotes"},
	{"multi-line content", "the text after | or > is missing", "indent the lines of the text"},
	{"header option", "after | or > stands something that is no option", "begin the text on the next line, or put it in quotes"},
	{"invalid number of indent", "the lines of the text are not indented alike", "indent all lines of the text by the same number of spaces"},
	{"mapping value is not allowed", "the value contains a colon and a space", "put the value in quotes"},
	{"found an invalid key", "a colon where none can stand", "put text with a colon and a space in quotes"},
	{"unexpected key name", "this is no key", "write `key: value`, the key on one line"},
	{"implicit line break", "a key goes over the end of its line", "write `key: value`, the key on one line"},
	{"non-map value", "expected a line of the form `key: value`", "write the colon and a space, or indent the line below its key"},
	{"sequence end token", "the bracket is not closed", "end the list with ]"},
	{"',' or ']'", "expected a comma or ] in the list", "put text with brackets, quotation marks or a colon in quotes"},
	{"expected sequence element", "a comma without a value before it", "delete the comma"},
	{"flow mapping end token", "the brace is not closed", "end the group with }; put text that begins with { in quotes"},
	{"',' or '}'", "expected a comma or } in the group", "put text with braces, quotation marks or a colon in quotes"},
	{"flow map content", "expected `key: value` between the braces", "put text that begins with { in quotes"},
	{"corresponding to ']'", "a ] without a [ before it", "put text that begins with ] in quotes"},
	{"corresponding to '}'", "a } without a { before it", "put text that begins with } in quotes"},
	{"block sequence entries", "a list begins on the line of its key", "begin the list on the next line"},
	{"could not find map value", "the value is missing", "write `key: value`"},
	{"value is not allowed in this context", "this does not belong to the value before it", "put the whole value in quotes, or check how far the line is indented"},
	{"after document separator", "text after the line of hyphens", "begin on the next line"},
}

const (
	tabs    = "a tab stands where the line is indented"
	tabHint = "indent with spaces"
)

// explain is the mistake that the parser found at a token.
func (p *tree) explain(message string, t *token.Token) *mistake {
	m := &mistake{pos: p.place(t), message: "this cannot be read as YAML: " + message}
	for _, e := range explanations {
		if strings.Contains(message, e.part) {
			m.message, m.hint = e.message, e.hint
			break
		}
	}
	if strings.Contains(message, "mapping value is not allowed") && strings.Contains(strings.TrimSpace(t.Origin), "\n") {
		m.message, m.hint = "the next line is indented as if it belonged to this value", "begin the next key in the same column as this one"
	}
	return m
}
