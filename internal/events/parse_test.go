package events

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
)

// everything has a record of each type with each field.
const everything = `{"type":"coverage","source":"github","repo":"acme/pay","resource":"commits","status":"partial","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z","reasons":["rate_limited"],"head":"c2","private":true}
{"type":"commit","repo":"acme/pay","sha":"c1","parents":[],"author_date":"1970-01-01T00:00:01Z","committer_date":"2026-01-02T00:00:00Z"}
{"type":"commit","repo":"acme/pay","sha":"c2","parents":["c1","c0"],"author_date":"2038-01-19T03:14:07Z","committer_date":"2026-01-03T00:00:00Z","reverts":["c1"],"picked":["d1"],"pull":"7"}
{"type":"deployment","id":"42","service":"pay","repo":"acme/pay","repos":["acme/lib"],"environment":"prod-eu","ref":"main","sha":"c2","created_at":"2026-01-04T00:00:00Z","finished_at":"2026-01-04T00:05:00Z","status":"inactive","statuses":[{"status":"success","at":"2026-01-04T00:05:00Z"},{"status":"inactive","at":"2026-01-05T00:00:00Z"}],"attempt":2,"source":"github_deployments","workflow":"deploy.yml","url":"https://ci.test/42?a=1&b=2","approximate":true,"updated_at":"2026-01-05T00:00:00Z"}
{"type":"change","repo":"acme/pay","id":"7","title":"Fix <b> & \"quotes\"","author":"dependabot[bot]","bot":true,"created_at":"2026-01-02T00:00:00Z","ready_at":"2026-01-02T01:00:00Z","first_review_at":"2026-01-02T02:00:00Z","merged_at":"2026-01-03T00:00:00Z","landing_sha":"c2","commits":[{"sha":"p1","author_date":"2026-01-01T00:00:00Z","committer_date":"2026-01-01T00:00:00Z","merge":false}],"files":["a.go"],"labels":["hotfix"],"head_ref":"fix","base_ref":"main","url":"https://git.test/7","state":"merged","reviews":[{"at":"2026-01-02T02:00:00Z","bot":false}],"reverts":["5"],"closes":["acme/pay#3"],"truncated":["files"],"updated_at":"2026-01-03T00:00:00Z"}
{"type":"incident","id":"INC-1","repo":"acme/pay","services":["pay"],"title":"Payments fail","opened_at":"2026-01-04T01:00:00Z","resolved_at":"2026-01-04T03:00:00Z","restored_at":"2026-01-04T02:00:00Z","labels":["sev1"],"caused_by":"42","duplicate_of":"INC-0","url":"https://pager.test/1","state":"closed","updated_at":"2026-01-04T03:00:00Z"}
`

// parse fails the test when reading fails; findings are the caller's business.
func parse(t *testing.T, text string) (dora.Events, []*diag.Finding) {
	t.Helper()
	var l diag.List
	e, err := Parse(strings.NewReader(text), "e.ndjson", &l)
	if err != nil {
		t.Fatalf("Parse(%.200q): error %v", text, err)
	}
	return e, l.All()
}

func write(t *testing.T, e dora.Events) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, e); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func pack(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMetrics_Interchange_RoundTrip(t *testing.T) {
	t.Parallel()
	e, found := parse(t, everything)
	if len(found) > 0 {
		t.Fatalf("finding %+v, want none", found[0])
	}
	if got := write(t, e); got != everything {
		t.Errorf("written:\n%s\nwant what was read:\n%s", got, everything)
	}
	again, _ := parse(t, write(t, e))
	if !reflect.DeepEqual(again, e) {
		t.Errorf("read again = %+v, want %+v", again, e)
	}
}

func TestMetrics_Interchange_EveryFieldIsWritten(t *testing.T) {
	t.Parallel()
	e, _ := parse(t, everything)
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch {
		case v.Type() == reflect.TypeFor[time.Time]():
			if v.Interface().(time.Time).IsZero() {
				t.Errorf("%s is zero: the text above does not give it, or Parse does not read it", path)
			}
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case v.Kind() == reflect.Slice && v.Len() > 0:
			walk(path+"[]", v.Index(v.Len()-1))
		case v.IsZero() && path != ".Changes[].Commits[].Merge" && path != ".Changes[].Reviews[].Bot":
			t.Errorf("%s is zero: the text above does not give it, or Parse does not read it", path)
		}
	}
	walk("", reflect.ValueOf(e))
}

