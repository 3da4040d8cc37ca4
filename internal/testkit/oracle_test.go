package testkit

import (
	"slices"
	"strings"
	"testing"
)

// clean is a page with some of everything that is allowed.
const clean = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="` + CSP + `">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>QA &amp; tests</title><link rel="canonical" href="https://handbook.example.org/qa/"><link rel="stylesheet" href="../site.css">
<link rel="icon" href="data:image/svg+xml,%3Csvg/%3E"><script src="../site.js" defer></script>
<script type="application/json">{"title":"\u003c/script>","f":"__f__alert(1)__f__"}</script></head>
<body><!-- a comment --><a href="#main">Skip</a><nav aria-labelledby="n"><h2 id="n">Pages</h2><ul><li><a href="../#x:~:text=y">Home</a></li></ul></nav>
<main id="main"><h1 id="javascript:">A <em>title</em> &lt;script&gt;</h1><p>one<br>two &amp; three 1 &gt; 0 <a href="mailto:a@example.org" title="onclick=alert(1)">mail</a>
<a href="https://example.org/?q=javascript:x" rel="noopener">out</a> <a href="tel:+1">call</a> <a href="javascript.html">js</a> <a href="?q=a:b">q</a></p>
<table><thead><tr><th id="h">a</th></tr></thead><tbody><tr><td headers="h" align="left">b</td></tr></tbody></table>
<img src="a.png" alt="" width="1" height="1"><img src="data:image/png;base64,AAAA" alt="x" srcset="a.png 1x, b.png 2x">
<pre><code class="language-html"><span class="p">&lt;</span>a onclick=&quot;x&quot;&gt;</code></pre>
<svg viewBox="0 0 1 1" role="img" aria-labelledby="st"><title id="st">Chart</title><defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs>
<rect fill="url(#g)" width="1" height="1"/><a href="https://github.com/a/b/pull/1"><title>PR 1</title><circle r="1"></circle></a><use href="#g"/></svg>
<form action="../search/"><label for="q">Find</label><input id="q" name="q"></form><details><summary>More</summary><p>x</p></details>
<template><p id="q">not the same</p></template><noscript><p>Without scripts</p></noscript><iframe src="frame.html" title="Diagram" sandbox></iframe></main></body></html>
`

func TestOracle_CleanPagePasses(t *testing.T) {
	t.Parallel()
	for _, p := range CheckPage("clean", []byte(clean)) {
		t.Error(p)
	}
	for _, p := range Remarks("clean", []byte(strings.Replace(clean, "<h2", "<h1", 1))) {
		t.Error(p)
	}
}

func TestOracle_CleanFragmentsPass(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "text", "<p>a</p>\n<p>b</p>", `<a href="https://example.org/">x</a>`, `<a href="a.html#b?c">x</a>`, `<a href="./a:b">x</a>`,
		`<h2 id="a">A</h2><ul><li>x<ul><li>y</li></ul></li></ul>`, `<img src="x.png" alt="a">`, `<p>1 &lt; 2 > 0</p>`, `<br/>`, `<hr>`,
		`<svg><path d="M0 0"/><title>a &amp; b</title></svg>`, `<script type="application/json">[1]</script>`, `<!-- x -->`,
		`<input type="checkbox" disabled checked>`, `<blockquote cite="https://example.org/">x</blockquote>`, `<p title="javascript:alert(1)">x</p>`,
		`<dl><dt>a</dt><dd>b</dd></dl>`, `<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>`,
	} {
		if got := Violations([]byte(s)); len(got) > 0 {
			t.Errorf("%q: %q, want none", s, got)
		}
	}
}

func TestOracle_HostileFragmentsAreCaught(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"script": {
			`<script>alert(1)</script>`, `<SCRIPT>alert(1)</SCRIPT >`, `<script type="module">x</script>`, `<script type="text/javascript">x</script>`,
			`<script type="importmap">{}</script>`, `<script type="speculationrules">{}</script>`, `<script type="application/json">{"a":alert(1)}</script>`,
			`<script src="a.js">alert(1)</script>`, `<script src="a.js" type="module"></script>`, `<svg><script>alert(1)</script></svg>`, `<svg><script href="a.js"/></svg>`,
			`<img src=x onerror=alert(1)>`, `<img src="x" alt="" OnError="x">`, `<svg onload="x"></svg>`, `<body onload=alert(1)>`, `<details open ontoggle="x"></details>`,
			`<p/onclick=x>x</p>`, "<img src=x\nonerror\n=\nx alt=''>", "<p\x0conclick=x>y</p>", `<noscript><img src=x onerror=alert(1)></noscript>`, `<noscript><p title="</noscript><img src=x onerror=x>"></noscript>`,
			`<template><img src=x onerror=x></template>`, `<iframe srcdoc="&lt;script&gt;x&lt;/script&gt;"></iframe>`,
			`<svg><a><animate attributeName="href" to="javascript:x"/></a></svg>`, `<svg><set attributeName="onmouseover" to="x"/></svg>`,
			`<math><mtext><img src=x onerror=x></mtext></math>`, `<p title="a" title="b" onclick="x">y</p>`, `<a href="x" title='"' onclick='x'>y</a>`,
			`<svg><style><img src=x onerror=x></style></svg>`, `<svg></p><style><a id="</style><img src=1 onerror=x>">`, `<select><option><script>x</script></option></select>`,
		},
		"style": {
			`<style>p{}</style>`, `<p style="color:red">x</p>`, `<svg><style>p{}</style></svg>`, `<svg><rect style="fill:red"/></svg>`, `<p STYLE='x'>a</p>`, `<p style>x</p>`,
			`<noscript><style>p{}</style></noscript>`,
		},
		"scheme": {
			`<a href="javascript:alert(1)">x</a>`, `<a href=" JaVaScRiPt:alert(1)">x</a>`, "<a href=\"java\tscript:x\">x</a>", "<a href=\"java\nscript:x\">x</a>", `<a href="&#1;javascript:x">x</a>`,
			`<a href="java&Tab;script&colon;x">x</a>`, `<a href="&#106;avascript:x">x</a>`, "<a href=\"java\x01script:x\">x</a>", `<a href="vbscript:x">x</a>`, `<a href="data:text/html,x">x</a>`,
			`<a href="data:image/png;base64,AA">x</a>`, `<a href="file:///etc/passwd">x</a>`, `<a href="blob:x">x</a>`, `<svg><a xlink:href="javascript:x"><text>x</text></a></svg>`,
			`<form action="javascript:x"><button>x</button></form>`, `<button formaction="javascript:x">x</button>`, `<blockquote cite="javascript:x">x</blockquote>`, `<area href="javascript:x">`,
			`<math><a href="javascript:x">x</a></math>`, `<a href="view-source:x">x</a>`,
		},
		"external": {
			`<img src="https://example.org/x.png" alt="">`, `<img src="//example.org/x.png" alt="">`, `<img src="\\example.org\x.png" alt="">`, `<img src="/\example.org/x.png" alt="">`,
			"<img src=\"/\t/example.org/x.png\" alt=''>", `<img alt="" srcset="a.png 1x, https://example.org/x.png 2x">`, `<img alt="" srcset="https://example.org/a.png,https://example.org/b.png 2x">`,
			`<img src="data:text/html,x" alt="">`, `<img src="javascript:x" alt="">`, `<iframe src="https://example.org/"></iframe>`, `<iframe src="data:text/html,x"></iframe>`,
			`<iframe src="javascript:x"></iframe>`, `<link rel="stylesheet" href="https://example.org/x.css">`, `<link rel="alternate stylesheet" href="//example.org/x.css">`,
			`<link rel="preconnect" href="https://example.org">`, `<link rel="dns-prefetch" href="//example.org">`, `<link rel="prefetch" href="https://example.org/">`,
			`<script src="https://example.org/x.js"></script>`, `<script src="data:text/javascript,x"></script>`, `<picture><source srcset="https://example.org/x"><img src="a" alt=""></picture>`,
			`<input type="image" src="https://example.org/x">`, `<svg><image href="https://example.org/x.png"/></svg>`, `<svg><use xlink:href="https://example.org/x.svg#a"/></svg>`,
			`<svg><use href="data:image/svg+xml,x#a"/></svg>`, `<svg><feImage href="//example.org/x"/></svg>`, `<svg><rect fill="url(https://example.org/x#g)"/></svg>`, `<svg><rect filter='url("//example.org/f#x")'/></svg>`,
			`<table background="https://example.org/x"><tbody><tr><td>x</td></tr></tbody></table>`, `<form action="https://example.org/"><button>x</button></form>`, `<button formaction="//example.org">x</button>`,
			`<a href="x" ping="https://example.org/">x</a>`,
		},
		"element": {
			`<object data="x.swf"></object>`, `<embed src="x">`, `<video src="x.mp4"></video>`, `<audio src="x"></audio>`, `<svg><foreignObject><p>x</p></foreignObject></svg>`, `<xmp>x</xmp>`,
			`<plaintext>`, `<math><annotation-xml encoding="text/html"><p>x</p></annotation-xml></math>`,
		},
		"base":     {`<base href="https://example.org/">`, `<base target="_blank">`},
		"meta":     {`<meta http-equiv="refresh" content="0;url=https://example.org/">`, `<META HTTP-EQUIV=" Set-Cookie" content="x">`, `<meta http-equiv="refresh" content="0; url=//example.org/">`, `<meta http-equiv="refresh" content="5; url=../a/">`, `<meta http-equiv="refresh" content="0; url=javascript:alert(1)">`},
		"template": {`<a href="#ZgotmplZ">x</a>`},
		"id":       {`<p id="a">x</p><p id="a">y</p>`, `<p id="">x</p>`, `<p id="a b">x</p>`},
		"breakout": {
			`</div><p>x</p>`, `<!--`, `<!-- x --`, `<textarea>`, `<title>`, `<a href="`, `<p title="x`, `<select>`, `<table>`, `<script type="application/json">[`, `<b>x`, `</div></div>`,
			`<svg><desc>`, `<noscript>`, `<iframe src="x">`, `<template>`, `<button>`,
		},
		"structure": {
			`<p>x`, `<b><i>x</b></i>`, `<a href="x"><a href="y">z</a></a>`, `<a href="x"><b><a href="y">z</a></b></a>`, `<p><div>x</div></p>`, `<ul><p>x</ul>`, `<table><p>x</p></table>`,
			`<table><tr><td>x</td></tr></table>`, `<div/>`, `</br>`, `</p>`, `<p>1 < 2</p>`, `<p title="a"b">x</p>`, `<p "x">y</p>`, `<!x>`, `<?php x ?>`, `<!doctype html>`,
			`<button><button>x</button></button>`, `<h2>a</h3>`, `<image src="x">`, `<p>a` + "\x00" + `</p>`, `<html lang="x"></html>`, `<li>x</li></ul>`, `<form><form></form></form>`, `<svg><p>x</p></svg>`, `<td>x</td>`, `<![CDATA[x]]>`,
		},
	}
	n := 0
	for kind, snippets := range tests {
		for _, s := range snippets {
			n++
			got := Violations([]byte(s))
			if !slices.ContainsFunc(got, func(p string) bool { return strings.HasPrefix(p, kind+": ") }) {
				t.Errorf("%q: %q, want one of kind %s", s, got, kind)
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d snippets", n)
	}
}

// Each row spoils the clean page in one way.
func TestOracle_SpoiledPagesAreCaught(t *testing.T) {
	t.Parallel()
	tests := []struct{ old, new, want string }{
		{"<!doctype html>", "", "head: no <!doctype"},
		{"<!doctype html>", "\n<!doctype html>", "head: no <!doctype"},
		{`<meta charset="utf-8">`, "", "head: no <meta charset"},
		{"QA", "Q\xffA", "head: not UTF-8"},
		{` lang="en"`, "", "head: no lang"},
		{` lang="en"`, ` lang=""`, "head: no lang"},
		{"<title>QA &amp; tests</title>", "", "head: 0 <title>"},
		{"<title>QA &amp; tests</title>", "<title> </title>", "head: an empty <title>"},
		{"<title>", "<title>x</title><title>", "head: 2 <title>"},
		{`<meta name="viewport" content="width=device-width, initial-scale=1">`, "", "head: 0 viewports"},
		{"initial-scale=1", "initial-scale=1, user-scalable=no", "head: viewport"},
		{"default-src 'none'", "default-src 'self'", "policy: it is"},
		{"; form-action 'self'", "", "policy: it is"},
		{`<meta http-equiv="Content-Security-Policy" content="` + CSP + `">`, "", "policy: 0 of them"},
		{`<meta charset="utf-8">`, `<meta charset="utf-8"><script src="a.js"></script>`, "policy: it comes after"},
		{"<h1", "<h2", "structure"},
		{`<h1 id="javascript:">A <em>title</em> &lt;script&gt;</h1>`, "", "body: 0 <h1>"},
		{"<details>", "<h1>again</h1><details>", "body: 2 <h1>"},
		{`A <em>title</em> &lt;script&gt;`, "", "body: an empty <h1>"},
		{` alt=""`, "", "body: no alt"},
		{"<main id=\"main\">", "<div id=\"main\">", "structure"},
		{`id="n"`, `id="m"`, "reference: aria-labelledby on <nav> means #n"},
		{`<label for="q">`, `<label for="w">`, "reference: for on <label>"},
		{`href="#main"`, `href="#mane"`, "reference: href on <a>"},
		{`href="#main"`, `href="#%6Dane"`, "reference: href on <a> means #mane"},
		{`url(#g)`, `url(#zz)`, "reference: fill on <rect>"},
		{`<use href="#g"/>`, `<use href="#zz"/>`, "reference: href on <use>"},
		{`headers="h"`, `headers="h i"`, "reference: headers on <td> means #i"},
		{`id="q"`, `id="h"`, `id: "h" is there twice`},
		{`defer></script>`, `defer>x()</script>`, "script: inline"},
		{"</html>", "</html><p>after</p>", "structure"},
		{"</main>", "", "structure"},
		{`<p>x</p></details>`, `<p>x</details>`, "structure"},
		{`<noscript><p>`, `<noscript><p onclick="x">`, "script: onclick"},
	}
	for _, tt := range tests {
		page := strings.Replace(clean, tt.old, tt.new, 1)
		if page == clean {
			t.Errorf("%q is not on the clean page", tt.old)
		}
		got := CheckPage("p", []byte(page))
		if !slices.ContainsFunc(got, func(p string) bool { return strings.HasPrefix(p, "p: "+tt.want) }) {
			t.Errorf("%q for %q: %q, want %q", tt.new, tt.old, got, tt.want)
		}
	}
}

func TestOracle_Remarks(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		`<h1>a</h1><h3>b</h3>`:                       `heading: h3 "b" follows h1`,
		`<a href="x"> </a>`:                          "link: no text",
		`<a href="x"><img src="a" alt=""></a>`:       "link: no text",
		`<svg><rect/></svg>`:                         "drawing: no name",
		`<h2>a</h2><h3>b</h3><h2>c</h2>`:             "",
		`<a href="x"><img src="a" alt="home"></a>`:   "",
		`<svg aria-hidden="true"></svg>`:             "",
		`<a href="x" aria-label="y"><svg></svg></a>`: "",
	} {
		got := strings.Join(Remarks("p", []byte(s)), "\n")
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestOracle_CSS(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		`@import "https://example.org/a.css";`, `@import url(//example.org/a.css);`, `p{background:url(https://example.org/x.png)}`, `p{background:url( "//example.org/x" )}`,
		`p{background:u\72l(https://example.org/x)}`, `p{background:url(\68ttps://example.org/x)}`, `@font-face{src:url(data:font/woff2;base64,AA)}`, `p{background:URL('http://example.org/x')}`,
		`p{background:image-set("https://example.org/x" 1x)}`, `p{/*x*/background:url(/**/https://example.org/x)}`, `p{background:url(javascript:x)}`, `p{background:url(file:///x)}`,
	} {
		if len(CheckCSS("a.css", []byte(s))) == 0 {
			t.Errorf("%q passes", s)
		}
	}
	for _, s := range []string{
		`@import "a.css";p{background:url(a.png)}`, `/* url(https://example.org/) */`, `p::after{content:"https://example.org/"}`, `p{background:url("data:image/svg+xml,%3Csvg/%3E")}`,
		`p{mask:url(#a)}`, `@font-face{src:url(../f/a.woff2) format("woff2")}`, `a[href^="https://"]{color:red}`,
	} {
		if got := CheckCSS("a.css", []byte(s)); len(got) > 0 {
			t.Errorf("%q: %q", s, got)
		}
	}
}

func TestOracle_SVG(t *testing.T) {
	t.Parallel()
	in := func(s string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">` + s + `</svg>`
	}
	for _, s := range []string{
		in(`<script>x</script>`), in(`<s:script xmlns:s="http://www.w3.org/2000/svg">x</s:script>`), in(`<g onload="x"/>`), in(`<a xlink:href="javascript:x"><text>y</text></a>`),
		in(`<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>`), in(`<image href="https://example.org/x.png"/>`), in(`<use href="//example.org/x#a"/>`),
		in(`<style>@import "https://example.org/x.css";</style>`), in(`<rect style="fill:url(https://example.org/x)"/>`), in(`<a><set attributeName="href" to="javascript:x"/></a>`),
		in(`<iframe src="x"/>`), `<!DOCTYPE svg [<!ENTITY x "<script>y</script>">]>` + in(`&x;`), `<?xml-stylesheet href="https://example.org/x.css"?>` + in(""), in(`<g>`), "not a drawing <",
	} {
		if len(CheckSVG("a.svg", []byte(s))) == 0 {
			t.Errorf("%q passes", s)
		}
	}
	for _, s := range []string{
		in(`<title>x</title><style>.a{fill:red}</style><rect style="fill:blue" class="a"/><use href="#a"/><a href="https://example.org/"><text>x</text></a>`),
		`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` + in(""),
	} {
		if got := CheckSVG("a.svg", []byte(s)); len(got) > 0 {
			t.Errorf("%q: %q", s, got)
		}
	}
}

func FuzzViolations(f *testing.F) {
	f.Add([]byte(clean))
	f.Add([]byte(`<p>x<!--</p><svg><title><a href="`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := Violations(b)
		if len(got) == 0 && strings.Contains(strings.ToLower(string(b)), "<script>") && !strings.Contains(string(b), "<!--") {
			t.Errorf("%q passes", b)
		}
		CheckPage("p", b)
		CheckCSS("p", b)
		CheckSVG("p", b)
	})
}
