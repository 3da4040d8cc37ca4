package dora

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// WriteText writes the explanation for people, within 80 columns: what the
// number is of, its values, the arithmetic, and a table of its rows.
func (e Explanation) WriteText(w io.Writer) error {
	t := &explanationWriter{w: bufio.NewWriter(w), zone: time.UTC}
	if e.zone != nil {
		t.zone = e.zone
	}
	t.head(e)
	t.values(e)
	t.rows(e)
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write explanation as text: %w", err)
	}
	return nil
}

type explanationWriter struct {
	w    *bufio.Writer
	zone *time.Location
}

func (t *explanationWriter) head(e Explanation) {
	of := "organisation"
	switch {
	case e.Service != nil:
		of = *e.Service
	case e.Team != nil:
		of = "team " + *e.Team
	}
	source := string(e.Source)
	if e.Source == Merge {
		source = "merge (a proxy for deployments)"
	}
	t.paragraph("", "", fmt.Sprintf("%s · %s · %s · source: %s", e.Metric, of, cmp.Or(e.Environment, "several environments"), source))
	period := "whole range"
	if e.Period != nil {
		period = *e.Period
	}
	t.paragraph("", "", fmt.Sprintf("%s, from %s to before %s; times in %s", period, t.moment(e.From), t.moment(e.To), t.zone))
	covered := "coverage " + string(e.Coverage.Status)
	if !e.Coverage.From.IsZero() {
		covered += ", " + t.moment(e.Coverage.From) + " to " + t.moment(e.Coverage.To)
	}
	if len(e.Coverage.Reasons) > 0 {
		covered += " (" + strings.Join(e.Coverage.Reasons, ", ") + ")"
	}
	t.paragraph("", "", covered+" · data as of "+t.moment(e.AsOf))
	if e.Sample {
		t.paragraph("", "", "Sample data: these deliveries are made up.")
	}
}

// values writes the values in a column, why some do not exist, and how they
// were worked out.
func (t *explanationWriter) values(e Explanation) {
	width := 0
	for _, v := range e.Values {
		width = max(width, columns(v.Name))
	}
	fmt.Fprintln(t.w)
	missing := len(e.Values) == 0
	for _, v := range e.Values {
		_, known := v.Value.Get()
		missing = missing || !known
		t.paragraph("  "+padded(v.Name, width)+"  ", "    ", v.words())
	}
	if missing && e.Reason != "" {
		t.paragraph("  ", "  ", "— "+e.Reason.words())
	}
	if len(e.Steps) > 0 {
		fmt.Fprintln(t.w)
	}
	for _, s := range e.Steps {
		t.paragraph("  ", "    ", s)
	}
	fmt.Fprintln(t.w)
	t.paragraph("", "", fmt.Sprintf("collected %d = included %d + excluded %d", e.Collected, e.Included, e.Excluded))
}

// words shows a value in its unit. A duration that is not in seconds is
// followed by its seconds: those are what the arithmetic has.
func (s Stat) words() string {
	v, ok := s.Value.Get()
	if !ok {
		return "—"
	}
	switch s.Unit {
	case "seconds":
		short, exact := humanSeconds(v), plain(v)+" s"
		if short == exact {
			return exact
		}
		return short + " (" + exact + ")"
	case "ratio":
		return fmt.Sprintf("%.1f %% (%s)", 100*v, plain(v))
	case "count":
		return plain(v)
	}
	return plain(v) + " " + s.Unit
}

// words says why a value does not exist.
func (r Reason) words() string {
	for _, m := range marks {
		if m.reason == r {
			return m.text
		}
	}
	return string(r)
}

// rows writes the table. What does not fit beside a long name stands below it.
func (t *explanationWriter) rows(e Explanation) {
	if len(e.Rows) == 0 {
		return
	}
	const most = 18 // of a name beside the others
	repo := e.Rows[0].Repo
	several := false
	for _, r := range e.Rows {
		several = several || r.Repo != repo
	}
	ids, measures := make([]string, len(e.Rows)), make([]string, len(e.Rows))
	id, measure, rule := 2, 0, 0
	for i, r := range e.Rows {
		ids[i], measures[i] = legible(r.ID), r.measure()
		if several {
			ids[i] = strings.TrimSpace(legible(r.Repo) + " " + ids[i])
		}
		id = max(id, min(most, columns(ids[i])))
		measure = max(measure, columns(measures[i]))
		rule = max(rule, columns(r.Rule))
	}
	t.paragraph("", "", "+ counted, − left out; then what it is, when, the rule and why:")
	fmt.Fprintln(t.w)
	for i, r := range e.Rows {
		mark := "− "
		if r.Included {
			mark = "+ "
		}
		first := mark + padded(ids[i], id)
		if columns(ids[i]) > id {
			t.paragraph(mark, "  ", ids[i])
			first = "  " + padded("", id)
		}
		first += fmt.Sprintf(" %s %s %s ", padded(t.minute(r.At), 16), padded(measures[i], measure), padded(r.Rule, rule))
		t.paragraph(first, strings.Repeat(" ", columns(first)), r.Why)
		t.below(r)
	}
}

