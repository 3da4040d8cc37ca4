package theme_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// small is the least theme: every layout shows the view.
func small() fstest.MapFS {
	m := fstest.MapFS{
		"layouts/base.html":          {Data: []byte(`<title>{{.Title}}</title>{{template "main" .}}`)},
		"components/note/note.html":  {Data: []byte(`{{define "note"}}<i>{{.}}</i>{{end}}`)},
		"components/note/note.css":   {Data: []byte(".note{}\n")},
		"components/note/note.js":    {Data: []byte("note();\n")},
		"base/tokens.css":            {Data: []byte(":root{}\n")},
		"base/print.css":             {Data: []byte("@media print{}\n")},
		"static/icon.svg":            {Data: []byte("<svg/>")},
		"vendor/README.md":           {Data: []byte("what belongs here")},
		"vendor/echarts.min.js":      {Data: []byte("echarts")},
		"vendor/echarts.LICENSE.txt": {Data: []byte("licence")},
	}
	for _, kind := range theme.Layouts {
		m["layouts/"+kind+".html"] = &fstest.MapFile{Data: []byte(`{{define "main"}}` + kind + ` {{template "note" .Title}}{{end}}`)}
	}
	return m
}

type view struct{ Title string }

func execute(t *testing.T, th *theme.Theme, kind string) string {
	t.Helper()
	var b bytes.Buffer
	if err := th.Execute(&b, kind, view{"A<b"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func findings(l diag.List) string {
	l.Sort()
	var b bytes.Buffer
	l.WriteText(&b)
	return b.String()
}

func TestLoad(t *testing.T) {
	t.Parallel()
	th, found := theme.Load("themes/small", []byte(".chroma{}\n"), small())
	if found.Len() > 0 {
		t.Fatal(findings(found))
	}
	if got, want := execute(t, th, "role"), "<title>A&lt;b</title>role <i>A&lt;b</i>"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	assets := map[string]string{}
	for _, a := range th.Assets {
		assets[a.Name] = string(a.Data)
	}
	if got, want := assets[th.Stylesheet], ":root{}\n.note{}\n.chroma{}\n@media print{}\n"; got != want {
		t.Errorf("style sheet:\n%s\nwant\n%s", got, want)
	}
	if assets[th.Script] != "note();\n" || assets[th.Explorer] != "echarts" || assets[th.Icon] != "<svg/>" {
		t.Errorf("assets: %v", assets)
	}
	if len(assets) != 5 || assets["assets/echarts.LICENSE.txt"] != "licence" {
		t.Errorf("assets: %v", assets)
	}
}

// TestAssetNamesFollowTheirContents: a browser that has the old file must not
// take it for the new one.
func TestAssetNamesFollowTheirContents(t *testing.T) {
	t.Parallel()
	a, _ := theme.Load("themes/small", nil, small())
	other := small()
	other["components/note/note.css"] = &fstest.MapFile{Data: []byte(".note{color:red}")}
	b, _ := theme.Load("themes/small", nil, other)
	if a.Stylesheet == b.Stylesheet || a.Script != b.Script {
		t.Errorf("style sheets %s and %s, scripts %s and %s", a.Stylesheet, b.Stylesheet, a.Script, b.Script)
	}
}

func TestSiteReplacesFileByFile(t *testing.T) {
	t.Parallel()
	over := fstest.MapFS{"layouts/role.html": {Data: []byte(`{{define "main"}}ours{{end}}`)}}
	th, found := theme.Load("themes/small", nil, over, small())
	if found.Len() > 0 {
		t.Fatal(findings(found))
	}
	if got := execute(t, th, "role"); !strings.Contains(got, "ours") {
		t.Errorf("role: %s", got)
	}
	if got := execute(t, th, "book"); !strings.Contains(got, "book") {
		t.Errorf("book: %s", got)
	}
}

func TestMistakesNameTheirPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, text, want string }{
		{"syntax", "layouts/role.html", "{{define \"main\"}}\n{{if}}{{end}}{{end}}", "themes/small/layouts/role.html:2: error[RT701]: missing value for if\n"},
		{"unknown function", "components/note/note.html", "\n{{define \"note\"}}{{shout .}}{{end}}", "themes/small/components/note/note.html:2: error[RT701]: function \"shout\" not defined\n"},
		{"base", "layouts/base.html", "a\nb\n{{end}}", "themes/small/layouts/base.html:3: error[RT701]: unexpected {{end}}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := small()
			m[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			_, found := theme.Load("themes/small", nil, m)
			if got := findings(found); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
	m := small()
	delete(m, "layouts/book.html")
	_, found := theme.Load("themes/small", nil, m)
	if got := findings(found); !strings.HasPrefix(got, "themes/small/layouts/book.html: error[RT703]") {
		t.Errorf("got %s", got)
	}
}

func TestRunTimeErrorsNameTemplateAndPage(t *testing.T) {
	t.Parallel()
	m := small()
	m["layouts/role.html"] = &fstest.MapFile{Data: []byte("{{define \"main\"}}\n  {{.Onwer}}{{end}}")}
	th, _ := theme.Load("themes/small", nil, m)
	err := th.Execute(&bytes.Buffer{}, "role", view{"x"})
	if err == nil {
		t.Fatal("no error")
	}
	var l diag.List
	theme.Report(&l, "themes/small", diag.Pos{Path: "content/roles/qa.md"}, err)
	got := findings(l)
	for _, want := range []string{"themes/small/layouts/role.html:2:", "Onwer", "content/roles/qa.md: the page that was being made"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// full is a view with everything that a template can walk through.
type full struct {
	Title string
	Owner string
	Site  struct{ Home string }
	Links []link
	Next  *link
	Any   any
}

type link struct{ Href, Title string }

func (link) Label() string { return "" }

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"right", `{{define "main"}}{{.Title}}{{range $i, $l := .Links}}{{$i}}{{$l.Href}}{{.Title}}{{.Label}}{{$.Owner}}{{end}}{{with .Next}}{{.Href}}{{else}}{{.Owner}}{{end}}{{.Any.What.Ever}}{{(index .Links 0).Nothing}}{{if eq .Title "x"}}{{.Site.Home}}{{end}}{{end}}`, ""},
		{"field", "{{define \"main\"}}\n  {{.Onwer}}{{end}}", "2:5 .Onwer is not a field of full; did you mean .Owner?"},
		{"in a range", `{{define "main"}}{{range .Links}}{{.Hrf}}{{end}}{{end}}`, "1:36 .Hrf is not a field of link; did you mean .Href?"},
		{"after a range", `{{define "main"}}{{range .Links}}{{end}}{{.Href}}{{end}}`, "1:43 .Href is not a field of full; it has Title, Owner, Site, Links, Next, Any"},
		{"in with", `{{define "main"}}{{with .Next}}{{.Owner}}{{end}}{{end}}`, "1:34 .Owner is not a field of link; it has Href, Title"},
		{"of the root", `{{define "main"}}{{range .Links}}{{$.Hrf}}{{end}}{{end}}`, "1:37 .Hrf is not a field of full; it has Title, Owner, Site, Links, Next, Any"},
		{"of text", `{{define "main"}}{{.Title.Length}}{{end}}`, "1:26 .Length is asked of a string, which has no fields"},
		{"in a condition", `{{define "main"}}{{if and .Title (not .Ownr)}}{{end}}{{end}}`, "1:39 .Ownr is not a field of full; did you mean .Owner?"},
		{"template", `{{define "main"}}{{template "nte" .}}{{end}}`, "1:29 there is no template \"nte\"; did you mean note?"},
		{"through a template", `{{define "main"}}{{template "inner" .Next}}{{end}}{{define "inner"}}{{.Titel}}{{end}}`, "1:71 .Titel is not a field of link; did you mean .Title?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := small()
			m["layouts/role.html"] = &fstest.MapFile{Data: []byte(tt.text)}
			th, found := theme.Load("themes/small", nil, m)
			if found.Len() > 0 {
				t.Fatal(findings(found))
			}
			var got []string
			checked := th.Check("themes/small", full{}, nil)
			for _, f := range checked.All() {
				if f.Pos.Path != "themes/small/layouts/role.html" || f.Code != diag.ThemeField {
					t.Errorf("finding at %s with %s", f.Pos, f.Code)
				}
				text := fmt.Sprintf("%d:%d %s", f.Pos.Line, f.Pos.Column, f.Message)
				if f.Hint != "" {
					text += "; " + f.Hint
				}
				got = append(got, text)
			}
			if g := strings.Join(got, "\n"); g != tt.want {
				t.Errorf("got  %s\nwant %s", g, tt.want)
			}
		})
	}
}

func TestDefaultThemeLoads(t *testing.T) {
	t.Parallel()
	th, found := theme.Load("themes/default", nil, themes.Default())
	if found.Len() > 0 {
		t.Error(findings(found))
	}
	if th.Icon == "" {
		t.Error("no icon")
	}
	fs.WalkDir(themes.Default(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
		}
		return nil
	})
}
