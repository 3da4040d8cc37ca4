package source

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// sized is a PNG of a size.
func sized(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLoad_pictures: sizes are read at the first load, and again when the file is
// another one.
func TestLoad_pictures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	l := NewLoader(nil, nil)
	size := func() (int, int) {
		tree, _, err := l.Load(t.Context(), root, Options{Parser: keep{}})
		if err != nil || len(tree.Files) != 2 {
			t.Fatalf("%v, files %v", err, tree.Files)
		}
		if other := tree.Files[1]; other.Width != 0 {
			t.Errorf("%+v has a size", other)
		}
		return tree.Files[0].Width, tree.Files[0].Height
	}
	write("a.png", sized(t, 3, 2))
	write("b.txt", sized(t, 3, 2))
	if w, h := size(); w != 3 || h != 2 {
		t.Errorf("%d x %d, want 3 x 2", w, h)
	}
	write("a.png", sized(t, 2, 3))
	if w, h := size(); w != 2 || h != 3 {
		t.Errorf("another file: %d x %d, want 2 x 3", w, h)
	}
}
