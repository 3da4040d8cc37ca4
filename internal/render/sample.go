package render

import (
	"html/template"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/theme"
)

// CheckTheme holds the templates of a theme against the views that they get,
// then runs each on a page that has everything and on one that has as little as
// possible: what is wrong with a template shows before any page is made, also
// where the site has no page of its kind.
func CheckTheme(t *theme.Theme, name string) diag.List {
	found := t.Check(name, &PageView{}, map[string]any{"figure": FigureView{}, "nav-item": NavItem{}})
	if found.HasErrors() {
		return found
	}
	for _, kind := range t.Kinds() {
		full, empty := Samples(kind, 2)
		found.Join(t.Try(name, kind, "a page with everything", full))
		found.Join(t.Try(name, kind, "an empty page", empty))
	}
	found.Sort()
	return found
}

// Samples are a page of a layout that has everything, with so many links in each
// group, and one that has as little as possible.
func Samples(layout string, links int) (full, empty *PageView) {
	full = fullView(layout)
	all := full.groups()
	for i := range all {
		for len(all[i].Links) < links {
			all[i].Links = append(all[i].Links, all[i].Links[0])
		}
	}
	full.groups = once(func() []Group { return all })
	return full, emptyView(layout)
}

// emptyView is the least that a page can be.
func emptyView(kind string) *PageView {
	v := (&maker{}).view()
	v.Kind, v.Layout, v.Title, v.Heading = kind, kind, "Title", "Title"
	v.site = once(func() *SiteView { return &SiteView{Title: "Site", Language: "en", Home: "./", AllPages: "all/"} })
	return v
}

