package publish

import (
	"bytes"
	"errors"
	"fmt"
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
	defer s.lock.Release()
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
		s.remember(nil, clock{}, false)
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
		marker:  marker(s.names(), s.files),
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
	stale, err := s.room(markerName)
	if err != nil {
		return err
	}
	return s.create(markerName, text, stale)
}

// replaceFolder completes the stage and exchanges it with the output.
func (s *Stage) replaceFolder(c changes) (Result, error) {
	if err := s.complete(); err != nil {
		return Result{}, err
	}
	if err := s.disk.do("chmod", s.path, func() error { return os.Chmod(s.path, dirMode) }); err != nil {
		return Result{}, failed(err, "open the stage %s to readers", s.path)
	}
	if err := s.sync(s.path); err != nil {
		return Result{}, err
	}
	var now clock
	var staged *tree
	if s.cache != nil {
		var err error
		now = readClock(s.lock.File())
		if staged, err = s.check(); err != nil {
			return Result{}, err
		}
	}
	if !s.old.exists {
		s.root.Close()
		err := s.disk.do("rename", s.target, func() error { return renameNew(s.path, s.target) })
		if err != nil {
			return Result{}, failed(err, "publish to %s", s.target)
		}
		return s.published(c, staged, now), nil
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
	return s.published(c, staged, now), nil
}

// published puts the new name of the output on disk and does away with the old
// site, which lies where the stage was. The new site is out, so nothing from
// here on is a failure. The old one goes only after the exchange is on disk, or
// a power cut could leave the name of the output on a folder that is half gone.
func (s *Stage) published(c changes, staged *tree, now clock) Result {
	err := s.syncFolder()
	if !s.old.exists {
		s.remember(staged, now, false)
		return c.res
	}
	shared := err != nil
	if err == nil {
		shared, err = s.retire(s.path)
	}
	if _, there := os.Lstat(s.path); err != nil && there == nil {
		c.res.Leftover = s.path
	}
	s.remember(staged, now, !shared)
	return c.res
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
