package render_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/render"
	"github.com/rutter-dev/rutter/internal/site"
	"github.com/rutter-dev/rutter/internal/testkit"
	"github.com/rutter-dev/rutter/internal/theme"
	"github.com/rutter-dev/rutter/themes"
)

// page makes a page whose body is HTML with slots written as ⟦kind index⟧.
func page(path, title, body string, links ...handbook.Link) *handbook.Page {
	p := &handbook.Page{Path: handbook.Path(path), Pos: diag.Pos{Path: "content/" + path}, Kind: handbook.Plain}
	p.Meta.Title = title
	kinds := map[string]handbook.SlotKind{"open": handbook.SlotLinkOpen, "close": handbook.SlotLinkClose, "image": handbook.SlotImage, "figure": handbook.SlotFigure, "value": handbook.SlotValue}
	for {
		before, rest, found := strings.Cut(body, "⟦")
		p.Body.HTML = append(p.Body.HTML, before...)
		if !found {
			break
		}
		inside, after, _ := strings.Cut(rest, "⟧")
		var s handbook.Slot
		var kind string
		fmt.Sscanf(inside, "%s %d", &kind, &s.Index)
		s.Kind, s.At = kinds[kind], len(p.Body.HTML)
		p.Body.Slots = append(p.Body.Slots, s)
		body = after
	}
	p.Body.Links = links
	return p
}

