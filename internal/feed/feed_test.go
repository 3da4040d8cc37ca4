package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var at = time.Date(2025, 3, 17, 13, 30, 0, 5, time.FixedZone("", 3600))

func example() Feed {
	return Feed{
		Title: "Handbook", HomeURL: "https://acme.example/handbook/", FeedURL: "https://acme.example/handbook/feed.xml",
		Entries: []Entry{
			{ID: "tag:acme.example,2025:1", Title: "Release & roll back", URL: "https://acme.example/handbook/release/?a=1&b=2#x", Summary: "Two steps:\n<b>wait</b>", Updated: at.Add(-time.Hour), Tags: []string{"process", "qa"}},
			{Title: "On call", URL: "https://acme.example/handbook/on-call/", Updated: at},
		},
	}
}

func TestAtom(t *testing.T) {
	t.Parallel()
	want := `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>https://acme.example/handbook/feed.xml</id>
  <title>Handbook</title>
  <updated>2025-03-17T12:30:00Z</updated>
  <author>
    <name>Handbook</name>
  </author>
  <link rel="self" type="application/atom+xml" href="https://acme.example/handbook/feed.xml"></link>
  <link rel="alternate" type="text/html" href="https://acme.example/handbook/"></link>
  <entry>
    <id>tag:acme.example,2025:1</id>
    <title>Release &amp; roll back</title>
    <updated>2025-03-17T11:30:00Z</updated>
    <link rel="alternate" type="text/html" href="https://acme.example/handbook/release/?a=1&amp;b=2#x"></link>
    <category term="process"></category>
    <category term="qa"></category>
    <summary>Two steps:&#xA;&lt;b&gt;wait&lt;/b&gt;</summary>
  </entry>
  <entry>
    <id>https://acme.example/handbook/on-call/</id>
    <title>On call</title>
    <updated>2025-03-17T12:30:00Z</updated>
    <link rel="alternate" type="text/html" href="https://acme.example/handbook/on-call/"></link>
  </entry>
</feed>
`
	if diff := cmp.Diff(want, string(Atom(example()))); diff != "" {
		t.Errorf("atom (-want +got):\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	want := `{
  "version": "https://jsonfeed.org/version/1.1",
  "title": "Handbook",
  "home_page_url": "https://acme.example/handbook/",
  "feed_url": "https://acme.example/handbook/feed.xml",
  "items": [
    {
      "id": "tag:acme.example,2025:1",
      "url": "https://acme.example/handbook/release/?a=1&b=2#x",
      "title": "Release & roll back",
      "content_text": "Two steps:\n<b>wait</b>",
      "date_modified": "2025-03-17T11:30:00Z",
      "tags": [
        "process",
        "qa"
      ]
    },
    {
      "id": "https://acme.example/handbook/on-call/",
      "url": "https://acme.example/handbook/on-call/",
      "title": "On call",
      "content_text": "On call",
      "date_modified": "2025-03-17T12:30:00Z"
    }
  ]
}
`
	if diff := cmp.Diff(want, string(JSON(example()))); diff != "" {
		t.Errorf("json (-want +got):\n%s", diff)
	}
}

func TestFeedsLackLittle(t *testing.T) {
	t.Parallel()
	later := at.Add(24 * time.Hour)
	tests := []struct {
		name       string
		feed       Feed
		atom, json []string // parts
		not        []string // of neither
	}{
		{"no entry", Feed{Title: "T", ID: "urn:x", Updated: at}, []string{"<id>urn:x</id>", "<updated>2025-03-17T12:30:00Z</updated>"}, []string{`"items": []`}, []string{"link", "_url"}},
		{"no title", Feed{ID: "urn:x"}, []string{"<title></title>", "<name>urn:x</name>"}, []string{`"title": ""`}, nil},
		{"id of the home page", Feed{Title: "T", HomeURL: "https://x.example/"}, []string{"<id>https://x.example/</id>"}, nil, []string{`rel="self"`, "feed_url"}},
		{"own date", Feed{ID: "urn:x", Updated: later, Entries: []Entry{{ID: "urn:1", Updated: at}}}, []string{"<updated>2025-03-18T12:30:00Z</updated>"}, nil, nil},
		{"no page", Feed{ID: "urn:x", Entries: []Entry{{ID: "urn:1", Title: "A", Summary: "S", Updated: at}}}, []string{"<content>S</content>"}, []string{`"content_text": "S"`}, []string{"<summary>", `"url"`}},
		{"no page and no words", Feed{ID: "urn:x", Entries: []Entry{{ID: "urn:1", Title: "A", Updated: at}}}, []string{"<content>A</content>"}, []string{`"content_text": "A"`}, nil},
		{"no date", Feed{ID: "urn:x", Entries: []Entry{{ID: "urn:1", Title: "A"}}}, []string{"<updated>0001-01-01T00:00:00Z</updated>"}, nil, []string{"date_modified"}},
		{"year 10000", Feed{ID: "urn:x", Entries: []Entry{{ID: "urn:1", Updated: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}}}, []string{"<updated>0001-01-01T00:00:00Z</updated>"}, nil, []string{"10000"}},
		{"empty tags", Feed{ID: "urn:x", Entries: []Entry{{ID: "urn:1", Tags: []string{"", " "}}}}, nil, nil, []string{"category", "tags"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			atom, json := string(Atom(tt.feed)), string(JSON(tt.feed))
			for _, part := range tt.atom {
				if !strings.Contains(atom, part) {
					t.Errorf("atom lacks %q:\n%s", part, atom)
				}
			}
			for _, part := range tt.json {
				if !strings.Contains(json, part) {
					t.Errorf("json lacks %q:\n%s", part, json)
				}
			}
			for _, part := range tt.not {
				if strings.Contains(atom, part) || strings.Contains(json, part) {
					t.Errorf("%q is in\n%s\n%s", part, atom, json)
				}
			}
		})
	}
}

func TestFeedsLeaveTheirArgumentAlone(t *testing.T) {
	t.Parallel()
	f := example()
	f.Entries[0].Title, f.Entries[0].Tags[0] = "a\x00\nb", "c\x01d"
	first, second := Atom(f), JSON(f)
	if f.Entries[0].Title != "a\x00\nb" || f.Entries[0].Tags[0] != "c\x01d" || !f.Updated.IsZero() || f.ID != "" {
		t.Errorf("the feed became %+v", f)
	}
	f.Entries[1].Updated = at.UTC() // the same instant
	if !bytes.Equal(first, Atom(f)) || !bytes.Equal(second, JSON(f)) {
		t.Error("equal feeds gave other bytes")
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"https://x.example/a%20b?c=d&e#f": true, "http://localhost:8080/": true, "https://x.example/größe": true, "HTTPS://x.example/": true,
		"": false, "javascript:alert(1)": false, "data:text/html,x": false, "//x.example/": false, "/a": false, "a": false, "https:///a": false, "file:///a": false,
		"https://x.example/a b": false, "https://x.example/\n": false, "https://x.example/\u202e": false, "https://x.example/\xff": false, `https://x.example/"><script>`: false, "\x01https://x.example/": false,
	} {
		f := Feed{ID: "urn:x", Title: "T", HomeURL: s, FeedURL: s, Entries: []Entry{{ID: "urn:1", Title: "A", URL: s}}}
		if got := strings.Count(string(Atom(f)), "<link "); got != map[bool]int{true: 3}[want] {
			t.Errorf("%q: got %d links in atom, want them: %v", s, got, want)
		}
		if got := strings.Count(string(JSON(f)), `url":`); got != map[bool]int{true: 3}[want] {
			t.Errorf("%q: got %d addresses in json, want them: %v", s, got, want)
		}
	}
}

