package source

import (
	"regexp"
	"strings"

	"github.com/rutter-dev/rutter/internal/diag"
)

// Twin is the Markdown of a page of a typed site as readers get it: without its
// front matter and without comments, which its authors wrote for each other, and
// with the title and the summary that stand in the front matter.
func Twin(data []byte, title, summary string) []byte {
	var ignored diag.List // reported when the page was read
	r := reader{list: &ignored}
	text := r.text(data, diag.Pos{})
	text = strings.TrimLeft(uncommented(text[split(text, true).end:]), "\n")
	var b strings.Builder
	if title != "" && !strings.HasPrefix(text, "# ") {
		b.WriteString("# " + strings.Join(strings.Fields(title), " ") + "\n\n")
		if summary != "" {
			b.WriteString("> " + strings.Join(strings.Fields(summary), " ") + "\n\n")
		}
	}
	b.WriteString(text)
	return []byte(b.String())
}

var comment = regexp.MustCompile(`(?s)<!--.*?-->`)

// uncommented drops the comments that are not in fenced code.
func uncommented(text string) string {
	if !strings.Contains(text, "<!--") {
		return text
	}
	var out, prose strings.Builder
	flush := func() {
		out.WriteString(comment.ReplaceAllString(prose.String(), ""))
		prose.Reset()
	}
	fence := ""
	for line := range strings.Lines(text) {
		next := fenceAfter(fence, line)
		if fence == "" && next == "" {
			prose.WriteString(line)
			continue
		}
		flush()
		fence = next
		out.WriteString(line)
	}
	flush()
	return out.String()
}
