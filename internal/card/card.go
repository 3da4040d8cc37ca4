// Package card draws the pictures of a site that other programs show: the card
// beside a link in a chat, and the icons of the site on a phone.
//
// It is pure Go, with fonts that are within the program, so that every machine
// draws the same bytes.
package card

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Width and Height are those of a card, in pixels: what Open Graph readers show
// whole.
const Width, Height = 1200, 630

// The colours of the default theme by day.
var (
	paper = color.RGBA{0xfd, 0xfc, 0xf8, 0xff}
	ink   = color.RGBA{0x1b, 0x2a, 0x35, 0xff}
	soft  = color.RGBA{0x4c, 0x5d, 0x68, 0xff}
)

// Look is what the pictures of a site have in common. The zero value has no mark.
type Look struct {
	Accent color.RGBA // of the rose
	Rose   bool       // the mark is a compass rose, unless there is an emblem
	Emblem []byte     // the mark of the site, a PNG; nil: none
}

// palette holds every shade between the paper and each of the colours, so that
// a picture takes a byte a pixel and few on disk.
func (l Look) palette() color.Palette {
	p := color.Palette{paper}
	for _, c := range []color.RGBA{ink, soft, l.Accent} {
		for i := 1; i <= steps; i++ {
			mix := func(from, to uint8) uint8 { return uint8((int(from)*(steps-i) + int(to)*i) / steps) }
			p = append(p, color.RGBA{mix(paper.R, c.R), mix(paper.G, c.G), mix(paper.B, c.B), 0xff})
		}
	}
	return p
}

// pen is the place of a colour among those of the palette.
type pen uint8

const (
	inkPen pen = iota
	softPen
	accentPen
)

const steps = 60 // of each colour

// shade is the place in the palette of a colour over the paper.
func shade(of pen, alpha uint8) uint8 {
	step := int(alpha) * steps / 255
	if step == 0 {
		return 0
	}
	return uint8(int(of)*steps + step)
}

// Card draws the card of a part of a site: its title, and below it the site's.
// Where the fonts lack a letter of a text, the card goes without that text. An
// error is one of the emblem.
func (l Look) Card(title, site string) ([]byte, error) {
	f, err := fonts()
	if err != nil {
		return nil, err
	}
	c := l.canvas(Width, Height)
	if l.Rose && l.Emblem == nil {
		c.rose(1020, 170, 110)
	}
	c.fill(inkPen, []point{{0, Height - 14}, {Width, Height - 14}, {Width, Height - 12}, {0, Height - 12}})
	for x := 0.0; x < Width; x += 120 { // the border of a chart
		c.fill(inkPen, []point{{x, Height - 12}, {x + 60, Height - 12}, {x + 60, Height}, {x, Height}})
	}
	if title == site {
		site = ""
	}
	if !has(f.bold, title) {
		title, site = site, ""
	}
	if has(f.bold, title) {
		size, lines := 84.0, []string{}
		for ; size >= 44; size -= 10 {
			if lines = f.wrap(title, size, 880); len(lines) <= 3 {
				break
			}
		}
		lines = lines[:min(len(lines), 4)]
		y := Height/2 + 60 - float64(len(lines)-1)*size*0.6
		for _, line := range lines {
			c.text(f.bold, size, 80, y, inkPen, line)
			y += size * 1.2
		}
	}
	if has(f.regular, site) {
		c.text(f.regular, 36, 80, Height-70, softPen, strings.Join(f.wrap(site, 36, 1040)[:1], ""))
	}
	if l.Emblem == nil {
		return encode(c.Paletted)
	}
	return l.on(c.Paletted, image.Rect(910, 60, 1130, 280))
}

// HasIcon reports whether there is something to make an icon of.
func (l Look) HasIcon() bool { return l.Rose || l.Emblem != nil }

// Icon draws the mark as a square of so many pixels. An error is one of the
// emblem.
func (l Look) Icon(size int) ([]byte, error) {
	c := l.canvas(size, size)
	if l.Emblem != nil {
		return l.on(c.Paletted, c.Bounds())
	}
	half := float64(size) / 2
	c.rose(half, half, half*0.86)
	return encode(c.Paletted)
}

// maxEmblem is above the side of any icon.
const maxEmblem = 4096

func (l Look) emblem() (image.Image, error) {
	c, err := png.DecodeConfig(bytes.NewReader(l.Emblem))
	if err != nil {
		return nil, err
	}
	if c.Width > maxEmblem || c.Height > maxEmblem {
		return nil, fmt.Errorf("it has %d by %d pixels, and %d are the most", c.Width, c.Height, maxEmblem)
	}
	return png.Decode(bytes.NewReader(l.Emblem))
}

// on puts the emblem into a place on a picture, as large as it fits.
func (l Look) on(under image.Image, place image.Rectangle) ([]byte, error) {
	emblem, err := l.emblem()
	if err != nil {
		return nil, fmt.Errorf("read the icon: %w", err)
	}
	m := image.NewRGBA(under.Bounds())
	draw.Draw(m, m.Bounds(), under, image.Point{}, draw.Src)
	width, height := float64(emblem.Bounds().Dx()), float64(emblem.Bounds().Dy())
	scale := min(float64(place.Dx())/width, float64(place.Dy())/height)
	size := image.Pt(int(width*scale+.5), int(height*scale+.5))
	corner := place.Min.Add(place.Size().Sub(size).Div(2))
	draw.CatmullRom.Scale(m, image.Rectangle{corner, corner.Add(size)}, emblem, emblem.Bounds(), draw.Over, nil)
	return encode(m)
}

type typefaces struct{ regular, bold *sfnt.Font }

