package cache

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

const (
	indexName  = "index"
	segmentExt = ".seg"
	tempExt    = ".tmp"

	fileMode = 0o600 // a handbook may be for some eyes only
	dirMode  = 0o700
)

// marks are the files that tell others what the folder is: git is not to track
// it, and backups are to leave it out (Cache Directory Tagging Specification,
// https://bford.info/cachedir/).
var marks = map[string]string{
	".gitignore": "*\n",
	"CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n" +
		"# This folder is a cache of rutter. It can be deleted at any time.\n" +
		"# What the line above is for: https://bford.info/cachedir/\n",
}

// enter makes the folder where there is none and opens it. A link is no folder:
// the cache would write, and remove, in a place that has another purpose.
func (c *Cache) enter() error {
	for i := range len(c.name) + 1 {
		if i < len(c.name) && c.name[i] != '/' {
			continue
		}
		info, err := c.root.Lstat(c.name[:i])
		if errors.Is(err, fs.ErrNotExist) {
			if err := c.root.Mkdir(c.name[:i], dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
				return err
			}
			info, err = c.root.Lstat(c.name[:i])
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is not a folder", c.name[:i])
		}
	}
	dir, err := c.root.OpenRoot(c.name)
	if err != nil {
		return err
	}
	if c.dir != nil {
		c.dir.Close()
	}
	c.dir = dir
	for name, text := range marks {
		f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if err != nil {
			continue // it is there, or cannot be made: probe says so
		}
		_, err = f.WriteString(text)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// moved reports whether the folder that is open is not the one at its path:
// somebody has deleted it.
func (c *Cache) moved() bool {
	open, err1 := c.dir.Stat(".")
	named, err2 := c.root.Lstat(c.name)
	return err1 != nil || err2 != nil || !os.SameFile(open, named)
}

// probe tries whether files can be made in the folder.
func (c *Cache) probe() error {
	name := newName(tempExt)
	f, err := c.dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	err = f.Close()
	_ = c.dir.Remove(name) // else a later Commit removes it
	return err
}

// sweep removes the files of sessions that were killed. Those of a session that
// is under way are younger, or it writes them anew.
func (c *Cache) sweep() {
	list, err := fs.ReadDir(c.dir.FS(), ".")
	if err != nil {
		return
	}
	used := map[string]bool{}
	for _, s := range c.segments {
		used[s.name] = true
	}
	if c.own != nil {
		used[c.own.name] = true
	}
	for _, e := range list {
		info, err := e.Info()
		if err == nil && isName(e.Name()) && !used[e.Name()] && info.Mode().IsRegular() && time.Since(info.ModTime()) > c.limits.leftover {
			_ = c.dir.Remove(e.Name()) // another session may do the same
		}
	}
}

// newName returns a name that no file has had. Segments are never named alike:
// an old index that speaks of one must not find another.
func newName(ext string) string {
	var id segmentID
	rand.Read(id[:])
	return id.name(ext)
}

// segmentID is the number that a file is named by.
type segmentID [16]byte

func (id segmentID) name(ext string) string { return hex.EncodeToString(id[:]) + ext }

// idOf is the number of a file that newName has named.
func idOf(name string) (id segmentID) {
	_, _ = hex.Decode(id[:], []byte(strings.TrimSuffix(name, path.Ext(name))))
	return id
}

// isName reports whether a file was named by newName.
func isName(name string) bool {
	ext := path.Ext(name)
	return (ext == segmentExt || ext == tempExt) && len(name) == 2*len(segmentID{})+len(ext) && idOf(name).name(ext) == name
}

// openRegular opens a file for reading, unless it is a link, a pipe or the like.
func openRegular(dir *os.Root, name string) (*os.File, fs.FileInfo, error) {
	info, err := dir.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := dir.Open(name)
	if err != nil {
		return nil, nil, err
	}
	// Asked again, since the name may lead to another file by now.
	if info, err = f.Stat(); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
