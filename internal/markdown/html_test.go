package markdown

// hostile pages try to get something through the allow-list, or to bring its
// output out of balance.
var hostile = []string{
	"<script>alert(1)</script>", "a <script>alert(1)</script> b", "<scr<script>ipt>alert(1)</scr</script>ipt>",
	"<img src=x onerror=alert(1)>", "<svg onload=alert(1)><circle/></svg>", "<svg><script>alert(1)</script>",
	"<a href=\"javascript:alert(1)\">x</a>", "[x](javascript:alert(1))", "<javascript:alert(1)>", "<iframe src=\"javascript:alert(1)\"></iframe>",
	"<p style=\"position:fixed\">x</p>", "<div onclick='x'>", "<style>p{color:red}</style>", "<base href=//evil.example>",
	"<meta http-equiv=refresh content=0>", "<form action=//evil.example><input name=x><button>go</button></form>",
	"<textarea><img src=x onerror=alert(1)></textarea>", "<title><b>x</b></title>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
	"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<xmp><b></xmp>", "<plaintext>x",
	"<!--<script>", "<!-- a --!> <b>", "<?php echo 1 ?>", "<![CDATA[<b>]]>", "<!DOCTYPE html>",
	"<b><i>x</b></i>", "<b>*x</b>*", "*<b>x*</b>", "<p><p><div></p>", "<p>a\n\nb</p>", "- <b>x\n- y</b>", "> <div>\n\n</div>",
	"<table><tr><td>a<td>b<tr><td>c</table>", "<table>a<tr>b<td>c</table>", "<table><b>x</b></table>", "<table><col><caption>x</table>",
	"<table><table><td><table>", "<table><tbody><td></tr>x</table>", "<td>x</td>", "<li>x</li><ul><li>a<li>b<ol>c</ul>", "<dl><dt>a<dd>b</dl>",
	"<a href=1>x<a href=2>y</a></a>", "<a href=1>[x](y)</a> [<a href=2>z</a>](w)", "<a href=1>\n\n[x](y)\n\n</a>", "[a <div> b](c) </div>",
	"<h1>a<h2>b</h1>c</h2>", "<h2 id=x>a</h2>\n\n## x\n\n<a name=x></a>", "<h1><img src=a></h1>\n\n# b", "# <a id=top></a> x",
	"<details><summary>a</summary>\n\n**b**\n\n</details>", "<summary>x</summary>", "<ruby>a<rt>b<rp>c</ruby>", "<pre>\n\n<b>x</b></pre>",
	"<video><source src=a.mp4>no</video>", "<object data=a.swf><b>x</object>", "<embed src=a>", "<iframe src=a>x", "<audio src=a/>",
	"<div/><span/>x<br/></br></p>", "<Foo bar={x}>y</Foo>", "<a name=rt-x>y</a>", "<b id='a\"b'>", "<b id=&quot;>", "<b title='\"><script>'>x</b>",
	"| <b> | </b> |\n|-|-|\n| <div> | <table> |", "term <b>\n: def </b>\n\n  <div>", "[^1]: <b>\n\n</b>[^1]", "a[^1] ![x[^1]](y)\n\n[^1]: z",
	"# a[^1]\n\nb[^1]\n\n[^1]: c", "```metric\nservice: <b>\n```", "`metric: <b>`", "<svg>\n\n# a\n\n[b](c)\n\n</svg>\n\n# a",
	"&lt;script&gt; &#0; &#x110000; \\<b> \\&amp;", "<p\nalign=center\n>x</p\n>", "<img alt='<b>' src=\"a&b&amp;c\">", "[![a](b)](c) <a href=d><img src=e></a>",
	"<center><font color=red>x</font></center>", "# x {#rt-nav}\n\n## rt-nav\n\n### !!!", "<a href=x", "<div", "</div", "<a href='", "<b <i>",
	"<h1>x <h1>y", "<ul>\n\n- a\n\n</ul>", "<ol start=x><li value=9e9>", "<td><tr><th><thead>", "<select><option><table></select>",
	"<table>\n\n# x\n\n</table>", "<table>\n\n- x\n\n<tr>\n\n</table>\n\ny", "<caption><p>x</caption>", "<q><blockquote></q>x</blockquote>", "{{< a \"<script>alert(1)</script>\" >}}", "{% <b> %}</b>", "<% </p> %>", "<Button onclick={alert(1)}>x</Button>", "<Script>x</Script><Select><Title>y", "[x]({{<script>}})", "<a href='{{x}}'>y</a>", "<table><Tabs><td>{{ x }}</Tabs></table>",
	"import x from 'y'\n<b>", "![<b>]({{x}})", "<video src='{% x %}'></video>", "<pre>{{ x }}</pre>{{ y }}", "<q><blockquote></q>x</blockquote>",
}
