package gitrepo

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// FileChanges are the commits that touched files below a folder, newest first:
// those of the first-parent line of HEAD, so that a merge is one change, of the
// day it was merged, with all files that it brought. Nothing in it says who made
// them. It can be written by package pack and may be shared by goroutines.
type FileChanges struct {
	Head    string // sha of the commit that is checked out; "" where there is none yet
	Shallow bool   // older commits are missing; what the oldest one here changed is not known, so it is left out
	Commits []FileCommit
	Dirty   map[string]bool // files that differ from HEAD or are not part of it: their last change is not in git

	once sync.Once      `pack:"-"`
	last map[string]int `pack:"-"` // file → index in Commits of its last change
}

// FileCommit is one change.
type FileCommit struct {
	SHA     string
	At      time.Time    // committer date; zero where the commit has none that makes sense
	Subject string       // plain text in one line; of a pull request that was merged its title
	Pull    int          // number of the pull request, from "(#123)" or "Merge pull request #123"; 0: none
	Files   []FileChange // by path
}

// FileChange is what a commit did to one file. Symbolic links are files here,
// submodules are not.
type FileChange struct {
	Path   string // below the folder, with slashes; any bytes but NUL
	Was    string // of an R: the path before
	Status byte   // A: added, M: modified, D: deleted, R: renamed
	Same   bool   // nothing within the file changed: an R that only moved it, an M of its mode
}

// ChangesOptions configures LoadChanges. The zero value reads everything anew.
type ChangesOptions struct {
	Known *FileChanges // what LoadChanges gave for the same folder before: where HEAD is still the same, only Dirty is read
	Most  int          // commits to keep, the newest; 0: 20,000
}

const (
	mostCommits = 20_000
	mostFiles   = 500_000  // changes of files to keep, and untracked files
	mostText    = 64 << 10 // bytes of a message or a name that are looked at
	mostSubject = 250      // letters
)

// LoadChanges reads, in one pass over git, how files below a folder changed:
// below is relative to dir, the folder of the site, with slashes; "" is dir
// itself. A link there is followed, and the repository that counts is the one
// where it leads. A repository without commits is no error.
//
// A rename is found among the files of one commit by what is in them, in a clone
// without old contents (--filter=blob:none) only where all of it is the same.
// The error wraps ErrNoGit, ErrNotRepo, ErrOwner or a *CommandError where one of
// them is the cause.
func LoadChanges(ctx context.Context, dir, below string, o ChangesOptions) (*FileChanges, error) {
	r, err := Open(ctx, filepath.Join(dir, filepath.FromSlash(below)))
	if err != nil {
		return nil, err
	}
	t, err := r.traps(ctx)
	if err != nil {
		return nil, fmt.Errorf("read changes of files: %w", err)
	}
	c := &FileChanges{Shallow: r.shallow}
	if err := r.status(ctx, t.filters, c); err != nil {
		return nil, fmt.Errorf("read changes of files: %w", err)
	}
	k := o.Known
	switch {
	case c.Head == "":
	case k != nil && k.Head == c.Head && !k.Shallow && !c.Shallow: // a shallow clone may become longer at the same HEAD
		c.Commits = k.Commits
	default:
		if c.Commits, err = r.changes(ctx, c.Head, t.partial, cmp.Or(o.Most, mostCommits)); err != nil {
			return nil, fmt.Errorf("read changes of files: %w", err)
		}
	}
	return c, nil
}

// Last is the last change of a file. A commit that only moved it does not count,
// but the ones before, to the file of the former name, do. It is false where the
// file is dirty, and where nothing is known: it is not in git, or its last change
// is cut off.
func (c *FileChanges) Last(path string) (FileCommit, bool) {
	c.once.Do(func() { c.last = lastChanges(c.Commits) })
	i, ok := c.last[path]
	if !ok || c.Dirty[path] || c.Commits[i].At.IsZero() {
		return FileCommit{}, false
	}
	return c.Commits[i], true
}

// lastChanges finds the last change of every file that is there today.
func lastChanges(commits []FileCommit) map[string]int {
	last := map[string]int{}
	// While going back in time: the present name of the file that had a name
	// then, where it is another one; "" where the file is gone by now.
	now := map[string]string{}
	present := func(path string) string {
		if p, ok := now[path]; ok {
			return p
		}
		return path
	}
	var ends []string
	for i, c := range commits {
		ends = ends[:0]
		for _, f := range c.Files {
			p := present(f.Path)
			if _, known := last[p]; p != "" && f.Status != 'D' && !f.Same && !known {
				last[p] = i
			}
			ends = append(ends, p)
		}
		// Only now, since all files of a commit change at once: before it, no
		// file had a name that it brought, and one that it deleted is gone.
		for _, f := range c.Files {
			if f.Status != 'M' {
				now[f.Path] = ""
			}
		}
		for j, f := range c.Files {
			if f.Status == 'R' {
				now[f.Was] = ends[j]
			}
		}
	}
	return last
}

