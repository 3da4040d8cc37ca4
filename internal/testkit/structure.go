package testkit

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// void elements have no end tag.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// place is an element and the one that holds it.
type place struct{ name, parent string }

// structure reads tags as they are written, and reports where they do not pair
// up and where a browser makes another tree of them. Every element but the void
// ones is to be closed in so many words. The parent is what a fragment is put
// into; "" says that source is a whole page.
func (p *problems) structure(source []byte, parent string) {
	written, ok := p.tags(source, parent)
	if !ok {
		return // the tree differs for sure
	}
	doc := parse(source, false)
	if parent != "" {
		doc = parse(slices.Concat([]byte("<!DOCTYPE html><html><head></head><body><"+parent+">"), source, []byte("</"+parent+"></body></html>")), false)
		written = append([]place{{"html", ""}, {"head", "html"}, {"body", "html"}, {parent, "body"}}, written...)
	}
	i := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		got := place{strings.ToLower(n.Data), strings.ToLower(n.Parent.Data)}
		if i >= len(written) || got != written[i] {
			want := "nothing"
			if i < len(written) {
				want = "<" + written[i].name + "> in <" + written[i].parent + ">"
			}
			p.add("structure", "the tags say %s, a browser makes <%s> in <%s>", want, got.name, got.parent)
			return
		}
		i++
	}
	if i < len(written) {
		p.add("structure", "a browser drops <%s>", written[i].name)
	}
}

// tags reads the tags of source in order, each with the element open around it.
func (p *problems) tags(source []byte, parent string) (all []place, ok bool) {
	before := len(p.all)
	stack := []string{}
	top := func() string {
		if len(stack) == 0 {
			return parent
		}
		return stack[len(stack)-1]
	}
	read := 0
	z := html.NewTokenizer(bytes.NewReader(source))
	for {
		kind := z.Next()
		raw := string(z.Raw())
		read += len(raw)
		switch kind {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				p.add("structure", "%v", z.Err())
			}
			if read < len(source) || raw != "" {
				p.add("structure", "the end comes in the middle of a tag")
			}
			for _, name := range stack {
				p.add("structure", "<%s> is not closed", name)
			}
			return all, len(p.all) == before
		case html.DoctypeToken:
			if parent != "" || len(all) > 0 {
				p.add("structure", "a doctype in the middle")
			}
		case html.CommentToken:
			if !strings.HasPrefix(raw, "<!--") || !strings.HasSuffix(raw, "-->") || len(raw) < len("<!---->") {
				p.add("structure", "comment without its ends: %s", clip(raw))
			}
		case html.TextToken:
			if strings.Contains(raw, "<") && !slices.Contains([]string{"script", "style"}, top()) {
				p.add("structure", "a bare < in text: %s", clip(raw))
			}
			if strings.Contains(raw, "\x00") {
				p.add("structure", "a NUL byte in text")
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			p.written(t)
			all = append(all, place{t.Data, top()})
			foreign := inForeign(stack) || t.Data == "svg" || t.Data == "math"
			if foreign || t.Data == "noscript" {
				z.NextIsNotRawText()
			}
			if t.Data == "a" && slices.Contains(stack, "a") {
				p.add("structure", "<a> in <a>")
			}
			if slices.Contains(void, t.Data) && !foreign {
				continue
			}
			if kind == html.StartTagToken || !foreign {
				stack = append(stack, t.Data)
			}
			if kind == html.SelfClosingTagToken && !foreign {
				p.add("structure", "<%s/> closes nothing", t.Data)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			i := lastIndex(stack, string(name))
			switch {
			case i < 0:
				p.add("structure", "</%s> closes nothing", name)
			case i < len(stack)-1:
				p.add("structure", "</%s> where <%s> is open", name, top())
				stack = stack[:i]
			default:
				stack = stack[:i]
			}
		}
	}
}

// written reports attributes that no careful writer writes: they are what is
// left when a quote is missing.
func (p *problems) written(t html.Token) {
	for _, a := range t.Attr {
		if strings.ContainsAny(a.Key, "\"'<=`\x00") {
			p.add("structure", "broken attribute %q in <%s>", clip(a.Key), t.Data)
		}
	}
}

// inForeign reports whether what comes next belongs to svg or math.
func inForeign(stack []string) bool {
	for _, name := range slices.Backward(stack) {
		switch name {
		case "svg", "math":
			return true
		case "foreignobject", "desc", "title", "annotation-xml":
			return false
		}
	}
	return false
}

func lastIndex(stack []string, name string) int {
	for i, s := range slices.Backward(stack) {
		if s == name {
			return i
		}
	}
	return -1
}

// contained reports whether a fragment between <div> and <i></i></div><b></b>
// has left the div, or swallowed what comes after it.
func (p *problems) contained(doc *html.Node) {
	var body *html.Node
	for n := range doc.Descendants() {
		if n.Data == "body" && n.Type == html.ElementNode {
			body = n
			break
		}
	}
	whole := body != nil && body.FirstChild != nil
	if whole {
		div, after := body.FirstChild, body.LastChild
		whole = div.Data == "div" && after.Data == "b" && after.PrevSibling == div && after.FirstChild == nil &&
			div.LastChild != nil && div.LastChild.Data == "i" && div.LastChild.FirstChild == nil && len(div.LastChild.Attr) == 0
	}
	if !whole {
		p.add("breakout", "the fragment reaches beyond the element that holds it")
	}
}
