// Package feed writes what is new on a site for feed readers, in the two formats
// that all of them know.
//
//	Feed ── Atom ──▶ XML of RFC 4287
//	  └──── JSON ──▶ JSON Feed 1.1
//
// All text is plain: markup in it is shown, not obeyed. What must not be in a
// feed becomes U+FFFD: bytes that are no UTF-8, characters that XML forbids, and
// those that turn the direction of the text after them. Equal feeds give equal
// bytes, and no clock is asked.
package feed

import (
	"cmp"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Feed is a list of news.
type Feed struct {
	Title   string    // of the site, which is the author too: no person is named
	HomeURL string    // page for people; "": none
	FeedURL string    // where the bytes will be; "": not said
	ID      string    // URI that stays when the site moves; "": FeedURL, else HomeURL
	Updated time.Time // zero: that of the newest entry
	Entries []Entry   // in the order to show
}

// Entry is a piece of news. It needs an ID, or a URL in its place, and a Title.
type Entry struct {
	ID      string // URI of this entry for ever; "": URL
	Title   string
	URL     string    // page for people; "": none
	Summary string    // "": none
	Updated time.Time // in Atom, where it must not be missing, zero is the year 1
	Tags    []string
}

// ready is f with what follows from other fields, and fit for both formats.
func (f Feed) ready() Feed {
	f.ID, f.Title = text(cmp.Or(f.ID, f.FeedURL, f.HomeURL)), line(f.Title)
	f.HomeURL, f.FeedURL = address(f.HomeURL), address(f.FeedURL)
	entries := make([]Entry, len(f.Entries))
	newest := time.Time{}
	for i, e := range f.Entries {
		if e.Updated.After(newest) {
			newest = e.Updated
		}
		entries[i] = Entry{
			ID: text(cmp.Or(e.ID, e.URL)), Title: line(e.Title), URL: address(e.URL), Summary: text(e.Summary), Updated: e.Updated,
		}
		for _, tag := range e.Tags {
			if tag = line(tag); tag != "" {
				entries[i].Tags = append(entries[i].Tags, tag)
			}
		}
	}
	if f.Updated.IsZero() {
		f.Updated = newest
	}
	f.Entries = entries
	return f
}

// stamp writes a time as both formats want it. Years of more than four digits
// cannot be written.
func stamp(t time.Time) string {
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
		t = time.Time{}
	}
	return t.Format(time.RFC3339)
}

// text replaces what must not be in a feed.
func text(s string) string {
	return strings.Map(func(r rune) rune {
		turns := r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
		if turns || unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), string(utf8.RuneError)))
}

// line is text without line ends.
func line(s string) string { return strings.Join(strings.Fields(text(s)), " ") }

// address is a URL that a reader may follow, "" for every other: a program of
// readers must not be led to one that runs something.
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	if text(s) != s || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"<>\^{|}`+"`", r) }) {
		return ""
	}
	return s
}
