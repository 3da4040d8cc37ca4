// Command sampledata writes deliveries of teams that do not exist, in the
// interchange format of metrics.md. The example site shows them, marked as
// sample data.
//
//	go generate ./cmd/sampledata     content/services/checkout.ndjson, search.ndjson, notify.ndjson
//
// Each team has a story (checkout.go, search.go, notify.go) that a seeded
// generator fills with changes, deployments and incidents; it asks no clock, so
// that every run writes the same bytes.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rutter-dev/rutter/internal/events"
)

//go:generate go run . -o ../../content/services

func main() {
	dir := flag.String("o", ".", "folder to write to")
	flag.Parse()
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "sampledata:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	for _, s := range []story{checkout, search, notify} {
		var b bytes.Buffer
		if err := events.Write(&b, s.tell()); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, s.name+".ndjson"), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
