package dora

import (
	"fmt"
	"math"
	"math/big"
	"testing"
)

func TestMetrics_S1_PercentilesOfType7(t *testing.T) {
	t.Parallel()
	tests := []struct {
		values []int64
		p      float64
		want   float64
	}{
		{[]int64{1, 2, 3, 4}, 0.5, 2.5},
		{[]int64{1, 2, 3, 4}, 0.75, 3.25},
		{[]int64{1, 2, 3, 4}, 0.9, 3.7},
		{[]int64{7}, 0.9, 7},
		{[]int64{0, 0, 10}, 0.5, 0},
		{[]int64{1, 2, 3}, 1, 3},
		{[]int64{10, 20}, 0, 10},
	}
	for _, test := range tests {
		if got := percentile(test.values, test.p); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("percentile(%v, %v) = %v, want %v", test.values, test.p, got, test.want)
		}
	}
}

func TestMetrics_S3_RanksOfTheMedian(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n, low, high int
		ok           bool
	}{
		{1, 0, 2, false},
		{5, 0, 6, false},
		{6, 1, 6, true},
		{10, 2, 9, true},
		{15, 4, 12, true},
		{20, 6, 15, true},
		{50, 18, 33, true},
		{1000, 469, 532, true},
		{200000, 99562, 100439, true}, // 2^-n itself underflows here
	}
	for _, test := range tests {
		low, high, ok := medianRanks(test.n)
		if ok != test.ok || ok && (low != test.low || high != test.high) {
			t.Errorf("medianRanks(%d) = %d, %d, %v, want %d, %d, %v", test.n, low, high, ok, test.low, test.high, test.ok)
		}
	}
}

func TestMetrics_S3_RanksAreExact(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 300; n++ {
		// The largest k with 40 · (C(n,0) + … + C(n,k−1)) ≤ 2^n, in whole numbers.
		limit := new(big.Int).Lsh(big.NewInt(1), uint(n))
		k, tail := 0, new(big.Int)
		for {
			tail.Add(tail, new(big.Int).Binomial(int64(n), int64(k)))
			if new(big.Int).Mul(tail, big.NewInt(40)).Cmp(limit) > 0 {
				break
			}
			k++
		}
		if low, high, ok := medianRanks(n); low != k || high != n+1-k || ok != (k > 0) {
			t.Errorf("medianRanks(%d) = %d, %d, %v, want %d, %d, %v", n, low, high, ok, k, n+1-k, k > 0)
		}
	}
}

func TestMetrics_S3_WilsonTable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		k, n      int
		low, high string // percent, as metrics.md gives them
	}{
		{0, 6, "0.0", "39.0"},
		{1, 5, "3.6", "62.4"},
		{2, 5, "11.8", "76.9"},
		{4, 6, "30.0", "90.3"},
		{2, 20, "2.8", "30.1"},
		{0, 50, "0.0", "7.1"},
		{6, 6, "61.0", "100.0"},
	}
	for _, test := range tests {
		low, high := Wilson(test.k, test.n)
		if got := fmt.Sprintf("%.1f %.1f", 100*low.value, 100*high.value); got != test.low+" "+test.high {
			t.Errorf("Wilson(%d, %d) = %s %%, want %s %s %%", test.k, test.n, got, test.low, test.high)
		}
	}
	if low, high := Wilson(0, 0); low.known || high.known {
		t.Errorf("Wilson(0, 0) = %v, %v, want no values", low, high)
	}
}

func TestMetrics_C9_Globs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, path string
		want          bool
	}{
		{"pay/**", "pay/a/b.go", true},
		{"pay/**", "pay/b.go", true},
		{"pay/**", "payments/b.go", false},
		{"**/*.go", "b.go", true},
		{"**/*.go", "a/b/c.go", true},
		{"**/*.go", "a/b/c.md", false},
		{"a/**/z", "a/z", true},
		{"a/**/z", "a/b/c/z", true},
		{"a/**/z", "a/b/c/y", false},
		{"a/*/z", "a/b/c/z", false},
		{"a/?.go", "a/x.go", true},
		{"a/?.go", "a/xy.go", false},
		{"*", "a/b", false},
		{"**", "a/b", true},
		{"", "", true},
		{"a*b*c", "aXbYbZc", true},
	}
	for _, test := range tests {
		if got := matchPath(test.pattern, test.path); got != test.want {
			t.Errorf("matchPath(%q, %q) = %v, want %v", test.pattern, test.path, got, test.want)
		}
	}
}
