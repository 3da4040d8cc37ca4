package markdown

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// attribute is one attribute of a raw tag, the name in lower case and the
// value with its character references resolved.
type attribute struct {
	name, value string
	at          int // offset of the value in the tag
}

// tag is a start tag of raw HTML.
type tag struct {
	name   string
	attrs  []attribute // the first of each name
	closed bool        // ends with />
	raw    []byte      // as written
	source int         // offset of the tag in the piece
}

func (t *tag) get(name string) (string, bool) {
	for _, a := range t.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// place is the offset in the source of an attribute's value, else of the tag.
func (w *walker) place(t *tag, name string) int {
	for _, a := range t.attrs {
		if a.name == name {
			return w.sourceOf(t.source + a.at)
		}
	}
	return w.sourceOf(t.source)
}

// maxAttributes is how many attributes of a tag are looked at.
const maxAttributes = 50

// readTag reads a start tag as written, from < to >.
func readTag(raw []byte, source int) tag {
	t := tag{raw: raw, source: source}
	t.closed = bytes.HasSuffix(raw, []byte("/>"))
	rest := raw[:len(raw)-1] // without the >, with offsets as in raw
	i := 1
	for i < len(rest) && !isSpace(rest[i]) && rest[i] != '/' {
		i++
	}
	t.name = strings.ToLower(string(rest[1:i]))
	for len(t.attrs) < maxAttributes {
		for i < len(rest) && (isSpace(rest[i]) || rest[i] == '/') {
			i++
		}
		if i >= len(rest) {
			break
		}
		start := i
		for i++; i < len(rest) && !isSpace(rest[i]) && rest[i] != '=' && rest[i] != '/'; i++ {
		}
		a := attribute{name: strings.ToLower(string(rest[start:i])), at: start}
		next := i
		for next < len(rest) && isSpace(rest[next]) {
			next++
		}
		if next < len(rest) && rest[next] == '=' {
			var value []byte
			a.at, value, i = attributeSource(rest, next+1)
			a.value = string(resolve(value))
			if i == len(rest) && t.closed && len(value) > 0 && value[len(value)-1] == '/' { // href=x/>
				t.closed = false
			}
		}
		if _, twice := t.get(a.name); !twice {
			t.attrs = append(t.attrs, a)
		}
	}
	return t
}

// attributeSource finds the value after an equals sign: its offset, the value
// as written, and the offset behind it.
func attributeSource(s []byte, i int) (at int, value []byte, end int) {
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		n := bytes.IndexByte(s[i+1:], s[i])
		if n < 0 {
			return i + 1, s[i+1:], len(s)
		}
		return i + 1, s[i+1 : i+1+n], i + n + 2
	}
	start := i
	for i < len(s) && !isSpace(s[i]) {
		i++
	}
	return start, s[start:i], i
}

// resolve replaces character references, which must end with a semicolon as
// in Markdown: an address such as ?a=1&copy=2 holds none.
func resolve(s []byte) []byte {
	if bytes.IndexByte(s, '&') < 0 {
		return s
	}
	var out []byte
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '&' {
			continue
		}
		if n, r := reference(s[i:]); n > 0 {
			out = append(append(out, s[from:i]...), r...)
			i += n - 1
			from = i + 1
		}
	}
	return append(out, s[from:]...)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }

// attributes writes those attributes of a tag that the allow-list keeps.
func (w *walker) attributes(t *tag, r rule) {
	for _, a := range t.attrs {
		if a.name == "id" {
			w.id(a.value)
			continue
		}
		global := a.name == "title" || a.name == "lang" || a.name == "dir"
		if !global && !strings.Contains(r.attrs, " "+a.name+" ") {
			continue
		}
		value, ok := attributeValue(a)
		if !ok {
			continue
		}
		w.write(" " + a.name)
		if value != "" {
			w.write(`="`)
			w.html = escapeValue(w.html, value)
			w.write(`"`)
		}
	}
	if t.name == "center" {
		w.write(` align="center"`)
	}
}

// attributeValue checks the value of an attribute that is kept.
func attributeValue(a attribute) (string, bool) {
	v := strings.ToLower(strings.TrimSpace(a.value))
	switch a.name {
	case "title":
		return a.value, a.value != ""
	case "open", "reversed":
		return "", true
	case "lang":
		return v, onlyLetters(v, 35, "-")
	case "datetime":
		return strings.TrimSpace(a.value), onlyLetters(v, 40, "-+:. ")
	case "dir":
		return v, v == "ltr" || v == "rtl" || v == "auto"
	case "align":
		return v, v == "left" || v == "center" || v == "right" || v == "justify"
	case "scope":
		return v, v == "row" || v == "col" || v == "rowgroup" || v == "colgroup"
	case "type":
		return a.value, slices.Contains([]string{"1", "a", "A", "i", "I"}, a.value)
	case "colspan", "rowspan", "span":
		n, err := strconv.Atoi(v)
		return v, err == nil && n >= 1 && n <= 1000
	case "start", "value":
		n, err := strconv.Atoi(v)
		return v, err == nil && n > -1e6 && n < 1e6
	case "width":
		n, err := strconv.Atoi(strings.TrimSuffix(v, "%"))
		return v, err == nil && n >= 0 && n <= 10_000
	}
	return "", false
}

// onlyLetters reports whether s has at most n bytes, and only letters and
// digits of ASCII and the others given.
func onlyLetters(s string, n int, others string) bool {
	if s == "" || len(s) > n {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// rawID is an id that HTML in the page gives to an element.
type rawID struct {
	id     string
	at, to int // of the attribute in the HTML
}

// reserved begins the ids that we give ourselves, here and in themes.
const reserved = "rt-"

// validID reports whether an author may give an id: something that a link can
// name and that is not ours.
func validID(id string) bool {
	if id == "" || len(id) > 200 || !utf8.ValidString(id) || strings.HasPrefix(strings.ToLower(id), reserved) {
		return false
	}
	for _, r := range id {
		if !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number) && !strings.ContainsRune("-_.:", r) {
			return false
		}
	}
	return true
}

// id writes the attribute for an id that is valid and the first of its name.
func (w *walker) id(id string) {
	if !validID(id) || w.slugs.rawIDs[id] {
		return
	}
	w.slugs.rawIDs[id] = true
	at := len(w.html)
	w.write(` id="`)
	w.html = escapeValue(w.html, id)
	w.write(`"`)
	w.rawIDs = append(w.rawIDs, rawID{id, at, len(w.html)})
}

// pixels reads a width or height of an image; 0 where it is none.
func pixels(v string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(v), "px"))
	if err != nil || n < 0 || n > 10_000 {
		return 0
	}
	return n
}
