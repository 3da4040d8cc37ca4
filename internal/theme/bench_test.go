package theme_test

import (
	"bytes"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

func defaultTheme(t testing.TB) *theme.Theme {
	t.Helper()
	th, found := theme.Load("themes/default", nil, themes.Default())
	if found.Len() > 0 {
		t.Fatal(findings(found))
	}
	return th
}

// unbounded is the default theme as html/template runs it by itself: what the
// same page looks like, and costs, where nothing is counted.
func unbounded(t testing.TB, layout string) *template.Template {
	t.Helper()
	set := template.New("base")
	read := func(name string) {
		data, err := fs.ReadFile(themes.Default(), name)
		if err == nil {
			_, err = set.New(name).Parse(string(data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	read("layouts/base.html")
	fs.WalkDir(themes.Default(), "components", func(p string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(p) == ".html" {
			read(p)
		}
		return err
	})
	read("layouts/" + layout + ".html")
	return set.Lookup("layouts/base.html")
}

// BenchmarkPage is one page of plain text in the default theme.
func BenchmarkPage(b *testing.B) {
	th, view := defaultTheme(b), sample("page")
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := th.Execute(&out, "page", view); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNavItem is one entry of the sidebar, which is written once.
func BenchmarkNavItem(b *testing.B) {
	th := defaultTheme(b)
	view := render.NavItem{Link: render.Link{Href: "../release/", Title: "Releasing"}}
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := th.Component(&out, "nav-item", &view); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad is what a build pays before its first page: reading the theme,
// checking it, and a dry run of every layout on two pages.
func BenchmarkLoad(b *testing.B) {
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			defaultTheme(b)
		}
	})
	b.Run("check", func(b *testing.B) {
		th := defaultTheme(b)
		for b.Loop() {
			th.Check("themes/default", &render.PageView{}, map[string]any{"figure": render.FigureView{}, "nav-item": render.NavItem{}})
		}
	})
	b.Run("try", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			th := defaultTheme(b)
			b.StartTimer()
			tryAll(th)
		}
	})
}

// BenchmarkBounds measures what counting costs a page, by turns with the same
// page without it, and reports the ratio of the quick runs of both: the rest is
// what else the machine did.
func BenchmarkBounds(b *testing.B) {
	th, plain, view := defaultTheme(b), unbounded(b, "page"), sample("page")
	var out bytes.Buffer
	took := map[bool][]time.Duration{}
	for b.Loop() {
		for _, bounded := range []bool{false, true} {
			start := time.Now()
			for range 20 {
				out.Reset()
				var err error
				if bounded {
					err = th.Execute(&out, "page", view)
				} else {
					err = plain.Execute(&out, view)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			took[bounded] = append(took[bounded], time.Since(start)/20)
		}
	}
	quick := func(bounded bool) float64 {
		slices.Sort(took[bounded])
		return float64(took[bounded][len(took[bounded])/20])
	}
	b.ReportMetric(quick(false), "ns/page-unbounded")
	b.ReportMetric(quick(true), "ns/page-bounded")
	b.ReportMetric(quick(true)/quick(false), "ratio")
}

func unboundedText(t testing.TB, text string) *template.Template {
	t.Helper()
	set, err := template.New("text").Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// sample is a page such as handbooks have them, with 5 KB of text.
func sample(layout string) *render.PageView {
	p, _ := render.Samples(layout, 2)
	p.Body = template.HTML(strings.Repeat("<p>The captain decides, the navigator says where, and everybody writes down what was seen. </p>\n", 52))
	return p
}
