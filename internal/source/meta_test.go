package source

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// findings writes a list, one finding a line.
func findings(l *diag.List) string {
	var b strings.Builder
	for _, f := range l.All() {
		fmt.Fprintf(&b, "%s: %s[%s] %s\n", f.Pos, f.Severity, f.Code, f.Message)
	}
	return b.String()
}

const commonYAML = `
title: A title
summary: What it is about.
owner: team:platform
status: active
weight: 3
`

var commonMeta = handbook.Meta{
	Common:   handbook.Common{Title: "A title", Summary: "What it is about.", Owner: value("team:platform"), Weight: 3},
	Standing: handbook.Standing{Status: "active"},
}

// value is what was read, without its place.
func value(text string) handbook.Located { return handbook.Located{Value: text} }

func TestMeta_Kinds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name handbook.Path
		yaml string
		kind handbook.Kind
		add  func(*handbook.Meta)
	}{
		{"about.md", "", handbook.Plain, func(*handbook.Meta) {}},
		{"roles/qa.md", "aka: [tester]\npurpose: Find out early.\noutcomes: [few surprises]\nskills:\n- asking\n- reading", handbook.Role, func(m *handbook.Meta) {
			m.Role = &handbook.RoleMeta{Aka: []string{"tester"}, Purpose: "Find out early.", Outcomes: []string{"few surprises"}, Skills: []string{"asking", "reading"}}
		}},
		{"processes/build/plan.md", "trigger: a need\ninputs: [ideas]\noutputs: [a plan]\ndone_when: all agree\ncadence: weekly", handbook.Process, func(m *handbook.Meta) {
			m.Process = &handbook.ProcessMeta{Trigger: "a need", Inputs: []handbook.Artefact{{Name: value("ideas")}}, Outputs: []handbook.Artefact{{Name: value("a plan")}}, DoneWhen: "all agree", Cadence: "weekly"}
		}},
		{"books/a.md", "author: One Author\nyear: 2018\nedition: second\narea: delivery\nlevel: core\npages: 288\nhours: 6.5\nwhy_here: |\n  Because.\n", handbook.Book, func(m *handbook.Meta) {
			m.Book = &handbook.BookMeta{Authors: []string{"One Author"}, Year: 2018, Edition: "second", Area: "delivery", Level: "core", Pages: 288, Hours: 6.5, WhyHere: "Because."}
		}},
		{"anywhere/b.md", "type: book\nauthors: [One, Two]\nyear: 1999", handbook.Book, func(m *handbook.Meta) {
			m.Book = &handbook.BookMeta{Authors: []string{"One", "Two"}, Year: 1999}
		}},
		{"services/site.md", "sample: true", handbook.Service, func(m *handbook.Meta) { m.Runs = &handbook.RunsMeta{Sample: true} }},
		{"roles/README.md", "", handbook.Plain, func(*handbook.Meta) {}},
		{"roles/index.md", "", handbook.Plain, func(*handbook.Meta) {}},
		{"processes/build/_index.md", "", handbook.Plain, func(*handbook.Meta) {}},
		{"processes/build/_index.md", "type: process", handbook.Process, func(m *handbook.Meta) { m.Process = &handbook.ProcessMeta{} }},
		{"roles/note.md", "type: page", handbook.Plain, func(*handbook.Meta) {}},
		{"roles.md", "", handbook.Plain, func(*handbook.Meta) {}},
		{"team/roles/x.md", "", handbook.Plain, func(*handbook.Meta) {}},
	} {
		page, l := parse(tt.name, "---"+commonYAML+tt.yaml+"\n---\n", true)
		want := commonMeta
		want.Type = page.Meta.Type
		tt.add(&want)
		ignored := cmp.Options{cmpopts.IgnoreFields(handbook.Located{}, "Pos"), cmpopts.IgnoreFields(handbook.Meta{}, "Refs")}
		if d := cmp.Diff(want, page.Meta, ignored); page.Kind != tt.kind || d != "" || l.Len() > 0 {
			t.Errorf("%s with %q: kind %s, want %s; meta (-want +got)\n%sfindings:\n%s", tt.name, tt.yaml, page.Kind, tt.kind, d, findings(l))
		}
	}
}

