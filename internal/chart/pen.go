package chart

import (
	"html"
	"strconv"
	"strings"
	"unicode"
)

// pen writes SVG. Coordinates have one decimal, so that processors that round
// differently write the same bytes.
type pen struct{ b []byte }

func (p *pen) raw(s string) { p.b = append(p.b, s...) }

// data writes text that came from outside: escaped, and without the control
// characters that XML forbids.
func (p *pen) data(s string) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	p.raw(html.EscapeString(s))
}

func (p *pen) num(v float64) {
	from := len(p.b)
	p.b = strconv.AppendFloat(p.b, v, 'f', 1, 64)
	if n := len(p.b); p.b[n-1] == '0' { // 12.0 is 12, and -0.0 is 0
		p.b = p.b[:n-2]
		if string(p.b[from:]) == "-0" {
			p.b = append(p.b[:from], '0')
		}
	}
}

// attr writes an attribute that is a number.
func (p *pen) attr(name string, v float64) {
	p.raw(" " + name + `="`)
	p.num(v)
	p.raw(`"`)
}

// align is where a text stands from its place.
type align string

const (
	start  align = ""
	middle align = ` text-anchor="middle"`
	end    align = ` text-anchor="end"`
)

func (p *pen) text(class string, x, y float64, a align, s string) {
	p.raw(`<text class="` + class + `"` + string(a))
	p.attr("x", x)
	p.attr("y", y)
	p.raw(">")
	p.data(s)
	p.raw("</text>")
}

func (p *pen) rect(class string, x, y, w, h float64) {
	p.openRect(class, x, y, w, h)
	p.raw("/>")
}

func (p *pen) openRect(class string, x, y, w, h float64) {
	p.raw("<rect")
	if class != "" {
		p.raw(` class="` + class + `"`)
	}
	p.attr("x", x)
	p.attr("y", y)
	p.attr("width", w)
	p.attr("height", h)
}

// path begins a path; its steps follow, then done.
func (p *pen) path(class string) { p.raw(`<path class="` + class + `" d="`) }
func (p *pen) done()             { p.raw(`"/>`) }

// step writes a command of a path with its numbers.
func (p *pen) step(command byte, numbers ...float64) {
	p.b = append(p.b, command)
	for i, v := range numbers {
		if i > 0 {
			p.b = append(p.b, ' ')
		}
		p.num(v)
	}
}

// width estimates how wide a text of the given size is drawn. It errs on the
// wide side: fonts differ, and texts must not touch.
func width(s string, size float64) float64 {
	em := 0.0
	for _, r := range s {
		switch {
		case strings.ContainsRune(" .,:;'|!iljtfI·", r):
			em += .34
		case r >= 0x2E80: // CJK, emoji
			em += 1.05
		case unicode.IsUpper(r) || strings.ContainsRune("mwMW—%", r):
			em += .8
		default:
			em += .63
		}
	}
	return float64(em * size)
}

// fit cuts a text that is too wide.
func fit(s string, size, room float64) string {
	if width(s, size) <= room {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && width(string(runes), size)+size > room {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ·") + "…"
}

// wrap breaks a text at its middle dots into lines.
func wrap(s string, size, room float64) []string {
	var lines []string
	for _, part := range strings.Split(s, " · ") {
		if n := len(lines); n > 0 && width(lines[n-1]+" · "+part, size) <= room {
			lines[n-1] += " · " + part
			continue
		}
		lines = append(lines, part)
	}
	for i, line := range lines {
		lines[i] = fit(line, size, room)
	}
	return lines
}
