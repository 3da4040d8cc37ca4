package source

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/stamp"
)

// Cache keeps what pages were parsed to, beyond one process. Its methods are
// called by many goroutines at once.
type Cache interface {
	Get(key handbook.Key) ([]byte, bool)
	Has(key handbook.Key) bool // false of a record that Get has found to be damaged
	Put(key handbook.Key, data []byte) error
}

// Loader loads one content folder any number of times. A page whose file has
// the same stamp as before is not read again, one with the same bytes not
// parsed again.
type Loader struct {
	cache  Cache // nil: bodies stay in memory
	manner pack.Hash
	known  map[handbook.Path]*known

	pictures map[handbook.Path]measured
	folders  map[handbook.Path][]fs.FileInfo // what the last walk saw; nil: it did not end
	learnt   bool                            // the last load found what the memory did not have
}

// known is what is known of a page from the last load.
type known struct {
	stamp stamp.Stamp // zero: the file has to be read to know whether it is the same
	key   handbook.Key
	page  *handbook.Page // nil: it is in the cache
	found []diag.Finding

	includes []include // files that the page rests on besides its own
}

// Load reads the content below root once. A page that cannot be read is a
// finding and left out of the tree; an error means that the folder itself cannot
// be listed, or that ctx is done.
func Load(ctx context.Context, root *os.Root, opts Options) (*handbook.Tree, diag.List, error) {
	return NewLoader(nil, nil).Load(ctx, root, opts)
}

// NewLoader returns a Loader that keeps the text of bodies in a cache, if there
// is one. The memory is that of an earlier Loader on the same cache; any other
// bytes are no memory.
func NewLoader(cache Cache, memory []byte) *Loader {
	l := &Loader{cache: cache, known: map[handbook.Path]*known{}}
	var m remembered
	if cache != nil && pack.Decode(memory, &m) == nil {
		l.manner = m.Manner
		for _, p := range m.Pages {
			l.known[p.Path] = &known{stamp: p.Stamp, key: p.Key, includes: p.Includes}
		}
	}
	return l
}

// remembered is the memory of a Loader.
type remembered struct {
	Manner pack.Hash
	Pages  []rememberedPage
}

type rememberedPage struct {
	Path     handbook.Path
	Stamp    stamp.Stamp
	Key      handbook.Key
	Includes []include
}

// Memory is what a Loader of the next process needs to know of the last Load.
func (l *Loader) Memory() []byte {
	l.learnt = false
	m := remembered{Manner: l.manner, Pages: make([]rememberedPage, 0, len(l.known))}
	for _, path := range slices.Sorted(maps.Keys(l.known)) {
		k := l.known[path]
		m.Pages = append(m.Pages, rememberedPage{path, k.stamp, k.key, k.includes})
	}
	return pack.Append(nil, &m)
}

// Keys are those of the records that the next Load will ask for.
func (l *Loader) Keys() iter.Seq[handbook.Key] {
	return func(yield func(handbook.Key) bool) {
		for _, k := range l.known {
			if !yield(k.key) || !yield(textKey(k.key)) {
				return
			}
		}
	}
}

