package config_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// sameZone compares time zones by name.
var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func env(name string) string {
	return map[string]string{"RUTTER_STORE": "postgres://rutter:secret@db.test/rutter"}[name]
}

// load returns the settings and the findings, one a line.
func load(t *testing.T, text string) (config.Config, string) {
	t.Helper()
	var l diag.List
	c, err := config.Load(fstest.MapFS{"site.yaml": {Data: []byte(text)}}, "site.yaml", env, &l)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var b strings.Builder
	for _, f := range l.All() {
		fmt.Fprintf(&b, "%s %s %s %s", f.Pos, f.Severity, f.Code, f.Message)
		if f.Hint != "" {
			fmt.Fprintf(&b, " | %s", f.Hint)
		}
		b.WriteByte('\n')
	}
	return c, b.String()
}

func TestLoad(t *testing.T) {
	t.Parallel()
	got, findings := load(t, `
title: Example Handbook
base_url: HTTPS://Handbook.Example.org/a/b
language: en
time_zone: Europe/Berlin            # weeks, months and dates of the whole site
theme: default
owner: team:platform                # inherited by pages without one
repository: https://github.com/example/handbook.git
content: ./docs/
metrics:
  store: ${RUTTER_STORE}
  window: 12w                       # of the pages
  by: month
  publish: titles                   # numbers | links | titles
  stale_after: 3d
github:
  api_url: https://host/api/v3
  api: rest
  ca_file: ca.pem
markup: {html: off, math: dollars, wiki: true}
`)
	if findings != "" {
		t.Errorf("findings:\n%s", findings)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Title: "Example Handbook", BaseURL: "https://handbook.example.org/a/b/", Language: "en", TimeZone: berlin, Theme: "default",
		Owner: "team:platform", Repository: "https://github.com/example/handbook", Content: "docs",
		Metrics: config.Metrics{Store: "postgres://rutter:secret@db.test/rutter", Window: handbook.Last{N: 12, Unit: 'w'}, By: "month", Publish: "titles", StaleAfter: 72 * time.Hour, Scale: "dora-2025"},
		GitHub:  config.GitHub{APIURL: "https://host/api/v3/", API: "rest", CAFile: "ca.pem"},
		Markup:  config.Markup{HTML: "off", Math: "dollars", Source: true, Wiki: true},
	}
	if d := cmp.Diff(want, got, sameZone); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// An empty file and one of comments are a site with the defaults.
func TestRel_B14_EmptyFile(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "# nothing yet\n", "---\n", "title:\nmetrics:\n"} {
		got, findings := load(t, text)
		if findings != "" {
			t.Errorf("%q: findings: %s", text, findings)
		}
		if d := cmp.Diff(config.Default(), got, sameZone); d != "" {
			t.Errorf("%q: (-want +got)\n%s", text, d)
		}
	}
}

// All mistakes are said at once, and each wrong setting keeps its default.
func TestRel_B14_EveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	got, findings := load(t, `titel: x
base_url: handbook.example.org
language: english
time_zone: europe/berlin
theme: ../evil
owner: [a, b]
repository: https://user:hunter2@github.com/x/y
content: /etc
metrics:
  store: postgres://u:hunter2@db/x
  window: half a year
  by: weekly
  publish: tiles
  token: x
github: {api_url: "http://host/api/v3/"}
github: {}
markup: {html: raw}
title: a: b
`)
	want := `site.yaml:18:8 error RT801 the value contains a colon and a space | put the value in quotes
site.yaml:1:1 error RT802 unknown key "titel" | did you mean title? known here: title, base_url, language, time_zone, theme, owner, repository, content, metrics, github, markup, brand
site.yaml:6:8 error RT803 owner: expected text like team:platform, found a list
site.yaml:11:11 error RT803 metrics.window: expected a span like 26w, found "half a year"
site.yaml:12:7 error RT803 metrics.by: expected week or month, found "weekly" | did you mean week?
site.yaml:13:12 error RT803 metrics.publish: expected numbers, links or titles, found "tiles" | did you mean titles?
site.yaml:14:3 error RT802 unknown key "token" in metrics | known here: store, window, by, publish, stale_after, scale
site.yaml:16:1 error RT804 github is given a second time | the one in line 15 counts; delete one of them
site.yaml:17:16 error RT803 markup.html: expected sanitize or off, found "raw"
site.yaml:2:11 error RT803 base_url: expected an address that begins with https:// or http://, found "handbook.example.org" | did you mean https://handbook.example.org?
site.yaml:7:13 error RT803 repository: an address with a user name or password | delete what stands before the @
site.yaml:8:10 error RT803 content: "/etc" is not below the folder of the site | write a folder below the site's, like content
site.yaml:3:11 error RT803 language: "english" is no language tag | write a tag like en, de or pt-BR
site.yaml:4:12 error RT803 time_zone: no time zone is called "europe/berlin" | did you mean Europe/Berlin?
site.yaml:5:8 error RT803 theme: "../evil" is no name of a folder | write the name of a folder of themes/
site.yaml:10:10 error RT803 metrics.store: a password does not belong into this file | write ${RUTTER_STORE} and put the address into that environment variable
site.yaml:15:19 error RT803 github.api_url: a token would travel unencrypted to host | write https://
`
	if d := cmp.Diff(want, findings); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	wantConfig := config.Default()
	wantConfig.Metrics.Store = ""
	if d := cmp.Diff(wantConfig, got, sameZone); d != "" {
		t.Errorf("settings (-want +got)\n%s", d)
	}
	if strings.Contains(findings, "hunter2") {
		t.Errorf("a finding shows a password:\n%s", findings)
	}
}

