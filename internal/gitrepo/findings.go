package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
)

// report turns an error about the clone in dir into a finding, and returns the
// reason for the coverage; "" where the error is about the run.
func report(err error, dir string, at diag.Pos, l *diag.List) (reason string) {
	var failed *CommandError
	switch {
	case errors.Is(err, fs.ErrNotExist) && errors.Is(err, ErrNotRepo):
		l.Warnf(at, diag.NotARepo, "there is no folder %s, so there is no git history to read", dir).Hint = "correct the entry in metrics.repos"
		return notARepo
	case errors.Is(err, ErrNotRepo):
		l.Warnf(at, diag.NotARepo, "%s is not part of a git repository, so there is no history to read", dir).Hint = "clone with git instead of unpacking an archive, or run git init"
		return notARepo
	case errors.Is(err, ErrNoGit):
		l.Warnf(at, diag.GitFailed, "%v", err).Hint = "install git, in a folder that PATH gives as an absolute path"
		return gitFailed
	case errors.Is(err, ErrOwner):
		l.Warnf(at, diag.GitFailed, "git refuses to read %s: it belongs to another user", dir).Hint = "if you trust it, run `" + trust(err, dir) + "`"
		return gitFailed
	case errors.As(err, &failed):
		l.Warnf(at, diag.GitFailed, "git cannot read %s: %v", dir, failed).Hint = "git fsck tells what is damaged; a fresh clone mends it"
		return gitFailed
	}
	return ""
}

// trust is the command that makes git read the repository. Git names the folder
// that it means, which may be above the one that was asked for.
func trust(err error, dir string) string {
	var failed *CommandError
	if errors.As(err, &failed) {
		if _, rest, ok := strings.Cut(failed.Said, "'"); ok {
			if name, _, ok := strings.Cut(rest, "'"); ok {
				dir = name
			}
		}
	}
	return fmt.Sprintf("git config --global --add safe.directory '%s'", dir)
}

// warnShallow says how a clone gets its whole history (metrics/G6).
func warnShallow(from time.Time, at diag.Pos, l *diag.List) {
	since := ""
	if !from.IsZero() {
		since = " before " + from.Format(time.DateOnly)
	}
	l.Warnf(at, diag.ShallowClone, "shallow clone: the history%s is missing, so lead time is not measured and deployments are counted only in part", since).
		Hint = "write `fetch-depth: 0` below `with:` of the actions/checkout step; in a clone of your own, run git fetch --unshallow --tags"
}

// warnNoTag says that no tag is a deployment and which tags there are
// (metrics/G7).
func (r *Repo) warnNoTag(ctx context.Context, o Options, matches func(string) bool, at diag.Pos, l *diag.List) error {
	all, err := r.names(ctx, "refs/tags")
	if err != nil {
		return err
	}
	var elsewhere []string
	for _, name := range all {
		if matches(name) {
			elsewhere = append(elsewhere, name)
		}
	}
	wanted := "is a final version such as v1.2.3"
	if o.Pattern != "" {
		wanted = fmt.Sprintf("matches %q", o.Pattern)
	}
	f := l.Warnf(at, diag.NoMatchingTag, "no tag on %s %s: there is no deployment to count", o.Ref, wanted)
	switch {
	case len(all) == 0:
		f.Hint = "the clone has no tags: fetch them with git fetch --tags, or set metrics.deployments.source: merge"
	case len(elsewhere) > 0:
		f.Hint = fmt.Sprintf("these are on other branches: %s", some(elsewhere))
	default:
		f.Hint = fmt.Sprintf("tags here: %s; set metrics.deployments.pattern to a glob that matches yours", some(all))
	}
	return nil
}

// warnNoCommits says that the tracked ref leads to nothing.
func (r *Repo) warnNoCommits(ctx context.Context, ref string, at diag.Pos, l *diag.List) error {
	branches, err := r.names(ctx, "refs/heads")
	if err != nil {
		return err
	}
	f := l.Warnf(at, diag.NoCommits, "%s has no commit: there is no history to read", ref)
	if len(branches) > 0 {
		f.Hint = "branches here: " + some(branches)
	}
	return nil
}

// some shows the first few names.
func some(names []string) string {
	const few = 5
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
