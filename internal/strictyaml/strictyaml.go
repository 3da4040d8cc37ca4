// Package strictyaml reads YAML that people write by hand (front matter,
// site.yaml, metric blocks) into structs, and reports every mistake at its
// place: line, column, what is wrong in plain words, what was probably meant.
//
//	bytes ── Parse ──▶ *Document ── Decode ──▶ struct
//	             └──────────┴──────▶ diag.List  syntax, unknown keys, wrong values, keys given twice
//
// Only plain data is read. Anchors, aliases, merge keys, tags, directives and
// several documents in one are refused, so no file means more than it shows and
// none grows while it is read. An entry that is no YAML does not hide the
// mistakes in the others.
//
// Text stays text: a key that takes text takes `title: 1984`, `title: yes` and
// `title: 2024-01-01` as they stand. Keys that take true or false take only
// those two words, numbers are decimal, dates are days of the calendar.
//
// Right values are set even where others are wrong, and a wrong one leaves its
// field alone. Where mistakes are nobody's business, as in handbooks that were
// written for other tools, decode with a list that is then dropped.
//
// # Structs
//
// Fields with a yaml tag are read: string, bool, int, float64, time.Duration
// (60m, 24h, 7d), time.Time and handbook.Day (a day), handbook.Last (26w),
// handbook.Located (text and its place), structs, pointers to them, slices, and maps with string keys.
// The tag is `yaml:"name|other name,options"`, the options being
//
//	required  the key must be there
//	single    a list may be written as its only value
//	bare      a single value in the place of the group is the value of this key
//	pos       the field is a diag.Pos and receives the place of the group
//
// and beside it may stand `enum:"a,b"` (the allowed words), `min:"1"` and
// `max:"160"` (of a number, or of the length of a text in runes), `like:"2018"`
// (the example in messages) and `is:"…"` (what it means, for schemas). Fields of embedded structs count as
// the struct's own.
package strictyaml

import "github.com/rutter-dev/rutter/internal/diag"

// Codes are the codes that findings get: front matter, site.yaml and metric
// blocks each have their own.
type Codes struct {
	Syntax  diag.Code // no YAML, or YAML that is refused
	Key     diag.Code // unknown key
	Value   diag.Code // wrong type, or a value outside the allowed ones
	Twice   diag.Code // key given twice
	Missing diag.Code // required key that is not there
	Limit   diag.Code // too long, too deep
}

// One returns Codes that give every finding the same code.
func One(c diag.Code) Codes {
	return Codes{Syntax: c, Key: c, Value: c, Twice: c, Missing: c, Limit: c}
}

// Decode reads data into the struct that v points to, adds a finding to l for
// each mistake, and reports whether there was none. The first byte of data
// stands at the given place; when its column is not 1, all lines are taken to
// be indented as far, as in a block inside a list.
func Decode(data []byte, at diag.Pos, v any, codes Codes, l *diag.List) bool {
	return Parse(data, at, codes, l).Decode(v)
}
