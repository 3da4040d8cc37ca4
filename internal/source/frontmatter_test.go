package source

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

func TestRel_B4_Split(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		typed      bool
		form       form
		yaml, body string
		lines      int
	}{
		{"none", "# Title\n", true, formNone, "", "# Title\n", 0},
		{"empty file", "", true, formNone, "", "", 0},
		{"plain", "---\ntitle: x\n---\nbody", true, formYAML, "---\ntitle: x\n", "body", 3},
		{"nothing below", "---\ntitle: x\n---", true, formYAML, "---\ntitle: x\n", "", 3},
		{"ended by dots", "---\ntitle: x\n...\nbody", true, formYAML, "---\ntitle: x\n", "body", 3},
		{"spaces after the hyphens", "--- \ntitle: x\n---\t\nbody", true, formYAML, "--- \ntitle: x\n", "body", 3},
		{"empty", "---\n---\nbody", true, formYAML, "---\n", "body", 2},
		{"comment only", "---\n# nothing\n\n---\nbody", false, formYAML, "---\n# nothing\n\n", "body", 4},
		{"four hyphens", "----\ntitle: x\n----\n", true, formNone, "", "----\ntitle: x\n----\n", 0},
		{"hyphens later", "text\n---\ntitle: x\n---\n", true, formNone, "", "text\n---\ntitle: x\n---\n", 0},
		{"blank line, then keys", "---\n\ntitle: x\n---\n", false, formYAML, "---\n\ntitle: x\n", "", 4},
		{"quoted key", "---\n\"my title\": x\n---\n", false, formYAML, "---\n\"my title\": x\n", "", 3},
		{"braces", "---\n{title: x}\n---\n", false, formYAML, "---\n{title: x}\n", "", 3},
		{"line across, then text", "---\n\nText: with a colon after a blank\n", false, formOpen, "", "", 0},
		{"line across, then prose", "---\n\nSome prose.\n\n---\n\nmore", true, formNone, "", "", 0},
		{"line across, untyped", "---\nSome prose.\n---\nmore", false, formNone, "", "", 0},
		{"text for keys, typed", "---\nSome prose.\n---\nmore", true, formYAML, "---\nSome prose.\n", "more", 3},
		{"list for keys, typed", "---\n- a\n---\nmore", true, formYAML, "---\n- a\n", "more", 3},
		{"template", "---\n{{ x }}\n---\nmore", false, formNone, "", "", 0},
		{"open", "---\ntitle: x\n\nbody", true, formOpen, "", "", 0},
		{"open, untyped", "---\ntitle: x\n\nbody", false, formOpen, "", "", 0},
		{"open, no keys", "---\nbody", false, formNone, "", "", 0},
		{"open, no keys, typed", "---\nbody", true, formOpen, "", "", 0},
		{"only hyphens", "---", true, formNone, "", "", 0},
		{"only hyphens and a blank", "---\n\n", true, formNone, "", "", 0},
		{"hyphens in a block", "---\ntitle: |\n  ---\n---\nbody", true, formYAML, "---\ntitle: |\n  ---\n", "body", 4},
		{"TOML", "+++\ntitle = \"x\"\n+++\nbody", false, formTOML, "", "body", 3},
		{"pluses without end", "+++\nbody", true, formNone, "", "", 0},
		{"JSON", "{\n\"title\": \"x\"\n}\nbody", false, formJSON, "", "body", 3},
		{"brace of a template", "{\nbody\n}\n", false, formNone, "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := split(tt.text, tt.typed)
			if tt.form == formNone || tt.form == formOpen {
				tt.body = tt.text
			}
			if body := tt.text[got.end:]; got.form != tt.form || got.yaml != tt.yaml || body != tt.body || got.lines != tt.lines {
				t.Errorf("%q\ngot  form %d, yaml %q, body %q after %d lines\nwant form %d, yaml %q, body %q after %d lines", tt.text, got.form, got.yaml, body, got.lines, tt.form, tt.yaml, tt.body, tt.lines)
			}
		})
	}
}

// keep is a parser that keeps the text and where it began.
type keep struct{}

func (keep) Parse(src []byte, at diag.Pos, l *diag.List) handbook.Body {
	return handbook.Body{Text: handbook.Text{HTML: src}, Words: at.Line}
}

// parse makes a page of a text as Load does, without a file.
func parse(name handbook.Path, text string, typed bool) (*handbook.Page, *diag.List) {
	var l diag.List
	r := reader{opts: Options{Parser: keep{}, Typed: typed}, list: &l}
	return r.parse(name, []byte(text), nil), &l
}

// Whatever the bytes: no panic, findings and body stand inside the file, and
// line ends and marks make no difference.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		"", "---\n", "---\ntitle: x\n---\nbody", "---\ntitle: x", "---\n\ntext\n---\n", "\ufeff---\r\ntype: book\r\nyear: x\r\n---\r\n\r\nbody\r\n", "+++\na = 1\n+++\n", "{\n\"a\": 1\n}\n", "---\na: &b [*b]\n---\n",
		"\xff\xfe-\x00-\x00", "\xfe\xff", "a\x00b\xff\r\rc", "---\n# c\n...\nx", "---\ntype: service\nmetrics: {repos: [a], deployments: {source: tag, since: 2024-02-30}, failures: {}}\n---\n",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, typed bool) {
		page, l := parse("books/x.md", text, typed)
		clean := (&reader{list: &diag.List{}}).text([]byte(text), diag.Pos{})
		lines := strings.Split(clean, "\n")
		for _, x := range l.All() {
			if x.Pos.Line < 1 || x.Pos.Line > len(lines) || x.Pos.Column < 1 {
				t.Errorf("%q: %s is outside the file: %s", text, x.Pos, x.Message)
			} else if c := utf8.RuneCountInString(strings.ToValidUTF8(lines[x.Pos.Line-1], "")); x.Code != diag.BadUTF8 && x.Code != diag.NulByte && x.Pos.Column > c+1 {
				t.Errorf("%q: %s is right of its line: %s", text, x.Pos, x.Message)
			}
		}
		if body, at := string(page.Body.HTML), page.Body.Words; body != strings.Join(lines[min(at-1, len(lines)):], "\n") {
			t.Errorf("%q: the body %q does not begin in line %d", text, body, at)
		}
		if utf8.ValidString(text) && !strings.ContainsAny(text, "\r\x00\ufeff") {
			crlf, m := parse("books/x.md", "\ufeff"+strings.ReplaceAll(text, "\n", "\r\n"), typed)
			if d := cmp.Diff(page, crlf); d != "" || !slices.EqualFunc(l.All(), m.All(), func(a, b *diag.Finding) bool { return a.Pos == b.Pos && a.Message == b.Message }) {
				t.Errorf("%q: with CRLF and a byte order mark another page or other findings: %s", text, d)
			}
		}
	})
}