// back is what a reader sees of a feed: titles, texts and tags.
type back struct {
	Title, ID, Author string
	Entries           []backEntry
}

type backEntry struct {
	ID, Title, URL, Text, Updated string
	Tags                          []string
}

func readAtom(data []byte) (b back, err error) {
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"http://www.w3.org/2005/Atom id"`
		Title   string   `xml:"http://www.w3.org/2005/Atom title"`
		Author  string   `xml:"http://www.w3.org/2005/Atom author>name"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Summary string `xml:"summary"`
			Content string `xml:"content"`
			Updated string `xml:"updated"`
			Link    []struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Tags []struct {
				Term string `xml:"term,attr"`
			} `xml:"category"`
		} `xml:"entry"`
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&f); err != nil {
		return b, err
	}
	if _, err := dec.Token(); err != nil && err != io.EOF {
		return b, err
	}
	b = back{Title: f.Title, ID: f.ID, Author: f.Author}
	for _, e := range f.Entries {
		k := backEntry{ID: e.ID, Title: e.Title, Text: e.Summary + e.Content, Updated: e.Updated}
		for _, l := range e.Link {
			k.URL += l.Href
		}
		for _, tag := range e.Tags {
			k.Tags = append(k.Tags, tag.Term)
		}
		b.Entries = append(b.Entries, k)
	}
	return b, nil
}

