package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/build"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/events"
)

type metricsFlags struct {
	services, teams, files []string
	by, from, to, format   string
	as                     string
}

func newMetrics() *cobra.Command {
	var f metricsFlags
	c := &cobra.Command{
		Use:   "metrics",
		Short: "Print the delivery metrics of services",
		Long: `Metrics prints the five delivery metrics by week or month, of the
services of the site or, with --events, of files of events alone. A value that
does not exist is null with the reason, never 0.

Exit codes: 0 fine; 1 an event line or a service page that cannot be read; 2
usage or mistakes in site.yaml.`,
		Example: `  rutter metrics --by month
  rutter metrics --service checkout --from 2026-01-01 --format csv
  rutter metrics --as devlake
  zcat events.ndjson.gz | rutter metrics --events - --format json`,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	flags := c.Flags()
	flags.StringSliceVar(&f.services, "service", nil, "only these services")
	flags.StringSliceVar(&f.teams, "team", nil, "only the services of these teams")
	flags.StringArrayVar(&f.files, "events", nil, "read this event file instead of the site; - is standard input")
	flags.StringVar(&f.by, "by", "week", "the length of a period: week or month")
	flags.StringVar(&f.from, "from", "", "the first day, YYYY-MM-DD")
	flags.StringVar(&f.to, "to", "", "the day after the last one, YYYY-MM-DD")
	flags.StringVar(&f.format, "format", "table", "table, json or csv")
	flags.StringVar(&f.as, "as", "", "the same by the definitions of another tool: "+peers())
	return c
}

func (f *metricsFlags) run(c *cobra.Command) error {
	if !slices.Contains([]string{"table", "json", "csv"}, f.format) {
		return usage("--format: %q is not one of table, json, csv", f.format)
	}
	if f.by != string(dora.Week) && f.by != string(dora.Month) {
		return usage("--by: %q is neither week nor month", f.by)
	}
	snapshots, zone, err := openSnapshots(c, f.files)
	if err != nil {
		return err
	}
	opts := dora.Options{Zone: zone, By: dora.By(f.by)}
	if opts.From, err = day("--from", f.from, zone); err != nil {
		return err
	}
	if opts.To, err = day("--to", f.to, zone); err != nil {
		return err
	}
	if !opts.From.IsZero() && !opts.To.IsZero() && !opts.From.Before(opts.To) {
		return usage("--from %s is not before --to %s", f.from, f.to)
	}
	keep, err := f.selected(snapshots)
	if err != nil {
		return err
	}
	if f.as != "" {
		return f.compare(c, slices.DeleteFunc(snapshots, func(s dora.Snapshot) bool { return !keep(s.Service()) }), opts)
	}
	// All are counted, whichever are shown: an incident may be another's.
	report := dora.NewLedger(snapshots).Only(keep).Report(opts)
	switch f.format {
	case "json":
		return report.WriteJSON(c.OutOrStdout())
	case "csv":
		return report.WriteCSV(c.OutOrStdout())
	}
	return report.WriteTable(c.OutOrStdout())
}

// peers lists the tools that --as takes.
func peers() string {
	var names []string
	for _, p := range dora.Peers() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// compare prints what another tool would say, beside our own numbers.
func (f *metricsFlags) compare(c *cobra.Command, snapshots []dora.Snapshot, opts dora.Options) error {
	if !slices.Contains(dora.Peers(), dora.Peer(f.as)) {
		return usage("--as: %q is none of %s", f.as, peers())
	}
	if f.format == "csv" {
		return usage("--as has the formats table and json")
	}
	comparison, err := dora.As(dora.Peer(f.as), snapshots, opts)
	if err != nil {
		return err
	}
	if f.format == "json" {
		return comparison.WriteJSON(c.OutOrStdout())
	}
	return comparison.WriteTable(c.OutOrStdout())
}

// day reads a day of the reporting zone.
func day(flag, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return t, usage("%s: %q is no day; write one like 2026-03-31", flag, text)
	}
	return t, nil
}

// openSnapshots are those of the event files, else those of the site.
func openSnapshots(c *cobra.Command, files []string) ([]dora.Snapshot, *time.Location, error) {
	var found diag.List
	var list []dora.Snapshot
	zone := time.UTC
	if len(files) > 0 {
		var all dora.Events
		for _, name := range files {
			e, err := readEvents(c.InOrStdin(), name, &found)
			if err != nil {
				return nil, nil, usage("%v", err)
			}
			all.Add(e)
		}
		list = dora.Snapshots(all)
	} else {
		b, err := build.Open(c.Context(), build.Options{})
		if err != nil {
			return nil, nil, err
		}
		defer b.Close()
		zone = b.Config.TimeZone
		found = b.DeliveryFindings()
		if b.Result().ConfigErrors {
			found.WriteText(c.ErrOrStderr())
			return nil, nil, &exitError{code: exitUsage}
		}
		for _, s := range b.Services {
			list = append(list, s.Snapshot)
		}
		if len(list) == 0 {
			return nil, nil, usage("this site has no services; give an event file with --events")
		}
	}
	if err := found.WriteText(c.ErrOrStderr()); err != nil {
		return nil, nil, err
	}
	if found.HasErrors() {
		return nil, nil, &exitError{code: exitContent}
	}
	return list, zone, nil
}

func readEvents(in io.Reader, name string, l *diag.List) (dora.Events, error) {
	if name == "-" {
		return events.Parse(in, "standard input", l)
	}
	f, err := os.Open(name)
	if err != nil {
		return dora.Events{}, err
	}
	defer f.Close()
	return events.Parse(f, name, l)
}

// selected tells the services that the flags name.
func (f *metricsFlags) selected(all []dora.Snapshot) (keep func(dora.Service) bool, err error) {
	var names, teams []string
	for _, s := range all {
		names = append(names, s.Service().Name)
		teams = append(teams, s.Service().Team)
	}
	for _, want := range f.services {
		if !slices.Contains(names, want) {
			return nil, usage("--service: there is no service %q; known: %s", want, strings.Join(names, ", "))
		}
	}
	for _, want := range f.teams {
		if !slices.Contains(teams, want) {
			return nil, usage("--team: no service belongs to team %q; known: %s", want, strings.Join(slices.Compact(slices.Sorted(slices.Values(teams))), ", "))
		}
	}
	everything := len(f.services)+len(f.teams) == 0
	return func(s dora.Service) bool {
		return everything || slices.Contains(f.services, s.Name) || slices.Contains(f.teams, s.Team)
	}, nil
}
