package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// Letter is a way to take part: Responsible does it, Accountable answers for it,
// Consulted is asked before, Informed is told after.
type Letter string

// The letters.
const (
	Accountable Letter = "A"
	Responsible Letter = "R"
	Consulted   Letter = "C"
	Informed    Letter = "I"
)

// Letters are all letters in the order in which people look for them.
var Letters = []Letter{Accountable, Responsible, Consulted, Informed}

// Role is what a role's page shows of others.
type Role struct {
	Parts    [4][]Link // processes by letter, in the order of Letters
	More     int       // processes beyond what is listed
	Steps    []Link    // steps that the role performs
	Gets     []HandOff // what others hand to it
	Gives    []HandOff // what it hands to others
	Decides  []Link    // decisions that it took
	Watches  []Link    // metrics
	Reading  []Reading
	Minutes  int    // of Reading, what must and should be read
	Books    []Link // named by the role itself
	Holders  []Link
	Seats    []SeatLink // in teams and organisations
	Sub      []Link     // roles that are parts of it
	PartOf   Link
	Paths    []Link // written for it
	Policies []Link // that bind it
	Load     string // "answers for 9 processes": "" where that is no news
}

// Reading is a chapter, or a book as a whole, that a role should read.
type Reading struct {
	Book    Link
	Title   string // of the chapter; "": the book
	Address string
	Minutes int
	Read    string // must or should
}

// SeatLink is a seat in a team or an organisation.
type SeatLink struct {
	In   Link
	Seat string
	With []Link // the other roles of the seat
}

// loadLimit is for how many processes a role answers before its page says that
// this is a lot: more is a bottleneck in the making (handbook.md, RACI lints).
const loadLimit = 7

func (g *Graph) role(p *site.Page) *Role {
	m := p.Meta.Role
	r := &Role{Watches: g.Links(m.Metrics, handbook.MetricPage), Books: g.Links(m.Books, handbook.Book), Holders: g.Links(m.Holders, handbook.Person, handbook.Team), Sub: g.parts(p)}
	if m.PartOf.Value != "" {
		r.PartOf = g.Link(m.PartOf, handbook.Role)
	}
	for _, e := range g.in[p.N] {
		if e.from == nil {
			continue
		}
		switch e.ref.Field {
		case "raci.accountable":
			r.take(0, link(e.from))
		case "raci.responsible":
			r.take(1, link(e.from))
		case "raci.consulted":
			r.take(2, link(e.from))
		case "raci.informed":
			r.take(3, link(e.from))
		case "steps.does", "steps.raci.responsible":
			if s := steps(e.from.Page); e.ref.Item < len(s) {
				r.Steps = add(r.Steps, Link{Title: e.from.Title + ": " + s[e.ref.Item].Title, Address: e.from.URL + "#" + StepID(s[e.ref.Item].ID.Value), Kind: e.from.Kind, Name: e.from.Name()})
			}
			if e.from.Kind == handbook.Process {
				r.take(1, link(e.from))
			}
		case "deciders":
			r.Decides = add(r.Decides, link(e.from))
		case "audience":
			if e.from.Kind == handbook.Reading {
				r.Paths = add(r.Paths, link(e.from))
			}
		case "applies_to":
			if e.from.Kind == handbook.Policy {
				r.Policies = add(r.Policies, link(e.from))
			}
		case "seats.role":
			r.seat(g, p, e)
		}
	}
	for _, letter := range []int{3, 2} { // who answers, or does it, is not asked and told as well
		r.Parts[letter] = slices.DeleteFunc(r.Parts[letter], func(l Link) bool { return slices.Contains(r.Parts[0], l) || slices.Contains(r.Parts[1], l) })
	}
	r.Gets, r.Gives = g.handed[p.URL][0], g.handed[p.URL][1]
	r.reading(g, p)
	if n := len(r.Parts[0]); n > loadLimit {
		r.Load = count(n, "process", "processes")
	}
	for i := range r.Parts {
		slices.SortFunc(r.Parts[i], func(a, b Link) int { return cmp.Compare(a.Address, b.Address) })
	}
	return r
}

// take notes a process in which the role takes part. Who answers for one, or does
// it, is not listed once more as somebody who is asked.
func (r *Role) take(letter int, l Link) {
	n := len(r.Parts[letter])
	if r.Parts[letter] = add(r.Parts[letter], l); len(r.Parts[letter]) == n && n >= Most {
		r.More++
	}
}

func (r *Role) seat(g *Graph, p *site.Page, e edge) {
	var seats []handbook.Seat
	if e.from.Meta.Org != nil {
		seats = e.from.Meta.Org.Seats
	} else if e.from.Meta.Team != nil {
		seats = e.from.Meta.Team.Seats
	}
	if e.ref.Item >= len(seats) || len(r.Seats) >= Most {
		return
	}
	s := seats[e.ref.Item]
	with := slices.DeleteFunc(g.Links(s.Roles, handbook.Role), func(l Link) bool { return l.Address == p.URL })
	r.Seats = append(r.Seats, SeatLink{link(e.from), s.Name, with})
}

