package facet_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// BenchmarkNew makes the index of 10,000 pages: from nothing, after a title was
// edited, and after a text was.
func BenchmarkNew(b *testing.B) {
	tree := &handbook.Tree{Name: "tree"}
	for i := range 10_000 {
		p := &handbook.Page{Path: handbook.Path(fmt.Sprintf("s%d/p%d.md", i/100, i)), Kind: handbook.Plain}
		p.Meta.Title = fmt.Sprint("Page ", i)
		for k := range 4 {
			to := (i*7 + k*1009) % 10_000
			p.Body.Links = append(p.Body.Links, handbook.Link{Dest: fmt.Sprintf("/s%d/p%d.md", to/100, to)})
		}
		p.Key = sha256.Sum256([]byte(p.Path))
		tree.Pages = append(tree.Pages, p)
	}
	edited := func(n int, title bool, before *site.Site) *site.Site {
		page := *tree.Pages[5050]
		page.Key = sha256.Sum256(fmt.Append(nil, n))
		if title {
			page.Meta.Title = fmt.Sprint("Another title ", n)
		}
		next := *tree
		next.Pages = append([]*handbook.Page(nil), tree.Pages...)
		next.Pages[5050] = &page
		s, _ := site.New(&next, site.Options{Previous: before})
		return s
	}
	first := edited(0, false, nil)
	index := facet.New(first, input(first), nil)
	for _, c := range []struct {
		name   string
		site   *site.Site
		before *facet.Index
	}{
		{"from nothing", first, nil},
		{"title", edited(1, true, first), index},
		{"text", edited(2, false, first), index},
	} {
		b.Run(c.name, func(b *testing.B) {
			in := input(c.site)
			for b.Loop() {
				facet.New(c.site, in, c.before)
			}
		})
	}
}
