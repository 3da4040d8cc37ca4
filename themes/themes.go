// Package themes holds the themes that Rutter brings along, as they lie in
// this folder, inside the binary.
//
// A theme is a folder of
//
//	layouts/     base.html, the document, and a file for each kind of page: it defines "main"
//	components/  a folder for each part of a page: name.html, name.css, name.js side by side
//	base/        the style sheets that components build on: tokens, reset, type, layout, print
//	static/      files that are copied as they are
//	vendor/      other people's code, fetched by "make assets"; empty in the repository
//
// A site replaces any of these files by one of the same name below its own
// themes/ folder. What a template is given stands in package render.
package themes

import (
	"embed"
	"io/fs"
)

//go:embed default/layouts default/components default/base default/static default/vendor
var files embed.FS

// Default returns the theme of sites that name no other, rooted at its folder.
func Default() fs.FS {
	theme, err := fs.Sub(files, "default")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return theme
}
