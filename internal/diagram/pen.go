package diagram

import (
	"cmp"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// pen writes SVG. Coordinates have one decimal, so that processors that round
// differently write the same bytes.
type pen struct{ b []byte }

func (p *pen) raw(s string) { p.b = append(p.b, s...) }

// data writes text that came from outside: escaped, and without the characters
// that XML forbids.
func (p *pen) data(s string) { p.raw(html.EscapeString(clean(s))) }

func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
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

// path begins a path; its steps follow, then done.
func (p *pen) path(class string) { p.raw(`<path class="` + class + `" d="`) }
func (p *pen) done()             { p.raw(`"/>`) }

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

// lines writes texts below each other, the base line of the first at y, and
// returns where the next would stand.
func (p *pen) lines(class string, x, y float64, a align, f face, lines []string) float64 {
	for _, s := range lines {
		p.text(class, x, y, a, s)
		y += f.step()
	}
	return y
}

func (p *pen) rect(class string, x, y, w, h, radius float64) {
	p.raw(`<rect class="` + class + `"`)
	p.attr("x", x)
	p.attr("y", y)
	p.attr("width", w)
	p.attr("height", h)
	if radius > 0 {
		p.attr("rx", radius)
	}
	p.raw("/>")
}

func decimal(n int) string { return strconv.Itoa(n) }

// open begins what a link and a tool tip belong to; the string ends it.
func (p *pen) open(class, href, tip string) (ends string) {
	ends = "</g>"
	if href = clean(href); safe(href) {
		p.raw(`<a href="`)
		p.data(noBrackets.Replace(href))
		p.raw(`" tabindex="-1"`)
		ends = "</a>"
	} else {
		p.raw("<g")
	}
	if class != "" {
		p.raw(` class="` + class + `"`)
	}
	p.raw(">")
	if tip != "" {
		p.raw("<title>")
		p.data(brief(tip))
		p.raw("</title>")
	}
	return ends
}

// noBrackets keeps url(…), which loads in other attributes of SVG, out of addresses.
var noBrackets = strings.NewReplacer("(", "%28", ")", "%29")

// safe reports whether a drawing links to an address: relative ones, and those
// of pages and people. Browsers skip white space and control characters where
// they look for the scheme.
func safe(href string) bool {
	href = strings.Map(func(r rune) rune {
		if r <= ' ' || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, href)
	if href == "" {
		return false
	}
	scheme, _, found := strings.Cut(href, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return true
	}
	return slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(scheme))
}

// art is a drawing on its way to paper: what is in it comes before its frame,
// because that says how high it became.
type art struct {
	pen
	id, title, desc string
	class           string
	narrow          bool
	w, h            float64
}

// svg puts a frame around what the pen wrote.
func (a *art) svg() []byte {
	body := a.b
	out := pen{b: make([]byte, 0, len(body)+len(a.title)+len(a.desc)+400)}
	id := a.id + "-wide"
	out.raw(`<svg xmlns="http://www.w3.org/2000/svg" class="flow-art`)
	if a.class != "" {
		out.raw(" " + a.class)
	}
	if a.narrow {
		// Hidden unless a style sheet shows it: a reader without one gets one drawing.
		id = a.id + "-narrow"
		out.raw(` flow-narrow" display="none"`)
	} else {
		out.raw(` flow-wide"`)
	}
	out.attr("width", a.w)
	out.attr("height", a.h)
	out.raw(` viewBox="0 0 `)
	out.num(a.w)
	out.raw(" ")
	out.num(a.h)
	out.raw(`" role="none"><title id="`)
	out.data(id + "-title")
	out.raw(`">`)
	out.data(a.title)
	out.raw("</title>")
	if a.desc != "" {
		out.raw(`<desc id="`)
		out.data(id + "-desc")
		out.raw(`">`)
		out.data(a.desc)
		out.raw("</desc>")
	}
	// What is an image has no links for those who hear it, and ours has some for
	// the pointer; all of them are in the list below too. So the image is an
	// empty part of the size of the drawing, and the drawing itself is silent.
	out.raw(`<g role="img" aria-labelledby="`)
	out.data(id + "-title")
	if a.desc != "" {
		out.data(" " + id + "-desc")
	}
	out.raw(`"><path fill="none" d="M0 0h`)
	out.num(a.w)
	out.raw("v")
	out.num(a.h)
	out.raw(`H0z"/></g><g aria-hidden="true">`)
	out.raw(string(body))
	out.raw("</g></svg>")
	return out.b
}

// point is a place in a drawing.
type point struct{ x, y float64 }

const (
	corner     = 6.0 // radius where a line turns
	headLength = 7.0 // length of an arrow's head
)

// line adds a line through points to a path, its corners rounded, and leaves
// room for the head at its end.
func (p *pen) line(points []point) {
	points = straighten(points)
	n := len(points)
	if n < 2 {
		return
	}
	last := points[n-1]
	dx, dy := towards(points[n-2], last)
	points[n-1] = point{last.x - (headLength-1)*dx, last.y - (headLength-1)*dy}
	p.step('M', points[0].x, points[0].y)
	at := points[0]
	for i := 1; i < n; i++ {
		to := points[i]
		dx, dy := towards(at, to)
		if i == n-1 {
			p.straight(dx, to)
			break
		}
		next := points[i+1]
		ex, ey := towards(to, next)
		r := min(corner, length(at, to)/2, length(to, next)/2)
		before := point{to.x - r*dx, to.y - r*dy}
		after := point{to.x + r*ex, to.y + r*ey}
		p.straight(dx, before)
		p.step('Q', to.x, to.y, after.x, after.y)
		at = after
	}
}

func (p *pen) straight(dx float64, to point) {
	if dx != 0 {
		p.step('H', to.x)
	} else {
		p.step('V', to.y)
	}
}

// head adds the head of an arrow to a path: a triangle with its point at to.
func (p *pen) head(points []point) {
	points = straighten(points)
	n := len(points)
	if n < 2 {
		return
	}
	to := points[n-1]
	dx, dy := towards(points[n-2], to)
	p.step('M', to.x, to.y)
	p.step('L', to.x-headLength*dx-4*dy, to.y-headLength*dy-4*dx)
	p.step('L', to.x-headLength*dx+4*dy, to.y-headLength*dy+4*dx)
	p.raw("z")
}

// towards is the direction of a horizontal or vertical line.
func towards(a, b point) (dx, dy float64) {
	switch {
	case b.x > a.x+.01:
		return 1, 0
	case b.x < a.x-.01:
		return -1, 0
	case b.y < a.y:
		return 0, -1
	}
	return 0, 1
}

func length(a, b point) float64 { return max(a.x-b.x, b.x-a.x) + max(a.y-b.y, b.y-a.y) }

// straighten leaves out the points where a line neither begins, turns nor ends.
func straighten(points []point) []point {
	out := make([]point, 0, len(points))
	for _, p := range points {
		n := len(out)
		if n > 0 && length(out[n-1], p) < .05 {
			continue
		}
		if n > 1 && (same(out[n-2].x, out[n-1].x, p.x) || same(out[n-2].y, out[n-1].y, p.y)) {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	return out
}

func same(a, b, c float64) bool { return max(a, b, c)-min(a, b, c) < .01 }

// sortStable sorts by a number.
func sortStable[T any](s []T, key func(T) int) {
	slices.SortStableFunc(s, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}
