package publish

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// markerHead begins the marker of every version; what follows the slash counts
// the shapes that it has had.
const markerHead = "# rutter.output/"

// marker is the text of .rutter-output: a first line that says whose the folder
// is, then a line for each file, sorted by name, in the format of sha256sum, so
// that `sha256sum -c .rutter-output` in the folder proves a copy of the site
// whole. Nothing in it depends on time or machine.
func marker(files map[string]file) []byte {
	var b strings.Builder
	b.WriteString(markerHead + "1 made by rutter, which replaces everything in this folder\n")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum := files[name].sum
		if escaped := escapeName.Replace(name); escaped != name {
			b.WriteByte('\\') // so sha256sum marks a line with an escaped name
			name = escaped
		}
		b.WriteString(hex.EncodeToString(sum[:]) + "  " + name + "\n")
	}
	return []byte(b.String())
}

var escapeName = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\r")
