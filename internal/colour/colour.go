// Package colour knows how well colours can be told apart, and finds the nearest
// colour that can be read.
package colour

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Colour is an opaque colour in sRGB.
type Colour struct{ R, G, B uint8 }

// Parse reads #rgb and #rrggbb; false for anything else.
func Parse(s string) (Colour, bool) {
	digits, ok := strings.CutPrefix(s, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || len(digits) != 6 || err != nil {
		return Colour{}, false
	}
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

// String is #rrggbb.
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is the contrast ratio of two colours, from 1 to 21 (WCAG 2.2).
func Contrast(a, b Colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// luminance is the relative luminance after WCAG.
func (c Colour) luminance() float64 {
	return .2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B)
}

// On is the smallest contrast of a colour on some grounds.
func (c Colour) On(grounds []Colour) float64 {
	least := 21.0
	for _, g := range grounds {
		least = min(least, Contrast(c, g))
	}
	return least
}

// Readable is the colour of the same hue, nearest in lightness, that has a
// contrast on all grounds: darker on light ones, lighter on dark ones. Where no
// such colour has it, the result is black or white.
func (c Colour) Readable(grounds []Colour, contrast float64) Colour {
	if c.On(grounds) >= contrast {
		return c
	}
	end := 0.0
	if dark(grounds) {
		end = 1
	}
	l, chroma, hue := c.lch()
	near, far := l, end // the first fails, the second is the best there is
	for range 20 {
		middle := (near + far) / 2
		if fromLCH(middle, chroma, hue).On(grounds) >= contrast {
			far = middle
		} else {
			near = middle
		}
	}
	return fromLCH(far, chroma, hue)
}

// Lighter is the colour with its lightness (in OKLCH, from 0 to 1) changed by an
// amount.
func (c Colour) Lighter(by float64) Colour {
	l, chroma, hue := c.lch()
	return fromLCH(min(max(l+by, 0), 1), chroma, hue)
}

// AtNight is the colour that stands for another on dark grounds: of the same hue,
// light and less saturated.
func (c Colour) AtNight() Colour {
	_, chroma, hue := c.lch()
	return fromLCH(.8, chroma*.75, hue)
}

func dark(grounds []Colour) bool {
	sum := 0.0
	for _, g := range grounds {
		sum += g.luminance()
	}
	return sum < .18*float64(len(grounds))
}

// lch is the colour in OKLCH (B. Ottosson, A perceptual color space for image
// processing, 2020): lightness from 0 to 1, chroma, and hue in radians.
func (c Colour) lch() (l, chroma, hue float64) {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	x := math.Cbrt(.4122214708*r + .5363325363*g + .0514459929*b)
	y := math.Cbrt(.2119034982*r + .6806995451*g + .1073969566*b)
	z := math.Cbrt(.0883024619*r + .2817188376*g + .6299787005*b)
	l = .2104542553*x + .7936177850*y - .0040720468*z
	p := 1.9779984951*x - 2.4285922050*y + .4505937099*z
	q := .0259040371*x + .7827717662*y - .8086757660*z
	return l, math.Hypot(p, q), math.Atan2(q, p)
}

// fromLCH is the colour of an OKLCH. Where sRGB has none so vivid, it is the most
// vivid of that lightness and hue.
func fromLCH(l, chroma, hue float64) Colour {
	if c, ok := inSRGB(l, chroma, hue); ok {
		return c
	}
	from, to := 0.0, chroma
	for range 20 {
		middle := (from + to) / 2
		if _, ok := inSRGB(l, middle, hue); ok {
			from = middle
		} else {
			to = middle
		}
	}
	c, _ := inSRGB(l, from, hue)
	return c
}

// inSRGB reports whether the colour is in sRGB, and the nearest to it that is.
func inSRGB(l, chroma, hue float64) (Colour, bool) {
	p, q := chroma*math.Cos(hue), chroma*math.Sin(hue)
	x := l + .3963377774*p + .2158037573*q
	y := l - .1055613458*p - .0638541728*q
	z := l - .0894841775*p - 1.2914855480*q
	x, y, z = x*x*x, y*y*y, z*z*z
	r, inR := encoded(4.0767416621*x - 3.3077115913*y + .2309699292*z)
	g, inG := encoded(-1.2684380046*x + 2.6097574011*y - .3413193965*z)
	b, inB := encoded(-.0041960863*x - .7034186147*y + 1.7076147010*z)
	return Colour{r, g, b}, inR && inG && inB
}

// linear undoes the encoding of a part of an sRGB colour.
func linear(v uint8) float64 {
	c := float64(v) / 255
	if c <= .04045 {
		return c / 12.92
	}
	return math.Pow((c+.055)/1.055, 2.4)
}

// encoded encodes a part of a linear colour; false where it is out of bounds by
// more than rounding.
func encoded(c float64) (uint8, bool) {
	in := c > -.0005 && c < 1.0005
	c = min(max(c, 0), 1)
	if c <= .0031308 {
		c *= 12.92
	} else {
		c = 1.055*math.Pow(c, 1/2.4) - .055
	}
	return uint8(math.Round(c * 255)), in
}
