// Package render turns a site, its delivery data and a theme into named files.
//
//	*site.Site ── facet ──┐
//	Delivery ─────────────┼── New ──▶ Renderer ── Make(file) ──▶ bytes, and what they rest on
//	*theme.Theme ─────────┘
//
// It prepares a typed view for each page (views.go), so that templates arrange
// and never compute. It is pure: the same input gives the same bytes, whatever
// the machine, the time and the number of processors.
//
// What a file shows of other pages is read through package facet, which notes
// it. A caller that keeps the notes need not make a file again as long as Fresh
// finds that nothing in them has changed.
package render

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"iter"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/feed"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/search"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/theme"
)

// Input is what a site is made of. All of it is read-only.
type Input struct {
	Site       *site.Site
	Graph      *graph.Graph   // of Site; nil: it is worked out
	History    *facet.History // when pages changed; nil: nobody knows
	Theme      *theme.Theme
	ThemeName  string // the theme's folder, for findings
	Delivery   *Delivery
	BaseURL    string // absolute, with a slash at its end; "": unknown
	Language   string // "": en
	Repository string // "": no edit links
	Twins      bool   // the Markdown of each page is published at the place of its source
	EditRoot   string // the content folder inside the repository; "" or with a slash at its end
	Version    string
}

// Renderer makes the files of one site: all but the copies of the content's own
// files (site.Site.Copies). It may be shared by goroutines.
type Renderer struct {
	in    Input
	index *facet.Index
	files []File
	old   []oldAddress
	texts int      // the place in files of the first fragment for searches; 0: there are none
	kin   *int     // the same in renderers with the same files
	items sync.Map // entry to its HTML
}

// File is a file that a Renderer can make.
type File struct {
	Name string   // below the output folder
	Page bool     // shows a page of the content
	Pos  diag.Pos // of the page or folder that it shows; zero of the others
	// Asset is what the file holds where it is one of the theme's own; nil of
	// the others, which Make makes.
	Asset *theme.Asset
	// Later says that it is only looked at from other pages and made without
	// templates: a preview makes it when it is asked for. Of is the page that it is
	// of; another page may get its name.
	Later bool
	Of    handbook.Path
	make  func(*maker) ([]byte, error)
}

// notFound is what servers show for an address that leads nowhere.
const notFound = "404.html"

// New returns a Renderer. With the one of the same site's last state, only what
// has changed since is worked out.
func New(in Input, previous *Renderer) *Renderer {
	if in.Language == "" {
		in.Language = "en"
	}
	if in.Graph == nil {
		in.Graph, _ = graph.New(in.Site)
	}
	t := in.Theme
	fi := facet.Input{
		Settings: facet.Settings{BaseURL: in.BaseURL, Language: in.Language, Repository: in.Repository, Twins: in.Twins, EditRoot: in.EditRoot, Version: in.Version},
		Assets: facet.Assets{
			Stylesheet: t.Stylesheet, First: t.First, Script: t.Script, ChartStyles: t.ChartStyles, ChartScript: t.ChartScript, Icon: t.Icon, Explorer: t.Explorer, Finder: t.Finder,
			Icons: in.hasIcons(), Logo: t.Logo.Name, LogoNight: t.Logo.Night, LogoWidth: t.Logo.Width, LogoHeight: t.Logo.Height,
			Formulas: t.Formulas, FormulaSheet: t.FormulaSheet, Diagrams: t.Diagrams, Frame: t.Frame,
		},
		Served:     in.served(),
		Look:       facet.Look{Accent: t.Tokens["link"].Day.String(), Rose: t.Rose, Emblem: emblemHash(t)},
		Layouts:    map[string]pack.Hash{},
		Deliveries: in.Delivery.hashes(),
		Graph:      in.Graph,
		History:    in.History,
	}
	for _, x := range reportsOn(in) {
		fi.Reports = append(fi.Reports, x.name)
	}
	for _, kind := range t.Kinds() {
		h := t.Hash(kind)
		fi.Layouts[kind] = pack.SumBytes(h[:])
	}
	for _, kind := range theme.Own {
		if _, ok := fi.Layouts[kind]; !ok {
			fi.Layouts[kind] = pack.SumBytes(nil) // it may get one of its own
		}
	}
	var before *facet.Index
	if previous != nil {
		before = previous.index
	}
	r := &Renderer{in: in, index: facet.New(in.Site, fi, before)}
	if previous != nil && previous.in.Theme == in.Theme && r.index.Texts(before) && in.BaseURL == previous.in.BaseURL && in.Twins == previous.in.Twins {
		r.files, r.kin, r.texts, r.old = previous.files, previous.kin, previous.texts, previous.old
		return r
	}
	r.list()
	r.kin = new(int)
	return r
}

