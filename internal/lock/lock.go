// Package lock keeps processes off each other with a file.
//
//	path ── Try, Acquire ──▶ *Lock ── Release
//
// The file is locked, not merely there, so a killed process leaves no lock
// behind, only a file that the next one takes over. A holder may write a note
// into it, which those who wait can read.
package lock

import (
	"bytes"
	"context"
	"os"
	"time"
)

// Lock is a lock that is held, until Release.
type Lock struct {
	file *os.File
}

// poll is how often a waiting process looks again.
const poll = 20 * time.Millisecond

// Acquire locks the file at path, or answers busy after wait.
func Acquire(ctx context.Context, path string, wait time.Duration, busy error) (*Lock, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, wait, busy)
	defer cancel()
	for {
		l, err := Try(path)
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(poll):
		}
	}
}

// Try locks the file at path. It returns nil, nil where somebody else holds the
// lock.
func Try(path string) (*Lock, error) {
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
	return &Lock{f}, nil
}

// SetNote replaces the note in the file. Its first byte stays free: on Windows
// that is the one that is locked, and nobody else can read it.
func (l *Lock) SetNote(text string) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(text), 1)
	return err
}

// Note reads the note of the lock at path: that of its holder, or of the last
// one if it was killed. "" where there is none.
func Note(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	text := make([]byte, 1024)
	n, _ := f.ReadAt(text, 1)
	return string(bytes.ToValidUTF8(text[:n], nil))
}

// File is the file of the lock, open until Release.
func (l *Lock) File() *os.File { return l.file }

// Release removes the file and lets go of the lock. A file that stays behind
// does no harm.
func (l *Lock) Release() {
	_ = os.Remove(l.file.Name())
	_ = l.file.Close()
}
