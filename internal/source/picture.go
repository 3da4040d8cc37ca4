package source

import (
	"bytes"
	"os"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/picture"
	"github.com/rutter-dev/rutter/internal/stamp"
)

// head reads as much of a picture as its size needs; nil where it cannot be read.
// The size stands at the very beginning, but in a JPEG behind what cameras write,
// and in an SVG behind what drawing programs write.
func head(root *os.Root, f found) []byte {
	data, err := readRegular(root, f, 64)
	if err == nil && (f.path.Ext() == ".svg" || bytes.HasPrefix(data, []byte(jpegStart))) {
		data, err = readRegular(root, f, 256<<10)
	}
	if err != nil {
		return nil
	}
	return data
}

const jpegStart = "\xff\xd8"

// measured is a picture of the last load.
type measured struct {
	stamp         stamp.Stamp
	width, height int
}

// shown is a picture that was found, and its place among the files.
type shown struct {
	found
	at int
}

// measure finds the sizes of the pictures among the files, from memory where a
// file has not changed.
func (l *Loader) measure(root *os.Root, w *walker) {
	before := l.pictures
	l.pictures = make(map[handbook.Path]measured, len(before))
	for _, f := range w.pictures {
		s, ok := stamp.Of(f.info)
		if !ok || !s.Settled(w.begun) {
			s = stamp.Stamp{}
		}
		p, known := before[f.path]
		if !known || s == (stamp.Stamp{}) || p.stamp != s {
			p = measured{stamp: s}
			p.width, p.height = picture.Size(string(f.path), head(root, f.found))
		}
		l.pictures[f.path] = p
		w.files[f.at].Width, w.files[f.at].Height = p.width, p.height
	}
}

func isPicture(p handbook.Path) bool {
	switch p.Ext() {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg":
		return true
	}
	return false
}