// The words that front matter may use are those that the other packages know.
func TestMeta_Words(t *testing.T) {
	t.Parallel()
	enum := func(v any, field ...string) string {
		typ := reflect.TypeOf(v)
		tag := ""
		for _, name := range field {
			f, ok := typ.FieldByName(name)
			if !ok {
				t.Fatalf("%v has no field %s", typ, name)
			}
			typ, tag = f.Type, f.Tag.Get("enum")
		}
		return tag
	}
	var kinds []string
	for _, t := range handbook.Types {
		kinds = append(kinds, string(t.Kind))
	}
	for _, tt := range []struct {
		tag  string
		want []string
	}{
		{enum(handbook.Common{}, "Type"), kinds},
		{enum(metricsBlock{}, "Deployments", "Source"), handbook.Sources},
	} {
		if want := strings.Join(tt.want, ","); tt.tag != want {
			t.Errorf("got %q, want %q", tt.tag, want)
		}
	}
}

func TestMeta_Service(t *testing.T) {
	t.Parallel()
	const text = `---
type: service
owner: team:payments
metrics:
  repos: [acme/pay]            # or "." for this repository, or a path to a clone
  events: [pay.ndjson]         # beside this page
  deployments: {source: tags, pattern: "v*", environment: production, group: "prod-*", group_window: 60m, count_redeploys: false, since: 2025-01-01}
  paths: {include: [pay/**], exclude: []}
  failures: {labels: [hotfix], reverts: true, incidents: {labels: [incident]}, link_window: 24h}
  bots: exclude
---
# Payments
`
	at := func(line, column int) diag.Pos {
		return diag.Pos{Path: "services/payments.md", Line: line, Column: column}
	}
	page, l := parse("services/payments.md", text, true)
	want := &handbook.ServiceMeta{
		Pos:         at(5, 3),
		Repos:       []handbook.Located{{Value: "acme/pay", Pos: at(5, 11)}},
		Events:      []handbook.Located{{Value: "pay.ndjson", Pos: at(6, 12)}},
		Deployments: handbook.Deployments{Pos: at(7, 16), Source: "tags", Pattern: "v*", Environment: "production", Group: "prod-*", GroupWindow: 3600, Since: "2025-01-01"},
		Paths:       handbook.PathFilter{Include: []string{"pay/**"}},
		Failures:    &handbook.Failures{Labels: []string{"hotfix"}, Reverts: true, IncidentLabels: []string{"incident"}, LinkWindow: 86400},
		Bots:        "exclude",
	}
	if d := cmp.Diff(want, page.Meta.Service, cmpopts.EquateEmpty()); d != "" || l.Len() > 0 {
		t.Errorf("(-want +got)\n%sfindings:\n%s", d, findings(l))
	}
	page, l = parse("services/a.md", "---\ntitle: x\n---\n", true)
	if page.Meta.Service != nil || l.Len() > 0 {
		t.Errorf("without the block: got %v and findings\n%s", page.Meta.Service, findings(l))
	}
	page, _ = parse("services/a.md", "---\nmetrics: {repos: [.]}\n---\n", true)
	if page.Meta.Service == nil || page.Meta.Service.Failures != nil {
		t.Errorf("without failures: got %+v, want them not to be measured", page.Meta.Service)
	}
}

