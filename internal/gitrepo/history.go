package gitrepo

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

// History is all that a clone tells of one ref. Its records name no repository
// and no environment. Which of its tags are deployments is for Matcher to say.
type History struct {
	Branch  string            // the ref that was read; for HEAD its branch, "" where HEAD is detached
	Head    string            // sha of its last commit
	Commits []dora.Commit     // parents before children where their dates say so
	Tags    []dora.Deployment // every tag on one of the commits, whatever its name, oldest first (metrics/G1)
	Merges  []dora.Deployment // each commit of the first-parent line as a deployment, oldest first (metrics/G8)
	From    time.Time         // the instant from which it is complete
	Shallow bool              // it is cut off: Commits say nothing of lead times (metrics/G6)

	at map[string]int // sha → index in Commits
}

// History reads everything that the branch, or any other ref, reaches; "" is
// HEAD. The error wraps ErrNoCommits where the ref names none.
func (r *Repo) History(ctx context.Context, branch string) (History, error) {
	ref := cmp.Or(branch, "HEAD")
	head, err := "", error(nil)
	if ref != "HEAD" { // git would take a tag of that name first
		head, err = r.resolve(ctx, "refs/heads/"+ref)
	}
	if head == "" && err == nil {
		head, err = r.resolve(ctx, ref)
	}
	if err != nil {
		return History{}, err
	}
	if head == "" {
		return History{}, fmt.Errorf("read history of %s: %w", ref, ErrNoCommits)
	}
	if branch == "" {
		if branch, err = r.branch(ctx); err != nil {
			return History{}, err
		}
	}
	h := History{Branch: branch, Head: head, Shallow: r.shallow}
	if h.Commits, err = r.commits(ctx, head); err != nil {
		return History{}, err
	}
	h.at = make(map[string]int, len(h.Commits))
	for i, c := range h.Commits {
		h.at[c.SHA] = i
	}
	h.From, h.Merges = h.from(), h.merges(cmp.Or(branch, head))
	if h.Tags, err = r.tags(ctx, h); err != nil {
		return History{}, err
	}
	return h, nil
}

// branch is the one that HEAD stands for, "" where it is detached.
func (r *Repo) branch(ctx context.Context) (string, error) {
	out, err := r.git.output(ctx, "symbolic-ref", "--quiet", "HEAD")
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		return "", nil
	} else if err != nil {
		return "", fmt.Errorf("read HEAD: %w", err)
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "refs/heads/"), nil
}

// resolve returns the commit that ref names, "" where it names none.
func (r *Repo) resolve(ctx context.Context, ref string) (sha string, err error) {
	if strings.HasPrefix(ref, "-") {
		return "", nil // an option to git, never a name
	}
	out, err := r.git.output(ctx, "rev-parse", "--verify", "--quiet", ref+"^{commit}")
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		return "", nil
	} else if err != nil {
		return "", fmt.Errorf("resolve %s: %w", ref, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// commits reads every commit that head reaches in one pass (metrics/G2).
func (r *Repo) commits(ctx context.Context, head string) (all []dora.Commit, err error) {
	err = r.git.stream(ctx, func(out *bufio.Reader) error {
		var text []byte
		for {
			c, err := readCommit(out, &text)
			if err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			all = append(all, c)
		}
	}, "log", "-z", "--encoding=UTF-8", "--format=%H%x00%P%x00%at%x00%ct%x00%B", head, "--")
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	slices.Reverse(all)
	return all, nil
}

// readCommit reads five fields, each ended by NUL; io.EOF after the last commit.
// The message is read into text, which serves again for the next one.
func readCommit(out *bufio.Reader, text *[]byte) (dora.Commit, error) {
	var fields [4]string
	for i := range fields {
		f, err := out.ReadString(0)
		switch {
		case err == io.EOF && i == 0 && f == "":
			return dora.Commit{}, io.EOF
		case err == io.EOF:
			return dora.Commit{}, io.ErrUnexpectedEOF
		case err != nil:
			return dora.Commit{}, err
		}
		fields[i] = f[:len(f)-1]
	}
	message, err := readField(out, (*text)[:0])
	if err == io.EOF {
		return dora.Commit{}, io.ErrUnexpectedEOF
	} else if err != nil {
		return dora.Commit{}, err
	}
	*text = message
	c := dora.Commit{
		SHA: fields[0], Parents: strings.Fields(fields[1]), AuthorDate: instant(fields[2]), CommitterDate: instant(fields[3]),
	}
	c.Reverts, c.Picked, c.Pull = readMessage(message)
	return c, nil
}

// readField appends what comes before the next NUL.
func readField(out *bufio.Reader, to []byte) ([]byte, error) {
	for {
		part, err := out.ReadSlice(0)
		to = append(to, part...)
		if err == nil {
			return to[:len(to)-1], nil
		} else if err != bufio.ErrBufferFull {
			return nil, err
		}
	}
}

// instant reads seconds since 1970; what is no time, or none that RFC 3339 can
// write, is the zero time. Commits may hold any bytes there.
func instant(seconds string) time.Time {
	const year10000 = 253402300800
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n < 0 || n >= year10000 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// date is the committer date of a commit; zero for one that is not part of h.
func (h History) date(sha string) time.Time {
	if i, ok := h.at[sha]; ok {
		return h.Commits[i].CommitterDate
	}
	return time.Time{}
}

// from is the instant from which the history is complete: its oldest committer
// date or, where it is cut, the newest date at which it is. Dates before 1990
// come from clocks that were never set (1970, 1980), not from work, and would
// put decades without data in front of a report.
func (h History) from() time.Time {
	clockSet := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	var oldest, newestEnd time.Time
	for _, c := range h.Commits {
		if c.CommitterDate.Before(clockSet) {
			continue
		}
		if oldest.IsZero() || c.CommitterDate.Before(oldest) {
			oldest = c.CommitterDate
		}
		if len(c.Parents) == 0 && c.CommitterDate.After(newestEnd) {
			newestEnd = c.CommitterDate
		}
	}
	switch {
	case h.Shallow && !newestEnd.IsZero():
		return newestEnd
	case oldest.IsZero():
		return h.date(h.Head)
	}
	return oldest
}

// merges takes each commit of the first-parent line for a deployment, oldest
// first (metrics/G8).
func (h History) merges(ref string) []dora.Deployment {
	var line []dora.Deployment
	for i, ok := h.at[h.Head]; ok; {
		c := h.Commits[i]
		line = append(line, dora.Deployment{
			ID: c.SHA, Ref: ref, SHA: c.SHA, CreatedAt: c.CommitterDate, FinishedAt: c.CommitterDate, Status: status(c.CommitterDate), Source: dora.Merge,
		})
		if len(c.Parents) == 0 {
			break
		}
		i, ok = h.at[c.Parents[0]]
	}
	slices.Reverse(line)
	return line
}
