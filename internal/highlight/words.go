package highlight

import (
	"bytes"
	"strings"
)

// language says how the words of a language look, for all languages that are
// made of names, numbers, strings, comments and marks between them.
type language struct {
	forms     []form
	words     lexicon // names with a class
	calls     lexicon // names with another class before a parenthesis
	call      class   // of other names before a parenthesis
	follow    lexicon // words that say what class the next name has
	set       class   // of a name before "="
	soft      lexicon // names with a class where a name, a string or a brace follows
	magic     bool    // __name__ has a meaning
	types     bool    // names such as Page and T are types
	signed    bool    // a minus is part of a number
	fold      bool    // words may be written in capital letters, too
	letters   string  // what names hold besides letters, digits and _
	inner     string  // what they hold, but do not begin with
	points    string  // what stands between digits of a number
	documents bool    // <<END begins a string that a line END closes
	decorate  bool    // @name is a directive
	patterns  bool    // /…/ is a pattern where no value can be divided
	sections  bool    // a line [name] is one
	blocks    bool    // the name that a line begins with is a keyword, if it opens a block

	kinds  [256]kind // of bytes, filled by ready
	starts [256][]*form
}

// form is a part of the code that begins and ends with a mark: a string or a
// comment. Where no end is found it ends with the line or the code.
type form struct {
	open, shut string // shut "": the end of the line
	class      class
	lines      bool   // it may go over many lines
	backslash  bool   // takes the meaning of the next byte
	escapes    bool   // such pairs are shown
	hole, plug string // between them is code again; hole "": there are none
	key        class  // instead, before a colon; none: the same
	most       int    // bytes between the marks, else it is no such form; 0: any
}

// kind tells bytes apart by what may begin with them.
type kind uint8

const (
	other kind = iota
	space
	letter // this and what comes next is part of names
	digit
	inner
)

// ready fills the tables by which scan finds its way.
func (l language) ready() *language {
	for i := range l.kinds {
		c := byte(i)
		switch {
		case isDigit(c):
			l.kinds[i] = digit
		case isName(c) || strings.IndexByte(l.letters, c) >= 0:
			l.kinds[i] = letter
		case strings.IndexByte(l.inner, c) >= 0:
			l.kinds[i] = inner
		case isSpace(c):
			l.kinds[i] = space
		}
	}
	for i := range l.forms {
		c := l.forms[i].open[0]
		l.starts[c] = append(l.starts[c], &l.forms[i])
	}
	return &l
}

// maxHoles is how deep strings with holes are in each other; deeper ones have
// no holes.
const maxHoles = 10

// words is the state of one pass over code.
type words struct {
	*language
	*writer
	holes  int
	next   class // of the next name, as the word before it says
	value  bool  // what was read last is a value, so that a slash divides it
	fresh  bool  // nothing but white space came before in this line
	noEnds int   // up to here a pattern has no end
}

func (l *language) scan(w *writer) { l.within(w, w.interpreter(), len(w.code)) }

// within scans a part of the code.
func (l *language) within(w *writer, from, to int) {
	s := words{language: l, writer: w, fresh: true}
	s.part(from, to, "", false)
}

// part scans code up to an offset or to the mark that closes a hole, and
// returns the offset of that. oneLine says that the hole ends with its line.
func (s *words) part(i, end int, plug string, oneLine bool) int {
	depth := 0 // of braces, for the one that closes a hole
	for i < end {
		c := s.code[i]
		if forms := s.starts[c]; forms != nil {
			if to := s.form(forms, i, end); to > i {
				i = to
				continue
			}
		}
		switch s.kinds[c] {
		case space:
			if c == '\n' && oneLine {
				return i
			}
			s.fresh = s.fresh || c == '\n'
			i++
			continue
		case letter:
			i = s.name(i, end)
		case digit:
			i = s.number(i, i, end)
		default:
			if plug != "" {
				if depth == 0 && s.is(i, end, plug) {
					return i
				}
				switch c {
				case '{':
					depth++
				case '}':
					depth--
				}
			}
			i = s.mark(i, end)
		}
		s.fresh = false
	}
	return end
}

// form reads the first form that fits and returns where it ends; i where none
// fits.
func (s *words) form(forms []*form, i, end int) int {
	for _, f := range forms {
		if !s.is(i, end, f.open) {
			continue
		}
		to := end
		if f.most > 0 {
			to = min(end, i+len(f.open)+f.most+len(f.shut))
		}
		to, closed := s.inside(f, i, i+len(f.open), to)
		if !closed && f.most > 0 {
			continue
		}
		c := f.class
		if f.key != none {
			if k := s.skipBlanks(to, end); k < end && s.code[k] == ':' {
				c = f.key
			}
		}
		s.put(i, to, c)
		if f.class != comment {
			s.value, s.next, s.fresh = true, none, false
		}
		return to
	}
	return i
}

// inside finds the end of a form from a place inside it on, and puts what is
// special in it; the caller puts the rest, from the start that it gave.
func (s *words) inside(f *form, start, i, end int) (to int, closed bool) {
	for i < end {
		c := s.code[i]
		switch {
		case c == '\n' && !f.lines:
			return i, f.shut == ""
		case f.shut != "" && c == f.shut[0] && s.is(i, end, f.shut):
			return i + len(f.shut), true
		case c == '\\' && f.backslash:
			to := i + 2
			if f.escapes && to <= end && s.code[i+1] != '\n' {
				to = s.escape(i, end)
				s.put(start, i, f.class)
				s.put(i, to, escaped)
				start = to
			}
			i = to
		case f.hole != "" && c == f.hole[0] && s.is(i, end, f.hole):
			if s.is(i+len(f.hole), end, f.hole) { // {{ is a brace
				i += 2 * len(f.hole)
				continue
			}
			if s.holes == maxHoles {
				i++
				continue
			}
			s.put(start, i, f.class)
			s.put(i, i+len(f.hole), escaped)
			s.holes++
			i = s.part(i+len(f.hole), end, f.plug, !f.lines)
			s.holes--
			if s.is(i, end, f.plug) {
				s.put(i, i+len(f.plug), escaped)
				i += len(f.plug)
			}
			start = i
		default:
			i++
		}
	}
	return min(i, end), f.shut == ""
}

