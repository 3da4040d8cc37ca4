package theme_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/theme"
)

// full is a view with everything that a template can walk through.
type full struct {
	Title string
	Owner string
	Site  struct{ Home string }
	Links []link
	Next  *link
	Any   any
	Words map[string]link
	Count int
	Share float64
	Wait  chan int
}

type link struct{ Href, Title string }

func (link) Label() string { return "" }

// Near and Join take arguments, as methods of views may.
func (*link) Near(n int, name string) (*link, error) { return nil, nil }
func (link) Join(names ...string) string             { return "" }
func (link) Nothing()                                {}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"right", `{{define "main"}}{{.Title}}{{range $i, $l := .Links}}{{$i}}{{$l.Href}}{{.Title}}{{.Label}}{{$.Owner}}{{end}}{{with .Next}}{{.Href}}{{else}}{{.Owner}}{{end}}{{.Any.What.Ever}}{{(index .Links 0).Href}}{{if eq .Title "x"}}{{.Site.Home}}{{end}}{{end}}`, ""},
		{"field", "{{define \"main\"}}\n  {{.Onwer}}{{end}}", "2:5 .Onwer is not a field of full; did you mean .Owner?"},
		{"in a range", `{{define "main"}}{{range .Links}}{{.Hrf}}{{end}}{{end}}`, "1:36 .Hrf is not a field of link; did you mean .Href?"},
		{"after a range", `{{define "main"}}{{range .Links}}{{end}}{{.Href}}{{end}}`, "1:43 .Href is not a field of full; it has Title, Owner, Site, Links, Next, Any, Words, Count, Share, Wait"},
		{"in with", `{{define "main"}}{{with .Next}}{{.Owner}}{{end}}{{end}}`, "1:34 .Owner is not a field of link; it has Href, Title, Join, Label, Near"},
		{"of the root", `{{define "main"}}{{range .Links}}{{$.Hrf}}{{end}}{{end}}`, "1:37 .Hrf is not a field of full; it has Title, Owner, Site, Links, Next, Any, Words, Count, Share, Wait"},
		{"of text", `{{define "main"}}{{.Title.Length}}{{end}}`, "1:26 .Length is asked of a string, which has no fields"},
		{"in a condition", `{{define "main"}}{{if and .Title (not .Ownr)}}{{end}}{{end}}`, "1:39 .Ownr is not a field of full; did you mean .Owner?"},
		{"template", `{{define "main"}}{{template "nte" .}}{{end}}`, "1:29 there is no template \"nte\"; did you mean note?"},
		{"method without result", `{{define "main"}}{{with .Next}}{{.Nothing}}{{end}}{{end}}`, "1:34 .Nothing is not a field of link; it has Href, Title, Join, Label, Near"},
		{"methods", `{{define "main"}}{{with .Next}}{{(.Near 1 "x").Href}}{{.Label}}{{.Join}}{{.Join "a" .Title}}{{"x" | .Near 2}}{{(.Near 1 "b").Label}}{{end}}{{end}}`, ""},
		{"too few", `{{define "main"}}{{with .Next}}{{.Near 1}}{{end}}{{end}}`, "1:34 .Near takes 2 arguments, and gets 1"},
		{"none in a chain", `{{define "main"}}{{.Next.Near.Href}}{{end}}`, "1:25 .Near takes 2 arguments, and gets 0"},
		{"too many", `{{define "main"}}{{.Next.Label 1}}{{end}}`, "1:25 .Label takes 0 arguments, and gets 1"},
		{"wrong kind", `{{define "main"}}{{.Next.Near "x" .Title}}{{.Next.Join 1}}{{end}}`, "1:25 .Near takes an int, not a string\n1:50 .Join takes a string, not an int"},
		{"arguments of a field", `{{define "main"}}{{.Title 1}}{{. 2}}{{.Owner | .Title}}{{end}}`, "1:20 .Title is a field and takes no arguments\n1:32 . is a value and takes no arguments\n1:48 .Title is a field and takes no arguments"},
		{"functions", `{{define "main"}}{{len .Title}}{{len .Links}}{{len .Words}}{{len .Any}}{{index .Links 0}}{{index .Words "a"}}{{(index .Words .Title).Href}}{{slice .Title 1 2}}{{printf "%d" .Count}}{{.Title | printf "%s"}}{{eq .Count 1 2}}{{lt .Share 1.5}}{{ne .Title "x"}}{{eq .Any 3}}{{not .Next}}{{print}}{{eq .Next nil}}{{and .Title 1}}{{end}}`, ""},
		{"no arguments", `{{define "main"}}{{index}}{{len}}{{printf}}{{not}}{{and}}{{end}}`, "1:20 index takes at least 1 argument, and gets 0\n1:29 len takes 1 argument, and gets 0\n1:36 printf takes at least 1 argument, and gets 0\n1:46 not takes 1 argument, and gets 0\n1:53 and takes at least 1 argument, and gets 0"},
		{"too many arguments", `{{define "main"}}{{len .Title .Owner}}{{slice .Title 1 2 3 4}}{{lt 1 2 3}}{{.Count | len 1}}{{end}}`, "1:20 len takes 1 argument, and gets 2\n1:41 slice takes at most 4 arguments, and gets 5\n1:65 lt takes 2 arguments, and gets 3\n1:86 len takes 1 argument, and gets 2"},
		{"len of a struct", `{{define "main"}}{{len .Next}}{{end}}`, "1:20 len is asked of a link, which has no length"},
		{"len of a number", `{{define "main"}}{{.Count | len}}{{end}}`, "1:29 len is asked of an int, which has no length"},
		{"index", `{{define "main"}}{{index .Count 0}}{{index .Links .Title}}{{index .Words 1}}{{(index .Links 1).Hrf}}{{end}}`, "1:20 index is asked of an int, which has no entries\n1:38 index of a list is a whole number, not a string\n1:61 the keys of the map are a string, not an int\n1:95 .Hrf is not a field of link; did you mean .Href?"},
		{"compare", `{{define "main"}}{{eq .Title 1}}{{lt .Links 1}}{{if ne .Count "x"}}{{end}}{{eq .Share 1}}{{end}}`, "1:20 eq compares a string with an int\n1:35 lt is asked of a list, which has no order\n1:53 ne compares an int with a string\n1:77 eq compares a float64 with an int"},
		{"printf", `{{define "main"}}{{printf .Count}}{{end}}`, "1:20 printf begins with a format, not with an int"},
		{"call", `{{define "main"}}{{call .Title}}{{end}}`, "1:20 call is asked of a string, which is not a function"},
		{"ranges", `{{define "main"}}{{range 3}}{{.}}{{end}}{{range .Words}}{{.Href}}{{end}}{{range $k, $v := .Words}}{{len $k}}{{$v.Title}}{{end}}{{range .Any}}{{.X}}{{end}}{{range .Count}}{{len .}}{{end}}{{end}}`, "1:173 len is asked of an int, which has no length"},
		{"range over text", `{{define "main"}}{{range .Title}}{{end}}{{range .Next}}{{end}}{{range $x := .Share}}{{end}}{{range .Wait}}{{end}}{{end}}`, "1:26 range goes over lists and numbers, not over a string\n1:49 range goes over lists and numbers, not over a link\n1:71 range goes over lists and numbers, not over a float64\n1:100 range would wait for a channel, which may never end"},
		{"variables", `{{define "main"}}{{$x := .Next}}{{$x.Hrf}}{{$x = .Site}}{{$x.Home}}{{range $x = .Links}}{{$x.Href}}{{end}}{{end}}`, "1:37 .Hrf is not a field of link; did you mean .Href?"},
		{"assignment", `{{define "main"}}{{$zebra = 1}}{{$x := 1}}{{if 1}}{{$x = 2}}{{end}}{{end}}`, "1:20 there is no variable $zebra here; declare it with :="},
		{"without a dot", `{{define "main"}}{{template "inner"}}{{template "inner" .Next}}{{template "outer"}}{{template "plain"}}{{end}}{{define "inner"}}{{if .Href}}{{.Title}}{{end}}{{end}}{{define "outer"}}{{template "inner" .}}{{end}}{{define "plain"}}<br>{{with .}}{{.X}}{{end}}{{end}}`, "1:29 template \"inner\" asks for .Href, and gets no argument here; write {{template \"inner\" .}}\n1:75 template \"outer\" asks for .Href, and gets no argument here; write {{template \"outer\" .}}"},
		{"through a template", `{{define "main"}}{{template "inner" .Next}}{{end}}{{define "inner"}}{{.Titel}}{{end}}`, "1:71 .Titel is not a field of link; did you mean .Title?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := small()
			m["layouts/service.html"] = &fstest.MapFile{Data: []byte(tt.text)}
			th, found := theme.Load("themes/small", nil, m)
			if found.Len() > 0 {
				t.Fatal(findings(found))
			}
			var got []string
			checked := th.Check("themes/small", full{}, nil)
			for _, f := range checked.All() {
				if f.Pos.Path != "themes/small/layouts/service.html" || f.Code != diag.ThemeField {
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

// TestCheckFindsAllAtOnce: one run shows what is wrong in every template, each
// mistake once although the component is part of every layout.
func TestCheckFindsAllAtOnce(t *testing.T) {
	t.Parallel()
	m := small()
	for _, kind := range theme.Layouts {
		m["layouts/"+kind+".html"] = &fstest.MapFile{Data: []byte(`{{define "main"}}{{template "note" .}}{{end}}`)}
	}
	m["layouts/service.html"] = &fstest.MapFile{Data: []byte(`{{define "main"}}{{.Onwer}}{{template "note" .}}{{end}}`)}
	m["layouts/metric.html"] = &fstest.MapFile{Data: []byte(`{{define "main"}}{{.Tilte}}{{template "note" .}}{{end}}`)}
	m["components/note/note.html"] = &fstest.MapFile{Data: []byte(`{{define "note"}}{{.Lnks}}{{end}}`)}
	th, found := theme.Load("themes/small", nil, m)
	found.Join(th.Check("themes/small", &full{}, map[string]any{"note": full{}}))
	want := `themes/small/components/note/note.html:1:20: error[RT704]: .Lnks is not a field of full
        did you mean .Links?
themes/small/layouts/metric.html:1:20: error[RT704]: .Tilte is not a field of full
        did you mean .Title?
themes/small/layouts/service.html:1:20: error[RT704]: .Onwer is not a field of full
        did you mean .Owner?
`
	if got := findings(found); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
