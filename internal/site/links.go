package site

import (
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// TargetKind says what a link leads to.
type TargetKind uint8

// The kinds of targets.
const (
	Nowhere     TargetKind = iota // shown as plain text
	ToPage                        // Page or Section, at Fragment
	ToFile                        // the file File, copied to CopyName(File)
	ToElsewhere                   // URL, another site or a mail address
	ToRemote                      // URL, media of another site: shown as a link, never loaded
)

// Target is where a link leads.
type Target struct {
	Kind     TargetKind
	Address  string // of a page or section
	Fragment string // id on the page, decoded; "": its top
	File     handbook.Path
	Width    int // of a picture, 0 where it is not known
	Height   int
	AsText   bool   // the file is published as text: see CopyName
	URL      string // as written
}

// schemes are the kinds of addresses that a handbook may link to.
var schemes = []string{"http", "https", "mailto", "tel"}

// links resolves every link of every page. That is done on all processors; what
// follows from where they lead is put together in the order of the pages, so
// that findings and backlinks have one order too.
func (b *builder) links() {
	before := b.opts.Previous
	if before != nil && !b.leadsTheSame(before) {
		before = nil
	}
	size := max(256, (len(b.all)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	var linkers []*linker
	var wg sync.WaitGroup
	for part := range slices.Chunk(b.all, size) {
		l := &linker{builder: b}
		linkers = append(linkers, l)
		wg.Go(func() {
			for _, p := range part {
				if before != nil {
					if old := before.Pages[p.N]; old.Page == p.Page && old.silent {
						p.Targets, p.silent = old.Targets, true
						continue
					}
				}
				l.page(p)
			}
		})
	}
	wg.Wait()
	var guess guesser
	for _, l := range linkers {
		b.found.Join(l.own)
		for _, lost := range l.lost {
			guess.hint(b, lost)
		}
	}
	b.arrivals()
}

// leadsTheSame reports whether every link leads where it did in another state of
// the site: the same pages at the same addresses with the same headings, and the
// same files.
func (b *builder) leadsTheSame(before *Site) bool {
	return before.opts.Strict == b.opts.Strict && before.opts.Content == b.opts.Content &&
		slices.EqualFunc(b.all, before.Pages, func(p, old *Page) bool {
			return p.URL == old.URL && (!b.opts.Wiki || p.Title == old.Title) && (p.Page == old.Page || p.Path == old.Path &&
				slices.Equal(p.Body.Anchors, old.Body.Anchors) && slices.EqualFunc(p.Body.Headings, old.Body.Headings, func(x, y handbook.Heading) bool {
				return x.ID == y.ID && x.Level == y.Level
			}))
		}) &&
		sameFiles(b.tree.Files, before.tree.Files)
}

// linker resolves the links of some of the pages.
type linker struct {
	*builder           // only read
	own      diag.List // its findings
	guessed  int       // names of which a suggestion was looked for
	lost     []lost    // of them, those that may get a suggestion
}

// report is that of the builder, into the linker's own list.
func (r *linker) report(pos diag.Pos, code diag.Code, format string, args ...any) *diag.Finding {
	if r.opts.Strict {
		return r.own.Errorf(pos, code, format, args...)
	}
	return r.own.Warnf(pos, code, format, args...)
}

func (r *linker) page(p *Page) {
	said := r.own.Len()
	defer func() { p.silent = r.own.Len() == said }()
	p.Targets = make([]Target, len(p.Body.Links))
	var hosts []string
	var first diag.Pos
	for i, l := range p.Body.Links {
		t := r.resolve(p, l)
		p.Targets[i] = t
		if t.Kind != ToRemote {
			continue
		}
		if host := hostOf(t.URL); !slices.Contains(hosts, host) {
			if hosts = append(hosts, host); len(hosts) == 1 {
				first = l.Pos
			}
		}
	}
	if len(hosts) > 0 {
		f := r.own.Warnf(first, diag.RemoteMedia, "media from %s is shown as a link: pages load nothing from other hosts", strings.Join(hosts, ", "))
		f.Hint = "copy the file beside the page and refer to it there"
	}
}

// arrivals gathers, at the places that links lead to, what leads there.
func (b *builder) arrivals() {
	warned := map[handbook.Path]bool{}
	for _, p := range b.all {
		for i, t := range p.Targets {
			switch t.Kind {
			case ToFile:
				b.copies[CopyName(t)] = t.File
				if active(t.File) && !warned[t.File] {
					warned[t.File] = true
					f := b.found.Warnf(p.Body.Links[i].Pos, diag.ActiveFile, "%s is published as text, as %s", t.File, CopyName(t))
					f.Hint = "a browser would run what is in it as part of the site"
				}
			case ToPage:
				// The links of one page come together, so it can only be the last.
				if to := b.byURL[t.Address]; to != nil && to != p && (len(to.Backlinks) == 0 || to.Backlinks[len(to.Backlinks)-1] != p) {
					to.Backlinks = append(to.Backlinks, p)
				}
			}
		}
	}
}

// resolve finds the target of one link and reports a link to nowhere.
func (r *linker) resolve(p *Page, l handbook.Link) Target {
	if l.Wiki {
		return r.wiki(p, l)
	}
	dest := strings.TrimSpace(l.Dest)
	if scheme, ok := schemeOf(dest); ok || strings.HasPrefix(dest, "//") {
		return r.elsewhere(l, dest, scheme)
	}
	if dest == "" {
		r.report(l.Pos, diag.LinkBroken, "the %s has no address", noun(l)).Hint = "write the path of a page or an address with https:// in the brackets"
		return Target{}
	}
	rest, fragment, _ := strings.Cut(dest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	if decoded, err := url.PathUnescape(rest); err == nil {
		rest = decoded
	}
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	if rest == "" {
		return r.anchor(p, l, Target{Kind: ToPage, Address: p.URL}, p, fragment)
	}
	rest = strings.ReplaceAll(rest, `\`, "/")
	full := path.Join(string(folderOf(p, l)), rest)
	if strings.HasPrefix(rest, "/") {
		full = path.Join(".", strings.TrimLeft(rest, "/"))
	}
	full = r.within(full)
	if full == ".." || strings.HasPrefix(full, "../") {
		r.report(l.Pos, diag.LinkOutside, "the %s to %q leads out of the site's folder", noun(l), l.Dest).Hint = "move the file into the site, or link to it with https://"
		return Target{}
	}
	if t, to, ok := r.lookup(full, l.Kind == handbook.LinkText); ok {
		return r.anchor(p, l, t, to, fragment)
	}
	if !r.opts.Strict && l.Kind == handbook.LinkText {
		// Sites of other tools often write links as the browser sees them.
		if t, to, ok := r.lookup(path.Join(p.URL, rest), true); ok && !strings.HasPrefix(rest, "/") {
			return r.anchor(p, l, t, to, fragment)
		}
	}
	r.broken(p, l, full)
	return Target{}
}

// folderOf is the folder that a link starts from.
func folderOf(p *Page, l handbook.Link) handbook.Path {
	if l.Base != "" {
		return l.Base
	}
	return p.Path.Dir()
}

// within is a path as seen from the content root, also where it leads out of
// that and back into it over the site's folder.
func (b *builder) within(full string) string {
	if !strings.HasPrefix(full, "../") || b.opts.Content == "" || b.opts.Content == "." {
		return full
	}
	if rest, back := strings.CutPrefix(path.Join(b.opts.Content, full), b.opts.Content+"/"); back {
		return rest
	}
	return full
}

// elsewhere is the target of a link with a scheme.
func (r *linker) elsewhere(l handbook.Link, dest, scheme string) Target {
	remote := scheme == "" || scheme == "http" || scheme == "https"
	switch {
	case !remote && l.Kind != handbook.LinkText:
		r.report(l.Pos, diag.LinkScheme, "%s cannot have an address that begins with %q", noun(l), scheme+":").Hint = "copy the file beside the page and refer to it there"
		return Target{}
	case !remote && !slices.Contains(schemes, scheme):
		r.report(l.Pos, diag.LinkScheme, "addresses that begin with %q are not allowed", scheme+":").Hint = "allowed are https, http, mailto and tel, and paths of files in the site"
		return Target{}
	case remote && hostOf(dest) == "":
		r.report(l.Pos, diag.LinkBroken, "the address %q names no host", l.Dest)
		return Target{}
	case l.Kind == handbook.LinkText:
		return Target{Kind: ToElsewhere, URL: dest}
	}
	return Target{Kind: ToRemote, URL: dest}
}

// lookup finds the page, section or file that a path below the content root
// means: as GitHub shows it, then as a site does, without extension or with
// .html. The page is nil for files and for sections without a page.
func (b *builder) lookup(full string, pages bool) (Target, *Page, bool) {
	p := handbook.Path(full)
	if pages {
		if to := b.byPath[p]; to != nil {
			return Target{Kind: ToPage, Address: to.URL}, to, true
		}
		if s := b.sections[p]; s != nil {
			return Target{Kind: ToPage, Address: s.URL}, s.Page, true
		}
	}
	if f, ok := b.files[p]; ok {
		return Target{Kind: ToFile, File: p, Width: f.Width, Height: f.Height, AsText: pages && runsScript(p) || active(p)}, nil, true
	}
	if !pages {
		return Target{}, nil, false
	}
	stem := handbook.Path(strings.TrimSuffix(strings.TrimSuffix(full, "index.html"), ".html"))
	for _, try := range []handbook.Path{p + ".md", p + ".markdown", stem + ".md"} {
		if to := b.byPath[try]; to != nil {
			return Target{Kind: ToPage, Address: to.URL}, to, true
		}
	}
	if s := b.sections[handbook.Path(path.Clean(string(stem)))]; s != nil {
		return Target{Kind: ToPage, Address: s.URL}, s.Page, true
	}
	if to := b.byURL[full+"/"]; to != nil {
		return Target{Kind: ToPage, Address: to.URL}, to, true
	}
	return Target{}, nil, false
}

// anchor checks the fragment of a link to a page. A link to a missing heading
// of another page still leads to that page.
func (r *linker) anchor(p *Page, l handbook.Link, t Target, to *Page, fragment string) Target {
	if fragment == "" || t.Kind != ToPage {
		return t
	}
	fragment, _, _ = strings.Cut(fragment, ":~:") // a text directive is the browser's
	id := strings.TrimPrefix(fragment, "user-content-")
	if id == "" || strings.EqualFold(id, "top") {
		return t
	}
	// GitHub finds a heading whatever the case; browsers do not.
	known, ok := anchorOf(to, id)
	if ok {
		if h := titleHeading(to); h == nil || h.ID != known {
			t.Fragment = known
		}
		return t
	}
	if strings.EqualFold(id, "readme") && (to == nil || to.IsSection()) {
		return t // what GitHub calls the page of a folder
	}
	where := "this page"
	if to != p {
		where = strings.TrimSuffix("/"+t.Address, "/")
		if to != nil {
			where = to.Pos.Path
		}
	}
	f := r.report(l.Pos, diag.AnchorBroken, "there is no heading %q in %s", "#"+fragment, where)
	if near := diag.Nearest(id, anchors(to)); near != "" {
		f.Hint = "did you mean #" + near + "?"
	}
	if to == p {
		return Target{}
	}
	return t
}

// anchorOf finds an id of a page: the same, else one that differs in case only.
func anchorOf(p *Page, id string) (string, bool) {
	if p == nil {
		return "", false
	}
	alike, ok := "", false
	for i := range p.Body.Headings {
		switch known := p.Body.Headings[i].ID; {
		case known == id:
			return id, true
		case !ok && strings.EqualFold(known, id):
			alike, ok = known, true
		}
	}
	for _, known := range p.Body.Anchors {
		switch {
		case known == id:
			return id, true
		case !ok && strings.EqualFold(known, id):
			alike, ok = known, true
		}
	}
	return alike, ok
}

// anchors are all ids of a page.
func anchors(p *Page) []string {
	if p == nil {
		return nil
	}
	var ids []string
	for _, h := range p.Body.Headings {
		ids = append(ids, h.ID)
	}
	return append(ids, p.Body.Anchors...)
}

// titleHeading is the heading that became the page's title; it has no id of
// its own on the page.
func titleHeading(p *Page) *handbook.Heading { return p.Body.Title() }

// broken reports a link to a file that is not there, with the most likely one.
func (r *linker) broken(p *Page, l handbook.Link, full string) {
	f := r.report(l.Pos, diag.LinkBroken, "%s to %q leads nowhere", noun(l), l.Dest)
	if r.drafts[handbook.Path(full)] {
		f.Hint = "that page is a draft; publish it, or build with --drafts"
		return
	}
	first, _, _ := strings.Cut(l.Dest, "/")
	if l.Kind == handbook.LinkText && strings.HasPrefix(first, "www.") {
		f.Hint = "did you mean https://" + l.Dest + "?"
		return
	}
	r.lost = append(r.lost, lost{f, string(folderOf(p, l)), full, l.Kind == handbook.LinkText})
}

// relativePath is the path of a file as a page in dir would write it.
func relativePath(dir, file string) string {
	switch {
	case dir == ".":
		return file
	case strings.HasPrefix(dir, "../"): // an included file from outside of the content
		return "/" + file
	}
	from, to := strings.Split(dir, "/"), strings.Split(file, "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

func noun(l handbook.Link) string {
	switch l.Kind {
	case handbook.LinkImage:
		return "image"
	case handbook.LinkMedia:
		return "media"
	}
	return "link"
}

// schemeOf returns the scheme of an address in lower case. One letter is not a
// scheme but the drive of a path on Windows, which leads nowhere.
func schemeOf(dest string) (string, bool) {
	i := strings.IndexAny(dest, ":/?#")
	if i < 2 || dest[i] != ':' {
		return "", false
	}
	for j, c := range []byte(strings.ToLower(dest[:i])) {
		if c < 'a' || c > 'z' {
			if j == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
				return "", false
			}
		}
	}
	return strings.ToLower(dest[:i]), true
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