// below writes what belongs to a row, indented.
func (t *explanationWriter) below(r Row) {
	if r.Title != "" {
		t.paragraph("    ", "    ", r.Title)
	}
	if r.Parts != nil {
		var parts []string
		for _, p := range []struct {
			name string
			v    Number
		}{{"coding", r.Parts.Coding}, {"pickup", r.Parts.Pickup}, {"review", r.Parts.Review}, {"deploy", r.Parts.Deploy}} {
			if v, ok := p.v.Get(); ok {
				parts = append(parts, p.name+" "+humanSeconds(v))
			}
		}
		t.paragraph("    ", "    ", strings.Join(parts, " · "))
	}
	for _, g := range r.Evidence {
		t.paragraph("    ", "      ", t.sign(g))
	}
}

// measure is what a row adds to the number: its class, its time, or both.
func (r Row) measure() string {
	var took string
	v, ok := r.Seconds.Get()
	switch {
	case !r.From.IsZero() && r.To.IsZero() && (r.Included || r.Kind == IncidentRow):
		took = "open"
		if ok {
			took = "> " + humanSeconds(v)
		}
	case ok:
		took = humanSeconds(v)
	}
	return strings.TrimSpace(r.Class + " " + took)
}

// sign puts a sign into a sentence without its full stop.
func (t *explanationWriter) sign(g Evidence) string {
	text := fmt.Sprintf("%s (%s): %s", g.Kind, g.Confidence, g.By)
	if !g.At.IsZero() {
		text += ", " + t.minute(g.At)
	}
	if !g.Until.IsZero() {
		text += ", service restored " + t.minute(g.Until)
	}
	return text
}

// moment writes a day where an instant is its first, else the minute.
func (t *explanationWriter) moment(at time.Time) string {
	if at = at.In(t.zone); !at.IsZero() && at.Hour()+at.Minute()+at.Second() == 0 {
		return at.Format(time.DateOnly)
	}
	return t.minute(at)
}

// minute writes an instant without its seconds.
func (t *explanationWriter) minute(at time.Time) string {
	if at.IsZero() {
		return "—"
	}
	return at.In(t.zone).Format("2006-01-02 15:04")
}

func columns(s string) int { return utf8.RuneCountInString(s) }

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// paragraph writes text after first, and its later lines after indent, within
// the width of the table. Where first leaves no room, the text begins on a line
// of its own; a word that is longer than a line is cut.
func (t *explanationWriter) paragraph(first, indent, text string) {
	const room = 16
	if tableWidth-columns(indent) < room {
		indent = "    "
	}
	line, empty := first, true
	if text != "" && tableWidth-columns(first) < room {
		fmt.Fprintln(t.w, strings.TrimRight(first, " "))
		line = indent
	}
	next := func() {
		fmt.Fprintln(t.w, strings.TrimRight(line, " "))
		line, empty = indent, true
	}
	for _, word := range strings.Fields(legible(text)) {
		if !empty && columns(line)+1+columns(word) > tableWidth {
			next()
		}
		if !empty {
			line += " "
		}
		for columns(line)+columns(word) > tableWidth {
			runes := []rune(word)
			at := tableWidth - columns(line)
			line += string(runes[:at])
			word = string(runes[at:])
			next()
		}
		line, empty = line+word, false
	}
	fmt.Fprintln(t.w, strings.TrimRight(line, " "))
}

