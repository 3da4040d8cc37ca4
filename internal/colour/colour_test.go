package colour

import (
	"math"
	"os"
	"regexp"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"#a1224f": "#a1224f", "#ABC": "#aabbcc", "a1224f": "", "#a1224": "", "#a1224f80": "", "#ggg": "", "": "", "red": "", "#+12345": ""} {
		c, ok := Parse(text)
		if got := c.String(); ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %s, %v, want %q", text, got, ok, want)
		}
	}
}

func must(s string) Colour {
	c, ok := Parse(s)
	if !ok {
		panic(s)
	}
	return c
}

// TestContrast has values that WCAG and its tools give.
func TestContrast(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"#000", "#fff", 21}, {"#fff", "#fff", 1}, {"#777", "#fff", 4.48}, {"#767676", "#ffffff", 4.54}, {"#f00", "#fff", 4.0}, {"#00f", "#000", 2.44},
	} {
		if got := Contrast(must(tt.a), must(tt.b)); math.Abs(got-tt.want) > .005 {
			t.Errorf("%s on %s: %.3f, want %.2f", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestLCH has the values of the colours in OKLCH that CSS gives.
func TestLCH(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		hex             string
		l, chroma, degs float64
	}{
		{"#ff0000", .62796, .25768, 29.23}, {"#00ff00", .86644, .29483, 142.5}, {"#0000ff", .45201, .31321, 264.05}, {"#ffffff", 1, 0, -1}, {"#808080", .59987, 0, -1},
	} {
		l, chroma, hue := must(tt.hex).lch()
		if degs := math.Mod(hue*180/math.Pi+360, 360); math.Abs(l-tt.l) > 1e-3 || math.Abs(chroma-tt.chroma) > 1e-3 || tt.degs >= 0 && math.Abs(degs-tt.degs) > .1 {
			t.Errorf("%s: %.5f %.5f %.2f, want %.5f %.5f %.2f", tt.hex, l, chroma, degs, tt.l, tt.chroma, tt.degs)
		}
	}
	for r := 0; r < 256; r += 15 {
		for g := 0; g < 256; g += 15 {
			for b := 0; b < 256; b += 15 {
				c := Colour{uint8(r), uint8(g), uint8(b)}
				if got := fromLCH(c.lch()); got != c {
					t.Fatalf("%v there and back is %v", c, got)
				}
			}
		}
	}
}

// TestReadable: whatever the colour, the result can be read, keeps its hue and is
// no further away than it must be.
func TestReadable(t *testing.T) {
	t.Parallel()
	for _, grounds := range [][]Colour{{must("#fdfcf8"), must("#e4ebec")}, {must("#10181f"), must("#22303b")}} {
		for r := 0; r < 256; r += 51 {
			for g := 0; g < 256; g += 51 {
				for b := 0; b < 256; b += 51 {
					c := Colour{uint8(r), uint8(g), uint8(b)}
					got := c.Readable(grounds, 4.5)
					if got.On(grounds) < 4.5 {
						t.Fatalf("%v becomes %v, which has %.2f", c, got, got.On(grounds))
					}
					if c.On(grounds) >= 4.5 && got != c {
						t.Fatalf("%v becomes %v for nothing", c, got)
					}
					if c.On(grounds) < 4.5 && got.On(grounds) > 4.7 {
						t.Errorf("%v becomes %v, which has %.2f: further than it must", c, got, got.On(grounds))
					}
					_, was, from := c.lch()
					if _, chroma, to := got.lch(); was > .05 && chroma > .05 && math.Abs(math.Remainder(to-from, 2*math.Pi)) > .12 {
						t.Errorf("%v becomes %v: of another hue, by %.2f", c, got, to-from)
					}
				}
			}
		}
	}
	if got := must("#888").Readable([]Colour{must("#000"), must("#fff")}, 7); got != must("#000") && got != must("#fff") {
		t.Errorf("where nothing can be read: %v", got)
	}
}

// deficiencies are how people see who lack one kind of cones: matrices on linear
// colours (G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, A physiologically-
// based model for simulation of color vision deficiency, 2009; severity 1).
var deficiencies = map[string][3][3]float64{
	"as most do":   {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{.152286, 1.052583, -.204868}, {.114503, .786281, .099216}, {-.003882, -.048116, 1.051998}},
	"deuteranopia": {{.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}},
	"tritanopia":   {{1.255528, -.076749, -.178779}, {-.078411, .930809, .147602}, {.004733, .691367, .303900}},
}

// TestSeries: the lines and areas of the default theme's charts can be told apart
// by everybody, by day and by night, and in shades of grey at least neighbours.
func TestSeries(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("../../themes/default/base/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`--series-[1-4]: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllSubmatch(css, -1)
	if len(found) != 4 {
		t.Fatalf("tokens.css has %d colours for series, want 4", len(found))
	}
	for theme := 1; theme <= 2; theme++ {
		for who, m := range deficiencies {
			seen := func(i int) Colour {
				c := must(string(found[i][theme]))
				in := [3]float64{linear(c.R), linear(c.G), linear(c.B)}
				var out [3]uint8
				for i, row := range m {
					out[i], _ = encoded(row[0]*in[0] + row[1]*in[1] + row[2]*in[2])
				}
				return Colour{out[0], out[1], out[2]}
			}
			for i := range 4 {
				for j := range i {
					a, b := seen(i), seen(j)
					l1, c1, h1 := a.lch()
					l2, c2, h2 := b.lch()
					apart := math.Sqrt((l1-l2)*(l1-l2) + c1*c1 + c2*c2 - 2*c1*c2*math.Cos(h1-h2))
					if apart < .075 { // 0.02 is what can just be seen, side by side
						t.Errorf("%s, theme %d: series %d and %d are %.3f apart (%v, %v)", who, theme, j+1, i+1, apart, a, b)
					}
				}
			}
		}
	}
}
