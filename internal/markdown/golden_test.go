package markdown

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestParse_golden shows what becomes of each syntax: testdata/NAME.md as
// NAME.txt, with the slots in brackets.
func TestParse_golden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("golden files: %v, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b, l := parse(string(src), Options{Metrics: true, Wiki: name == "wiki"})
			mustCheck(t, string(src), b)
			testkit.Golden(t, name+".txt", dump(t, b, l))
		})
	}
}

// dump shows a body and its findings to people.
func dump(t *testing.T, b handbook.Body, l diag.List) []byte {
	t.Helper()
	var out strings.Builder
	at := 0
	for _, s := range b.Slots {
		out.Write(b.HTML[at:s.At])
		at = s.At
		switch s.Kind {
		case handbook.SlotLinkOpen:
			fmt.Fprintf(&out, "[link %d:", s.Index)
		case handbook.SlotLinkClose:
			out.WriteString("]")
		case handbook.SlotImage:
			fmt.Fprintf(&out, "[image %d]", s.Index)
		case handbook.SlotFigure:
			fmt.Fprintf(&out, "[figure %d]", s.Index)
		case handbook.SlotValue:
			fmt.Fprintf(&out, "[value %d]", s.Index)
		}
	}
	out.Write(b.HTML[at:])
	out.WriteString("\n")
	if b.TitleEnd > 0 {
		fmt.Fprintf(&out, "title: %s", b.HTML[b.TitleStart:b.TitleEnd])
	}
	fmt.Fprintf(&out, "summary: %s\nwords: %d\n", b.Summary, b.Words)
	if len(b.Anchors) > 0 {
		fmt.Fprintf(&out, "anchors: %s\n", strings.Join(b.Anchors, " "))
	}
	for _, h := range b.Headings {
		fmt.Fprintf(&out, "heading %s: h%d #%s %q %s\n", h.Pos, h.Level, h.ID, h.Text, h.HTML)
	}
	for i, k := range b.Links {
		fmt.Fprintf(&out, "link %d %s: %s %q", i, k.Pos, []string{"text", "image", "media"}[k.Kind], k.Dest)
		if k.Title != "" {
			fmt.Fprintf(&out, " title %q", k.Title)
		}
		fmt.Fprintf(&out, " says %q", k.Text)
		if k.Wiki {
			out.WriteString(" by name")
		}
		if k.Inside {
			out.WriteString(" inside a link")
		}
		if k.Width+k.Height > 0 {
			fmt.Fprintf(&out, " %dx%d", k.Width, k.Height)
		}
		out.WriteString("\n")
	}
	for i, m := range b.Metrics {
		last := ""
		if m.Last.N > 0 {
			last = fmt.Sprintf("%d%c", m.Last.N, m.Last.Unit)
		}
		fmt.Fprintf(&out, "metric %d %s: inline %v service %q %s metric %q %s by %q last %q stat %q title %q\n",
			i, m.Pos, m.Inline, m.Service.Value, m.Service.Pos, m.Metric.Value, m.Metric.Pos, m.By, last, m.Stat, m.Title)
	}
	for _, f := range l.All() {
		fmt.Fprintf(&out, "%s: %s[%s]: %s\n    %s\n", f.Pos, f.Severity, f.Code, f.Message, f.Hint)
	}
	return []byte(out.String())
}
