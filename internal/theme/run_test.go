package theme_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// tryAll runs every layout of a theme dry, on a page with everything and on
// one with nothing.
func tryAll(th *theme.Theme) diag.List {
	var l diag.List
	for _, kind := range theme.Layouts {
		full, empty := render.Samples(kind, 2)
		l.Join(th.Try("themes/default", kind, "a page with everything", full), th.Try("themes/default", kind, "an empty page", empty))
	}
	l.Join(th.TryComponent("themes/default", "figure", "an empty chart", render.FigureView{}))
	l.Sort()
	return l
}

// loadWith is the small theme with some files replaced.
func loadWith(t *testing.T, files map[string]string) *theme.Theme {
	t.Helper()
	m := small()
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	th, found := theme.Load("themes/small", nil, m)
	if found.Len() > 0 {
		t.Fatal(findings(found))
	}
	return th
}

// failure runs the role layout and returns the finding of what went wrong.
func failure(t *testing.T, th *theme.Theme, view any) string {
	t.Helper()
	err := th.Execute(&bytes.Buffer{}, "service", view)
	if err == nil {
		t.Fatal("no error")
	}
	var l diag.List
	theme.Report(&l, "themes/small", []diag.Pos{{Path: "content/a.md"}}, err)
	return findings(l)
}

func TestRel_T11_EndlessTemplatesEnd(t *testing.T) {
	t.Parallel()
	double := "a"
	for i := range 40 { // each calls the next one twice: 2^40 calls, and no range
		double += fmt.Sprintf(`{{define "d%d"}}{{template "d%d"}}{{template "d%d"}}{{end}}`, i, i+1, i+1)
	}
	double += `{{define "d40"}}{{end}}{{define "main"}}{{template "d0"}}{{end}}`
	for _, tt := range []struct{ name, layout, want string }{
		{"range over a number", "{{define \"main\"}}\n  {{range 99999999999}}{{end}}{{end}}", "layouts/service.html:2:11: error[RT705]: this range ran more than 1,000,000 times on one page, counting"},
		{"ranges in ranges", "{{define \"main\"}}{{range 100000}}\n{{range 100000}}{{end}}{{end}}{{end}}", "layouts/service.html:2:9: error[RT705]: this range ran"},
		{"range that goes on at once", "{{define \"main\"}}{{range 0}}{{else}}{{range 99999999}}{{template \"note\"}}{{continue}}{{end}}{{end}}{{end}}", "layouts/service.html:1:45: error[RT705]: this range ran"},
		{"recursion", "{{define \"main\"}}{{template \"main\" .}}{{end}}", "layouts/service.html:1:18: error[RT705]: templates call each other more than 100 deep: \"main\" calls \"main\"\n"},
		{"recursion by turns", "{{define \"main\"}}{{template \"a\"}}{{end}}\n{{define \"a\"}}{{template \"b\"}}{{end}}{{define \"b\"}}{{if 1}}{{template \"a\"}}{{end}}{{end}}", ": error[RT705]: templates call each other more than 100 deep: \"a\" calls \"b\" calls \"a\"\n"},
		{"doubling", double, "error[RT705]: template \"d"},
		{"output", "{{define \"main\"}}{{range 999999}}" + strings.Repeat("0123456789abcdef", 4) + "{{end}}{{end}}", "layouts/service.html: error[RT705]: the page is larger than 32 MiB\n"},
		{"a text that doubles", "{{define \"main\"}}{{$s := \"ab\"}}{{range 60}}\n{{$s = printf \"%s%s\" $s $s}}{{end}}{{end}}", "layouts/service.html:2:8: error[RT705]: the functions of templates made more than 32 MiB of text for one page\n"},
		{"escapes that double", "{{define \"main\"}}{{$s := `\\`}}{{range 60}}{{$s = js $s}}{{end}}{{end}}", "error[RT705]: the functions of templates made more than 32 MiB"},
		{"many wide blanks", "{{define \"main\"}}{{$s := printf \"" + strings.Repeat("%999999d", 65) + "\" 1}}{{end}}", "error[RT705]: a printf has 65 verbs; 64 are allowed\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			th := loadWith(t, map[string]string{"layouts/service.html": tt.layout})
			first := failure(t, th, view{"x"})
			if !strings.Contains(first, tt.want) || !strings.Contains(first, "content/a.md: the page that was being made") {
				t.Errorf("got\n%swant %s", first, tt.want)
			}
			for _, ours := range []string{"rutter_", "$rutter"} {
				if strings.Contains(first, ours) {
					t.Errorf("%q shows in\n%s", ours, first)
				}
			}
			if got := execute(t, th, "metric"); !strings.Contains(got, "metric") {
				t.Errorf("another page: %s", got)
			}
		})
	}
}

