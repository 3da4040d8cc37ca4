package search

import (
	"bytes"
	"html"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// Document is what can be found of a page.
type Document struct {
	Title    string
	Keywords []string
	Summary  string
	Sections []Section // the first is what stands above the first heading
}

// Section is a part of a page that a result can lead to.
type Section struct {
	ID    string // in the page; "": its beginning
	Title string
	Text  string // as readers see it, with single spaces
	Code  string // blocks of code, which people look for less
}

// Read takes a page apart. Everything in it comes from the page's own file.
func Read(title string, meta handbook.Meta, body *handbook.Body, text handbook.Text) Document {
	d := Document{Title: title, Keywords: slices.Clone(meta.Keywords), Summary: meta.Summary, Sections: sections(text, body.Headings)}
	for _, v := range []any{meta.Role, meta.Process, meta.Book, meta.Reading, meta.Topic, meta.Policy, meta.Playbook, meta.Term, meta.Principle, meta.Org, meta.News, meta.Team, meta.Decision} {
		if v := reflect.ValueOf(v); !v.IsNil() {
			d.front(v.Elem())
		}
	}
	return d
}

// front adds what the front matter says in words of its author: texts, and
// lists of texts, but neither names of other pages nor choices among a few. A
// step, and whatever else has an id and a title, is a section of its own.
func (d *Document) front(v reflect.Value) {
	var text []string
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch x := v.Interface().(type) {
		case handbook.Located:
			text = append(text, x.Value)
			return
		case handbook.Artefact:
			text = append(text, x.Text().Value)
			return
		case string:
			text = append(text, x)
			return
		case handbook.Step:
			d.step(x)
			return
		}
		switch v.Kind() {
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				if key := f.Tag.Get("yaml"); key == "" || key == ",pos" || f.Tag.Get("ref") != "" || f.Tag.Get("enum") != "" || strings.HasPrefix(key, "id,") || strings.HasPrefix(key, "url") {
					continue
				}
				if f.Name == "Aka" {
					d.Keywords = append(d.Keywords, v.Field(i).Interface().([]string)...)
					continue
				}
				walk(v.Field(i))
			}
		}
	}
	walk(v)
	text = slices.DeleteFunc(text, func(t string) bool { return t == "" })
	if all := collapse(strings.Join(text, " · ")); all != "" {
		d.Sections = append(d.Sections, Section{Text: all})
	}
}

// step adds a step as a section.
func (d *Document) step(s handbook.Step) {
	words := slices.DeleteFunc([]string{s.When, s.Input.Text().Value, s.Output.Text().Value, s.Tool, s.DoneWhen}, func(w string) bool { return w == "" })
	d.Sections = append(d.Sections, Section{ID: "step." + s.ID.Value, Title: s.Title, Text: collapse(strings.Join(words, " · "))})
}

// sections divides the HTML of a page at its headings.
func sections(text handbook.Text, headings []handbook.Heading) []Section {
	body := text.HTML
	if text.TitleEnd > 0 {
		headings = withoutTitle(headings)
		if body = text.HTML[text.TitleEnd:]; text.TitleStart > 0 {
			body = slices.Concat(text.HTML[:text.TitleStart], body)
		}
	}
	list := make([]Section, 1, len(headings)+1)
	var t texts
	for _, h := range headings {
		from, to := headingAt(body, h)
		if from < 0 {
			break
		}
		t.fill(&list[len(list)-1], body[:from])
		list = append(list, Section{ID: h.ID, Title: h.Text})
		body = body[to:]
	}
	t.fill(&list[len(list)-1], body)
	return list
}

// withoutTitle are the headings without the one that is the page's title.
func withoutTitle(headings []handbook.Heading) []handbook.Heading {
	for i, h := range headings {
		if h.Level == 1 {
			return append(headings[:i:i], headings[i+1:]...)
		}
	}
	return headings
}

// headingAt is where a heading begins and ends; -1 where it is not shown.
func headingAt(body []byte, h handbook.Heading) (from, to int) {
	id := bytes.Index(body, []byte(` id="`+html.EscapeString(h.ID)+`"`))
	if id < 0 {
		return -1, 0
	}
	from = bytes.LastIndex(body[:id], []byte("<h"))
	end := bytes.Index(body[id:], []byte("</h"))
	if from < 0 || end < 0 {
		return -1, 0
	}
	to = id + end
	return from, to + tagEnd(body[to:])
}

