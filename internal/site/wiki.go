package site

import (
	"path"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// A link by name, [[Release notes]], leads to the page that has it as the name
// of its file or as its title. Case does not count, and a space is as good as a
// hyphen. Where several pages go by a name, the one in the link's own folder is
// meant; folders before the name tell others apart.

// wikiNames are the pages by each name that they go by.
type wikiNames struct {
	pages map[string][]*Page
	known []string // the names as people write them
}

// folded is how a name is compared.
func folded(name string) string {
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "/"), ".md"))
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), "-")
}

func (b *builder) wikiNames() *wikiNames {
	w := &wikiNames{pages: map[string][]*Page{}}
	for _, p := range b.all {
		for _, name := range []string{stem(p), p.Title} {
			key := folded(name)
			if key == "" || slices.Contains(w.pages[key], p) {
				continue
			}
			w.pages[key] = append(w.pages[key], p)
			w.known = append(w.known, name)
		}
	}
	return w
}

// stem is the name of a page's file; the page of a folder goes by the folder's.
func stem(p *Page) string {
	if indexRank(p.Path) >= 0 && p.Path.Dir() != "." {
		return p.Path.Dir().Base()
	}
	return p.Path.Stem()
}

// find are the pages that go by a name.
func (w *wikiNames) find(name string) []*Page {
	if list := w.pages[folded(name)]; len(list) > 0 {
		return list
	}
	dir, base := path.Split(strings.Trim(name, "/"))
	if dir == "" {
		return nil
	}
	var list []*Page
	for _, p := range w.pages[folded(base)] {
		if strings.HasSuffix("/"+folded(string(p.Path.Dir())), "/"+folded(dir)) || strings.HasSuffix("/"+folded(string(p.Path.Dir().Dir())), "/"+folded(dir)) {
			list = append(list, p)
		}
	}
	return list
}

// wiki is the target of a link by name.
func (r *linker) wiki(p *Page, l handbook.Link) Target {
	name, fragment, _ := strings.Cut(l.Dest, "#")
	if name == "" {
		return r.anchor(p, l, Target{Kind: ToPage, Address: p.URL}, p, fragment)
	}
	names := r.names()
	list := names.find(name)
	if len(list) == 0 {
		if t, to, ok := r.lookup(path.Join(string(folderOf(p, l)), name), true); ok {
			return r.anchor(p, l, t, to, fragment)
		}
		f := r.report(l.Pos, diag.LinkBroken, "no page goes by the name %q", name)
		if r.guessed++; r.guessed <= maxSpelled {
			if near := diag.Nearest(name, names.known); near != "" {
				f.Hint = "did you mean [[" + near + "]]?"
			}
		}
		return Target{}
	}
	to := list[0]
	if len(list) > 1 {
		i := slices.IndexFunc(list, func(other *Page) bool { return other.Path.Dir() == folderOf(p, l) })
		if i < 0 {
			f := r.report(l.Pos, diag.AmbiguousRef, "several pages go by the name %q: %s and %s", name, list[0].Path, list[1].Path)
			f.Hint = "write the folder before it, such as [[" + list[1].Path.Dir().Base() + "/" + stem(list[1]) + "]]"
			return Target{}
		}
		to = list[i]
	}
	return r.anchor(p, l, Target{Kind: ToPage, Address: to.URL}, to, fragment)
}
