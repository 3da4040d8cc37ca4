package theme_test

import (
	"testing"
	"testing/fstest"

	"github.com/rutter-dev/rutter/internal/theme"
)

func TestRel_T10_TemplatesHaveNoFunctionsOfOurs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"env", "getenv", "readFile", "exec", "getJSON", "safeHTML", "safeJS", "safeURL", "resources", "now", "rutter_step", "rutter_enter", "rutter_leave", "_html_template_htmlescaper", "_eval_args_"} {
		m := small()
		m["layouts/service.html"] = &fstest.MapFile{Data: []byte(`{{define "main"}}{{` + name + `}}{{end}}`)}
		if _, found := theme.Load("themes/small", nil, m); !found.HasErrors() {
			t.Errorf("a template may call %s", name)
		}
	}
}

func TestSyntax(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"functions", "{{define \"main\"}}{{lenn .}}\n{{if not (prinf .)}}{{. | htm}}{{end}}{{$x := shout}}{{range uper .}}{{end}}{{end}}",
			`themes/small/layouts/service.html:1:20: error[RT701]: there is no function "lenn"
        did you mean len?
themes/small/layouts/service.html:2:11: error[RT701]: there is no function "prinf"
        did you mean print?
themes/small/layouts/service.html:2:27: error[RT701]: there is no function "htm"
        did you mean html?
themes/small/layouts/service.html:2:47: error[RT701]: there is no function "shout"
        templates have and, call, eq, ge, gt, html, index, js, le, len, lt, ne,
        not, or, print, printf, println, slice, urlquery
themes/small/layouts/service.html:2:62: error[RT701]: there is no function "uper"
        templates have and, call, eq, ge, gt, html, index, js, le, len, lt, ne,
        not, or, print, printf, println, slice, urlquery
`},
		{"variables", "{{define \"main\"}}{{$owner := .}}é{{$ower.X}}{{if .}}{{$in := .}}{{end}}\n{{$in}}{{end}}",
			`themes/small/layouts/service.html:1:36: error[RT701]: there is no variable $ower here
        did you mean $owner?
themes/small/layouts/service.html:2:3: error[RT701]: there is no variable $in here
        a variable ends with the block that it is declared in
`},
		{"variable and grammar", "{{define \"main\"}}{{$x}}\n{{if}}{{end}}{{end}}",
			`themes/small/layouts/service.html:1:20: error[RT701]: there is no variable $x here
themes/small/layouts/service.html:2: error[RT701]: missing value for if
`},
		{"comment", "{{define \"main\"}}{{/* never closed {{end}}", "themes/small/layouts/service.html:1: error[RT701]: unclosed comment\n"},
		{"twice", "{{define \"main\"}}a{{end}}{{define \"main\"}}b{{end}}", "themes/small/layouts/service.html:1: error[RT701]: multiple definition of template \"main\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := small()
			m["layouts/service.html"] = &fstest.MapFile{Data: []byte(tt.text)}
			th, found := theme.Load("themes/small", nil, m)
			// What could not be read makes no findings that follow from it.
			found.Join(th.Check("themes/small", view{}, nil), th.Try("themes/small", "service", "an empty page", view{}))
			if got := findings(found); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}
