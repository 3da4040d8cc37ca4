package diag_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
)

// example is a list with one finding of each shape.
func example() *diag.List {
	var l diag.List
	f := l.Errorf(diag.Pos{Path: "content/roles/lead.md", Line: 14, Column: 15}, diag.LinkBroken, "link to %q leads nowhere", "../procces/release.md")
	f.Hint = "did you mean ../process/release.md?"
	l.Warnf(diag.Pos{Path: "content/roles/lead.md", Line: 2, Column: 1}, diag.FrontMatterKey, "unknown key %q", "sumary")
	l.Warnf(diag.Pos{Path: "."}, diag.ShallowClone, "shallow clone").Hint = "set fetch-depth: 0"
	return &l
}

var lead = "---\nsumary: x\n---\n" + strings.Repeat("\n", 10) + "See [release](../procces/release.md).\r\n"

func read(name string) ([]byte, error) {
	if name == "content/roles/lead.md" {
		return []byte(lead), nil
	}
	return nil, errors.New("no such file")
}

func TestText(t *testing.T) {
	t.Parallel()
	l := example()
	l.Sort()
	l.Locate(read)
	var out bytes.Buffer
	if err := l.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `.: warning[RT601]: shallow clone
        set fetch-depth: 0
content/roles/lead.md:2:1: warning[RT102]: unknown key "sumary"
     2 | sumary: x
       | ^
content/roles/lead.md:14:15: error[RT401]: link to "../procces/release.md" leads nowhere
    14 | See [release](../procces/release.md).
       |               ^ did you mean ../process/release.md?
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestTextLongLineIsCutAroundThePlace(t *testing.T) {
	t.Parallel()
	var l diag.List
	f := l.Errorf(diag.Pos{Path: "a.md", Line: 1, Column: 201}, diag.LinkBroken, "x")
	f.Source = strings.Repeat("ä", 200) + "HERE" + strings.Repeat("b", 200)
	var out bytes.Buffer
	l.WriteText(&out)
	lines := strings.Split(out.String(), "\n")
	source, caret := []rune(lines[1]), []rune(lines[2])
	if at := strings.IndexRune(string(caret), '^'); at != len(caret)-1 || string(source[at:at+4]) != "HERE" {
		t.Errorf("the caret does not point at the place:\n%s\n%s", lines[1], lines[2])
	}
	if len(source) > 80 {
		t.Errorf("the line has %d columns, want at most 80", len(source))
	}
}

func TestTextFitsATerminal(t *testing.T) {
	t.Parallel()
	var l diag.List
	f := l.Errorf(diag.Pos{Path: "a.md", Line: 3, Column: 30}, diag.FrontMatterKey, "unknown key")
	f.Source, f.Hint = strings.Repeat("x", 60), strings.Repeat("a word or two ", 12)
	var out bytes.Buffer
	l.WriteText(&out)
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if got := strings.Count(out.String(), "word"); got != 12 {
		t.Errorf("%d words of 12 are left:\n%s", got, out.String())
	}
}

// TestRel_T15_ControlCharacters: file names may hold what a terminal obeys.
func TestRel_T15_ControlCharacters(t *testing.T) {
	t.Parallel()
	var l diag.List
	l.Errorf(diag.Pos{Path: "a\x1b[31m\n\u202eb.md", Line: 1}, diag.BadName, "bad\x07").Source = "x\x1b]8;;y"
	var out bytes.Buffer
	l.WriteText(&out)
	if s := out.String(); strings.ContainsAny(s, "\x1b\x07\u202e") || strings.Count(s, "\n") != 2 {
		t.Errorf("control characters reach the terminal: %q", s)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	l := example()
	l.All()[0].Related = []diag.Related{{Pos: diag.Pos{Path: "b.md", Line: 3, Column: 4}, Message: "the other"}}
	var out bytes.Buffer
	if err := l.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schema   string
		Findings []map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != "rutter.findings/1" || len(got.Findings) != 3 {
		t.Fatalf("got %s", out.String())
	}
	for _, key := range []string{"code", "severity", "path", "line", "column", "message", "hint", "related"} {
		if _, ok := got.Findings[1][key]; !ok {
			t.Errorf("finding without %q: %v", key, got.Findings[1])
		}
	}
	if related := got.Findings[0]["related"].([]any); len(related) != 1 {
		t.Errorf("related = %v", related)
	}
	var empty diag.List
	out.Reset()
	empty.WriteJSON(&out)
	if !strings.Contains(out.String(), `"findings": []`) {
		t.Errorf("no findings are written as %s", out.String())
	}
}

func TestGitHubEscapes(t *testing.T) {
	t.Parallel()
	var l diag.List
	l.Errorf(diag.Pos{Path: "a,b:c.md", Line: 3, Column: 9}, diag.LinkBroken, "100%% wrong\nreally").Hint = "mend it"
	var out bytes.Buffer
	l.WriteGitHub(&out)
	want := "::error file=a%2Cb%3Ac.md,line=3,col=9,title=RT401::100%25 wrong%0Areally%0Amend it\n"
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	l := example()
	l.All()[0].Pos.Path = "a b#c.md"
	var out bytes.Buffer
	if err := l.WriteSARIF(&out, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level string
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || len(run.Tool.Driver.Rules) != len(diag.Codes) || len(run.Results) != 3 {
		t.Fatalf("got %s", out.String())
	}
	place := run.Results[0].Locations[0].PhysicalLocation
	if place.ArtifactLocation.URI != "a%20b%23c.md" || place.Region.StartLine != 14 || place.Region.StartColumn != 15 {
		t.Errorf("place = %+v", place)
	}
}

func TestSortDropsRepetitions(t *testing.T) {
	t.Parallel()
	var a, b diag.List
	a.Errorf(diag.Pos{Path: "b.md", Line: 1}, diag.LinkBroken, "x")
	b.Errorf(diag.Pos{Path: "a.md", Line: 10}, diag.LinkBroken, "x")
	b.Errorf(diag.Pos{Path: "a.md", Line: 9}, diag.LinkBroken, "x")
	b.Errorf(diag.Pos{Path: "b.md", Line: 1}, diag.LinkBroken, "x")
	a.Join(b)
	a.Sort()
	var got []string
	for _, f := range a.All() {
		got = append(got, f.Pos.String())
	}
	if s := strings.Join(got, " "); s != "a.md:9 a.md:10 b.md:1" {
		t.Errorf("got %s", s)
	}
}

func TestStrictSparesWhatNoChangeBroughtAbout(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code diag.Code
		want diag.Severity
	}{
		{diag.RemoteMedia, diag.Error},
		{diag.ShallowClone, diag.Warning},
		{diag.NoMatchingTag, diag.Warning},
		{"RT301", diag.Warning},
	} {
		var l diag.List
		f := l.Warnf(diag.Pos{}, tt.code, "x")
		l.Strict()
		if f.Severity != tt.want {
			t.Errorf("%s: got %s, want %s", tt.code, f.Severity, tt.want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"devops", "developer", "designer", "qa", "processes/release.md"}
	for _, tt := range []struct{ word, want string }{
		{"devop", "devops"},
		{"dveops", "devops"}, // neighbours exchanged
		{"develloper", "developer"},
		{"procceses/release.md", "processes/release.md"},
		{"finance", ""},
		{"q", ""},
		{"", ""},
	} {
		if got := diag.Nearest(tt.word, known); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

// TestCodesAreListedOnce guards the table that rules and documents rest on.
func TestCodesAreListedOnce(t *testing.T) {
	t.Parallel()
	seen := map[diag.Code]bool{}
	for _, c := range diag.Codes {
		if seen[c.Code] || c.Title == "" {
			t.Errorf("%s is listed twice or has no title", c.Code)
		}
		seen[c.Code] = true
	}
}
