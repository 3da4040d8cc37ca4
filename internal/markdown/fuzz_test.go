package markdown

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
)

// FuzzParse: whatever a page says, the oracle holds, positions are inside the
// file, and a second reading by the same parser gives the same body.
func FuzzParse(f *testing.F) {
	golden, err := filepath.Glob(filepath.Join("testdata", "*.md"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range golden {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src), true, false)
	}
	for _, src := range hostile {
		f.Add(src, false, false)
		f.Add(src, true, true)
	}
	f.Fuzz(func(t *testing.T, src string, metrics, off bool) {
		opts := Options{Metrics: metrics, Wiki: metrics}
		if metrics {
			opts.Math = MathDollars
		}
		if off {
			opts.HTML = Off
		}
		p := New(opts)
		var l, again diag.List
		at := diag.Pos{Path: "page.md", Line: 4, Column: 1}
		b := p.Parse([]byte(src), at, &l)
		mustCheck(t, src, b)
		if second := p.Parse([]byte(src), at, &again); !reflect.DeepEqual(b, second) {
			t.Fatalf("a second reading gives another body\nsource:\n%s\nfirst:\n%s\nsecond:\n%s", src, b.HTML, second.HTML)
		}
		last := 4 + bytes.Count(clean([]byte(src)), []byte("\n"))
		inside := func(p diag.Pos) {
			if p.Line < 4 || p.Line > last || p.Column < 1 || p.Column > len(src)+1 {
				t.Fatalf("position %v is not in the %d lines of\n%s", p, last-3, src)
			}
		}
		for _, x := range b.Links {
			inside(x.Pos)
		}
		for _, x := range b.Headings {
			inside(x.Pos)
		}
		for _, x := range b.Metrics {
			inside(x.Pos)
		}
		for _, x := range l.All() {
			inside(x.Pos)
		}
	})
}
