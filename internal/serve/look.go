package serve

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// looker looks at inputs without the help of events: at the names, sizes and
// times of files, not into them.
type looker struct {
	in   inputs
	seed maphash.Seed // the same for all looks that are compared
}

// look is what inputs looked like at one time.
type look struct {
	began   time.Time
	took    time.Duration
	folders map[string]uint64 // a sum over the names in each
	files   map[string]uint64 // of the inputs that are files
	empty   []string          // files without content: half of a save, perhaps
}

func (l looker) look(ctx context.Context) look {
	seen := look{began: time.Now(), folders: map[string]uint64{}, files: map[string]uint64{}}
	for _, name := range l.in.files {
		if info, err := os.Stat(name); err == nil {
			seen.files[name] = l.sum(info)
		}
	}
	for _, tree := range l.in.trees {
		l.folder(ctx, tree, &seen)
	}
	seen.took = time.Since(seen.began)
	return seen
}

func (l looker) folder(ctx context.Context, dir string, seen *look) {
	if _, done := seen.folders[dir]; done || ctx.Err() != nil {
		return // trees may lie in one another
	}
	f, err := os.Open(dir)
	if err != nil {
		return // missing, as in all looks until it comes
	}
	all, _ := f.Readdir(-1) // with an error, those that it had
	f.Close()
	var sum uint64
	var below []string
	for _, info := range all {
		name := filepath.Join(dir, info.Name())
		switch {
		case info.IsDir():
			if l.in.closed(name) {
				continue
			}
			below = append(below, name)
		case beside(info.Name()) || l.in.excepted(name):
			continue
		case info.Mode().IsRegular() && info.Size() == 0:
			seen.empty = append(seen.empty, name)
		}
		sum += l.sum(info) // the order in the folder does not matter
	}
	seen.folders[dir] = sum
	for _, name := range below {
		l.folder(ctx, name, seen)
	}
}

// sum is of what a name stands for. Of a folder nothing but the name counts:
// what happens in it is its own.
func (l looker) sum(info fs.FileInfo) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	h.WriteString(info.Name())
	b := binary.LittleEndian.AppendUint32(nil, uint32(info.Mode().Type()))
	if !info.IsDir() {
		b = binary.LittleEndian.AppendUint64(b, uint64(info.Size()))
		b = binary.LittleEndian.AppendUint64(b, uint64(info.ModTime().UnixNano()))
	}
	h.Write(b)
	return h.Sum64()
}

// changes are the folders that do not look as before. Where all is true, what
// changed decides what the inputs are.
func (l looker) changes(before, after look) (folders []string, all bool) {
	all = !maps.Equal(before.files, after.files)
	changed := map[string]bool{}
	for dir, sum := range after.folders {
		if old, ok := before.folders[dir]; !ok || old != sum {
			changed[dir] = true
		}
	}
	for dir := range before.folders {
		if _, ok := after.folders[dir]; !ok {
			changed[dir] = true
		}
	}
	for _, tree := range l.in.trees {
		_, was := before.folders[tree]
		_, is := after.folders[tree]
		all = all || was != is
	}
	return slices.Sorted(maps.Keys(changed)), all
}
