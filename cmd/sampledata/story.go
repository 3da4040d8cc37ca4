package main

import "time"

// The year begins on a Monday and ends on a Sunday: 52 whole weeks.
var (
	begin = time.Date(2025, 10, 6, 0, 0, 0, 0, time.UTC)
	end   = time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
)

// practice is how the team works for a while. Durations are medians of work.
type practice struct {
	from    string // the Monday it begins on
	changes int    // begun in a week
	commits int    // at most, in a change
	coding  time.Duration
	pickup  time.Duration
	review  time.Duration
	slots   map[time.Weekday]int // chance of a deployment in the afternoon of a day, in percent
	morning int                  // chance of one more in the morning
}

const hour = time.Hour

var (
	// Releases go out on two fixed days, sometimes on a third.
	train = map[time.Weekday]int{time.Monday: 35, time.Tuesday: 95, time.Wednesday: 35, time.Thursday: 95}
	slow  = map[time.Weekday]int{time.Tuesday: 90, time.Thursday: 55}
	// Whatever is on main goes out every day, often twice.
	daily = map[time.Weekday]int{time.Monday: 96, time.Tuesday: 96, time.Wednesday: 96, time.Thursday: 96, time.Friday: 45}
)

// practices tell the year: a steady autumn, a slow December with a week in
// which nobody works, reviews that take long in February because half of those
// who review are away, and from April small changes that go out every day.
var practices = []practice{
	{"2025-10-06", 7, 3, 8 * hour, 4 * hour, 4 * hour, train, 0},
	{"2025-12-01", 5, 3, 9 * hour, 5 * hour, 5 * hour, slow, 0},
	{"2025-12-22", 0, 1, hour, hour, hour, nil, 0},
	{"2025-12-29", 2, 2, 5 * hour, 4 * hour, 3 * hour, slow, 0},
	{"2026-01-05", 7, 3, 8 * hour, 4 * hour, 4 * hour, train, 0},
	{"2026-02-02", 6, 3, 8 * hour, 24 * hour, 26 * hour, train, 0},
	{"2026-03-02", 7, 3, 8 * hour, 4 * hour, 4 * hour, train, 0},
	{"2026-04-06", 7, 2, 4 * hour, 2 * hour, 90 * time.Minute, daily, 45},
	{"2026-04-20", 7, 2, 3 * hour, 90 * time.Minute, hour, daily, 45},
	{"2026-07-27", 6, 2, 3 * hour, 2 * hour, 90 * time.Minute, daily, 45},
	{"2026-08-24", 7, 2, 3 * hour, 80 * time.Minute, hour, daily, 45},
}

// practiceOn is the practice of the week that day is in.
func practiceOn(day time.Time) practice {
	now := practices[0]
	for _, p := range practices {
		if p.from <= day.Format(time.DateOnly) {
			now = p
		}
	}
	return now
}

// trouble is a deployment that fails in production: the first one on or after
// its day.
type trouble struct {
	rollback bool // go back first, then mend; otherwise a hotfix goes out
	revert   bool // mend by taking the change back
	title    string
	linked   bool // the incident names the deployment
	twice    bool // it is reported twice
}

var troubles = map[string]trouble{
	"2025-11-13": {rollback: true, revert: true, linked: true},
	"2026-01-20": {title: "Hotfix: accept postcodes with a space again", linked: true},
	"2026-02-24": {title: "Hotfix: do not charge delivery twice on a retry"},
	"2026-03-17": {rollback: true, title: "Hotfix: read the currency of old carts", linked: true, twice: true},
	"2026-05-12": {title: "Hotfix: raise the time limit of the card check", linked: true},
	"2026-07-08": {title: "Hotfix: show the pay button in narrow windows"},
	"2026-09-09": {title: "Hotfix: send the receipt once", linked: true},
}

// attempts are days from which on the first attempt to deploy fails: nothing
// goes live and a second one follows.
var attempts = map[string]bool{
	"2025-10-16": true, "2025-12-04": true, "2026-01-27": true, "2026-03-10": true, "2026-05-20": true, "2026-06-17": true, "2026-08-12": true,
}

// redeploy is the day on which the same version goes out again, to pick up a
// renewed certificate.
const redeploy = "2026-06-03"

// outage has no change behind it: the card provider was down on a Sunday.
var outage = time.Date(2026, 6, 21, 5, 42, 10, 0, time.UTC)
