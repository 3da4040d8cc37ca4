package publish

import (
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"path"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// complete makes the stage the whole new site: the files that stay are linked
// into it, those of some folders at once. The folders are made one after the
// other, since file systems do not make them any faster together.
func (s *Stage) complete() error {
	if err := s.clearBase(); err != nil {
		return err
	}
	missing := map[string][]string{} // names of files by folder
	for name, f := range s.files {
		if !f.staged && !s.inPlace(name) {
			missing[path.Dir(name)] = append(missing[path.Dir(name)], name)
		}
	}
	dirs := slices.Sorted(maps.Keys(missing))
	for _, dir := range dirs {
		if err := s.foldersOf(missing[dir][0]); err != nil {
			return err
		}
	}
	inodes := make([][]inode, len(dirs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, dir := range dirs {
		g.Go(func() (err error) {
			inodes[i], err = s.keepIn(dir, missing[dir])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, dir := range dirs {
		for j, name := range missing[dir] {
			f := s.files[name]
			f.inode = inodes[i][j]
			s.files[name] = f
		}
	}
	return nil
}

// keepIn links files of one folder of the old output into the stage, or copies
// them where a link cannot be: another file system, too many links, a file of
// another user.
func (s *Stage) keepIn(dir string, names []string) ([]inode, error) {
	from, err := s.old.root.Open(filepath.FromSlash(dir))
	if err != nil {
		return nil, failed(err, "keep %s", names[0])
	}
	defer from.Close()
	to, err := s.root.Open(filepath.FromSlash(dir))
	if err != nil {
		return nil, failed(err, "keep %s", names[0])
	}
	defer to.Close()
	inodes := make([]inode, len(names))
	for i, name := range names {
		local := filepath.FromSlash(name)
		if s.base.files[name] != nil {
			if err := s.disk.do("remove", name, func() error { return s.root.Remove(local) }); err != nil {
				return nil, failed(err, "keep %s", name)
			}
		}
		// The link hides whether the file was changed since it was compared; its
		// stamp is kept only if it was not.
		same := s.cache != nil && changed(from, path.Base(name)) == s.seen(name)
		err := s.disk.do("link", name, func() error { return linkFile(from, to, path.Base(name)) })
		switch {
		case err != nil:
			inodes[i] = made
			if err := s.copyKept(name); err != nil {
				return nil, failed(err, "keep %s", name)
			}
		case same:
			inodes[i] = linked
		}
	}
	return inodes, nil
}

// seen is the time of change of a file of the old output when it was listed.
func (s *Stage) seen(name string) int64 {
	st, _ := s.begun.stamp(s.old.files[name])
	return st.Changed
}

func (s *Stage) copyKept(name string) error {
	local := filepath.FromSlash(name)
	r, err := s.old.root.Open(local)
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	if err := s.disk.copy(s.root, local, io.TeeReader(r, sum)); err != nil {
		return err
	}
	if [sha256.Size]byte(sum.Sum(nil)) != s.files[name].sum {
		return errors.New("it changed during the build; build again")
	}
	return nil
}
