// Package facet is the door through which one page sees the rest of the site,
// and the record of what it saw.
//
//	*site.Site ── New ──▶ Index ── Reader ──▶ values, for one file of the output
//	                        ▲           └───▶ Reads, what that file rests on
//	                        └── Fresh(reads): would it read the same today?
//
// A facet is a part of the site that a page can read: the entries of a sidebar,
// the pages that link to a page, the deliveries of a service. Each has a hash of
// its value. A Reader hands out values and notes their hashes, so that a file
// need only be made again when one of them has changed. Since render sees pages
// through a Reader alone, it cannot read what is not noted.
//
// An Index is read-only and may be shared by goroutines; a Reader may not.
package facet

import (
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/pack"
	"github.com/rutter-dev/rutter/internal/site"
)

// Facet names a part of the site that can be read. The numbers are kept from
// build to build with the cache: a change of their meaning changes Schema.
type Facet uint8

// The facets, and what their keys are.
const (
	ofPage      Facet = iota + 1 // path: the page's own file, address and targets of links
	ofSection                    // folder: title and address
	ofSite                       // "": what all pages share
	ofAssets                     // "": names of style sheet and scripts
	ofLayout                     // kind of page: the templates
	ofCrumbs                     // folder: the sections above
	ofNav                        // path, or folder: the sidebar
	ofBeside                     // path: the pages before and after
	ofChildren                   // folder: the entries of a section with their summaries
	ofBacklinks                  // path: the pages that link to it
	ofTree                       // "": every entry of the site
	ofAddresses                  // "": every address of the site, and when its page changed
	ofService                    // name: address and deliveries
	ofServices                   // "": those of all services, and their titles
	ofMetric                     // id: address of the page that says what a metric means
	ofRelations                  // path: what other pages say of it
	ofReport                     // name: what a report on the whole handbook shows
	ofChange                     // path: its last change
	ofTerm                       // word: what the glossary says of it
	ofPractice                   // id of a metric: what the handbook says of the practice behind it
	ofServed                     // "": what servers are told about the files
	ofLook                       // "": what pictures of the site have in common
)

// Reads are the values that a file rests on, and a hash of all of them together.
// The zero value is that of a file that nobody knows anything about.
type Reads struct {
	Hash pack.Hash
	List []Read
}

// Read names one value.
type Read struct {
	Facet Facet
	Key   string
}

// Lists that grow with the site are cut, so that neither the size of a page nor
// the pages that a change touches depend on the number of pages.
const (
	MaxSections  = 7  // in the header
	MaxNav       = 60 // entries of the sidebar
	MaxBacklinks = 30
)

// Link is an entry as lists of links show it.
type Link struct {
	Title   string
	Address string
	Path    handbook.Path // of the source of a page, or of a section's own; "": there is none
	Kind    handbook.Kind // of a page; "" of a section
	Section bool          // there are pages below it
}

// Card is an entry as the page of its section shows it.
type Card struct {
	Link
	Summary string
}

// Nav is a sidebar: the entries of a section, around a page where there are
// too many.
type Nav struct {
	Title         *Link
	Up            *Link // the section above; nil for sections of the first level
	Items         []*Link
	Before, After int // entries left out
}

// Shared is what all pages show.
type Shared struct {
	Settings
	Title    string
	AllPages string // address of the list of all pages
	Reports  string // address of the reports on the handbook; "": there are none

	ReportNames []string
	Sections    []*Link
}

// Settings are the parts of Shared that are not in the handbook.
type Settings struct {
	BaseURL    string // absolute, with a slash at its end; "": unknown
	Language   string
	Repository string // "": no edit links
	Twins      bool   // the Markdown of each page is published beside it
	EditRoot   string // the content folder inside the repository; "" or with a slash at its end
	Version    string
}

// Assets are the names of what pages load; "" where the theme has no such thing.
type Assets struct {
	Stylesheet, First, Script, ChartStyles, ChartScript, Icon, Explorer, Finder string
	Logo, LogoNight                                                             string
	Icons                                                                       bool // there are icons in the sizes of phones
	LogoWidth, LogoHeight                                                       int
	Formulas, FormulaSheet, Diagrams, Frame                                     string
}

// Look is what pictures of the site have in common.
type Look struct {
	Accent string    // a colour, #rrggbb
	Rose   bool      // the mark is the compass rose
	Emblem pack.Hash // of the picture that is the mark; zero: there is none
}

// Served is what servers are told about the files of a site.
type Served struct {
	// Lasting are the files whose name holds a part of their hash: with another
	// content they have another name.
	Lasting []string
	// FrameScript is the source, as a policy names it, of the script in the page
	// that draws diagrams; "": the site has no such page.
	FrameScript string
}

// Service is what a page can know of a service: where its page is. Who reads it
// may show its deliveries too.
type Service struct{ Name, Address, Title string }

// Relations are what other pages say of a page.
type Relations = graph.Derived

// Own is a page as it sees itself. Nothing in it comes from other pages but the
// places that its links lead to.
type Own struct{ p *site.Page }

// Path is the page's file; "" of no page.
func (o Own) Path() handbook.Path { return o.p.Path }

// Kind is the kind that the page was given.
func (o Own) Kind() handbook.Kind { return o.p.Kind }

// Address is that of the page: "roles/qa/", "" for the home page.
func (o Own) Address() string { return o.p.URL }

// Folder is that of the section that lists the page, or whose own page it is.
func (o Own) Folder() handbook.Path { return o.p.Section.Dir }

// IsSection reports whether the page is that of its section.
func (o Own) IsSection() bool { return o.p.IsSection() }

// Name is how other pages refer to it.
func (o Own) Name() string { return o.p.Name() }

// Title is the page's title as plain text, Heading the same as HTML.
func (o Own) Title() string   { return o.p.Title }
func (o Own) Heading() string { return o.p.Heading }

// Summary is the author's, else the first paragraph.
func (o Own) Summary() string { return o.p.Summary }

// Standing is what readers rely on the page for.
func (o Own) Standing() site.Standing { return o.p.Standing }

// Meta is the front matter.
func (o Own) Meta() handbook.Meta { return o.p.Meta }

// Body is the body without its text, and Targets where its links lead.
func (o Own) Body() *handbook.Body   { return &o.p.Body }
func (o Own) Targets() []site.Target { return o.p.Targets }

// Text reads the text of the body.
func (o Own) Text() (handbook.Text, error) { return o.p.Text() }
