package main

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/build"
)

// today is the day for findings about age: that of SOURCE_DATE_EPOCH where it is
// set, so that a run can be repeated.
func today() time.Time {
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Now().UTC()
}

func newCheck() *cobra.Command {
	var f siteFlags
	var format string
	c := &cobra.Command{
		Use:   "check",
		Short: "Report all findings about the site, and build nothing",
		Long: `Check reads the site as build does and prints every finding to standard output:
mistakes in front matter, links and headings that lead nowhere, metrics that do
not exist, pages that cannot be made.

Exit codes: 0 no errors; 1 mistakes in content or templates; 2 usage or
mistakes in site.yaml; 130 interrupted.`,
		RunE: func(c *cobra.Command, _ []string) error {
			write, err := findingsWriter(format, "text", "json", "github", "sarif")
			if err != nil {
				return err
			}
			opts, err := f.options("public")
			if err != nil {
				return err
			}
			opts.Today = today
			r, err := build.Check(c.Context(), opts)
			if err != nil {
				return err
			}
			if err := write(&r.Findings, c.OutOrStdout()); err != nil {
				return err
			}
			if r.Notice != "" {
				fmt.Fprintln(c.ErrOrStderr(), r.Notice)
			}
			if format == "text" {
				fmt.Fprintf(c.ErrOrStderr(), "%s in %s\n", cmp.Or(findingCounts(&r.Findings), "no findings"), plural(r.Pages, "page"))
			}
			return verdict(r)
		},
	}
	f.add(c)
	c.Flags().StringVar(&format, "format", "text", "text, json, github or sarif")
	return c
}
