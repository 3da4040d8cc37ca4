// Package cache keeps what was worked out in one run for the next: records,
// each under a key that stands for all it was made of, and a few notes. Losing
// it costs time and nothing else.
//
//	Open ──▶ Cache ── Get, Put, Note, SetNote ── Commit ──▶ what the next Open sees
//
// # On disk
//
// A folder holds one file named index and some segments, *.seg. A segment is a
// row of records: key, size, CRC-32C, data. The index names the segments and says
// where in them each record is; the notes are inside it, and a SHA-256 of the
// whole stands at its end.
//
// A session, the time from Open to Close, appends what is Put to a segment of
// its own. Commit writes a new index beside the old one and renames it; the bytes
// that an index speaks of never change from then on. When the folder holds more
// garbage than records, or many segments, Commit first copies records together
// into a new segment.
//
// Nothing is synced to the disk: after a loss of power a checksum does not fit,
// and the record, or everything, is worked out anew. That costs less, and
// seldom, what a sync would cost every time.
//
// # Several sessions at once
//
// There is no lock. The last Commit decides what the next Open sees. A session
// holds its segments open, so they stay readable for it when another one has
// removed them, and its own Commit writes them anew. Where removing or replacing
// open files is not possible, as on Windows, files are removed by a later Commit.
//
// # Trust
//
// Checksums find damage, not malice: a record is what the last one to write the
// folder put there, and whoever reads it still has to check its form. Nothing in
// the folder makes the package leave it: files are reached through an os.Root,
// links are not followed, and segments are named by numbers.
package cache

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Key is the name of a record: a SHA-256 of what the record was made of.
type Key [32]byte

// ErrFull is wrapped by the error of Put when the cache holds 1 GiB.
var ErrFull = errors.New("the cache is full")

// errClosed is the error of what is called after Close.
var errClosed = errors.New("the cache is closed")

// limits bounds a cache.
type limits struct {
	held     int64         // bytes of records
	index    int64         // bytes of the index, with the notes
	slack    int64         // bytes of garbage that may be there besides as many as of records
	segments int           // number of segments
	leftover time.Duration // age from which files that belong to nothing are removed
}

var defaults = limits{held: 1 << 30, index: 256 << 20, slack: 4 << 20, segments: 16, leftover: time.Hour}

// Cache is an open cache. All methods but Close may be called by any number of
// goroutines at once.
type Cache struct {
	root   *os.Root // of the site
	name   string   // of the folder, below root
	stamp  string
	limits limits

	// mu is held for reading while records are read and added, and for writing
	// while Commit and Close change what they are found by.
	mu       sync.RWMutex
	dir      *os.Root // the folder; nil where there is none
	off      error    // why nothing is kept; nil: it is
	closed   bool
	base     []record          // of the last index, in the order of their keys
	segments []*segment        // where those records are
	notes    map[string][]byte // as of now
	stale    bool              // the index on disk is not that of base and notes

	gen  atomic.Uint64 // number of Commits begun
	held atomic.Int64  // bytes of records, those that Commit will drop included

	// puts guards the records of this session. They hide those of base.
	puts    sync.RWMutex
	session map[Key]put
	own     *segment // which they are appended to; nil: none yet
}

// record is a record that an index speaks of.
type record struct {
	key Key
	entry
}

// entry says where a record is.
type entry struct {
	seg  *segment
	off  int64 // of the record's head
	size uint32
	sum  uint32 // CRC-32C of the data
}

// put is a record of this session, or one that was put again.
type put struct {
	entry        // without a segment: the record was found to be damaged
	gen   uint64 // the number of Commits begun before
}

// Open opens the cache in the folder dir, a slash-separated path below root, and
// makes the folder where there is none. It reads nothing that was written with
// another stamp: the stamp names the program and the form of the records.
//
// Open never fails. The notice, a sentence for the user without a full stop, says
// what is lost and why; it is "" when all is well, and when the cache is not there
// or has another stamp. A cache in a folder that cannot be written keeps nothing.
// The root must stay open until Close, which the caller calls.
func Open(root *os.Root, dir, stamp string) (c *Cache, notice string) {
	return open(root, dir, stamp, defaults)
}

func open(root *os.Root, dir, stamp string, l limits) (c *Cache, notice string) {
	c = &Cache{root: root, name: dir, stamp: stamp, limits: l, notes: map[string][]byte{}, session: map[Key]put{}}
	err := c.enter()
	if err == nil {
		notice = c.load()
		err = c.probe()
	}
	if err != nil {
		c.off = err
		notice = fmt.Sprintf("the cache in %s cannot be written, so nothing is kept for the next build: %v", dir, err)
	}
	return c, notice
}

// Get returns the data of a record, or false where there is none or it is
// damaged, in which case it is forgotten. The data is the caller's.
func (c *Cache) Get(k Key) ([]byte, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.find(k)
	if !ok {
		return nil, false
	}
	data, ok := e.seg.read(k, e)
	if !ok {
		c.forget(k, e)
	}
	return data, ok
}

