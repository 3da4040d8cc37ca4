// Package build runs the stages in order. It is the picture of
// docs/architecture.md in Go:
//
//	site.yaml ── config ─┐
//	content/  ── source ─┴─ site ──┐
//	git, event files ── delivery ──┼─ render ── Output: publish, serve
//	themes/   ── theme ────────────┘
//
// A Session builds one site any number of times. Its Open reads and resolves
// everything, Build.Write makes the files of the site, and Run does both once
// and publishes. No stage goes to the network.
//
// A Session does again only what a change asks for: source knows which files
// are the same, and for each file of the output the session remembers what it
// was made of (Made). What it remembers lies in .rutter/cache, for the next
// process; nothing depends on it but the time that a build takes.
package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/brand"
	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/markdown"
	"github.com/rutter-dev/rutter/internal/publish"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/source"
	"github.com/rutter-dev/rutter/internal/store"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// ConfigFile is the name of a site's settings.
const ConfigFile = "site.yaml"

// Options say what to build. Paths are as the user typed them; relative ones
// start at the process's folder.
type Options struct {
	Dir     string // the site's folder; "": the process's
	Content string // a folder that is the whole site, without site.yaml; "": as the site says
	Output  string // the folder to publish to
	BaseURL string // replaces base_url of site.yaml
	Drafts  bool
	Strict  bool // warnings are errors, but for those that diag.Code.Forgiven excepts
	Version string
	Env     func(string) string // the environment; nil: os.Getenv

	NoCache bool // remember nothing beyond the process, and use nothing that was
	Verify  bool // for Run: publish only what a build without any memory would make, byte for byte
	Preview bool // remember apart from the builds that are published

	// ServicesOnly stops Open before it reads any delivery: for those who want to
	// know what to collect. Such a Build has no files.
	ServicesOnly bool

	// Today tells the day, for findings about age, to commands that publish
	// nothing; nil: nothing is said of age.
	Today func() time.Time
}

// Result says what a build found and did.
type Result struct {
	Findings     diag.List
	ConfigErrors bool // among the findings are mistakes in site.yaml
	Pages        int
	Published    publish.Result // zero where the findings hold errors
	Notice       string         // what the user should know of the cache; "" as a rule
}

// Build is a site that has been read and resolved.
type Build struct {
	Findings diag.List
	Config   config.Config
	Site     *site.Site
	Graph    *graph.Graph
	Delivery *render.Delivery
	History  *facet.History // nil: nobody knows when pages changed
	Services []ServiceData  // in the order of the services' names

	session   *Session
	opts      Options
	touched   []string // the only folders in which something may have changed; nil: anywhere
	typed     bool     // there is a site.yaml
	root      *os.Root // the site's folder
	content   *os.Root // the content root
	prefix    string   // of positions in the content: "content"
	tree      *handbook.Tree
	theme     *theme.Theme
	themeName string
	configBad bool
	renderer  *render.Renderer
	found     *finding // the search index; nil: there is none
	files     []File
	mine      int            // the number of files before those of the search index
	places    map[string]int // in files, by name

	looked bool // for the store
	store  *store.Store
	seen   *store.View // of the store; nil: there is none
}

// Open reads a site once and resolves it: see Session.Open.
func Open(ctx context.Context, opts Options) (*Build, error) {
	opts.NoCache = true
	return Start(opts).Open(ctx)
}

// Close releases the folders and the store that the build reads from.
func (b *Build) Close() {
	if b.seen != nil {
		b.seen.Close()
	}
	if b.store != nil {
		b.store.Close()
	}
	for _, r := range []*os.Root{b.content, b.root} {
		if r != nil {
			r.Close()
		}
	}
}

func (b *Build) open(ctx context.Context) error {
	if err := b.settings(); err != nil {
		return err
	}
	if b.session.located != nil {
		b.session.located(b)
	}
	manner := markdown.Options{HTML: markdown.HTMLPolicy(b.Config.Markup.HTML), Math: markdown.MathSyntax(b.Config.Markup.Math), Metrics: b.typed, Wiki: b.Config.Markup.Wiki}
	explaining := func(terms string) (source.Parser, string) {
		with := manner
		with.Terms = terms
		return b.session.parser(with), fmt.Sprintf("%+v", with)
	}
	reading := b.reading()
	reading.Explaining, reading.Touched = explaining, b.touchedContent()
	reading.Parser, reading.Identity = b.session.parser(manner), fmt.Sprintf("%+v", manner)
	tree, found, err := b.session.loader.Load(ctx, b.content, reading)
	if err != nil {
		return err
	}
	b.tree = tree
	b.Findings.Join(found)
	b.Site, found = site.New(tree, site.Options{Content: b.prefix, Wiki: b.Config.Markup.Wiki, Title: b.Config.Title, Owner: b.Config.Owner, Strict: b.typed, Drafts: b.opts.Drafts, Previous: b.session.site})
	b.session.site = b.Site
	b.Findings.Join(found)
	b.relate()
	b.reviews()
	b.checkServices()
	if b.opts.ServicesOnly {
		b.finish()
		return nil
	}
	b.owners()
	if err := b.delivery(ctx); err != nil {
		return err
	}
	if err := b.history(ctx); err != nil {
		return err
	}
	if b.loadTheme() {
		if err := b.prepare(ctx); err != nil {
			return err
		}
	}
	b.finish()
	return nil
}

