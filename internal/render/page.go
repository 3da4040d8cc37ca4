package render

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/search"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/theme"
)

// hrefs makes references from one page.
type hrefs func(address string) string

// reachedFrom says where the page is, and so how it refers to others: below any
// base path and from disk.
func (m *maker) reachedFrom(address string) {
	m.address, m.href = address, func(to string) string { return site.Rel(address, to) }
}

// page is the view of a page of the content.
func (m *maker) page(path handbook.Path) (*PageView, error) {
	p := m.Page(path)
	meta, folder := p.Meta(), p.Folder()
	m.reachedFrom(p.Address())
	text, err := p.Text()
	if err != nil {
		return nil, fmt.Errorf("read the text of %s: %w", path, err)
	}
	v := m.view()
	v.Path = string(path)
	v.Kind, v.Layout = string(p.Kind()), m.layoutOf(p.Kind())
	v.KindLabel = kindLabels[p.Kind()]
	v.Title = p.Title()
	v.Heading = template.HTML(p.Heading())
	v.Summary = meta.Summary
	v.Description = p.Summary()
	v.Keywords = strings.Join(meta.Keywords, ", ")
	v.Minutes = p.Body().Minutes()
	v.Draft = meta.Status == "draft"
	if m.Shared().Twins {
		v.Twin = m.href(string(path))
	}
	v.Sample = meta.Runs != nil && meta.Runs.Sample
	v.Facts = facts(meta)
	v.Body, v.HasFigures = m.body(p, text)
	v.Draws = p.Body().Draws
	v.Glossary = p.Address() == glossaryDir+"/"
	v.crumbs = once(func() []Link { return m.links(m.Crumbs(folder, !p.IsSection())) })
	v.backlinks = once(func() backlinks {
		list, more := m.Backlinks(path)
		return backlinks{m.links(list), more}
	})
	switch {
	case p.Address() == "":
		v.Kind, v.Layout = "home", "home"
		for _, n := range m.News() {
			if len(v.News) < 3 {
				v.News = append(v.News, m.news(n))
			}
		}
		v.children = once(func() []Card { return m.cards(folder) })
		v.Doors = m.doors()
	case p.IsSection():
		v.children = once(func() []Card { return m.cards(folder) })
		v.nav = once(func() NavView { return m.nav(m.PageNav(path)) })
		if p.Kind() == handbook.Plain {
			v.Kind, v.Layout = "section", "section"
		}
	default:
		v.nav = once(func() NavView { return m.nav(m.PageNav(path)) })
		v.beside = once(func() [2]*Link {
			before, after := m.Beside(path)
			return [2]*Link{m.linkOrNil(before), m.linkOrNil(after)}
		})
	}
	switch p.Kind() {
	case handbook.Service:
		v.Delivery = m.service(p.Name())
		v.Delivery.Record = v.site().record(p.Name())
	case handbook.Team:
		v.Delivery = m.teamPage(p.Name())
	case handbook.Overview:
		v.Delivery = m.several(subject{})
	case handbook.MetricPage:
		v.Delivery = m.metricPage(meta.MetricPage.Metric())
	}
	m.relations(v, p)
	m.share(v, folder)
	hasFigures := func(b Block) bool { return len(b.Figures) > 0 }
	v.HasFigures = v.HasFigures || slices.ContainsFunc(v.Lead, hasFigures) || slices.ContainsFunc(v.Tail, hasFigures)
	if v.Delivery != nil {
		v.HasFigures = true
		v.Sample = v.Sample || v.Delivery.Sample
	}
	return v, nil
}

// moved is the view of a page at an address that another one had before.
func (m *maker) moved(path handbook.Path, address string) *PageView {
	p := m.Page(path)
	m.reachedFrom(address)
	v := m.view()
	v.Kind, v.Layout, v.Title = "moved", "page", p.Title()
	v.Heading = template.HTML(template.HTMLEscapeString(p.Title()))
	v.Refresh = m.href(p.Address())
	v.Body = template.HTML(`<p>This page has moved to <a href="` + template.HTMLEscapeString(v.Refresh) + `">` + template.HTMLEscapeString(p.Title()) + `</a>.</p>`)
	v.crumbs = once(func() []Link { return []Link{{Href: m.href(""), Title: m.Shared().Title}} })
	return v
}

// section is the view of a folder without a page of its own.
func (m *maker) section(dir handbook.Path) *PageView {
	s := m.Section(dir)
	m.reachedFrom(s.Address)
	v := m.view()
	v.Kind, v.Layout, v.Title = "section", "section", s.Title
	if s.Address == "" {
		v.Kind, v.Layout, v.Title = "home", "home", m.Shared().Title
	} else {
		v.nav = once(func() NavView { return m.nav(m.SectionNav(dir)) })
	}
	v.Heading = template.HTML(template.HTMLEscapeString(v.Title))
	v.crumbs = once(func() []Link { return m.links(m.Crumbs(dir, false)) })
	v.children = once(func() []Card { return m.cards(dir) })
	m.share(v, dir)
	return v
}

