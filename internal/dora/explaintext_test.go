package dora

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// hostile is what anyone may call a pull request: it clears a screen, turns the
// direction of writing, and is longer than a line.
const hostile = "=cmd|' /C calc'!A0 \x1b[2J\u202egnp.exe\u202c \n+ #99 " + "loooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooong"

func madeUp() Explanation {
	service, period := "checkout", "2026-W12"
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 5, 0, 0, time.UTC) }
	return Explanation{
		Schema: ExplanationSchema, Metric: handbook.LeadTime, Service: &service, Environment: "production", Source: GitHubDeployments,
		Period: &period, From: time.Date(2026, 3, 15, 23, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 22, 23, 0, 0, 0, time.UTC), AsOf: at(31, 0),
		TimeZone:  "UTC",
		Coverage:  Coverage{Status: Partial, From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: at(31, 0), Reasons: []string{CollectionGap}},
		Values:    []Stat{{"p50", Num(172800), "seconds"}, {"value", Num(1.0 / 3), "ratio"}, {"count", Num(2), "count"}, {"per_week", Num(1.5), "per week"}, {"low", Number{}, "seconds"}},
		Reason:    NoData,
		Steps:     []string{"n = 2, sorted from 90000 s to 255600 s", "p50: value 1 is 90000 s, value 2 is 255600 s; 0.5 of the way between them = 172800 s"},
		Collected: 4, Included: 2, Excluded: 2,
		Rows: []Row{
			{
				Kind: ChangeRow, ID: "#12", Repo: "acme/pay", Title: hostile, URL: "https://github.com/acme/pay/pull/12", At: at(16, 14), From: at(15, 13), To: at(16, 14),
				Seconds: Num(90000), Parts: &RowParts{Coding: Num(80000), Deploy: Num(10000)}, Included: true, Rule: "C2", Why: "first delivered by v1.4.0",
			},
			{
				Kind: DeploymentRow, ID: "v1.4.0", Repo: "acme/pay", At: at(17, 9), Class: "normal", Included: true, Rule: "X2", Why: "it failed: #14 took back a change of it",
				Evidence: []Evidence{
					{Kind: Reverted, Confidence: "derived", By: "#14", At: at(17, 11), Until: at(17, 12)},
					{Kind: InWindow, Confidence: "inferred", By: hostile, At: at(17, 10)},
				},
			},
			{Kind: IncidentRow, ID: hostile, Repo: "acme/pay", At: at(18, 9), From: at(18, 9), Rule: "X2", Why: "no deployment went live within the link window before it"},
			{Kind: ChangeRow, ID: "#15", Repo: "acme/pay", Rule: "C10", Why: hostile},
		},
	}
}

