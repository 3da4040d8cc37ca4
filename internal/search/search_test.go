package search

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// TestSplit: the words of a text. The browser's part is held to the same table,
// by TestSearch of the command; words that a hyphen joins are the index's alone.
func TestSplit(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{
		"roll-back":                 "roll back rollback",
		"état-major":                "etat major",
		strings.Repeat("x", 33):     "",
		"\xff\xfe ok \u2028 \u0301": "ok",
	}
	for line := range strings.Lines(string(data)) {
		if text, words, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			table[text] = words
		}
	}
	for text, want := range table {
		var c Counter
		var got []string
		c.split(text, func(w []byte) { got = append(got, string(w)) })
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", text, strings.Join(got, " "), want)
		}
	}
}

// TestWords: where a word stands decides what it weighs.
func TestWords(t *testing.T) {
	t.Parallel()
	var c Counter
	c.Words(Document{Title: "Another page, counted before"})
	w := c.Words(Document{
		Title: "Site Reliability Engineering", Keywords: []string{"on call"}, Summary: "What the book is about.",
		Sections: []Section{{Text: "Errors are paid for from a budget."}, {ID: "x", Title: "Error budgets", Text: "A budget. A budget.", Code: "make budget"}},
	})
	got := map[string]string{}
	i := 0
	for word := range w.each {
		b := w.Weights[i]
		got[word] = fmt.Sprintf("%d %d %d", b>>6, b>>5&1, b>>4&1)
		i++
	}
	want := map[string]string{
		"site": "2 0 0", "reliability": "2 0 0", "engineering": "2 0 0", "sre": "0 0 1", "sitereliability": "0 0 1", "reliabilityengineering": "0 0 1",
		"on": "0 0 1", "call": "0 0 1", "book": "0 0 0", "errors": "0 0 0", "error": "0 1 0", "budgets": "0 1 0", "budget": "0 0 0", "paid": "0 0 0", "make": "0 0 0",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("words (-want +got):\n%s", d)
	}
	if len(w.Weights) != i {
		t.Errorf("%d weights for %d words", len(w.Weights), i)
	}
}

// TestLevel: more of a word is more, less in a long page.
func TestLevel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		times, total float64
		want         byte
	}{{1, 400, 7}, {1, 40, 10}, {5, 400, 12}, {100, 400, 15}, {1, 4000, 2}, {1, 1e9, 2}} {
		if got := level(c.times, c.total); got != c.want {
			t.Errorf("%v times in %v words: level %d, want %d", c.times, c.total, got, c.want)
		}
	}
}

// TestRead: a page's parts, each with the words that readers see.
func TestRead(t *testing.T) {
	t.Parallel()
	body := `<h1 id="t">Title</h1><p>Above <em>all</em>, x&amp;y<br>z.</p><h2 id="a-b">A &amp; B <a class="anchor" href="#a-b">#</a></h2><p title="a > b">One.</p><pre class="code"><code><span class="k">make</span> <span>it</span>
next</code></pre><ul><li>Two</li><li>three</li></ul><h3 id="c">C</h3>`
	end := strings.Index(body, "<p>")
	d := Read("Title", handbook.Meta{
		Common:  handbook.Common{Keywords: []string{"k"}},
		Process: &handbook.ProcessMeta{Trigger: "A pair is free", Raci: handbook.Raci{Accountable: []handbook.Located{{Value: "qa"}}}, Outputs: []handbook.Artefact{{Name: handbook.Located{Value: "a change"}}}, Steps: []handbook.Step{{ID: handbook.Located{Value: "go"}, Title: "Go on", DoneWhen: "it is done"}}},
	}, &handbook.Body{Headings: []handbook.Heading{{Level: 1, ID: "t", Text: "Title"}, {Level: 2, ID: "a-b", Text: "A & B"}, {Level: 3, ID: "c", Text: "C"}}}, handbook.Text{HTML: []byte(body), TitleStart: 0, TitleEnd: end})
	want := Document{Title: "Title", Keywords: []string{"k"}, Sections: []Section{
		{Text: "Above all, x&y z."},
		{ID: "a-b", Title: "A & B", Text: "One. Two three", Code: "make it next"},
		{ID: "c", Title: "C"},
		{ID: "step.go", Title: "Go on", Text: "it is done"},
		{Text: "A pair is free · a change"},
	}}
	if d := cmp.Diff(want, d); d != "" {
		t.Errorf("document (-want +got):\n%s", d)
	}
}

