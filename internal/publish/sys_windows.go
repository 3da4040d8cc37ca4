package publish

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// syncDir does nothing: Windows writes the names in a folder by itself.
func syncDir(string) error { return nil }

// device is not asked for on Windows.
func device(fs.FileInfo) uint64 { return 0 }

// setTime is not asked for on Windows, where nothing is known by its times.
func setTime(*os.File, time.Time) error { return errors.ErrUnsupported }

// changed is not known on Windows.
func changed(*os.File, string) int64 { return 0 }
