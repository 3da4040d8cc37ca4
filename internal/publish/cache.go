package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// cache is the folder that keeps what makes the next publication quick: the
// record of what the output holds (record.go), and the spare, a tree to begin
// the next stage from (spare.go). Nothing depends on either. Both are those of
// the output that was published last, so the folder is bounded; builds of two
// outputs may share it, since both come and go by a rename.
type cache struct {
	dir  string
	disk disk
}

const (
	recordName = "record"
	spareName  = "spare"
)

// openCache returns nil where there is no cache to use: it may not lie in the
// output, nor the output in it.
func openCache(dir, target string, d disk) *cache {
	if dir == "" {
		return nil
	}
	dir, err := resolve(dir)
	if err != nil {
		return nil
	}
	for _, p := range [][2]string{{dir, target}, {target, dir}} {
		rel, err := filepath.Rel(p[0], p[1])
		if err != nil || filepath.IsLocal(rel) {
			return nil
		}
	}
	return &cache{dir: dir, disk: d}
}

func (c *cache) make() error {
	return c.disk.do("mkdir", c.dir, func() error { return os.MkdirAll(c.dir, dirMode) })
}

// errNoCache says that a spare has no place to go.
var errNoCache = errors.New("there is no cache")

// putSpare moves the tree at path, which nobody needs any more, to where the
// next stage finds it.
func (c *cache) putSpare(path string) error {
	if c == nil || !sparePays {
		return errNoCache
	}
	if err := c.make(); err != nil {
		return err
	}
	spare := filepath.Join(c.dir, spareName)
	if fi, err := os.Lstat(spare); err == nil && !fi.IsDir() {
		if err := c.disk.do("remove", spare, func() error { return os.Remove(spare) }); err != nil {
			return err
		}
	}
	return c.disk.do("rename", spare, func() error { return os.Rename(path, spare) })
}

// takeSpare moves the spare to path, where nothing is, if there is one: from
// then on it belongs to this build alone. Its mode is set first, because a
// folder that we may not write in cannot be moved.
func (c *cache) takeSpare(path string) error {
	if c == nil || !sparePays {
		return errNoCache
	}
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	fi, err := root.Lstat(spareName)
	if err != nil {
		return err
	}
	if !fi.IsDir() {
		return fs.ErrInvalid
	}
	if err := c.disk.do("chmod", spareName, func() error { return root.Chmod(spareName, 0o700) }); err != nil {
		return err
	}
	return c.disk.do("rename", path, func() error { return os.Rename(filepath.Join(c.dir, spareName), path) })
}
