package theme_test

import (
	"bytes"
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
		"components/note/note.css":   {Data: []byte("/* Why. */\n.note { color: red }\n")},
		"components/note/note.js":    {Data: []byte("note();\n")},
		"base/tokens.css":            {Data: []byte(":root { --a: 1 }\n")},
		"base/print.css":             {Data: []byte("@media print { a { color: red } }\n")},
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
	th, found := theme.Load("themes/small", []byte(".chroma{color:red}\n"), small())
	if found.Len() > 0 {
		t.Fatal(findings(found))
	}
	if got, want := execute(t, th, "service"), "<title>A&lt;b</title>service <i>A&lt;b</i>"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	assets := map[string]string{}
	for _, a := range th.Assets {
		assets[a.Name] = string(a.Data)
	}
	if got, want := assets[th.Stylesheet], ":root{--a:1}.note{color:red}.chroma{color:red}@media print{a{color:red}}"; got != want {
		t.Errorf("style sheet:\n%s\nwant\n%s", got, want)
	}
	if assets[th.Script] != "note()" || assets[th.Explorer] != "echarts" || assets[th.Icon] != "<svg/>" {
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
	other["components/note/note.css"] = &fstest.MapFile{Data: []byte(".note{color:blue}")}
	b, _ := theme.Load("themes/small", nil, other)
	if a.Stylesheet == b.Stylesheet || a.Script != b.Script {
		t.Errorf("style sheets %s and %s, scripts %s and %s", a.Stylesheet, b.Stylesheet, a.Script, b.Script)
	}
}

func TestSiteReplacesFileByFile(t *testing.T) {
	t.Parallel()
	over := fstest.MapFS{"layouts/service.html": {Data: []byte(`{{define "main"}}ours{{end}}`)}}
	th, found := theme.Load("themes/small", nil, over, small())
	if found.Len() > 0 {
		t.Fatal(findings(found))
	}
	if got := execute(t, th, "service"); !strings.Contains(got, "ours") {
		t.Errorf("role: %s", got)
	}
	if got := execute(t, th, "metric"); !strings.Contains(got, "metric") {
		t.Errorf("book: %s", got)
	}
}

func TestMistakesNameTheirPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, text, want string }{
		{"syntax", "layouts/service.html", "{{define \"main\"}}\n{{if}}{{end}}{{end}}", "themes/small/layouts/service.html:2: error[RT701]: missing value for if\n"},
		{"unknown function", "components/note/note.html", "\n{{define \"note\"}}{{shout .}}{{end}}", "themes/small/components/note/note.html:2:20: error[RT701]: there is no function \"shout\"\n        templates have and, call, eq, ge, gt, html, index, js, le, len, lt, ne,\n        not, or, print, printf, println, slice, urlquery\n"},
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
	delete(m, "layouts/metric.html")
	_, found := theme.Load("themes/small", nil, m)
	if got := findings(found); !strings.HasPrefix(got, "themes/small/layouts/metric.html: error[RT703]") {
		t.Errorf("got %s", got)
	}
}

func TestRunTimeErrorsNameTemplateAndPage(t *testing.T) {
	t.Parallel()
	m := small()
	m["layouts/service.html"] = &fstest.MapFile{Data: []byte("{{define \"main\"}}\n  {{.Onwer}}{{end}}")}
	th, _ := theme.Load("themes/small", nil, m)
	err := th.Execute(&bytes.Buffer{}, "service", view{"x"})
	if err == nil {
		t.Fatal("no error")
	}
	var l diag.List
	theme.Report(&l, "themes/small", []diag.Pos{{Path: "content/roles/qa.md"}}, err)
	got := findings(l)
	for _, want := range []string{"themes/small/layouts/service.html:2:", "Onwer", "content/roles/qa.md: the page that was being made"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
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
