package testkit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// CSP is the policy that every page carries and is tested under, word for word
// as the design has it.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'"

// Violations judges a piece of a page, such as a rendered body: whether it runs
// code, carries styles, loads from elsewhere, or reaches out of the element it
// is put into. It is quick and total, so that fuzzers can call it.
func Violations(fragment []byte) []string {
	var p problems
	p.structure(fragment, "div")
	page := slices.Concat([]byte("<!DOCTYPE html><html><head></head><body><div>"), fragment, []byte("<i></i></div><b></b></body></html>"))
	for _, scripting := range []bool{true, false} { // a browser without scripts sees what is in noscript
		doc := parse(page, scripting)
		p.contained(doc)
		p.safety(doc)
	}
	p.twins(parse(page, true))
	return p.all
}

// CheckPage judges a whole page: what Violations does, the policy, the parts
// that every page has, and its ids. The name stands before each problem.
func CheckPage(name string, page []byte) []string {
	var p problems
	p.structure(page, "")
	for _, scripting := range []bool{true, false} {
		p.safety(parse(page, scripting))
	}
	doc := parse(page, false)
	p.head(page, doc)
	p.body(doc)
	p.twins(doc)
	p.references(doc)
	return under(name, p.all)
}

// Remarks judges a page by rules that authors may break: no heading level left
// out, no link without text, no drawing without a name.
func Remarks(name string, page []byte) []string {
	var p problems
	level := 0
	for n := range parse(page, false).Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if l := headingLevel(n.Data); l > 0 {
			if level > 0 && l > level+1 {
				p.add("heading", "h%d %q follows h%d", l, text(n), level)
			}
			level = l
		}
		if _, isLink := attr(n, "href"); n.Data == "a" && isLink && named(n) == "" {
			p.add("link", "no text in %s", show(n))
		}
		if _, hidden := attr(n, "aria-hidden"); n.Data == "svg" && !hidden && named(n) == "" && !inside(n, "a", "button") {
			p.add("drawing", "no name for %s", show(n))
		}
	}
	return under(name, p.all)
}

// problems collects sentences, each once.
type problems struct{ all []string }

func (p *problems) add(kind, format string, args ...any) {
	s := kind + ": " + fmt.Sprintf(format, args...)
	if !slices.Contains(p.all, s) {
		p.all = append(p.all, s)
	}
}

func under(name string, all []string) []string {
	named := make([]string, len(all))
	for i, s := range all {
		named[i] = name + ": " + s
	}
	return named
}

// parse reads HTML as browsers do, which never fails on bytes in memory.
func parse(page []byte, scripting bool) *html.Node {
	doc, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(scripting))
	if err != nil { // elements nested deeper than the parser goes
		doc = &html.Node{Type: html.DocumentNode}
		doc.AppendChild(&html.Node{Type: html.ElementNode, Data: "script"})
	}
	return doc
}

// attr returns an attribute by its name in lower case, "xlink:href" in full.
func attr(n *html.Node, name string) (value string, ok bool) {
	for _, a := range n.Attr {
		if attrName(a) == name {
			return a.Val, true
		}
	}
	return "", false
}

func attrName(a html.Attribute) string {
	if a.Namespace != "" {
		return strings.ToLower(a.Namespace + ":" + a.Key)
	}
	return strings.ToLower(a.Key)
}

// show is the start tag of an element, cut short.
func show(n *html.Node) string {
	s := "<" + n.Data
	for _, a := range n.Attr {
		s += fmt.Sprintf(" %s=%q", attrName(a), a.Val)
	}
	return clip(s + ">")
}

func clip(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

// text is the text below n.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// named is what assistive software calls n.
func named(n *html.Node) string {
	for _, key := range []string{"aria-label", "aria-labelledby"} {
		if v, ok := attr(n, key); ok && strings.TrimSpace(v) != "" {
			return v
		}
	}
	if n.Data == "svg" {
		for c := range n.ChildNodes() {
			if c.Data == "title" {
				return text(c)
			}
		}
		return ""
	}
	name := text(n)
	for d := range n.Descendants() {
		if alt, ok := attr(d, "alt"); ok && d.Data == "img" {
			name += alt
		} else if label, ok := attr(d, "aria-label"); ok {
			name += label
		}
	}
	return name
}

// inside reports whether n lies in an element of one of the names.
func inside(n *html.Node, names ...string) bool {
	for a := range n.Ancestors() {
		if slices.Contains(names, a.Data) {
			return true
		}
	}
	return false
}

func headingLevel(tag string) int {
	if len(tag) == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' {
		return int(tag[1] - '0')
	}
	return 0
}
