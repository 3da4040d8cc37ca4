package diagram

// Strip shows where in a row of steps a page stands: step 4 of 7.
type Strip struct {
	ID, Title, Desc string
	Steps           []Step // the one that is Here is current; lanes and kinds do not matter
}

// Measures of a strip.
const (
	notch     = 7.0 // how far an arrow's point reaches
	stripGap  = 2.0
	leastName = 84.0 // from here on boxes carry names
	leastNum  = 20.0 // from here on boxes carry numbers
)

// Wide draws the steps as a row of arrows with their names, where those have
// room; else with their numbers, and the name of the current one below.
func (s *Strip) Wide() []byte { return s.draw(wideWidth, false) }

// Narrow draws numbers, and the name of the current step below.
func (s *Strip) Narrow() []byte { return s.draw(narrowWidth, true) }

func (s *Strip) draw(width float64, narrow bool) []byte {
	n := len(s.Steps)
	if n == 0 {
		return nil
	}
	d := &art{id: s.ID, title: s.Title, desc: s.Desc, class: "flow-strip", narrow: narrow, w: width}
	gap := min(stripGap, width/float64(n)/6)
	w := min((width-1-notch-float64(float64(n-1)*gap))/float64(n), 132)
	room := w - notch - 1
	named := !narrow && w >= leastName
	texts, most := make([]lettering, n), 1
	for i := 0; named && i < n; i++ {
		t := newText(s.Steps[i].Label, wordFace)
		if named = t.fits(room, 2); named {
			texts[i].label, texts[i].cut = t.lines(room, 2)
			most = max(most, len(texts[i].label))
		}
	}
	h := 26.0
	if named {
		h = float64(most)*wordFace.step() + 14
	}
	current := -1
	for i, step := range s.Steps {
		if step.Here {
			current = i
		}
	}
	y := 1.0
	for i, step := range s.Steps {
		class, label := "flow-step", texts[i].label
		switch {
		case i == current:
			class += " flow-here"
		case i < current:
			class += " flow-past"
		}
		tip := ""
		if !named {
			tip, label = step.Label, nil
			if w >= leastNum || i == current && w >= 14 {
				label = []string{decimal(i + 1)}
			}
		}
		ends := d.open(class, step.Href, tip)
		x := .5 + float64(float64(i)*(w+gap))
		d.chevron(x, y, w, h, i > 0)
		d.lines("flow-name", x+w/2+notch/2, y+(h-float64(len(label))*wordFace.step())/2+wordFace.ascent(), middle, wordFace, label)
		d.raw(ends)
	}
	d.h = y + h + 1
	if !named && current >= 0 {
		words := decimal(current+1) + " of " + decimal(n)
		if l := s.Steps[current].Label; l != "" {
			words += ": " + l
		}
		d.h += 8
		d.text("flow-label", 0, d.h+labelFace.ascent(), start, fit(words, labelFace, width))
		d.h += labelFace.step() + 2
	}
	return d.svg()
}

// chevron draws a box that points to the next, with a notch where one comes before.
func (d *art) chevron(x, y, w, h float64, notched bool) {
	d.path("flow-box")
	d.step('M', x, y)
	d.step('H', x+w)
	d.step('L', x+w+notch, y+h/2)
	d.step('L', x+w, y+h)
	d.step('H', x)
	if notched {
		d.step('L', x+notch, y+h/2)
	}
	d.raw("z")
	d.done()
}
