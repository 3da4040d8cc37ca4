package publish

import (
	"os"

	"golang.org/x/sys/unix"
)

// exchange swaps two folders in one step.
func exchange(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }

const sparePays = true

// linkFile gives a file of the folder from a second name, the same in the
// folder to.
func linkFile(from, to *os.File, name string) error {
	return unix.Linkat(int(from.Fd()), name, int(to.Fd()), name, 0)
}
