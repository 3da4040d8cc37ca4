package changes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// sentence is a text in which some words lead to pages.
type sentence []word

type word struct {
	text string
	to   *Page // nil: nowhere
}

// words joins texts and sentences.
func words(parts ...any) sentence {
	var s sentence
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			s = append(s, word{plain(p), nil})
		case sentence:
			s = append(s, p...)
		default:
			panic(fmt.Sprintf("%T is no text", p))
		}
	}
	return s
}

// spoken is a sentence without its links.
func spoken(s sentence) string {
	var b strings.Builder
	for _, w := range s {
		b.WriteString(w.text)
	}
	return b.String()
}

// longest is how many characters of a title are shown, and most how many names
// of a list.
const (
	longest = 300
	most    = 20
)

// plain is a text on one line, without what would move the cursor of a terminal
// or turn the direction of the text around.
func plain(s string) string {
	var b strings.Builder
	space, n := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			if space {
				continue
			}
			r = ' '
		case unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
			continue
		}
		space = r == ' '
		if n++; n > longest {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// listed are some texts, with commas.
func listed(list []string) sentence {
	if len(list) == 0 {
		return words("none")
	}
	var s sentence
	for i, text := range list[:min(len(list), most)] {
		if i > 0 {
			s = words(s, ", ")
		}
		s = words(s, text)
	}
	return more(s, len(list))
}

// more says how many of n are not listed.
func more(s sentence, n int) sentence {
	if n > most {
		return words(s, " and ", strconv.Itoa(n-most), " more")
	}
	return s
}

// list are what some names lead to; none is what is said of an empty list.
func (c *comparison) list(names []string, none string) sentence {
	if len(names) == 0 {
		return words(none)
	}
	var s sentence
	for i, name := range names[:min(len(names), most)] {
		if i > 0 {
			s = words(s, ", ")
		}
		p := c.ref(name)
		s = append(s, word{p.Title, &p})
	}
	return more(s, len(names))
}

// page leads to a page.
func (c *comparison) page(p pair) sentence {
	to := c.shown(p)
	return sentence{{to.Title, &to}}
}

func (c *comparison) pages(list []pair) sentence {
	var s sentence
	for i, p := range list[:min(len(list), most)] {
		if i > 0 {
			s = words(s, ", ")
		}
		s = words(s, c.page(p))
	}
	return more(s, len(list))
}

func (c *comparison) shown(p pair) Page {
	one := p.any()
	return Page{one.Name, one.Path, one.Address, title(one), p.now != nil}
}

func title(p *graph.ExportedPage) string {
	return cmp.Or(strings.TrimSpace(plain(p.Title)), plain(p.Path))
}

// ref is the page of a name, or the name alone where there is none.
func (c *comparison) ref(name string) Page {
	of, part, _ := strings.Cut(name, "#")
	p := pair{c.old.byName[of], c.now.byName[of]}
	if p.any() == nil {
		return Page{Name: name, Title: named(of, part)}
	}
	to := c.shown(p)
	to.Name = name
	if part == "" {
		return to
	}
	to.Title += ", " + plain(part)
	if p.any().Kind == handbook.Book {
		to.Title = title(p.any()) + ", chapter " + plain(part)
	}
	if i := slices.IndexFunc(p.any().Steps, func(s graph.ExportedStep) bool { return s.ID == part }); i >= 0 {
		to.Title = title(p.any()) + ", step " + plain(p.any().Steps[i].Title)
	}
	return to
}

// named is a title for a name that has no page.
func named(of, part string) string {
	if of == graph.SomePerson {
		return "a person"
	}
	kind, name, found := strings.Cut(of, ":")
	if !found || strings.HasPrefix(name, "//") {
		return plain(of)
	}
	if part != "" {
		name += ", " + part
	}
	name = strings.NewReplacer("-", " ", "_", " ", ".", " ").Replace(name[strings.LastIndexByte(name, '/')+1:])
	if r, size := utf8.DecodeRuneInString(name); size > 0 {
		name = string(unicode.ToUpper(r)) + name[size:]
	}
	return cmp.Or(strings.TrimSpace(plain(name)), plain(kind))
}

// kindWord is what a kind is called inside a sentence.
func kindWord(k handbook.Kind) string {
	if label := handbook.TypeOf(k).Label; label != "" {
		return strings.ToLower(label)
	}
	return string(k)
}

// every puts how long a review holds into words.
func every(span string) string {
	if span == "" {
		return "for ever"
	}
	units := map[byte]string{'d': "day", 'w': "week", 'm': "month", 'y': "year"}
	n, err := strconv.Atoi(span[:len(span)-1])
	unit := units[span[len(span)-1]]
	if err != nil || unit == "" {
		return span
	}
	return plural(n, unit)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// fields are what the keys of front matter are called before the page that they
// stand on.
var fields = map[string]string{
	"related": "Related pages of", "part_of": "The whole around",
	"holders": "Who fills", "metrics": "Metrics of", "books": "Books of", "stages": "Stages of", "next": "What comes after",
	"services": "Services of", "expects.metric": "What is promised of metrics in", "playbooks": "Playbooks of", "policies": "Policies of",
	"oncall": "Who is called in", "lead": "Who leads", "seats.role": "Roles of the seats of", "omits": "Roles that nobody fills in",
	"items.ref": "What to read in", "ideas.applies_to": "Where to use the ideas of", "similar": "Books much like",
	"roles": "Roles of", "processes": "Processes of", "see": "Where to read on from", "applies_to": "Who is bound by", "approved_by": "Who approved",
	"practised_in": "Where people practise", "deciders": "Who took the decision", "supersedes": "What is replaced by", "affects": "What is affected by",
	"metric.id": "The metric of", "read_with": "Metrics to read together with", "improve": "What to try for",
}

// partFields are the keys that are about a part of the page: the kind of change,
// and what they are called before the part.
var partFields = map[string]struct {
	kind Kind
	says string
}{
	"steps.raci.accountable": {Accountable, "Accountable for"},
	"steps.raci.consulted":   {Consulted, "Consulted for"},
	"steps.raci.informed":    {Informed, "Informed of"},
	"steps.process":          {Reference, "The page that describes"},
	"chapters.for":           {Reference, "Who is to read"},
	"controls.evidence":      {Reference, "Evidence of"},
}

// reference is what a change of references is called, before its page.
func reference(at place, p pair) (Kind, sentence) {
	var part sentence
	if at.part != "" {
		list, _, _ := strings.Cut(at.field, ".")
		part = words(" ", strings.TrimSuffix(list, "s"), " ", at.part, " of")
		for _, s := range p.old.Steps {
			if list == "steps" && s.ID == at.part {
				part = words(" step ", s.Title, " of")
			}
		}
	}
	if of, ok := partFields[at.field]; ok {
		return of.kind, words(of.says, part)
	}
	if says, ok := fields[at.field]; ok {
		return Reference, words(says, part)
	}
	says := strings.NewReplacer("_", " ", ".", ", ").Replace(at.field)
	return Reference, words("References of ", says, " in", part)
}
