// Package config reads site.yaml, the settings of a site.
//
//	site.yaml ── Load ──▶ Config     for every stage
//	               └────▶ diag.List  every mistake, with line and column
//
// The file is read strictly: unknown settings, wrong types and values, and
// settings given twice are findings (RT801-RT805), all of one run. A wrong
// setting keeps its default, so that the content can still be checked.
//
// Secrets have no place in the file; they come from the environment. Only
// metrics.store may name a variable, as ${NAME}.
package config

import (
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// Config is the settings of a site, checked. It is read-only once loaded.
type Config struct {
	Title      string         // title: of the site; "": the root page's, else the folder's name
	BaseURL    string         // base_url: where the site is published, absolute, ends with "/"; "": no canonical links, sitemap or feed
	Language   string         // language: of the content, a BCP 47 tag
	TimeZone   *time.Location // time_zone: of weeks, months and dates; never nil
	Theme      string         // theme: the name of a folder of themes/
	Owner      string         // owner: of pages that name none, such as "team:platform"; "": none
	Repository string         // repository: URL of the source for edit and history links, without "/" at the end; "": none
	Content    string         // content: folder below the site's; "": content/ where it is there, else the site's folder
	Metrics    Metrics
	GitHub     GitHub
	Markup     Markup
	Brand      Brand
}

// Metrics is the metrics group: how delivery data is kept and shown.
type Metrics struct {
	Store   string        // store: a file below the site's folder or a postgres URL, variables expanded (may hold a password: never print it); "": none
	Window  handbook.Last // window: the span that pages show
	By      string        // by: the periods of pages, "week" or "month"
	Publish string        // publish: what explanations show, "numbers", "links" or "titles"; "": titles, for private repositories numbers

	// StaleAfter is stale_after: the age from which data is called old, in the
	// reader's browser. 0: never.
	StaleAfter time.Duration
	Scale      string // scale: what explanations hold values against, "dora-2025", "dora-2024", "dora-2023" or "none"
}

// GitHub is the github group: where collectors ask.
type GitHub struct {
	APIURL string // api_url: absolute, ends with "/"; https, or http on this machine
	API    string // api: "graphql", or "rest" where GraphQL is not to be had
	CAFile string // ca_file: certificates to trust besides the machine's; "": none
}

// Markup is the markup group: what becomes of Markdown, and of HTML in it.
type Markup struct {
	Source bool   // source: the Markdown of each page is published beside it
	Wiki   bool   // wiki: [[name]] is a link to the page of that name
	Math   string // math: "fenced" reads formulas between fences, "dollars" between dollars too, "off" none
	HTML   string // html: "sanitize" keeps what the allow-list has, "off" shows it as text
}

// Brand is the brand group: what makes a site look like its company. Files are
// below the site's folder; what is not given has no value and no place.
type Brand struct {
	Logo, LogoDark handbook.Located // logo, logo_dark: pictures for the header
	Icon           handbook.Located // icon: a square picture for tabs, phones and cards
	Accent         handbook.Located // accent: the colour of links, #rrggbb
	AccentDark     handbook.Located // accent_dark: the same on dark pages
	// fonts: a family that readers have, or a file to publish.
	Text, Headings, Code handbook.Located
}

// Default is the settings of a site without a site.yaml.
func Default() Config {
	return Config{
		Language: "en",
		TimeZone: time.UTC,
		Theme:    "default",
		Metrics:  Metrics{Store: ".rutter/store.db", Window: handbook.Last{N: 26, Unit: 'w'}, By: "week", StaleAfter: 36 * time.Hour, Scale: "dora-2025"},
		GitHub:   GitHub{APIURL: "https://api.github.com/", API: "graphql"},
		Markup:   Markup{HTML: "sanitize", Math: "fenced", Source: true},
	}
}
