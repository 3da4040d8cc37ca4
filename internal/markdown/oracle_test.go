package markdown

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/testkit"
)

// parse reads a page as a test writes it.
func parse(src string, opts Options) (handbook.Body, diag.List) {
	var l diag.List
	b := New(opts).Parse([]byte(src), diag.Pos{Path: "page.md", Line: 1, Column: 1}, &l)
	return b, l
}

// check is the oracle for every body: it must hold whatever the source says.
func check(b handbook.Body) error {
	if err := checkSlots(b); err != nil {
		return err
	}
	for _, links := range []bool{true, false} {
		if err := checkHTML(fill(b, 0, len(b.HTML), links)); err != nil {
			return err
		}
		if v := testkit.Violations(fill(b, 0, len(b.HTML), links)); len(v) > 0 {
			return fmt.Errorf("%s", strings.Join(v, "\n"))
		}
		// render leaves the title out.
		var rest []byte
		if b.TitleEnd > 0 {
			rest = fill(b, 0, b.TitleStart, links)
		}
		rest = append(rest, fill(b, b.TitleEnd, len(b.HTML), links)...)
		if err := checkHTML(rest); err != nil {
			return fmt.Errorf("without the title: %w", err)
		}
		if err := checkIDs(b, rest); err != nil {
			return err
		}
	}
	for _, h := range b.Headings {
		if err := checkHTML([]byte(h.HTML)); err != nil {
			return fmt.Errorf("heading %q: %w", h.Text, err)
		}
		if h.Text == "" || h.ID == "" || h.Level < 1 || h.Level > 6 {
			return fmt.Errorf("heading %+v is not complete", h)
		}
	}
	if n := len([]rune(b.Summary)); n > maxSummary {
		return fmt.Errorf("summary of %d runes: %q", n, b.Summary)
	}
	return nil
}

// checkSlots wants slots in order, in bounds, outside tags, and those of links
// in pairs that are not nested.
func checkSlots(b handbook.Body) error {
	inTag := make([]bool, len(b.HTML)+1)
	in := false
	for i, c := range b.HTML {
		inTag[i] = in
		switch c {
		case '<':
			in = true
		case '>':
			in = false
		}
	}
	at, open := 0, -1
	for _, s := range b.Slots {
		if s.At < at || s.At > len(b.HTML) || inTag[s.At] {
			return fmt.Errorf("slot %+v after %d is in a tag or out of order or bounds", s, at)
		}
		at = s.At
		switch s.Kind {
		case handbook.SlotLinkOpen:
			if open >= 0 {
				return fmt.Errorf("slot %+v: a link in link %d", s, open)
			}
			open = s.Index
		case handbook.SlotLinkClose:
			if s.Index != open {
				return fmt.Errorf("slot %+v closes link %d", s, open)
			}
			open = -1
		case handbook.SlotImage:
			if l := b.Links[s.Index]; l.Kind != handbook.LinkImage || l.Inside != (open >= 0) {
				return fmt.Errorf("slot %+v in link %d has link %+v", s, open, l)
			}
		default:
			if s.Index >= len(b.Metrics) {
				return fmt.Errorf("slot %+v has no metric", s)
			}
		}
	}
	if open >= 0 {
		return fmt.Errorf("link %d is not closed", open)
	}
	return nil
}

// fill is a part of the HTML with something in its slots.
func fill(b handbook.Body, from, to int, links bool) []byte {
	var out []byte
	for _, s := range b.Slots {
		if s.At < from || s.At > to || s.At == to && to < len(b.HTML) {
			continue
		}
		out = append(out, b.HTML[from:s.At]...)
		from = s.At
		switch {
		case s.Kind == handbook.SlotLinkOpen && links:
			out = append(out, `<a href="https://slot.example/">`...)
		case s.Kind == handbook.SlotLinkClose && links:
			out = append(out, "</a>"...)
		case s.Kind == handbook.SlotImage:
			out = append(out, `<img alt="">`...)
		case s.Kind == handbook.SlotFigure:
			out = append(out, "<figure></figure>"...)
		case s.Kind == handbook.SlotValue:
			out = append(out, `<span class="metric"></span>`...)
		}
	}
	return append(out, b.HTML[from:to]...)
}

var voids = []string{"br", "col", "hr", "img", "input", "wbr"}

