package theme

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Policy is the content security policy of the site, as layouts/base.html of the
// built-in theme has it, and as servers should send it.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'"

// The policy lets a page run and load only files of the site. What a template holds
// against it would silently not work in a browser, so it is an error here.

const (
	moveToScript = "write it into a .js file of a component"
	moveToSheet  = "write it into a .css file of a component, and give the element a class"
	moveToStatic = "put the file into static/ of the theme, and link to it there"
)

// blockedElements are elements whose content no page may load, with what to do
// about it.
var blockedElements = map[string]string{
	"object": "show a picture with <img>, or link to the file",
	"embed":  "show a picture with <img>, or link to the file",
	"applet": "link to the file",
	"audio":  "link to the file",
	"video":  "link to the file",
	"base":   "leave it out: every address that templates get is ready for its page",
}

// loading are the attributes whose files a browser loads by itself, or sends a
// form to. The href of a link is one where its rel is among loadingRels, that
// of other elements where these are among loadingHrefs.
var (
	loading      = []string{"src", "srcset", "imagesrcset", "poster", "background", "action", "formaction", "ping", "manifest"}
	loadingHrefs = []string{"script", "image", "feimage", "use"}
	loadingRels  = []string{"stylesheet", "icon", "apple-touch-icon", "mask-icon", "preload", "modulepreload", "prefetch", "prerender", "preconnect", "dns-prefetch", "manifest"}
)

// policy reports what a template holds against the policy of the site. It
// looks at the source, with the actions of templates blanked out; what comes
// from a view is not its business, since html/template and render see to that.
func (l *loader) policy(name, source string) {
	s := &scanner{text: blank(source)}
	s.report = func(offset int, hint, format string, args ...any) {
		l.found.Errorf(position(l.name, name, source, offset), diag.ThemePolicy, format, args...).Hint = hint
	}
	s.document()
}

// hole stands for the bytes of an action in a text that was blanked.
const hole = '\x00'

// blank replaces the actions of a template by as many holes.
func blank(source string) []byte {
	text := []byte(source)
	for i := 0; i < len(text); {
		open := bytes.Index(text[i:], []byte("{{"))
		if open < 0 {
			break
		}
		start := i + open
		i = actionEnd(source, start+2)
		for j := start; j < i; j++ {
			text[j] = hole
		}
	}
	return text
}

// actionEnd is the offset after the }} of an action, which is not one within a
// comment or quotes.
func actionEnd(source string, i int) int {
	if inner := strings.TrimLeft(strings.TrimPrefix(source[i:], "-"), " \t\r\n"); strings.HasPrefix(inner, "/*") {
		if end := strings.Index(inner, "*/"); end >= 0 {
			i = len(source) - len(inner) + end
		}
	}
	for i < len(source) {
		switch c := source[i]; {
		case strings.HasPrefix(source[i:], "}}"):
			return i + 2
		case c == '"' || c == '\'' || c == '`':
			for i++; i < len(source) && source[i] != c; i++ {
				if source[i] == '\\' && c != '`' {
					i++
				}
			}
		}
		i++
	}
	return len(source)
}

// scanner goes through the tags of a text.
type scanner struct {
	text   []byte
	report func(offset int, hint, format string, args ...any)
}

// attribute is one of a tag.
type attribute struct {
	offset      int
	name, value string // name in lower case, value as written, with holes
}

func (s *scanner) document() {
	for i := 0; i < len(s.text); {
		open := bytes.IndexByte(s.text[i:], '<')
		if open < 0 {
			return
		}
		i += open
		switch {
		case bytes.HasPrefix(s.text[i:], []byte("<!--")):
			i = s.after(i+4, "-->")
		case i+1 < len(s.text) && isLetter(s.text[i+1]):
			i = s.element(i)
		default:
			i++
		}
	}
}

// element checks a start tag, and returns the offset after it, or after the
// whole element where its content is not HTML.
func (s *scanner) element(start int) int {
	i := start + 1
	for i < len(s.text) && !isBlank(s.text[i]) && s.text[i] != '/' && s.text[i] != '>' {
		i++
	}
	name := strings.ToLower(string(s.text[start+1 : i]))
	attributes, end := s.attributes(i)
	for _, a := range attributes {
		s.attribute(name, a, attributes)
	}
	if hint, blocked := blockedElements[name]; blocked {
		s.report(start, hint, "<%s> does not work on a page of the site: its content policy forbids it", name)
	}
	switch name {
	case "style":
		s.report(start, moveToSheet, "<style> has no effect on a page of the site: its content policy allows style sheets only")
		return s.close(end, name)
	case "script":
		after := s.close(end, name)
		s.script(start, end, after)
		return after
	case "textarea", "title", "xmp":
		return s.close(end, name)
	}
	return end
}

// script checks what stands between the tags of a script.
func (s *scanner) script(start, end, after int) {
	body := s.text[end:after]
	if i := bytes.LastIndex(body, []byte("</")); i >= 0 {
		body = body[:i]
	}
	if i := bytes.IndexByte(body, hole); i >= 0 {
		s.report(end+i, "let the script read the value from an attribute, such as data-name", "an action writes into a script, which does not run on a page of the site: its content policy allows files only")
	} else if len(bytes.TrimSpace(body)) > 0 {
		s.report(start, moveToScript, "a script within the page does not run: the content policy of the site allows files only")
	}
}

