package cache

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
)

// segment is an open file of records.
type segment struct {
	name string
	f    *os.File
	size int64 // bytes that are there, or will be when all Puts are done
	kept int64 // of those, at the front, the bytes that an index on disk may speak of
}

// headSize is the size of a record without its data.
const headSize = len(Key{}) + 4 + 4

// length is the size of the whole record.
func (e entry) length() int64 { return int64(headSize) + int64(e.size) }

// appendHead appends what stands before the data of a record.
func (e entry) appendHead(b []byte, k Key) []byte {
	b = append(b, k[:]...)
	b = binary.LittleEndian.AppendUint32(b, e.size)
	return binary.LittleEndian.AppendUint32(b, e.sum)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(data []byte) uint32 { return crc32.Checksum(data, castagnoli) }

// read returns the data of a record, if every byte of it is as it was written.
func (s *segment) read(k Key, e entry) ([]byte, bool) {
	b := make([]byte, e.length())
	if _, err := s.f.ReadAt(b, e.off); err != nil {
		return nil, false
	}
	var head [headSize]byte
	if !bytes.Equal(b[:headSize], e.appendHead(head[:0], k)) {
		return nil, false
	}
	data := b[headSize:]
	return data, checksum(data) == e.sum
}

// write puts a record in its place. A file that another goroutine has made
// longer in the meantime is no matter: places do not overlap.
func (s *segment) write(k Key, e entry, data []byte) error {
	b := append(e.appendHead(make([]byte, 0, e.length()), k), data...)
	_, err := s.f.WriteAt(b, e.off)
	return err
}

// discard closes and removes a segment that nothing speaks of.
func (s *segment) discard(dir *os.Root) error {
	err := s.f.Close()
	_ = dir.Remove(s.name) // else a later Commit removes it
	return err
}

// newSegment makes an empty segment for this session.
func (c *Cache) newSegment() (*segment, error) {
	name := newName(segmentExt)
	f, err := c.dir.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, err
	}
	return &segment{name: name, f: f}, nil
}

// openSegments opens those of some segments that are there.
func (c *Cache) openSegments(segments []*segment) (there []*segment) {
	for _, s := range segments {
		if f, info, err := openRegular(c.dir, s.name); err == nil {
			s.f, s.size, s.kept = f, info.Size(), info.Size()
			there = append(there, s)
		}
	}
	return there
}

// fits reports whether the file of e's segment is there and long enough.
func (e entry) fits() bool {
	return e.seg.f != nil && e.off <= e.seg.size-e.length()
}

// here reports whether the file of s is still in the folder, by its name.
func (s *segment) here(dir *os.Root) bool {
	named, err := dir.Lstat(s.name)
	if err != nil {
		return false
	}
	open, err := s.f.Stat()
	return err == nil && os.SameFile(named, open)
}

// readAll reads a file of at most so many bytes; false where it is longer.
func readAll(f *os.File, size, most int64) ([]byte, bool) {
	if size > most {
		return nil, false
	}
	b := make([]byte, size)
	_, err := io.ReadFull(f, b)
	return b, err == nil
}
