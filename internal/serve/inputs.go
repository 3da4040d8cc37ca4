package serve

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// inputs are the places that builds read from. All names are absolute, and
// whatever is named may be missing.
type inputs struct {
	trees  []string // folders with everything below them
	files  []string
	except []string // files and folders below a tree that are no input
}

func (in inputs) equal(other inputs) bool {
	return slices.Equal(in.trees, other.trees) && slices.Equal(in.files, other.files) && slices.Equal(in.except, other.except)
}

func (in inputs) excepted(name string) bool {
	return slices.ContainsFunc(in.except, func(p string) bool { return inside(name, p) })
}

// walk calls visit for a folder and those below it that can hold input, each
// before it is listed.
func (in inputs) walk(tree string, visit func(dir string)) {
	// With the dot the walk begins in the folder where tree is a link to one.
	filepath.WalkDir(tree+string(filepath.Separator)+".", func(p string, d fs.DirEntry, err error) error {
		if p = filepath.Clean(p); err != nil || !d.IsDir() {
			return nil // gone meanwhile: the folder above says so
		}
		if p != tree && in.closed(p) {
			return fs.SkipDir
		}
		visit(p)
		return nil
	})
}

// closed reports whether a folder below a tree holds no input.
func (in inputs) closed(dir string) bool {
	name := filepath.Base(dir)
	return strings.HasPrefix(name, ".") || name == "node_modules" || in.excepted(dir)
}

// beside reports whether a name is of a file that an editor keeps beside the
// one it saves.
func beside(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasSuffix(name, ".swp") || name == "4913" || // vim
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") || // emacs
		strings.HasSuffix(name, "___jb_tmp___") || strings.HasSuffix(name, "___jb_old___") // JetBrains
}

// inside reports whether name is dir or lies below it.
func inside(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// absolute is the name by which events report a path.
func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return filepath.Clean(name)
}
