package archetype

import (
	"path"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// Options say what page to make.
type Options struct {
	Kind   handbook.Kind
	Slug   string // its path below the folder of its kind, without the ending
	Typed  bool   // its folder says of which kind it is; else the page has to
	Owned  bool   // it inherits an owner
	Schema string // address of the schema of its front matter, from the page on
	Today  time.Time

	// Names are what a page may be called by that others of a kind, or people, go
	// by; the first one is named in examples.
	Names func(handbook.Kind) []string
}

// Kinds are those that Page makes pages of, in the order of handbook.Types.
func Kinds() []handbook.Kind {
	var list []handbook.Kind
	for _, t := range handbook.Types {
		if t.Folder != "" || t.Kind == handbook.Plain {
			list = append(list, t.Kind)
		}
	}
	return list
}

// Page makes a page.
func Page(o Options) []byte {
	m := maker{o: o, kind: o.Kind, examples: examples(o)}
	used, offered := m.keys()
	var b strings.Builder
	b.WriteString("---\n")
	b.WriteString("# yaml-language-server: $schema=" + o.Schema + "\n")
	b.WriteString("# Lines below that begin with # are not in use. To use one, delete its #, and that of each line of its group.\n")
	if !o.Typed {
		used = slices.Insert(used, 1, pick(keysOf(reflect.TypeFor[handbook.Common]()), "type")...)
	}
	for _, k := range used {
		mark := ""
		if k.required {
			mark = "required: "
		}
		writeLines(&b, "", m.entry(k, k.name, mark))
	}
	if o.Kind == handbook.Service {
		writeLines(&b, "#", metricsBlock)
	}
	for _, k := range offered {
		if !m.nothing(k) {
			writeLines(&b, "#", m.entry(k, k.name, ""))
		}
	}
	b.WriteString("---\n\n")
	body, err := files.ReadFile("files/bodies/" + string(o.Kind) + ".md")
	if err != nil {
		panic(err) // the tests know a body for every kind
	}
	b.Write(body)
	return []byte(b.String())
}

// metricsBlock is what most services say of where their deliveries are read from.
var metricsBlock = []line{
	{"metrics:", "where its deliveries are read from"},
	{"  repos: [acme/payments]", `owner/name on GitHub; "." is the repository of this handbook`},
	{"  deployments: {source: releases}", "what counts as a deployment; without it, what is found"},
	{"  failures: {labels: [hotfix]}", "what marks a change that mends a failed deployment"},
}

// line is a line of front matter with the comment at its end.
type line struct{ text, comment string }

// column is where comments begin, unless the line is longer.
const column = 44

func writeLines(b *strings.Builder, before string, lines []line) {
	for _, l := range lines {
		text := before + l.text
		b.WriteString(text)
		if l.comment != "" {
			b.WriteString(strings.Repeat(" ", max(2, column-utf8.RuneCountInString(text))) + "# " + l.comment)
		}
		b.WriteByte('\n')
	}
}

// maker writes the front matter of one page.
type maker struct {
	o        Options
	kind     handbook.Kind
	examples map[string]string // by the name of a key, with those around it: "metric.check_on"
	turn     int               // in a group of roles: its place, so that each is another one
}

// examples are the values that follow from the page, or need more than a tag.
func examples(o Options) map[string]string {
	day := func(months, days int) string { return o.Today.AddDate(0, months, days).Format(time.DateOnly) }
	e := map[string]string{
		"title": Title(o.Slug), "type": string(o.Kind), "term": words(o.Slug), "metric": string(metricOf(o.Slug)),
		"status":     "draft",
		"summary":    "Say in one sentence what the page tells.",
		"items.text": "Read it, and note what you would ask",
		"expires":    day(0, 14), "metric.check_on": day(3, 0),
	}
	switch o.Kind {
	case handbook.Decision:
		e["status"] = "proposed"
	case handbook.MetricPage:
		e["definition"] = "Say what the number tells."
	case handbook.Term: // a word that the glossary has already would be a mistake
		e["aka"] = "another word for " + words(o.Slug)
		e["acronym_of"] = "what the letters of " + words(o.Slug) + " stand for"
	}
	return e
}

// metricOf is the metric that a page with this slug is about: a measured one
// where it has the name of one.
func metricOf(slug string) handbook.Metric {
	return handbook.Metric(strings.ReplaceAll(path.Base(slug), "-", "_"))
}

// keys are those in use, and those that are offered.
func (m *maker) keys() (used, offered []key) {
	used, offered = keysFor(m.kind)
	use := func(name string) {
		if i := slices.IndexFunc(offered, func(k key) bool { return k.name == name }); i >= 0 {
			used = append(used, offered[i])
			offered = slices.Delete(offered, i, i+1)
		}
	}
	switch {
	case m.kind == handbook.Decision:
		use("status") // without it, a decision is taken
	case m.kind == handbook.MetricPage && metricOf(m.o.Slug).Known():
		offered = keysWhere(offered, func(k key) bool { return k.name != "definition" && k.name != "unit" })
	case m.kind == handbook.MetricPage:
		use("definition")
		used[len(used)-1].required = true
	}
	if !m.o.Owned {
		use("owner")
	}
	return used, offered
}

// entry are the lines of a key. The name has those of the keys around it.
func (m *maker) entry(k key, name, mark string) []line {
	t := k.typ
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	list := t.Kind() == reflect.Slice
	if list {
		t = t.Elem()
	}
	comment := mark + k.is
	if len(k.enum) > 0 && name != "type" {
		comment += " (" + strings.Join(k.enum, ", ") + ")"
	}
	if m.missing(k) {
		comment += " (no " + anyOf(k.kinds) + " yet)"
	}
	switch {
	case !isGroup(t):
		value, own := m.value(k, t, name, list)
		switch {
		case own && list:
			return []line{{k.name + ":", strings.TrimSuffix(mark, ": ")}, {"  - " + value, ""}}
		case own: // it says itself what is meant
			comment = strings.TrimSuffix(mark, ": ")
		}
		return []line{{k.name + ": " + value, comment}}
	case list:
		parts := m.group(t, k.name, name)
		if len(parts) == 1 && parts[0].bare != "" {
			return []line{{k.name + ": [" + parts[0].bare + "]", comment}}
		}
		lines := []line{{k.name + ":", comment}}
		for i, p := range parts {
			lines = append(lines, line{indent(i == 0) + p.line.text, p.line.comment})
		}
		if len(parts) == 1 { // the group has its meaning
			lines[1].comment = ""
		}
		return lines
	}
	lines := []line{{k.name + ":", comment}}
	for _, p := range m.group(t, k.name, name) {
		lines = append(lines, line{"  " + p.line.text, p.line.comment})
	}
	return lines
}

// anyOf is "team or person".
func anyOf(kinds []handbook.Kind) string {
	var b strings.Builder
	for i, k := range kinds {
		switch {
		case i > 0 && i == len(kinds)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(k))
	}
	return b.String()
}

// indent is what stands before a line of an entry of a list.
func indent(first bool) string {
	if first {
		return "  - "
	}
	return "    "
}

// part is a line of a group.
type part struct {
	line line
	bare string // the value that may stand for the group; "": none may
}

// group are the lines of a group of keys, each in one line.
func (m *maker) group(t reflect.Type, key, name string) []part {
	var parts []part
	defer func() { m.turn = 0 }()
	for i, k := range pick(keysOf(t), inside[key]) {
		if m.nothing(k) {
			continue
		}
		if key == "raci" {
			m.turn = i
		}
		for _, l := range m.entry(k, name+"."+k.name, "") {
			p := part{line: l}
			if k.bare {
				_, p.bare, _ = strings.Cut(l.text, ": ")
			}
			parts = append(parts, p)
		}
	}
	return parts
}

// isGroup reports whether a value of a type is written as keys of its own.
func isGroup(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[handbook.Located](), reflect.TypeFor[handbook.Day](), reflect.TypeFor[handbook.Last]():
		return false
	}
	return t.Kind() == reflect.Struct
}

