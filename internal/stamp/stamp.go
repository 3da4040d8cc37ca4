// Package stamp tells whether a file may have changed without reading it, as
// git does for its index.
//
// A stamp holds the time of the inode's last change, which no program can set:
// a file that was replaced, or put back with its old size and time, has another
// one. Where the system keeps no such time, there are no stamps, and files have
// to be read.
package stamp

import (
	"io/fs"
	"time"
)

// Stamp is what the file system says about a regular file. The zero Stamp is
// that of no file.
type Stamp struct {
	Size    int64
	Written int64  // of the contents, ns since 1970
	Changed int64  // of the inode: contents, name, links, mode
	Inode   uint64 // tells a file from another one put in its place
}

// Of is the stamp of a file; ok is false where there is none to rely on.
func Of(info fs.FileInfo) (s Stamp, ok bool) {
	if !info.Mode().IsRegular() {
		return Stamp{}, false
	}
	changed, inode, ok := inode(info)
	if !ok {
		return Stamp{}, false
	}
	return Stamp{Size: info.Size(), Written: info.ModTime().UnixNano(), Changed: changed, Inode: inode}, true
}

// granularity is the coarsest step in which file systems count time that is
// worth serving: two seconds, of FAT. Linux's own count in steps of 4 ms or so.
const granularity = 2 * time.Second

// Settled reports whether a change after now would give the file another
// stamp. A file that has just been written may be written again within the same
// step of its file system's clock, and look the same.
func (s Stamp) Settled(now time.Time) bool {
	return max(s.Written, s.Changed) < now.Add(-granularity).UnixNano()
}
