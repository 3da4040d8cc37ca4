package gitrepo

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// talk takes in what git says beside its answer: it passes progress on, and
// keeps the beginning of the rest, since git may say the same of a million
// objects. What a remote says is in it too, after "remote: ".
type talk struct {
	progress func(string) // nil: nobody is told
	line     []byte       // what has come of the present line
	lines    []string
	size     int
}

// enough is where talk stops to keep what is said, and cuts a line off.
const enough = 4 << 10

// percent is how git counts a step: again and again on one line, each time
// ended by a carriage return.
var percent = regexp.MustCompile(`^(?:remote: )?((?:Counting|Compressing|Receiving|Resolving) (?:objects|deltas): +\d+% \(\d+/\d+\))`)

func (t *talk) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexAny(p, "\r\n")
		part := p
		if i >= 0 {
			part, p = p[:i], p[i+1:]
		} else {
			p = nil
		}
		t.line = append(t.line, part[:min(len(part), enough-len(t.line))]...)
		if i >= 0 {
			t.end()
		}
	}
	return n, nil
}

// end takes in a line. The one that says why git gave up is the last, and is
// kept however much was said before.
func (t *talk) end() {
	line := printable(string(t.line))
	t.line = t.line[:0]
	if m := percent.FindStringSubmatch(line); m != nil {
		if t.progress != nil {
			t.progress(m[1])
		}
		return
	}
	if line == "" || t.size > enough && !(strings.HasPrefix(line, "fatal: ") && t.size < 2*enough) {
		return
	}
	t.size += len(line)
	t.lines = append(t.lines, line)
}

// String is what was kept.
func (t *talk) String() string {
	if len(t.line) > 0 {
		t.end()
	}
	return strings.Join(t.lines, "\n")
}

// verdict is the line that says why git gave up; warnings may come before it.
func (t *talk) verdict() string {
	said := t.String()
	for _, sign := range []string{"fatal: ", "error: "} {
		for line := range strings.Lines(said) {
			if text, ok := strings.CutPrefix(line, sign); ok {
				return strings.TrimSpace(text)
			}
		}
	}
	line, _, _ := strings.Cut(said, "\n")
	return strings.TrimSpace(line)
}

// printable keeps a remote from writing more than text to a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
