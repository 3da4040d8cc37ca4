// Package source reads the content of a site: every Markdown file becomes a
// page with checked front matter and a parsed body, every other file is listed.
//
//	content folder ── Load ──▶ *handbook.Tree  for site
//	                     └───▶ diag.List       what is wrong in front matter, names and files
//
// A Loader does it again and again, and reads only what has changed since.
//
// All reading goes through an os.Root, and only regular files are read: a link,
// pipe or device is a finding. Dot files, dot folders, node_modules and excluded
// paths are never content.
//
// # Front matter
//
// A page may begin with YAML between two lines of three hyphens. What its keys
// may be, the tags of handbook.Meta and of the structs in it say: every page takes
// those of Common, and those of its kind. docs/front-matter.md lists them.
//
// The kind is that of `type:`, else that of the top folder (handbook.Types), the
// README or index of a folder being a plain page. That holds for sites with a
// site.yaml. Without one no page has a kind, and of the front matter, which then
// is another tool's, title, summary or description, and weight are used where
// they are of the right type; all else is ignored, and every finding is a warning.
//
// A page may include other files: see include.go.
//
// A typed site may hold lists, too: _section.yaml in any folder, for what the
// pages in it inherit, glossary.yaml and people.yaml at the root.
package source

import (
	"os"
	"path"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Parser turns the text of a page below its front matter into a body. It is
// called from several goroutines at once, each with a list of its own. The text
// is UTF-8 with LF line ends, and its first byte stands at the given place.
type Parser interface {
	Parse(src []byte, at diag.Pos, l *diag.List) handbook.Body
}

// Options configures Load. Parser is required.
type Options struct {
	Parser  Parser
	Name    string          // of the tree; empty: the base name of the root
	Prefix  string          // put before paths in positions, such as "content"
	Typed   bool            // the site has a site.yaml: see the package's description
	Exclude []handbook.Path // files, and folders with all below them, that are no content
	Limits  Limits

	// Site is the site's folder, from which pages may include files, too; nil: only
	// from the content. Prefix then is the way from it to the content root.
	Site *os.Root

	// Touched are the only folders in which something may have changed since the
	// last Load of a Loader, the folders below them not included; nil: anywhere.
	Touched []handbook.Path

	// Explaining returns a Parser, with its identity, that marks the words that the
	// site's glossary explains: lines of "name\tmeans". It replaces Parser in a
	// typed site; nil: no words are marked.
	Explaining func(terms string) (Parser, string)

	// Identity names the Parser with its options and this program: parsers of
	// one identity make the same of the same text. It matters where pages are
	// kept in a Cache.
	Identity string
}

// Limits bounds the work of Load. A zero field means the default.
type Limits struct {
	PageBytes int64 // of one page; default 8 MiB
	Entries   int   // files and folders; default 200,000
	Depth     int   // folders inside each other; default 64
}

func (l Limits) withDefaults() Limits {
	if l.PageBytes == 0 {
		l.PageBytes = 8 << 20
	}
	if l.Entries == 0 {
		l.Entries = 200_000
	}
	if l.Depth == 0 {
		l.Depth = 64
	}
	return l
}

// place is where a file of the content is, as a user would type it.
func (o Options) place(p handbook.Path) diag.Pos {
	return diag.Pos{Path: path.Join(o.Prefix, string(p))}
}
