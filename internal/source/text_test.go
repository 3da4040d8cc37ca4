package source_test

import (
	"strings"
	"testing"
)

func TestRel_B3_LineEndsAndMarks(t *testing.T) {
	t.Parallel()
	const text = "---\ntitle: Tést\n---\n\n# One\ntext\u2028more\n\n# Two"
	want, findings := one(t, "a.md", text, true)
	if findings != "" {
		t.Fatalf("findings: %s", findings)
	}
	for name, variant := range map[string]string{
		"CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "CR": strings.ReplaceAll(text, "\n", "\r"), "BOM": "\uFEFF" + text, "mixed": strings.Replace(strings.Replace(text, "\n", "\r\n", 2), "# One\n", "# One\r", 1),
	} {
		got, findings := one(t, "a.md", variant, true)
		if findings != "" {
			t.Errorf("%s: findings: %s", name, findings)
		}
		if string(got.Body.HTML) != string(want.Body.HTML) || got.Meta.Title != "Tést" {
			t.Errorf("%s: got %q %q, want %q", name, got.Meta.Title, got.Body.HTML, want.Body.HTML)
		}
		for i, h := range got.Body.Headings {
			if h.Pos != want.Body.Headings[i].Pos {
				t.Errorf("%s: heading %q at %s, want %s", name, h.Text, h.Pos, want.Body.Headings[i].Pos)
			}
		}
	}
}

func TestRel_B3_BytesThatAreNoText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want, body string }{
		{"one byte", "é\nab\xffc", "a.md:2:3: error[RT111] the byte 0xFF at offset 5 is not UTF-8\n", "é\nab\uFFFDc"},
		{"after CRLF", "a\r\nb\r\xe9", "a.md:3:1: error[RT111] the byte 0xE9 at offset 5 is not UTF-8\n", "a\nb\n\uFFFD"},
		{"after a mark", "\uFEFFa\xff", "a.md:1:2: error[RT111] the byte 0xFF at offset 4 is not UTF-8\n", "a\uFFFD"},
		{"several", "\xffa\xfe", "a.md:1:1: error[RT111] the byte 0xFF at offset 0 is not UTF-8, and 1 more in this file\n", "\uFFFDa\uFFFD"},
		{"surrogate", "\xed\xa0\x80", "a.md:1:1: error[RT111] the byte 0xED at offset 0 is not UTF-8, and 2 more in this file\n", "\uFFFD"},
		{"replacement character", "a\uFFFDb", "", "a\uFFFDb"},
		{"NUL", "a\n\x00\x00", "a.md:2:1: error[RT112] a NUL byte at offset 2, and 1 more in this file\n", "a\n\uFFFD\uFFFD"},
		{"both", "\x00\xff", "a.md:1:1: error[RT112] a NUL byte at offset 0\na.md:1:2: error[RT111] the byte 0xFF at offset 1 is not UTF-8\n", "\uFFFD\uFFFD"},
		{"UTF-16 LE", "\xff\xfea\x00\n\x00\xe9\x00", "a.md:1:1: error[RT111] the file is UTF-16 (little endian) (byte order mark at byte offset 0)\n", "a\né"},
		{"UTF-16 BE", "\xfe\xff\x00a", "a.md:1:1: error[RT111] the file is UTF-16 (big endian) (byte order mark at byte offset 0)\n", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, got := one(t, "a.md", tt.text, true)
			if got != tt.want || string(p.Body.HTML) != tt.body {
				t.Errorf("%q\ngot  %q, body %q\nwant %q, body %q", tt.text, got, p.Body.HTML, tt.want, tt.body)
			}
			p, got = one(t, "a.md", tt.text, false)
			if want := strings.ReplaceAll(tt.want, "error[", "warning["); got != want || string(p.Body.HTML) != tt.body {
				t.Errorf("without site.yaml: %q\ngot  %q, body %q\nwant %q, body %q", tt.text, got, p.Body.HTML, want, tt.body)
			}
		})
	}
}
