package diagram

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// face is a size of text, in units of the drawing; flow.css sets the same.
type face struct {
	size   float64
	weight float64 // how much wider than regular letters
}

var (
	labelFace  = face{13, 1.02}
	noteFace   = face{11.5, 1}
	laneFace   = face{11.5, 1.13}
	wordFace   = face{11.5, 1} // on lines
	numberFace = face{10.5, 1}
	centreFace = face{16, 1.13}
)

// step is from one line of text to the next.
func (f face) step() float64 { return float64(f.size*1.25) + .25 }

// ascent is from the top of a line of text to its base line.
func (f face) ascent() float64 { return float64(f.size * .98) }

func (f face) width(s string) float64 {
	em := 0
	for _, r := range s {
		em += advance(r)
	}
	return f.scale(em)
}

func (f face) scale(em int) float64 { return float64(float64(em)*f.size) * f.weight / 1000 }

// latin holds how far the characters from space to tilde reach, in thousandths
// of the size: those of DejaVu Sans, which is wider than the fonts of the theme,
// and more where one of those is wider.
var latin = [...]uint16{
	318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, // space to slash
	636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, // 0 to ?
	1000, 684, 686, 722, 770, 667, 611, 778, 752, 310, 500, 667, 557, 863, 748, 787, // @ to O
	667, 787, 722, 667, 611, 732, 684, 989, 685, 667, 685, 390, 337, 390, 838, 556, // P to _
	500, 613, 635, 556, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, // ` to o
	635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838, // p to ~
}

// advance estimates the width of a character in thousandths of the size.
func advance(r rune) int {
	switch {
	case r >= ' ' && r <= '~':
		return int(latin[r-' '])
	case r < 0x250:
		switch {
		case r == 0xA0:
			return 318
		case strings.ContainsRune("ÆŒÐĲ½¼¾", r):
			return 1050
		case unicode.IsUpper(r) || r == 'æ' || r == 'œ':
			return 1000
		}
		return 700
	case r >= 0xFDF0 && r <= 0xFDFF: // whole phrases in one character
		return 10000
	case r >= 0x12000 && r <= 0x1254F: // cuneiform
		return 4000
	case joins(r):
		return 100
	case r == '…' || r == '—' || r == '→' || r == '←' || r == '™' || r == '№':
		return 1080
	case r == '–':
		return 560
	case r == '‘' || r == '’' || r == '·' || r == '•':
		return 600
	case r >= 0x1F000:
		return 1400 // emoji
	case r >= 0x2E80:
		return 1050 // Chinese, Japanese, Korean
	case r < 0x530 && unicode.IsLower(r) && !strings.ContainsRune("щшюжмфыω", r):
		return 720 // Greek, Cyrillic
	}
	return 1080
}

// joins reports whether a character belongs to the one before.
func joins(r rune) bool {
	return r == '\u200d' || r >= 0xFE00 && r <= 0xFE0F || r >= 0x1F3FB && r <= 0x1F3FF || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r)
}

// cluster is how long what stands at the front of a text is, that must stay together.
func cluster(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !joins(r) {
			break
		}
		n += size
		if r == '\u200d' && n < len(s) {
			_, size = utf8.DecodeRuneInString(s[n:])
			n += size
		}
	}
	return n
}

// longest is how much of a text is looked at.
const longest = 240

// brief is a text of which no more is kept than anybody reads in a drawing.
func brief(s string) string {
	n := 0
	for i := range s {
		if n++; n > longest {
			return s[:i] + "…"
		}
	}
	return s
}

// text is a text on its way to lines.
type text struct {
	whole string
	units []unit
	face  face
}

// unit is what no line break divides: a word, a part of one that ends in a
// hyphen, a character of a script without spaces.
type unit struct {
	s     string
	em    int
	space bool // stands before it
}

// noStart lists what must not begin a line in Japanese.
const noStart = "、。，．）」』】〕〉》！？：；ーっゃゅょぁぃぅぇぉッャュョァィゥェォ々…"

