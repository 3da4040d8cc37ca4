// Package internal_test guards the shape of the module: who may import whom,
// who may touch the world outside, and that every package says what it is.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rutter-dev/rutter/"

// vocabulary is what every package may speak.
var vocabulary = []string{"internal/handbook", "internal/diag"}

// rule is what one package may do.
type rule struct {
	may   map[string]string // packages of this module besides the vocabulary, and why
	pure  bool              // takes bytes, values and writers: no files, network, programs, log, chance or clock
	alone bool              // does not speak the vocabulary either
	all   bool              // knows everybody but testkit
}

// rules has a row for every package. A new link needs a reason here, and a
// reason that reads badly is a sign that the code stands in the wrong place.
var rules = map[string]rule{
	"internal/diag":       {pure: true, alone: true},
	"internal/handbook":   {pure: true},
	"internal/strictyaml": {pure: true},
	"internal/pack":       {pure: true, alone: true}, // bytes and values of any type
	"internal/dora":       {pure: true, may: map[string]string{"internal/pack": "hashes what reports rest on"}},
	"internal/site":       {pure: true},
	"internal/graph":      {pure: true, may: map[string]string{"internal/site": "relates its pages"}},
	"internal/diagram":    {pure: true, alone: true},
	"internal/archetype":  {pure: true}, // its texts are within the program; who asks says which pages there are
	"internal/feed":       {pure: true, alone: true},
	"internal/facet": {pure: true, may: map[string]string{
		"internal/site":  "shows it one facet at a time",
		"internal/graph": "shows what pages say of each other",
		"internal/pack":  "hashes the facets",
	}},
	"internal/search":    {pure: true},
	"internal/card":      {pure: true, alone: true},
	"internal/changes":   {pure: true, may: map[string]string{"internal/graph": "compares what it exports"}},
	"internal/highlight": {pure: true, alone: true},
	"internal/markdown":  {pure: true, may: map[string]string{"internal/strictyaml": "reads metric blocks", "internal/highlight": "shows code"}},
	"internal/events":    {pure: true, may: map[string]string{"internal/dora": "fills its events"}},
	"internal/chart":     {pure: true, may: map[string]string{"internal/dora": "draws its reports"}},
	"internal/render": {pure: true, may: map[string]string{
		"internal/site":    "makes references (what pages show of each other comes through facet)",
		"internal/facet":   "reads pages through it",
		"internal/graph":   "puts what pages say of each other into words",
		"internal/diagram": "draws processes",
		"internal/feed":    "writes what changed for feed readers",
		"internal/card":    "draws what other programs show of a page",
		"internal/colour":  "for the pen of the cards",
		"internal/search":  "writes what results of a search show of a page",
		"internal/pack":    "hashes of templates and deliveries",
		"internal/theme":   "fills its templates",
		"internal/chart":   "places its figures",
		"internal/dora":    "puts its numbers into words",
	}},

	"internal/config": {may: map[string]string{"internal/strictyaml": "reads site.yaml", "internal/colour": "checks colours"}},
	"internal/source": {may: map[string]string{ // the parser of bodies and the cache are handed in
		"internal/strictyaml": "reads front matter",
		"internal/picture":    "sizes of pictures, for pages to keep room",
		"internal/stamp":      "knows which files are the same",
		"internal/pack":       "records of the cache",
	}},
	"internal/github": {may: map[string]string{"internal/dora": "fills its events"}},
	"internal/store": {may: map[string]string{
		"internal/dora":   "keeps its events",
		"internal/events": "as lines of the interchange format",
		"internal/lock":   "one collector at a time on a file",
	}},
	"internal/collect": {may: map[string]string{
		"internal/github": "reads lists", "internal/gitrepo": "reads histories", "internal/store": "keeps both",
		"internal/dora": "what services need, and its coverage", "internal/events": "a line stands for a record",
	}},
	"internal/lock":    {alone: true},
	"internal/colour":  {alone: true},
	"internal/picture": {alone: true},
	"internal/brand": {may: map[string]string{
		"internal/config": "its group of the settings", "internal/colour": "what can be read", "internal/picture": "the shape of a logo", "internal/theme": "the colours below it",
	}},
	"internal/stamp":   {alone: true},
	"internal/cache":   {alone: true}, // keys and bytes
	"internal/theme":   {may: map[string]string{"internal/strictyaml": "reads theme.yaml", "internal/picture": "the size of a logo", "internal/colour": "the colours among its tokens"}},
	"internal/gitrepo": {may: map[string]string{"internal/dora": "fills its events"}},
	"internal/publish": {alone: true, may: map[string]string{"internal/stamp": "knows which files are the same", "internal/lock": "one build at a time"}}, // files in, folder out
	"internal/build": {may: map[string]string{
		"internal/config": "stage", "internal/source": "stage", "internal/markdown": "stage", "internal/site": "stage", "internal/graph": "stage",
		"internal/events": "stage", "internal/gitrepo": "stage", "internal/store": "stage", "internal/dora": "stage",
		"internal/search": "stage", "internal/theme": "stage", "internal/brand": "stage", "internal/render": "stage", "internal/publish": "stage",
		"internal/cache": "what a session remembers", "internal/pack": "how", "internal/facet": "what files rest on", "internal/stamp": "whether a theme is the same",
		"themes": "the theme within the binary",
	}},
	"internal/serve":                {may: map[string]string{"internal/build": "builds what it shows", "internal/source": "knows its error of a damaged cache"}},
	"internal/testkit":              {alone: true}, // so that it makes no mistake of theirs
	"internal/testkit/postgrestest": {alone: true, may: map[string]string{"internal/testkit": "says what was not run"}},
	"internal/testkit/githubtest":   {alone: true, may: map[string]string{"internal/dora": "what a perfect collector would hold"}},

	"internal/bench":        {alone: true, may: map[string]string{"internal/bench/corpus": "makes the sites that it measures"}},
	"internal/bench/corpus": {alone: true},
	"internal/quality":      {alone: true},
	"internal/bench/floor":  {alone: true}, // what a build costs at least, without any of ours

	"themes":         {},
	"docs":           {pure: true},
	"cmd/rutter":     {all: true},
	"cmd/sampledata": {may: map[string]string{"internal/dora": "the events that it makes up", "internal/events": "writes them"}},
}

