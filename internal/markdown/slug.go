package markdown

import (
	"strconv"
	"strings"
	"unicode"
)

// slugger gives the headings of a page their ids, as GitHub does.
type slugger struct {
	seen   map[string]int  // ids of headings, each with its last suffix
	rawIDs map[string]bool // ids that HTML of the page gave
}

func (s *slugger) reset() {
	if s.seen == nil {
		s.seen, s.rawIDs = map[string]int{}, map[string]bool{}
	}
	clear(s.seen)
	clear(s.rawIDs)
}

// heading returns the id of a heading with the given text, or the author's own
// id, with a suffix where the page has that id already.
func (s *slugger) heading(own, text string) string {
	base := own
	if base == "" {
		base = slug(text)
	}
	switch {
	case base == "": // nothing but punctuation
		base = "section"
	case strings.HasPrefix(base, reserved):
		base = "h-" + base
	}
	id := base
	for {
		if _, used := s.seen[id]; !used {
			break
		}
		s.seen[base]++
		id = base + "-" + strconv.Itoa(s.seen[base])
	}
	s.seen[id] = 0
	return id
}

// slug is the id that GitHub makes of a heading's text: lower case, spaces
// become hyphens one by one, and of the rest only letters, marks, decimal
// digits, connectors such as _ and hyphens stay.
func slug(text string) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		case r < 0x80:
			return -1
		case unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic):
			return r
		}
		return -1
	}, strings.ToLower(text))
}
