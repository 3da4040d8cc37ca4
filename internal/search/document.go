package search

import (
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
	list := []Section{{}}
	next := 0
	body := string(text.HTML[:text.TitleStart]) + string(text.HTML[text.TitleEnd:])
	if text.TitleEnd > 0 {
		headings = withoutTitle(headings)
	}
	for body != "" {
		from, to := -1, 0
		if next < len(headings) {
			from, to = headingAt(body, headings[next])
		}
		if from < 0 {
			list[len(list)-1].fill(body)
			break
		}
		list[len(list)-1].fill(body[:from])
		list = append(list, Section{ID: headings[next].ID, Title: headings[next].Text})
		next++
		body = body[to:]
	}
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
func headingAt(body string, h handbook.Heading) (from, to int) {
	id := strings.Index(body, ` id="`+html.EscapeString(h.ID)+`"`)
	if id < 0 {
		return -1, 0
	}
	from = strings.LastIndex(body[:id], "<h")
	end := strings.Index(body[id:], "</h")
	if from < 0 || end < 0 {
		return -1, 0
	}
	to = id + end
	if close := strings.IndexByte(body[to:], '>'); close >= 0 {
		to += close + 1
	}
	return from, to
}

// fill sets the texts of a section from its HTML.
func (s *Section) fill(body string) {
	var text, code strings.Builder
	for body != "" {
		at := strings.Index(body, "<pre")
		if at < 0 {
			plain(&text, body)
			break
		}
		plain(&text, body[:at])
		end := strings.Index(body[at:], "</pre>")
		if end < 0 {
			end = len(body) - at
		}
		plain(&code, body[at:at+end])
		body = body[min(len(body), at+end+len("</pre>")):]
	}
	s.Text, s.Code = collapse(html.UnescapeString(text.String())), collapse(html.UnescapeString(code.String()))
}

// plain writes the text of HTML that we have made. Tags of blocks keep words
// apart; those within a line do not.
func plain(b *strings.Builder, body string) {
	for {
		at := strings.IndexByte(body, '<')
		if at < 0 {
			b.WriteString(body)
			return
		}
		b.WriteString(body[:at])
		end := tagEnd(body[at:])
		if !inline(body[at:]) {
			b.WriteByte(' ')
		}
		body = body[at+end:]
	}
}

// tagEnd is the length of a tag.
func tagEnd(s string) int {
	var quote byte
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(s)
}

// inline reports whether a tag stands within a word, as of emphasis or of
// highlighted code.
func inline(s string) bool {
	s = strings.TrimPrefix(s[1:], "/")
	end := strings.IndexAny(s, " >")
	if end < 0 {
		return false
	}
	switch s[:end] {
	case "a", "abbr", "b", "code", "em", "i", "ins", "del", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "var", "samp":
		return true
	}
	return false
}

// collapse makes one space of each run of them, and none at the ends.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

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
	left := maxText
	type section [3]string
	list := []section{}
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
		list = append(list, section{s.ID, s.Title, text})
	}
	return call("page", number(place), []any{about.Title, about.Address, about.Kind, about.Label, about.Section, about.Due, d.Summary, strings.Join(d.Keywords, ", "), list})
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
