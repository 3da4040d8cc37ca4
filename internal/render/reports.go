package render

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// report is a page about the handbook as a whole.
type report struct {
	name, title, summary string
	needs                []handbook.Kind // it is made where the site has pages of one of them
	blocks               func(*maker) []Block
	files                []reportFile
}

// reportFile is a file beside a report that says the same to programs.
type reportFile struct {
	name, title string
	make        func(*maker) ([]byte, error)
}

// reports are the pages about the handbook as a whole, in the order in which
// their list shows them.
var reports = []report{
	{facet.Raci, "Who takes part in what", "Every process with the roles that answer for it, do it, are asked and are told.", []handbook.Kind{handbook.Process}, (*maker).raciBlocks, []reportFile{{"raci.csv", "The table as CSV", (*maker).raciCSV}}},
	{facet.HandOffs, "Hand-offs", "What goes from one role to another, and where.", []handbook.Kind{handbook.Process}, (*maker).handOffBlocks, nil},
	{facet.Coverage, "Coverage", "Questions that the handbook should be able to answer, and where it cannot yet.", []handbook.Kind{handbook.Process, handbook.Role, handbook.Book, handbook.Policy, handbook.Principle}, (*maker).coverageBlocks, nil},
	{facet.Ownership, "Ownership", "Who answers for which pages, named there or inherited.", []handbook.Kind{handbook.Team, handbook.Role, handbook.Process}, (*maker).ownershipBlocks, nil},
	{facet.Freshness, "Freshness", "When pages were last read as a whole and found right, and which are due.", []handbook.Kind{handbook.Process, handbook.Role, handbook.Policy}, (*maker).freshnessBlocks, []reportFile{{"due.ics", "What is due, as a calendar", (*maker).due}}},
	{facet.Changes, "What changed", "The latest changes of the handbook, by day, with the pages and roles that they are about.", nil, (*maker).changeBlocks, nil},
	{facet.Evidence, "Controls and evidence", "What policies ask for and what shows that it is done.", []handbook.Kind{handbook.Policy}, (*maker).evidenceBlocks, nil},
	{facet.Decisions, "Decisions to check", "What decisions were to change, and whether they did.", []handbook.Kind{handbook.Decision}, (*maker).decisionBlocks, nil},
}

// report is the view of a report.
func (m *maker) reportPage(x report) *PageView {
	dir := m.Shared().Reports
	m.reachedFrom(dir + x.name + "/")
	v := m.reportView(x.title, x.summary)
	v.crumbs = once(func() []Link {
		return []Link{{Href: m.href(""), Title: m.Shared().Title}, {Href: m.href(dir), Title: "Reports"}}
	})
	v.Tail = x.blocks(m)
	for _, f := range x.files {
		v.Downloads = append(v.Downloads, Link{Href: m.href(dir + x.name + "/" + f.name), Title: f.title})
	}
	v.TOC = contents(&handbook.Body{}, nil, v.Tail)
	return v
}

// reportList is the page that lists the reports.
func (m *maker) reportList() *PageView {
	m.reachedFrom(m.Shared().Reports)
	v := m.reportView("Reports", "What the handbook says about itself, worked out from its pages.")
	v.crumbs = once(func() []Link { return []Link{{Href: m.href(""), Title: m.Shared().Title}} })
	var cards []Card
	for _, x := range reports {
		if !slices.Contains(m.Shared().ReportNames, x.name) {
			continue
		}
		cards = append(cards, Card{Link{Href: m.href(m.Shared().Reports + x.name + "/"), Title: x.title}, x.summary})
	}
	v.children = once(func() []Card { return cards })
	return v
}

func (m *maker) reportView(title, summary string) *PageView {
	v := m.view()
	v.Kind, v.Layout, v.Title, v.Summary, v.Description = "report", "report", title, summary, summary
	v.Heading = template.HTML(template.HTMLEscapeString(title))
	return v
}

// What reports list is bounded, so that no page grows without end with the
// handbook; the rest is counted.
const (
	mostRows  = 500
	mostCells = 20_000
)

