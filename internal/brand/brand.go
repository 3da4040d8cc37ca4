// Package brand makes a theme of the brand group of site.yaml: a logo, an icon, a
// colour and fonts. It lies over the built-in theme, and a theme of the site's
// own over it.
package brand

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/colour"
	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/picture"
	"github.com/rutter-dev/rutter/internal/theme"
)

// Sizes of files, in bytes: what a page loads should not be large.
const (
	maxPicture = 1 << 20
	maxFont    = 4 << 20
)

// iconSize is the least side of an icon in pixels: that on Apple's home screens.
const iconSize = 180

// contrast is what text needs at least (WCAG 2.2, 1.4.3).
const contrast = 4.5

// Files are the names of the files of a brand.
func Files(b config.Brand) []string {
	var names []string
	for _, f := range []handbook.Located{b.Logo, b.LogoDark, b.Icon, b.Text, b.Headings, b.Code} {
		if path.Ext(f.Value) != "" {
			names = append(names, f.Value)
		}
	}
	return names
}

// Layer makes the theme of a brand, from the files of a site; nil where the brand
// is empty. Grounds of text are among the tokens of the theme below it.
func Layer(b config.Brand, site fs.FS, below theme.Tokens) (fs.FS, diag.List) {
	m := maker{site: site, files: map[string][]byte{}}
	m.pictures(b)
	var css strings.Builder
	m.colours(&css, b, below)
	m.fonts(&css, b)
	if css.Len() > 0 {
		m.files["components/brand/brand.css"] = []byte(css.String())
	}
	if len(m.files) == 0 {
		return nil, m.found
	}
	layer, err := folder(m.files)
	if err != nil {
		m.found.Errorf(diag.Pos{Path: "."}, diag.Unreadable, "put the brand together: %v", err)
	}
	return layer, m.found
}

type maker struct {
	site  fs.FS
	files map[string][]byte // of the theme
	found diag.List
}

// read reads a file of the site; nil where there is a finding about it.
func (m *maker) read(setting string, f handbook.Located, most int64) []byte {
	info, err := fs.Stat(m.site, f.Value)
	var data []byte
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.found.Errorf(f.Pos, diag.BrandFile, "%s: there is no file %s", setting, f.Value).Hint = "names are counted from the folder of site.yaml"
		return nil
	case err == nil && !info.Mode().IsRegular():
		m.found.Errorf(f.Pos, diag.BrandFile, "%s: %s is not a file", setting, f.Value)
		return nil
	case err == nil && info.Size() > most:
		m.found.Errorf(f.Pos, diag.BrandFile, "%s: %s has %d kB, and every reader loads it", setting, f.Value, info.Size()>>10).Hint = fmt.Sprintf("make it smaller than %d kB", most>>10)
		return nil
	case err == nil:
		data, err = fs.ReadFile(m.site, f.Value)
	}
	if err != nil {
		m.found.Errorf(f.Pos, diag.BrandFile, "%s: %s cannot be read: %v", setting, f.Value, err)
		return nil
	}
	return data
}

// pictures are the logo and the icon. A logo that is about a square is the icon,
// too, where there is no other.
func (m *maker) pictures(b config.Brand) {
	for setting, f := range map[string]handbook.Located{"logo": b.Logo, "logo_dark": b.LogoDark} {
		if f.Value == "" {
			continue
		}
		data := m.read(setting, f, maxPicture)
		if data == nil {
			continue
		}
		m.files["static/"+strings.ReplaceAll(setting, "_", "-")+path.Ext(f.Value)] = data
		width, height := picture.Size(f.Value, data)
		if square := width > 0 && width*4 <= height*5 && height*4 <= width*5; setting == "logo" && square && b.Icon.Value == "" && slices.Contains([]string{".svg", ".png"}, path.Ext(f.Value)) {
			m.icon("logo", f, data)
		}
	}
	if b.LogoDark.Value != "" && b.Logo.Value == "" {
		m.found.Errorf(b.LogoDark.Pos, diag.BrandFile, "logo_dark: there is no logo for light pages").Hint = "add logo:"
	}
	if b.Icon.Value != "" {
		if data := m.read("icon", b.Icon, maxPicture); data != nil {
			m.icon("icon", b.Icon, data)
		}
	}
}

