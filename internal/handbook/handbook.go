// Package handbook is the vocabulary that the stages share: a page, its kind,
// the parts of its body, and the tree of files they came from.
//
//	source, markdown ── fill ──▶ Tree of *Page ── read by ──▶ site, render
//
// It knows no parser and reads no files. Pages are read-only once source has
// returned them; later stages wrap them and do not change them.
package handbook

import (
	"path"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Path is a slash-separated path below the content root, such as
// "roles/qa.md". It is never absolute and never holds "..". The root is ".".
type Path string

// Dir is the folder of p; "." for the root.
func (p Path) Dir() Path { return Path(path.Dir(string(p))) }

// Base is the last element of p.
func (p Path) Base() string { return path.Base(string(p)) }

// Stem is the last element of p without its extension.
func (p Path) Stem() string { return strings.TrimSuffix(p.Base(), path.Ext(string(p))) }

// Ext is the extension of p in lower case, with its dot.
func (p Path) Ext() string { return strings.ToLower(path.Ext(string(p))) }

// IsPage reports whether p is a Markdown file.
func (p Path) IsPage() bool { return p.Ext() == ".md" || p.Ext() == ".markdown" }

// Tree is everything found below a content root.
type Tree struct {
	Name  string  // the name of the root folder, a title of last resort
	Pages []*Page // in the order of Path
	Files []File  // the other regular files, in the order of Path

	Sections []Section    // of _section.yaml files, in the order of their folders
	Terms    []TermMeta   // of glossary.yaml; pages in glossary/ are terms, too
	People   []PersonMeta // of people.yaml
}

// File is a file that is not a page.
type File struct {
	Path Path
	Size int64 // bytes

	// Width and Height are those of a picture as a browser shows it, in pixels;
	// 0 where the file does not say, and of other files.
	Width, Height int

	// Version changes whenever the bytes may have changed; "" where the file
	// system cannot tell.
	Version string
}

// Page is one Markdown file.
type Page struct {
	Path Path
	Pos  diag.Pos // where the file is, as a user would type it; Line and Column 0
	Kind Kind
	Meta Meta
	Body Body

	// Key stands for the page's file and for all that decides how it is read:
	// equal keys, equal pages. It is zero in pages that no file was read for.
	Key Key

	// Sum is of the bytes of the file and of what it includes: it stays where the
	// page moves, and where it is read in another manner. It is zero where Key is.
	Sum Key

	// Kept reads the text of the body from where it is kept; nil: it is in Body.
	Kept func() (Text, error)
}

// Key is a SHA-256 of what a value was made of.
type Key [32]byte

// Text is the text of the page's body, wherever it is. Each call may read it
// again. An error means that what was kept is lost; reading the site anew helps.
func (p *Page) Text() (Text, error) {
	if p.Kept == nil {
		return p.Body.Text, nil
	}
	return p.Kept()
}

// Located is a value with the place it was written at.
type Located struct {
	Value string
	Pos   diag.Pos
}
