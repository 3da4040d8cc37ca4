package source

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/stamp"
)

// marker is the file that publish leaves in what it made: such a folder is
// output of an earlier build, under whatever name.
const marker = ".rutter-output"

// walker lists the content in the order of paths.
type walker struct {
	root    *os.Root
	opts    Options
	list    *diag.List
	begun   time.Time                       // the walk
	before  map[handbook.Path][]fs.FileInfo // the folders of the last walk
	now     map[handbook.Path][]fs.FileInfo // those of this one
	same    bool                            // of the folder that is being walked, see found
	entries int
	pages   []found
	files   []handbook.File
	lists   []found // of the files, those that may be read as lists

	pictures []shown
}

// entriesOf lists a folder, from memory where nothing in it has changed.
func (w *walker) entriesOf(dir handbook.Path) (entries []fs.FileInfo, same bool, err error) {
	entries, same = w.before[dir]
	if same = same && w.opts.Touched != nil && !slices.Contains(w.opts.Touched, dir); !same {
		entries, err = readDir(w.root, dir)
	}
	if err == nil {
		w.now[dir] = entries
	}
	return entries, same, err
}

// found is a page to be read.
type found struct {
	path handbook.Path
	info fs.FileInfo // as Lstat has it
	same bool        // nothing in its folder has changed since the last load
}

// walk lists the folder dir and all below it. Only a root that cannot be listed
// is an error.
func (w *walker) walk(ctx context.Context, dir handbook.Path, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, same, err := w.entriesOf(dir)
	if err != nil && len(entries) == 0 {
		if dir == "." {
			return err
		}
		w.list.Errorf(w.opts.place(dir), diag.Unreadable, "the folder cannot be read: %s", reason(err)).Hint = "check its permissions"
		return nil
	}
	if dir != "." && slices.ContainsFunc(entries, func(e fs.FileInfo) bool { return e.Name() == marker }) {
		return nil
	}
	for _, e := range entries {
		p := handbook.Path(path.Join(string(dir), e.Name()))
		if strings.HasPrefix(e.Name(), ".") || e.Name() == "node_modules" || w.opts.excluded(p) {
			continue
		}
		if w.entries++; w.entries > w.opts.Limits.Entries {
			if w.entries == w.opts.Limits.Entries+1 {
				w.list.Errorf(w.opts.place(p), diag.TooLarge, "more than %d files and folders; from here on nothing was read", w.opts.Limits.Entries).Hint = "is this the folder of the content?"
			}
			return nil
		}
		w.same = same
		if err := w.entry(ctx, p, e, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) entry(ctx context.Context, p handbook.Path, info fs.FileInfo, depth int) error {
	if why := badName(p.Base()); why != "" {
		at := w.opts.place(handbook.Path(strings.ToValidUTF8(string(p), "\uFFFD")))
		w.list.Errorf(at, diag.BadName, "the name %q has %s, which no web address can carry", p.Base(), why).Hint = "rename it"
		return nil
	}
	switch {
	case info.IsDir() && depth >= w.opts.Limits.Depth:
		w.list.Errorf(w.opts.place(p), diag.TooLarge, "folders more than %d deep; from here on nothing was read", w.opts.Limits.Depth)
	case info.IsDir():
		return w.walk(ctx, p, depth+1)
	case !info.Mode().IsRegular():
		w.notRegular(p, info.Mode())
	case p.IsPage():
		w.pages = append(w.pages, found{p, info, w.same})
	default:
		w.files = append(w.files, handbook.File{Path: p, Size: info.Size(), Version: version(info, w.begun)})
		if isPicture(p) {
			w.pictures = append(w.pictures, shown{found{p, info, w.same}, len(w.files) - 1})
		}
		if p.Ext() == ".yaml" {
			w.lists = append(w.lists, found{p, info, w.same})
		}
	}
	return nil
}

func (w *walker) notRegular(p handbook.Path, mode fs.FileMode) {
	what, hint := "a device or socket", "move it out of the content"
	switch {
	case mode&fs.ModeSymlink != 0:
		what, hint = "a symbolic link", "put the file itself here: links are not followed"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	}
	w.list.Errorf(w.opts.place(p), diag.NotRegular, "this is %s, not a file", what).Hint = hint
}

func (o Options) excluded(p handbook.Path) bool {
	return slices.ContainsFunc(o.Exclude, func(x handbook.Path) bool {
		return p == x || strings.HasPrefix(string(p), string(x)+"/")
	})
}

// readDir lists a folder by name, with the names that are no UTF-8, which the
// fs.FS of a root would refuse. What an entry is, is asked of the open folder,
// so that no link leads elsewhere; one that is gone meanwhile is left out.
// Opening does not wait, should a pipe have come in place of the folder.
func readDir(root *os.Root, dir handbook.Path) ([]fs.FileInfo, error) {
	f, err := root.OpenFile(string(dir), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.Readdir(-1)
	slices.SortFunc(entries, func(a, b fs.FileInfo) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

// version stands for the contents of a file that is not a page.
func version(info fs.FileInfo, now time.Time) string {
	s, ok := stamp.Of(info)
	if !ok || !s.Settled(now) {
		return ""
	}
	return fmt.Sprintf("%x.%x.%x.%x", s.Size, s.Written, s.Changed, s.Inode)
}

// badName says what in a name of a file or folder cannot be part of a URL, or
// is lost on the way: browsers turn a backslash into a slash and drop line
// ends. All else, such as ?, # and spaces, is written with percent signs.
func badName(name string) string {
	if !utf8.ValidString(name) {
		return "bytes that are not UTF-8"
	}
	for _, r := range name {
		switch {
		case r == '\n' || r == '\r':
			return "a line break"
		case unicode.IsControl(r):
			return fmt.Sprintf("the control character U+%04X", r)
		case r == '\\':
			return "a backslash"
		}
	}
	return ""
}