func readJSON(data []byte) (b back, err error) {
	var f struct {
		Title string
		Items []struct {
			ID, Title, URL string
			Text           string `json:"content_text"`
			Updated        string `json:"date_modified"`
			Tags           []string
		}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&f); err != nil {
		return b, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return b, fmt.Errorf("more follows: %v", err)
	}
	b.Title = f.Title
	for _, e := range f.Items {
		b.Entries = append(b.Entries, backEntry{e.ID, e.Title, e.URL, e.Text, e.Updated, e.Tags})
	}
	return b, nil
}

func TestFeedsReadBack(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{ // want of a text; of a title in one line
		{"markup", `<script>alert(1)</script> & "quotes" 'too' ]]> <!-- &amp;`, `<script>alert(1)</script> & "quotes" 'too' ]]> <!-- &amp;`},
		{"lines", "a\nb\tc", "a\nb\tc"},
		{"Windows lines", "a\r\nb", "a\nb"},
		{"control characters", "a\x00b\x0b\x1b[31m\x7f\u0085c\rd", "a�b��[31m��c�d"},
		{"no characters", "a\ufffeb\uffffc", "a�b�c"},
		{"no UTF-8", "a\xffb\xed\xa0\x80c", "a�b�c"},
		{"turned", "a\u202eb\u2069c", "a�b�c"},
		{"letters of all kinds", "größe 中文 👩\u200d💻 \U0001F600 e\u0301", "größe 中文 👩\u200d💻 \U0001F600 e\u0301"},
		{"line separator", "a\u2028b", "a\u2028b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := Feed{Title: tt.text, ID: "urn:x", Entries: []Entry{{ID: "urn:1", Title: tt.text, URL: "https://x.example/", Summary: tt.text, Updated: at, Tags: []string{tt.text}}}}
			title := strings.Join(strings.Fields(tt.want), " ")
			want := back{Title: title, ID: "urn:x", Author: title, Entries: []backEntry{
				{ID: "urn:1", Title: title, URL: "https://x.example/", Text: tt.want, Updated: "2025-03-17T12:30:00Z", Tags: []string{title}},
			}}
			got, err := readAtom(Atom(f))
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("atom (-want +got): %v\n%s", err, diff)
			}
			want.ID, want.Author = "", "" // not in the format
			got, err = readJSON(JSON(f))
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("json (-want +got): %v\n%s", err, diff)
			}
		})
	}
}

func FuzzFeeds(f *testing.F) {
	f.Add("Handbook", "https://acme.example/", "a\x00]]>\u202e", int64(1_700_000_000))
	f.Add("\xff", "javascript:x", "<b>&", int64(-1<<60))
	f.Fuzz(func(t *testing.T, title, address, summary string, seconds int64) {
		feed := Feed{Title: title, HomeURL: address, FeedURL: address, Entries: []Entry{{Title: summary, URL: address, Summary: summary, Tags: []string{title}, Updated: time.Unix(seconds, 0)}}}
		for name, out := range map[string][]byte{"atom": Atom(feed), "json": JSON(feed)} {
			read := readAtom
			if name == "json" {
				read = readJSON
			}
			got, err := read(out)
			if err != nil || len(got.Entries) != 1 || !utf8.Valid(out) {
				t.Fatalf("%s: %v\n%s", name, err, out)
			}
			if e := got.Entries[0]; e.URL != "" && e.URL != address {
				t.Errorf("%s: got address %q for %q", name, e.URL, address)
			} else if _, err := time.Parse(time.RFC3339, e.Updated); err != nil {
				t.Errorf("%s: got date %q: %v", name, e.Updated, err)
			}
			if bytes.ContainsAny(out, "\x00\x1b\u202e\u2066\uffff") {
				t.Errorf("%s holds what it must not:\n%q", name, out)
			}
		}
	})
}
