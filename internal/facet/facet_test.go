package facet_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/site"
)

// random makes a small site in which nearly everything is one of a few values,
// so that two of them have much in common.
func input(s *site.Site) facet.Input {
	g, _ := graph.New(s)
	return facet.Input{Graph: g}
}

func random(r *rand.Rand) (*site.Site, facet.Input) {
	tree := &handbook.Tree{Name: "tree"}
	for _, path := range []string{"_index.md", "a.md", "b.md", "roles/_index.md", "roles/qa.md", "roles/x/one.md", "roles/x/two.md", "services/shop.md"} {
		if path != "_index.md" && r.IntN(6) == 0 {
			continue
		}
		p := &handbook.Page{Path: handbook.Path(path), Pos: diag.Pos{Path: path}, Kind: handbook.Plain}
		if r.IntN(4) == 0 {
			p.Kind = handbook.Role
		}
		if path == "services/shop.md" {
			p.Kind = handbook.Service
		}
		p.Meta.Title = fmt.Sprintf("Title %d", r.IntN(2))
		p.Meta.Summary = fmt.Sprintf("Summary %d", r.IntN(2))
		p.Meta.Owner.Value = fmt.Sprintf("team:%d", r.IntN(2))
		p.Meta.Weight = r.IntN(2)
		p.Body.Words = r.IntN(2)
		p.Body.HTML = fmt.Appendf(nil, "Text %d", r.IntN(2))
		for _, to := range []string{"a.md", "roles/x/one.md"} {
			if r.IntN(2) == 0 {
				p.Body.Links = append(p.Body.Links, handbook.Link{Dest: "/" + to})
			}
		}
		p.Key = sha256.Sum256(fmt.Append(nil, p.Meta, p.Body))
		p.Sum = p.Key
		tree.Pages = append(tree.Pages, p)
	}
	s, _ := site.New(tree, site.Options{Title: fmt.Sprintf("Site %d", r.IntN(2))})
	in := facet.Input{
		Settings:   facet.Settings{BaseURL: fmt.Sprint(r.IntN(2)), Language: fmt.Sprint(r.IntN(2)), Repository: fmt.Sprint(r.IntN(2)), EditRoot: fmt.Sprint(r.IntN(2)), Version: fmt.Sprint(r.IntN(2))},
		Assets:     facet.Assets{Stylesheet: fmt.Sprint(r.IntN(2)), Script: fmt.Sprint(r.IntN(2)), Icon: fmt.Sprint(r.IntN(2)), Explorer: fmt.Sprint(r.IntN(2))},
		Layouts:    map[string]pack.Hash{"page": pack.SumBytes([]byte{byte(r.IntN(2))})},
		Deliveries: map[string]pack.Hash{"shop": pack.SumBytes([]byte{byte(r.IntN(2))})},
	}
	in.Graph, _ = graph.New(s)
	return s, in
}

// own is all that a page knows of itself.
type own struct {
	Path                          handbook.Path
	Kind                          handbook.Kind
	Address, Name, Title, Heading string
	Summary                       string
	Standing                      site.Standing
	Folder                        handbook.Path
	IsSection                     bool
	Meta                          handbook.Meta
	Body                          handbook.Body
	Text                          handbook.Text
	Targets                       []site.Target
}

// views are all values that can be read of a site, by a name, each as a function
// that reads it.
func views(x *facet.Index) map[string]func(*facet.Reader) any {
	all := map[string]func(*facet.Reader) any{
		"shared":    func(r *facet.Reader) any { return *r.Shared() },
		"assets":    func(r *facet.Reader) any { return r.Assets() },
		"tree":      func(r *facet.Reader) any { return r.Tree() },
		"addresses": func(r *facet.Reader) any { return r.Addresses() },
		"handbook":  func(r *facet.Reader) any { return *r.Handbook() },
	}
	folders := []handbook.Path{"."}
	for p := range x.Pages() {
		all["page "+string(p)] = func(r *facet.Reader) any {
			o := r.Page(p)
			text, _ := o.Text()
			return own{o.Path(), o.Kind(), o.Address(), o.Name(), o.Title(), o.Heading(), o.Summary(), o.Standing(), o.Folder(), o.IsSection(), o.Meta(), *o.Body(), text, o.Targets()}
		}
		all["relations "+string(p)] = func(r *facet.Reader) any { return *r.Relations(p) }
		all["nav "+string(p)] = func(r *facet.Reader) any { return r.PageNav(p) }
		all["beside "+string(p)] = func(r *facet.Reader) any { a, b := r.Beside(p); return []*facet.Link{a, b} }
		all["backlinks "+string(p)] = func(r *facet.Reader) any { list, more := r.Backlinks(p); return []any{list, more} }
		for dir := p.Dir(); !slices.Contains(folders, dir); dir = dir.Dir() {
			folders = append(folders, dir)
		}
	}
	for _, dir := range folders {
		all["section "+string(dir)] = func(r *facet.Reader) any { return *r.Section(dir) }
		all["section nav "+string(dir)] = func(r *facet.Reader) any { return r.SectionNav(dir) }
		all["crumbs "+string(dir)] = func(r *facet.Reader) any { return r.Crumbs(dir, true) }
		all["children "+string(dir)] = func(r *facet.Reader) any { return r.Children(dir) }
	}
	return all
}

