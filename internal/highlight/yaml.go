package highlight

import "bytes"

var yamlConstants = lexicon{}.with(constant, "true True TRUE false False FALSE null Null NULL ~ yes Yes YES no No NO on On ON off Off OFF .inf -.inf .nan")

// data is the state of one pass over YAML.
type data struct {
	*writer
	flow  int  // depth of [ and {
	keyed bool // the line has a key outside of them
	node  int  // column of the last key or dash in the line; -1: none

	// Lines that are indented deeper than deep are text, after | or >.
	text bool
	deep int

	alone [2]bool // quotes, single and double, of which there is but one left
}

func yaml(w *writer) {
	s := data{writer: w}
	for i := 0; i < len(s.code); {
		i = s.line(i)
	}
}

// line scans from the start of a line on, and returns where the next line
// starts: behind this one, or behind a string that goes over many.
func (s *data) line(start int) int {
	end := s.lineEnd(start, len(s.code))
	i := start
	for i < end && s.code[i] == ' ' {
		i++
	}
	if s.text && (i-start > s.deep || i == end) {
		s.put(i, end, str)
		return end + 1
	}
	s.text, s.keyed, s.node = false, false, -1
	if i == start && i < end {
		c := s.code[i]
		if isName(c) || c == '-' { // whatever was open is over, as it should be
			s.flow = 0
		}
		switch {
		case s.is(i, end, "---") || s.is(i, end, "..."):
			i += 3
		case c == '%' && s.flow == 0:
			s.put(i, end, directive)
			return end + 1
		}
	}
	for i < len(s.code) && s.code[i] != '\n' {
		i = s.token(i, i-start)
	}
	return i + 1
}

// token scans one thing of a line, which stands in a column, and returns the
// offset behind it.
func (s *data) token(i, column int) int {
	end := s.lineEnd(i, len(s.code))
	ends := i+1 == end || isSpace(s.code[i+1]) // so that a mark is a mark
	switch c := s.code[i]; {
	case c == '#':
		if i == 0 || isSpace(s.code[i-1]) {
			s.put(i, end, comment)
			return end
		}
	case isSpace(c) || s.flow > 0 && (c == ',' || c == ':'):
		return i + 1
	case (c == '-' || c == '?' || c == ':') && ends:
		if s.flow == 0 {
			s.node = column
		}
		return i + 1
	case (c == '[' || c == '{') && !s.is(i, end, "{{") && !s.is(i, end, "{%"):
		s.flow++
		return i + 1
	case (c == ']' || c == '}') && s.flow > 0:
		s.flow--
		return i + 1
	case (c == '&' || c == '*' || c == '!') && !ends:
		to := i + 1
		for to < end && !isSpace(s.code[to]) && (s.flow == 0 || bytes.IndexByte([]byte(",]}"), s.code[to]) < 0) {
			to++
		}
		s.put(i, to, directive)
		return to
	case (c == '|' || c == '>') && s.flow == 0:
		to := i + 1
		for to < end && (s.code[to] == '+' || s.code[to] == '-' || isDigit(s.code[to])) {
			to++
		}
		if rest := trimLeft(s.code[to:end]); len(rest) == 0 || rest[0] == '#' {
			s.text, s.deep = true, s.node
			return to
		}
	case c == '"' || c == '\'':
		to := s.quoted(i, end)
		if s.key(to) {
			s.put(i, to, tag)
			s.found(column)
		} else {
			s.put(i, to, str)
		}
		return to
	}
	return s.plain(i, end, column)
}

// plain scans a scalar without quotes: a key or a value.
func (s *data) plain(i, end, column int) int {
	to := i + 1
	for ; to < end; to++ {
		c := s.code[to]
		if c == '#' && isSpace(s.code[to-1]) || s.flow > 0 && (c == ',' || c == ']' || c == '}' || c == '[' || c == '{') {
			break
		}
		if c == ':' && !(s.keyed && s.flow == 0) && s.key(to) {
			s.put(i, to, tag)
			s.found(column)
			return to + 1
		}
	}
	word := bytes.TrimSpace(s.code[i:to])
	if yamlConstants[string(word)] != none || isNumber(word) {
		s.put(i, i+len(word), constant)
	}
	return to
}

// key reports whether a colon at i, or behind blanks there, makes a key of what
// is before it.
func (s *data) key(i int) bool {
	i = s.skipBlanks(i, len(s.code))
	if i == len(s.code) || s.code[i] != ':' {
		return false
	}
	i++
	return i == len(s.code) || isSpace(s.code[i]) || s.flow > 0 && bytes.IndexByte([]byte(",]}[{\"'"), s.code[i]) >= 0
}

// found notes a key.
func (s *data) found(column int) {
	if s.flow == 0 {
		s.keyed, s.node = true, column
	}
}

// quoted is the end of a string, which may be lines away; where there is none,
// it ends with the line.
func (s *data) quoted(i, end int) int {
	quote := s.code[i]
	alone := &s.alone[0]
	if quote == '"' {
		alone = &s.alone[1]
	}
	if *alone {
		return end
	}
	for k := i + 1; k < len(s.code); k++ {
		switch c := s.code[k]; {
		case c == '\\' && quote == '"':
			k++
		case c == quote && k+1 < len(s.code) && s.code[k+1] == '\'' && c == '\'':
			k++
		case c == quote:
			return k + 1
		}
	}
	*alone = true
	return end
}

// isNumber reports whether a word is a number, a date or a time.
func isNumber(word []byte) bool {
	if len(word) > 0 && (word[0] == '-' || word[0] == '+' || word[0] == '.') {
		word = word[1:]
	}
	if len(word) == 0 || !isDigit(word[0]) {
		return false
	}
	hex := len(word) > 2 && word[0] == '0' && word[1] == 'x'
	for i, c := range word {
		switch {
		case isDigit(c) || bytes.IndexByte([]byte("_.:+-eETZ"), c) >= 0:
		case hex && (i == 1 || isHex(c)):
		default:
			return false
		}
	}
	return true
}
