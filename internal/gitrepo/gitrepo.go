// Package gitrepo reads the delivery history of one clone through the git
// command: its commits with what their messages say of other work, and its tags
// or its merges as deployments. Of the site's own clone it reads when pages
// changed.
//
//	remote ── Fetch ──▶ folder                       a bare clone, kept up to date
//	folder ── Open ──▶ *Repo ── History ──▶ History  commits, all tags, all merges
//	                      └──── Load ─────▶ Delivery events of one source, coverage, as-of time
//	                                └─────▶ diag.List shallow clone, no matching tag …
//	folder ── LoadChanges ──▶ *FileChanges           commits with their files, files that are not committed
//
// LoadDir opens and loads, and turns what is wrong with the clone into a finding.
// The rules are G1 to G8 of metrics.md. The tracked ref is the history that
// counts, HEAD unless another is named; a tag counts when its commit is part of
// it.
//
// A clone is untrusted: git runs by its absolute path, without a shell, without
// what the environment says about repositories, and with the settings switched
// off that let a repository's configuration run programs. Only Fetch goes to the
// network and writes, and only into a folder that it made; see there. No clock is
// asked.
package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
)

// What can be wrong with a folder or the machine; Open, Load and Fetch wrap
// these. Only History wraps ErrNoCommits.
var (
	ErrNoGit     = errors.New("the git command is not installed")
	ErrNotRepo   = errors.New("not a git repository")
	ErrOwner     = errors.New("the repository belongs to another user")
	ErrNoCommits = errors.New("there is no commit")
)

// Repo is a clone that git can read. It may be shared by goroutines.
type Repo struct {
	git     command
	shallow bool
}

// Open finds the clone that dir is, or is a part of: a work tree, a worktree,
// a folder inside one, or a bare repository. The error wraps ErrNoGit,
// ErrNotRepo, ErrOwner or a *CommandError where one of them is the cause.
func Open(ctx context.Context, dir string) (*Repo, error) { return open(ctx, dir, false) }

// open is Open; with top, dir must be the top of the clone and not a folder
// inside one.
func open(ctx context.Context, dir string, top bool) (*Repo, error) {
	program, err := exec.LookPath("git") // refuses a git of the current folder by exec.ErrDot
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoGit, err)
	}
	if dir == "" {
		dir = "."
	}
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, fmt.Errorf("open %s: %w: %w", dir, ErrNotRepo, fs.ErrNotExist)
	} else if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	r := &Repo{git: command{program: program, dir: dir, env: environment(os.Environ())}}
	if top {
		if r.git.env, err = below(r.git.env, dir); err != nil {
			return nil, fmt.Errorf("open repository: %w", err)
		}
	}
	out, err := r.git.output(ctx, "rev-parse", "--is-shallow-repository")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	r.shallow = strings.TrimSpace(string(out)) == "true"
	return r, nil
}

// Options says what Load takes for a deployment.
type Options struct {
	Name        string      // Repo of every record
	Ref         string      // the tracked ref; "": HEAD
	Source      dora.Source // "": Tags, or Merge where no Pattern is given and no tag matches (metrics/D1); of another one a clone has commits, but no deployments
	Pattern     string      // glob of tag names as of path.Match, which decides alone; "": final semantic versions
	Environment string      // of every deployment; "": production
	AsOf        time.Time   // SOURCE_DATE_EPOCH, where it is set (metrics/G5)
	Top         bool        // for LoadDir: the folder must be the top of the clone, not a part of one
}

// Delivery is what a clone tells about deliveries.
type Delivery struct {
	Events   dora.Events // without commits where Shallow is true: lead time cannot be measured (metrics/G6)
	Coverage dora.Coverage
	AsOf     time.Time   // stands in for "now" (metrics/G5); zero without a commit
	Source   dora.Source // the one that was read
	Shallow  bool
}

// Why a coverage is unknown, beside dora.NoTag.
const (
	noCommits = "no_commits"
	notARepo  = "not_a_repository"
	gitFailed = "git_failed"
)

// LoadDir opens dir and loads it. What is wrong with the clone is a finding at
// the given place, and the Delivery then has no events and an unknown coverage
// with its reason; an error is about the run, such as a cancelled ctx.
func LoadDir(ctx context.Context, dir string, o Options, at diag.Pos, l *diag.List) (Delivery, error) {
	r, err := open(ctx, dir, o.Top)
	if err == nil {
		var d Delivery
		if d, err = r.Load(ctx, o, at, l); err == nil {
			return d, nil
		}
	}
	reason := report(err, dir, at, l)
	if reason == "" {
		return Delivery{}, err
	}
	return uncovered(o.Source, reason), nil
}

