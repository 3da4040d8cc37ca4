package main

import (
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{7}, 7},
		{[]float64{9, 1}, 5},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 100, 1, 2}, 3},
	} {
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	upTo := func(n int) []int {
		var all []int
		for i := range n {
			all = append(all, n-i) // n, n-1, … 1
		}
		return all
	}
	for _, c := range []struct {
		n    int
		q    float64
		want int
	}{
		{1, 0.95, 1}, {20, 0.95, 19}, {40, 0.95, 38}, {41, 0.95, 39}, {40, 0.5, 20}, {3, 0.5, 2}, {10, 1, 10},
	} {
		if got := quantile(upTo(c.n), c.q); got != c.want {
			t.Errorf("quantile(1…%d, %v) = %d, want %d", c.n, c.q, got, c.want)
		}
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	costs := []cost{{cpu: 9 * time.Second}, {cpu: 10 * time.Second}, {cpu: 12 * time.Second}}
	if got, want := spread(costs), 0.3; got != want {
		t.Errorf("spread = %v, want %v", got, want)
	}
}
