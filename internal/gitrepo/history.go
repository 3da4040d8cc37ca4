package gitrepo

import (
	"bufio"
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

// history is the tracked ref with everything that it reaches.
type history struct {
	head    string         // sha
	commits []dora.Commit  // parents before children where their dates say so
	at      map[string]int // sha → index in commits
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

// history reads every commit that head reaches in one pass (metrics/G2).
func (r *Repo) history(ctx context.Context, head string) (history, error) {
	h := history{head: head}
	err := r.git.stream(ctx, func(out *bufio.Reader) error {
		for {
			c, err := readCommit(out)
			if err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			h.commits = append(h.commits, c)
		}
	}, "log", "-z", "--format=%H%x00%P%x00%at%x00%ct", head, "--")
	if err != nil {
		return history{}, fmt.Errorf("read history: %w", err)
	}
	slices.Reverse(h.commits)
	h.at = make(map[string]int, len(h.commits))
	for i, c := range h.commits {
		h.at[c.SHA] = i
	}
	return h, nil
}

// readCommit reads four fields, each ended by NUL; io.EOF after the last commit.
func readCommit(out *bufio.Reader) (dora.Commit, error) {
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
	return dora.Commit{
		SHA: fields[0], Parents: strings.Fields(fields[1]), AuthorDate: instant(fields[2]), CommitterDate: instant(fields[3]),
	}, nil
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
func (h history) date(sha string) time.Time {
	if i, ok := h.at[sha]; ok {
		return h.commits[i].CommitterDate
	}
	return time.Time{}
}

// from is the instant from which the history is complete: its oldest committer
// date or, where it is cut, the newest date at which it is. Dates before 1990
// come from clocks that were never set (1970, 1980), not from work, and would
// put decades without data in front of a report.
func (h history) from(cut bool) time.Time {
	clockSet := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	var oldest, newestEnd time.Time
	for _, c := range h.commits {
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
	case cut && !newestEnd.IsZero():
		return newestEnd
	case oldest.IsZero():
		return h.date(h.head)
	}
	return oldest
}

// merges takes each commit of the first-parent line for a deployment, oldest
// first (metrics/G8).
func (h history) merges(ref string) []dora.Deployment {
	var line []dora.Deployment
	for i, ok := h.at[h.head]; ok; {
		c := h.commits[i]
		line = append(line, dora.Deployment{
			ID: c.SHA, Ref: ref, SHA: c.SHA, CreatedAt: c.CommitterDate, FinishedAt: c.CommitterDate, Status: status(c.CommitterDate),
		})
		if len(c.Parents) == 0 {
			break
		}
		i, ok = h.at[c.Parents[0]]
	}
	slices.Reverse(line)
	return line
}