func written(t *testing.T, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func textOf(t *testing.T, e Explanation) string {
	return written(t, func(b *bytes.Buffer) error { return e.WriteText(b) })
}

func TestExplanationText(t *testing.T) {
	t.Parallel()
	e := madeUp()
	e.Rows = e.Rows[:3]
	e.Rows[0].Title, e.Rows[1].Evidence[1].By, e.Rows[2].ID = "Pay by card", "INC-7", "INC-8"
	e.Collected, e.Excluded = 3, 1
	want := `lead_time · checkout · production · source: github_deployments
2026-W12, from 2026-03-15 23:00 to before 2026-03-22 23:00; times in UTC
coverage partial, 2026-01-01 to 2026-03-31 00:05 (collection_gap) · data as of
2026-03-31 00:05

  p50       2.0 d (172800 s)
  value     33.3 % (0.333)
  count     2
  per_week  1.5 per week
  low       —
  — no data, or too little of it

  n = 2, sorted from 90000 s to 255600 s
  p50: value 1 is 90000 s, value 2 is 255600 s; 0.5 of the way between them =
    172800 s

collected 3 = included 2 + excluded 1
+ counted, − left out; then what it is, when, the rule and why:

+ #12    2026-03-16 14:05 25.0 h C2 first delivered by v1.4.0
    Pay by card
    coding 22.2 h · deploy 2.8 h
+ v1.4.0 2026-03-17 09:05 normal X2 it failed: #14 took back a change of it
    revert (derived): #14, 2026-03-17 11:05, service restored 2026-03-17 12:05
    window (inferred): INC-7, 2026-03-17 10:05
− INC-8  2026-03-18 09:05 open   X2 no deployment went live within the link
                                    window before it
`
	if got := textOf(t, e); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestExplanationTextHead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		set  func(*Explanation)
		want string
	}{
		{"team", func(e *Explanation) { name := "payments"; e.Service, e.Team = nil, &name }, "lead_time · team payments · "},
		{"organisation", func(e *Explanation) { e.Service, e.Environment = nil, "" }, "lead_time · organisation · several environments · "},
		{"whole range", func(e *Explanation) { e.Period = nil }, "\nwhole range, from "},
		{"merges", func(e *Explanation) { e.Source = Merge }, "source: merge (a proxy for deployments)\n"},
		{"sample", func(e *Explanation) { e.Sample = true }, "\nSample data: these deliveries are made up.\n"},
		{"nothing covered", func(e *Explanation) { e.Coverage = Coverage{Status: Uncovered} }, "\ncoverage unknown · data as of 2026-03-31 00:05\n"},
		{"nothing measured", func(e *Explanation) { e.Values, e.Reason = nil, NotMeasured }, "\n  — not measured\n"},
		{"no row", func(e *Explanation) { e.Rows, e.Collected, e.Included, e.Excluded = nil, 0, 0, 0 }, "\ncollected 0 = included 0 + excluded 0\n"},
		{"two repositories", func(e *Explanation) { e.Rows[1].Repo = "acme/till" }, "\n+ acme/pay #12 "},
		{"open, with a time so far", func(e *Explanation) { e.Rows[2].Seconds = Num(7200) }, " > 2.0 h X2"},
	}
	for _, test := range tests {
		e := madeUp()
		test.set(&e)
		if got := textOf(t, e); !strings.Contains(got, test.want) {
			t.Errorf("%s: got\n%s\nwant %q", test.name, got, test.want)
		}
	}
}

// TestExplanationTextObeysNoName: what others wrote stays within the lines, and
// gives a terminal no command.
func TestExplanationTextObeysNoName(t *testing.T) {
	t.Parallel()
	e := madeUp()
	name := hostile
	e.Service, e.Environment = &name, hostile
	e.Coverage.Reasons, e.Steps[0], e.Rows[1].Evidence[0].By = []string{hostile}, hostile, hostile
	e.Rows[1].Repo = hostile
	got := textOf(t, e)
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d columns: %q", n, line)
		}
		if strings.HasPrefix(line, "+ #99") {
			t.Errorf("a name has written a row of its own: %q", line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%U in %q", r, line)
			}
		}
	}
	for _, want := range []string{`\u001b[2J`, `\u202egnp.exe`, `\u000a+`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q was not written out:\n%s", want, got)
		}
	}
}

