package markdown

import (
	"os"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestMath: what is a formula depends on the syntax; money is none by default.
func TestMath(t *testing.T) {
	t.Parallel()
	const (
		money    = "From $5 to 10$ a month, or $1 and $2.\n\n$$\n"
		dollars  = "a $x$ b"
		backtick = "a $`x`$ b"
		fence    = "```math\nx\n```"
	)
	for _, tt := range []struct {
		syntax MathSyntax
		src    string
		want   bool
	}{
		{"", money, false}, {"", dollars, false}, {"", backtick, true}, {"", fence, true},
		{MathFenced, dollars, false}, {MathFenced, fence, true},
		{MathDollars, dollars, true}, {MathDollars, backtick, true}, {MathDollars, fence, true},
		{MathDollars, "it is $5 and $10, or $ 5 and 6 $", false},
		{MathDollars, "run `echo $A` or `echo $B`", false},
		{MathDollars, "$a `b$`", false},
		{MathDollars, "$$ a\n\nb $$", false},
		{MathOff, dollars, false}, {MathOff, backtick, false}, {MathOff, fence, false},
	} {
		b, _ := parse(tt.src, Options{Math: tt.syntax})
		mustCheck(t, tt.src, b)
		if got := strings.Contains(string(b.HTML), `<code class="tex`); got != tt.want || b.Draws.Formulas != tt.want {
			t.Errorf("%q %q: formula %v, said %v, want %v\n%s", tt.syntax, tt.src, got, b.Draws.Formulas, tt.want, b.HTML)
		}
	}
}

func TestMath_golden(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/formulas.md")
	if err != nil {
		t.Fatal(err)
	}
	b, l := parse(string(src), Options{Math: MathDollars})
	mustCheck(t, string(src), b)
	testkit.Golden(t, "formulas-dollars.txt", dump(t, b, l))
}
