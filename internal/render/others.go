package render

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/color"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/card"
	"github.com/rutter-dev/rutter/internal/colour"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/theme"
)

// Files that other programs read: search engines, chats that show a card beside
// a link, phones, and the servers that the site is published on. All of them
// need to know where the site is.
const (
	manifestName = "manifest.webmanifest"
	cardFolder   = "assets/cards/"
	siteCard     = "_site"
)

// iconSizes are those of the icons as pictures: for Apple's home screens, and two
// that every other system makes its own of.
var iconSizes = []int{180, 192, 512}

func iconName(size int) string { return fmt.Sprintf("assets/icon-%d.png", size) }

// look is how cards and icons are drawn.
func (m *maker) look() card.Look {
	look := m.Look()
	accent, _ := colour.Parse(look.Accent)
	return card.Look{Accent: color.RGBA{accent.R, accent.G, accent.B, 0xff}, Rose: look.Rose, Emblem: m.in.Theme.IconImage}
}

// hasIcons reports whether the icon can be drawn in the sizes of phones: an SVG
// of the author's cannot.
func (in *Input) hasIcons() bool { return in.Theme.Rose || in.Theme.IconImage != nil }

func emblemHash(t *theme.Theme) pack.Hash {
	if t.IconImage == nil {
		return pack.Hash{}
	}
	return pack.SumBytes(t.IconImage)
}

// sitemap lists the addresses for search engines (sitemaps.org), with the days
// that git knows of.
func (m *maker) sitemap() ([]byte, error) {
	type entry struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod,omitempty"`
	}
	set := struct {
		XMLName xml.Name `xml:"urlset"`
		NS      string   `xml:"xmlns,attr"`
		URLs    []entry  `xml:"url"`
	}{NS: "http://www.sitemaps.org/schemas/sitemap/0.9"}
	base := m.Shared().BaseURL
	for _, a := range m.Addresses() {
		set.URLs = append(set.URLs, entry{base + site.Encode(a.Address), a.Changed})
	}
	data, err := xml.MarshalIndent(set, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the sitemap: %w", err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

// robots lets search engines read everything, and says where the list is (RFC
// 9309).
func (m *maker) robots() ([]byte, error) {
	return []byte("User-agent: *\nAllow: /\n\nSitemap: " + m.Shared().BaseURL + "sitemap.xml\n"), nil
}

// manifest says how a phone shows the site on its home screen (W3C Web
// Application Manifest).
func (m *maker) manifest() ([]byte, error) {
	type icon struct {
		Src   string `json:"src"`
		Sizes string `json:"sizes"`
		Type  string `json:"type"`
	}
	s := m.Shared()
	short := []rune(s.Title)
	v := struct {
		Name       string `json:"name"`
		ShortName  string `json:"short_name"`
		StartURL   string `json:"start_url"`
		Scope      string `json:"scope"`
		Display    string `json:"display"`
		Background string `json:"background_color"`
		Theme      string `json:"theme_color"`
		Icons      []icon `json:"icons"`
	}{Name: s.Title, ShortName: strings.TrimSpace(string(short[:min(len(short), 12)])), StartURL: "./", Scope: "./", Display: "minimal-ui", Background: "#fdfcf8", Theme: "#fdfcf8"}
	if i := m.Assets().Icon; path.Ext(i) == ".svg" {
		v.Icons = append(v.Icons, icon{i, "any", "image/svg+xml"})
	}
	if look := m.look(); look.HasIcon() {
		for _, size := range iconSizes[1:] {
			v.Icons = append(v.Icons, icon{iconName(size), fmt.Sprintf("%dx%d", size, size), "image/png"})
		}
	}
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the manifest: %w", err)
	}
	return append(data, '\n'), nil
}

// fingerprinted is the name of an asset that holds part of its own hash: another
// content has another name.
var fingerprinted = regexp.MustCompile(`\.[0-9a-f]{10}\.[a-z]+$`)

// served is what the headers say about the files.
func (in *Input) served() (s facet.Served) {
	for a := range in.assets() {
		if fingerprinted.MatchString(a.Name) {
			s.Lasting = append(s.Lasting, a.Name)
		}
		if a.Name == in.Theme.Frame {
			s.FrameScript = in.Theme.FrameScript
		}
	}
	return s
}

// headers is for hosts that take headers from a file, such as Netlify and
// Cloudflare Pages. They cannot leave out the page that draws diagrams, so that
// what it needs is in the policy for all; pages have a stricter one of their own.
func (m *maker) headers() ([]byte, error) {
	served, policy := m.Served(), theme.Policy
	if served.FrameScript != "" {
		policy = strings.Replace(policy, "script-src 'self'", "script-src 'self' "+served.FrameScript, 1)
		policy = strings.Replace(policy, "style-src 'self'", "style-src 'self' 'unsafe-inline'", 1)
	}
	var b strings.Builder
	b.WriteString("/*\n  Content-Security-Policy: " + policy + "; frame-ancestors 'self'\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: strict-origin-when-cross-origin\n")
	for _, name := range served.Lasting {
		b.WriteString("\n/" + name + "\n  Cache-Control: public, max-age=31536000, immutable\n")
	}
	return []byte(b.String()), nil
}

// oldAddress is an address that a page had before.
type oldAddress struct {
	address string
	now     handbook.Path
}

// redirects is for hosts that take redirects from a file, such as Netlify and
// Cloudflare Pages. Elsewhere the pages at the old addresses lead on.
func (m *maker) redirects() ([]byte, error) {
	var b strings.Builder
	for _, o := range m.old {
		fmt.Fprintf(&b, "/%s /%s 301\n", site.Encode(o.address), site.Encode(m.Page(o.now).Address()))
	}
	return []byte(b.String()), nil
}

// share says what other programs show of a page: a card, and the feed of its
// changes.
func (m *maker) share(v *PageView, folder handbook.Path) {
	base := m.Shared().BaseURL
	if base == "" {
		return
	}
	name := siteCard
	for dir := folder; dir != "."; dir = dir.Dir() {
		name = dir.Base()
	}
	v.Card = base + site.Encode(cardFolder+name+".png")
	v.CardAlt = m.Shared().Title
	if v.Title != v.CardAlt {
		v.CardAlt = v.Title + ", " + v.CardAlt
	}
	if dir := m.Shared().Reports; dir != "" && slices.Contains(m.Shared().ReportNames, facet.Changes) {
		v.Feed = m.href(path.Join(dir, facet.Changes, "all.atom"))
	}
}
