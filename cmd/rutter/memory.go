package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// garbage is how much room garbage may take before it is collected, as a
	// percentage of what is in use. A build ends before much has come together:
	// twice the usual room saves a tenth of its time.
	garbage = 200
	// roomy is the memory in bytes from which that is too generous. It is met on
	// sites of some thousand pages, and keeping to it takes no time that could
	// be measured, as long as it is enough times what is in use.
	roomy  = 300 << 20
	enough = 2
)

// boundMemory sets how much memory the program takes to go fast. What is said
// from outside, by GOGC and GOMEMLIMIT, counts more.
func boundMemory() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(garbage)
	var limit int64 = roomy
	debug.SetMemoryLimit(limit)
	// A program that needs more than the limit would do little but collect. So
	// after each collection the limit is held against what is in use.
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	type cycle struct{ _ *byte } // with a pointer: others share a place, and may never be let go of
	var watch func(*cycle)
	watch = func(*cycle) {
		metrics.Read(live)
		if n := max(roomy, enough*int64(live[0].Value.Uint64())); n != limit {
			limit = n
			debug.SetMemoryLimit(limit)
		}
		runtime.SetFinalizer(new(cycle), watch)
	}
	runtime.SetFinalizer(new(cycle), watch)
}
