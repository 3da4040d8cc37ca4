package chart

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// flagText is how many letters of a flag a tool tip shows; the list below the
// chart has them all.
const flagText = 120

// overPeriods finishes a figure over periods: what explains each of them, and what
// happened meanwhile.
func (s subject) overPeriods(f *Figure) {
	f.plot.rows = s.Rows
	linked := false
	links := make([]string, len(f.plot.slots))
	for i, sl := range f.plot.slots {
		if links[i] = f.plot.address(sl); links[i] != "" {
			linked = true
		}
	}
	if linked {
		f.Table.Links = links
	}
	if n := len(f.plot.slots); n > 0 {
		f.Flags = s.flagsIn(f.plot.slots[0].from, f.plot.slots[n-1].to)
	}
}

// address is where a slot is explained; "": nowhere.
func (p plot) address(s slot) string {
	if p.rows == "" || s.anchor == "" {
		return ""
	}
	return p.rows + "#" + s.anchor
}

// flagsIn are the flags of a half-open range, by time, in the zone of the
// figure.
func (s subject) flagsIn(from, to time.Time) []Flag {
	var in []Flag
	for _, f := range s.Options.Flags {
		if !f.At.Before(from) && f.At.Before(to) {
			f.At = f.At.In(s.Zone)
			in = append(in, f)
		}
	}
	slices.SortStableFunc(in, func(a, b Flag) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.N, b.N)) })
	return in
}

// flagsBySlot are the flags of each slot.
func (f *Figure) flagsBySlot() [][]Flag {
	by := make([][]Flag, len(f.plot.slots))
	for _, flag := range f.Flags {
		i := f.plot.slotAt(flag.At)
		by[i] = append(by[i], flag)
	}
	return by
}

// slotAt is the slot of an instant.
func (p plot) slotAt(at time.Time) int {
	i := 0
	for i < len(p.slots)-1 && !at.Before(p.slots[i].to) {
		i++
	}
	return i
}

// tip is a flag in one line.
func (f Flag) tip() string {
	text := f.Text
	if runes := []rune(text); len(runes) > flagText {
		text = strings.TrimSpace(string(runes[:flagText-1])) + "…"
	}
	return strconv.Itoa(f.N) + ": " + join(", ", f.At.Format("2 Jan 2006"), text)
}

// flagNumbers names several flags in a few letters: 3, 3–5, 3, 7, 3 … 12.
func flagNumbers(flags []Flag) string {
	first, last := flags[0].N, flags[len(flags)-1].N
	switch {
	case len(flags) == 1:
		return strconv.Itoa(first)
	case last-first == len(flags)-1:
		return strconv.Itoa(first) + "–" + strconv.Itoa(last)
	case len(flags) == 2:
		return strconv.Itoa(first) + ", " + strconv.Itoa(last)
	}
	return strconv.Itoa(first) + " … " + strconv.Itoa(last)
}

// Sizes of a pennant.
const (
	flagHeight = 15.0
	flagRoom   = flagHeight + 5 // what the flags add to a drawing
)

// pennant is one or more flags as drawn: the poles of all, the cloth at one of
// them.
type pennant struct {
	flags       []Flag
	poles       []float64
	left, right float64 // of the cloth
}

// fly places the cloth of p: to the right of its first pole, or to the left of
// its last where the drawing ends.
func (p *pennant) fly(room float64) {
	w := width(flagNumbers(p.flags), textSize) + 7
	p.left = p.poles[0]
	if p.right = p.left + w; p.right > room {
		p.right = p.poles[len(p.poles)-1]
		p.left = p.right - w
	}
}

// pennants puts flags together whose cloths would touch, and those of one slot.
func (d *drawing) pennants() []pennant {
	var hung []pennant
	slotOf := -1
	for _, f := range d.Flags {
		i, x := d.when(f.At)
		p := pennant{flags: []Flag{f}, poles: []float64{x}}
		p.fly(d.width() - 1)
		hung = append(hung, p)
		same := i == slotOf
		slotOf = i
		for n := len(hung); n > 1 && (same || hung[n-1].left < hung[n-2].right+2); n = len(hung) {
			same = false
			a, b := &hung[n-2], hung[n-1]
			a.flags, a.poles = append(a.flags, b.flags...), append(a.poles, b.poles...)
			a.fly(d.width() - 1)
			hung = hung[:n-1]
		}
	}
	return hung
}

// when is the slot of an instant, and its place on the time axis.
func (d *drawing) when(at time.Time) (i int, x float64) {
	i = d.plot.slotAt(at)
	s := d.plot.slots[i]
	part := 0.0
	if length := s.to.Sub(s.from); length > 0 {
		part = min(max(float64(at.Sub(s.from))/float64(length), 0), 1)
	}
	return i, d.left + float64((float64(i)+part)*d.slot)
}

// poles stand in the plot, behind its marks.
func (d *drawing) poles(hung []pennant) {
	if len(hung) == 0 {
		return
	}
	d.path("fig-pole")
	for _, p := range hung {
		for _, x := range p.poles {
			d.step('M', x, d.flagTop())
			d.step('V', d.foot)
		}
	}
	d.done()
}

// cloths draws the numbers, each with what it stands for as its tool tip.
func (d *drawing) cloths(hung []pennant) {
	for _, p := range hung {
		d.raw("<g>")
		d.raw("<title>")
		for i, f := range p.flags {
			if i > 0 {
				d.raw("\n")
			}
			d.data(f.tip())
		}
		d.raw("</title>")
		d.rect("fig-flag", p.left, d.flagTop(), p.right-p.left, flagHeight)
		d.text("fig-flag-text", (p.left+p.right)/2, d.flagTop()+flagHeight-3.5, middle, flagNumbers(p.flags))
		d.raw("</g>")
	}
}

// flagTop is the upper edge of the pennants, above the plot and the numbers of
// its columns.
func (d *drawing) flagTop() float64 { return d.top - 18 - flagHeight }
