package dora

import (
	"encoding/json"
	"math"
)

// Number is a value that may not exist. The zero Number does not: null in
// JSON, never 0.
type Number struct {
	value float64
	known bool
}

// Num returns a Number that exists.
func Num(v float64) Number { return Number{v, true} }

// Get returns the value, and whether there is one.
func (n Number) Get() (v float64, ok bool) { return n.value, n.known }

// rounded is the value as exports write it, with at most three decimals.
func (n Number) rounded() float64 { return math.Round(n.value*1000) / 1000 }

// MarshalJSON writes null, or the value with at most three decimals.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.known {
		return []byte("null"), nil
	}
	return json.Marshal(n.rounded())
}
