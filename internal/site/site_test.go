package site_test

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// tree makes a tree of pages and files. A page is written "path links…"; a
// link that begins with ! is an image. Every page has the headings "Gates" and
// "Release notes".
func tree(entries ...string) *handbook.Tree {
	t := &handbook.Tree{Name: "my-handbook"}
	for _, e := range entries {
		fields := strings.Fields(e)
		name := handbook.Path(strings.ReplaceAll(fields[0], "%20", " "))
		if !name.IsPage() {
			t.Files = append(t.Files, handbook.File{Path: name})
			continue
		}
		p := &handbook.Page{Path: name, Kind: handbook.Plain, Pos: diag.Pos{Path: string(name)}}
		if path.Base(fields[0]) != "_index.md" {
			p.Kind = handbook.FolderKind(strings.Split(fields[0], "/")[0])
		}
		p.Body.Headings = []handbook.Heading{{Level: 2, ID: "gates", Text: "Gates"}, {Level: 2, ID: "release-notes", Text: "Release notes"}}
		for i, dest := range fields[1:] {
			l := handbook.Link{Dest: dest, Pos: diag.Pos{Path: string(name), Line: i + 1, Column: 1}}
			if rest, ok := strings.CutPrefix(dest, "!"); ok {
				l.Kind, l.Dest = handbook.LinkImage, rest
			}
			p.Body.Links = append(p.Body.Links, l)
		}
		t.Pages = append(t.Pages, p)
	}
	slices.SortFunc(t.Pages, func(a, b *handbook.Page) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return t
}

func text(l diag.List) string {
	l.Sort()
	var b bytes.Buffer
	l.WriteText(&b)
	return b.String()
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files []string
		want  string // path=address, in the order of paths
	}{
		{"a page is a folder", []string{"roles/qa.md"}, "roles/qa.md=roles/qa/"},
		{"the root", []string{"README.md", "a.md"}, "README.md= a.md=a/"},
		{"_index beats index beats README", []string{"r/_index.md", "r/index.md", "r/README.md"}, "r/README.md=r/README/ r/_index.md=r/ r/index.md=r/index/"},
		{"index beats README", []string{"r/index.md", "r/readme.md"}, "r/index.md=r/ r/readme.md=r/readme/"},
		{"a page beside its folder", []string{"a.md", "a/b.md"}, "a.md=a/ a/b.md=a/b/"},
		{"spaces and odd names", []string{"a%20b/c?d#e.md"}, "a b/c?d#e.md=a b/c?d#e/"},
		{"deep", []string{"a/b/c/d.markdown"}, "a/b/c/d.markdown=a/b/c/d/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, found := site.New(tree(tt.files...), site.Options{Strict: true})
			var got []string
			for _, p := range s.Pages {
				got = append(got, string(p.Path)+"="+p.URL)
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("got  %s\nwant %s", g, tt.want)
			}
			if found.Len() > 0 {
				t.Errorf("findings: %s", text(found))
			}
		})
	}
}

