// Package search makes the index that readers search in their browsers, without
// a server.
//
//	a page ── Read ──▶ Document ──┬── Fragment ──▶ a file for what results show of it
//	                              └── Counter.Words ── Index ──▶ manifest, shards, vocabulary
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
	"slices"
	"strconv"
	"strings"

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
	Words   Words
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
	shardSize = 9 << 10
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

// Index returns the files of the index over some pages, with the numbers that
// Places gave them.
func Index(pages []Page, places []uint32, opts Options) []File {
	terms := invert(pages, places)
	shards := divide(terms, opts.Whole)
	files := make([]File, 0, len(shards)+2)
	files = append(files, manifest(pages, places, shards, opts), vocabulary(terms))
	for _, s := range shards {
		files = append(files, s.file())
	}
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

// invert turns the words of pages into the pages of words, in the order of the
// words.
func invert(pages []Page, places []uint32) []term {
	order := make([]int, len(pages))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(places[a]) - int(places[b]) })

	numbers := map[string]uint32{}
	var words []string
	var counts []uint32
	var seen []uint32 // the number of each word of each page, in order
	for _, i := range order {
		for word := range pages[i].Words.each {
			n, known := numbers[word]
			if !known {
				n = uint32(len(words))
				numbers[word] = n
				words = append(words, word)
				counts = append(counts, 0)
			}
			counts[n]++
			seen = append(seen, n)
		}
	}
	total := 0
	terms := make([]term, len(words))
	all := make([]posting, len(seen))
	for n := range terms {
		terms[n] = term{word: words[n], in: all[total : total : total+int(counts[n])]}
		total += int(counts[n])
	}
	next := 0
	for _, i := range order {
		for _, weight := range pages[i].Words.Weights {
			t := &terms[seen[next]]
			t.in = append(t.in, posting(places[i]<<8|uint32(weight)))
			next++
		}
	}
	for n := range terms {
		terms[n].pages = len(terms[n].in)
		terms[n].in = strongest(terms[n].in)
	}
	slices.SortFunc(terms, func(a, b term) int { return strings.Compare(a.word, b.word) })
	return terms
}

// strongest are the postings of most weight, by number, where there are too many.
func strongest(in []posting) []posting {
	if len(in) <= maxPages {
		return in
	}
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b posting) int {
		if d := int(b&0xff) - int(a&0xff); d != 0 {
			return d
		}
		return int(a>>8) - int(b>>8)
	})
	in = in[:maxPages]
	slices.Sort(in)
	return in
}

// manifest is what the browser loads first.
func manifest(pages []Page, places []uint32, shards []shard, opts Options) File {
	m := struct {
		Language string      `json:"language"`
		Pages    int         `json:"pages"`
		Shards   string      `json:"shards"` // where each begins, after the first
		Kinds    [][3]string `json:"kinds"`  // but for plain pages: name, label, pages
		Old      string      `json:"old"`
		Synonyms [][2]string `json:"synonyms"`
		Titles   [][4]string `json:"titles"` // number, title, address, kind; none where they are too many
	}{Language: opts.Language, Pages: len(pages), Kinds: [][3]string{}, Synonyms: opts.Synonyms, Titles: [][4]string{}}
	begin := make([]string, 0, len(shards))
	for _, s := range shards[min(1, len(shards)):] {
		begin = append(begin, s.from)
	}
	m.Shards = strings.Join(begin, " ")
	kinds := map[handbook.Kind][]uint32{}
	var old []uint32
	for i, p := range pages {
		if p.Kind != handbook.Plain {
			kinds[p.Kind] = append(kinds[p.Kind], places[i])
		}
		if p.Old {
			old = append(old, places[i])
		}
	}
	for _, t := range handbook.Types {
		if list := kinds[t.Kind]; len(list) > 0 {
			m.Kinds = append(m.Kinds, [3]string{string(t.Kind), t.Label, numbers(list)})
		}
	}
	m.Old = numbers(old)
	if len(pages) <= maxTitles {
		for i, p := range pages {
			m.Titles = append(m.Titles, [4]string{number(places[i]), p.Title, p.Address, string(p.Kind)})
		}
	}
	return File{Folder + "index.js", call("index", m)}
}

// numbers packs numbers of pages: each as what it is more than the one before.
func numbers(list []uint32) string {
	slices.Sort(list)
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

// call is a script that hands values to the function that searches. What is
// handed over is data: JSON is a literal of JavaScript, whatever is in it.
func call(what string, values ...any) []byte {
	var b strings.Builder
	b.WriteString("rutterFound(")
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for i, v := range append([]any{what}, values...) {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(v); err != nil {
			panic("search: " + err.Error()) // strings, numbers and lists of them
		}
	}
	b.WriteString(");\n")
	return []byte(strings.ReplaceAll(b.String(), "\n,", ","))
}
