package config

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/colour"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
)

// What the files of the brand group may be.
var (
	pictures = []string{".svg", ".png", ".webp", ".jpg"}
	icons    = []string{".svg", ".png"}
	fonts    = []string{".woff2", ".woff", ".ttf", ".otf"}
)

// file reads the name of a file below the site's folder.
func (k *checker) file(name string, v handbook.Located, kinds []string) handbook.Located {
	if v.Value == "" {
		return v
	}
	file := path.Clean(v.Value)
	switch {
	case !fs.ValidPath(file) || strings.Contains(file, `\`):
		k.wrong(v.Pos, "copy it there, and write a name like brand/"+path.Base(file), "%s: %q is not below the folder of the site", name, v.Value)
	case !slices.Contains(kinds, path.Ext(file)):
		k.wrong(v.Pos, "use one of "+strings.Join(kinds, ", "), "%s: %q is not a kind of file that can be shown there", name, v.Value)
	default:
		return handbook.Located{Value: file, Pos: v.Pos}
	}
	return handbook.Located{}
}

// colour reads a colour, whose # may be left out: after a space YAML takes what
// follows it for a comment.
func (k *checker) colour(name string, v handbook.Located) handbook.Located {
	if v.Value == "" {
		return v
	}
	c, ok := colour.Parse("#" + strings.TrimPrefix(v.Value, "#"))
	if !ok {
		k.wrong(v.Pos, `write it as "#a1224f": two digits each of red, green and blue`, "%s: %q is no colour", name, v.Value)
		return handbook.Located{}
	}
	return handbook.Located{Value: c.String(), Pos: v.Pos}
}

var commented = regexp.MustCompile(`(?m)^[ \t]+(accent|accent_dark):[ \t]+(#[0-9a-fA-F]{3,6})[ \t]*\r?$`)

// comments reports colours that YAML takes for comments.
func (k *checker) comments(name string, data []byte) {
	for _, m := range commented.FindAllSubmatchIndex(data, -1) {
		at := diag.Pos{Path: name, Line: 1 + strings.Count(string(data[:m[4]]), "\n")}
		at.Column = m[4] - strings.LastIndexByte(string(data[:m[4]]), '\n')
		value := data[m[4]:m[5]]
		k.wrong(at, fmt.Sprintf(`write it in quotes: "%s"`, value), "%s: to YAML, %s is a comment", data[m[2]:m[3]], value)
	}
}

var family = regexp.MustCompile(`^[\pL\pN][\pL\pN -]*$`)

// font reads the name of a family, or that of a file.
func (k *checker) font(name string, v handbook.Located) handbook.Located {
	if v.Value == "" || path.Ext(v.Value) != "" || strings.ContainsAny(v.Value, `/\`) {
		return k.file(name, v, fonts)
	}
	if !family.MatchString(v.Value) {
		k.wrong(v.Pos, "write one family, like Georgia, or a file like brand/text.woff2", "%s: %q is no name of a font", name, v.Value)
		return handbook.Located{}
	}
	return v
}
