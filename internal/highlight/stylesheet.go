package highlight

import "strings"

// ink is the look of a class of code: a colour on light ground, one on dark,
// and what more tells it apart.
type ink struct{ class, light, dark, more string }

// inks are the looks of the classes. Each colour has a contrast of at
// least 4.5 to 1 on grounds from white to #e4ebec, or from black to #22303b.
var inks = []ink{
	{"k", "#7a2a8c", "#d9abf2", ""},                  // keywords
	{"kt", "#0a5563", "#84d3df", ""},                 // types
	{"m", "#8a3d00", "#f2ad70", ""},                  // numbers and constants
	{"s", "#1b5e2a", "#a3d494", ""},                  // strings
	{"se", "#6d4a00", "#e3c578", ""},                 // escapes, patterns
	{"c", "#4c5b66", "#a3b3be", "font-style:italic"}, // comments
	{"cp", "#85265e", "#eea8d5", ""},                 // directives, decorators
	{"nf", "#0a4f75", "#8cc9ec", ""},                 // functions
	{"nt", "#932a2a", "#f4a4a0", ""},                 // tags, keys
	{"na", "#5c4800", "#dcc680", ""},                 // attributes
	{"nb", "#43439a", "#bbbff7", ""},                 // built-in names
	{"nv", "#8f3312", "#f4aa93", ""},                 // variables
	{"gd", "#931c38", "#f7a3b5", ""},                 // removed lines, errors
	{"gi", "#1b5e2a", "#a3d494", ""},                 // added lines
	{"gh", "", "", "font-weight:650"},                // headings, strong
	{"gp", "#4c5b66", "#a3b3be", "user-select:none"}, // prompts: not copied
}

// Stylesheet is the look of highlighted code. One rule holds the colour for
// light and for dark ground; color-scheme decides between them, which the theme
// sets on the root element from the reader's system or from data-theme.
func Stylesheet() []byte {
	var b strings.Builder
	b.WriteString("/* Highlighted code */\n")
	for _, i := range inks {
		b.WriteString(".code ." + i.class + "{")
		if i.light != "" {
			b.WriteString("color:light-dark(" + i.light + "," + i.dark + ")")
			if i.more != "" {
				b.WriteString(";")
			}
		}
		b.WriteString(i.more + "}\n")
	}
	return []byte(b.String())
}
