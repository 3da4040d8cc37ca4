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
	{"indented callouts", func(n int) string { return strings.Repeat("!!! note\n", n/9) }},
	{"nested indented callouts", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(strings.Repeat("    ", min(i, 70)) + "!!! note\n")
		}
		return b.String()
	}},
	{"colon callouts", func(n int) string { return strings.Repeat(":::note\n", n/8) }},
	{"closed callouts", func(n int) string { return strings.Repeat(":::note\n:::\n", n/12) }},
	{"colons that close nothing", func(n int) string {
		return strings.Repeat("::::note\n", maxContainers) + strings.Repeat(":::\n", n/4)
	}},
	{"colons that close one by one", func(n int) string {
		one := strings.Repeat(":::note\n", maxContainers) + strings.Repeat(":::\n", maxContainers)
		return strings.Repeat(one, n/len(one))
	}},
	{"callouts of all lengths", func(n int) string {
		var b strings.Builder
		for i := 3; b.Len() < n; i++ {
			b.WriteString(strings.Repeat(":", i) + "note\n")
		}
		return b.String()
	}},
	{"tabs", func(n int) string { return strings.Repeat("=== \"a\"\n", n/8) }},
	{"headed tabs", func(n int) string { return ":::tabs\n" + strings.Repeat("== a\n", n/5) }},
	{"code group", func(n int) string { return "::: code-group\n" + strings.Repeat("```\n```\n", n/8) }},
	{"abbreviations", func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "*[a%d]: b\n", i)
		}
		return b.String()
	}},
	{"abbreviations alike", func(n int) string {
		var b strings.Builder
		for i := range maxAlike {
			fmt.Fprintf(&b, "*[a %s]: b\n", strings.Repeat("a ", i+1)+"b")
		}
		return b.String() + "\n" + strings.Repeat("a ", n/2)
	}},
	{"long explanations", func(n int) string { return "*[a]: " + strings.Repeat("b", 300) + "\n\n" + strings.Repeat("a ", n/2) }},
	{"attribute lists", func(n int) string { return strings.Repeat("`a`{#b .c} ", n/11) }},
	{"open attribute lists", func(n int) string { return "`a`" + strings.Repeat("{: ", n/3) }},
	{"long attribute lists", func(n int) string { return strings.Repeat("`a`{:"+strings.Repeat(" .a", 90), n/275) }},
	{"links by name", func(n int) string { return strings.Repeat("[[a", n/3) }},
	{"template tags", func(n int) string { return strings.Repeat("{{", n/2) }},
	{"more template tags", func(n int) string { return strings.Repeat("{% a ", n/5) }},
	{"template tags in HTML", func(n int) string { return "<div>" + strings.Repeat("<% a ", n/5) }},
	{"components", func(n int) string { return strings.Repeat("<Aa>", n/8) + strings.Repeat("</Aa>", n/10) }},
	{"template addresses", func(n int) string { return "[a](" + strings.Repeat("{{", n/2) + ")" }},
	{"dollars", func(n int) string { return strings.Repeat("$", n) }},
	{"money", func(n int) string { return strings.Repeat("$5 ", n/3) }},
	{"money on lines", func(n int) string { return strings.Repeat("$5 a\n", n/5) }},
	{"pairs of dollars", func(n int) string { return strings.Repeat("a $$b ", n/6) }},
	{"dollars and code", func(n int) string { return strings.Repeat("$a `b ", n/6) }},
	{"dollars with backticks", func(n int) string { return strings.Repeat("$`a ", n/4) }},
	{"formulas", func(n int) string { return strings.Repeat("$a$ $$b$$ $`c`$ ", n/16) }},
	{"displays", func(n int) string { return strings.Repeat("$$a\n", n/4) + "$$" }},
	{"displays in a list", func(n int) string { return strings.Repeat("- $$a\n", n/6) }},
	{"displays in a list that one line ends", func(n int) string { return strings.Repeat("- $$a\n", n/6) + "b$$" }},
	{"displays without end", func(n int) string { return strings.Repeat("$$a\n> ", n/6) }},
	{"words behind a fence", func(n int) string { return "```go " + strings.Repeat("{1} ", n/4) + "\na\n```" }},
	{"openers behind a fence", func(n int) string { return "```go " + strings.Repeat("{[", n/2) + "\na\n```" }},
	{"numbered lines", func(n int) string { return "```go linenums=1\n" + strings.Repeat("\n", n) }},
	{"marked lines", func(n int) string {
		return "```go {" + strings.Repeat("1-9999,", 99) + "1}\n" + strings.Repeat("a\n", n/16)
	}},
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
			b, l := parse(page, Options{Metrics: true, Wiki: true, Math: MathDollars})
			if len(b.HTML) > outputLimit(len(page)) {
				t.Errorf("%d bytes became %d", len(page), len(b.HTML))
			}
			for _, f := range l.All() {
				if f.Code == diag.ForeignSyntax {
					continue
				}
				if f.Code != diag.TooLarge || f.Pos.Line == 0 || f.Pos.Column == 0 {
					t.Errorf("finding %+v", f)
				}
			}
			if len(b.HTML) < 256<<10 { // the oracle takes longer than the parser
				if err := check(b); err != nil {
					t.Errorf("%.500v", err)
				}
			}
		})
	}
}