// SameFiles reports whether two renderers have the same Files, which may hold
// other texts.
func (r *Renderer) SameFiles(other *Renderer) bool { return r.kin == other.kin }

// list finds all files to make.
func (r *Renderer) list() {
	view := func(name string, pos diag.Pos, page bool, make func(*maker) (*PageView, error)) {
		r.files = append(r.files, File{Name: name, Page: page, Pos: pos, make: func(m *maker) ([]byte, error) {
			v, err := make(m)
			if err != nil {
				return nil, err
			}
			return m.execute(v)
		}})
	}
	always := func(make func(*maker) *PageView) func(*maker) (*PageView, error) {
		return func(m *maker) (*PageView, error) { return make(m), nil }
	}
	for _, p := range r.in.Site.Pages {
		path := p.Path
		view(p.URL+"index.html", p.Pos, true, func(m *maker) (*PageView, error) { return m.page(path) })
	}
	for _, p := range r.in.Site.Services {
		r.explanationFiles(p.Path, p.Name(), p.URL, p.Pos, view)
	}
	for dir, address := range r.index.Bare() {
		if dir == glossaryDir && len(r.in.Graph.Terms()) > 0 {
			continue // its terms are listed there
		}
		view(address+"index.html", diag.Pos{Path: string(dir)}, false, always(func(m *maker) *PageView { return m.section(dir) }))
	}
	r.moved(view)
	if dir := r.index.Reports(); dir != "" {
		view(dir+"index.html", diag.Pos{}, false, always((*maker).reportList))
		for _, x := range reportsOn(r.in) {
			view(dir+x.name+"/index.html", diag.Pos{}, false, always(func(m *maker) *PageView { return m.reportPage(x) }))
			for _, f := range x.files {
				r.files = append(r.files, File{Name: dir + x.name + "/" + f.name, make: f.make})
			}
		}
	}
	if dir := r.index.Reports(); dir != "" {
		r.feeds(dir + facet.Changes + "/")
	}
	if len(r.in.Graph.Terms()) > 0 && !slices.ContainsFunc(r.in.Site.Pages, func(p *site.Page) bool { return p.URL == glossaryDir+"/" }) {
		view(glossaryDir+"/index.html", diag.Pos{}, false, always((*maker).glossaryPage))
	}
	view(r.index.AllPages()+"index.html", diag.Pos{}, false, always((*maker).list))
	r.fragments()
	view(notFound, diag.Pos{}, false, always((*maker).missing))
	for a := range r.in.assets() {
		r.files = append(r.files, File{Name: a.Name, Asset: a})
	}
	r.forOthers()
	r.export()
	if r.in.Twins && !slices.ContainsFunc(r.in.Site.Copies, func(c site.Copy) bool { return c.To == llmsName }) {
		r.files = append(r.files, File{Name: llmsName, make: (*maker).llms})
	}
	// Without this file GitHub Pages leaves out folders that begin with "_".
	r.files = append(r.files, File{Name: ".nojekyll", Asset: &nojekyll})
}

// assets are those of the theme that the site has a use for: what draws formulas
// and diagrams is large.
func (in *Input) assets() iter.Seq[*theme.Asset] {
	var draws handbook.Draws
	for _, p := range in.Site.Pages {
		draws.Formulas = draws.Formulas || p.Body.Draws.Formulas
		draws.Diagrams = draws.Diagrams || p.Body.Draws.Diagrams
	}
	return func(yield func(*theme.Asset) bool) {
		for i := range in.Theme.Assets {
			a := &in.Theme.Assets[i]
			if a.For.Formulas && !draws.Formulas || a.For.Diagrams && !draws.Diagrams {
				continue
			}
			if !yield(a) {
				return
			}
		}
	}
}

// reportsOn are the reports in which a site has something to show: a folder of
// plain pages has none.
func reportsOn(in Input) []report {
	var list []report
	s := in.Site
	for _, x := range reports {
		if x.name == facet.Changes && in.History != nil && len(in.History.Recent) > 0 {
			list = append(list, x)
		} else if slices.ContainsFunc(s.Pages, func(p *site.Page) bool { return slices.Contains(x.needs, p.Kind) }) {
			list = append(list, x)
		}
	}
	return list
}

