package markdown

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// pieces are what mixtures are made of: each can open, close or contain what
// another began.
var pieces = strings.Split("a|b |\n|\n|\n\n|\n\n|<b>|</b>|<i>|</i>|<div>|</div>|<p>|</p>|<p align=center>|<h1>|</h1>|<h2 id=x>|</h2>|<a href=u>|</a>|<a name=y>|<a id=x>|"+
	"<table>|</table>|<tr>|</tr>|<td>|</td>|<th>|</th>|<thead>|</thead>|<tbody>|</tbody>|<caption>|</caption>|<colgroup>|<col>|<ul>|</ul>|<ol>|</ol>|<li>|</li>|"+
	"<dl>|</dl>|<dt>|<dd>|</dd>|<details>|</details>|<summary>|</summary>|<pre>|</pre>|<code>|</code>|<blockquote>|</blockquote>|<br>|</br>|<hr>|<img src=i>|"+
	"<svg>|</svg>|<script>|</script>|<style>|</style>|<iframe src=m></iframe>|<iframe src=m>|<video>|<source src=v>|</video>|<object data=o>|</object>|<ruby>|</ruby>|<rt>|<rp>|"+
	"<!--|-->|<x-y>|</x-y>|<form>|</form>|<center>|</center>|<span/>|<div/>|<select>|</select>|<figure>|</figure>|<figcaption>|"+
	"# |## |### x\n|=\n|---\n|- |* |1. |> |> [!NOTE]\n> |    |  |: |*|**|_|~~|`|``|```\n|```go\n|[|](u)|]|![|[^1]|[^1]: |[r]: v\n|[r]|\\|&amp;|&lt;|"+
	"\\|&lt;b&gt;|https://h.example |:x: |{#x}|- [x] |\\||\\|-\\|-\\|\n|\\|a\\|b\\|\n|`metric: lead_time service=s`|```metric\nservice: s\nmetric: m\n```\n|!!! note\n|    |??? bug \"t\"\n|=== \"A\"\n|===! \"B\"\n|:::note\n|:::\n|::::tabs\n|::::\n|== A\n|::: code-group\n|::: details <b>\n|*[a<b>]: \"x\"\n|a<b>|{: #x .y}|{.z}| {#w}\n|\n{: .a}|{% x|%}|{{< b|>}}|{{ c }}|<% d %>|<Tabs a=b>|</Tabs>|<Button>|</Button>|import X from \"y\"\n|[[a]]|[[|a\\|b]]|\t|é|漢字|<|>|\"", "|")

// TestParse_mixtures: the oracle holds for pages put together at random.
// RUTTER_MIXTURES says how many there are.
func TestParse_mixtures(t *testing.T) {
	t.Parallel()
	count := 2000
	if n, err := strconv.Atoi(os.Getenv("RUTTER_MIXTURES")); err == nil {
		count = n
	}
	random := rand.New(rand.NewPCG(1, uint64(count)))
	parsers := []Options{{Wiki: true}, {Metrics: true}, {HTML: Off, Metrics: true}}
	for i := range count {
		var page strings.Builder
		for range 1 + random.IntN(24) {
			page.WriteString(pieces[random.IntN(len(pieces))])
		}
		b, _ := parse(page.String(), parsers[i%len(parsers)])
		mustCheck(t, page.String(), b)
	}
}
