package testkit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// CheckCSS judges a style sheet: everything it loads is of this site, or an
// image within it.
func CheckCSS(name string, css []byte) []string {
	var p problems
	for _, address := range styleAddresses(string(css)) {
		if foreign(address) && !dataImage.MatchString(bare(address)) {
			p.add("external", "%s", clip(address))
		}
	}
	return under(name, p.all)
}

// CheckSVG judges a drawing in a file. As an image it runs nothing, but whoever
// opens it by its own address has a document of this site's before him, so it
// must hold nothing that runs. Styles are its own affair.
func CheckSVG(name string, svg []byte) []string {
	var p problems
	d := xml.NewDecoder(bytes.NewReader(svg))
	var path []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return under(name, p.all)
		}
		if err != nil {
			p.add("drawing", "%v", err)
			return under(name, p.all)
		}
		switch t := token.(type) {
		case xml.StartElement:
			path = append(path, strings.ToLower(t.Name.Local))
			p.drawn(t)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) > 0 && path[len(path)-1] == "style" {
				p.style(string(t))
			}
		case xml.Directive:
			if strings.Contains(strings.ToUpper(string(t)), "ENTITY") {
				p.add("drawing", "it declares entities")
			}
		case xml.ProcInst:
			if t.Target == "xml-stylesheet" {
				p.add("external", "xml-stylesheet %s", clip(string(t.Inst)))
			}
		}
	}
}

// drawn judges one element of a drawing by the rules for pages.
func (p *problems) drawn(t xml.StartElement) {
	n := &html.Node{Type: html.ElementNode, Data: strings.ToLower(t.Name.Local), Namespace: "svg"}
	switch n.Data {
	case "style":
	case "iframe", "html", "body", "handler", "listener":
		p.add("element", "<%s> in a drawing", n.Data)
	default:
		for _, a := range t.Attr {
			key := strings.ToLower(a.Name.Local)
			n.Attr = append(n.Attr, html.Attribute{Key: key, Val: a.Value})
		}
		p.element(n)
	}
	for _, a := range n.Attr {
		if a.Key == "style" {
			p.style(a.Val)
			continue
		}
		p.attribute(n, a.Key, a.Val)
	}
}

func (p *problems) style(css string) {
	for _, problem := range CheckCSS("", []byte(css)) {
		p.add("external", "%s", problem)
	}
}
