package chart_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// drawn is what a test sees of an SVG.
type drawn struct {
	views  [][2]float64 // width and height of each drawing
	ids    []string
	refs   []string // ids that attributes refer to
	attrs  map[string]bool
	names  map[string]bool
	hidden []bool  // by drawing: not shown without a style sheet
	boxes  [][]box // of the visible text, by drawing
	marks  [][]box // of values and of the mean line, by drawing
	titles []string
}

// box is where a text stands, in units of its drawing.
type box struct {
	text                     string
	left, right, top, bottom float64
}

// read parses SVG as XML, so that what is not well-formed fails.
func read(t *testing.T, svg []byte) drawn {
	t.Helper()
	d := drawn{attrs: map[string]bool{}, names: map[string]bool{}}
	dec := xml.NewDecoder(bytes.NewReader(slices.Concat([]byte("<div>"), svg, []byte("</div>"))))
	var open *box
	var anchor string
	title := false
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
				if ref, ok := strings.CutPrefix(a.Value, "url(#"); ok {
					d.refs = append(d.refs, strings.TrimSuffix(ref, ")"))
				}
			}
			if id := at["id"]; id != "" {
				d.ids = append(d.ids, id)
			}
			d.refs = append(d.refs, strings.Fields(at["aria-labelledby"])...)
			switch tok.Name.Local {
			case "svg":
				var w, h float64
				fmt.Sscanf(at["viewBox"], "0 0 %f %f", &w, &h)
				d.views = append(d.views, [2]float64{w, h})
				d.hidden = append(d.hidden, at["display"] == "none")
				d.boxes, d.marks = append(d.boxes, nil), append(d.marks, nil)
			case "title":
				title = true
			case "path", "rect", "circle":
				if n := len(d.marks) - 1; n >= 0 {
					d.marks[n] = append(d.marks[n], marksOf(tok.Name.Local, at)...)
				}
			case "text":
				x, _ := strconv.ParseFloat(at["x"], 64)
				y, _ := strconv.ParseFloat(at["y"], 64)
				size := chart.TextSize
				if at["class"] == "fig-title" {
					size = chart.TitleSize
				}
				open, anchor = &box{left: x, bottom: y + 1, top: y - size*.75}, at["text-anchor"]
			}
		case xml.CharData:
			if title {
				d.titles = append(d.titles, string(tok))
			}
			if open == nil {
				continue
			}
			open.text = string(tok)
			size := chart.TextSize
			if open.bottom-open.top > 1+chart.TextSize {
				size = chart.TitleSize
			}
			w := chart.TextWidth(open.text, size) * .93 // the estimate is on the wide side
			switch anchor {
			case "middle":
				open.left -= w / 2
			case "end":
				open.left -= w
			}
			open.right = open.left + w
			last := len(d.boxes) - 1
			d.boxes[last] = append(d.boxes[last], *open)
			open = nil
		case xml.EndElement:
			title = false
		}
	}
}

// marksOf are the boxes of the marks that an element draws: those of the values
// of lines, and the pieces of the mean line.
func marksOf(element string, at map[string]string) []box {
	const half = 3 // of a mark, a little less than it is drawn
	class := strings.Fields(at["class"])
	var found []box
	x, y := 0.0, 0.0
	switch {
	case slices.Contains(class, "fig-mark"):
		for _, m := range strings.Split(at["d"], "M")[1:] {
			fmt.Sscanf(m, "%f %fh.01", &x, &y)
			found = append(found, box{class[0], x - half, x + half, y - half, y + half})
		}
	case slices.Contains(class, "fig-mean"):
		for _, m := range strings.Split(at["d"], "M")[1:] {
			to := 0.0
			fmt.Sscanf(m, "%f %fH%f", &x, &y, &to)
			found = append(found, box{class[0], x, to, y - .5, y + .5})
		}
	}
	return found
}

// figures calls f for the figures of every case.
func figures(t *testing.T, f func(t *testing.T, name string, sample bool, periods int, fig *chart.Figure)) {
	t.Helper()
	for i, c := range cases() {
		c.Report = failing(c.Report)
		for _, m := range []handbook.Metric{
			handbook.DeploymentFrequency, handbook.LeadTime, handbook.LeadTimePickup, handbook.LeadTimeDeploy,
			handbook.ChangeFailRate, handbook.ReworkRate, handbook.RecoveryTime,
		} {
			t.Run(c.Name+" "+string(m), func(t *testing.T) {
				t.Parallel()
				o := chart.Options{ID: id(i, "fig"), By: c.By, Sample: c.Sample}
				f(t, c.Name, c.Sample, len(c.Report.Periods), chart.New(m, c.Report, o))
			})
		}
	}
}

