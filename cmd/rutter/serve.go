package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/serve"
)

func newServe() *cobra.Command {
	f := siteFlags{}
	var addr string
	var poll bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "Preview the site and build it again after each change",
		Long: `Serve builds the site into memory and shows it to browsers of this machine.
After each change of a file it builds again, and open pages show what changed
without losing their place; while there are errors it keeps the last good pages
and shows what to mend over them. Drafts are shown. The output folder of build
is left alone.

It waits for the system to say which files change. Where it does not, as on some
shares of networks and virtual machines, serve notices and looks at the files
twice a second; --poll does that from the beginning.

Exit codes: 0 ended; 2 usage, or an address that cannot be used.`,
		RunE: func(c *cobra.Command, _ []string) error {
			opts, err := f.options("public")
			if err != nil {
				return err
			}
			opts.Today = today
			opts.Drafts = true
			err = serve.Run(c.Context(), serve.Options{Addr: addr, Build: opts, Poll: poll, Log: c.ErrOrStderr()})
			if errors.Is(err, serve.ErrAddr) {
				return &exitError{exitUsage, err}
			}
			return err
		},
	}
	c.Flags().StringVar(&f.content, "content", "", "take this folder as the whole site; no site.yaml is read")
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:1414", "the address to serve on, of this machine")
	c.Flags().BoolVar(&poll, "poll", false, "look at the files twice a second, and do not wait for events")
	return c
}
