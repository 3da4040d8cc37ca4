package serve

import (
	"context"
	"errors"
	"runtime"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/source"
)

// maxTried is how many files that have changed are made before a build is shown.
// A change of nearly any kind touches fewer; after one of the theme, which
// touches all, the page that somebody looks at need not wait for the others.
const maxTried = 300

// edition is a good build, as it is served. Its files are made when they are
// asked for. Requests may still read one that has been replaced; its folders
// close with the last of them.
type edition struct {
	build *build.Build
}

// has reports whether the edition has a file; a nil one has none.
func (e *edition) has(name string) bool {
	if e == nil {
		return false
	}
	_, ok := e.build.File(name)
	return ok
}

// read makes a file that the edition has.
func (e *edition) read(name string) ([]byte, error) {
	f, _ := e.build.File(name)
	data, _, err := e.build.Make(f)
	return data, err
}

// engine builds the site again and again. It is all that the preview knows of
// package build, but for its options.
type engine struct {
	opts    build.Options
	session *build.Session
	last    *edition      // the last good build; nil: there was none
	untried []build.File  // of its files, until goOn has tried them
	going   chan struct{} // closed when nothing goes on of that build
	cancel  func()
}

// result is what a build came to. Where the findings hold an error, the rest
// is empty.
type result struct {
	found            diag.List
	edition          *edition
	pages            int          // of the site
	changed, removed int          // pages
	others           int          // other files that are new, changed or removed
	rest             []build.File // of the changed files, those that are still to be tried
}

func newEngine(opts build.Options) *engine {
	opts.Preview = true
	e := &engine{opts: opts, session: build.Start(opts), going: make(chan struct{}), cancel: func() {}}
	close(e.going)
	return e
}

// inputs are what the next build reads from, as far as that is known before it.
func (e *engine) inputs() inputs {
	watched := build.Watched(e.opts)
	all := func(names []string) []string {
		var list []string
		for _, name := range names {
			list = append(list, absolute(name))
		}
		return list
	}
	return inputs{all(watched.Trees), all(append(watched.Files, e.session.Included()...)), all(watched.Except)}
}

// build builds the site anew where it has changed. The files that browsers look
// at are made first.
func (e *engine) build(ctx context.Context, hint Hint, looked map[string]bool) result {
	e.end()
	r, err := e.try(ctx, hint, looked)
	if errors.Is(err, source.ErrLost) { // the cache was damaged; it has noticed
		r, err = e.try(ctx, Hint{Everything: true}, looked)
	}
	if err != nil {
		r.found.Errorf(diag.Pos{Path: "."}, diag.Unreadable, "%v", err)
	}
	return r
}

func (e *engine) try(ctx context.Context, hint Hint, looked map[string]bool) (result, error) {
	open := e.session.Open
	if !hint.Everything {
		open = func(ctx context.Context) (*build.Build, error) { return e.session.OpenAt(ctx, hint.Folders) }
	}
	b, err := open(ctx)
	if err != nil {
		return result{}, err
	}
	if b.Findings.HasErrors() {
		b.Close()
		return result{found: b.Findings}, nil
	}
	// What was not tried before an edit is stale still, but did not change with it.
	untried := make(map[string]build.File, len(e.untried))
	for _, f := range e.untried {
		untried[f.Name] = f
	}
	stale, gone := b.Stale()
	r := result{edition: &edition{build: b}}
	for _, f := range b.Files() {
		if f.Page {
			r.pages++
		}
	}
	var first []build.File
	for _, f := range stale {
		if f.Page {
			r.changed++
		} else if was, ok := untried[f.Name]; !ok || !f.Same(was) {
			r.others++
		}
		// What is no page may be long, like the list of all pages, and is seldom
		// looked at.
		if looked[f.Name] || f.Page && len(stale) <= maxTried {
			first = append(first, f)
		} else {
			r.rest = append(r.rest, f)
		}
	}
	for _, name := range gone {
		if f, ok := e.lastFile(name); ok && f.Page {
			r.removed++
		} else {
			r.others++
		}
	}
	found, err := b.Try(ctx, runtime.GOMAXPROCS(0), first, gone)
	if err != nil {
		b.Close()
		return result{}, err
	}
	if r.found = b.Findings; found.HasErrors() {
		r.found.Join(found)
		r.found.Sort()
		b.Close()
		return result{found: r.found}, nil
	}
	e.last, e.untried = r.edition, r.rest
	return r, nil
}

// lastFile is a file of the last good build.
func (e *engine) lastFile(name string) (build.File, bool) {
	if e.last == nil {
		return build.File{}, false
	}
	return e.last.build.File(name)
}

// goOn makes the rest of the files while the build is served, and calls done
// with what it found; it does not where the next build, or the end, comes first.
func (e *engine) goOn(ctx context.Context, r result, done func(diag.List)) {
	if len(r.rest) == 0 {
		return
	}
	ctx, e.cancel = context.WithCancel(ctx)
	going := make(chan struct{})
	e.going = going
	go func() {
		defer close(going)
		// Half of the processors are left to whoever edits and looks meanwhile. An
		// error is one of ctx, or of a cache that the next build finds damaged.
		if found, err := r.edition.build.Try(ctx, (1+runtime.GOMAXPROCS(0))/2, r.rest, nil); err == nil {
			e.untried = nil
			done(found)
		}
	}()
}

// end ends what goes on of the last build, and waits for it.
func (e *engine) end() {
	e.cancel()
	<-e.going
}

// save remembers for the next preview what this one has learnt, unless it is
// still learning; then it reports false.
func (e *engine) save() bool {
	select {
	case <-e.going:
	default:
		return false
	}
	if e.last != nil {
		e.session.Save(e.last.build)
	}
	return true
}

func (e *engine) close() {
	e.end()
	e.save()
	e.session.Close()
}
