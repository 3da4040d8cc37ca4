package chart_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// BenchmarkFourThousand draws 4,000 static charts of all kinds, as a site of
// 400 services has them, on all processors.
func BenchmarkFourThousand(b *testing.B) {
	s := service(weeks(26, busy()))
	changes := delivered(200, 180, &s)
	failures := failedOnes(12, 1, 180, &s)
	open := openOnes(12, s)
	o := chart.Options{ID: "f"}
	draw := []func() *chart.Figure{
		func() *chart.Figure { return chart.New(handbook.LeadTime, s, o) },
		func() *chart.Figure { return chart.New(handbook.DeploymentFrequency, s, o) },
		func() *chart.Figure { return chart.New(handbook.ChangeFailRate, s, o) },
		func() *chart.Figure { return chart.New(handbook.ReworkRate, s, o) },
		func() *chart.Figure { return chart.New(handbook.RecoveryTime, s, o) },
		func() *chart.Figure { return chart.StageStack(s, o) },
		func() *chart.Figure { return chart.Items(changes, s, o) },
		func() *chart.Figure { return chart.Recoveries(failures, s, o) },
		func() *chart.Figure { return chart.Ageing(open, s, o) },
		func() *chart.Figure { return chart.Multiples([]dora.ServiceReport{s, s}, handbook.LeadTime, o) },
	}
	b.ReportAllocs()
	for b.Loop() {
		var wg sync.WaitGroup
		workers := runtime.GOMAXPROCS(0)
		for w := range workers {
			wg.Go(func() {
				for i := w; i < 4000; i += workers {
					draw[i%len(draw)]().SVG()
				}
			})
		}
		wg.Wait()
	}
}
