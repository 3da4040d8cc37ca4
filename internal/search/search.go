// Package search makes the index that readers search in their browsers, without
// a server.
//
//	a page ── Read ──▶ Document ──┬── Fragment ──▶ a file for what results show of it
//	                              └── Counter.Words ── Part.Add ──▶ manifest, shards, vocabulary
//
// The index is divided into shards by the beginnings of words, so that a query
// costs a shard or two and the fragments of the pages that are shown, whatever
// the number of pages. Each file calls one function of the page's script: what
// is loaded so works from a disk as well, where browsers do not fetch.
//
// A page has a number that follows from its address, not from its place among
// the others: an edit changes the shards of its own words, and a page more or
// less does not renumber the rest.
//
// The browser's part, which reads these files, is static/find.js of the theme;
// words are told apart there just as in words.go.
package search

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// Folder holds the files of the index, below the output folder.
const Folder = "search/"

// File is a file of the index.
type File struct {
	Name string // below the output folder
	Data []byte
}

// Page is a page as the index knows it.
type Page struct {
	Address string
	Title   string
	Kind    handbook.Kind
	Old     bool // readers should find others first: deprecated, or archived
}

// Options are what the index has beside pages.
type Options struct {
	Language string
	Synonyms [][2]string // of the glossary: a word, and what it stands for
	Whole    bool        // one shard, for a preview: its files have names that are known before
}

const (
	// shardSize is how many bytes a shard may have, before they are written as
	// text and packed again on the way. A query loads one or two.
	shardSize = 8 << 10
	// maxTitles is how many pages may have their titles in the manifest, for
	// results at the first letter.
	maxTitles = 1500
	// maxPages is how many pages a word leads to. One that nearly all pages have
	// tells them apart by nothing.
	maxPages = 2048
	// maxVocabulary is how many words are offered for one with a slip.
	maxVocabulary = 20000
)

// Places gives each address its number among so many pages that few of them
// want the same; those that do go to the next that is free. Addresses are in
// any order and differ.
func Places(addresses []string) []uint32 {
	bits := uint32(12)
	for 1<<bits < 64*len(addresses) && bits < 24 {
		bits++
	}
	order := make([]int, len(addresses))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(addresses[a], addresses[b]) })
	places := make([]uint32, len(addresses))
	taken := make(map[uint32]bool, len(addresses))
	for _, i := range order {
		h := fnv.New32a()
		h.Write([]byte(addresses[i]))
		n := mix(h.Sum32()) >> (32 - bits)
		for taken[n] {
			n = (n + 1) & (1<<bits - 1)
		}
		taken[n], places[i] = true, n
	}
	return places
}

// mix spreads a hash over its upper bits (the end of MurmurHash3).
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// Index gathers the words of pages in parts, which may be filled at once.
type Index struct {
	opts  Options
	parts []*Part
	pages []indexed // of all parts, once they are filled
}

// Part is some of the pages of an Index. It is not safe for use by several
// goroutines.
type Part struct {
	pages   []indexed
	numbers map[string]uint32 // of words, in this part
	words   []string
	counts  []uint32 // of pages that have a word
	seen    []uint32 // numbers of the words of one page after the other
	weights []byte   // the same
}

// indexed is a page whose words are in the index.
type indexed struct {
	Page
	place    uint32
	part     int
	from, to int // its words in Part.seen
}

// New returns an index of no pages.
func New(opts Options) *Index { return &Index{opts: opts} }

// Part returns a new part.
func (x *Index) Part() *Part {
	p := &Part{numbers: map[string]uint32{}}
	x.parts = append(x.parts, p)
	return p
}

// Add takes in a page with the number that Places gave it. Pages may come in any
// order, and be in any part.
func (x *Part) Add(p Page, place uint32, w Words) {
	from := len(x.seen)
	for word := range w.each {
		n, known := x.numbers[word]
		if !known {
			n = uint32(len(x.words))
			word = strings.Clone(word)
			x.numbers[word] = n
			x.words = append(x.words, word)
			x.counts = append(x.counts, 0)
		}
		x.counts[n]++
		x.seen = append(x.seen, n)
	}
	x.weights = append(x.weights, w.Weights...)
	x.pages = append(x.pages, indexed{Page: p, place: place, from: from, to: len(x.seen)})
}

// Files are the files of the index. No page can be added after that.
func (x *Index) Files() []File {
	for i, part := range x.parts {
		for _, p := range part.pages {
			p.part = i
			x.pages = append(x.pages, p)
		}
		part.numbers, part.pages = nil, nil
	}
	slices.SortFunc(x.pages, func(a, b indexed) int { return int(a.place) - int(b.place) })
	terms := x.invert()
	shards := divide(terms, x.opts.Whole)
	files := make([]File, 2+len(shards))
	files[0], files[1] = x.manifest(shards), vocabulary(terms)
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(shards); i += workers {
				files[2+i] = shards[i].file()
			}
		})
	}
	wg.Wait()
	return files
}

// Names are those of the files of an index that is Whole.
func Names() []string { return []string{Folder + "index.js", Folder + "words.js", shardName("")} }

// posting says that a page has a word: its number, and the weight in the lowest
// eight bits.
type posting uint32

