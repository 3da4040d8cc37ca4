// Package picture reads the sizes of pictures out of their first bytes.
package picture

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"math"
	"path"
	"strconv"
	"strings"
)

// maxPixels is far above the width of any picture that is shown.
const maxPixels = 100_000

// Size is the size in pixels at which a browser shows a picture, from its first
// bytes; 0, 0 where they do not say. That it is an SVG shows in its name alone.
func Size(name string, head []byte) (width, height int) {
	switch {
	case path.Ext(name) == ".svg":
		width, height = svgSize(head)
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) && len(head) >= 24:
		width, height = int(binary.BigEndian.Uint32(head[16:])), int(binary.BigEndian.Uint32(head[20:]))
	case bytes.HasPrefix(head, []byte("GIF8")) && len(head) >= 10:
		width, height = int(binary.LittleEndian.Uint16(head[6:])), int(binary.LittleEndian.Uint16(head[8:]))
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 30 && string(head[8:12]) == "WEBP":
		width, height = webpSize(head)
	case bytes.HasPrefix(head, []byte("\xff\xd8")):
		width, height = jpegSize(head)
	}
	if width < 1 || height < 1 || width > maxPixels || height > maxPixels {
		return 0, 0
	}
	return width, height
}

// webpSize reads the first chunk: of a picture with loss, without, or of the
// extended format.
func webpSize(b []byte) (int, int) {
	switch string(b[12:16]) {
	case "VP8 ":
		if bytes.Equal(b[23:26], []byte{0x9d, 0x01, 0x2a}) {
			return int(binary.LittleEndian.Uint16(b[26:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[28:]) & 0x3fff)
		}
	case "VP8L":
		if bits := binary.LittleEndian.Uint32(b[21:]); b[20] == 0x2f {
			return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
		}
	case "VP8X":
		three := func(at int) int { return int(b[at]) | int(b[at+1])<<8 | int(b[at+2])<<16 }
		return three(24) + 1, three(27) + 1
	}
	return 0, 0
}

// jpegSize walks the segments to the frame, which has the size. A camera that
// was held upright says so in a segment before it, and browsers turn the picture.
func jpegSize(b []byte) (int, int) {
	turned := false
	for i := 2; i+4 <= len(b) && b[i] == 0xff; {
		kind, size := b[i+1], int(binary.BigEndian.Uint16(b[i+2:]))
		if kind == 0xff { // filling
			i++
			continue
		}
		body := b[i+4 : min(len(b), i+2+max(size, 2))]
		switch {
		case kind == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			turned = exifTurned(body[6:])
		case kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc:
			if len(body) < 5 {
				return 0, 0
			}
			height, width := int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
			if turned {
				return height, width
			}
			return width, height
		}
		i += 2 + max(size, 2)
	}
	return 0, 0
}

// exifTurned reports whether a picture is to be turned by a quarter: values 5 to
// 8 of the tag for orientation.
func exifTurned(b []byte) bool {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(b, []byte("MM")) {
		order = binary.BigEndian
	}
	if len(b) < 8 {
		return false
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return false
	}
	n := int(order.Uint16(b[at:]))
	for entry := at + 2; n > 0 && entry+12 <= len(b); entry, n = entry+12, n-1 {
		if order.Uint16(b[entry:]) == 0x0112 {
			value := order.Uint16(b[entry+8:])
			return value >= 5 && value <= 8
		}
	}
	return false
}

// svgSize is the size in the root element: its width and height, else those of
// its viewBox.
func svgSize(head []byte) (int, int) {
	d := xml.NewDecoder(bytes.NewReader(head))
	d.Strict = false
	for {
		token, err := d.RawToken()
		if err != nil {
			return 0, 0
		}
		root, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		var width, height float64
		var box []string
		for _, a := range root.Attr {
			switch a.Name.Local {
			case "width":
				width = svgLength(a.Value)
			case "height":
				height = svgLength(a.Value)
			case "viewBox":
				box = strings.FieldsFunc(a.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
			}
		}
		if root.Name.Local != "svg" {
			return 0, 0
		}
		if len(box) == 4 {
			w, h := svgLength(box[2]), svgLength(box[3])
			switch {
			case w == 0 || h == 0:
			case width == 0 && height == 0:
				width, height = w, h
			case width == 0:
				width = height * w / h
			case height == 0:
				height = width * h / w
			}
		}
		return pixels(width), pixels(height)
	}
}

// svgLength reads a length in pixels, 0 where it is in other units: a browser
// decides then.
func svgLength(s string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "px"), 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > maxPixels {
		return 0
	}
	return v
}

func pixels(v float64) int { return int(math.Round(v)) }
