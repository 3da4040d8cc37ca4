package markdown

import (
	"bytes"
	"slices"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// body hands over what was written, in memory of its own.
func (w *walker) body() handbook.Body {
	w.demote()
	b := handbook.Body{
		Links: clone(w.links), Metrics: clone(w.metrics), Terms: clone(w.terms),
		Summary: w.summary, Draws: w.draws, Words: countWords(w.plain),
	}
	end := -1
	if t := w.title(); t != nil {
		b.TitleStart, b.TitleEnd, end = t.start, t.end, t.end
	}
	edits := w.settleIDs(&b, end)
	b.HTML, b.Slots = w.edited(edits, &b)
	if len(w.titles) > 0 {
		b.Headings = make([]handbook.Heading, len(w.titles))
		for i, t := range w.titles {
			b.Headings[i] = t.Heading
		}
	}
	b.Anchors = append(b.Anchors, w.anchors...)
	w.release()
	return b
}

// verbatim is the body of a page that is over a limit: its text as it is.
func (w *walker) verbatim() handbook.Body {
	w.html = w.html[:0]
	w.codeBlock("", "", w.src)
	b := handbook.Body{Text: handbook.Text{HTML: bytes.Clone(w.html)}}
	w.release()
	return b
}

// release lets go of the page, and of buffers that only a huge page needs.
func (w *walker) release() {
	w.src, w.found = nil, nil
	clear(w.links[:cap(w.links)])
	if cap(w.html) > maxPage {
		w.html = nil
	}
}

func clone[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return slices.Clone(s)
}

// edit replaces a part of the HTML.
type edit struct {
	at, to int
	with   []byte
}

// settleIDs decides which ids of raw HTML stay, and lists them in b. Where a
// heading has the same id, wherever it stands, that one stays: GitHub's links
// mean it. Ids inside the title move behind it, since render cuts the title out.
func (w *walker) settleIDs(b *handbook.Body, titleEnd int) []edit {
	var edits []edit
	var moved []byte
	for _, r := range w.rawIDs {
		_, taken := w.slugs.seen[r.id]
		inTitle := titleEnd >= 0 && r.at >= b.TitleStart && r.at < titleEnd
		if taken || inTitle {
			edits = append(edits, edit{at: r.at, to: r.to})
		}
		if taken {
			continue
		}
		if inTitle {
			moved = append(append(append(moved, `<span`...), w.html[r.at:r.to]...), "></span>"...)
		}
		b.Anchors = append(b.Anchors, r.id)
	}
	if moved != nil {
		edits = append(edits, edit{at: titleEnd, to: titleEnd, with: moved})
		slices.SortStableFunc(edits, func(x, y edit) int { return x.at - y.at })
	}
	return edits
}

// edited is a copy of the HTML and the slots with the edits made. They are in
// the order of their places; no slot and no title begins inside one.
func (w *walker) edited(edits []edit, b *handbook.Body) ([]byte, []handbook.Slot) {
	slots := clone(w.slots)
	if len(edits) == 0 {
		return bytes.Clone(w.html), slots
	}
	out := make([]byte, 0, len(w.html)+len(edits[len(edits)-1].with))
	from, next, delta := 0, 0, 0
	start, end := b.TitleStart, b.TitleEnd
	for _, e := range edits {
		for ; next < len(slots) && slots[next].At <= e.at; next++ {
			slots[next].At += delta
		}
		out = append(append(out, w.html[from:e.at]...), e.with...)
		from = e.to
		change := len(e.with) - (e.to - e.at)
		delta += change
		if start > e.at {
			b.TitleStart += change
		}
		if end > e.at {
			b.TitleEnd += change
		}
	}
	for ; next < len(slots); next++ {
		slots[next].At += delta
	}
	return append(out, w.html[from:]...), slots
}
