package publish

import (
	"context"
	"os"
	"time"
)

// lock keeps other builds off an output. The file is locked, not merely there,
// so a killed build leaves no lock behind, only an empty file that the next
// one takes over.
type lock struct {
	file *os.File
}

// lockPoll is how often a waiting build looks again.
const lockPoll = 20 * time.Millisecond

// acquire locks the file at path, or answers ErrBusy after wait.
func acquire(ctx context.Context, path string, wait time.Duration) (*lock, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, wait, ErrBusy)
	defer cancel()
	for {
		l, err := tryLock(path)
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lockPoll):
		}
	}
}

// tryLock returns nil, nil where somebody else holds the lock.
func tryLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	taken, err := lockFile(f)
	if err != nil || taken {
		f.Close()
		return nil, err
	}
	// The holder before us removes the file while it still has the lock; what
	// we then hold is a file that nobody else can find.
	ours, err1 := f.Stat()
	there, err2 := os.Lstat(path)
	if err1 != nil || err2 != nil || !os.SameFile(ours, there) {
		f.Close()
		return nil, nil
	}
	return &lock{f}, nil
}

// release removes the file and lets go of the lock. A file that stays behind
// does no harm.
func (l *lock) release() {
	_ = os.Remove(l.file.Name())
	_ = l.file.Close()
}
