package diagram

// Measures of a box.
const (
	mostLines = 3 // of a label
	noteLines = 2
	lowest    = 46.0
	padX      = 6.0 // between the side of a box and its text
	padY      = 10.0
	subLine   = 5.0  // from the side of a box that is a process to the line within
	bevel     = 10.0 // of a box that is a decision
	badge     = 8.5  // radius of a number
	badgeIn   = 13.0 // from the corner of its box
)

// lettering is the text of a box, in lines.
type lettering struct {
	label, note []string
	cut         bool
}

// inset is how much narrower than its box the text of a step is.
func inset(k StepKind) float64 {
	switch k {
	case Decision:
		return 2*bevel - 2 // the bevel is narrower where text stands
	case Sub:
		return 2*subLine + 8
	}
	return 2 * padX
}

// letters breaks the text of a step, and says how high it is with its padding.
func letters(label, note text, room float64) (lettering, float64) {
	var l lettering
	var cut bool
	l.label, l.cut = label.lines(room, mostLines)
	l.note, cut = note.lines(room, noteLines)
	l.cut = l.cut || cut
	return l, max(lowest, l.height()+2*padY)
}

func (l lettering) height() float64 {
	h := float64(len(l.label)) * labelFace.step()
	if len(l.note) > 0 {
		h += float64(len(l.note))*noteFace.step() + 1
	}
	return h
}

// stand draws a step, its text in the middle.
func (a *art) stand(s Step, x, y, w, h float64, l lettering) (ends string) {
	ends = a.open(s.class(), s.Href, l.tip(s))
	a.shape(s.Kind, x, y, w, h)
	a.lettering(x+w/2, y+(h-l.height())/2, middle, l)
	return ends
}

func (s Step) class() string {
	if s.Here {
		return "flow-step flow-here"
	}
	return "flow-step"
}

// tip is what browsers show of a step that had no room for all of its text.
func (l lettering) tip(s Step) string {
	if s.Note != "" {
		return tooltip(l.cut, s.Label+": "+s.Note)
	}
	return tooltip(l.cut, s.Label)
}

// tooltip is the whole of a text that was cut.
func tooltip(cut bool, s string) string {
	if cut {
		return s
	}
	return ""
}

// lettering writes the text of a step from y on.
func (a *art) lettering(x, y float64, at align, l lettering) {
	y = a.lines("flow-label", x, y+labelFace.ascent(), at, labelFace, l.label)
	if len(l.note) > 0 {
		a.lines("flow-note", x, y-labelFace.ascent()+noteFace.ascent()+1, at, noteFace, l.note)
	}
}

// shape draws the outline of a box.
func (a *art) shape(k StepKind, x, y, w, h float64) {
	if k == Decision {
		a.path("flow-box flow-choice")
		a.step('M', x, y+h/2)
		a.step('L', x+bevel, y)
		a.step('H', x+w-bevel)
		a.step('L', x+w, y+h/2)
		a.step('L', x+w-bevel, y+h)
		a.step('H', x+bevel)
		a.raw("z")
		a.done()
		return
	}
	a.rect("flow-box", x, y, w, h, 4)
	if k == Sub {
		a.path("flow-sub")
		a.step('M', x+subLine, y)
		a.step('v', h)
		a.step('M', x+w-subLine, y)
		a.step('v', h)
		a.done()
	}
}

// number draws the number of a step on the edge of its box.
func (a *art) number(x, y float64, n int) {
	a.raw(`<circle class="flow-badge"`)
	a.attr("cx", x)
	a.attr("cy", y)
	a.attr("r", badge)
	a.raw("/>")
	a.text("flow-number", x, y+3.7, middle, decimal(n))
}