// pagesOf are pages with random words of a Zipf distribution.
func pagesOf(n int, seed uint64) []page {
	r := rand.New(rand.NewPCG(seed, 1))
	z := rand.NewZipf(r, 1.1, 20, 5000)
	pages := make([]page, n)
	var c Counter
	for i := range pages {
		var b strings.Builder
		for range 200 {
			k := z.Uint64()
			fmt.Fprintf(&b, "%c%c%c%d ", 'a'+k%26, 'a'+k/26%26, 'a'+k/7%26, k/100)
		}
		pages[i] = page{Page{Address: fmt.Sprintf("s%d/p%d/", i/100, i), Title: fmt.Sprint("Page ", i), Kind: handbook.Role}, c.Words(Document{Title: fmt.Sprint("Page ", i), Sections: []Section{{Text: b.String()}}})}
	}
	return pages
}

type page struct {
	Page
	Words
}

// index is the index of pages that come in an order of their own, in some of
// three parts.
func index(pages []page, at []uint32, opts Options) []File {
	x := New(opts)
	parts := []*Part{x.Part(), x.Part(), x.Part()}
	for _, i := range rand.Perm(len(pages)) {
		parts[rand.IntN(len(parts))].Add(pages[i].Page, at[i], pages[i].Words)
	}
	return x.Files()
}

func places(pages []page) []uint32 {
	var list []string
	for _, p := range pages {
		list = append(list, p.Address)
	}
	return Places(list)
}

// TestPlaces: numbers differ, fit the bits that an index has for them, and stay
// where a page is added.
func TestPlaces(t *testing.T) {
	t.Parallel()
	pages := pagesOf(3000, 1)
	before := places(pages)
	seen := map[uint32]bool{}
	for i, n := range before {
		if seen[n] || n >= 1<<24 {
			t.Fatalf("page %d has the number %d, as another one or too large", i, n)
		}
		seen[n] = true
	}
	after := places(append(slices.Clone(pages), page{Page: Page{Address: "a-new-one/"}}))
	moved := 0
	for i, n := range before {
		if after[i] != n {
			moved++
		}
	}
	if moved > 2 {
		t.Errorf("one page more gave %d others a new number", moved)
	}
}

