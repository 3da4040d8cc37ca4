package chart

import (
	"math"
	"strings"
	"testing"
)

func texts(ticks []tick) string {
	var t []string
	for _, k := range ticks {
		t = append(t, k.text)
	}
	return strings.Join(t, " ")
}

func TestCountScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		most float64
		want string
	}{
		{0, "0 1"},
		{1, "0 1"},
		{2, "0 1 2"},
		{5, "0 1 2 3 4 5"},
		{6, "0 2 4 6"},
		{7, "0 2 4 6 8"},
		{11, "0 5 10 15"},
		{26, "0 10 20 30"},
		{99, "0 20 40 60 80 100"},
		{143, "0 50 100 150"},
		{1204, "0 500 1,000 1,500"},
		{99999, "0 20,000 40,000 60,000 80,000 100,000"},
	} {
		s := countScale(c.most, 200)
		if got := texts(s.ticks); got != c.want {
			t.Errorf("ticks up to %v: got %q, want %q", c.most, got, c.want)
		}
		if up := s.up(c.most); up < 0 || up > 200 {
			t.Errorf("%v stands at %v, outside the plot of 200", c.most, up)
		}
	}
}

func TestDurationScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		least, most float64
		want        string
	}{
		{"hours to weeks", 3 * hour, 3 * week, "1 d 1 w 1 mo"},
		{"within days", 2.3 * day, 6 * day, "2 d 4 d 1 w"},
		{"one value on a mark", day, day, "8 h 1 d 2 d"},
		{"one value between marks", 3 * day, 3 * day, "2 d 4 d"},
		{"zero is drawn on the foot", 0, 2 * day, "≤ 1 min 10 min 1 h 1 d"},
		{"seconds to a year", 20, 400 * day, "≤ 1 min 10 min 1 h 1 d 1 w 1 mo 1 y"},
		{"all zero", 0, 0, "< 1 min"},
		{"all under a minute", 2, 59, "< 1 min"},
		{"one reaches a minute", 2, 60, "≤ 1 min 2 min"},
		{"centuries", 90 * year, 900 * year, "20 y 100 y"},
	} {
		s := durationScale(c.least, c.most, 200)
		if c.name == "hours to weeks" && s.low != 2*hour {
			t.Errorf("%s: the scale begins at %v s, want 2 h", c.name, s.low)
		}
		if got := texts(s.ticks); got != c.want {
			t.Errorf("%s (%v to %v s): got %q, want %q", c.name, c.least, c.most, got, c.want)
		}
		for _, v := range []float64{c.least, min(c.most, 100*year)} {
			if up := s.up(v); math.IsNaN(up) || up < -.001 || up > 200.001 {
				t.Errorf("%s: %v s stands at %v, outside the plot of 200", c.name, v, up)
			}
		}
	}
}

func TestPenNumbers(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0", 12: "12", 12.34: "12.3", -0.01: "0", 100: "100", -3.25: "-3.2", 0.96: "1"} {
		var p pen
		p.num(v)
		if got := string(p.b); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

func TestShareScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		most float64
		want string
	}{
		{0, "0 % 1 % 2 % 3 % 4 % 5 %"},
		{.07, "0 % 2 % 4 % 6 % 8 % 10 %"},
		{.2, "0 % 5 % 10 % 15 % 20 %"},
		{.3, "0 % 10 % 20 % 30 %"},
		{.31, "0 % 10 % 20 % 30 % 40 % 50 %"},
		{.51, "0 % 20 % 40 % 60 % 80 % 100 %"},
		{1, "0 % 20 % 40 % 60 % 80 % 100 %"},
	} {
		s := shareScale(c.most, 200)
		if got := texts(s.ticks); got != c.want {
			t.Errorf("ticks up to %v: got %q, want %q", c.most, got, c.want)
		}
		if up := s.up(c.most); up < 0 || up > 200 {
			t.Errorf("%v stands at %v, outside the plot of 200", c.most, up)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0 %", 1e-18: "0 %", .0001: "< 0.1 %", .004: "0.4 %", .00949: "0.9 %", .0099: "1 %", 4. / 57: "7 %", .5: "50 %", .994: "99.4 %", .9996: "> 99.9 %", 1: "100 %"} {
		if got := percent(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

func TestRanged(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"12 h", "31 h", "12–31 h"}, {"50 min", "2 h", "50 min – 2 h"}, {"3 %", "17 %", "3–17 %"}, {"5", "8", "5–8"}, {"2 h", "2 h", "2 h"}, {"< 0.1 %", "2 %", "< 0.1 % – 2 %"}} {
		if got := ranged(c[0], c[1]); got != c[2] {
			t.Errorf("%q to %q: got %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// Quantiles are those of metrics/S1.
func TestMetrics_S1_Quantile(t *testing.T) {
	t.Parallel()
	for p, want := range map[float64]float64{0: 1, .5: 2.5, .75: 3.25, .9: 3.7, 1: 4} {
		if got := quantile([]float64{1, 2, 3, 4}, p); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %v of 1 2 3 4 is %v, want %v", p, got, want)
		}
	}
	if got := quantile([]float64{7}, .1); got != 7 {
		t.Errorf("quantile of one value is %v, want it", got)
	}
}
