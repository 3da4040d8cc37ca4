package testkit

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Site writes a txtar archive into a new folder and returns the folder. In an
// archive, a line "-- NAME --" begins each file, and the file goes on to the
// next such line; what stands before the first is a comment.
func Site(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	files := Archive(t, archive)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, files[name], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Archive returns the files of a txtar archive by name.
func Archive(t testing.TB, archive string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	name := ""
	for line := range strings.Lines(archive) {
		if next, ok := fileLine(line); ok {
			if !filepath.IsLocal(next) {
				t.Fatalf("txtar: file %q leads out of the site", next)
			}
			if _, twice := files[next]; twice {
				t.Fatalf("txtar: file %q stands there twice", next)
			}
			name = next
			files[name] = []byte{}
			continue
		}
		if name != "" {
			files[name] = append(files[name], line...)
		}
	}
	return files
}

func fileLine(line string) (name string, ok bool) {
	line = strings.TrimRight(line, "\r\n")
	rest, ok := strings.CutPrefix(line, "-- ")
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(rest, " --")
	name = strings.TrimSpace(name)
	return name, ok && name != ""
}

// Files makes a file system of files by name, such as render returns them.
func Files(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	return fsys
}
