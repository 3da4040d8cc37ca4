package testkit

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// head reports what is missing at the top of a page.
func (p *problems) head(page []byte, doc *html.Node) {
	if !bytes.HasPrefix(bytes.ToLower(page), []byte("<!doctype html>")) {
		p.add("head", "no <!doctype html> at the very start")
	}
	if !utf8.Valid(page) {
		p.add("head", "not UTF-8")
	}
	if i := bytes.Index(bytes.ToLower(page), []byte(`<meta charset="utf-8">`)); i < 0 || i > 1024 {
		p.add("head", `no <meta charset="utf-8"> in the first 1024 bytes`)
	}
	titles, policies, views, fetched := 0, 0, 0, false
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Namespace != "" {
			continue
		}
		content, _ := attr(n, "content")
		meta, _ := attr(n, "name")
		equiv, _ := attr(n, "http-equiv")
		switch {
		case n.Data == "html":
			if lang, _ := attr(n, "lang"); strings.TrimSpace(lang) == "" {
				p.add("head", "no lang on <html>")
			}
		case n.Data == "title" && inside(n, "head"):
			if titles++; text(n) == "" {
				p.add("head", "an empty <title>")
			}
		case n.Data == "meta" && meta == "viewport":
			if views++; !strings.Contains(content, "width=device-width") || strings.Contains(content, "user-scalable") || strings.Contains(content, "maximum-scale") {
				p.add("head", "viewport %q", content)
			}
		case n.Data == "meta" && equiv != "" && equiv != "refresh":
			if policies++; content != CSP || !inside(n, "head") {
				p.add("policy", "it is %q, want %q in head", content, CSP)
			}
			if fetched {
				p.add("policy", "it comes after something that loads")
			}
		case slices.Contains([]string{"script", "link", "style", "img"}, n.Data):
			fetched = true
		}
	}
	if titles != 1 {
		p.add("head", "%d <title> elements, want 1", titles)
	}
	if views != 1 {
		p.add("head", "%d viewports, want 1", views)
	}
	if policies != 1 {
		p.add("policy", "%d of them, want 1", policies)
	}
}

// body reports what every page's body has, and what its elements must have.
func (p *problems) body(doc *html.Node) {
	tops, mains := 0, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "h1":
			if tops++; named(n) == "" {
				p.add("body", "an empty <h1>")
			}
		case "main":
			mains++
		case "img":
			if _, ok := attr(n, "alt"); !ok {
				p.add("body", "no alt on %s", show(n))
			}
		}
	}
	if tops != 1 {
		p.add("body", "%d <h1> elements, want 1", tops)
	}
	if mains != 1 {
		p.add("body", "%d <main> elements, want 1", mains)
	}
}

// twins reports ids that are there twice, or are none.
func (p *problems) twins(doc *html.Node) {
	seen := map[string]bool{}
	for n := range doc.Descendants() {
		id, ok := attr(n, "id")
		if !ok || inside(n, "template") {
			continue
		}
		if id == "" || strings.ContainsAny(id, " \t\n\r\f") {
			p.add("id", "%q is none", id)
		}
		if seen[id] {
			p.add("id", "%q is there twice", id)
		}
		seen[id] = true
	}
}

// idAttributes name other elements of the page, many of them or one.
var idAttributes = []string{"aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-flowto",
	"aria-errormessage", "aria-activedescendant", "headers", "for", "list", "form", "popovertarget"}

var localURL = regexp.MustCompile(`url\(\s*["']?#([^)"']*)`)

// references reports ids that the page speaks of and does not have.
func (p *problems) references(doc *html.Node) {
	ids := anchors(doc)
	want := func(n *html.Node, name, id string) {
		if !ids[id] {
			p.add("reference", "%s on <%s> means #%s, which is not there", name, n.Data, id)
		}
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			name := attrName(a)
			switch {
			case slices.Contains(idAttributes, name):
				for _, id := range strings.Fields(a.Val) {
					want(n, name, id)
				}
			case name == "href" || name == "xlink:href" || name == "usemap":
				if id, ok := fragment(a.Val); ok && strings.HasPrefix(bare(a.Val), "#") && !ids[id] {
					want(n, name, id)
				}
			case n.Namespace != "":
				for _, m := range localURL.FindAllStringSubmatch(a.Val, -1) {
					want(n, name, m[1])
				}
			}
		}
	}
}

// anchors are the ids that a fragment can name.
func anchors(doc *html.Node) map[string]bool {
	ids := map[string]bool{}
	for n := range doc.Descendants() {
		if id, ok := attr(n, "id"); ok && !inside(n, "template") {
			ids[id] = true
		}
		if name, ok := attr(n, "name"); ok && (n.Data == "a" || n.Data == "map") {
			ids[name] = true
		}
	}
	return ids
}

// fragment is the id that an address names; ok is false where it names none,
// or the top of the page, which is always there.
func fragment(address string) (id string, ok bool) {
	_, id, ok = strings.Cut(bare(address), "#")
	id, _, _ = strings.Cut(id, ":~:")
	if decoded, err := url.PathUnescape(id); err == nil {
		id = decoded
	}
	return id, ok && id != "" && !strings.EqualFold(id, "top")
}