// TestDifferentValuesHaveDifferentHashes is what everything rests on: where a
// value differs between two sites, what was read of one is not fresh in the
// other. Where all values are equal, it is, or pages would be made for nothing.
func TestDifferentValuesHaveDifferentHashes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	same, differ := 0, 0
	for range 400 {
		s1, in1 := random(r)
		s2, in2 := random(r)
		x1 := facet.New(s1, in1, nil)
		x2 := facet.New(s2, in2, nil)
		after := facet.New(s2, in2, x1) // knows the hashes of x1
		other := views(x2)
		for name, view := range views(x1) {
			r1 := x1.Reader()
			v1 := view(r1)
			reads := r1.Reads()
			if len(reads.List) != 1 {
				t.Fatalf("%s: %d reads", name, len(reads.List))
			}
			if !x1.Fresh(reads) {
				t.Fatalf("%s is not fresh in its own site", name)
			}
			view2, there := other[name]
			fresh := x2.Fresh(reads)
			if got := after.Fresh(reads); got != fresh {
				t.Fatalf("%s: fresh is %t, and %t after the other site", name, fresh, got)
			}
			if !there {
				if fresh {
					t.Fatalf("%s is fresh in a site that does not have it", name)
				}
				continue
			}
			d := cmp.Diff(v1, view2(x2.Reader()), cmpopts.IgnoreFields(handbook.Body{}, "Text"))
			if fresh && d != "" {
				t.Fatalf("%s is fresh and differs:\n%s", name, d)
			}
			if fresh {
				same++
			} else {
				differ++
			}
		}
	}
	if same < 1000 || differ < 1000 {
		t.Errorf("the sites show little: %d values fresh, %d not", same, differ)
	}
}

// TestOnlyWhatChangedIsStale: reads of what two sites have in common stay fresh.
func TestOnlyWhatChangedIsStale(t *testing.T) {
	t.Parallel()
	make := func(change func(map[string]*handbook.Page)) *facet.Index {
		tree := &handbook.Tree{Name: "tree"}
		pages := map[string]*handbook.Page{}
		for _, path := range []string{"_index.md", "a.md", "b.md", "roles/_index.md", "roles/qa.md", "roles/dev.md"} {
			p := &handbook.Page{Path: handbook.Path(path), Kind: handbook.Plain}
			p.Meta.Title = path
			p.Body.Links = []handbook.Link{{Dest: "/roles/qa.md"}}
			pages[path] = p
			tree.Pages = append(tree.Pages, p)
		}
		change(pages)
		for _, p := range tree.Pages {
			p.Key = sha256.Sum256(fmt.Append(nil, p.Meta, p.Body))
			p.Sum = p.Key
		}
		s, _ := site.New(tree, site.Options{Title: "Site"})
		return facet.New(s, input(s), nil)
	}
	before := make(func(map[string]*handbook.Page) {})
	for _, c := range []struct {
		name   string
		change func(map[string]*handbook.Page)
		want   []string // views that are not fresh
	}{
		{"nothing", func(map[string]*handbook.Page) {}, nil},
		{"body", func(p map[string]*handbook.Page) { p["roles/qa.md"].Body.HTML = []byte("other") }, []string{"handbook", "page roles/qa.md"}},
		{"summary", func(p map[string]*handbook.Page) { p["roles/qa.md"].Meta.Summary = "other" }, []string{"children roles", "handbook", "page roles/qa.md"}},
		{"title", func(p map[string]*handbook.Page) { p["roles/qa.md"].Meta.Title = "other" }, []string{
			"beside roles/dev.md", "children roles", "handbook", "nav roles/_index.md", "nav roles/dev.md", "nav roles/qa.md", "page roles/qa.md", "section nav roles", "tree",
		}},
		{"link", func(p map[string]*handbook.Page) { p["b.md"].Body.Links = nil }, []string{"backlinks roles/qa.md", "handbook", "page b.md"}},
	} {
		after := make(c.change)
		var got []string
		for name, view := range views(before) {
			r := before.Reader()
			view(r)
			if !after.Fresh(r.Reads()) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got  %q\nwant %q", c.name, got, c.want)
		}
	}
}

// TestLongSections: a sidebar is cut around its page, and a change outside of
// it does not touch the page.
func TestLongSections(t *testing.T) {
	t.Parallel()
	make := func(title string) *facet.Index {
		tree := &handbook.Tree{Name: "tree"}
		for i := range 200 {
			p := &handbook.Page{Path: handbook.Path(fmt.Sprintf("s/p%03d.md", i)), Kind: handbook.Plain}
			p.Meta.Title = fmt.Sprint("Page ", i)
			if i == 100 {
				p.Meta.Title = title
			}
			p.Key = sha256.Sum256(fmt.Append(nil, p.Path, p.Meta))
			tree.Pages = append(tree.Pages, p)
		}
		s, _ := site.New(tree, site.Options{Title: "Site"})
		return facet.New(s, input(s), nil)
	}
	before, after := make("Page 100"), make("Another")
	stale := 0
	for p := range before.Pages() {
		r := before.Reader()
		n := r.PageNav(p)
		if len(n.Items) != facet.MaxNav || n.Before+n.After+len(n.Items) != 200 {
			t.Fatalf("%s: %d entries, %d before and %d after", p, len(n.Items), n.Before, n.After)
		}
		shows := slices.ContainsFunc(n.Items, func(l *facet.Link) bool { return l.Title == "Page 100" })
		if fresh := after.Fresh(r.Reads()); fresh == shows {
			t.Errorf("%s: fresh %t, shows the page that has changed: %t", p, fresh, shows)
		}
		if shows {
			stale++
		}
	}
	if stale != facet.MaxNav {
		t.Errorf("%d pages are not fresh, want %d", stale, facet.MaxNav)
	}
}
