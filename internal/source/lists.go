package source

import (
	"cmp"
	"slices"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// Files of a typed site that are lists and no pages.
const (
	sectionFile  = "_section.yaml" // in any folder: what its pages inherit
	glossaryName = "glossary.yaml" // at the root
	peopleName   = "people.yaml"   // at the root
)

// lists reads the files of a typed site that are lists.
func (l *Loader) lists(r reader, files []found, tree *handbook.Tree) {
	defer func() {
		slices.SortFunc(tree.Sections, func(a, b handbook.Section) int { return cmp.Compare(a.Path, b.Path) })
	}()
	for _, f := range files {
		name := f.path.Base()
		if name != sectionFile && f.path != glossaryName && f.path != peopleName {
			continue
		}
		at := r.opts.place(f.path)
		data, ok := r.read(f, at)
		if !ok {
			continue
		}
		at.Line, at.Column = 1, 1
		switch {
		case name == sectionFile:
			s := handbook.Section{Path: f.path.Dir()}
			strictyaml.Decode(data, at, &s, codes, r.list)
			s.Refs = refs(&s)
			tree.Sections = append(tree.Sections, s)
		case f.path == glossaryName:
			var v glossaryFile
			strictyaml.Decode(data, at, &v, codes, r.list)
			for _, t := range v.Terms {
				if t.Term.Value != "" && t.Definition != "" {
					t.Refs = refs(&t)
					tree.Terms = append(tree.Terms, t)
				}
			}
		default:
			var v peopleFile
			strictyaml.Decode(data, at, &v, codes, r.list)
			for _, p := range v.People {
				if p.ID.Value != "" && p.Name != "" {
					p.Refs = refs(&p)
					tree.People = append(tree.People, p)
				}
			}
		}
	}
}