// escape is the end of an escape such as \n, \x1b or \u00e4.
func (s *words) escape(i, end int) int {
	i += 2
	most := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s.code[i-1]]
	for end = min(end, i+most); i < end && isHex(s.code[i]); i++ {
	}
	return i
}

// name reads a name.
func (s *words) name(start, end int) int {
	i := start + 1
	for i < end && s.kinds[s.code[i]] >= letter {
		i++
	}
	word := s.code[start:i]
	after := byte(0)
	if k := s.skipBlanks(i, end); k < end {
		after = s.code[k]
		if after == '=' && k+1 < end && s.code[k+1] == '=' {
			after = 0
		}
	}
	next := s.next
	s.next, s.value = none, true
	member := start > 0 && s.code[start-1] == '.' && (start < 2 || s.code[start-2] != '.')
	c := s.call
	if after != '(' {
		c = none
	}
	if !member {
		if s.fold {
			var buffer [32]byte
			word = lower(buffer[:0], word)
		}
		known := s.words[string(word)]
		if after == '(' && s.calls != nil {
			if c := s.calls[string(word)]; c != none {
				known = c
			}
		}
		if known == none && s.soft != nil && (s.kinds[after] == letter || after == '{' || after == '"' || after == '\'') {
			known = s.soft[string(word)]
		}
		switch {
		case next != none && known != keyword:
			c = next
		case known == builtin && after == '=': // a name of one's own, or a parameter
		case known != none:
			c = known
			s.value = known != keyword
			s.next = s.follow[string(word)]
		case s.types && isType(word):
			c = typ
		}
	}
	switch {
	case after == '=' && s.set != none:
		c = s.set
	case s.magic && c == none && len(word) > 4 && bytes.HasPrefix(word, []byte("__")) && bytes.HasSuffix(word, []byte("__")):
		c = variable
		if after == '(' {
			c = function
		}
	case s.blocks && s.fresh && (after == '{' || after == '"'):
		c = keyword
	}
	s.put(start, i, c)
	return i
}

// isType reports whether a name is written as types are: Page, T, but not MAX.
func isType(word []byte) bool {
	if word[0] < 'A' || word[0] > 'Z' {
		return false
	}
	for _, c := range word {
		if 'a' <= c && c <= 'z' {
			return true
		}
	}
	return len(word) == 1
}

// number reads a number from its first digit on; start may be before it.
func (s *words) number(start, i, end int) int {
	hex := s.code[i] == '0' && i+1 < end && s.code[i+1]|0x20 == 'x'
	for i < end {
		c := s.code[i]
		sign := (c == '+' || c == '-') && !hex && s.code[i-1]|0x20 == 'e' && i+1 < end && isDigit(s.code[i+1]) && i > start
		point := strings.IndexByte(s.points, c) >= 0 && i+1 < end && isDigit(s.code[i+1])
		if !isName(c) && !sign && !point {
			break
		}
		i++
	}
	s.put(start, i, constant)
	s.value, s.next = true, none
	return i
}

// mark reads what is neither name nor number: one byte of it, or what only
// some languages have.
func (s *words) mark(i, end int) int {
	c := s.code[i]
	following := byte(0)
	if i+1 < end {
		following = s.code[i+1]
	}
	switch {
	case (c == '.' || c == '-' && s.signed) && isDigit(following) && !s.value:
		return s.number(i, i+1, end)
	case c == '@' && s.decorate && s.kinds[following] == letter:
		to := i + 1
		for to < end && (isName(s.code[to]) || s.code[to] == '.') {
			to++
		}
		s.put(i, to, directive)
		return to
	case c == '/' && s.patterns && !s.value:
		if to := s.pattern(i, end); to > i {
			s.put(i, to, escaped)
			s.value = true
			return to
		}
	case c == '[' && s.sections && (i == 0 || s.code[i-1] == '\n'):
		line := s.lineEnd(i, end)
		if to := bytes.LastIndexByte(s.code[i:line], ']'); to > 0 && !bytes.ContainsAny(s.code[i:i+to], "#,") {
			s.put(i, i+to+1, keyword)
			return i + to + 1
		}
	case c == '<' && following == '<' && s.documents:
		if _, to := s.document(i, end); to > i {
			s.put(i, to, str)
			s.value = true
			return to
		}
	}
	s.value = c == ')' || c == ']' || c == '}'
	s.next = none
	return i + 1
}

// pattern is the end of a regular expression that begins at i, with its flags;
// i where there is none.
func (s *words) pattern(i, end int) int {
	if i < s.noEnds {
		return i
	}
	set := false // inside brackets a slash is no end
	for k := i + 1; k < end && s.code[k] != '\n'; k++ {
		switch c := s.code[k]; {
		case c == '\\':
			if k++; k < end && s.code[k] == '\n' {
				return i
			}
		case c == '[':
			set = true
		case c == ']':
			set = false
		case c == '/' && !set:
			for k++; k < end && isName(s.code[k]); k++ {
			}
			return k
		}
	}
	s.noEnds = s.lineEnd(i, end)
	return i
}

// lower appends a word in small letters to dst, of which only ASCII has others
// here, and only as much of it as a keyword has.
func lower(dst, word []byte) []byte {
	for _, c := range word[:min(len(word), cap(dst))] {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}
