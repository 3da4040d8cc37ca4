package strictyaml_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// Whatever the bytes: no panic, and every finding stands inside the text.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "title: a\nyear: 2018\n", "---\nauthor: [A, B]\n...\n", "metrics: {source: tags}", "labels:\n  a: |\n    b\n", "a: &b [*b]\n<<: *b", "title: \"\\u00e9\\\n", "\ta", "? a\n: b", "- a\n-\n - b",
		"events: [é, {a: 'b''c'}]", "%TAG ! x\n---\n", "a: !!binary x", "\ufeffa: b\r\nc: d\re: f", "window: 26w\ngrace: 1h\nsince: 2024-02-30", "a: >+2\n   x\n", "{a: b, c}", "\"a\": 1\n'a': 2", "a:\t\"\t\t\"", "a: b # c\n#d",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var v guide
		var l diag.List
		strictyaml.Decode([]byte(src), diag.Pos{Path: "f", Line: 1, Column: 1}, &v, codes, &l)
		text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(src, "\ufeff"))
		lines := strings.Split(text, "\n")
		for _, x := range l.All() {
			if x.Pos.Line < 1 || x.Pos.Line > len(lines) || x.Pos.Column < 1 || x.Pos.Column > utf8.RuneCountInString(lines[x.Pos.Line-1])+1 {
				t.Errorf("%q: %s is outside the text: %s", src, x.Pos, x.Message)
			}
		}
	})
}
