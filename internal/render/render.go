// Package render turns a site, its delivery data and a theme into named files.
//
//	*site.Site ──┐
//	Delivery ────┼── All ──▶ emit(name, bytes) for publish, serve and tests
//	*theme.Theme ┘
//
// It prepares a typed view for each page (views.go), so that templates arrange
// and never compute. It is pure: the same input gives the same bytes, whatever
// the machine, the time and the number of processors.
package render

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/url"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/theme"
)

// Input is what a site is made of. All of it is read-only.
type Input struct {
	Site       *site.Site
	Theme      *theme.Theme
	ThemeName  string // the theme's folder, for findings
	Delivery   *Delivery
	BaseURL    string // absolute, with a slash at its end; "": unknown
	Language   string // "": en
	Repository string // "": no edit links
	EditRoot   string // the content folder inside the repository; "" or with a slash at its end
	Version    string
}

// All makes every file of the site but the copies of the content's own files
// (site.Site.Copies). It calls emit from several goroutines at once, once for
// each name. Findings are about templates; an error is one of emit or of ctx.
func All(ctx context.Context, in Input, emit func(name string, data []byte) error) (diag.List, error) {
	r := newRenderer(in)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, p := range in.Site.Pages {
		g.Go(func() error { return r.emit(ctx, p.Pos, p.URL+"index.html", r.page(p), emit) })
	}
	for _, s := range r.unwritten(in.Site.Root) {
		g.Go(func() error {
			return r.emit(ctx, diag.Pos{Path: string(s.Dir)}, s.URL+"index.html", r.section(s), emit)
		})
	}
	g.Go(func() error { return r.emit(ctx, diag.Pos{}, r.allPages+"index.html", r.list(), emit) })
	g.Go(func() error { return r.emit(ctx, diag.Pos{}, "404.html", r.missing(), emit) })
	if err := g.Wait(); err != nil {
		return r.found, err
	}
	for _, a := range in.Theme.Assets {
		if err := emit(a.Name, a.Data); err != nil {
			return r.found, err
		}
	}
	if in.BaseURL != "" {
		if err := emit("sitemap.xml", r.sitemap()); err != nil {
			return r.found, err
		}
	}
	// Without this file GitHub Pages leaves out folders that begin with "_".
	return r.found, emit(".nojekyll", nil)
}

// CheckTheme holds the templates of a theme against the views that they get.
func CheckTheme(t *theme.Theme, name string) diag.List {
	return t.Check(name, PageView{}, map[string]any{"figure": FigureView{}})
}

// renderer holds what the pages of one site share.
type renderer struct {
	Input
	base      string // path of the site on its host, with slashes at both ends
	allPages  string // address of the list of all pages
	sections  []site.Item
	places    map[*site.Page]int // where each page stands in its section
	buffers   sync.Pool
	lock      sync.Mutex
	found     diag.List
	templates map[string]bool // findings already made, by place and message
}

func newRenderer(in Input) *renderer {
	r := &renderer{Input: in, base: "/", allPages: "all-pages/", places: map[*site.Page]int{}, templates: map[string]bool{}}
	r.buffers.New = func() any { return new(bytes.Buffer) }
	if r.Language == "" {
		r.Language = "en"
	}
	if u, err := url.Parse(in.BaseURL); err == nil && u.Path != "" {
		r.base = u.Path
	}
	taken := map[string]bool{}
	var walk func(s *site.Section)
	walk = func(s *site.Section) {
		taken[strings.ToLower(s.URL)] = true
		for i, item := range s.Items {
			taken[strings.ToLower(item.URL())] = true
			if item.Section != nil {
				walk(item.Section)
			} else {
				r.places[item.Page] = i
			}
		}
	}
	walk(in.Site.Root)
	for taken[r.allPages] {
		r.allPages = "-" + r.allPages
	}
	for _, item := range in.Site.Root.Items {
		if item.Section != nil {
			r.sections = append(r.sections, item)
		}
	}
	return r
}

// emit makes a page of its view and hands it on. A template that fails makes a
// finding and no file; the same failure on many pages is one finding.
func (r *renderer) emit(ctx context.Context, pos diag.Pos, name string, view *PageView, emit func(string, []byte) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	buf := r.buffers.Get().(*bytes.Buffer)
	defer r.buffers.Put(buf)
	buf.Reset()
	if err := r.Theme.Execute(buf, view.Kind, view); err != nil {
		r.report(pos, err)
		return nil
	}
	return emit(name, buf.Bytes())
}

func (r *renderer) report(page diag.Pos, err error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if !r.templates[err.Error()] {
		r.templates[err.Error()] = true
		theme.Report(&r.found, r.ThemeName, page, err)
	}
}

// unwritten lists the sections below s that have no page of their own.
func (r *renderer) unwritten(s *site.Section) []*site.Section {
	var list []*site.Section
	if s.Page == nil {
		list = append(list, s)
	}
	for _, item := range s.Items {
		if item.Section != nil {
			list = append(list, r.unwritten(item.Section)...)
		}
	}
	return list
}

// sitemap lists the addresses for search engines (sitemaps.org). It has no
// dates: those of files are not the dates of their contents.
func (r *renderer) sitemap() []byte {
	type entry struct {
		Loc string `xml:"loc"`
	}
	set := struct {
		XMLName xml.Name `xml:"urlset"`
		NS      string   `xml:"xmlns,attr"`
		URLs    []entry  `xml:"url"`
	}{NS: "http://www.sitemaps.org/schemas/sitemap/0.9"}
	add := func(address string) { set.URLs = append(set.URLs, entry{r.BaseURL + site.Encode(address)}) }
	for _, p := range r.Site.Pages {
		add(p.URL)
	}
	for _, s := range r.unwritten(r.Site.Root) {
		add(s.URL)
	}
	data, err := xml.MarshalIndent(set, "", " ")
	if err != nil {
		panic(err) // strings only: cannot fail
	}
	return append([]byte(xml.Header), append(data, '\n')...)
}

var kindLabels = map[handbook.Kind]string{
	handbook.Role: "Role", handbook.Process: "Process", handbook.Book: "Book guide", handbook.Service: "Service",
}
