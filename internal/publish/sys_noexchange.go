//go:build !linux && !darwin

package publish

import (
	"errors"
	"os"
	"path/filepath"
)

// exchange says that this system has no such step: files are replaced one by one.
func exchange(_, _ string) error { return errors.ErrUnsupported }

// sparePays: without an exchange there is no old tree to use again.
const sparePays = false

// linkFile gives a file of the folder from a second name, the same in the
// folder to.
func linkFile(from, to *os.File, name string) error {
	return os.Link(filepath.Join(from.Name(), name), filepath.Join(to.Name(), name))
}
