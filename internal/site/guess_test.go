package site_test

import (
	"fmt"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// TestSuggestionsAreBounded: thousands of links that a renamed folder breaks
// all find its files by their names; links that are wrong in ways of their own
// are compared with every spelling only so often.
func TestSuggestionsAreBounded(t *testing.T) {
	t.Parallel()
	page := func(path string, links ...string) *handbook.Page {
		p := &handbook.Page{Path: handbook.Path(path), Pos: diag.Pos{Path: path}, Kind: handbook.Plain}
		for i, dest := range links {
			p.Body.Links = append(p.Body.Links, handbook.Link{Dest: dest, Pos: diag.Pos{Path: path, Line: i + 1, Column: 1}})
		}
		return p
	}
	tree := &handbook.Tree{Name: "tree"}
	var renamed, misspelled []string
	for i := range 100 {
		tree.Pages = append(tree.Pages, page(fmt.Sprintf("new/p%d.md", i)))
		renamed = append(renamed, fmt.Sprintf("old/p%d.md", i))
		misspelled = append(misspelled, fmt.Sprintf("nwe/p%dx.md", i))
	}
	tree.Pages = append(tree.Pages, page("renamed.md", renamed...), page("wrong.md", append(misspelled, misspelled[0])...))
	_, found := site.New(tree, site.Options{Strict: true})
	hints := map[string]int{}
	for _, f := range found.All() {
		if f.Hint != "" {
			hints[f.Pos.Path]++
		}
	}
	if hints["renamed.md"] != 100 {
		t.Errorf("%d of 100 links to a renamed folder have a suggestion", hints["renamed.md"])
	}
	if n := hints["wrong.md"]; n < 20 || n > 21 { // the one that stands there twice is known
		t.Errorf("%d of 101 links that are spelled wrong have a suggestion, want 20 or 21", n)
	}
}
