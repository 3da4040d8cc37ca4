// Package diagram draws processes as static SVG: who does what and what comes
// next (Flow), stages that come round again (Loop), and who hands what to
// whom (Map).
//
//	Flow, Loop, Map ── Wide, Narrow ──▶ two <svg>, of which a style sheet shows one
//
// A drawing names classes that begin with flow- and no colours; what they look
// like stands in components/flow/flow.css of a theme, and so does which of the two
// is seen where both stand in one element of class flow. A drawing has one role,
// img, with a title and a description. The links in it are for the pointer: an
// image has no parts that the keyboard could reach, so a page that shows a drawing
// has the same steps and links as a list or a table beside it.
//
// Widths of texts are estimated on the wide side, because fonts differ. A label
// that does not fit in three lines ends in an ellipsis, and browsers show all of
// it as a tool tip. The same input gives the same bytes.
package diagram

import "strings"

// Flow is a process: steps in lanes, one lane a role, and what leads from one to
// the next.
type Flow struct {
	ID    string // begins the ids of the drawings: unique in its page, without spaces
	Title string
	Desc  string // what the drawing shows, in a sentence or two; may be empty
	Lanes []string
	Steps []Step
	Edges []Edge // those that name no step are left out
}

// Step is one box.
type Step struct {
	Label string
	Note  string // small, below the label
	Href  string // empty: no link; nor is there one to an address that runs code
	Lane  int    // of Flow.Lanes; others stand in a lane without a name
	Kind  StepKind
	Here  bool // the page that shows the drawing
}

// StepKind is what a step is, and so the shape of its box.
type StepKind int

// The kinds of steps.
const (
	Task     StepKind = iota
	Decision          // has branches
	Sub               // is another process
)

// Edge leads from a step to another.
type Edge struct {
	From, To int    // steps; To -1 leaves the process, and Label names where to
	Label    string // on the line, as the answer that a branch stands for
	Href     string // where the label leads
	Back     bool   // goes back to what was done before; so does an edge to a step further left
}

// back reports whether an edge is drawn as one that goes back.
func (e Edge) back() bool { return e.Back || e.To >= 0 && e.To <= e.From }

// links returns the edges between steps that exist, those to the next step
// first and then the shorter ones: they get the better ways.
func (f *Flow) links() []Edge {
	var all []Edge
	for _, e := range f.Edges {
		if e.From >= 0 && e.From < len(f.Steps) && e.To >= 0 && e.To < len(f.Steps) {
			all = append(all, e)
		}
	}
	sortStable(all, func(e Edge) int {
		switch d := e.To - e.From; {
		case d <= 0:
			return 1000 - d
		default:
			return d
		}
	})
	return all
}

// exits returns by step the edges that leave the process.
func (f *Flow) exits() [][]Edge {
	all := make([][]Edge, len(f.Steps))
	for _, e := range f.Edges {
		if e.To == -1 && e.From >= 0 && e.From < len(f.Steps) {
			all[e.From] = append(all[e.From], e)
		}
	}
	return all
}

// lane is the lane of a step; len(f.Lanes) is the one without a name.
func (f *Flow) lane(s Step) int {
	if s.Lane < 0 || s.Lane >= len(f.Lanes) {
		return len(f.Lanes)
	}
	return s.Lane
}

// role names the lane of a step, empty where it has none.
func (f *Flow) role(s Step) string {
	if l := f.lane(s); l < len(f.Lanes) {
		return strings.Join(strings.Fields(f.Lanes[l]), " ")
	}
	return ""
}
