package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
)

// text turns the bytes of a page into UTF-8 with LF line ends and without a
// byte order mark, and reports what was none. Lines keep their numbers.
func (r *reader) text(data []byte, at diag.Pos) string {
	at.Line, at.Column = 1, 1
	if s, name := fromUTF16(data); name != "" {
		r.list.Errorf(at, diag.BadUTF8, "the file is %s (byte order mark at byte offset 0)", name).Hint = "save it as UTF-8"
		data = []byte(s)
	}
	s := strings.TrimPrefix(string(data), "\uFEFF")
	skipped := len(data) - len(s)
	r.checkBytes(s, skipped, at)
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.ReplaceAll(s, "\r", "\n")
}

// checkBytes reports the first byte that is not UTF-8 and the first NUL, with
// their number. The text begins at the given offset of its file.
func (r *reader) checkBytes(s string, offset int, at diag.Pos) {
	if utf8.ValidString(s) && !strings.Contains(s, "\x00") {
		return
	}
	var bad, nul places
	line, column := 1, 1
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			bad.add(i, line, column)
		case c == 0:
			nul.add(i, line, column)
		}
		if c == '\n' || c == '\r' && !strings.HasPrefix(s[i+1:], "\n") {
			line, column = line+1, 1
		} else {
			column++
		}
		i += size
	}
	if bad.count > 0 {
		r.list.Errorf(bad.at(at), diag.BadUTF8, "the byte 0x%02X at offset %d is not UTF-8%s", s[bad.offset], offset+bad.offset, bad.more()).Hint = "save the file as UTF-8"
	}
	if nul.count > 0 {
		r.list.Errorf(nul.at(at), diag.NulByte, "a NUL byte at offset %d%s", offset+nul.offset, nul.more()).Hint = "delete it; is this a text file?"
	}
}

// places is the first of several places in a text.
type places struct{ count, offset, line, column int }

func (p *places) add(offset, line, column int) {
	if p.count == 0 {
		p.offset, p.line, p.column = offset, line, column
	}
	p.count++
}

func (p *places) at(file diag.Pos) diag.Pos {
	return diag.Pos{Path: file.Path, Line: p.line, Column: p.column}
}

func (p *places) more() string {
	if p.count == 1 {
		return ""
	}
	return fmt.Sprintf(", and %d more in this file", p.count-1)
}

// fromUTF16 decodes text that begins with a byte order mark of UTF-16, and names
// its encoding; "" where it is none.
func fromUTF16(data []byte) (text, name string) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		order, name = binary.LittleEndian, "UTF-16 (little endian)"
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order, name = binary.BigEndian, "UTF-16 (big endian)"
	default:
		return "", ""
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return string(utf16.Decode(units)), name
}
