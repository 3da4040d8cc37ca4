package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rutter-dev/rutter/internal/bench/corpus"
)

// hugoVersion is the one that docs/performance.md speaks of. It is built from
// its module and is no dependency of ours.
const hugoVersion = "v0.165.0"

// program is one that is measured.
type program struct {
	name    string
	path    string
	version string
	missing string // why it is not run, if it is not
}

// contenders are the programs of one run.
type contenders struct{ rutter, floor, hugo program }

// programs builds what is measured, but for Rutter, which is there.
func programs(ctx context.Context, o options, log io.Writer) (contenders, error) {
	bin := filepath.Join(o.folder, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return contenders{}, fmt.Errorf("make a folder for programs: %w", err)
	}
	c := contenders{
		rutter: program{name: "Rutter", path: o.rutter},
		floor:  program{name: "floor", path: filepath.Join(bin, "floor")},
		hugo:   program{name: "Hugo", path: filepath.Join(bin, "hugo")},
	}
	info, err := buildinfo.ReadFile(o.rutter)
	if err != nil {
		return c, fmt.Errorf("%s is needed, which `make build` makes: %w", o.rutter, err)
	}
	c.rutter.version = revision(ctx, info)
	say(log, "Building the floor program.")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", c.floor.path, "./internal/bench/floor").CombinedOutput(); err != nil {
		return c, fmt.Errorf("build the floor program, from the folder of the repository: %w\n%s", err, out)
	}
	if info, err = buildinfo.ReadFile(c.floor.path); err != nil {
		return c, err
	}
	for _, m := range info.Deps {
		if name, ok := map[string]string{"github.com/yuin/goldmark": "goldmark", "github.com/alecthomas/chroma/v2": "chroma"}[m.Path]; ok {
			c.floor.version = strings.TrimPrefix(c.floor.version+", "+name+" "+m.Version, ", ")
		}
	}
	c.hugo.version = hugoVersion
	if !o.hugo {
		c.hugo.missing = "left out by -hugo=false"
		return c, nil
	}
	if info, err := buildinfo.ReadFile(c.hugo.path); err == nil && info.Main.Version == hugoVersion {
		return c, nil
	}
	say(log, "Building Hugo %s, which takes minutes the first time.", hugoVersion)
	install := exec.CommandContext(ctx, "go", "install", "github.com/gohugoio/hugo@"+hugoVersion)
	install.Dir = bin // outside of our module, whose settings are not Hugo's
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if out, err := install.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return c, ctx.Err()
		}
		say(log, "Hugo cannot be had: %v\n%s", err, lastOf(out))
		c.hugo.missing = "its module could not be had or built"
	}
	return c, nil
}

// revision is what a program was built from: what Go noted in it or, where the
// build left that out, what is checked out here.
func revision(ctx context.Context, info *buildinfo.BuildInfo) string {
	v := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v = s.Value[:min(12, len(s.Value))] + v
		case s.Key == "vcs.modified" && s.Value == "true":
			v += " with changes"
		}
	}
	if v != "" {
		return v
	}
	out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty= with changes").Output()
	if err != nil {
		return "unknown revision"
	}
	return strings.TrimSpace(string(out))
}

// site is one corpus with what the programs make of it.
type site struct {
	pages   int
	dir     string // of Rutter: site.yaml and content
	content string
	public  string
	cache   string // .rutter
	floored string // output of the floor program
	hugo    string // Hugo's configuration and layouts
	hugoed  string // output of Hugo
}

// newSite makes or mends the corpus of n pages and what Hugo needs to build it.
func newSite(folder string, n int) (site, error) {
	base := filepath.Join(folder, fmt.Sprintf("%d-pages", n))
	s := site{
		pages: n, dir: filepath.Join(base, "site"), floored: filepath.Join(base, "floor"),
		hugo: filepath.Join(base, "hugo"), hugoed: filepath.Join(base, "hugo-public"),
	}
	s.content = filepath.Join(s.dir, "content")
	s.public, s.cache = filepath.Join(s.dir, "public"), filepath.Join(s.dir, ".rutter")
	layouts := filepath.Join(s.hugo, "layouts", "_default")
	if err := os.MkdirAll(layouts, 0o755); err != nil {
		return s, fmt.Errorf("make Hugo's folder: %w", err)
	}
	for name, data := range map[string]string{
		filepath.Join(s.hugo, "hugo.toml"):    hugoConfig,
		filepath.Join(layouts, "single.html"): "{{ .Content }}\n",
		filepath.Join(layouts, "list.html"):   "{{ .Content }}\n",
	} {
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			return s, fmt.Errorf("write Hugo's settings: %w", err)
		}
	}
	return s, corpus.Write(s.dir, n)
}

// hugoConfig lets Hugo make pages and sections alone, with classes for
// highlighted code, as the others do.
const hugoConfig = `baseURL = "https://bench.invalid/"
title = "Benchmark"
contentDir = "../site/content"
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
[markup.highlight]
noClasses = false
`

func (s site) rutterArgs(p program) []string {
	return []string{p.path, "-C", s.dir, "build", "-o", "public"}
}

func (s site) floorArgs(p program) []string {
	return []string{p.path, s.content, s.floored}
}

func (s site) hugoArgs(p program) []string {
	return []string{p.path, "--source", s.hugo, "--destination", s.hugoed, "--cacheDir", filepath.Join(s.hugo, "cache"), "--noBuildLock"}
}

// complete makes sure that a program rendered and highlighted every page: a
// program that does less would look quick.
func (s site) complete(out string) error {
	for i := range s.pages {
		name := strings.TrimSuffix(corpus.Name(i), ".md") + "/index.html"
		data, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, os.ErrNotExist):
			return fmt.Errorf("%s was not rendered", name)
		case err != nil:
			return err
		// Two blocks of 12 lines, each with at least a string and a comment, a
		// keyword or a number.
		case bytes.Count(data, []byte(`<span class="`)) < 2*12*2:
			return fmt.Errorf("%s was not highlighted", name)
		}
	}
	return nil
}
