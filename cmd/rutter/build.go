package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/build"
)

// siteFlags are what build, check and serve share.
type siteFlags struct {
	content, baseURL string
	drafts, strict   bool
}

func (f *siteFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.content, "content", "", "take this folder as the whole site; no site.yaml is read")
	flags.BoolVar(&f.drafts, "drafts", false, "show pages whose status is draft")
	flags.BoolVar(&f.strict, "strict", false, "warnings are errors, but for those about age, coverage and history")
}

func (f *siteFlags) options(output string) (build.Options, error) {
	o := build.Options{Content: f.content, Output: output, Drafts: f.drafts, Strict: f.strict, Version: version()}
	if f.baseURL == "" {
		return o, nil
	}
	u, err := url.Parse(f.baseURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" {
		return o, usage("--base-url: %q is no address of a site; write one like https://handbook.example.org/", f.baseURL)
	}
	o.BaseURL = strings.TrimSuffix(u.String(), "/") + "/"
	return o, nil
}

func newBuild() *cobra.Command {
	var f siteFlags
	var output, format string
	var verify bool
	c := &cobra.Command{
		Use:   "build",
		Short: "Build the site and publish it into a folder",
		Long: `Build reads content, event files and the site's own clone, and publishes the
site into a folder in one step: a reader sees the old site or the new one. With
an error nothing is published, and what was there stays. It never goes to the
network.

What a build has learnt lies in .rutter/cache and makes the next one quick; the
folder may be removed at any time. With --verify the site is built a second
time without it, and only what is the same, byte for byte, is published.

Exit codes: 0 published, with or without warnings; 1 mistakes in content or
templates; 2 usage or mistakes in site.yaml; 6 output or disk; 70 not what a
clean build makes; 130 interrupted.`,
		Example: `  rutter build
  rutter build --content docs -o /tmp/site
  rutter build --base-url https://handbook.example.org/`,
		RunE: func(c *cobra.Command, _ []string) error {
			write, err := findingsWriter(format, "text", "json", "github")
			if err != nil {
				return err
			}
			opts, err := f.options(output)
			if err != nil {
				return err
			}
			opts.Verify = verify
			start := time.Now()
			r, err := build.Run(c.Context(), opts)
			if werr := write(&r.Findings, c.ErrOrStderr()); err == nil {
				err = werr
			}
			if err != nil {
				return err
			}
			if r.Notice != "" {
				fmt.Fprintln(c.ErrOrStderr(), r.Notice)
			}
			if format == "text" {
				fmt.Fprintln(c.ErrOrStderr(), summary(r, output, time.Since(start)))
			}
			return verdict(r)
		},
	}
	f.add(c)
	c.Flags().StringVarP(&output, "output", "o", "public", "the folder to publish into")
	c.Flags().StringVar(&f.baseURL, "base-url", "", "the address the site will have; replaces base_url of site.yaml")
	c.Flags().BoolVar(&verify, "verify", false, "build a second time without the cache, and publish only what is the same")
	c.Flags().StringVar(&format, "format", "text", "of the findings: text, json or github")
	return c
}

// verdict is the exit code that findings ask for.
func verdict(r build.Result) error {
	switch {
	case r.ConfigErrors:
		return &exitError{code: exitUsage}
	case r.Findings.HasErrors():
		return &exitError{code: exitContent}
	}
	return nil
}

// summary is the last line that build prints.
func summary(r build.Result, output string, took time.Duration) string {
	pages := plural(r.Pages, "page")
	counts := findingCounts(&r.Findings)
	if r.Findings.HasErrors() {
		return fmt.Sprintf("%s in %s: nothing was published", counts, pages)
	}
	p := r.Published
	what := fmt.Sprintf("%s written, %d unchanged, %d removed", plural(p.Written, "file"), p.Unchanged, p.Removed)
	if p.Written+p.Removed == 0 {
		what = "nothing changed"
	}
	if counts != "" {
		what += "; " + counts
	}
	return fmt.Sprintf("%s in %s: %s (%.1f s)", pages, output, what, took.Seconds())
}
