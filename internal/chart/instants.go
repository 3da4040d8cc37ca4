package chart

import (
	"time"
)

// along is the place of an instant on an axis.
func along(t, from, to time.Time, wide float64) float64 {
	length := to.Sub(from).Seconds()
	if length <= 0 {
		return wide / 2
	}
	return float64(wide * min(max(t.Sub(from).Seconds()/length, 0), 1))
}

// instantAxis draws the foot of a plot that is as wide as the time from one
// instant to another, and leaves d.y below its dates.
func (d *drawing) instantAxis(from, to time.Time, wide float64) {
	ticks := instantTicks(from, to, wide)
	d.path("fig-axis")
	d.step('M', d.left, d.foot)
	d.step('h', wide)
	for _, t := range ticks {
		d.step('M', d.left+t.at, d.foot)
		d.step('v', 5)
	}
	d.done()
	d.y = d.foot + 18
	for _, t := range ticks {
		x := min(max(d.left+t.at, width(t.text, textSize)/2), d.width()-width(t.text, textSize)/2)
		d.text("fig-soft", x, d.y, middle, t.text)
		if t.year != "" {
			d.text("fig-text", x, d.y+lineStep-2, middle, t.year)
		}
	}
	d.y += lineStep - 2
}

// stride is a distance of labels on an axis of instants.
type stride struct {
	length time.Duration // about
	room   float64       // that a label needs
	format string
	under  string // written below, where it changes
	first  func(t time.Time) time.Time
	next   func(t time.Time) time.Time
}

// strides are the distances from the shortest to the longest.
func strides() (all []stride) {
	for _, n := range []int{1, 3, 6, 12} {
		all = append(all, stride{time.Duration(n) * time.Hour, 46, "15:04", "2 Jan",
			func(t time.Time) time.Time {
				return time.Date(t.Year(), t.Month(), t.Day(), (t.Hour()+n-1)/n*n, 0, 0, 0, t.Location())
			},
			func(t time.Time) time.Time {
				return time.Date(t.Year(), t.Month(), t.Day(), t.Hour()+n, 0, 0, 0, t.Location())
			}})
	}
	for _, n := range []int{1, 2, 7, 14} {
		all = append(all, stride{time.Duration(n) * 24 * time.Hour, dayLabel, "2 Jan", "2006",
			func(t time.Time) time.Time {
				day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
				for day.Before(t) || n >= 7 && day.Weekday() != time.Monday {
					day = day.AddDate(0, 0, 1)
				}
				return day
			},
			func(t time.Time) time.Time { return t.AddDate(0, 0, n) }})
	}
	for _, n := range []int{1, 2, 3, 6} {
		all = append(all, stride{time.Duration(n) * 30 * 24 * time.Hour, monthLabel, "Jan", "2006",
			func(t time.Time) time.Time {
				start := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
				for start.Before(t) || (int(start.Month())-1)%n != 0 {
					start = start.AddDate(0, 1, 0)
				}
				return start
			},
			func(t time.Time) time.Time { return t.AddDate(0, n, 0) }})
	}
	for _, n := range []int{1, 2, 5, 10, 20, 50} {
		all = append(all, stride{time.Duration(n) * 365 * 24 * time.Hour, 40, "2006", "",
			func(t time.Time) time.Time {
				start := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, t.Location())
				for start.Before(t) || start.Year()%n != 0 {
					start = start.AddDate(1, 0, 0)
				}
				return start
			},
			func(t time.Time) time.Time { return t.AddDate(n, 0, 0) }})
	}
	return all
}

// instantTicks labels the time from one instant to another with as many hours,
// days, months or years as there is room for.
func instantTicks(from, to time.Time, wide float64) []tick {
	stride, instants := instantsBetween(from, to, wide)
	ticks := make([]tick, len(instants))
	under := ""
	for i, t := range instants {
		ticks[i] = tick{at: along(t, from, to, wide), text: t.Format(stride.format)}
		if u := t.Format(stride.under); u != under {
			ticks[i].year, under = u, u
		}
	}
	return ticks
}

// instantsBetween are the instants that have a label, and how they are written.
func instantsBetween(from, to time.Time, wide float64) (stride, []time.Time) {
	if length := to.Sub(from); length > 0 {
		for _, s := range strides() {
			if wide*s.length.Seconds()/length.Seconds() < s.room {
				continue
			}
			var instants []time.Time
			for t := s.first(from); !t.After(to); t = s.next(t) {
				instants = append(instants, t)
			}
			if len(instants) > 0 {
				return s, instants
			}
		}
	}
	return stride{format: "2 Jan", under: "2006"}, []time.Time{from}
}