// fonts reads the fonts once.
var fonts = sync.OnceValues(func() (typefaces, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return typefaces{}, fmt.Errorf("read the font of cards: %w", err)
	}
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return typefaces{}, fmt.Errorf("read the font of cards: %w", err)
	}
	return typefaces{regular, bold}, nil
})

// has reports whether a font has all letters of a text, and there are any.
func has(f *sfnt.Font, text string) bool {
	var b sfnt.Buffer
	for _, r := range text {
		if n, err := f.GlyphIndex(&b, r); err != nil || n == 0 {
			return false
		}
	}
	return strings.TrimSpace(text) != ""
}

// face is a font in a size in pixels.
func face(f *sfnt.Font, size float64) font.Face {
	// The only error is of a size that is none.
	face, _ := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	return face
}

// wrap divides a text into lines of at most so many pixels. A word that is
// longer is cut.
func (f typefaces) wrap(text string, size, width float64) []string {
	face := face(f.bold, size)
	fits := func(s string) bool { return float64(font.MeasureString(face, s))/64 <= width }
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if !fits(word) {
			for !fits(word + "…") {
				_, n := utf8.DecodeLastRuneInString(word)
				word = word[:len(word)-n]
			}
			word += "…"
		}
		if longer := strings.TrimSpace(line + " " + word); fits(longer) {
			line = longer
			continue
		}
		lines = append(lines, line)
		line = word
	}
	return append(lines, line)
}

type point struct{ x, y float64 }

// drawing is a picture on paper.
type drawing struct {
	*image.Paletted
	raster *vector.Rasterizer
	alpha  *image.Alpha
}

func (l Look) canvas(width, height int) drawing {
	bounds := image.Rect(0, 0, width, height)
	return drawing{image.NewPaletted(bounds, l.palette()), vector.NewRasterizer(width, height), image.NewAlpha(bounds)}
}

// fill fills a polygon. Only the part of the picture that it lies in is looked
// at: most are small.
func (d drawing) fill(c pen, points []point) {
	area := image.Rectangle{d.Bounds().Max, d.Bounds().Min}
	for _, p := range points {
		area.Min = image.Pt(min(area.Min.X, int(p.x)), min(area.Min.Y, int(p.y)))
		area.Max = image.Pt(max(area.Max.X, int(p.x)+1), max(area.Max.Y, int(p.y)+1))
	}
	area = area.Intersect(d.Bounds())
	d.raster.Reset(area.Dx(), area.Dy())
	for i, p := range points {
		x, y := float32(p.x-float64(area.Min.X)), float32(p.y-float64(area.Min.Y))
		if i == 0 {
			d.raster.MoveTo(x, y)
		} else {
			d.raster.LineTo(x, y)
		}
	}
	d.raster.ClosePath()
	d.raster.DrawOp = draw.Src // over what an earlier polygon has left
	d.raster.Draw(d.alpha, area, image.Opaque, image.Point{})
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			d.over(x, y, c, d.alpha.Pix[y*d.alpha.Stride+x])
		}
	}
}

// over puts a colour over what is there. Shades exist over paper alone, so the
// stronger of the two stays.
func (d drawing) over(x, y int, c pen, alpha uint8) {
	at := y*d.Stride + x
	now := shade(c, alpha)
	if before := d.Pix[at]; now != 0 && (before == 0 || alpha > 127) {
		d.Pix[at] = now
	}
}

// rose draws the mark: a compass rose in a ring.
func (d drawing) rose(x, y, r float64) {
	ring := func(r float64) []point {
		const sides = 128
		var points []point
		for i := range sides {
			dx, dy := turn(i, sides, r)
			points = append(points, point{x + dx, y + dy})
		}
		return points
	}
	outer, inner := ring(r*0.88), ring(r*0.83)
	// Along the outer ring and back along the inner one.
	outer = append(outer, outer[0])
	for i := len(inner); i >= 0; i-- {
		outer = append(outer, inner[i%len(inner)])
	}
	d.fill(accentPen, outer)
	for i := range 4 {
		tipX, tipY := turn(i, 4, r)
		rightX, rightY := turn(2*i+1, 8, r*0.22)
		leftX, leftY := turn(2*i+7, 8, r*0.22)
		d.fill(accentPen, []point{{x, y}, {x + tipX, y + tipY}, {x + rightX, y + rightY}})
		// The light half is an outline.
		const thin = 0.035
		d.fill(accentPen, []point{{x + tipX, y + tipY}, {x + leftX, y + leftY}, {x, y}, {x - leftX*thin, y - leftY*thin}, {x + leftX*(1-2.2*thin), y + leftY*(1-2.2*thin)}, {x + tipX*(1-thin), y + tipY*(1-thin)}})
	}
}

// encode is a picture as a file.
func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, m); err != nil {
		return nil, fmt.Errorf("draw a card: %w", err)
	}
	return b.Bytes(), nil
}

// text writes a line from its base line on.
func (d drawing) text(f *sfnt.Font, size, x, y float64, c pen, text string) {
	face := face(f, size)
	dot := fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	last := rune(-1)
	for _, r := range text {
		if last >= 0 {
			dot.X += face.Kern(last, r)
		}
		at, mask, from, advance, ok := face.Glyph(dot, r)
		if ok {
			for py := at.Min.Y; py < at.Max.Y; py++ {
				for px := at.Min.X; px < at.Max.X; px++ {
					_, _, _, a := mask.At(from.X+px-at.Min.X, from.Y+py-at.Min.Y).RGBA()
					if (image.Point{X: px, Y: py}).In(d.Bounds()) {
						d.over(px, py, c, uint8(a>>8))
					}
				}
			}
		}
		dot.X += advance
		last = r
	}
}
