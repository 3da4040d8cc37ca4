package gitrepo

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/dora"
)

// finalVersion is a semantic version (semver.org, 2.0.0) without a pre-release,
// with or without the usual "v" (metrics/G1).
var finalVersion = regexp.MustCompile(`^v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)

// Matcher returns the test for tag names that pattern stands for: a glob as of
// path.Match, which decides alone, or "" for final semantic versions
// (metrics/G1).
func Matcher(pattern string) (func(tag string) bool, error) {
	if pattern == "" {
		return finalVersion.MatchString, nil
	}
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	return func(name string) bool {
		ok, _ := path.Match(pattern, name)
		return ok
	}, nil
}

// tags reads the tags whose commit is part of h, whatever their names, oldest
// first. Tags on files and folders are no commits and drop out (metrics/G1).
func (r *Repo) tags(ctx context.Context, h History) ([]dora.Deployment, error) {
	// --merged leaves out what is not reachable before any field is looked up: a
	// partial clone may lack the target of a tag that is not on a commit.
	out, err := r.git.output(ctx, "for-each-ref", "--merged="+h.Head,
		"--format=%(refname)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(taggerdate:unix)", "refs/tags")
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	var found []dora.Deployment
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		if len(f) != 5 {
			return nil, fmt.Errorf("read tags: git printed %q", line)
		}
		name, at := strings.TrimPrefix(f[0], "refs/tags/"), instant(f[4])
		var sha string // of the commit, however many tags lie between
		switch f[2] {
		case "": // a lightweight tag
			sha = f[1]
		case "commit":
			sha = f[3]
		default: // a tag of a tag, which git before 2.45 follows by one step only
			if sha, err = r.resolve(ctx, f[0]); err != nil {
				return nil, err
			}
		}
		// Annotated tags of git's first months have no tagger either. The tag may
		// be younger than its commit (metrics/D4).
		approximate := at.IsZero()
		if approximate {
			at = h.date(sha)
		}
		found = append(found, dora.Deployment{
			ID: name, Ref: name, SHA: sha, CreatedAt: at, FinishedAt: at, Status: status(at), Source: dora.Tags, Approximate: approximate,
		})
	}
	slices.SortFunc(found, func(a, b dora.Deployment) int {
		return cmp.Or(a.FinishedAt.Compare(b.FinishedAt), strings.Compare(a.ID, b.ID))
	})
	return found, nil
}

// names lists the refs below prefix, highest version first. It looks up no
// object, so that it works in every clone.
func (r *Repo) names(ctx context.Context, prefix string) ([]string, error) {
	out, err := r.git.output(ctx, "for-each-ref", "--sort=-version:refname", "--format=%(refname)", prefix)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", prefix, err)
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		names = append(names, strings.TrimPrefix(strings.TrimSuffix(line, "\n"), prefix+"/"))
	}
	return names, nil
}
