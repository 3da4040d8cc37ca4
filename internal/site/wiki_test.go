package site_test

import (
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

func TestWiki(t *testing.T) {
	t.Parallel()
	content := func(dest string) *handbook.Tree {
		tr := tree("a.md", "roles/quality-assurance.md", "build/plan.md", "review/plan.md", "review/near.md", "build/_index.md")
		for _, p := range tr.Pages {
			switch p.Path {
			case "roles/quality-assurance.md":
				p.Meta.Title = "QA"
			case "build/_index.md":
				p.Meta.Title = "How we build"
			case "a.md", "review/near.md":
				p.Body.Links = []handbook.Link{{Wiki: true, Dest: dest, Pos: diag.Pos{Path: string(p.Path), Line: 1, Column: 3}}}
			}
		}
		return tr
	}
	for _, tt := range []struct {
		dest, want, near string // addresses from a.md, and from review/near.md where that is another
		found            string
	}{
		{dest: "quality-assurance", want: "roles/quality-assurance/"},
		{dest: "Quality Assurance", want: "roles/quality-assurance/"},
		{dest: "qa", want: "roles/quality-assurance/"},
		{dest: "QA#release-notes", want: "roles/quality-assurance/#release-notes"},
		{dest: "#Gates", want: "a/#gates", near: "review/near/#gates"},
		{dest: "How we build", want: "build/"},
		{dest: "build", want: "build/"},
		{dest: "build/plan", want: "build/plan/"},
		{dest: "review/plan.md", want: "review/plan/"},
		{dest: "plan", near: "review/plan/", found: "error[RT202]: several pages go by the name \"plan\": build/plan.md and review/plan.md\n        write the folder before it, such as [[review/plan]]"},
		{dest: "qualty assurance", found: "error[RT401]: no page goes by the name \"qualty assurance\"\n        did you mean [[quality-assurance]]?"},
		{dest: "QA#gatse", want: "roles/quality-assurance/", found: "error[RT402]: there is no heading \"#gatse\" in roles/quality-assurance.md\n        did you mean #gates?"},
	} {
		s, list := site.New(content(tt.dest), site.Options{Strict: true, Wiki: true})
		for _, p := range s.Pages {
			want := tt.want
			if p.Path == "review/near.md" && tt.near != "" {
				want = tt.near
			}
			if len(p.Targets) == 0 {
				continue
			}
			got := p.Targets[0].Address
			if p.Targets[0].Fragment != "" {
				got += "#" + p.Targets[0].Fragment
			}
			if got != want {
				t.Errorf("[[%s]] in %s leads to %q, want %q", tt.dest, p.Path, got, want)
			}
		}
		if found := text(list); !strings.Contains(found, tt.found) || tt.found == "" && found != "" {
			t.Errorf("[[%s]]: findings %s, want %s", tt.dest, found, tt.found)
		}
	}
}

// A title that changes is enough to lead a link elsewhere.
func TestWiki_again(t *testing.T) {
	t.Parallel()
	with := func(title string) *handbook.Tree {
		tr := tree("a.md", "b.md", "c.md")
		tr.Pages[0].Body.Links = []handbook.Link{{Wiki: true, Dest: "Here"}}
		tr.Pages[1].Meta.Title, tr.Pages[2].Meta.Title = title, "There"
		return tr
	}
	opts := site.Options{Strict: true, Wiki: true}
	first := with("Here")
	opts.Previous, _ = site.New(first, opts)
	next := with("Elsewhere")
	next.Pages[0] = first.Pages[0]
	s, list := site.New(next, opts)
	if s.Pages[0].Targets[0].Kind != site.Nowhere || list.Len() != 1 {
		t.Errorf("target %+v, %d findings", s.Pages[0].Targets[0], list.Len())
	}
}

// A link that leaves the content and comes back over the site's folder leads
// where it does on GitHub, and one of an included file starts at that file.
func TestLinks_overTheSite(t *testing.T) {
	t.Parallel()
	tr := tree("a.md", "parts/note.md", "parts/other.md", "docs/x.md")
	tr.Pages[0].Body.Links = []handbook.Link{
		{Dest: "../content/docs/x.md"}, {Dest: "other.md", Base: "parts"}, {Dest: "../content/docs/x.md", Base: "../includes"}, {Dest: "../README.md"},
	}
	s, list := site.New(tr, site.Options{Strict: true, Content: "content"})
	var got []string
	for _, p := range s.Pages {
		if p.Path == "a.md" {
			for _, target := range p.Targets {
				got = append(got, target.Address)
			}
		}
	}
	if want := "docs/x/ parts/other/ docs/x/ "; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if found := text(list); strings.Count(found, "RT") != 1 || !strings.Contains(found, "RT403") {
		t.Errorf("findings %s", found)
	}
}