func TestMetrics_Interchange_OrderDoesNotShow(t *testing.T) {
	t.Parallel()
	lines := strings.SplitAfter(strings.TrimSuffix(everything, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	// Records that sort alike are told apart by all they say.
	lines = append(lines, strings.Replace(lines[3], `"attempt":2`, `"attempt":1`, 1))
	var forth, back string
	for _, l := range lines {
		forth, back = forth+l, l+back
	}
	a, _ := parse(t, forth)
	b, _ := parse(t, back)
	if x, y := write(t, a), write(t, b); x != y {
		t.Errorf("written in one order:\n%s\nand in the other:\n%s", x, y)
	}
}

func TestRel_B3_EncodingsOfAFile(t *testing.T) {
	t.Parallel()
	want, _ := parse(t, everything)
	tests := map[string]string{
		"BOM":              "\xef\xbb\xbf" + everything,
		"CRLF":             strings.ReplaceAll(everything, "\n", "\r\n"),
		"blank lines":      "\n  \n\t\r\n" + strings.ReplaceAll(everything, "\n", "\n\n"),
		"no final newline": strings.TrimSuffix(everything, "\n"),
		"gzip":             string(pack(t, everything)),
		"gzip with BOM":    string(pack(t, "\xef\xbb\xbf"+everything)),
		"two gzip members": string(pack(t, everything[:100])) + string(pack(t, everything[100:])),
	}
	for name, text := range tests {
		got, found := parse(t, text)
		if len(found) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: findings %v and events %+v, want none and %+v", name, found, got, want)
		}
	}
}

func TestParse_BadLines(t *testing.T) {
	t.Parallel()
	commit := func(replace ...string) string {
		return strings.NewReplacer(replace...).Replace(`{"type":"commit","repo":"r","sha":"s","parents":["p"],"author_date":"2026-01-01T00:00:00Z","committer_date":"2026-01-01T00:00:00Z"}`)
	}
	tests := []struct {
		name, line string
		column     int
		at         string // what stands at the column instead: a part of the line, its end, or what comes after a record
		message    string // a part of it
		hint       string // a part of it
	}{
		{"no JSON", `hello`, 1, "", "not valid JSON", "looks like"},
		{"cut off", `{"type":"commit","repo":"r`, 0, "end", "ends in the middle", ""},
		{"comma missing", `{"type":"commit" "repo":"r"}`, 0, `"repo"`, "not valid JSON", ""},
		{"comma after it", commit() + ",", 0, "after", "something follows", ""},
		{"two records", commit() + commit(), 0, "after", "something follows", ""},
		{"list", `["type"]`, 1, "", "the line is a list", ""},
		{"number", `17`, 1, "", "the line is a number", ""},
		{"no type", `{"repo":"r"}`, 1, "", `no "type"`, ""},
		{"type misspelt", `{"type":"comit"}`, 0, `"comit"`, `"comit" is no type`, `did you mean "commit"?`},
		{"type unknown", `{"type":"galaxy"}`, 0, `"galaxy"`, `"galaxy" is no type`, "coverage, commit, deployment, change, incident"},
		{"type is a number", `{"type":7}`, 0, `7`, `"type" is a number`, ""},
		{"field twice", `{"type":"commit","repo":"r","repo":"q"}`, 0, `"repo":"q"`, `"repo" is given twice`, ""},
		{"fields missing", `{"type":"commit","repo":"r","sha":""}`, 1, "", `no "sha" and no "parents" and no "author_date" and no "committer_date"`, ""},
		{"null is missing", commit(`"repo":"r"`, `"repo":null`), 1, "", `no "repo"`, ""},
		{"id is a number", `{"type":"incident","id":7,"opened_at":"2026-01-01T00:00:00Z"}`, 0, `7,`, `"id" is a number; it must be a text`, `write it in quotes: "7"`},
		{"parents is a text", commit(`["p"]`, `"p"`), 0, `"p"`, `"parents" is a text; it must be a list`, ""},
		{"parent is a number", commit(`["p"]`, `[1]`), 0, `1]`, `"parents" holds a number`, ""},
		{"time is a number", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":1767225600`), 0, `1767`, `"author_date" is a number; it must be a time`, ""},
		{"time with offset", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":"2026-01-01T01:00:00+02:00"`), 0, `"2026-01-01T01`, "not in UTC", "2025-12-31T23:00:00Z"},
		{"no such day", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":"2026-02-30T00:00:00Z"`), 0, `"2026-02-30`, "is no time", "2026-03-01T09:30:00Z"},
		{"leap second", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":"2016-12-31T23:59:60Z"`), 0, `"2016`, "is no time", ""},
		{"24 o'clock", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":"2026-01-01T24:00:00Z"`), 0, `"2026-01-01T24`, "is no time", ""},
		{"no zone", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":"2026-01-01T00:00:00"`), 0, `"2026-01-01T00:00:00"`, "is no time", ""},
		{"a date", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":"2026-01-01"`), 0, `"2026-01-01"`, "is no time", ""},
		{"year 0", commit(`"author_date":"2026-01-01T00:00:00Z"`, `"author_date":"0000-01-01T00:00:00Z"`), 0, `"0000`, "cannot be right", ""},
		{"year 9999", commit(`"committer_date":"2026-01-01T00:00:00Z"`, `"committer_date":"9999-12-31T23:59:59Z"`), 0, `"9999`, "cannot be right", ""},
		{"NUL byte", "{\"type\":\"com\x00mit\"}", 0, "\x00", "NUL byte", "UTF-8"},
		{"NUL character", `{"type":"com\u0000mit"}`, 0, `"com`, "NUL character", ""},
		{"bad UTF-8", "{\"type\":\"ä\xff\"}", 0, "\xff", "not UTF-8", ""},
		{"UTF-16", "\xff\xfe{\x00", 0, "\x00", "NUL byte", "UTF-16"},
		{"too deep", strings.Repeat("[", 100) + strings.Repeat("]", 100), 18, "", "nested too deeply", ""},
		{"too long", `{"type":"commit","repo":"` + strings.Repeat("x", 1<<20) + `"}`, 0, "", "longer than 1 MiB", ""},
		{"status misspelt", `{"type":"deployment","id":"1","repo":"r","status":"ok","finished_at":"2026-01-01T00:00:00Z"}`, 0, `"ok"`, `"status" cannot be "ok"`, "success, failure"},
		{"no status", `{"type":"deployment","id":"1","repo":"r","finished_at":"2026-01-01T00:00:00Z"}`, 1, "", `no "status"`, `"status":"success"`},
		{"no time", `{"type":"deployment","id":"1","repo":"r","status":"success"}`, 1, "", "no time", "finished_at"},
		{"no owner", `{"type":"deployment","id":"1","status":"success","finished_at":"2026-01-01T00:00:00Z"}`, 1, "", `no "service" and no "repo"`, ""},
		{"attempt is half", `{"type":"deployment","id":"1","repo":"r","status":"success","finished_at":"2026-01-01T00:00:00Z","attempt":1.5}`, 0, `1.5`, "whole number", ""},
		{"step without time", `{"type":"deployment","id":"1","repo":"r","statuses":[{"status":"success"}]}`, 0, `{"status":"succ`, `no "at"`, ""},
		{"coverage backwards", `{"type":"coverage","repo":"r","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}`, 0, `"2026-01-01T`, `"to" is before "from"`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			good := commit()
			e, found := parse(t, good+"\n"+test.line+"\n"+good+"\n")
			if len(found) != 1 {
				t.Fatalf("%d findings for %.200q, want 1: %+v", len(found), test.line, found)
			}
			f := found[0]
			want := diag.Pos{Path: "e.ndjson", Line: 2, Column: test.column}
			switch test.at {
			case "":
			case "end":
				want.Column = len(test.line) + 1
			case "after":
				want.Column = len(good) + 1
			default:
				want.Column = utf8.RuneCountInString(test.line[:strings.Index(test.line, test.at)]) + 1
			}
			if f.Code != diag.EventLine || f.Severity != diag.Error || f.Pos != want || !strings.Contains(f.Message, test.message) || !strings.Contains(f.Hint, test.hint) {
				t.Errorf("finding for %.200q\n got %s %q, hint %q\nwant %s %q, hint %q", test.line, f.Pos, f.Message, f.Hint, want, test.message, test.hint)
			}
			if len(e.Commits) != 2 {
				t.Errorf("%d commits, want those of the lines before and after", len(e.Commits))
			}
		})
	}
}

func TestParse_AllBadLinesUpToAHundred(t *testing.T) {
	t.Parallel()
	_, found := parse(t, strings.Repeat("bad\n", 250))
	if len(found) != 101 {
		t.Fatalf("%d findings, want 100 and one that counts them", len(found))
	}
	if f := found[100]; !strings.HasPrefix(f.Message, "250 bad lines in all") || found[99].Pos.Line != 100 {
		t.Errorf("last findings = %+v, %+v, want line 100 and a count of 250", *found[99], *f)
	}
}

func TestParse_UnknownFieldsAreSaidOnce(t *testing.T) {
	t.Parallel()
	line := `{"type":"deployment","id":"1","repo":"r","environmnt":"x","status":"success","finished_at":"2026-01-01T00:00:00.987Z","x":{"y":[1]},"statuses":[{"status":"success","at":"2026-01-01T00:00:00Z","by":1}]}` + "\n"
	e, found := parse(t, "\n"+line+line+line)
	if len(e.Deployments) != 3 || !e.Deployments[0].FinishedAt.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("deployments = %+v, want 3 in whole seconds", e.Deployments)
	}
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%s %s %s: %s %s", f.Severity, f.Code, f.Pos, f.Message, f.Hint))
	}
	want := []string{
		`warning RT535 e.ndjson:2: unknown field "environmnt" is ignored, 3 times did you mean "environment"?`,
		`warning RT535 e.ndjson:2: unknown field "statuses.by" is ignored, 3 times `,
		`warning RT535 e.ndjson:2: unknown field "x" is ignored, 3 times `,
	}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("findings = %q, want %q", got, want)
		}
	}
}