// WriteCSV writes a line for each row of the explanation. A value that does not
// exist is an empty cell.
func (e Explanation) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	var header []string
	flatten("", reflect.ValueOf(explainedRow{}), func(column, _ string) { header = append(header, column) })
	if err := out.Write(header); err != nil {
		return fmt.Errorf("write explanation as CSV: %w", err)
	}
	for _, r := range e.Rows {
		line := explainedRow{
			Metric: e.Metric, Service: e.Service, Team: e.Team, Period: e.Period,
			Kind: r.Kind, ID: r.ID, Repo: r.Repo, Title: r.Title, URL: r.URL, At: r.At, From: r.From, To: r.To, Seconds: r.Seconds,
			Class: r.Class, Included: r.Included, Rule: r.Rule, Why: r.Why,
		}
		if r.Parts != nil {
			line.Parts = *r.Parts
		}
		var signs []string
		for _, g := range r.Evidence {
			signs = append(signs, (&explanationWriter{zone: time.UTC}).sign(g))
		}
		line.Evidence = strings.Join(signs, "; ")
		var cells []string
		flatten("", reflect.ValueOf(line), func(_, cell string) { cells = append(cells, cell) })
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("write explanation as CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write explanation as CSV: %w", err)
	}
	return nil
}

// explainedRow is what a line of the CSV holds.
type explainedRow struct {
	Metric   handbook.Metric `json:"metric"`
	Service  *string         `json:"service"`
	Team     *string         `json:"team"`
	Period   *string         `json:"period"`
	Kind     RowKind         `json:"kind"`
	ID       string          `json:"id"`
	Repo     string          `json:"repo"`
	Title    string          `json:"title"`
	URL      string          `json:"url"`
	At       time.Time       `json:"at"`
	From     time.Time       `json:"from"`
	To       time.Time       `json:"to"`
	Seconds  Number          `json:"seconds"`
	Parts    RowParts        `json:"stages"`
	Class    string          `json:"class"`
	Included bool            `json:"included"`
	Rule     string          `json:"rule"`
	Why      string          `json:"why"`
	Evidence string          `json:"evidence"`
}

// WriteJSON writes the explanation with an indent of two spaces, its keys in
// the order of the struct, its times in UTC. A time that is not known is null.
func (e Explanation) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		return fmt.Errorf("write explanation as JSON: %w", err)
	}
	return nil
}

// MarshalJSON writes the explanation with its keys in order; no list is null.
func (e Explanation) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Schema      string          `json:"schema"`
		Metric      handbook.Metric `json:"metric"`
		Service     *string         `json:"service"`
		Team        *string         `json:"team"`
		Environment string          `json:"environment"`
		Source      Source          `json:"source"`
		Period      *string         `json:"period"`
		From        instant         `json:"from"`
		To          instant         `json:"to"`
		AsOf        instant         `json:"as_of"`
		TimeZone    string          `json:"time_zone"`
		Coverage    Coverage        `json:"coverage"`
		Values      []Stat          `json:"values"`
		Reason      Reason          `json:"reason,omitempty"`
		Steps       []string        `json:"steps"`
		Collected   int             `json:"collected"`
		Included    int             `json:"included"`
		Excluded    int             `json:"excluded"`
		Rows        []Row           `json:"rows"`
		Sample      bool            `json:"sample,omitempty"`
	}{
		e.Schema, e.Metric, e.Service, e.Team, e.Environment, e.Source, e.Period, instant(e.From), instant(e.To), instant(e.AsOf), e.TimeZone, e.Coverage,
		append([]Stat{}, e.Values...), e.Reason, append([]string{}, e.Steps...), e.Collected, e.Included, e.Excluded, append([]Row{}, e.Rows...), e.Sample,
	})
}

// MarshalJSON writes the row with its keys in order.
func (r Row) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind     RowKind    `json:"kind"`
		ID       string     `json:"id"`
		Repo     string     `json:"repo"`
		Title    string     `json:"title,omitempty"`
		URL      string     `json:"url,omitempty"`
		At       instant    `json:"at"`
		From     instant    `json:"from"`
		To       instant    `json:"to"`
		Seconds  Number     `json:"seconds"`
		Parts    *RowParts  `json:"stages,omitempty"`
		Class    string     `json:"class,omitempty"`
		Included bool       `json:"included"`
		Rule     string     `json:"rule"`
		Why      string     `json:"why"`
		Evidence []Evidence `json:"evidence,omitempty"`
	}{
		r.Kind, r.ID, r.Repo, r.Title, r.URL, instant(r.At), instant(r.From), instant(r.To), r.Seconds, r.Parts, r.Class, r.Included, r.Rule, r.Why, r.Evidence,
	})
}

// MarshalJSON writes the sign with its keys in order.
func (g Evidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind       EvidenceKind `json:"kind"`
		Confidence string       `json:"confidence"`
		By         string       `json:"by"`
		URL        string       `json:"url,omitempty"`
		At         instant      `json:"at"`
		Until      instant      `json:"until"`
	}{g.Kind, g.Confidence, g.By, g.URL, instant(g.At), instant(g.Until)})
}
