package publish

import (
	"os"
	"path/filepath"
	"strings"
)

// The names of what lies beside the output or, under a dot, in it. They are
// ours: a Write of one is refused.
const (
	prefix     = ".rutter-"
	markerName = prefix + "output"
	lockName   = prefix + "lock"
	stageName  = prefix + "stage" // in the output: of a build that replaces file by file
	treeName   = "tree"           // in stageName: the files to come
)

// beside is the path of a helper of target: .public.rutter-lock for public.
func beside(target, what string) string {
	return filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+prefix+what)
}

// put writes a file into the stage.
func (s *Stage) put(name string, data []byte) error {
	s.mu.Lock()
	stale, err := s.room(name)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.create(name, data, stale)
}

// create makes a file in the stage, always a new one: what lies there of the
// spare may be the very file that the output shows.
func (s *Stage) create(name string, data []byte, stale bool) error {
	local := filepath.FromSlash(name)
	if stale {
		if err := s.disk.do("remove", name, func() error { return s.root.RemoveAll(local) }); err != nil {
			return failed(err, "write %s", name)
		}
	}
	if err := s.disk.create(s.root, local, data); err != nil {
		return failed(err, "write %s", name)
	}
	return nil
}

// room makes the stage and the folders that name needs, and reports whether
// something stale lies in its place.
func (s *Stage) room(name string) (stale bool, err error) {
	if s.root == nil {
		if err := s.makeStage(); err != nil {
			return false, err
		}
	}
	if err := s.foldersOf(name); err != nil {
		return false, err
	}
	return s.inWay(name), nil
}

// foldersOf makes the folders above name.
func (s *Stage) foldersOf(name string) error {
	for dir := range parents(name) {
		if err := s.folder(dir); err != nil {
			return err
		}
	}
	return nil
}

// folder makes a folder of the stage, those above it being there.
func (s *Stage) folder(dir string) error {
	switch {
	case s.made[dir]:
		return nil
	case s.base.dirs[dir] == nil: // nor in the spare
		local := filepath.FromSlash(dir)
		if s.inWay(dir) {
			if err := s.disk.do("remove", dir, func() error { return s.root.RemoveAll(local) }); err != nil {
				return failed(err, "make folder %s", dir)
			}
		}
		if err := s.disk.mkdir(s.root, local); err != nil {
			return failed(err, "make folder %s", dir)
		}
	}
	s.made[dir] = true
	return nil
}

func (s *Stage) makeStage() (err error) {
	if !s.inside && s.beginFromSpare() {
		return nil
	}
	err = s.disk.do("mkdir", s.target, func() error {
		if s.inside {
			s.path = filepath.Join(s.target, stageName, treeName)
			return os.MkdirAll(s.path, 0o700)
		}
		s.path, err = os.MkdirTemp(filepath.Dir(s.target), filepath.Base(beside(s.target, "stage-"))+"*")
		return err
	})
	if err == nil {
		s.root, err = os.OpenRoot(s.path)
	}
	if err != nil {
		return failed(err, "make the stage of %s", s.target)
	}
	return nil
}

// removeStage takes the stage off the disk, unless a journal needs it.
func (s *Stage) removeStage() error {
	if s.root != nil {
		s.root.Close()
	}
	if s.path == "" || s.journaled {
		return nil
	}
	path := s.path
	if s.inside {
		path = filepath.Dir(path)
	}
	if err := s.disk.do("remove", path, func() error { return os.RemoveAll(path) }); err != nil {
		return failed(err, "remove %s", path)
	}
	return nil
}

// removeLeftovers clears away the stages that killed builds left beside the
// output. Nobody else makes any while we hold the lock.
func (s *Stage) removeLeftovers() error {
	parent := filepath.Dir(s.target)
	entries, err := os.ReadDir(parent)
	if err != nil {
		return failed(err, "look for leftovers of earlier builds in %s", parent)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), filepath.Base(beside(s.target, "stage-"))) {
			continue
		}
		// It may be the old site, after an exchange that is not on disk yet.
		if err := s.syncFolder(); err != nil {
			return err
		}
		path := filepath.Join(parent, e.Name())
		if _, err := s.retire(path); err != nil {
			return failed(err, "remove what an earlier build left (%s)", path)
		}
	}
	return nil
}

// retire does away with a tree: it becomes the spare if it can, and is removed
// if not.
func (s *Stage) retire(path string) (spared bool, err error) {
	if s.cache.putSpare(path) == nil {
		return true, nil
	}
	return false, s.disk.do("remove", path, func() error { return os.RemoveAll(path) })
}
