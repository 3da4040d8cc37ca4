package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// markerName is the file that makes a folder ours: only a folder that holds it
// is ever changed or replaced.
const markerName = "rutter-clone"

// markerHead begins every marker; the URL of the remote follows.
const markerHead = "# rutter.clone/1 made by rutter, which replaces everything in this folder\n"

func marker(url string) string { return markerHead + url + "\n" }

// remoteName is that of the remote in the clone. A user's own configuration may
// say something about "origin", for all repositories.
const remoteName = "rutter"

// state is what lies at the place of a clone.
type state int

const (
	absent state = iota // nothing, or an empty folder
	same                // a clone of the same URL, whole or not
	other               // one of another URL
)

// inspect tells what lies at dir; something that is not ours is an error.
func inspect(dir, url string) (state, error) {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return absent, nil
	} else if err != nil {
		return absent, fmt.Errorf("look for the clone: %w", err)
	}
	foreign := fmt.Errorf("%s is not a clone that rutter made: remove it, or choose another folder", dir)
	if !info.IsDir() {
		return absent, foreign
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return absent, fmt.Errorf("look for the clone: %w", err)
	}
	defer root.Close()
	info, err = root.Lstat(markerName)
	if errors.Is(err, fs.ErrNotExist) {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) == 0 {
			return absent, nil
		}
		return absent, foreign
	} else if err != nil {
		return absent, fmt.Errorf("look for the clone: %w", err)
	}
	const most = 64 << 10
	if !info.Mode().IsRegular() || info.Size() > most {
		return absent, foreign
	}
	text, err := root.ReadFile(markerName)
	switch {
	case err != nil:
		return absent, fmt.Errorf("look for the clone: %w", err)
	case string(text) == marker(url):
		return same, nil
	case strings.HasPrefix(string(text), markerHead):
		return other, nil
	}
	return absent, foreign
}

// begin makes an empty repository that is ours, of the oldest format: without
// git init, whose templates and defaults are up to the machine.
func begin(dir, url string) error {
	err := os.MkdirAll(filepath.Dir(dir), 0o755)
	if err == nil {
		err = os.Mkdir(dir, 0o700) // the history may be private
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, markerName), []byte(marker(url)), 0o600) // first: what was begun is ours
	}
	for _, name := range []string{"objects", "refs"} {
		if err == nil {
			err = os.Mkdir(filepath.Join(dir, name), 0o700)
		}
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/main\n"), 0o600)
	}
	if err != nil {
		return fmt.Errorf("begin clone: %w", err)
	}
	return nil
}

// configure writes the configuration of the clone anew, each time: whatever lay
// in the folder before, no setting in it can make git run a program. A partial
// clone is one that git must not miss objects in.
func configure(dir, url string, partial bool) error {
	root, err := os.OpenRoot(dir) // a link must not lead the writing elsewhere
	if err != nil {
		return fmt.Errorf("configure clone: %w", err)
	}
	defer root.Close()
	version, extensions, promise := "0", "", ""
	if partial {
		version, extensions, promise = "1", "[extensions]\n\tpartialClone = "+remoteName+"\n", "\tpromisor = true\n"
	}
	text := "[core]\n\trepositoryFormatVersion = " + version + "\n\tbare = true\n" + extensions +
		"[remote \"" + remoteName + "\"]\n\turl = \"" + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(url) + "\"\n" + promise
	if err := root.WriteFile("config", []byte(text), 0o600); err != nil {
		return fmt.Errorf("configure clone: %w", err)
	}
	if err := root.Remove("commondir"); err != nil && !errors.Is(err, fs.ErrNotExist) { // names a folder with another configuration
		return fmt.Errorf("configure clone: %w", err)
	}
	return nil
}

// remove removes a folder that is ours, or empty. The marker goes last, so that
// what is left by an interruption is still ours.
func remove(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("remove clone: %w", err)
	}
	for _, e := range entries {
		if e.Name() == markerName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("remove clone: %w", err)
		}
	}
	if err := os.Remove(filepath.Join(dir, markerName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove clone: %w", err)
	}
	if err := os.Remove(dir); err != nil {
		return fmt.Errorf("remove clone: %w", err)
	}
	return nil
}
