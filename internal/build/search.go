package build

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/cache"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/search"
	"github.com/rutter-dev/rutter/internal/site"
)

// finding is the index of the site, for readers to search in.
type finding struct {
	version string // of all that it is made of; "": unknown
	lock    sync.Mutex
	files   map[string][]byte // once it has been made
}

// indexFile is a file of the index, as the next build needs to know it.
type indexFile struct {
	Name string
	Sum  [sha256.Size]byte
}

// index lists the files of the search index. Which there are follows from what is
// in them, so it is made here, unless it was made before of the same pages. A
// preview has an index in few files, whose names are known, and makes it when
// somebody searches.
func (b *Build) index(ctx context.Context) ([]File, error) {
	if b.theme.Finder == "" || b.session.checking {
		return nil, nil
	}
	b.found = &finding{version: b.indexVersion()}
	var list []File
	if b.opts.Preview {
		for _, name := range search.Names() {
			list = append(list, File{Name: name, index: b.found, version: b.found.version, later: true})
		}
		return list, nil
	}
	known, err := recall(b, b.found.version, "search", func(*diag.List) ([]indexFile, error) {
		files, err := b.indexed(ctx)
		var known []indexFile
		for _, f := range files {
			known = append(known, indexFile{f.Name, sha256.Sum256(f.Data)})
		}
		return known, err
	})
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		list = append(list, File{Name: k.Name, index: b.found, sum: k.Sum})
	}
	return list, nil
}

// indexVersion stands for all that the index is made of; "" where a page has no
// key to know it by.
func (b *Build) indexVersion() string {
	h := sha256.New()
	fmt.Fprintf(h, "%v %q %v", b.opts.Preview, b.Config.Language, b.synonyms())
	for _, p := range b.Site.Pages {
		if p.Key == (handbook.Key{}) {
			return ""
		}
		h.Write(p.Key[:])
		fmt.Fprintf(h, "%q %q", p.URL, p.Title)
	}
	return string(h.Sum(nil))
}

// indexed makes the index.
func (b *Build) indexed(ctx context.Context) ([]search.File, error) {
	addresses := make([]string, len(b.Site.Pages))
	for i, p := range b.Site.Pages {
		addresses[i] = p.URL
	}
	places := search.Places(addresses)
	x := search.New(search.Options{Language: b.Config.Language, Synonyms: b.synonyms(), Whole: b.opts.Preview})
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		part := x.Part()
		g.Go(func() error {
			var c search.Counter
			for {
				i := int(next.Add(1)) - 1
				if i >= len(places) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				p := b.Site.Pages[i]
				words, err := b.words(&c, p)
				if err != nil {
					return fmt.Errorf("read the text of %s: %w", p.Path, err)
				}
				part.Add(search.Page{Address: p.URL, Title: p.Title, Kind: p.Kind, Old: p.Meta.Status == "deprecated" || p.Meta.Status == "archived"}, places[i], words)
			}
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	files := x.Files()
	b.found.files = make(map[string][]byte, len(files))
	for _, f := range files {
		b.found.files[f.Name] = f.Data
	}
	return files, nil
}

// words are the words of a page, counted once as long as its file is the same.
func (b *Build) words(c *search.Counter, p *site.Page) (search.Words, error) {
	var w search.Words
	s := b.session
	kept := s.cache != nil && p.Key != (handbook.Key{})
	if kept {
		if data, ok := s.cache.Get(wordsKey(p)); ok && pack.Decode(data, &w) == nil {
			return w, nil
		}
	}
	text, err := p.Text()
	if err != nil {
		return w, err
	}
	w = c.Words(search.Read(p.Title, p.Meta, &p.Body, text))
	if kept {
		// Where they cannot be kept, they are counted again.
		_ = s.cache.Put(wordsKey(p), pack.Append(nil, &w))
	}
	return w, nil
}

// wordsKey is the key of a page's words.
func wordsKey(p *site.Page) cache.Key {
	k := cache.Key(p.Key)
	k[0] ^= 2
	return k
}

// synonyms are what the glossary says is the same: short forms and what they
// stand for, and other words for a term, each in both directions.
func (b *Build) synonyms() [][2]string {
	const most = 400
	var list [][2]string
	both := func(a, b string) {
		if a != "" && b != "" && a != b {
			list = append(list, [2]string{a, b}, [2]string{b, a})
		}
	}
	for _, t := range b.Graph.Terms() {
		both(t.Term.Value, t.AcronymOf)
		for _, a := range t.Aka {
			both(a, t.Term.Value)
		}
	}
	return list[:min(len(list), most)]
}

// release lets go of the files.
func (f *finding) release() {
	if f == nil {
		return
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	f.files = nil
}

// content is what a file of the index holds.
func (f *finding) content(b *Build, name string) ([]byte, error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.files == nil {
		if _, err := b.indexed(context.Background()); err != nil {
			return nil, err
		}
	}
	data, ok := f.files[name]
	if !ok {
		return nil, fmt.Errorf("the search index has no %s any more", name)
	}
	return data, nil
}