// reading gathers the chapters that books recommend to the role, and the books
// with an idea for it.
func (r *Role) reading(g *Graph, p *site.Page) {
	for _, e := range g.in[p.N] {
		if e.from == nil || e.from.Meta.Book == nil {
			continue
		}
		switch e.ref.Field {
		case "chapters.for":
			if c := e.from.Meta.Book.Chapters[e.ref.Item]; c.Read != "skip" && len(r.Reading) < Most {
				r.Reading = append(r.Reading, Reading{link(e.from), c.Title, e.from.URL + "#" + ChapterID(c.N), c.Minutes, c.Read})
				r.Minutes += c.Minutes
			}
		case "ideas.applies_to":
			r.Books = add(r.Books, link(e.from))
		}
	}
	slices.SortStableFunc(r.Reading, func(a, b Reading) int {
		rank := func(x Reading) int {
			if x.Read == "must" {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Book.Title, b.Book.Title))
	})
	r.Books = slices.DeleteFunc(r.Books, func(b Link) bool {
		return slices.ContainsFunc(r.Reading, func(x Reading) bool { return x.Book.Address == b.Address })
	})
}

// Process is what a process's page shows of others, and of its own steps.
type Process struct {
	Stages  []Link
	Loop    bool
	Steps   []Step
	Before  []Link
	After   []Link
	Inputs  []Flow
	Outputs []Flow
	Raci    Matrix // who takes part in the whole and in each step
	Answers Link   // the role that answers for it
	Metrics []Link
	Norms   []Norm
	Show    []string // names of services whose figures stand on the page; none: all
	Books   []Link

	Playbooks, Policies []Link
}

// Norm is what a process promises, and of which metric.
type Norm struct {
	Metric Link
	handbook.Norm
}

// Step is a step with what it refers to.
type Step struct {
	ID, Title string
	Does      []Link
	Input     string
	Output    string
	When      string
	Minutes   int
	Tool      string
	DoneWhen  string
	Page      Link // where it is described
	Go        []Branch
}

// Branch is where a step goes on.
type Branch struct {
	To   int  // a step; -1: another process
	Page Link // which
	When string
}

func (g *Graph) stepsOf(p *site.Page, m *handbook.ProcessMeta) []Step {
	list := steps(p.Page)
	var out []Step
	for i := range list {
		s := &list[i]
		one := Step{ID: s.ID.Value, Title: s.Title, Does: g.doers(m, s), Input: s.Input.Text().Value, Output: s.Output.Text().Value, When: s.When, Minutes: s.Minutes, Tool: s.Tool, DoneWhen: s.DoneWhen}
		if s.Process.Value != "" {
			one.Page = g.Link(s.Process, handbook.Process, handbook.Topic, handbook.Playbook, handbook.Plain)
			if len(s.Does) == 0 && (s.Raci == nil || len(s.Raci.Responsible) == 0) {
				one.Does = nil
			}
		}
		for _, b := range s.Go {
			to := slices.IndexFunc(list, func(s handbook.Step) bool { return s.ID.Value == b.To.Value })
			branch := Branch{To: to, When: b.When}
			if to < 0 {
				branch.Page = g.Link(b.To, handbook.Process, handbook.Playbook)
			}
			one.Go = append(one.Go, branch)
		}
		out = append(out, one)
	}
	return out
}

func (g *Graph) processOf(p *site.Page) *Process {
	m := p.Meta.Process
	d := &Process{
		Stages: g.stagesOf(p), Loop: m.Loop, Steps: g.stepsOf(p, m), After: g.Links(m.Next, handbook.Process), Before: g.from(p, "next"),
		Inputs: g.flows(p, m.Inputs, true), Outputs: g.flows(p, m.Outputs, false),
		Raci: g.raciOf(p, m.Raci), Metrics: g.Links(m.Metrics, handbook.MetricPage),
		Playbooks: g.Links(m.Playbooks, handbook.Playbook), Policies: g.Links(m.Policies, handbook.Policy),
	}
	if len(m.Raci.Accountable) > 0 {
		d.Answers = g.Link(m.Raci.Accountable[0], handbook.Role)
	}
	for _, n := range m.Expects {
		d.Norms = append(d.Norms, Norm{g.Link(n.Metric, handbook.MetricPage), n})
	}
	for _, s := range m.Services {
		d.Show = append(d.Show, s.Value)
	}
	for _, e := range g.in[p.N] {
		if e.from != nil && e.ref.Field == "ideas.applies_to" {
			d.Books = add(d.Books, link(e.from))
		}
	}
	return d
}

// Matrix is a table of who takes part in what.
type Matrix struct {
	Roles []Link
	Rows  []MatrixRow
}

// MatrixRow is a process or a step, with the letters of each of the roles, "" of
// those that take no part.
type MatrixRow struct {
	What    Link
	Letters []string
}

