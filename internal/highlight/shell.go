package highlight

import "strings"

var (
	shellKeywords = lexicon{}.with(keyword, "if fi else elif while until do done for then return function case esac select continue break in")
	shellBuiltins = lexicon{}.with(builtin, "alias bg bind builtin caller cd command compgen complete declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout popd printf pushd pwd read readonly set shift shopt source suspend test time times trap true type typeset ulimit umask unalias unset wait")
)

// maxNested is how deep commands in commands are told apart.
const maxNested = 20

// commands is the state of one pass over commands of a shell.
type commands struct {
	*writer
	end    int
	nested int
	opens  []document // whose text begins with the next line
}

// document is a string of whole lines that follows the line of its mark.
type document struct{ mark, to int }

func shell(w *writer) { w.shell(w.interpreter(), len(w.code)) }

// shell scans a part of the code that holds commands.
func (w *writer) shell(from, to int) {
	s := commands{writer: w, end: to}
	s.part(from, 0)
}

// part scans commands up to the byte that closes them, which is ) or a back
// quote; 0: up to the end. It returns the offset of that.
func (s *commands) part(i int, plug byte) int {
	first := true // a command begins here
	loop := false // "in" is a word of the command
	parens := 0
	for i < s.end {
		c := s.code[i]
		switch {
		case c == '\n':
			i, first, loop = s.documents(i+1), true, false
		case isSpace(c):
			i++
		case c == '\\' && s.is(i+1, s.end, "\n"): // the line goes on
			s.put(i, i+1, escaped)
			i += 2
		case c == plug && (c != ')' || parens == 0):
			return i
		case c == '#':
			to := s.lineEnd(i, s.end)
			s.put(i, to, comment)
			i = to
		case c == '(' || c == ')':
			if c == '(' {
				parens++
			} else if parens > 0 {
				parens--
			}
			i, first = i+1, true
		case c == ';' || c == '&' || c == '|' || c == '!' || c == '{':
			i, first, loop = i+1, true, false
		case c == '<' && s.is(i, s.end, "<<<"):
			i += 3
		case c == '<' && s.is(i, s.end, "<<"):
			i = s.document(i)
		case c == '<' || c == '>':
			i++
		default:
			start := i
			var as wordKind
			i, as = s.word(i, plug)
			name := string(s.code[start:i])
			switch {
			case as == assignment: // the command is still to come
				if value := start + strings.IndexByte(name, '=') + 1; digits(s.code[value:i]) {
					s.put(value, i, constant)
				}
			case as == composed:
				first = false
			case first && shellKeywords[name] != none && name != "in":
				s.put(start, i, keyword)
				loop = name == "for" || name == "case" || name == "select"
				first = !loop && name != "function" && name != "return"
			case first && shellBuiltins[name] != none:
				s.put(start, i, builtin)
				first = name == "time" || name == "command" || name == "exec" || name == "builtin"
			case loop && name == "in":
				s.put(start, i, keyword)
				first, loop = false, false
			default:
				if digits(s.code[start:i]) && !s.stream(start, i) {
					s.put(start, i, constant)
				}
				first = false
			}
		}
	}
	return s.end
}

// wordKind tells words apart.
type wordKind uint8

const (
	simple     wordKind = iota // it stands for itself
	composed                   // with quotes, variables and the like
	assignment                 // name=…
)

// word reads a word, which ends at white space or a mark between commands.
func (s *commands) word(start int, plug byte) (end int, as wordKind) {
	i := start
	for i < s.end {
		switch c := s.code[i]; c {
		case ' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>':
			return i, as
		case '=':
			name := i
			if name > start && s.code[name-1] == '+' {
				name--
			}
			if as == simple && names(s.code[start:name]) {
				s.put(start, name, variable)
				as = assignment
			}
			i++
		case '\\':
			as = max(as, composed)
			if i+1 < s.end && s.code[i+1] != '\n' {
				s.put(i, i+2, escaped)
			} else {
				s.put(i, i+1, escaped)
			}
			i = min(i+2, s.end)
		case '\'':
			as = max(as, composed)
			i = s.quoted(i, i+1)
		case '"':
			as = max(as, composed)
			i = s.interpolated(i)
		case '`':
			if plug == '`' {
				return i, as
			}
			as = max(as, composed)
			i = s.nest(i, i+1, '`', str)
		case '$':
			as = max(as, composed)
			i = s.dollar(i)
		default:
			i++
		}
	}
	return i, as
}

// quoted reads a string in single quotes from a place inside it on.
func (s *commands) quoted(start, i int) int {
	for i < s.end && s.code[i] != '\'' {
		i++
	}
	i = min(i+1, s.end)
	s.put(start, i, str)
	return i
}

// interpolated reads a string in double quotes, with what is not text in it.
func (s *commands) interpolated(start int) int {
	i := start + 1
	for i < s.end && s.code[i] != '"' {
		switch c := s.code[i]; {
		case c == '\\':
			i += 2
		case c == '$' && i+1 < s.end && s.code[i+1] != '"':
			s.put(start, i, str)
			i = s.dollar(i)
			start = s.done // before a dollar sign that means nothing
		default:
			i++
		}
	}
	i = min(i+1, s.end)
	s.put(start, i, str)
	return i
}

