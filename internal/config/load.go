package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

var codes = strictyaml.Codes{
	Syntax: diag.ConfigSyntax, Key: diag.ConfigKey, Value: diag.ConfigValue,
	Twice: diag.ConfigTwice, Missing: diag.ConfigMissing, Limit: diag.ConfigSyntax,
}

// maxSize is far above any real file; the YAML reader has a closer limit and
// says so at its place.
const maxSize = 1 << 20

// file is site.yaml as it is written.
type file struct {
	Title      string           `yaml:"title" like:"Example Handbook"`
	BaseURL    handbook.Located `yaml:"base_url" like:"https://handbook.example.org/"`
	Language   handbook.Located `yaml:"language" like:"en"`
	TimeZone   handbook.Located `yaml:"time_zone" like:"Europe/Berlin"`
	Theme      handbook.Located `yaml:"theme" like:"default"`
	Owner      string           `yaml:"owner" like:"team:platform"`
	Repository handbook.Located `yaml:"repository" like:"https://github.com/example/handbook"`
	Content    handbook.Located `yaml:"content" like:"content"`
	Metrics    struct {
		Store   handbook.Located `yaml:"store" like:".rutter/store.db"`
		Window  handbook.Last    `yaml:"window"`
		By      string           `yaml:"by" enum:"week,month"`
		Publish string           `yaml:"publish" enum:"numbers,links,titles"`
		Stale   handbook.Located `yaml:"stale_after" like:"36h"`
		Scale   string           `yaml:"scale" enum:"dora-2025,dora-2024,dora-2023,none"`
	} `yaml:"metrics"`
	GitHub struct {
		APIURL handbook.Located `yaml:"api_url" like:"https://api.github.com/"`
		API    string           `yaml:"api" enum:"graphql,rest"`
		CAFile string           `yaml:"ca_file" like:"certificates.pem"`
	} `yaml:"github"`
	Markup struct {
		HTML   string `yaml:"html" enum:"sanitize,off"`
		Math   string `yaml:"math" enum:"fenced,dollars,off"`
		Source *bool  `yaml:"source"`
		Wiki   bool   `yaml:"wiki"`
	} `yaml:"markup"`
	Brand struct {
		Logo       handbook.Located `yaml:"logo" like:"brand/logo.svg"`
		LogoDark   handbook.Located `yaml:"logo_dark" like:"brand/logo-dark.svg"`
		Icon       handbook.Located `yaml:"icon" like:"brand/icon.png"`
		Accent     handbook.Located `yaml:"accent" like:"#a1224f"`
		AccentDark handbook.Located `yaml:"accent_dark" like:"#fca0bf"`
		Fonts      struct {
			Text     handbook.Located `yaml:"text" like:"brand/text.woff2"`
			Headings handbook.Located `yaml:"headings" like:"Georgia"`
			Code     handbook.Located `yaml:"code" like:"brand/code.woff2"`
		} `yaml:"fonts"`
	} `yaml:"brand"`
}

// Load reads the settings file name of fsys; env returns a variable of the
// environment, or "". Mistakes go to l, and the settings they are in keep their
// defaults. An error means that the file could not be read; it wraps
// fs.ErrNotExist where there is none.
func Load(fsys fs.FS, name string, env func(string) string, l *diag.List) (Config, error) {
	c := Default()
	data, err := read(fsys, name)
	if err != nil {
		return c, fmt.Errorf("read settings %s: %w", name, err)
	}
	at := diag.Pos{Path: name, Line: 1, Column: 1}
	if len(data) > maxSize {
		l.Errorf(at, diag.ConfigSyntax, "the file is longer than %d bytes", maxSize)
		return c, nil
	}
	var f file
	strictyaml.Decode(data, at, &f, codes, l)
	k := checker{list: l, env: env}
	c.Title, c.Owner = f.Title, f.Owner
	c.BaseURL = k.baseURL(f.BaseURL)
	c.Repository = k.repository(f.Repository)
	c.Content = k.content(f.Content)
	set(&c.Language, k.language(f.Language))
	set(&c.TimeZone, k.timeZone(f.TimeZone))
	set(&c.Theme, k.theme(f.Theme))
	if f.Metrics.Store.Value != "" {
		c.Metrics.Store = k.store(f.Metrics.Store)
	}
	set(&c.Metrics.Window, f.Metrics.Window)
	set(&c.Metrics.By, f.Metrics.By)
	c.Metrics.Publish = f.Metrics.Publish
	if f.Metrics.Scale != "" {
		c.Metrics.Scale = f.Metrics.Scale
	}
	c.Metrics.StaleAfter = k.staleAfter(f.Metrics.Stale, c.Metrics.StaleAfter)
	set(&c.GitHub.APIURL, k.apiURL(f.GitHub.APIURL))
	set(&c.GitHub.API, f.GitHub.API)
	c.GitHub.CAFile = f.GitHub.CAFile
	set(&c.Markup.HTML, f.Markup.HTML)
	c.Markup.Wiki = f.Markup.Wiki
	set(&c.Markup.Math, f.Markup.Math)
	k.comments(name, data)
	c.Brand = Brand{
		Logo: k.file("logo", f.Brand.Logo, pictures), LogoDark: k.file("logo_dark", f.Brand.LogoDark, pictures), Icon: k.file("icon", f.Brand.Icon, icons),
		Accent: k.colour("accent", f.Brand.Accent), AccentDark: k.colour("accent_dark", f.Brand.AccentDark),
		Text: k.font("text", f.Brand.Fonts.Text), Headings: k.font("headings", f.Brand.Fonts.Headings), Code: k.font("code", f.Brand.Fonts.Code),
	}
	if f.Markup.Source != nil {
		c.Markup.Source = *f.Markup.Source
	}
	return c, nil
}

// set overwrites a default with a value that is given and right.
func set[T comparable](to *T, value T) {
	var none T
	if value != none {
		*to = value
	}
}

func read(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name) // before opening: a named pipe would never answer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}
