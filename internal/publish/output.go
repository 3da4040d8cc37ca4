package publish

import (
	"bytes"
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
	target string
	exists bool
	root   *os.Root               // nil if the folder does not exist
	files  map[string]fileInOld   // everything but folders, the marker left out
	dirs   map[string]fs.FileMode // by name, "." included
	marker []byte
}

type fileInOld struct {
	size  int64
	plain bool // a regular file with the mode it should have
}

// readOutput lists the output. It reads no contents but the marker's.
func readOutput(target string, exists bool) (*output, error) {
	o := &output{target: target, exists: exists, files: map[string]fileInOld{}, dirs: map[string]fs.FileMode{}}
	if !exists {
		return o, nil
	}
	var err error
	if o.root, err = os.OpenRoot(target); err != nil {
		return nil, failed(err, "read the output folder %s", target)
	}
	err = fs.WalkDir(o.root.FS(), ".", o.add)
	var f *failure
	switch {
	case errors.As(err, &f):
		o.close()
		return nil, err
	case err != nil:
		o.close()
		return nil, failed(err, "read the output folder %s", target)
	}
	return o, nil
}

func (o *output) add(name string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	info, err := d.Info()
	if err != nil {
		return err
	}
	switch {
	case path.Base(name) == ".git":
		return checkout(o.target, name)
	case d.IsDir():
		o.dirs[name] = info.Mode().Perm()
	case name == markerName:
		o.marker, err = o.root.ReadFile(name)
		return err
	case name != lockName:
		o.files[name] = fileInOld{size: info.Size(), plain: info.Mode().IsRegular() && (!keepsModes || info.Mode().Perm() == fileMode)}
	}
	return nil
}

func (o *output) close() {
	if o.root != nil {
		o.root.Close()
	}
}

// holds reports whether the output has a file of that name with these bytes. A
// file that cannot be read is one to replace.
func (o *output) holds(name string, data []byte) bool {
	f, known := o.files[name]
	if !known || !f.plain || f.size != int64(len(data)) {
		return false
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
	for name, mode := range o.dirs {
		stays := folders[name] || name == "." && top
		if keepsModes && stays && mode != dirMode {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
