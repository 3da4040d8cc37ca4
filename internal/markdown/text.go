package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// escape appends text to dst as HTML, for element content.
func escape[T string | []byte](dst []byte, s T) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		var to string
		switch s[i] {
		case '&':
			to = "&amp;"
		case '<':
			to = "&lt;"
		case '>':
			to = "&gt;"
		case 0: // from a character reference such as &#0;
			to = "\uFFFD"
		case '\r': // a browser would read it as the end of a line
			to = " "
		default:
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = append(dst, to...)
		from = i + 1
	}
	return append(dst, s[from:]...)
}

// escapeValue appends text to dst as HTML, for an attribute in double quotes.
func escapeValue(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return escape(dst, s)
		}
		dst = append(escape(dst, s[:i]), "&#34;"...)
		s = s[i+1:]
	}
}

// unescape appends the text that Markdown source stands for: backslash escapes
// and character references are resolved, in one pass, so that \&amp; stays.
func unescape(dst, s []byte) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i+1 < len(s) && util.IsPunct(s[i+1]) {
				dst = append(dst, s[from:i]...)
				i++
				from = i
			}
		case '&':
			if n, r := reference(s[i:]); n > 0 {
				dst = append(append(dst, s[from:i]...), r...)
				i += n - 1
				from = i + 1
			}
		}
	}
	return append(dst, s[from:]...)
}

// reference reads a character reference at the start of s: its length, 0 if
// there is none, and the characters.
func reference(s []byte) (int, []byte) {
	end := bytes.IndexByte(s[:min(len(s), 40)], ';') // the longest name has 31 letters
	if end < 2 {
		return 0, nil
	}
	name := string(s[1:end])
	if name[0] != '#' {
		if e, ok := util.LookUpHTML5EntityByName(name); ok {
			return end + 1, e.Characters
		}
		return 0, nil
	}
	digits, base, most := name[1:], 10, 7
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base, most = digits[1:], 16, 6
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil || len(digits) > most || strings.ContainsRune(digits, '_') {
		return 0, nil
	}
	if r := rune(code); r > 0 && utf8.ValidRune(r) {
		return end + 1, utf8.AppendRune(nil, r)
	}
	return end + 1, []byte("\uFFFD")
}

// collapse makes a run of white space one space and trims both ends.
func collapse(s []byte) string {
	for i, c := range s {
		if c == '\n' || c == '\t' || i > 0 && (c == ' ' && s[i-1] == ' ' || c == 0xA0 && s[i-1] == 0xC2) {
			return string(bytes.Join(bytes.Fields(s), []byte(" ")))
		}
	}
	return string(bytes.TrimSpace(s))
}

// maxSummary is the length of a summary in runes.
const maxSummary = 200

// summarise cuts text at a word so that it has at most maxSummary runes.
func summarise(s string) string {
	if utf8.RuneCountInString(s) <= maxSummary {
		return s
	}
	runes := []rune(s)
	cut := runes[:maxSummary-1]
	for i := len(cut); i > maxSummary/2; i-- {
		if unicode.IsSpace(runes[i]) {
			cut = runes[:i]
			break
		}
	}
	return strings.TrimRightFunc(string(cut), func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';' || r == ':' || r == '.' || r == '-' || r == '–' || r == '('
	}) + "…"
}

// countWords counts words of prose. Where words are not set apart by spaces,
// two characters count as one.
func countWords(s []byte) int {
	words, ideographs, inWord := 0, 0, false
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			switch {
			case 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9':
				if !inWord {
					words++
				}
				inWord = true
			case c == ' ' || '\t' <= c && c <= '\r':
				inWord = false
			}
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		i += size
		switch {
		case r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			ideographs++
			inWord = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inWord {
				words++
			}
			inWord = true
		case unicode.IsSpace(r):
			inWord = false
		}
	}
	return words + ideographs/2
}

// hasWords reports whether s says anything: a row of badges or of dashes does
// not.
func hasWords(s []byte) bool {
	return bytes.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
