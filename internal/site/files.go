package site

import (
	"net/url"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// CopyName is where a file that a page refers to is published. Files that a
// browser would run as part of the site become text.
func CopyName(t Target) string {
	if t.AsText {
		return string(t.File) + ".txt"
	}
	return string(t.File)
}

// active reports whether a browser that opens the file runs what is in it,
// whatever refers to it.
func active(p handbook.Path) bool {
	return slices.Contains([]string{".html", ".htm", ".xhtml", ".xht", ".shtml", ".js", ".mjs", ".xml", ".xsl", ".xslt"}, p.Ext())
}

// runsScript reports whether opening the file by a link could run script; in
// an image element it does not.
func runsScript(p handbook.Path) bool { return p.Ext() == ".svg" || p.Ext() == ".svgz" }

// Rel is the reference from the page at one address to another address, file
// or asset of the site, percent-encoded. It works below any base path and from
// disk.
func Rel(from, to string) string {
	up := strings.Split(from, "/")
	up = up[:len(up)-1] // after the last slash there is the file
	parts := strings.Split(to, "/")
	for len(up) > 0 && len(parts) > 1 && up[0] == parts[0] {
		up, parts = up[1:], parts[1:]
	}
	rel := strings.Repeat("../", len(up)) + Encode(strings.Join(parts, "/"))
	switch {
	case rel == "":
		return "./"
	case len(up) == 0 && strings.Contains(strings.SplitN(rel, "/", 2)[0], ":"):
		return "./" + rel // a colon in the first segment reads as a scheme
	}
	return rel
}

// Encode percent-encodes a path, leaving its slashes.
func Encode(p string) string {
	parts := strings.Split(p, "/")
	for i, s := range parts {
		parts[i] = url.PathEscape(s)
	}
	return strings.Join(parts, "/")
}

// EncodeFragment percent-encodes an id for use behind #.
func EncodeFragment(id string) string {
	return strings.ReplaceAll((&url.URL{Fragment: id}).EscapedFragment(), "'", "%27")
}
