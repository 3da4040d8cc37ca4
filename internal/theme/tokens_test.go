package theme_test

import (
	"maps"
	"os"
	"testing"

	"github.com/rutter-dev/rutter/internal/colour"
	"github.com/rutter-dev/rutter/internal/theme"
)

func TestReadTokens(t *testing.T) {
	t.Parallel()
	got := theme.ReadTokens([]byte(":root { --a: light-dark(#010203, #FFF); --b:#abc; --c: light-dark(red, #000); --d: #12345678; --a : none } .x { --b: light-dark( #111111 ,#222222 )}"))
	black, white := colour.Colour{R: 1, G: 2, B: 3}, colour.Colour{R: 255, G: 255, B: 255}
	want := theme.Tokens{"a": {Day: black, Night: white}, "b": {Day: colour.Colour{R: 17, G: 17, B: 17}, Night: colour.Colour{R: 34, G: 34, B: 34}}}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestTokens_contrast: in both themes, what is read has 4.5:1 to every ground
// that it stands on, and what is only seen 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
func TestTokens_contrast(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("../../themes/default/base/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	all := theme.ReadTokens(css)
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
				for i, when := range []string{"light", "dark"} {
					of, on := all[mark], all[ground]
					if of == (theme.DayNight{}) || on == (theme.DayNight{}) {
						t.Fatalf("tokens.css has no colour %s or %s", mark, ground)
					}
					a, b := of.Day, on.Day
					if i == 1 {
						a, b = of.Night, on.Night
					}
					if c := colour.Contrast(a, b); c < p.least {
						t.Errorf("%s: --%s %s on --%s %s has a contrast of %.2f, want %v", when, mark, a, ground, b, c, p.least)
					}
				}
			}
		}
	}
}
