package chart

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
	month  = 30 * day
	year   = 365.25 * day

	underMinute = 59.5 // what is less is worded in seconds
)

// Duration words a duration of s seconds with two significant digits: 45 s,
// 12 min, 3.5 h, 2.1 days, 1.5 years.
func Duration(s float64) string {
	switch {
	case s < underMinute:
		return strconv.FormatFloat(math.Max(s, 0), 'f', 0, 64) + " s"
	case s < 59.5*minute:
		return significant(s/minute) + " min"
	case s < 47.5*hour:
		return significant(s/hour) + " h"
	case s < 729.5*day:
		return significant(s/day) + " days"
	}
	return significant(s/year) + " years"
}

// limit words a duration in a sentence: within 3.5 h, within a minute.
func limit(s float64) string {
	if s < underMinute {
		return "a minute"
	}
	return Duration(s)
}

// about words a duration in a sentence that gives no limit: the median was 3.5 h.
func about(s float64) string {
	if s < underMinute {
		return "under a minute"
	}
	return Duration(s)
}

// shortDuration is Duration for the inside of a chart.
func shortDuration(s float64) string {
	return strings.NewReplacer(" days", " d", " years", " y").Replace(Duration(s))
}

// significant shows one decimal below 10, and none of them that says nothing.
func significant(v float64) string {
	if v < 9.95 {
		return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	}
	return grouped(v)
}

// grouped rounds to an integer and separates its thousands.
func grouped(v float64) string {
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count words a number of things.
func count(n float64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// SourceName is what readers call a source of deployments. Merges are named as
// the proxy that they are wherever they appear (metrics/D1).
func SourceName(s dora.Source) string {
	switch s {
	case dora.GitHubDeployments:
		return "GitHub deployments"
	case dora.Workflow:
		return "workflow runs"
	case dora.Releases:
		return "releases"
	case dora.Tags:
		return "tags"
	case dora.Merge:
		return "merges, a proxy for deployments"
	case dora.File:
		return "event file"
	}
	return string(s)
}

// missing says why a value does not exist.
func missing(r dora.Reason) string {
	switch r {
	case dora.NotMeasured:
		return "not measured"
	case dora.OutsideCoverage:
		return "outside the data"
	case dora.NotInSource:
		return "not in the source"
	}
	return "nothing delivered"
}

// span words the days of a half-open range: 16–22 Mar 2026; nothing for a range
// without an end or a beginning.
func span(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	last := to.Add(-time.Second)
	full := "2 Jan 2006"
	switch {
	case from.Year() != last.Year():
		return from.Format(full) + " – " + last.Format(full)
	case from.Month() != last.Month():
		return from.Format("2 Jan") + " – " + last.Format(full)
	case from.Day() != last.Day():
		return from.Format("2") + "–" + last.Format(full)
	}
	return from.Format(full)
}
