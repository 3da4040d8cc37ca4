package diagram_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diagram"
)

// drawn is what a test sees of a drawing.
type drawn struct {
	width, height float64
	names, attrs  map[string]bool
	ids, refs     []string
	links         []string
	boxes         []box
	texts         []box
	lines         []line
}

// box is where something stands.
type box struct {
	class, text              string
	left, right, top, bottom float64
	in                       int // of a text: the box that it is written in, or -1
}

// line is a line with straight parts.
type line []struct{ x, y float64 }

// read parses a drawing as XML, so that what is not well-formed fails.
func read(t *testing.T, svg []byte) drawn {
	t.Helper()
	d := drawn{names: map[string]bool{}, attrs: map[string]bool{}}
	dec := xml.NewDecoder(bytes.NewReader(svg))
	var open *box
	anchor := ""
	var groups []int // by open element: the box of its step, or -1
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return d
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			d.names[tok.Name.Local] = true
			at := map[string]string{}
			for _, a := range tok.Attr {
				d.attrs[a.Name.Local] = true
				at[a.Name.Local] = a.Value
			}
			if id := at["id"]; id != "" {
				d.ids = append(d.ids, id)
			}
			d.refs = append(d.refs, strings.Fields(at["aria-labelledby"])...)
			n := func(name string) float64 {
				v, _ := strconv.ParseFloat(at[name], 64)
				return v
			}
			inside := -1
			if len(groups) > 0 {
				inside = groups[len(groups)-1]
			}
			class := strings.Fields(at["class"] + " -")
			switch tok.Name.Local {
			case "svg":
				d.width, d.height = n("width"), n("height")
				if want := fmt.Sprintf("0 0 %s %s", at["width"], at["height"]); at["viewBox"] != want {
					t.Errorf("viewBox %q, want %q", at["viewBox"], want)
				}
			case "a":
				d.links = append(d.links, at["href"])
				if at["tabindex"] != "-1" {
					t.Errorf("a link of an image is in the order of the keyboard: %v", tok)
				}
			case "rect":
				if class[0] == "flow-box" || class[0] == "flow-pill" {
					d.boxes = append(d.boxes, box{class: class[0], left: n("x"), right: n("x") + n("width"), top: n("y"), bottom: n("y") + n("height")})
				}
			case "path":
				switch {
				case slices.Contains(class, "flow-box"):
					b := box{class: class[len(class)-2], left: math.Inf(1), top: math.Inf(1)}
					for _, l := range lines(at["d"]) {
						for _, p := range l {
							b.left, b.right, b.top, b.bottom = min(b.left, p.x), max(b.right, p.x), min(b.top, p.y), max(b.bottom, p.y)
						}
					}
					d.boxes = append(d.boxes, b)
				case slices.Contains(class, "flow-edge"):
					d.lines = append(d.lines, lines(at["d"])...)
				}
			case "text":
				open, anchor = &box{class: class[0], left: n("x"), bottom: n("y"), in: inside}, at["text-anchor"]
			}
			if c := class[0]; c == "flow-step" || c == "flow-exit" {
				inside = len(d.boxes)
			}
			groups = append(groups, inside)
		case xml.EndElement:
			groups = groups[:len(groups)-1]
		case xml.CharData:
			if open == nil {
				continue
			}
			open.text = string(tok)
			size := diagram.TextSize(open.class)
			w := diagram.TextWidth(open.class, open.text)
			switch anchor {
			case "middle":
				open.left -= w / 2
			case "end":
				open.left -= w
			}
			open.right, open.top = open.left+w, open.bottom-size*.75
			open.bottom += size * .22
			d.texts = append(d.texts, *open)
			open = nil
		}
	}
}

// lines reads the commands of a path that drawings use.
func lines(path string) []line {
	var all []line
	var now line
	for len(path) > 0 {
		c := path[0]
		n := 1 + strings.IndexAny(path[1:]+"z", "MLHVQAzhv")
		var v []float64
		for _, s := range strings.Fields(path[1:n]) {
			f, _ := strconv.ParseFloat(s, 64)
			v = append(v, f)
		}
		path = path[n:]
		if len(now) == 0 && c != 'M' {
			continue
		}
		switch c {
		case 'M':
			if len(now) > 0 {
				all = append(all, now)
			}
			now = line{{v[0], v[1]}}
		case 'H':
			now = append(now, now[len(now)-1])
			now[len(now)-1].x = v[0]
		case 'V':
			now = append(now, now[len(now)-1])
			now[len(now)-1].y = v[0]
		case 'L', 'Q', 'A':
			now = append(now, now[len(now)-1])
			now[len(now)-1].x, now[len(now)-1].y = v[len(v)-2], v[len(v)-1]
		}
	}
	return append(all, now)
}

