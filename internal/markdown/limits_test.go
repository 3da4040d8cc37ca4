package markdown

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
)

// bombs are pages of n bytes that cost a Markdown parser without limits more
// than their length is worth.
var bombs = []struct {
	name string
	page func(n int) string
}{
	{"ragged table", func(n int) string {
		return strings.Repeat("a|", n/8) + "\n" + strings.Repeat("-|", n/8) + "\n" + strings.Repeat("x\n", n/4)
	}},
	{"many ragged tables", func(n int) string {
		one := strings.Repeat("a|", 199) + "\n" + strings.Repeat("-|", 199) + "\n" + strings.Repeat("x\n", 240) + "\n"
		return strings.Repeat(one, n/len(one))
	}},
	{"escaped pipes", func(n int) string { return "|a|\n|-|\n" + strings.Repeat("|`\\|`|\n", n/7) }},
	{"heading attributes", func(n int) string { return "# a " + strings.Repeat("{a=", n/3) }},
	{"heading ids", func(n int) string { return "# a " + strings.Repeat("{#", n/2) + "}" }},
	{"link openers", func(n int) string { return strings.Repeat("[a](", n/4) }},
	{"image openers", func(n int) string { return strings.Repeat("![", n/2) }},
	{"brackets", func(n int) string { return strings.Repeat("[", n) }},
	{"brackets in pairs", func(n int) string { return strings.Repeat("[", n/2) + strings.Repeat("]", n/2) }},
	{"links in links", func(n int) string { return strings.Repeat("[", n/6) + strings.Repeat("](u)", n/6) }},
	{"references", func(n int) string { return "[a]: /u\n\n" + strings.Repeat("[a][", n/4) }},
	{"footnote openers", func(n int) string { return "[^a]: x\n\n" + strings.Repeat("[^", n/2) }},
	{"emphasis of two kinds", func(n int) string { return strings.Repeat("*a_ ", n/4) }},
	{"strikethrough", func(n int) string { return strings.Repeat("~~a ~b", n/6) }},
	{"one run", func(n int) string { return strings.Repeat("*", n/2) + "a" + strings.Repeat("*", n/2) }},
	{"runs in runs", func(n int) string {
		return strings.Repeat(strings.Repeat("*", 99)+"a", n/200) + strings.Repeat("b"+strings.Repeat("*", 99), n/200)
	}},
	{"emphasis in emphasis", func(n int) string { return strings.Repeat("*a **b ", n/7) }},
	{"lists on a line", func(n int) string { return strings.Repeat("- ", n/2) }},
	{"quotes on a line", func(n int) string { return strings.Repeat(">", n) }},
	{"nested list", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(strings.Repeat("  ", i) + "- a\n")
		}
		return b.String()
	}},
	{"nested definitions", func(n int) string { return "a\n" + strings.Repeat(": ", n/2) + "b" }},
	{"link definitions", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "[a%d]: /u\n", i)
		}
		return b.String()
	}},
	{"footnotes", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n/2; i++ {
			fmt.Fprintf(&b, "[^%d]: x\n", i)
		}
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "[^%d] ", i)
		}
		return b.String()
	}},
	{"backticks of all lengths", func(n int) string {
		var b strings.Builder
		for i := 1; b.Len() < n; i++ {
			b.WriteString(strings.Repeat("`", i) + "a")
		}
		return b.String()
	}},
	{"mail addresses", func(n int) string { return strings.Repeat("_a", n/2) }},
	{"more mail addresses", func(n int) string { return strings.Repeat("_a@", n/3) }},
	{"mail domain", func(n int) string { return strings.Repeat("_a", 16) + "@" + strings.Repeat("a.", n/2) }},
	{"web addresses", func(n int) string { return strings.Repeat(" http://a", n/9) }},
	{"parentheses", func(n int) string { return "http://a.b/" + strings.Repeat("(", n) }},
	{"comments", func(n int) string { return "a " + strings.Repeat("<!--", n/4) }},
	{"instructions", func(n int) string { return "a " + strings.Repeat("<?", n/2) }},
	{"CDATA", func(n int) string { return "a " + strings.Repeat("<![CDATA[", n/9) }},
	{"tags without end", func(n int) string { return "a " + strings.Repeat("<a ", n/3) }},
	{"attributes", func(n int) string { return "<a " + strings.Repeat("b=c ", n/4) + ">" }},
	{"ampersands", func(n int) string { return strings.Repeat("&a", n/2) }},
	{"colons", func(n int) string { return strings.Repeat(":a", n/2) }},
	{"equal headings", func(n int) string { return strings.Repeat("# a\n", n/4) }},
	{"open elements", func(n int) string { return strings.Repeat("<b>", n/3) }},
	{"open tables", func(n int) string { return strings.Repeat("<table><td>", n/11) }},
	{"open blocks", func(n int) string { return "<div>\n\n" + strings.Repeat("<div>\n\n", n/7) }},
	{"ids to settle", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "<a id=\"a%d\"></a>\n# a%d\n", i, i)
		}
		return b.String()
	}},
	{"underlines", func(n int) string { return strings.Repeat("a\n", n/4) + strings.Repeat("---\n", n/8) }},
	{"lazy lines", func(n int) string { return strings.Repeat("> ", 64) + strings.Repeat("a\n", n/2) }},
	{"alerts", func(n int) string { return strings.Repeat("> [!NOTE]\n> a\n\n", n/15) }},
}

// TestRel_T12_bombs: every bomb either fits its limits or is said to exceed
// them, and what comes out is in proportion to what went in. None of them can
// take long: one that did would show as a test that hangs.
func TestRel_T12_bombs(t *testing.T) {
	t.Parallel()
	for _, bomb := range bombs {
		t.Run(bomb.name, func(t *testing.T) {
			t.Parallel()
			page := bomb.page(128 << 10)
			b, l := parse(page, Options{Metrics: true})
			if len(b.HTML) > outputLimit(len(page)) {
				t.Errorf("%d bytes became %d", len(page), len(b.HTML))
			}
			for _, f := range l.All() {
				if f.Code != diag.TooLarge || f.Pos.Line == 0 || f.Pos.Column == 0 {
					t.Errorf("finding %+v", f)
				}
			}
			if err := check(b); err != nil {
				t.Errorf("%.500v", err)
			}
		})
	}
}
