package graph_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/source"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// plain is a parser that finds one heading in a text that begins with "## ".
type plain struct{}

func (plain) Parse(src []byte, at diag.Pos, _ *diag.List) handbook.Body {
	b := handbook.Body{Words: len(strings.Fields(string(src)))}
	if text, ok := strings.CutPrefix(strings.TrimSpace(string(src)), "## "); ok {
		b.Headings = []handbook.Heading{{Level: 2, ID: strings.ToLower(text), Text: text}}
	}
	return b
}

// of is the graph of a tiny site, with what was found.
func of(t *testing.T, archive string) (*graph.Graph, *site.Site, string) {
	t.Helper()
	root, err := os.OpenRoot(testkit.Site(t, archive))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	tree, found, err := source.Load(context.Background(), root, source.Options{Parser: plain{}, Typed: true})
	if err != nil {
		t.Fatal(err)
	}
	s, more := site.New(tree, site.Options{Owner: "team:all", Strict: true})
	g, related := graph.New(s)
	found.Join(more, related)
	found.Sort()
	var out bytes.Buffer
	for _, f := range found.All() {
		fmt.Fprintf(&out, "%s: %s[%s] %s\n", f.Pos, f.Severity, f.Code, f.Message)
	}
	return g, s, out.String()
}

func page(t *testing.T, s *site.Site, path string) *site.Page {
	t.Helper()
	i := slices.IndexFunc(s.Pages, func(p *site.Page) bool { return string(p.Path) == path })
	if i < 0 {
		t.Fatalf("there is no page %s", path)
	}
	return s.Pages[i]
}

