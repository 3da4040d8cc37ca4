package site

import (
	"cmp"
	"html"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// pages wraps the pages of the tree and gives each its title.
func (b *builder) pages() {
	b.drafts = map[handbook.Path]bool{}
	for _, hp := range b.tree.Pages {
		if hp.Meta.Status == "draft" && !b.opts.Drafts {
			b.drafts[hp.Path] = true
			continue
		}
		p := &Page{Page: hp, Summary: cmp.Or(hp.Meta.Summary, hp.Body.Summary), Standing: b.standing(hp)}
		p.Title = hp.Meta.Title
		if h := hp.Body.Title(); h != nil {
			p.Title = cmp.Or(p.Title, h.Text)
			p.Heading = h.HTML
		}
		b.all = append(b.all, p)
		b.byPath[hp.Path] = p
	}
}

// standing is what a page says of itself and inherits.
func (b *builder) standing(p *handbook.Page) Standing {
	s := Standing{Owner: p.Meta.Owner.Value, From: OwnPage, Backup: p.Meta.Backup.Value, Audience: values(p.Meta.Audience), Topics: values(p.Meta.Topics)}
	if r := p.Meta.Review; r != nil {
		s.Every = r.Every
	}
	for dir := p.Path.Dir(); ; dir = dir.Dir() {
		if i, ok := slices.BinarySearchFunc(b.tree.Sections, dir, func(s handbook.Section, dir handbook.Path) int { return cmp.Compare(s.Path, dir) }); ok {
			from := b.tree.Sections[i]
			if s.Owner == "" && from.Owner.Value != "" {
				s.Owner, s.From = from.Owner.Value, Folder
			}
			s.Backup = cmp.Or(s.Backup, from.Backup.Value)
			if from.Review != nil {
				s.Every = cmp.Or(s.Every, from.Review.Every)
			}
			if s.Audience == nil {
				s.Audience = values(from.Audience)
			}
			for _, t := range values(from.Topics) {
				if !slices.Contains(s.Topics, t) {
					s.Topics = append(s.Topics, t)
				}
			}
		}
		if dir == "." {
			break
		}
	}
	if s.Owner == "" && b.opts.Owner != "" {
		s.Owner, s.From = b.opts.Owner, WholeSite
	}
	if s.Owner == "" {
		s.From = Nobody
	}
	return s
}

func values(list []handbook.Located) []string {
	var names []string
	for _, l := range list {
		names = append(names, l.Value)
	}
	return names
}

// indexNames are the files that can be a folder's page, the first winning.
// README is what GitHub shows, in whatever case it is written.
var indexNames = []string{"_index", "index", "readme"}

// indexRank returns the place of a file among the candidates for its folder's
// page, or -1.
func indexRank(p handbook.Path) int { return slices.Index(indexNames, strings.ToLower(p.Stem())) }

// place makes a section of every folder with pages in or below it, and finds
// the page of each.
func (b *builder) place() {
	b.section(".")
	for _, p := range b.all {
		s := b.section(p.Path.Dir())
		if rank := indexRank(p.Path); rank >= 0 && (s.Page == nil || rank < indexRank(s.Page.Path)) {
			s.Page = p
		}
	}
	for _, p := range b.all {
		if s, ok := b.sections[handbook.Path(strings.TrimSuffix(string(p.Path), path.Ext(string(p.Path))))]; ok && s.Page == nil {
			s.Page = p
		}
	}
	for _, p := range b.all {
		dir := b.sections[p.Path.Dir()]
		own, beside := b.sections[handbook.Path(strings.TrimSuffix(string(p.Path), path.Ext(string(p.Path))))]
		switch {
		case dir.Page == p:
			p.Section = dir
		case beside && own.Page == p:
			p.Section = own
		default:
			p.Section = dir
			dir.Items = append(dir.Items, Item{Page: p})
		}
	}
	for _, s := range b.sections {
		switch {
		case s.Page != nil && s.Page.Title != "":
			s.Title = s.Page.Title
		case s.Dir == ".":
			s.Title = humanise(b.tree.Name)
		default:
			s.Title = humanise(s.Dir.Base())
		}
	}
	for _, p := range b.all {
		if p.Title == "" {
			p.Title = humanise(p.Path.Stem())
			if p.IsSection() {
				p.Title = p.Section.Title
			}
		}
		if p.Heading == "" {
			p.Heading = html.EscapeString(p.Title)
		}
	}
}

func (b *builder) section(dir handbook.Path) *Section {
	if s, ok := b.sections[dir]; ok {
		return s
	}
	s := &Section{Dir: dir, URL: string(dir) + "/"}
	b.sections[dir] = s
	if dir == "." {
		s.URL = ""
		return s
	}
	s.Parent = b.section(dir.Dir())
	s.Parent.Items = append(s.Parent.Items, Item{Section: s})
	return s
}

// humanise makes a title of a file name: "code-reviews" is "Code reviews".
func humanise(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) }), " ")
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return "Handbook"
	}
	return string(unicode.ToUpper(first)) + name[size:]
}

