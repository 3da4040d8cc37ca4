package feed

import (
	"bytes"
	"cmp"
	"encoding/json"
)

type (
	jsonFeed struct {
		Version string     `json:"version"`
		Title   string     `json:"title"`
		HomeURL string     `json:"home_page_url,omitempty"`
		FeedURL string     `json:"feed_url,omitempty"`
		Items   []jsonItem `json:"items"`
	}
	jsonItem struct {
		ID       string   `json:"id"`
		URL      string   `json:"url,omitempty"`
		Title    string   `json:"title"`
		Text     string   `json:"content_text"`
		Modified string   `json:"date_modified,omitempty"`
		Tags     []string `json:"tags,omitempty"`
	}
)

// JSON writes f as a JSON Feed. The format has no place for the ID and the date
// of a feed; what an entry says is its summary or, without one, its title.
func JSON(f Feed) []byte {
	f = f.ready()
	j := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: f.Title, HomeURL: f.HomeURL, FeedURL: f.FeedURL, Items: []jsonItem{}}
	for _, e := range f.Entries {
		item := jsonItem{ID: e.ID, URL: e.URL, Title: e.Title, Text: cmp.Or(e.Summary, e.Title), Tags: e.Tags}
		if !e.Updated.IsZero() {
			item.Modified = stamp(e.Updated)
		}
		j.Items = append(j.Items, item)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // the file is no page, and addresses stay readable
	enc.SetIndent("", "  ")
	if err := enc.Encode(j); err != nil {
		panic(err) // these types hold nothing but text
	}
	return out.Bytes()
}