// term is a word with the pages that have it.
type term struct {
	word  string
	in    []posting // by number
	pages int       // that have it; more than there are in "in" where those were too many
}

// invert turns the words of pages, which are in the order of their numbers, into
// the pages of words, in the order of the words.
func (x *Index) invert() []term {
	var terms []term
	numbers := map[string]uint32{}
	global := make([][]uint32, len(x.parts)) // of each part, the numbers of its words among all
	total := 0
	for i, part := range x.parts {
		global[i] = make([]uint32, len(part.words))
		for n, word := range part.words {
			g, known := numbers[word]
			if !known {
				g = uint32(len(terms))
				numbers[word] = g
				terms = append(terms, term{word: word})
			}
			global[i][n] = g
			terms[g].pages += int(part.counts[n])
		}
		total += len(part.seen)
	}
	all := make([]posting, total)
	next := make([]int, len(terms)) // of each word, the place in all of what comes next
	from := 0
	for i, t := range terms {
		next[i] = from
		from += t.pages
	}
	for _, p := range x.pages {
		part, numbers := x.parts[p.part], global[p.part]
		for i := p.from; i < p.to; i++ {
			n := numbers[part.seen[i]]
			all[next[n]] = posting(p.place<<8 | uint32(part.weights[i]))
			next[n]++
		}
	}
	x.parts = nil
	for i := range terms {
		t := &terms[i]
		t.in = strongest(all[next[i]-t.pages : next[i] : next[i]])
	}
	slices.SortFunc(terms, func(a, b term) int { return strings.Compare(a.word, b.word) })
	return terms
}

// strongest are the postings of most weight where there are too many: of those
// with the least of it that is still taken, the first. It uses their place.
func strongest(in []posting) []posting {
	if len(in) <= maxPages {
		return in
	}
	var of [256]int // by weight
	for _, p := range in {
		of[byte(p)]++
	}
	least, left := byte(255), maxPages
	for left > of[least] {
		left -= of[least]
		least--
	}
	out := in[:0]
	for _, p := range in {
		if byte(p) == least {
			if left == 0 {
				continue
			}
			left--
		}
		if byte(p) >= least {
			out = append(out, p)
		}
	}
	return out
}

// manifest is what the browser loads first.
func (x *Index) manifest(shards []shard) File {
	m := struct {
		Language string      `json:"language"`
		Pages    int         `json:"pages"`
		Shards   string      `json:"shards"` // where each begins, after the first
		Kinds    [][3]string `json:"kinds"`  // but for plain pages: name, label, pages
		Old      string      `json:"old"`
		Synonyms [][2]string `json:"synonyms"`
		Titles   [][4]string `json:"titles"` // number, title, address, kind; none where they are too many
	}{Language: x.opts.Language, Pages: len(x.pages), Kinds: [][3]string{}, Synonyms: x.opts.Synonyms, Titles: [][4]string{}}
	begin := make([]string, 0, len(shards))
	for _, s := range shards[min(1, len(shards)):] {
		begin = append(begin, s.from)
	}
	m.Shards = strings.Join(begin, " ")
	kinds := map[handbook.Kind][]uint32{}
	var old []uint32
	for _, p := range x.pages {
		if p.Kind != handbook.Plain {
			kinds[p.Kind] = append(kinds[p.Kind], p.place)
		}
		if p.Old {
			old = append(old, p.place)
		}
	}
	for _, t := range handbook.Types {
		if list := kinds[t.Kind]; len(list) > 0 {
			m.Kinds = append(m.Kinds, [3]string{string(t.Kind), t.Label, numbers(list)})
		}
	}
	m.Old = numbers(old)
	if len(x.pages) <= maxTitles {
		for _, p := range x.pages {
			m.Titles = append(m.Titles, [4]string{number(p.place), p.Title, p.Address, string(p.Kind)})
		}
	}
	data, err := json.Marshal(m)
	if err != nil {
		panic("search: " + err.Error()) // strings, numbers and lists of them
	}
	return File{Folder + "index.js", append(append([]byte(`rutterFound("index",`), data...), ");\n"...)}
}

// numbers packs numbers of pages, in their order: each as what it is more than the one before.
func numbers(list []uint32) string {
	var packed []byte
	last := uint32(0)
	for _, n := range list {
		packed = appendNumber(packed, n-last)
		last = n
	}
	return base64.StdEncoding.EncodeToString(packed)
}

// number is that of a page in names of files.
func number(place uint32) string { return strconv.FormatUint(uint64(place), 36) }

// script hands texts to the function that searches. What is handed over is data,
// whatever is in it.
func script(what string, values ...string) []byte {
	size := 32
	for _, v := range values {
		size += len(v) + len(v)/32 + 3
	}
	b := appendString(append(make([]byte, 0, size), "rutterFound("...), what)
	for _, v := range values {
		b = appendString(append(b, ','), v)
	}
	return append(b, ");\n"...)
}

// appendString appends a literal of JSON, which is one of JavaScript as well.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(append(b, s[from:i]...), '\\', c)
		case c < ' ':
			b = append(append(b, s[from:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			continue
		}
		from = i + 1
	}
	return append(append(b, s[from:]...), '"')
}
