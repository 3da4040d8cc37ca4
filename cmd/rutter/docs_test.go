package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/spf13/pflag"

	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/diag"
)

func document(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repository(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestDocsNameEveryCommandAndFlag: what can be typed is written down.
func TestDocsNameEveryCommandAndFlag(t *testing.T) {
	t.Parallel()
	text := document(t, "docs/commands.md")
	for _, c := range newRoot().Commands() {
		if !strings.Contains(text, "\n## "+c.Name()) {
			t.Errorf("docs/commands.md does not speak of rutter %s", c.Name())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !strings.Contains(text, "--"+f.Name) {
				t.Errorf("docs/commands.md does not speak of --%s of rutter %s", f.Name, c.Name())
			}
		})
	}
}

func TestDocsNameEveryCode(t *testing.T) {
	t.Parallel()
	text := document(t, "docs/findings.md")
	for _, c := range diag.Codes {
		if !strings.Contains(text, "| "+string(c.Code)) {
			t.Errorf("docs/findings.md has no row for %s: %s", c.Code, c.Title)
		}
	}
}

// TestDocsNameEveryDependency: each module that we require has its reason.
func TestDocsNameEveryDependency(t *testing.T) {
	t.Parallel()
	text := document(t, "docs/dependencies.md")
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(document(t, "go.mod"), -1) {
		name := regexp.MustCompile(`/v\d+$`).ReplaceAllString(strings.TrimPrefix(m[1], "github.com/"), "")
		if !strings.Contains(text, "`"+name) {
			t.Errorf("docs/dependencies.md does not speak of %s", m[1])
		}
	}
}

// TestDocsNameEverySetting takes the settings from what a mistake in site.yaml
// is answered with.
func TestDocsNameEverySetting(t *testing.T) {
	t.Parallel()
	text := document(t, "docs/configuration.md")
	var found diag.List
	site := fstest.MapFS{"site.yaml": {Data: []byte("x: 1\nmetrics: {x: 1}\ngithub: {x: 1}\nmarkup: {x: 1}\nbrand: {x: 1, fonts: {x: 1}}\n")}}
	if _, err := config.Load(site, "site.yaml", func(string) string { return "" }, &found); err != nil {
		t.Fatal(err)
	}
	// Each group of settings was given a mistake of its own, so it is one that
	// some message ends with.
	known := make(map[string]string) // group, "" for the file: its settings
	for _, f := range found.All() {
		_, group, _ := strings.Cut(f.Message, " in ")
		_, settings, ok := strings.Cut(f.Hint, "known here: ")
		if !ok {
			t.Fatalf("%s: %s", f.Message, f.Hint)
		}
		known[group] = settings
	}
	settings := 0
	for group, names := range known {
		for _, name := range strings.Split(names, ", ") {
			full := strings.TrimPrefix(group+"."+name, ".")
			if known[full] != "" {
				continue
			}
			settings++
			if !strings.Contains(text, "`"+full+"`") {
				t.Errorf("docs/configuration.md does not speak of %s", full)
			}
		}
	}
	if settings < 25 {
		t.Errorf("only %d settings were found", settings)
	}
}

// TestDocsNameTestsThatExist: what docs/quality.md and docs/testing.md say is
// checked is checked by a test of that name.
func TestDocsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	var sources strings.Builder
	err := filepath.WalkDir(repository(t), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return cmp.Or(err, fs.SkipDir)
		}
		if strings.HasSuffix(path, "_test.go") {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sources.Write(data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all := sources.String()
	points := document(t, "docs/quality.md")
	for _, m := range regexp.MustCompile("`(Test[A-Za-z0-9_]+)(?:/([a-z_]+))?`").FindAllStringSubmatch(points+document(t, "docs/testing.md"), -1) {
		if !strings.Contains(all, "func "+m[1]+"(t *testing.T)") {
			t.Errorf("there is no test %s", m[1])
		}
		if part := strings.ReplaceAll(m[2], "_", " "); part != "" && !strings.Contains(all, `t.Run("`+part+`"`) {
			t.Errorf("%s has no part %q", m[1], part)
		}
	}
	for n := 1; n <= 58; n++ {
		if c := strings.Count(points, fmt.Sprintf("\n| %d | ", n)); c != 1 {
			t.Errorf("docs/quality.md has point %d %d times", n, c)
		}
	}
}
