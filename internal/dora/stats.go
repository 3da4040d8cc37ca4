package dora

import "math"

// percentile is the value below which a share p of sorted values lies, by
// linear interpolation (metrics/S1: Hyndman and Fan's type 7, as SQL's
// PERCENTILE_CONT and numpy). It needs at least one value. The conversions keep
// processors from fusing a product with a sum, so that all round alike.
func percentile(sorted []int64, p float64) float64 {
	h := float64(float64(len(sorted)-1) * p)
	i := int(h)
	if i+1 >= len(sorted) {
		return float64(sorted[len(sorted)-1])
	}
	low, high := float64(sorted[i]), float64(sorted[i+1])
	return low + float64((h-float64(i))*(high-low))
}

// mean adds whole seconds before it divides, so the order does not matter.
func mean(values []int64) float64 {
	var sum int64
	for _, v := range values {
		sum += v
	}
	return float64(sum) / float64(len(values))
}

// medianRanks gives the 1-based ranks of the two order statistics that enclose
// the median with at least 95 % confidence, whatever the distribution
// (metrics/S3): the largest k with P(X < k) ≤ 2.5 % for X binomial with n and
// ½, and n+1−k. There are none below n = 6.
func medianRanks(n int) (low, high int, ok bool) {
	// Probabilities relative to the middle one: 2^-n itself would underflow.
	weights := make([]float64, n/2+1)
	weights[n/2] = 1
	for k := n / 2; k > 0; k-- {
		weights[k-1] = float64(weights[k]*float64(k)) / float64(n-k+1)
	}
	var sum float64
	for _, w := range weights {
		sum += w
	}
	total := 2 * sum
	if n%2 == 0 {
		total-- // the middle one stands on both sides
	}
	k, tail := 0, 0.0
	for tail += weights[k]; tail <= float64(0.025*total); tail += weights[k] {
		k++
	}
	return k, n + 1 - k, k > 0
}

// Wilson is the 95 % interval of a proportion of k in n (metrics/S3), 0 to 1.
// It does not exist for n = 0.
func Wilson(k, n int) (low, high Number) {
	if n == 0 {
		return Number{}, Number{}
	}
	const z = 1.959963984540054 // the 97.5 % quantile of the normal distribution
	const zz = z * z
	share, size := float64(k)/float64(n), float64(n)
	middle := share + zz/(2*size)
	inner := float64(share*(1-share))/size + zz/(4*size*size)
	reach := float64(z * math.Sqrt(inner))
	scale := 1 + zz/size
	return Num(max(0, (middle-reach)/scale)), Num(min(1, (middle+reach)/scale))
}
