package chart

import (
	"math"
	"strconv"
)

// tick is a labelled place on an axis; at is in units of the drawing.
type tick struct {
	at   float64
	text string
	year string // below the text, where the year begins
}

// scale maps values to heights above the foot of the plot.
type scale struct {
	low, high float64
	log       bool
	flat      bool // every duration is under a minute: one line of marks
	height    float64
	ticks     []tick // at: height above the foot
	named     []mark // what the ticks of a logarithmic scale are of
}

// up is the height of v.
func (s scale) up(v float64) float64 {
	low, high := s.low, s.high
	if s.log {
		v, low, high = math.Log(s.drawn(v)), math.Log(low), math.Log(high)
	}
	return float64(s.height * (v - low) / (high - low))
}

// drawn is where on a logarithmic scale a duration stands: what is below the
// scale on its foot, what is under a minute on a flat scale at the one mark.
func (s scale) drawn(v float64) float64 {
	if s.flat {
		return minute
	}
	return math.Max(v, s.low)
}

// countScale begins at 0 and has integer ticks, at most six of them.
func countScale(most, height float64) scale {
	step := 1.0
	for i := 0; most > 5*step; i++ { // 1, 2, 5, 10, 20, 50 …
		if i%3 == 1 {
			step *= 2.5
		} else {
			step *= 2
		}
	}
	s := scale{high: math.Max(1, math.Ceil(most/step)) * step, height: height}
	for v := 0.0; v <= s.high; v += step {
		s.ticks = append(s.ticks, tick{at: s.up(v), text: grouped(v)})
	}
	return s
}

// shareScale is that of a part of 1. It ends below 1 where that shows more.
func shareScale(most, height float64) scale {
	steps := []struct{ high, step float64 }{{5, 1}, {10, 2}, {20, 5}, {30, 10}, {50, 10}, {100, 20}} // per cent
	i := 0
	for i < len(steps)-1 && most*100 > steps[i].high {
		i++
	}
	s := scale{high: steps[i].high / 100, height: height}
	for v := 0.0; v <= steps[i].high; v += steps[i].step {
		s.ticks = append(s.ticks, tick{at: s.up(v / 100), text: percent(v / 100)})
	}
	return s
}

// mark is a duration that people have a word for.
type mark struct {
	seconds float64
	text    string
	coarse  bool
}

var marks = [...]mark{
	{minute, "1 min", true}, {2 * minute, "2 min", false}, {5 * minute, "5 min", false},
	{10 * minute, "10 min", true}, {20 * minute, "20 min", false}, {30 * minute, "30 min", false},
	{hour, "1 h", true}, {2 * hour, "2 h", false}, {4 * hour, "4 h", false}, {8 * hour, "8 h", false},
	{day, "1 d", true}, {2 * day, "2 d", false}, {4 * day, "4 d", false},
	{week, "1 w", true}, {2 * week, "2 w", false},
	{month, "1 mo", true}, {2 * month, "2 mo", false}, {4 * month, "4 mo", false},
	{year, "1 y", true}, {2 * year, "2 y", false}, {5 * year, "5 y", false},
	{10 * year, "10 y", true}, {20 * year, "20 y", false}, {100 * year, "100 y", true},
}

// flatHeight is that of a plot in which all marks stand on one line.
const flatHeight = 72

// durationScale reaches from the last mark below least to the first above most
// and labels the coarse marks; the fine ones too where those are too few. What
// took seconds only, such as the merges of a repository that merges at once,
// has no spread worth an axis: its scale is flat.
func durationScale(least, most, height float64) scale {
	if most < underMinute {
		s := scale{low: minute / 2, high: 2 * minute, log: true, flat: true, height: math.Min(height, flatHeight)}
		s.named = []mark{{minute, "< 1 min", true}}
		s.ticks = []tick{{at: s.up(minute), text: s.named[0].text}}
		return s
	}
	from, to := 0, len(marks)-1
	for from+1 < len(marks) && marks[from+1].seconds <= least {
		from++
	}
	for to > 0 && marks[to-1].seconds >= most {
		to--
	}
	if to <= from { // one value that is a mark itself
		from, to = max(0, from-1), min(len(marks)-1, from+1)
	}
	s := scale{low: marks[from].seconds, high: marks[to].seconds, log: true, height: height}
	s.named = s.marks()
	for i, m := range s.named {
		if m.seconds == s.low && least < s.low { // only below a minute
			s.named[i].text = "≤ " + m.text
		}
		s.ticks = append(s.ticks, tick{at: s.up(m.seconds), text: s.named[i].text})
	}
	return s
}

// marks are the labelled durations of a logarithmic scale.
func (s scale) marks() []mark {
	var all, coarse []mark
	for _, m := range marks {
		if m.seconds < s.low || m.seconds > s.high {
			continue
		}
		all = append(all, m)
		if m.coarse {
			coarse = append(coarse, m)
		}
	}
	if len(coarse) >= 3 {
		return coarse
	}
	return all
}

// dayLabel and monthLabel are the widths that labels of the horizontal axis
// need in the drawing, with some air.
const (
	dayLabel   = 50.0
	monthLabel = 32.0
)

// timeTicks labels the slots, each wide units wide: the days where there is
// room for them all, else the months, as many as fit, with the year where it
// changes.
func timeTicks(slots []slot, period string, wide float64) []tick {
	var ticks []tick
	year := 0
	add := func(i int, text string) {
		t := tick{at: (float64(i) + 0.5) * wide, text: text}
		if y := slots[i].from.Year(); y != year {
			t.year, year = strconv.Itoa(y), y
		}
		ticks = append(ticks, t)
	}
	if period == "week" && wide >= dayLabel {
		for i, s := range slots {
			add(i, s.from.Format("2 Jan"))
		}
		return ticks
	}
	starts := monthStarts(slots)
	for _, every := range []int{1, 2, 3, 6, 12, 24, 60, 120} { // months
		chosen := starts[:0:0]
		for _, i := range starts {
			if (12*slots[i].from.Year()+int(slots[i].from.Month())-1)%every == 0 {
				chosen = append(chosen, i)
			}
		}
		if !spaced(chosen, wide) {
			continue
		}
		for _, i := range chosen {
			add(i, slots[i].from.Format("Jan"))
		}
		break
	}
	if len(ticks) == 0 && len(slots) > 0 { // a few weeks of one month
		add(0, slots[0].from.Format("2 Jan"))
	}
	return ticks
}

// monthStarts are the slots with which a month begins. A first slot in the
// midst of a month is none: its label would stand in the way of the next.
func monthStarts(slots []slot) []int {
	var starts []int
	for i, s := range slots {
		switch {
		case i > 0 && s.from.Month() != slots[i-1].from.Month(), i == 0 && s.from.Day() <= 7:
			starts = append(starts, i)
		}
	}
	return starts
}

// spaced reports whether labels at these slots leave each other room.
func spaced(at []int, wide float64) bool {
	for i := 1; i < len(at); i++ {
		if float64(at[i]-at[i-1])*wide < monthLabel {
			return false
		}
	}
	return true
}
