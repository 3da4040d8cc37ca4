package strictyaml_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

var codes = strictyaml.Codes{Syntax: "SYNTAX", Key: "KEY", Value: "VALUE", Twice: "TWICE", Missing: "MISSING", Limit: "LIMIT"}

type guide struct {
	common
	Year    int                `yaml:"year" like:"2018" min:"1"`
	Author  []string           `yaml:"author|authors,single"`
	Level   string             `yaml:"level" enum:"intro,core,deep"`
	Hours   float64            `yaml:"hours" min:"0"`
	Events  []handbook.Located `yaml:"events"`
	Window  handbook.Last      `yaml:"window"`
	Grace   time.Duration      `yaml:"grace"`
	Since   time.Time          `yaml:"since"`
	Metrics *group             `yaml:"metrics"`
	Labels  map[string]string  `yaml:"labels"`
}

type common struct {
	Title string `yaml:"title" max:"20"`
	Draft bool   `yaml:"draft"`
}

type group struct {
	Pos    diag.Pos `yaml:",pos"`
	Source string   `yaml:"source,required" enum:"tags,merge"`
	Count  bool     `yaml:"count"`
}

// decode returns what was read and the findings, one a line.
func decode(src string, at diag.Pos) (guide, string) {
	var v guide
	var l diag.List
	ok := strictyaml.Decode([]byte(src), at, &v, codes, &l)
	var b strings.Builder
	for _, f := range l.All() {
		fmt.Fprintf(&b, "%s %s %s", f.Pos, f.Code, f.Message)
		if f.Hint != "" {
			fmt.Fprintf(&b, " | %s", f.Hint)
		}
		b.WriteByte('\n')
	}
	if ok != (l.Len() == 0) {
		fmt.Fprintf(&b, "Decode returned %t with %d findings\n", ok, l.Len())
	}
	return v, b.String()
}

var start = diag.Pos{Path: "f", Line: 1, Column: 1}

func TestDecode(t *testing.T) {
	t.Parallel()
	const src = `
title: "Ship it"   # a comment: with a colon
draft: true
year: 2018
author: [A, "B: C", 42]
level: core
hours: 2.5
events: [é, 'b c']
window: 26w
grace: 60m
since: 2024-02-29
metrics: {source: tags, count: false}
labels: {a: 1, b: x}
`
	want := guide{
		common: common{Title: "Ship it", Draft: true},
		Year:   2018, Author: []string{"A", "B: C", "42"}, Level: "core", Hours: 2.5,
		Events: []handbook.Located{{Value: "é", Pos: diag.Pos{Path: "f", Line: 8, Column: 10}}, {Value: "b c", Pos: diag.Pos{Path: "f", Line: 8, Column: 13}}},
		Window: handbook.Last{N: 26, Unit: 'w'}, Grace: time.Hour, Since: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		Metrics: &group{Pos: diag.Pos{Path: "f", Line: 12, Column: 10}, Source: "tags"},
		Labels:  map[string]string{"a": "1", "b": "x"},
	}
	for name, text := range map[string]string{"LF": src, "CRLF": strings.ReplaceAll(src, "\n", "\r\n"), "CR": strings.ReplaceAll(src, "\n", "\r"), "BOM": "\uFEFF" + src} {
		got, findings := decode(text, start)
		if findings != "" {
			t.Errorf("%s: findings:\n%s", name, findings)
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(guide{})); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
	}
}

// Text that other readers of YAML take for something else stays as written.
func TestDecode_TextStaysText(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"1984": "1984", "Yes": "Yes", "no": "no", "on": "on", "2024-01-01": "2024-01-01", "1e3": "1e3", "0o17": "0o17", "12:30": "12:30", "true": "true", "1_000": "1_000",
		".nan": ".nan", "3.10": "3.10", "C#": "C#", "a # b": "a", `"a # b"`: "a # b", "'it''s'": "it's", "~": "", "null": "", `"null"`: "null", "": "",
		"|\n  a\n  b\n": "a\nb", ">-\n  a\n  b\n": "a b", "a\n  b": "a b", `"\u00e9\x41"`: "éA",
	} {
		got, findings := decode("title: "+src, start)
		if findings != "" || got.Title != want {
			t.Errorf("title: %q: got %q, want %q, findings %q", src, got.Title, want, findings)
		}
	}
}

const known = "known here: title, draft, year, author, level, hours, events, window, grace, since, metrics, labels"

