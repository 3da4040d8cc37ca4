package serve

import (
	"maps"
	"slices"
)

// maxHint is how many folders a hint names. Where more were touched, it is
// quicker to look at everything.
const maxHint = 1000

// Hint says where something may have changed since the last build. It is no
// more than that: the build looks at the files themselves.
type Hint struct {
	Everything bool     // look everywhere; Folders is empty then
	Folders    []string // absolute and sorted: look at the names in these, not below them
}

// touched gathers folders for a hint. The zero value is empty.
type touched struct {
	everything bool
	folders    map[string]bool
}

func (t *touched) add(folders ...string) {
	if t.everything {
		return
	}
	if t.folders == nil {
		t.folders = map[string]bool{}
	}
	for _, f := range folders {
		t.folders[f] = true
	}
	if len(t.folders) > maxHint {
		t.all()
	}
}

func (t *touched) all() { t.everything, t.folders = true, nil }

// join adds what another has gathered.
func (t *touched) join(other touched) {
	if other.everything {
		t.all()
	}
	t.add(slices.Collect(maps.Keys(other.folders))...)
}

// take returns what was gathered, and is empty then.
func (t *touched) take() Hint {
	h := Hint{t.everything, slices.Sorted(maps.Keys(t.folders))}
	*t = touched{}
	return h
}