// traps are settings of the configuration to mind.
type traps struct {
	filters []setting // that switch off the programs of filters
	partial bool      // the contents of old files may be missing
}

// traps looks for them. The filter that belongs to a file is a program, which
// git status would run for each that may have changed.
func (r *Repo) traps(ctx context.Context) (t traps, err error) {
	out, err := r.git.output(ctx, "config", "-z", "--name-only", "--get-regexp",
		`^(filter\..*\.(clean|smudge|process|required)|remote\..*\.promisor|extensions\.partialclone)$`)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		return t, nil // none
	} else if err != nil {
		return t, err
	}
	for key := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		switch {
		case !strings.HasPrefix(key, "filter."):
			t.partial = true
		case strings.HasSuffix(key, ".required"):
			t.filters = append(t.filters, setting{key, "false"})
		default:
			t.filters = append(t.filters, setting{key, ""})
		}
	}
	return t, nil
}

// status reads HEAD and what differs from it. Where git cannot tell without a
// filter whether a file differs, it takes it as different: no date is better
// than a wrong one.
func (r *Repo) status(ctx context.Context, filters []setting, c *FileChanges) error {
	out, err := r.git.output(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return err
	}
	prefix := strings.TrimSuffix(string(out), "\n")
	c.Dirty = map[string]bool{}
	git := r.git.with(filters)
	return git.stream(ctx, func(out *bufio.Reader) error { return readStatus(out, prefix, c) },
		"status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind", "--untracked-files=all", "--no-renames",
		"--ignore-submodules=all", // git would run in them, under their configuration
		"--", ".")
}

// readStatus reads records that end with NUL, a path at the end of each.
func readStatus(out *bufio.Reader, prefix string, c *FileChanges) error {
	var buf []byte
	for {
		var err error
		if buf, err = readShort(out, buf); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		record := string(buf)
		if oid, ok := strings.CutPrefix(record, "# branch.oid "); ok && oid != "(initial)" {
			c.Head = oid
		}
		kind, _, _ := strings.Cut(record, " ")
		fields := 0
		switch kind {
		case "1":
			fields = 9
		case "u": // of a merge that is not finished
			fields = 11
		case "?":
			fields = 2
		default:
			continue // another header
		}
		parts := strings.SplitN(record, " ", fields)
		name, ok := strings.CutPrefix(parts[len(parts)-1], prefix)
		if !ok || len(parts) < fields {
			return fmt.Errorf("git printed %.200q", record)
		}
		// A repository within this one is a folder. Untracked files have no last
		// change, whether they are on the list or not.
		if !strings.HasSuffix(name, "/") && (kind != "?" || len(c.Dirty) < mostFiles) {
			c.Dirty[name] = true
		}
	}
}

// with is c under settings that are stronger than those of the repository.
func (c command) with(more []setting) command {
	c.env = configured(slices.Clone(c.env), append(more, setting{"diff.orderFile", "/dev/null"})) // else a file that must be there
	return c
}

// errEnough ends the reading.
var errEnough = errors.New("enough is read")

// changes reads the commits of the first-parent line that touched files below
// the folder.
func (r *Repo) changes(ctx context.Context, head string, partial bool, most int) ([]FileCommit, error) {
	renames := "-M"
	if partial {
		renames = "-M100%" // compares names of contents, not contents
	}
	git := r.git.with([]setting{{"log.diffMerges", "first-parent"}}) // what -m means since git 2.32
	p := changeReader{shallow: r.shallow, commits: most, files: mostFiles, names: map[string]string{}}
	err := git.stream(ctx, p.read,
		"log", "-z", "--first-parent", "--sparse", // all commits: to leave out those elsewhere, git would compare the others twice
		"-m", "--root", "--no-follow", "--raw", "--no-abbrev", renames, "-l1000", "--relative",
		"--ignore-submodules=all", "--no-ext-diff", "--encoding=UTF-8", "--format=%H%x00%ct%x00%P%x00%B%x00", head, "--", ".")
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return p.all, nil
}

// changeReader reads what changes asks git for: of each commit four fields, then
// its files.
type changeReader struct {
	shallow bool
	commits int // yet to keep
	files   int // yet to keep
	names   map[string]string
	buf     []byte // the last field
	message []byte // of the last commit
	all     []FileCommit
}

// name is the path in buf. Each is kept in memory once, however often it
// changed.
func (p *changeReader) name() string {
	if s, ok := p.names[string(p.buf)]; ok {
		return s
	}
	s := string(p.buf)
	p.names[s] = s
	return s
}

