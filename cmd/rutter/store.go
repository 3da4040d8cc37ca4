package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
	"github.com/rutter-dev/rutter/internal/store"
)

// storePlace is where the store of the site in this folder lies.
func storePlace(c *cobra.Command) (string, error) {
	b, err := build.Open(c.Context(), build.Options{ServicesOnly: true})
	if err != nil {
		return "", err
	}
	defer b.Close()
	found := b.DeliveryFindings()
	if err := found.WriteText(c.ErrOrStderr()); err != nil {
		return "", err
	}
	if b.Result().ConfigErrors {
		return "", &exitError{code: exitUsage}
	}
	if b.StorePlace() == "" {
		return "", usage("metrics.store names no store; set the environment variable that it speaks of")
	}
	return b.StorePlace(), nil
}

func newExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print everything in the store as events",
		Long: `Export prints every event of the store, one a line, in an order that depends on
nothing but the events. Import reads it back.

Exit codes: 0 fine; 2 usage, or no store yet; 5 the store.`,
		Example: `  rutter export > deliveries.ndjson
  rutter export | gzip > deliveries.ndjson.gz`,
		RunE: func(c *cobra.Command, _ []string) error {
			place, err := storePlace(c)
			if err != nil {
				return err
			}
			s, err := store.Look(c.Context(), place)
			if err != nil {
				return err
			}
			defer s.Close()
			e, err := s.Everything(c.Context())
			if err != nil {
				return err
			}
			return events.Write(c.OutOrStdout(), e)
		},
	}
}

func newImport() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE...",
		Short: "Take events from files into the store",
		Long: `Import reads event files, packed with gzip or not, into the store; - is standard
input. A record that the store has in a newer version stays as it is. With a
line that cannot be read nothing is imported.

Exit codes: 0 fine; 1 event lines that cannot be read; 2 usage; 5 the store.`,
		Example: `  rutter import deliveries.ndjson.gz
  curl -s https://ci.example.org/deployments.ndjson | rutter import -`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("import needs a file of events; - is standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			e, err := readAll(c.InOrStdin(), args, c.ErrOrStderr())
			if err != nil {
				return err
			}
			place, err := storePlace(c)
			if err != nil {
				return err
			}
			s, err := store.Open(c.Context(), place, store.Options{Notice: func(text string) { fmt.Fprintln(c.ErrOrStderr(), text) }})
			if err != nil {
				return err
			}
			defer s.Close()
			w, err := s.Import(c.Context(), e)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.ErrOrStderr(), "%s new, %s changed, %s as they were\n", thousands(w.Added), thousands(w.Changed), thousands(w.Same))
			return err
		},
	}
}

// readAll reads event files; all that is wrong with them is said first.
func readAll(in io.Reader, names []string, errs io.Writer) (dora.Events, error) {
	var all dora.Events
	var found diag.List
	for _, name := range names {
		e, err := readEvents(in, name, &found)
		if err != nil {
			return all, usage("%v", err)
		}
		all.Add(e)
	}
	if err := found.WriteText(errs); err != nil {
		return all, err
	}
	if found.HasErrors() {
		return all, &exitError{code: exitContent}
	}
	return all, nil
}

func newStore() *cobra.Command {
	c := &cobra.Command{
		Use:   "store",
		Short: "Look after the store",
		Long:  `Store looks after what sync has collected.`,
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use:   "verify",
		Short: "Check every record of the store against its sum",
		Long: `Verify reads the whole store and checks every record, every list and every
cursor against the sums that were kept with them.

Exit codes: 0 everything is as it was written; 2 usage, or no store yet; 5 the
store is damaged.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			place, err := storePlace(c)
			if err != nil {
				return err
			}
			s, err := store.Look(c.Context(), place)
			if err != nil {
				return err
			}
			defer s.Close()
			damage, err := s.Verify(c.Context())
			if err != nil {
				return err
			}
			for _, d := range damage {
				fmt.Fprintln(c.OutOrStdout(), d)
			}
			if len(damage) > 0 {
				return &exitError{exitStore, fmt.Errorf("the store %s is damaged; keep a copy of it, then import the last export into a new one and run rutter sync", s.Place())}
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s is sound\n", s.Place())
			return err
		},
	})
	return c
}
