package theme_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/theme"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{ // want: column and the first words, "" for none
		{`<script>go()</script>`, "1 a script within the page does not run"},
		{`<p>é</p><SCRIPT type="module">go()</SCRIPT >`, "9 a script within the page"},
		{`<script src="x.js">fallback()</script>`, "1 a script within the page"},
		{`<script>var t = {{.Title}}</script>`, "17 an action writes into a script"},
		{`<script src="{{.Title}}" defer> </script>`, ""},
		{`<script>never closed`, "1 a script within the page"},
		{`<style>p{}</style>`, "1 <style> has no effect"},
		{`<p style="color:red">`, "4 the attribute style has no effect"},
		{`<p {{if .Title}}style="color:red"{{end}}>`, "17 the attribute style has no effect"},
		{`<p STYLE=x>`, "4 the attribute style"},
		{`<p data-style="x" style-x="y" title="style=x" title='on "x"'>on style= onclick=</p>`, ""},
		{`<button onclick="go()">`, "9 the attribute onclick does not run"},
		{`<button{{range .Title}} onClick=go(){{end}}>`, "25 the attribute onclick"},
		{`<p/onload=x>`, "4 the attribute onload"},
		{`<p one="x" on="x">`, "4 the attribute one does not run"},
		{`<a href="https://example.org/" rel="me">x</a> <a href=//example.org>y</a>`, ""},
		{`<img src="https://example.org/x.png" alt="">`, "6 src of <img> leads to another host"},
		{`<img alt="" src=//example.org/x.png>`, "13 src of <img>"},
		{`<img src="  HTTP://example.org/x">`, "6 src of <img>"},
		{`<img src="\\example.org\x">`, "6 src of <img>"},
		{`<img src="data:image/png;base64,AA" alt=""><img src="a/b.png"><img src="{{.Title}}"><img src="#x">`, ""},
		{`<img srcset="a.png 1x, https://example.org/x 2x" src="a.png">`, "6 srcset of <img>"},
		{`<img srcset="{{.Title}} 1x, b.png 2x" src="a.png">`, ""},
		{`<img src="https://{{.Title}}/x.png">`, "6 src of <img>"},
		{`<script src="https://example.org/x.js"></script>`, "9 src of <script>"},
		{`<link rel="stylesheet" href="https://example.org/x.css">`, "24 href of <link>"},
		{`<link href="//example.org/x" rel="preconnect">`, "7 href of <link>"},
		{`<link rel="{{.Title}}" href="https://example.org/x.css">`, "24 href of <link>"},
		{`<link rel="canonical" href="https://example.org/"><link rel="icon" href="data:image/svg+xml,x">`, ""},
		{`<iframe src="https://example.org/"></iframe>`, "9 src of <iframe>"},
		{`<iframe srcdoc="<p>x</p>"></iframe>`, "9 the attribute srcdoc"},
		{`<form action="https://example.org/"></form>`, "7 action of <form>"},
		{`<svg><use href="https://example.org/x#a"/></svg>`, "11 href of <use>"},
		{`<a href="javascript:go()">x</a>`, "4 a script in a link does not run"},
		{"<a href=\"java\nscript:go()\">x</a>", "4 a script in a link"},
		{`<object data="x"></object>`, "1 <object> does not work"},
		{`<base href="/">`, "1 <base> does not work"},
		{`<video src="x.mp4"></video>`, "1 <video> does not work"},
		{`<!-- <script>go()</script> <p style="x"> -->`, ""},
		{`{{/* <script>go()</script> }} */}}{{- /* <p style=x> */ -}}`, ""},
		{"{{\"<p style='x'>}}\"}}{{`<script>a}}`}}{{print `\"` \"`\" '\\''}}<p>", ""},
		{`<title><p style="x"></title><textarea><script>x</textarea>`, ""},
		{`a < b <3 <`, ""},
		{`<`, ""},
		{`{{/* <script> }}`, ""}, // Go says that the comment is not closed
		{`<p title="`, ""},
	} {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			m := small()
			m["components/note/note.html"] = &fstest.MapFile{Data: []byte("\n" + tt.text)}
			_, found := theme.Load("themes/small", nil, m)
			policy := found.Filter(func(f *diag.Finding) bool { return f.Code == diag.ThemePolicy })
			got := findings(policy)
			if tt.want == "" && got == "" {
				return
			}
			column, words, _ := strings.Cut(tt.want, " ")
			if want := "themes/small/components/note/note.html:2:" + column + ": error[RT706]: " + words; tt.want == "" || !strings.HasPrefix(got, want) || policy.Len() != 1 {
				t.Errorf("got\n%swant %s", got, want)
			}
		})
	}
}

// FuzzPolicy: the scanner reads whatever stands in a template.
func FuzzPolicy(f *testing.F) {
	for _, s := range []string{`<script src="{{.X}}">{{/* }} */}}</script>`, `<p style='{{"}}"}}' onclick=x/>`, "<!--", "<a b=", `{{'\`, "<script", "</", "<p =x>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := small()
		m["components/note/note.html"] = &fstest.MapFile{Data: []byte(text)}
		_, found := theme.Load("themes/small", nil, m)
		lines := strings.Count(text, "\n") + 1
		for _, finding := range found.All() {
			if p := finding.Pos; strings.HasSuffix(p.Path, "note.html") && (p.Line > lines || p.Column > len(text)+1) {
				t.Errorf("%s: %s", p, finding.Message)
			}
		}
	})
}
