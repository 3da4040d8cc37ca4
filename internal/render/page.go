package render

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// Lists that grow with the site are cut, so that the size of a page does not
// depend on the number of pages; the list of all pages has the rest.
const (
	maxSections  = 7  // in the header
	maxNav       = 60 // entries of the sidebar
	maxBacklinks = 30
)

// wordsPerMinute is the reading speed of adults for English prose (Brysbaert
// 2019: 238 for non-fiction).
const wordsPerMinute = 238

// hrefs makes references from one page.
type hrefs func(address string) string

// from makes references that work below any base path and from disk.
func from(address string) hrefs {
	return func(to string) string { return site.Rel(address, to) }
}

// page is the view of a page of the content.
func (r *renderer) page(p *site.Page) *PageView {
	href := from(p.URL)
	v := r.view(href, p.URL)
	v.Path = string(p.Path)
	v.Kind = string(p.Kind)
	v.KindLabel = kindLabels[p.Kind]
	v.Title = p.Title
	v.Heading = template.HTML(p.Heading)
	v.Summary = p.Meta.Summary
	v.Description = p.Summary
	v.Owner = ownerName(p.Owner)
	v.Minutes = (p.Body.Words + wordsPerMinute/2) / wordsPerMinute
	v.Draft = p.Meta.Status == "draft"
	v.Sample = p.Meta.Sample
	v.Facts = facts(p.Meta)
	v.Body, v.HasFigures = r.body(p, href)
	v.TOC = contents(p)
	v.Crumbs = crumbs(p.Section, p.IsSection(), href)
	if r.Repository != "" {
		v.EditURL = strings.TrimSuffix(r.Repository, "/") + "/edit/HEAD/" + site.Encode(r.EditRoot+string(p.Path))
	}
	for i, b := range p.Backlinks {
		if i == maxBacklinks {
			v.MoreBacklinks = len(p.Backlinks) - i
			break
		}
		v.Backlinks = append(v.Backlinks, pageLink(b, href))
	}
	switch {
	case p.URL == "":
		v.Kind = "home"
		v.Children = children(p.Section, href)
	case p.IsSection():
		v.Children = children(p.Section, href)
		v.Nav = nav(p.Section, p, href, 0)
		if p.Kind == handbook.Plain {
			v.Kind = "section"
		}
	default:
		at := r.places[p]
		v.Nav = nav(p.Section, p, href, at)
		v.Prev, v.Next = neighbours(p.Section, at, href)
	}
	if p.Kind == handbook.Service {
		v.Service = r.service(p)
		v.HasFigures = true
		v.Sample = v.Sample || v.Service.Sample
	}
	return v
}

// section is the view of a folder without a page of its own.
func (r *renderer) section(s *site.Section) *PageView {
	href := from(s.URL)
	v := r.view(href, s.URL)
	v.Kind, v.Title, v.Heading = "section", s.Title, template.HTML(template.HTMLEscapeString(s.Title))
	if s.URL == "" {
		v.Kind, v.Title = "home", r.Site.Title
		v.Heading = template.HTML(template.HTMLEscapeString(r.Site.Title))
	} else {
		v.Nav = nav(s, nil, href, 0)
	}
	v.Crumbs = crumbs(s, true, href)
	v.Children = children(s, href)
	return v
}

// list is the view of the list of all pages, the one place where the size of
// a page follows that of the site.
func (r *renderer) list() *PageView {
	href := from(r.allPages)
	v := r.view(href, r.allPages)
	v.Kind, v.Title, v.Heading = "list", "All pages", "All pages"
	v.Crumbs = []Link{{Href: href(""), Title: r.Site.Title}}
	rest := Group{Title: "Pages"}
	for _, item := range r.Site.Root.Items {
		if item.Section == nil {
			rest.Links = append(rest.Links, card(item, href))
			continue
		}
		g := Group{Title: item.Title(), Href: href(item.URL())}
		var walk func(s *site.Section)
		walk = func(s *site.Section) {
			for _, i := range s.Items {
				g.Links = append(g.Links, card(i, href))
				if i.Section != nil {
					walk(i.Section)
				}
			}
		}
		walk(item.Section)
		v.Groups = append(v.Groups, g)
	}
	if len(rest.Links) > 0 {
		v.Groups = append([]Group{rest}, v.Groups...)
	}
	return v
}

// missing is the view of 404.html, which a server shows at any depth: its
// references are absolute.
func (r *renderer) missing() *PageView {
	v := r.view(func(to string) string { return r.base + site.Encode(to) }, "404.html")
	v.Kind, v.Title, v.Heading, v.Canonical = "missing", "Page not found", "Page not found", ""
	v.Children = children(r.Site.Root, func(to string) string { return r.base + site.Encode(to) })
	return v
}

// view is what all pages share.
func (r *renderer) view(href hrefs, address string) *PageView {
	asset := func(name string) string {
		if name == "" {
			return ""
		}
		return href(name)
	}
	v := &PageView{Site: SiteView{
		Title: r.Site.Title, Language: r.Language, Repository: r.Repository, Version: r.Version,
		Home: href(""), AllPages: href(r.allPages),
		Stylesheet: asset(r.Theme.Stylesheet), Script: asset(r.Theme.Script), Icon: asset(r.Theme.Icon), Explorer: asset(r.Theme.Explorer),
	}}
	for i, s := range r.sections {
		if i == maxSections {
			break
		}
		link := sectionLink(s.Section, href)
		link.Within = strings.HasPrefix(address, s.URL())
		link.Current = address == s.URL()
		v.Site.Sections = append(v.Site.Sections, link)
	}
	if r.BaseURL != "" {
		v.Canonical = r.BaseURL + site.Encode(address)
	}
	return v
}

