package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// Most bounds each list that grows with the handbook: what is beyond it stands
// in the reports, so that the cost of a page does not follow the number of pages.
const Most = 60

// Derived is what a page shows that stands on other pages. It is plain data: two
// equal values make the same page.
type Derived struct {
	Owner, Backup Link
	Reviewer      Link
	Topics        []Link
	Related       []Link
	Audience      []Link
	Strips        []Strip  // wholes that the page is a part of
	Paths         []InPath // reading paths that lead through it
	Ideas         []Idea   // of books, that apply here
	Principles    []Link   // practised here
	Proves        []Link   // controls that it is evidence for
	Decisions     []Link   // that affect it
	News          []Notice // announcements about it
	Announces     []Link   // what an announcement is about

	Role      *Role
	Process   *Process
	Book      *Book
	Path      *Path
	Topic     *Topic
	Policy    *Policy
	Playbook  *Playbook
	Principle *Principle
	Org       *Org
	Team      *Team
	Metric    *Metric
	Decision  *Decision
	Service   *Service
}

// Strip is a whole of which a page is one stage: "stage 2 of 6".
type Strip struct {
	Whole  Link
	Stages []Link
	At     int // the page, in Stages
	Loop   bool
}

// InPath is the place of a page in a reading path.
type InPath struct {
	Path     Link
	At, Of   int // from 1
	Next     Link
	Required bool
}

// Idea is what a book says of a page.
type Idea struct {
	Book Link
	Text string
	Part string // id of the step that it is about; "": the page as a whole
}

// Notice is an announcement.
type Notice struct {
	Link
	Date, Expires string // days
	Summary       string
}

// Derive works out what a page shows of others.
func (g *Graph) Derive(p *site.Page) Derived {
	d := Derived{
		Owner: g.who(p.Owner), Backup: g.who(p.Backup),
		Topics: g.Links(located(p.Topics), handbook.Topic), Related: g.Links(p.Meta.Related), Audience: g.Links(located(p.Audience), handbook.Role),
		Strips: g.strips(p), Paths: g.inPaths(p),
	}
	if r := p.Meta.Review; r != nil && r.By.Value != "" {
		d.Reviewer = g.Link(r.By, handbook.Role, handbook.Team, handbook.Person)
	}
	for _, e := range g.in[p.N] {
		if e.from == nil {
			continue
		}
		switch e.ref.Field {
		case "ideas.applies_to":
			if b := e.from.Meta.Book; b != nil && e.ref.Item < len(b.Ideas) {
				d.Ideas = append(d.Ideas, Idea{link(e.from), b.Ideas[e.ref.Item].Text, partID(p, e.anchor)})
			}
		case "practised_in":
			d.Principles = add(d.Principles, link(e.from))
		case "controls.evidence":
			if f := e.from.Meta.Policy; f != nil && e.ref.Item < len(f.Controls) {
				c := f.Controls[e.ref.Item]
				d.Proves = append(d.Proves, Link{Title: e.from.Title + " " + c.ID.Value, Address: e.from.URL + "#" + ControlID(c.ID.Value), Kind: handbook.Policy, Name: e.from.Name()})
			}
		case "affects":
			switch e.from.Kind {
			case handbook.Decision:
				d.Decisions = add(d.Decisions, link(e.from))
			case handbook.News:
				d.News = append(d.News, g.notice(e.from))
			}
		case "related":
			d.Related = add(d.Related, link(e.from))
		}
	}
	d.Ideas = cut(d.Ideas)
	if p.Meta.News != nil {
		d.Announces = g.Links(p.Meta.News.Affects)
	}
	m := &p.Meta
	switch {
	case m.Role != nil:
		d.Role = g.role(p)
	case m.Process != nil:
		d.Process = g.processOf(p)
	case m.Book != nil:
		d.Book = g.book(p)
	case m.Reading != nil:
		d.Path = g.path(p)
	case m.Topic != nil:
		d.Topic = g.topic(p)
	case m.Policy != nil:
		d.Policy = g.policy(p)
	case m.Playbook != nil:
		d.Playbook = &Playbook{Steps: g.stepsOf(p, nil), Raci: g.raciOf(p, handbook.Raci{}), OnCall: g.Link(m.Playbook.OnCall, handbook.Team, handbook.Role), Services: g.Links(m.Playbook.Services, handbook.Service), Used: g.from(p, "playbooks", "controls.evidence")}
	case m.Principle != nil:
		d.Principle = &Principle{Practised: g.Links(m.Principle.Practised)}
	case m.Org != nil:
		d.Org = g.org(p)
	case m.Team != nil:
		d.Team = g.team(p)
	case m.MetricPage != nil:
		d.Metric = g.metricOf(p)
	case m.Decision != nil:
		d.Decision = &Decision{Deciders: g.Links(m.Decision.Deciders, handbook.Role, handbook.Team, handbook.Person), Supersedes: g.Links(m.Decision.Supersedes, handbook.Decision),
			Superseded: g.from(p, "supersedes"), Affects: g.Links(m.Decision.Affects, handbook.Service, handbook.Process, handbook.Team, handbook.Policy)}
		if e := m.Decision.Metric; e != nil {
			d.Decision.Metric = g.Link(e.ID, handbook.MetricPage)
		}
	case m.Runs != nil:
		d.Service = &Service{Playbooks: g.Links(m.Runs.Playbooks, handbook.Playbook), Policies: g.from(p, "services")}
		for _, l := range g.from(p, "services") {
			if l.Kind == handbook.Playbook {
				d.Service.Playbooks = add(d.Service.Playbooks, l)
			}
		}
		d.Service.Policies = slices.DeleteFunc(d.Service.Policies, func(l Link) bool { return l.Kind != handbook.Policy })
	}
	return d
}

