package strictyaml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

func TestRel_T7_Refused(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"a: &x 1":                         "f:1:4 SYNTAX anchors (&name) are not taken",
		"title: *x":                       "f:1:8 SYNTAX aliases (*name) are not taken",
		"events: [**/*.md]":               "f:1:10 SYNTAX aliases (*name) are not taken",
		"<<: {a: b}":                      "f:1:1 SYNTAX merge keys (<<) are not taken",
		"title: !!str 1":                  "f:1:8 SYNTAX tags (!name) are not taken",
		"title: !!binary 1":               "f:1:8 SYNTAX tags (!name) are not taken",
		"title: !x {a: b}":                "f:1:8 SYNTAX tags (!name) are not taken",
		"%YAML 1.2\n---\nyear: 1":         "f:1:1 SYNTAX directives (%NAME) are not taken",
		"? title\n: x":                    "f:1:1 SYNTAX keys that begin with ? are not taken",
		strings.Repeat("a: &a [*a]\n", 3): "f:1:4 SYNTAX anchors (&name) are not taken",
	} {
		_, got := decode(src, start)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q\ngot  %s\nwant %s…", src, got, want)
		}
	}
}

// Bombs end at once, with a finding that says what is too much.
func TestRel_T7_Bombs(t *testing.T) {
	t.Parallel()
	const size = 80 << 10
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		laughs += strings.NewReplacer("N", string(c), "P", string(c-1)).Replace("N: &N [*P, *P, *P, *P, *P, *P, *P, *P, *P]\n")
	}
	var steps strings.Builder
	for i := range 350 {
		steps.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, src := range map[string]string{
		"aliases": laughs, "aliases in one list": "a: &a x\nb: [" + fill("*a, "), "brackets": fill("["), "braces": fill("{a: "), "dashes": fill("- "), "question marks": fill("? "), "steps": steps.String(),
		"megabyte": strings.Repeat("a: b\n", 300_000), "keys": fill("a:\n"), "values": fill("a: b\n"), "lists": fill("- a\n"), "flow": "a: [" + fill("b, "), "comments": fill("#\n"), "documents": fill("--- a\n"),
		"tabs in quotes": "a: \"" + fill("\t") + "\"", "tabs in quoted lines": "a: \"" + fill(strings.Repeat("\t", 4000)+"\n"), "block of blank lines": "a: |\n" + fill("  \n"), "less than": fill("<<"), "less than in lines": fill(strings.Repeat("<<", 2000) + "\n"),
		"colons": fill(": "), "pipes": fill("|\n"), "open quotes": fill("a: \"\n"), "reserved": fill("@\n"), "tags": fill("!a "), "binary": "a: !!binary " + fill("A"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timed(t, src)
			timed(t, within(src))
		})
	}
}

// within cuts a bomb down to what the limits on lines and bytes let through.
func within(src string) string {
	lines := strings.Split(src, "\n")
	lines = lines[:min(len(lines), 4000)]
	for i := range lines {
		lines[i] = lines[i][:min(len(lines[i]), 8000)]
	}
	text := strings.Join(lines, "\n")
	return text[:min(len(text), 64_000)]
}

func timed(t *testing.T, src string) {
	t.Helper()
	begin := time.Now()
	var v guide
	var l diag.List
	ok := strictyaml.Decode([]byte(src), start, &v, codes, &l)
	if ok && len(src) > 64<<10 {
		t.Errorf("%.40q…: no finding", src)
	}
	// An order of magnitude above what it takes, for slow and busy machines.
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("%.40q… took %v", src, took)
	}
}

func TestRel_T7_Depth(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return "labels: " + strings.Repeat("[", n) + strings.Repeat("]", n) }
	if _, got := decode(nested(20), start); !strings.Contains(got, "VALUE") {
		t.Errorf("20 deep: got %q, want it to be parsed", got)
	}
	if _, got := decode(nested(40), start); !strings.Contains(got, "LIMIT") {
		t.Errorf("40 deep: got %q, want a limit", got)
	}
}
