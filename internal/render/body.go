package render

import (
	"bytes"
	"html"
	"html/template"
	"net/url"
	"strconv"

	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// body fills the slots of a page's body. The heading that became the page's
// title is left out. It also reports whether the body holds a figure.
func (m *maker) body(p facet.Own, b handbook.Text) (template.HTML, bool) {
	links, metrics, targets := p.Body().Links, p.Body().Metrics, p.Targets()
	out := bytes.NewBuffer(make([]byte, 0, len(b.HTML)+len(b.HTML)/8+64*len(b.Slots)))
	figures, pictures := 0, 0
	at := 0
	for _, s := range b.Slots {
		if s.At < b.TitleEnd && s.At >= b.TitleStart && b.TitleEnd > 0 {
			continue
		}
		at = copyBody(out, &b, at, s.At)
		switch s.Kind {
		case handbook.SlotLinkOpen:
			openLink(out, links[s.Index], targets[s.Index], m.href)
		case handbook.SlotLinkClose:
			if targets[s.Index].Kind != site.Nowhere {
				out.WriteString("</a>")
			}
		case handbook.SlotImage:
			l, t := links[s.Index], targets[s.Index]
			if !isPicture(l, t) {
				media(out, l, t, m.href)
				continue
			}
			picture(out, l, t, m.href, pictures > 0)
			pictures++
		case handbook.SlotFigure:
			figures++
			m.figure(out, metrics[s.Index], "rt-figure-"+strconv.Itoa(figures))
		case handbook.SlotValue:
			m.value(out, metrics[s.Index])
		case handbook.SlotTermOpen:
			m.openTerm(out, p, p.Body().Terms[s.Index])
		case handbook.SlotTermClose:
			if m.explains(p, p.Body().Terms[s.Index]) {
				out.WriteString("</a>")
			}
		}
	}
	copyBody(out, &b, at, len(b.HTML))
	return template.HTML(out.String()), figures > 0
}

// copyBody writes the HTML between two offsets, without the title.
func copyBody(out *bytes.Buffer, b *handbook.Text, from, to int) int {
	if from < b.TitleEnd && to > b.TitleStart {
		out.Write(b.HTML[from:max(from, b.TitleStart)])
		from = min(to, b.TitleEnd)
	}
	out.Write(b.HTML[from:to])
	return to
}

// target is the reference of a target from the page that href speaks for.
func target(t site.Target, href hrefs) string {
	switch t.Kind {
	case site.ToPage:
		if t.Fragment == "" {
			return href(t.Address)
		}
		to := href(t.Address)
		if to == "./" {
			to = ""
		}
		return to + "#" + site.EncodeFragment(t.Fragment)
	case site.ToFile:
		return href(site.CopyName(t))
	}
	return t.URL
}

func openLink(out *bytes.Buffer, l handbook.Link, t site.Target, href hrefs) {
	if t.Kind == site.Nowhere {
		return
	}
	out.WriteString(`<a href="`)
	out.WriteString(html.EscapeString(target(t, href)))
	if l.Title != "" {
		out.WriteString(`" title="`)
		out.WriteString(html.EscapeString(l.Title))
	}
	if t.Kind == site.ToElsewhere {
		out.WriteString(`" class="external" rel="noopener`)
	}
	out.WriteString(`">`)
}

// isPicture reports whether a link is shown as an image: one of the site.
func isPicture(l handbook.Link, t site.Target) bool {
	return t.Kind == site.ToFile && l.Kind == handbook.LinkImage
}

// picture writes an image of the site. The first of a page is what readers look
// at while the rest loads; the others wait until they are scrolled to.
func picture(out *bytes.Buffer, l handbook.Link, t site.Target, href hrefs, later bool) {
	out.WriteString(`<img src="`)
	out.WriteString(html.EscapeString(target(t, href)))
	out.WriteString(`" alt="`)
	out.WriteString(html.EscapeString(l.Text))
	if l.Title != "" {
		out.WriteString(`" title="`)
		out.WriteString(html.EscapeString(l.Title))
	}
	width, height := room(l, t)
	if width > 0 {
		out.WriteString(`" width="` + strconv.Itoa(width))
	}
	if height > 0 {
		out.WriteString(`" height="` + strconv.Itoa(height))
	}
	if later {
		out.WriteString(`" loading="lazy" decoding="async`)
	}
	out.WriteString(`">`)
}

// room is the size that a browser keeps free for a picture: the author's, whose
// missing side follows from the file's, else that of the file.
func room(l handbook.Link, t site.Target) (width, height int) {
	width, height = l.Width, l.Height
	switch {
	case t.Width == 0 || t.Height == 0 || width > 0 && height > 0:
	case width > 0:
		height = max(1, (width*t.Height+t.Width/2)/t.Width)
	case height > 0:
		width = max(1, (height*t.Width+t.Height/2)/t.Height)
	default:
		width, height = t.Width, t.Height
	}
	return width, height
}

// media writes what takes the place of an image that is not shown. Media of
// other hosts is never loaded: it becomes a link that names the host, or its
// text where it is in a link.
func media(out *bytes.Buffer, l handbook.Link, t site.Target, href hrefs) {
	text := l.Text
	host := ""
	if u, err := url.Parse(t.URL); err == nil {
		host = u.Host
	}
	if text == "" {
		text = host
	}
	if text == "" {
		text = t.File.Base()
	}
	if l.Inside || t.Kind == site.Nowhere {
		out.WriteString(html.EscapeString(text))
		return
	}
	openLink(out, l, t, href)
	out.WriteString(html.EscapeString(text))
	out.WriteString("</a>")
	if host != "" && host != text {
		out.WriteString(` <span class="host">(` + html.EscapeString(host) + `)</span>`)
	}
}

// explains reports whether a word is explained elsewhere than on this page.
func (m *maker) explains(p facet.Own, word string) bool {
	t, ok := m.Term(word)
	return ok && t.Address != p.Address() && !(t.Address == "" && p.Address() == glossaryDir+"/")
}

// openTerm writes the start tag of a word that the glossary explains: a link to
// it, with what a script shows beside the word.
func (m *maker) openTerm(out *bytes.Buffer, p facet.Own, word string) {
	if !m.explains(p, word) {
		return
	}
	t, _ := m.Term(word)
	to := t.Address
	if to == "" {
		to = glossaryDir + "/"
	}
	href := m.href(to)
	if t.Address == "" {
		href += "#" + site.EncodeFragment(t.ID)
	}
	out.WriteString(`<a class="term" href="`)
	out.WriteString(html.EscapeString(href))
	out.WriteString(`" data-definition="`)
	out.WriteString(html.EscapeString(t.Definition))
	out.WriteString(`">`)
}
