package publish

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Commit makes the output what was written. After an error the output is as it
// was, with one exception: where files are replaced one by one and the disk
// fails half-way, the error says so and the next Open finishes the work.
func (s *Stage) Commit() (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return Result{}, errors.New("commit the output: it is already published or given up")
	}
	s.done = true
	defer s.lock.release()
	defer s.old.close()
	res, err := s.commit()
	if err != nil {
		// The next Open removes a stage that cannot be removed now.
		return Result{}, errors.Join(err, s.removeStage())
	}
	return res, nil
}

func (s *Stage) commit() (Result, error) {
	if s.err != nil {
		return Result{}, fmt.Errorf("commit the output after a failed write: %w", s.err)
	}
	if len(s.files) == 0 {
		return Result{}, failed(errors.New("the build made no file"), "publish to %s", s.target)
	}
	c := s.changes()
	if !c.any() {
		return c.res, nil
	}
	if err := s.putMarker(c.marker); err != nil {
		return Result{}, err
	}
	if s.inside {
		return s.replaceFiles(c)
	}
	return s.replaceFolder(c)
}

// changes is the difference between the old output and the new one.
type changes struct {
	res      Result
	marker   []byte
	sameMark bool
	gone     []string // files to delete
	emptied  []string // folders to delete
	closed   []string // folders with a mode that readers may not pass
}

func (s *Stage) changes() changes {
	c := changes{
		marker:  marker(s.files),
		gone:    s.old.gone(s.files),
		emptied: s.old.emptied(s.folders),
		closed:  s.old.closed(s.folders, !s.inside),
	}
	c.sameMark = bytes.Equal(c.marker, s.old.marker)
	for _, f := range s.files {
		if f.staged {
			c.res.Written++
		} else {
			c.res.Unchanged++
		}
	}
	c.res.Removed = len(c.gone)
	c.res.Changed = c.any()
	return c
}

func (c *changes) any() bool {
	return c.res.Written > 0 || !c.sameMark || len(c.gone)+len(c.emptied)+len(c.closed) > 0
}

func (s *Stage) putMarker(text []byte) error {
	if s.root == nil {
		if err := s.makeStage(); err != nil {
			return err
		}
	}
	if err := s.disk.create(s.root, markerName, text); err != nil {
		return failed(err, "write %s", markerName)
	}
	return nil
}

// replaceFolder completes the stage and exchanges it with the output.
func (s *Stage) replaceFolder(c changes) (Result, error) {
	if err := s.keepUnchanged(); err != nil {
		return Result{}, err
	}
	if err := s.disk.do("chmod", s.path, func() error { return os.Chmod(s.path, dirMode) }); err != nil {
		return Result{}, failed(err, "open the stage %s to readers", s.path)
	}
	if err := s.sync(s.path); err != nil {
		return Result{}, err
	}
	if !s.old.exists {
		s.root.Close()
		err := s.disk.do("rename", s.target, func() error { return renameNew(s.path, s.target) })
		if err != nil {
			return Result{}, failed(err, "publish to %s", s.target)
		}
		return s.published(c), nil
	}
	if _, err := os.Lstat(filepath.Join(s.target, ".git")); err == nil {
		return Result{}, checkout(s.target, ".git")
	}
	err := s.disk.do("exchange", s.target, func() error { return exchange(s.path, s.target) })
	if cannotExchange(err) {
		return s.replaceFiles(c)
	}
	if err != nil {
		return Result{}, failed(err, "publish to %s", s.target)
	}
	s.root.Close()
	return s.published(c), nil
}

// published puts the new name of the output on disk and removes the old site,
// which lies where the stage was. The new site is out, so nothing from here on
// is a failure. The old one goes only after the exchange is on disk, or a power
// cut could leave the name of the output on a folder that is half gone.
func (s *Stage) published(c changes) Result {
	err := s.syncFolder()
	if err == nil {
		err = s.disk.do("remove", s.path, func() error { return os.RemoveAll(s.path) })
	}
	if _, there := os.Lstat(s.path); err != nil && there == nil {
		c.res.Leftover = s.path
	}
	return c.res
}

// keepUnchanged brings the files that stay into the stage.
func (s *Stage) keepUnchanged() error {
	for name, f := range s.files {
		if f.staged {
			continue
		}
		if err := s.keep(name, f); err != nil {
			return err
		}
	}
	return nil
}

// keep links a file of the old output into the stage, or copies it where a
// link cannot be: another file system, too many links, a file of another user.
func (s *Stage) keep(name string, f file) error {
	for dir := range parents(name) {
		if s.made[dir] {
			continue
		}
		if err := s.disk.mkdir(s.root, filepath.FromSlash(dir)); err != nil {
			return failed(err, "make folder %s", dir)
		}
		s.made[dir] = true
	}
	local := filepath.FromSlash(name)
	err := s.disk.do("link", name, func() error {
		return os.Link(filepath.Join(s.target, local), filepath.Join(s.path, local))
	})
	if err == nil {
		return nil
	}
	r, err := s.old.root.Open(local)
	if err != nil {
		return failed(err, "keep %s", name)
	}
	defer r.Close()
	sum := sha256.New()
	if err := s.disk.copy(s.root, local, io.TeeReader(r, sum)); err != nil {
		return failed(err, "keep %s", name)
	}
	if [sha256.Size]byte(sum.Sum(nil)) != f.sum {
		return failed(errors.New("it changed during the build; build again"), "keep %s", name)
	}
	return nil
}

// sync puts everything written below path on disk, in one go where the system
// can.
func (s *Stage) sync(path string) error {
	if s.noSync {
		return nil
	}
	if err := s.disk.do("sync", path, func() error { return syncTree(path) }); err != nil {
		return failed(err, "sync %s to disk", path)
	}
	return nil
}

// syncFolder puts the new name of the output on disk.
func (s *Stage) syncFolder() error {
	if s.noSync {
		return nil
	}
	parent := filepath.Dir(s.target)
	if err := s.disk.do("sync", parent, func() error { return syncDir(parent) }); err != nil {
		return failed(err, "sync %s to disk", parent)
	}
	return nil
}

// exists reports whether there is anything of that name, links not followed.
func exists(root *os.Root, name string) (fs.FileInfo, bool) {
	fi, err := root.Lstat(name)
	return fi, err == nil
}
