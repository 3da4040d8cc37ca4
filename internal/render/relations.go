package render

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/graph"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// relations puts onto a page what other pages say of it.
func (m *maker) relations(v *PageView, p facet.Own) {
	path := p.Path()
	d := m.Relations(path)
	v.Owner = m.who(d.Owner, p.Standing().Owner)
	v.Backup = m.who(d.Backup, p.Standing().Backup)
	if r := p.Meta().Review; r != nil && !r.On.At.IsZero() {
		v.Review.On = r.On.At.Format("2 Jan 2006")
		v.Review.Day = r.On.At.Format(time.DateOnly)
		v.Review.By = d.Reviewer.Title
		if every := p.Standing().Every; every.N > 0 {
			v.Review.Due = every.After(r.On.At).Format(time.DateOnly)
		}
	}
	for _, s := range d.Strips {
		strip := StripView{Whole: m.to(s.Whole), At: s.At + 1, Of: len(s.Stages), Loop: s.Loop, Stages: m.tos(s.Stages)}
		strip.Stages[s.At].Current = true
		v.Strips = append(v.Strips, strip)
	}
	for _, in := range d.Paths {
		bar := PathBar{Path: m.to(in.Path), At: in.At, Of: in.Of, Must: in.Required, Key: in.Path.Name}
		if in.Next.Title != "" {
			next := m.to(in.Next)
			bar.Next = &next
		}
		v.Paths = append(v.Paths, bar)
	}
	for _, n := range d.News {
		v.News = append(v.News, m.news(n))
	}
	if c, ok := m.Last(path); ok {
		v.Changed = ChangeView{Day: c.Day, Time: c.Time, What: c.What, Href: c.URL}
	}
	b := blocks{maker: m, view: v, page: p, d: d}
	b.make()
	taken := func(id string) bool {
		return slices.Contains(p.Body().Anchors, id) || slices.ContainsFunc(p.Body().Headings, func(h handbook.Heading) bool { return h.ID == id })
	}
	for _, list := range [][]Block{v.Lead, v.Tail} {
		for i := range list {
			if taken(list[i].ID) { // the text of the page has a part of that name
				list[i].ID = "rt-" + list[i].ID
			}
		}
	}
	if p.IsSection() {
		v.Tail = append(v.Tail, m.folder(p.Folder())...)
	}
	if v.Glossary {
		v.Lead = append(v.Lead, m.glossary()...)
	}
	v.TOC = contents(p.Body(), v.Lead, v.Tail)
}

// who is an owner: a link to its page if there is one.
func (m *maker) who(l graph.Link, name string) Link {
	if name == "" {
		return Link{}
	}
	if l.Kind == "" {
		return Link{Title: ownerName(name)}
	}
	return m.to(l)
}

func (m *maker) news(n graph.Notice) NewsView {
	v := NewsView{Link: m.to(n.Link), Expires: n.Expires, Summary: n.Summary}
	if day, err := time.Parse(time.DateOnly, n.Date); err == nil {
		v.Date = day.Format("2 Jan 2006")
	}
	return v
}

// to is a link of the graph as the page refers to it.
func (m *maker) to(l graph.Link) Link {
	v := Link{Title: l.Title, Kind: kindLabels[l.Kind], Planned: l.Planned}
	address, part, _ := strings.Cut(l.Address, "#")
	switch {
	case strings.Contains(l.Address, "://"):
		v.Href = l.Address
	case l.Address != "" || l.Kind != "" && l.Name != "" && !l.Planned && l.Kind != handbook.MetricPage && l.Kind != handbook.Person && l.Kind != handbook.Term:
		v.Href = m.href(address)
		if part != "" {
			if v.Href == "./" {
				v.Href = ""
			}
			v.Href += "#" + site.EncodeFragment(part)
		}
	}
	return v
}

func (m *maker) tos(list []graph.Link) []Link {
	var links []Link
	for _, l := range list {
		links = append(links, m.to(l))
	}
	return links
}

