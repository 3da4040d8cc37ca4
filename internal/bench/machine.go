package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// machine is what figures depend on besides the programs.
type machine struct {
	cpus             int
	cpu, memory      string
	kernel, fs       string // like the two above "unknown" where the system does not say as Linux does
	platform, golang string
}

// thisMachine describes the machine, and the file system that dir is on.
func thisMachine(dir string) machine {
	return machine{
		cpus:     runtime.NumCPU(),
		cpu:      cmp.Or(field("/proc/cpuinfo", "model name"), "unknown"),
		memory:   cmp.Or(gigabytes(field("/proc/meminfo", "MemTotal")), "unknown"),
		kernel:   cmp.Or(content("/proc/sys/kernel/osrelease"), "unknown"),
		fs:       cmp.Or(fileSystem(content("/proc/self/mounts"), dir), "unknown"),
		platform: runtime.GOOS + "/" + runtime.GOARCH,
		golang:   runtime.Version(),
	}
}

func (m machine) String() string {
	return fmt.Sprintf("%d × %s, %s of memory, %s, kernel %s, file system %s, %s", m.cpus, m.cpu, m.memory, m.platform, m.kernel, m.fs, m.golang)
}

// content is the text of a small file, empty where it cannot be read.
func content(name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(data))
}

// field is the first value of a key in a file of "key: value" lines.
func field(name, key string) string {
	for lines := bufio.NewScanner(strings.NewReader(content(name))); lines.Scan(); {
		if k, v, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// gigabytes puts "24684096 kB", where kB are 1,024 bytes, in a form to read.
func gigabytes(s string) string {
	number, unit, _ := strings.Cut(s, " ")
	kib, err := strconv.ParseInt(number, 10, 64)
	if err != nil || unit != "kB" {
		return s
	}
	return fmt.Sprintf("%.1f GB", float64(kib<<10)/1e9)
}

// fileSystem is the type of the mount that dir is below, given the system's
// table of mounts: of those above it, the one with the longest path, and of
// equal ones the last.
func fileSystem(mounts, dir string) (kind string) {
	longest := -1
	for line := range strings.Lines(mounts) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		at := strings.TrimSuffix(f[1], "/")
		if (dir == at || strings.HasPrefix(dir, at+"/")) && len(at) >= longest {
			longest, kind = len(at), f[2]
		}
	}
	return kind
}
