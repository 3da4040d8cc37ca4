package markdown

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// listing is what stands behind the backticks of a fenced block. Each tool has
// its own spelling; those that are common are read, whatever else stands there
// is not shown.
type listing struct {
	lang, title string
	marks       []lineRange
	numbered    bool
	first       int // number of the first line, where lines are numbered
}

// lineRange are lines from one to another, counted from 1.
type lineRange struct{ from, to int }

// A block may mark that many ranges of lines and has that many lines of its
// own; the lines of longer ones are neither marked nor numbered. maxNumber is
// the highest number of the first line.
const (
	maxRanges = 100
	maxLines  = 10_000
	maxNumber = 1_000_000
)

// fenceInfo reads what follows the fence:
//
//	go                              the language, in lower case
//	{.go}  {go}                     Pandoc, R Markdown
//	go title="x.go"                 Docusaurus, Material for MkDocs; filename= of Nextra
//	go {2,4-6}  go{2,4-6}           Docusaurus, VitePress
//	go mark={2,4-6}                 Starlight (Expressive Code)
//	js:x.js                         a title, if it looks like a file; Qiita, Zenn
//	go hl_lines="2 4-6"             Material for MkDocs; hl_lines=[2,"4-6"] of Hugo
//	go linenums="10"                Material for MkDocs
//	go showLineNumbers              Docusaurus; showLineNumbers=10, :line-numbers=10 of VitePress
//	go {linenos=true,linenostart=10}  Hugo; .numberLines startFrom="10" of Pandoc
func fenceInfo(info string) listing {
	var l listing
	word, rest := cutWord(info)
	name, _, _ := strings.Cut(word, ":")
	switch {
	case strings.Contains(name, "=") || strings.HasPrefix(word, "{") && strings.ContainsAny(word, "=,0123456789 "):
		rest = info // the language is missing, or inside the braces
	default:
		if i := strings.IndexByte(word, '{'); i > 0 { // go{3,4}
			word, rest = word[:i], word[i:]+" "+rest
		}
		var option string
		word, option, _ = strings.Cut(word, ":") // go:line-numbers
		switch l.language(word); {
		case option == "":
		case looksLikeFile(option):
			l.title = string(unescape(nil, []byte(option)))
		default:
			l.option(option)
		}
	}
	for rest != "" {
		word, rest = cutWord(rest)
		l.option(word)
	}
	return l
}

// looksLikeFile tells js:x.js from ts:line-numbers=2, where an option follows.
func looksLikeFile(s string) bool {
	return strings.ContainsAny(s, "./") && !strings.Contains(s, "=")
}

// language takes a name of a language, unless it is none.
func (l *listing) language(name string) {
	name = strings.ToLower(strings.TrimLeft(strings.TrimRight(name, "}"), "{."))
	if onlyLetters(name, 30, "+#._-") {
		l.lang = name
	}
}

// cutWord cuts the first word off, which ends at a space outside of quotes,
// braces and brackets.
func cutWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " \t")
	depth, quote := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case (c == ' ' || c == '\t') && depth <= 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// option reads one word behind the language.
func (l *listing) option(word string) {
	if inside, ok := strings.CutPrefix(word, "{"); ok {
		l.braces(strings.TrimSuffix(inside, "}"))
		return
	}
	name, value, _ := strings.Cut(word, "=")
	if i := strings.IndexByte(name, '{'); i > 0 { // showLineNumbers{10}
		name, value = name[:i], strings.Trim(word[i:], "{}")
	}
	value = strings.Trim(value, `"'`)
	switch strings.ToLower(name) {
	case "title", "filename":
		l.title = string(unescape(nil, []byte(value)))
	case "hl_lines":
		l.mark(strings.Trim(value, "[]"))
	case "mark": // of a text in quotes is not read
		if strings.HasPrefix(value, "{") {
			l.mark(strings.Trim(value, "{}"))
		}
	case "linenums", "showlinenumbers", "line-numbers", "linenos", ".numberlines", ".number-lines", "linenostart", "startfrom":
		l.number(value)
	}
}

// braces reads what stands between braces: lines to mark, or options.
func (l *listing) braces(inside string) {
	if l.mark(inside) {
		return
	}
	for inside != "" {
		var word string
		word, inside = cutWord(strings.TrimLeft(inside, ", "))
		for word != "" {
			var one string
			one, word = cutOption(word)
			if name, ok := strings.CutPrefix(one, "."); ok && l.lang == "" && !strings.EqualFold(name, "numberLines") {
				l.language(name)
			} else {
				l.option(one)
			}
		}
	}
}

// cutOption cuts the first of several options with commas between them off.
func cutOption(s string) (one, rest string) {
	depth, quote := 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth <= 0:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// mark reads lines to mark, such as 2,4-6 or 2 4-6, and reports whether that is
// what it was given.
func (l *listing) mark(lines string) bool {
	var marks []lineRange
	for _, f := range strings.FieldsFunc(lines, func(r rune) bool { return strings.ContainsRune(", \t\"'", r) }) {
		from, to, several := strings.Cut(f, "-")
		a, err := strconv.Atoi(from)
		b := a
		if several && err == nil {
			b, err = strconv.Atoi(to)
		}
		if err != nil || a < 1 || b < a || len(marks) == maxRanges {
			return false
		}
		marks = append(marks, lineRange{a, b})
	}
	l.marks = append(l.marks, marks...)
	return len(marks) > 0
}

// number reads from where on lines are numbered: from 1 where no number is
// given, not at all where that is said.
func (l *listing) number(value string) {
	switch strings.ToLower(value) {
	case "false", "none", "off", "no":
		l.numbered = false
		return
	}
	if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= maxNumber {
		l.first = n
	} else if !l.numbered {
		l.first = 1
	}
	l.numbered = true
}

// marked reports whether a line, counted from 1, is one of those to mark.
func (l *listing) marked(line int) bool {
	return slices.ContainsFunc(l.marks, func(r lineRange) bool { return r.from <= line && line <= r.to })
}

// byLine reports whether lines are elements of their own.
func (l *listing) byLine(code []byte) bool {
	return (l.numbered || len(l.marks) > 0) && bytes.Count(code, []byte("\n")) <= maxLines
}

// lines appends highlighted code with an element around each line, for marks
// and numbers. Spans of highlighted code are not nested but may hold line ends:
// they end and begin anew there.
func (l *listing) lines(dst, code []byte) []byte {
	number := l.first
	var open []byte // the start tag of the span at the end of the line
	for line := 1; len(code) > 0; line++ {
		end := bytes.IndexByte(code, '\n') + 1
		if end == 0 {
			end = len(code)
		}
		name := "span"
		if l.marked(line) {
			name = "mark"
		}
		dst = append(append(append(dst, '<'), name...), ` class="line"`...)
		if l.numbered {
			dst = append(dst, ` data-line="`...)
			dst = append(strconv.AppendInt(dst, int64(number), 10), '"')
			number++
		}
		dst = append(append(append(dst, '>'), open...), code[:end]...)
		if open = openSpan(open, code[:end]); open != nil {
			dst = append(dst, "</span>"...)
		}
		dst = append(append(append(dst, "</"...), name...), '>')
		code = code[end:]
	}
	return dst
}

// openSpan is the start tag of the span that is open at the end of a line of
// highlighted code, nil where none is.
func openSpan(before, line []byte) []byte {
	start, end := bytes.LastIndex(line, []byte("<span")), bytes.LastIndex(line, []byte("</span>"))
	switch {
	case start > end:
		return line[start : start+bytes.IndexByte(line[start:], '>')+1]
	case end >= 0:
		return nil
	}
	return before
}
