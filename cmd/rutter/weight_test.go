package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/rutter-dev/rutter/internal/testkit"
)

// TestPagesAreValid lets the checker of the HTML standard judge every page of
// the example site: no error.
func TestPagesAreValid(t *testing.T) {
	t.Parallel()
	java := testkit.Need(t, "java")
	checker := webTool(t, "vnu-jar/build/dist/vnu.jar")
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil)
	out, err := exec.Command(java, "-jar", checker, "--errors-only", "--skip-non-html", "--format", "gnu", filepath.Join(dir, "public")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// weight is what a page costs a reader who comes for the first time, compressed
// as servers do.
type weight struct {
	page, styles, scripts int
	figures               bool
}

func (w weight) all() int { return w.page + w.styles + w.scripts }

// What a page may weigh, in bytes of the network. Images are left aside, and so
// are the search and the explorer, which come when they are asked for.
const (
	mostStyles  = 12_000
	mostScripts = 8_000
	mostText    = 45_000
	mostFigures = 200_000
	mostExplore = 450_000
)

// TestWeight holds every page of the example site to its budget, and to files
// of the site's own.
func TestWeight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exampleSite(t, dir)
	mustBuild(t, dir, nil)
	site := os.DirFS(filepath.Join(dir, "public"))
	packed := map[string]int{}
	pack := func(name string) int {
		if n, ok := packed[name]; ok {
			return n
		}
		data, err := fs.ReadFile(site, name)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		packed[name] = b.Len()
		return b.Len()
	}
	pages := map[string]weight{}
	explorers, err := fs.Glob(site, "assets/echarts.*.js")
	if err != nil {
		t.Fatal(err)
	}
	explorer := 0
	for _, name := range explorers {
		explorer += pack(name)
	}
	err = fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".html" {
			return err
		}
		data, err := fs.ReadFile(site, name)
		if err != nil {
			return err
		}
		doc, err := html.Parse(bytes.NewReader(data))
		if err != nil {
			return err
		}
		w := weight{page: pack(name)}
		for n := range doc.Descendants() {
			value := map[string]string{}
			for _, a := range n.Attr {
				value[a.Key] = a.Val
			}
			address := ""
			switch {
			case n.Data == "script" && value["src"] != "":
				address = value["src"]
			case n.Data == "link" && value["rel"] == "stylesheet":
				address = value["href"]
			case n.Data == "figure", n.Data == "body" && value["class"] == "kind-explain": // the rows behind figures
				w.figures = true
			}
			if address == "" {
				continue
			}
			file := path.Join(path.Dir(name), address)
			if strings.HasPrefix(address, "/") { // a page that may stand at any depth
				file = strings.TrimPrefix(address, "/")
			}
			if n.Data == "script" {
				w.scripts += pack(file)
			} else {
				w.styles += pack(file)
			}
		}
		pages[name] = w
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range pages {
		most := mostText
		if w.figures {
			most = mostFigures
		}
		if !w.figures && (w.styles > mostStyles || w.scripts > mostScripts) {
			t.Errorf("%s: %d bytes of styles and %d of scripts, want at most %d and %d", name, w.styles, w.scripts, mostStyles, mostScripts)
		}
		if w.all() > most {
			t.Errorf("%s: %d bytes (page %d, styles %d, scripts %d), want at most %d", name, w.all(), w.page, w.styles, w.scripts, most)
		}
		if w.figures && w.all()+explorer > mostExplore {
			t.Errorf("%s: %d bytes with the explorer, want at most %d", name, w.all()+explorer, mostExplore)
		}
	}
	for _, figures := range []bool{false, true} {
		names := slices.Collect(maps.Keys(pages))
		names = slices.DeleteFunc(names, func(name string) bool { return pages[name].figures != figures })
		slices.SortFunc(names, func(a, b string) int { return cmp.Compare(pages[a].all(), pages[b].all()) })
		middle, last := names[len(names)/2], names[len(names)-1]
		t.Logf("figures %v: %d pages, median %d bytes, the heaviest is %s with %d", figures, len(names), pages[middle].all(), last, pages[last].all())
	}
	for _, k := range kinds {
		name, err := filepath.Rel(filepath.Join(dir, "public"), builtFile(dir, k.address))
		if err != nil {
			t.Fatal(err)
		}
		w := pages[filepath.ToSlash(name)]
		t.Logf("%-18s page %6d, styles %6d, scripts %6d: %6d", k.name, w.page, w.styles, w.scripts, w.all())
	}
	t.Logf("the explorer is %d", explorer)
}
