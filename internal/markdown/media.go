package markdown

import (
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// startAnchor begins a link, or marks a place that links can lead to.
func (w *walker) startAnchor(t *tag) {
	href, link := t.get("href")
	id, named := t.get("id")
	if !named {
		id, named = t.get("name")
	}
	if named && validID(id) && !w.slugs.rawIDs[id] {
		w.makeCell()
		w.write("<span")
		w.id(id)
		w.write("></span>")
	}
	if !link || t.closed || len(w.open) >= maxOpen || w.sourceOf(t.source) > w.lastA {
		return // without an end tag it would swallow the rest of the page
	}
	w.makeCell()
	w.closeOpenAnchor()
	title, _ := t.get("title")
	pos := w.pos(w.place(t, "href"))
	if w.templated(href, pos) {
		return
	}
	l := w.openLink(handbook.Link{Dest: strings.TrimSpace(href), Title: title, Pos: pos})
	w.open = append(w.open, element{name: "a", kind: anchor, link: l, mark: w.mark()})
}

// closeOpenAnchor ends the raw link that is open in this container, as a
// browser does when the next begins.
func (w *walker) closeOpenAnchor() {
	for i := len(w.open) - 1; i >= w.base; i-- {
		if w.open[i].kind == anchor && w.open[i].link >= 0 {
			w.closeTo(i)
			return
		}
		if isCell(w.open[i].name) {
			return
		}
	}
}

func (w *walker) rawImage(t *tag) {
	src, _ := t.get("src")
	alt, _ := t.get("alt")
	if strings.TrimSpace(src) == "" {
		w.say([]byte(alt))
		return
	}
	title, _ := t.get("title")
	width, _ := t.get("width")
	height, _ := t.get("height")
	w.image(handbook.Link{
		Dest: strings.TrimSpace(src), Title: title, Text: collapse([]byte(alt)), Pos: w.pos(w.place(t, "src")),
		Width: pixels(width), Height: pixels(height),
	})
}

// startMedia begins a frame, video or the like. Its content, which is meant
// for browsers that cannot show it, is left out; a link takes its place.
func (w *walker) startMedia(t *tag) {
	key := "src"
	if t.name == "object" {
		key = "data"
	}
	src, _ := t.get(key)
	title, _ := t.get("title")
	l := &handbook.Link{Kind: handbook.LinkMedia, Dest: strings.TrimSpace(src), Text: collapse([]byte(title)), Pos: w.pos(w.place(t, key))}
	l.Title = mediaNames[t.name]
	if t.name == "embed" || t.closed || len(w.open) >= maxOpen {
		w.mediaLink(l)
		return
	}
	w.makeCell()
	w.open = append(w.open, element{name: t.name, kind: media, mark: w.mark(), media: l})
}

// mediaLink writes the link that stands for media. Link.Title holds the kind
// of media until then.
func (w *walker) mediaLink(l *handbook.Link) {
	name := l.Title
	l.Title = ""
	if l.Dest == "" {
		return
	}
	if w.templated(l.Dest, l.Pos) {
		w.makeCell()
		w.say([]byte(name + " (" + l.Dest + ")"))
		return
	}
	if l.Text == "" {
		l.Text = name + ": " + mediaPlace(l.Dest)
	}
	w.makeCell()
	alone := !w.sentence && !w.within("p", "a") && (len(w.open) == w.base || w.open[len(w.open)-1].kind == flow)
	if alone {
		w.write(`<p class="media">`)
	}
	if w.inLink > 0 {
		w.say([]byte(l.Text))
	} else {
		i := w.openLink(*l)
		w.say([]byte(l.Text))
		w.closeLink(i)
	}
	if alone {
		w.write("</p>")
	}
}

// within reports whether one of the named elements is open in this container.
func (w *walker) within(names ...string) bool {
	return slices.ContainsFunc(w.open[w.base:], func(e element) bool { return slices.Contains(names, e.name) })
}

// mediaPlace is the part of an address that tells readers where it leads: the
// host, or the name of a file.
func mediaPlace(dest string) string {
	if i := strings.Index(dest, "//"); i >= 0 && (i == 0 || dest[i-1] == ':') {
		host, _, _ := strings.Cut(dest[i+2:], "/")
		return host
	}
	name, _, _ := strings.Cut(dest, "?")
	return name[strings.LastIndexByte(name, '/')+1:]
}
