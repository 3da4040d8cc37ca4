package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/rutter-dev/rutter/internal/brand"
	"github.com/rutter-dev/rutter/internal/cache"
	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/markdown"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/publish"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/source"
	"github.com/rutter-dev/rutter/internal/stamp"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// CacheDir is where a site's folder holds what builds remember. It may be
// removed at any time.
const CacheDir = ".rutter/cache"

// Session builds one site again and again. It is not safe for use by several
// goroutines; Files, File, Fresh and Make of the builds that it opens are, also
// after the next one has been opened.
type Session struct {
	Notice string // what the user should know of the cache; "" as a rule

	opts     Options
	root     *os.Root     // the site's folder, where there is a cache
	cache    *cache.Cache // nil: nothing is remembered beyond the process
	loader   *source.Loader
	made     map[string]Made // by name, what the last output was made of
	learnt   bool            // made, or something recalled, is new since the last Save
	site     *site.Site      // of the last Open
	related  related         // of the last Open
	renderer *render.Renderer
	files    []File         // of the last Build that could make any
	places   map[string]int // in files, by name
	checked  checked
	parsers  map[markdown.Options]*markdown.Parser
	themed   themed
	located  func(*Build)         // called when the folders of a build are open; nil: nobody waits for that
	changes  *gitrepo.FileChanges // of the content, as git said last; nil: it has not been asked
	history  *facet.History       // made of changes
	noted    bool                 // changes are in the cache
	recalled map[cache.Key]any    // results of recall, with their findings
	used     []cache.Key          // of them, those of the last Open
	checking bool                 // nothing is published, so nobody searches in it
}

// checked is what Stale has found out, for the next Stale: where only texts have
// changed since, only few files can be stale.
type checked struct {
	renderer *render.Renderer // nil: nothing is known
	stale    map[string]bool  // files that were stale and have not been made since
	gone     []string
}

// related is what the pages of a site say of each other.
type related struct {
	graph *graph.Graph
	site  *site.Site
	found []diag.Finding
}

// themed is a theme with the state of the files it was read from.
type themed struct {
	name, state string
	theme       *theme.Theme
	found       []diag.Finding
}

// Start returns a Session that remembers what an earlier one on this site has
// saved.
func Start(opts Options) *Session {
	if opts.Env == nil {
		opts.Env = os.Getenv
	}
	if opts.Dir == "" {
		opts.Dir = "."
	}
	s := &Session{opts: opts, parsers: map[markdown.Options]*markdown.Parser{}, recalled: map[cache.Key]any{}}
	s.openCache()
	if s.cache == nil {
		s.loader = source.NewLoader(nil, nil)
		return s
	}
	memory, _ := s.cache.Note(notePages)
	s.loader = source.NewLoader(records{s.cache}, memory)
	var made []madeFile
	if note, ok := s.cache.Note(s.noteMade()); ok && pack.Decode(note, &made) == nil {
		s.made = make(map[string]Made, len(made))
		for _, m := range made {
			s.made[m.Name] = m.Made
		}
	}
	return s
}

// notePages is the note of what was read.
const notePages = "pages"

// noteMade is the note of what was made. The pages of a preview have another
// address, and all of them would be made again after each change of sides.
func (s *Session) noteMade() string {
	if s.opts.Preview {
		return "made for a preview"
	}
	return "made"
}

type madeFile struct {
	Name string
	Made Made
}

// records is the cache as source wants it.
type records struct{ *cache.Cache }

func (r records) Get(k handbook.Key) ([]byte, bool)     { return r.Cache.Get(cache.Key(k)) }
func (r records) Has(k handbook.Key) bool               { return r.Cache.Has(cache.Key(k)) }
func (r records) Put(k handbook.Key, data []byte) error { return r.Cache.Put(cache.Key(k), data) }

// openCache opens the cache of a site that has a site.yaml. Folders that nobody
// wrote for us stay as they are.
func (s *Session) openCache() {
	if s.opts.NoCache || s.opts.Content != "" || program() == "" {
		return
	}
	root, err := os.OpenRoot(s.opts.Dir)
	if err != nil {
		return // Open says so
	}
	if info, err := root.Lstat(ConfigFile); err != nil || !info.Mode().IsRegular() {
		root.Close()
		return
	}
	s.root = root
	schema := pack.SumBytes([]byte(program()), []byte(source.Schema()), []byte(facet.Schema()), []byte(pack.Schema(gitrepo.FileChanges{})), []byte(pack.Schema([]madeFile{})))
	s.cache, s.Notice = cache.Open(root, CacheDir, hex.EncodeToString(schema[:]))
}