// value is the example for a key; own reports that it asks for what to write.
func (m *maker) value(k key, t reflect.Type, name string, list bool) (value string, own bool) {
	if e, ok := m.examples[name]; ok && list {
		return "[" + quoted(e) + "]", false
	} else if ok {
		return quoted(e), false
	}
	like := strings.Trim(k.like, "[]")
	if !list {
		like = quoted(k.like)
	}
	if to := m.named(k); to != "" {
		like = to
	}
	switch {
	case t == reflect.TypeFor[handbook.Day]():
		return m.o.Today.Format(time.DateOnly), false
	case t.Kind() == reflect.Bool:
		return "true", false
	case len(k.enum) > 0:
		return k.enum[0], false
	case k.like == "":
		return quoted("Say " + k.is + "."), true
	case list && strings.HasPrefix(k.like, "["):
		return "[" + like + "]", false
	}
	return like, false
}

// named is a page that a key can name; "" where there is none, or none is asked
// for.
func (m *maker) named(k key) string {
	if !k.refers {
		return ""
	}
	if len(k.kinds) == 1 && k.kinds[0] == handbook.MetricPage {
		return "" // those that are measured are always there, and the example is one
	}
	for _, kind := range lookedFor(k.kinds) {
		names := m.o.Names(kind)
		switch {
		case len(names) > 0 && len(k.kinds) == 1:
			return names[m.turn%len(names)]
		case len(names) > 0:
			return string(kind) + ":" + names[0]
		case kind == handbook.MetricPage:
			return string(kind) + ":" + string(handbook.LeadTime)
		}
	}
	return ""
}

// missing reports whether a key asks for a page of a kind that has none.
func (m *maker) missing(k key) bool {
	return k.refers && m.named(k) == "" && (len(k.kinds) != 1 || k.kinds[0] != handbook.MetricPage)
}

// nothing reports whether an example would be a mistake: where the new page is
// the only one that the key may name. A name of a kind that has no page at all is
// a text.
func (m *maker) nothing(k key) bool {
	return m.missing(k) && (len(k.kinds) == 0 || slices.Contains(k.kinds, m.kind))
}

// lookedFor are the kinds to look for pages in; those that others most often
// refer to where any will do.
func lookedFor(kinds []handbook.Kind) []handbook.Kind {
	if len(kinds) > 0 {
		return kinds
	}
	all := []handbook.Kind{handbook.Process, handbook.Role, handbook.Topic, handbook.Policy, handbook.Book}
	for _, t := range handbook.Types {
		if !slices.Contains(all, t.Kind) && t.Kind != handbook.Plain && t.Kind != handbook.MetricPage {
			all = append(all, t.Kind)
		}
	}
	return append(all, handbook.Plain)
}

// quoted is a text as YAML takes it for text.
func quoted(s string) string {
	if strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":") || strings.IndexAny(s, "-?:,[]{}#&*!|>'\"%@`~") == 0 || strings.EqualFold(s, "null") || s == "" {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return s
}
