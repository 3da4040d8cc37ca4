package chart

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// thing is one row as a figure shows it.
type thing struct {
	dora.Row
	name    string    // #12, with its repository where there are several
	link    string    // "": nowhere to go
	at      time.Time // in the zone of the figure
	seconds float64
	failed  bool // a deployment that failed delivered it
	named   bool
}

// things are rows in an order of their own, whatever the order they came in.
func things(rows []dora.Row, zone *time.Location) []thing {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, compareRows)
	repos := repoNames(rows)
	list := make([]thing, len(rows))
	for i, r := range rows {
		name := r.ID
		switch repo := repos[r.Repo]; {
		case len(repos) == 1 || repo == "":
		case strings.HasPrefix(name, "#"):
			name = repo + name
		default:
			name = repo + " " + name
		}
		list[i] = thing{Row: r, name: cutAfter(name, tipTitle), link: WebAddress(r.URL)}
	}
	return list
}

// repoNames are the repositories of rows with what tells them apart: without
// their owner where that is enough.
func repoNames(rows []dora.Row) map[string]string {
	names, taken := map[string]string{}, map[string]string{}
	short := true
	for _, r := range rows {
		base := r.Repo[strings.LastIndexByte(r.Repo, '/')+1:]
		if other, ok := taken[base]; ok && other != r.Repo {
			short = false
		}
		names[r.Repo], taken[base] = base, r.Repo
	}
	if !short {
		for repo := range names {
			names[repo] = repo
		}
	}
	return names
}

// compareRows is a total order of what readers can tell apart.
func compareRows(a, b dora.Row) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Repo, b.Repo), compareNames(a.ID, b.ID), a.From.Compare(b.From), a.To.Compare(b.To),
		cmp.Compare(value(a.Seconds), value(b.Seconds)), strings.Compare(a.URL, b.URL), strings.Compare(a.Title, b.Title), cmp.Compare(len(a.Evidence), len(b.Evidence)))
}

// compareNames puts #9 before #10.
func compareNames(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// slowestFirst are the indexes of things, the one with the longest duration
// first.
func slowestFirst(list []thing) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(list[j].seconds, list[i].seconds) })
	return order
}

// slowest are the things in that order.
func slowest(list []thing) []thing {
	sorted := make([]thing, len(list))
	for r, i := range slowestFirst(list) {
		sorted[r] = list[i]
	}
	return sorted
}

// WebAddress is an address that a mark or a row may lead to; "" where it may
// not. It comes from outside, so everything but the web is refused: a link must
// not run a script.
func WebAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > longURL || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// full is the name with as much of the title as a tool tip should hold.
func (t thing) full() string {
	return join(" ", t.name, cutAfter(strings.Join(strings.Fields(t.Title), " "), tipTitle))
}

// cutAfter cuts a text to so many letters.
func cutAfter(s string, letters int) string {
	if runes := []rune(s); len(runes) > letters {
		return strings.TrimRight(string(runes[:letters-1]), " ") + "…"
	}
	return s
}

// rangeOf is the time that an explanation is of, up to the as-of time.
func (s subject) rangeOf(e dora.Explanation) (from, to time.Time) {
	from, to = e.From, e.To
	if asOf := s.report.AsOf; asOf.After(from) && asOf.Before(to) {
		to = asOf
	}
	if from.IsZero() || !from.Before(to) {
		return time.Time{}, time.Time{}
	}
	return from.In(s.Zone), to.In(s.Zone)
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if a.IsZero() || b.After(a) {
		return b
	}
	return a
}

// void is the time of a range that the data does not cover.
func (s subject) void(c dora.Coverage, from, to time.Time) (outside [][2]time.Time) {
	if c.From.IsZero() || c.To.IsZero() {
		return nil
	}
	if c.From.After(from) {
		outside = append(outside, [2]time.Time{from, earliest(c.From.In(s.Zone), to)})
	}
	if c.To.Before(to.Add(-time.Second)) { // the overall period ends with the second after
		outside = append(outside, [2]time.Time{latest(c.To.In(s.Zone), from), to})
	}
	return outside
}

// restsOn says what a figure of single things rests on.
func (s subject) restsOn(f *Figure, m handbook.Metric, window, n string) {
	f.Provenance = s.provenance(m, window, n)
	f.Provenance.Coverage = CoverageWords(s.report.Coverage, s.Zone)
	f.plot.head = join(" · ", s.Service, window, f.Provenance.N)
	f.plot.foot = f.Provenance.drawn()
}