func TestDecode_Mistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, src, want string }{
		{"unknown key", "titel: x", `f:1:1 KEY unknown key "titel" | did you mean title? ` + known},
		{"unknown key in a group", "metrics:\n  source: tags\n  cuont: true", `f:3:3 KEY unknown key "cuont" in metrics | did you mean count? known here: source, count`},
		{"key in capitals", "Year: 2018", `f:1:1 KEY unknown key "Year" | did you mean year? ` + known},
		{"text for a number", "year: second edition", `f:1:7 VALUE year: expected a whole number like 2018, found "second edition"`},
		{"quoted number", `year: "2018"`, `f:1:7 VALUE year: expected a whole number like 2018, found "2018" | leave out the quotation marks`},
		{"hexadecimal", "year: 0x10", `f:1:7 VALUE year: expected a whole number like 2018, found "0x10"`},
		{"fraction", "year: 1.5", `f:1:7 VALUE year: expected a whole number like 2018, found "1.5"`},
		{"huge whole number", "year: 99999999999999999999", `f:1:7 VALUE year: the number 99999999999999999999 is too large`},
		{"below the least", "year: 0", `f:1:7 VALUE year: 0 is less than 1`},
		{"huge number", "hours: 1e999", `f:1:8 VALUE hours: the number 1e999 is too large`},
		{"not a number", "hours: .nan", `f:1:8 VALUE hours: expected a number like 2.5, found ".nan"`},
		{"infinite", "hours: -.inf", `f:1:8 VALUE hours: expected a number like 2.5, found "-.inf"`},
		{"long text", "title: 123456789 123456789 1", `f:1:8 VALUE title: a text of 21 characters is more than 20`},
		{"yes for true", "draft: yes", `f:1:8 VALUE draft: expected true or false, found "yes"`},
		{"word outside the allowed", "level: cor", `f:1:8 VALUE level: expected intro, core or deep, found "cor" | did you mean core?`},
		{"list for text", "title: [a]", `f:1:8 VALUE title: expected text, found a list`},
		{"group for text", "title: {a: b}", `f:1:8 VALUE title: expected text, found a group of keys`},
		{"text for a list", "events: a", `f:1:9 VALUE events: expected a list like [first, second], found "a"`},
		{"group in a list", "events:\n  - a\n  - b: c\n  -", "f:3:5 VALUE events, item 2: expected text, found a group of keys\nf:4:4 VALUE events, item 3: expected a value, found nothing"},
		{"text for a group", "metrics: tags", `f:1:10 VALUE metrics: expected keys of its own, indented below it, found "tags"`},
		{"list for a map", "labels: [a]", `f:1:9 VALUE labels: expected keys of its own, indented below it, found a list`},
		{"span", "window: 26 w", `f:1:9 VALUE window: expected a span like 26w, found "26 w"`},
		{"empty span", "window: 0w", `f:1:9 VALUE window: 0w is not between 1 and 10000 weeks`},
		{"duration", "grace: 1 hour", `f:1:8 VALUE grace: expected a time like 60m, found "1 hour"`},
		{"negative duration", "grace: -1h", `f:1:8 VALUE grace: -1h is less than nothing`},
		{"no such day", "since: 2024-02-30", `f:1:8 VALUE since: 2024-02-30 is no day of the calendar`},
		{"date in another order", "since: 30.01.2024", `f:1:8 VALUE since: expected a date like 2026-01-31, found "30.01.2024"`},
		{"given twice", "year: 1\nyear: 2", "f:2:1 TWICE year is given a second time | the one in line 1 counts; delete one of them"},
		{"given under both names", "author: A\nauthors: B", "f:2:1 TWICE authors is given a second time, the first time as author | the one in line 1 counts; delete one of them"},
		{"given twice in a map", "labels: {a: 1, a: 2}", "f:1:16 TWICE a is given a second time | the one in line 1 counts; delete one of them"},
		{"missing in a group", "metrics:\n  count: true", "f:2:3 MISSING metrics.source is missing | add `source: tags`"},
		{"without a value", "metrics:\n  source:", "f:2:3 MISSING metrics.source is missing | add `source: tags`"},
		{"after tabs", "year:\t\tbad", `f:1:8 VALUE year: expected a whole number like 2018, found "bad"`},
		{"after other alphabets", "events: [ééé, {a: b}]", `f:1:15 VALUE events, item 2: expected text, found a group of keys`},
		{"control character in an escape", `title: "a\0"`, `f:1:8 VALUE title: the text contains the control character U+0000`},

		{"colon in a value", "title: a: b", `f:1:8 SYNTAX the value contains a colon and a space | put the value in quotes`},
		{"next line indented", "title: a\n  year: 3", `f:1:8 SYNTAX the next line is indented as if it belonged to this value | begin the next key in the same column as this one`},
		{"tab", "metrics:\n\tsource: tags", "f:2:1 SYNTAX a tab stands where the line is indented | indent with spaces"},
		{"open quotation mark", "title: \"a\nyear: 1", `f:1:8 SYNTAX the quotation mark is not closed | end the text with " on the same line`},
		{"open apostrophe", "title: 'a\nyear: x", "f:1:8 SYNTAX the quotation mark is not closed | end the text with ' on the same line; inside such text write '' for an apostrophe\nf:2:7 VALUE year: expected a whole number like 2018, found \"x\""},
		{"open bracket", "events: [a\nyear: 1", "f:1:9 SYNTAX the bracket is not closed | end the list with ]"},
		{"template", "title: {{ x }}", "f:1:9 SYNTAX expected `key: value` between the braces | put text that begins with { in quotes"},
		{"escape", `title: "\q"`, `f:1:10 SYNTAX a backslash in double quotes begins an escape that YAML does not know | use single quotes, or write \\ for a backslash`},
		{"reserved", "title: @home", "f:1:8 SYNTAX text cannot begin with this character | put the text in quotes"},
		{"no space after the colon", "title:x\nyear: 1", "f:1:1 SYNTAX expected lines of the form `key: value`, found \"title:x\" | write a space after the colon, and list items below their key"},
		{"list", "- a", "f:1:1 SYNTAX expected lines of the form `key: value`, found a list | write a space after the colon, and list items below their key"},
		{"second document", "year: 1\n---\nyear: 2", "f:2:1 SYNTAX a second document begins here | only one is read; delete the line of hyphens\nf:3:1 TWICE year is given a second time | the one in line 1 counts; delete one of them"},
		{"NUL", "title: a\x00b", "f:1:9 SYNTAX the control character U+0000 is not allowed | delete it"},
		{"not UTF-8", "title: é\xff", "f:1:9 SYNTAX the byte 0xFF is not UTF-8 | save the file as UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, got := decode(tt.src, start)
			if strings.TrimSpace(got) != tt.want {
				t.Errorf("%q\ngot  %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

// One run shows every mistake: a line that is no YAML hides no other line. Each
// mistake is one finding: a key whose value is no YAML, or whose name is
// misspelt, is not called missing, too.
func TestRel_B4_EveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	type page struct {
		Title string `yaml:"title,required"`
		Year  int    `yaml:"year"`
		Owner string `yaml:"owner,required"`
		Level string `yaml:"level"`
		Area  string `yaml:"area,required"`
	}
	var v page
	var l diag.List
	strictyaml.Decode([]byte("---\ntitle: a: b\nyear: x\nownr: me\nlevel: core\n"), diag.Pos{Path: "p.md", Line: 1, Column: 1}, &v, codes, &l)
	var got []string
	for _, f := range l.All() {
		got = append(got, f.Pos.String()+" "+string(f.Code))
	}
	want := []string{"p.md:2:8 SYNTAX", "p.md:3:7 VALUE", "p.md:4:1 KEY", "p.md:1:1 MISSING"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if v.Level != "core" {
		t.Errorf("level: got %q, want the right value to be read beside the wrong ones", v.Level)
	}
}

func TestDecode_PlaceInsideAnotherFile(t *testing.T) {
	t.Parallel()
	_, got := decode("year: 1\nlevel: x", diag.Pos{Path: "page.md", Line: 40, Column: 5})
	if want := "page.md:41:12 VALUE"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want it to begin with %q", got, want)
	}
}

func TestDocument_WarnKeys(t *testing.T) {
	t.Parallel()
	var v guide
	var l diag.List
	d := strictyaml.Parse([]byte("foo: 1\nyear: 2"), start, codes, &l)
	d.WarnKeys = true
	if !d.Decode(&v) || l.Len() != 1 || l.HasErrors() || v.Year != 2 {
		t.Errorf("got %v, year %d; want one warning and the year read", l.All(), v.Year)
	}
}

func TestDocument_Lookup(t *testing.T) {
	t.Parallel()
	var l diag.List
	d := strictyaml.Parse([]byte("x: [a\ntype: 'book' \n"), start, codes, &l)
	got, ok := d.Lookup("type")
	if want := (handbook.Located{Value: "book", Pos: diag.Pos{Path: "f", Line: 2, Column: 7}}); !ok || got != want {
		t.Errorf("got %v, %t; want %v", got, ok, want)
	}
	if _, ok := d.Lookup("x"); ok {
		t.Error("x: found, want it left out")
	}
}