// TestIndex: what the shards hold is what the pages have, read as the browser
// reads it.
func TestIndex(t *testing.T) {
	t.Parallel()
	pages := pagesOf(900, 2)
	at := places(pages)
	want := map[string]map[uint32]byte{}
	for i, p := range pages {
		k := 0
		for word := range p.Words.each {
			if want[word] == nil {
				want[word] = map[uint32]byte{}
			}
			want[word][at[i]] = p.Words.Weights[k]
			k++
		}
	}
	for _, whole := range []bool{false, true} {
		files := index(pages, at, Options{Language: "en", Whole: whole})
		got := map[string]map[uint32]byte{}
		var names, begin []string
		for _, f := range files {
			names = append(names, f.Name)
			values := called(t, f)
			if values[0] != "shard" {
				continue
			}
			words := unpackWords(t, values[2].(string))
			packed, err := base64.StdEncoding.DecodeString(values[3].(string))
			if err != nil {
				t.Fatal(err)
			}
			if len(begin) > 0 && len(packed) > 4*shardSize {
				t.Errorf("%s has %d bytes", f.Name, len(packed))
			}
			begin = append(begin, values[1].(string))
			for _, word := range words {
				if word < values[1].(string) {
					t.Errorf("%s begins at %q and has %q", f.Name, values[1], word)
				}
				if got[word] != nil {
					t.Fatalf("%q is in two shards", word)
				}
				got[word] = map[uint32]byte{}
				length := next(&packed)
				if n := next(&packed); int(n) != len(want[word]) {
					t.Errorf("%q is said to be on %d pages, want %d", word, n, len(want[word]))
				}
				rest := packed[length:]
				n := uint32(0)
				for len(packed) > len(rest) {
					n += next(&packed)
					got[word][n] = packed[0]
					packed = packed[1:]
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("index, whole %v (-want +got):\n%.2000s", whole, d)
		}
		if !slices.IsSorted(begin) || begin[0] != "" {
			t.Errorf("shards begin at %q", begin)
		}
		if whole && !slices.Equal(names, Names()) {
			t.Errorf("files of a whole index are %q, want %q", names, Names())
		}
		if !whole && len(begin) < 10 {
			t.Errorf("%d shards of so many words", len(begin))
		}
		if again := index(pages, at, Options{Language: "en", Whole: whole}); !cmp.Equal(files, again) {
			t.Error("the same pages gave another index")
		}
	}
}

// TestIndex_edit: an edit changes the shards of its words alone.
func TestIndex_edit(t *testing.T) {
	t.Parallel()
	pages := pagesOf(2000, 3)
	at := places(pages)
	before := contents(index(pages, at, Options{}))
	var c Counter
	words := []string{}
	for w := range pages[7].Words.each {
		words = append(words, w)
	}
	pages[7].Words = c.Words(Document{Title: pages[7].Title, Sections: []Section{{Text: strings.Join(words[:len(words)-1], " ") + " brandnew"}}})
	after := contents(index(pages, at, Options{}))
	changed := 0
	for name, data := range after {
		if before[name] != data {
			changed++
		}
	}
	// The page has at most 200 words, whose weights have all changed.
	if changed > 202 || changed >= len(after) {
		t.Errorf("an edit changed %d of %d files", changed, len(after))
	}
	if len(before) != len(after) {
		t.Errorf("an edit changed the number of files from %d to %d", len(before), len(after))
	}
}

func contents(files []File) map[string]string {
	m := map[string]string{}
	for _, f := range files {
		m[f.Name] = string(f.Data)
	}
	return m
}

// called are the values that a file hands over. A file that is not one call with
// literals is an error: it would run in the reader's browser.
func called(t *testing.T, f File) []any {
	t.Helper()
	inner, ok := strings.CutPrefix(string(f.Data), "rutterFound(")
	inner, end := strings.CutSuffix(inner, ");\n")
	var values []any
	if err := json.Unmarshal([]byte("["+inner+"]"), &values); err != nil || !ok || !end {
		t.Fatalf("%s is not one call with literals: %v\n%.200s", f.Name, err, f.Data)
	}
	return values
}

func unpackWords(t *testing.T, packed string) []string {
	t.Helper()
	var words []string
	last := ""
	for _, w := range strings.Fields(packed) {
		last = string([]rune(last)[:w[0]-'0']) + w[1:] // letters beyond the first plane are not in the test
		words = append(words, last)
	}
	return words
}

func next(b *[]byte) uint32 {
	n, shift := uint32(0), 0
	for {
		c := (*b)[0]
		*b = (*b)[1:]
		n |= uint32(c&127) << shift
		if c < 128 {
			return n
		}
		shift += 7
	}
}

// TestStrongest: a word that too many pages have leads to those in which it
// weighs most.
func TestStrongest(t *testing.T) {
	t.Parallel()
	var in []posting
	for n := range uint32(maxPages + 100) {
		in = append(in, posting(n<<8|n%7))
	}
	got := strongest(slices.Clone(in))
	if len(got) != maxPages || !slices.IsSorted(got) {
		t.Fatalf("%d postings, sorted %v", len(got), slices.IsSorted(got))
	}
	lost := map[posting]int{}
	for _, p := range in {
		if !slices.Contains(got, p) {
			lost[p&0xff]++
		}
	}
	if !slices.Equal(slices.Collect(maps.Keys(lost)), []posting{0}) {
		t.Errorf("of each weight, left out: %v; want the lowest alone", lost)
	}
}

// TestFragment: what a result shows is data, whatever is in it, and bounded.
func TestFragment(t *testing.T) {
	t.Parallel()
	hostile := "</script><img src=x onerror=alert(1)>\u2028 \"); alert(1); //"
	f := Fragment(35, About{Title: hostile, Address: "a/"}, Document{Summary: hostile, Sections: []Section{{Text: strings.Repeat("é", maxText)}, {ID: "b", Title: "B", Text: "cut off"}}})
	values := called(t, File{"x", f})
	about := values[2].([]any)
	if values[1] != "z" || about[0] != hostile || about[6] != hostile {
		t.Errorf("got %.300q", values)
	}
	if len(f) > maxText+1000 {
		t.Errorf("%d bytes", len(f))
	}
	parts := about[8].([]any)
	if d := cmp.Diff([]any{"b", "B", ""}, parts[1]); d != "" {
		t.Errorf("the heading of a part without room (-want +got):\n%s", d)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("roll-back don't 手順 é\xff")
	f.Fuzz(func(t *testing.T, text string) {
		var c Counter
		c.split(text, func(w []byte) {
			if len(w) == 0 || strings.ContainsAny(string(w), " \n\"'") {
				t.Errorf("%q gave the word %q", text, w)
			}
		})
		Fragment(1, About{Title: text}, Document{Sections: []Section{{Text: text}}})
	})
}

func BenchmarkIndex(b *testing.B) {
	pages := pagesOf(2000, 4)
	at := places(pages)
	for b.Loop() {
		index(pages, at, Options{})
	}
}