func TestRel_B7_DoubleAddressesNameBothFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ a, b string }{
		{"roles.md", "roles/_index.md"},
		{"a.md", "a.markdown"},
		{"Guide.md", "guide.md"}, // one file on most editors' disks (rel/B6)
		{"a/b.md", "a/b/index.md"},
	} {
		t.Run(tt.a+" "+tt.b, func(t *testing.T) {
			t.Parallel()
			s, found := site.New(tree(tt.a, tt.b), site.Options{Strict: true})
			got := text(found)
			if !found.HasErrors() || !strings.Contains(got, tt.a) || !strings.Contains(got, tt.b) || !strings.Contains(got, "RT404") {
				t.Errorf("got\n%s", got)
			}
			seen := map[string]bool{}
			for _, p := range s.Pages {
				if seen[strings.ToLower(p.URL)] {
					t.Errorf("two pages at %q", p.URL)
				}
				seen[strings.ToLower(p.URL)] = true
			}
		})
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	const files = "processes/build/test.md processes/build/_index.md roles/qa.md README.md guide/setup.md images/a.png images/b.svg attic/page.html notes/a%20b.md"
	for _, tt := range []struct {
		from, dest string
		want       string // where it leads, or the finding's code and hint
	}{
		{"roles/x.md", "qa.md", "page roles/qa/"},
		{"roles/x.md", "../processes/build/test.md", "page processes/build/test/"},
		{"roles/x.md", "../processes/build/test.md#gates", "page processes/build/test/#gates"},
		{"roles/x.md", "/processes/build/test.md?plain=1#gates", "page processes/build/test/#gates"},
		{"roles/x.md", "../processes/build", "page processes/build/"},
		{"roles/x.md", "../processes/build/", "page processes/build/"},
		{"roles/x.md", "../processes/build#readme", "page processes/build/"},
		{"roles/x.md", "../guide/#readme", "page guide/"},
		{"roles/x.md", "../processes/build/_index.md", "page processes/build/"},
		{"roles/x.md", "/", "page "},
		{"roles/x.md", "../README.md", "page "},
		{"roles/x.md", "../guide/setup", "page guide/setup/"},
		{"roles/x.md", "../guide/setup.html", "page guide/setup/"},
		{"roles/x.md", "../guide/index.html", "page guide/"},
		{"roles/x.md", "../notes/a%20b.md", "page notes/a b/"},
		{"roles/x.md", "#release-notes", "page roles/x/#release-notes"},
		{"roles/x.md", "#top", "page roles/x/"},
		{"roles/x.md", "#Release-Notes", "page roles/x/#release-notes"}, // GitHub finds it
		{"roles/x.md", "https://example.org/a.md", "elsewhere https://example.org/a.md"},
		{"roles/x.md", "//example.org/a", "elsewhere //example.org/a"},
		{"roles/x.md", "mailto:team@example.org", "elsewhere mailto:team@example.org"},
		{"roles/x.md", "../images/a.png", "file images/a.png"},
		{"roles/x.md", "!../images/b.svg", "file images/b.svg"},
		{"roles/x.md", "../images/b.svg", "file images/b.svg.txt"}, // opened by a link it could run script
		{"roles/x.md", "../attic/page.html", "file attic/page.html.txt RT118 a browser would run what is in it as part of the site"},
		{"roles/x.md", "!https://example.org/a.png", "remote https://example.org/a.png RT117 copy the file beside the page and refer to it there"},
		{"roles/x.md", "!data:image/png;base64,AA", "nowhere RT405 copy the file beside the page and refer to it there"},

		{"roles/x.md", "qaa.md", "nowhere RT401 did you mean qa.md?"},
		{"roles/x.md", "../test.md", "nowhere RT401 did you mean ../processes/build/test.md?"},
		{"roles/x.md", "QA.md", "nowhere RT401 did you mean qa.md?"},
		{"roles/x.md", "www.example.org", "nowhere RT401 did you mean https://www.example.org?"},
		{"roles/x.md", "../../secret.md", "nowhere RT403 move the file into the site, or link to it with https://"},
		{"roles/x.md", "javascript:alert(1)", "nowhere RT405 allowed are https, http, mailto and tel, and paths of files in the site"},
		{"roles/x.md", "C:/handbook/qa.md", "nowhere RT401 did you mean qa.md?"},
		{"roles/x.md", "qa.md#gate", "page roles/qa/ RT402 did you mean #gates?"},
		{"roles/x.md", "#relese-notes", "nowhere RT402 did you mean #release-notes?"},
		{"roles/x.md", "!../images/c.png", "nowhere RT401 did you mean ../images/a.png?"},
	} {
		t.Run(tt.dest, func(t *testing.T) {
			t.Parallel()
			s, found := site.New(tree(append(strings.Fields(files), tt.from+" "+tt.dest)...), site.Options{Strict: true})
			var got string
			for _, p := range s.Pages {
				if string(p.Path) == tt.from {
					got = describe(p.Targets[0])
				}
			}
			for _, f := range found.All() {
				got += fmt.Sprintf(" %s %s", f.Code, f.Hint)
				if f.Pos.Line != 1 || f.Pos.Path != tt.from {
					t.Errorf("the finding is at %s", f.Pos)
				}
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func describe(t site.Target) string {
	switch t.Kind {
	case site.ToPage:
		s := "page " + t.Address
		if t.Fragment != "" {
			s += "#" + t.Fragment
		}
		return s
	case site.ToFile:
		return "file " + site.CopyName(t)
	case site.ToElsewhere:
		return "elsewhere " + t.URL
	case site.ToRemote:
		return "remote " + t.URL
	}
	return "nowhere"
}

// TestForeignFolders: without a site.yaml nothing stops publishing, and links
// as other tools' browsers see them are understood.
func TestForeignFolders(t *testing.T) {
	t.Parallel()
	s, found := site.New(tree("guide/setup.md ../install/ missing.md", "guide/install.md"), site.Options{})
	if found.HasErrors() || found.Len() != 1 {
		t.Errorf("findings:\n%s", text(found))
	}
	if got := describe(s.Pages[1].Targets[0]); got != "page guide/install/" {
		t.Errorf("got %s", got)
	}
}

func TestSectionsAndOrder(t *testing.T) {
	t.Parallel()
	tr := tree("b/10-last.md", "b/2-middle.md", "b/c/x.md", "a/z.md", "images/only.png")
	tr.Pages[3].Meta.Weight = 1 // b/c/x.md
	for _, p := range tr.Pages {
		if p.Path == "b/2-middle.md" {
			p.Meta.Weight = 0
		}
	}
	s, _ := site.New(tr, site.Options{})
	var lines []string
	var walk func(sec *site.Section, depth int)
	walk = func(sec *site.Section, depth int) {
		for _, i := range sec.Items {
			lines = append(lines, strings.Repeat(" ", depth)+i.Title())
			if i.Section != nil {
				walk(i.Section, depth+1)
			}
		}
	}
	walk(s.Root, 0)
	want := "A\n Z\nB\n 2 middle\n 10 last\n C\n  X"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if s.Title != "My handbook" {
		t.Errorf("title %q", s.Title)
	}
}

func TestBacklinksDraftsAndCopies(t *testing.T) {
	t.Parallel()
	tr := tree("a.md b.md b.md a.md", "b.md", "c.md b.md d.md x.pdf", "d.md", "x.pdf", "unused.pdf")
	tr.Pages[3].Meta.Status = "draft"
	s, found := site.New(tr, site.Options{Strict: true})
	var from []string
	for _, p := range s.Pages[1].Backlinks {
		from = append(from, string(p.Path))
	}
	if got := strings.Join(from, " "); got != "a.md c.md" {
		t.Errorf("backlinks of b.md: %s", got)
	}
	if len(s.Pages) != 3 || len(s.Copies) != 1 || s.Copies[0].To != "x.pdf" {
		t.Errorf("pages %d, copies %v", len(s.Pages), s.Copies)
	}
	if got := text(found); !strings.Contains(got, "that page is a draft") {
		t.Errorf("findings:\n%s", got)
	}
	if s, found = site.New(tr, site.Options{Strict: true, Drafts: true}); len(s.Pages) != 4 || found.Len() != 0 {
		t.Errorf("with drafts: %d pages,\n%s", len(s.Pages), text(found))
	}
}

func TestMetricsNameWhatExists(t *testing.T) {
	t.Parallel()
	tr := tree("services/pay.md", "a.md")
	at := func(column int) diag.Pos { return diag.Pos{Path: "a.md", Line: 3, Column: column} }
	ref := func(service, metric, stat string) handbook.MetricRef {
		return handbook.MetricRef{Pos: at(1), Service: handbook.Located{Value: service, Pos: at(2)}, Metric: handbook.Located{Value: metric, Pos: at(3)}, Stat: stat}
	}
	tr.Pages[0].Body.Metrics = []handbook.MetricRef{ref("pay", "lead_time", "p90"), ref("payy", "lead_time", ""), ref("pay", "leadtime", ""), ref("pay", "lead_time", "p95")}
	_, found := site.New(tr, site.Options{}) // also without Strict: a number must not go missing
	want := `a.md:3:1: error[RT530]: lead_time has no value "p95"
        did you mean p75? Known: p50, p75, p90, mean, n
a.md:3:2: error[RT531]: there is no service "payy"
        did you mean pay? Known: pay
a.md:3:3: error[RT532]: there is no metric "leadtime"
        did you mean lead_time? Known: deployment_frequency, lead_time,
        lead_time.coding, lead_time.pickup, lead_time.review, lead_time.deploy,
        change_fail_rate, recovery_time, rework_rate
`
	if got := text(found); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRel(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ from, to, want string }{
		{"", "", "./"},
		{"", "roles/qa/", "roles/qa/"},
		{"roles/qa/", "", "../../"},
		{"roles/qa/", "roles/dev/", "../dev/"},
		{"roles/qa/", "roles/", "../"},
		{"roles/", "roles/qa/", "qa/"},
		{"roles/qa/", "roles/qa/", "./"},
		{"a/b/", "a/bc/", "../bc/"},
		{"a/", "x y/c?d#e%/", "../x%20y/c%3Fd%23e%25/"},
		{"404.html", "assets/site.css", "assets/site.css"},
		{"", "a:b/c/", "./a:b/c/"},
		{"a/", "a/img.png", "img.png"},
	} {
		if got := site.Rel(tt.from, tt.to); got != tt.want {
			t.Errorf("Rel(%q, %q) = %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}

// A finding about an included file moves when that file does, although the page
// that includes it says nothing else.
func TestAgain_included(t *testing.T) {
	t.Parallel()
	with := func(line int) *handbook.Tree {
		tr := tree("a.md")
		tr.Pages[0].Body.Links = []handbook.Link{{Dest: "gone.md", Pos: diag.Pos{Path: "part.txt", Line: line, Column: 1}}}
		return tr
	}
	opts := site.Options{Strict: true}
	opts.Previous, _ = site.New(with(1), opts)
	if _, list := site.New(with(2), opts); list.Len() != 1 || list.All()[0].Pos.Line != 2 {
		t.Errorf("findings %s", text(list))
	}
}
