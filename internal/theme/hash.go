package theme

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"slices"
	"strings"
)

// Hash is the sum of every source that has a part in what Execute writes for a
// kind of page: the base, all components and the layout of that kind. The
// views say the rest; names of assets, and so their contents, are in those.
func (t *Theme) Hash(kind string) [32]byte {
	return t.sum(func(file string) bool { return shared(file) || file == layoutFile(kind) })
}

// ComponentHash is the same for Component. The base is in it, since a template
// that it defines can be used by any component.
func (t *Theme) ComponentHash() [32]byte { return t.sum(shared) }

func shared(file string) bool {
	return file == baseFile || strings.HasPrefix(file, "components/")
}

// sum hashes files with their names, in the order of the names: which of two
// templates of one name is used depends on the files' names.
func (t *Theme) sum(in func(file string) bool) [32]byte {
	h := sha256.New()
	for _, file := range slices.Sorted(maps.Keys(t.sources)) {
		if in(file) {
			sized(h, file)
			sized(h, t.sources[file])
		}
	}
	return [32]byte(h.Sum(nil))
}

// sized writes a text after its length, so that no two lists of texts hash the
// same bytes.
func sized(h hash.Hash, s string) {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(s)))
	h.Write(size[:])
	h.Write([]byte(s))
}
