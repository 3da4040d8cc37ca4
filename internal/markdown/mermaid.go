package markdown

// mermaid writes the source of a diagram, which a script can draw. The source is
// what everybody gets: on paper, without scripts, and for who cannot see a
// drawing.
func (w *walker) mermaid(source []byte) {
	w.write(`<figure class="mermaid"><div class="code" data-lang="mermaid"><pre tabindex="0" role="group" aria-label="Source of the diagram"><code>`)
	w.html = escape(w.html, source)
	w.write("</code></pre></div>\n<figcaption>A diagram, as its source in Mermaid</figcaption></figure>\n")
	w.draws.Diagrams = true
}
