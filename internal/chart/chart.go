// Package chart turns the report of a service into figures.
//
//	dora.ServiceReport ── New ──▶ *Figure ── SVG ──────▶ drawn at build, for every reader
//	                                   ├── ECharts ──▶ options as JSON, to explore in the browser
//	                                   └── Title, Sign, Finding, Provenance, Table: the same in words and numbers
//
// A Figure is complete and read-only once New returns. A value that does not
// exist is a gap with a reason and never 0; a period that is not over, or not
// wholly covered by the data, looks different from a complete one, and so does
// every value of data that is not complete (rel/G7). Colours,
// type and dark mode are the theme's: the SVG names classes that begin with
// fig- (components/figure/figure.css) and has no styles of its own.
package chart

import (
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// Options say what a figure is called and how much of a report it shows.
type Options struct {
	ID      string         // unique on its page, no spaces: every id in the SVG begins with it
	Title   string         // "": the name of the metric
	Service string         // what readers call the service; "": its name in the report
	Zone    *time.Location // of dates; nil: UTC
	By      dora.By        // the length of the report's periods; "": Week
	Last    int            // how many of the newest periods to show; 0: all
	Sample  bool           // the data is made up, even if the report does not say so
	Rules   dora.Service   // how the service is measured, as far as that says what is not counted
	Rows    string         // address of the page that explains each period under its name, as in rows#2026-W12; "": there is none
	Flags   []Flag         // what happened around the service, by time
}

// Flag is an event that a reader of a chart should know of: a decision, an
// incident, a holiday. Flags are numbered from 1 in the order of time, alike on
// all charts of a page.
type Flag struct {
	N    int
	At   time.Time
	Text string
	URL  string // "": nowhere to go
}

// Figure is one chart: what it shows in words, as a table and as two drawings.
type Figure struct {
	ID      string
	Title   string
	Finding string // what the chart shows, in sentences
	Sign    Sign   // what must stand above it; zero where the data is complete
	Empty   string // why nothing is drawn; "" where there is a drawing
	Sample  bool   // drawn from made-up data
	Table   Table  // the same numbers, with units; empty where there is no period
	Flags   []Flag // those that the drawing shows, for the list below it

	Provenance Provenance

	plot plot
}

// Table holds the numbers of a figure; the first cell of a row names it.
type Table struct {
	Columns []string
	Rows    [][]string
	Links   []string // of each row, where its period is explained; "": nowhere; nil: no row has one
}

// maxPeriods is how many periods one figure shows (readers.md, 42). More would
// be thinner than a pixel: months are the better periods then.
const maxPeriods = 400

// New returns the figure of a metric. A metric that nothing measures gives a
// Figure that says why.
func New(m handbook.Metric, s dora.ServiceReport, o Options) *Figure {
	switch m {
	case handbook.DeploymentFrequency:
		return DeploymentFrequency(s, o)
	case handbook.LeadTime:
		return LeadTime(s, o)
	case handbook.ChangeFailRate:
		return failRate(s.Source).figure(s, o)
	case handbook.ReworkRate:
		return reworkRate(s.Source).figure(s, o)
	case handbook.RecoveryTime:
		return recoveryTime(s, o)
	}
	if st, ok := stageOf(m, s.Source); ok {
		return st.figure(s, o)
	}
	return newSubject(s, o).unmeasured(m, MetricName(m), "Not measured: Rutter knows no metric of this name.")
}

// Usual says in one sentence whether a metric is as it usually is, for the top
// of a page. It compares a service with its own past alone, and partial data
// with nothing.
func Usual(m handbook.Metric, s dora.ServiceReport, o Options) string {
	f := New(m, s, o)
	sub := newSubject(s, o)
	compares := f.Empty == "" && !sub.doubt
	switch m {
	case handbook.ChangeFailRate:
		if compares {
			return failRate(s.Source).tally(sub).usual(sub)
		}
	case handbook.ReworkRate:
		if compares {
			return reworkRate(s.Source).tally(sub).usual(sub)
		}
	case handbook.RecoveryTime:
		if t := tallyRecoveries(sub); !sub.doubt && t.covered > 0 && !noRecovery(s.Overall.RecoveryTime) {
			return t.usual()
		}
	case handbook.DeploymentFrequency:
		if u := sub.counts(); compares && u.latest >= 0 {
			latest := s.Periods[u.latest]
			n := count(value(latest.Deployments.Count), noun(s.Source))
			return u.sentence(sub.unit, "the latest complete "+sub.unit+" had "+n)
		}
	default:
		st, ok := stageOf(m, s.Source)
		if m == handbook.LeadTime {
			st, ok = leadTime(s.Source), true
		}
		if ok && compares {
			return sub.usualMedian(sub.medians(st.part), st.part)
		}
	}
	if f.Empty == "" && sub.doubt {
		return "The data is partial, so nothing is compared."
	}
	return f.Finding
}

// noRule says why failures are not measured, and what makes that other
// (metrics/X0).
const noRule = "Not measured: no failure rule is configured. To take the usual ones, add failures: {} to metrics in the front matter of the service page."

// unmeasured is the figure of a metric that nothing measures.
func (s subject) unmeasured(m handbook.Metric, title, why string) *Figure {
	f := s.figure(title)
	s.frame(f, m, "", 0)
	f.Provenance.Coverage = CoverageWords(s.report.Coverage, s.Zone)
	f.Sign = Sign{} // nothing is drawn that could change
	return f.without(why)
}

// without is a figure that draws nothing, for this reason.
func (f *Figure) without(why string) *Figure {
	f.Empty, f.Finding, f.Flags = why, why, nil
	return f
}

// MetricName is what readers call a metric.
func MetricName(m handbook.Metric) string {
	switch m {
	case handbook.DeploymentFrequency:
		return "Deployment frequency"
	case handbook.LeadTime:
		return "Change lead time"
	case handbook.LeadTimeCoding:
		return "Coding time"
	case handbook.LeadTimePickup:
		return "Waiting for review"
	case handbook.LeadTimeReview:
		return "Review time"
	case handbook.LeadTimeDeploy:
		return "Waiting for deployment"
	case handbook.ChangeFailRate:
		return "Change fail rate"
	case handbook.RecoveryTime:
		return "Failed deployment recovery time"
	case handbook.ReworkRate:
		return "Deployment rework rate"
	}
	return string(m)
}

// plot is what both drawings are made of.
type plot struct {
	kind   kind
	unit   string // of the vertical axis, in words
	head   string // what is shown: service, window, n
	foot   string // source, as-of time, zone, coverage, how much is left out
	doubt  bool   // every value may still change: the data is partial
	period string // week or month
	slots  []slot // one per period, oldest first
	series []series
	mean   dora.Number // of all that counts, where a line should say it
	level  string      // what that line is called: mean, all
	usual  []between   // of each slot, what its median is usually; nil: not shown
	fewer  string      // what a small mark is of: fewer than 6 changes
	rows   string      // address of the page that explains the slots
	art    artwork     // a drawing of another kind; nil: kind and slots say it all
}

// artwork is the part of a figure between its head and its foot, for figures
// that are no columns or lines over periods.
type artwork interface {
	// draw goes on below d.y and leaves there how far it came.
	draw(d *drawing)
	// explore gives the options of ECharts and what the script needs to know
	// beside them (see Figure.ECharts); nil where there is nothing to explore.
	explore(f *Figure) (tree, meta map[string]any)
}

type kind int

const (
	columns kind = iota // counts, linear from 0
	lines               // durations in seconds, logarithmic
	medians             // the same without lines between them
	ratios              // 0 to 1 with their intervals, linear
)

// slot is the place of one period on the horizontal axis.
type slot struct {
	from, to time.Time // in the zone of the figure
	anchor   string    // 2026-W12, the id of what explains it; "": nothing does
	name     string    // 16–22 Mar 2026, March 2026
	partial  bool      // not over, not wholly covered, or too young to judge
	covered  bool      // the data covers at least a part of it
	n        int       // changes or deployments that the period's values are of
	open     int       // failed deployments that are not recovered yet, beside n
	small    bool      // n is too small for much to be said
	words    string    // its values and remarks, for the tooltip
}

// series is one value per slot.
type series struct {
	name   string // as the label at its right end: p50
	long   string // the label where there is room, and in the explorer: median (p50)
	values []dora.Number
	bounds []between // of ratios, the intervals of the values
	hidden bool      // only in the explorer, and there switched off at first
}

// between is a range of values; ok where there is one.
type between struct {
	low, high float64
	ok        bool
}