// names are the titles of links, with what they lead to.
func names(links []graph.Link) string {
	var list []string
	for _, l := range links {
		text := l.Title
		if _, part, ok := strings.Cut(l.Address, "#"); ok {
			text += "#" + part
		}
		if l.Planned {
			text += " (planned)"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

const work = `
-- roles/dev.md --
---
title: Developer
summary: Writes it.
---
-- roles/qa.md --
---
title: QA
summary: Tries it.
part_of: dev
metrics: [lead_time]
---
-- roles/boss.md --
---
title: Boss
summary: Pays for it.
---
-- processes/make/_index.md --
---
title: Make
type: process
stages: [plan, build]
loop: true
---
-- processes/make/plan.md --
---
title: Plan
inputs: [{external: wish}]
outputs: [plan]
raci: {accountable: boss, responsible: boss, informed: [planned:founder]}
next: [build]
---
-- processes/make/build.md --
---
title: Build
inputs: [Plan]
raci: {accountable: dev, responsible: [dev], consulted: [boss]}
metrics: [lead_time]
expects: [{metric: lead_time, stat: p90, at_most: 2d}]
steps:
  - {id: write, title: Write, does: dev, output: change}
  - {id: try, title: Try, does: qa, input: change, go: [{to: write, when: it fails}]}
---
-- metrics/lead-time.md --
---
title: Lead time
metric: lead_time
improve: [build#try, book:b]
---
-- books/b.md --
---
title: The book
author: Somebody
year: 2001
ideas:
  - {text: Try early., applies_to: [build#try, role:qa]}
chapters:
  - {n: 1, title: One, minutes: 20, read: should, for: [qa]}
  - {n: 3, title: Three, minutes: 40, read: must, for: [dev, qa]}
---
-- paths/qa.md --
---
title: First week
audience: [qa]
phases: [{id: week, title: Your first week, by: week-1}]
items: [build, {text: Shake hands, minutes: 5, optional: true}, {ref: book:b, minutes: 60}]
---
-- orgs/small.md --
---
title: Small
size: two people
seats:
  - {name: Founder, roles: [boss]}
  - {name: Engineer, roles: [dev, qa]}
---
-- principles/early.md --
---
title: Early
statement: Try it early.
practised_in: [build]
---
-- policies/care.md --
---
title: Care
effective: 2026-01-01
version: "1"
controls:
  - {id: C1, text: All is tried., evidence: build#try}
  - {id: C2, text: All is kept.}
---
-- decisions/d.md --
---
title: We try
date: 2026-01-01
affects: [build]
deciders: [boss]
metric: {id: lead_time, expect: down, check_on: 2026-03-01}
---
-- glossary.yaml --
terms:
  - {term: plan, definition: What is to come., see: [process:plan]}
-- news/n.md --
---
title: News
date: 2026-02-01
affects: [build]
---
`

// Each derived view says what stands on other pages, and nothing else.
func TestDerive(t *testing.T) {
	t.Parallel()
	g, s, found := of(t, work)
	want := `policies/care.md:7:5: warning[RT305] policy "Care, control C2" names nothing that shows it
processes/make/plan.md:5:57: warning[RT304] role "Founder" is mentioned by Plan and has no page
`
	if found != want {
		t.Errorf("found\n%swant\n%s", found, want)
	}
	build := g.Derive(page(t, s, "processes/make/build.md"))
	qa := g.Derive(page(t, s, "roles/qa.md"))
	dev := g.Derive(page(t, s, "roles/dev.md"))
	boss := g.Derive(page(t, s, "roles/boss.md"))
	book := g.Derive(page(t, s, "books/b.md"))
	metric := g.Derive(page(t, s, "metrics/lead-time.md"))
	way := g.Derive(page(t, s, "paths/qa.md"))
	org := g.Derive(page(t, s, "orgs/small.md"))
	policy := g.Derive(page(t, s, "policies/care.md"))
	decision := g.Derive(page(t, s, "decisions/d.md"))
	principle := g.Derive(page(t, s, "principles/early.md"))
	hand := func(list []graph.HandOff) string {
		var out []string
		for _, h := range list {
			out = append(out, h.What+": "+h.From.Title+" at "+h.Made.Title+" > "+h.To.Title+" at "+h.Taken.Title)
		}
		return strings.Join(out, "; ")
	}
	matrix := func(m graph.Matrix) string {
		var out []string
		for _, r := range m.Rows {
			out = append(out, r.What.Title+" "+strings.Join(r.Letters, "|"))
		}
		return names(m.Roles) + ": " + strings.Join(out, "; ")
	}
	for _, tt := range []struct{ what, got, want string }{
		{"who answers for Build", build.Process.Answers.Title, "Developer"},
		{"before Build", names(build.Process.Before), "Plan"},
		{"strip of Build", fmt.Sprintf("%s %d %v %s", build.Strips[0].Whole.Title, build.Strips[0].At, build.Strips[0].Loop, names(build.Strips[0].Stages)), "Make 1 true Plan, Build"},
		{"input of Build", build.Process.Inputs[0].Name + " from " + names(build.Process.Inputs[0].Others), "Plan from Plan"},
		{"RACI of Build", matrix(build.Process.Raci), "Boss, Developer, QA: The whole C|AR|; Write |R|; Try ||R"},
		{"branch of Build", fmt.Sprint(build.Process.Steps[1].Go[0].To, build.Process.Steps[1].Go[0].When), "0it fails"},
		{"books of Build", build.Ideas[0].Text + " " + build.Ideas[0].Part, "Try early. step.try"},
		{"principles of Build", names(build.Principles), "Early"},
		{"evidence of Build", names(build.Proves), "Care C1#control.C1"},
		{"decisions of Build", names(build.Decisions), "We try"},
		{"news of Build", build.News[0].Title + " " + build.News[0].Date, "News 2026-02-01"},
		{"path of Build", fmt.Sprint(build.Paths[0].Path.Title, build.Paths[0].At, build.Paths[0].Of, build.Paths[0].Next.Title), "First week1 3The book"},
		{"QA does", names(qa.Role.Parts[1]), "Build"},
		{"QA answers for", names(qa.Role.Parts[0]), ""},
		{"steps of QA", names(qa.Role.Steps), "Build: Try#step.try"},
		{"QA gets", hand(qa.Role.Gets), "change: Developer at Build: Write > QA at Build: Try"},
		{"the boss gives", hand(boss.Role.Gives), "plan: Boss at Plan > Developer at Build"},
		{"the boss is asked about", names(boss.Role.Parts[2]), "Build"},
		{"the boss decides", names(boss.Role.Decides), "We try"},
		{"reading of QA", fmt.Sprint(qa.Role.Reading[0].Title, qa.Role.Reading[1].Title, qa.Role.Minutes), "ThreeOne60"},
		{"paths of QA", names(qa.Role.Paths), "First week"},
		{"seat of QA", qa.Role.Seats[0].Seat + " with " + names(qa.Role.Seats[0].With), "Engineer with Developer"},
		{"parts of the developer", names(dev.Role.Sub), "QA"},
		{"QA watches", names(qa.Role.Watches), "Lead time"},
		{"the book applies to", names(book.Book.Ideas[0].To), "Build: Try#step.try, QA"},
		{"the book is for", names(book.Book.Roles), "QA, Developer"},
		{"minutes of the book", fmt.Sprint(book.Book.Minutes), "60"},
		{"lead time is watched by", names(metric.Metric.Processes) + "; " + names(metric.Metric.Roles), "Build; QA"},
		{"lead time was to be changed by", names(metric.Metric.Decisions), "We try"},
		{"the path", fmt.Sprint(way.Path.Minutes, way.Path.Optional, way.Path.Phases[0].Title, len(way.Path.Phases[0].Items)), "61 5Your first week3"},
		{"the organisation", org.Org.Seats[1].Name + " answers for " + names(org.Org.Seats[1].Answers) + "; left: " + names(org.Org.Left), "Engineer answers for Build; left: "},
		{"evidence of the policy", names(policy.Policy.Controls[0].Evidence), "Build: Try#step.try"},
		{"the decision", names(decision.Decision.Affects) + "; " + decision.Decision.Metric.Title, "Build; Lead time"},
		{"the principle", names(principle.Principle.Practised), "Build"},
		{"the whole table", matrix(g.Raci()), "Founder (planned), Boss, Developer, QA: Build |C|AR|R; Plan I|AR||"},
		{"as the small organisation", matrix(g.Under(page(t, s, "orgs/small.md"), g.Raci())), "Engineer, Founder, Founder (planned): Build AR|C|; Plan |AR|I"},
		{"hand-offs", fmt.Sprint(len(g.HandOffs())), "2"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, tt.got, tt.want)
		}
	}
	practice, ok := g.Practice(handbook.LeadTime)
	if got := practice.Step.Title + "; " + practice.Answers.Title + "; " + names(practice.Chapters); !ok || got != "Build: Try; Developer; The book, chapter 3#chapter.3" {
		t.Errorf("the practice behind lead time: got %q", got)
	}
}

// Gaps are counted by question; those that every page of a kind has are not made
// findings one by one.
func TestCoverage(t *testing.T) {
	t.Parallel()
	g, _, _ := of(t, work)
	var got []string
	for _, c := range g.Coverage() {
		line := fmt.Sprintf("%s %d", c.Question, c.Asked)
		for _, gap := range c.Gaps {
			line += "; " + gap.Page.Title
		}
		got = append(got, line)
	}
	want := []string{
		"Does every role take part in a process? 3",
		"Does one role answer for every process? 3",
		"Does every process say when it is done? 3; Build",
		"Can we see how every process goes? 3; Plan",
		"Is there a book behind every process? 3; Make; Plan",
		"Is every book applied somewhere? 1",
		"Is every principle practised somewhere? 1",
		"Is there evidence for every control? 2; Care, control C2",
		"Does every input come from somewhere, and is every output taken? 3",
		"Does another page lead to every page? 13",
		"Does everything that is mentioned have a page? 1; Founder",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// Names may carry folders or kinds; what is not clear is said, not guessed.
func TestResolve(t *testing.T) {
	t.Parallel()
	const pages = "-- a/plan.md --\n---\ntype: process\n---\n## Why\n-- b/plan.md --\n---\ntype: process\n---\n-- roles/plan.md --\n---\ntitle: Planner\naliases: [scheduler]\n---\n-- x.md --\n---\nrelated: [%s]\n---\n"
	for _, tt := range []struct{ ref, want string }{
		{"a/plan", ""}, {"role:plan", ""}, {"a/plan#why", ""}, {"scheduler", ""}, {"lead_time", ""}, {"./x", ""}, {"x.md", ""},
		{"plan", "x.md:2:11: error[RT202] 3 pages go by the name \"plan\"\n"},
		{"process:plan", "x.md:2:11: error[RT202] 2 pages go by the name \"process:plan\"\n"},
		{"c/plan", "x.md:2:11: error[RT201] there is no page \"c/plan\"\n"},
		{"a/plan#how", "x.md:2:11: error[RT201] process \"plan\" has no part \"how\"\n"},
		{"https://example.org/", "x.md:2:11: error[RT201] related names a page of the handbook, not an address\n"},
		{"planned:lead_time", "x.md:2:11: error[RT201] \"lead_time\" is written by now\n"},
	} {
		_, _, found := of(t, fmt.Sprintf(pages, tt.ref))
		if found = strings.TrimPrefix(found, "roles/plan.md:1:1: warning[RT301] role \"Planner\" takes part in no process\n"); found != tt.want {
			t.Errorf("%s: got\n%swant\n%s", tt.ref, found, tt.want)
		}
	}
	// Where nothing of a kind exists, names are texts: a small handbook needs none.
	if _, _, found := of(t, "-- processes/p.md --\n---\nraci: {accountable: me, responsible: [you]}\nsteps: [{id: a, title: A, does: anybody}]\nowner: team:us\n---\n"); found != "" {
		t.Errorf("without any roles: %s", found)
	}
}

// A folder of plain files has no relations, and no gap.
func TestPlainFolder(t *testing.T) {
	t.Parallel()
	g, s, found := of(t, "-- a.md --\ntext\n-- b.md --\ntext\n")
	if found != "" || len(g.Coverage()) > 0 || len(g.Terms()) > 0 {
		t.Errorf("found %q, asked %v", found, g.Coverage())
	}
	d := g.Derive(s.Pages[0])
	if want := (graph.Derived{Owner: graph.Link{Title: "All", Name: "team:all"}}); !cmp.Equal(d, want) {
		t.Errorf("got %s", cmp.Diff(want, d))
	}
}

// What is derived can be hashed, and two graphs of one site say the same.
func TestDerivedIsPlainData(t *testing.T) {
	t.Parallel()
	g1, s1, _ := of(t, work)
	g2, s2, _ := of(t, work)
	for i, p := range s1.Pages {
		d1, d2 := g1.Derive(p), g2.Derive(s2.Pages[i])
		if pack.Sum(&d1) != pack.Sum(&d2) {
			t.Errorf("%s: %s", p.Path, cmp.Diff(d1, d2))
		}
	}
}

// Each role begins with the path that is for the fewest others, and with its
// first three pages; who answers for the path can be asked.
func TestDoors(t *testing.T) {
	t.Parallel()
	const roles = "-- roles/qa.md --\n---\ntitle: QA\n---\n-- roles/ops.md --\n---\ntitle: Operations\n---\n-- roles/dev.md --\n---\ntitle: Developer\n---\n"
	const pages = "-- a.md --\n-- b.md --\n-- c.md --\n-- d.md --\n"
	path := func(name, audience, items string) string {
		return "-- paths/" + name + ".md --\n---\ntitle: Path " + name + "\nowner: team:" + name + "\n" + audience + "phases:\n  - {id: one, title: One, by: day-1}\nitems:\n" + items + "---\n"
	}
	item := func(page string) string { return "  - {phase: one, ref: " + page + "}\n" }
	all := path("all", "", item("a"))
	both := path("both", "audience: [role:dev, role:ops]\n", item("b"))
	mine := path("mine", "audience: [dev]\n", "  - {phase: one, text: Say hello, minutes: 5}\n"+item("d")+item("c")+item("b")+item("a"))
	for _, tt := range []struct{ what, archive, want string }{
		{"no path, no doors", roles + pages, ""},
		{"one for everybody", roles + pages + all, "Developer: Path all [A] ask All; Operations: Path all [A] ask All; QA: Path all [A] ask All"},
		{"the fewest others", roles + pages + all + both + mine, "Developer: Path mine [D, C, B] ask Mine; Operations: Path both [B] ask Both; QA: Path all [A] ask All"},
		{"nobody is led astray", roles + pages + mine, "Developer: Path mine [D, C, B] ask Mine"},
	} {
		g, _, found := of(t, tt.archive)
		var got []string
		for _, d := range g.Doors() {
			got = append(got, fmt.Sprintf("%s: %s [%s] ask %s", d.Role.Title, d.Path.Title, names(d.First), d.Ask.Title))
		}
		if strings.Join(got, "; ") != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s\n%s", tt.what, strings.Join(got, "; "), tt.want, found)
		}
	}
}
