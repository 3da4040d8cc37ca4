// Package publish puts the files of a build into the output folder, all of them
// or none: a reader and a crash see the old site or the new one.
//
//	Open ──▶ Stage ── Write, Keep (any number at once) ──▶ Commit ──▶ Result
//	                                                └───▶ Abort: the old output, byte for byte
//
// Words: the output is the folder that is published; the stage is a folder
// beside it, in the same file system, that takes the files which differ; the
// spare is a tree that nobody needs and that can become a stage. Commit adds the
// files that stayed the same as hard links, syncs the file system once and
// exchanges stage and output in one step. If nothing differs, nothing is staged
// and the output is not touched.
//
// The output holds exactly what the build wrote, and the marker .rutter-output,
// which says that the folder is ours and lists the SHA-256 of every file (see
// marker.go). A folder without it that holds anything is refused.
//
// Where the exchange cannot be (a mount point, some network and overlay file
// systems, Windows), the files are replaced one by one under a journal that
// lies inside the output: see inplace.go. A reader then sees every page whole,
// and a mix of old and new pages for a moment; a crash is made good by the next
// Open.
//
// With a cache, the next publication is quick: a record says which files need
// not be read (record.go), and the old tree is kept to begin the next stage from
// (spare.go). Both may be lost or damaged at any time; the output is the same.
//
// A lock beside the output keeps a second build out; the system drops it when
// the build is killed.
package publish

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/rutter-dev/rutter/internal/lock"
)

// Options says where the output must not be and how long to wait for it. The
// zero value is ready to use.
type Options struct {
	Keep   []string      // files and folders that the build reads: the output may neither be nor hold one
	Wait   time.Duration // for another build of the same output; 0: five seconds
	NoSync bool          // leave to the system when the bytes reach the disk: a power cut may then cost the site
	Cache  string        // folder for what makes the next publication quick, best in the output's file system; it may be missing. "": none
}

// Result counts the files of the output, the marker left out.
type Result struct {
	Changed   bool   // false: the output was as it should be and was not touched
	Written   int    // new or different
	Unchanged int    // kept from the old output
	Removed   int    // in the old output only
	Leftover  string // folder beside the output that could not be removed; "" as a rule. The next build tries again
}

// Stage takes the files of one build. Write and Keep may be called by many
// goroutines at once, Commit and Abort by one when the writers are done.
type Stage struct {
	target string // the output folder: absolute, symbolic links resolved
	noSync bool
	disk   disk
	lock   *lock.Lock
	old    *output // what the output holds
	inside bool    // the stage lies in the output, and files are replaced one by one

	cache    *cache // nil: none
	recorded []byte // the record as it lay in the cache
	begun    clock  // read before old was

	mu        sync.Mutex
	path      string          // of the stage; "" until a file differs
	root      *os.Root        // of the stage
	base      *tree           // what the stage began with, as far as it has not been replaced
	made      map[string]bool // folders made in the stage
	files     map[string]file // by name, what this build wrote
	sorted    []string        // their names, at the commit
	folders   map[string]bool // that hold one of files
	journaled bool            // a journal is on disk that needs the stage: the next Open finishes what is left
	err       error           // the first failed Write
	done      bool
}

// file is a file of this build.
type file struct {
	sum    [sha256.Size]byte
	staged bool // false: equal to the one in the old output
	inode  inode
}

// inode says where the inode of a published file comes from.
type inode uint8

const (
	kept   inode = iota // from the old output, which we may have given one more name
	linked              // from the old output; we gave it one more name, and nobody did anything else to it
	made                // from this build
)

// defaultWait is for a person who starts a second build by mistake: long enough
// for a small site to finish, short enough to read the message.
const defaultWait = 5 * time.Second

// Open takes hold of the output folder dir, which need not exist, for one
// build. It waits for another build to let go of it, clears away or finishes
// what a killed build left, and reads what the output holds. A folder that is
// not ours, or that we must not replace, is an ErrNotOurs; a lock that stays
// taken an ErrBusy; anything else an ErrOutput.
func Open(ctx context.Context, dir string, opts Options) (*Stage, error) {
	return open(ctx, dir, opts, disk{mounted: mounted})
}

func open(ctx context.Context, dir string, opts Options, d disk) (*Stage, error) {
	target, err := resolve(dir)
	if err != nil {
		return nil, err
	}
	if err := allowed(target, opts.Keep); err != nil {
		return nil, err
	}
	exists, err := owned(target)
	if err != nil {
		return nil, err
	}
	if opts.Wait == 0 {
		opts.Wait = defaultWait
	}
	s := &Stage{
		target: target, noSync: opts.NoSync, disk: d,
		cache: openCache(opts.Cache, target, d), base: &tree{},
		made: map[string]bool{}, folders: map[string]bool{},
	}
	if err := s.acquire(ctx, opts.Wait, exists); err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		s.lock.Release()
		return nil, err
	}
	return s, nil
}

