package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// resolve makes dir absolute and follows the symbolic links in it, as far as it
// exists: where the output is a link, its target is the output, so that the
// link stays and the stage lies in the target's file system.
func resolve(dir string) (string, error) {
	if dir == "" {
		return "", refused("no output folder is given")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", failed(err, "find the output folder %s", dir)
	}
	missing := ""
	for p := abs; ; p = filepath.Dir(p) {
		real, err := filepath.EvalSymlinks(p)
		if err == nil {
			return filepath.Join(real, missing), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", failed(err, "find the output folder %s", dir)
		}
		if _, err := os.Lstat(p); err == nil {
			return "", refused("the output folder %s is a symbolic link that leads nowhere: make its target or remove the link", p)
		}
		missing = filepath.Join(filepath.Base(p), missing)
	}
}

// allowed refuses the places where an exchange would take away more than a
// site, whatever the folder says of itself.
func allowed(target string, sources []string) error {
	if filepath.Dir(target) == target {
		return refused("%s cannot be the output folder: it is the root of the file system", target)
	}
	self, err := os.Stat(target)
	if err != nil {
		return nil // nothing there that could be taken away; owned reports what else is wrong
	}
	held := func(what, place string) error {
		abs, err := filepath.Abs(place)
		if err != nil || place == "" {
			return nil
		}
		for p := abs; ; p = filepath.Dir(p) {
			if fi, err := os.Stat(p); err == nil && os.SameFile(fi, self) {
				verb := "is"
				if p != abs {
					verb = "holds"
				}
				return refused("%s cannot be the output folder: it %s %s (%s); publishing replaces the whole folder", target, verb, what, abs)
			}
			if filepath.Dir(p) == p {
				return nil
			}
		}
	}
	home, _ := os.UserHomeDir() // none: nothing to protect
	cwd, _ := os.Getwd()        // none: removed under us
	for _, place := range []struct{ what, path string }{{"the home folder", home}, {"the working folder", cwd}} {
		if err := held(place.what, place.path); err != nil {
			return err
		}
	}
	for _, source := range sources {
		if real, err := filepath.EvalSymlinks(source); err == nil {
			source = real
		}
		if err := held("what the site is built from", source); err != nil {
			return err
		}
	}
	return nil
}

// owned reports whether target exists, and refuses it if it holds anything
// while the marker does not say that it is ours.
func owned(target string) (exists bool, err error) {
	fi, err := os.Lstat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, failed(err, "look at the output folder %s", target)
	}
	if !fi.IsDir() {
		return false, refused("%s is a file: the output needs a folder of its own", target)
	}
	if _, err := os.Lstat(filepath.Join(target, ".git")); err == nil {
		return false, checkout(target, ".git")
	}
	if _, err := os.Lstat(filepath.Join(target, markerName)); err == nil {
		return true, checkMarker(target)
	}
	entries, err := os.ReadDir(target)
	if err != nil {
		return false, failed(err, "read the output folder %s", target)
	}
	var foreign []string
	for _, e := range entries {
		if e.Name() != lockName && e.Name() != stageName {
			foreign = append(foreign, e.Name())
		}
	}
	if len(foreign) > 0 {
		return false, refused("%s holds files that rutter did not make (%s): choose another folder for the output, or empty this one", target, some(foreign))
	}
	return true, nil
}

// checkMarker reads no more than the head of the marker: its list of files is
// for people and tools, every file is compared by its bytes.
func checkMarker(target string) error {
	root, err := os.OpenRoot(target)
	if err != nil {
		return failed(err, "read the output folder %s", target)
	}
	defer root.Close()
	damaged := refused("%s has a damaged %s: if the folder holds nothing but a published site, remove the folder and build again", target, markerName)
	if fi, err := root.Lstat(markerName); err != nil || !fi.Mode().IsRegular() {
		return damaged
	}
	f, err := root.Open(markerName)
	if err != nil {
		return failed(err, "read %s of %s", markerName, target)
	}
	defer f.Close()
	head := make([]byte, len(markerHead))
	if _, err := io.ReadFull(f, head); err != nil || !bytes.Equal(head, []byte(markerHead)) {
		return damaged
	}
	return nil
}

func checkout(target, where string) error {
	return refused("%s holds a git checkout (%s), which publishing would delete: publish to another folder and copy from there", target, where)
}

// some names a few of many.
func some(names []string) string {
	slices.Sort(names)
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
}

// checkName refuses what is no name of a file in the output on this system.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." {
		return badName(name, "it is empty or leads out of the output")
	}
	if _, err := filepath.Localize(name); err != nil {
		return badName(name, "this system cannot have a file of that name")
	}
	if strings.HasPrefix(name, prefix) {
		return badName(name, "names that begin with "+prefix+" are kept for rutter")
	}
	for elem := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(elem, ".git") {
			return badName(name, "a site with a .git in it could not be replaced again")
		}
	}
	return nil
}

// parents yields the folders above name, the outermost first.
func parents(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range len(name) {
			if name[i] == '/' && !yield(name[:i]) {
				return
			}
		}
	}
}

// deepestFirst orders folders so that the inner ones come first.
func deepestFirst(a, b string) int {
	if d := strings.Count(b, "/") - strings.Count(a, "/"); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

// closedParent reports whether an error says that the folder around the output
// is not to be written in.
func closedParent(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
