// Package site turns a tree of parsed pages into a Site: sections, addresses,
// links that lead somewhere, and findings about those that do not.
//
//	*handbook.Tree ── New ──▶ *Site       for render
//	                    └───▶ diag.List   broken links and anchors, double addresses, unknown services
//
// A Site is complete and read-only once New returns, so that renderers may
// share it. It reads no files and writes no HTML. An address here is the path
// of a page below the site's root as a reader's browser shows it, decoded:
// "roles/qa/", "" for the home page.
//
// # Addresses
//
// roles/qa.md has the address roles/qa/. Of a folder's _index.md, index.md and
// README.md the first that exists is the folder's page; the others are ordinary
// pages. Failing these, a.md beside the folder a is the page of that folder. A
// folder with pages below it and no page of its own gets one that lists them.
package site

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Options say how strictly a tree is read. The zero value is for folders that
// nobody wrote for Rutter.
type Options struct {
	Title  string // of the site; "": the home page's own, else the folder's name
	Owner  string // of pages that name none
	Strict bool   // broken links and double addresses are errors
	Drafts bool   // keep pages whose status is draft

	// Content is the way from the site's folder to the content root, "." or "" where
	// they are one: a link may go over the site's folder.
	Content string

	Wiki bool // there may be links by name

	// Previous is the site in an earlier state; nil: none is known. What still
	// holds is taken from there. It makes no difference but of time.
	Previous *Site
}

// Site is a handbook in which every reference is resolved.
type Site struct {
	Title    string
	Root     *Section
	Pages    []*Page    // in the order of their source paths; pages of sections included
	Sections []*Section // in the order of their folders
	Copies   []Copy     // the files that pages refer to, in the order of To
	Services []*Page    // in the order of their names

	// What stands in lists beside the pages.
	Defaults []handbook.Section
	Terms    []handbook.TermMeta
	People   []handbook.PersonMeta

	// What the next state of the site is worked out from.
	tree  *handbook.Tree
	opts  Options
	found []diag.Finding
	noisy map[string]bool // files that findings are about
	kin   *int            // the same in states that differ in texts only
}

// Copy is a file of the content that is published as it is.
type Copy struct {
	From handbook.Path
	To   string // below the output folder
}

// Page is a page of the site.
type Page struct {
	*handbook.Page
	Title   string // for navigation and search
	Heading string // HTML of the heading on the page itself
	Summary string
	Standing
	URL       string   // address: "roles/qa/", "" for the home page
	Section   *Section // the section that lists the page; of a section's own page, that section
	Targets   []Target // where the links of Body.Links lead, in the same order
	Backlinks []*Page  // pages that link here, in the order of their source paths
	N         int      // place in Site.Pages

	silent bool // its links gave no finding
}

// Standing is what readers rely on a page for. What the page does not say itself
// it inherits from its folder, the folders above, and the site.
type Standing struct {
	Owner    string // "team:platform"; "": nobody
	From     Origin // who named the owner
	Backup   string
	Every    handbook.Last // how long a review holds; zero: for ever
	Audience []string      // names of roles; none: all
	Topics   []string
}

// Origin is where a value that can be inherited comes from.
type Origin uint8

// The origins.
const (
	Nobody Origin = iota
	OwnPage
	Folder
	WholeSite
)

// IsSection reports whether p is the page of its section.
func (p *Page) IsSection() bool { return p.Section.Page != nil && p.Section.Page.Path == p.Path }

// Section is a folder with pages in or below it.
type Section struct {
	Dir    handbook.Path // "." for the root
	Title  string
	URL    string
	Page   *Page // nil: a page that lists the section is made
	Parent *Section
	Items  []Item // pages and sections, in the order in which readers see them
	N      int    // place in Site.Sections
}

// Item is an entry of a section: a page or a section.
type Item struct {
	Page    *Page
	Section *Section
}

// Title of the page or section.
func (i Item) Title() string {
	if i.Section != nil {
		return i.Section.Title
	}
	return i.Page.Title
}

// URL of the page or section.
func (i Item) URL() string {
	if i.Section != nil {
		return i.Section.URL
	}
	return i.Page.URL
}

// Summary of the page, or of the section's own page.
func (i Item) Summary() string {
	switch {
	case i.Page != nil:
		return i.Page.Summary
	case i.Section.Page != nil:
		return i.Section.Page.Summary
	}
	return ""
}

// New resolves a tree. The findings are complete: a mistake does not hide
// another one.
func New(tree *handbook.Tree, opts Options) (*Site, diag.List) {
	if s, found, ok := opts.Previous.again(tree, opts); ok {
		return s, found
	}
	b := &builder{
		opts:     opts,
		tree:     tree,
		sections: map[handbook.Path]*Section{},
		byPath:   map[handbook.Path]*Page{},
		byURL:    map[string]*Page{},
		files:    map[handbook.Path]handbook.File{},
		copies:   map[string]handbook.Path{},
	}
	for _, f := range tree.Files {
		b.files[f.Path] = f
	}
	b.names = sync.OnceValue(b.wikiNames)
	b.pages()
	b.place()
	b.addresses()
	b.order()
	for i, p := range b.all {
		p.N = i
	}
	b.links()
	b.metrics()
	s := &Site{Title: b.title(), Root: b.sections["."], Pages: b.all, Defaults: tree.Sections, Terms: tree.Terms, People: tree.People}
	for _, dir := range slices.Sorted(maps.Keys(b.sections)) {
		sec := b.sections[dir]
		sec.N = len(s.Sections)
		s.Sections = append(s.Sections, sec)
	}
	for to, from := range b.copies {
		s.Copies = append(s.Copies, Copy{from, to})
	}
	slices.SortFunc(s.Copies, func(x, y Copy) int { return strings.Compare(x.To, y.To) })
	for _, p := range s.Pages {
		if p.Kind == handbook.Service {
			s.Services = append(s.Services, p)
		}
	}
	slices.SortStableFunc(s.Services, func(a, b *Page) int { return compareNames(a.Name(), b.Name()) })
	s.remember(tree, opts, b.found)
	return s, b.found
}

// Name is how other pages and commands refer to p: its file's name without the
// extension, or its folder's for the page of a section.
func (p *Page) Name() string {
	if p.IsSection() {
		return p.Section.Dir.Base()
	}
	return p.Path.Stem()
}

// builder holds what New needs while it works.
type builder struct {
	opts     Options
	tree     *handbook.Tree
	all      []*Page
	drafts   map[handbook.Path]bool
	sections map[handbook.Path]*Section
	byPath   map[handbook.Path]*Page
	byURL    map[string]*Page
	files    map[handbook.Path]handbook.File
	copies   map[string]handbook.Path // by their place in the output
	found    diag.List
	names    func() *wikiNames
}

// report adds a finding: an error in a site that has a site.yaml, else a
// warning, since nobody wrote the folder for us.
func (b *builder) report(pos diag.Pos, code diag.Code, format string, args ...any) *diag.Finding {
	if b.opts.Strict {
		return b.found.Errorf(pos, code, format, args...)
	}
	return b.found.Warnf(pos, code, format, args...)
}

// title is the site's: as configured, else as the home page calls itself, else
// the folder's name.
func (b *builder) title() string {
	if b.opts.Title != "" {
		return b.opts.Title
	}
	return b.sections["."].Title
}
