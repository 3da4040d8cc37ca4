package highlight

import "bytes"

// class is a look of code. Words that look alike share one; names and
// punctuation have none.
type class uint8

const (
	none      class = iota
	keyword         // if, return
	typ             // names of types
	constant        // numbers, true, null
	str             // strings
	escaped         // escapes and holes in strings, patterns, entities
	comment         //
	directive       // decorators, tags, #!
	function        // names of functions
	tag             // elements, keys of data
	attribute       // of elements, keys of settings
	builtin         // names that the language brings along
	variable        // $x
	deleted         // removed lines
	inserted        // added lines
	heading         // of the parts of a patch
	prompt          // of a shell
)

// spans are the start tags of the classes. inks has a look for each.
var spans = [...]string{
	none: "", keyword: span("k"), typ: span("kt"), constant: span("m"), str: span("s"), escaped: span("se"), comment: span("c"), directive: span("cp"),
	function: span("nf"), tag: span("nt"), attribute: span("na"), builtin: span("nb"), variable: span("nv"),
	deleted: span("gd"), inserted: span("gi"), heading: span("gh"), prompt: span("gp"),
}

func span(name string) string { return `<span class="` + name + `">` }

// writer turns classes of parts of the code into HTML. What no class was given
// to is written as it is.
type writer struct {
	code []byte
	out  []byte
	done int   // bytes of code that are in out
	open class // of the span that is open
	lost int   // documents without an end
}

// put says that the code from one offset to another has a class. Calls come in
// the order of the code: what is written already is not written again. White
// space alone has no class, and runs of one class with nothing but white space
// between them share a span.
func (w *writer) put(from, to int, c class) {
	from = max(from, w.done)
	if from >= to || c == none || len(trimLeft(w.code[from:to])) == 0 {
		return
	}
	between := w.code[w.done:from]
	if c == w.open && len(trimLeft(between)) == 0 {
		w.out = append(w.out, between...)
	} else {
		w.close()
		w.out = escape(w.out, between)
		w.out = append(w.out, spans[c]...)
		w.open = c
	}
	w.out = escape(w.out, w.code[from:to])
	w.done = to
}

func (w *writer) close() {
	if w.open != none {
		w.out = append(w.out, "</span>"...)
		w.open = none
	}
}

// end writes what is left of the code.
func (w *writer) end() []byte {
	w.close()
	w.out = escape(w.out, w.code[w.done:])
	w.done = len(w.code)
	return w.out
}

// escape appends code to dst as HTML, for element content.
func escape(dst, s []byte) []byte {
	from := 0
	for i, c := range s {
		if c > '>' {
			continue
		}
		to := ""
		switch c {
		case '&':
			to = "&amp;"
		case '<':
			to = "&lt;"
		case '>':
			to = "&gt;"
		default:
			continue
		}
		dst = append(append(dst, s[from:i]...), to...)
		from = i + 1
	}
	return append(dst, s[from:]...)
}

func trimLeft(s []byte) []byte {
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}
	return s
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// isName reports whether c is part of a name in nearly every language. Letters
// beyond ASCII are.
func isName(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || isDigit(c) || c == '_' || c >= 0x80
}

// lineEnd is the offset of the line end at or after i, or of the code's end.
func (w *writer) lineEnd(i, end int) int {
	for i < end && w.code[i] != '\n' {
		i++
	}
	return i
}

// interpreter puts the line #! that a script may begin with, and returns where
// the code goes on.
func (w *writer) interpreter() int {
	if !w.is(0, len(w.code), "#!") {
		return 0
	}
	end := w.lineEnd(0, len(w.code))
	w.put(0, end, directive)
	return end
}

// skipBlanks is the offset of the first byte from i on that is no space or tab.
func (w *writer) skipBlanks(i, end int) int {
	for i < end && (w.code[i] == ' ' || w.code[i] == '\t') {
		i++
	}
	return i
}

// is reports whether the code goes on with s at i.
func (w *writer) is(i, end int, s string) bool {
	return end-i >= len(s) && string(w.code[i:i+len(s)]) == s
}

// maxLost is how often the end of a document is looked for in vain: each time
// costs a look at the rest of the code.
const maxLost = 8

// document reads <<END, <<-END or <<'END' at i: the offset behind that, and the
// offset behind the line that closes the document. Both are i where nothing of
// the kind is there; without its last line it is none.
func (w *writer) document(i, end int) (mark, to int) {
	k := i + len("<<")
	if k < end && (w.code[k] == '-' || w.code[k] == '~') {
		k++
	}
	k = w.skipBlanks(k, end)
	quote := byte(0)
	if k < end && (w.code[k] == '\'' || w.code[k] == '"' || w.code[k] == '\\') {
		quote = w.code[k]
		k++
	}
	start := k
	for k < end && isName(w.code[k]) {
		k++
	}
	name := w.code[start:k]
	if len(name) == 0 || isDigit(name[0]) || w.lost == maxLost {
		return i, i
	}
	if quote != 0 && quote != '\\' && k < end && w.code[k] == quote {
		k++
	}
	for line := w.lineEnd(k, end); line < end; {
		next := w.lineEnd(line+1, end)
		if bytes.Equal(bytes.TrimSpace(w.code[line+1:next]), name) {
			return k, next
		}
		line = next
	}
	w.lost++
	return i, i
}
