package cache

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
)

// The index, with numbers in little endian:
//
//	magic     8 bytes
//	version   uint32
//	stamp     uint32 length, bytes
//	segments  uint32 number, of each its 16-byte id
//	records   uint32 number, of each key, uint32 segment, uint64 offset, uint32 size, uint32 CRC-32C; in the order of the keys
//	notes     uint32 number, of each length and bytes of name and data; in the order of the names
//	SHA-256   of all before
const (
	magic   = "\x89rutter\n"
	version = 1

	recordSize = len(Key{}) + 4 + 8 + 4 + 4
)

var (
	errOther   = errors.New("written by another version")
	errForeign = errors.New("written by another program")
	errDamaged = errors.New("damaged")
	errPart    = errors.New("a segment is missing or too short")
)

// load reads the index and opens its segments; the notice is that of Open.
func (c *Cache) load() (notice string) {
	err := c.loadOnce()
	if errors.Is(err, errPart) {
		// Another session may have put a new segment in the place of others, and
		// by now also a new index in the place of this one.
		_ = c.release() // what was only read cannot be lost
		err = c.loadOnce()
	}
	c.stale = err != nil && !errors.Is(err, fs.ErrNotExist)
	switch {
	case !c.stale, errors.Is(err, errOther):
		return ""
	case errors.Is(err, errForeign):
		return fmt.Sprintf("the file %s/%s is not one that rutter wrote; it is ignored, and everything is read anew", c.name, indexName)
	case errors.Is(err, errDamaged):
		return fmt.Sprintf("the cache in %s is damaged; it is ignored, and everything is read anew", c.name)
	case errors.Is(err, errPart):
		return fmt.Sprintf("a part of the cache in %s is missing; it is made anew", c.name)
	}
	return fmt.Sprintf("the cache in %s cannot be read, and everything is read anew: %v", c.name, err)
}

func (c *Cache) loadOnce() error {
	records, segments, notes, err := c.readIndex()
	if err != nil {
		return err
	}
	c.segments = c.openSegments(segments)
	c.notes, c.base = notes, slices.DeleteFunc(records, func(r record) bool { return !r.fits() })
	var held int64
	for _, r := range c.base {
		held += int64(r.size)
	}
	c.held.Store(held)
	if len(c.base) < len(records) {
		return errPart
	}
	return nil
}

func (c *Cache) readIndex() ([]record, []*segment, map[string][]byte, error) {
	f, info, err := openRegular(c.dir, indexName)
	if err != nil {
		return nil, nil, nil, err
	}
	defer f.Close()
	data, ok := readAll(f, info.Size(), c.limits.index)
	if !ok {
		return nil, nil, nil, errDamaged
	}
	return parseIndex(data, c.stamp)
}

// parseIndex reads an index. Its segments are not open yet. The notes lie inside
// of data.
func parseIndex(data []byte, stamp string) ([]record, []*segment, map[string][]byte, error) {
	if len(data) < len(magic)+4+sha256.Size {
		return nil, nil, nil, errDamaged
	}
	r := reader{data: data[:len(data)-sha256.Size]}
	if string(r.take(len(magic))) != magic {
		return nil, nil, nil, errForeign
	}
	if r.number() != version {
		return nil, nil, nil, errOther
	}
	if sum := sha256.Sum256(data[:len(data)-sha256.Size]); !bytes.Equal(sum[:], data[len(data)-sha256.Size:]) {
		return nil, nil, nil, errDamaged
	}
	if string(r.text()) != stamp {
		return nil, nil, nil, errOther
	}
	segments := make([]*segment, r.count(len(segmentID{})))
	for i := range segments {
		segments[i] = &segment{name: segmentID(r.take(len(segmentID{}))).name(segmentExt)}
	}
	records := make([]record, r.count(recordSize))
	for i := range records {
		e := &records[i]
		e.key = Key(r.take(len(Key{})))
		seg := int(r.number())
		off := binary.LittleEndian.Uint64(r.take(8))
		e.size, e.sum = r.number(), r.number()
		if seg >= len(segments) || off > 1<<60 || i > 0 && byKey(records[i-1], *e) >= 0 {
			return nil, nil, nil, errDamaged
		}
		e.seg, e.off = segments[seg], int64(off)
	}
	notes := map[string][]byte{}
	for range r.count(8) {
		name := string(r.text())
		notes[name] = r.text()
	}
	if r.short || len(r.data) > 0 {
		return nil, nil, nil, errDamaged
	}
	return records, segments, notes, nil
}

// writeIndex writes the index of some records and of the notes.
func (c *Cache) writeIndex(f io.Writer, records []record, segments []*segment) error {
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<16)
	var buf []byte
	number := func(n int) { buf = binary.LittleEndian.AppendUint32(buf, uint32(n)) }
	flush := func() {
		w.Write(buf) // its error is that of w.Flush
		buf = buf[:0]
	}
	buf = append(buf, magic...)
	number(version)
	number(len(c.stamp))
	buf = append(buf, c.stamp...)
	number(len(segments))
	numbers := map[*segment]int{}
	for i, s := range segments {
		id := idOf(s.name)
		buf = append(buf, id[:]...)
		numbers[s] = i
	}
	number(len(records))
	for _, r := range records {
		buf = append(buf, r.key[:]...)
		number(numbers[r.seg])
		buf = binary.LittleEndian.AppendUint64(buf, uint64(r.off))
		number(int(r.size))
		number(int(r.sum))
		flush()
	}
	number(len(c.notes))
	for _, name := range slices.Sorted(maps.Keys(c.notes)) {
		number(len(name))
		buf = append(buf, name...)
		number(len(c.notes[name]))
		flush()
		w.Write(c.notes[name])
	}
	flush()
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := f.Write(sum.Sum(nil))
	return err
}

// indexSize is how many bytes writeIndex writes.
func (c *Cache) indexSize(records []record, segments []*segment) int64 {
	n := int64(len(magic) + 4*5 + len(c.stamp) + len(segments)*len(segmentID{}) + sha256.Size)
	n += int64(len(records)) * int64(recordSize)
	for name, data := range c.notes {
		n += 8 + int64(len(name)) + int64(len(data))
	}
	return n
}

// reader takes the parts of an index from its front. Past the end it gives zero
// bytes, and is short.
type reader struct {
	data  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.data) {
		r.short, r.data = true, nil
		return make([]byte, n)
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) number() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

// count takes a number of things, each of which takes at least size bytes.
func (r *reader) count(size int) int {
	n := int64(r.number())
	if n > int64(len(r.data)/size) {
		r.short, r.data = true, nil
		return 0
	}
	return int(n)
}

// text takes bytes with their length before them.
func (r *reader) text() []byte { return r.take(r.count(1)) }
