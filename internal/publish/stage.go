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
	root, err := s.stageFolder(name)
	if err != nil {
		return err
	}
	if err := s.disk.create(root, filepath.FromSlash(name), data); err != nil {
		return failed(err, "write %s", name)
	}
	return nil
}

// stageFolder returns the stage with the folders that name needs, made on
// first use.
func (s *Stage) stageFolder(name string) (*os.Root, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root == nil {
		if err := s.makeStage(); err != nil {
			return nil, err
		}
	}
	for dir := range parents(name) {
		if s.made[dir] {
			continue
		}
		if err := s.disk.mkdir(s.root, filepath.FromSlash(dir)); err != nil {
			return nil, failed(err, "make folder %s", dir)
		}
		s.made[dir] = true
	}
	return s.root, nil
}

func (s *Stage) makeStage() (err error) {
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
		path := filepath.Join(parent, e.Name())
		if err := s.disk.do("remove", path, func() error { return os.RemoveAll(path) }); err != nil {
			return failed(err, "remove what an earlier build left (%s)", path)
		}
	}
	return nil
}
