// Package archetype makes what people begin with: a page of some kind, and a
// small site.
//
//	structs of handbook, names of a site ── Page ──▶ a page that is valid at birth
//	files/site ───────────────────────────── Site ──▶ the files of a site that is
//
// The front matter of a page is made from the tags of the structs that read it:
// what is required stands there with an example, what is often wanted stands
// there behind a #, and each line ends with what its key means. Whoever takes a
// # away has a page that is still valid. The text below it is in files/bodies,
// one for each kind.
//
// The package knows no site and writes no files. Where a page has to name
// another one, it asks for the names that there are.
package archetype

import (
	"embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed all:files
var files embed.FS

// Title makes a title of the last part of a slug: "people/data-engineer" is
// "Data engineer".
func Title(slug string) string {
	words := words(slug)
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}

// words are those of the last part of a slug.
func words(slug string) string {
	return strings.ReplaceAll(slug[strings.LastIndexByte(slug, '/')+1:], "-", " ")
}