func (m *maker) icon(setting string, f handbook.Located, data []byte) {
	if path.Ext(f.Value) == ".png" {
		c, err := png.DecodeConfig(bytes.NewReader(data))
		switch {
		case err != nil:
			m.found.Errorf(f.Pos, diag.BrandFile, "%s: %s is no PNG that can be read: %v", setting, f.Value, err)
			return
		case setting == "logo" && min(c.Width, c.Height) < iconSize: // good enough for the header
			return
		case min(c.Width, c.Height) < iconSize || max(c.Width, c.Height) > 2048:
			m.found.Errorf(f.Pos, diag.BrandFile, "%s: %s has %d by %d pixels", setting, f.Value, c.Width, c.Height).Hint = fmt.Sprintf("make it a square of %d to 2048 pixels; 512 are enough for every phone", iconSize)
			return
		}
	}
	m.files["static/icon"+path.Ext(f.Value)] = data
}

// colours are those of links. A colour that cannot be read on every ground is
// made darker, by night lighter, until it can.
func (m *maker) colours(css *strings.Builder, b config.Brand, below theme.Tokens) {
	if b.Accent.Value == "" {
		if b.AccentDark.Value != "" {
			m.found.Errorf(b.AccentDark.Pos, diag.BrandFile, "accent_dark: there is no accent for light pages").Hint = "add accent:"
		}
		return
	}
	light, dark := below.Grounds()
	accent, _ := colour.Parse(b.Accent.Value)
	day := m.readable("accent", b.Accent, accent, light)
	night := accent.AtNight().Readable(dark, contrast)
	if b.AccentDark.Value != "" {
		given, _ := colour.Parse(b.AccentDark.Value)
		night = m.readable("accent_dark", b.AccentDark, given, dark)
	}
	fmt.Fprintf(css, ":root {\n\t--link: light-dark(%v, %v);\n\t--link-hover: light-dark(%v, %v);\n}\n",
		day, night, day.Lighter(-.14).Readable(light, contrast), night.Lighter(.09).Readable(dark, contrast))
}

func (m *maker) readable(setting string, v handbook.Located, c colour.Colour, grounds []colour.Colour) colour.Colour {
	near := c.Readable(grounds, contrast)
	if c.On(grounds) < contrast-.05 { // else nobody sees the difference
		m.found.Warnf(v.Pos, diag.BrandContrast, "%s: %v is hard to read: its contrast is %.1f to 1 at worst, and text needs %.1f; pages show %v instead", setting, c, c.On(grounds), contrast, near).Hint = fmt.Sprintf(`write "%v", the nearest of that hue`, near)
	}
	return near
}

// fonts are families, or files that the site publishes.
func (m *maker) fonts(css *strings.Builder, b config.Brand) {
	var tokens strings.Builder
	for _, f := range []struct {
		name string
		v    handbook.Located
		rest string
	}{{"text", b.Text, "system-ui, sans-serif"}, {"head", b.Headings, "Georgia, serif"}, {"code", b.Code, "ui-monospace, monospace"}} {
		family := f.v.Value
		if family == "" {
			continue
		}
		if ext := path.Ext(family); ext != "" {
			data := m.read("fonts", f.v, maxFont)
			if data == nil {
				continue
			}
			file := "font-" + f.name + ext
			m.files["static/"+file] = data
			family = "Brand " + f.name
			// optional: text never jumps below the eyes of a reader. A font that is not
			// there at once is there on the next page.
			fmt.Fprintf(css, "@font-face { font-family: %q; src: url(%q); font-weight: 100 900; font-display: optional; }\n", family, file)
		}
		fmt.Fprintf(&tokens, "\t--font-%s: %q, %s;\n", f.name, family, f.rest)
	}
	if tokens.Len() > 0 {
		css.WriteString(":root {\n" + tokens.String() + "}\n")
	}
}

// folder is a folder in memory: an archive is the one that Go has.
func folder(files map[string][]byte) (fs.FS, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}