// blocks makes what stands before and after the text of a page.
type blocks struct {
	*maker
	view *PageView
	page facet.Own
	d    *graph.Derived
}

func (b *blocks) lead(block Block) { b.view.Lead = append(b.view.Lead, block) }
func (b *blocks) tail(block Block) { b.view.Tail = append(b.view.Tail, block) }

// groups is a block of links; nothing where there are none.
func (b *blocks) groups(id, title, note string, groups ...LinkGroup) {
	var full []LinkGroup
	for _, g := range groups {
		if len(g.Links) > 0 {
			full = append(full, g)
		}
	}
	if len(full) > 0 {
		b.tail(Block{ID: id, Title: title, Note: note, Groups: full})
	}
}

func (b *blocks) group(label string, links []graph.Link) LinkGroup {
	return LinkGroup{Label: label, Links: b.tos(links)}
}

func (b *blocks) texts(id, title, note string, texts []string) {
	if len(texts) > 0 {
		b.tail(Block{ID: id, Title: title, Note: note, Texts: texts})
	}
}

func (b *blocks) make() {
	d, meta := b.d, b.page.Meta()
	switch {
	case d.Role != nil:
		b.role(d.Role, meta.Role)
	case d.Process != nil:
		b.process(d.Process, meta.Process)
	case d.Book != nil:
		b.book(d.Book, meta.Book)
	case d.Path != nil:
		b.path(d.Path)
	case d.Topic != nil:
		b.topic(d.Topic, meta.Topic)
	case d.Policy != nil:
		b.policy(d.Policy, meta.Policy)
	case d.Playbook != nil:
		b.steps("What to do", d.Playbook.Steps)
		b.check(meta.Playbook.Steps)
		if len(d.Playbook.Raci.Rows) > 0 {
			b.tail(Block{ID: "raci", Title: "Who takes part", Table: b.matrix(d.Playbook.Raci, "raci-table", "")})
		}
		b.groups("for", "For", "", b.group("Called", one(d.Playbook.OnCall)), b.group("Services", d.Playbook.Services), b.group("Used by", d.Playbook.Used))
	case d.Principle != nil:
		p := meta.Principle
		b.texts("looks-like", "What it looks like", "", p.LooksLike)
		b.texts("anti", "What it does not look like", "", p.Anti)
		b.groups("practised", "Where we practise it", "", b.group("", d.Principle.Practised))
	case d.Org != nil:
		b.org(d.Org, meta.Org)
	case d.Team != nil:
		b.team(d.Team)
	case d.Metric != nil:
		b.metric(d.Metric)
	case d.Decision != nil:
		b.decision(d.Decision, meta.Decision)
	case d.Service != nil:
		b.groups("runs", "When something happens", "", b.group("Playbooks", d.Service.Playbooks), b.group("Policies", d.Service.Policies))
	}
	if d.Process == nil {
		b.ideas("ideas", "What books say of it", d.Ideas)
	}
	related := d.Related
	if d.Topic != nil {
		related = nil // shown with what belongs to it
	}
	b.groups("belongs", "Where it belongs", "", b.group("About", d.Announces), b.group("Topics", d.Topics), b.group("Decisions", d.Decisions), b.group("Principles", d.Principles),
		LinkGroup{Label: "Evidence for", Links: b.tos(d.Proves)}, b.group("Written for", d.Audience), b.group("Related", related))
	var links []Link
	for _, s := range meta.Sources {
		links = append(links, Link{Title: s.Title, Href: s.URL.Value})
	}
	b.groups("sources", "Sources", "", LinkGroup{Links: links})
}

func one(l graph.Link) []graph.Link {
	if l.Title == "" {
		return nil
	}
	return []graph.Link{l}
}

var letterWords = []string{"Answers for", "Does", "Is asked about", "Is told about"}

