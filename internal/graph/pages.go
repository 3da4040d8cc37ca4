package graph

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// Book is what a book guide shows of others.
type Book struct {
	Ideas    []Applied
	Chapters []Chapter
	Similar  []Link
	Roles    []Link // that it is recommended to
	Paths    []Link
	Minutes  int // of the chapters that must or should be read
}

// Applied is an idea with the places where it applies.
type Applied struct {
	Text string
	To   []Link
}

// Chapter is a chapter with the roles that it is for.
type Chapter struct {
	handbook.Chapter
	ID  string
	For []Link
}

func (g *Graph) book(p *site.Page) *Book {
	m := p.Meta.Book
	d := &Book{Similar: g.Links(m.Similar, handbook.Book), Paths: g.from(p, "items.ref"), Roles: g.from(p, "books")}
	for _, l := range g.from(p, "similar") {
		d.Similar = add(d.Similar, l)
	}
	for _, i := range m.Ideas {
		d.Ideas = append(d.Ideas, Applied{i.Text, g.Links(i.Applies, handbook.Process, handbook.Role, handbook.Topic, handbook.Principle, handbook.Policy, handbook.Playbook, handbook.MetricPage)})
	}
	for _, c := range m.Chapters {
		one := Chapter{Chapter: c, ID: ChapterID(c.N), For: g.Links(c.For, handbook.Role)}
		d.Chapters = append(d.Chapters, one)
		if c.Read != "skip" {
			d.Minutes += c.Minutes
		}
		for _, r := range one.For {
			d.Roles = add(d.Roles, r)
		}
	}
	return d
}

// Path is what a reading path shows: its items, in its phases.
type Path struct {
	Phases   []Phase
	Minutes  int // of what is required
	Optional int // minutes of what is not
}

// Phase is a part of a path; one without a title holds the items of none.
type Phase struct {
	ID, Title, By string
	Items         []Item
	Minutes       int // of what is required
}

// Item is something to read or to do.
type Item struct {
	N        int // from 1, in the whole path
	Page     Link
	Text     string
	URL      string
	Minutes  int
	Who      string
	Optional bool
	DoneWhen string
	State    string // changes when what it names is another page or text
}

func (g *Graph) path(p *site.Page) *Path {
	m := p.Meta.Reading
	d := &Path{Phases: []Phase{{}}}
	for _, ph := range m.Phases {
		d.Phases = append(d.Phases, Phase{ID: ph.ID.Value, Title: ph.Title, By: ph.By})
	}
	at := 0
	for i, item := range m.Items {
		if item.Phase.Value != "" {
			if n := slices.IndexFunc(d.Phases, func(ph Phase) bool { return ph.ID == item.Phase.Value }); n >= 0 {
				at = n
			}
		} else if i == 0 && len(m.Phases) > 0 {
			at = 1
		}
		one := Item{N: i + 1, Text: item.Text, URL: item.URL.Value, Minutes: item.Minutes, Who: item.Who, Optional: item.Optional, DoneWhen: item.DoneWhen}
		if item.Ref.Value != "" {
			one.Page = g.Link(item.Ref)
			if to, _, _, ok := g.resolve(item.Ref.Value, nil); ok && to.page != nil && one.Minutes == 0 {
				one.Minutes = max(1, to.page.Body.Minutes())
			}
		}
		d.Phases[at].Items = append(d.Phases[at].Items, one)
		if item.Optional {
			d.Optional += one.Minutes
		} else {
			d.Minutes += one.Minutes
			d.Phases[at].Minutes += one.Minutes
		}
	}
	d.Phases = slices.DeleteFunc(d.Phases, func(ph Phase) bool { return len(ph.Items) == 0 })
	return d
}

// Door is where somebody in a role begins.
type Door struct {
	Role    Link
	Path    Link
	Minutes int    // of what the path requires
	First   []Link // pages of the path to read first, at most three
	Ask     Link   // who answers for the path
}

