package markdown_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/markdown"
)

func ExampleParser_Parse() {
	var found diag.List
	p := markdown.New(markdown.Options{Metrics: true})
	b := p.Parse([]byte("# Release\n\nSee [the checklist](check.md).\n"), diag.Pos{Path: "release.md", Line: 5, Column: 1}, &found)
	fmt.Println(b.Headings[0].ID, "-", b.Summary)
	fmt.Println(b.Links[0].Pos, b.Links[0].Dest)
	// Output:
	// release - See the checklist.
	// release.md:7:21 check.md
}

// TestParse_positions: positions go on from the front matter, count runes and
// do not mind how lines end.
func TestParse_positions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src, want string
		at              diag.Pos
	}{
		{"front matter", "a [b](c)", "p.md:9:7", diag.Pos{Path: "p.md", Line: 9, Column: 1}},
		{"no position", "a [b](c)", "1:7", diag.Pos{}},
		{"runes", "äöü 漢字 [b](c)", "1:12", diag.Pos{}},
		{"far runes", strings.Repeat("é", 1000) + "\n" + strings.Repeat("é", 1000) + "[b](c)", "2:1005", diag.Pos{}},
		{"CRLF", "a\r\n\r\nb [b](c)\r\n", "3:7", diag.Pos{}},
		{"CR", "a\rb [b](c)", "2:7", diag.Pos{}},
		{"bad UTF-8", "a\xff\xfe [b](c)", "1:8", diag.Pos{}},
		{"NUL", "a\x00 [b](c)", "1:8", diag.Pos{}},
		{"quote", "> > - x [b](c)", "1:13", diag.Pos{}},
		{"second line of a list", "1. x\n   [b](c)", "2:8", diag.Pos{}},
		{"tab", "-\t[b](c)", "1:7", diag.Pos{}},
		{"in emphasis", "**a _[b](c)_**", "1:10", diag.Pos{}},
		{"spaces", "[b](  <c> 'd')", "1:8", diag.Pos{}},
		{"definition", "[b]\n\n  [b]:\n  c", "4:3", diag.Pos{}},
		{"HTML", "x <b\n  title=y><a title='href=d'\n href = \"c\">", "3:10", diag.Pos{}},
		{"HTML block", "> <div>\n> <a href=c>x</a></div>", "2:11", diag.Pos{}},
	}
	for _, test := range tests {
		var l diag.List
		src := test.src
		if strings.HasPrefix(test.name, "HTML") {
			src += "</a>"
		}
		b := markdown.New(markdown.Options{}).Parse([]byte(src), test.at, &l)
		if len(b.Links) != 1 || b.Links[0].Pos.Path != test.at.Path || b.Links[0].Dest != "c" {
			t.Errorf("%s: links of %q are %+v", test.name, test.src, b.Links)
			continue
		}
		if got := strings.TrimPrefix(b.Links[0].Pos.String(), ":"); got != test.want {
			t.Errorf("%s: link in %q is at %s, want %s", test.name, test.src, got, test.want)
		}
	}
}

// TestParse_options: without Metrics metric blocks are code, and with HTML off
// tags are text.
func TestParse_options(t *testing.T) {
	t.Parallel()
	src := "`metric: x`\n\n```metric\nnonsense\n```\n\na <b>c</b><!-- d -->\n\n<div>\n\n<!-- e -->\n"
	tests := []struct {
		name     string
		opts     markdown.Options
		want     []string
		findings int
	}{
		{"foreign", markdown.Options{}, []string{"<code>metric: x</code>", `data-lang="metric"`, "a <b>c</b>", "<div>"}, 0},
		{"sanitize", markdown.Options{HTML: markdown.Sanitize, Metrics: true}, []string{"<b>c</b>"}, 4},
		{"off", markdown.Options{HTML: markdown.Off}, []string{"&lt;b&gt;c&lt;/b&gt;</p>", `&lt;<span class="nt">div</span>&gt;`}, 0},
	}
	for _, test := range tests {
		var l diag.List
		b := markdown.New(test.opts).Parse([]byte(src), diag.Pos{Path: "p.md"}, &l)
		for _, want := range test.want {
			if !bytes.Contains(b.HTML, []byte(want)) {
				t.Errorf("%s: no %s in\n%s", test.name, want, b.HTML)
			}
		}
		if l.Len() != test.findings || bytes.Contains(b.HTML, []byte(" e ")) {
			t.Errorf("%s: %d findings, want %d; body\n%s", test.name, l.Len(), test.findings, b.HTML)
		}
	}
}

// TestParse_manyAtOnce: one parser used by many goroutines gives each page
// the body that a parser of its own would give.
func TestParse_manyAtOnce(t *testing.T) {
	t.Parallel()
	page := func(i int) []byte {
		return fmt.Appendf(nil, "# T%d\n\n[a](b%d) <b id=x%d>c\n\n```go\nvar x = %d\n```\n\n[^1]\n\n[^1]: n%d\n", i, i, i, i, i)
	}
	p := markdown.New(markdown.Options{})
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			var l, m diag.List
			got := p.Parse(page(i), diag.Pos{}, &l)
			want := markdown.New(markdown.Options{}).Parse(page(i), diag.Pos{}, &m)
			if string(got.HTML) != string(want.HTML) || got.Links[0] != want.Links[0] || got.Headings[0] != want.Headings[0] {
				t.Errorf("page %d:\n%s\nwant\n%s", i, got.HTML, want.HTML)
			}
		})
	}
	wg.Wait()
}
