package theme_test

import (
	"html/template"
	"strconv"
)

// The types below have the shape of the views that package render makes, so
// that the default theme can be run and measured here.

type pageView struct {
	Site                                                                siteView
	Root, Path, Kind, KindLabel, Title, Summary, Description, Canonical string
	Heading                                                             template.HTML
	Draft, Sample, HasFigures                                           bool
	Owner, EditURL                                                      string
	Minutes, MoreBacklinks                                              int
	Crumbs, Backlinks                                                   []linkView
	Nav                                                                 navView
	TOC                                                                 []headingView
	Facts                                                               []factView
	Body                                                                template.HTML
	Children                                                            []cardView
	Prev, Next                                                          *linkView
	Delivery                                                            *deliveryView
	Explain                                                             *explainView
	Groups                                                              []groupView
}

type siteView struct {
	Title, Language, Home, AllPages, Repository, Stylesheet, Script, Icon, Explorer, Version string
	Sections                                                                                 []linkView
}

type linkView struct {
	Href, Title, Kind string
	Current, Within   bool
}

type navView struct {
	Up            *linkView
	Title         linkView
	Items         template.HTML
	Before, After int
}

type navItemView struct {
	linkView
	Section bool
}

type headingView struct {
	ID    string
	HTML  template.HTML
	Items []headingView
}

type factView struct {
	Label  string
	Values []string
}

type cardView struct {
	linkView
	Summary string
}

type groupView struct {
	Title, Href string
	Links       []cardView
}

type deliveryView struct {
	Name, Source, Coverage, Status, LeftOut string
	Age                                     ageView
	Sign                                    signView
	Sample, One, Mixed                      bool
	Metrics                                 []metricView
	Next                                    nextView
	Panels                                  []panelView
	Months                                  []figureView
	Flags                                   []flagView
	Services                                []serviceRow
	Notes                                   []noteView
	Downloads                               []linkView
}

type nextView struct{ Text, Href string }

type panelView struct {
	Title   string
	Figures []figureView
}

type flagView struct {
	N                int
	Date, Text, Href string
}

type serviceRow struct {
	linkView
	Team, Source, Status, Sign string
	Age                        ageView
	Sample                     bool
}

type explainView struct {
	Source, Status, Command, Scale string
	Service                        linkView
	Sign                           signView
	Age                            ageView
	Durations, Stages              bool
	Periods                        []explainedPeriod
	Downloads, Others              []linkView
}

type explainedPeriod struct {
	ID, Name, Value, Counts string
	Known, Partial          bool
	More                    int
	Steps                   []string
	Rows                    []rowView
}

type rowView struct {
	ID, Title, Href, When, Value, Rule, Why string
	Counted                                 bool
	Parts, Evidence                         []string
}

type ageView struct {
	Words, Time string
	StaleAfter  int
}

type signView struct{ Word, Text string }

type provenanceView struct {
	Parts             []string
	Age               ageView
	Coverage, LeftOut string
	Reasons           []leftOutView
	Remarks           []string
}

type leftOutView struct{ Reason, Hint string }

type metricView struct {
	Name, Value, Detail, Usual, Href, About string
	Known                                   bool
}

type noteView struct{ Code, Message, Hint string }

type figureView struct {
	ID, Title, Finding, Empty, Options string
	Sign                               signView
	Provenance                         provenanceView
	Sample                             bool
	SVG                                template.HTML
	Columns                            []string
	Rows                               []tableRow
	Explain                            string
}

type tableRow struct {
	Cells []string
	Href  string
}

func sampleLinks(n int, within int) []linkView {
	var list []linkView
	for i := range n {
		list = append(list, linkView{Href: "../topic-" + strconv.Itoa(i) + "/", Title: "How we handle topic " + strconv.Itoa(i), Within: i == within})
	}
	return list
}

// samplePage is a page such as a handbook of a thousand pages has them: five
// sections, a table of contents, neighbours and two pages that link to it. It
// has 5 KB of text.
func samplePage(kind string) *pageView {
	body := template.HTML("<p>The captain decides, the navigator says where, and everybody writes down what was seen. </p>\n")
	for len(body) < 5000 {
		body += body
	}
	p := &pageView{
		Site: siteView{Title: "Example Handbook", Language: "en", Home: "../../", AllPages: "../../all-pages/", Repository: "https://github.com/example/handbook",
			Stylesheet: "../../assets/site.0123456789.css", Script: "../../assets/site.0123456789.js", Icon: "../../assets/icon.svg", Version: "0.3.0", Sections: sampleLinks(5, 2)},
		Root: "../../", Path: "processes/release.md", Kind: kind, KindLabel: "Process", Title: "Releasing & rolling back", Heading: "Releasing &amp; rolling back",
		Summary: "What happens between a merge and the customer", Description: "What happens between a merge and the customer", Owner: "team:platform", Minutes: 4,
		Canonical: "https://handbook.example.org/processes/release/", EditURL: "https://github.com/example/handbook/edit/main/content/processes/release.md",
		Crumbs: sampleLinks(2, -1), Backlinks: sampleLinks(2, -1), Nav: navView{Title: linkView{Href: "../", Title: "Processes"}, Items: "<li><a href=\"../a/\">A</a></li>\n"},
		TOC:   []headingView{{ID: "before", HTML: "Before"}, {ID: "steps", HTML: "Steps", Items: []headingView{{ID: "tag", HTML: "Tag"}, {ID: "wait", HTML: "Wait"}}}, {ID: "after", HTML: "After"}},
		Facts: []factView{{"Stage", []string{"Delivery"}}, {"Cadence", []string{"weekly"}}}, Body: body,
		Prev: &linkView{Href: "../plan/", Title: "Planning"}, Next: &linkView{Href: "../retro/", Title: "Looking back"},
	}
	switch kind {
	case "home", "section", "process", "missing":
		for _, l := range sampleLinks(6, -1) {
			p.Children = append(p.Children, cardView{l, "A summary of " + l.Title})
		}
	case "service":
		f := figureView{ID: "f1", Title: "Lead time", Finding: "It fell", SVG: "<svg></svg>", Columns: []string{"Week", "Days"}, Rows: []tableRow{{[]string{"1", "2"}, "#1"}, {Cells: []string{"2", "3"}}}, Options: `{"a":1}`}
		p.Delivery = &deliveryView{
			Name: "pay", Age: ageView{"22 Nov 2026, 18:04 (UTC)", "2026-11-22T18:04:00Z", 129600}, Source: "tags", Coverage: "all", Status: "complete",
			Metrics: []metricView{{Name: "Lead time", Value: "2 days", Detail: "median", Known: true}, {Name: "Recovery", Value: "not measured"}},
			Panels:  []panelView{{"How long", []figureView{f}}}, Months: []figureView{f, {ID: "f2", Title: "None"}}, Notes: []noteView{{"DQ01", "something", "do"}},
		}
	case "list":
		for i := range 3 {
			g := groupView{Title: "Group " + strconv.Itoa(i), Href: "../g/"}
			for _, l := range sampleLinks(4, -1) {
				g.Links = append(g.Links, cardView{l, ""})
			}
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}
