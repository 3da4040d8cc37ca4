package gitrepo

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"
)

// tag is a tag that matches the pattern, on a commit of the tracked ref.
type tag struct {
	name        string
	sha         string    // of the commit, however many tags lie between
	at          time.Time // the tagger's date, else the committer's
	approximate bool      // at is the committer's: the tag may have come later (metrics/D4)
}

// finalVersion is a semantic version (semver.org, 2.0.0) without a pre-release,
// with or without the usual "v" (metrics/G1).
var finalVersion = regexp.MustCompile(`^v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)

// matcher returns the test for tag names that pattern stands for.
func matcher(pattern string) (func(name string) bool, error) {
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

// tags reads the matching tags whose commit is part of h, in the order of their
// names. Tags on files and folders are no commits and drop out.
func (r *Repo) tags(ctx context.Context, h history, matches func(string) bool) ([]tag, error) {
	// --merged leaves out what is not reachable before any field is looked up: a
	// partial clone may lack the target of a tag that is not on a commit.
	out, err := r.git.output(ctx, "for-each-ref", "--merged="+h.head,
		"--format=%(refname)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(taggerdate:unix)", "refs/tags")
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	var found []tag
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		if len(f) != 5 {
			return nil, fmt.Errorf("read tags: git printed %q", line)
		}
		t := tag{name: strings.TrimPrefix(f[0], "refs/tags/"), at: instant(f[4])}
		if !matches(t.name) {
			continue
		}
		switch f[2] {
		case "": // a lightweight tag
			t.sha = f[1]
		case "commit":
			t.sha = f[3]
		default: // a tag of a tag, which git before 2.45 follows by one step only
			if t.sha, err = r.resolve(ctx, f[0]); err != nil {
				return nil, err
			}
		}
		if t.at.IsZero() { // annotated tags of git's first months have no tagger either
			t.at, t.approximate = h.date(t.sha), true
		}
		found = append(found, t)
	}
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
