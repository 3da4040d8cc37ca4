package main

import (
	"cmp"
	"math"
	"slices"
)

// number is what medians are taken of.
type number interface{ ~int | ~int64 | ~float64 }

// median is the value in the middle, of an even count the mean of the two.
// values is not empty.
func median[T number](values []T) T {
	s := slices.Sorted(slices.Values(values))
	half := len(s) / 2
	if len(s)%2 == 1 {
		return s[half]
	}
	return s[half-1] + (s[half]-s[half-1])/2
}

// quantile is the least value that at least the share q of all is not above,
// for 0 < q <= 1. values is not empty.
func quantile[T cmp.Ordered](values []T, q float64) T {
	s := slices.Sorted(slices.Values(values))
	// A share such as 0.95 of 20 must not become 20 by the last bit of a float.
	rank := int(math.Ceil(q*float64(len(s)) - 1e-9))
	return s[max(rank, 1)-1]
}

// of is one figure of every round.
func of[T any](costs []cost, get func(cost) T) []T {
	var all []T
	for _, c := range costs {
		all = append(all, get(c))
	}
	return all
}

// seconds of CPU and of wall clock, and MB of memory, are medians over rounds.
func cpuSeconds(costs []cost) float64 {
	return median(of(costs, func(c cost) float64 { return c.cpu.Seconds() }))
}

func wallSeconds(costs []cost) float64 {
	return median(of(costs, func(c cost) float64 { return c.wall.Seconds() }))
}

func megabytes(costs []cost) float64 {
	return median(of(costs, func(c cost) float64 { return float64(c.memory) / 1e6 }))
}

// spread is how far apart the rounds' CPU seconds lie, as a share of their
// median: what a ratio of less than that is worth.
func spread(costs []cost) float64 {
	all := of(costs, func(c cost) float64 { return c.cpu.Seconds() })
	return (slices.Max(all) - slices.Min(all)) / median(all)
}
