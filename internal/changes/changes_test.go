package changes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/changes"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// tiny is a handbook with a page of each kind that takes part.
func tiny() *graph.Handbook {
	role := func(name, title string) graph.ExportedPage {
		return graph.ExportedPage{Path: "roles/" + name + ".md", Address: "roles/" + name + "/", Name: "role:" + name, Kind: handbook.Role, Title: title, Owner: "team:platform", Hash: name}
	}
	return &graph.Handbook{
		Schema: graph.HandbookSchema, Title: "Tiny",
		Pages: []graph.ExportedPage{
			{Path: "paths/first.md", Address: "paths/first/", Name: "path:first", Kind: handbook.Reading, Title: "First week", Audience: []string{"role:dev"}, Hash: "first"},
			{
				Path: "processes/release.md", Address: "processes/release/", Name: "process:release", Kind: handbook.Process, Title: "Release", Owner: "team:platform", OwnerFrom: "folder", Hash: "release",
				Steps:  []graph.ExportedStep{{ID: "build", Title: "Build it", Does: []string{"role:dev"}}, {ID: "approve", Title: "Approve"}, {ID: "ship", Title: "Ship it"}},
				Raci:   &graph.ExportedRaci{Accountable: []string{"role:qa"}, Responsible: []string{"role:dev", "role:ops"}, Informed: []string{"role:planned-one"}},
				Inputs: []string{"Change"}, Outputs: []string{"Version"},
				Review: &graph.ExportedReview{On: "2026-01-05", By: "role:qa", Every: "6m"},
			},
			role("dev", "Developer"), role("ops", "Operator"), role("qa", "QA"),
		},
		Relations: []graph.Relation{
			{From: "paths/first.md", Field: "items.ref", Item: 0, To: "process:release#ship"},
			{From: "processes/release.md", Field: "raci.accountable", Item: 0, To: "role:qa"},
			{From: "processes/release.md", Field: "steps.raci.consulted", Item: 1, To: "role:qa", Part: "approve"},
			{From: "roles/qa.md", Field: "books", Item: 0, To: "book:accelerate", Planned: true},
		},
		Terms: []graph.ExportedTerm{{Term: "lead time", Definition: "From commit to production."}},
	}
}

// of is a page of tiny by its name.
func of(t testing.TB, h *graph.Handbook, name string) *graph.ExportedPage {
	t.Helper()
	i := slices.IndexFunc(h.Pages, func(p graph.ExportedPage) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("there is no page %s", name)
	}
	return &h.Pages[i]
}

