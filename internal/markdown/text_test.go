package markdown

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestUnescape(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`a\*b`: "a*b", `\a`: `\a`, `\\*`: `\*`, `a\`: `a\`, `&amp;`: "&", `\&amp;`: "&amp;", `&copy;&nope;`: "©&nope;",
		`&copy x`: "&copy x", `&#35;&#x22;`: `#"`, `&#0;&#xFFFFFF;`: "\uFFFD\uFFFD", `&#;&#x;`: "&#;&#x;", `&#1_0;`: "&#1_0;",
		`&ngE;`: "≧̸", `&`: "&", `?a=1&copy=2`: "?a=1&copy=2",
	} {
		if got := string(unescape(nil, []byte(src))); got != want {
			t.Errorf("unescape(%q) = %q, want %q", src, got, want)
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("words and ", 40)
	tests := []struct{ name, src, want string }{
		{"after the title", "# T\n\n[![badge](b.svg)](c)\n\n## H\n\nFirst *one*\ngoes on.\n\nSecond.", "First one goes on."},
		{"not from a list or quote", "> quote\n\n- item\n\ntext", "text"},
		{"inside HTML", "<div>\n\ntext & more\n\n</div>", "text & more"},
		{"none", "# T\n\n---", ""},
		{"long", long, strings.TrimSpace(strings.Repeat("words and ", 20)) + "…"},
		{"one long word", strings.Repeat("é", 500), strings.Repeat("é", 199) + "…"},
	}
	for _, test := range tests {
		b, _ := parse(test.src, Options{})
		if b.Summary != test.want || utf8.RuneCountInString(b.Summary) > maxSummary {
			t.Errorf("%s: summary of %q is %q, want %q", test.name, test.src, b.Summary, test.want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		"one two, three — four's": 4, "": 0, "# a b\n\nc": 3, "|a|b|\n|-|-|\n|c|d|": 4, "```go\nx y z\n```": 0,
		"a<br>b": 2, "漢字漢字漢字": 3, "日本語 and 12": 3, "[link text](x) `code`": 3, "![alt text](x)": 0,
	} {
		if b, _ := parse(src, Options{}); b.Words != want {
			t.Errorf("%q has %d words, want %d", src, b.Words, want)
		}
	}
}
