package search

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Words are the words of a page with their weights: which part of the page they
// stand in, and how much of it they are.
type Words struct {
	List    string // each with a space behind it
	Weights []byte // inTitle, inHeading, inKeywords and a level, see weigh
}

// The weight of a word on a page. The title is the name by which people look
// for a page: a word that is all of it weighs more than one of many.
const (
	inTitle    = 1 << 6 // times 1 of many words, 2 of two or three, 3 the only one
	inHeading  = 1 << 5
	inKeywords = 1 << 4
	maxLevel   = 15
)

// each yields the words.
func (w Words) each(yield func(string) bool) {
	for rest := w.List; rest != ""; {
		end := strings.IndexByte(rest, ' ')
		if end < 0 || !yield(rest[:end]) {
			return
		}
		rest = rest[end+1:]
	}
}

// Counter counts the words of one page after the other. It is not safe for use
// by several goroutines.
type Counter struct {
	counts map[string]*count // of this page and of those before
	page   int
	list   []*count // of this page
	fold   []byte
}

type count struct {
	word   string
	page   int // that the rest is about
	times  int // in halves
	weight byte
}

// maxKnown is how many words a Counter knows at a time.
const maxKnown = 1 << 15

// Words counts the words of a document.
func (c *Counter) Words(d Document) Words {
	if c.counts == nil || len(c.counts) > maxKnown {
		c.counts = map[string]*count{}
	}
	c.page++
	c.list = c.list[:0]
	title := 0
	c.split(d.Title, func([]byte) { title++ })
	share := byte(inTitle)
	switch {
	case title == 1:
		share = 3 * inTitle
	case title <= 3:
		share = 2 * inTitle
	}
	total := 0
	add := func(text string, halves int, flag byte) {
		c.split(text, func(word []byte) {
			if flag == 0 && common[string(word)] {
				return
			}
			n := c.counts[string(word)]
			if n == nil {
				n = &count{word: string(word)}
				c.counts[n.word] = n
			}
			if n.page != c.page {
				*n = count{word: n.word, page: c.page}
				c.list = append(c.list, n)
			}
			n.times += halves
			if flag >= inTitle {
				n.weight = max(n.weight, flag|n.weight&(inTitle-1))
			} else {
				n.weight |= flag
			}
			total += halves
		})
	}
	add(d.Title, 4, share)
	add(c.shortForms(d.Title), 2, inKeywords)
	for _, k := range d.Keywords {
		add(k, 4, inKeywords)
	}
	add(d.Summary, 4, 0)
	for _, s := range d.Sections {
		add(s.Title, 3, inHeading)
		add(s.Text, 2, 0)
		add(s.Code, 1, 0)
	}
	var w Words
	var list strings.Builder
	size := 0
	for _, n := range c.list {
		size += len(n.word) + 1
	}
	list.Grow(size)
	w.Weights = make([]byte, 0, len(c.list))
	for _, n := range c.list {
		list.WriteString(n.word)
		list.WriteByte(' ')
		w.Weights = append(w.Weights, n.weight|level(float64(n.times)/2, float64(total)/2))
	}
	w.List = list.String()
	return w
}

// shortForms are other ways to write a title of several words: its initials
// (Site Reliability Engineering, SRE), and two words in one (roll back, rollback).
func (c *Counter) shortForms(title string) string {
	var words []string
	c.split(title, func(w []byte) { words = append(words, string(w)) })
	var forms, initials []string
	for i, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if !common[w] && !dense(r) {
			initials = append(initials, string(r))
		}
		if i > 0 && !common[w] && !common[words[i-1]] && len(words) <= 4 && !dense(r) {
			forms = append(forms, words[i-1]+w)
		}
	}
	if len(initials) >= 3 {
		forms = append(forms, strings.Join(initials, ""))
	}
	return strings.Join(forms, " ")
}