// reading says which content there is, but not how it is parsed.
func (b *Build) reading() source.Options {
	return source.Options{Name: b.name(), Prefix: b.prefix, Site: b.root, Typed: b.typed, Exclude: b.excluded()}
}

// relate finds out what the pages say of each other. Where only texts differ from
// the last time, they say the same.
func (b *Build) relate() {
	s := b.session
	if s.related.graph == nil || !b.Site.SameButTexts(s.related.site) {
		graph, found := graph.New(b.Site)
		s.related = related{graph, b.Site, found.Take()}
	}
	b.Graph = s.related.graph
	b.Findings.Add(s.related.found...)
	if owner := b.Config.Owner; b.typed && owner != "" && !b.Graph.Answers(owner) {
		b.Findings.Warnf(diag.Pos{Path: ConfigFile}, diag.ConfigValue, "owner: there is no team or person %q", owner).Hint = "write team: and the name of a page in teams/"
	}
}

// settings opens the site's folders and reads site.yaml, if the site has one.
func (b *Build) settings() (err error) {
	if b.opts.Content != "" {
		b.prefix = filepath.ToSlash(filepath.Clean(b.opts.Content))
		b.content, err = openFolder(b.opts.Content)
		return err
	}
	if b.root, err = openFolder(b.opts.Dir); err != nil {
		return err
	}
	if _, err := b.root.Lstat(ConfigFile); err == nil {
		b.typed = true
		b.Config, err = config.Load(b.root.FS(), ConfigFile, b.opts.Env, &b.Findings)
		if err != nil {
			return err
		}
		b.configBad = b.Findings.HasErrors()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b.prefix = b.Config.Content
	if b.prefix == "" {
		b.prefix = "."
		if info, err := b.root.Stat("content"); err == nil && info.IsDir() {
			b.prefix = "content"
		}
	}
	b.content, err = b.root.OpenRoot(b.prefix)
	if err != nil && b.Config.Content != "" {
		f := b.Findings.Errorf(diag.Pos{Path: ConfigFile}, diag.ConfigValue, "content: there is no folder %q", b.prefix)
		f.Hint = "write the folder of the pages, below the site's own"
		b.configBad = true
		b.prefix = "."
		b.content, err = b.root.OpenRoot(".")
	}
	return err
}

// ErrFolder is wrapped by errors about a folder that the user named and that
// cannot be read.
var ErrFolder = errors.New("no folder that can be read")

func openFolder(name string) (*os.Root, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("%s is %w: %w", name, ErrFolder, cause(err))
	}
	return root, nil
}

// name is the title of last resort: the name of the folder.
func (b *Build) name() string {
	dir := b.opts.Dir
	if b.opts.Content != "" {
		dir = b.opts.Content
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir)
}

// touchedContent are the folders of the content that have been touched; nil
// where any may have been.
func (b *Build) touchedContent() []handbook.Path {
	root, err := filepath.Abs(b.content.Name())
	if b.touched == nil || err != nil {
		return nil
	}
	list := []handbook.Path{}
	for _, folder := range b.touched {
		if rel, err := filepath.Rel(root, folder); err == nil && filepath.IsLocal(rel) {
			list = append(list, handbook.Path(filepath.ToSlash(rel)))
		}
	}
	return list
}

// excluded lists what lies below the content root and is not content: the
// output, and the themes where the site's folder is the content root.
func (b *Build) excluded() []handbook.Path {
	var list []handbook.Path
	if b.root != nil && b.prefix == "." {
		list = append(list, "themes")
	}
	from, err1 := filepath.Abs(b.content.Name())
	to, err2 := filepath.Abs(b.opts.Output)
	if rel, err := filepath.Rel(from, to); err == nil && err1 == nil && err2 == nil && b.opts.Output != "" {
		if rel = filepath.ToSlash(rel); rel != "." && rel != ".." && !strings.HasPrefix(rel, "../") {
			list = append(list, handbook.Path(rel))
		}
	}
	return list
}

// owners reports pages that nobody answers for, in one finding: one line in
// site.yaml mends them all.
func (b *Build) owners() {
	if !b.typed || b.Config.Owner != "" {
		return
	}
	var without []string
	for _, p := range b.Site.Pages {
		if p.Owner == "" {
			without = append(without, p.Pos.Path)
		}
	}
	if len(without) > 0 {
		f := b.Findings.Warnf(diag.Pos{Path: ConfigFile}, diag.NoOwner, "%d of %d pages have no owner, and none to inherit; the first is %s", len(without), len(b.Site.Pages), without[0])
		f.Hint = "write owner: team:name here for all, or in the front matter of a page for that page"
	}
}