// acquire takes the lock, and decides by its place whether the stage lies
// beside the output or in it: in it where the output is a mount point, or the
// folder around it is not ours to write in (a container's read-only root).
func (s *Stage) acquire(ctx context.Context, wait time.Duration, exists bool) (err error) {
	if !exists {
		if err := os.MkdirAll(filepath.Dir(s.target), 0o755); err != nil {
			return failed(err, "make the folder for %s", s.target)
		}
	}
	inner := filepath.Join(s.target, lockName)
	s.inside = exists && s.disk.mounted(s.target)
	if !s.inside {
		s.lock, err = lock.Acquire(ctx, beside(s.target, "lock"), wait, ErrBusy)
		s.inside = exists && closedParent(err)
	}
	if s.inside {
		s.lock, err = lock.Acquire(ctx, inner, wait, ErrBusy)
	} else if _, there := os.Lstat(inner); err == nil && there == nil {
		err = s.passInner(ctx, inner, wait)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrBusy):
		return &failure{kinds: []error{ErrBusy, ErrOutput}, text: "another build is publishing to " + s.target + "; waited " + wait.String()}
	case ctx.Err() != nil:
		return fmt.Errorf("wait for the lock of %s: %w", s.target, err)
	}
	return failed(err, "lock %s", s.target)
}

// passInner waits for a build that sees the output as a mount point, in a
// container say, and removes the lock that it, or a killed one, has left.
func (s *Stage) passInner(ctx context.Context, inner string, wait time.Duration) error {
	l, err := lock.Acquire(ctx, inner, wait, ErrBusy)
	if err != nil {
		s.lock.Release()
		return err
	}
	l.Release()
	return nil
}

// prepare brings the output into a known state and reads it. The lock is held,
// and since another build may have been waited for, ownership is asked again.
func (s *Stage) prepare() error {
	exists, err := owned(s.target)
	if err != nil {
		return err
	}
	if err := s.removeLeftovers(); err != nil {
		return err
	}
	if exists {
		if err := finish(s.target, s.disk); err != nil {
			return err
		}
	}
	if s.cache != nil {
		s.begun = readClock(s.lock.File())
	}
	s.recorded = s.cache.readRecord()
	record := decodeRecord(s.recorded, s.target)
	s.files = make(map[string]file, len(record))
	if s.old, err = readOutput(s.target, exists, len(record)); err != nil {
		return err
	}
	s.old.trust(record)
	return nil
}

// Write adds a file to the build. The name is slash-separated and relative to
// the output; the same name twice, a name that leads out of the output and a
// name that is both a file and a folder are errors. After a failed Write only
// Abort is of use.
func (s *Stage) Write(name string, data []byte) error {
	if err := s.claim(name); err != nil {
		return err
	}
	f := file{sum: sha256.Sum256(data)}
	if !s.old.holds(name, data, f.sum) {
		f.staged, f.inode = true, made
		if err := s.put(name, data); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.err == nil {
				s.err = err
			}
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = f
	return nil
}

// Keep is Write for a file whose bytes the caller does not have, but whose
// SHA-256 it knows from an earlier build. It reports whether the output holds
// exactly these bytes; if it does not, nothing has happened, and the caller has
// to make the file and Write it. With a Cache, a file that has not changed since
// the last build is not read.
func (s *Stage) Keep(name string, sum [sha256.Size]byte) (bool, error) {
	if !s.old.holdsSum(name, sum) {
		return false, nil
	}
	if err := s.claim(name); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = file{sum: sum}
	return true, nil
}

// Sum is the SHA-256 of a file that this build has written or kept, for a Keep
// of the next build. It can be asked after Commit too.
func (s *Stage) Sum(name string) (sum [sha256.Size]byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[name]
	return f.sum, ok
}

// names are those of the files of this build, sorted. No file can be added once
// they have been asked for.
func (s *Stage) names() []string {
	if s.sorted == nil {
		s.sorted = slices.Sorted(maps.Keys(s.files))
	}
	return s.sorted
}

// claim checks that name is good and new, and takes it.
func (s *Stage) claim(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return badName(name, "the output is already published or given up")
	}
	if _, taken := s.files[name]; taken {
		return badName(name, "the name was written before")
	}
	if s.folders[name] {
		return badName(name, "the name is also that of a folder")
	}
	for dir := range parents(name) {
		if _, taken := s.files[dir]; taken {
			return badName(name, "its folder "+dir+" is also a file")
		}
	}
	for dir := range parents(name) {
		s.folders[dir] = true
	}
	s.files[name] = file{}
	return nil
}

// Abort gives the build up: the stage is removed, or kept as a spare, and the
// lock released, and the output is as it was. It does nothing after Commit or an
// earlier Abort.
func (s *Stage) Abort() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return nil
	}
	s.done = true
	defer s.lock.Release()
	defer s.old.close()
	if s.root != nil && s.err == nil && !s.inside {
		s.root.Close()
		if s.cache.putSpare(s.path) == nil {
			return nil
		}
	}
	return s.removeStage()
}
