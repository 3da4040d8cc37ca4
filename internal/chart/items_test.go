package chart_test

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"testing"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// RUTTER_SCREENSHOTS names a folder that gets a page of all drawings, to look
// at in a browser with the style sheets of the theme.
func TestPageOfDrawings(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	for _, s := range singles() {
		page.WriteString(`<figure class="figure" id="` + s.fig.ID + `" data-explore data-options="` + html.EscapeString(string(s.fig.ECharts())) + `"><div class="figure-chart">`)
		page.Write(s.fig.SVG())
		page.WriteString("</div><figcaption>" + html.EscapeString(s.name+": "+s.fig.Finding) + "</figcaption></figure>")
	}
	for _, v := range testkit.Violations(page.Bytes()) {
		t.Error(v)
	}
	if folder := os.Getenv("RUTTER_SCREENSHOTS"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, "singles.html"), page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