// checkHTML wants HTML that a browser reads as the very tree that its tags
// show, and that is inert.
func checkHTML(src []byte) error {
	var shown strings.Builder
	var stack []string
	z := html.NewTokenizer(bytes.NewReader(src))
	first := false // content of <pre>: a browser drops a line end there
	for z.Next() != html.ErrorToken {
		t := z.Token()
		switch t.Type {
		case html.TextToken:
			if first {
				t.Data = strings.TrimPrefix(t.Data, "\n")
			}
			shown.WriteString(t.Data)
		case html.StartTagToken:
			if err := inert(t); err != nil {
				return err
			}
			shown.WriteString("<" + t.Data + ">")
			if !slices.Contains(voids, t.Data) {
				stack = append(stack, t.Data)
			}
		case html.EndTagToken:
			if len(stack) == 0 || stack[len(stack)-1] != t.Data {
				return fmt.Errorf("</%s> closes %q", t.Data, stack)
			}
			stack = stack[:len(stack)-1]
			shown.WriteString("</" + t.Data + ">")
		default:
			return fmt.Errorf("%v in the output: %s", t.Type, t)
		}
		first = t.Type == html.StartTagToken && t.Data == "pre"
	}
	if len(stack) > 0 {
		return fmt.Errorf("%q are not closed", stack)
	}
	nodes, err := html.ParseFragment(bytes.NewReader(src), &html.Node{Type: html.ElementNode, Data: "main", DataAtom: atom.Main})
	if err != nil {
		return err
	}
	var read strings.Builder
	for _, n := range nodes {
		serialise(&read, n)
	}
	if read.String() != shown.String() {
		return fmt.Errorf("a browser reads\n%s\nwhere the tags show\n%s", read.String(), shown.String())
	}
	return nil
}

func serialise(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		b.WriteString(n.Data)
		return
	case html.ElementNode:
		b.WriteString("<" + n.Data + ">")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		serialise(b, c)
	}
	if n.Type == html.ElementNode && !slices.Contains(voids, n.Data) {
		b.WriteString("</" + n.Data + ">")
	}
}

// inert wants an element that can do nothing, and no address but our own.
func inert(t html.Token) error {
	ours := []string{"main", "p", "div", "pre", "code", "span", "input", "img", "figure", "a"}
	if r := elements[t.Data]; !slices.Contains(ours, t.Data) && (r.kind == 0 || r.kind >= media) {
		return fmt.Errorf("element %s in the output", t)
	}
	for _, a := range t.Attr {
		allowed := []string{"id", "class", "title", "lang", "dir", "align", "href", "role", "aria-label", "tabindex", "data-lang", "data-line", "type", "start", "reversed",
			"value", "open", "checked", "disabled", "colspan", "rowspan", "span", "scope", "width", "datetime", "alt"}
		if !slices.Contains(allowed, a.Key) {
			return fmt.Errorf("attribute %s in %s", a.Key, t)
		}
		if a.Key == "href" && !strings.HasPrefix(a.Val, "#") && a.Val != "https://slot.example/" {
			return fmt.Errorf("address in %s", t)
		}
	}
	return nil
}

// checkIDs wants each id once, and each to be known: the links inside a page
// are checked against them.
func checkIDs(b handbook.Body, shown []byte) error {
	known := map[string]bool{}
	for _, h := range b.Headings {
		if known[h.ID] {
			return fmt.Errorf("two headings have the id %q", h.ID)
		}
		known[h.ID] = true
	}
	for _, a := range b.Anchors {
		if known[a] {
			return fmt.Errorf("id %q twice among headings and anchors", a)
		}
		known[a] = true
	}
	title := b.Title()
	there := map[string]bool{}
	var refs []string
	z := html.NewTokenizer(bytes.NewReader(shown))
	for z.Next() != html.ErrorToken {
		for _, a := range z.Token().Attr {
			if a.Key == "href" && strings.HasPrefix(a.Val, "#") {
				refs = append(refs, a.Val[1:])
			}
			if a.Key != "id" {
				continue
			}
			if there[a.Val] {
				return fmt.Errorf("id %q twice in the output", a.Val)
			}
			there[a.Val] = true
			if !known[a.Val] && !strings.HasPrefix(a.Val, "rt-fnref-") {
				return fmt.Errorf("id %q of the output is neither a heading nor an anchor", a.Val)
			}
		}
	}
	for id := range known {
		if !there[id] && (title == nil || title.ID != id) {
			return fmt.Errorf("id %q is not in the output", id)
		}
	}
	for _, id := range refs {
		if !there[id] {
			return fmt.Errorf("our own link to #%s leads nowhere", id)
		}
	}
	return nil
}

// mustCheck fails a test whose body does not pass the oracle.
func mustCheck(t testing.TB, src string, b handbook.Body) {
	t.Helper()
	if err := check(b); err != nil {
		t.Fatalf("%v\nsource:\n%s\nbody:\n%s", err, src, b.HTML)
	}
}
