package markdown

import "github.com/rutter-dev/rutter/internal/highlight"

// Stylesheet is the look of what themes do not know: highlighted code.
func Stylesheet() []byte { return highlight.Stylesheet() }