// role shows what a role does, gets and gives.
func (b *blocks) role(r *graph.Role, m *handbook.RoleMeta) {
	var parts []LinkGroup
	for i, list := range r.Parts {
		parts = append(parts, b.group(letterWords[i], list))
	}
	note := ""
	if r.Load != "" {
		note = "The role answers for " + r.Load + ". That is a lot for one pair of shoulders: decisions may wait for it."
	}
	b.groups("part", "Its part in our work", note, parts...)
	b.groups("steps", "Steps it performs", "", b.group("", r.Steps))
	if len(r.Gets)+len(r.Gives) > 0 {
		t := &TableView{ID: "hand-offs-table", Columns: []Cell{{Text: "What"}, {Text: "From"}, {Text: "To"}, {Text: "Where it is made"}, {Text: "Where it is needed"}}}
		for _, h := range r.Gets {
			t.Rows = append(t.Rows, b.handOff(h))
		}
		for _, h := range r.Gives {
			t.Rows = append(t.Rows, b.handOff(h))
		}
		b.tail(Block{ID: "hand-offs", Title: "What it gets and gives", Table: t})
	}
	b.groups("watches", "What it watches and decides", "", b.group("Metrics", r.Watches), b.group("Decisions", r.Decides), b.group("Bound by", r.Policies))
	b.readings(r)
	var seats []LinkGroup
	for _, s := range r.Seats {
		in := b.to(s.In)
		in.Note = s.Seat
		if len(s.With) > 0 {
			var with []string
			for _, w := range s.With {
				with = append(with, w.Title)
			}
			in.Note = strings.TrimPrefix(in.Note+", who is also "+strings.Join(with, ", "), ", ")
		}
		seats = append(seats, LinkGroup{Links: []Link{in}})
	}
	var in LinkGroup
	for _, s := range seats {
		in.Label, in.Links = "Filled in", append(in.Links, s.Links...)
	}
	b.groups("holders", "Who fills it", "", b.group("Held by", r.Holders), in, b.group("Part of", one(r.PartOf)), b.group("Its parts", r.Sub))
}

func (b *blocks) handOff(h graph.HandOff) CellRow {
	return CellRow{Head: Cell{Text: h.What}, Cells: []Cell{{Links: []Link{b.to(h.From)}}, {Links: []Link{b.to(h.To)}}, {Links: []Link{b.to(h.Made)}}, {Links: []Link{b.to(h.Taken)}}}}
}

// readings is what a role should read, with the time it takes.
func (b *blocks) readings(r *graph.Role) {
	var must, should []Link
	for _, x := range r.Reading {
		l := b.to(graph.Link{Title: x.Book.Title + ": " + x.Title, Address: x.Address, Kind: handbook.Book})
		l.Kind = ""
		if x.Minutes > 0 {
			l.Note = spell(x.Minutes)
		}
		if x.Read == "must" {
			must = append(must, l)
		} else {
			should = append(should, l)
		}
	}
	note := ""
	if r.Minutes > 0 {
		note = "About " + spell(r.Minutes) + " in all."
	}
	b.groups("reading", "What to read", note, b.group("Paths", r.Paths), LinkGroup{Label: "First", Links: must}, LinkGroup{Label: "Then", Links: should}, b.group("Guides", r.Books))
}

// spell is a number of minutes in words; "" of none.
func spell(minutes int) string {
	switch {
	case minutes == 0:
		return ""
	case minutes < 60:
		return strconv.Itoa(minutes) + " min"
	case minutes%60 == 0:
		return strconv.Itoa(minutes/60) + " h"
	case minutes < 600:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	}
	return strconv.Itoa((minutes+30)/60) + " h"
}

