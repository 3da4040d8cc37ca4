package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// encoded is a picture of 3 by 2 pixels in a format.
func encoded(t testing.TB, format string) []byte {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black, color.White})
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, m)
	case "gif":
		err = gif.Encode(&b, m, nil)
	case "jpg":
		err = jpeg.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withOrientation puts a segment as of cameras behind the start of a JPEG.
func withOrientation(jpg []byte, order binary.AppendByteOrder, mark string, orientation uint16) []byte {
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3), 1)
	tiff = order.AppendUint16(order.AppendUint16(tiff, orientation), 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(segment)+2))
	return slices.Concat(jpg[:2], head, segment, jpg[2:])
}

func webp(chunk string, body ...byte) []byte {
	return append([]byte("RIFF\x00\x00\x00\x00WEBP"+chunk+"\x00\x00\x00\x00"), append(body, make([]byte, 10)...)...)
}

func TestSize(t *testing.T) {
	t.Parallel()
	jpg := encoded(t, "jpg")
	for _, tt := range []struct {
		what, name    string
		data          []byte
		width, height int
	}{
		{"PNG", "a.png", encoded(t, "png"), 3, 2},
		{"GIF", "a.gif", encoded(t, "gif"), 3, 2},
		{"JPEG", "a.jpg", jpg, 3, 2},
		{"JPEG under the name of a PNG", "a.png", jpg, 3, 2},
		{"JPEG held upright", "a.jpeg", withOrientation(jpg, binary.BigEndian, "MM", 6), 2, 3},
		{"the same in the other order", "a.jpeg", withOrientation(jpg, binary.LittleEndian, "II", 8), 2, 3},
		{"JPEG held as usual", "a.jpeg", withOrientation(jpg, binary.LittleEndian, "II", 1), 3, 2},
		{"WebP with loss", "a.webp", webp("VP8 ", 0, 0, 0, 0x9d, 0x01, 0x2a, 3, 0x40, 2, 0x80), 3, 2},
		{"WebP without loss", "a.webp", webp("VP8L", 0x2f, 2, 0x40, 0, 0), 3, 2},
		{"extended WebP", "a.webp", webp("VP8X", 0, 0, 0, 0, 2, 0, 0, 1, 0, 0), 3, 2},
		{"SVG", "a.svg", []byte(`<?xml version="1.0"?><!-- x --><svg width="3px" height="2"/>`), 3, 2},
		{"SVG by its box", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30,20.4">`), 30, 20},
		{"SVG with a width and a box", "a.svg", []byte(`<svg width="60" viewBox="0 0 30 20">`), 60, 40},
		{"SVG in percent", "a.svg", []byte(`<svg width="100%" height="100%" viewBox="0 0 30 20">`), 30, 20},
		{"SVG in centimetres", "a.svg", []byte(`<svg width="3cm" height="2cm"/>`), 0, 0},
		{"SVG of nothing", "a.svg", []byte(`<svg viewBox="0 0 0 20"/>`), 0, 0},
		{"SVG that is none", "a.svg", []byte(`<html width="3" height="2">`), 0, 0},
		{"PNG of no size", "a.png", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 20)...), 0, 0},
		{"text", "a.png", []byte("text"), 0, 0},
		{"nothing", "a.gif", nil, 0, 0},
	} {
		if w, h := Size(tt.name, tt.data); w != tt.width || h != tt.height {
			t.Errorf("%s: %d x %d, want %d x %d", tt.what, w, h, tt.width, tt.height)
		}
		for cut := range tt.data { // no file is too short
			Size(tt.name, tt.data[:cut])
		}
	}
}