// texts takes texts out of HTML that we have made. It keeps its memory.
type texts struct{ prose, code text }

// text is what is shown, with one space for each run of them.
type text struct {
	bytes []byte
	space bool // there is one before what comes next
}

func (t *text) add(s ...byte) {
	if t.space && len(t.bytes) > 0 {
		t.bytes = append(t.bytes, ' ')
	}
	t.space = false
	t.bytes = append(t.bytes, s...)
}

// fill sets the texts of a section from its HTML.
func (t *texts) fill(s *Section, body []byte) {
	t.prose, t.code = text{bytes: t.prose.bytes[:0]}, text{bytes: t.code.bytes[:0]}
	to := &t.prose
	for i := 0; i < len(body); {
		switch c := body[i]; c {
		case ' ', '\n', '\t', '\r':
			to.space = true
			i++
		case '<':
			tag := body[i : i+tagEnd(body[i:])]
			if !inline(tag) {
				to.space = true
			}
			if bytes.HasPrefix(tag, []byte("<pre")) {
				to = &t.code
				to.space = true
			} else if bytes.HasPrefix(tag, []byte("</pre")) {
				to = &t.prose
				to.space = true
			}
			i += len(tag)
		case '&':
			end := bytes.IndexByte(body[i:], ';') + 1
			if end <= 0 || end > 12 {
				end = 1
			}
			to.add([]byte(html.UnescapeString(string(body[i : i+end])))...)
			i += end
		default:
			from := i
			for i < len(body) && body[i] > ' ' && body[i] != '<' && body[i] != '&' {
				i++
			}
			to.add(body[from:max(i, from+1)]...)
			i = max(i, from+1)
		}
	}
	s.Text, s.Code = string(t.prose.bytes), string(t.code.bytes)
}

// tagEnd is the length of a tag. Values of attributes stand between double quotes.
func tagEnd(s []byte) int {
	for end := 0; ; {
		next := bytes.IndexByte(s[end:], '>')
		if next < 0 {
			return len(s)
		}
		if end += next + 1; bytes.Count(s[:end], []byte{'"'})%2 == 0 {
			return end
		}
	}
}

// inline reports whether a tag stands within a word, as of emphasis or of
// highlighted code.
func inline(tag []byte) bool {
	name := bytes.TrimPrefix(tag[1:], []byte("/"))
	if end := bytes.IndexAny(name, " >"); end >= 0 {
		name = name[:end]
	}
	switch string(name) {
	case "a", "abbr", "b", "code", "em", "i", "ins", "del", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "var", "samp":
		return true
	}
	return false
}

// collapse makes one space of each run of them, and none at the ends.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// maxText is how many bytes of a page's text are at hand for results, so that
// one long page does not make a query cost much.
const maxText = 16 << 10

// About is what a result shows of a page beside its text.
type About struct {
	Title, Address string
	Kind           handbook.Kind
	Label          string // the kind in words
	Section        string // title of the section that the page is in
	Due            string // the day on which it is due for a review; "": none is known
}

// Fragment is the file of what results show of a page with a number.
func Fragment(place uint32, about About, d Document) []byte {
	b := append(make([]byte, 0, 4<<10), `rutterFound("page",`...)
	b = append(appendString(b, number(place)), ",["...)
	for _, v := range []string{about.Title, about.Address, string(about.Kind), about.Label, about.Section, about.Due, d.Summary, strings.Join(d.Keywords, ", ")} {
		b = append(appendString(b, v), ',')
	}
	b = append(b, '[')
	left, first := maxText, true
	for _, s := range d.Sections {
		text := s.Text
		if s.Code != "" {
			text = strings.TrimSpace(text + " " + s.Code)
		}
		text = cut(text, left)
		left -= len(text)
		if s.Title == "" && text == "" {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendString(append(b, '['), s.ID), ',')
		b = append(appendString(b, s.Title), ',')
		b = append(appendString(b, text), ']')
	}
	return append(b, "]]);\n"...)
}

// FragmentName is the name of that file.
func FragmentName(place uint32) string { return Folder + "pages/" + number(place) + ".js" }

// cut is the beginning of a text that has at most so many bytes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:max(n, 0)]
}