func TestExplanationCSV(t *testing.T) {
	t.Parallel()
	text := written(t, func(b *bytes.Buffer) error { return madeUp().WriteCSV(b) })
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := "metric,service,team,period,kind,id,repo,title,url,at,from,to,seconds,stages_coding,stages_pickup,stages_review,stages_deploy,class,included,rule,why,evidence"; strings.Join(lines[0], ",") != want {
		t.Errorf("columns %q, want %q", strings.Join(lines[0], ","), want)
	}
	if len(lines) != 5 {
		t.Fatalf("%d lines, want a head and 4 rows", len(lines))
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	tests := []struct {
		line         int
		column, want string
	}{
		{1, "metric", "lead_time"}, {1, "service", "checkout"}, {1, "team", ""}, {1, "period", "2026-W12"},
		{1, "at", "2026-03-16T14:05:00Z"}, {1, "seconds", "90000"}, {1, "stages_coding", "80000"}, {1, "stages_pickup", ""},
		{1, "included", "true"}, {1, "title", "'" + hostile}, {2, "class", "normal"}, {2, "seconds", ""}, {3, "id", "'" + hostile},
		{3, "to", ""}, {3, "included", "false"}, {4, "at", ""}, {4, "why", "'" + hostile},
	}
	for _, test := range tests {
		if got := lines[test.line][column[test.column]]; got != test.want {
			t.Errorf("line %d, %s: %q, want %q", test.line, test.column, got, test.want)
		}
	}
	if got := lines[2][column["evidence"]]; !strings.HasPrefix(got, "revert (derived): #14, 2026-03-17 11:05, service restored 2026-03-17 12:05; window (inferred): =cmd") {
		t.Errorf("evidence: %q", got)
	}
	for i, line := range lines {
		for _, cell := range line {
			if strings.ContainsRune("=+-@\t\r", rune((cell + " ")[0])) {
				t.Errorf("line %d: a spreadsheet would run %q", i, cell)
			}
		}
	}
}

func TestExplanationJSON(t *testing.T) {
	t.Parallel()
	e := madeUp()
	e.Rows = e.Rows[2:]
	e.Rows[0].ID, e.Rows[1].Why = "INC-8", "by a bot"
	e.Rows[0].Evidence = []Evidence{{Kind: Explicit, Confidence: "explicit", By: "#14", At: e.Rows[0].At}}
	e.Values = e.Values[1:2]
	e.Steps = nil
	e.Collected, e.Included, e.Excluded = 2, 0, 2
	want := `{
  "schema": "rutter.explanation/1",
  "metric": "lead_time",
  "service": "checkout",
  "team": null,
  "environment": "production",
  "source": "github_deployments",
  "period": "2026-W12",
  "from": "2026-03-15T23:00:00Z",
  "to": "2026-03-22T23:00:00Z",
  "as_of": "2026-03-31T00:05:00Z",
  "time_zone": "UTC",
  "coverage": {
    "status": "partial",
    "from": "2026-01-01T00:00:00Z",
    "to": "2026-03-31T00:05:00Z",
    "reasons": [
      "collection_gap"
    ]
  },
  "values": [
    {
      "name": "value",
      "value": 0.333,
      "unit": "ratio"
    }
  ],
  "reason": "no_data",
  "steps": [],
  "collected": 2,
  "included": 0,
  "excluded": 2,
  "rows": [
    {
      "kind": "incident",
      "id": "INC-8",
      "repo": "acme/pay",
      "at": "2026-03-18T09:05:00Z",
      "from": "2026-03-18T09:05:00Z",
      "to": null,
      "seconds": null,
      "included": false,
      "rule": "X2",
      "why": "no deployment went live within the link window before it",
      "evidence": [
        {
          "kind": "explicit",
          "confidence": "explicit",
          "by": "#14",
          "at": "2026-03-18T09:05:00Z",
          "until": null
        }
      ]
    },
    {
      "kind": "change",
      "id": "#15",
      "repo": "acme/pay",
      "at": null,
      "from": null,
      "to": null,
      "seconds": null,
      "included": false,
      "rule": "C10",
      "why": "by a bot"
    }
  ]
}
`
	if got := written(t, func(b *bytes.Buffer) error { return e.WriteJSON(b) }); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	empty := written(t, func(b *bytes.Buffer) error { return Explanation{}.WriteJSON(b) })
	for _, list := range []string{"values", "steps", "rows"} {
		if !strings.Contains(empty, `"`+list+`": []`) {
			t.Errorf("%s of an empty explanation is no list: %s", list, empty)
		}
	}
}

// TestExplanationJSONHasEveryField: a field that is added to the types and not
// to what is written would be missing without a word.
func TestExplanationJSONHasEveryField(t *testing.T) {
	t.Parallel()
	e := madeUp()
	e.Sample = true
	e.Rows = []Row{e.Rows[0]}
	e.Rows[0].Class, e.Rows[0].Evidence = "normal", []Evidence{{Kind: Fix, By: "#1", URL: "https://example.org/"}}
	type plainExplanation Explanation // without the methods
	type plainRow Row
	type plainEvidence Evidence
	for _, test := range []struct{ plain, ours any }{
		{plainExplanation(e), e}, {plainRow(e.Rows[0]), e.Rows[0]}, {plainEvidence(e.Rows[0].Evidence[0]), e.Rows[0].Evidence[0]},
	} {
		want, got := keys(t, test.plain), keys(t, test.ours)
		if want != got {
			t.Errorf("%T: keys %s, want %s", test.ours, got, want)
		}
	}
}

// keys are those of a JSON object, in its order.
func keys(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var list []string
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		list = append(list, key.(string))
	}
	return strings.Join(list, " ")
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestExplanationWriteErrors(t *testing.T) {
	t.Parallel()
	e := madeUp()
	for name, err := range map[string]error{"text": e.WriteText(full{}), "CSV": e.WriteCSV(full{}), "JSON": e.WriteJSON(full{})} {
		if !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "write explanation as "+name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
