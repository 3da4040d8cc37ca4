package markdown

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	emoji "github.com/yuin/goldmark-emoji"
	"github.com/yuin/goldmark/extension"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/rutter-dev/rutter/internal/diag"
)

var gm = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList, emoji.New(emoji.WithRenderingMethod(emoji.Unicode))), goldmark.WithRendererOptions(ghtml.WithUnsafe()))

func words(s string) []string {
	n, _ := html.Parse(strings.NewReader(s))
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && (n.Data == "style" || n.Data == "script") {
			return
		}
		if n.Type == html.ElementNode && elements[n.Data].kind != phrasing && n.Data != "a" {
			b.WriteString(" ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return strings.Fields(b.String())
}

func TestCorpus(t *testing.T) {
	root := os.Getenv("MDROOT")
	if root == "" {
		t.Skip()
	}
	p := New(Options{Metrics: true})
	n, bytes, bad := 0, 0, 0
	var spent time.Duration
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".md") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		var l diag.List
		s := time.Now()
		b := p.Parse(src, diag.Pos{Path: path, Line: 1, Column: 1}, &l)
		spent += time.Since(s)
		n++
		bytes += len(src)
		if err := check(b); err != nil {
			bad++
			e := err.Error()
			fmt.Println("BAD", path, e[:min(len(e), 1500)])
		}
		for _, k := range b.Links {
			text := strings.Split(string(clean(src)), "\n")
			if k.Pos.Line > len(text) {
				fmt.Println("POS", path, k)
				continue
			}
			r := []rune(text[k.Pos.Line-1])
			c := k.Pos.Column - 1
			d := strings.TrimPrefix(strings.TrimPrefix(k.Dest, "mailto:"), "http://")
			if c > len(r) || !strings.HasPrefix(string(r[c:]), d) && !strings.HasPrefix(string(r[c:]), k.Dest) {
				fmt.Printf("POS %s %+v\n", path, k)
			}
		}
		var ref strings.Builder
		gm.Convert(clean(src), &ref)
		have := map[string]int{}
		for _, x := range words(string(fill(b, 0, len(b.HTML), true))) {
			have[x]++
		}
		var miss []string
		for _, x := range words(ref.String()) {
			have[x]--
			if have[x] < 0 {
				miss = append(miss, x)
			}
		}
		if len(miss) > 0 {
			fmt.Println("MISS", path, len(miss), miss[:min(len(miss), 12)])
		}
		var extra []string
		for x, n := range have {
			if n > 0 {
				extra = append(extra, x)
			}
		}
		if len(extra) > 0 {
			fmt.Println("EXTRA", path, len(extra), extra[:min(len(extra), 12)])
		}
		for _, f := range l.All() {
			fmt.Println(f.Pos, f.Severity, f.Code, f.Message)
		}
		return nil
	})
	fmt.Println(n, "files", bytes, "bytes", bad, "bad", spent)
}
