package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// What a remote can be; Fetch wraps these.
var (
	ErrAuth        = errors.New("the remote refuses access")
	ErrGone        = errors.New("the remote has no such repository")
	ErrUnreachable = errors.New("the remote cannot be reached")
	ErrEmpty       = errors.New("the remote has no such branch")
)

// Remote is a repository on another machine, or elsewhere on this one.
type Remote struct {
	URL      string                                // https, ssh (also as user@host:path) or file; http on loopback only; without a password
	Branch   string                                // "": the one that the remote's HEAD names
	Header   func(context.Context) (string, error) // value of the Authorization header for URL over HTTP; nil, or the value "": git's own credentials, as for every other URL
	CAFile   string                                // certificates to trust instead of the system's; "": what git's configuration says
	Progress func(string)                          // told how far a transfer is, in git's words; nil: nobody. It must return soon.
}

// filters are what to leave out of a transfer, tried in this order: commits and
// tags are all that is read, but a server may refuse to sort the rest out, or
// sort out too much: the root folder of a commit even where a tag names it.
var filters = []string{"--filter=tree:0", "--filter=blob:none", noFilter}

const noFilter = "--no-filter"

// noSuchFilter is how git's server refuses one; it hangs up then.
var noSuchFilter = regexp.MustCompile(`filter '[^']*' not supported|filter allows max depth`)

// manyPacks is where the packs of a clone, one of each transfer that brought
// something, are made into one.
const manyPacks = 50

// Fetch brings the history of a branch of r, and all of its tags, into a bare
// clone at dir: a new one, or the one that an earlier Fetch left there. HEAD then
// names the branch, tags that are gone there are gone here, and what was forced
// is followed; for Open it is a clone like any other.
//
// A folder at dir that Fetch made, but that is damaged or of another URL, is
// replaced once the new clone is whole; one that it did not make is an error and
// stays. An interrupted Fetch leaves the clone as it was, or not yet there. One
// Fetch at a time may work on dir: the caller sees to that.
//
// The error wraps ErrAuth, ErrGone, ErrUnreachable, ErrEmpty, ErrNoGit, ErrOwner
// or the error of ctx where one of them is the cause. No error, no progress, no
// file and no argument of a program holds what Header gives.
func Fetch(ctx context.Context, dir string, r Remote) error {
	j, err := newJob(ctx, r)
	if err == nil {
		err = j.into(ctx, dir)
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", shownURL(r.URL), err)
	}
	return nil
}

// job is a Fetch under way.
type job struct {
	Remote
	program string
	filters []string
	local   []string // environment of commands that stay on this machine
	remote  []string // and of those that ask the remote
	secrets []string
}

func newJob(ctx context.Context, r Remote) (*job, error) {
	scheme, err := checkURL(r.URL)
	if err != nil {
		return nil, err
	}
	program, err := exec.LookPath("git") // as in open
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoGit, err)
	}
	header := ""
	if r.Header != nil && (scheme == "https" || scheme == "http") {
		if header, err = r.Header(ctx); err != nil {
			return nil, fmt.Errorf("get credentials: %w", err)
		}
		if strings.ContainsAny(header, "\r\n\x00") {
			return nil, errors.New("get credentials: they are more than one line")
		}
	}
	j := &job{Remote: r, program: program, filters: filters, local: environment(os.Environ())}
	j.remote = online(os.Environ(), r, scheme, header)
	if scheme == "file" {
		j.filters = []string{noFilter} // git filters only where it serves others
	}
	if header != "" {
		j.secrets = secretsOf(header)
	}
	return j, nil
}

// commands run git in the clone at dir. Git is told where the repository is: on
// its own it would look for one above a damaged folder, and find the user's.
func (j *job) commands(dir string) (local, remote command, err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return command{}, command{}, err
	}
	at := "GIT_DIR=" + abs
	local = command{program: j.program, dir: abs, env: append(slices.Clone(j.local), at)}
	remote = command{program: j.program, dir: abs, env: append(slices.Clone(j.remote), at), progress: j.Progress, secrets: j.secrets}
	return local, remote, nil
}

// into brings the clone at dir up to date, or makes one.
func (j *job) into(ctx context.Context, dir string) error {
	partial := dir + ".partial"
	if _, err := inspect(partial, j.URL); err != nil {
		return err
	} else if err := remove(partial); err != nil { // of a Fetch that was killed
		return err
	}
	found, err := inspect(dir, j.URL)
	if err != nil {
		return err
	}
	if found == same {
		err := j.filtered(ctx, func(filter string) error { return j.update(ctx, dir, filter) })
		if err == nil || final(ctx, err) {
			return err
		}
		// The clone itself is at fault: damaged, or locked by a git that was killed.
	}
	err = j.filtered(ctx, func(filter string) error {
		err := remove(partial) // what another filter has brought would pass for whole
		if err == nil {
			err = begin(partial, j.URL)
		}
		if err == nil {
			err = j.update(ctx, partial, filter)
		}
		return err
	})
	if err == nil {
		err = remove(dir)
	}
	if err == nil {
		err = os.Rename(partial, dir)
	}
	if err != nil {
		return errors.Join(err, remove(partial))
	}
	return nil
}

