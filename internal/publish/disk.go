package publish

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"os"
	"syscall"
)

// disk changes the file system. Every change goes through do, so that a test
// can make any one of them fail, or all from one on, as a crash does.
type disk struct {
	before  func(op, name string) error // nil outside tests
	mounted func(dir string) bool
}

func (d disk) do(op, name string, change func() error) error {
	if d.before != nil {
		if err := d.before(op, name); err != nil {
			return &os.PathError{Op: op, Path: name, Err: err}
		}
	}
	return change()
}

// create makes a file that must not exist, with its final mode.
func (d disk) create(root *os.Root, name string, data []byte) error {
	return d.copy(root, name, bytes.NewReader(data))
}

// copy makes a file that must not exist from what r gives. The mode is set by
// hand because the umask takes bits away from the one given to open.
func (d disk) copy(root *os.Root, name string, r io.Reader) error {
	var f *os.File
	err := d.do("create", name, func() (err error) {
		f, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		return err
	})
	if err != nil {
		return err
	}
	write := d.do("write", name, func() error {
		_, err := io.Copy(f, r)
		return err
	})
	chmod := d.do("chmod", name, func() error { return f.Chmod(fileMode) })
	closing := d.do("close", name, f.Close)
	return cmp.Or(write, chmod, closing)
}

// mkdir makes a folder with its final mode, unless it is there.
func (d disk) mkdir(root *os.Root, name string) error {
	err := d.do("mkdir", name, func() error { return root.Mkdir(name, dirMode) })
	if err != nil {
		return err
	}
	return d.do("chmod", name, func() error { return root.Chmod(name, dirMode) })
}

// cannotExchange reports whether an error of exchange says that these two
// folders cannot be exchanged, rather than that something broke: mount points
// (EBUSY, EXDEV), overlays (EXDEV), and file systems and systems that lack it.
func cannotExchange(err error) bool {
	for _, e := range []error{syscall.EXDEV, syscall.EBUSY, syscall.EINVAL, syscall.ENOSYS, syscall.ENOTSUP, errors.ErrUnsupported} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