// list is the view of the list of all pages, the one place where the size of
// a page follows that of the site.
func (m *maker) list() *PageView {
	m.reachedFrom(m.Shared().AllPages)
	v := m.view()
	v.Kind, v.Layout, v.Title, v.Heading = "list", "list", "Search", "Search"
	v.Description = "Search " + m.Shared().Title + ", and all of its pages from A to Z."
	v.crumbs = once(func() []Link { return []Link{{Href: m.href(""), Title: m.Shared().Title}} })
	v.groups = once(m.groups)
	m.share(v, ".")
	return v
}

// groups are the sections of the first level with all that is below them, after
// the pages that are in none.
func (m *maker) groups() []Group {
	var groups []Group
	rest := Group{Title: "Pages"}
	for _, item := range m.Tree().Items {
		if !item.Link.Section {
			rest.Links = append(rest.Links, m.link(item.Link))
			continue
		}
		g := Group{Title: item.Link.Title, Href: m.href(item.Link.Address)}
		var walk func(facet.Entry)
		walk = func(e facet.Entry) {
			for _, below := range e.Items {
				g.Links = append(g.Links, m.link(below.Link))
				walk(below)
			}
		}
		walk(item)
		groups = append(groups, g)
	}
	if len(rest.Links) > 0 {
		groups = append([]Group{rest}, groups...)
	}
	return groups
}

// missing is the view of 404.html, which a server shows at any depth: its
// references are absolute.
func (m *maker) missing() *PageView {
	base := "/"
	if u, err := url.Parse(m.Shared().BaseURL); err == nil && u.Path != "" {
		base = u.Path
	}
	m.address, m.href = notFound, func(to string) string { return base + site.Encode(to) }
	v := m.view()
	v.Kind, v.Layout, v.Title, v.Heading = "missing", "missing", "Page not found", "Page not found"
	v.Description = "No page of " + m.Shared().Title + " stands at this address."
	v.children = once(func() []Card { return m.cards(".") })
	return v
}

// view is what all pages have; of the rest of the site they show nothing.
func (m *maker) view() *PageView {
	return &PageView{
		address:   m.address,
		site:      once(m.site),
		crumbs:    nothing[[]Link],
		nav:       nothing[NavView],
		children:  nothing[[]Card],
		beside:    nothing[[2]*Link],
		backlinks: nothing[backlinks],
		groups:    nothing[[]Group],
	}
}

func nothing[T any]() (none T) { return none }

// once is f with its result kept: templates ask for the same thing several times.
func once[T any](f func() T) func() T {
	var value T
	done := false
	return func() T {
		if !done {
			value, done = f(), true
		}
		return value
	}
}

// site is what all pages share, as the page refers to it.
func (m *maker) site() *SiteView {
	asset := func(name string) string {
		if name == "" {
			return ""
		}
		return m.href(name)
	}
	s, a := m.Shared(), m.Assets()
	v := &SiteView{
		Title: s.Title, Language: s.Language, Repository: s.Repository, Version: s.Version,
		Home: m.href(""), AllPages: m.href(s.AllPages), Reports: asset(s.Reports),
		Stylesheet: asset(a.Stylesheet), First: asset(a.First), ChartStyles: asset(a.ChartStyles), ChartScript: asset(a.ChartScript), Script: asset(a.Script), Icon: asset(a.Icon), Explorer: asset(a.Explorer), Finder: asset(a.Finder), Formulas: asset(a.Formulas), FormulaSheet: asset(a.FormulaSheet), Diagrams: asset(a.Diagrams), Frame: asset(a.Frame), Index: m.href(search.Folder),
		baseURL: s.BaseURL, editRoot: s.EditRoot,
	}
	if s.BaseURL != "" {
		v.Manifest = m.href(manifestName)
		if a.Icons {
			v.TouchIcon = m.href(iconName(iconSizes[0]))
		}
	}
	if a.Logo != "" {
		v.Logo = LogoView{Src: asset(a.Logo), Night: asset(a.LogoNight), Width: logoHeight, Height: logoHeight}
		if a.LogoHeight > 0 {
			v.Logo.Width = logoHeight * a.LogoWidth / a.LogoHeight
			v.Logo.Wide = a.LogoWidth >= 2*a.LogoHeight
		}
	}
	if s.BaseURL != "" && a.Finder != "" {
		v.OpenSearch = m.href(openSearchName)
	}
	if s.Repository != "" {
		v.Suggest = strings.TrimSuffix(s.Repository, "/") + "/issues/new?title="
	}
	for _, section := range s.Sections {
		link := m.link(section)
		link.Within = strings.HasPrefix(m.address, section.Address)
		link.Current = m.address == section.Address
		v.Sections = append(v.Sections, link)
	}
	return v
}

// link is an entry as the page refers to it.
func (m *maker) link(l *facet.Link) Link {
	return Link{Href: m.href(l.Address), Title: l.Title, Kind: kindLabels[l.Kind]}
}

func (m *maker) linkOrNil(l *facet.Link) *Link {
	if l == nil {
		return nil
	}
	link := m.link(l)
	return &link
}

func (m *maker) links(list []*facet.Link) []Link {
	var links []Link
	for _, l := range list {
		links = append(links, m.link(l))
	}
	return links
}