// fullView is a page that has everything, once and more than once.
func fullView(kind string) *PageView {
	link := Link{Href: "../page/", Title: "A page", Kind: "Role"}
	current := Link{Href: "./", Title: "This page", Current: true, Within: true}
	links := []Link{link, current}
	card := Card{Link: link, Summary: "What the page says."}
	figure := FigureView{
		ID: "figure", Title: "A figure", Finding: "It rises.", Sample: true, SVG: "<svg></svg>",
		Columns: []string{"Week", "Value"}, Rows: []TableRow{{[]string{"1", "2"}, "rows/#1"}, {Cells: []string{"2", "3"}}}, Options: "{}", Explain: "rows/",
		Sign: SignView{"Partial", "reading was interrupted."},
		Provenance: ProvenanceView{
			Parts: []string{"A service", "n = 3"}, Age: AgeView{"1 Jan 2026, 12:00 (UTC)", "2026-01-01T12:00:00Z", 3600}, Coverage: "partial, 2 of 3 weeks",
			LeftOut: "3 left out", Reasons: []LeftOut{{"1 change is by a bot", "count it"}, {Reason: "2 others"}}, Remarks: []string{"older ones are not shown"},
		},
	}
	none := FigureView{ID: "none", Title: "A figure", Empty: "There is no data.", Sign: SignView{Word: "Stale"}, Provenance: ProvenanceView{LeftOut: "none left out"}}
	v := emptyView(kind)
	v.Path, v.KindLabel, v.Summary, v.Description, v.Owner, v.Backup = "roles/page.md", "Role", "A summary.", "A description.", link, Link{Title: "Platform team"}
	v.Keywords, v.Twin = "one, two", "page.md"
	v.Review = ReviewView{"1 Jan 2026", "QA", "2026-01-01", "2026-07-01"}
	v.Strips = []StripView{{Whole: link, At: 2, Of: 2, Stages: links, Loop: true}}
	v.Paths = []PathBar{{Path: link, At: 1, Of: 2, Next: &current, Must: true, Key: "a"}, {Path: link, At: 2, Of: 2, Key: "b"}}
	v.Changed = ChangeView{Day: "1 Jan 2026", Time: "2026-01-01T12:00:00Z", What: "Say it better", Href: "https://example.org/1"}
	v.Downloads, v.Refresh = links, "../moved/"
	v.Card, v.CardAlt, v.Feed = "https://example.org/card.png", "Title, Site", "../reports/changes/all.atom"
	v.Doors = []DoorView{{Key: "qa", Role: link, Path: link, Time: "5 h", First: []Link{link, current}, Ask: &link}, {Key: "x", Role: link, Path: link}}
	v.News = []NewsView{{Link: link, Date: "1 Jan 2026", Expires: "2026-02-01", Summary: "It is new."}, {Link: current, Date: "1 Jan 2026"}}
	v.Lead, v.Tail = fullBlocks(link, current, figure), fullBlocks(link, Link{Title: "To come", Planned: true, Note: "soon"}, none)
	v.Draws = handbook.Draws{Formulas: true, Diagrams: true}
	v.Draft, v.Sample, v.Minutes, v.HasFigures = true, true, 3, true
	v.TOC = []Heading{{"one", "One", []Heading{{ID: "below", HTML: "Below"}}}, {ID: "two", HTML: "Two"}}
	v.Facts = []Fact{{"Purpose", []string{"To be there."}}, {"Skills", []string{"one", "two"}}}
	v.Body = template.HTML(strings.Repeat("<p>Text.</p>\n", 3))
	v.Delivery = &DeliveryView{
		Name: "service", Age: figure.Provenance.Age, Source: "tags", Coverage: "all of 2025", Status: "partial", Sign: figure.Sign, Sample: true, LeftOut: "3 left out",
		Metrics: []MetricView{{"Change lead time", "2 days", "median", true, "Nothing unusual.", "rows/", "../metrics/lead-time/"}, {Name: "Recovery time", Value: "not measured"}},
		Next:    NextView{"Review is the largest part.", "../metrics/lead-time/", link, link, links},
		Panels:  []PanelView{{"How it goes", []FigureView{figure, none}}, {Title: "Empty"}}, Months: []FigureView{figure},
		Flags:    []FlagView{{1, "1 Jan 2026", "Something was decided", "../decision/"}, {N: 2, Date: "2 Jan 2026", Text: "A holiday"}},
		Services: []ServiceRow{{Link: link, Team: "Platform team", Source: "tags", Status: "partial", Sign: "reading was interrupted.", Age: figure.Provenance.Age, Sample: true}, {Link: current, Status: "unknown"}},
		Notes:    []Note{{"DQ01", "A remark.", "A way out."}, {Message: "Another."}}, Downloads: links, Record: "https://example.org/new",
	}
	v.Explain = &ExplainView{
		Scale: "Number 4 of six.", Service: link, Source: "tags", Status: "complete", Sign: figure.Sign, Age: figure.Provenance.Age, Durations: true, Stages: true,
		Downloads: links, Others: links, Command: "rutter explain lead_time --period ",
		Periods: []ExplainedPeriod{{
			ID: "2026-W12", Name: "16–22 Mar 2026 (2026-W12)", Value: "2 days", Known: true, Partial: true, Counts: "2 collected = 1 counted + 1 left out", Steps: []string{"n = 1"}, More: 3,
			Rows: []RowView{
				{ID: "#12", Title: "A change", Href: "https://example.org/12", Counted: true, When: "16 Mar 2026, 10:00", Value: "2 days", Parts: []string{"1 day", "—", "—", "1 day"}, Rule: "C2", Why: "first delivered by v1", Evidence: []string{"revert: #13"}},
				{ID: "#13", When: "17 Mar 2026, 10:00", Rule: "C10", Why: "made by a bot"},
			},
		}, {ID: "2026-W11", Name: "9–15 Mar 2026", Value: "no data"}},
	}
	v.site = once(func() *SiteView {
		return &SiteView{
			Title: "Site", Language: "en", Home: "../", AllPages: "../all/", Reports: "../reports/", Sections: links, Repository: "https://example.org/",
			Stylesheet: "../site.css", First: "../first.js", ChartStyles: "../charts.css", ChartScript: "../charts.js", Script: "../site.js", Icon: "../icon.svg", Logo: LogoView{Src: "../logo.svg", Night: "../logo-dark.svg", Width: 84, Height: 28, Wide: true}, Explorer: "../explorer.js", Finder: "../find.js", Formulas: "../formulas.js", FormulaSheet: "../formulas.css", Diagrams: "../diagrams.js", Frame: "../diagram.html", Index: "../search/", Manifest: "../manifest.webmanifest", TouchIcon: "../icon.png", OpenSearch: "../search/opensearch.xml", Suggest: "https://example.org/issues/new?title=", Version: "1.0", baseURL: "https://example.org/",
		}
	})
	v.crumbs = once(func() []Link { return links })
	v.nav = once(func() NavView {
		return NavView{Up: &link, Title: current, Items: "<li>A page</li>", Before: 1, After: 2}
	})
	v.children = once(func() []Card { return []Card{card, {Link: current}} })
	v.beside = once(func() [2]*Link { return [2]*Link{&link, &current} })
	v.backlinks = once(func() backlinks { return backlinks{links, 4} })
	v.groups = once(func() []Group { return []Group{{"Group", "../group/", links}, {Title: "Other", Links: links}} })
	return v
}

