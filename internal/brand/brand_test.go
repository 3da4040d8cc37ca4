package brand

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rutter-dev/rutter/internal/colour"
	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/theme"
)

// load reads a brand as it stands in site.yaml.
func load(t *testing.T, settings string) config.Brand {
	t.Helper()
	var l diag.List
	c, err := config.Load(fstest.MapFS{"site.yaml": {Data: []byte("brand:\n" + settings)}}, "site.yaml", func(string) string { return "" }, &l)
	if err != nil || l.HasErrors() {
		t.Fatal(err, l)
	}
	return c.Brand
}

func grey(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLayer(t *testing.T) {
	t.Parallel()
	tokens, err := os.ReadFile("../../themes/default/base/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	below := theme.ReadTokens(tokens)
	site := fstest.MapFS{
		"brand/square.svg": {Data: []byte(`<svg viewBox="0 0 10 11"/>`)},
		"brand/wide.svg":   {Data: []byte(`<svg viewBox="0 0 40 10"/>`)},
		"brand/icon.png":   {Data: grey(t, 512, 512)},
		"brand/small.png":  {Data: grey(t, 64, 64)},
		"brand/long.png":   {Data: grey(t, 2100, 200)},
		"brand/none.png":   {Data: []byte("no picture")},
		"brand/large.svg":  {Data: make([]byte, maxPicture+1)},
		"brand/text.woff2": {Data: []byte("a font")},
	}
	for _, tt := range []struct {
		name, settings string
		files          []string // of the theme
		css            []string // parts of its style sheet
		findings       []string // code and a part of each
	}{
		{name: "nothing", settings: "  accent:\n"},
		{name: "a square logo is the icon", settings: "  logo: brand/square.svg\n", files: []string{"static/icon.svg", "static/logo.svg"}},
		{name: "a wide logo is none", settings: "  logo: ./brand/wide.svg\n  logo_dark: brand/icon.png\n", files: []string{"static/logo-dark.png", "static/logo.svg"}},
		{name: "logo and icon", settings: "  logo: brand/square.svg\n  icon: brand/icon.png\n", files: []string{"static/icon.png", "static/logo.svg"}},
		{name: "a small logo", settings: "  logo: brand/small.png\n", files: []string{"static/logo.png"}},
		{name: "a small icon", settings: "  icon: brand/small.png\n", findings: []string{"RT806 icon: brand/small.png has 64 by 64 pixels"}},
		{name: "a long icon", settings: "  icon: brand/long.png\n", findings: []string{"RT806 icon: brand/long.png has 2100 by 200 pixels"}},
		{name: "no picture", settings: "  icon: brand/none.png\n", findings: []string{"RT806 icon: brand/none.png is no PNG"}},
		{name: "all that is wrong", settings: "  logo: brand/gone.svg\n  logo_dark: brand/large.svg\n  fonts: {text: brand/gone.woff2}\n", findings: []string{"RT806 logo: there is no file brand/gone.svg", "RT806 logo_dark: brand/large.svg has 1024 kB", "RT806 fonts: there is no file brand/gone.woff2"}},
		{name: "half a pair", settings: "  logo_dark: brand/wide.svg\n  accent_dark: \"#fff\"\n", files: []string{"static/logo-dark.svg"}, findings: []string{"RT806 logo_dark: there is no logo", "RT806 accent_dark: there is no accent"}},
		{name: "a colour", settings: "  accent: \"#a1224f\"\n", files: []string{"components/brand/brand.css"}, css: []string{"--link: light-dark(#a1224f, #"}},
		{name: "both colours", settings: "  accent: a1224f\n  accent_dark: fca0bf\n", files: []string{"components/brand/brand.css"}, css: []string{"--link: light-dark(#a1224f, #fca0bf);"}},
		{name: "yellow", settings: "  accent: \"#ffcc00\"\n", files: []string{"components/brand/brand.css"}, css: []string{"--link: light-dark(#"}, findings: []string{"RT807 accent: #ffcc00 is hard to read: its contrast is 1.3 to 1"}},
		{name: "black by night", settings: "  accent: \"#123\"\n  accent_dark: \"#123\"\n", files: []string{"components/brand/brand.css"}, findings: []string{"RT807 accent_dark: #112233 is hard to read"}},
		{name: "fonts", settings: "  fonts: {text: brand/text.woff2, headings: Iowan Old Style}\n", files: []string{"components/brand/brand.css", "static/font-text.woff2"},
			css: []string{`src: url("font-text.woff2")`, `--font-text: "Brand text", system-ui, sans-serif;`, `--font-head: "Iowan Old Style", Georgia, serif;`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			layer, found := Layer(load(t, tt.settings), site, below)
			var findings []string
			for _, f := range found.Take() {
				findings = append(findings, fmt.Sprintf("%s %s", f.Code, f.Message))
				if f.Pos.Path != "site.yaml" || f.Pos.Line < 2 || f.Pos.Column < 1 {
					t.Errorf("%s is at %v", f.Code, f.Pos)
				}
			}
			if len(findings) != len(tt.findings) {
				t.Errorf("findings: %q", findings)
			}
			for _, want := range tt.findings {
				if !slices.ContainsFunc(findings, func(f string) bool { return strings.HasPrefix(f, want) }) {
					t.Errorf("no finding %q in %q", want, findings)
				}
			}
			var files []string
			var css string
			if layer != nil {
				fs.WalkDir(layer, ".", func(name string, d fs.DirEntry, err error) error {
					if err == nil && !d.IsDir() {
						files = append(files, name)
					}
					return err
				})
				data, _ := fs.ReadFile(layer, "components/brand/brand.css")
				css = string(data)
			}
			if !slices.Equal(files, tt.files) {
				t.Errorf("files %q, want %q", files, tt.files)
			}
			for _, want := range tt.css {
				if !strings.Contains(css, want) {
					t.Errorf("no %q in\n%s", want, css)
				}
			}
			// Whatever was asked for, links can be read.
			light, dark := below.Grounds()
			for name, c := range theme.ReadTokens([]byte(css)) {
				if day, night := c.Day.On(light), c.Night.On(dark); day < contrast || night < contrast {
					t.Errorf("--%s has %.2f by day and %.2f by night", name, day, night)
				}
			}
		})
	}
	if day, _ := below.Grounds(); len(day) != 10 || (colour.Colour{}).On(day) < 10 {
		t.Errorf("grounds %v", day)
	}
}