func (m *maker) cards(dir handbook.Path) []Card {
	var cards []Card
	for _, c := range m.Children(dir) {
		cards = append(cards, Card{m.link(&c.Link), c.Summary})
	}
	return cards
}

// nav is the sidebar. A section's own page stands among its siblings below its
// title.
func (m *maker) nav(n facet.Nav) NavView {
	v := NavView{Up: m.linkOrNil(n.Up), Title: m.link(n.Title), Before: n.Before, After: n.After}
	v.Title.Current = n.Title.Address == m.address
	var items strings.Builder
	for _, l := range n.Items {
		items.WriteString(m.item(l))
	}
	v.Items = template.HTML(items.String())
	return v
}

// entry is an entry of a sidebar as the pages in one folder refer to it.
type entry struct {
	folder string // address of the folder
	link   *facet.Link
}

// item is an entry of a sidebar as HTML. It is the same on all pages of a
// section but on its own and on those that it lies below, so it is kept.
func (m *maker) item(l *facet.Link) string {
	own := strings.HasPrefix(l.Address, m.address)
	e := entry{path.Dir(strings.TrimSuffix(m.address, "/")), l}
	if !own {
		if done, ok := m.items.Load(e); ok {
			return done.(string)
		}
	}
	item := NavItem{m.link(l), l.Section}
	item.Kind = ""
	item.Current = l.Address == m.address
	var out strings.Builder
	if err := m.in.Theme.Component(&out, "nav-item", item); err != nil {
		m.failed(err)
		return ""
	}
	if !own {
		m.items.Store(e, out.String())
	}
	return out.String()
}

// contents is the table of contents: headings of the second and third level, and
// of what stands before and after the text.
func contents(b *handbook.Body, lead, tail []Block) []Heading {
	var toc []Heading
	for _, block := range lead {
		toc = append(toc, Heading{ID: block.ID, HTML: template.HTML(template.HTMLEscapeString(block.Title))})
	}
	for _, h := range b.Headings {
		entry := Heading{ID: h.ID, HTML: template.HTML(h.HTML)}
		switch {
		case h.Level == 2:
			toc = append(toc, entry)
		case h.Level == 3 && len(toc) > 0:
			toc[len(toc)-1].Items = append(toc[len(toc)-1].Items, entry)
		}
	}
	for _, block := range tail {
		toc = append(toc, Heading{ID: block.ID, HTML: template.HTML(template.HTMLEscapeString(block.Title))})
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

// layoutOf is the layout of the pages of a kind: that of the kind, if the theme
// has one.
func (m *maker) layoutOf(k handbook.Kind) string {
	if slices.Contains(theme.Own, string(k)) {
		m.Layout(string(k)) // whether there is one decides, too
	}
	if slices.Contains(m.in.Theme.Kinds(), string(k)) {
		return string(k)
	}
	return "page"
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
		add("Takes", f.Capacity)
		add("Kind of work", f.Family)
	}
	if f := m.Process; f != nil {
		add("Starts when", f.Trigger)
		add("Done when", f.DoneWhen)
		add("How often", f.Cadence)
		add("With", strings.Join(f.Tools, ", "))
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
		add("ISBN", f.ISBN)
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
	if f := m.Topic; f != nil {
		add("Why it matters", f.Why)
		add("Worked out as", f.Formula)
	}
	if f := m.Policy; f != nil {
		add("Holds from", dayWords(f.Effective.String()))
		add("Version", f.Version)
		add("For", strings.Join(f.Standards, ", "))
		add("Exceptions", f.Exceptions)
	}
	if f := m.Playbook; f != nil {
		add("Use it when", f.Trigger)
		add("Severity", f.Severity)
		add("Begin within", f.TimeToStart)
		add("The way back", f.Rollback)
		add("Last practised", dayWords(f.LastDrilled.String()))
	}
	if f := m.Term; f != nil {
		add("Means", f.Definition)
		add("Stands for", f.AcronymOf)
		add("Also", strings.Join(f.Aka, ", "))
		add("Does not mean", f.Not)
		add("Worked out as", f.Formula)
		add("For example", f.Example)
	}
	if f := m.Principle; f != nil {
		add("We hold", f.Statement)
	}
	if f := m.Org; f != nil {
		add("Size", f.Size)
	}
	if f := m.Decision; f != nil {
		add("Decided on", dayWords(f.Date.String()))
		add("State", cmp.Or(f.State, "accepted"))
		add("Because", f.Context)
	}
	if f := m.MetricPage; f != nil {
		add("Says", f.Definition)
		add("Unit", f.Unit)
		add("A measure of", f.Factor)
	}
	if f := m.Team; f != nil {
		add("Ask in", f.Channel)
		if f.Size > 0 {
			add("People", strconv.Itoa(f.Size))
		}
	}
	if f := m.News; f != nil {
		add("Published", dayWords(f.Date.String()))
	}
	if f := m.Runs; f != nil {
		add("Lifecycle", f.Lifecycle)
		if f.Tier > 0 {
			add("Tier", strconv.Itoa(f.Tier))
		}
		add("Runs in", f.Environment)
	}
	return list
}
