package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Where two folders cannot be exchanged, the new files are brought into the
// output first, under .rutter-stage/tree, where no page refers to them. Then a
// journal is written that says what is left to do:
//
//	put NAME      move .rutter-stage/tree/NAME to NAME, over what is there
//	delete NAME   remove a file
//	rmdir NAME    remove a folder, if it is empty
//
// and done, in this order: marker, assets, pages, deletions. Without a journal
// the old output stands; with it, the new one will: whoever opens the output
// next does what is left. Each line may be done any number of times.

const journalName = "journal"

// journal is what is left to do.
type journal struct {
	put, del, rmdir []string
}

// replaceFiles makes the output new file by file.
func (s *Stage) replaceFiles(c changes) (Result, error) {
	root, err := os.OpenRoot(s.target)
	if err != nil {
		return Result{}, failed(err, "open the output folder %s", s.target)
	}
	defer root.Close()
	j := journal{put: []string{markerName}, del: c.gone, rmdir: c.emptied}
	for _, name := range slices.SortedFunc(maps.Keys(s.files), assetsFirst) {
		if s.files[name].staged {
			j.put = append(j.put, name)
		}
	}
	err = s.bringInside(root, j.put)
	if err == nil {
		err = s.writeJournal(root, j)
	}
	if err != nil {
		return Result{}, errors.Join(err, s.disk.clear(root, s.target))
	}
	if err := s.perform(root, j, c.closed); err != nil {
		s.journaled = true
		return Result{}, fmt.Errorf("%w; %s holds old and new files until the next build, which finishes this first", err, s.target)
	}
	if err := s.removeStage(); err != nil {
		c.res.Leftover = s.path
	}
	s.remember(nil, clock{}, false)
	return c.res, nil
}

// perform does what the journal says and takes it away.
func (s *Stage) perform(root *os.Root, j journal, closed []string) error {
	if err := j.do(root, s.disk); err != nil {
		return failed(err, "publish to %s", s.target)
	}
	for _, dir := range closed {
		if err := s.disk.do("chmod", dir, func() error { return root.Chmod(filepath.FromSlash(dir), dirMode) }); err != nil {
			return failed(err, "open folder %s to readers", dir)
		}
	}
	if err := s.sync(s.target); err != nil {
		return err
	}
	return s.disk.clear(root, s.target)
}

// clear removes the journal and the stage in the output, the journal first:
// while it is there, the stage is wanted.
func (d disk) clear(root *os.Root, target string) error {
	journal := filepath.Join(stageName, journalName)
	for _, name := range []string{journal, stageName} {
		if err := d.do("remove", name, func() error { return root.RemoveAll(name) }); err != nil {
			return failed(err, "remove %s from %s", name, target)
		}
	}
	return nil
}

// bringInside moves the staged files into the output's own stage.
func (s *Stage) bringInside(root *os.Root, names []string) error {
	if s.inside {
		return nil
	}
	made := map[string]bool{}
	for _, name := range names {
		to := path.Join(stageName, treeName, name)
		for dir := range parents(to) {
			if made[dir] {
				continue
			}
			if err := s.disk.mkdir(root, filepath.FromSlash(dir)); err != nil {
				return failed(err, "make folder %s in the output", dir)
			}
			made[dir] = true
		}
		if err := s.bring(root, name, to); err != nil {
			return failed(err, "write %s into the output", name)
		}
	}
	return nil
}

