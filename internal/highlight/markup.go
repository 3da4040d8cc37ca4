package highlight

import "bytes"

// markup is the state of one pass over HTML or XML.
type markup struct {
	*writer
	html  bool
	alone [2]bool // quotes, single and double, of which there is but one left
}

func html(w *writer) { (&markup{writer: w, html: true}).scan() }
func xml(w *writer)  { (&markup{writer: w}).scan() }

// bracketed are what begins with < but no tag.
var bracketed = []struct {
	open, shut string
	class      class
}{
	{"<!--", "-->", comment},
	{"<![CDATA[", "]]>", directive},
	{"<!", ">", directive},
	{"<?", ">", directive},
}

func (s *markup) scan() {
	for i := 0; i < len(s.code); {
		switch c := s.code[i]; {
		case c == '<':
			i = s.tag(i)
		case c == '&':
			i = s.entity(i)
		default:
			i++
		}
	}
}

// find is the offset behind the next mark, or the end of the code.
func (s *markup) find(i int, mark string) int {
	if n := bytes.Index(s.code[i:], []byte(mark)); n >= 0 {
		return i + n + len(mark)
	}
	return len(s.code)
}

func (s *markup) entity(i int) int {
	for k := i + 1; k < len(s.code) && k < i+32; k++ {
		c := s.code[k]
		if c == ';' && k > i+1 {
			s.put(i, k+1, escaped)
			return k + 1
		}
		if !isName(c) && c != '#' {
			break
		}
	}
	return i + 1
}

// tag scans what begins with <, and the script or style that it holds.
func (s *markup) tag(i int) int {
	for _, b := range bracketed {
		if s.is(i, len(s.code), b.open) {
			to := s.find(i+len(b.open), b.shut)
			s.put(i, to, b.class)
			return to
		}
	}
	i++
	ends := i < len(s.code) && s.code[i] == '/'
	if ends {
		i++
	}
	start := i
	for i < len(s.code) && isElement(s.code[i]) {
		i++
	}
	if start == i || isDigit(s.code[start]) {
		return i
	}
	s.put(start, i, tag)
	name := string(lower(make([]byte, 0, 8), s.code[start:i]))
	for i < len(s.code) && s.code[i] != '>' && s.code[i] != '<' {
		i = s.attribute(i)
	}
	if i == len(s.code) || s.code[i] == '<' {
		return i
	}
	i++
	if s.html && !ends && (name == "script" || name == "style") {
		end := i
		for end < len(s.code) && !(s.code[end] == '<' && s.is(end, len(s.code), "</"+name)) {
			end++
		}
		if name == "style" {
			s.css(i, end)
		} else {
			javascript.within(s.writer, i, end)
		}
		return end
	}
	return i
}

// attribute scans a name or a value within a tag, or a byte between them.
func (s *markup) attribute(i int) int {
	c := s.code[i]
	if c != '=' && !isElement(c) && c != '@' {
		return i + 1
	}
	if c != '=' {
		start := i
		for i < len(s.code) && (isElement(s.code[i]) || s.code[i] == '@') {
			i++
		}
		s.put(start, i, attribute)
		return i
	}
	for i++; i < len(s.code) && isSpace(s.code[i]); i++ {
	}
	start := i
	if i < len(s.code) && (s.code[i] == '"' || s.code[i] == '\'') {
		i = s.quoted(i)
	} else {
		for i < len(s.code) && !isSpace(s.code[i]) && s.code[i] != '>' && s.code[i] != '<' {
			i++
		}
	}
	s.put(start, i, str)
	return i
}

// quoted is the end of a value in quotes; where there is none, it ends with
// the line.
func (s *markup) quoted(i int) int {
	alone := &s.alone[0]
	if s.code[i] == '"' {
		alone = &s.alone[1]
	}
	if !*alone {
		if n := bytes.IndexByte(s.code[i+1:], s.code[i]); n >= 0 {
			return i + n + 2
		}
		*alone = true
	}
	return s.lineEnd(i, len(s.code))
}

// isElement reports whether c is part of the name of an element or attribute.
func isElement(c byte) bool { return isName(c) || c == '-' || c == '.' || c == ':' }