// process shows how a process runs, what comes in and goes out, who takes part,
// and how it goes.
func (b *blocks) process(p *graph.Process, m *handbook.ProcessMeta) {
	b.flow(p)
	if len(p.Inputs)+len(p.Outputs)+len(p.Before)+len(p.After) > 0 {
		t := &TableView{ID: "in-out-table", Columns: []Cell{{Text: "What"}, {Text: "Direction"}, {Text: "Other end"}}}
		row := func(f graph.Flow, direction string) {
			other := Cell{Links: b.tos(f.Others)}
			if len(f.Others) == 0 {
				other.Text = "nobody yet"
				if f.External {
					other.Text = "outside"
				}
			}
			t.Rows = append(t.Rows, CellRow{Head: Cell{Text: f.Name}, Cells: []Cell{{Text: direction}, other}})
		}
		for _, f := range p.Inputs {
			row(f, "comes in")
		}
		for _, f := range p.Outputs {
			row(f, "goes out")
		}
		block := Block{ID: "in-out", Title: "What comes in, what goes out", Groups: full(b.group("Before", p.Before), b.group("After", p.After))}
		if len(t.Rows) > 0 {
			block.Table = t
		}
		b.tail(block)
	}
	if len(p.Raci.Rows) > 0 {
		b.tail(Block{ID: "raci", Title: "Who takes part", Table: b.matrix(p.Raci, "raci-table", "")})
	}
	b.says(p, m)
	if len(m.Checklist) > 0 {
		b.tail(Block{ID: "checklist", Title: "Checklist", Check: &CheckView{Key: b.page.Name(), Items: m.Checklist}})
	}
	b.texts("risks", "What goes wrong", "", m.Risks)
	b.groups("when-it-fails", "Rules and playbooks", "", b.group("Playbooks", p.Playbooks), b.group("Policies", p.Policies))
	var whole []graph.Idea // those about no step, and those that a step has no room for
	at := map[string]int{}
	for _, i := range b.d.Ideas {
		if at[i.Part]++; i.Part == "" || at[i.Part] > mostIdeas {
			whole = append(whole, i)
		}
	}
	b.ideas("ideas", "What books say of it", whole)
}

func full(groups ...LinkGroup) []LinkGroup {
	var list []LinkGroup
	for _, g := range groups {
		if len(g.Links) > 0 {
			list = append(list, g)
		}
	}
	return list
}

// steps is the list of what is done, after a drawing of it where there is one.
func (b *blocks) steps(title string, list []graph.Step) {
	if len(list) == 0 {
		return
	}
	block := Block{ID: "steps", Title: title}
	for _, s := range list {
		v := StepView{ID: graph.StepID(s.ID), Title: s.Title, Does: b.tos(s.Does)}
		add := func(label, text string) {
			if text != "" {
				v.Facts = append(v.Facts, Fact{label, []string{text}})
			}
		}
		add("If", s.When)
		add("Takes", s.Input)
		add("Leaves", s.Output)
		add("With", s.Tool)
		if s.Minutes > 0 {
			add("Time", spell(s.Minutes))
		}
		add("Done when", s.DoneWhen)
		if s.Page.Title != "" {
			page := b.to(s.Page)
			v.Page = &page
		}
		for _, g := range s.Go {
			branch := BranchView{When: g.When}
			if g.To >= 0 {
				branch.To = Link{Title: list[g.To].Title, Href: "#" + graph.StepID(list[g.To].ID)}
			} else {
				branch.To = b.to(g.Page)
			}
			v.Branches = append(v.Branches, branch)
		}
		for _, i := range b.d.Ideas {
			if i.Part == v.ID && len(v.Ideas) < mostIdeas {
				v.Ideas = append(v.Ideas, IdeaView{i.Text, []Link{b.to(i.Book)}})
			}
		}
		block.Steps = append(block.Steps, v)
	}
	b.lead(block)
}

// mostIdeas is how many ideas of books stand at one step.
const mostIdeas = 2

// check is the list of steps to tick off.
func (b *blocks) check(steps []handbook.Step) {
	var items []string
	for _, s := range steps {
		items = append(items, s.Title)
	}
	if len(items) > 0 {
		b.tail(Block{ID: "checklist", Title: "Checklist", Check: &CheckView{Key: b.page.Name(), Items: items}})
	}
}

// letterTitles are what the letters of a matrix stand for.
var letterTitles = map[rune]string{'A': "accountable: answers for it", 'R': "responsible: does it", 'C': "consulted: asked before", 'I': "informed: told after"}

