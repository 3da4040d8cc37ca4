package render

import (
	"html/template"
	"net/url"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// The views below are all that a template sees: prepared, ready to show. Every
// href is ready for the page it stands on.
//
// What is a field comes from the page itself. What is a method comes from the
// rest of the site, and is read when a template asks for it: a page whose
// template does not show backlinks is not made again when they change.

// PageView is a page of any kind.
type PageView struct {
	Path        string // source path, such as "roles/qa.md"; "" for pages made by the build
	Layout      string // one of theme.Layouts
	Kind        string // home, section, list, missing, explain, report or a kind of page, for styles
	KindLabel   string // what readers call the kind: "Role", "Process" …; "" where it says nothing
	Title       string
	Heading     template.HTML // the title with its inline markup: the h1
	Summary     string        // "" where the author wrote none
	Description string        // for search engines and cards
	Keywords    string        // other words for what the page is about
	Draft       bool
	Sample      bool // the data on this page is made up
	Owner       Link // without an href where the owner has no page; without a title where nobody is named
	Backup      Link
	Review      ReviewView
	Strips      []StripView // wholes that the page is a part of
	Paths       []PathBar   // reading paths that lead through the page
	Twin        string      // href of the page's Markdown; "": it is not published
	Refresh     string      // where the page has moved to, as an href; "": it is here
	Downloads   []Link      // of a report
	Glossary    bool        // the page lists the terms of the handbook
	Lead, Tail  []Block     // what other pages say of this one, before and after the text
	News        []NewsView  // announcements
	Card        string      // URL of a picture for other programs, absolute; "" without base_url
	CardAlt     string      // what is on it
	Feed        string      // href of the feed of changes; "": there is none
	Doors       []DoorView  // of the home page: where each role begins
	Changed     ChangeView  // the last change; without a day where it is not known
	Minutes     int         // to read; 0: less than one
	TOC         []Heading   // empty where there are fewer than two headings
	Facts       []Fact      // typed front matter worth showing at the top
	Body        template.HTML
	Delivery    *DeliveryView
	Explain     *ExplainView
	HasFigures  bool
	Draws       handbook.Draws // what the text has that scripts draw

	address   string
	site      func() *SiteView
	crumbs    func() []Link
	nav       func() NavView
	children  func() []Card
	beside    func() [2]*Link
	backlinks func() backlinks
	groups    func() []Group
}

// ReviewView is when the whole page was last read and found right. No build asks
// a clock: whether it is due, a script works out on the day of reading.
type ReviewView struct {
	On, By string // in words; "": it was never reviewed
	Day    string // On, as 2026-03-02
	Due    string // the day from which on it is due, 2026-03-02; "": never
}

// StripView is a whole of which the page is one stage.
type StripView struct {
	Whole  Link
	At, Of int
	Stages []Link // with Current
	Loop   bool
}

// PathBar is the place of the page in a reading path.
type PathBar struct {
	Path   Link
	At, Of int
	Next   *Link
	Must   bool
	Key    string // of the item, in the browser's memory of progress
}

// ChangeView is a change of the handbook.
type ChangeView struct {
	Day, Time string // in words, and RFC 3339
	What      string
	Href      string // of the pull request or the commit; "": unknown
	Pages     []Link // with what happened to each as its note
	Roles     []Link // that it concerns
}

// NewsView is an announcement; after the day Expires a script hides it.
type NewsView struct {
	Link
	Date, Expires string
	Summary       string
}

// Block is a part of a page that is made from other pages. Which of its fields
// are set says how it looks.
type Block struct {
	ID, Title string // of its heading
	Note      string // a sentence below it
	Groups    []LinkGroup
	Texts     []string
	Drawing   *DrawingView
	Steps     []StepView
	Table     *TableView
	Tables    []TableView // of which a reader sees one at a time
	Check     *CheckView
	Path      *PathView
	Ideas     []IdeaView
	Chapters  []ChapterView
	Norms     []NormView
	Terms     []TermView
	Changes   []ChangeView
	Figures   []FigureView
}

// LinkGroup is a list of links with what they have in common.
type LinkGroup struct {
	Label string
	Links []Link
	More  int // that are not listed
}

// DrawingView is a drawing for wide and one for narrow screens; what it shows
// stands in words beside it.
type DrawingView struct{ Wide, Narrow template.HTML }

// StepView is a step of a process or a playbook.
type StepView struct {
	ID, Title string
	Does      []Link
	Page      *Link // where it is described
	Facts     []Fact
	Branches  []BranchView
	Ideas     []IdeaView // what books say of it
}

// BranchView is where a step goes on.
type BranchView struct {
	When string
	To   Link
}

// TableView is a table with a heading in each row. Cells hold text or links.
type TableView struct {
	ID      string
	Caption string
	Columns []Cell
	Rows    []CellRow
	Rest    string // of rows that are left out: "and 12 more"
	Matrix  bool   // its cells are letters, which its columns explain
}

// CellRow is a row of a TableView.
type CellRow struct {
	ID    string // by which links lead to it; "": none
	Head  Cell
	Cells []Cell
}

// Cell is a cell of a TableView.
type Cell struct {
	Text  string
	Title string // what the text stands for, where it is short
	Links []Link
	Day   string // a day, 2026-03-02, for scripts that know today
}

// CheckView is a list to tick off; the browser remembers under Key.
type CheckView struct {
	Key   string
	Items []string
}

// PathView is a reading path.
type PathView struct {
	Key      string // of the browser's memory
	Of       int    // items
	Time     string // of what is required, in words; "": not known
	Optional string // of what is not
	Phases   []PhaseView
	Issue    string // an address that opens an issue with the items; "": there is no repository
	Markdown string // the items, to be copied
}

// PhaseView is a part of a path.
type PhaseView struct {
	Title, By string
	Time      string
	Items     []ItemView
}

// ItemView is something to read or to do.
type ItemView struct {
	Key      string
	Link     *Link // to a page, here or elsewhere
	Text     string
	Minutes  int
	Who      string
	Optional bool
	DoneWhen string
}

// IdeaView is what a book says.
type IdeaView struct {
	Text string
	From []Link
}

// ChapterView is a chapter of a book.
type ChapterView struct {
	ID      string
	N       int
	Title   string
	Href    string
	Minutes int
	Read    string // in words
	Must    bool
	For     []Link
}

// NormView is what a process promises, and what happens.
type NormView struct {
	Metric Link
	Says   string // "at most 24 h"
	Does   []NormValue
}

// NormValue is what happens at one service.
type NormValue struct {
	Service Link
	Value   string
	Detail  string
	Verdict string // within, beyond, or "" where there is no value
	Sample  bool
}

// TermView is a word of the glossary.
type TermView struct {
	ID         string
	Term       string
	Href       string // of its own page
	Aka        string
	Stands     string // what the letters stand for
	Definition string
	Not        string
	Formula    string
	Example    string
	See        []Link
	Used       int // pages that use it
}

type backlinks struct {
	shown []Link
	more  int
}

// Site is what all pages share.
func (v *PageView) Site() *SiteView { return v.site() }

// Crumbs lead from the home page down, without this page.
func (v *PageView) Crumbs() []Link { return v.crumbs() }

// Nav is the current section; it has no title on pages that are in none.
func (v *PageView) Nav() NavView { return v.nav() }

// Children are the entries of a section, on its page.
func (v *PageView) Children() []Card { return v.children() }

// Prev and Next are the neighbours in the section; nil where there is none.
func (v *PageView) Prev() *Link { return v.beside()[0] }
func (v *PageView) Next() *Link { return v.beside()[1] }

// Backlinks are pages that link here, MoreBacklinks those that are not among
// them.
func (v *PageView) Backlinks() []Link  { return v.backlinks().shown }
func (v *PageView) MoreBacklinks() int { return v.backlinks().more }

// Groups are all pages of the site, on the list of them.
func (v *PageView) Groups() []Group { return v.groups() }

// Canonical is the absolute URL; "" without base_url.
func (v *PageView) Canonical() string { return v.site().absolute(v.address) }

// EditURL leads to the page's source; "" without repository.
func (v *PageView) EditURL() string { return v.site().edit(v.Path) }

// DoorView is where somebody in a role begins.
type DoorView struct {
	Key   string // of the role, in the reader's browser
	Role  Link
	Path  Link
	Time  string // to read and do what it requires
	First []Link // pages to read first
	Ask   *Link  // who answers for the path; nil: nobody
}

// LogoView is the picture of the site in the header, in the size in which it is
// shown.
type LogoView struct {
	Src           string // href; "": the site has none
	Night         string // href of the one for dark pages; "": the same
	Width, Height int    // in pixels
	Wide          bool   // it is at least twice as wide as high: it holds the name of the site
}

// logoHeight is that of the header's mark.
const logoHeight = 28

// SiteView is the same on every page.
type SiteView struct {
	Title                  string
	Language               string
	Home                   string // href of the home page, from this page
	AllPages               string // href of the list of all pages, with the search above it
	Reports                string // href of the reports on the handbook; "": there are none
	Sections               []Link // top-level sections
	Repository             string
	Stylesheet             string // href
	ChartStyles            string // hrefs of the style sheet and the script of pages that show deliveries
	ChartScript            string
	First                  string   // href of the script that runs before a page is drawn; "" when the theme has none
	Script                 string   // href
	Icon                   string   // href
	Logo                   LogoView // in the header
	Explorer               string   // href of the script that draws explorable charts; "" when the build has none
	Formulas, FormulaSheet string   // hrefs of the script and the style sheet for pages with formulas; "" when the build has none
	Diagrams, Frame        string   // the same of the script for pages with diagrams, and of the page that it shows in a frame

	Finder     string // href of the script that searches; "" when the theme has none
	Index      string // href of the folder of what it searches in
	Manifest   string // href of what phones need to know; "" without base_url
	TouchIcon  string // the same, of the icon for Apple's home screens
	OpenSearch string // href of what tells browsers how to search; "" without base_url
	Suggest    string // where a page can be asked for, a title to follow; "": nobody knows where
	Version    string

	baseURL  string
	editRoot string
}

func (s *SiteView) absolute(address string) string {
	if s.baseURL == "" || address == notFound {
		return ""
	}
	return s.baseURL + site.Encode(address)
}

func (s *SiteView) edit(path string) string {
	if s.Repository == "" || path == "" {
		return ""
	}
	return strings.TrimSuffix(s.Repository, "/") + "/edit/HEAD/" + site.Encode(s.editRoot+path)
}

// record is where GitHub begins a page on a decision that affects a service. The
// words in capitals are for a script to fill in, or for the reader.
func (s *SiteView) record(service string) string {
	if s.Repository == "" {
		return ""
	}
	page := "---\ntitle: WHAT WAS DECIDED\ndate: TODAY\nstatus: accepted\naffects: [" + service + "]\n" +
		"context: WHAT THE CHARTS SHOWED\noptions:\n  - ANOTHER WAY, AND WHY NOT\nmetric:\n  id: lead_time      # or what is to change\n  expect: down\n  check_on: IN THREE MONTHS\n---\n\nDecided: \n"
	return strings.TrimSuffix(s.Repository, "/") + "/new/HEAD/" + site.Encode(s.editRoot) + "decisions?" + url.Values{"filename": {service + "-DECISION.md"}, "value": {page}}.Encode()
}

// Link is a link to a page.
type Link struct {
	Href    string
	Title   string
	Kind    string // label of the target's kind, or ""
	Note    string // what is to be known of it, after the title
	Planned bool   // the page is still to be written: there is no href
	Current bool   // the page itself
	Within  bool   // the page is below the target
}

// NavView is the sidebar: the current section, its pages and sections.
type NavView struct {
	Up            *Link         // the section above, nil in a top-level section
	Title         Link          // the section itself
	Items         template.HTML // each made by the component nav-item, of a NavItem
	Before, After int           // entries left out before and after Items
}

// NavItem is one entry of the sidebar.
type NavItem struct {
	Link
	Section bool // a section: there are pages below it
}

// Heading is an entry of the table of contents.
type Heading struct {
	ID    string
	HTML  template.HTML
	Items []Heading
}

// Fact is a row of the panel on top of a typed page.
type Fact struct {
	Label  string
	Values []string
}

// Card is a page as its section's page shows it.
type Card struct {
	Link
	Summary string
}

// Group is a heading and links below it.
type Group struct {
	Title string
	Href  string
	Links []Link
}

// DeliveryView is the delivery data of a service, a team or all services.
type DeliveryView struct {
	Name      string
	Age       AgeView
	Source    string // in words: "tags", "merges, a proxy for deployments"
	Coverage  string // in words: "complete, 3 Jan 2025 – 22 Nov 2026"
	Status    string // complete, partial, stale or unknown
	LeftOut   string // "12 left out"; "" where nothing was counted
	Sign      SignView
	Sample    bool
	Mixed     bool         // some of its services are made up, and others are not
	One       bool         // it is one metric: there is no summary
	Metrics   []MetricView // the five, each with its current value or why it has none
	Next      NextView     // where to look first
	Panels    []PanelView
	Months    []FigureView // the longer view
	Flags     []FlagView   // what the numbered flags on the charts mean
	Services  []ServiceRow // of teams and the organisation
	Notes     []Note       // data-quality findings
	Downloads []Link
	Record    string // where a decision on a service can be written down; "": nobody knows where
}

// NextView is a sentence that says where to look first; empty where the data
// says nothing of it.
type NextView struct {
	Text     string
	Href     string // of a page that says what to try; "": there is none
	Step     Link   // of the handbook, that governs it; without a title where none does
	Answers  Link   // the role that answers for it
	Chapters []Link
}

// PanelView is a group of charts that answer one question.
type PanelView struct {
	Title   string
	Figures []FigureView
}

// FlagView is what a numbered flag stands for.
type FlagView struct {
	N          int
	Date, Text string
	Href       string // "": nowhere
}

// ServiceRow is what is known of one service.
type ServiceRow struct {
	Link
	Team   string
	Source string
	Status string
	Sign   string // what is missing; "" where nothing is
	Age    AgeView
	Sample bool
}

// ExplainView is the page with the rows behind a metric of a service.
type ExplainView struct {
	Service   Link
	Source    string
	Status    string
	Sign      SignView
	Age       AgeView
	Durations bool              // rows have a duration
	Stages    bool              // rows have the stages of lead time
	Periods   []ExplainedPeriod // newest first
	Downloads []Link
	Others    []Link // the other metrics
	Scale     string // where the value stands in DORA's survey; "": nowhere
	Command   string // prints the same; a period comes after it
}

// ExplainedPeriod is one week or month: the value, how it is worked out, and
// the rows.
type ExplainedPeriod struct {
	ID      string // 2026-W12
	Name    string
	Value   string
	Known   bool
	Partial bool
	Counts  string // 14 collected = 12 counted + 2 left out
	Steps   []string
	Rows    []RowView
	More    int // rows that only the file has
}

// RowView is one change, deployment or incident.
type RowView struct {
	ID, Title string
	Href      string // on another site; "": unknown, or not shown
	Counted   bool
	When      string
	Value     string // a duration
	Parts     []string
	Rule, Why string
	Evidence  []string
}

// AgeView is the instant that data is of. No build asks a clock: a script works
// out in the reader's browser how old that is.
type AgeView struct {
	Words      string // "22 Nov 2026, 18:04 (Europe/Berlin)"; "": no data yet
	Time       string // RFC 3339
	StaleAfter int    // seconds from which on the age is said; 0: never
}

// SignView stands above what is not complete; empty for complete data.
type SignView struct {
	Word string // "Partial"
	Text string // why, and the way out
}

// ProvenanceView is what a figure rests on, in one line.
type ProvenanceView struct {
	Parts    []string // service, window, n, source
	Age      AgeView
	Coverage string    // "complete, 26 of 26 weeks"
	LeftOut  string    // "3 left out"; "": nothing was counted
	Reasons  []LeftOut // of that
	Remarks  []string
}

// LeftOut is why a metric did not count something.
type LeftOut struct {
	Reason, Hint string
}

// MetricView is one metric in one line.
type MetricView struct {
	Name   string // "Change lead time"
	Value  string // "2.1 days", or "not measured"
	Detail string // "median of 42 changes, last 12 weeks; 3 left out", or how to measure it
	Known  bool
	Usual  string // "Nothing unusual: …"; "" where there is nothing to say
	Href   string // of the rows behind it; "": there are none
	About  string // href of the page that says what it means; "": there is none
}

// Note is a remark about the data.
type Note struct {
	Code, Message, Hint string
}

// TableRow is a row of a figure's table; its first cell names it.
type TableRow struct {
	Cells []string
	Href  string // of the rows behind it; "": there are none
}

// FigureView is a chart with everything that belongs to it.
type FigureView struct {
	ID      string
	Title   string
	Sign    SignView      // what must be said first
	Finding string        // what the chart shows, in a sentence
	Sample  bool          // drawn from made-up data
	SVG     template.HTML // the static chart; empty when there is nothing to draw
	Empty   string        // why there is nothing to draw
	Columns []string      // of the table
	Rows    []TableRow
	Explain string // href of the rows behind it; "": there are none
	Options string // JSON for the explorable chart; "" when there is none

	Provenance ProvenanceView
}
