package card

import "math"

// turn is the point of a circle after n of so many equal turns, clockwise from
// the top. It is rounded, since the last bits of sines differ between machines.
func turn(n, of int, r float64) (x, y float64) {
	sin, cos := math.Sincos(2 * math.Pi * float64(n) / float64(of))
	round := func(v float64) float64 { return math.Round(v*256) / 256 }
	return round(r * sin), round(-r * cos)
}
