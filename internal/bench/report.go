package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// report is everything that was measured.
type report struct {
	date     time.Time
	machine  machine
	programs contenders
	sizes    []size  // by pages
	preview  preview // zero where serve was left out
}

// markdown is the generated part of docs/performance.md.
func (r report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s.\n\n", r.date.Format("2006-01-02"))
	fmt.Fprintf(&b, "- Machine: %s\n", r.machine)
	fmt.Fprintf(&b, "- Rutter: %s\n", r.programs.rutter.version)
	fmt.Fprintf(&b, "- Floor: %s\n", r.programs.floor.version)
	fmt.Fprintf(&b, "- Hugo: %s%s\n", r.programs.hugo.version, notRun(r.programs.hugo))
	b.WriteString("\n### Targets\n\n")
	table(&b, []string{"What", "Value", "Target", "Met"}, "lrrl", r.targetRows())
	for _, z := range r.sizes {
		rounds := "One round"
		if n := len(z.cold); n > 1 {
			rounds = fmt.Sprintf("Medians of %d rounds", n)
		}
		fmt.Fprintf(&b, "\n### %s pages\n\n%s.\n\n", thousands(z.pages), rounds)
		table(&b, []string{"Run", "Wall, s", "CPU, s", "Spread of CPU", "Memory, MB", "Files changed"}, "lrrrrr", z.rows(r.programs.hugo))
	}
	if p := r.preview; p.pages > 0 {
		fmt.Fprintf(&b, "\n### Preview of %s pages\n\nReady %.1f s after its start; at most %.0f MB of memory.\n\n", thousands(p.pages), p.ready.Seconds(), float64(p.memory)/1e6)
		table(&b, []string{"From save to new bytes", "Edits", "p50, ms", "p95, ms", "Longest, ms"}, "lrrrr", p.rows())
	}
	return b.String()
}

func notRun(p program) string {
	if p.missing == "" {
		return ""
	}
	return ", not run: " + p.missing
}

// rows are the costs of every program at one size.
func (z size) rows(hugo program) [][]string {
	var rows [][]string
	for _, r := range []struct {
		name  string
		costs []cost
	}{
		{"Rutter, cold", z.cold},
		{"Floor", z.floor},
		{"Hugo, one-line layout", z.hugo},
		{"Rutter, nothing changed", z.nothing},
		{"Rutter, the first edit after a cold build", z.first},
		{"Rutter, one body edit", z.body},
		{"Rutter, one title edit", z.title},
	} {
		if len(r.costs) == 0 {
			rows = append(rows, []string{r.name, "not run", "", "", "", ""})
			continue
		}
		rows = append(rows, []string{
			r.name, figure(wallSeconds(r.costs)), figure(cpuSeconds(r.costs)), fmt.Sprintf("%.0f %%", 100*spread(r.costs)),
			fmt.Sprintf("%.0f", megabytes(r.costs)), fromTo(of(r.costs, func(c cost) int { return c.changed })),
		})
	}
	return rows
}

// rows are the times of the preview by kind of edit.
func (p preview) rows() [][]string {
	var rows [][]string
	for _, r := range []struct {
		name  string
		times []time.Duration
	}{
		{"Body", p.body},
		{"Title, on three pages", p.title},
	} {
		if len(r.times) == 0 {
			continue
		}
		rows = append(rows, []string{
			r.name, fmt.Sprint(len(r.times)), figure(milliseconds(quantile(r.times, 0.5))),
			figure(milliseconds(quantile(r.times, 0.95))), figure(milliseconds(slices.Max(r.times))),
		})
	}
	return rows
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// String is a line of progress.
func (c cost) String() string {
	s := fmt.Sprintf("%6.2f s wall %6.2f s CPU %5.0f MB %d files changed", c.wall.Seconds(), c.cpu.Seconds(), float64(c.memory)/1e6, c.changed)
	if c.strange > 0 {
		s += fmt.Sprintf(", %d of them without the edit", c.strange)
	}
	return s
}

// table writes a table of Markdown. align has l or r for each column.
func table(b *strings.Builder, head []string, align string, rows [][]string) {
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	rule := make([]string, len(head))
	for i := range head {
		rule[i] = map[byte]string{'l': "---", 'r': "--:"}[align[i]]
	}
	line(rule)
	for _, r := range rows {
		line(r)
	}
}

// figure is a number with three digits that count.
func figure(v float64) string {
	switch {
	case v >= 100:
		return thousands(int(v + 0.5))
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1 || v == 0:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// fromTo is one count, or the least and the greatest.
func fromTo(counts []int) string {
	least, most := slices.Min(counts), slices.Max(counts)
	if least == most {
		return thousands(least)
	}
	return thousands(least) + "–" + thousands(most)
}

// thousands writes a number that is not below 0 in groups of three digits.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// The generated part of a document stands between these lines.
const (
	begin = "<!-- written by make bench: begin -->\n"
	end   = "<!-- written by make bench: end -->\n"
)

// replaceGenerated puts text between the two lines of the document.
func replaceGenerated(name, text string) error {
	doc, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the document to write into: %w", err)
	}
	before, rest, ok := bytes.Cut(doc, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for the tables: it needs the lines %q and %q", name, begin, end)
	}
	doc = fmt.Appendf(nil, "%s%s\n%s\n%s%s", before, begin, text, end, after)
	if err := os.WriteFile(name, doc, 0o644); err != nil {
		return fmt.Errorf("write the tables: %w", err)
	}
	return nil
}
