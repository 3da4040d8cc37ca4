package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/archetype"
)

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Begin a handbook in a new or empty folder",
		Long: `Init writes a small site that has no findings: settings, a home page, a role, a
process with its steps, a path for new people, a team, a glossary, and a
workflow that checks pull requests and publishes to GitHub Pages. A folder with
files in it stays as it is, but for one that holds git alone.

Exit codes: 0 written; 2 the folder is not empty; 6 disk.`,
		Example: `  rutter init handbook
  rutter -C handbook serve`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("init takes one folder, such as: rutter init handbook; see rutter init --help")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			dir := args[0]
			if err := empty(dir); err != nil {
				return err
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return &exitError{exitOutput, fmt.Errorf("make folder %s: %w", dir, err)}
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				return &exitError{exitOutput, fmt.Errorf("open folder %s: %w", dir, err)}
			}
			defer root.Close()
			for _, f := range archetype.Site(siteTitle(dir)) {
				if err := writeNew(root, f.Name, f.Data); err != nil {
					return &exitError{exitOutput, fmt.Errorf("write %s: %w", filepath.Join(dir, filepath.FromSlash(f.Name)), err)}
				}
				fmt.Fprintln(c.OutOrStdout(), filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(f.Name))))
			}
			fmt.Fprintf(c.ErrOrStderr(), "next: rutter -C %s serve, then read README.md there; rutter -C %[1]s new role SLUG begins a page\n", dir)
			return nil
		},
	}
}

// empty returns an error for a folder with files in it. A fresh clone is empty.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return usage("%s is no folder that can be read: %v", dir, err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != ".git" {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil
	}
	list := strings.Join(names[:min(3, len(names))], ", ")
	if more := len(names) - 3; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	other := filepath.Join(dir, "handbook")
	if _, err := os.Lstat(other); err == nil {
		other += "-2"
	}
	return usage("%s is not empty: it holds %s; take a new folder, such as %s", dir, list, filepath.ToSlash(other))
}

// siteTitle is the name of the folder as a title.
func siteTitle(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if slug := strings.ReplaceAll(slugged(filepath.Base(dir)), "/", "-"); slug != "" {
		return archetype.Title(slug)
	}
	return "Handbook"
}
