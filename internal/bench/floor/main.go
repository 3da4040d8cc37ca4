// Command floor is the least that a site generator can do: it reads every
// Markdown file below a folder, parses it with goldmark, highlights its code
// with chroma and writes p/index.html for p.md, on all cores. It knows no
// links, no templates and no cache.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
	"golang.org/x/sync/errgroup"
)

// garbage is how far the heap grows before it is collected, in percent. With
// Go's own 100 a program that holds a few MB collects so often that this takes
// a third of its time, and a floor that high would be easy to reach.
const garbage = 400

func main() {
	debug.SetGCPercent(garbage)
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: floor CONTENT OUTPUT")
		os.Exit(2)
	}
	if err := build(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// build renders every .md file below content into out.
func build(content, out string) error {
	nodes := util.Prioritized(code{html.New(html.WithClasses(true))}, 100)
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithNodeRenderers(nodes)))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	err := filepath.WalkDir(content, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".md") {
			return err
		}
		rel, err := filepath.Rel(content, strings.TrimSuffix(name, ".md"))
		if err == nil {
			g.Go(func() error { return page(markdown, name, filepath.Join(out, rel)) })
		}
		return err
	})
	if werr := g.Wait(); err == nil {
		err = werr
	}
	return err
}

// page renders one file, without its front matter, into the index of a folder
// of its own.
func page(markdown goldmark.Markdown, name, dir string) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if rest, ok := bytes.CutPrefix(src, []byte("---\n")); ok {
		if _, body, ok := bytes.Cut(rest, []byte("\n---\n")); ok {
			src = body
		}
	}
	var b bytes.Buffer
	if err := markdown.Convert(src, &b); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "index.html"), b.Bytes(), 0o644)
}

// code renders fenced code in a known language with chroma.
type code struct{ format *html.Formatter }

func (c code) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, c.block)
}

func (c code) block(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := n.(*ast.FencedCodeBlock)
	lexer := lexers.Get(string(block.Language(src)))
	if lexer == nil {
		lexer = lexers.Fallback
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, string(block.Lines().Value(src)))
	if err != nil {
		return ast.WalkStop, err
	}
	return ast.WalkContinue, c.format.Format(w, styles.Fallback, tokens)
}
