package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// briefRow is a row of docs/brief.md: the page of the content, and the ids of what
// the site makes of it.
var (
	briefRow  = regexp.MustCompile(`(?m)^\| (.+?) \| \[[^\]]*\]\(\.\./content/([^)]+)\.md\) \| .+ \| (.*) \|$`)
	briefPart = regexp.MustCompile("`#([a-z-]+)`")
)

// Every row of the brief has its page, and the page the parts that make it real.
func TestBrief(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(repository(t), "docs", "brief.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil, "-o", "public")
	rows := briefRow.FindAllStringSubmatch(string(text), -1)
	if lines := strings.Count(string(text), "](../content/") - 2; len(rows) != lines {
		t.Errorf("%d of %d rows of docs/brief.md can be read", len(rows), lines)
	}
	for _, row := range rows {
		address := strings.TrimSuffix(row[2], "_index")
		html, err := os.ReadFile(filepath.Join(dir, "public", filepath.FromSlash(address), "index.html"))
		if err != nil {
			t.Errorf("%s: no page %s", row[1], row[2])
			continue
		}
		for _, part := range briefPart.FindAllStringSubmatch(row[3], -1) {
			if !bytes.Contains(html, []byte(`id="`+part[1]+`"`)) {
				t.Errorf("%s: %s has no part #%s", row[1], row[2], part[1])
			}
		}
	}
	for _, report := range []string{"raci", "hand-offs", "coverage", "ownership", "freshness", "evidence", "decisions"} {
		if _, err := os.Stat(filepath.Join(dir, "public", "reports", report, "index.html")); err != nil {
			t.Errorf("no report %s", report)
		}
	}
}

// The check finds in the example what the example means to show, and nothing else.
func TestKnownGaps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exampleSite(t, dir)
	c := command(dir, []string{"SOURCE_DATE_EPOCH=1795564800"}, "check") // 2026-11-25
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, &out, &errs)
	}
	testkit.Golden(t, "known-gaps.txt", out.Bytes())
}
