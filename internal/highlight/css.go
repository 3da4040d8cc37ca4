package highlight

var cssForms = language{forms: []form{
	{open: "/*", shut: "*/", class: comment, lines: true},
	{open: `"`, shut: `"`, class: str, backslash: true},
	{open: "'", shut: "'", class: str, backslash: true},
}}.ready()

func css(w *writer) { w.css(0, len(w.code)) }

// css scans a part of the code that holds style rules. Whether a name is of an
// element or of a property shows only at the end of what it begins: { or ;.
func (w *writer) css(i, end int) {
	s := words{language: cssForms, writer: w}
	braces := 0
	value := false // behind the colon of a declaration
	var known ahead
	for i < end {
		c := w.code[i]
		if forms := s.starts[c]; forms != nil {
			if to := s.form(forms, i, end); to > i {
				i = to
				continue
			}
		}
		switch {
		case c == '{' || c == '}' || c == ';':
			if c == '{' {
				braces++
			} else if c == '}' && braces > 0 {
				braces--
			}
			value = false
			i++
		case c == ':' && !value && braces > 0 && !known.selector(w, i, end):
			value = true
			i++
		case c == '@':
			to := nameEnd(w, i+1, end)
			w.put(i, to, keyword)
			i = max(to, i+1)
		case !value && (c == '.' || c == '#' || c == ':') && i+1 < end && isCSS(w.code[i+1]):
			to := nameEnd(w, i+1, end)
			switch c {
			case '.':
				w.put(i+1, to, typ)
			case ':':
				w.put(i+1, to, directive)
			}
			i = to
		case c == '#':
			to := nameEnd(w, i+1, end)
			w.put(i, to, constant)
			i = to
		case isDigit(c) || (c == '.' || c == '-' || c == '+') && i+1 < end && isDigit(w.code[i+1]):
			to := i + 1
			for to < end && (isDigit(w.code[to]) || w.code[to] == '.') {
				to++
			}
			w.put(i, to, constant)
			i = to
			for to < end && (isName(w.code[to]) || w.code[to] == '%') {
				to++
			}
			w.put(i, to, typ)
			i = to
		case c == '!' && value:
			to := nameEnd(w, i+1, end)
			w.put(i, to, directive)
			i = max(to, i+1)
		case isCSS(c):
			i = w.cssName(i, end, braces, value, &known)
		default:
			i++
		}
	}
}

// cssName scans a name by its place.
func (w *writer) cssName(i, end, braces int, value bool, known *ahead) int {
	to := nameEnd(w, i, end)
	next := byte(0)
	if k := w.skipBlanks(to, end); k < end {
		next = w.code[k]
	}
	switch {
	case to == i+1 && w.code[i] == '-':
	case w.is(i, to, "--"):
		w.put(i, to, variable)
	case next == '(' && w.code[to] == '(':
		w.put(i, to, builtin)
		if w.is(i, to, "url") && to-i == 3 && to+1 < end && w.code[to+1] != '"' && w.code[to+1] != '\'' {
			k := to + 1
			for k < end && w.code[k] != ')' && w.code[k] != '\n' {
				k++
			}
			w.put(to+1, k, str)
			return k
		}
	case value:
		w.put(i, to, constant)
	case next == ':' && braces > 0 && !known.selector(w, i, end):
		w.put(i, to, keyword)
	default:
		w.put(i, to, tag)
	}
	return to
}

// ahead is what is known of code that is still to come.
type ahead struct {
	to   int  // up to here
	rule bool // it is a selector
}

// selector reports whether what goes on at i is one, and not a declaration: it
// is if a brace comes before a semicolon.
func (a *ahead) selector(w *writer, i, end int) bool {
	if i < a.to {
		return a.rule
	}
	for a.to = i; a.to < end; a.to++ {
		if c := w.code[a.to]; c == '{' || c == ';' || c == '}' {
			break
		}
	}
	a.rule = a.to < end && w.code[a.to] == '{'
	return a.rule
}

func isCSS(c byte) bool { return isName(c) || c == '-' }

func nameEnd(w *writer, i, end int) int {
	for i < end && isCSS(w.code[i]) {
		i++
	}
	return i
}