// Doors are those of all roles, in the order of their titles. Of several paths a
// role begins with the one that is for the fewest others; a path for everybody
// is the last choice.
func (g *Graph) Doors() []Door {
	var list []Door
	for _, r := range g.kinds[handbook.Role] {
		var best *site.Page
		for _, p := range g.kinds[handbook.Reading] {
			if n := len(p.Audience); n == 0 || slices.Contains(p.Audience, "role:"+r.Name()) || slices.Contains(p.Audience, r.Name()) {
				if best == nil || n > 0 && (len(best.Audience) == 0 || n < len(best.Audience)) {
					best = p
				}
			}
		}
		if best == nil {
			continue
		}
		path := g.path(best)
		d := Door{Role: link(r), Path: link(best), Minutes: path.Minutes, Ask: g.who(best.Owner)}
		for _, ph := range path.Phases {
			for _, item := range ph.Items {
				if item.Page.Address != "" && len(d.First) < 3 {
					d.First = append(d.First, item.Page)
				}
			}
		}
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b Door) int { return cmp.Compare(a.Role.Title, b.Role.Title) })
	return list
}

// Topic is what a topic's page shows of others.
type Topic struct {
	Pages     []Link // that belong to it
	Books     []Link
	Roles     []Link
	Metrics   []Link
	Processes []Link
}

func (g *Graph) topic(p *site.Page) *Topic {
	m := p.Meta.Topic
	d := &Topic{Roles: g.Links(m.Roles, handbook.Role), Metrics: g.Links(m.Metrics, handbook.MetricPage), Processes: g.Links(m.Processes, handbook.Process), Books: g.from(p, "ideas.applies_to")}
	d.Pages = g.from(p, "topics")
	for _, l := range g.from(p, "steps.process") {
		d.Processes = add(d.Processes, l)
	}
	return d
}

// Policy is what a policy's page shows of others.
type Policy struct {
	Applies  []Link // roles that it binds
	Services []Link
	Controls []Control
	Approved Link
	Used     []Link // processes that name it
}

// Control is a rule with what shows that it is kept.
type Control struct {
	ID, Name  string
	Text      string
	Frequency string
	Evidence  []Link
	Policy    Link // in the matrix of all policies
	Standards []string
}

func (g *Graph) policy(p *site.Page) *Policy {
	m := p.Meta.Policy
	return &Policy{
		Applies: g.Links(m.AppliesTo, handbook.Role), Services: g.Links(m.Services, handbook.Service), Approved: g.Link(m.ApprovedBy, handbook.Role, handbook.Team, handbook.Person),
		Used: g.from(p, "policies"), Controls: g.controlsOf(p),
	}
}

func (g *Graph) controlsOf(p *site.Page) []Control {
	var list []Control
	for _, c := range p.Meta.Policy.Controls {
		list = append(list, Control{
			ID: ControlID(c.ID.Value), Name: c.ID.Value, Text: c.Text, Frequency: c.Frequency, Policy: link(p), Standards: p.Meta.Policy.Standards,
			Evidence: g.Links(c.Evidence, handbook.Process, handbook.Playbook, handbook.MetricPage, handbook.Policy, handbook.Service, handbook.Decision, handbook.Plain),
		})
	}
	return list
}

// Controls are those of all policies, with what shows that they are kept.
func (g *Graph) Controls() []Control {
	var list []Control
	for _, p := range g.kinds[handbook.Policy] {
		list = append(list, g.controlsOf(p)...)
	}
	return list
}

// Standard is which services a standard covers, by the policies that serve it.
type Standard struct {
	Name     string
	Policies []Link
	Services []bool // in the order of the columns
}

