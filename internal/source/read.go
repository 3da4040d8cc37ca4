package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// reader makes one page. Its list is its own.
type reader struct {
	root *os.Root
	opts Options
	list *diag.List
}

// parse makes a page of the bytes of its file and of what it includes, if it does.
func (r *reader) parse(p handbook.Path, data []byte, j *joined) *handbook.Page {
	page := &handbook.Page{Path: p, Pos: r.opts.place(p), Kind: handbook.Plain}
	text := r.text(data, page.Pos)
	front := split(text, r.opts.Typed)
	r.meta(page, front)
	at := diag.Pos{Path: page.Pos.Path, Line: front.lines + 1, Column: 1}
	if j == nil {
		page.Body = r.opts.Parser.Parse([]byte(text[front.end:]), at, r.list)
		return page
	}
	var list diag.List
	page.Body = r.opts.Parser.Parse([]byte(j.Text), at, &list)
	found := list.Take()
	j.restore(&page.Body, found, at.Line)
	r.list.Add(j.Found...)
	r.list.Add(found...)
	return page
}

// errChanged says that a file changed while it was read.
var errChanged = errors.New("it changed while it was read")

// read returns the bytes of a page. A file that an editor is just saving gets a
// second try.
func (r *reader) read(f found, at diag.Pos) ([]byte, bool) {
	limit := r.opts.Limits.PageBytes
	if f.info.Size() > limit {
		r.tooLarge(at)
		return nil, false
	}
	data, err := readRegular(r.root, f, limit)
	if errors.Is(err, errChanged) || errors.Is(err, fs.ErrNotExist) {
		info, again := r.root.Lstat(string(f.path))
		if again == nil && info.Mode().IsRegular() {
			data, err = readRegular(r.root, found{path: f.path, info: info}, limit)
		}
	}
	switch {
	case err != nil:
		r.list.Errorf(at, diag.Unreadable, "the page cannot be read: %s", reason(err)).Hint = "check its permissions, then build again"
		return nil, false
	case int64(len(data)) > limit:
		r.tooLarge(at)
		return nil, false
	}
	return data, true
}

func (r *reader) tooLarge(at diag.Pos) {
	r.list.Errorf(at, diag.TooLarge, "the page is larger than %s", size(r.opts.Limits.PageBytes)).Hint = "divide it into several pages"
}

// size is a number of bytes in words.
func size(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// readRegular reads at most limit bytes and one more. What it opens must be the
// file that was listed: between the two, somebody may have put a link or a pipe
// in its place. Opening does not wait, as it otherwise would for a pipe.
func readRegular(root *os.Root, f found, limit int64) ([]byte, error) {
	file, err := root.OpenFile(string(f.path), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || !os.SameFile(info, f.info) {
		return nil, errChanged
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	after, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if int64(len(data)) <= limit && (after.Size() != int64(len(data)) || !after.ModTime().Equal(info.ModTime())) {
		return nil, errChanged
	}
	return data, nil
}

// reason is an error without the path, which the position of a finding has, and
// without what differs between systems.
func reason(err error) string {
	var inPath *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, fs.ErrNotExist):
		return "it is gone"
	case errors.As(err, &inPath):
		return inPath.Err.Error()
	}
	return err.Error()
}
