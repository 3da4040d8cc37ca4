package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

// bench is one run of this command.
type bench struct {
	options
	programs contenders
	log      io.Writer
}

// size is what the programs cost at one corpus, with an entry for each round.
type size struct {
	pages                             int
	cold, nothing, first, body, title []cost // of Rutter
	floor, hugo                       []cost // cold
	stale                             int    // files that after the last edits were not as a clean build makes them
}

// manyPages is where a round takes so long that fewer must do.
const manyPages = 5000

// builds runs every program over the corpus of n pages, in turn.
func (b bench) builds(ctx context.Context, n int) (size, error) {
	z := size{pages: n}
	say(b.log, "Making the corpus of %d pages.", n)
	s, err := newSite(b.folder, n)
	if err != nil {
		return z, err
	}
	rounds := b.rounds
	if rounds == 0 && n < manyPages {
		rounds = 5
	} else if rounds == 0 {
		rounds = 3
	}
	e := editor{content: s.content}
	for round := range rounds {
		say(b.log, "%d pages, round %d of %d.", n, round+1, rounds)
		if err := corpus.Write(s.dir, n); err != nil { // takes back the edits of the last round
			return z, err
		}
		if err := b.cold(ctx, s, &z); err != nil {
			return z, err
		}
		if err := b.warm(ctx, s, &z, &e, round); err != nil {
			return z, err
		}
	}
	say(b.log, "%d pages, a clean build of the last state, to compare.", n)
	z.stale, err = b.stale(ctx, s)
	return z, err
}

// cold runs every program without what an earlier run left.
func (b bench) cold(ctx context.Context, s site, z *size) error {
	for _, r := range []struct {
		program
		argv   []string
		out    string
		forget []string
		costs  *[]cost
	}{
		{b.programs.rutter, s.rutterArgs(b.programs.rutter), s.public, []string{s.public, s.cache}, &z.cold},
		{b.programs.floor, s.floorArgs(b.programs.floor), s.floored, []string{s.floored}, &z.floor},
		{b.programs.hugo, s.hugoArgs(b.programs.hugo), s.hugoed, []string{s.hugoed}, &z.hugo},
	} {
		if r.missing != "" {
			continue
		}
		for _, name := range r.forget {
			if err := os.RemoveAll(name); err != nil {
				return fmt.Errorf("remove what the last run left: %w", err)
			}
		}
		c, err := measure(ctx, r.argv)
		if err != nil {
			return err
		}
		now, err := look(r.out, "")
		if err != nil {
			return err
		}
		if err := s.complete(r.out); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		c.files, c.changed = len(now), len(now)
		*r.costs = append(*r.costs, c)
		say(b.log, "  %-8s cold             %v", r.name, c)
	}
	return nil
}

// warm runs Rutter again and again after its cold build: with nothing changed,
// after a first edit, for which a second tree of the output comes to be, after an
// edit of a body, after an edit of a title. Each is a fresh process.
func (b bench) warm(ctx context.Context, s site, z *size, e *editor, round int) error {
	page := func(start int) int { return (start + round*11) % s.pages } // another in each round
	before, err := look(s.public, "")
	if err != nil {
		return err
	}
	for _, r := range []struct {
		name  string
		edit  func(int) (edit, error)
		page  int
		costs *[]cost
	}{
		{"nothing changed", nil, 0, &z.nothing},
		{"first edit", e.body, page(s.pages / 4), &z.first},
		{"one body edit", e.body, page(s.pages / 2), &z.body},
		{"one title edit", e.title, page(s.pages / 3), &z.title},
	} {
		var d edit
		if r.edit != nil {
			if d, err = r.edit(r.page); err == nil {
				err = e.save(d)
			}
			if err != nil {
				return err
			}
		}
		c, err := measure(ctx, s.rutterArgs(b.programs.rutter))
		if err != nil {
			return err
		}
		now, err := look(s.public, d.words)
		if err != nil {
			return err
		}
		c.files = len(now)
		c.changed, c.strange = now.changed(before)
		before = now
		*r.costs = append(*r.costs, c)
		say(b.log, "  %-8s %-16s %v", b.programs.rutter.name, r.name, c)
	}
	return nil
}

// stale builds the last state clean and counts the files that differ: speed
// that leaves old pages behind is worth nothing.
func (b bench) stale(ctx context.Context, s site) (int, error) {
	warm, err := look(s.public, "")
	if err != nil {
		return 0, err
	}
	if err := errors.Join(os.RemoveAll(s.public), os.RemoveAll(s.cache)); err != nil {
		return 0, fmt.Errorf("remove the last build: %w", err)
	}
	if _, err := measure(ctx, s.rutterArgs(b.programs.rutter)); err != nil {
		return 0, err
	}
	clean, err := look(s.public, "")
	if err != nil {
		return 0, err
	}
	n, _ := clean.changed(warm)
	return n, nil
}
