// Command sampledata writes a year of deliveries of a team that does not exist,
// in the interchange format of metrics.md. The example site shows it, marked as
// sample data.
//
//	go generate ./cmd/sampledata     content/services/checkout.ndjson
//
// The year is a story (story.go) that a seeded generator fills with changes,
// deployments and incidents; it asks no clock, so that every run writes the
// same bytes.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"

	"github.com/rutter-dev/rutter/internal/events"
)

//go:generate go run . -o ../../content/services/checkout.ndjson

func main() {
	name := flag.String("o", "checkout.ndjson", "file to write")
	flag.Parse()
	if err := run(*name); err != nil {
		fmt.Fprintln(os.Stderr, "sampledata:", err)
		os.Exit(1)
	}
}

func run(name string) error {
	var b bytes.Buffer
	if err := events.Write(&b, year()); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
