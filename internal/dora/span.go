package dora

import "time"

// span is a half-open interval of time.
type span struct{ from, to time.Time }

func (s span) empty() bool { return !s.from.Before(s.to) }

func (s span) has(t time.Time) bool { return !t.Before(s.from) && t.Before(s.to) }

// covers reports whether o lies wholly inside s.
func (s span) covers(o span) bool { return !o.from.Before(s.from) && !o.to.After(s.to) }

// And is the part that both share.
func (s span) and(o span) span { return span{later(s.from, o.from), earlier(s.to, o.to)} }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// first is the earlier one of two instants, of which either may be unknown.
func first(a, b time.Time) time.Time {
	switch {
	case a.IsZero():
		return b
	case b.IsZero():
		return a
	}
	return earlier(a, b)
}

// known is a, or b where a is unknown.
func known(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// seconds is the elapsed time from a to b, which may be negative. Unlike
// time.Duration it does not overflow when a date is centuries off.
func seconds(a, b time.Time) int64 { return b.Unix() - a.Unix() }
