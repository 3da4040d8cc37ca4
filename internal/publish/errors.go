package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// What callers tell apart, with errors.Is.
var (
	// ErrOutput is any failure of the disk, and a lock that stays taken.
	ErrOutput = errors.New("the output cannot be written")
	// ErrNotOurs is a folder that we must not replace: it holds what others
	// made, or it is a home, the working folder, a checkout, a source.
	ErrNotOurs = errors.New("the output folder is not one that rutter may replace")
	// ErrBusy is an output that another build is writing.
	ErrBusy = errors.New("another build is publishing")
	// ErrName is a name that no file of the output can have, or has twice.
	ErrName = errors.New("bad name for a file of the output")
)

// failure is a sentence for the user that answers to one of the kinds above
// and keeps its cause.
type failure struct {
	kinds []error
	text  string
	cause error // nil where the sentence says it all
}

func (f *failure) Error() string {
	if f.cause == nil {
		return f.text
	}
	return f.text + ": " + plain(f.cause).Error()
}

func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return f.kinds
	}
	return append([]error{f.cause}, f.kinds...)
}

// failed wraps an error of the disk with what was being tried.
func failed(cause error, format string, args ...any) error {
	return &failure{kinds: []error{ErrOutput}, text: fmt.Sprintf(format, args...), cause: cause}
}

func refused(format string, args ...any) error {
	return &failure{kinds: []error{ErrNotOurs}, text: fmt.Sprintf(format, args...)}
}

func badName(name, why string) error {
	return &failure{kinds: []error{ErrName}, text: fmt.Sprintf("write %q to the output: %s", name, why)}
}

// plain takes the names of system calls and paths off an error of os: the
// sentence around it names what the user knows.
func plain(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	if e, ok := err.(*os.LinkError); ok {
		return e.Err
	}
	return err
}
