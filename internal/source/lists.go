package source

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
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

// names are the words that the glossary explains, each a line with the word that
// it stands for: those of the list, and those of the pages in its folder.
func names(r reader, pages []found, listed []handbook.TermMeta) string {
	var lines []string
	add := func(m *handbook.TermMeta) {
		for _, name := range append([]string{m.Term.Value, m.AcronymOf}, m.Aka...) {
			if name = strings.Join(strings.Fields(name), " "); name != "" {
				lines = append(lines, name+"\t"+m.Term.Value+"\n")
			}
		}
	}
	for i := range listed {
		add(&listed[i])
	}
	var ignored diag.List // reported when the page is read
	r.list = &ignored
	for _, f := range pages {
		if folderKind(f.path) != handbook.Term {
			continue
		}
		at := r.opts.place(f.path)
		data, ok := r.read(f, at)
		if !ok {
			continue
		}
		var m handbook.TermMeta
		front := split(r.text(data, at), true)
		strictyaml.Parse([]byte(front.yaml), at, codes, &ignored).Decode(&m)
		add(&m)
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}
