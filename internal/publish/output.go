package publish

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
)

// The modes of everything published: a web server reads it as somebody else.
const (
	fileMode = 0o644
	dirMode  = 0o755
)

// keepsModes is false where Go cannot tell 0644 from other modes.
const keepsModes = runtime.GOOS != "windows"

// output is what the output folder holds when a build begins. It is read-only.
type output struct {
	*tree         // the marker and the lock left out
	target string // the folder
	exists bool
	root   *os.Root // nil if the folder does not exist
	marker []byte
	known  record // of files that need not be read
}

// readOutput lists the output, of about so many files. It reads no contents but
// the marker's.
func readOutput(target string, exists bool, about int) (*output, error) {
	o := &output{tree: &tree{}, target: target, exists: exists}
	if !exists {
		return o, nil
	}
	var err error
	if o.root, err = os.OpenRoot(target); err != nil {
		return nil, failed(err, "read the output folder %s", target)
	}
	o.tree, err = list(o.root, about, func(name string, _ fs.FileInfo) error {
		if path.Base(name) == ".git" {
			return checkout(target, name)
		}
		return nil
	})
	if err == nil && o.files[markerName] != nil {
		o.marker, err = o.root.ReadFile(markerName)
	}
	var f *failure
	switch {
	case errors.As(err, &f):
		o.close()
		return nil, err
	case err != nil:
		o.close()
		return nil, failed(err, "read the output folder %s", target)
	}
	delete(o.files, markerName)
	delete(o.files, lockName)
	return o, nil
}

func (o *output) close() {
	if o.root != nil {
		o.root.Close()
	}
}

// plain reports whether the output has a regular file of that name with the
// mode that it should have.
func (o *output) plain(name string) bool {
	info := o.files[name]
	return info != nil && info.Mode().IsRegular() && (!keepsModes || info.Mode().Perm() == fileMode)
}

// holds reports whether the output has a file of that name with these bytes,
// whose sum is given too. A file that cannot be read is one to replace.
func (o *output) holds(name string, data []byte, sum [sha256.Size]byte) bool {
	if !o.plain(name) || o.files[name].Size() != int64(len(data)) {
		return false
	}
	if known, ok := o.known[name]; ok {
		return known.sum == sum
	}
	r, err := o.root.Open(filepath.FromSlash(name))
	if err != nil {
		return false
	}
	defer r.Close()
	buf := make([]byte, min(len(data)+1, 64<<10))
	for {
		n, err := r.Read(buf)
		if n > len(data) || !bytes.Equal(buf[:n], data[:n]) {
			return false
		}
		data = data[n:]
		if err == io.EOF {
			return len(data) == 0
		}
		if err != nil {
			return false
		}
	}
}

// holdsSum is holds for bytes that nobody has at hand.
func (o *output) holdsSum(name string, sum [sha256.Size]byte) bool {
	if !o.plain(name) {
		return false
	}
	if known, ok := o.known[name]; ok {
		return known.sum == sum
	}
	r, err := o.root.Open(filepath.FromSlash(name))
	if err != nil {
		return false
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return false
	}
	return [sha256.Size]byte(h.Sum(nil)) == sum
}

// gone lists the files of the output that are not among the new ones.
func (o *output) gone(files map[string]file) []string {
	var names []string
	for name := range o.files {
		if _, kept := files[name]; !kept {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// emptied lists the folders of the output that no new file lies in, the inner
// ones first.
func (o *output) emptied(folders map[string]bool) []string {
	var names []string
	for name := range o.dirs {
		if name != "." && !folders[name] {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, deepestFirst)
	return names
}

// closed lists the folders that stay and have another mode than they should.
func (o *output) closed(folders map[string]bool, top bool) []string {
	var names []string
	for name, info := range o.dirs {
		stays := folders[name] || name == "." && top
		if keepsModes && stays && info.Mode().Perm() != dirMode {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
