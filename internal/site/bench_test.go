package site_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// handbookOf makes a tree of n pages in folders of a hundred, each with four
// headings and four links to other pages, one of them to a heading.
func handbookOf(n int) *handbook.Tree {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	tree := &handbook.Tree{Name: "handbook"}
	for i := range n {
		path := fmt.Sprintf("s%d/p%d.md", i/100, i)
		p := &handbook.Page{Path: handbook.Path(path), Pos: diag.Pos{Path: "content/" + path}, Kind: handbook.Plain}
		p.Meta.Title = fmt.Sprintf("Page %d", i)
		for s := range 4 {
			p.Body.Headings = append(p.Body.Headings, handbook.Heading{Level: 2, ID: fmt.Sprintf("section-%d", s), Text: "Section"})
			to := r.IntN(n)
			dest := fmt.Sprintf("../s%d/p%d.md", to/100, to)
			if s == 3 {
				dest += "#section-2"
			}
			p.Body.Links = append(p.Body.Links, handbook.Link{Dest: dest, Text: "another", Pos: diag.Pos{Path: p.Pos.Path, Line: 10 * s, Column: 5}})
		}
		tree.Pages = append(tree.Pages, p)
	}
	return tree
}

// BenchmarkNew resolves a site from nothing, and after one page was edited.
func BenchmarkNew(b *testing.B) {
	tree := handbookOf(10_000)
	for _, name := range []string{"clean", "edit"} {
		b.Run(name, func(b *testing.B) {
			var before *site.Site
			b.ReportAllocs()
			for b.Loop() {
				page := *tree.Pages[5000]
				tree.Pages[5000] = &page
				s, found := site.New(tree, site.Options{Strict: true, Previous: before})
				if len(s.Pages) != len(tree.Pages) || found.Len() > 0 {
					b.Fatalf("%d pages, findings %v", len(s.Pages), found.All())
				}
				if name == "edit" {
					before = s
				}
			}
		})
	}
}

// BenchmarkBroken resolves a site in which a folder was renamed: a hundred pages
// are elsewhere, and all that link to them lead nowhere.
func BenchmarkBroken(b *testing.B) {
	tree := handbookOf(10_000)
	for i, p := range tree.Pages {
		if p.Path.Dir() == "s50" {
			page := *p
			page.Path = handbook.Path("moved/" + p.Path.Base())
			tree.Pages[i] = &page
		}
	}
	for b.Loop() {
		if _, found := site.New(tree, site.Options{Strict: true}); found.Len() < 300 {
			b.Fatalf("%d findings", found.Len())
		}
	}
}
