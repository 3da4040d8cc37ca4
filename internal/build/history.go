package build

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/gitrepo"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
)

// noteChanges is the note of what git said of the content.
const noteChanges = "changes"

// mostRecent is how many changes the page of changes lists, and the feeds.
const mostRecent = 60

// history reads from the site's own clone when its pages changed. Where there is
// none, or git is not to be had, pages show no dates: none are better than wrong
// ones. A preview reads it once: what is being edited has no date yet.
func (b *Build) history(ctx context.Context) error {
	s := b.session
	if !b.typed {
		return nil
	}
	if s.opts.Preview && s.changes != nil {
		b.History = s.history
		return nil
	}
	known := s.changes
	if known == nil && s.cache != nil {
		if data, ok := s.cache.Note(noteChanges); ok {
			known = new(gitrepo.FileChanges)
			if pack.Decode(data, known) != nil {
				known = nil
			}
		}
	}
	dir := b.opts.Dir
	if dir == "" {
		dir = "."
	}
	changes, err := gitrepo.LoadChanges(ctx, dir, filepath.ToSlash(b.prefix), gitrepo.ChangesOptions{Known: known})
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !errors.Is(err, gitrepo.ErrNotRepo) && !errors.Is(err, gitrepo.ErrNoGit) {
			b.Findings.Warnf(diag.Pos{Path: ConfigFile}, diag.GitFailed, "git gives no dates of pages: %v", err).Hint = "pages are published without them"
		}
		return nil
	}
	if changes.Shallow {
		b.Findings.Warnf(diag.Pos{Path: ConfigFile}, diag.ShallowClone, "shallow clone: pages that changed before it begins have no date").Hint = "in the checkout step set fetch-depth: 0; in a clone of your own, run git fetch --unshallow"
	}
	if s.changes == nil || known == nil || known.Head != changes.Head {
		s.noted = false
	}
	if s.changes == nil || s.changes.Head != changes.Head || !maps.Equal(s.changes.Dirty, changes.Dirty) || s.history == nil {
		s.history = b.changesOf(changes)
	}
	s.changes = changes
	b.History = s.history
	return nil
}

// changesOf is what pages show of the changes: the last of each, and those that
// readers may have missed.
func (b *Build) changesOf(c *gitrepo.FileChanges) *facet.History {
	h := &facet.History{Last: map[handbook.Path]facet.Change{}}
	for _, p := range b.Site.Pages {
		if last, ok := c.Last(string(p.Path)); ok && !last.At.IsZero() {
			h.Last[p.Path] = b.change(last)
		}
	}
	for _, commit := range c.Commits {
		if len(h.Recent) == mostRecent {
			break
		}
		set := facet.ChangeSet{Change: b.change(commit)}
		for _, f := range commit.Files {
			if path := handbook.Path(f.Path); path.IsPage() && !f.Same {
				set.Files = append(set.Files, facet.ChangedFile{Path: path, Status: f.Status})
			}
		}
		if len(set.Files) > 0 && !commit.At.IsZero() {
			h.Recent = append(h.Recent, set)
		}
	}
	slices.SortStableFunc(h.Recent, func(a, b facet.ChangeSet) int { return strings.Compare(b.Time, a.Time) })
	return h
}

// change is a commit in the words of pages, with the address of the pull request
// or the commit where the site says where its repository is.
func (b *Build) change(c gitrepo.FileCommit) facet.Change {
	v := facet.Change{Time: c.At.UTC().Format("2006-01-02T15:04:05Z"), Day: c.At.In(b.Config.TimeZone).Format("2 Jan 2006"), What: c.Subject}
	if r := strings.TrimSuffix(b.Config.Repository, "/"); r != "" {
		v.URL = r + "/commit/" + c.SHA
		if c.Pull > 0 {
			v.URL = r + "/pull/" + strconv.Itoa(c.Pull)
		}
	}
	return v
}