func TestParse_ManyUnknownNames(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, `{"type":"incident","id":"1","opened_at":"2026-01-01T00:00:00Z","%s%d":1}`+"\n", strings.Repeat("x", 100), i)
	}
	_, found := parse(t, b.String())
	if len(found) != maxNotices+1 || len(found[0].Message) > 200 {
		t.Errorf("%d findings, first %q; want %d short ones", len(found), found[0].Message, maxNotices+1)
	}
}

func TestParse_DamagedFile(t *testing.T) {
	t.Parallel()
	packed := pack(t, strings.Repeat(everything, 50))
	flipped := bytes.Clone(packed)
	flipped[len(flipped)/2] ^= 0xff
	for name, data := range map[string][]byte{"cut off": packed[:len(packed)-20], "flipped": flipped, "header only": packed[:5]} {
		var l diag.List
		_, err := Parse(bytes.NewReader(data), "e.gz", &l)
		if err != nil || !l.HasErrors() || l.All()[l.Len()-1].Code != diag.EventFile {
			t.Errorf("%s: error %v, findings %v; want RT534 and no error", name, err, l.All())
		}
	}
}

func TestParse_ReaderThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("network is down")
	for name, r := range map[string]io.Reader{
		"at the second byte": iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(everything))),
		"after a line":       io.MultiReader(strings.NewReader(everything[:200]), iotest.ErrReader(iotest.ErrTimeout)),
		"inside gzip":        io.MultiReader(bytes.NewReader(pack(t, everything)[:300]), iotest.ErrReader(iotest.ErrTimeout)),
	} {
		var l diag.List
		if _, err := Parse(r, "e", &l); !errors.Is(err, iotest.ErrTimeout) {
			t.Errorf("%s: error %v, want that of the reader", name, err)
		}
	}
	var l diag.List
	if _, err := Parse(iotest.ErrReader(broken), "e", &l); !errors.Is(err, broken) || !strings.Contains(err.Error(), "read events e") {
		t.Errorf("error = %v, want %v with the file's name", err, broken)
	}
}

func TestWrite_PassesOnErrors(t *testing.T) {
	t.Parallel()
	e, _ := parse(t, everything)
	if err := Write(failingWriter{}, e); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("Write on a full disk: error %v, want it to say so", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte(`{"type":"commit","parents":[{}],"x":[[]]}`))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var l diag.List
		e, err := Parse(bytes.NewReader(data), "f", &l)
		if err != nil {
			t.Fatalf("Parse(%q): error %v", data, err)
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		for _, found := range l.All() {
			if packed := bytes.HasPrefix(data, []byte{0x1f, 0x8b}); !packed && found.Pos.Line > lines {
				t.Fatalf("Parse(%q): finding at %s, beyond the last line", data, found.Pos)
			}
		}
		first := write(t, e)
		again, found := parse(t, first)
		if len(found) > 0 {
			t.Fatalf("Parse does not like what Write wrote: %s %s\n%s", found[0].Pos, found[0].Message, first)
		}
		if second := write(t, again); second != first {
			t.Fatalf("written again:\n%s\nwant\n%s", second, first)
		}
	})
}