// Load reads the history of the tracked ref, and takes for deployments what the
// options say. What the clone lacks becomes a finding at the given place. The
// error is a *CommandError where git failed.
func (r *Repo) Load(ctx context.Context, o Options, at diag.Pos, l *diag.List) (Delivery, error) {
	if o.Ref == "" {
		o.Ref = "HEAD"
	}
	matches, err := Matcher(o.Pattern)
	if err != nil {
		l.Errorf(at, diag.FrontMatterValue, "tag pattern %q cannot be read", o.Pattern).Hint = "write a glob such as v* or release-*"
		return uncovered(o.Source, dora.NoTag), nil
	}
	h, err := r.History(ctx, o.Ref)
	if errors.Is(err, ErrNoCommits) {
		return uncovered(o.Source, noCommits), r.warnNoCommits(ctx, o.Ref, at, l)
	} else if err != nil {
		return Delivery{}, err
	}
	d := Delivery{Shallow: h.Shallow, Events: dora.Events{Commits: h.Commits}}
	d.Source, d.Events.Deployments = h.deployments(o, matches)
	d.AsOf = asOf(o.AsOf, h, d)
	d.Coverage = dora.Coverage{Status: dora.Complete, From: h.From, To: d.AsOf, Reasons: []string{}}
	if d.Coverage.From.After(d.AsOf) {
		d.Coverage.From = d.AsOf
	}
	if len(d.Events.Deployments) == 0 && (d.Source == dora.Tags || d.Source == dora.Merge) {
		d.Coverage.Reasons = append(d.Coverage.Reasons, dora.NoTag) // the history is complete: no data, not no coverage
		if err := r.warnNoTag(ctx, o, matches, at, l); err != nil {
			return Delivery{}, err
		}
	}
	if h.Shallow {
		d.Events.Commits = nil
		d.Coverage.Status = dora.Partial
		d.Coverage.Reasons = append(d.Coverage.Reasons, dora.ShallowClone)
		warnShallow(d.Coverage.From, at, l)
	}
	d.label(o)
	return d, nil
}

// deployments takes those of the source that the options name, and chooses one
// where they name none. Tags missing from a shallow clone are no reason to take
// merges for deployments: the whole clone may have them.
func (h History) deployments(o Options, matches func(tag string) bool) (dora.Source, []dora.Deployment) {
	switch o.Source {
	case dora.Merge:
		return dora.Merge, h.Merges
	case dora.Tags, "":
		found := slices.DeleteFunc(h.Tags, func(d dora.Deployment) bool { return !matches(d.ID) })
		if len(found) == 0 && o.Source == "" && o.Pattern == "" && !h.Shallow {
			return dora.Merge, h.Merges
		}
		return dora.Tags, found
	}
	return o.Source, nil // from elsewhere: the clone gives the commits that they deliver
}

// label writes what the options say into every record.
func (d *Delivery) label(o Options) {
	for i := range d.Events.Commits {
		d.Events.Commits[i].Repo = o.Name
	}
	for i := range d.Events.Deployments {
		p := &d.Events.Deployments[i]
		p.Repo, p.Environment = o.Name, o.Environment
	}
	d.Events.Collected = []dora.Collected{{
		Source: string(d.Source), Repo: o.Name, From: d.Coverage.From, To: d.Coverage.To, Status: string(d.Coverage.Status),
	}}
}

// asOf is the instant up to which the history is known: the one given, else the
// newest date of the head and the matched tags, never the clock (metrics/G5).
func asOf(given time.Time, h History, d Delivery) time.Time {
	if !given.IsZero() {
		return given.UTC()
	}
	newest := h.date(h.Head)
	if d.Source == dora.Tags {
		for _, t := range d.Events.Deployments {
			if t.FinishedAt.After(newest) {
				newest = t.FinishedAt
			}
		}
	}
	return newest
}

// uncovered is the Delivery of a clone that could not be read.
func uncovered(s dora.Source, reason string) Delivery {
	if s == "" {
		s = dora.Tags
	}
	return Delivery{Source: s, Coverage: dora.Coverage{Status: dora.Uncovered, Reasons: []string{reason}}}
}

// status of a deployment that is in the history: it happened, but where its
// date cannot be read nobody knows when, and it must not be counted anywhere.
func status(at time.Time) dora.Status {
	if at.IsZero() {
		return dora.Unknown
	}
	return dora.Success
}
