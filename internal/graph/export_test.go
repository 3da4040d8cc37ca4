package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/graph"
)

const exportSite = `
-- people.yaml --
people:
  - {id: alex, name: Alex Example, roles: [qa]}
-- glossary.yaml --
terms: [{term: slice, definition: A part that is of use., aka: [increment]}]
-- roles/qa.md --
---
title: QA
owner: alex
holders: [alex, "team:all"]
aliases: [tester]
---
-- roles/dev.md --
---
title: Developer
review: {on: 2026-01-05, by: alex, every: 6m}
---
-- processes/a/plan.md --
---
title: Plan
raci: {accountable: tester, responsible: [dev, "planned:designer"]}
inputs: [{external: wish}]
outputs: [slice]
topics: ["planned:delivery"]
steps:
  - {id: cut, title: Cut, does: [dev, qa], raci: {responsible: dev, consulted: qa}}
related: [lead_time.coding, "b/plan", alex]
metrics: [lead_time]
---
-- processes/b/plan.md --
---
title: Plan again
steps:
  - {id: do, title: Do, process: a/plan#cut}
---
-- teams/all.md --
---
title: Everybody
lead: alex
seats: [{role: dev, held_by: alex}]
---
-- metrics/lead-time.md --
---
metric: lead_time
---
-- decisions/one.md --
---
title: One
date: 2026-01-02
deciders: [alex, qa]
status: proposed
---
-- draft.md --
---
title: Not yet
status: draft
---
`

func TestExport(t *testing.T) {
	t.Parallel()
	g, s, _ := of(t, exportSite)
	h := g.Export()
	var pages []string
	for _, p := range h.Pages {
		text := fmt.Sprintf("%s %s %q %s/%s", p.Name, p.Address, p.Title, p.Owner, p.OwnerFrom)
		if p.Status != "" {
			text += " " + p.Status
		}
		if p.Review != nil {
			text += fmt.Sprint(" ", *p.Review)
		}
		for _, list := range [][]string{p.Topics, p.Aliases, p.Inputs, p.Outputs} {
			text += strings.TrimSuffix(" "+strings.Join(list, ","), " ")
		}
		for _, s := range p.Steps {
			text += fmt.Sprint(" ", s)
		}
		if p.Raci != nil {
			text += fmt.Sprint(" ", *p.Raci)
		}
		pages = append(pages, text)
		if sum := page(t, s, p.Path).Sum; p.Hash != fmt.Sprintf("%x", sum) {
			t.Errorf("%s: hash %s, want %x", p.Path, p.Hash, sum)
		}
	}
	if d := cmp.Diff([]string{
		`decision:one decisions/one/ "One" team:all/site proposed`,
		`metric:lead-time metrics/lead-time/ "Lead time" team:all/site`,
		`process:processes/a/plan processes/a/plan/ "Plan" team:all/site topic:delivery wish slice {cut Cut [role:dev role:qa]} {[role:qa] [role:dev role:designer] [] []}`,
		`process:processes/b/plan processes/b/plan/ "Plan again" team:all/site {do Do []}`,
		`role:dev roles/dev/ "Developer" team:all/site {2026-01-05 person 6m}`,
		`role:qa roles/qa/ "QA" person/page tester`,
		`team:all teams/all/ "Everybody" team:all/site`,
	}, pages); d != "" {
		t.Errorf("pages (- want, + got):\n%s", d)
	}
	var relations []string
	for _, r := range h.Relations {
		text := fmt.Sprintf("%s %s %d %s", r.From, r.Field, r.Item, r.To)
		if r.Part != "" {
			text += ", of " + r.Part
		}
		if r.Planned {
			text += ", planned"
		}
		relations = append(relations, text)
	}
	if d := cmp.Diff([]string{
		"decisions/one.md deciders 1 role:qa",
		"processes/a/plan.md metrics 0 metric:lead-time",
		"processes/a/plan.md raci.accountable 0 role:qa",
		"processes/a/plan.md raci.responsible 0 role:dev",
		"processes/a/plan.md raci.responsible 1 role:designer, planned",
		"processes/a/plan.md related 0 metric:lead_time.coding",
		"processes/a/plan.md related 1 process:processes/b/plan",
		"processes/a/plan.md steps.does 0 role:dev, of cut",
		"processes/a/plan.md steps.does 0 role:qa, of cut",
		"processes/a/plan.md steps.raci.consulted 0 role:qa, of cut",
		"processes/a/plan.md steps.raci.responsible 0 role:dev, of cut",
		"processes/a/plan.md topics 0 topic:delivery, planned",
		"processes/b/plan.md steps.process 0 process:processes/a/plan#cut, of do",
		"roles/qa.md holders 1 team:all",
		"teams/all.md seats.role 0 role:dev",
	}, relations); d != "" {
		t.Errorf("relations (- want, + got):\n%s", d)
	}
	if d := cmp.Diff([]graph.ExportedTerm{{Term: "slice", Definition: "A part that is of use.", Aka: []string{"increment"}}}, h.Terms); d != "" {
		t.Errorf("terms (- want, + got):\n%s", d)
	}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.ToLower(string(data)); strings.Contains(text, "alex") {
		t.Errorf("a person is named:\n%s", text)
	}
}

// TestExportNames: relations lead to pages by names that one page each has.
func TestExportNames(t *testing.T) {
	t.Parallel()
	g, _, _ := of(t, exportSite)
	h := g.Export()
	var names []string
	for _, p := range h.Pages {
		if slices.Contains(names, p.Name) {
			t.Errorf("two pages are called %s", p.Name)
		}
		names = append(names, p.Name)
	}
	for _, r := range h.Relations {
		if to, _, _ := strings.Cut(r.To, "#"); !r.Planned && !slices.Contains(names, to) && to != "metric:lead_time.coding" {
			t.Errorf("%s of %s leads to %s, which no page is called", r.Field, r.From, r.To)
		}
	}
	if h.Pages == nil || h.Relations == nil || h.Terms == nil {
		t.Error("a list is null where it should be empty")
	}
	empty, _, _ := of(t, "-- a.md --\n# A\n")
	if h := empty.Export(); h.Relations == nil || h.Terms == nil {
		t.Error("a list is null where it should be empty")
	}
}
