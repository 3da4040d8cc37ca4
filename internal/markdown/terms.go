package markdown

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// terms finds the words that a glossary explains. It is read-only once made.
type terms struct {
	byFirst map[string][]term // by the first word in lower case, the longest first
}

// term is one name of a word.
type term struct {
	name  string // as it is found
	means string // the word that the glossary explains
	exact bool   // it has capitals: SLO is no slo
}

// newTerms makes a finder of lines "name\tmeans"; nil of none.
func newTerms(lines string) *terms {
	if lines == "" {
		return nil
	}
	t := &terms{byFirst: map[string][]term{}}
	for line := range strings.Lines(lines) {
		name, means, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		first := name[:wordEnd(name)]
		if first == "" {
			continue
		}
		key := strings.ToLower(first)
		t.byFirst[key] = append(t.byFirst[key], term{name, means, strings.ToLower(name) != name})
	}
	for _, list := range t.byFirst {
		slices.SortFunc(list, func(a, b term) int {
			if len(a.name) != len(b.name) {
				return len(b.name) - len(a.name)
			}
			return strings.Compare(a.name, b.name)
		})
	}
	return t
}

// wordEnd is the length of the word that s begins with.
func wordEnd[T string | []byte](s T) int {
	for i := 0; i < len(s); {
		c := rune(s[i])
		size := 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
		}
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return i
		}
		i += size
	}
	return len(s)
}

// at is the term at the beginning of s, where a word begins, with its length in
// s; 0 where there is none. A plural counts.
func (t *terms) at(s, lower []byte) (term, int) {
	end := wordEnd(s)
	lower = append(lower[:0], s[:end]...)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c | 0x20
		} else if c >= utf8.RuneSelf {
			lower = bytes.ToLower(lower)
			break
		}
	}
	candidates := t.byFirst[string(lower)]
	if n := len(lower); candidates == nil && n > 2 && lower[n-1] == 's' {
		candidates = t.byFirst[string(lower[:n-1])]
		if candidates == nil && n > 3 && lower[n-2] == 'e' {
			candidates = t.byFirst[string(lower[:n-2])]
		}
	}
	for _, c := range candidates {
		if len(s) < len(c.name) {
			continue
		}
		head := string(s[:len(c.name)])
		if head != c.name && (c.exact || !strings.EqualFold(head, c.name)) {
			continue
		}
		length := len(c.name)
		for _, plural := range []string{"es", "s", ""} {
			rest := s[length:]
			if strings.HasPrefix(string(rest[:min(2, len(rest))]), plural) && wordEnd(rest[len(plural):]) == 0 {
				return c, length + len(plural)
			}
		}
	}
	return term{}, 0
}

// explained writes text in which the first use of each term on the page stands
// between two slots, and each abbreviation that the page itself explains is one.
func (w *walker) explained(s []byte) {
	t := w.parser.terms
	from := 0
	for i := 0; i < len(s); {
		n := wordEnd(s[i:])
		if n == 0 {
			_, size := utf8.DecodeRune(s[i:])
			i += size
			continue
		}
		if a, ok := w.abbreviations.at(s[i:], n); ok && len(w.html) < outputLimit(len(w.src)) {
			w.html = escape(w.html, s[from:i])
			w.write(`<abbr title="`)
			w.html = escapeValue(w.html, a.means)
			w.write(`">`)
			w.html = escape(w.html, a.name)
			w.write("</abbr>")
			i += len(a.name)
			from = i
			continue
		}
		var found term
		var length int
		if t != nil {
			found, length = t.at(s[i:], w.lower[:0])
		}
		if length == 0 || slices.Contains(w.terms, found.means) {
			i += max(n, length)
			continue
		}
		w.html = escape(w.html, s[from:i])
		index := len(w.terms)
		w.terms = append(w.terms, found.means)
		w.slots = append(w.slots, handbook.Slot{At: len(w.html), Kind: handbook.SlotTermOpen, Index: index})
		w.html = escape(w.html, s[i:i+length])
		w.slots = append(w.slots, handbook.Slot{At: len(w.html), Kind: handbook.SlotTermClose, Index: index})
		i += length
		from = i
	}
	w.html = escape(w.html, s[from:])
}

// joined is the text from a node to the last of those that continue it, so that
// terms of several words are found; empty of a node that continues another.
// Goldmark cuts text wherever something might have begun.
func joined(n *ast.Text) text.Segment {
	s := n.Segment
	if before, ok := n.PreviousSibling().(*ast.Text); ok && continues(before, n) {
		s.Start = s.Stop
		return s
	}
	for at := n; ; {
		next, ok := at.NextSibling().(*ast.Text)
		if !ok || !continues(at, next) {
			return s
		}
		s.Stop, at = next.Segment.Stop, next
	}
}

func continues(a, b *ast.Text) bool {
	return a.Segment.Stop == b.Segment.Start && a.IsRaw() == b.IsRaw() && !a.SoftLineBreak() && !a.HardLineBreak() && a.Segment.Padding == 0 && b.Segment.Padding == 0
}

// explains reports whether words are explained here: in prose, not in what is a link
// or a heading, code or a control.
func (w *walker) explains() bool {
	return (w.parser.terms != nil || w.abbreviations != nil) && w.inLink == 0 && w.inHeading == 0 &&
		!w.within("a", "code", "pre", "kbd", "samp", "summary", "button", "label", "h1", "h2", "h3", "h4", "h5", "h6")
}
