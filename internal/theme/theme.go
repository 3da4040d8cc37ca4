// Package theme reads the templates and assets of a theme, holds the templates
// against the views that they get, and runs them within bounds.
//
//	themes/<name>/ ── Load ──▶ Theme ── Check, Try ──▶ diag.List  before any page
//	                             ├───── Execute, Component ──▶ HTML
//	                             └───── Hash ──▶ what a page's look depends on
//
// layouts/base.html is the frame of every page; it shows the template "main",
// which each of the other layouts defines for one kind of page. Components are
// folders of templates, styles and scripts, of which only those of the theme
// are joined into the one style sheet and the one script that pages load.
//
// Templates come from other people than the handbook, and hold mistakes. So a
// template cannot call anything but the functions of Go's templates, cannot run
// for ever or write without end (limit.go), and cannot hold what the content
// security policy of the site forbids (policy.go). Every mistake has its place.
package theme

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// Theme is a set of templates and assets. It is read-only and may be shared.
type Theme struct {
	Stylesheet  string // names below the output folder
	ChartStyles string // of pages that show deliveries, beside the other; "": the theme has none
	ChartScript string
	Script      string
	First       string // the script that runs before a page is drawn; "": none
	Icon        string // "": none
	IconImage   []byte // the icon, where it is a PNG: those for phones are made of it
	Rose        bool   // the icon is the compass rose of the built-in theme
	Logo        Logo   // in the header; zero: the compass rose
	Tokens      Tokens
	Explorer    string // the script that draws explorable charts; "": the theme has none
	Finder      string // the script that searches; "": the theme has none

	// What draws on pages that ask for it; "": the theme has none.
	Formulas, FormulaSheet string
	Diagrams               string // the script that puts a frame beside a diagram
	Frame                  string // the page in that frame
	FrameScript            string // the script of that page, as a policy names it: by its hash

	Assets []Asset

	sources map[string]string    // templates by file, as they were read
	layouts map[string]*programs // by kind
	parts   *programs            // the components on their own
	whole   bool                 // no file of templates is missing or wrong in its grammar
}

// Logo is a picture that stands for the site, and another one for dark pages; ""
// where there is none.
type Logo struct {
	Name, Night   string // below the output folder
	Width, Height int    // in pixels; 0 where the picture does not say
}

// Layouts are the kinds of pages, each with a file in layouts/.
var Layouts = []string{"home", "section", "page", "service", "team", "metric", "metrics", "explain", "report", "list", "missing"}

// Own are the kinds of pages that a theme may have a layout for; those without
// one are made with the layout "page".
var Own = func() []string {
	var kinds []string
	for _, t := range handbook.Types {
		if !slices.Contains(Layouts, string(t.Kind)) {
			kinds = append(kinds, string(t.Kind))
		}
	}
	return kinds
}()