// feeds lists the feeds of changes: of the whole handbook, of each section at the
// top, and of each role. Feeds are read elsewhere, so they need to know where the
// site is.
func (r *Renderer) feeds(dir string) {
	if r.in.BaseURL == "" || r.in.History == nil || len(r.in.History.Recent) == 0 {
		return
	}
	add := func(name, title string, of func(facet.Changed) bool) {
		for _, form := range []struct {
			ending string
			write  func(feed.Feed) []byte
		}{{".atom", feed.Atom}, {".json", feed.JSON}} {
			file := dir + name + form.ending
			r.files = append(r.files, File{Name: file, Pos: diag.Pos{}, make: func(m *maker) ([]byte, error) { return form.write(m.feed(file, title, of)), nil }})
		}
	}
	add("all", "", func(facet.Changed) bool { return true })
	for _, s := range r.in.Site.Sections {
		if s.Parent != nil && s.Parent.Dir == "." {
			add("section-"+s.Dir.Base(), s.Title, func(c facet.Changed) bool { return slices.Contains(c.Sections, string(s.Dir)) })
		}
	}
	for _, p := range r.in.Site.Pages {
		if p.Kind == handbook.Role {
			address := p.URL
			add("role-"+p.Name(), p.Title, func(c facet.Changed) bool {
				return slices.ContainsFunc(c.Roles, func(l graph.Link) bool { return l.Address == address })
			})
		}
	}
}

// forOthers lists the files that other programs read (others.go). A file of the author's with the same name is kept.
func (r *Renderer) forOthers() {
	if r.in.BaseURL == "" {
		return
	}
	list := func(f File) {
		if !slices.ContainsFunc(r.in.Site.Copies, func(c site.Copy) bool { return c.To == f.Name }) {
			r.files = append(r.files, f)
		}
	}
	add := func(name string, make func(*maker) ([]byte, error)) { list(File{Name: name, make: make}) }
	draw := func(name string, make func(*maker) ([]byte, error)) {
		list(File{Name: name, make: make, Later: true})
	}
	add("sitemap.xml", (*maker).sitemap)
	if r.in.Theme.Finder != "" {
		add(openSearchName, (*maker).openSearch)
	}
	add(manifestName, (*maker).manifest)
	if r.in.hasIcons() {
		for _, size := range iconSizes {
			draw(iconName(size), func(m *maker) ([]byte, error) { return m.look().Icon(size) })
		}
	}
	draw(cardFolder+siteCard+".png", func(m *maker) ([]byte, error) { return m.look().Card(m.Shared().Title, m.Shared().Title) })
	for _, s := range r.in.Site.Sections {
		if s.Parent != nil && s.Parent.Dir == "." {
			draw(cardFolder+s.Dir.Base()+".png", func(m *maker) ([]byte, error) { return m.look().Card(m.Section(s.Dir).Title, m.Shared().Title) })
		}
	}
	// Servers look for these at the root of a host alone.
	if u, err := url.Parse(r.in.BaseURL); err == nil && u.Path == "/" {
		add("robots.txt", (*maker).robots)
		add("_headers", (*maker).headers)
		if len(r.old) > 0 {
			add("_redirects", (*maker).redirects)
		}
	}
}

// fragments lists what results of a search show: a small file for each page.
func (r *Renderer) fragments() {
	if r.in.Theme.Finder == "" {
		return
	}
	r.texts = len(r.files)
	addresses := make([]string, len(r.in.Site.Pages))
	for i, p := range r.in.Site.Pages {
		addresses[i] = p.URL
	}
	for i, place := range search.Places(addresses) {
		path := r.in.Site.Pages[i].Path
		r.files = append(r.files, File{Name: search.FragmentName(place), Later: true, Of: path, make: func(m *maker) ([]byte, error) { return m.fragment(path, place) }})
	}
}

// moved lists the pages that lead from old addresses to those of today.
func (r *Renderer) moved(view func(name string, pos diag.Pos, page bool, make func(*maker) (*PageView, error))) {
	taken := map[string]bool{}
	for _, p := range r.in.Site.Pages {
		taken[strings.ToLower(p.URL)] = true
	}
	for _, s := range r.in.Site.Sections {
		taken[strings.ToLower(s.URL)] = true
	}
	for _, p := range r.in.Site.Pages {
		for _, a := range p.Meta.Aliases {
			address, path := graph.AliasAddress(p, a.Value), p.Path
			if !fs.ValidPath(strings.TrimSuffix(address, "/")) || taken[strings.ToLower(address)] {
				continue // reported
			}
			taken[strings.ToLower(address)] = true
			r.old = append(r.old, oldAddress{address, path})
			view(address+"index.html", p.Pos, false, func(m *maker) (*PageView, error) { return m.moved(path, address), nil })
		}
	}
}

