package cache

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
)

// Commit makes the notes and the live records what the next Open sees. Other
// records are garbage; after an error, all is as before, on disk and in this
// session. Live must yield every key that the caller goes on using; a record
// that was Put, or Put again, while Commit was under way is live as well.
//
// Nothing is written when nothing has changed, or when the folder cannot be
// written, of which Open has told. A folder that was deleted is made again. Get
// and Put wait for Commit.
func (c *Cache) Commit(live iter.Seq[Key]) error {
	begun := c.gen.Add(1)
	keys := slices.Collect(live) // before the lock: it may ask for records
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return fmt.Errorf("write cache %s: %w", c.name, errClosed)
	}
	if c.off != nil {
		return nil
	}
	c.stale = c.stale || c.moved()
	records := c.living(keys, begun)
	if !c.stale && slices.Equal(records, c.base) {
		return nil
	}
	if err := c.commit(records); err != nil {
		return fmt.Errorf("write cache %s: %w", c.name, err)
	}
	return nil
}

// living returns the records of some keys, and those that were put since so
// many Commits had begun.
func (c *Cache) living(keys []Key, begun uint64) []record {
	for k, p := range c.session {
		if p.gen >= begun && p.seg != nil {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b Key) int { return bytes.Compare(a[:], b[:]) })
	keys = slices.Compact(keys)
	records := make([]record, 0, len(keys))
	for _, k := range keys {
		if e, ok := c.lookup(k); ok {
			records = append(records, record{k, e})
		}
	}
	return records
}

func (c *Cache) commit(records []record) error {
	if c.moved() {
		if err := c.enter(); err != nil {
			return err
		}
	}
	records, made, err := c.compact(records)
	if err != nil {
		return err
	}
	segments := segmentsOf(records)
	if err := c.replaceIndex(records, segments); err != nil {
		if made != nil {
			_ = made.discard(c.dir) // the first error tells more
		}
		return err
	}
	old := c.segments
	if c.own != nil && !slices.Contains(old, c.own) {
		old = append(old, c.own)
	}
	if made != nil {
		c.own = made
	}
	for _, s := range old {
		if !slices.Contains(segments, s) {
			_ = s.discard(c.dir) // nothing was written to it since it was read
			if s == c.own {
				c.own = nil
			}
		}
	}
	c.base, c.segments, c.stale = records, segments, false
	clear(c.session)
	var held int64
	for _, r := range records {
		held += int64(r.size)
	}
	c.held.Store(held)
	for _, s := range segments {
		s.kept = s.size
	}
	c.sweep()
	return nil
}

// replaceIndex puts a new index in the place of the old one, whole or not at all.
func (c *Cache) replaceIndex(records []record, segments []*segment) error {
	if n := c.indexSize(records, segments); n > c.limits.index {
		return fmt.Errorf("an index of %d bytes is too large", n)
	}
	name := newName(tempExt)
	f, err := c.dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	err = errors.Join(c.writeIndex(f, records, segments), f.Close())
	if err == nil {
		err = c.dir.Rename(name, indexName)
	}
	if err != nil {
		_ = c.dir.Remove(name) // else a later Commit removes it
	}
	return err
}

// compact copies records into one new segment, where it is time for that: all
// when garbage outweighs them, those of small segments when there are many
// segments, and those of segments that another session has removed. It returns
// where the records are then, without those found to be damaged, and the new
// segment if there is one.
func (c *Cache) compact(records []record) ([]record, *segment, error) {
	chosen := c.outworn(records)
	if len(chosen) == 0 {
		return records, nil, nil
	}
	made, err := c.newSegment()
	if err != nil {
		return nil, nil, err
	}
	records = slices.Clone(records)
	slices.SortFunc(records, byPlace)
	w := bufio.NewWriterSize(made.f, 1<<18)
	var head []byte
	for i := range records {
		r := &records[i]
		if !chosen[r.seg] {
			continue
		}
		data, ok := r.seg.read(r.key, r.entry)
		if !ok {
			r.seg = nil
			continue
		}
		head = r.appendHead(head[:0], r.key)
		w.Write(head) // its error is that of w.Flush
		w.Write(data)
		r.seg, r.off = made, made.size
		made.size += r.length()
	}
	if err := w.Flush(); err != nil {
		_ = made.discard(c.dir)
		return nil, nil, err
	}
	records = slices.DeleteFunc(records, func(r record) bool { return r.seg == nil })
	slices.SortFunc(records, byKey)
	return records, made, nil
}

// outworn chooses the segments whose records are to be copied together.
func (c *Cache) outworn(records []record) map[*segment]bool {
	var live, total int64
	for _, r := range records {
		live += r.length()
	}
	segments := segmentsOf(records)
	chosen := map[*segment]bool{}
	for _, s := range segments {
		total += s.size
		if !s.here(c.dir) {
			chosen[s] = true
		}
	}
	if total-live > live+c.limits.slack {
		for _, s := range segments {
			chosen[s] = true
		}
	}
	if len(segments)-len(chosen) <= c.limits.segments {
		return chosen
	}
	// The small ones, up to the first that is larger than all before: so a large
	// segment is not copied again for each few small ones that came after it.
	slices.SortFunc(segments, func(a, b *segment) int { return cmp.Compare(a.size, b.size) })
	var size int64
	for i, s := range segments {
		if i > len(segments)/2 && s.size > size {
			break
		}
		chosen[s] = true
		size += s.size
	}
	return chosen
}

// segmentsOf returns the segments that records are in, in the order of their
// names.
func segmentsOf(records []record) []*segment {
	met := map[*segment]bool{}
	var list []*segment
	for _, r := range records {
		if !met[r.seg] {
			met[r.seg] = true
			list = append(list, r.seg)
		}
	}
	slices.SortFunc(list, func(a, b *segment) int { return cmp.Compare(a.name, b.name) })
	return list
}
