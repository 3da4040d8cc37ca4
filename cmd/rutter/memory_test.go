package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestBoundMemory: the limit grows with what is in use, so that a large site is
// not all collecting. It is of the whole process, so nothing runs beside it.
func TestBoundMemory(t *testing.T) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		t.Skip("the environment says how much memory to use")
	}
	boundMemory() // for the tests that follow as well, whom it does no harm
	if got := debug.SetMemoryLimit(-1); got != roomy {
		t.Errorf("at the beginning the limit is %d, want %d", got, roomy)
	}
	used := make([]byte, roomy)
	for range 20 { // one collection finds the memory in use, and the limit is set beside the next
		runtime.GC()
		if debug.SetMemoryLimit(-1) > roomy {
			break
		}
	}
	if got, want := debug.SetMemoryLimit(-1), enough*int64(len(used)); got < want {
		t.Errorf("with %d bytes in use the limit is %d, want %d at least", len(used), got, want)
	}
	runtime.KeepAlive(used)
}