func TestSVG(t *testing.T) {
	t.Parallel()
	figures(t, func(t *testing.T, name string, sample bool, periods int, fig *chart.Figure) {
		svg := fig.SVG()
		if (svg == nil) != (fig.Empty != "") {
			t.Fatalf("Empty is %q and the SVG has %d bytes: one of them must be there", fig.Empty, len(svg))
		}
		if svg == nil {
			return
		}
		if periods <= 53 && len(svg) > 40_000 {
			t.Errorf("%d bytes for %d periods, want at most 40000", len(svg), periods)
		}
		if !bytes.Equal(svg, fig.SVG()) {
			t.Error("drawn twice, two results")
		}
		for _, v := range testkit.Violations(svg) {
			t.Error(v)
		}
		d := read(t, svg)
		if len(d.views) != 2 || d.views[0][0] != 720 || d.views[1][0] != 360 {
			t.Errorf("view boxes %v, want one 720 and one 360 wide", d.views)
		}
		ids := slices.Sorted(slices.Values(d.ids))
		if len(slices.Compact(ids)) != len(d.ids) {
			t.Errorf("ids are not unique: %q", d.ids)
		}
		for _, id := range d.ids {
			if !strings.HasPrefix(id, fig.ID+"-") {
				t.Errorf("id %q does not begin with %q", id, fig.ID)
			}
		}
		for _, ref := range d.refs {
			if !slices.Contains(d.ids, ref) {
				t.Errorf("reference to %q, ids are %q", ref, d.ids)
			}
		}
		for _, bad := range []string{"style", "href", "onclick", "onload", "color", "stroke", "width-style"} {
			if d.attrs[bad] {
				t.Errorf("attribute %q: looks belong to the style sheet, and marks link nowhere", bad)
			}
		}
		if got := bytes.Count(svg, []byte("SAMPLE DATA")); got != map[bool]int{true: 2}[sample] {
			t.Errorf("SAMPLE DATA stands %d times, sample is %v", got, sample)
		}
		if fmt.Sprint(d.hidden) != "[false true]" {
			t.Errorf("drawings hidden without a style sheet: %v, want the second: nobody is read the same twice", d.hidden)
		}
		for i, boxes := range d.boxes {
			apart(t, boxes, d.marks[i], d.views[i])
		}
	})
}

func (b box) touches(a box) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// apart checks that no text touches another or a mark, or leaves the drawing.
func apart(t *testing.T, boxes, marks []box, view [2]float64) {
	t.Helper()
	for i, a := range boxes {
		if a.left < -1 || a.right > view[0]+1 || a.top < 0 || a.bottom > view[1] {
			t.Errorf("%q leaves the drawing of %v: %+v", a.text, view, a)
		}
		for _, b := range boxes[:i] {
			if a.touches(b) {
				t.Errorf("in the drawing %v wide, %q lies over %q:\n%+v\n%+v", view[0], a.text, b.text, a, b)
			}
		}
		for _, m := range marks {
			if a.touches(m) {
				t.Errorf("in the drawing %v wide, %q lies over a mark:\n%+v\n%+v", view[0], a.text, a, m)
			}
		}
	}
}

func TestSVGKeepsItsContext(t *testing.T) {
	t.Parallel()
	s := service(cut(weeks(26, busy())))
	s.Source = dora.Merge
	svg := string(chart.LeadTime(s, chart.Options{ID: "x"}).SVG())
	for _, want := range []string{"Change lead time", "payments", "25 May – 18 Nov 2026", "318 changes", "as of 19 Nov 2026, 00:00", "merges, a proxy for deployments", "partial week", "log scale", "UTC", "coverage complete, 26 of 26 weeks", "none left out"} {
		if strings.Count(svg, want) < 2 {
			t.Errorf("%q is not in both drawings", want)
		}
	}
}

// What comes from outside stays text in every sink.
func TestRel_S_TextIsData(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{
		`</script><script>alert(1)</script>`,
		`__f__alert(1)__f__`,
		`"><img src=x onerror=alert(1)>`,
		`</title></svg><svg onload=alert(1)>`,
		"a\x00b\x1bc\xff",
		`{{.}} &amp; ]]> <!--`,
		strings.Repeat("W", 400),
	} {
		s := service(cut(weeks(9, busy())))
		s.Source = dora.Source(evil)
		s.Coverage.Status, s.Coverage.Reasons = dora.Partial, []string{evil}
		s = failing(s)
		flags := []chart.Flag{{N: 1, At: s.Periods[2].From, Text: evil, URL: evil}, {N: 2, At: s.Periods[2].From, Text: evil}}
		for _, m := range []handbook.Metric{handbook.DeploymentFrequency, handbook.LeadTime, handbook.ChangeFailRate, handbook.RecoveryTime} {
			fig := chart.New(m, s, chart.Options{ID: "x", Title: evil, Service: evil, Flags: flags})
			for _, v := range testkit.Violations(fig.SVG()) {
				t.Errorf("%q: %s", evil, v)
			}
			d := read(t, fig.SVG())
			for name := range d.names {
				if !slices.Contains([]string{"div", "svg", "title", "desc", "defs", "pattern", "path", "rect", "circle", "g", "text"}, name) {
					t.Errorf("%q became an element <%s>", evil, name)
				}
			}
			for name := range d.attrs {
				if strings.HasPrefix(name, "on") || name == "src" {
					t.Errorf("%q became an attribute %q", evil, name)
				}
			}
			for i, boxes := range d.boxes {
				apart(t, boxes, d.marks[i], d.views[i])
			}
			options(t, fig)
		}
	}
}

func TestIDsThatNeedEscaping(t *testing.T) {
	t.Parallel()
	fig := chart.DeploymentFrequency(service(cut(weeks(9, busy()))), chart.Options{ID: `a"b`})
	if d := read(t, fig.SVG()); !slices.Contains(d.ids, `a"b-wide-part`) {
		t.Errorf("ids are %q", d.ids)
	}
}
