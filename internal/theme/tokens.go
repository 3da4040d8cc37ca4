package theme

import (
	"io/fs"
	"regexp"

	"github.com/rutter-dev/rutter/internal/colour"
)

// DayNight is a colour by day and by night.
type DayNight struct{ Day, Night colour.Colour }

// Tokens are the colours among the custom properties of style sheets, by their
// names without the dashes. As in a browser, the last one holds. What is not
// written as #… or light-dark(#…, #…) is left out.
type Tokens map[string]DayNight

var colourToken = regexp.MustCompile(`--([a-z0-9-]+):\s*(?:light-dark\(\s*(#[0-9a-fA-F]+)\s*,\s*(#[0-9a-fA-F]+)\s*\)|(#[0-9a-fA-F]+))\s*[;}]`)

// ReadTokens reads the colours out of a style sheet.
func ReadTokens(sheet []byte) Tokens {
	found := Tokens{}
	for _, m := range colourToken.FindAllSubmatch(sheet, -1) {
		day, ok := colour.Parse(string(m[2]) + string(m[4]))
		night, too := colour.Parse(string(m[3]) + string(m[4]))
		if ok && too {
			found[string(m[1])] = DayNight{day, night}
		}
	}
	return found
}

// BaseTokens are the colours of a theme from layers, as far as they stand in
// base/tokens.css.
func BaseTokens(layers ...fs.FS) Tokens {
	for _, layer := range layers {
		if data, err := fs.ReadFile(layer, "base/tokens.css"); err == nil {
			return ReadTokens(data)
		}
	}
	return nil
}

// grounds are what links stand on.
var grounds = []string{"paper", "panel", "shade", "mark", "note-panel", "tip-panel", "important-panel", "warning-panel", "caution-panel", "sample-panel"}

// Grounds are the colours that text stands on, by day and by night.
func (t Tokens) Grounds() (day, night []colour.Colour) {
	for _, name := range grounds {
		if c, ok := t[name]; ok {
			day, night = append(day, c.Day), append(night, c.Night)
		}
	}
	return day, night
}
