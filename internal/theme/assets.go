package theme

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/picture"
)

// Asset is a file that pages refer to.
type Asset struct {
	Name string // below the output folder
	Data []byte
	Sum  [32]byte       // SHA-256 of Data
	For  handbook.Draws // what it draws: sites without have no use for it; zero: every site has
}

// baseSheets come before the components' style sheets, print.css after them.
var baseSheets = []string{"tokens", "reset", "type", "layout"}

const (
	assetFolder  = "assets/"
	explorerFile = "vendor/echarts.min.js"
	finderFile   = "static/find.js"
	firstFile    = "static/first.js"
)

// frameScript is what the page that draws diagrams may run, in its policy.
var frameScript = regexp.MustCompile(`script-src ('sha256-[^']+')`)

// chartFolders hold the components of pages that show deliveries. What they
// weigh, as much as all others together, the other pages do without.
var chartFolders = []string{"components/figure/", "components/metrics/", "components/explain/"}

func (l *loader) assets(t *Theme, extra []byte) {
	var siteCSS, siteJS, chartCSS, chartJS bytes.Buffer
	for _, s := range baseSheets {
		siteCSS.Write(l.read("base/" + s + ".css"))
	}
	for _, name := range l.list("components") {
		styles, script := &siteCSS, &siteJS
		if slices.ContainsFunc(chartFolders, func(folder string) bool { return strings.HasPrefix(name, folder) }) {
			styles, script = &chartCSS, &chartJS
		}
		switch path.Ext(name) {
		case ".css":
			styles.Write(l.read(name))
		case ".js":
			script.Write(bytes.TrimSpace(l.read(name)))
			script.WriteByte('\n')
		}
	}
	siteCSS.Write(extra)
	siteCSS.Write(l.read("base/print.css"))
	t.Tokens = ReadTokens(siteCSS.Bytes())
	t.Stylesheet = t.add("site.css", small("text/css", siteCSS.Bytes()))
	t.Script = t.add("site.js", small("text/javascript", siteJS.Bytes()))
	if chartCSS.Len()+chartJS.Len() > 0 {
		t.ChartStyles = t.add("charts.css", small("text/css", chartCSS.Bytes()))
		t.ChartScript = t.add("charts.js", small("text/javascript", chartJS.Bytes()))
	}
	for _, name := range l.list("static") {
		switch name {
		case finderFile:
			t.Finder = t.add("find.js", small("text/javascript", l.read(name)))
			continue
		case firstFile:
			t.First = t.add("first.js", small("text/javascript", l.read(name)))
			continue
		}
		asset, data := assetFolder+strings.TrimPrefix(name, "static/"), l.read(name)
		t.asset(asset, data)
		switch ext := path.Ext(name); strings.TrimSuffix(name, ext) {
		case "static/icon": // that of the uppermost layer comes last
			t.Icon, t.IconImage = asset, nil
			if ext == ".png" {
				t.IconImage = data
			}
			built, err := fs.ReadFile(l.layers[len(l.layers)-1], name)
			t.Rose = err == nil && bytes.Equal(built, data)
		case "static/logo":
			t.Logo.Name = asset
			t.Logo.Width, t.Logo.Height = picture.Size(name, data)
		case "static/logo-dark":
			t.Logo.Night = asset
		}
	}
	for _, name := range l.list("vendor") {
		switch {
		case path.Base(name) == "README.md":
		case name == explorerFile:
			t.Explorer = t.add("echarts.js", l.read(name))
		case name == "vendor/formulas.min.js":
			t.Formulas = t.add("formulas.js", l.read(name))
		case name == "vendor/formulas.css":
			t.FormulaSheet = t.add("formulas.css", l.read(name))
		case name == "vendor/diagrams.min.js":
			t.Diagrams = t.add("diagrams.js", l.read(name))
		case name == "vendor/diagram.html":
			data := l.read(name)
			t.Frame = t.add("diagram.html", data)
			if found := frameScript.FindSubmatch(data); found != nil {
				t.FrameScript = string(found[1])
			}
		default:
			t.asset(assetFolder+strings.TrimPrefix(name, "vendor/"), l.read(name))
		}
		t.drawer(path.Base(name))
	}
}

// drawer notes what the asset that was added last draws, by the beginning of its
// name in vendor/.
func (t *Theme) drawer(name string) {
	if name == "README.md" {
		return
	}
	of := &t.Assets[len(t.Assets)-1].For
	switch word, _, _ := strings.Cut(name, "."); word {
	case "formulas", "temml":
		of.Formulas = true
	case "diagram", "diagrams", "mermaid":
		of.Diagrams = true
	}
}

// small is a style sheet or a script without what only its authors need. What
// cannot be read so stays as it is: browsers forgive more.
func small(kind string, data []byte) []byte {
	m := minify.New()
	m.AddFunc("text/css", css.Minify)
	m.AddFunc("text/javascript", js.Minify)
	if less, err := m.Bytes(kind, data); err == nil {
		return less
	}
	return data
}

// asset keeps an asset.
func (t *Theme) asset(name string, data []byte) {
	t.Assets = append(t.Assets, Asset{Name: name, Data: data, Sum: sha256.Sum256(data)})
}

// add keeps an asset under a name that holds part of its hash, so that a
// browser never mixes the files of two builds.
func (t *Theme) add(name string, data []byte) string {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	full := assetFolder + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	t.asset(full, data)
	return full
}
