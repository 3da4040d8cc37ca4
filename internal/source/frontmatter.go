package source

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// form is how the front matter of a page is written.
type form uint8

const (
	formNone form = iota
	formYAML
	formOpen // YAML that nothing ends; all of the page is body
	formTOML // of other tools, between lines of +++
	formJSON // of other tools, a page that begins with an object
)

// front is where the front matter of a page is.
type front struct {
	form  form
	yaml  string // with the line of hyphens before it, which YAML allows, so that its lines are those of the file
	end   int    // offset of the body in the text
	lines int    // before the body
}

// split finds the front matter at the beginning of a text with LF line ends.
//
// Three hyphens are a line across the page in Markdown, so a page may begin
// with them and have no front matter: when what follows does not look like keys.
// In a typed site text directly below the hyphens is taken for a mistake.
func split(text string, typed bool) front {
	first, _, _ := strings.Cut(text, "\n")
	switch strings.TrimRight(first, " \t") {
	case "---":
		return splitYAML(text, typed)
	case "+++":
		if b, ok := enclosed(text, "+++"); ok {
			return front{form: formTOML, end: b.end, lines: b.lines}
		}
	case "{":
		if b, ok := enclosed(text, "}"); ok && json.Valid([]byte(text[:b.end])) {
			return front{form: formJSON, end: b.end, lines: b.lines}
		}
	}
	return front{}
}

func splitYAML(text string, typed bool) front {
	b, closed := enclosed(text, "---", "...")
	line := significant(b.inner)
	switch {
	case line == "" && closed, key.MatchString(line):
	case line == "" || !typed || strings.HasPrefix(b.inner, "\n"):
		return front{}
	}
	if !closed {
		return front{form: formOpen}
	}
	return front{form: formYAML, yaml: text[:b.last], end: b.end, lines: b.lines}
}

// block is what stands between the first line of a text and a line that ends it.
type block struct {
	inner string
	last  int // offset of the line that ends it
	end   int // offset of the line after that
	lines int // up to there
}

// enclosed looks for the first line that is one of ends. Without one, inner is
// all but the first line.
func enclosed(text string, ends ...string) (b block, ok bool) {
	first, _, found := strings.Cut(text, "\n")
	if !found {
		return block{}, false
	}
	start := len(first) + 1
	lines := 1
	for at := start; at < len(text); {
		line, _, more := strings.Cut(text[at:], "\n")
		next := at + len(line)
		if more {
			next++
		}
		lines++
		if slices.Contains(ends, strings.TrimRight(line, " \t")) {
			return block{inner: text[start:at], last: at, end: next, lines: lines}, true
		}
		at = next
	}
	return block{inner: text[start:]}, false
}

// key matches a line that begins with a key of YAML, or a group in braces.
var key = regexp.MustCompile(`^("[^"]*"|'[^']*'|[\p{L}\p{N}_.-]+)[ \t]*:([ \t]|$)|^\{[^{%]`)

// significant is the first line that is neither blank nor a comment.
func significant(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line
		}
	}
	return ""
}
