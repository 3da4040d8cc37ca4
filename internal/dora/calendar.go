package dora

import (
	"fmt"
	"time"
)

// calendar cuts time into weeks, months and days of one zone (metrics/T1). A
// day begins at its first instant, so a week with a change to or from summer
// time has 167 or 169 hours.
type calendar struct{ zone *time.Location }

// slot is a week or month with its name, such as 2026-W12 or 2026-03.
type slot struct {
	span
	name string
}

// slots lists the periods that r touches, in order.
func (c calendar) slots(r span, by By) []slot {
	if r.empty() {
		return nil
	}
	y, m, d := r.from.In(c.zone).Date()
	step := func() { m++ }
	if by == Month {
		d = 1
	} else {
		d -= (int(r.from.In(c.zone).Weekday()) + 6) % 7 // back to Monday
		step = func() { d += 7 }
	}
	var list []slot
	for from := c.dayStart(y, m, d); from.Before(r.to); {
		// Named at noon of a date without zone: the first instant of a day is
		// not always on its date's clock.
		date := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
		name := date.Format("2006-01")
		if by != Month {
			year, week := date.ISOWeek()
			name = fmt.Sprintf("%04d-W%02d", year, week)
		}
		step()
		to := c.dayStart(y, m, d)
		list = append(list, slot{span{from, to}, name})
		from = to
	}
	return list
}

// dayStart is the first instant of a date, in UTC. Where the clocks jump over
// midnight that is the instant of the jump; where midnight comes twice, the
// earlier one.
func (c calendar) dayStart(year int, month time.Month, day int) time.Time {
	want := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	t := time.Date(year, month, day, 0, 0, 0, 0, c.zone)
	begin, end := t.ZoneBounds()
	if y, m, d := t.Date(); time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Before(want) {
		return end.UTC()
	}
	if !begin.IsZero() {
		_, before := begin.Add(-time.Second).In(c.zone).Zone()
		_, after := t.Zone()
		if twin := t.Add(time.Duration(after-before) * time.Second); before > after && twin.Before(begin) {
			return twin.UTC()
		}
	}
	return t.UTC()
}

// day numbers the date of an instant, for counting distinct days.
func (c calendar) day(t time.Time) int64 {
	y, m, d := t.In(c.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// days is the number of dates in a span that begins and ends at midnight.
func (c calendar) days(s span) int64 { return c.day(s.to) - c.day(s.from) }
