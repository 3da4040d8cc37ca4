package main

import "time"

// The team works from 8 to 17 UTC on weekdays. Durations of work count only
// those hours, so that a change begun on Friday afternoon waits for Monday.
const (
	opens  = 8
	closes = 17
)

// closed are the weekdays on which nobody works: the week of Christmas, New
// Year and a few public holidays.
var closed = map[string]bool{
	"2025-12-22": true, "2025-12-23": true, "2025-12-24": true, "2025-12-25": true, "2025-12-26": true,
	"2025-12-31": true, "2026-01-01": true, "2026-04-03": true, "2026-04-06": true, "2026-05-01": true,
}

func works(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !closed[day.Format(time.DateOnly)]
}

// clock is an hour of the day of t.
func clock(t time.Time, hour int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), hour, 0, 0, 0, time.UTC)
}

// after is t and then so much work.
func after(t time.Time, work time.Duration) time.Time {
	for {
		if !works(t) || !t.Before(clock(t, closes)) {
			t = clock(t.AddDate(0, 0, 1), opens)
			continue
		}
		if t.Before(clock(t, opens)) {
			t = clock(t, opens)
		}
		if left := clock(t, closes).Sub(t); work >= left {
			work -= left
			t = clock(t.AddDate(0, 0, 1), opens)
			continue
		}
		return t.Add(work)
	}
}
