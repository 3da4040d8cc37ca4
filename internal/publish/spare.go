package publish

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/rutter-dev/rutter/internal/stamp"
)

// A stage may begin from the spare: the tree that was the output before the
// last exchange, and that differs from the output in a few files. To make
// 10,000 folders and take them away again costs ten times what is left to do
// then: a file that is the same inode in both is in its place already.
//
// The spare may be in any state, because it was edited, comes from another
// output, or a build was killed while it prepared it. So nothing is believed of
// it but that a file which is the same inode as the output's holds the same
// bytes. A file of it is never written to, since the output may share it: what
// is new is a new file. Before the exchange the stage is listed and compared
// with what it should hold. A stage in which anything failed is removed, not
// kept as a spare, so that the next build does without it.

// beginFromSpare makes the spare, if there is a good one, the stage.
func (s *Stage) beginFromSpare() bool {
	at := beside(s.target, "stage-spare")
	if s.cache.takeSpare(at) != nil {
		return false
	}
	root, err := os.OpenRoot(at)
	if err == nil {
		s.base, err = list(root, len(s.old.files), func(name string, info fs.FileInfo) error { return s.openFolder(root, name, info) })
		if err == nil {
			s.path, s.root = at, root
			return true
		}
		root.Close()
	}
	s.base = &tree{}
	if s.disk.do("remove", at, func() error { return os.RemoveAll(at) }) != nil {
		_ = s.cache.putSpare(at) // out of the way, where it harms nobody
	}
	return false
}

// openFolder gives a folder of the spare the mode of a published one, before
// its files are listed.
func (s *Stage) openFolder(root *os.Root, name string, info fs.FileInfo) error {
	if !info.IsDir() || info.Mode() == fs.ModeDir|dirMode {
		return nil
	}
	return s.disk.do("chmod", name, func() error { return root.Chmod(filepath.FromSlash(name), dirMode) })
}

// inWay reports whether something lies in the stage where a file or folder is
// to be made, and forgets it: the caller removes it. It may lie there under
// another name: where a file system does not tell cases apart, A is in the way
// of a.
func (s *Stage) inWay(name string) bool {
	if len(s.base.dirs) == 0 { // the stage began empty: all that is there is of this build
		return false
	}
	if s.base.files[name] != nil || s.base.dirs[name] != nil {
		s.base.drop(name)
		return true
	}
	info, there := exists(s.root, filepath.FromSlash(name))
	if !there {
		return false
	}
	other, there := s.base.called(info)
	s.base.drop(other)
	return there
}

// clearBase removes from the stage what the spare has and the new site has not.
func (s *Stage) clearBase() error {
	inSite := func(dir string) bool { return dir == "." || s.folders[dir] }
	var extra []string // nothing that lies in another of them
	for dir := range s.base.dirs {
		if !inSite(dir) && inSite(path.Dir(dir)) {
			extra = append(extra, dir)
		}
	}
	for name := range s.base.files {
		if _, wanted := s.files[name]; !wanted && inSite(path.Dir(name)) {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	for _, name := range extra {
		if err := s.disk.do("remove", name, func() error { return s.root.RemoveAll(filepath.FromSlash(name)) }); err != nil {
			return failed(err, "remove %s from the stage of %s", name, s.target)
		}
	}
	return nil
}

// inPlace reports whether the stage has a file of the output already.
func (s *Stage) inPlace(name string) bool {
	here, there := s.base.files[name], s.old.files[name]
	if here == nil || there == nil || !os.SameFile(here, there) {
		return false
	}
	a, ok := stamp.Of(here)
	b, _ := stamp.Of(there)
	return ok && a == b // some file systems give a number again while they are looked at
}

// check lists the finished stage and compares it with what it should hold: no
// more, no less, files where files should be.
func (s *Stage) check() (*tree, error) {
	now, err := list(s.root, len(s.files)+1, func(string, fs.FileInfo) error { return nil })
	if err != nil {
		return nil, failed(err, "look over the stage of %s", s.target)
	}
	wrong := func(name string) error {
		return failed(fmt.Errorf("%s is not as it was made; build again", name), "look over the stage of %s", s.target)
	}
	for name := range s.files {
		info := now.files[name]
		if info == nil { // listed under another spelling of the name, on some systems
			info, _ = exists(s.root, filepath.FromSlash(name))
		}
		if info == nil || !info.Mode().IsRegular() {
			return nil, wrong(name)
		}
	}
	if info := now.files[markerName]; info == nil || !info.Mode().IsRegular() {
		return nil, wrong(markerName)
	}
	if len(now.files) != len(s.files)+1 || len(now.dirs) != len(s.folders)+1 {
		return nil, wrong("the number of files or folders")
	}
	return now, nil
}