func pageLink(p *site.Page, href hrefs) Link {
	return Link{Href: href(p.URL), Title: p.Title, Kind: kindLabels[p.Kind]}
}

func sectionLink(s *site.Section, href hrefs) Link { return Link{Href: href(s.URL), Title: s.Title} }

func itemLink(i site.Item, href hrefs) Link {
	if i.Section != nil {
		return sectionLink(i.Section, href)
	}
	return pageLink(i.Page, href)
}

func card(i site.Item, href hrefs) Card { return Card{Link: itemLink(i, href), Summary: i.Summary()} }

func children(s *site.Section, href hrefs) []Card {
	var cards []Card
	for _, i := range s.Items {
		cards = append(cards, card(i, href))
	}
	return cards
}

// crumbs leads from the home page to the section's parents, and to the section
// itself unless the page is its own.
func crumbs(s *site.Section, own bool, href hrefs) []Link {
	if own {
		s = s.Parent
	}
	var up []Link
	for ; s != nil; s = s.Parent {
		up = append([]Link{sectionLink(s, href)}, up...)
	}
	return up
}

// nav is the sidebar of a page: the entries of its section, around the page
// where there are too many. A section's own page stands among its siblings
// below its title.
func nav(s *site.Section, current *site.Page, href hrefs, at int) NavView {
	v := NavView{Title: sectionLink(s, href)}
	if s.Parent != nil && s.Parent.URL != "" {
		up := sectionLink(s.Parent, href)
		v.Up = &up
	}
	v.Title.Current = current == nil || s.Page == current
	first := min(max(at-maxNav/2, 0), max(len(s.Items)-maxNav, 0))
	v.Before, v.After = first, max(len(s.Items)-first-maxNav, 0)
	for _, i := range s.Items[first:min(len(s.Items), first+maxNav)] {
		link := itemLink(i, href)
		link.Kind = ""
		link.Current = i.Page != nil && i.Page == current
		v.Items = append(v.Items, NavItem{Link: link, Section: i.Section != nil})
	}
	return v
}

// neighbours are the pages before and after one in its section.
func neighbours(s *site.Section, at int, href hrefs) (prev, next *Link) {
	if at > 0 {
		l := itemLink(s.Items[at-1], href)
		prev = &l
	}
	if at+1 < len(s.Items) {
		l := itemLink(s.Items[at+1], href)
		next = &l
	}
	return prev, next
}

// contents is the table of contents: headings of the second and third level.
func contents(p *site.Page) []Heading {
	var toc []Heading
	for _, h := range p.Body.Headings {
		entry := Heading{ID: h.ID, HTML: template.HTML(h.HTML)}
		switch {
		case h.Level == 2:
			toc = append(toc, entry)
		case h.Level == 3 && len(toc) > 0:
			toc[len(toc)-1].Items = append(toc[len(toc)-1].Items, entry)
		}
	}
	if len(toc) < 2 {
		return nil
	}
	return toc
}

// ownerName is an owner as readers see it: "team:platform" is "Platform team".
func ownerName(owner string) string {
	kind, name, found := strings.Cut(owner, ":")
	if !found || name == "" {
		return owner
	}
	words := strings.ReplaceAll(name, "-", " ")
	if kind == "team" {
		return strings.ToUpper(words[:1]) + words[1:] + " team"
	}
	return words
}

var levels = map[string]string{"intro": "Introduction", "core": "Core reading", "deep": "For depth"}

// facts are the fields of a typed page that its readers look for first.
func facts(m handbook.Meta) []Fact {
	var list []Fact
	add := func(label string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			list = append(list, Fact{label, values})
		}
	}
	if f := m.Role; f != nil {
		add("Purpose", f.Purpose)
		add("Also called", strings.Join(f.Aka, ", "))
		add("When it is done well", f.Outcomes...)
		add("Skills", f.Skills...)
	}
	if f := m.Process; f != nil {
		add("Starts when", f.Trigger)
		add("Needs", f.Inputs...)
		add("Leaves", f.Outputs...)
		add("Done when", f.DoneWhen)
		add("How often", f.Cadence)
	}
	if f := m.Book; f != nil {
		label := "Author"
		if len(f.Authors) > 1 {
			label = "Authors"
		}
		add(label, strings.Join(f.Authors, ", "))
		if f.Year > 0 {
			add("First published", strconv.Itoa(f.Year))
		}
		add("Edition", f.Edition)
		add("Area", f.Area)
		add("Level", levels[f.Level])
		if f.Pages > 0 {
			add("Pages", strconv.Itoa(f.Pages))
		}
		if f.Hours > 0 {
			add("Time for what we recommend", fmt.Sprintf("about %g hours", f.Hours))
		}
		add("Why it is here", f.WhyHere)
	}
	return list
}