// loadTheme puts the site's theme over the built-in one, and reports whether
// pages can be made with it.
func (b *Build) loadTheme() bool {
	name := b.Config.Theme
	b.themeName = path.Join("themes", name)
	layers := []fs.FS{themes.Default()}
	state := builtIn
	if b.root != nil {
		if info, err := b.root.Stat(b.themeName); err == nil && info.IsDir() {
			if sub, err := fs.Sub(b.root.FS(), b.themeName); err == nil {
				layers = slices.Insert(layers, 0, sub)
				state = folderState(sub)
			}
		} else if name != config.Default().Theme {
			b.Findings.Errorf(diag.Pos{Path: ConfigFile}, diag.ThemeMissing, "there is no theme %q", name).Hint = "put it into " + b.themeName + "/, or write theme: default"
			b.configBad = true
		}
	}
	if b.root != nil && b.Config.Brand != (config.Brand{}) {
		layer, found := brand.Layer(b.Config.Brand, b.root.FS(), theme.BaseTokens(layers...))
		b.configBad = b.configBad || found.HasErrors()
		b.Findings.Join(found)
		if layer != nil {
			layers = slices.Insert(layers, len(layers)-1, layer)
			state = brandState(state, b.Config.Brand, b.root.FS())
		}
	}
	var found []diag.Finding
	b.theme, found = b.session.theme(b.themeName, state, layers)
	b.Findings.Add(found...)
	if slices.ContainsFunc(found, isError) {
		return false
	}
	if state == builtIn { // which fits: TestDefaultTheme
		return true
	}
	good, _ := recall(b, state, "theme "+b.themeName, func(found *diag.List) (bool, error) {
		found.Join(render.CheckTheme(b.theme, b.themeName))
		return !found.HasErrors(), nil
	})
	return good
}

func isError(f diag.Finding) bool { return f.Severity == diag.Error }

// finish puts the findings in order and shows the lines they are about.
func (b *Build) finish() {
	if b.opts.Strict {
		b.Findings.Strict()
	}
	b.Findings.Sort()
	b.Findings.Locate(func(name string) ([]byte, error) {
		if rest, inside := strings.CutPrefix(name, b.prefix+"/"); inside {
			return fs.ReadFile(b.content.FS(), rest)
		}
		if b.root == nil || b.prefix == "." {
			return fs.ReadFile(b.content.FS(), name)
		}
		return fs.ReadFile(b.root.FS(), name)
	})
}

func (b *Build) result() Result {
	return Result{Findings: b.Findings, ConfigErrors: b.configBad, Pages: len(b.Site.Pages), Notice: b.session.Notice}
}

// Result is what has been found so far, for those who do not publish.
func (b *Build) Result() Result { return b.result() }

// sources are the files and folders that the output must neither be nor hold.
func (b *Build) sources() []string {
	list := []string{b.content.Name()}
	if b.root != nil {
		list = append(list, b.root.Name(), filepath.Join(b.root.Name(), ConfigFile), filepath.Join(b.root.Name(), "themes"))
	}
	return list
}

// Inputs are the places that builds of a site read from. A preview watches
// them; clones of services are not among them.
type Inputs struct {
	Trees  []string // folders with everything below them, whether or not they are there yet
	Files  []string
	Except []string // files and folders below a tree that are no input: the output
}

// Watched returns the inputs of builds with these options. It reads no more
// than the settings, and a site that is broken or missing has inputs too: those
// that would mend it.
func Watched(opts Options) Inputs {
	if opts.Env == nil {
		opts.Env = os.Getenv
	}
	if opts.Dir == "" {
		opts.Dir = "."
	}
	var in Inputs
	if opts.Output != "" {
		in.Except = []string{opts.Output}
	}
	if opts.Content != "" {
		in.Trees = []string{opts.Content}
		return in
	}
	b := &Build{opts: opts, Config: config.Default()}
	defer b.Close()
	content := "content"
	if err := b.settings(); err == nil {
		content = cmp.Or(b.Config.Content, b.prefix)
	}
	in.Trees = []string{filepath.Join(opts.Dir, filepath.FromSlash(content)), filepath.Join(opts.Dir, "themes")}
	in.Files = []string{filepath.Join(opts.Dir, ConfigFile)}
	for _, name := range brand.Files(b.Config.Brand) {
		in.Files = append(in.Files, filepath.Join(opts.Dir, filepath.FromSlash(name)))
	}
	return in
}

// DeliveryFindings are the findings about settings, service pages, event files
// and clones: what a report of metrics rests on.
func (b *Build) DeliveryFindings() diag.List {
	services := map[string]bool{ConfigFile: true}
	for _, p := range b.Site.Services {
		services[p.Pos.Path] = true
	}
	return b.Findings.Filter(func(f *diag.Finding) bool {
		switch f.Code {
		case diag.EventLine, diag.EventField, diag.EventFile:
			return true
		}
		return services[f.Pos.Path] && !strings.HasPrefix(string(f.Code), "RT4")
	})
}