// attributes reads the attributes of a tag, and returns the offset after it.
func (s *scanner) attributes(i int) ([]attribute, int) {
	var list []attribute
	for i < len(s.text) {
		switch c := s.text[i]; {
		case c == '>':
			return list, i + 1
		case isBlank(c) || c == '/':
			i++
			continue
		}
		a := attribute{offset: i}
		for i < len(s.text) && !isBlank(s.text[i]) && s.text[i] != '>' && s.text[i] != '/' && (s.text[i] != '=' || i == a.offset) {
			i++
		}
		a.name = strings.ToLower(string(s.text[a.offset:i]))
		next := i
		for next < len(s.text) && isSpace(s.text[next]) {
			next++
		}
		if next < len(s.text) && s.text[next] == '=' {
			a.value, i = s.value(next + 1)
		}
		list = append(list, a)
	}
	return list, i
}

// value reads the value of an attribute.
func (s *scanner) value(i int) (string, int) {
	for i < len(s.text) && isSpace(s.text[i]) {
		i++
	}
	if i < len(s.text) && (s.text[i] == '"' || s.text[i] == '\'') {
		if n := bytes.IndexByte(s.text[i+1:], s.text[i]); n >= 0 {
			return string(s.text[i+1 : i+1+n]), i + n + 2
		}
		return string(s.text[i+1:]), len(s.text)
	}
	start := i
	for i < len(s.text) && !isSpace(s.text[i]) && s.text[i] != '>' {
		i++
	}
	return string(s.text[start:i]), i
}

func (s *scanner) attribute(element string, a attribute, all []attribute) {
	switch {
	case a.name == "style":
		s.report(a.offset, moveToSheet, "the attribute style has no effect on a page of the site: its content policy allows style sheets only")
	case a.name == "srcdoc":
		s.report(a.offset, "make it a page of its own", "the attribute srcdoc writes a page within the page, with scripts and styles that do not work")
	case len(a.name) > 2 && strings.HasPrefix(a.name, "on") && isLetter(a.name[2]):
		s.report(a.offset, "listen to the event in a .js file of a component", "the attribute %s does not run on a page of the site: its content policy allows script files only", a.name)
	case loads(element, a.name, all):
		for address := range candidates(a) {
			if elsewhere(element, address) {
				s.report(a.offset, moveToStatic, "%s of <%s> leads to another host or kind of address; the content policy of the site allows its own files only", a.name, element)
				return
			}
		}
	case (a.name == "href" || a.name == "xlink:href") && script.MatchString(plainAddress(a.value)):
		s.report(a.offset, "use a button, and listen to it in a .js file of a component", "a script in a link does not run: the content policy of the site allows files only")
	}
}

// loads reports whether a browser loads what an attribute names, or sends a
// form there.
func loads(element, name string, all []attribute) bool {
	if name != "href" && name != "xlink:href" {
		return slices.Contains(loading, name) || element == "object" && name == "data"
	}
	if element != "link" {
		return slices.Contains(loadingHrefs, element)
	}
	return slices.ContainsFunc(all, func(a attribute) bool {
		return a.name == "rel" && (strings.ContainsRune(a.value, hole) || slices.ContainsFunc(strings.Fields(strings.ToLower(a.value)), func(rel string) bool {
			return slices.Contains(loadingRels, rel)
		}))
	})
}

// candidates are the addresses in an attribute; a srcset has several.
func candidates(a attribute) func(yield func(string) bool) {
	separator := ","
	switch a.name {
	case "srcset", "imagesrcset":
	case "ping":
		separator = " "
	default:
		return func(yield func(string) bool) { yield(a.value) }
	}
	return strings.SplitSeq(a.value, separator)
}

var (
	scheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)
	host   = regexp.MustCompile(`^[/\\]{2}`)
	script = regexp.MustCompile(`^(javascript|vbscript):`)
)

// pictures are elements whose file may stand in the address itself.
var pictures = []string{"img", "source", "input", "link", "image", "feimage"}

// elsewhere reports whether an address leaves the site.
func elsewhere(element, address string) bool {
	address = plainAddress(address)
	if slices.Contains(pictures, element) && strings.HasPrefix(address, "data:image/") {
		return false
	}
	return scheme.MatchString(address) || host.MatchString(address)
}

// plainAddress is an address as a browser takes it: without blanks around it,
// line breaks and tabs in it, and capital letters.
func plainAddress(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)))
}

// after is the offset after the next appearance of a text, or the end.
func (s *scanner) after(i int, text string) int {
	if i > len(s.text) {
		return len(s.text)
	}
	n := bytes.Index(s.text[i:], []byte(text))
	if n < 0 {
		return len(s.text)
	}
	return i + n + len(text)
}

// close is the offset after the name in the end tag of an element that holds
// text, or the end.
func (s *scanner) close(i int, name string) int {
	end := "</" + name
	for ; i+len(end) <= len(s.text); i++ {
		if s.text[i] == '<' && strings.EqualFold(string(s.text[i:i+len(end)]), end) {
			return i + len(end)
		}
	}
	return len(s.text)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isSpace is the white space of HTML, isBlank that and the holes of actions.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }
func isBlank(c byte) bool { return isSpace(c) || c == hole }
