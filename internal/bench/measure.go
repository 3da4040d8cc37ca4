package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"time"
)

// cost is what one run of a program took, its children included.
type cost struct {
	wall    time.Duration
	cpu     time.Duration // user and system
	memory  int64         // peak of resident bytes; 0 where the system does not say
	files   int           // in the output after the run
	changed int           // files of the output that the run made, changed or removed
	strange int           // of these, the ones that do not show the edit they follow
}

// measure runs a program to its end. What it prints is shown only where it
// fails.
func measure(ctx context.Context, argv []string) (cost, error) {
	settle()
	var said bytes.Buffer
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Stdout, c.Stderr = &said, &said
	start := time.Now()
	err := c.Run()
	wall := time.Since(start)
	if err != nil {
		return cost{}, fmt.Errorf("run %s: %w\n%s", argv[0], err, lastOf(said.Bytes()))
	}
	return cost{wall: wall, cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), memory: peak(c.ProcessState)}, nil
}

// settle lets the machine come to rest: what earlier runs wrote goes to the
// disk now and not while the next one is measured. Linux counts the peak of the
// process that starts another as the other's, so ours is made small first.
func settle() {
	exec.Command("sync").Run() // where there is none, runs are measured as they come
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // forgets the peak; Linux only
}

// lastOf is the end of what a program printed, where its error stands.
func lastOf(said []byte) []byte {
	return said[max(0, len(said)-4<<10):]
}

// say prints a line of progress.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, format+"\n", args...)
}
