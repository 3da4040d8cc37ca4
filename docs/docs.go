// Package docs holds what the command prints of these documents, so that there
// is one place where a code is explained.
package docs

import (
	_ "embed"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// findings has a table row for each code: the code, what it means, an example,
// and how to mend it. What stands before a table holds for all of its codes.
//
//go:embed findings.md
var findings string

// Entry is what findings.md says of one code, in Markdown without its layout:
// code spans keep their marks, links are their text with the address behind it.
type Entry struct {
	Code     diag.Code
	Means    string
	Example  string
	Mend     string
	Group    string   // "RT4xx: links"
	Remarks  []string // paragraphs that hold for the whole group
	Reserved bool     // this version never gives it
}

// Findings lists the codes in the order of the document.
func Findings() []Entry {
	var list []Entry
	var group string
	var remarks []string
	for line := range strings.Lines(findings) {
		line = strings.TrimSpace(line)
		cells := row(line)
		switch heading, is := strings.CutPrefix(line, "## "); {
		case is:
			group, remarks = heading, nil
		case len(cells) == 4 && (strings.HasPrefix(cells[0], "RT") || strings.HasPrefix(cells[0], "DQ")):
			code, reserved := strings.CutSuffix(cells[0], " °")
			list = append(list, Entry{diag.Code(code), text(cells[1]), text(cells[2]), text(cells[3]), group, remarks, reserved})
		case group != "" && line != "" && cells == nil:
			remarks = append(remarks, text(line))
		}
	}
	return list
}

// row divides a line of a table; nil where it is none. A bar inside a cell is
// written \|.
func row(line string) []string {
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	const bar = "\x00"
	line = strings.ReplaceAll(line, `\|`, bar)
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(c), bar, "|")
	}
	return cells
}

// text takes the layout out of a line of Markdown, except in code spans.
func text(line string) string {
	var b strings.Builder
	for i, part := range strings.Split(line, "`") {
		switch {
		case i%2 == 1:
			b.WriteString("`" + part + "`")
		default:
			b.WriteString(links(strings.ReplaceAll(part, "**", "")))
		}
	}
	return b.String()
}

// links writes [text](address) as "text (address)".
func links(s string) string {
	for {
		before, rest, ok := strings.Cut(s, "[")
		name, rest, is := strings.Cut(rest, "](")
		address, after, closed := strings.Cut(rest, ")")
		if !ok || !is || !closed {
			return s
		}
		s = before + name + " (docs/" + address + ")" + after
	}
}