func newText(s string, f face) text {
	t := text{whole: brief(strings.Join(strings.Fields(clean(s)), " ")), face: f}
	t.units = make([]unit, 0, 4)
	var u unit
	from := 0
	flush := func(at int) {
		if u.s = t.whole[from:at]; u.s != "" {
			t.units = append(t.units, u)
		}
		from, u = at, unit{}
	}
	alone := false // the unit may end after each of its characters
	for i := 0; i < len(t.whole); {
		r, _ := utf8.DecodeRuneInString(t.whole[i:])
		if r == ' ' {
			flush(i)
			i++
			from, u.space, alone = i, true, false
			continue
		}
		n := cluster(t.whole[i:])
		ideographic := r >= 0x2E80 && r < 0xAC00 || r >= 0xF900 && r < 0xFB00 || r >= 0xFF00 && r < 0xFFF0 || r >= 0x1F000
		if from < i && (ideographic || alone) && !strings.ContainsRune(noStart, r) {
			flush(i)
		}
		alone = ideographic
		for _, r := range t.whole[i : i+n] {
			u.em += advance(r)
		}
		i += n
		if (r == '-' || r == '/' || r == '–' || r == '—') && i-from > 2 {
			flush(i)
		}
	}
	flush(len(t.whole))
	return t
}

// count is how many lines a text takes, and whether no unit is wider than a line.
func (t text) count(room float64) (n int, fits bool) {
	at, limit := 0, t.limit(room)
	n, fits = 1, true
	for i, u := range t.units {
		w := u.em
		if u.space && at > 0 {
			w += 318
		}
		if i > 0 && at+w > limit {
			n++
			at, w = 0, u.em
		}
		if u.em > limit {
			fits = false
		}
		at += w
	}
	return n, fits
}

// limit is how many thousandths of the size have room.
func (t text) limit(room float64) int { return int(room * 1000 / (t.face.size * t.face.weight)) }

// fits reports whether a text takes no more lines than that, no word divided.
func (t text) fits(room float64, most int) bool {
	n, fits := t.count(room)
	return fits && n <= most
}

// lines breaks a text into lines of about the same length; cut says that an
// ellipsis stands for the rest.
func (t text) lines(room float64, most int) (lines []string, cut bool) {
	if len(t.units) == 0 {
		return nil, false
	}
	n, fits := t.count(room)
	if fits && n == 1 {
		return []string{t.whole}, strings.HasSuffix(t.whole, "…")
	}
	if fits && n <= most {
		least, wide := room/4, room
		for range 6 {
			if m, ok := t.count((least + wide) / 2); ok && m == n {
				wide = (least + wide) / 2
			} else {
				least = (least + wide) / 2
			}
		}
		room = wide
	}
	return t.wrap(room, most)
}

// wrap fills line after line, and divides the words that are too long for one.
func (t text) wrap(room float64, most int) (lines []string, cut bool) {
	limit := t.limit(room)
	var b strings.Builder
	at := 0
	flush := func() {
		if b.Len() > 0 {
			lines = append(lines, b.String())
			b.Reset()
		}
		at = 0
	}
	for _, u := range t.units {
		space := 0
		if u.space && at > 0 {
			space = 318
		}
		if at > 0 && at+space+u.em > limit {
			flush()
			space = 0
		}
		if len(lines) > most {
			break
		}
		if space > 0 {
			b.WriteByte(' ')
			at += space
		}
		if u.em <= limit {
			b.WriteString(u.s)
			at += u.em
			continue
		}
		for s := u.s; s != ""; {
			n := cluster(s)
			w := 0
			for _, r := range s[:n] {
				w += advance(r)
			}
			if at > 0 && at+w > limit {
				flush()
			}
			if w <= limit { // what is wider than a line alone is not shown
				b.WriteString(s[:n])
				at += w
			}
			s = s[n:]
		}
	}
	flush()
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = t.elide(lines[most-1], limit)
		return lines, true
	}
	return lines, strings.HasSuffix(t.whole, "…")
}

// elide ends a line in an ellipsis.
func (t text) elide(line string, limit int) string {
	at, end := advance('…'), 0
	for i := 0; i < len(line); {
		n := cluster(line[i:])
		for _, r := range line[i : i+n] {
			at += advance(r)
		}
		if at > limit {
			break
		}
		i += n
		end = i
	}
	return strings.TrimRight(line[:end], " .,;:-–") + "…"
}

// fit is a text in one line.
func fit(s string, f face, room float64) string {
	lines, _ := newText(s, f).lines(room, 1)
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}