func TestRel_B4_Mistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name handbook.Path
		text string
		want string
	}{
		{"p.md", "---\ntitle: a: b\nowner: [x]\nfoo: 1\n---\n", "p.md:2:8: error[RT101] the value contains a colon and a space\np.md:3:8: error[RT103] owner: expected text like team:platform, found a list\np.md:4:1: warning[RT102] unknown key \"foo\"\n"},
		{"roles/p.md", "---\nfoo: 1\nevents: []\n---\n", "roles/p.md:2:1: error[RT102] unknown key \"foo\"\nroles/p.md:3:1: error[RT102] unknown key \"events\"\n"},
		{"roles/p.md", "---\ntitle: a\ntitle: b\n---\n", "roles/p.md:3:1: error[RT104] title is given a second time\n"},
		{"roles/p.md", "---\ntype: rolle\naka: [x]\n---\n", "roles/p.md:2:7: error[RT103] type: expected page, role, process, book, path, topic, policy, playbook, term, principle, org, news, service, team, metric, metrics or decision, found \"rolle\"\n"},
		{"p.md", "---\nsummary: " + strings.Repeat("ä", 161) + "\n---\n", "p.md:2:10: error[RT103] summary: a text of 161 characters is more than 160\n"},
		{"p.md", "---\nstatus: live\nweight: -1\n---\n", "p.md:2:9: error[RT103] status: expected draft, active, deprecated or archived, found \"live\"\np.md:3:9: error[RT103] weight: -1 is less than 0\n"},
		{"p.md", "---\nowner: x\n\ttitle: x\n---\n", "p.md:3:1: error[RT101] a tab stands where the line is indented\n"},
		{"p.md", "---\nSome prose.\n---\n", "p.md:2:1: error[RT101] expected lines of the form `key: value`, found \"Some prose.\"\n"},
		{"p.md", "---\ntitle: x\n\n# Body\n", "p.md:1:1: error[RT105] the front matter that begins here has no end\n"},
		{"p.md", "+++\ntitle = 'x'\n+++\n", "p.md:1:1: error[RT101] front matter in TOML or JSON is not read\n"},
		{"books/b.md", "# A book\n", "books/b.md:1:1: error[RT106] author is missing\nbooks/b.md:1:1: error[RT106] year is missing\n"},
		{"books/b.md", "---\nauthor: A\nyear: second edition\n---\n", "books/b.md:3:7: error[RT103] year: expected a whole number like 2018, found \"second edition\"\n"},
		{"services/s.md", "---\nmetrics:\n  deployments:\n    source: tag\n    since: 2024-02-30\n  failure: {}\n---\n", "services/s.md:4:13: error[RT103] metrics.deployments.source: expected github_deployments, workflow, releases, tags, merge or file, found \"tag\"\nservices/s.md:5:12: error[RT103] metrics.deployments.since: 2024-02-30 is no day of the calendar\nservices/s.md:6:3: error[RT102] unknown key \"failure\" in metrics\n"},
		{"p.md", "---\ntitle: &a x\n---\n", "p.md:2:8: error[RT101] anchors (&name) are not taken\n"},
		{"p.md", "---\ntitle: " + strings.Repeat("x", 70_000) + "\n---\n", "p.md:1:1: error[RT116] 70012 bytes of YAML are over the limit of 65536\n"},
		{"p.md", "", ""},
		{"p.md", "---\ntitle: x\n---", ""},
		{"p.md", "---\n---", ""},
		{"p.md", "---\n\nText after a line across the page.\n\n---\n", ""},
		{"p.md", "Text\n\n```\n---\ntitle: x\n---\n```\n", ""},
	} {
		_, l := parse(tt.name, tt.text, true)
		if got := findings(l); got != tt.want {
			t.Errorf("%s %.80q\ngot\n%s\nwant\n%s", tt.name, tt.text, got, tt.want)
		}
	}
}

func common(c handbook.Common) handbook.Meta { return handbook.Meta{Common: c} }

// Front matter of other tools is used as far as it goes, and nobody is told off.
func TestMeta_Foreign(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		yaml string
		want handbook.Meta
	}{
		{"title: A\ndescription: B\nlayout: default\nnav_order: 1\nweight: 2", common(handbook.Common{Title: "A", Summary: "B", Weight: 2})},
		{"summary: A\ndescription: B", common(handbook.Common{Summary: "A"})},
		{"type: book\nstatus: Draft\nowner: [a]", handbook.Meta{}},
		{"title: [a]\ndescription: {a: b}\nweight: heavy", handbook.Meta{}},
		{"title: 2024-01-01\nweight: -5", common(handbook.Common{Title: "2024-01-01"})},
		{"title: A: B\ndescription: still read", common(handbook.Common{Summary: "still read"})},
		{"title: A\ntitle: B\nx: &a [*a]\n<<: *a", common(handbook.Common{Title: "A"})},
		{"title: A\ntags: {{ page.tags }}\n\tb: c", common(handbook.Common{Title: "A"})},
		{"description: " + strings.Repeat("x", 200), common(handbook.Common{Summary: strings.Repeat("x", 200)})},
	} {
		page, l := parse("books/a.md", "---\n"+tt.yaml+"\n---\nbody\n", false)
		if d := cmp.Diff(tt.want, page.Meta); d != "" || l.Len() > 0 || page.Kind != handbook.Plain || string(page.Body.HTML) != "body\n" {
			t.Errorf("%q: kind %s, body %q, meta (-want +got)\n%sfindings:\n%s", tt.yaml, page.Kind, page.Body.HTML, d, findings(l))
		}
	}
	for _, text := range []string{"+++\ntitle = 'A'\n+++\nbody\n", "{\n\"title\": \"A\"\n}\nbody\n"} {
		page, l := parse("a.md", text, false)
		if string(page.Body.HTML) != "body\n" || page.Body.Words != 4 || l.Len() > 0 {
			t.Errorf("%q: body %q in line %d, findings:\n%s", text, page.Body.HTML, page.Body.Words, findings(l))
		}
	}
}