// addresses gives every page its address and reports two with the same one,
// also when only the case of letters differs: such a site cannot be laid down
// on the disks of most editors.
func (b *builder) addresses() {
	folded := map[string]*Page{}
	claim := func(p *Page, url string) {
		if other, taken := folded[strings.ToLower(url)]; taken {
			f := b.report(diag.Pos{Path: p.Pos.Path, Line: 1, Column: 1}, diag.DuplicateURL, "this page and %s have one address, %q", other.Pos.Path, "/"+url)
			f.Hint = "rename one of the two files"
			f.Related = []diag.Related{{Pos: other.Pos, Message: "the other page"}}
			for n := '2'; folded[strings.ToLower(url)] != nil; n++ {
				url = strings.TrimSuffix(strings.TrimSuffix(url, "/"), "-"+string(n-1)) + "-" + string(n) + "/"
			}
		}
		p.URL = url
		folded[strings.ToLower(url)] = p
		b.byURL[url] = p
	}
	for _, p := range b.all { // sections first: their addresses are their folders'
		if p.IsSection() {
			claim(p, p.Section.URL)
		}
	}
	for _, p := range b.all {
		if !p.IsSection() {
			claim(p, strings.TrimSuffix(string(p.Path), path.Ext(string(p.Path)))+"/")
		}
	}
}

// order sorts the entries of each section: by weight, those without one last,
// then by name, with numbers in names compared as numbers.
func (b *builder) order() {
	weight := func(i Item) int {
		p := i.Page
		if i.Section != nil {
			p = i.Section.Page
		}
		if p == nil || p.Meta.Weight == 0 {
			return int(^uint(0) >> 1)
		}
		return p.Meta.Weight
	}
	for _, s := range b.sections {
		slices.SortFunc(s.Items, func(x, y Item) int {
			return cmp.Or(cmp.Compare(weight(x), weight(y)), compareNames(x.URL(), y.URL()))
		})
	}
}

// compareNames orders names without regard to case, and runs of digits by
// their value: "2-plan" before "10-test". Names that differ in case only are
// ordered bytewise, so that the order is total.
func compareNames(a, b string) int {
	x, y := strings.ToLower(a), strings.ToLower(b)
	for x != "" && y != "" {
		dx, dy := digits(x), digits(y)
		if dx > 0 && dy > 0 {
			nx, ny := strings.TrimLeft(x[:dx], "0"), strings.TrimLeft(y[:dy], "0")
			if c := cmp.Or(cmp.Compare(len(nx), len(ny)), cmp.Compare(nx, ny)); c != 0 {
				return c
			}
			x, y = x[dx:], y[dy:]
			continue
		}
		if x[0] != y[0] {
			return cmp.Compare(x[0], y[0])
		}
		x, y = x[1:], y[1:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