func (s *Stage) bring(root *os.Root, name, to string) error {
	err := s.disk.do("rename", name, func() error {
		return os.Rename(filepath.Join(s.path, filepath.FromSlash(name)), filepath.Join(s.target, filepath.FromSlash(to)))
	})
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	r, err := s.root.Open(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	defer r.Close()
	return s.disk.copy(root, filepath.FromSlash(to), r)
}

// writeJournal puts the staged files on disk, then the journal, whole or not
// at all.
func (s *Stage) writeJournal(root *os.Root, j journal) error {
	stage := filepath.Join(s.target, stageName)
	if err := s.sync(stage); err != nil {
		return err
	}
	final := filepath.Join(stageName, journalName)
	if err := s.disk.create(root, final+".new", j.text()); err != nil {
		return failed(err, "write the journal of %s", s.target)
	}
	if err := s.sync(stage); err != nil {
		return err
	}
	if err := s.disk.do("rename", final, func() error { return root.Rename(final+".new", final) }); err != nil {
		return failed(err, "write the journal of %s", s.target)
	}
	return s.sync(stage)
}

// finish does what a killed build left to do in the output, or clears away
// what it had prepared.
func finish(target string, d disk) error {
	root, err := os.OpenRoot(target)
	if err != nil {
		return failed(err, "open the output folder %s", target)
	}
	defer root.Close()
	if _, left := exists(root, stageName); !left {
		return nil
	}
	text, err := root.ReadFile(filepath.Join(stageName, journalName))
	if err == nil {
		j, bad := parseJournal(string(text))
		if bad != nil {
			return failed(bad, "finish an earlier build in %s: %s/%s is damaged; remove the folder and build again", target, stageName, journalName)
		}
		if err := j.do(root, d); err != nil {
			return failed(err, "finish an earlier build in %s", target)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return failed(err, "read the journal of an earlier build in %s", target)
	}
	return d.clear(root, target)
}

// do does what is left. The root keeps in a journal that somebody made up.
func (j journal) do(root *os.Root, d disk) error {
	for _, name := range j.put {
		if err := put(root, d, name); err != nil {
			return err
		}
	}
	folded := map[string]string{}
	for _, name := range j.put {
		folded[strings.ToLower(name)] = name
	}
	for _, name := range j.del {
		local := filepath.FromSlash(name)
		fi, ok := exists(root, local)
		if !ok || fi.IsDir() {
			continue
		}
		// Where A.html and a.html are one file, the new one has taken the place.
		if new, ok := folded[strings.ToLower(name)]; ok {
			if there, ok := exists(root, filepath.FromSlash(new)); ok && os.SameFile(fi, there) {
				continue
			}
		}
		if err := d.do("delete", name, func() error { return root.Remove(local) }); err != nil {
			return err
		}
	}
	for _, name := range j.rmdir {
		local := filepath.FromSlash(name)
		entries, err := fs.ReadDir(root.FS(), name)
		if err != nil || len(entries) > 0 {
			continue // gone already, or somebody has put something into it
		}
		if err := d.do("rmdir", name, func() error { return root.Remove(local) }); err != nil {
			return err
		}
	}
	return nil
}

// put moves one staged file to its place. If it is not in the stage any more,
// it has been put; looking first is what makes a second run harmless.
func put(root *os.Root, d disk, name string) error {
	from := filepath.Join(stageName, treeName, filepath.FromSlash(name))
	if _, waiting := exists(root, from); !waiting {
		return nil
	}
	for dir := range parents(name) {
		local := filepath.FromSlash(dir)
		fi, ok := exists(root, local)
		if ok && fi.IsDir() {
			continue
		}
		if ok { // a file of the old output where a folder is due
			if err := d.do("delete", dir, func() error { return root.Remove(local) }); err != nil {
				return err
			}
		}
		if err := d.mkdir(root, local); err != nil {
			return err
		}
	}
	local := filepath.FromSlash(name)
	if fi, ok := exists(root, local); ok && fi.IsDir() { // the other way round
		if err := d.do("delete", name, func() error { return root.RemoveAll(local) }); err != nil {
			return err
		}
	}
	return d.do("put", name, func() error { return root.Rename(from, local) })
}

// text is the journal as it lies on disk, its names quoted since an old file
// can have any.
func (j journal) text() []byte {
	var b strings.Builder
	for _, part := range j.parts() {
		for _, name := range *part.names {
			b.WriteString(part.verb + " " + strconv.Quote(name) + "\n")
		}
	}
	return []byte(b.String())
}

func parseJournal(text string) (j journal, err error) {
	lists := map[string]*[]string{}
	for _, part := range j.parts() {
		lists[part.verb] = part.names
	}
	for line := range strings.Lines(text) {
		verb, quoted, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		name, err := strconv.Unquote(quoted)
		if err != nil || lists[verb] == nil || !fs.ValidPath(name) {
			return journal{}, fmt.Errorf("line %q", line)
		}
		*lists[verb] = append(*lists[verb], name)
	}
	return j, nil
}

func (j *journal) parts() []struct {
	verb  string
	names *[]string
} {
	return []struct {
		verb  string
		names *[]string
	}{{"put", &j.put}, {"delete", &j.del}, {"rmdir", &j.rmdir}}
}

// assetsFirst puts what pages load before the pages.
func assetsFirst(a, b string) int {
	if p, q := path.Ext(a) == ".html", path.Ext(b) == ".html"; p != q {
		if q {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}