// next reads a field into buf.
func (p *changeReader) next(out *bufio.Reader) (err error) {
	p.buf, err = readShort(out, p.buf)
	return err
}

func (p *changeReader) read(out *bufio.Reader) error {
	err := p.next(out)
	for err == nil {
		err = p.commit(out)
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// within reads a field that is not the first.
func (p *changeReader) within(out *bufio.Reader) error {
	err := p.next(out)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// objectName tells whether b is one, as git writes it.
func objectName(b []byte) bool {
	return (len(b) == 40 || len(b) == 64) && len(bytes.TrimLeft(b, "0123456789abcdef")) == 0
}

// commit reads one. Its name is in buf, and in the end that of the next one is;
// after the last one the error is io.EOF.
func (p *changeReader) commit(out *bufio.Reader) (err error) {
	if !objectName(p.buf) {
		return fmt.Errorf("git printed %.200q, want the name of a commit", p.buf)
	}
	c := FileCommit{SHA: string(p.buf)}
	if err := p.within(out); err != nil {
		return err
	}
	c.At = instant(string(p.buf))
	if err := p.within(out); err != nil {
		return err
	}
	root := len(p.buf) == 0 // without parents
	if err := p.within(out); err != nil {
		return err
	}
	p.message = append(p.message[:0], p.buf...)
	for {
		err = p.next(out)
		// Between message and files there are an empty field and an empty line.
		what := bytes.TrimLeft(p.buf, "\n")
		if err == nil && len(what) == 0 {
			continue
		}
		if err != nil || what[0] != ':' {
			break
		}
		f, err := p.file(out, string(what))
		if err != nil {
			return err
		}
		c.Files = append(c.Files, f)
		if p.files--; p.files < 0 {
			return errEnough // a part of a commit would be a wrong one
		}
	}
	if err != nil && err != io.EOF {
		return err
	}
	// The parents of the last commit of a shallow clone are missing, so that git
	// takes all its files for new.
	if len(c.Files) > 0 && !(root && p.shallow) {
		c.Subject, c.Pull = headline(p.message)
		slices.SortFunc(c.Files, func(a, b FileChange) int { return strings.Compare(a.Path, b.Path) })
		p.all = append(p.all, c)
		if p.commits--; p.commits <= 0 {
			return errEnough
		}
	}
	return err
}

// file reads one; what git says of it is ":mode mode object object status", of
// before and after.
func (p *changeReader) file(out *bufio.Reader, what string) (f FileChange, err error) {
	fields := strings.Split(what, " ")
	if len(fields) != 5 || fields[4] == "" || !strings.Contains("AMDTR", fields[4][:1]) {
		return f, fmt.Errorf("git printed %.200q, want what happened to a file", what)
	}
	f.Status, f.Same = fields[4][0], fields[2] == fields[3]
	switch f.Status {
	case 'T': // from a link to a file, or the other way
		f.Status = 'M'
	case 'R':
		if err := p.within(out); err != nil {
			return f, err
		}
		f.Was = p.name()
	}
	if err := p.within(out); err != nil {
		return f, err
	}
	f.Path = p.name()
	return f, nil
}

// readShort reads what comes before the next NUL into buf, and cuts off what is
// too long: nobody reads it, and no page has such a name.
func readShort(out *bufio.Reader, buf []byte) (short []byte, err error) {
	short = buf[:0]
	for {
		part, err := out.ReadSlice(0)
		if err == nil {
			part = part[:len(part)-1]
		}
		short = append(short, part[:min(len(part), mostText-len(short))]...)
		switch {
		case err == io.EOF && len(short) > 0:
			return short, io.ErrUnexpectedEOF
		case err != bufio.ErrBufferFull:
			return short, err
		}
	}
}

// headline is the subject of a message for readers, with the number of its pull
// request. GitHub's subject for a merge names a branch and often a person; the
// title comes below.
func headline(message []byte) (text string, pull int) {
	s := subject(message)
	number := pullRequest(s)
	if m := merged.FindSubmatch(s); m != nil {
		number = string(m[1])
		rest := message[bytes.Index(message, s)+len(s):]
		if s = subject(rest); len(s) == 0 {
			s = []byte("Merge pull request #" + number)
		}
	}
	pull, _ = strconv.Atoi(number) // 0 where there is none, or one that int is too small for
	return oneLine(s), pull
}

// oneLine makes text fit for being shown: one line of valid UTF-8, not too long,
// without control characters and those that turn the direction of what follows.
func oneLine(text []byte) string {
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(text), string(utf8.RuneError))), " ")
	s = strings.Map(func(r rune) rune {
		turns := r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
		if turns || unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, s)
	letters := 0
	for i := range s {
		if letters++; letters > mostSubject {
			return s[:i] + "…"
		}
	}
	return s
}
