package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// headerSize is that of the header of a SQLite file.
const headerSize = 100

// inspect looks at what lies at the path before SQLite does, which would take an
// empty file for an empty database and apply a log that belongs to another one
// (rel/S4). It reports whether there is a store; whatever else is there is an
// error of its own.
func (s *Store) inspect(write bool) (exists bool, err error) {
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		err := s.leftovers(write)
		if _, again := os.Stat(s.path); err != nil && again == nil {
			return s.inspect(write) // another process has just made the store
		}
		return false, err
	}
	if err != nil {
		return false, unreadable(s.place, err)
	}
	if info.IsDir() {
		return false, refused("the store %s is a folder; it must be a file", s.place)
	}
	if !info.Mode().IsRegular() {
		return false, refused("the store %s is no ordinary file", s.place)
	}
	if info.Size() == 0 {
		return false, refused("the store %s is an empty file; if nothing is to be kept, remove it and a new one is made", s.place)
	}
	flag := os.O_RDONLY
	if write {
		flag = os.O_RDWR
	}
	f, err := os.OpenFile(s.path, flag, 0)
	if err != nil {
		return false, unreadable(s.place, err)
	}
	defer f.Close()
	head := make([]byte, headerSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, unreadable(s.place, err)
	}
	return true, s.readHeader(head[:n], info.Size())
}

// readHeader tells stores from other files.
func (s *Store) readHeader(head []byte, size int64) error {
	magic := []byte("SQLite format 3\x00")
	switch {
	case !bytes.HasPrefix(head, magic):
		return refused("%s is no store: it is no SQLite file", s.place)
	case len(head) < headerSize:
		return damaged("the store %s is cut off in its header", s.place)
	}
	if id := binary.BigEndian.Uint32(head[68:]); id != application {
		return refused("%s is no store: it is a SQLite file of another program (application id %#x)", s.place, id)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	want := page * int64(binary.BigEndian.Uint32(head[28:]))
	// A crash may leave the file shorter, and the rest in its log.
	if log, err := os.Stat(s.path + "-wal"); size < want && (err != nil || log.Size() == 0) {
		return damaged("the store %s is cut off: %d of %d bytes are there", s.place, size, want)
	}
	return nil
}

// leftovers refuses to make a store where the log of another one lies: SQLite
// would apply it.
func (s *Store) leftovers(write bool) error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Lstat(s.path + suffix); write && err == nil && info.Size() > 0 {
			return refused("the store %s is gone, but its log %s%s is there; bring the store back, or remove the log", s.place, s.place, suffix)
		}
	}
	return nil
}

// unreadable takes the system call and the path off an error: the sentence
// names what the user knows.
func unreadable(place string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return &failure{text: fmt.Sprintf("the store %s cannot be used", place), cause: err}
}