// standardOnly are the packages whose users must not inherit anything.
var standardOnly = []string{"internal/diag", "internal/handbook"}

// outside is what a pure package must not import: each is a way to be
// different on another machine, or at another time.
var outside = []string{"os", "os/exec", "os/signal", "os/user", "net", "net/http", "log", "log/slog", "syscall", "path/filepath",
	"math/rand", "math/rand/v2", "crypto/rand", "hash/maphash"}

// clock is what a pure package must not ask of package time.
var clock = []string{"Now", "Since", "Until", "Local", "After", "Tick", "Sleep", "NewTimer", "NewTicker"}

// keepers are the only packages that know a library, so that it can be changed
// for another in one place.
var keepers = map[string][]string{
	"github.com/yuin/goldmark":            {"internal/markdown", "internal/bench/floor"},
	"github.com/yuin/goldmark-emoji":      {"internal/markdown"},
	"github.com/alecthomas/chroma/v2":     {"internal/highlight", "internal/bench/floor"},
	"github.com/goccy/go-yaml":            {"internal/strictyaml"},
	"github.com/go-echarts/go-echarts/v2": {"internal/chart"},
	"github.com/fsnotify/fsnotify":        {"internal/serve"},
	"github.com/spf13/cobra":              {"cmd/rutter"},
	"golang.org/x/sys":                    {"internal/publish", "internal/lock", "internal/store"},
	"github.com/google/go-github/v62":     {"internal/github"},
	"modernc.org/sqlite":                  {"internal/store"},
	"github.com/jackc/pgx/v5":             {"internal/store"},
	"github.com/vektah/gqlparser/v2":      {"internal/testkit/githubtest"},
	"golang.org/x/net":                    {"internal/markdown", "internal/github", "internal/testkit"},
}

// goFile is one file of a package, tests left out.
type goFile struct {
	name    string
	file    *ast.File
	imports []string
}