// raciOf is the table of a process or a playbook: a row for the whole, and one
// for each step that says something else.
func (g *Graph) raciOf(p *site.Page, all handbook.Raci) Matrix {
	var b matrix
	whole := Link{Title: "The whole", Address: p.URL}
	b.raci(g, whole, all)
	list := steps(p.Page)
	for i := range list {
		s := &list[i]
		at := Link{Title: s.Title, Address: p.URL + "#" + StepID(s.ID.Value)}
		r := handbook.Raci{}
		if s.Raci != nil {
			r = *s.Raci
		}
		if len(s.Does) > 0 {
			r.Responsible = append(r.Responsible[:len(r.Responsible):len(r.Responsible)], s.Does...)
		}
		if len(r.Responsible)+len(r.Accountable)+len(r.Consulted)+len(r.Informed) > 0 {
			b.raci(g, at, r)
		}
	}
	if len(b.rows) > 0 && b.empty(whole) {
		b.rows = slices.DeleteFunc(b.rows, func(r Link) bool { return r == whole })
	}
	return b.matrix()
}

// matrix is a Matrix that is being filled.
type matrix struct {
	rows  []Link
	roles []Link
	cells map[[2]string]string // row and role, by address and title
}

func id(l Link) string {
	if l.Planned { // a seat may have the name of a role that nobody has described
		return "planned " + l.Title
	}
	return l.Address + " " + l.Title
}

func (b *matrix) empty(row Link) bool {
	for _, r := range b.roles {
		if b.cells[[2]string{id(row), id(r)}] != "" {
			return false
		}
	}
	return true
}

func (b *matrix) raci(g *Graph, what Link, r handbook.Raci) {
	if !slices.Contains(b.rows, what) {
		b.rows = append(b.rows, what)
	}
	for i, list := range [][]handbook.Located{r.Accountable, r.Responsible, r.Consulted, r.Informed} {
		for _, at := range list {
			b.put(what, g.Link(at, handbook.Role), Letters[i])
		}
	}
}

func (b *matrix) put(what, role Link, letter Letter) {
	if b.cells == nil {
		b.cells = map[[2]string]string{}
	}
	if !slices.ContainsFunc(b.roles, func(r Link) bool { return id(r) == id(role) }) {
		b.roles = append(b.roles, role)
	}
	k := [2]string{id(what), id(role)}
	if had := b.cells[k]; !strings.Contains(had, string(letter)) {
		b.cells[k] = strongest(had + string(letter))
	}
}

// strongest leaves out of some letters what goes without saying: who answers for
// something or does it need not be asked or told, and who is asked need not be
// told.
func strongest(letters string) string {
	if strings.ContainsAny(letters, "AR") {
		letters = strings.NewReplacer("C", "", "I", "").Replace(letters)
	} else if strings.Contains(letters, "C") {
		letters = "C"
	}
	if letters == "RA" {
		return "AR"
	}
	return letters
}

func (b *matrix) matrix() Matrix {
	slices.SortFunc(b.roles, func(x, y Link) int { return cmp.Compare(id(x), id(y)) })
	m := Matrix{Roles: b.roles}
	for _, what := range b.rows {
		row := MatrixRow{What: what, Letters: make([]string, len(b.roles))}
		for i, r := range b.roles {
			row.Letters[i] = b.cells[[2]string{id(what), id(r)}]
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// Raci is the table of all processes that name roles.
func (g *Graph) Raci() Matrix {
	var b matrix
	for _, p := range g.kinds[handbook.Process] {
		m := p.Meta.Process
		what := link(p)
		r := m.Raci
		for i := range m.Steps {
			s := &m.Steps[i]
			r.Responsible = append(r.Responsible[:len(r.Responsible):len(r.Responsible)], s.Does...)
			if s.Raci != nil {
				r.Responsible = append(r.Responsible, s.Raci.Responsible...)
				r.Consulted = append(r.Consulted[:len(r.Consulted):len(r.Consulted)], s.Raci.Consulted...)
				r.Informed = append(r.Informed[:len(r.Informed):len(r.Informed)], s.Raci.Informed...)
			}
		}
		if len(r.Responsible)+len(r.Accountable)+len(r.Consulted)+len(r.Informed) > 0 {
			b.raci(g, what, r)
		}
	}
	return b.matrix()
}

// Under is the table as an organisation lives it: its seats in the place of the
// roles. What no seat fills keeps its role, marked as planned.
func (g *Graph) Under(p *site.Page, m Matrix) Matrix {
	org := g.org(p)
	var b matrix
	for _, row := range m.Rows {
		if !slices.Contains(b.rows, row.What) {
			b.rows = append(b.rows, row.What)
		}
		for i, role := range m.Roles {
			var seats []Link
			for _, s := range org.Seats {
				if slices.ContainsFunc(s.Roles, func(l Link) bool { return l.Name == role.Name }) {
					seats = append(seats, Link{Title: s.Name, Name: s.Name})
				}
			}
			if seats == nil {
				role.Planned = true
				seats = []Link{role}
			}
			for _, letter := range row.Letters[i] {
				for _, seat := range seats {
					b.put(row.What, seat, Letter(letter))
				}
			}
		}
	}
	return b.matrix()
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return itoa(n) + " " + many
}
