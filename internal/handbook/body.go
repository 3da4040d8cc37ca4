package handbook

import "github.com/rutter-dev/rutter/internal/diag"

// Body is a page's text, parsed and rendered as far as it depends on nothing
// but its own file, and those that it includes. What depends on other pages is a Slot: a place in HTML
// that render fills. So a body can be kept for as long as its file is the same.
type Body struct {
	Text            // empty where it is kept outside memory: see Page.Text
	Links    []Link // in the order of the source; Slot.Index points here
	Metrics  []MetricRef
	Terms    []string // words of the glossary, in the order of their first use
	Headings []Heading
	Anchors  []string // ids in HTML that are no headings: footnotes, HTML with an id
	Summary  string   // the first paragraph as plain text, at most 200 runes
	Words    int      // words of prose, for the time to read
	Draws    Draws
}

// Draws says what a body has that a script of other people draws in the browser.
type Draws struct {
	Formulas bool // in TeX
	Diagrams bool // in Mermaid
}

// Text is the part of a body that only the page itself shows, and nearly all of
// its bytes. The rest is what other pages need to know of it.
type Text struct {
	HTML  []byte // safe: every element and attribute is ours or passed the allow-list
	Slots []Slot // in the order of At

	// TitleStart and TitleEnd are the offsets in HTML of the heading that is
	// the page's title (see Title); both 0 where there is none. render shows it
	// above the body and leaves it out of the body.
	TitleStart, TitleEnd int
}

// SlotKind says what fills a slot.
type SlotKind uint8

// The kinds of slots.
const (
	SlotLinkOpen  SlotKind = iota // the start tag of Links[Index], or nothing where it leads nowhere
	SlotLinkClose                 // its end tag, or nothing
	SlotImage                     // the whole element of the image Links[Index]
	SlotFigure                    // the chart of Metrics[Index], block content
	SlotValue                     // the number of Metrics[Index], inside a sentence
	SlotTermOpen                  // the start tag of what explains Terms[Index]
	SlotTermClose                 // its end tag
)

// Slot is a place in Text.HTML.
type Slot struct {
	At    int // offset in Text.HTML; what fills the slot is inserted before this byte
	Kind  SlotKind
	Index int // in Body.Links, Body.Metrics or Body.Terms
}

// LinkKind says how a link was written.
type LinkKind uint8

// The kinds of links.
const (
	LinkText  LinkKind = iota // [text](dest), [text][ref], <https://…>, a bare address, <a href> in HTML
	LinkImage                 // ![alt](dest), <img src> in HTML
	LinkMedia                 // a frame, video or audio in HTML: shown as a link, never loaded
)

// Link is a reference as written in the source.
type Link struct {
	Kind   LinkKind
	Dest   string // as written, entities and backslash escapes resolved, not decoded
	Title  string
	Text   string   // plain text of the link; alt text of an image
	Pos    diag.Pos // of the destination where it is known, else of the link
	Base   Path     // the folder that Dest starts from, as seen from the content root, where that is another than the page's: of an included file
	Wiki   bool     // Dest is the name of a page, or its title, with # and a heading
	Inside bool     // an image inside a link: it cannot become a link of its own
	Width  int      // of an image, from its HTML attributes; 0: not given
	Height int
}

// Heading is one heading of a page.
type Heading struct {
	Level int    // 1 to 6
	ID    string // unique on the page, by GitHub's rules
	Text  string // plain text
	HTML  string // the text with its inline markup, without links
	Pos   diag.Pos
}

// MetricRef is a metric block or an inline value in a page. Fields that the
// author left out are zero.
type MetricRef struct {
	Pos     diag.Pos // of the block or the span
	Inline  bool
	Service Located
	Metric  Located // a metric id, checked against the known ones by its user
	By      string  // week or month
	Last    Last
	Stat    string // of an inline value: p50, p75, p90, mean, count or per_week
	Title   string // of a block
	Chart   string // of a block: one of Charts; "": the metric over periods
}

// Charts are what a metric block can draw instead of its metric over periods:
// single changes, the stages of lead time, deployments on a calendar, open pull
// requests, and failed deployments until they were restored.
var Charts = []string{"changes", "stages", "calendar", "open", "recoveries"}

// Last is a span of time that ends now, such as 26w; zero where none is given.
type Last struct {
	N    int
	Unit byte // 'd', 'w', 'm' or 'y'
}

// Title is the heading that says what the page is about, if there is one: the
// first of level 1. It is shown above the body and left out of it.
func (b *Body) Title() *Heading {
	for i := range b.Headings {
		if b.Headings[i].Level == 1 {
			return &b.Headings[i]
		}
	}
	return nil
}

// wordsPerMinute is the reading speed of adults for English prose (Brysbaert
// 2019: 238 for non-fiction).
const wordsPerMinute = 238

// Minutes is how long the text takes to read; 0: less than one.
func (b *Body) Minutes() int { return (b.Words + wordsPerMinute/2) / wordsPerMinute }
