package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/source"
)

// Output takes the files of a site. Its methods are called by many goroutines
// at once, one of them for each name.
type Output interface {
	// Keep lets a file stay that the output has from an earlier build; false
	// where it does not have it with just these bytes, by their SHA-256.
	Keep(name string, sum [sha256.Size]byte) (bool, error)
	// Write takes a file. It must not keep the bytes.
	Write(name string, data []byte) error
}

// File is a file of the site.
type File struct {
	Name    string // below the output folder
	Page    bool   // shows a page of the content
	made    render.File
	copy    *site.Copy
	twin    *site.Page        // the page whose Markdown it is
	version string            // of what a copy, or the index of a preview, is made of, or the page that a file of the search is of; "": unknown
	index   *finding          // the search index that it is a file of
	sum     [sha256.Size]byte // of a file of the index; zero in a preview
	later   bool              // a preview makes it when somebody asks for it
}

// Same reports whether nothing is known to tell two files of one name apart, in
// two builds, before they are made.
func (f File) Same(o File) bool { return f.version == o.version }

// Made is what a file was made of, and what came out.
type Made struct {
	Sum     [sha256.Size]byte // of its bytes
	Reads   facet.Reads
	Version string // of the File
}

// prepare lists the files of the site.
func (b *Build) prepare(ctx context.Context) error {
	in := render.Input{
		Graph: b.Graph, History: b.History, Twins: b.hasTwins(),
		Site: b.Site, Theme: b.theme, ThemeName: b.themeName, Delivery: b.Delivery,
		BaseURL: b.Config.BaseURL, Language: b.Config.Language, Repository: b.Config.Repository, Version: b.opts.Version,
	}
	if b.opts.BaseURL != "" {
		in.BaseURL = b.opts.BaseURL
	}
	if b.prefix != "." {
		in.EditRoot = b.prefix + "/"
	}
	b.renderer = render.New(in, b.session.renderer)
	before := b.session.renderer
	b.session.renderer = b.renderer
	index, err := b.index(ctx)
	if err != nil {
		return err
	}
	same := before != nil && b.renderer.SameFiles(before) // and the same copies
	if same {
		b.files = slices.Clone(b.session.files)
	} else {
		for _, f := range b.renderer.Files() {
			b.files = append(b.files, File{Name: f.Name, Page: f.Page, made: f, later: f.Later, version: string(f.Of)})
		}
		b.twins()
		for i, c := range b.Site.Copies {
			b.files = append(b.files, File{Name: c.To, copy: &b.Site.Copies[i]})
		}
	}
	b.mine = len(b.files)
	b.versions()
	b.session.files = b.files[:b.mine:b.mine]
	b.files = append(b.session.files, index...)
	if same && b.opts.Preview { // its index is of files that are always the same
		b.places = b.session.places
	} else {
		b.places = make(map[string]int, len(b.files))
		for i, f := range b.files {
			b.places[f.Name] = i
		}
	}
	b.session.places = b.places
	return nil
}

// twins lists the Markdown of the pages, at the places of their sources, so that
// links among it work as they stand. A preview goes without.
func (b *Build) twins() {
	if !b.hasTwins() {
		return
	}
	for _, p := range b.Site.Pages {
		b.files = append(b.files, File{Name: string(p.Path), twin: p})
	}
}

func (b *Build) hasTwins() bool { return b.typed && b.Config.Markup.Source && !b.opts.Preview }

// firstTwin is the place of the first of the twins, which are in the order of the
// pages.
func (b *Build) firstTwin() int { return b.mine - len(b.Site.Copies) - len(b.Site.Pages) }

// versions notes which copies and twins are the same as before, as far as that is
// known.
func (b *Build) versions() {
	if b.hasTwins() {
		for i, p := range b.Site.Pages {
			f := &b.files[b.firstTwin()+i]
			f.twin, f.version = p, ""
			if p.Key != (handbook.Key{}) {
				f.version = hex.EncodeToString(p.Sum[:]) + p.Title + "\n" + p.Meta.Summary
			}
		}
	}
	copies := b.files[b.mine-len(b.Site.Copies) : b.mine]
	if len(copies) == 0 {
		return
	}
	versions := make(map[handbook.Path]string, len(b.tree.Files))
	for _, f := range b.tree.Files {
		versions[f.Path] = f.Version
	}
	for i := range copies {
		copies[i].version = versions[copies[i].copy.From]
	}
}

