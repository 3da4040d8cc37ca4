package highlight

import (
	"fmt"
	stdhtml "html"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/testkit"
)

func ExampleHighlighter_Append() {
	h := New()
	fmt.Printf("%s\n", h.Append(nil, "go", []byte("return len(x) < 2 // few")))
	fmt.Printf("%s\n", h.Append(nil, "text", []byte("a < b")))
	// Output:
	// <span class="k">return</span> <span class="nb">len</span>(x) &lt; <span class="m">2</span> <span class="c">// few</span>
	// a &lt; b
}

// TestAppend_golden shows what becomes of the languages that have a scanner
// here: testdata/LANG.code as LANG.txt, with the classes in brackets.
func TestAppend_golden(t *testing.T) {
	t.Parallel()
	h := New()
	for _, lang := range samples(t) {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			src := read(t, lang)
			html := h.Append(nil, lang, src)
			mustCheck(t, lang, src, html)
			testkit.Golden(t, lang+".txt", []byte(shown(html)))
		})
	}
}

// samples are the languages of the code in testdata.
func samples(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.code"))
	if err != nil || len(files) < 10 {
		tb.Fatalf("samples: %q, %v", files, err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".code")
	}
	return files
}

func read(tb testing.TB, lang string) []byte {
	tb.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", lang+".code"))
	if err != nil {
		tb.Fatal(err)
	}
	return src
}

// shown is HTML as people read it: ‹class text›.
func shown(html []byte) string {
	s := strings.ReplaceAll(string(html), "</span>", "›")
	s = strings.ReplaceAll(s, `<span class="`, "‹")
	return stdhtml.UnescapeString(strings.ReplaceAll(s, `">`, " "))
}

// check wants all of the code, in spans that are not nested, not empty, not
// blank and not next to one that looks the same.
func check(src, html []byte) error {
	rest := string(html)
	var text strings.Builder
	open, last := "", ""
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "</span>"):
			if open == "" {
				return fmt.Errorf("nothing to close at %.40q", rest)
			}
			open, last = "", open
			rest = rest[len("</span>"):]
		case rest[0] == '<':
			tag, after, _ := strings.Cut(rest, ">")
			tag += ">"
			if open != "" || !slices.Contains(spans[1:], tag) {
				return fmt.Errorf("%q in %q", tag, open)
			}
			if tag == last {
				return fmt.Errorf("two spans %q with nothing between", tag)
			}
			if content, _, ok := strings.Cut(after, "</span>"); !ok || len(trimLeft([]byte(content))) == 0 {
				return fmt.Errorf("span %q holds %.40q", tag, content)
			}
			open, rest = tag, after
		default:
			n := strings.IndexByte(rest, '<')
			if n < 0 {
				n = len(rest)
			}
			if len(trimLeft([]byte(rest[:n]))) > 0 && open == "" {
				last = ""
			}
			text.WriteString(rest[:n])
			rest = rest[n:]
		}
	}
	want := string(escape(nil, src))
	if got := text.String(); got != want {
		return fmt.Errorf("the text is\n%s\nwant\n%s", got, want)
	}
	return nil
}

func mustCheck(tb testing.TB, lang string, src, html []byte) {
	tb.Helper()
	if err := check(src, html); err != nil {
		tb.Fatalf("%s: %v\ncode:\n%s\nHTML:\n%s", lang, err, src, html)
	}
}

// TestAppend_broken: code that is cut at any place, in any language, is shown
// whole.
func TestAppend_broken(t *testing.T) {
	t.Parallel()
	h := New()
	languages := slices.Sorted(maps.Keys(scanners))
	for _, sample := range samples(t) {
		src := read(t, sample)
		for _, lang := range languages {
			for cut := 0; cut < len(src); cut += 1 + len(src)/40 {
				mustCheck(t, lang, src[cut:], h.Append(nil, lang, src[cut:]))
				mustCheck(t, lang, src[:cut], h.Append(nil, lang, src[:cut]))
			}
		}
	}
}