// TestRel_T11_RealPagesAreWithinTheBounds: the list of all pages of a very
// large handbook, and a table of contents as deep as headings go.
func TestRel_T11_RealPagesAreWithinTheBounds(t *testing.T) {
	t.Parallel()
	th := defaultTheme(t)
	p, _ := render.Samples("list", 30_000)
	deep := &p.TOC
	for range 6 {
		*deep = []render.Heading{{ID: "x", HTML: "X"}}
		deep = &(*deep)[0].Items
	}
	if err := th.Execute(&bytes.Buffer{}, "list", p); err != nil {
		t.Error(err)
	}
}

// TestCountingChangesNoByte compares with html/template alone, in every place
// of a page that a range or a template can stand in.
func TestCountingChangesNoByte(t *testing.T) {
	t.Parallel()
	for _, kind := range theme.Layouts {
		th, plain := defaultTheme(t), unbounded(t, kind)
		full, empty := render.Samples(kind, 2)
		for _, view := range []*render.PageView{full, empty} {
			var got, want bytes.Buffer
			if err := errors.Join(th.Execute(&got, kind, view), plain.Execute(&want, view)); err != nil {
				t.Fatal(err)
			}
			if got.String() != want.String() {
				t.Errorf("%s: got\n%s\nwant\n%s", kind, &got, &want)
			}
		}
	}
	list := map[string]any{"L": []string{"a b", `"q"`, "</p>", "x&y", "-->", "javascript:x"}, "E": []string{}}
	for _, text := range []string{
		`{{range .L}}{{.}}{{end}}`,
		`<p title="{{range .L}}{{.}} {{end}}">`,
		`<p title='{{range .L}}{{.}}{{end}}' {{range .L}}data-x="{{.}}" {{end}}>`,
		`<p title={{range .L}}{{.}}{{end}}>`,
		`<p {{range .E}}{{.}}{{end}}>`,
		`<p {{range .L}}{{if eq . "x"}}checked{{end}} {{end}} title="x">`,
		`<p class="a{{range .L}} b-{{.}}{{end}}" id=x{{range .E}}y{{end}}>`,
		`<a href="{{range .L}}{{.}}/{{end}}">x</a>`,
		`<a href="?q={{range $i, $v := .L}}{{if $i}}&amp;{{end}}{{$v}}{{end}}">x</a>`,
		`<a href={{range .E}}{{.}}{{else}}none{{end}}>x</a>`,
		`<img srcset="{{range .L}}{{.}} 1x, {{end}}b 2x">`,
		`a<!-- {{range .L}}{{.}}{{end}} -->b`,
		`<!--{{template "again" .L}}-->{{template "again" .L}}<p title="{{template "again" .L}}">`,
		`<title>{{range .L}}{{.}}{{end}}</title><textarea>{{template "again" .L}}</textarea>`,
		`{{range $i := 3}}{{$i}}{{end}}{{range .Nothing}}x{{else}}y{{end}}{{range $k, $v := .}}{{$k}}{{len $v}}{{end}}`,
		`{{range $x := .L}}{{if eq $x "x&y"}}{{break}}{{end}}{{if eq $x "</p>"}}{{continue}}{{end}}{{$x}}{{end}}`,
		`{{range .L}}{{printf "%s-%q" . .}}{{print . 1 2}}{{println .}}{{. | html}}{{urlquery .}}{{js .}}{{end}}`,
		`<a href="{{range .L}}{{. | urlquery}}{{end}}" title="{{printf "%s" .L | html}}">`,
		`{{template "tree" .Tree}}`,
	} {
		text += `{{define "again"}}{{range .}}[{{.}}]{{end}}{{end}}{{define "tree"}}<{{/**/}}{{with .}}{{range .}}{{template "tree" .}}{{end}}{{else}}.{{end}}{{end}}`
		th := loadWith(t, map[string]string{"layouts/base.html": `{{template "main" .}}`, "layouts/service.html": `{{define "main"}}` + strings.Replace(text, `{{define "again"}}`, `{{end}}{{define "again"}}`, 1)})
		plain := unboundedText(t, text)
		list["Tree"] = []any{[]any{}, []any{[]any{}, []any{}}}
		var got, want bytes.Buffer
		errGot, errWant := th.Execute(&got, "service", list), plain.Execute(&want, list)
		if (errGot == nil) != (errWant == nil) || got.String() != want.String() {
			t.Errorf("%s\n got %s (%v)\nwant %s (%v)", text, &got, errGot, &want, errWant)
		}
	}
}

