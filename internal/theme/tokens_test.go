package theme_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// colours reads the colours of tokens.css: of each name its light and its dark
// value.
func colours(t *testing.T) map[string][2]string {
	t.Helper()
	css, err := os.ReadFile("../../themes/default/base/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		found[m[1]] = [2]string{m[2], m[3]}
	}
	return found
}

// TestTokens_contrast: in both themes, what is read has 4.5:1 to every ground
// that it stands on, and what is only seen 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
func TestTokens_contrast(t *testing.T) {
	t.Parallel()
	all := colours(t)
	grounds := []string{"paper", "panel", "shade"}
	pairs := []struct {
		least  float64
		marks  []string
		ground []string
	}{
		{4.5, []string{"ink", "link", "link-hover"}, []string{"paper", "panel", "shade", "mark", "note-panel", "tip-panel", "important-panel", "warning-panel", "caution-panel", "sample-panel"}},
		{4.5, []string{"soft"}, grounds},
		{4.5, []string{"paper"}, []string{"link"}}, // the skip link, the stage of a strip
		{3, []string{"edge", "axis", "series-1", "series-2", "series-3", "series-4"}, []string{"paper", "panel"}},
		{3, []string{"link"}, grounds}, // the ring of the focus
	}
	for _, kind := range []string{"note", "tip", "important", "warning", "caution", "sample"} {
		pairs = append(pairs, struct {
			least  float64
			marks  []string
			ground []string
		}{4.5, []string{kind}, []string{"paper", "panel", kind + "-panel"}})
	}
	for _, p := range pairs {
		for _, mark := range p.marks {
			for _, ground := range p.ground {
				for i, theme := range []string{"light", "dark"} {
					a, b := all[mark][i], all[ground][i]
					if a == "" || b == "" {
						t.Fatalf("tokens.css has no colour %s or %s", mark, ground)
					}
					if c := contrast(a, b); c < p.least {
						t.Errorf("%s: --%s %s on --%s %s has a contrast of %.2f, want %v", theme, mark, a, ground, b, c, p.least)
					}
				}
			}
		}
	}
}

// contrast is the contrast ratio of two colours, after WCAG.
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
