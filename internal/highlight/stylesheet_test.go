package highlight

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/chroma/v2"
)

// TestStylesheet_contrast: every colour of code can be read on every ground
// that it may stand on (WCAG 2.2, 1.4.3).
func TestStylesheet_contrast(t *testing.T) {
	t.Parallel()
	for _, i := range inks {
		if i.light == "" {
			continue
		}
		for ground, colour := range map[string]string{"#ffffff": i.light, "#e4ebec": i.light, "#000000": i.dark, "#22303b": i.dark} {
			if c := contrast(colour, ground); c < 4.5 {
				t.Errorf("class %s: %s on %s has a contrast of %.2f", i.class, colour, ground, c)
			}
		}
	}
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(colour string) float64 {
	n, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		panic(err)
	}
	part := func(v uint64) float64 {
		c := float64(v&255) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*part(n>>16) + .7152*part(n>>8) + .0722*part(n)
}

// TestStylesheet_classes: every class that code can have has a rule, and every
// rule a class.
func TestStylesheet_classes(t *testing.T) {
	t.Parallel()
	css := string(Stylesheet())
	for c := none + 1; int(c) < len(spans); c++ {
		name := strings.TrimSuffix(strings.TrimPrefix(spans[c], `<span class="`), `">`)
		if name == "" || !strings.Contains(css, ".code ."+name+"{") {
			t.Errorf("class %d is %q and has no rule", c, name)
		}
	}
	for token, name := range chroma.StandardTypes {
		if c := classOf(token); int(c) >= len(spans) {
			t.Errorf("%v (%s in chroma) has class %d, which there is not", token, name, c)
		}
	}
	if len(inks) != len(spans)-1 {
		t.Errorf("%d rules for %d classes", len(inks), len(spans)-1)
	}
	if strings.Count(css, "{") != strings.Count(css, "}") || strings.Contains(css, "{}") {
		t.Errorf("style sheet is not whole:\n%s", css)
	}
}