// Files are all files of the site; none where the theme cannot make any.
func (b *Build) Files() []File { return b.files }

// File is the file of a name; false where the site has none.
func (b *Build) File(name string) (File, bool) {
	i, ok := b.places[name]
	if !ok {
		return File{}, false
	}
	return b.files[i], true
}

// Fresh reports whether a file would come out as it did when it was made so.
func (b *Build) Fresh(f File, m Made) bool {
	if f.copy != nil || f.twin != nil {
		if f.version != "" && f.version == m.Version {
			return true
		}
		data, err := b.copied(f)
		return err == nil && sha256.Sum256(data) == m.Sum
	}
	if f.index != nil {
		return f.version != "" && f.version == m.Version || f.version == "" && f.sum == m.Sum
	}
	if a := f.made.Asset; a != nil {
		return a.Sum == m.Sum
	}
	return f.version == m.Version && b.renderer.Fresh(m.Reads)
}

// Make makes a file. A *render.Failure is an error of a template.
func (b *Build) Make(f File) ([]byte, Made, error) {
	if f.copy != nil || f.twin != nil {
		data, err := b.copied(f)
		if err != nil {
			return nil, Made{}, fmt.Errorf("copy %s: %w", f.Name, err)
		}
		return data, Made{Sum: sha256.Sum256(data), Version: f.version}, nil
	}
	if f.index != nil {
		data, err := f.index.content(b, f.Name)
		if err != nil {
			return nil, Made{}, err
		}
		return data, Made{Sum: sha256.Sum256(data), Version: f.version}, nil
	}
	if a := f.made.Asset; a != nil {
		return a.Data, Made{Sum: a.Sum}, nil
	}
	data, reads, err := b.renderer.Make(f.made)
	if err != nil {
		return nil, Made{}, err
	}
	return data, Made{Sum: sha256.Sum256(data), Reads: reads, Version: f.version}, nil
}

// copied is a file of the content as it is published.
func (b *Build) copied(f File) ([]byte, error) {
	if f.copy != nil {
		return b.content.ReadFile(string(f.copy.From))
	}
	data, err := b.content.ReadFile(string(f.twin.Path))
	if err != nil {
		return nil, err
	}
	data = source.Expanded(b.content, b.reading(), f.twin.Path, data)
	return source.Twin(data, f.twin.Title, f.twin.Meta.Summary), nil
}

// Write puts all files of the site into an output. Those that are as the
// session remembers them are kept, where the output has them; the others are
// made. Failing templates are added to the findings.
func (b *Build) Write(ctx context.Context, out Output) error {
	made := make([]Made, len(b.files))
	put := func(from, to int) (diag.List, error) {
		return b.each(ctx, runtime.GOMAXPROCS(0), b.files[from:to], func(i int) (err error) {
			made[from+i], err = b.put(b.files[from+i], out)
			return err
		})
	}
	// The index is large, and not needed any more once it is written.
	if _, err := put(b.mine, len(b.files)); err != nil {
		return err
	}
	b.found.release()
	found, err := put(0, b.mine)
	if err != nil {
		return err
	}
	if found.Len() > 0 {
		b.Findings.Join(found)
		b.finish()
		return nil
	}
	before := b.session.made
	b.session.checked = checked{}
	b.session.made = make(map[string]Made, len(made))
	for i, f := range b.files {
		b.session.made[f.Name] = made[i]
		b.session.learnt = b.session.learnt || !made[i].equal(before[f.Name])
	}
	b.session.learnt = b.session.learnt || len(before) != len(made)
	return nil
}