func located(names []string) []handbook.Located {
	var list []handbook.Located
	for _, n := range names {
		list = append(list, handbook.Located{Value: n})
	}
	return list
}

// add appends a link that is not there yet.
func add(list []Link, l Link) []Link {
	if len(list) >= Most || slices.ContainsFunc(list, func(x Link) bool { return x.Address == l.Address && x.Title == l.Title }) {
		return list
	}
	return append(list, l)
}

func cut[T any](list []T) []T { return list[:min(len(list), Most)] }

// from are the pages that refer to p in one of some fields.
func (g *Graph) from(p *site.Page, fields ...string) []Link {
	var list []Link
	for _, e := range g.in[p.N] {
		if e.from != nil && slices.Contains(fields, e.ref.Field) {
			list = add(list, link(e.from))
		}
	}
	return list
}

// Answers reports whether an owner can be one: a team or a person that there is,
// or any text where the handbook has neither.
func (g *Graph) Answers(owner string) bool {
	_, _, choice, ok := g.resolve(owner, []handbook.Kind{handbook.Team, handbook.Person})
	return ok || len(choice) == 0
}

// who is a team or a person, by the name that owners are written with.
func (g *Graph) who(name string) Link {
	if name == "" {
		return Link{}
	}
	return g.Link(handbook.Located{Value: name}, handbook.Team, handbook.Person)
}

// stagesOf are the processes that a process consists of: those that it lists, then
// those that say they are a part of it.
func (g *Graph) stagesOf(p *site.Page) []Link {
	list := g.Links(p.Meta.Process.Stages, handbook.Process)
	for _, e := range g.in[p.N] {
		if e.ref.Field == "part_of" && e.from != nil && e.from.Kind == handbook.Process {
			list = add(list, link(e.from))
		}
	}
	return list
}

// strips are the wholes of which a page is a stage, or the description of a step.
func (g *Graph) strips(p *site.Page) []Strip {
	var list []Strip
	var done []*site.Page
	whole := func(up *site.Page, stages []Link) {
		if slices.Contains(done, up) || len(list) >= 6 {
			return
		}
		done = append(done, up)
		at := slices.IndexFunc(stages, func(l Link) bool { a, _, _ := strings.Cut(l.Address, "#"); return a == p.URL })
		if at >= 0 {
			list = append(list, Strip{link(up), stages, at, up.Meta.Process.Loop})
		}
	}
	if m := p.Meta.Process; m != nil && m.PartOf.Value != "" {
		if to, _, _, ok := g.resolve(m.PartOf.Value, []handbook.Kind{handbook.Process}); ok {
			whole(to.page, g.stagesOf(to.page))
		}
	}
	for _, e := range g.in[p.N] {
		if e.from == nil || e.from.Meta.Process == nil {
			continue
		}
		switch e.ref.Field {
		case "stages":
			whole(e.from, g.stagesOf(e.from))
		case "steps.process":
			var stages []Link
			for _, s := range e.from.Meta.Process.Steps {
				l := Link{Title: s.Title, Address: e.from.URL + "#" + StepID(s.ID.Value)}
				if s.Process.Value != "" {
					to := g.Link(s.Process)
					l.Address, l.Kind = to.Address, to.Kind
				}
				stages = append(stages, l)
			}
			whole(e.from, stages)
		}
	}
	return list
}

// inPaths are the reading paths that lead through a page.
func (g *Graph) inPaths(p *site.Page) []InPath {
	var list []InPath
	for _, e := range g.in[p.N] {
		if e.ref.Field != "items.ref" || e.from == nil || e.from.Meta.Reading == nil || len(list) >= 12 {
			continue
		}
		items := e.from.Meta.Reading.Items
		i := e.ref.Item
		if i >= len(items) || slices.ContainsFunc(list, func(x InPath) bool { return x.Path.Address == e.from.URL }) {
			continue
		}
		in := InPath{Path: link(e.from), At: i + 1, Of: len(items), Required: !items[i].Optional}
		for _, next := range items[i+1:] {
			if next.Ref.Value != "" {
				in.Next = g.Link(next.Ref)
				break
			}
		}
		list = append(list, in)
	}
	return list
}

func (g *Graph) notice(p *site.Page) Notice {
	m := p.Meta.News
	return Notice{Link: link(p), Date: m.Date.String(), Expires: m.Expires.String(), Summary: p.Summary}
}

// News are the announcements of the whole handbook, newest first.
func (g *Graph) News() []Notice {
	var list []Notice
	for _, p := range g.kinds[handbook.News] {
		list = append(list, g.notice(p))
	}
	slices.SortStableFunc(list, func(a, b Notice) int { return cmp.Compare(b.Date, a.Date) })
	return cut(list)
}

// Concerns are the roles that a page is about or written for: a role itself, those
// in its audience, and those that its front matter names.
func (g *Graph) Concerns(p *site.Page) []Link {
	var list []Link
	if p.Kind == handbook.Role {
		list = append(list, link(p))
	}
	for _, l := range g.Links(located(p.Audience), handbook.Role) {
		list = add(list, l)
	}
	for _, r := range p.Meta.Refs {
		if slices.Contains(r.Kinds, handbook.Role) && r.Field != "review.by" {
			if l := g.Link(r.To, r.Kinds...); l.Kind == handbook.Role && !l.Planned {
				list = add(list, l)
			}
		}
	}
	return list
}