// cut leaves the first rows of a table, and counts the others.
func (t *TableView) cut(rows int, rest string) {
	if n := len(t.Rows) - rows; n > 0 {
		t.Rows = t.Rows[:rows]
		t.Rest = "and " + strconv.Itoa(n) + " more" + rest
	}
}

// few cuts a list of links.
func few(label string, links []Link) LinkGroup {
	g := LinkGroup{Label: label, Links: links}
	if n := len(links) - mostRows; n > 0 {
		g.Links, g.More = links[:mostRows], n
	}
	return g
}

func (m *maker) raciBlocks() []Block {
	r := m.Raci()
	block := Block{ID: "matrix", Title: "Processes and roles", Note: "A answers for it, R does it, C is asked before, I is told after."}
	add := func(x graph.Matrix, id, caption string) {
		rows := len(x.Rows)
		if n := mostCells / max(1, len(x.Roles)); rows > n {
			x.Rows = x.Rows[:n]
		}
		t := m.matrix(x, id, caption)
		if n := rows - len(x.Rows); n > 0 {
			t.Rest = "and " + strconv.Itoa(n) + " more, in the file below"
		}
		block.Tables = append(block.Tables, *t)
	}
	add(r.Roles, "raci-roles", "By role")
	for i, o := range r.Orgs {
		add(o.Matrix, "raci-org-"+strconv.Itoa(i+1), "As in: "+o.Org.Title)
	}
	return []Block{block}
}

func (m *maker) handOffBlocks() []Block {
	list := m.HandOffs()
	t := &TableView{ID: "hand-offs-table", Columns: []Cell{{Text: "What"}, {Text: "From"}, {Text: "To"}, {Text: "Where it is made"}, {Text: "Where it is needed"}}}
	b := blocks{maker: m}
	for _, h := range list {
		t.Rows = append(t.Rows, b.handOff(h))
	}
	t.cut(mostRows, "")
	blocks := []Block{{ID: "list", Title: plural(len(list), "hand-off", "hand-offs"), Table: t}}
	if d := m.handOffMap(list); d != nil {
		blocks = append([]Block{{ID: "map", Title: "The map", Note: "Each arrow is what one role hands to another; the thicker, the more.", Drawing: d}}, blocks...)
	}
	return blocks
}

func (m *maker) coverageBlocks() []Block {
	var blocks []Block
	for i, c := range m.Coverage() {
		block := Block{ID: "question-" + strconv.Itoa(i+1), Title: c.Question}
		covered := c.Asked - len(c.Gaps)
		block.Note = fmt.Sprintf("%d of %d.", covered, c.Asked)
		if c.Code == diag.PlannedPage {
			block.Note = plural(len(c.Gaps), "name has", "names have") + " no page yet."
		}
		if len(c.Gaps) > 0 {
			t := &TableView{ID: block.ID + "-table", Columns: []Cell{{Text: "Page"}, {Text: "Gap"}, {Text: "What closes it"}}}
			for _, g := range c.Gaps {
				t.Rows = append(t.Rows, CellRow{Head: Cell{Links: []Link{m.to(g.Page)}}, Cells: []Cell{{Text: g.What}, {Text: g.Way}}})
			}
			t.cut(mostRows, "")
			block.Table = t
		}
		blocks = append(blocks, block)
	}
	return blocks
}

func (m *maker) ownershipBlocks() []Block {
	var blocks []Block
	for i, o := range m.Ownership() {
		title := m.who(o.Owner, cmp.Or(o.Owner.Name, o.Owner.Title)).Title
		if title == "" {
			title = "Nobody"
		}
		block := Block{ID: "owner-" + strconv.Itoa(i+1), Title: title, Note: plural(len(o.Own)+len(o.Folder)+len(o.Site), "page", "pages") + "."}
		block.Groups = full(few("Named on the page", m.tos(o.Own)), few("From its folder", m.tos(o.Folder)), few("From the site", m.tos(o.Site)))
		blocks = append(blocks, block)
	}
	return blocks
}

