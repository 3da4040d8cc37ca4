package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"os"

	"github.com/rutter-dev/rutter/internal/stamp"
)

// The record says for each file of the output which bytes it holds, and by
// which stamp one can tell that it still does. It is written when all else is
// done, because links made and removed change the stamp. A file without a stamp
// to rely on has no entry and is read by the next build.
//
// On disk: recordHead, the SHA-256 of all that follows, then the output's path
// and the files, sorted by name.

const (
	recordHead = "rutter.publish/1\n"
	maxRecord  = 1 << 28 // bytes: two million files
)

type record map[string]entry

type entry struct {
	sum   [sha256.Size]byte
	stamp stamp.Stamp
}

// encodeRecord is the record of an output with these files, sorted by name.
func encodeRecord(target string, entries func(yield func(string, entry) bool)) []byte {
	data := append([]byte(recordHead), make([]byte, sha256.Size)...)
	data = appendText(data, target)
	for name, e := range entries {
		data = appendText(data, name)
		data = append(data, e.sum[:]...)
		for _, n := range [...]uint64{uint64(e.stamp.Size), uint64(e.stamp.Written), uint64(e.stamp.Changed), e.stamp.Inode} {
			data = binary.BigEndian.AppendUint64(data, n)
		}
	}
	sum := sha256.Sum256(data[len(recordHead)+sha256.Size:])
	copy(data[len(recordHead):], sum[:])
	return data
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decodeRecord returns nil for anything but a whole record of this output.
func decodeRecord(data []byte, target string) record {
	data, ok := bytes.CutPrefix(data, []byte(recordHead))
	if !ok || len(data) < sha256.Size {
		return nil
	}
	sum, body := data[:sha256.Size], data[sha256.Size:]
	if sha256.Sum256(body) != [sha256.Size]byte(sum) {
		return nil
	}
	whose, body, ok := cutText(body)
	if !ok || whose != target {
		return nil
	}
	const fixed = sha256.Size + 4*8
	r := make(record, len(body)/(fixed+40)) // more of them where names are shorter than that
	for len(body) > 0 {
		var name string
		name, body, ok = cutText(body)
		if !ok || len(body) < fixed {
			return nil
		}
		number := func(i int) uint64 { return binary.BigEndian.Uint64(body[sha256.Size+8*i:]) }
		r[name] = entry{
			sum:   [sha256.Size]byte(body[:sha256.Size]),
			stamp: stamp.Stamp{Size: int64(number(0)), Written: int64(number(1)), Changed: int64(number(2)), Inode: number(3)},
		}
		body = body[fixed:]
	}
	return r
}

func cutText(b []byte) (s string, rest []byte, ok bool) {
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return "", nil, false
	}
	return string(b[w : w+int(n)]), b[w+int(n):], true
}

// readRecord returns the record as it lies on disk; nil if there is none.
func (c *cache) readRecord() []byte {
	if c == nil {
		return nil
	}
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	fi, err := root.Lstat(recordName)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() > maxRecord {
		return nil
	}
	data, err := root.ReadFile(recordName)
	if err != nil {
		return nil
	}
	return data
}

// writeRecord replaces the record in one step. Where that fails, the old one
// stays: its stamps are still those of the files that it describes.
func (c *cache) writeRecord(data []byte) error {
	if err := c.make(); err != nil {
		return err
	}
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	const coming = recordName + ".new"
	if _, left := exists(root, coming); left { // by a killed build
		if err := c.disk.do("remove", coming, func() error { return root.RemoveAll(coming) }); err != nil {
			return err
		}
	}
	if err := c.disk.create(root, coming, data); err != nil {
		return err
	}
	return c.disk.do("rename", recordName, func() error { return root.Rename(coming, recordName) })
}

// trust takes from the record what it says of files that have not changed since
// it was made.
func (o *output) trust(r record) {
	maps.DeleteFunc(r, func(name string, e entry) bool {
		info := o.files[name]
		if info == nil {
			return true
		}
		s, ok := stamp.Of(info)
		return !ok || s != e.stamp
	})
	o.known = r
}

// remember writes the record of the output as this build leaves it. The files
// that it linked or made are those of stage, which was listed when clock now
// had been read; nil where there is no saying what was done to them since.
// Loosened are files that were shared with a tree which has been removed.
func (s *Stage) remember(stage *tree, now clock, loosened bool) {
	if s.cache == nil {
		return
	}
	if stage == nil {
		stage = &tree{}
	}
	data := encodeRecord(s.target, func(yield func(string, entry) bool) {
		for _, name := range s.names() {
			f := s.files[name]
			if loosened && f.inode != made {
				continue
			}
			was, sure := s.begun.stamp(s.old.files[name])
			is, ok := now.stamp(stage.files[name])
			switch f.inode {
			case kept:
				is, ok = was, sure
			case linked: // one more link, and nothing else
				was.Changed = is.Changed
				ok = ok && sure && is == was
			}
			if ok && !yield(name, entry{f.sum, is}) {
				return
			}
		}
	})
	if !bytes.Equal(data, s.recorded) {
		_ = s.cache.writeRecord(data) // without it the next build takes longer, that is all
	}
}
