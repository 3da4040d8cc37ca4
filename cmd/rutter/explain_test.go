package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/docs"
	"github.com/rutter-dev/rutter/internal/diag"
)

// TestExplainKnowsEveryCode: each code that Rutter gives is explained, and none
// that it does not have.
func TestExplainKnowsEveryCode(t *testing.T) {
	t.Parallel()
	var explained, given []diag.Code
	for _, e := range docs.Findings() {
		explained = append(explained, e.Code)
		if e.Means == "" || e.Group == "" || !e.Reserved && (e.Example == "" || e.Mend == "") {
			t.Errorf("docs/findings.md does not say all of %s: %+v", e.Code, e)
		}
	}
	for _, c := range diag.Codes {
		given = append(given, c.Code)
	}
	if !slices.Equal(explained, given) {
		t.Errorf("docs/findings.md explains\n%v, package diag has\n%v", explained, given)
	}
}

func TestExplainCodeIsPlain(t *testing.T) {
	t.Parallel()
	for _, e := range docs.Findings() {
		var out, errs bytes.Buffer
		if code := run([]string{"explain", strings.ToLower(string(e.Code))}, strings.NewReader(""), &out, &errs); code != exitOK {
			t.Errorf("explain %s: exit code %d: %s", e.Code, code, errs.String())
			continue
		}
		text := out.String()
		if !strings.HasPrefix(text, string(e.Code)+": ") {
			t.Errorf("explain %s has no title: %s", e.Code, text)
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > columns {
				t.Errorf("explain %s: %d columns: %s", e.Code, n, line)
			}
			if strings.Count(line, "`")%2 == 1 {
				t.Errorf("explain %s: code is broken at the end of the line: %s", e.Code, line)
			}
		}
		if strings.Contains(text, "|---") || strings.Contains(text, "**") {
			t.Errorf("explain %s has the marks of Markdown: %s", e.Code, text)
		}
	}
}

func TestFilled(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"short", "one line", "one line"},
		{"full line", "ten chars, and more", "ten chars,\nand more"},
		{"code stays together", "run `go a b` now", "run\n`go a b`\nnow"},
		{"code with a full stop", "run `go a b`.", "run\n`go a b`."},
		{"a word longer than a line", "a wordlongerthanaline b", "a\nwordlongerthanaline\nb"},
	}
	for _, test := range tests {
		if got := filled(test.text, 10); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestNearestCodes(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, want string }{
		{"RT407", "RT404 RT405 RT406"},
		{"DQ13", "DQ11 DQ12 DQ14"},
		{"RT999", "RT805 RT806 RT807"},
		{"RT4O1", "RT401"},
		{"RT", "RT101 RT102 RT103"},
		{"DQ99999999999999999999", "DQ21 DQ22 DQ23"},
	}
	for _, test := range tests {
		if got := strings.Join(nearestCodes(test.code, docs.Findings()), " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.code, got, test.want)
		}
	}
}

func TestPeriodLength(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, want, wrong string }{
		{"2026-W12", "week", ""},
		{"2026-w12", "week", ""},
		{"2026-W53", "week", ""},
		{"2026-W54", "", "weeks W01 to W53"},
		{"2025-W53", "", "weeks W01 to W52"},
		{"2026-W00", "", "weeks W01 to W53"},
		{"2026-03", "month", ""},
		{"2026-13", "", `"2026-13" is neither`},
		{"2026-3", "", `"2026-3" is neither`},
		{"march", "", `"march" is neither`},
		{"2026-03-01", "", `"2026-03-01" is neither`},
	}
	for _, test := range tests {
		got, err := periodLength(test.name)
		if string(got) != test.want || (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%s: %q, %v; want %q, %q", test.name, got, err, test.want, test.wrong)
		}
	}
}