// packages reads every package of the module by its folder.
func packages(t *testing.T) (map[string][]goFile, *token.FileSet) {
	t.Helper()
	fset := token.NewFileSet()
	all := map[string][]goFile{}
	for _, top := range []string{"cmd", "docs", "internal", "themes"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules") {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			s := goFile{name: name, file: f}
			for _, i := range f.Imports {
				p, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				s.imports = append(s.imports, p)
			}
			rel, err := filepath.Rel("..", filepath.Dir(name))
			dir := filepath.ToSlash(rel)
			all[dir] = append(all[dir], s)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all, fset
}

func TestEveryPackageHasARule(t *testing.T) {
	t.Parallel()
	all, _ := packages(t)
	for dir := range all {
		if _, ok := rules[dir]; !ok {
			t.Errorf("package %s has no row in the table of internal/deps_test.go", dir)
		}
	}
	for dir := range rules {
		if all[dir] == nil {
			t.Errorf("the table has a row for %s, which is not there", dir)
		}
	}
}

func TestImportsHaveAReason(t *testing.T) {
	t.Parallel()
	all, _ := packages(t)
	for dir, files := range all {
		r := rules[dir]
		used := map[string]bool{}
		for _, s := range files {
			for _, p := range s.imports {
				local, ours := strings.CutPrefix(p, module)
				if !ours {
					continue
				}
				used[local] = true
				_, reason := r.may[local]
				word := slices.Contains(vocabulary, local) && !r.alone
				if !reason && !word && !(r.all && local != "internal/testkit") {
					t.Errorf("%s imports %s; the table gives no reason for that", s.name, local)
				}
			}
		}
		for local := range r.may {
			if !used[local] {
				t.Errorf("the table lets %s import %s, which it does not: take the entry away", dir, local)
			}
		}
	}
}

func TestPurePackagesKeepToThemselves(t *testing.T) {
	t.Parallel()
	all, fset := packages(t)
	for dir, files := range all {
		if !rules[dir].pure {
			continue
		}
		for _, s := range files {
			for _, p := range s.imports {
				if slices.Contains(outside, p) {
					t.Errorf("%s imports %s; package %s takes bytes, values and writers", s.name, p, path.Base(dir))
				}
			}
			ast.Inspect(s.file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, sel.Sel.Name) {
					t.Errorf("%s: time.%s; package %s asks no clock and no local zone", fset.Position(sel.Pos()), sel.Sel.Name, path.Base(dir))
				}
				return true
			})
		}
	}
}

func TestLibrariesHaveTheirKeepers(t *testing.T) {
	t.Parallel()
	all, _ := packages(t)
	libraries := slices.Sorted(maps.Keys(keepers))
	for dir, files := range all {
		for _, s := range files {
			for _, p := range s.imports {
				if strings.HasPrefix(p, module) {
					continue
				}
				if slices.Contains(standardOnly, dir) && strings.Contains(strings.Split(p, "/")[0], ".") {
					t.Errorf("%s imports %s; package %s uses the standard library only", s.name, p, path.Base(dir))
				}
				for _, lib := range libraries {
					if (p == lib || strings.HasPrefix(p, lib+"/")) && !slices.Contains(keepers[lib], dir) {
						t.Errorf("%s imports %s, which is for %s only", s.name, p, strings.Join(keepers[lib], ", "))
					}
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	all, _ := packages(t)
	for dir, files := range all {
		var docs []string
		for _, s := range files {
			if s.file.Doc != nil {
				docs = append(docs, s.name)
			}
			for _, g := range s.file.Comments {
				if g.Pos() < s.file.Package && g != s.file.Doc && strings.Contains(g.Text(), "Package ") {
					t.Errorf("%s: a package doc that is not next to the package clause", s.name)
				}
			}
		}
		if len(docs) != 1 {
			t.Errorf("package %s has %d docs, want 1: %q", dir, len(docs), docs)
			continue
		}
		i := slices.IndexFunc(files, func(s goFile) bool { return s.name == docs[0] })
		want := "Package " + files[i].file.Name.Name + " "
		if files[i].file.Name.Name == "main" {
			want = "Command " + path.Base(dir) + " "
		}
		if text := files[i].file.Doc.Text(); !strings.HasPrefix(text, want) {
			t.Errorf("%s: the package doc begins %.30q, want %q", docs[0], text, want)
		}
	}
}

// addressesOnly is what package render may use of package site. All of it
// depends on its arguments alone. What pages show of each other comes through
// package facet, which notes it: a page that read a site behind its back would
// stay as it is when the site changes.
var addressesOnly = []string{"Rel", "Encode", "EncodeFragment", "CopyName", "Target", "Nowhere", "ToPage", "ToFile", "ToElsewhere", "ToRemote"}

func TestPagesReadEachOtherThroughFacets(t *testing.T) {
	t.Parallel()
	all, fset := packages(t)
	seen := 0
	for _, s := range all["internal/render"] {
		// What hands the site to package facet, and lists the files to make.
		hands := path.Base(filepath.ToSlash(s.name)) == "render.go"
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || hands {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "site" {
				seen++
				if !slices.Contains(addressesOnly, sel.Sel.Name) {
					t.Errorf("%s: site.%s; what a page shows of others is read through package facet", fset.Position(sel.Pos()), sel.Sel.Name)
				}
			}
			if x, ok := sel.X.(*ast.SelectorExpr); sel.Sel.Name == "Site" && ok && x.Sel.Name == "in" {
				t.Errorf("%s: the site itself; what a page shows of others is read through package facet", fset.Position(sel.Pos()))
			}
			return true
		})
	}
	if seen == 0 {
		t.Error("package render uses nothing of package site: this test has lost its subject")
	}
}
