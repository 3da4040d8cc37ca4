package render

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/search"
	"github.com/rutter-dev/rutter/internal/site"
)

// fragment is what results show of a page.
func (m *maker) fragment(path handbook.Path, place uint32) ([]byte, error) {
	p := m.Page(path)
	text, err := p.Text()
	if err != nil {
		return nil, fmt.Errorf("read the text of %s: %w", path, err)
	}
	about := search.About{Title: p.Title(), Address: p.Address(), Kind: p.Kind(), Label: kindLabels[p.Kind()]}
	if p.Kind() == handbook.Plain {
		about.Label = ""
	}
	if s := m.Section(p.Folder()); s.Address != "" && s.Address != p.Address() && !alike(s.Title, about.Label) {
		about.Section = s.Title
	}
	if r := p.Meta().Review; r != nil && !r.On.At.IsZero() {
		if every := p.Standing().Every; every.N > 0 {
			about.Due = every.After(r.On.At).Format(time.DateOnly)
		}
	}
	return search.Fragment(place, about, search.Read(p.Title(), p.Meta(), p.Body(), text)), nil
}

// openSearchName is the file that tells browsers how to search the site from
// their address bar.
const openSearchName = search.Folder + "opensearch.xml"

// openSearch writes it (OpenSearch 1.1, draft 6).
func (m *maker) openSearch() ([]byte, error) {
	type address struct {
		Type     string `xml:"type,attr"`
		Template string `xml:"template,attr"`
	}
	s := m.Shared()
	name := []rune(s.Title)
	d := struct {
		XMLName     xml.Name `xml:"OpenSearchDescription"`
		NS          string   `xml:"xmlns,attr"`
		ShortName   string   // at most 16 letters, by the specification
		Description string
		Encoding    string  `xml:"InputEncoding"`
		URL         address `xml:"Url"`
	}{NS: "http://a9.com/-/spec/opensearch/1.1/", ShortName: strings.TrimSpace(string(name[:min(len(name), 16)])), Description: s.Title, Encoding: "UTF-8",
		URL: address{"text/html", s.BaseURL + site.Encode(s.AllPages) + "?q={searchTerms}"}}
	data, err := xml.MarshalIndent(d, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", openSearchName, err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

// alike reports whether a section's title says no more than a kind of page:
// Playbooks, Playbook.
func alike(section, label string) bool {
	return len(label) >= 4 && strings.HasPrefix(strings.ToLower(section), strings.ToLower(label[:4]))
}
