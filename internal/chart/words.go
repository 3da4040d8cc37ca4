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
	return shortUnits.Replace(Duration(s))
}

var shortUnits = strings.NewReplacer(" days", " d", " years", " y")

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
	case dora.Mixed:
		return "several sources"
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

// percent words a share of 1: 7 %, and with a decimal where a whole number
// would say none or all.
func percent(share float64) string {
	p := share * 100
	switch {
	case p > 1e-6 && p < .05:
		return "< 0.1 %"
	case p > 1e-6 && p < .95:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	case p > 99.05 && p < 99.95:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	case p >= 99.95 && p < 100-1e-6:
		return "> 99.9 %"
	}
	return strconv.FormatFloat(max(p, 0), 'f', 0, 64) + " %"
}

// percents words a range of shares after a prefix: 3–17 %; "" where there is none.
func (b between) percents(prefix string) string {
	if !b.ok {
		return ""
	}
	return prefix + ranged(percent(b.low), percent(b.high))
}

// words say how the latest value compares; "" where it cannot be compared.
func (u usual) words(unit string) string {
	if !u.known() {
		return ""
	}
	return u.side() + " its usual range of " + u.usually() + u.during(unit)
}

func (u usual) side() string {
	switch {
	case u.run > 0:
		return "above"
	case u.run < 0:
		return "below"
	}
	return "inside"
}

// during says for how long it was so; one period needs no word.
func (u usual) during(unit string) string {
	n := max(u.run, -u.run)
	if n < 2 {
		return ""
	}
	return " for " + count(float64(n), unit)
}

// lacks says why nothing can be compared yet.
func (u usual) lacks(unit string) string {
	has := "none"
	if u.has > 0 {
		has = grouped(float64(u.has))
	}
	return "needs " + count(enoughUsual, "complete "+unit) + " to say what is usual; has " + has
}

// sentence says what the latest value is, and first how unusual that is.
func (u usual) sentence(unit, latest string) string {
	switch {
	case u.has < enoughUsual:
		return upper(u.lacks(unit)) + "."
	case u.few:
		return "Too few to compare: " + latest + "."
	case u.run != 0:
		return upper(u.side()) + " its usual range" + u.during(unit) + ": " + latest + "; usual is " + u.usually() + "."
	}
	return "Nothing unusual: " + latest + "; usual is " + u.usually() + "."
}

// usualMedian is the sentence of a metric that is a median.
func (s subject) usualMedian(u usual, of func(dora.Period) (median dora.Number, n int)) string {
	if u.latest < 0 {
		return upper(u.lacks(s.unit)) + "."
	}
	p := s.report.Periods[u.latest]
	median, n := of(p)
	which := "the latest complete " + s.unit
	if !p.To.Equal(lastComplete(s.report.Periods)) {
		which = "the latest " + s.unit + " with a value"
	}
	return u.sentence(s.unit, "the median of "+which+" was "+about(value(median))+" (n = "+grouped(float64(n))+")")
}

// ranged joins two texts to a range, the unit once: 12–31 h, 50 min – 2 h.
func ranged(low, high string) string {
	if low == high {
		return low
	}
	a, unit, cut := strings.Cut(low, " ")
	_, other, _ := strings.Cut(high, " ")
	switch {
	case !cut && other == "":
		return low + "–" + high
	case cut && unit == other:
		return a + "–" + high
	}
	return low + " – " + high
}

// orNone is a cell of a table.
func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}