func (m *maker) freshnessBlocks() []Block {
	r := m.Freshness()
	t := &TableView{ID: "reviews-table", Columns: []Cell{{Text: "Page"}, {Text: "Owner"}, {Text: "Reviewed"}, {Text: "Due"}}}
	for _, x := range r.Reviewed {
		due := Cell{Text: "never"}
		if x.Due != "" {
			due = Cell{Text: dayWords(x.Due), Day: x.Due}
		}
		owner := Cell{}
		if x.Owner.Title != "" {
			owner.Links = []Link{m.who(x.Owner, x.Owner.Title)}
		}
		t.Rows = append(t.Rows, CellRow{Head: Cell{Links: []Link{m.to(x.Page)}}, Cells: []Cell{owner, {Text: dayWords(x.On)}, due}})
	}
	var blocks []Block
	n := len(t.Rows)
	t.cut(mostRows, ", due later")
	if n > 0 {
		blocks = append(blocks, Block{ID: "reviewed", Title: plural(n, "page has been reviewed", "pages have been reviewed"), Table: t})
	}
	if len(r.Never) > 0 {
		blocks = append(blocks, Block{ID: "never", Title: plural(len(r.Never), "page has never been", "pages have never been"), Note: "Add review: {on: …, by: …} on the day somebody has read the whole page.", Groups: []LinkGroup{few("", m.tos(r.Never))}})
	}
	return blocks
}

func (m *maker) evidenceBlocks() []Block {
	e := m.Evidence()
	var blocks []Block
	if len(e.Controls) > 0 {
		controls := m.controls(e.Controls, true)
		controls.cut(mostRows, "")
		blocks = append(blocks, Block{ID: "controls", Title: plural(len(e.Controls), "control", "controls"), Table: controls})
	}
	if len(e.Standards) > 0 {
		t := &TableView{ID: "standards-table", Columns: []Cell{{Text: "Standard"}}}
		for _, s := range e.Services {
			t.Columns = append(t.Columns, Cell{Links: []Link{m.to(s)}})
		}
		t.Columns = append(t.Columns, Cell{Text: "Policies"})
		for _, s := range e.Standards {
			row := CellRow{Head: Cell{Text: s.Name}}
			for _, covered := range s.Services {
				c := Cell{Text: "—", Title: "does not apply"}
				if covered {
					c = Cell{Text: "applies"}
				}
				row.Cells = append(row.Cells, c)
			}
			row.Cells = append(row.Cells, Cell{Links: m.tos(s.Policies)})
			t.Rows = append(t.Rows, row)
		}
		blocks = append(blocks, Block{ID: "standards", Title: "Standards and services", Table: t})
	}
	return blocks
}

func (m *maker) decisionBlocks() []Block {
	list := m.Checks()
	if len(list) == 0 {
		return []Block{{ID: "none", Title: "Nothing to check", Note: "No decision says what it should change. Add metric: {id: …, expect: …, check_on: …} to one."}}
	}
	t := &TableView{ID: "checks-table", Columns: []Cell{{Text: "Decision"}, {Text: "Taken"}, {Text: "Metric"}, {Text: "Should go"}, {Text: "Check on"}, {Text: "Before and after"}}}
	for _, c := range list {
		t.Rows = append(t.Rows, CellRow{Head: Cell{Links: []Link{m.to(c.Decision)}}, Cells: []Cell{{Text: dayWords(c.Date)}, {Links: []Link{m.to(c.Metric)}}, {Text: directions[c.Expect]}, {Text: dayWords(c.On), Day: c.On}, {Text: m.beforeAfter(c)}}})
	}
	return []Block{{ID: "checks", Title: plural(len(list), "decision", "decisions"), Table: t}}
}

// glossary is the list of all terms.
func (m *maker) glossary() []Block {
	terms := m.Terms()
	if len(terms) == 0 {
		return nil
	}
	block := Block{ID: "terms", Title: plural(len(terms), "term", "terms")}
	for _, t := range terms {
		v := TermView{ID: t.ID, Term: t.Term.Value, Aka: strings.Join(t.Aka, ", "), Stands: t.AcronymOf, Definition: t.Definition, Not: t.Not, Formula: t.Formula, Example: t.Example, See: m.tos(t.See), Used: t.Used}
		if t.Address != "" {
			v.Href = m.href(t.Address)
		}
		block.Terms = append(block.Terms, v)
	}
	return []Block{block}
}

