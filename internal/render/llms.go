package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rutter-dev/rutter/internal/facet"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/site"
)

// llmsName is the list of the Markdown of all pages, for programs that read text
// (llmstxt.org).
const llmsName = "llms.txt"

// llms lists the pages by section, with their summaries. Like the list of all
// pages it grows with the site.
func (m *maker) llms() ([]byte, error) {
	var b bytes.Buffer
	s := m.Shared()
	line := func(c *facet.Card) {
		if c.Path == "" {
			return
		}
		fmt.Fprintf(&b, "- [%s](%s%s)", bracketed(c.Title), s.BaseURL, site.Encode(string(c.Path)))
		if c.Summary != "" {
			b.WriteString(": " + strings.Join(strings.Fields(c.Summary), " "))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "# %s\n", strings.Join(strings.Fields(s.Title), " "))
	var walk func(dir handbook.Path)
	walk = func(dir handbook.Path) {
		for _, c := range m.Children(dir) {
			line(c)
			if c.Section {
				walk(handbook.Path(strings.TrimSuffix(c.Address, "/")))
			}
		}
	}
	rest := true
	for _, c := range m.Children(".") {
		if c.Section {
			continue
		}
		if rest {
			b.WriteString("\n## Pages\n\n")
			rest = false
		}
		line(c)
	}
	for _, c := range m.Children(".") {
		if c.Section {
			fmt.Fprintf(&b, "\n## %s\n\n", strings.Join(strings.Fields(c.Title), " "))
			line(c)
			walk(handbook.Path(strings.TrimSuffix(c.Address, "/")))
		}
	}
	return b.Bytes(), nil
}

// bracketed is a title within the brackets of a link.
func bracketed(s string) string {
	return strings.NewReplacer("[", "(", "]", ")").Replace(strings.Join(strings.Fields(s), " "))
}
