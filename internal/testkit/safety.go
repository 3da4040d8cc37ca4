package testkit

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// safety reports what runs code, carries a style or loads from elsewhere,
// anywhere in a document.
func (p *problems) safety(doc *html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			p.element(n)
			for _, a := range n.Attr {
				p.attribute(n, attrName(a), a.Val)
			}
		}
	}
}

// element judges an element by its name.
func (p *problems) element(n *html.Node) {
	switch name := strings.ToLower(n.Data); name {
	case "script":
		p.script(n)
	case "style":
		p.add("style", "<style> in a page")
	case "base":
		p.add("base", "<base> in a page")
	case "object", "embed", "applet", "frame", "frameset", "portal", "fencedframe":
		p.add("element", "<%s>, which the policy blocks or should", name)
	case "video", "audio", "track":
		p.add("element", "<%s>, which the policy blocks", name)
	case "plaintext", "xmp", "noembed", "noframes", "listing", "marquee", "bgsound", "isindex", "keygen", "foreignobject", "annotation-xml":
		p.add("element", "<%s>, which serves attacks only", name)
	case "meta":
		kind, ok := attr(n, "http-equiv")
		content, _ := attr(n, "content")
		if ok && !strings.EqualFold(strings.TrimSpace(kind), "content-security-policy") && (kind != "refresh" || !onward.MatchString(content)) {
			p.add("meta", "http-equiv=%q", kind)
		}
	case "animate", "set", "animatetransform", "animatemotion":
		target, _ := attr(n, "attributename")
		target = strings.ToLower(strings.TrimSpace(target))
		if strings.HasSuffix(target, "href") || target == "src" || target == "style" || strings.HasPrefix(target, "on") {
			p.add("script", "<%s> of %s", name, target)
		}
	}
}

// onward is what leads from an address that a page had before to that of today:
// at once, and to a page of the site.
var onward = regexp.MustCompile(`^0; url=(\.\./)+([^:/\\][^:\\]*)?$`)

// script judges a script: a file, classic, or a block of data that is JSON.
func (p *problems) script(n *html.Node) {
	kind, typed := attr(n, "type")
	kind = strings.ToLower(strings.TrimSpace(kind))
	code := text(n)
	_, src := attr(n, "src")
	switch {
	case n.Namespace != "":
		p.add("script", "a script in %s", n.Namespace)
	case !src && (kind == "application/json" || kind == "application/ld+json"):
		if !json.Valid([]byte(code)) {
			p.add("script", "a data block that is not JSON: %s", clip(code))
		}
	case src && typed && kind != "" && kind != "text/javascript":
		p.add("script", "a script of type %q, which does not load from disk", kind)
	case src && code == "":
	default:
		p.add("script", "inline: %s", clip(code))
	}
}

// attribute judges an attribute by its name and value.
func (p *problems) attribute(n *html.Node, name, value string) {
	tag := strings.ToLower(n.Data)
	switch {
	case strings.HasPrefix(name, "on"):
		p.add("script", "%s on <%s>", name, tag)
	case name == "style":
		p.add("style", "style=%q on <%s>", clip(value), tag)
	case name == "srcdoc":
		p.add("script", "srcdoc on <%s>", tag)
	case name == "ping":
		p.add("external", "ping on <%s>", tag)
	case strings.Contains(value, "ZgotmplZ"):
		p.add("template", "%s=%q on <%s>: html/template refused the value", name, value, tag)
	}
	if n.Namespace != "" {
		for _, address := range styleAddresses(value) {
			p.load(n, name, address, false)
		}
	}
	for _, l := range links(n, name, value) {
		switch {
		case l.use == loads || l.use == shows:
			p.load(n, name, l.address, l.use == shows)
		case !followable(l.address):
			p.add("scheme", "%s=%q on <%s>", name, clip(l.address), tag)
		case l.use == sends && foreign(l.address):
			p.add("external", "%s=%q on <%s> sends to another host", name, clip(l.address), tag)
		}
	}
}

// load judges the address of something that a browser fetches by itself.
func (p *problems) load(n *html.Node, name, address string, image bool) {
	if image && dataImage.MatchString(bare(address)) || !foreign(address) {
		return
	}
	p.add("external", "%s=%q on <%s>", name, clip(address), n.Data)
}

// use says what a browser does with an address.
type use int

const (
	follows use = iota // when a reader asks for it
	sends              // a form, to it
	loads              // by itself
	shows              // by itself, as an image
)

type reference struct {
	address string
	use     use
}

// passive lists the relations of <link> that load nothing.
var passive = []string{"canonical", "alternate", "author", "license", "next", "prev", "help", "me", "search", "nofollow", "noopener", "edit"}

// links lists the addresses in an attribute.
func links(n *html.Node, name, value string) []reference {
	tag := strings.ToLower(n.Data)
	all := func(u use, addresses ...string) []reference {
		var refs []reference
		for _, a := range addresses {
			refs = append(refs, reference{a, u})
		}
		return refs
	}
	switch name {
	case "srcset", "imagesrcset":
		return all(shows, candidates(value)...)
	case "src", "poster", "background", "lowsrc", "dynsrc":
		if tag == "img" || tag == "input" || tag == "source" || name != "src" {
			return all(shows, value)
		}
		return all(loads, value)
	case "data":
		if tag == "object" {
			return all(loads, value)
		}
	case "codebase", "archive", "classid", "manifest", "profile", "icon":
		return all(loads, value)
	case "action", "formaction":
		return all(sends, value)
	case "href", "xlink:href":
		return all(hrefUse(n, tag), value)
	case "cite", "longdesc", "usemap":
		return all(follows, value)
	}
	return nil
}

func hrefUse(n *html.Node, tag string) use {
	switch tag {
	case "a", "area":
		return follows
	case "image", "feimage":
		return shows
	case "link":
		rel, _ := attr(n, "rel")
		words := strings.Fields(strings.ToLower(rel))
		active := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(passive, w) })
		switch {
		case len(words) > 0 && len(active) == 0:
			return follows
		case slices.Contains(active, "icon"):
			return shows
		}
	}
	return loads
}
