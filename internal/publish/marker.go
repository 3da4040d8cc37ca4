package publish

import (
	"encoding/hex"
	"strings"
)

// markerHead begins the marker of every version; what follows the slash counts
// the shapes that it has had.
const markerHead = "# rutter.output/"

// marker is the text of .rutter-output, for files whose names come sorted: a
// first line that says whose the folder is, then a line for each file, in the
// format of sha256sum, so that `sha256sum -c .rutter-output` in the folder
// proves a copy of the site whole. Nothing in it depends on time or machine.
func marker(names []string, files map[string]file) []byte {
	b := make([]byte, 0, len(names)*128)
	b = append(b, markerHead+"1 made by rutter, which replaces everything in this folder\n"...)
	for _, name := range names {
		sum := files[name].sum
		if escaped := escapeName.Replace(name); escaped != name {
			b = append(b, '\\') // so sha256sum marks a line with an escaped name
			name = escaped
		}
		b = hex.AppendEncode(b, sum[:])
		b = append(append(append(b, "  "...), name...), '\n')
	}
	return b
}

var escapeName = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\r")