// Has reports whether there is a record. Whether it is damaged shows only when
// it is read.
func (c *Cache) Has(k Key) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	_, ok := c.find(k)
	return ok
}

// Put adds a record; where there is one of this key it does nothing. The data is
// on disk, not in memory, when Put returns. An error says that the record is not
// kept and Get will not find it, which is no reason to stop: ErrFull from 1 GiB
// of records on, else that of the file system.
func (c *Cache) Put(k Key, data []byte) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if err := c.put(k, data); err != nil {
		return fmt.Errorf("write cache %s: %w", c.name, err)
	}
	return nil
}

func (c *Cache) put(k Key, data []byte) error {
	switch {
	case c.closed:
		return errClosed
	case c.off != nil:
		return c.off
	case int64(len(data)) > min(c.limits.held, math.MaxUint32):
		return ErrFull
	}
	e, present, err := c.reserve(k, uint32(len(data)))
	if err != nil || present {
		return err
	}
	e.sum = checksum(data)
	if err := e.seg.write(k, e, data); err != nil {
		c.held.Add(-int64(e.size))
		return err
	}
	c.puts.Lock()
	c.session[k] = put{e, c.gen.Load()}
	c.puts.Unlock()
	return nil
}

// reserve returns the place for a record of this session, unless there is a
// record of its key, which then counts as one of this session.
func (c *Cache) reserve(k Key, size uint32) (e entry, present bool, err error) {
	c.puts.Lock()
	defer c.puts.Unlock()
	if e, ok := c.lookup(k); ok {
		c.session[k] = put{e, c.gen.Load()}
		return e, true, nil
	}
	if c.held.Load()+int64(size) > c.limits.held {
		return entry{}, false, ErrFull
	}
	if c.own == nil {
		if c.own, err = c.newSegment(); err != nil {
			return entry{}, false, err
		}
	}
	c.held.Add(int64(size))
	e = entry{seg: c.own, off: c.own.size, size: size}
	c.own.size += e.length()
	return e, false, nil
}

// Note returns a note of the last Commit or of this session. It must not be
// changed.
func (c *Cache) Note(name string) ([]byte, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	data, ok := c.notes[name]
	return data, ok
}

// SetNote replaces a note, from the next Commit on also for other sessions. The
// data must not change until Close. A nil note is no note.
func (c *Cache) SetNote(name string, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.notes[name]; c.closed || ok == (data != nil) && bytes.Equal(old, data) {
		return
	}
	c.stale = true
	c.notes[name] = data
	if data == nil {
		delete(c.notes, name)
	}
}

// Close releases the files. What was put or noted since the last Commit is lost.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	var errs []error
	if c.own != nil && !slices.Contains(c.segments, c.own) {
		errs = append(errs, c.own.discard(c.dir))
	} else if c.own != nil && c.own.size > c.own.kept {
		errs = append(errs, c.own.f.Truncate(c.own.kept))
	}
	errs = append(errs, c.release())
	if c.dir != nil {
		errs = append(errs, c.dir.Close())
	}
	c.own = nil
	clear(c.session)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close cache %s: %w", c.name, err)
	}
	return nil
}

// release closes the segments of the last index and empties the cache.
func (c *Cache) release() error {
	var errs []error
	for _, s := range c.segments {
		errs = append(errs, s.f.Close())
	}
	c.base, c.segments, c.notes = nil, nil, map[string][]byte{}
	c.held.Store(0)
	return errors.Join(errs...)
}

// find returns where a record is.
func (c *Cache) find(k Key) (entry, bool) {
	c.puts.RLock()
	defer c.puts.RUnlock()
	return c.lookup(k)
}

// lookup is find for those who hold puts.
func (c *Cache) lookup(k Key) (entry, bool) {
	if p, ok := c.session[k]; ok {
		return p.entry, p.seg != nil
	}
	i, ok := slices.BinarySearchFunc(c.base, k, func(r record, k Key) int { return bytes.Compare(r.key[:], k[:]) })
	if !ok {
		return entry{}, false
	}
	return c.base[i].entry, true
}

// forget makes a record absent that was found to be damaged, unless it was put
// anew in the meantime.
func (c *Cache) forget(k Key, e entry) {
	c.puts.Lock()
	defer c.puts.Unlock()
	if now, ok := c.lookup(k); ok && now == e {
		c.session[k] = put{}
		c.held.Add(-int64(e.size))
	}
}

// byKey orders records.
func byKey(a, b record) int { return bytes.Compare(a.key[:], b.key[:]) }

// byPlace orders records so that reading them in turn moves forward on the disk.
func byPlace(a, b record) int {
	return cmp.Or(cmp.Compare(a.seg.name, b.seg.name), cmp.Compare(a.off, b.off))
}