func (m Made) equal(o Made) bool {
	return m.Sum == o.Sum && m.Version == o.Version && m.Reads.Hash == o.Reads.Hash && slices.Equal(m.Reads.List, o.Reads.List)
}

// Stale are the files that would come out otherwise than the session
// remembers, and those that it has never made. Gone are the names of files that
// it remembers and that the site does not have any more.
func (b *Build) Stale() (stale []File, gone []string) {
	s := b.session
	places, few := b.suspects()
	if !few {
		places = make([]int, len(b.files))
		for i := range places {
			places[i] = i
		}
		s.checked.gone = nil
		for name := range s.made {
			if _, ok := b.places[name]; !ok {
				s.checked.gone = append(s.checked.gone, name)
			}
		}
		slices.Sort(s.checked.gone)
	}
	fresh := make([]bool, len(places))
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(places); i += workers {
				f := b.files[places[i]]
				m, known := s.made[f.Name]
				fresh[i] = known && b.Fresh(f, m) || s.opts.Preview && f.later
			}
		})
	}
	wg.Wait()
	s.checked.renderer, s.checked.stale = b.renderer, map[string]bool{}
	for i, place := range places {
		if f := b.files[place]; !fresh[i] {
			stale = append(stale, f)
			s.checked.stale[f.Name] = true
		}
	}
	return stale, s.checked.gone
}

// suspects are the places of the only files that can be stale; false where any
// file can.
func (b *Build) suspects() ([]int, bool) {
	c := b.session.checked
	if c.renderer == nil {
		return nil, false
	}
	places, ok := b.renderer.Changed(c.renderer)
	if !ok {
		return nil, false
	}
	if b.hasTwins() {
		for _, place := range places {
			if place < len(b.Site.Pages) {
				places = append(places, b.firstTwin()+place)
			}
		}
	}
	for name := range c.stale {
		places = append(places, b.places[name])
	}
	for i := b.mine - len(b.Site.Copies); i < len(b.files); i++ { // and the index
		places = append(places, i)
	}
	slices.Sort(places)
	return slices.Compact(places), true
}

// Try makes some files of the site and throws them away. The session remembers
// what they were made of, so that they are not stale any more, and forgets
// files that are gone. The findings are about templates that failed, on which
// nothing is remembered. It works on as many processors as it is given. Two
// calls of one session must not run at once.
func (b *Build) Try(ctx context.Context, workers int, files []File, gone []string) (diag.List, error) {
	made := make([]Made, len(files))
	done := make([]bool, len(files))
	found, err := b.each(ctx, workers, files, func(i int) (err error) {
		_, made[i], err = b.Make(files[i])
		done[i] = err == nil
		return err
	})
	if b.session.made == nil {
		b.session.made = map[string]Made{}
	}
	b.session.learnt = b.session.learnt || len(files)+len(gone) > 0
	for i, f := range files {
		if done[i] {
			b.session.made[f.Name] = made[i]
			delete(b.session.checked.stale, f.Name)
		}
	}
	for _, name := range gone {
		delete(b.session.made, name)
	}
	b.session.checked.gone = slices.DeleteFunc(slices.Clone(b.session.checked.gone), func(name string) bool { return slices.Contains(gone, name) })
	return found, err
}

// each does something for each of some files, on several processors. Failing
// templates are findings; any other error ends it.
func (b *Build) each(ctx context.Context, workers int, files []File, do func(i int) error) (diag.List, error) {
	var failures render.Failures
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range min(workers, len(files)) {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := do(i); err != nil && !failures.Add(files[i].made, err) {
					return err
				}
			}
		})
	}
	err := g.Wait()
	return failures.Findings(b.themeName), err
}

// put puts one file into an output.
func (b *Build) put(f File, out Output) (Made, error) {
	if m, known := b.session.made[f.Name]; known && b.Fresh(f, m) {
		if kept, err := out.Keep(f.Name, m.Sum); err != nil || kept {
			m.Version = f.version
			return m, err
		}
	}
	data, m, err := b.Make(f)
	if err != nil {
		return Made{}, err
	}
	return m, out.Write(f.Name, data)
}
