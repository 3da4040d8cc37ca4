package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rutter-dev/rutter/internal/graph"
)

// exportName is the file that says to programs what the pages say of each other.
const exportName = "handbook.json"

// export lists the file, where the site has something to put into it.
func (r *Renderer) export() {
	if r.index.Exports(exportName) {
		r.files = append(r.files, File{Name: exportName, make: (*maker).handbook})
	}
}

// withExport adds the place of the file to those of pages whose texts have
// changed: it has their hashes.
func (r *Renderer) withExport(places []int, few bool) ([]int, bool) {
	if i := slices.IndexFunc(r.files, func(f File) bool { return f.Name == exportName }); few && len(places) > 0 && i >= 0 {
		places = append(places, i)
	}
	return places, few
}

// handbook writes the file with a line for each page, relation and term, so that
// two states of it can be held against each other.
func (m *maker) handbook() ([]byte, error) {
	h := m.Handbook()
	var b bytes.Buffer
	var err error
	value := func(v any) {
		data, wrong := json.Marshal(v)
		if err == nil && wrong != nil {
			err = fmt.Errorf("write %s: %w", exportName, wrong)
		}
		b.Write(data)
	}
	b.WriteString(`{"schema":`)
	value(h.Schema)
	b.WriteString(`,"title":`)
	value(h.Title)
	entries(&b, "pages", h.Pages, value)
	entries(&b, "relations", h.Relations, value)
	entries(&b, "terms", h.Terms, value)
	b.WriteString("}\n")
	return b.Bytes(), err
}

// entries writes a list with a line for each entry.
func entries[T graph.ExportedPage | graph.Relation | graph.ExportedTerm](b *bytes.Buffer, name string, list []T, value func(any)) {
	fmt.Fprintf(b, ",\n%q:[", name)
	for i := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		value(&list[i])
	}
	b.WriteByte(']')
}
