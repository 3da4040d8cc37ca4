package render_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// BenchmarkMake makes one page of 1,000 with the default theme: a sidebar of 60
// entries, a table of contents, four links and four pages that link to it.
func BenchmarkMake(b *testing.B) {
	tree := &handbook.Tree{Name: "tree"}
	for i := range 1000 {
		var links []handbook.Link
		body := ""
		for k := range 4 {
			to := (i + k*37) % 1000
			links = append(links, handbook.Link{Dest: fmt.Sprintf("../s%d/p%d.md", to/100, to)})
			body += fmt.Sprintf("<p>A text with ⟦open %d⟧a link⟦close %d⟧.</p>\n", k, k)
		}
		p := page(fmt.Sprintf("s%d/p%d.md", i/100, i), fmt.Sprint("Page ", i), body, links...)
		for k := range 4 {
			p.Body.Headings = append(p.Body.Headings, handbook.Heading{Level: 2, ID: fmt.Sprint("h", k), HTML: "Section"})
		}
		tree.Pages = append(tree.Pages, p)
	}
	s, _ := site.New(tree, site.Options{})
	t, _ := theme.Load("themes/default", nil, themes.Default())
	r := render.New(render.Input{Site: s, Theme: t, Delivery: render.NewDelivery(nil, render.DeliveryOptions{Zone: time.UTC, By: dora.Week, Window: handbook.Last{N: 26, Unit: 'w'}})}, nil)
	f := r.Files()[500]
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := r.Make(f); err != nil {
			b.Fatal(err)
		}
	}
}
