package render_test

import (
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// TestDefaultTheme: the built-in theme fits the views, so that builds need not
// try it.
func TestDefaultTheme(t *testing.T) {
	t.Parallel()
	th, found := theme.Load("themes/default", nil, themes.Default())
	found.Join(render.CheckTheme(th, "themes/default"))
	if found.Len() > 0 {
		var text strings.Builder
		found.WriteText(&text)
		t.Error(text.String())
	}
}
