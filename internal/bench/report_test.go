package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// costs are rounds of the given CPU seconds, at half that on the wall.
func costs(megabytes int64, changed int, seconds ...float64) []cost {
	var all []cost
	for _, s := range seconds {
		all = append(all, cost{cpu: time.Duration(s * 1e9), wall: time.Duration(s * 1e9 / 2), memory: megabytes * 1e6, changed: changed})
	}
	return all
}

// figures are those of a run that meets some targets and misses others.
func figures() report {
	small := size{
		pages: 1000, cold: costs(90, 1020, 2, 2.2, 1.8), floor: costs(20, 1000, 1, 1, 1), hugo: costs(200, 1011, 4, 4, 4),
		nothing: costs(30, 0, 0.1, 0.1, 0.1), body: costs(30, 1, 0.1, 0.1, 0.1), title: costs(30, 40, 0.2, 0.2, 0.2),
	}
	large := size{
		pages: 10000, cold: costs(300, 10108, 15, 16), floor: costs(20, 10000, 10, 10), hugo: nil,
		nothing: costs(60, 0, 0.48, 0.48), body: costs(60, 1, 3.1, 3.1), title: costs(60, 60, 4, 4), stale: 2,
	}
	large.title[0].changed, large.title[0].strange = 30, 1
	ms := func(n ...int) []time.Duration {
		var all []time.Duration
		for _, n := range n {
			all = append(all, time.Duration(n)*time.Millisecond)
		}
		return all
	}
	return report{
		date:    time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		machine: machine{cpus: 2, cpu: "Chip", memory: "4.0 GB", kernel: "6.1", fs: "ext4", platform: "linux/amd64", golang: "go1.26.0"},
		programs: contenders{
			rutter: program{name: "Rutter", version: "0123456789ab"}, floor: program{name: "floor", version: "goldmark v1"},
			hugo: program{name: "Hugo", version: "v0.165.0", missing: "no network"},
		},
		sizes:   []size{small, large},
		preview: preview{pages: 10000, ready: 2500 * time.Millisecond, body: ms(20, 60, 30), title: ms(151, 90), late: 1, memory: 250e6},
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	want := strings.TrimPrefix(`
1,000 pages: cold CPU / floor | 2.00 × | ≤ 1.50 × | **no**
1,000 pages: cold CPU / Hugo | 0.500 × | ≤ 0.500 × | yes
1,000 pages: cold, memory | 90.0 MB | ≤ 100 MB | yes
1,000 pages: cold, memory / Hugo | 0.450 × | ≤ 0.250 × | **no**
1,000 pages: nothing changed / cold, wall | 0.050 × |  | 
1,000 pages: nothing changed / cold, CPU | 0.050 × |  | 
1,000 pages: first edit after a cold build / cold, wall |  |  | not run
1,000 pages: one body edit / cold, wall | 0.050 × |  | 
1,000 pages: one body edit / cold, CPU | 0.050 × |  | 
1,000 pages: one title edit / cold, wall | 0.100 × |  | 
1,000 pages: files changed with nothing changed | 0 | ≤ 0 | yes
1,000 pages: files changed that do not show the edit | 0 | ≤ 0 | yes
1,000 pages: files unlike a clean build after the edits | 0 | ≤ 0 | yes
10,000 pages: cold CPU / floor | 1.55 × | ≤ 1.50 × | **no**
10,000 pages: cold CPU / Hugo |  | ≤ 0.450 × | not run
10,000 pages: cold, memory | 300 MB | ≤ 350 MB | yes
10,000 pages: cold, memory / Hugo |  | ≤ 0.150 × | not run
10,000 pages: nothing changed / cold, wall | 0.031 × | ≤ 0.060 × | yes
10,000 pages: nothing changed / cold, CPU | 0.031 × | ≤ 0.060 × | yes
10,000 pages: first edit after a cold build / cold, wall |  |  | not run
10,000 pages: one body edit / cold, wall | 0.200 × | ≤ 0.100 × | **no**
10,000 pages: one body edit / cold, CPU | 0.200 × | ≤ 0.100 × | **no**
10,000 pages: one title edit / cold, wall | 0.258 × |  | 
10,000 pages: files changed with nothing changed | 0 | ≤ 0 | yes
10,000 pages: files changed that do not show the edit | 1 | ≤ 0 | **no**
10,000 pages: files unlike a clean build after the edits | 2 | ≤ 0 | **no**
cold, 10,000 pages / 1,000 pages, wall | 7.75 × | ≤ 10.5 × | yes
cold, 10,000 pages / 1,000 pages, CPU | 7.75 × | ≤ 10.5 × | yes
preview of 10,000 pages: body edit, p95 | 60.0 ms | ≤ 60.0 ms | yes
preview of 10,000 pages: title edit, p95 | 151 ms | ≤ 150 ms | **no**
preview of 10,000 pages: title edits that were on one page before another | 1 | ≤ 0 | **no**
`, "\n")
	var got strings.Builder
	for _, row := range figures().targetRows() {
		got.WriteString(strings.Join(row, " | ") + "\n")
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	got := figures().markdown()
	for _, want := range []string{
		"Measured on 2026-03-04.\n\n- Machine: 2 × Chip, 4.0 GB of memory, linux/amd64, kernel 6.1, file system ext4, go1.26.0\n",
		"- Hugo: v0.165.0, not run: no network\n\n### Targets\n\n| What | Value | Target | Met |\n| --- | --: | --: | --- |\n",
		`
### 10,000 pages

Medians of 2 rounds.

| Run | Wall, s | CPU, s | Spread of CPU | Memory, MB | Files changed |
| --- | --: | --: | --: | --: | --: |
| Rutter, cold | 7.75 | 15.5 | 6 % | 300 | 10,108 |
| Floor | 5.00 | 10.0 | 0 % | 20 | 10,000 |
| Hugo, one-line layout | not run |  |  |  |  |
| Rutter, nothing changed | 0.240 | 0.480 | 0 % | 60 | 0 |
| Rutter, the first edit after a cold build | not run |  |  |  |  |
| Rutter, one body edit | 1.55 | 3.10 | 0 % | 60 | 1 |
| Rutter, one title edit | 2.00 | 4.00 | 0 % | 60 | 30–60 |
`,
		`
### Preview of 10,000 pages

Ready 2.5 s after its start; at most 250 MB of memory.

| From save to new bytes | Edits | p50, ms | p95, ms | Longest, ms |
| --- | --: | --: | --: | --: |
| Body | 3 | 30.0 | 60.0 | 60.0 |
| Title, on three pages | 2 | 90.0 | 151 | 151 |
`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the document lacks:\n%s\ngot:\n%s", want, got)
		}
	}
}

func TestReportWithoutServe(t *testing.T) {
	t.Parallel()
	r := figures()
	r.preview = preview{}
	if got := r.markdown(); strings.Contains(strings.ToLower(got), "preview") {
		t.Errorf("the document speaks of a preview that was left out:\n%s", got)
	}
}

func TestFigure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    float64
		want string
	}{{0, "0.00"}, {0.0614, "0.061"}, {1.234, "1.23"}, {12.34, "12.3"}, {123.5, "124"}, {12345, "12,345"}, {1234567, "1,234,567"}} {
		if got := figure(c.v); got != c.want {
			t.Errorf("figure(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestReplaceGenerated(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "performance.md")
	put := func(doc string) {
		if err := os.WriteFile(name, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("# Title\n\nBy hand.\n\n" + begin + end + "\nAfter.\n")
	for _, text := range []string{"first\n", "second\n"} {
		if err := replaceGenerated(name, text); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := "# Title\n\nBy hand.\n\n" + begin + "\n" + text + "\n" + end + "\nAfter.\n"
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("after writing %q (-want +got):\n%s", text, diff)
		}
	}
	put("# Title\n" + begin)
	if err := replaceGenerated(name, "text"); err == nil {
		t.Error("no error for a document without the second line")
	}
}

func TestDocumentHasAPlace(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(name, doc, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replaceGenerated(name, "text\n"); err != nil {
		t.Error(err)
	}
}
