package events

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
)

// The limits of a file. A small gzip file can hold any amount of text.
const (
	maxLine     = 1 << 20 // bytes
	maxText     = 4 << 30 // bytes, unpacked
	maxFindings = 100
	maxNotices  = 20 // names of unknown fields
)

// Parse reads events, packed with gzip or not. Bad lines are left out; each is
// an error in l, up to a hundred and then one that counts the rest, so a caller
// who wants all or nothing asks l. The name is that of the file in findings. The
// error is that of the reader; what was read before it is returned too.
func Parse(r io.Reader, name string, l *diag.List) (dora.Events, error) {
	p := &parser{name: name, findings: l, unknown: map[string]*notice{}}
	err := p.read(r)
	p.close()
	return p.events, err
}

// parser holds the state of one file. Text is never kept beyond its line.
type parser struct {
	name     string
	findings *diag.List
	line     int
	bad      int
	unknown  map[string]*notice
	events   dora.Events
}

// notice counts the uses of an unknown field.
type notice struct {
	first int // line
	count int
	near  string // a known field that was probably meant
}

func (p *parser) read(r io.Reader) error {
	in := bufio.NewReaderSize(r, 64<<10)
	magic, err := in.Peek(2)
	if err != nil && err != io.EOF {
		return p.broken(err)
	}
	if bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return p.broken(err)
		}
		in = bufio.NewReaderSize(unpacked, 64<<10)
	}
	mark, err := in.Peek(3)
	if err != nil && err != io.EOF {
		return p.broken(err)
	}
	if string(mark) == "\xef\xbb\xbf" {
		if _, err := in.Discard(3); err != nil {
			return p.broken(err)
		}
	}
	var total int64
	buffer := make([]byte, 0, 4096)
	for {
		line, size, err := readLine(in, buffer[:0])
		if size > 0 {
			p.line++
			if size > maxLine {
				p.fail(0, "the line is longer than 1 MiB", "an event is one line of a few hundred characters")
			} else if err == nil || err == io.EOF {
				p.record(line)
			}
		}
		buffer = line
		total += int64(size)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return p.broken(err)
		case total > maxText:
			p.findings.Errorf(diag.Pos{Path: p.name}, diag.EventFile, "the file unpacks to more than 4 GiB").Hint = "split it, and name each part"
			return nil
		}
	}
}

// broken tells a file that is damaged, which is its author's business, from one
// that cannot be read.
func (p *parser) broken(err error) error {
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) {
		p.findings.Errorf(diag.Pos{Path: p.name}, diag.EventFile, "the gzip file is damaged or cut off after line %d", p.line).Hint = "fetch or write it again"
		return nil
	}
	return fmt.Errorf("read events %s: %w", p.name, err)
}

// readLine reads up to and with the next line feed into buffer, of which it
// keeps at most a little more than maxLine. The size is that in the file; it is
// 0 only at the end.
func readLine(in *bufio.Reader, buffer []byte) (line []byte, size int, err error) {
	for {
		part, err := in.ReadSlice('\n')
		size += len(part)
		if len(buffer) <= maxLine {
			buffer = append(buffer, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if err == nil {
				buffer = bytes.TrimSuffix(bytes.TrimSuffix(buffer, []byte("\n")), []byte("\r"))
			}
			return buffer, size, err
		}
	}
}

// record reads one line.
func (p *parser) record(line []byte) {
	if i := bytes.IndexByte(line, 0); i >= 0 {
		p.fail(column(line, i), "the line contains a NUL byte", "the file may be binary, or UTF-16; write it as UTF-8")
		return
	}
	if !utf8.Valid(line) {
		p.fail(column(line, invalidAt(line)), "the line is not UTF-8", "write the file as UTF-8")
		return
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return
	}
	o, problem := decode(line)
	if problem == nil {
		problem = p.take(o)
	}
	if problem != nil {
		p.fail(column(line, problem.at), problem.text, problem.hint)
		return
	}
	o.unused("", func(field string, known []string) {
		n := p.unknown[field]
		if n == nil {
			n = &notice{first: p.line, near: diag.Nearest(strings.ToLower(field[strings.LastIndexByte(field, '.')+1:]), known)}
			p.unknown[field] = n
		}
		n.count++
	})
}

// column counts the runes before a byte; the first column is 1.
func column(line []byte, at int) int { return utf8.RuneCount(line[:min(at, len(line))]) + 1 }

func invalidAt(line []byte) int {
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(line)
}

// fail notes a bad line; column 0 is the line as a whole.
func (p *parser) fail(column int, text, hint string) {
	if p.bad++; p.bad <= maxFindings {
		p.findings.Errorf(diag.Pos{Path: p.name, Line: p.line, Column: column}, diag.EventLine, "%s", text).Hint = hint
	}
}

// close adds what can be said only of the file as a whole.
func (p *parser) close() {
	if p.bad > maxFindings {
		f := p.findings.Errorf(diag.Pos{Path: p.name, Line: p.line}, diag.EventLine, "%d bad lines in all, of which the first %d are listed", p.bad, maxFindings)
		f.Hint = "mend whatever writes the file"
	}
	names := make([]string, 0, len(p.unknown))
	for name := range p.unknown {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := p.unknown[a].first - p.unknown[b].first; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		if i == maxNotices {
			p.findings.Warnf(diag.Pos{Path: p.name}, diag.EventField, "%d more unknown fields are ignored", len(names)-i)
			break
		}
		n := p.unknown[name]
		f := p.findings.Warnf(diag.Pos{Path: p.name, Line: n.first}, diag.EventField, "unknown field %q is ignored, %s", clip(name), times(n.count))
		if n.near != "" {
			f.Hint = fmt.Sprintf("did you mean %q?", n.near)
		}
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// clip keeps messages short, whatever stands in the file.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