// dollar reads what begins with a dollar sign, at least that.
func (s *commands) dollar(i int) int {
	rest := s.code[i:s.end]
	if len(rest) < 2 {
		return i + 1
	}
	switch c := rest[1]; {
	case c == '(' && len(rest) > 2 && rest[2] == '(':
		return s.arithmetic(i)
	case c == '(':
		return s.nest(i, i+2, ')', keyword)
	case c == '{':
		return s.parameter(i)
	case c == '\'':
		k := i + 2
		for k < s.end && s.code[k] != '\'' {
			if s.code[k] == '\\' {
				k++
			}
			k++
		}
		k = min(k+1, s.end)
		s.put(i, k, str)
		return k
	case isDigit(c) || c == '#' || c == '?' || c == '!' || c == '@' || c == '*' || c == '-' || c == '$':
		s.put(i, i+2, variable)
		return i + 2
	case isName(c):
		k := i + 2
		for k < s.end && isName(s.code[k]) {
			k++
		}
		s.put(i, k, variable)
		return k
	}
	return i + 1
}

// nest reads commands in a command.
func (s *commands) nest(start, i int, plug byte, c class) int {
	if s.nested == maxNested {
		return i
	}
	s.put(start, i, c)
	s.nested++
	i = s.part(i, plug)
	s.nested--
	if i < s.end {
		s.put(i, i+1, c)
		i++
	}
	return i
}

// arithmetic reads $((…)).
func (s *commands) arithmetic(i int) int {
	s.put(i, i+3, keyword)
	depth := 0
	for i += 3; i < s.end && s.code[i] != '\n'; {
		switch c := s.code[i]; {
		case c == ')' && depth == 0:
			to := i + 1
			if s.is(i, s.end, "))") {
				to++
			}
			s.put(i, to, keyword)
			return to
		case c == '(':
			depth++
			i++
		case c == ')':
			depth--
			i++
		case c == '$' && !s.is(i, s.end, "$("):
			i = s.dollar(i)
		case isDigit(c):
			k := i + 1
			for k < s.end && isName(s.code[k]) {
				k++
			}
			s.put(i, k, constant)
			i = k
		case isName(c):
			for i < s.end && isName(s.code[i]) {
				i++
			}
		default:
			i++
		}
	}
	return i
}

// parameter reads ${…}: the name, and what is done with it.
func (s *commands) parameter(i int) int {
	start := i
	i += 2
	for i < s.end && (s.code[i] == '#' || s.code[i] == '!') {
		i++
	}
	s.put(start, i, escaped)
	start = i
	for i < s.end && isName(s.code[i]) {
		i++
	}
	s.put(start, i, variable)
	for i < s.end && s.code[i] != '}' {
		switch c := s.code[i]; {
		case c == '\n':
			return i
		case c == '\\':
			i = min(i+2, s.end)
		case c == '\'':
			i = s.quoted(i, i+1)
		case c == '$' && s.nested < maxNested:
			s.nested++
			i = s.dollar(i)
			s.nested--
		default:
			i++
		}
	}
	if i < s.end {
		s.put(i, i+1, escaped)
		i++
	}
	return i
}

// document reads <<END; the text between begins with the next line.
func (s *commands) document(i int) int {
	mark, to := s.writer.document(i, s.end)
	if to == i {
		return i + 2
	}
	s.put(i, mark, str)
	s.opens = append(s.opens, document{mark, to})
	return mark
}

// documents reads the texts that begin with a line, and returns where the
// commands go on.
func (s *commands) documents(line int) int {
	for _, d := range s.opens {
		if d.to > line {
			s.put(line, d.to, str)
			line = d.to
		}
	}
	s.opens = s.opens[:0]
	return line
}

// stream reports whether a number is that of a stream, as in 2>&1.
func (s *commands) stream(start, i int) bool {
	return start > 0 && s.code[start-1] == '&' || i < s.end && (s.code[i] == '<' || s.code[i] == '>')
}

func digits(word []byte) bool {
	for _, c := range word {
		if !isDigit(c) {
			return false
		}
	}
	return len(word) > 0
}

// names reports whether a variable can be called so.
func names(word []byte) bool {
	for _, c := range word {
		if !isName(c) {
			return false
		}
	}
	return len(word) > 0 && !isDigit(word[0])
}

// console scans what a terminal shows: commands behind prompts, and output.
func console(w *writer) {
	for i := 0; i < len(w.code); {
		end := w.lineEnd(i, len(w.code))
		if p := w.prompt(i, end); p > i {
			w.put(i, p, prompt)
			for end < len(w.code) && w.code[end-1] == '\\' && end-1 >= p { // goes on in the next line
				next := w.lineEnd(end+1, len(w.code))
				if w.prompt(end+1, next) > end+1 {
					break
				}
				end = next
			}
			w.shell(p, end)
		}
		i = end + 1
	}
}

// prompt is the offset behind a prompt such as $ or [user@host] #; i where
// there is none.
func (w *writer) prompt(i, end int) int {
	k := i
	if k < end && w.code[k] == '[' {
		at := false
		for k < end && w.code[k] != ']' {
			at = at || w.code[k] == '@'
			k++
		}
		if !at || k == end {
			return i
		}
		k = w.skipBlanks(k+1, end)
	}
	if k < end && (w.code[k] == '$' || w.code[k] == '#' || w.code[k] == '%' || w.code[k] == '>') {
		if k++; k < end && w.code[k] == ' ' { // is not copied either
			k++
		}
		return k
	}
	return i
}
