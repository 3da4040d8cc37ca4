//go:build linux || openbsd || dragonfly || solaris || illumos

package stamp

import (
	"io/fs"
	"syscall"
)

func inode(info fs.FileInfo) (changed int64, inode uint64, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return s.Ctim.Nano(), s.Ino, true
}