// Kinds are the layouts that the theme has: those of Layouts, and its own.
func (t *Theme) Kinds() []string {
	kinds := slices.Clone(Layouts)
	for _, kind := range Own {
		if t.layouts[kind] != nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// baseFile is the layout that every page goes through.
const baseFile = "layouts/base.html"

func layoutFile(kind string) string { return "layouts/" + kind + ".html" }

// Load reads the theme from layers, the first of which wins file by file; name
// is the folder that findings speak of, such as "themes/default". The style
// sheet extra, of highlighted code, is joined to the theme's own.
func Load(name string, extra []byte, layers ...fs.FS) (*Theme, diag.List) {
	l := &loader{name: name, layers: layers}
	l.settings()
	t := &Theme{sources: map[string]string{}, layouts: map[string]*programs{}}
	l.templates(t)
	l.assets(t, extra)
	return t, l.found
}

// Contract is the version of what themes may rely on: the names of files, slots
// and tokens, and the fields of the views. It changes when one of them goes or
// means something else; what is added does not change it.
const Contract = 1

// Slots are templates that are empty in the built-in theme. A theme that defines
// one in any file of its components adds to every page without taking over a
// file.
var Slots = []string{"head-extra", "header-extra", "page-before", "page-after", "footer-extra"}

// settingsFile says what a theme is made for.
const settingsFile = "theme.yaml"

// settings reads the settings of the theme, if there are any.
func (l *loader) settings() {
	data := l.read(settingsFile)
	if data == nil {
		return
	}
	var s struct {
		Name     string           `yaml:"name" is:"what the theme is called" like:"Harbour"`
		Contract handbook.Located `yaml:"contract,required" is:"the version of what themes may rely on" like:"1"`
	}
	at := diag.Pos{Path: path.Join(l.name, settingsFile), Line: 1, Column: 1}
	if !strictyaml.Decode(data, at, &s, strictyaml.One(diag.ThemeSettings), &l.found) {
		return
	}
	if n, err := strconv.Atoi(s.Contract.Value); err != nil || n < 1 || n > Contract {
		l.found.Errorf(s.Contract.Pos, diag.ThemeSettings, "the theme is made for contract %q, and this program knows 1", s.Contract.Value).Hint = "write contract: 1 and look through docs/theming.md, or take a version of Rutter that knows it"
	}
}

// loader reads files from layers and collects what is wrong with them.
type loader struct {
	name   string
	layers []fs.FS
	found  diag.List
}

// read returns a file of the first layer that has it, nil where none has.
func (l *loader) read(name string) []byte {
	for _, layer := range l.layers {
		data, err := fs.ReadFile(layer, name)
		if err == nil {
			return data
		}
		if !errors.Is(err, fs.ErrNotExist) {
			l.found.Errorf(diag.Pos{Path: path.Join(l.name, name)}, diag.ThemeMissing, "this file of the theme cannot be read: %v", err)
			return nil
		}
	}
	return nil
}

// list returns the names below dir in any layer: those of the last layer, sorted,
// then those that the layers above add. What comes later wins, and that is what
// is added.
func (l *loader) list(dir string) []string {
	var names []string
	for _, layer := range slices.Backward(l.layers) {
		known := len(names)
		fs.WalkDir(layer, dir, func(p string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") && !slices.Contains(names[:known], p) {
				names = append(names, p)
			}
			return nil // a folder that a layer lacks has no files
		})
		slices.Sort(names[known:])
	}
	return names
}

// templates reads every template once and puts the sets together that pages
// are made with. A layout may define a component anew, for its own kind.
func (l *loader) templates(t *Theme) {
	files := []string{baseFile}
	for _, name := range l.list("components") {
		if path.Ext(name) == ".html" {
			files = append(files, name)
		}
	}
	t.whole = true
	shared := map[string]*parse.Tree{}
	for _, name := range files {
		l.add(t, shared, name)
	}
	t.parts = newPrograms(shared)
	for _, kind := range slices.Concat(Layouts, Own) {
		if slices.Contains(Own, kind) && l.read(layoutFile(kind)) == nil {
			continue
		}
		trees := make(map[string]*parse.Tree, len(shared)+2)
		for name, tree := range shared {
			trees[name] = tree
		}
		l.add(t, trees, layoutFile(kind))
		t.layouts[kind] = newPrograms(trees)
	}
}

// add reads a file of templates into a set.
func (l *loader) add(t *Theme, set map[string]*parse.Tree, name string) {
	data := l.read(name)
	if data == nil {
		t.whole = false
		l.found.Errorf(diag.Pos{Path: path.Join(l.name, name)}, diag.ThemeMissing, "the theme lacks this file").Hint = "a theme may leave out files that the built-in theme has; this one has neither"
		return
	}
	t.sources[name] = string(data)
	l.policy(name, string(data))
	trees, ok := l.parse(name, string(data))
	if !ok {
		t.whole = false
	}
	for define, tree := range trees {
		// As with Go's own reader, what is empty replaces nothing: a file that
		// only defines templates leaves no template under its own name.
		if set[define] == nil || !parse.IsEmptyTree(tree.Root) {
			set[define] = tree
		}
	}
}
