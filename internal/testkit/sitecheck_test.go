package testkit

import (
	"slices"
	"strings"
	"testing"
)

// page is a small page that breaks no rule.
func page(body string) string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="` + CSP + `">` +
		`<meta name="viewport" content="width=device-width"><title>x</title></head><body><main><h1>x</h1>` + body + `</main></body></html>`
}

func TestOracle_SiteLinks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to string
		opts     SiteOptions
		want     string // "": no problem
	}{
		{"index.html", "roles/", SiteOptions{}, ""},
		{"index.html", "roles/qa/", SiteOptions{}, ""},
		{"index.html", "./roles/qa/#a", SiteOptions{}, ""},
		{"index.html", "./", SiteOptions{}, ""},
		{"index.html", "a%20b%23c.txt?x=1#y", SiteOptions{}, ""},
		{"index.html", "#", SiteOptions{}, ""},
		{"index.html", "#top", SiteOptions{}, ""},
		{"index.html", "https://example.org/nowhere", SiteOptions{}, ""},
		{"roles/qa/index.html", "../../", SiteOptions{}, ""},
		{"roles/qa/index.html", "..", SiteOptions{}, ""},
		{"roles/qa/index.html", "../../roles/qa/", SiteOptions{}, ""},
		{"404.html", "/roles/", SiteOptions{}, ""},
		{"404.html", "/a/b/roles/", SiteOptions{Base: "/a/b/"}, ""},
		{"404.html", "/a/b", SiteOptions{Base: "/a/b/"}, ""},
		{"index.html", "https://x.test/a/b/roles/#s", SiteOptions{URL: "https://x.test/a/b/"}, ""},
		{"index.html", "rolls/", SiteOptions{}, "no file"},
		{"index.html", "roles", SiteOptions{}, "slash"},
		{"index.html", "Roles/QA/", SiteOptions{}, "case"},
		{"index.html", "a%20B%23c.txt", SiteOptions{}, "case"},
		{"index.html", "files/", SiteOptions{}, "without index.html"},
		{"index.html", "roles/qa/#z", SiteOptions{}, "no id"},
		{"index.html", "../", SiteOptions{}, "above the site"},
		{"roles/qa/index.html", "../../../roles/qa/", SiteOptions{}, "above the site"},
		{"index.html", "a%zz", SiteOptions{}, "wrongly escaped"},
		{"index.html", `roles\qa`, SiteOptions{}, "backslash"},
		{"index.html", "", SiteOptions{}, "empty"},
		{"index.html", "http://localhost:1414/", SiteOptions{}, "machine of the reader"},
		{"404.html", "roles/", SiteOptions{}, "404.html needs absolute"},
		{"404.html", "/roles/", SiteOptions{Base: "/a/b/"}, "outside of /a/b/"},
		{"index.html", "https://x.test/a/b/rolls/", SiteOptions{URL: "https://x.test/a/b/"}, "no file"},
	}
	for _, tt := range tests {
		files := map[string][]byte{"a b#c.txt": nil, "files/x.txt": nil}
		for _, name := range []string{"index.html", "404.html", "roles/index.html", "roles/qa/index.html"} {
			files[name] = []byte(page(`<p id="a">x</p><p id="s">y</p>`))
		}
		files[tt.from] = []byte(page(`<a href="` + tt.to + `">x</a>`))
		got := SiteProblems(Files(files), tt.opts)
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
			t.Errorf("%s → %q %+v: %q, want %q", tt.from, tt.to, tt.opts, got, tt.want)
		}
	}
}

func TestOracle_SiteFiles(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, want string }{
		{"a.css", `p{background:url(missing.png)}`, "a.css: link: missing.png leads to no file"},
		{"sub/a.css", `p{background:url(../index.html)}`, ""},
		{"a.css", `@import "//example.org/x";`, "a.css: external: //example.org/x"},
		{"a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, "a.svg: script: "},
		{"a.xhtml", ``, "a.xhtml: file: "},
		{"x/a.htm", ``, "x/a.htm: file: "},
		{"old/page.html", `<p>x</p>`, "old/page.html: policy: 0 of them"},
		{"a.json", `{`, "a.json: data: "},
		{"a.webmanifest", `{"icons":[{"src":"no.png"}]}`, "a.webmanifest: link: no.png leads to no file"},
		{"sitemap.xml", `<urlset><url><loc>https://x.test/</loc></url></urlset>`, ""},
		{"sitemap.xml", `<urlset><url><loc>https://x.test/no/</loc></url></urlset>`, "sitemap.xml: link: https://x.test/no/ leads to no file"},
		{"sitemap.xml", `<urlset><url><loc>https://other.test/</loc></url></urlset>`, "sitemap.xml: sitemap: "},
		{".rutter-output", "# rutter.output/1\n", ""},
	}
	for _, tt := range tests {
		got := SiteProblems(Files(map[string][]byte{"index.html": []byte(page("")), tt.name: []byte(tt.data)}), SiteOptions{URL: "https://x.test/"})
		found := slices.ContainsFunc(got, func(p string) bool { return strings.HasPrefix(p, tt.want) })
		if tt.want == "" && len(got) > 0 || tt.want != "" && !found {
			t.Errorf("%s %q: %q, want %q", tt.name, tt.data, got, tt.want)
		}
	}
	if got := SiteProblems(Files(map[string][]byte{"a.txt": nil}), SiteOptions{}); len(got) != 1 {
		t.Errorf("a site without index.html: %q", got)
	}
}
