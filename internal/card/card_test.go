package card

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var rose = Look{Accent: color.RGBA{0x0a, 0x5a, 0x85, 0xff}, Rose: true}

// TestDraw: a card has the size that readers expect, ink where its text is, and
// the same bytes each time; texts that the fonts cannot show leave no trace.
func TestDraw(t *testing.T) {
	t.Parallel()
	dark := func(data []byte) (n int) {
		m, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if b := m.Bounds(); b.Dx() != Width || b.Dy() != Height {
			t.Fatalf("a card of %v", b)
		}
		for y := 240; y < Height-20; y++ {
			for x := range 880 {
				if r, _, _, _ := m.At(x, y).RGBA(); r < 0x8000 {
					n++
				}
			}
		}
		return n
	}
	draw := func(title, site string) []byte {
		data, err := rose.Card(title, site)
		if err != nil {
			t.Fatal(err)
		}
		if folder := os.Getenv("RUTTER_SCREENSHOTS"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, "card-"+strings.ToLower(strings.Fields(title)[0])+".png"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return data
	}
	usual := draw("Processes", "Example Handbook")
	if n := dark(usual); n < 2000 {
		t.Errorf("only %d dark points where the title is", n)
	}
	if !bytes.Equal(usual, draw("Processes", "Example Handbook")) {
		t.Error("the same card has other bytes")
	}
	if len(usual) > 60<<10 {
		t.Errorf("%d bytes", len(usual))
	}
	if n := dark(draw("手順", "Handbook of a company")); n < 500 {
		t.Errorf("without letters for the title the site's name is shown: %d dark points", n)
	}
	if n := dark(draw("手順", "手順書")); n != 0 {
		t.Errorf("%d dark points without a text that can be shown", n)
	}
	long := draw("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft and "+strings.Repeat("many more words ", 20), "S")
	if n := dark(long); n < 5000 {
		t.Errorf("a long title: %d dark points", n)
	}
}

func TestIcon(t *testing.T) {
	t.Parallel()
	for _, size := range []int{180, 192, 512} {
		data, err := rose.Icon(size)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil || m.Width != size || m.Height != size {
			t.Errorf("an icon of %d: %v %v", size, m, err)
		}
		if folder := os.Getenv("RUTTER_SCREENSHOTS"); folder != "" && size == 192 {
			if err := os.WriteFile(filepath.Join(folder, "icon.png"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestEmblem: the emblem of a site takes the place of the rose, in its shape.
func TestEmblem(t *testing.T) {
	t.Parallel()
	red := color.RGBA{0xff, 0, 0, 0xff}
	picture := image.NewRGBA(image.Rect(0, 0, 400, 200))
	for i := range 400 * 200 {
		picture.SetRGBA(i%400, i/400, red)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	l := Look{Emblem: b.Bytes(), Rose: true}
	at := func(data []byte, err error) func(x, y int) color.Color {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return func(x, y int) color.Color { return color.RGBAModel.Convert(m.At(x, y)) }
	}
	icon := at(l.Icon(180))
	if icon(90, 90) != red || icon(2, 90) != red || icon(90, 20) != paper || icon(90, 160) != paper {
		t.Error("the icon is not the emblem in the middle, as wide as it is")
	}
	card := at(l.Card("Processes", "Handbook"))
	if card(1020, 170) != red || card(1020, 90) != paper || card(912, 170) != red || card(905, 170) != paper {
		t.Error("the card does not show the emblem")
	}
	huge := bytes.Clone(b.Bytes())
	copy(huge[16:], []byte{0, 1, 0, 0}) // 65,536 wide; the sum of the chunk is wrong then, too
	for _, bad := range [][]byte{[]byte("no picture"), b.Bytes()[:60], huge} {
		if _, err := (Look{Emblem: bad}).Icon(180); err == nil {
			t.Errorf("a picture of %d bytes that is none is drawn", len(bad))
		}
	}
	if (Look{}).HasIcon() || !l.HasIcon() || !rose.HasIcon() {
		t.Error("HasIcon")
	}
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		if _, err := rose.Card("From strategy to operations", "Example Handbook"); err != nil {
			b.Fatal(err)
		}
	}
}