// matrix is a table of who takes part in what.
func (m *maker) matrix(x graph.Matrix, id, caption string) *TableView {
	t := &TableView{ID: id, Caption: caption, Matrix: true, Columns: []Cell{{Text: "What"}}}
	for _, r := range x.Roles {
		t.Columns = append(t.Columns, Cell{Links: []Link{m.to(r)}})
	}
	for _, row := range x.Rows {
		r := CellRow{Head: Cell{Links: []Link{m.to(row.What)}}}
		for _, letters := range row.Letters {
			var words []string
			for _, l := range letters {
				words = append(words, letterTitles[l])
			}
			r.Cells = append(r.Cells, Cell{Text: letters, Title: strings.Join(words, "; ")})
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

func (b *blocks) ideas(id, title string, list []graph.Idea) {
	if len(list) == 0 {
		return
	}
	block := Block{ID: id, Title: title}
	for _, i := range list {
		block.Ideas = append(block.Ideas, IdeaView{i.Text, []Link{b.to(i.Book)}})
	}
	b.tail(block)
}

// book shows where a book applies and what to read of it.
func (b *blocks) book(k *graph.Book, m *handbook.BookMeta) {
	if len(k.Ideas) > 0 {
		block := Block{ID: "where-we-use-it", Title: "Where we use it"}
		for _, i := range k.Ideas {
			block.Ideas = append(block.Ideas, IdeaView{i.Text, b.tos(i.To)})
		}
		b.tail(block)
	}
	if len(k.Chapters) > 0 {
		block := Block{ID: "what-to-read-of-it", Title: "What to read of it"}
		if k.Minutes > 0 {
			block.Note = "About " + spell(k.Minutes) + " for what we recommend."
		}
		words := map[string]string{"must": "read first", "should": "worth reading", "skip": "may be skipped"}
		for _, c := range k.Chapters {
			block.Chapters = append(block.Chapters, ChapterView{ID: c.ID, N: c.N, Title: c.Title, Href: c.URL.Value, Minutes: c.Minutes, Read: words[c.Read], Must: c.Read == "must", For: b.tos(c.For)})
		}
		b.tail(block)
	}
	b.texts("caveats", "Where to be careful with it", "", m.Caveats)
	free := LinkGroup{}
	if m.URL.Value != "" {
		free = LinkGroup{Label: "Free to read", Links: []Link{{Title: m.URL.Value, Href: m.URL.Value}}}
	}
	b.groups("who-for", "For whom", "", b.group("Roles", k.Roles), b.group("Paths", k.Paths), b.group("One of these is enough", k.Similar), free)
}

// topic shows the questions of a topic and what belongs to it.
func (b *blocks) topic(t *graph.Topic, m *handbook.TopicMeta) {
	if len(m.Questions) > 0 {
		b.tail(Block{ID: "questions", Title: "Questions to answer", Note: "Answer them in writing, for your product. They print with room for it.", Check: &CheckView{Key: b.page.Name(), Items: m.Questions}})
	}
	b.groups("contents", "What belongs to it", "", b.group("Pages", t.Pages), b.group("Processes", t.Processes), b.group("Roles", t.Roles), b.group("Metrics", t.Metrics), b.group("Books", t.Books), b.group("Related", b.d.Related))
}

// policy shows the controls of a policy with what shows that they are kept.
func (b *blocks) policy(p *graph.Policy, m *handbook.PolicyMeta) {
	if len(p.Controls) > 0 {
		b.tail(Block{ID: "controls", Title: "Controls and evidence", Table: b.controls(p.Controls, false)})
	}
	b.texts("training", "Training", "", m.Training)
	roles := b.group("Binds", p.Applies)
	if len(p.Applies) == 0 {
		roles = LinkGroup{Label: "Binds", Links: []Link{{Title: "everybody"}}}
	}
	b.groups("scope", "For whom and what", "", roles, b.group("Services", p.Services), b.group("Approved by", one(p.Approved)), b.group("Used by", p.Used))
	if m.Acknowledge {
		b.tail(Block{ID: "acknowledge", Title: "Confirm that you have read it", Note: "The tick stays in this browser. Your lead keeps the record.", Check: &CheckView{Key: b.page.Name() + "@" + m.Version, Items: []string{"I have read version " + m.Version + " and know where to ask."}}})
	}
}

// controls is a table of controls, with their policies where they are of several.
func (m *maker) controls(list []graph.Control, several bool) *TableView {
	t := &TableView{ID: "controls-table", Columns: []Cell{{Text: "Control"}, {Text: "What is done"}, {Text: "How often"}, {Text: "What shows it"}}}
	if several {
		t.Columns = append(t.Columns, Cell{Text: "Policy"})
	}
	for _, c := range list {
		evidence := Cell{Links: m.tos(c.Evidence)}
		if len(c.Evidence) == 0 {
			evidence.Text = "nothing yet"
		}
		head := Cell{Text: c.Name}
		if several {
			head = Cell{Links: []Link{m.to(graph.Link{Title: c.Name, Address: c.Policy.Address + "#" + c.ID, Kind: handbook.Policy})}}
			head.Links[0].Kind = ""
		}
		row := CellRow{ID: c.ID, Head: head, Cells: []Cell{{Text: c.Text}, {Text: c.Frequency}, evidence}}
		if several {
			row.Cells = append(row.Cells, Cell{Links: []Link{m.to(c.Policy)}})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// seats is a table of seats with what each of them comes to.
func (b *blocks) seats(list []graph.Seat) *TableView {
	t := &TableView{ID: "seats-table", Columns: []Cell{{Text: "Seat"}, {Text: "How many"}, {Text: "Roles"}, {Text: "Answers for"}, {Text: "Works on"}}}
	held := slices.ContainsFunc(list, func(s graph.Seat) bool { return len(s.Held) > 0 })
	if held {
		t.Columns = append(t.Columns, Cell{Text: "Held by"})
	}
	for _, s := range list {
		answers := Cell{Text: plural(len(s.Answers), "process", "processes")}
		if s.Load != "" {
			answers.Text += " (a lot)"
		}
		t.Rows = append(t.Rows, CellRow{Head: Cell{Text: s.Name}, Cells: []Cell{{Text: strconv.Itoa(s.Count)}, {Links: b.tos(s.Roles)}, answers, {Text: plural(s.Does, "process", "processes")}}})
		if row := &t.Rows[len(t.Rows)-1]; held {
			row.Cells = append(row.Cells, Cell{Links: b.tos(s.Held)})
		}
	}
	return t
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// org shows an organisation as seats.
func (b *blocks) org(o *graph.Org, m *handbook.OrgMeta) {
	b.tail(Block{ID: "seats", Title: "Who does what here", Table: b.seats(o.Seats)})
	b.groups("roles-left", "Roles that nobody fills", "", b.group("Left out on purpose", o.Omits), b.group("Not decided", o.Left))
	b.texts("cadence", "Who meets, and how often", "", m.Cadence)
}

// team shows a team's seats and what it answers for.
func (b *blocks) team(t *graph.Team) {
	if len(t.Seats) > 0 {
		b.tail(Block{ID: "seats", Title: "The team", Table: b.seats(t.Seats)})
	}
	owns := b.group("Pages", t.Owns)
	owns.More = t.More
	b.groups("owns", "What it answers for", "", b.group("Lead", one(t.Lead)), b.group("Services", t.Services), owns)
}

// metric shows what a metric is read with and what to try.
func (b *blocks) metric(x *graph.Metric) {
	b.groups("what-to-try", "What to try", "", b.group("Practices and chapters", x.Improve), b.group("Processes that watch it", x.Processes), b.group("Roles that watch it", x.Roles), b.group("Read it with", x.ReadWith), b.group("Decisions that were to change it", x.Decisions), b.group("Books", x.Books))
}

// decision shows what a decision was about, and what it was to bring.
func (b *blocks) decision(x *graph.Decision, m *handbook.DecisionMeta) {
	b.texts("options", "What else we thought of", "", m.Options)
	b.groups("about", "What it is about", "", b.group("Decided by", x.Deciders), b.group("Affects", x.Affects), b.group("Replaces", x.Supersedes), b.group("Replaced by", x.Superseded))
	if m.Metric == nil {
		return
	}
	v := &TableView{ID: "checked-table", Columns: []Cell{{Text: "Metric"}, {Text: "Should go"}, {Text: "Check on"}, {Text: "Before and after"}}}
	var services []string
	for _, a := range x.Affects {
		if a.Kind == handbook.Service {
			services = append(services, a.Name)
		}
	}
	c := graph.Check{Date: m.Date.String(), On: m.Metric.CheckOn.String(), ID: handbook.Metric(m.Metric.ID.Value), Expect: m.Metric.Expect, Services: services}
	v.Rows = []CellRow{{Head: Cell{Links: []Link{b.to(x.Metric)}}, Cells: []Cell{{Text: directions[m.Metric.Expect]}, {Text: dayWords(c.On), Day: c.On}, {Text: b.beforeAfter(c)}}}}
	b.tail(Block{ID: "checked", Title: "Did it work?", Table: v})
}

var directions = map[string]string{"down": "down", "up": "up", "same": "stay as it is"}

// dayWords is a day as readers see it.
func dayWords(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.Format("2 Jan 2006")
}

// path shows a reading path as a list to tick off.
func (b *blocks) path(p *graph.Path) {
	v := &PathView{Key: b.page.Name(), Time: spell(p.Minutes), Optional: spell(p.Optional)}
	var text strings.Builder
	for _, ph := range p.Phases {
		phase := PhaseView{Title: ph.Title, By: phaseTimes[ph.By], Time: spell(ph.Minutes)}
		if ph.Title != "" {
			fmt.Fprintf(&text, "\n## %s\n\n", ph.Title)
		}
		for _, i := range ph.Items {
			v.Of++
			item := ItemView{Text: i.Text, Minutes: i.Minutes, Who: itemWho[i.Who], Optional: i.Optional, DoneWhen: i.DoneWhen}
			title := i.Text
			switch {
			case i.Page.Title != "":
				l := b.to(i.Page)
				item.Link, item.Key = &l, cmp.Or(i.Page.Address, "home")
				title = i.Page.Title
				if i.Text != "" {
					title += ": " + i.Text
				}
			case i.URL != "":
				item.Link, item.Key = &Link{Title: cmp.Or(i.Text, i.URL), Href: i.URL}, i.URL
				item.Text, title = "", cmp.Or(i.Text, i.URL)
			default:
				item.Key = i.Text
			}
			fmt.Fprintf(&text, "- [ ] %s", title)
			if i.Optional {
				text.WriteString(" (if you like)")
			}
			text.WriteByte('\n')
			phase.Items = append(phase.Items, item)
		}
		v.Phases = append(v.Phases, phase)
	}
	v.Markdown = strings.TrimSpace(text.String()) + "\n"
	if repository := strings.TrimSuffix(b.Shared().Repository, "/"); repository != "" {
		// GitHub takes addresses of 8 kB; a longer list is left to be copied.
		if body := url.QueryEscape(v.Markdown); len(body) < 7000 {
			v.Issue = repository + "/issues/new?title=" + url.QueryEscape(b.page.Title()) + "&body=" + body
		}
	}
	b.lead(Block{ID: "path", Title: "The path", Path: v})
}

var (
	phaseTimes = map[string]string{"day-1": "on the first day", "week-1": "in the first week", "day-30": "in the first month", "day-90": "in the first three months"}
	itemWho    = map[string]string{"buddy": "with your buddy", "manager": "with your manager"}
)

// doors are where readers in each role begin.
func (m *maker) doors() []DoorView {
	var list []DoorView
	for _, d := range m.Doors() {
		v := DoorView{Key: d.Role.Name, Role: m.to(d.Role), Path: m.to(d.Path), Time: spell(d.Minutes), First: m.tos(d.First)}
		if d.Ask.Title != "" {
			ask := m.to(d.Ask)
			v.Ask = &ask
		}
		list = append(list, v)
	}
	return list
}
