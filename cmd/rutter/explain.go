package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rutter-dev/rutter/docs"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

type explainFlags struct {
	service, team, period, by, format string
	files                             []string
}

func newExplain() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain [METRIC | CODE]",
		Short: "Say what a number rests on, or what a finding means",
		Long: `Explain METRIC prints the rows behind a number of rutter metrics: every change,
deployment and incident of the period, the rule that took it in or left it out,
and the arithmetic. Explain CODE says what a finding means, with an example, and
how to mend it; explain alone lists the codes.

` + filled("The metrics are "+strings.Join(metricNames(), ", ")+".", columns) + `

Exit codes: 0 fine; 1 an event line or a service page that cannot be read; 2
usage or mistakes in site.yaml.`,
		Example: `  rutter explain lead_time --service checkout --period 2026-W12
  rutter explain change_fail_rate --team payments --period 2026-03 --format csv
  rutter explain RT401`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("%s takes one metric or code, not %q too; see %[1]s --help", c.CommandPath(), args[1])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return f.list(c)
			}
			return f.run(c, args[0])
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.service, "service", "", "of this service; without it and --team, of all services together")
	flags.StringVar(&f.team, "team", "", "of the services of this team")
	flags.StringVar(&f.period, "period", "", "a week or month such as 2026-W12 or 2026-03; without it, the whole range")
	flags.StringVar(&f.by, "by", "", "the length of a period: week or month; --period says it too")
	flags.StringVar(&f.format, "format", "text", "text, json or csv")
	flags.StringArrayVar(&f.files, "events", nil, "read this event file instead of the site; - is standard input")
	return c
}

func (f *explainFlags) run(c *cobra.Command, name string) error {
	if codeLike.MatchString(name) {
		if err := withoutFlags(c, "a code"); err != nil {
			return err
		}
		entry, err := findCode(name)
		if err != nil {
			return err
		}
		return writeEntry(c.OutOrStdout(), entry)
	}
	metric := handbook.Metric(strings.ToLower(name))
	if !metric.Known() {
		return unknownMetric(name)
	}
	return f.metric(c, metric)
}

// withoutFlags refuses flags that say nothing.
func withoutFlags(c *cobra.Command, of string) (err error) {
	c.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) {
		if flag.Changed && err == nil {
			err = usage("--%s says nothing about %s; it is for metrics", flag.Name, of)
		}
	})
	return err
}

// metric explains a number.
func (f *explainFlags) metric(c *cobra.Command, metric handbook.Metric) error {
	if !slices.Contains([]string{"text", "json", "csv"}, f.format) {
		return usage("--format: %q is not one of text, json, csv", f.format)
	}
	if f.service != "" && f.team != "" {
		return usage("--service and --team: a number is of a service or of a team; give one of them")
	}
	by, err := f.length()
	if err != nil {
		return err
	}
	snapshots, zone, err := openSnapshots(c, f.files)
	if err != nil {
		return err
	}
	query := dora.Query{Metric: metric, Service: f.service, Team: f.team, Period: f.period}
	if f.service == "" && f.team == "" && len(snapshots) == 1 {
		query.Service = snapshots[0].Service().Name
	}
	e, err := dora.Explain(snapshots, query, dora.Options{Zone: zone, By: by})
	switch {
	case errors.Is(err, dora.ErrQuery):
		return &exitError{exitUsage, err}
	case err != nil:
		return err
	}
	switch f.format {
	case "json":
		return e.WriteJSON(c.OutOrStdout())
	case "csv":
		return e.WriteCSV(c.OutOrStdout())
	}
	return e.WriteText(c.OutOrStdout())
}

// length is that of the periods. The name of a period tells it.
func (f *explainFlags) length() (dora.By, error) {
	by := dora.By(f.by)
	if by != "" && by != dora.Week && by != dora.Month {
		return "", usage("--by: %q is neither week nor month", f.by)
	}
	if f.period == "" {
		return cmp.Or(by, dora.Week), nil
	}
	is, err := periodLength(f.period)
	if err != nil {
		return "", err
	}
	f.period = strings.ToUpper(f.period)
	if by != "" && by != is {
		return "", usage("--period %s is a %s, and --by says %s", f.period, is, by)
	}
	return is, nil
}