// fullBlocks are blocks of every form.
func fullBlocks(link, other Link, figure FigureView) []Block {
	links := []Link{link, other}
	table := TableView{ID: "table", Caption: "A table", Columns: []Cell{{Text: "What"}, {Links: links[:1]}}, Rows: []CellRow{{"row", Cell{Links: links}, []Cell{{Text: "A", Title: "accountable"}}}, {Head: Cell{Text: "One"}, Cells: []Cell{{Text: "1 Jan 2026", Day: "2026-01-01"}}}}}
	matrix := table
	matrix.Matrix, matrix.Rest = true, "and 3 more"
	return []Block{
		{ID: "links", Title: "Links", Note: "A note.", Groups: []LinkGroup{{"Label", links, 3}, {Links: links}}},
		{ID: "texts", Title: "Texts", Texts: []string{"One.", "Two."}},
		{ID: "drawing", Title: "Drawing", Drawing: &DrawingView{"<svg></svg>", "<svg></svg>"}, Steps: []StepView{
			{ID: "step-a", Title: "A step", Does: links, Page: &link, Facts: []Fact{{"Time", []string{"3 min"}}}, Branches: []BranchView{{"it fails", link}, {To: other}}, Ideas: []IdeaView{{"An idea.", links}}}, {ID: "step-b", Title: "Another"}}},
		{ID: "table", Title: "Table", Table: &table}, {ID: "matrix", Title: "Matrix", Tables: []TableView{matrix, table}},
		{ID: "check", Title: "Check", Check: &CheckView{"key", []string{"One", "Two"}}},
		{ID: "path", Title: "Path", Path: &PathView{Key: "key", Of: 3, Time: "30 min", Optional: "5 min", Issue: "https://example.org/", Markdown: "- [ ] One", Phases: []PhaseView{
			{"Phase", "in the first week", "30 min", []ItemView{{"a", &link, "Read it", 10, "with your buddy", true, "It is read."}, {Key: "b", Text: "Do it"}}}, {Items: []ItemView{{Key: "c", Link: &other}}}}}},
		{ID: "ideas", Title: "Ideas", Ideas: []IdeaView{{"An idea.", links}, {Text: "Another."}}},
		{ID: "chapters", Title: "Chapters", Chapters: []ChapterView{{"chapter-1", 1, "One", "https://example.org/", 20, "read first", true, links}, {ID: "chapter-2", N: 2, Title: "Two"}}},
		{ID: "norms", Title: "Norms", Norms: []NormView{{link, "at most 24 h", []NormValue{{link, "5 h", "n = 3", "within", true}, {Service: other, Value: "no data"}}}}},
		{ID: "terms", Title: "Terms", Terms: []TermView{{"term-a", "A", "a/", "b", "an acronym", "What it is.", "what it is not", "a / b", "1 / 2", links, 3}, {ID: "term-b", Term: "B", Definition: "What."}}},
		{ID: "changes", Title: "Changes", Changes: []ChangeView{{"1 Jan 2026", "2026-01-01T12:00:00Z", "Say it better", "https://example.org/1", links, links}, {Day: "1 Jan 2026", What: "Begin", Pages: links}}},
		{ID: "figures", Title: "Figures", Figures: []FigureView{figure}},
	}
}