func TestLoad_Values(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"base_url: https://x.test/?a=b", "base_url: an address with a query or fragment"},
		{"base_url: https://x.test/#a", "base_url: an address with a query or fragment"},
		{"base_url: javascript:alert(1)", "base_url: expected an address that begins with"},
		{"base_url: //x.test/", "base_url: expected an address that begins with"},
		{"base_url: 'https://x.test:port/'", "base_url: this is no web address"},
		{"base_url: https:///a", "base_url: expected an address that begins with"},
		{"time_zone: Local", `no time zone is called "Local"`},
		{"time_zone: ../../etc/passwd", "no time zone is called"},
		{"time_zone: america/new york", "did you mean America/New_York?"},
		{"content: ../x", "is not below the folder of the site"},
		{`content: 'a\b'`, "is not below the folder of the site"},
		{"theme: .", "is no name of a folder"},
		{"github: {api_url: 'http://localhost:8080/'}", ""},
		{"github: {api_url: 'http://127.0.0.1:8080'}", ""},
		{"language: pt-BR", ""},
		{"content: .", ""},
		{"time_zone: UTC", ""},
		{"metrics: {store: '${NO_SUCH}'}", `site.yaml:1:18 warning RT803 metrics.store: the environment variable "NO_SUCH" is not set`},
		{"metrics: {store: 'postgres://u:${RUTTER_STORE}@db/x'}", ""},
		{"title: ${RUTTER_STORE}", ""},
	} {
		_, got := load(t, tt.text)
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%q\ngot  %q\nwant %q", tt.text, got, tt.want)
		}
	}
	if c, _ := load(t, "title: ${RUTTER_STORE}"); c.Title != "${RUTTER_STORE}" {
		t.Errorf("title: got %q, want the text as written: only metrics.store reads the environment", c.Title)
	}
}

func TestLoad_Unreadable(t *testing.T) {
	t.Parallel()
	var l diag.List
	if _, err := config.Load(fstest.MapFS{}, "site.yaml", env, &l); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v, want fs.ErrNotExist", err)
	}
	if _, err := config.Load(fstest.MapFS{"site.yaml": {Mode: fs.ModeDir}}, "site.yaml", env, &l); err == nil {
		t.Error("a folder: got no error")
	}
	big := fstest.MapFS{"site.yaml": {Data: []byte(strings.Repeat("# x\n", 3_000_000))}}
	if _, err := config.Load(big, "site.yaml", env, &l); err != nil || l.Len() != 1 {
		t.Errorf("12 MB: got error %v and %d findings, want one finding", err, l.Len())
	}
}

func ExampleLoad() {
	site := fstest.MapFS{"site.yaml": {Data: []byte("title: Example\nthem: dark\nmetrics: {window: 26}\n")}}
	var findings diag.List
	c, err := config.Load(site, "site.yaml", func(string) string { return "" }, &findings)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Title, c.Theme, c.Metrics.Window.N)
	if err := findings.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Example default 26
	// site.yaml:2:1: error[RT802]: unknown key "them"
	//         did you mean theme? known here: title, base_url, language, time_zone,
	//         theme, owner, repository, content, metrics, github, markup, brand
	// site.yaml:3:19: error[RT803]: metrics.window: expected a span like 26w, found "26"
}

// TestBrand: what can be wrong about a brand is said at its place; a colour
// without quotes, which YAML never sees, too.
func TestBrand(t *testing.T) {
	t.Parallel()
	got, findings := load(t, `brand:
  logo: ../logo.svg
  logo_dark: brand/logo.pdf
  icon: brand/icon.webp
  accent: #a1224f
  accent_dark: reddish
  fonts:
    text: 'x; } body { display: none'
    headings: Iowan Old Style
    code: brand/code.exe
`)
	want := `site.yaml:5:11 error RT803 accent: to YAML, #a1224f is a comment | write it in quotes: "#a1224f"
site.yaml:2:9 error RT803 logo: "../logo.svg" is not below the folder of the site | copy it there, and write a name like brand/logo.svg
site.yaml:3:14 error RT803 logo_dark: "brand/logo.pdf" is not a kind of file that can be shown there | use one of .svg, .png, .webp, .jpg
site.yaml:4:9 error RT803 icon: "brand/icon.webp" is not a kind of file that can be shown there | use one of .svg, .png
site.yaml:6:16 error RT803 accent_dark: "reddish" is no colour | write it as "#a1224f": two digits each of red, green and blue
site.yaml:8:11 error RT803 text: "x; } body { display: none" is no name of a font | write one family, like Georgia, or a file like brand/text.woff2
site.yaml:10:11 error RT803 code: "brand/code.exe" is not a kind of file that can be shown there | use one of .woff2, .woff, .ttf, .otf
`
	if d := cmp.Diff(want, findings); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if b := got.Brand; b.Headings.Value != "Iowan Old Style" || b.Logo.Value+b.Accent.Value+b.Text.Value != "" {
		t.Errorf("settings %+v", b)
	}
}