// reference is a line that says what is usual.
type reference struct {
	name    string // p50
	n       string // of its colour
	seconds float64
	faint   bool // it rests on few changes
}

// references are the percentiles of lead time; of fewer than six changes there
// are none (metrics/S4).
func references(l dora.LeadTime) (refs []reference) {
	if l.N < few {
		return nil
	}
	if v, ok := known(l.P50); ok {
		refs = append(refs, reference{"p50", "1", v, false})
	}
	if v, ok := known(l.P90); ok {
		refs = append(refs, reference{"p90", "2", v, l.N < fewForP90})
	}
	return refs
}

func (r reference) label() string { return r.name + " " + shortDuration(r.seconds) }

// boldWidth is the width of a label in bold letters.
func boldWidth(s string) float64 { return float64(width(s, textSize) * 1.14) }

// class is what the line looks like.
func (r reference) class(doubt bool) string {
	class := "fig-ref fig-s" + r.n
	if r.faint {
		class += " fig-faint"
	}
	if doubt {
		class += " fig-dotted"
	}
	return class
}

// fitting is a scale of durations that holds things and lines.
func fitting(list []thing, refs []reference, length float64) scale {
	least, most := math.Inf(1), 0.0
	for _, t := range list {
		least, most = min(least, t.seconds), max(most, t.seconds)
	}
	for _, r := range refs {
		least, most = min(least, r.seconds), max(most, r.seconds)
	}
	return durationScale(least, most, length)
}

// fromTo words two durations: 9 to 14 days, 26 h to 3.1 days.
func fromTo(low, high float64) string {
	if high < underMinute {
		return "less than a minute"
	}
	a, b := Duration(low), Duration(high)
	if a == b {
		return b
	}
	number, unit, _ := strings.Cut(a, " ")
	if _, u, _ := strings.Cut(b, " "); u == unit {
		a = number
	}
	return a + " to " + b
}

// linked drops the links of a table that has none.
func linked(t Table) Table {
	if !slices.ContainsFunc(t.Links, func(l string) bool { return l != "" }) {
		t.Links = nil
	}
	return t
}

// evidenceWords say what a failure rests on, and how sure that is (metrics/X8).
func evidenceWords(list []dora.Evidence) string {
	var words []string
	for _, e := range list {
		w := string(e.Kind)
		if e.Confidence != "" {
			w += " (" + e.Confidence + ")"
		}
		if w = join(" ", w, e.By); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// hatchings defines the patterns that hatch uses.
func (d *drawing) hatchings(doubt, void bool) {
	if !doubt && !void {
		return
	}
	d.raw("<defs>")
	if doubt {
		d.pattern("-doubt", "fig-doubt-lines", "45", 9)
	}
	if void {
		d.pattern("-void", "fig-void-lines", "-45", 5)
	}
	d.raw("</defs>")
}

// hatch shows behind the marks what the data does not cover, and that it is
// partial.
func (d *drawing) hatch(void [][2]time.Time, place func(time.Time) float64, doubt bool, left, wide float64) {
	for _, v := range void {
		from, to := place(v[0]), place(v[1])
		if to-from >= .5 {
			d.filled("-void", "fig-void", from, d.top, to-from, d.foot-d.top)
		}
	}
	if doubt {
		d.filled("-doubt", "fig-doubt-area", left, d.top, wide, d.foot-d.top)
	}
}

// anchor begins a link for the mouse: the keyboard has the table.
func (d *drawing) anchor(link string) {
	if link == "" {
		return
	}
	d.raw(`<a href="`)
	d.data(link)
	d.raw(`" tabindex="-1">`)
}

func (d *drawing) leave(link string) {
	if link != "" {
		d.raw("</a>")
	}
}

// refItems explain lines that are not what they seem.
func refItems(d *drawing, refs []reference, doubt bool) (items []item) {
	for _, r := range refs {
		if r.faint {
			items = append(items, item{r.name + " of fewer than " + strconv.Itoa(fewForP90) + " changes", func(x, y float64) {
				d.path(r.class(doubt))
				d.step('M', x, y-4)
				d.step('h', 13)
				d.done()
			}})
		}
	}
	return items
}

// keys writes a legend.
func (d *drawing) keys(items []item) {
	x := 0.0
	for i, it := range items {
		w := 18 + width(it.text, textSize) + 14
		if i == 0 || x+w > d.width() {
			d.y += lineStep + 3
			x = 0
		}
		it.draw(x, d.y)
		d.text("fig-soft", x+18, d.y, start, it.text)
		x += w
	}
	d.y += 5
}