// TestManyAtOnce runs pages that end early, late and never in one theme.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	th := loadWith(t, map[string]string{
		"layouts/service.html": `{{define "main"}}{{range .}}{{.}}{{end}}{{end}}`,
		"layouts/base.html":    `{{template "main" .}}`,
		"layouts/metric.html":  `{{define "main"}}{{template "main"}}{{end}}`,
	})
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for n := range 50 {
				var out bytes.Buffer
				if err := th.Execute(&out, "service", i); err != nil || out.String() != "01234567"[:i] {
					t.Errorf("%d: %s, %v", i, &out, err)
				}
				if err := th.Component(&out, "note", "x"); err != nil {
					t.Error(err)
				}
				if err := th.Execute(&out, "metric", n); err == nil || !strings.Contains(err.Error(), "100 deep") {
					t.Errorf("endless recursion: %v", err)
				}
			}
		})
	}
	wait.Wait()
}

// writer fails after some bytes, as a full disk does.
type writer struct{ left int }

var errFull = errors.New("disk full")

func (w *writer) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestErrorsOfTheWriterAreNotTheThemes(t *testing.T) {
	t.Parallel()
	th := loadWith(t, nil)
	if err := th.Execute(&writer{10}, "service", view{"x"}); err != errFull {
		t.Errorf("got %v, want %v", err, errFull)
	}
}

