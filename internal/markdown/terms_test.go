package markdown_test

import (
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/markdown"
)

// marked writes the HTML of a page with its terms in brackets.
func marked(b handbook.Body) string {
	var out strings.Builder
	at := 0
	for _, s := range b.Slots {
		out.Write(b.HTML[at:s.At])
		at = s.At
		switch s.Kind {
		case handbook.SlotTermOpen:
			out.WriteString("[" + b.Terms[s.Index] + ":")
		case handbook.SlotTermClose:
			out.WriteString("]")
		}
	}
	out.Write(b.HTML[at:])
	return strings.TrimSpace(out.String())
}

// The first use of each word in prose is marked, whatever its form; nothing in
// headings, links and code is.
func TestTerms(t *testing.T) {
	t.Parallel()
	p := markdown.New(markdown.Options{Terms: "SLO\tSLO\nblue-green\tblue-green\ncanary release\tcanary release\nlead time\tlead time\nservice level objective\tSLO\ntime\ttime\nÜbergabe\tÜbergabe\n"})
	for _, tt := range []struct{ text, want string }{
		{"The SLO holds. The SLO again.", "<p>The [SLO:SLO] holds. The SLO again.</p>"},
		{"No slo, no SLOW, no XSLO.", "<p>No slo, no SLOW, no XSLO.</p>"},
		{"Two SLOs, one service level objective.", "<p>Two [SLO:SLOs], one service level objective.</p>"},
		{"Service Level Objectives", "<p>[SLO:Service Level Objectives]</p>"},
		{"Lead time, then time.", "<p>[lead time:Lead time], then [time:time].</p>"},
		{"Canary releases & lead times.", "<p>[canary release:Canary releases] &amp; [lead time:lead times].</p>"},
		{"lead timer, leads time", "<p>lead timer, leads [time:time]</p>"},
		{"A blue-green deployment", "<p>A [blue-green:blue-green] deployment</p>"},
		{"Die Übergabe!", "<p>Die [Übergabe:Übergabe]!</p>"},
		{"## The SLO\n\nAn SLO", "<h2 id=\"the-slo\">The SLO<a class=\"anchor\" href=\"#the-slo\" aria-label=\"Section titled The SLO\"></a></h2>\n<p>An [SLO:SLO]</p>"},
		{"`SLO` [SLO](x.md) **SLO**", "<p><code>SLO</code> SLO <strong>[SLO:SLO]</strong></p>"},
		{"<kbd>SLO</kbd> <b>SLO</b>", "<p><kbd>SLO</kbd> <b>[SLO:SLO]</b></p>"},
		{"lead\ntime", "<p>lead\n[time:time]</p>"},
		{"", ""},
	} {
		var l diag.List
		if got := marked(p.Parse([]byte(tt.text), diag.Pos{Line: 1, Column: 1}, &l)); got != tt.want {
			t.Errorf("%q\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}