// filtered tries the filters until one serves, or it cannot be their fault.
func (j *job) filtered(ctx context.Context, try func(filter string) error) (err error) {
	for _, filter := range j.filters {
		err = try(filter)
		failed := (*CommandError)(nil)
		refused := errors.As(err, &failed) && noSuchFilter.MatchString(failed.Said)
		if err == nil || final(ctx, err) && !refused {
			break
		}
	}
	return err
}

// final errors would meet a new clone as well.
func final(ctx context.Context, err error) bool {
	for _, cause := range []error{ErrAuth, ErrGone, ErrUnreachable, ErrEmpty, ErrOwner} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return ctx.Err() != nil
}

// update brings the repository in dir up to date.
func (j *job) update(ctx context.Context, dir, filter string) error {
	if err := configure(dir, j.URL, filter != noFilter); err != nil {
		return err
	}
	local, remote, err := j.commands(dir)
	if err != nil {
		return err
	}
	branch, head, err := j.branch(ctx, local, remote)
	if err != nil {
		return err
	}
	if err := j.transfer(ctx, local, remote, filter, branch, head); err != nil {
		return err
	}
	if _, err := local.output(ctx, "symbolic-ref", "HEAD", branch); err != nil {
		return err
	}
	if err := deleteOthers(ctx, local, branch); err != nil {
		return err
	}
	return repack(ctx, local, manyPacks)
}

// branch finds the full name of the branch to follow, and its commit: the one
// that was asked for, where it exists, or else that of the remote's HEAD.
func (j *job) branch(ctx context.Context, local, remote command) (name, head string, err error) {
	asked, none := "HEAD", fmt.Errorf("%w: it is empty, or its HEAD is on none", ErrEmpty)
	if j.Branch != "" {
		asked, none = "refs/heads/"+j.Branch, fmt.Errorf("%w as %q", ErrEmpty, j.Branch)
		if ok, err := isRef(ctx, local, asked); err != nil {
			return "", "", err
		} else if !ok {
			return "", "", none
		}
	}
	out, err := remote.output(ctx, "ls-remote", "--quiet", "--symref", remoteName, asked)
	if err != nil {
		return "", "", err
	}
	name = asked
	for line := range strings.Lines(string(out)) {
		value, ref, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if ref != asked { // git answers with every ref that ends so
			continue
		}
		if target, ok := strings.CutPrefix(value, "ref: "); ok && asked == "HEAD" {
			name = target
		} else if !ok {
			head = value
		}
	}
	if head == "" || !strings.HasPrefix(name, "refs/heads/") {
		return "", "", none
	}
	if ok, err := isRef(ctx, local, name); err != nil {
		return "", "", err
	} else if !ok {
		return "", "", none // a remote may say anything
	}
	return name, head, nil
}

// isRef tells whether name could be that of a ref, so that it means one thing in
// a refspec.
func isRef(ctx context.Context, local command, name string) (bool, error) {
	if printable(name) != name {
		return false, nil
	}
	_, err := local.output(ctx, "check-ref-format", name)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		return false, nil
	}
	return err == nil, err
}

// transfer fetches the branch and all tags. The head is where the branch was a
// moment ago.
func (j *job) transfer(ctx context.Context, local, remote command, filter, branch, head string) error {
	args := []string{
		"fetch", "--quiet", "--force", "--prune",
		"--no-tags", // those that the branch reaches: the refspec names all
		"--no-recurse-submodules", "--no-write-fetch-head", filter,
	}
	if filter == noFilter {
		// Where the remote is shallow, so is the clone, and History says so. A
		// partial one would ask for what is cut off, again and again.
		args = append(args, "--update-shallow")
	}
	if j.Progress != nil {
		args = append(args, "--progress")
	}
	before, err := tip(ctx, local, branch)
	if err != nil {
		return err
	}
	if _, err := remote.output(ctx, append(args, remoteName, "+"+branch+":"+branch, "+refs/tags/*:refs/tags/*")...); err != nil {
		return err
	}
	return arrived(ctx, local, branch, head, before)
}

// arrived tells whether a transfer brought the branch. Of a shallow remote git
// leaves it alone, or takes a part of it for the whole, and says nothing.
func arrived(ctx context.Context, local command, branch, head, before string) error {
	now, err := tip(ctx, local, branch)
	if err == nil && now == before && now != head {
		err = errors.New("the branch was not updated")
	}
	if err == nil && before == "" {
		_, err = local.output(ctx, "rev-list", "--quiet", branch)
	}
	return err
}

// tip is the commit of a branch; "" where there is no such branch.
func tip(ctx context.Context, local command, branch string) (string, error) {
	return (&Repo{git: local}).resolve(ctx, branch)
}

// deleteOthers deletes the branches that were followed before.
func deleteOthers(ctx context.Context, local command, branch string) error {
	out, err := local.output(ctx, "for-each-ref", "--format=%(refname)", "refs/heads")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		if name := strings.TrimSuffix(line, "\n"); name != branch {
			if _, err := local.output(ctx, "update-ref", "-d", name); err != nil {
				return err
			}
		}
	}
	return nil
}

// repack makes one pack of more than many. Git itself would do so when it likes,
// and in the background, where it outlives us and holds locks; that is off.
func repack(ctx context.Context, local command, many int) error {
	packs, err := fs.Glob(os.DirFS(local.dir), "objects/pack/*.pack")
	if err != nil || len(packs) <= many {
		return err
	}
	_, err = local.output(ctx, "repack", "-a", "-d", "-q")
	return err
}