func TestCompare(t *testing.T) {
	t.Parallel()
	type page = graph.ExportedPage
	release := func(change func(*page)) func(testing.TB, *graph.Handbook) {
		return func(t testing.TB, h *graph.Handbook) { change(of(t, h, "process:release")) }
	}
	const all = " [Developer, Operator, Planned one, QA; First week]"
	for _, tt := range []struct {
		name   string
		change func(testing.TB, *graph.Handbook)
		want   []string // kind: text [roles; paths]
	}{
		{"nothing", func(testing.TB, *graph.Handbook) {}, nil},
		{"added", func(_ testing.TB, h *graph.Handbook) {
			h.Pages = append(h.Pages, page{Path: "roles/x.md", Name: "role:x", Kind: handbook.Role, Title: "X"})
		}, []string{"page_added: New: X (role, roles/x.md) [X; ]"}},
		{"removed", func(_ testing.TB, h *graph.Handbook) {
			h.Pages = slices.DeleteFunc(h.Pages, func(p page) bool { return p.Name == "role:ops" })
		}, []string{"page_removed: Removed: Operator (role, roles/ops.md) [Operator; ]"}},
		{"moved, with an alias, and nothing else that names it", func(t testing.TB, h *graph.Handbook) {
			p := of(t, h, "role:qa")
			p.Path, p.Address, p.Name, p.Title, p.Hash, p.Aliases = "roles/tester.md", "roles/tester/", "role:tester", "Tester", "other", []string{"qa"}
			r := of(t, h, "process:release")
			r.Raci = &graph.ExportedRaci{Accountable: []string{"role:tester"}, Responsible: r.Raci.Responsible, Informed: r.Raci.Informed}
			r.Review = &graph.ExportedReview{On: "2026-01-05", By: "role:tester", Every: "6m"}
			for i := range h.Relations {
				h.Relations[i].To = strings.Replace(h.Relations[i].To, "role:qa", "role:tester", 1)
				h.Relations[i].From = strings.Replace(h.Relations[i].From, "roles/qa.md", "roles/tester.md", 1)
			}
		}, []string{"page_moved: Moved: Tester, roles/qa.md → roles/tester.md [Tester; ]", "page_retitled: New title: QA → Tester [Tester; ]"}},
		{"moved to another folder", func(t testing.TB, h *graph.Handbook) {
			p := of(t, h, "role:ops")
			p.Path, p.Address, p.Hash = "roles/it/ops.md", "roles/it/ops/", "other"
		}, []string{"page_moved: Moved: Operator, roles/ops.md → roles/it/ops.md [Operator; ]"}},
		{"moved with its text", func(t testing.TB, h *graph.Handbook) {
			p := of(t, h, "path:first")
			p.Path, p.Name, p.Title = "paths/start.md", "path:start", "Start"
			h.Relations[0].From = "paths/start.md"
		}, []string{"page_moved: Moved: Start, paths/first.md → paths/start.md [Developer; Start]", "page_retitled: New title: First week → Start [Developer; Start]"}},
		{"accountable", release(func(p *page) { p.Raci.Accountable = []string{"role:ops"} }), []string{"accountable: Accountable for Release: QA → Operator" + all}},
		{"nobody accountable", release(func(p *page) { p.Raci.Accountable = nil }), []string{"accountable: Accountable for Release: QA → nobody" + all}},
		{"responsible", release(func(p *page) { p.Raci.Responsible = []string{"role:qa", "role:ops"} }), []string{"responsible: Responsible for Release: QA added; Developer removed" + all}},
		{"consulted", release(func(p *page) { p.Raci.Consulted = []string{"role:ops"} }), []string{"consulted: Consulted for Release: nobody → Operator" + all}},
		{"informed", release(func(p *page) { p.Raci.Informed = append(p.Raci.Informed, "role:ops") }), []string{"informed: Informed of Release: Operator added" + all}},
		{"consulted for a step", func(_ testing.TB, h *graph.Handbook) { h.Relations[2].To = "role:ops" }, []string{"consulted: Consulted for step Approve of Release: QA → Operator" + all}},
		{"step added", release(func(p *page) {
			p.Steps = append(p.Steps, graph.ExportedStep{ID: "tell", Title: "Tell", Does: []string{"role:ops"}})
		}), []string{"step_added: New step of Release: Tell, done by Operator" + all}},
		{"step removed, with what it refers to", func(t testing.TB, h *graph.Handbook) {
			p := of(t, h, "process:release")
			p.Steps = slices.Delete(p.Steps, 1, 2)
			h.Relations = slices.Delete(h.Relations, 2, 3)
		}, []string{"step_removed: Step of Release removed: Approve" + all}},
		{"step renamed", release(func(p *page) { p.Steps[1].Title = "Sign off" }), []string{"step_renamed: Step of Release renamed: Approve → Sign off" + all}},
		{"step with another id", func(t testing.TB, h *graph.Handbook) {
			of(t, h, "process:release").Steps[1].ID = "sign-off"
			of(t, h, "process:release").Hash = "other"
			h.Relations[2].Part = "sign-off"
		}, []string{"text: Text of Release" + all}},
		{"steps reordered", release(func(p *page) { p.Steps[0], p.Steps[1] = p.Steps[1], p.Steps[0] }), []string{"steps_reordered: Steps of Release in another order: Approve, Build it, Ship it" + all}},
		{"doer", release(func(p *page) { p.Steps[0].Does = []string{"role:ops"} }), []string{"step_doers: Step Build it of Release is done by: Developer → Operator" + all}},
		{"inputs, but for case", release(func(p *page) { p.Inputs = []string{"change", "Plan"} }), []string{"inputs: Inputs of Release: Plan added" + all}},
		{"outputs", release(func(p *page) { p.Outputs = []string{"Note"} }), []string{"outputs: Outputs of Release: Note added; Version removed" + all}},
		{"owner of a folder", func(t testing.TB, h *graph.Handbook) {
			of(t, h, "role:dev").Owner, of(t, h, "role:ops").Owner = "team:checkout", "team:checkout"
		}, []string{"owner: Owner of Developer, Operator: Platform → Checkout [Developer, Operator; ]"}},
		{"owner is a person", func(t testing.TB, h *graph.Handbook) { of(t, h, "role:dev").Owner = graph.SomePerson }, []string{"owner: Owner of Developer: Platform → a person [Developer; ]"}},
		{"who stands in", func(t testing.TB, h *graph.Handbook) {
			of(t, h, "role:dev").Backup, of(t, h, "role:qa").Backup = "team:checkout", "team:checkout"
		}, []string{"owner: Who stands in for the owner of Developer, QA: nobody → Checkout [Developer, QA; ]"}},
		{"title of the handbook", func(_ testing.TB, h *graph.Handbook) { h.Title = "Other" }, []string{"page_retitled: New title of the handbook: Tiny → Other [; ]"}},
		{"other words for a term", func(_ testing.TB, h *graph.Handbook) {
			h.Terms[0].Aka, h.Terms[0].AcronymOf = []string{"cycle time"}, "x"
		}, []string{"term_redefined: Other words for lead time: none → cycle time, x [; ]"}},
		{"chapter of a book", func(_ testing.TB, h *graph.Handbook) {
			h.Pages = append(h.Pages, page{Path: "books/accelerate.md", Name: "book:accelerate", Kind: handbook.Book, Title: "Accelerate"})
			h.Relations[3].To = "book:accelerate#4"
		}, []string{"page_added: New: Accelerate (book guide, books/accelerate.md) [; ]", "reference: Books of QA: Accelerate → Accelerate, chapter 4 [QA; ]"}},
		{"books", func(_ testing.TB, h *graph.Handbook) { h.Relations = h.Relations[:3] }, []string{"reference: Books of QA: Accelerate → none [QA; ]"}},
		{"items of a path", func(_ testing.TB, h *graph.Handbook) { h.Relations[0].To = "role:ops" }, []string{"reference: What to read in First week: Release, step Ship it → Operator [Developer, Operator; First week]"}},
		{"a field without a word", func(_ testing.TB, h *graph.Handbook) { h.Relations[3].Field = "some_thing.else" }, []string{"reference: Books of QA: Accelerate → none [QA; ]", "reference: References of some thing, else in QA: none → Accelerate [QA; ]"}},
		{"chapter for a role", func(_ testing.TB, h *graph.Handbook) {
			h.Relations[3] = graph.Relation{From: "roles/qa.md", Field: "chapters.for", To: "role:ops", Part: "4"}
		}, []string{"reference: Books of QA: Accelerate → none [QA; ]", "reference: Who is to read chapter 4 of QA: none → Operator [Operator, QA; ]"}},
		{"a field of a step without a word", func(_ testing.TB, h *graph.Handbook) {
			h.Relations[2].Field = "steps.more"
		}, []string{"consulted: Consulted for step Approve of Release: QA → nobody" + all, "reference: References of steps, more in step Approve of Release: none → QA" + all}},
		{"audience", func(t testing.TB, h *graph.Handbook) { of(t, h, "path:first").Audience = nil }, []string{"reference: Readers of First week: Developer → all [Developer; First week]"}},
		{"status", release(func(p *page) { p.Status = "deprecated" }), []string{"status: Status of Release: active → deprecated" + all}},
		{"status that goes without saying", release(func(p *page) { p.Status = "active" }), nil},
		{"kind", release(func(p *page) { p.Kind = handbook.Playbook }), []string{"status: Kind of Release: process → playbook" + all}},
		{"review", release(func(p *page) { p.Review = &graph.ExportedReview{On: "2026-07-01", By: "role:ops", Every: "1y"} }), []string{"review: Review of Release: 2026-01-05 by QA → 2026-07-01 by Operator" + all, "review: A review of Release holds: 6 months → 1 year" + all}},
		{"review taken away", release(func(p *page) { p.Review = nil }), []string{"review: Review of Release: 2026-01-05 by QA → never" + all, "review: A review of Release holds: 6 months → for ever" + all}},
		{"term added and removed", func(_ testing.TB, h *graph.Handbook) {
			h.Terms = []graph.ExportedTerm{{Term: "persona", Definition: "A typical user."}}
		}, []string{"term_added: New term persona: A typical user. [; ]", "term_removed: Term removed: lead time [; ]"}},
		{"term redefined", func(_ testing.TB, h *graph.Handbook) { h.Terms[0].Definition = "How long it takes." }, []string{"term_redefined: Term lead time: From commit to production. → How long it takes. [; ]"}},
		{"text", func(t testing.TB, h *graph.Handbook) { of(t, h, "role:dev").Hash = "other" }, []string{"text: Text of Developer [Developer; ]"}},
		{"text is no news beside another change", func(t testing.TB, h *graph.Handbook) {
			p := of(t, h, "role:dev")
			p.Hash, p.Title = "other", "Programmer"
		}, []string{"page_retitled: New title: Developer → Programmer [Programmer; ]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			after := tiny()
			tt.change(t, after)
			before := tiny()
			given, _ := json.Marshal([]*graph.Handbook{before, after})
			r := changes.Compare(before, after)
			if left, _ := json.Marshal([]*graph.Handbook{before, after}); !bytes.Equal(left, given) {
				t.Errorf("Compare has changed what it was given:\n%s\n%s", given, left)
			}
			var got []string
			for _, c := range r.Changes {
				got = append(got, fmt.Sprintf("%s: %s [%s; %s]", c.Kind, c.Text, titles(c.Roles), titles(c.Paths)))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestEveryReferenceHasWords takes the keys from the tags of the front matter.
func TestEveryReferenceHasWords(t *testing.T) {
	t.Parallel()
	elsewhere := []string{"owner", "backup", "review.by", "audience", "topics", "raci.responsible", "raci.accountable", "raci.consulted", "raci.informed", "steps.does", "steps.raci.responsible"}
	var fields []string
	var walk func(of reflect.Type, name string)
	walk = func(of reflect.Type, name string) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		for i := range of.NumField() {
			f := of.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			key, _, _ = strings.Cut(key, "|")
			full := strings.TrimPrefix(name+"."+key, ".")
			inner := f.Type
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			switch {
			case f.Tag.Get("ref") == "person": // not exported
			case f.Tag.Get("ref") != "":
				fields = append(fields, full)
			case inner.Kind() == reflect.Struct && (key != "" || name == "" && f.Name != "Refs") && inner.PkgPath() == reflect.TypeFor[handbook.Meta]().PkgPath():
				if key == "" {
					full = name
				}
				walk(inner, full)
			}
		}
	}
	walk(reflect.TypeFor[handbook.Meta](), "")
	if len(fields) < 40 {
		t.Fatalf("only %d keys refer to pages: %q", len(fields), fields)
	}
	for _, field := range fields {
		after := tiny()
		part := ""
		if strings.HasPrefix(field, "steps.") {
			part = "build"
		}
		after.Relations = append(after.Relations, graph.Relation{From: "processes/release.md", Field: field, To: "role:ops", Part: part})
		r := changes.Compare(tiny(), after)
		if slices.Contains(elsewhere, field) {
			if len(r.Changes) > 0 {
				t.Errorf("%s is told twice: %s", field, r.Changes[0].Text)
			}
		} else if len(r.Changes) != 1 || strings.HasPrefix(r.Changes[0].Text, "References of") {
			t.Errorf("%s has no words: %+v", field, r.Changes)
		}
	}
}

func titles(list []changes.Page) string {
	var all []string
	for _, p := range list {
		all = append(all, p.Title)
	}
	return strings.Join(all, ", ")
}

// everything is a handbook in which much differs from tiny.
func everything(t testing.TB) *graph.Handbook {
	h := tiny()
	p := of(t, h, "process:release")
	p.Raci.Accountable, p.Steps, p.Status = []string{"role:ops"}, p.Steps[1:], "deprecated"
	of(t, h, "role:dev").Owner = "team:checkout"
	of(t, h, "role:ops").Hash = "other"
	h.Terms = nil
	h.Pages = append(h.Pages, graph.ExportedPage{Path: "topics/a b (c).md", Address: "topics/a b (c)/", Name: "topic:a", Kind: handbook.Topic, Title: "A"})
	return h
}

func written(t testing.TB, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	t.Parallel()
	r := changes.Compare(tiny(), everything(t))
	got := written(t, func(b *bytes.Buffer) error { return r.Text(b) })
	const want = `7 changes on 4 pages
Concerns Developer, Operator, Planned one, QA; path First week

Pages
  New: A (topic, topics/a b (c).md)

Who takes part
  Accountable for Release: QA → Operator
    concerns Developer, Operator, Planned one, QA; path First week

Steps
  Step of Release removed: Build it, done by Developer
    concerns Developer, Operator, Planned one, QA; path First week

Owners
  Owner of Developer: Platform → Checkout
    concerns Developer

Status and reviews
  Status of Release: active → deprecated
    concerns Developer, Operator, Planned one, QA; path First week

Terms
  Term removed: lead time

Text only
  Text of Operator
    concerns Operator
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	same := changes.Compare(tiny(), tiny())
	for name, text := range map[string]string{
		"text":     written(t, func(b *bytes.Buffer) error { return same.Text(b) }),
		"markdown": written(t, func(b *bytes.Buffer) error { return same.Markdown(b, "") }),
	} {
		if text != "Nothing changed.\n" {
			t.Errorf("%s of no change: %q", name, text)
		}
	}
}

func TestTextKeepsToItsColumns(t *testing.T) {
	t.Parallel()
	after := tiny()
	for i := range after.Pages {
		after.Pages[i].Owner = "team:" + strings.Repeat("somebody-", 5)
	}
	text := written(t, func(b *bytes.Buffer) error { return changes.Compare(tiny(), after).Text(b) })
	for line := range strings.Lines(text) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if !strings.Contains(text, "\n    ") {
		t.Errorf("no line is long enough to be folded:\n%s", text)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	r := changes.Compare(tiny(), everything(t))
	got := written(t, func(b *bytes.Buffer) error { return r.Markdown(b, "https://x.test/h/") })
	for _, want := range []string{
		"### What changes for readers\n\n7 changes on 4 pages, concerns Developer, Operator, Planned one, QA; path First week\n\n**Pages**\n\n",
		"- New: [A](<https://x.test/h/topics/a%20b%20%28c%29/>) (topic, topics/a b (c).md)\n",
		"- Accountable for [Release](<https://x.test/h/processes/release/>): [QA](<https://x.test/h/roles/qa/>) → [Operator](<https://x.test/h/roles/ops/>) (concerns ",
		"\n**Text only**\n\n- Text of [Operator]",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if plain := written(t, func(b *bytes.Buffer) error { return r.Markdown(b, "") }); strings.Contains(plain, "](") {
		t.Errorf("links without an address:\n%s", plain)
	}
}

// hostile are titles that try to be more than text.
var hostile = []string{
	"@everyone see #12 and GH-12", "<img src=x onerror=alert(1)>", "[click](https://evil.test/)", "![](https://evil.test/x.png)", "`code` **bold** _em_ ~~no~~",
	"a](https://evil.test) [b", "https://evil.test www.evil.test", "one\n\n# two\n- three", "\x1b[31mred\x1b[0m", "\u202eright to left", "&lt;b&gt; &#64;team", "<!-- hidden", "| a | b |", "$x$", "1. one", "- [ ] task",
}

func TestHostileTitles(t *testing.T) {
	t.Parallel()
	for _, title := range hostile {
		before, after := tiny(), tiny()
		p := of(t, after, "process:release")
		p.Title, p.Hash = title, "other"
		p.Steps[0].Title = title
		p.Raci.Accountable = []string{"role:" + title}
		p.Inputs = []string{title}
		p.Status = title
		after.Terms[0].Definition = title
		after.Pages = append(after.Pages, graph.ExportedPage{Path: title, Name: "topic:x", Kind: handbook.Kind(title), Title: title, Hash: "x"})
		r := changes.Compare(before, after)
		if len(r.Changes) < 7 {
			t.Fatalf("%q: only %d changes", title, len(r.Changes))
		}
		for name, text := range map[string]string{
			"text":     written(t, func(b *bytes.Buffer) error { return r.Text(b) }),
			"markdown": written(t, func(b *bytes.Buffer) error { return r.Markdown(b, "https://x.test/") }),
		} {
			for _, c := range text {
				if c < ' ' && c != '\n' || c == '\u202e' {
					t.Errorf("%s of %q has %U", name, title, c)
				}
			}
			for line := range strings.Lines(text) {
				if name == "markdown" && line != "\n" && !strings.HasPrefix(line, "- ") && !strings.HasPrefix(line, "**") && !strings.HasPrefix(line, "### ") && !strings.Contains(line, " changes on ") {
					t.Errorf("%q has begun a line: %q", title, line)
				}
			}
		}
		text := written(t, func(b *bytes.Buffer) error { return r.Markdown(b, "https://x.test/") })
		for _, bad := range []string{"@e", "@t", "#1", "GH-1", "<img", "<!--", "](https://evil", "](<https://evil", "https://evil.test", "www.", " `", " **b", "~~", " $", "- [", "- 1."} {
			if strings.Contains(text, bad) {
				t.Errorf("%q: %q stands in\n%s", title, bad, text)
			}
		}
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	t.Parallel()
	after := tiny()
	for i := range 5000 {
		after.Pages = append(after.Pages, graph.ExportedPage{Path: fmt.Sprintf("topics/t%d.md", i), Name: fmt.Sprintf("topic:t%d", i), Kind: handbook.Topic, Title: strings.Repeat("<long> ", 200)})
	}
	r := changes.Compare(tiny(), after)
	got := written(t, func(b *bytes.Buffer) error { return r.Markdown(b, "https://x.test/") })
	if len(got) > 60_000 {
		t.Errorf("%d bytes", len(got))
	}
	shown := strings.Count(got, "\n- ")
	if want := fmt.Sprintf("\nand %d more\n", 5000-shown); !strings.HasSuffix(got, want) || shown < 10 {
		t.Errorf("%d are shown, and the end is %q, want %q", shown, got[len(got)-40:], want)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	form := func() string {
		return written(t, func(b *bytes.Buffer) error { return changes.Compare(tiny(), everything(t)).JSON(b) })
	}
	first := form()
	for range 20 {
		if again := form(); again != first {
			t.Fatalf("got\n%s\nand\n%s", first, again)
		}
	}
	var r changes.Report
	if err := json.Unmarshal([]byte(first), &r); err != nil || r.Schema != "rutter.diff/1" || len(r.Changes) != 7 {
		t.Errorf("%v, schema %q, %d changes", err, r.Schema, len(r.Changes))
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	good, err := json.Marshal(tiny())
	if err != nil {
		t.Fatal(err)
	}
	h, err := changes.Read(good)
	if err != nil {
		t.Fatal(err)
	}
	if r := changes.Compare(h, tiny()); len(r.Changes) > 0 {
		t.Errorf("reading has changed %q", r.Changes[0].Text)
	}
	for _, tt := range []struct{ name, data, want string }{
		{"nothing", "", "no handbook.json"},
		{"text", "hello", "no handbook.json"},
		{"a list", "[]", "no handbook.json"},
		{"another form", `{"schema":"rutter.handbook/2"}`, `its schema is "rutter.handbook/2"`},
		{"no form", `{"pages":[]}`, `its schema is ""`},
		{"an unknown key", `{"schema":"rutter.handbook/1","more":1}`, `unknown field "more"`},
		{"two values", string(good) + "{}", "invalid character '{' after top-level value"},
		{"a wrong type", `{"schema":"rutter.handbook/1","pages":{}}`, "cannot unmarshal object"},
		{"a path twice", `{"schema":"rutter.handbook/1","pages":[{"path":"a","name":"x"},{"path":"a","name":"y"}]}`, `two pages have the "path a"`},
		{"very many steps", `{"schema":"rutter.handbook/1","pages":[{"path":"a","steps":[{}` + strings.Repeat(",{}", 1000) + `]}]}`, `"a" has more than 1000 steps`},
		{"a name twice", `{"schema":"rutter.handbook/1","pages":[{"path":"a","name":"x"},{"path":"b","name":"x"}]}`, `two pages have the "name x"`},
	} {
		if _, err := changes.Read([]byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func FuzzCompare(f *testing.F) {
	good, err := json.Marshal(tiny())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, good)
	f.Add([]byte(`{"schema":"rutter.handbook/1","pages":[{"review":{"every":"m"}},{"path":"x","steps":[{},{}]}]}`), good)
	f.Fuzz(func(t *testing.T, x, y []byte) {
		before, err := changes.Read(x)
		if err != nil {
			return
		}
		after, err := changes.Read(y)
		if err != nil {
			return
		}
		r := changes.Compare(before, after)
		written(t, func(b *bytes.Buffer) error { return r.Text(b) })
		if s := written(t, func(b *bytes.Buffer) error { return r.Markdown(b, "https://x.test/") }); len(s) > 60_000 {
			t.Errorf("%d bytes", len(s))
		}
		if same := changes.Compare(after, after); len(same.Changes) > 0 {
			t.Errorf("a handbook differs from itself: %s", same.Changes[0].Text)
		}
	})
}