// Load reads the content below root, as the function Load does. The tree and its
// pages are read-only and stay valid after the next Load.
func (l *Loader) Load(ctx context.Context, root *os.Root, opts Options) (*handbook.Tree, diag.List, error) {
	opts.Limits = opts.Limits.withDefaults()
	var findings diag.List
	w := &walker{root: root, opts: opts, list: &findings, begun: time.Now(), before: l.folders, now: map[handbook.Path][]fs.FileInfo{}}
	l.folders = nil
	if err := w.walk(ctx, ".", 0); err != nil {
		return nil, diag.List{}, fmt.Errorf("read content: %w", err)
	}
	lists := &handbook.Tree{}
	if opts.Typed {
		r := reader{root: root, opts: opts, list: &findings}
		l.lists(r, w.lists, lists)
		if opts.Explaining != nil {
			opts.Parser, opts.Identity = opts.Explaining(names(r, w.pages, lists.Terms))
		}
	}
	if m := opts.manner(); m != l.manner {
		clear(l.known)
		l.manner, l.learnt = m, true
	}
	now := make([]*known, len(w.pages))
	found := make([]diag.List, len(w.pages)) // of pages that cannot be read
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for batch := range batches(len(w.pages)) {
		g.Go(func() error {
			for i := batch.from; i < batch.to; i++ {
				if err := ctx.Err(); err != nil {
					return err
				}
				r := reader{root: root, opts: opts, list: &found[i]}
				now[i] = l.page(r, w.pages[i], w.begun)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, diag.List{}, fmt.Errorf("read content: %w", err)
	}
	l.folders = w.now
	l.measure(root, w)
	tree := &handbook.Tree{Name: opts.Name, Files: w.files, Pages: make([]*handbook.Page, 0, len(now)), Sections: lists.Sections, Terms: lists.Terms, People: lists.People}
	if tree.Name == "" {
		tree.Name = filepath.Base(root.Name())
	}
	before := l.known
	l.known = make(map[handbook.Path]*known, len(now))
	for i, k := range now {
		findings.Join(found[i])
		if k != nil {
			old := before[w.pages[i].path]
			l.learnt = l.learnt || old == nil || old.stamp != k.stamp || old.key != k.key || !slices.Equal(old.includes, k.includes)
			l.known[w.pages[i].path] = k
			tree.Pages = append(tree.Pages, k.page)
			findings.Add(k.found...)
		}
	}
	l.learnt = l.learnt || len(before) != len(l.known)
	if !opts.Typed {
		findings.Soften()
	}
	return tree, findings, nil
}

// Included are the files from outside of the content root that pages include, or
// would if they were there, by their paths below the site's folder.
func (l *Loader) Included() []string {
	var list []string
	for _, k := range l.known {
		for _, i := range k.includes {
			if i.Site {
				list = append(list, string(i.Path))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Learnt reports whether Memory has something new since it was last called.
func (l *Loader) Learnt() bool { return l.learnt }

// batch is a range of pages that one goroutine takes: pages that are known cost
// less than starting a goroutine.
type batch struct{ from, to int }

func batches(n int) func(yield func(batch) bool) {
	const size = 16
	return func(yield func(batch) bool) {
		for from := 0; from < n; from += size {
			if !yield(batch{from, min(from+size, n)}) {
				return
			}
		}
	}
}

// manner stands for all that decides, beside its path and its bytes, what a
// page is read as.
func (o Options) manner() pack.Hash {
	return pack.Sum(&struct {
		Identity, Prefix string
		Typed            bool
		Limits           Limits
	}{o.Identity, o.Prefix, o.Typed, o.Limits})
}

// page returns a page as it is now, from what is known of it if possible; nil
// where it cannot be read.
func (l *Loader) page(r reader, f found, begun time.Time) *known {
	old := l.known[f.path]
	if f.same && old != nil && old.page != nil && old.stamp != (stamp.Stamp{}) && r.same(old.includes) {
		return old
	}
	s, ok := stamp.Of(f.info)
	if !ok || !s.Settled(begun) {
		s = stamp.Stamp{}
	}
	if old != nil && s != (stamp.Stamp{}) && s == old.stamp && r.same(old.includes) {
		if old.page != nil && l.whole(old) {
			return old
		}
		if page, found := l.recall(r, f, old.key); page != nil {
			return &known{s, old.key, page, found, old.includes}
		}
	}
	data, ok := r.read(f, r.opts.place(f.path))
	if !ok {
		return nil
	}
	joined := r.join(f.path, data, begun)
	key := l.key(f.path, data, joined)
	k := &known{stamp: s, key: key}
	if joined != nil {
		k.includes = joined.includes
		if !joined.settled {
			k.stamp = stamp.Stamp{}
		}
	}
	if old != nil && old.key == key && old.page != nil && l.whole(old) {
		k.page, k.found = old.page, old.found
	} else if page, found := l.recall(r, f, key); page != nil {
		k.page, k.found = page, found
	} else {
		k.page = r.parse(f.path, data, joined)
		k.page.Key, k.page.Sum = key, sha256.Sum256(append(data, joined.digest()...))
		k.found = r.list.Take()
		l.keep(k)
	}
	return k
}

// key stands for a page's bytes at its path, which positions and the kind of
// the page depend on, and for what it includes.
func (l *Loader) key(p handbook.Path, data []byte, j *joined) handbook.Key {
	h := sha256.New()
	h.Write(l.manner[:])
	fmt.Fprintf(h, "%d %s", len(p), p)
	h.Write(data)
	h.Write(j.digest())
	return handbook.Key(h.Sum(nil))
}

// record is a page as the cache keeps it, without its text.
type record struct {
	Kind  handbook.Kind
	Meta  handbook.Meta
	Body  handbook.Body
	Sum   handbook.Key
	Found []diag.Finding
}

// Schema changes whenever records of an earlier program cannot be read.
func Schema() string {
	return pack.Schema(record{}) + pack.Schema(handbook.Text{}) + pack.Schema(remembered{})
}

// textKey is the key of the text of the page with the given key.
func textKey(k handbook.Key) handbook.Key {
	k[0] ^= 1
	return k
}

// whole reports whether the text of a page is where it is said to be.
func (l *Loader) whole(k *known) bool {
	return k.page.Kept == nil || l.cache.Has(textKey(k.key))
}

// keep puts a page into the cache and its text out of memory. Where the cache
// cannot take it, the text stays.
func (l *Loader) keep(k *known) {
	if l.cache == nil {
		return
	}
	text := k.page.Body.Text
	r := record{k.page.Kind, k.page.Meta, k.page.Body, k.page.Sum, k.found}
	r.Body.Text = handbook.Text{}
	if l.cache.Put(textKey(k.key), pack.Append(nil, &text)) != nil || l.cache.Put(k.key, pack.Append(nil, &r)) != nil {
		return
	}
	k.page.Body.Text = handbook.Text{}
	k.page.Kept = l.text(k.page)
}

// recall takes a page from the cache; nil where it is not there.
func (l *Loader) recall(r reader, f found, key handbook.Key) (*handbook.Page, []diag.Finding) {
	if l.cache == nil {
		return nil, nil
	}
	data, ok := l.cache.Get(key)
	if !ok || !l.cache.Has(textKey(key)) {
		return nil, nil
	}
	var rec record
	if pack.Decode(data, &rec) != nil {
		return nil, nil
	}
	page := &handbook.Page{Path: f.path, Pos: r.opts.place(f.path), Kind: rec.Kind, Meta: rec.Meta, Body: rec.Body, Key: key, Sum: rec.Sum}
	page.Kept = l.text(page)
	return page, rec.Found
}

// ErrLost is wrapped by errors about a page whose text is not where it was kept.
// The next Load notices, and reads the page again.
var ErrLost = errors.New("the text is not in the cache any more")

// text reads the text of a page from the cache. Checksums find damage; that the
// text fits the page is looked at as well, since a cache may come from elsewhere.
func (l *Loader) text(p *handbook.Page) func() (handbook.Text, error) {
	key, links, metrics, terms := textKey(p.Key), len(p.Body.Links), len(p.Body.Metrics), len(p.Body.Terms)
	return func() (handbook.Text, error) {
		var t handbook.Text
		data, ok := l.cache.Get(key)
		if !ok || pack.Decode(data, &t) != nil || !fits(&t, links, metrics, terms) {
			return handbook.Text{}, ErrLost
		}
		return t, nil
	}
}

// fits reports whether all that a text points at is there.
func fits(t *handbook.Text, links, metrics, terms int) bool {
	at := 0
	for _, s := range t.Slots {
		n := links
		switch s.Kind {
		case handbook.SlotFigure, handbook.SlotValue:
			n = metrics
		case handbook.SlotTermOpen, handbook.SlotTermClose:
			n = terms
		}
		if s.At < at || s.At > len(t.HTML) || s.Index < 0 || s.Index >= n || s.Kind > handbook.SlotTermClose {
			return false
		}
		at = s.At
	}
	return t.TitleStart >= 0 && t.TitleStart <= t.TitleEnd && t.TitleEnd <= len(t.HTML)
}

// Keys are those of the records that a tree rests on.
func Keys(tree *handbook.Tree) iter.Seq[handbook.Key] {
	return func(yield func(handbook.Key) bool) {
		for _, p := range tree.Pages {
			if !yield(p.Key) || !yield(textKey(p.Key)) {
				return
			}
		}
	}
}