func TestTry(t *testing.T) {
	t.Parallel()
	found := tryAll(defaultTheme(t))
	if found.Len() > 0 {
		t.Errorf("the default theme:\n%s", findings(found))
	}
	for _, tt := range []struct{ name, file, text, want string }{
		{"at run time", "layouts/service.html", "{{define \"main\"}}\n{{index .Title 7}}{{end}}", "themes/small/layouts/service.html:2:3: error[RT702]: template \"main\": index out of range: 7\n        found with an empty page\n"},
		{"through a component", "components/note/note.html", "{{define \"note\"}}{{slice . 3}}{{end}}", "themes/small/components/note/note.html:1:20: error[RT702]: template \"note\": index out of range: 3\n        found with an empty page\n        themes/small/layouts/service.html:1:37: what runs \"note\"\n        themes/small/layouts/base.html:1:37: what runs \"main\"\n"},
		{"not closed", "layouts/service.html", `{{define "main"}}<p title="{{end}}`, "themes/small/layouts/service.html"},
		{"two contexts", "layouts/service.html", "{{define \"main\"}}\n<p {{if .Title}}title=\"{{end}}x{{end}}", "themes/small/layouts/service.html:2:9: error[RT702]: template \"main\": {{if}} branches end in different contexts"},
		{"escaper", "layouts/service.html", "{{define \"main\"}}{{.Title | html | print}}{{end}}", "themes/small/layouts/service.html:1:20: error[RT702]: template \"main\": predefined escaper \"html\" disallowed in template\n"},
		{"unquoted", "layouts/service.html", "{{define \"main\"}}<p title=a{{.Title}}=b\">{{end}}", "error[RT702]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			th := loadWith(t, map[string]string{tt.file: tt.text})
			found := th.Try("themes/small", "service", "an empty page", view{})
			if got := findings(found); !strings.Contains(got, tt.want) || found.Len() != 1 {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
	th := loadWith(t, map[string]string{"components/note/note.html": "{{define \"note\"}}{{slice . 3}}{{end}}"})
	found = th.TryComponent("themes/small", "note", "an empty note", "")
	if got, want := findings(found), "themes/small/components/note/note.html:1:20: error[RT702]: template \"note\": index out of range: 3\n        found with an empty note\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// nested is a view that runs a component while its page is being written.
type nested struct{ th *theme.Theme }

func (n nested) Title() (string, error) {
	var b bytes.Buffer
	err := n.th.Component(&b, "note", "ab")
	return b.String(), err
}

func TestRel_B9_ReportsNameWhatFailed(t *testing.T) {
	t.Parallel()
	th := loadWith(t, map[string]string{"layouts/service.html": "{{define \"main\"}}\n é{{index .Title 7}}{{end}}"})
	err := th.Execute(&bytes.Buffer{}, "service", view{"x"})
	again := th.Execute(&bytes.Buffer{}, "service", view{"y"})
	if err == nil || again == nil || err.Error() != again.Error() {
		t.Fatalf("%v and %v are one cause", err, again)
	}
	page := func(names ...string) (list []diag.Pos) {
		for _, n := range names {
			list = append(list, diag.Pos{Path: "content/" + n + ".md"})
		}
		return list
	}
	deep := loadWith(t, map[string]string{"components/note/note.html": "{{define \"note\"}}{{slice . 3}}{{end}}", "layouts/service.html": `{{define "main"}}{{end}}`})
	inner := deep.Execute(&bytes.Buffer{}, "service", nested{deep})
	for _, tt := range []struct {
		name  string
		pages []diag.Pos
		err   error
		want  string
	}{
		{"one page", page("a"), err, "themes/small/layouts/service.html:2:5: error[RT702]: template \"main\": index out of range: 7\n        content/a.md: the page that was being made\n        themes/small/layouts/base.html:1:37: what runs \"main\"\n"},
		{"two pages", page("b", "a", "b"), err, "themes/small/layouts/service.html:2:5: error[RT702]: template \"main\": index out of range: 7, on content/a.md and 1 other page\n        content/a.md: the first page that was being made\n        themes/small/layouts/base.html:1:37: what runs \"main\"\n"},
		{"three pages", page("c", "b", "a"), err, ", on content/a.md and 2 other pages\n"},
		{"no page", nil, err, "themes/small/layouts/service.html:2:5: error[RT702]: template \"main\": index out of range: 7\n        themes/small/layouts/base.html:1:37: what runs \"main\"\n"},
		{"no template", page("a"), errors.New("something else"), "themes/small: error[RT702]: something else\n        content/a.md: the page that was being made\n"},
		{"no such kind", page("a"), th.Execute(&bytes.Buffer{}, "poem", nil), "themes/small: error[RT702]: the theme has no layout for pages of kind \"poem\"\n        content/a.md: the page that was being made\n"},
		{"no such component", page("a"), th.Component(&bytes.Buffer{}, "poem", nil), "themes/small: error[RT702]: the theme has no component \"poem\"\n        content/a.md: the page that was being made\n"},
		{"within a view", page("a"), inner, "themes/small/components/note/note.html:1:20: error[RT702]: template \"note\": index out of range: 3\n        content/a.md: the page that was being made\n        themes/small/layouts/base.html:1:10: what runs \"note\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var l diag.List
			theme.Report(&l, "themes/small", tt.pages, tt.err)
			if got := findings(l); !strings.HasSuffix(got, tt.want) && !strings.Contains(got, tt.want) {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	base := loadWith(t, nil)
	change := func(file string) *theme.Theme {
		return loadWith(t, map[string]string{file: string(small()[file].Data) + " "})
	}
	for _, tt := range []struct {
		file                  string
		role, book, component bool // whether the hash is another
	}{
		{"layouts/base.html", true, true, true},
		{"layouts/service.html", true, false, false},
		{"components/note/note.html", true, true, true},
		{"components/note/note.css", false, false, false},
		{"vendor/echarts.min.js", false, false, false},
	} {
		th := change(tt.file)
		got := []bool{th.Hash("service") != base.Hash("service"), th.Hash("metric") != base.Hash("metric"), th.ComponentHash() != base.ComponentHash()}
		if want := []bool{tt.role, tt.book, tt.component}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s changes service, metric, components: %v, want %v", tt.file, got, want)
		}
	}
	if base.Hash("service") == base.Hash("metric") || base.Hash("service") == base.ComponentHash() {
		t.Error("two kinds have one hash")
	}
	// A layer above that has the same file changes nothing.
	same, _ := theme.Load("themes/other", []byte("x"), fstest.MapFS{"layouts/service.html": small()["layouts/service.html"]}, small())
	if same.Hash("service") != base.Hash("service") {
		t.Error("the hash depends on where the sources were found")
	}
	moved := small()
	moved["components/zoo/zoo.html"] = moved["components/note/note.html"]
	delete(moved, "components/note/note.html")
	if other, _ := theme.Load("themes/small", nil, moved); other.Hash("service") == base.Hash("service") {
		t.Error("the hash does not depend on the names of files")
	}
}

func TestNavItems(t *testing.T) {
	t.Parallel()
	th, found := theme.Load("themes/default", nil, themes.Default())
	if found.Len() > 0 {
		t.Fatal(findings(found))
	}
	for _, tt := range []struct {
		item render.NavItem
		want string
	}{
		{render.NavItem{Link: render.Link{Href: "../a/", Title: "A & B"}}, `<li><a href="../a/">A &amp; B</a></li>`},
		{render.NavItem{Link: render.Link{Href: "../a/", Title: "A", Current: true, Within: true}}, `<li><a href="../a/" aria-current="page">A</a></li>`},
		{render.NavItem{Link: render.Link{Href: "../a/", Title: "A", Within: true}, Section: true}, `<li><a class="nav-section" href="../a/" aria-current="true">A</a></li>`},
	} {
		var b bytes.Buffer
		if err := th.Component(&b, "nav-item", tt.item); err != nil || b.String() != tt.want {
			t.Errorf("%+v\n got %s (%v)\nwant %s", tt.item, &b, err, tt.want)
		}
	}
}
