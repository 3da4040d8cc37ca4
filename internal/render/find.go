package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/search"
)

// fragment is what results show of a page.
func (m *maker) fragment(path handbook.Path, place uint32) ([]byte, error) {
	p := m.Page(path)
	text, err := p.Text()
	if err != nil {
		return nil, fmt.Errorf("read the text of %s: %w", path, err)
	}
	about := search.About{Title: p.Title(), Address: p.Address(), Kind: p.Kind(), Label: kindLabels[p.Kind()]}
	if p.Kind() == handbook.Plain {
		about.Label = ""
	}
	if s := m.Section(p.Folder()); s.Address != "" && s.Address != p.Address() && !alike(s.Title, about.Label) {
		about.Section = s.Title
	}
	if r := p.Meta().Review; r != nil && !r.On.At.IsZero() {
		if every := p.Standing().Every; every.N > 0 {
			about.Due = every.After(r.On.At).Format(time.DateOnly)
		}
	}
	return search.Fragment(place, about, search.Read(p.Title(), p.Meta(), p.Body(), text)), nil
}

// alike reports whether a section's title says no more than a kind of page:
// Playbooks, Playbook.
func alike(section, label string) bool {
	return len(label) >= 4 && strings.HasPrefix(strings.ToLower(section), strings.ToLower(label[:4]))
}
