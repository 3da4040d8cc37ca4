package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/changes"
	"github.com/rutter-dev/rutter/internal/graph"
)

// exported is the file of a build that says what the pages say of each other,
// and maxExported how large it may be: ten times that of 10,000 pages.
const (
	exported    = "handbook.json"
	maxExported = 128 << 20
)

func newDiff() *cobra.Command {
	var format, base string
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what changes for readers between two builds",
		Long: `Diff says what is different between two builds, by what it means for readers:
pages that came, went or moved, who answers for what, steps, owners, reviews,
terms; and which roles and reading paths that concerns. OLD and NEW are output
folders of rutter build, or the handbook.json of such a folder.

With --format markdown it writes the text for a comment on a pull request.

Exit codes: 0 whether or not something changed; 2 usage, or something that is no
build.`,
		Example: `  rutter diff public-main public
  rutter diff --format markdown --base-url https://example.org/handbook/ old new`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("diff takes two builds, OLD and NEW, not %d; see rutter diff --help", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			site, err := siteAddress(base)
			if err != nil {
				return err
			}
			var write func(*changes.Report, io.Writer) error
			switch format {
			case "text":
				write = (*changes.Report).Text
			case "markdown":
				write = func(r *changes.Report, w io.Writer) error { return r.Markdown(w, site) }
			case "json":
				write = (*changes.Report).JSON
			default:
				return usage("--format: %q is not one of text, markdown, json", format)
			}
			if base != "" && format != "markdown" {
				return usage("--base-url is for --format markdown")
			}
			var states [2]*graph.Handbook
			for i, name := range args {
				if states[i], err = readBuild(name); err != nil {
					return usage("%v", err)
				}
			}
			return write(changes.Compare(states[0], states[1]), c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text, markdown or json")
	c.Flags().StringVar(&base, "base-url", "", "address of the site, for links in markdown")
	return c
}

// siteAddress is the address of a site with a slash at its end; "" of none.
func siteAddress(base string) (string, error) {
	if base == "" {
		return "", nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", usage("--base-url: %q is not an address such as https://example.org/handbook/", base)
	}
	return strings.TrimSuffix(u.String(), "/") + "/", nil
}

// readBuild reads the handbook.json of an output folder, or the file itself.
func readBuild(name string) (*graph.Handbook, error) {
	file, folder := name, false
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		file, folder = filepath.Join(name, exported), true
	}
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && folder:
		return nil, fmt.Errorf("%s is no build: it has no %s, which rutter build makes of a site with pages of kinds", name, exported)
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", file, bare(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, bare(err))
	}
	defer f.Close()
	// What was opened may be another file than what was looked at.
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		return nil, fmt.Errorf("%s changed while it was read", file)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxExported+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, bare(err))
	}
	if len(data) > maxExported {
		return nil, fmt.Errorf("%s is larger than %d MiB", file, maxExported>>20)
	}
	h, err := changes.Read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return h, nil
}

// bare is an error of the system without the name of the file.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