var (
	weekName  = regexp.MustCompile(`^([0-9]{4})-W([0-9]{2})$`)
	monthName = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}$`)
)

// periodLength tells weeks from months by the form of their names.
func periodLength(name string) (dora.By, error) {
	if m := weekName.FindStringSubmatch(strings.ToUpper(name)); m != nil {
		year, _ := strconv.Atoi(m[1])
		week, _ := strconv.Atoi(m[2])
		// December 28 is always in the last week of its year.
		if _, last := time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC).ISOWeek(); week < 1 || week > last {
			return "", usage("--period: %s has the weeks W01 to W%02d, and not W%s", m[1], last, m[2])
		}
		return dora.Week, nil
	}
	if _, err := time.Parse("2006-01", name); err != nil || !monthName.MatchString(name) {
		return "", usage("--period: %q is neither a week such as 2026-W12 nor a month such as 2026-03", name)
	}
	return dora.Month, nil
}

func metricNames() []string {
	var names []string
	for _, m := range handbook.Metrics {
		names = append(names, string(m))
	}
	return names
}

func unknownMetric(name string) error {
	names := metricNames()
	if near := diag.Nearest(strings.ToLower(name), names); near != "" {
		return usage("there is no metric %q; did you mean %s?", name, near)
	}
	return usage("%q is neither a metric nor a code of a finding; the metrics are %s, and rutter explain lists the codes", name, strings.Join(names, ", "))
}

// codeLike is what is meant as the code of a finding.
var codeLike = regexp.MustCompile(`(?i)^(RT|DQ)[0-9A-Z]*$`)

// findCode finds what the documents say of a code.
func findCode(name string) (docs.Entry, error) {
	code := strings.ToUpper(name)
	entries := docs.Findings()
	for _, e := range entries {
		if string(e.Code) == code {
			return e, nil
		}
	}
	return docs.Entry{}, usage("there is no code %s; the nearest: %s (rutter explain lists them all)", code, strings.Join(nearestCodes(code, entries), ", "))
}

// nearestCodes are the three with the least distance in their numbers; where
// there is no number, the one that a typing mistake meant.
func nearestCodes(code string, entries []docs.Entry) []string {
	family := code[:2]
	number, err := strconv.Atoi(code[2:])
	var names []string
	for _, e := range entries {
		names = append(names, string(e.Code))
	}
	if err != nil {
		if near := diag.Nearest(code, names); near != "" {
			return []string{near}
		}
	}
	names = slices.DeleteFunc(names, func(s string) bool { return s[:2] != family })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(away(a, number), away(b, number)) })
	names = names[:min(3, len(names))]
	slices.Sort(names)
	return names
}

func away(code string, number int) int {
	n, _ := strconv.Atoi(code[2:])
	return max(n-number, number-n)
}

// list prints a line for each code.
func (f *explainFlags) list(c *cobra.Command) error {
	if err := withoutFlags(c, "the list of codes"); err != nil {
		return err
	}
	titles := map[diag.Code]string{}
	for _, info := range diag.Codes {
		titles[info.Code] = info.Title
	}
	w := bufio.NewWriter(c.OutOrStdout())
	group := ""
	for _, e := range docs.Findings() {
		if e.Group != group {
			if group != "" {
				fmt.Fprintln(w)
			}
			group = e.Group
			fmt.Fprintln(w, group)
		}
		fmt.Fprintf(w, "  %-5s  %s\n", e.Code, titles[e.Code])
	}
	fmt.Fprintln(w, "\nrutter explain CODE says more.")
	return w.Flush()
}

// writeEntry prints what a code means.
func writeEntry(out io.Writer, e docs.Entry) error {
	title := ""
	for _, info := range diag.Codes {
		if info.Code == e.Code {
			title = ": " + info.Title
		}
	}
	w := bufio.NewWriter(out)
	paragraphs := []string{string(e.Code) + title, e.Means}
	if e.Reserved {
		paragraphs = append(paragraphs, "This version never gives it.")
	}
	if e.Example != "" {
		paragraphs = append(paragraphs, "Example: "+e.Example)
	}
	if e.Mend != "" {
		paragraphs = append(paragraphs, "To mend it: "+e.Mend)
	}
	if len(e.Remarks) > 0 {
		paragraphs = append(paragraphs, e.Group+". "+strings.Join(e.Remarks, " "))
	}
	for i, p := range paragraphs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, filled(p, columns))
	}
	return w.Flush()
}

// filled breaks text into lines at its spaces, but not inside backticks: what
// stands there is to be copied.
func filled(text string, width int) string {
	var phrases []string
	open := false
	for word := range strings.SplitSeq(text, " ") {
		if open {
			phrases[len(phrases)-1] += " " + word
		} else {
			phrases = append(phrases, word)
		}
		open = open != (strings.Count(word, "`")%2 == 1)
	}
	var b strings.Builder
	used := 0
	for i, p := range phrases {
		n := utf8.RuneCountInString(p)
		switch {
		case i == 0:
		case used+1+n > width:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(p)
		used += n
	}
	return b.String()
}
