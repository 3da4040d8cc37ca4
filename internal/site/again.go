package site

import (
	"reflect"
	"slices"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// again is the site with other texts in some of its pages, which is what nearly
// every edit changes. It is false where more may have changed: then everything
// is worked out anew. Nothing that New finds out depends on the text of a page,
// and findings about a page that has any are made anew, since they have
// positions.
func (s *Site) again(tree *handbook.Tree, opts Options) (*Site, diag.List, bool) {
	if s == nil || s.tree.Name != tree.Name || len(s.tree.Pages) != len(tree.Pages) ||
		s.opts.Title != opts.Title || s.opts.Owner != opts.Owner || s.opts.Strict != opts.Strict || s.opts.Drafts != opts.Drafts || s.opts.Content != opts.Content || s.opts.Wiki != opts.Wiki ||
		!sameFiles(tree.Files, s.tree.Files) || !sameLists(tree, s.tree) {
		return nil, diag.List{}, false
	}
	next := *s
	next.tree = tree
	next.Pages = slices.Clone(s.Pages)
	next.Services = slices.Clone(s.Services)
	at := 0 // in Pages, which are those of the tree without drafts
	for i, p := range tree.Pages {
		shown := at < len(s.Pages) && s.Pages[at].Path == p.Path
		if old := s.tree.Pages[i]; old != p {
			if s.about(old) || s.about(p) || !sameButText(old, p) {
				return nil, diag.List{}, false
			}
			if shown {
				page := *s.Pages[at]
				page.Page = p
				next.Pages[at] = &page
				if i := slices.Index(next.Services, s.Pages[at]); i >= 0 {
					next.Services[i] = &page
				}
			}
		}
		if shown {
			at++
		}
	}
	var found diag.List
	found.Add(s.found...)
	return &next, found, true
}

// about reports whether a finding is about a page or a file that it includes.
func (s *Site) about(p *handbook.Page) bool {
	return s.noisy[p.Pos.Path] ||
		slices.ContainsFunc(p.Body.Links, func(l handbook.Link) bool { return s.noisy[l.Pos.Path] }) ||
		slices.ContainsFunc(p.Body.Metrics, func(m handbook.MetricRef) bool { return s.noisy[m.Pos.Path] })
}

func sameFiles(x, y []handbook.File) bool {
	return slices.EqualFunc(x, y, func(a, b handbook.File) bool { return a.Path == b.Path && a.Width == b.Width && a.Height == b.Height })
}

// sameLists reports whether what stands in lists of the content is the same.
func sameLists(x, y *handbook.Tree) bool {
	return reflect.DeepEqual(x.Sections, y.Sections) && reflect.DeepEqual(x.Terms, y.Terms) && reflect.DeepEqual(x.People, y.People)
}

// sameButText reports whether two states of a page differ in nothing that other
// pages, or findings other than the parser's, depend on. Positions in the body
// are nothing of the sort as long as there are no findings.
func sameButText(x, y *handbook.Page) bool {
	return x.Path == y.Path && x.Pos == y.Pos && x.Kind == y.Kind && x.Body.Summary == y.Body.Summary && x.Body.Minutes() == y.Body.Minutes() && x.Body.Draws == y.Body.Draws &&
		slices.Equal(x.Body.Anchors, y.Body.Anchors) && slices.Equal(x.Body.Terms, y.Body.Terms) &&
		slices.EqualFunc(x.Body.Links, y.Body.Links, func(a, b handbook.Link) bool { a.Pos, b.Pos = diag.Pos{}, diag.Pos{}; return a == b }) &&
		slices.EqualFunc(x.Body.Headings, y.Body.Headings, func(a, b handbook.Heading) bool { a.Pos, b.Pos = diag.Pos{}, diag.Pos{}; return a == b }) &&
		slices.EqualFunc(x.Body.Metrics, y.Body.Metrics, func(a, b handbook.MetricRef) bool {
			a.Pos, a.Service.Pos, a.Metric.Pos = b.Pos, b.Service.Pos, b.Metric.Pos
			return a == b
		}) &&
		reflect.DeepEqual(x.Meta, y.Meta)
}

// remember keeps what again needs.
func (s *Site) remember(tree *handbook.Tree, opts Options, found diag.List) {
	opts.Previous = nil
	s.tree, s.opts, s.noisy, s.kin = tree, opts, map[string]bool{}, new(int)
	for _, f := range found.All() {
		s.noisy[f.Pos.Path] = true
		s.found = append(s.found, *f)
	}
}

// SameButTexts reports whether two states of a site differ in the texts of
// pages only. Their Pages are then the same but for those pages.
func (s *Site) SameButTexts(other *Site) bool { return s.kin == other.kin }
