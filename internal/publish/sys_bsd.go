//go:build unix && !linux

package publish

import "golang.org/x/sys/unix"

// device is the number of the file system that path lies on.
func device(path string) uint64 {
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return 0
	}
	return uint64(st.Dev)
}