// touches reports whether boxes overlap by more than rounding does.
func (b box) touches(a box) bool {
	const e = .2
	return a.left < b.right-e && b.left < a.right-e && a.top < b.bottom-e && b.top < a.bottom-e
}

// holds reports whether a box lies in another.
func (b box) holds(a box) bool {
	const e = .2
	return a.left >= b.left-e && a.right <= b.right+e && a.top >= b.top-e && a.bottom <= b.bottom+e
}

// sound checks what holds for every drawing of a flow, loop or strip.
func sound(t *testing.T, svg []byte, what string) drawn {
	t.Helper()
	d := read(t, svg)
	page := box{right: d.width, bottom: d.height}
	for i, b := range d.boxes {
		if !page.holds(b) {
			t.Errorf("%s: a box leaves the drawing of %v by %v: %+v", what, d.width, d.height, b)
		}
		for _, a := range d.boxes[:i] {
			if b.touches(a) && b.class != "-" && !strings.HasPrefix(what, "strip") {
				t.Errorf("%s: boxes overlap: %+v %+v", what, a, b)
			}
		}
	}
	for _, x := range d.texts {
		if !page.holds(x) {
			t.Errorf("%s: %q leaves the drawing of %v by %v: %+v", what, x.text, d.width, d.height, x)
		}
		if x.class == "flow-number" || x.class == "flow-count" {
			continue
		}
		if x.in >= 0 && !d.boxes[x.in].holds(x) {
			t.Errorf("%s: %q leaves its box: %+v %+v", what, x.text, x, d.boxes[x.in])
		}
		for i, b := range d.boxes {
			if i != x.in && b.touches(x) && !strings.HasPrefix(what, "strip") {
				t.Errorf("%s: %q lies over a box: %+v %+v", what, x.text, x, b)
			}
		}
	}
	for _, l := range d.lines {
		for i := 1; i < len(l); i++ {
			a, b := l[i-1], l[i]
			part := box{left: min(a.x, b.x), right: max(a.x, b.x), top: min(a.y, b.y), bottom: max(a.y, b.y)}
			part.left, part.right, part.top, part.bottom = part.left-.3, part.right+.3, part.top-.3, part.bottom+.3
			if !page.holds(box{left: part.left + .3, right: part.right - .3, top: part.top + .3, bottom: part.bottom - .3}) {
				t.Errorf("%s: a line leaves the drawing: %+v", what, part)
			}
			for _, b := range d.boxes {
				inner := b
				inner.left, inner.right, inner.top, inner.bottom = b.left+.6, b.right-.6, b.top+.6, b.bottom-.6
				if b.class == "flow-choice" {
					inner.left, inner.right = b.left+diagram.Bevel, b.right-diagram.Bevel
				}
				if inner.touches(part) {
					t.Errorf("%s: a line runs through a box: %+v %+v", what, part, b)
				}
			}
		}
	}
	return d
}

// at is the box that a point stands on the side of, or next to the head of its
// line; -1 where there is none.
func (d drawn) at(x, y float64) int {
	for i, b := range d.boxes {
		if x > b.left-8 && x < b.right+8 && y > b.top-8 && y < b.bottom+8 {
			return i
		}
	}
	return -1
}

// shared returns how much of a line two lines share that have neither their
// beginning nor their end in common: nobody could tell them apart there.
func (d drawn) shared(t *testing.T, what string) {
	t.Helper()
	type part struct {
		a, b     float64 // along it
		at       float64
		down     bool
		from, to int
	}
	var parts []part
	for _, l := range d.lines {
		from, to := d.at(l[0].x, l[0].y), d.at(l[len(l)-1].x, l[len(l)-1].y)
		for i := 1; i < len(l); i++ {
			p, q := l[i-1], l[i]
			switch {
			case p.y == q.y:
				parts = append(parts, part{min(p.x, q.x), max(p.x, q.x), p.y, false, from, to})
			case p.x == q.x:
				parts = append(parts, part{min(p.y, q.y), max(p.y, q.y), p.x, true, from, to})
			}
		}
	}
	for i, p := range parts {
		for _, q := range parts[:i] {
			if p.down == q.down && math.Abs(p.at-q.at) < 2 && p.from != q.from && p.to != q.to && min(p.b, q.b)-max(p.a, q.a) > 4 {
				t.Errorf("%s: lines from %d to %d and from %d to %d run over each other: %+v %+v", what, p.from, p.to, q.from, q.to, p, q)
			}
		}
	}
}