// make builds the pages of a tree in memory.
func build(t testing.TB, tree *handbook.Tree, opts site.Options, snapshots map[string]dora.Snapshot, change func(*render.Input)) (files map[string][]byte, findings string) {
	t.Helper()
	s, found := site.New(tree, opts)
	th, more := theme.Load("themes/default", nil, themes.Default())
	found.Join(more)
	in := render.Input{Site: s, Theme: th, ThemeName: "themes/default", Delivery: render.NewDelivery(snapshots, render.DeliveryOptions{Zone: time.UTC, By: dora.Week, Window: handbook.Last{N: 26, Unit: 'w'}, StaleAfter: 36 * time.Hour})}
	if change != nil {
		change(&in)
	}
	files = map[string][]byte{}
	var lock sync.Mutex
	more, err := render.All(context.Background(), in, func(name string, data []byte) error {
		lock.Lock()
		defer lock.Unlock()
		if files[name] != nil {
			t.Errorf("%s is made twice", name)
		}
		files[name] = append([]byte{}, data...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Copies {
		files[c.To] = []byte("copied")
	}
	found.Join(more)
	found.Sort()
	var b bytes.Buffer
	found.WriteText(&b)
	return files, b.String()
}

// between returns what stands between two marks of a page.
func between(t testing.TB, page []byte, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(string(page), from)
	text, _, ends := strings.Cut(rest, to)
	if !found || !ends {
		t.Fatalf("no %q … %q in\n%s", from, to, page)
	}
	return text
}

func TestSlots(t *testing.T) {
	t.Parallel()
	link := func(kind handbook.LinkKind, dest, text string) handbook.Link {
		return handbook.Link{Kind: kind, Dest: dest, Text: text, Title: `a "title"`}
	}
	inside := link(handbook.LinkImage, "https://img.test/x.png", "badge")
	inside.Inside = true
	for _, tt := range []struct {
		name, body string
		link       handbook.Link
		want       string
	}{
		{"page", "see ⟦open 0⟧it⟦close 0⟧.", link(handbook.LinkText, "../b.md", ""), `see <a href="../../b/" title="a &#34;title&#34;">it</a>.`},
		{"heading", "⟦open 0⟧it⟦close 0⟧", link(handbook.LinkText, "../b.md#ü-x", ""), `<a href="../../b/#%C3%BC-x" title="a &#34;title&#34;">it</a>`},
		{"nowhere is plain text", "⟦open 0⟧it⟦close 0⟧", link(handbook.LinkText, "gone.md", ""), `it`},
		{"elsewhere", "⟦open 0⟧it⟦close 0⟧", handbook.Link{Dest: `https://x.test/?a="b`}, `<a href="https://x.test/?a=&#34;b" class="external" rel="noopener">it</a>`},
		{"image", "⟦image 0⟧", handbook.Link{Kind: handbook.LinkImage, Dest: "../i.png", Text: `<"alt">`, Width: 10, Height: 20}, `<img src="../../i.png" alt="&lt;&#34;alt&#34;&gt;" width="10" height="20">`},
		{"size of the file", "⟦image 0⟧", handbook.Link{Kind: handbook.LinkImage, Dest: "../wide.png"}, `<img src="../../wide.png" alt="" width="300" height="200">`},
		{"width alone", "⟦image 0⟧", handbook.Link{Kind: handbook.LinkImage, Dest: "../wide.png", Width: 30}, `<img src="../../wide.png" alt="" width="30" height="20">`},
		{"height alone", "⟦image 0⟧", handbook.Link{Kind: handbook.LinkImage, Dest: "../wide.png", Height: 1}, `<img src="../../wide.png" alt="" width="2" height="1">`},
		{"later images wait", "⟦image 0⟧⟦image 0⟧", handbook.Link{Kind: handbook.LinkImage, Dest: "../wide.png"},
			`<img src="../../wide.png" alt="" width="300" height="200"><img src="../../wide.png" alt="" width="300" height="200" loading="lazy" decoding="async">`},
		{"remote image is a link", "⟦image 0⟧", handbook.Link{Kind: handbook.LinkImage, Dest: "https://img.test/x.png", Text: "plan"}, `<a href="https://img.test/x.png">plan</a> <span class="host">(img.test)</span>`},
		{"remote image in a link is text", "⟦image 0⟧", inside, `badge`},
		{"missing image is its text", "⟦image 0⟧", handbook.Link{Kind: handbook.LinkImage, Dest: "gone.png", Text: "plan"}, `plan`},
		{"local video is a link", "⟦image 0⟧", handbook.Link{Kind: handbook.LinkMedia, Dest: "../v.mp4"}, `<a href="../../v.mp4">v.mp4</a>`},
		{"script file", "⟦open 0⟧it⟦close 0⟧", handbook.Link{Dest: "../x.js"}, `<a href="../../x.js.txt">it</a>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := page("b.md", "B", "")
			b.Body.Headings = []handbook.Heading{{Level: 2, ID: "ü-x", Text: "ü-x", HTML: "ü-x"}}
			b.Body.HTML = []byte(`<h2 id="ü-x">ü x</h2>`)
			tree := &handbook.Tree{Name: "t", Pages: []*handbook.Page{page("a/p.md", "P", "<p>[["+tt.body+"]]</p>", tt.link), b}}
			for _, f := range []handbook.Path{"i.png", "v.mp4", "x.js"} {
				tree.Files = append(tree.Files, handbook.File{Path: f})
			}
			tree.Files = append(tree.Files, handbook.File{Path: "wide.png", Width: 300, Height: 200})
			files, _ := build(t, tree, site.Options{}, nil, nil)
			if got := between(t, files["a/p/index.html"], "[[", "]]"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			testkit.CheckSite(t, testkit.Files(files), testkit.SiteOptions{})
		})
	}
}

// TestTitleIsCutOut: the heading that is the page's title stands above the
// body and not in it, with the links around it in place.
func TestTitleIsCutOut(t *testing.T) {
	t.Parallel()
	p := page("a.md", "", "<p>⟦image 0⟧</p><h1>T ⟦open 1⟧x⟦close 1⟧</h1><p>⟦open 2⟧y⟦close 2⟧</p>",
		handbook.Link{Kind: handbook.LinkImage, Dest: "i.png", Text: "alt"}, handbook.Link{Dest: "https://one.test/"}, handbook.Link{Dest: "https://two.test/"})
	html := string(p.Body.HTML)
	p.Body.TitleStart, p.Body.TitleEnd = strings.Index(html, "<h1>"), strings.Index(html, "</h1>")+len("</h1>")
	p.Body.Headings = []handbook.Heading{{Level: 1, ID: "t-x", Text: "T x", HTML: "T <em>x</em>"}}
	files, _ := build(t, &handbook.Tree{Name: "t", Pages: []*handbook.Page{p}, Files: []handbook.File{{Path: "i.png"}}}, site.Options{}, nil, nil)
	got := string(files["a/index.html"])
	if strings.Contains(got, "one.test") || !strings.Contains(got, "two.test") || !strings.Contains(got, "<h1>T <em>x</em></h1>") || strings.Count(got, "<h1") != 1 {
		t.Errorf("got\n%s", got)
	}
}

// TestUntrustedTextIsInert: titles, summaries, owners and file names are data
// in every place a page shows them.
func TestUntrustedTextIsInert(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		`</title><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `javascript:alert(1)`, `{{.Site}}`, `' onmouseover='alert(1)`, "__f__alert(1)__f__", `<!--`,
	} {
		p := page("x.md", hostile, "<p>text</p>")
		p.Meta.Summary, p.Meta.Owner.Value, p.Kind = hostile, hostile, handbook.Role
		p.Meta.Role = &handbook.RoleMeta{Purpose: hostile, Outcomes: []string{hostile}}
		q := page("y.md", "Y", "<p>⟦open 0⟧y⟦close 0⟧</p>", handbook.Link{Dest: "x.md", Title: hostile})
		files, _ := build(t, &handbook.Tree{Name: hostile, Pages: []*handbook.Page{p, q}}, site.Options{Title: hostile}, nil, nil)
		for _, problem := range testkit.SiteProblems(testkit.Files(files), testkit.SiteOptions{}) {
			t.Errorf("%q: %s", hostile, problem)
		}
	}
}

// TestCostOfAPageIsBounded: a page of a section with many pages is not larger
// than one of a section with few.
func TestCostOfAPageIsBounded(t *testing.T) {
	t.Parallel()
	size := func(n int) int {
		tree := &handbook.Tree{Name: "t"}
		for i := range n {
			tree.Pages = append(tree.Pages, page(fmt.Sprintf("a/p%05d.md", i), "A title of the same length", "<p>⟦open 0⟧x⟦close 0⟧</p>", handbook.Link{Dest: "p00050.md"}))
		}
		files, _ := build(t, tree, site.Options{}, nil, nil)
		return len(files["a/p00050/index.html"])
	}
	small, large := size(200), size(2000)
	if large > small+200 {
		t.Errorf("a page has %d bytes among 200 pages and %d among 2,000", small, large)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	tree := &handbook.Tree{Name: "t", Pages: []*handbook.Page{page("a b/p.md", "P", "<p>x</p>"), page("README.md", "Home", "")}}
	files, _ := build(t, tree, site.Options{}, nil, func(in *render.Input) { in.BaseURL = "https://x.test/base/" })
	for name, want := range map[string]string{
		"a b/p/index.html": `<link rel="canonical" href="https://x.test/base/a%20b/p/">`,
		"sitemap.xml":      `<loc>https://x.test/base/a%20b/p/</loc>`,
		"404.html":         `href="/base/assets/site.`,
	} {
		if !bytes.Contains(files[name], []byte(want)) {
			t.Errorf("%s lacks %s:\n%s", name, want, files[name])
		}
	}
	testkit.CheckSite(t, testkit.Files(files), testkit.SiteOptions{URL: "https://x.test/base/"})
}

// TestFailingTemplateIsOneFinding names the place in the theme once, however
// many pages it fails on.
func TestFailingTemplateIsOneFinding(t *testing.T) {
	t.Parallel()
	tree := &handbook.Tree{Name: "t", Pages: []*handbook.Page{page("a.md", "A", ""), page("b.md", "B", "")}}
	over := testkit.Files(map[string][]byte{"layouts/page.html": []byte("{{define \"main\"}}\n{{.Onwer}}{{end}}")})
	_, found := build(t, tree, site.Options{}, nil, func(in *render.Input) {
		in.Theme, _ = theme.Load("themes/ours", nil, over, themes.Default())
		in.ThemeName = "themes/ours"
	})
	if strings.Count(found, "RT702") != 1 || !strings.Contains(found, "themes/ours/layouts/page.html:2:") {
		t.Errorf("got\n%s", found)
	}
}
