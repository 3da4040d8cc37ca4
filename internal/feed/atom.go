package feed

import (
	"cmp"
	"encoding/xml"
)

// atomType is the media type of RFC 4287.
const atomType = "application/atom+xml"

type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID      string         `xml:"id"`
		Title   string         `xml:"title"`
		Updated string         `xml:"updated"`
		Links   []atomLink     `xml:"link"`
		Tags    []atomCategory `xml:"category"`
		Summary string         `xml:"summary,omitempty"`
		Content string         `xml:"content,omitempty"`
	}
	atomCategory struct {
		Term string `xml:"term,attr"`
	}
)

// Atom writes f as an Atom feed.
func Atom(f Feed) []byte {
	f = f.ready()
	a := atomFeed{ID: f.ID, Title: f.Title, Updated: stamp(f.Updated), Author: cmp.Or(f.Title, f.ID)}
	if f.FeedURL != "" {
		a.Links = append(a.Links, atomLink{Rel: "self", Type: atomType, Href: f.FeedURL})
	}
	if f.HomeURL != "" {
		a.Links = append(a.Links, atomLink{Rel: "alternate", Type: "text/html", Href: f.HomeURL})
	}
	for _, e := range f.Entries {
		b := atomEntry{ID: e.ID, Title: e.Title, Updated: stamp(e.Updated), Summary: e.Summary}
		if e.URL != "" {
			b.Links = []atomLink{{Rel: "alternate", Type: "text/html", Href: e.URL}}
		} else { // an entry without a page must say all itself
			b.Content, b.Summary = cmp.Or(e.Summary, e.Title), ""
		}
		for _, tag := range e.Tags {
			b.Tags = append(b.Tags, atomCategory{tag})
		}
		a.Entries = append(a.Entries, b)
	}
	out, err := xml.MarshalIndent(a, "", "  ")
	if err != nil {
		panic(err) // these types hold nothing but text
	}
	return append(append([]byte(xml.Header), out...), '\n')
}