// program stands for this program: another one may parse and render otherwise.
// It is "" where that cannot be told.
var program = sync.OnceValue(func() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return string(h.Sum(nil))
})

// Close releases what the session holds. What was not saved is forgotten.
func (s *Session) Close() {
	if s.cache != nil {
		s.cache.Close()
	}
	if s.root != nil {
		s.root.Close()
	}
}

// Open reads the site as it is now and resolves it. Everything that is wrong
// with it is in the findings of the Build; an error means that it could not be
// read at all. The caller closes the Build.
func (s *Session) Open(ctx context.Context) (*Build, error) { return s.open(ctx, nil) }

// OpenAt is Open where only these folders have been touched since the last one,
// the folders below them not included. A preview that is told so need not look
// at ten thousand files.
func (s *Session) OpenAt(ctx context.Context, folders []string) (*Build, error) {
	if folders == nil {
		folders = []string{}
	}
	return s.open(ctx, folders)
}

func (s *Session) open(ctx context.Context, touched []string) (*Build, error) {
	b := &Build{session: s, opts: s.opts, Config: config.Default(), touched: touched}
	s.forget()
	if err := b.open(ctx); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// forget drops what the last Open did not recall.
func (s *Session) forget() {
	recent := map[cache.Key]any{}
	for _, k := range s.used {
		recent[k] = s.recalled[k]
	}
	s.recalled, s.used = recent, nil
}

// Save remembers for the next process what this one has read, and what the last
// output was made of. The build may be an older one that is still in use: what
// it rests on stays. A cache that cannot be written is no failure of a build.
func (s *Session) Save(b *Build) {
	if s.cache == nil || !s.learnt && !s.loader.Learnt() && (s.changes == nil || s.noted) {
		return
	}
	s.learnt = false
	if s.changes != nil && !s.noted {
		s.cache.SetNote(noteChanges, pack.Append(nil, s.changes))
		s.noted = true
	}
	s.cache.SetNote(notePages, s.loader.Memory())
	names := make([]string, 0, len(s.made))
	for name := range s.made {
		names = append(names, name)
	}
	slices.Sort(names)
	made := make([]madeFile, len(names))
	for i, name := range names {
		made[i] = madeFile{name, s.made[name]}
	}
	s.cache.SetNote(s.noteMade(), pack.Append(nil, &made))
	err := s.cache.Commit(func(yield func(cache.Key) bool) {
		for _, k := range s.used {
			if !yield(k) {
				return
			}
		}
		for _, p := range b.Site.Pages {
			if !yield(wordsKey(p)) {
				return
			}
		}
		for _, keys := range []iter.Seq[handbook.Key]{s.loader.Keys(), source.Keys(b.tree)} {
			for k := range keys {
				if !yield(cache.Key(k)) {
					return
				}
			}
		}
	})
	if err != nil && s.Notice == "" {
		s.Notice = fmt.Sprintf("the cache in %s could not be written, so the next build starts from nothing: %v", CacheDir, err)
	}
}

// Run builds a site and publishes it. Where the findings hold an error, or an
// error is returned, the output folder is as it was.
func Run(ctx context.Context, opts Options) (Result, error) {
	s := Start(opts)
	defer s.Close()
	return s.twice(ctx, s.run)
}

// Included are the files outside of the content that the pages of the last Open
// include, or would if they were there.
func (s *Session) Included() []string {
	list := s.loader.Included()
	for i, name := range list {
		list[i] = filepath.Join(s.opts.Dir, filepath.FromSlash(name))
	}
	return list
}

// twice does it again where the cache turned out to be damaged: it has noticed,
// and what is missing is read anew.
func (s *Session) twice(ctx context.Context, do func(context.Context) (Result, error)) (Result, error) {
	r, err := do(ctx)
	if errors.Is(err, source.ErrLost) {
		return do(ctx)
	}
	return r, err
}

func (s *Session) run(ctx context.Context) (Result, error) {
	// The output is looked over while the content is read.
	var stage *publish.Stage
	var failed error
	var opening sync.WaitGroup
	defer func() {
		if stage != nil {
			stage.Abort()
		}
	}()
	s.located = func(b *Build) {
		opening.Go(func() { stage, failed = publish.Open(ctx, s.opts.Output, s.publishing(b)) })
	}
	b, err := s.Open(ctx)
	opening.Wait()
	if err != nil {
		return Result{}, err
	}
	defer b.Close()
	if b.Findings.HasErrors() {
		s.Save(b)
		return b.result(), nil
	}
	if failed != nil {
		return b.result(), failed
	}
	if err := b.Write(ctx, stage); err != nil {
		return b.result(), err
	}
	if b.Findings.HasErrors() {
		s.Save(b)
		return b.result(), nil
	}
	if s.opts.Verify {
		if err := b.verify(ctx); err != nil {
			return b.result(), err
		}
	}
	published, err := stage.Commit()
	if err != nil {
		return b.result(), err
	}
	s.Save(b)
	r := b.result()
	r.Published = published
	return r, nil
}

// publishing says how to publish a build.
func (s *Session) publishing(b *Build) publish.Options {
	o := publish.Options{Keep: b.sources()}
	if s.cache != nil && !s.opts.Verify {
		o.Cache = filepath.Join(s.opts.Dir, filepath.FromSlash(CacheDir), "publish")
	}
	return o
}

// Check builds a site and publishes nothing. Pages are made and thrown away, but
// for those that an earlier build has made: a template may fail on one of them.
func Check(ctx context.Context, opts Options) (Result, error) {
	s := Start(opts)
	defer s.Close()
	return s.twice(ctx, s.check)
}

func (s *Session) check(ctx context.Context) (Result, error) {
	s.checking = true
	b, err := s.Open(ctx)
	if err != nil {
		return Result{}, err
	}
	defer b.Close()
	if err := b.Write(ctx, nowhere{keep: true}); err != nil {
		return b.result(), err
	}
	s.Save(b)
	return b.result(), nil
}

// parser returns the parser for some options, which keeps what it has learnt.
func (s *Session) parser(o markdown.Options) *markdown.Parser {
	if s.parsers[o] == nil {
		clear(s.parsers) // each change of the glossary makes another one
		s.parsers[o] = markdown.New(o)
	}
	return s.parsers[o]
}

// theme loads a theme, unless the last one was read from the same files. A
// state of "" is never the same.
func (s *Session) theme(name, state string, layers []fs.FS) (*theme.Theme, []diag.Finding) {
	if t := s.themed; t.theme != nil && t.name == name && t.state == state && state != "" {
		return t.theme, t.found
	}
	if state == builtIn && name == path.Join("themes", config.Default().Theme) {
		return builtInTheme()
	}
	t, found := theme.Load(name, markdown.Stylesheet(), layers...)
	s.themed = themed{name, state, t, found.Take()}
	return t, s.themed.found
}

// builtIn is the state of the theme that comes with the program.
const builtIn = "built in"

// builtInTheme is that theme, which is the same for all sessions of a process.
var builtInTheme = sync.OnceValues(func() (*theme.Theme, []diag.Finding) {
	t, found := theme.Load(path.Join("themes", config.Default().Theme), markdown.Stylesheet(), themes.Default())
	return t, found.Take()
})

// folderState stands for all files in a folder; "" where that takes reading them.
func folderState(folder fs.FS) string {
	var names []string
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return ""
	}
	return filesState("files\n", folder, names)
}

// brandState adds what a brand is made of to the state of a theme.
func brandState(state string, b config.Brand, site fs.FS) string {
	if state == "" {
		return ""
	}
	return filesState(fmt.Sprintf("%s%+v\n", state, b), site, brand.Files(b))
}

// filesState adds what stands for some files to a state; "" where that takes
// reading them.
func filesState(state string, folder fs.FS, names []string) string {
	now := time.Now()
	for _, name := range names {
		info, err := fs.Stat(folder, name)
		if err != nil {
			return ""
		}
		st, ok := stamp.Of(info)
		if !ok || !st.Settled(now) {
			return ""
		}
		state += fmt.Sprintf("%q %v\n", name, st)
	}
	return state
}