// TestAppend_linear: code that is made to be slow takes no longer than its
// length asks for. A scanner that looks ahead again and again would take
// minutes here.
func TestAppend_linear(t *testing.T) {
	t.Parallel()
	h := New()
	units := []string{"(", "$(", "${", "`", "\"", "'", "\\'", "f\"{", "`${", "<<A\n", "<<A", "/*", "<!--", "<a b=\"", "<", "&", "a:", ":", "a: \"\n", "- ", "{", "[", "[@",
		"/a", "/[", "\n", " ", "a ", "a=", "@", "---\n", "a:a:\n", ".", "-", "1", "#", "$((", "\\\n", "'''", "\"\"\"", "<script>", "<style>", "a{b:", "|\n", "FROM $"}
	start := time.Now()
	for lang := range scanners {
		for _, unit := range units {
			code := []byte(strings.Repeat(unit, maxCode/len(unit)))
			if longestLine(code) > maxLine {
				for i := maxLine - 1; i < len(code); i += maxLine {
					code[i] = '\n'
				}
			}
			mustCheck(t, lang, code, h.Append(nil, lang, code))
		}
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("all of it took %v", d)
	}
}

// TestAppend_limits: long code and code with long lines is not highlighted, and
// none is lost.
func TestAppend_limits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, lang, code string
		spans            bool
	}{
		{"short", "go", "var x = 1\n", true},
		{"long", "go", strings.Repeat("var x = 1\n", maxCode/10+1), false},
		{"long line", "go", "var x = \"" + strings.Repeat("a", maxLine) + "\"\n", false},
		{"chroma", "ruby", "x = 1\n", true},
		{"long, chroma", "ruby", strings.Repeat("x = 1\n", maxForeign/6+1), false},
		{"long line, chroma", "ruby", "x = \"" + strings.Repeat("a", maxWide) + "\"\n", false},
		{"blank, chroma", "ruby", "x = 1" + strings.Repeat("\n", maxBlank+1), false},
		{"no language", "", "var x = 1\n", false},
		{"unknown language", "no-such-language", "var x = 1\n", false},
		{"no end of empty tokens, chroma", "jsonata", `"\a b\a b`, false},
	}
	h := New()
	for _, test := range tests {
		html := h.Append(nil, test.lang, []byte(test.code))
		mustCheck(t, test.name, []byte(test.code), html)
		if got := strings.Contains(string(html), "<span"); got != test.spans {
			t.Errorf("%s: highlighted %v, want %v", test.name, got, test.spans)
		}
	}
}

// TestAppend_manyAtOnce: one Highlighter gives many goroutines what each would
// get alone, whether it remembers it or not.
func TestAppend_manyAtOnce(t *testing.T) {
	t.Parallel()
	h := New()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 20 {
				code := fmt.Appendf(nil, "puts %d # %d", n, n)
				want := withChroma(h.lexers.get("ruby"), code)
				if got := h.Append([]byte("<pre>"), "ruby", code); string(got) != "<pre>"+string(want) {
					t.Errorf("goroutine %d: %s, want %s", i, got, want)
				}
			}
		})
	}
	wg.Wait()
}

// TestMemory: what is asked for stays, what is not goes, and the size is bounded.
func TestMemory(t *testing.T) {
	t.Parallel()
	var m memory
	value := make([]byte, 64<<10)
	m.put(key{"x", "often"}, value)
	for i := range 1000 {
		m.put(key{"x", fmt.Sprint(i)}, value)
		if _, ok := m.get(key{"x", "often"}); !ok {
			t.Fatalf("forgotten after %d others", i)
		}
		if n := (len(m.young) + len(m.old)) * len(value); n > 2*maxMemory {
			t.Fatalf("%d bytes are kept after %d", n, i)
		}
	}
	if _, ok := m.get(key{"x", "0"}); ok {
		t.Error("what nobody asked for is kept")
	}
	if _, ok := m.get(key{"y", "often"}); ok {
		t.Error("one language has the code of another")
	}
}

// FuzzAppend: whatever code says, in whatever language, it is shown whole, and
// the same way each time.
func FuzzAppend(f *testing.F) {
	languages := slices.Sorted(maps.Keys(scanners))
	for _, lang := range samples(f) {
		f.Add(uint8(slices.Index(languages, lang)), string(read(f, lang)))
	}
	h := New()
	f.Fuzz(func(t *testing.T, n uint8, code string) {
		lang := languages[int(n)%len(languages)]
		html := h.Append(nil, lang, []byte(code))
		mustCheck(t, lang, []byte(code), html)
		if again := h.Append(nil, lang, []byte(code)); string(again) != string(html) {
			t.Errorf("%s: %q becomes\n%s\nand then\n%s", lang, code, html, again)
		}
	})
}

// BenchmarkAppend shows the samples, by language.
func BenchmarkAppend(b *testing.B) {
	h := New()
	for _, lang := range samples(b) {
		src := read(b, lang)
		b.Run(lang, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			var out []byte
			for b.Loop() {
				out = h.Append(out[:0], lang, src)
			}
		})
	}
}
