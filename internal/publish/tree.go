package publish

import (
	"cmp"
	"io/fs"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// tree is what lies in a folder: names are slash-separated, links are not
// followed. It is a picture of the moment when it was listed.
type tree struct {
	files map[string]fs.FileInfo // everything but folders
	dirs  map[string]fs.FileInfo // "." included
}

// list reads the names and stats of everything in root, which has about so many
// files: a guess costs memory, or time, if it is wrong. Each folder is opened
// once, from the one around it, and answers for all its entries, which costs a
// fifth of asking for each by its path. Before an entry is taken, and a folder
// entered, visit is asked, by several goroutines at once.
func list(root *os.Root, about int, visit func(name string, info fs.FileInfo) error) (*tree, error) {
	top, err := root.Stat(".")
	if err != nil {
		return nil, err
	}
	l := &lister{visit: visit, tree: tree{files: make(map[string]fs.FileInfo, about), dirs: map[string]fs.FileInfo{".": top}}}
	l.workers.SetLimit(runtime.GOMAXPROCS(0))
	l.workers.Go(func() error { return l.folders(root, ".", []string{"."}) })
	if err := l.workers.Wait(); err != nil {
		return nil, err
	}
	return &l.tree, nil
}

type lister struct {
	visit   func(name string, info fs.FileInfo) error
	workers errgroup.Group
	mu      sync.Mutex
	tree    tree
}

// share is how many folders one worker lists before it looks for more to do:
// handing over costs about as much as listing three.
const share = 100

// folders lists the folders of these names in dir, which is open as root, and
// what lies below them.
func (l *lister) folders(root *os.Root, dir string, names []string) error {
	for _, name := range names {
		inner, err := l.folder(root, dir, name)
		if err != nil {
			return err
		}
		if len(inner) > 0 {
			if err := l.below(root, dir, name, inner); err != nil {
				return err
			}
		}
	}
	return nil
}

// below lists the folders in the folder name of dir, and leaves some of them to
// others who have nothing to do. Whoever comes last closes the folder.
func (l *lister) below(root *os.Root, dir, name string, inner []string) (err error) {
	sub, err := root.OpenRoot(name)
	if err != nil {
		return err
	}
	shares := slices.Collect(slices.Chunk(inner, share))
	var left atomic.Int64
	left.Store(int64(len(shares)))
	for i, some := range shares {
		work := func() error {
			defer func() {
				if left.Add(-1) == 0 {
					sub.Close()
				}
			}()
			return l.folders(sub, path.Join(dir, name), some)
		}
		if i == len(shares)-1 || !l.workers.TryGo(work) {
			err = cmp.Or(err, work())
		}
	}
	return err
}

// folder lists one folder and returns the names of those in it.
func (l *lister) folder(root *os.Root, dir, name string) (inner []string, err error) {
	// Without O_NONBLOCK, package os would ask four times whether a folder can be waited for.
	d, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.Readdir(-1)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, info := range entries {
		names[i] = path.Join(dir, name, info.Name())
		if err := l.visit(names[i], info); err != nil {
			return nil, err
		}
		if info.IsDir() {
			inner = append(inner, info.Name())
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, info := range entries {
		if info.IsDir() {
			l.tree.dirs[names[i]] = info
		} else {
			l.tree.files[names[i]] = info
		}
	}
	return inner, nil
}

// drop forgets name and what lies below it.
func (t *tree) drop(name string) {
	delete(t.files, name)
	if _, ok := t.dirs[name]; !ok {
		return
	}
	below := func(other string, _ fs.FileInfo) bool {
		return other == name || strings.HasPrefix(other, name+"/")
	}
	maps.DeleteFunc(t.files, below)
	maps.DeleteFunc(t.dirs, below)
}

// called finds the name under which something was listed.
func (t *tree) called(info fs.FileInfo) (name string, ok bool) {
	all := t.files
	if info.IsDir() {
		all = t.dirs
	}
	for name, listed := range all {
		if name != "." && os.SameFile(listed, info) {
			return name, true
		}
	}
	return "", false
}
