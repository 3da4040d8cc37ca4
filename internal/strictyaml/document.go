package strictyaml

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// The limits keep any input, however it was made, within a fraction of a
// second: parts of the YAML parser take time that grows with the square of the
// length of a line and of the number of lines.
const (
	maxBytes  = 64 << 10
	maxLines  = 4096
	maxLine   = 8192 // runes
	maxRow    = 64   // of <, each of which the parser takes for the beginning of a merge key
	maxTokens = 10_000
	maxDepth  = 32
	maxErrors = 100 // entries that are no YAML, reported from one document
)

// Document is parsed YAML: a group of keys, not yet held against a struct.
type Document struct {
	WarnKeys bool     // unknown keys are warnings instead of errors
	Required []string // keys that are required, whatever the tags say

	root  node
	codes Codes
	list  *diag.List
	ok    bool // nothing wrong so far
}

// kind is what a value is made of.
type kind uint8

const (
	nothing kind = iota // `key:` without a value, or null
	scalar
	list
	group
	unread // something is there, and its mistake is reported already
)

// node is a value and the place it stands at.
type node struct {
	kind    kind
	pos     diag.Pos
	text    string  // of a scalar, as YAML reads it: unquoted, lines folded
	quoted  bool    // in quotes or a block: text, whatever it looks like
	items   []node  // of a list
	entries []entry // of a group
}

type entry struct {
	key   string
	pos   diag.Pos
	value node
}

// Parse reads data as one group of keys; see Decode for the place. What is no
// YAML is reported and left out of the Document.
func Parse(data []byte, at diag.Pos, codes Codes, l *diag.List) *Document {
	d := &Document{codes: codes, list: l, root: node{kind: unread, pos: at}}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	s := &source{at: at, lines: strings.Split(text, "\n")}
	if m := s.limits(text); m != nil {
		m.report(l, codes.Limit)
		return d
	}
	if m := s.characters(); m != nil {
		m.report(l, codes.Syntax)
		return d
	}
	entries, m := s.parse(text, 0)
	d.ok = m == nil
	if m != nil {
		entries = s.salvage(m, func(m *mistake) {
			code := codes.Syntax
			if m.limit {
				code = codes.Limit
			}
			m.report(l, code)
		})
	}
	d.root.kind, d.root.entries = group, entries
	return d
}

// Lookup returns the text of a key of the document, for callers that must know
// one value before they can choose the struct for Decode.
func (d *Document) Lookup(key string) (handbook.Located, bool) {
	for _, e := range d.root.entries {
		if e.key == key && e.value.kind == scalar {
			return handbook.Located{Value: strings.TrimSpace(e.value.text), Pos: e.value.pos}, true
		}
	}
	return handbook.Located{}, false
}

// mistake is a place that is no YAML, or YAML that is not taken.
type mistake struct {
	pos     diag.Pos
	message string
	hint    string
	limit   bool
}

func (m *mistake) report(l *diag.List, code diag.Code) {
	l.Errorf(m.pos, code, "%s", m.message).Hint = m.hint
}

// source is the text of a document, for places and limits.
type source struct {
	at    diag.Pos
	lines []string
}

// pos is the place of a column of a line, both counted from 1 within the text,
// and kept within it.
func (s *source) pos(line, column int) diag.Pos {
	line = min(max(line, 1), len(s.lines))
	column = min(max(column, 1), utf8.RuneCountInString(s.lines[line-1])+1)
	return diag.Pos{Path: s.at.Path, Line: max(s.at.Line, 1) + line - 1, Column: max(s.at.Column, 1) + column - 1}
}

func (s *source) limits(text string) *mistake {
	tooLong := func(line int, format string, args ...any) *mistake {
		return &mistake{pos: s.pos(line, 1), message: fmt.Sprintf(format, args...), hint: "long text belongs below the front matter, or into a file of its own", limit: true}
	}
	if len(text) > maxBytes {
		return tooLong(1, "%d bytes of YAML are over the limit of %d", len(text), maxBytes)
	}
	if len(s.lines) > maxLines {
		return tooLong(maxLines, "%d lines of YAML are over the limit of %d", len(s.lines), maxLines)
	}
	for i, line := range s.lines {
		if utf8.RuneCountInString(line) > maxLine {
			return tooLong(i+1, "the line is longer than %d characters", maxLine)
		}
		if strings.Contains(line, strings.Repeat("<", maxRow)) {
			return tooLong(i+1, "a row of %d and more <", maxRow)
		}
	}
	return nil
}

// characters finds what YAML does not allow in any place.
func (s *source) characters() *mistake {
	for i, line := range s.lines {
		column := 1
		for offset, r := range line {
			if r == utf8.RuneError {
				if _, size := utf8.DecodeRuneInString(line[offset:]); size == 1 {
					return &mistake{pos: s.pos(i+1, column), message: fmt.Sprintf("the byte 0x%02X is not UTF-8", line[offset]), hint: "save the file as UTF-8"}
				}
			}
			if unicode.IsControl(r) && r != '\t' && r != '\u0085' {
				return &mistake{pos: s.pos(i+1, column), message: fmt.Sprintf("the control character U+%04X is not allowed", r), hint: "delete it"}
			}
			column++
		}
	}
	return nil
}

// salvage reads entry by entry what could not be read as a whole because of the
// mistake first, reports the entries that are no YAML, and returns the others.
func (s *source) salvage(first *mistake, report func(*mistake)) []entry {
	var entries []entry
	failed := 0
	for start := 0; start < len(s.lines) && failed < maxErrors; {
		end := start + 1
		for end < len(s.lines) && !beginsEntry(s.lines[end]) {
			end++
		}
		found, m := s.parse(strings.Join(s.lines[start:end], "\n"), start)
		if m != nil {
			report(m)
			failed++
			if key, _, ok := strings.Cut(s.lines[start], ":"); ok {
				found = []entry{{key: strings.Trim(key, ` "'`), pos: s.pos(start+1, 1), value: node{kind: unread, pos: m.pos}}}
			}
		}
		entries = append(entries, found...)
		start = end
	}
	if failed == 0 {
		report(first)
	}
	return entries
}

// beginsEntry reports whether a line can be the first of an entry of the
// outermost group. Lists may stand at the very left, closing brackets often do.
func beginsEntry(line string) bool {
	return line != "" && !strings.ContainsRune(" \t#-]},", rune(line[0]))
}