// raciCSV is the table of processes and roles for spreadsheets.
func (m *maker) raciCSV() ([]byte, error) {
	r := m.Raci().Roles
	rows := [][]string{{"process"}}
	for _, role := range r.Roles {
		rows[0] = append(rows[0], role.Title)
	}
	for _, row := range r.Rows {
		rows = append(rows, append([]string{row.What.Title}, row.Letters...))
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = noFormula(cell)
		}
	}
	err := w.WriteAll(rows)
	return out.Bytes(), err
}

// noFormula keeps a spreadsheet from taking a text for a formula.
func noFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// due is a calendar of the pages that are due for a review (RFC 5545).
func (m *maker) due() ([]byte, error) {
	var b strings.Builder
	line := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		for len(text) > 75 { // octets; longer lines are folded
			cut := 74
			for cut > 0 && !utf8.RuneStart(text[cut]) {
				cut--
			}
			b.WriteString(text[:cut] + "\r\n")
			text = " " + text[cut:]
		}
		b.WriteString(text + "\r\n")
	}
	escape := strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n")
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Rutter//Reviews//EN")
	for _, x := range m.Freshness().Reviewed {
		if x.Due == "" {
			continue
		}
		day := strings.ReplaceAll(x.Due, "-", "")
		line("BEGIN:VEVENT")
		line("UID:%s%s@review", strings.ReplaceAll(x.Page.Address, "/", "."), day)
		line("DTSTAMP:%sT000000Z", day)
		line("DTSTART;VALUE=DATE:%s", day)
		line("SUMMARY:%s", escape.Replace("Review "+x.Page.Title))
		if base := m.Shared().BaseURL; base != "" {
			line("URL:%s", base+site.Encode(x.Page.Address))
		}
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return []byte(b.String()), nil
}

// glossaryDir is the folder of terms; its page lists them.
const glossaryDir = "glossary"

// glossaryPage is the list of terms where the handbook has no page for it.
func (m *maker) glossaryPage() *PageView {
	m.reachedFrom(glossaryDir + "/")
	v := m.reportView("Glossary", "The words of this handbook, and what they mean here.")
	v.crumbs = once(func() []Link { return []Link{{Href: m.href(""), Title: m.Shared().Title}} })
	v.Tail = m.glossary()
	return v
}

// folder is what the page of a folder shows of all that lies in it, beside the
// list: the directory of roles, the shelves of books.
func (m *maker) folder(dir handbook.Path) []Block {
	switch handbook.FolderKind(string(dir)) {
	case handbook.Role:
		t := &TableView{ID: "directory-table", Columns: []Cell{{Text: "Role"}, {Text: "Processes it answers for"}, {Text: "Processes it works on"}, {Text: "Filled in"}}}
		for _, r := range m.Directory() {
			head := m.to(r.Role)
			if r.PartOf.Title != "" {
				head.Note = "part of " + r.PartOf.Title
			}
			t.Rows = append(t.Rows, CellRow{Head: Cell{Links: []Link{head}}, Cells: []Cell{{Text: strconv.Itoa(r.Answers)}, {Text: strconv.Itoa(r.Does)}, {Links: m.tos(r.Holders)}}})
		}
		if len(t.Rows) == 0 {
			return nil
		}
		t.cut(mostRows, "")
		return []Block{{ID: "directory", Title: "Directory", Table: t}}
	case handbook.Book:
		block := Block{ID: "shelves", Title: "Shelves"}
		for _, s := range m.Shelves() {
			var links []Link
			for _, b := range s.Books {
				l := m.to(b.Book)
				notes := []string{plural(b.Used, "place where it applies", "places where it applies")}
				if b.Minutes > 0 {
					notes = append([]string{spell(b.Minutes)}, notes...)
				}
				if b.Level != "" {
					notes = append([]string{strings.ToLower(levels[b.Level])}, notes...)
				}
				l.Kind, l.Note = "", strings.Join(notes, ", ")
				links = append(links, l)
			}
			block.Groups = append(block.Groups, few(cmp.Or(s.Area, "Other"), links))
		}
		if len(block.Groups) == 0 {
			return nil
		}
		return []Block{block}
	}
	return nil
}
