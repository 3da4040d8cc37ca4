package graph

import (
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// edges follows every reference of every page, and of the lists beside them.
func (g *Graph) edges() {
	for _, p := range g.site.Pages {
		refs := p.Meta.Refs
		for i := range refs {
			g.follow(p, &refs[i])
		}
	}
	for _, s := range g.site.Defaults {
		for i := range s.Refs {
			g.follow(nil, &s.Refs[i])
		}
	}
	for _, t := range g.site.Terms {
		for i := range t.Refs {
			g.follow(nil, &t.Refs[i])
		}
	}
	for _, p := range g.site.People {
		for i := range p.Refs {
			g.follow(nil, &p.Refs[i])
		}
	}
}

// follow finds where a reference leads, and notes it there.
func (g *Graph) follow(from *site.Page, ref *handbook.Ref) {
	if isURL(ref.To.Value) {
		if !ref.URLs {
			g.found.Errorf(ref.To.Pos, diag.UnknownRef, "%s names a page of the handbook, not an address", ref.Field).Hint = "write the name of its file without .md"
		}
		return
	}
	if name, ok := strings.CutPrefix(ref.To.Value, planned); ok {
		g.plan(from, ref, name)
		return
	}
	to, anchor, choice, ok := g.resolve(ref.To.Value, ref.Kinds)
	if !ok {
		g.unknown(ref, choice)
		return
	}
	if anchor != "" && to.page != nil && partID(to.page, anchor) == "" {
		f := g.found.Errorf(ref.To.Pos, diag.UnknownRef, "%s %q has no part %q", noun(to.page.Kind), to.page.Name(), anchor)
		f.Hint = suggestion(anchor, parts(to.page))
	}
	if to.page != nil {
		g.in[to.page.N] = append(g.in[to.page.N], edge{from, ref, anchor})
	}
}

// plan notes a page that is to be written.
func (g *Graph) plan(from *site.Page, ref *handbook.Ref, name string) {
	kind := handbook.Plain
	if len(ref.Kinds) > 0 {
		kind = ref.Kinds[0]
	}
	if to, _, _, ok := g.resolve(name, ref.Kinds); ok {
		g.found.Errorf(ref.To.Pos, diag.UnknownRef, "%q is written by now", name).Hint = "write " + to.Name + " without planned:"
		return
	}
	key := string(kind) + " " + name
	if g.gaps[key] == nil {
		g.gaps[key] = &gap{kind: kind, name: name, first: ref.To.Pos}
	}
	if from != nil {
		g.gaps[key].from = append(g.gaps[key].from, from)
	}
}

// unknown reports a name that nobody has, or that several have.
func (g *Graph) unknown(ref *handbook.Ref, choice []string) {
	value := ref.To.Value
	name, _, _ := strings.Cut(value, "#")
	if len(g.named(strings.TrimPrefix(name, kindOf(name)+":"), ref.Kinds)) > 1 {
		g.found.Errorf(ref.To.Pos, diag.AmbiguousRef, "%d pages go by the name %q", len(choice), name).Hint = "write one of " + strings.Join(choice, ", ")
		return
	}
	if len(choice) == 0 {
		return // there is nothing of the kind: the name is a text
	}
	f := g.found.Errorf(ref.To.Pos, diag.UnknownRef, "there is no %s %q", nouns(ref.Kinds), strings.TrimPrefix(name, kindOf(name)+":"))
	f.Hint = suggestion(strings.TrimPrefix(name, kindOf(name)+":"), choice)
	if len(ref.Kinds) > 0 && ref.Kinds[0] == handbook.Role {
		f.Hint += "; or write planned:" + name + " where its page is still to be written"
	}
}

// kindOf is the kind before a name; "" where there is none.
func kindOf(name string) string {
	kind, _, found := strings.Cut(name, ":")
	if found && (handbook.TypeOf(handbook.Kind(kind)).Kind != "" || kind == string(handbook.Person)) {
		return kind
	}
	return ""
}

// suggestion names the nearest of the possible names, and the first of all.
func suggestion(got string, all []string) string {
	const most = 12
	list := strings.Join(all[:min(most, len(all))], ", ")
	if len(all) > most {
		list += " and " + strconv.Itoa(len(all)-most) + " more"
	}
	if list == "" {
		return "it has none"
	}
	if near := diag.Nearest(got, all); near != "" {
		if len(all) == 1 {
			return "did you mean " + near + "?"
		}
		return "did you mean " + near + "? Known: " + list
	}
	return "known: " + list
}

// noun is what a kind is called inside a sentence.
func noun(k handbook.Kind) string {
	switch k {
	case handbook.Plain, "":
		return "page"
	case handbook.Book:
		return "book"
	case handbook.Org:
		return "organisation"
	case handbook.Person:
		return "person"
	case handbook.News:
		return "announcement"
	}
	return string(k)
}

func nouns(kinds []handbook.Kind) string {
	if len(kinds) == 0 {
		return "page"
	}
	var b strings.Builder
	for i, k := range kinds {
		switch {
		case i > 0 && i == len(kinds)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(noun(k))
	}
	return b.String()
}

// steps are those of a process or a playbook.
func steps(p *handbook.Page) []handbook.Step {
	switch {
	case p.Meta.Process != nil:
		return p.Meta.Process.Steps
	case p.Meta.Playbook != nil:
		return p.Meta.Playbook.Steps
	}
	return nil
}

// parts are the names of what a reference can name of a page after #.
func parts(p *site.Page) []string {
	var list []string
	for _, s := range steps(p.Page) {
		list = append(list, s.ID.Value)
	}
	if b := p.Meta.Book; b != nil {
		for _, c := range b.Chapters {
			list = append(list, strconv.Itoa(c.N))
		}
	}
	if f := p.Meta.Policy; f != nil {
		for _, c := range f.Controls {
			list = append(list, c.ID.Value)
		}
	}
	for _, h := range p.Body.Headings {
		list = append(list, h.ID)
	}
	return list
}

// Ids of what a page shows of its front matter. The full stop keeps them apart from
// those of headings.
func StepID(id string) string    { return "step." + id }
func ChapterID(n int) string     { return "chapter." + strconv.Itoa(n) }
func ControlID(id string) string { return "control." + id }

// partID is the id on the page of a part that a reference names; "" where there
// is no such part. Steps, chapters and controls come before headings.
func partID(p *site.Page, name string) string {
	for _, s := range steps(p.Page) {
		if s.ID.Value == name {
			return StepID(name)
		}
	}
	if b := p.Meta.Book; b != nil {
		for _, c := range b.Chapters {
			if strconv.Itoa(c.N) == name {
				return ChapterID(c.N)
			}
		}
	}
	if f := p.Meta.Policy; f != nil {
		for _, c := range f.Controls {
			if c.ID.Value == name {
				return ControlID(name)
			}
		}
	}
	for _, h := range p.Body.Headings {
		if h.ID == name {
			return name
		}
	}
	return ""
}

// partTitle is what a part of a page is called, with the page.
func partTitle(p *site.Page, name string) string {
	for _, s := range steps(p.Page) {
		if s.ID.Value == name {
			return p.Title + ": " + s.Title
		}
	}
	if b := p.Meta.Book; b != nil {
		for _, c := range b.Chapters {
			if strconv.Itoa(c.N) == name {
				return p.Title + ", chapter " + name + ": " + c.Title
			}
		}
	}
	for _, h := range p.Body.Headings {
		if h.ID == name {
			return p.Title + ": " + h.Text
		}
	}
	return p.Title + ": " + name
}