// TestRel_T12_limits: each limit is said where it is exceeded, and the text is
// still there; one below it nothing is said.
func TestRel_T12_limits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, over, under string
		at                string // of the finding
		keeps             string
	}{
		{"page", strings.Repeat("<b>a\n", maxPage/5+1), strings.Repeat("abcd\n", maxPage/5), "page.md:1:1", "&lt;b&gt;a"},
		{"depth", "a\n\n" + strings.Repeat("> ", maxDepth+1) + "b", "a\n\n" + strings.Repeat("> ", maxDepth) + "b", "page.md:3:129", "&gt; b"},
		{"list depth", strings.Repeat("- ", maxDepth+1) + "b", strings.Repeat("- ", maxDepth) + "b", "page.md:1:129", "- b"},
		{"callout depth", strings.Repeat(":::note\n", maxContainers+1) + "b", strings.Repeat(":::note\n", maxContainers) + "b", "page.md:17:1", ":::note"},
		{"abbreviations", "*[a 1]: x\n*[a 2]: x\n" + strings.Repeat("*[b]: x\n", maxAbbreviations-1), strings.Repeat("*[b]: x\n", maxAbbreviations), "page.md:1001:1", "</abbr>]: x"},
		{"openers", "é" + strings.Repeat("[a", maxOpeners+1), strings.Repeat("[a", maxOpeners), "page.md:1:2002", "[a[a"},
		{"columns", "x\n\n" + strings.Repeat("a|", maxColumns+1) + "\n" + strings.Repeat("-|", maxColumns+1), "a|b\n-|-\n", "page.md:3:1", "a|a|"},
		{"cells", strings.Repeat("a|", 100) + "\n" + strings.Repeat("-|", 100) + "\n" + strings.Repeat("x\n", 500), strings.Repeat("a|", 90) + "\n" + strings.Repeat("-|", 90) + "\n" + strings.Repeat("x\n", 500), "page.md:1:1", "a|a|"},
		{"footnotes", strings.Repeat("[^a]: x\n\n", maxFootnotes+1), strings.Repeat("[^a]: x\n", maxFootnotes), "page.md:4001:1", "[^a]: x"},
		{"definitions", strings.Repeat("[a]: b\n", maxDefinitions+1), strings.Repeat("[a]: b\n", maxDefinitions), "page.md:1:1", "[a]: b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b, l := parse(test.over, Options{})
			if l.Len() != 1 || l.All()[0].Code != diag.TooLarge || l.All()[0].Pos.String() != test.at || l.All()[0].Severity != diag.Error {
				t.Errorf("findings %v, want one RT116 at %s", texts(l), test.at)
			}
			if !strings.Contains(string(b.HTML), test.keeps) {
				t.Errorf("%q is not in the body %.200s", test.keeps, b.HTML)
			}
			if _, l := parse(test.under, Options{}); l.Len() != 0 {
				t.Errorf("below the limit: findings %v", texts(l))
			}
		})
	}
}

// TestRel_T12_output: a page that becomes far more HTML than it has text is
// shown as it is.
func TestRel_T12_output(t *testing.T) {
	t.Parallel()
	src := strings.Repeat("# a\n", 100_000)
	b, l := parse(src, Options{})
	if l.Len() != 1 || l.All()[0].Code != diag.TooLarge || len(b.HTML) > 2*len(src) || len(b.Headings) > 0 || len(b.Slots) > 0 {
		t.Errorf("findings %v, %d bytes, %d headings", texts(l), len(b.HTML), len(b.Headings))
	}
}

func texts(l diag.List) []string {
	var all []string
	for _, f := range l.All() {
		all = append(all, fmt.Sprintf("%s %s[%s] %s", f.Pos, f.Severity, f.Code, f.Message))
	}
	return all
}
