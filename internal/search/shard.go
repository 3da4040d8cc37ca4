package search

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// shard holds the words from one beginning up to the next.
type shard struct {
	from  string
	terms []term
}

// divide cuts the words into shards. It cuts at beginnings of words: by their
// first letters, and where words with one of them are too many for a shard,
// these by their second, and so on. So an edit moves few bounds, and those near
// its words.
func divide(terms []term, whole bool) []shard {
	if whole {
		return []shard{{"", terms}}
	}
	var shards []shard
	var cut func(terms []term, depth int)
	cut = func(terms []term, depth int) {
		var open []term
		size := 0
		flush := func() {
			if len(open) > 0 {
				shards = append(shards, shard{beginning(open[0].word, depth+1), open})
			}
			open, size = nil, 0
		}
		for from := 0; from < len(terms); {
			to := from + 1
			for to < len(terms) && beginning(terms[to].word, depth+1) == beginning(terms[from].word, depth+1) {
				to++
			}
			group := terms[from:to]
			from = to
			n := 0
			for _, t := range group {
				n += t.size()
			}
			switch {
			case n > shardSize && len(group) > 1 && len(beginning(group[0].word, depth+1)) > len(beginning(group[0].word, depth)) && !same(group, depth+1):
				flush()
				cut(group, depth+1)
				continue
			case size > 0 && size+n > shardSize:
				flush()
			}
			open = append(open[:len(open):len(open)], group...)
			size += n
		}
		flush()
	}
	cut(terms, 0)
	if len(shards) == 0 {
		return []shard{{}}
	}
	shards[0].from = ""
	return shards
}

// same reports whether no word goes on beyond so many letters.
func same(group []term, depth int) bool {
	return !slices.ContainsFunc(group, func(t term) bool { return len(beginning(t.word, depth+1)) > len(beginning(t.word, depth)) })
}

// beginning is a word's first letters.
func beginning(word string, letters int) string {
	for i := range word {
		if letters == 0 {
			return word[:i]
		}
		letters--
	}
	return word
}

// size is about how many bytes a term takes.
func (t term) size() int { return len(t.word)/2 + 3 + 3*len(t.in) }

// file is the shard's file: the words, each as the number of bytes that it
// shares with the one before (as a letter from "0" on) and the rest; then for
// each how many bytes its pages take, how many have it, and the pages: what the
// number is more than the one before, and the weight.
func (s shard) file() File {
	var words strings.Builder
	var all, one []byte
	last := ""
	for _, t := range s.terms {
		writeWord(&words, last, t.word)
		last = t.word
		one = one[:0]
		before := uint32(0)
		for _, p := range t.in {
			one = append(appendNumber(one, uint32(p>>8)-before), byte(p))
			before = uint32(p >> 8)
		}
		all = appendNumber(all, uint32(len(one)))
		all = append(appendNumber(all, uint32(t.pages)), one...)
	}
	return File{shardName(s.from), script("shard", s.from, words.String(), base64.StdEncoding.EncodeToString(all))}
}

// shardName is the name of the shard that begins so. Letters that are not
// ASCII, and names that systems keep for themselves, are spelt out.
func shardName(from string) string {
	plain := from != "" && strings.Trim(from, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
	if !plain {
		return Folder + "words/-" + hex.EncodeToString([]byte(from)) + ".js"
	}
	return Folder + "words/" + from + "-.js"
}

// writeWord writes a word as what it does not share with the one before.
func writeWord(b *strings.Builder, last, word string) {
	shared := 0
	for shared < len(last) && shared < len(word) && shared < 40 && last[shared] == word[shared] {
		shared++
	}
	for shared > 0 && shared < len(word) && !utf8.RuneStart(word[shared]) {
		shared--
	}
	b.WriteByte('0' + byte(utf16Len(word[:shared])))
	b.WriteString(word[shared:])
	b.WriteByte(' ')
}

// utf16Len is the length of a string as JavaScript counts.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// appendNumber appends a number in bytes of seven bits, the lowest first.
func appendNumber(b []byte, n uint32) []byte {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}

// vocabulary holds the words that a slip may be of: letters only, and the most
// common where they are too many.
func vocabulary(terms []term) File {
	var list []term
	for _, t := range terms {
		if n := utf8.RuneCountInString(t.word); n >= 4 && n <= 20 && !strings.ContainsAny(t.word, "0123456789") {
			list = append(list, t)
		}
	}
	if len(list) > maxVocabulary {
		slices.SortStableFunc(list, func(a, b term) int { return b.pages - a.pages })
		list = list[:maxVocabulary]
		slices.SortFunc(list, func(a, b term) int { return strings.Compare(a.word, b.word) })
	}
	var b strings.Builder
	last := ""
	for _, t := range list {
		writeWord(&b, last, t.word)
		last = t.word
	}
	return File{Folder + "words.js", script("words", b.String())}
}
