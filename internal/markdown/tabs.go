package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
)

// Tabs are parts with a title, one below the other. That is what they are
// without a script, in print and for search engines; the theme's tabs.js shows
// one at a time.

const (
	tabsStart = `<div class="tabs">` + "\n"
	tabStart  = `<div class="tab">` + "\n" + `<p class="tab-title">`
	titleEnd  = "</p>\n"
	tabEnd    = "</div>\n"
)

// tabGroup writes a tab and those that follow it as one group, where it is the
// first of them.
func (w *walker) tabGroup(n *container) {
	if before, ok := n.PreviousSibling().(*container); ok && before.holds == aTab && !n.apart {
		return
	}
	w.write(tabsStart)
	for ok := true; ok; {
		w.tab(n)
		n, ok = n.NextSibling().(*container)
		ok = ok && n.holds == aTab && !n.apart
	}
	w.write("</div>\n")
}

func (w *walker) tab(n *container) {
	w.write(tabStart)
	rest := n.FirstChild()
	if n.title == nil {
		w.say([]byte("Tab"))
	} else {
		w.phrase(n.title)
		rest = rest.NextSibling()
	}
	w.write(titleEnd)
	w.endBlock()
	s := w.enter(false)
	w.blocksFrom(rest)
	w.leave(s)
	w.write(tabEnd)
}

// codeTabs writes the blocks of a code group, those of code as tabs.
func (w *walker) codeTabs(n *container) {
	group := false
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		code, ok := c.(*ast.FencedCodeBlock)
		switch {
		case ok && !group:
			w.makeRoom()
			w.write(tabsStart)
		case !ok && group:
			w.write("</div>\n")
		}
		group = ok
		if !ok {
			w.block(c)
			continue
		}
		w.write(tabStart)
		w.say(codeTitle(code, w.src))
		w.write(titleEnd)
		w.endBlock()
		w.fence(code)
		w.write(tabEnd)
	}
	if group {
		w.write("</div>\n")
	}
}

// codeTitle is the title of code in a group: what stands in brackets after the
// language, else the language.
func codeTitle(n *ast.FencedCodeBlock, src []byte) []byte {
	var info []byte
	if n.Info != nil {
		info = n.Info.Segment.Value(src)
	}
	if open, end := bytes.IndexByte(info, '['), bytes.LastIndexByte(info, ']'); open >= 0 && end > open+1 {
		return info[open+1 : end]
	}
	if words := bytes.Fields(info); len(words) > 0 {
		return words[0]
	}
	return []byte("Code")
}
