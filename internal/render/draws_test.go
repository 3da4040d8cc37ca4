package render_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// TestDraws: what draws formulas and diagrams is published where a page has some,
// and only that page loads it.
func TestDraws(t *testing.T) {
	t.Parallel()
	vendor := fstest.MapFS{}
	for _, name := range []string{"formulas.min.js", "formulas.css", "temml.LICENSE.txt", "diagrams.min.js", "diagram.html", "mermaid.LICENSES.txt"} {
		vendor["vendor/"+name] = &fstest.MapFile{Data: []byte(name)}
	}
	th, _ := theme.Load("themes/default", nil, vendor, themes.Default())
	formulas := []string{"assets/formulas.css", "assets/formulas.js", "assets/temml.LICENSE.txt"}
	diagrams := []string{"assets/diagram.html", "assets/diagrams.js", "assets/mermaid.LICENSES.txt"}
	for _, tt := range []struct {
		draws handbook.Draws
		want  []string
	}{
		{handbook.Draws{}, nil},
		{handbook.Draws{Formulas: true}, formulas},
		{handbook.Draws{Diagrams: true}, diagrams},
		{handbook.Draws{Formulas: true, Diagrams: true}, slices.Sorted(slices.Values(slices.Concat(diagrams, formulas)))},
	} {
		p := page("a.md", "A", "<p>text</p>")
		p.Body.Draws = tt.draws
		files, _ := build(t, &handbook.Tree{Name: "t", Pages: []*handbook.Page{p, page("b.md", "B", "")}}, site.Options{}, nil, func(in *render.Input) { in.Theme = th })
		var got []string
		for name := range files {
			parts := strings.Split(name, ".")
			if len(parts) == 3 && len(parts[1]) == 10 {
				parts = slices.Delete(parts, 1, 2) // the hash
			}
			for _, word := range []string{"formulas", "temml", "diagram", "mermaid"} {
				if name := strings.Join(parts, "."); strings.HasPrefix(name, "assets/"+word) && !slices.Contains(got, name) {
					got = append(got, name)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v: published %q, want %q", tt.draws, got, tt.want)
		}
		own, other := string(files["a/index.html"]), string(files["b/index.html"])
		if strings.Contains(own, "assets/formulas.") != tt.draws.Formulas || strings.Contains(own, `data-diagrams="../assets/diagram.`) != tt.draws.Diagrams {
			t.Errorf("%+v: the page loads\n%s", tt.draws, own[:strings.Index(own, "<body")])
		}
		if strings.Contains(other, "assets/formulas.") || strings.Contains(other, "assets/diagram") {
			t.Errorf("%+v: a page without any loads\n%s", tt.draws, other[:strings.Index(other, "<body")])
		}
	}
}
