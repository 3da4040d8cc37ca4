// Package theme loads a theme: templates ready to run, and the files that
// pages refer to, under names that change with their contents.
//
//	built-in theme ─┐
//	site's themes/ ─┴─ Load ──▶ *Theme ── Execute, Assets ──▶ render
//
// A file of the site's theme replaces the built-in file of the same name; all
// others stay. A theme holds layouts/ (base.html and one file per kind of
// page), components/<name>/<name>.html, .css and .js, base/*.css, static/
// (copied as it is) and vendor/ (other people's scripts, made by make assets).
// All style sheets become one, and so do all scripts but those of vendor/.
package theme

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Theme is a set of templates and assets. It is read-only and may be shared.
type Theme struct {
	Stylesheet string // names below the output folder
	Script     string
	Icon       string // "": none
	Explorer   string // the script that draws explorable charts; "": the theme has none
	Assets     []Asset

	layouts    map[string]*template.Template
	components *template.Template
}

// Asset is a file that pages refer to.
type Asset struct {
	Name string // below the output folder
	Data []byte
}

// Layouts are the kinds of pages, each with a file in layouts/.
var Layouts = []string{"home", "section", "page", "role", "process", "book", "service", "list", "missing"}

// baseSheets come before the components' style sheets, print.css after them.
var baseSheets = []string{"tokens", "reset", "type", "layout"}

const (
	assetFolder  = "assets/"
	explorerFile = "vendor/echarts.min.js"
)

// Load reads the theme from layers, the first of which wins file by file; name
// is the folder that findings speak of, such as "themes/default". The style
// sheet extra, of highlighted code, is joined to the theme's own.
func Load(name string, extra []byte, layers ...fs.FS) (*Theme, diag.List) {
	l := &loader{name: name, layers: layers}
	t := &Theme{layouts: map[string]*template.Template{}}
	l.templates(t)
	l.assets(t, extra)
	return t, l.found
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

// list returns the names below dir in any layer, sorted.
func (l *loader) list(dir string) []string {
	var names []string
	for _, layer := range l.layers {
		fs.WalkDir(layer, dir, func(p string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") {
				names = append(names, p)
			}
			return nil // a folder that a layer lacks has no files
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (l *loader) templates(t *Theme) {
	base := template.New("base.html")
	for _, name := range append([]string{"layouts/base.html"}, l.list("components")...) {
		if path.Ext(name) == ".html" {
			l.parse(base, name)
		}
	}
	t.components = base
	for _, kind := range Layouts {
		layout, err := base.Clone()
		if err != nil {
			l.template("layouts/"+kind+".html", err)
			continue
		}
		l.parse(layout, "layouts/"+kind+".html")
		t.layouts[kind] = layout
	}
}

// parse adds a file to a set of templates. Its template is called by the
// file's name, so that errors at run time name the file.
func (l *loader) parse(set *template.Template, name string) {
	data := l.read(name)
	if data == nil {
		l.found.Errorf(diag.Pos{Path: path.Join(l.name, name)}, diag.ThemeMissing, "the theme lacks this file").Hint = "a theme may leave out files that the built-in theme has; this one has neither"
		return
	}
	t := set
	if name != "layouts/base.html" {
		t = set.New(name)
	}
	if _, err := t.Parse(string(data)); err != nil {
		l.template(name, err)
	}
}

var templatePlace = regexp.MustCompile(`^(?:html/)?template: ?([^:]*):(\d+)(?::(\d+))?: (.*)$`)

// template reports an error of html/template at its place in the theme.
func (l *loader) template(name string, err error) {
	l.found.Errorf(place(l.name, name, err), diag.ThemeSyntax, "%s", message(err))
}

func place(theme, name string, err error) diag.Pos {
	pos := diag.Pos{Path: path.Join(theme, name)}
	if m := templatePlace.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0]); m != nil {
		if m[1] == "base.html" {
			m[1] = "layouts/base.html"
		}
		if strings.Contains(m[1], "/") {
			pos.Path = path.Join(theme, m[1])
		}
		pos.Line, _ = strconv.Atoi(m[2])
		if column, err := strconv.Atoi(m[3]); err == nil {
			pos.Column = column + 1
		}
	}
	return pos
}

func message(err error) string {
	if m := templatePlace.FindStringSubmatch(strings.SplitN(err.Error(), "\n", 2)[0]); m != nil {
		return m[4]
	}
	return err.Error()
}

func (l *loader) assets(t *Theme, extra []byte) {
	var css, js bytes.Buffer
	sheets := []string{}
	for _, s := range baseSheets {
		sheets = append(sheets, "base/"+s+".css")
	}
	for _, name := range l.list("components") {
		switch path.Ext(name) {
		case ".css":
			sheets = append(sheets, name)
		case ".js":
			js.Write(bytes.TrimSpace(l.read(name)))
			js.WriteByte('\n')
		}
	}
	for _, name := range sheets {
		css.Write(l.read(name))
	}
	css.Write(extra)
	css.Write(l.read("base/print.css"))
	t.Stylesheet = t.add("site.css", css.Bytes())
	t.Script = t.add("site.js", js.Bytes())
	for _, name := range l.list("static") {
		asset := assetFolder + strings.TrimPrefix(name, "static/")
		t.Assets = append(t.Assets, Asset{asset, l.read(name)})
		if name == "static/icon.svg" {
			t.Icon = asset
		}
	}
	for _, name := range l.list("vendor") {
		switch {
		case path.Base(name) == "README.md":
		case name == explorerFile:
			t.Explorer = t.add("echarts.js", l.read(name))
		default:
			t.Assets = append(t.Assets, Asset{assetFolder + strings.TrimPrefix(name, "vendor/"), l.read(name)})
		}
	}
}

// add keeps an asset under a name that holds part of its hash, so that a
// browser never mixes the files of two builds.
func (t *Theme) add(name string, data []byte) string {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	full := assetFolder + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	t.Assets = append(t.Assets, Asset{full, data})
	return full
}

// Execute writes a page of the given kind, one of Layouts.
func (t *Theme) Execute(w io.Writer, kind string, view any) error {
	layout := t.layouts[kind]
	if layout == nil {
		return fmt.Errorf("the theme has no layout for pages of kind %q", kind)
	}
	return layout.ExecuteTemplate(w, "base.html", view)
}

// Component writes one component, such as "figure".
func (t *Theme) Component(w io.Writer, name string, view any) error {
	return t.components.ExecuteTemplate(w, name, view)
}

// Report turns an error of Execute or Component into a finding at the place
// in the theme; page is the page that was being made.
func Report(l *diag.List, theme string, page diag.Pos, err error) {
	f := l.Errorf(place(theme, "layouts", err), diag.ThemeRun, "%s", message(err))
	f.Related = []diag.Related{{Pos: page, Message: "the page that was being made"}}
}
