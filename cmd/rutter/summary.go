package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/collect"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/github"
)

// writeSummary prints what a run came to: a row for each list, then what is
// wrong, then what it cost.
func writeSummary(w io.Writer, s *collect.Summary, zone *time.Location) error {
	var b strings.Builder
	if len(s.Rows) > 0 {
		table(&b, s.Rows, zone)
	}
	for _, p := range complaints(s.Rows) {
		fmt.Fprintf(&b, "\n%s, %s: %s\n", p.repo, strings.Join(p.lists, ", "), p.text)
	}
	for _, c := range s.Choices {
		fmt.Fprintf(&b, "\n%s names no source of deployments; from now on it is %s\n", c.Service, chart.SourceName(c.Source))
	}
	if u := s.Usage; u.Requests > 0 {
		fmt.Fprintf(&b, "\n%s to GitHub", plural(u.Requests, "request"))
		if u.Unchanged > 0 {
			fmt.Fprintf(&b, ", %s of them free because nothing had changed", thousands(u.Unchanged))
		}
		if left := tightest(u); left.Limit > 0 {
			fmt.Fprintf(&b, "; %s of %s left until %s", thousands(left.Remaining), thousands(left.Limit), left.Reset.In(zone).Format("15:04"))
		}
		fmt.Fprintln(&b)
	}
	_, err := io.WriteString(w, strings.TrimPrefix(b.String(), "\n"))
	return err
}

// table prints a row for each list, within 80 columns where names allow it.
func table(b *strings.Builder, rows []collect.Row, zone *time.Location) {
	head := []string{"repository", "list", "new", "changed", "in store", "coverage"}
	lines := [][]string{head}
	last := ""
	for _, r := range rows {
		name := r.Repo
		if name == last {
			name = ""
		}
		last = r.Repo
		lines = append(lines, []string{name, collect.Title(r.Resource), thousands(r.Added), thousands(r.Changed), thousands(r.Count), covered(r.Coverage, zone)})
	}
	aligned(b, lines, 2, 3, 4)
}

// aligned prints rows in columns two spaces apart; those of numbers stand to the
// right.
func aligned(b *strings.Builder, lines [][]string, numbers ...int) {
	width := make([]int, len(lines[0]))
	for _, l := range lines {
		for i, cell := range l {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, l := range lines {
		var line strings.Builder
		for i, cell := range l {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if slices.Contains(numbers, i) {
				cell = pad + cell
			} else {
				cell += pad
			}
			line.WriteString(cell + "  ")
		}
		fmt.Fprintln(b, strings.TrimRight(line.String(), " "))
	}
}

// covered is such as "complete to 23 Nov 14:05".
func covered(c dora.Coverage, zone *time.Location) string {
	switch c.Status {
	case dora.Complete, dora.Partial, dora.Stale:
		return fmt.Sprintf("%s to %s", c.Status, c.To.In(zone).Format("2 Jan 15:04"))
	}
	return "unknown"
}

// complaint is what is wrong with one or more lists of a repository.
type complaint struct {
	repo  string
	lists []string
	text  string
}

// complaints are those of all rows. Lists of one repository that say the same say
// it once.
func complaints(rows []collect.Row) []complaint {
	var all []complaint
	for _, r := range rows {
		text := wrong(r)
		if text == "" {
			continue
		}
		i := slices.IndexFunc(all, func(p complaint) bool { return p.repo == r.Repo && p.text == text })
		if i < 0 {
			i, all = len(all), append(all, complaint{repo: r.Repo, text: text})
		}
		all[i].lists = append(all[i].lists, collect.Title(r.Resource))
	}
	return all
}

// wrong says what kept a list from being complete; "" where nothing did, or what
// ended the whole run, which is said at the end.
func wrong(r collect.Row) string {
	var parts []string
	switch {
	case r.Err != nil && collect.Stops(r.Err):
		if r.Total > r.Items {
			parts = append(parts, fmt.Sprintf("kept %s of %s; the next run goes on from there", thousands(r.Items), thousands(r.Total)))
		}
	case r.Err != nil:
		text := r.Err.Error()
		if _, after, ok := strings.Cut(text, r.Repo+": "); ok {
			text = after // whose list it is stands before it
		}
		parts = append(parts, text)
		if r.Total > r.Items {
			parts = append(parts, fmt.Sprintf("kept %s of %s; the next run goes on from there", thousands(r.Items), thousands(r.Total)))
		}
	case r.Coverage.Status != dora.Complete:
		parts = append(parts, cmp.Or(chart.SignOf(r.Coverage).Text, "not complete"))
	}
	if r.Missing > 0 {
		parts = append(parts, fmt.Sprintf("%s no longer at the source; the store keeps them", plural(r.Missing, "record")))
	}
	return strings.Join(parts, "; ")
}

// writeEstimate prints what a run would ask.
func writeEstimate(w io.Writer, questions []collect.Question, client *github.Client) error {
	var b strings.Builder
	lines := [][]string{{"repository", "list", "records", "requests", ""}}
	sum := 0
	for _, q := range questions {
		if q.Err != nil {
			lines = append(lines, []string{q.Repo, "", "", "", q.Err.Error()})
			continue
		}
		records, how := "", "goes on from the last run"
		if q.Records > 0 {
			records = thousands(q.Records)
		}
		if q.First {
			how = "from the beginning"
		}
		lines = append(lines, []string{q.Repo, collect.Title(q.Resource), records, thousands(q.Requests), how})
		sum += q.Requests
	}
	aligned(&b, lines, 2, 3)
	fmt.Fprintf(&b, "\nabout %s to GitHub, and one fetch of git for each repository\n", plural(sum, "request"))
	if client != nil {
		if left := tightest(client.Usage()); left.Limit > 0 {
			fmt.Fprintf(&b, "%s of %s left now\n", thousands(left.Remaining), thousands(left.Limit))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
