package card

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		data, err := Draw(title, site)
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
		data, err := Icon(size)
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

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		if _, err := Draw("From strategy to operations", "Example Handbook"); err != nil {
			b.Fatal(err)
		}
	}
}