// level is how much of a page a word is, from 0 to maxLevel: BM25's share of a
// term (Robertson and Zaragoza 2009, equation 3.15, k1 = 1.2, b = 0.6), against
// pages of 400 words. The real mean would change with every edit, and all shards
// with it.
func level(times, total float64) byte {
	const k, b, usual = 1.2, 0.6, 400
	return byte(math.Round(maxLevel * times / (times + k*(1-b+b*min(total/usual, 8)))))
}

// longest is how many bytes a word may have; what is longer is no word that
// anybody types.
const longest = 32

// split yields the words of a text, folded: lower case, without accents and
// apostrophes. A word is a run of letters and digits; two that a hyphen joins
// count as one as well (roll-back, rollback). Scripts without spaces are taken
// in pairs of letters. The bytes are valid until the next call of yield.
func (c *Counter) split(text string, yield func([]byte)) {
	joined := make([]byte, 0, 64)
	for i := 0; i < len(text); {
		b := text[i]
		if b >= utf8.RuneSelf {
			n := c.foreign(text[i:], yield)
			i += n
			joined = joined[:0]
			continue
		}
		if !isWord(b) {
			i++
			if b != '-' {
				joined = joined[:0]
			}
			continue
		}
		c.fold = c.fold[:0]
		from := i
		for i < len(text) && (isWord(text[i]) || text[i] == '\'' && i+1 < len(text) && isWord(text[i+1])) {
			b := text[i]
			if 'A' <= b && b <= 'Z' {
				b += 'a' - 'A'
			}
			if b != '\'' {
				c.fold = append(c.fold, b)
			}
			i++
		}
		if i < len(text) && text[i] >= utf8.RuneSelf {
			if r, _ := utf8.DecodeRuneInString(text[i:]); unicode.IsLetter(r) || unicode.IsMark(r) || r == '’' {
				i = from + c.foreign(text[from:], yield)
				joined = joined[:0]
				continue
			}
		}
		c.one(c.fold, yield)
		if from > 0 && text[from-1] == '-' && len(joined) > 0 {
			joined = append(joined, c.fold...)
			c.one(joined, yield)
		} else {
			joined = append(joined[:0], c.fold...)
		}
	}
}

// one yields a word that is fit for it.
func (c *Counter) one(word []byte, yield func([]byte)) {
	if len(word) >= 2 && len(word) <= longest {
		yield(word)
	}
}

func isWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// foreign yields the words of a run of letters that are not all ASCII, and
// returns its length in bytes, which is never 0.
func (c *Counter) foreign(text string, yield func([]byte)) int {
	end := 0
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && r != '\'' && r != '’' {
			break
		}
		end = i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			end = i + 1
		}
	}
	if end == 0 {
		_, n := utf8.DecodeRuneInString(text)
		return n
	}
	var word, pair []rune
	flush := func() {
		if len(word) > 0 {
			c.one([]byte(string(word)), yield)
		}
		if len(pair) == 1 {
			yield([]byte(string(pair)))
		}
		word, pair = word[:0], pair[:0]
	}
	for _, r := range fold(text[:end]) {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsNumber(r): // that a letter is made of
			flush()
		case dense(r):
			if len(word) > 0 {
				flush()
			}
			if len(pair) > 0 {
				yield([]byte(string([]rune{pair[len(pair)-1], r})))
			}
			pair = append(pair, r)
		default:
			if len(pair) > 0 {
				flush()
			}
			word = append(word, r)
		}
	}
	flush()
	return end
}

// fold is a text in lower case without accents and apostrophes. Letters that are
// made of several, as of Korean, stay whole.
func fold(text string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(text)))
	return norm.NFC.String(bare)
}

// dense reports whether a letter is of a script that is written without spaces.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// common are words that say nothing of a page; they count in titles, headings
// and keywords alone.
var common = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("a about after all also an and any are as at be been but by can could did do does for from had has have how i if in into is it its just may me more most my no not of on one only or other our out should so some such than that the their them then there these they this those to up us was we were what when where which who why will with would you your") {
		m[w] = true
	}
	return m
}()
