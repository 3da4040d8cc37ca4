package publish

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// lockFile locks f without waiting.
func lockFile(f *os.File) (taken bool, err error) {
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return true, nil
	}
	return false, err
}

// syncDir does nothing: Windows writes the names in a folder by itself.
func syncDir(string) error { return nil }

// device is not asked for on Windows.
func device(fs.FileInfo) uint64 { return 0 }

// setTime is not asked for on Windows, where nothing is known by its times.
func setTime(*os.File, time.Time) error { return errors.ErrUnsupported }

// changed is not known on Windows.
func changed(*os.File, string) int64 { return 0 }
