package publish

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// exchange swaps two folders in one step.
func exchange(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
}

// sparePays: what an exchange leaves is worth keeping.
const sparePays = true

// renameNew renames a to b, which must not exist.
func renameNew(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // the file system lacks the flag
		return os.Rename(a, b)
	}
	return err
}

// syncTree writes out the whole file system that path lies on: one call, where
// a call for each of ten thousand files would take minutes.
func syncTree(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}

// mounted reports whether dir is a mount point. Old kernels do not say; there
// the exchange fails and tells.
func mounted(dir string) bool {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, dir, unix.AT_SYMLINK_NOFOLLOW, 0, &st)
	return err == nil && st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

// linkFile gives a file of the folder from a second name, the same in the
// folder to.
func linkFile(from, to *os.File, name string) error {
	return unix.Linkat(int(from.Fd()), name, int(to.Fd()), name, 0)
}