var nojekyll = theme.Asset{Name: ".nojekyll", Sum: sha256.Sum256(nil)}

// Changed are the places in Files of those that may not come out as they did with
// another renderer; false where that may be any.
func (r *Renderer) Changed(other *Renderer) ([]int, bool) {
	if !r.SameFiles(other) {
		return nil, false
	}
	places, ok := r.index.Changed(other.index) // pages come first, in their order
	if r.texts > 0 {
		for _, i := range places {
			places = append(places, r.texts+i)
		}
	}
	return r.withExport(places, ok)
}

// Files are all files of the site, those of pages first.
func (r *Renderer) Files() []File { return r.files }

// Fresh reports whether a file that rests on these reads is still right.
func (r *Renderer) Fresh(reads facet.Reads) bool { return r.index.Fresh(reads) }

// Make makes a file, and says what it rests on. An error that is a Failure is
// one of the theme; any other is about reading what was kept of a page.
func (r *Renderer) Make(f File) ([]byte, facet.Reads, error) {
	if f.Asset != nil {
		return f.Asset.Data, facet.Reads{}, nil
	}
	m := &maker{Renderer: r, Reader: r.index.Reader()}
	data, err := f.make(m)
	if err != nil {
		return nil, facet.Reads{}, err
	}
	return data, m.Reads(), nil
}

// Failure is an error of a template.
type Failure struct{ Err error }

func (f *Failure) Error() string { return f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Failures collects what fails in the templates. The same failure on many pages
// is one finding. The zero value is ready to use, by many goroutines at once.
type Failures struct {
	lock  sync.Mutex
	pages map[string][]diag.Pos
	errs  map[string]error
}

// Add notes a failure while f was made; false for other errors.
func (s *Failures) Add(f File, err error) bool {
	var failure *Failure
	if !errors.As(err, &failure) {
		return false
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.pages == nil {
		s.pages, s.errs = map[string][]diag.Pos{}, map[string]error{}
	}
	text := failure.Error()
	s.pages[text] = append(s.pages[text], f.Pos)
	s.errs[text] = failure.Err
	return true
}

// Findings are those of a theme, which lies in the named folder.
func (s *Failures) Findings(themeName string) diag.List {
	s.lock.Lock()
	defer s.lock.Unlock()
	var found diag.List
	for text, pages := range s.pages {
		theme.Report(&found, themeName, pages, s.errs[text])
	}
	found.Sort()
	return found
}

// All makes every file. It calls emit from several goroutines at once, once for
// each name; emit must not keep the bytes. Findings are about templates.
func All(ctx context.Context, in Input, emit func(name string, data []byte) error) (diag.List, error) {
	r := New(in, nil)
	var failures Failures
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, f := range r.Files() {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, _, err := r.Make(f)
			if failures.Add(f, err) {
				return nil
			}
			if err != nil {
				return err
			}
			return emit(f.Name, data)
		})
	}
	err := g.Wait()
	return failures.Findings(in.ThemeName), err
}

// maker makes one file.
type maker struct {
	*Renderer
	*facet.Reader
	address string
	href    hrefs
	err     error // the first failure of a component
}

// failed notes a failure of a component.
func (m *maker) failed(err error) {
	if m.err == nil {
		m.err = err
	}
}

// execute makes a page of its view.
func (m *maker) execute(v *PageView) ([]byte, error) {
	m.Layout(v.Layout)
	out := bytes.NewBuffer(make([]byte, 0, len(v.Body)+16<<10))
	err := m.in.Theme.Execute(out, v.Layout, v)
	if err == nil {
		err = m.err
	}
	if err != nil {
		return nil, &Failure{err}
	}
	return out.Bytes(), nil
}

// kindLabels are what readers call the kinds of pages.
var kindLabels = func() map[handbook.Kind]string {
	labels := map[handbook.Kind]string{handbook.Person: "Person"}
	for _, t := range handbook.Types {
		labels[t.Kind] = t.Label
	}
	return labels
}()
