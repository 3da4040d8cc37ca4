//go:build !linux

package publish

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// renameNew renames a to b, which must not exist.
func renameNew(a, b string) error {
	if _, err := os.Lstat(b); err == nil {
		return fs.ErrExist
	}
	return os.Rename(a, b)
}

// syncTree writes out each file and folder below path.
func syncTree(path string) error {
	return filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return syncDir(name)
		case !d.Type().IsRegular():
			return nil
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Sync()
	})
}

// mounted reports whether dir lies on another file system than its parent;
// on Windows, where files are replaced one by one anyway, it says no.
func mounted(dir string) bool {
	if runtime.GOOS == "windows" {
		return false
	}
	self, err1 := os.Lstat(dir)
	parent, err2 := os.Lstat(filepath.Dir(dir))
	return err1 == nil && err2 == nil && device(self) != device(parent)
}
