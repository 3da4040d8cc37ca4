package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// leaf is a file of an output folder.
type leaf struct {
	sum   [sha256.Size]byte
	shows bool // holds the words that were asked for
}

// tree is an output folder: its files by their path within it.
type tree map[string]leaf

// manifest lists the sums of all files that rutter build published. It is not
// part of the site, and follows from it.
const manifest = ".rutter-output"

// look reads a folder. Files that hold words, unless that is empty, are marked.
// A folder that is not there has no files.
func look(dir, words string) (tree, error) {
	t := tree{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == dir {
			return nil
		}
		if err != nil || d.IsDir() || d.Name() == manifest {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		t[rel] = leaf{sum: sha256.Sum256(data), shows: words != "" && bytes.Contains(data, []byte(words))}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look at the output: %w", err)
	}
	return t, nil
}

// shard matches the files of the search index. They hold words in pieces, so
// that nobody can see in them which.
var shard = regexp.MustCompile(`^search/(words/.*|words|index)\.js$`)

// changed counts the files that are not as they were, and those among them that
// do not show what was asked for.
func (t tree) changed(before tree) (n, strange int) {
	for name, now := range t {
		if old, ok := before[name]; !ok || old.sum != now.sum {
			n++
			if !now.shows && !shard.MatchString(filepath.ToSlash(name)) {
				strange++
			}
		}
	}
	for name := range before {
		if _, ok := t[name]; !ok {
			n++
			strange++
		}
	}
	return n, strange
}