// Standards is the table of standards and services.
func (g *Graph) Standards() (services []Link, list []Standard) {
	for _, p := range g.site.Services {
		services = append(services, link(p))
	}
	for _, p := range g.kinds[handbook.Policy] {
		m := p.Meta.Policy
		for _, name := range m.Standards {
			i := slices.IndexFunc(list, func(s Standard) bool { return s.Name == name })
			if i < 0 {
				i = len(list)
				list = append(list, Standard{Name: name, Services: make([]bool, len(services))})
			}
			list[i].Policies = add(list[i].Policies, link(p))
			covered := g.Links(m.Services, handbook.Service)
			for n, s := range services {
				if len(covered) == 0 || slices.ContainsFunc(covered, func(l Link) bool { return l.Address == s.Address }) {
					list[i].Services[n] = true
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b Standard) int { return cmp.Compare(a.Name, b.Name) })
	return services, list
}

// Playbook is what a playbook's page shows of others.
type Playbook struct {
	Steps    []Step
	Raci     Matrix
	OnCall   Link
	Services []Link
	Used     []Link
}

// Principle is what a principle's page shows of others.
type Principle struct{ Practised []Link }

// Service is what a service's page shows of others.
type Service struct{ Playbooks, Policies []Link }

// Decision is what a decision's page shows of others.
type Decision struct {
	Deciders, Supersedes, Superseded, Affects []Link
	Metric                                    Link
}

// Org is what the page of an organisation shows: its seats, and what each of them
// comes to.
type Org struct {
	Seats []Seat
	Omits []Link
	Left  []Link // roles that neither a seat fills nor the organisation leaves out
}

// Seat is who fills roles in a team or an organisation.
type Seat struct {
	Name    string
	Count   int
	Roles   []Link
	Held    []Link
	Answers []Link // processes that its roles answer for
	Does    int    // processes in which its roles do something
	Load    string // "answers for 9 processes"; "" where that is no news
}

func (g *Graph) seats(list []handbook.Seat) []Seat {
	var seats []Seat
	for _, s := range list {
		one := Seat{Name: s.Name, Count: max(1, s.Count), Roles: g.Links(s.Roles, handbook.Role), Held: g.Links(s.Held, handbook.Person)}
		if one.Name == "" {
			var names []string
			for _, r := range one.Roles {
				names = append(names, r.Title)
			}
			one.Name = strings.Join(names, ", ")
		}
		var does []Link
		for _, r := range s.Roles {
			to, _, _, ok := g.resolve(r.Value, []handbook.Kind{handbook.Role})
			if !ok || to.page == nil {
				continue
			}
			for _, e := range g.in[to.page.N] {
				if e.from == nil || e.from.Kind != handbook.Process {
					continue
				}
				switch e.ref.Field {
				case "raci.accountable":
					one.Answers = add(one.Answers, link(e.from))
				case "raci.responsible", "steps.does":
					does = add(does, link(e.from))
				}
			}
		}
		one.Does = len(does)
		if n := len(one.Answers); n > loadLimit*one.Count {
			one.Load = count(n, "process", "processes")
		}
		seats = append(seats, one)
	}
	return seats
}

func (g *Graph) org(p *site.Page) *Org {
	m := p.Meta.Org
	d := &Org{Seats: g.seats(m.Seats), Omits: g.Links(m.Omits, handbook.Role)}
	for _, r := range g.kinds[handbook.Role] {
		filled := slices.ContainsFunc(d.Omits, func(l Link) bool { return l.Address == r.URL })
		for _, s := range d.Seats {
			filled = filled || slices.ContainsFunc(s.Roles, func(l Link) bool { return l.Address == r.URL })
		}
		if r.Meta.Role != nil && r.Meta.Role.PartOf.Value != "" {
			continue // who fills the wider role fills its parts
		}
		if !filled {
			d.Left = append(d.Left, link(r))
		}
	}
	return d
}

// Orgs are the organisations that the handbook describes.
func (g *Graph) Orgs() []*site.Page { return g.kinds[handbook.Org] }

// Team is what a team's page shows of others.
type Team struct {
	Lead     Link
	Seats    []Seat
	Owns     []Link // pages that name it as their owner
	More     int    // of them, not listed
	Services []Link
}

func (g *Graph) team(p *site.Page) *Team {
	m := p.Meta.Team
	d := &Team{Lead: g.Link(m.Lead, handbook.Role, handbook.Person), Seats: g.seats(m.Seats)}
	for _, e := range g.in[p.N] {
		if e.from == nil || e.ref.Field != "owner" {
			continue
		}
		l := link(e.from)
		if e.from.Kind == handbook.Service {
			d.Services = add(d.Services, l)
			continue
		}
		if len(d.Owns) < Most {
			d.Owns = append(d.Owns, l)
		} else {
			d.More++
		}
	}
	return d
}

// Metric is what a metric's page shows of others.
type Metric struct {
	ReadWith  []Link
	Improve   []Link
	Processes []Link // that watch it
	Roles     []Link
	Decisions []Link // that were to change it
	Books     []Link
}

func (g *Graph) metricOf(p *site.Page) *Metric {
	m := p.Meta.MetricPage
	d := &Metric{ReadWith: g.Links(m.ReadWith, handbook.MetricPage), Improve: g.Links(m.Improve), Books: g.from(p, "ideas.applies_to")}
	for _, l := range g.from(p, "metrics", "expects.metric") {
		switch l.Kind {
		case handbook.Process:
			d.Processes = add(d.Processes, l)
		case handbook.Role:
			d.Roles = add(d.Roles, l)
		}
	}
	d.Decisions = g.from(p, "metric.id")
	return d
}

// Practice is what a handbook says of the practice behind a metric: the step that
// governs it, who answers for it, and what to read.
type Practice struct {
	Step     Link
	Answers  Link
	Chapters []Link
}

// Practice is that behind a metric or a stage of one: what its page says to try
// first; else the process that promises something of it; else one that watches it.
func (g *Graph) Practice(id handbook.Metric) (Practice, bool) {
	var steps []Link
	var books []Link
	process := func(p *site.Page) {
		steps = append(steps, link(p))
	}
	for _, p := range g.kinds[handbook.Process] { // whoever promises something of the very stage governs it
		for _, n := range p.Meta.Process.Expects {
			if n.Metric.Value == string(id) {
				process(p)
			}
		}
	}
	whole, _, _ := strings.Cut(string(id), ".")
	for _, p := range g.kinds[handbook.MetricPage] {
		m := p.Meta.MetricPage
		if m.ID.Value != string(id) && m.ID.Value != whole {
			continue
		}
		for _, at := range m.Improve {
			switch l := g.Link(at); l.Kind {
			case handbook.Book:
				books = add(books, l)
			case handbook.Process, handbook.Playbook:
				steps = append(steps, l)
			}
		}
	}
	for _, p := range g.kinds[handbook.Process] {
		if slices.ContainsFunc(p.Meta.Process.Metrics, func(at handbook.Located) bool { return at.Value == string(id) }) {
			process(p)
		}
	}
	if len(steps) == 0 {
		return Practice{}, false
	}
	d := Practice{Step: steps[0]}
	for _, l := range steps { // the very step, where the page about the metric names one of that process
		if whole, part, ok := strings.Cut(l.Address, "#"); ok && part != "" && whole == d.Step.Address {
			d.Step = l
			break
		}
	}
	address, part, _ := strings.Cut(d.Step.Address, "#")
	for _, p := range g.kinds[handbook.Process] {
		if p.URL != address {
			continue
		}
		m := p.Meta.Process
		if len(m.Raci.Accountable) > 0 {
			d.Answers = g.Link(m.Raci.Accountable[0], handbook.Role)
		}
		for _, e := range g.in[p.N] {
			if e.from == nil || e.ref.Field != "ideas.applies_to" || part != "" && e.anchor != "" && StepID(e.anchor) != part {
				continue
			}
			b := e.from.Meta.Book
			chapter := slices.IndexFunc(b.Chapters, func(c handbook.Chapter) bool {
				return c.Read == "must" && slices.ContainsFunc(g.Links(c.For, handbook.Role), func(r Link) bool { return r == d.Answers })
			})
			if chapter < 0 {
				chapter = slices.IndexFunc(b.Chapters, func(c handbook.Chapter) bool { return c.Read == "must" })
			}
			if chapter < 0 {
				d.Chapters = add(d.Chapters, link(e.from))
				continue
			}
			c := b.Chapters[chapter]
			d.Chapters = add(d.Chapters, Link{Title: e.from.Title + ", chapter " + strconv.Itoa(c.N), Address: e.from.URL + "#" + ChapterID(c.N), Kind: handbook.Book, Name: e.from.Name()})
		}
	}
	for _, b := range books {
		if !slices.ContainsFunc(d.Chapters, func(l Link) bool { return l.Name == b.Name }) {
			d.Chapters = add(d.Chapters, b)
		}
	}
	d.Chapters = d.Chapters[:min(len(d.Chapters), 2)]
	return d, true
}

func itoa(n int) string { return strconv.Itoa(n) }
