package markdown

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
)

// positions turns offsets in a text into lines and columns of its file, each
// in a time that depends on neither.
type positions struct {
	src   []byte
	at    diag.Pos // of the first byte
	lines []int    // offset of the first byte of each line
	runes []int    // runes before each multiple of stride; empty in a text of ASCII
}

const stride = 256

func (p *positions) reset(src []byte, at diag.Pos) {
	at.Line, at.Column = max(at.Line, 1), max(at.Column, 1)
	p.src, p.at = src, at
	p.lines = append(p.lines[:0], 0)
	for i := 0; ; {
		n := bytes.IndexByte(src[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		p.lines = append(p.lines, i)
	}
	p.runes = p.runes[:0]
	for _, c := range src {
		if c < utf8.RuneSelf {
			continue
		}
		n := 0
		for i := 0; i < len(src); i += stride {
			p.runes = append(p.runes, n)
			for _, c := range src[i:min(i+stride, len(src))] {
				if utf8.RuneStart(c) {
					n++
				}
			}
		}
		break
	}
}

// pos is the place of an offset.
func (p *positions) pos(offset int) diag.Pos {
	offset = min(max(offset, 0), len(p.src))
	line := sort.SearchInts(p.lines, offset+1) - 1
	pos := diag.Pos{Path: p.at.Path, Line: p.at.Line + line, Column: p.count(offset) - p.count(p.lines[line]) + 1}
	if line == 0 {
		pos.Column += p.at.Column - 1
	}
	return pos
}

// count is the number of runes before an offset.
func (p *positions) count(offset int) int {
	if len(p.runes) == 0 {
		return offset
	}
	k := min(offset/stride, len(p.runes)-1)
	n := p.runes[k]
	for _, c := range p.src[k*stride : offset] {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// offsetOf finds the place of a slice of src, which shares its memory: goldmark
// hands out destinations as slices of the source, without their place. Of a
// slice that is a copy, it finds none.
func offsetOf(src, part []byte) (int, bool) {
	if len(part) == 0 {
		return 0, false
	}
	i := cap(src) - cap(part)
	if i < 0 || i+len(part) > len(src) || &src[i] != &part[0] {
		return 0, false
	}
	return i, true
}
